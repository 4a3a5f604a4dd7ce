"""The forward program taken at its word: every index equation evaluated as it stands, on a batch of any numbers.

    z[s, j] = Σ_k w[j, k] a[s, k] + b[j]        s: the sample, which every tensor but w and b has in front

Arrays of floats, of complex numbers, or of mpmath numbers with as many digits as are asked for; nothing is derived,
nothing stabilised, nothing shared with the compiled code: what it says of the cost is what the equations say.
A parameter may have one axis more, in front: its variants, for each of which the cost is computed, all at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial, reduce
from typing import Any, TypeAlias

import numpy as np
from sympy import Add, Expr, Indexed, Integer, Mul, Pow, Sum, Symbol
from sympy.core.function import AppliedUndef

from symbackprop.errors import CheckError
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Elementwise
from symbackprop.network.model import Network
from symbackprop.network.notation import Tensor, index
from symbackprop.network.program import Equation, Node, arrays_in, at_layer
from symbackprop.numerics.arithmetic import Numbers
from symbackprop.numerics.pointwise import Pointwise, is_number

SAMPLE, VARIANT = index("sample"), index("variant")
PARAMETERS = "wb"
PAIR = ["einsum_path", (0, 1)]  # of two arrays there is one order, for which einsum would search each time
Labelled: TypeAlias = tuple[Any, tuple[Symbol, ...]]  # an array and the index of each of its axes


class _Line:
    """One equation with numbers for sizes, as all layers share it that are as wide: its right side, and its axes."""

    def __init__(self, equation: Equation, sizes: Mapping[Expr, Expr]) -> None:
        target = equation.target.xreplace(dict(sizes))
        self.axes = (SAMPLE, *equation.indices)
        self.sizes = tuple(int(size) for size in target.base.sizes) if equation.indices else ()
        self.expression = equation.expression.xreplace(dict(sizes))
        self.reads = arrays_in(self.expression)


class Forward:
    """The cost of a network as a function of parameters, x and y, in any numbers.

    `values` are the arrays that the last call computed on the way to the cost, samples first."""

    def __init__(self, network: Network, numbers: Numbers) -> None:
        """Make the function; the equations are those of the network's program, with numbers for sizes."""
        self._numbers = numbers
        self._pointwise = Pointwise(numbers)
        self._lines = _lines_of(network)
        self.values: list[Any] = []

    @property
    def nearest_kink(self) -> float:
        """How close the last call came to a point at which some slope jumps."""
        return self._pointwise.nearest_kink

    def hold(self, params: Mapping[str, Any], x: Any, y: Any) -> None:
        """Decide every case as it is decided here from now on, and leave each kink that is hit here along its slope."""
        self._pointwise.record()
        self(params, x, y)
        self._pointwise.replay()

    def __call__(self, params: Mapping[str, Any], x: Any, y: Any) -> Any:
        """Return the mean cost of the samples.  x: (m, n_0)   y: (m, n_L)   params: {"W1": …, "b1": …, …}."""
        return self.each(params, x, y).sum(axis=-1) / len(x)

    def each(self, params: Mapping[str, Any], x: Any, y: Any) -> Any:
        """Return the cost of every sample.  ->  (m,), with the axis of variants in front where there is one."""
        make = self._numbers.array
        known = {name: make(value) for name, value in params.items()} | {"a0": make(x), "y": make(y)}
        self._pointwise.begin()
        self.values = []
        for line, target, names in self._lines:
            value, axes = self._value(line.expression, {tensor: known[name] for tensor, name in names.items()})
            variants = value.shape[:1] if axes[:1] == (VARIANT,) else ()
            aligned = _aligned(value, axes, (*(VARIANT for _ in variants), *line.axes))
            known[target] = np.broadcast_to(aligned, (*variants, len(x), *line.sizes))
            self.values.append(known[target])
        return self.values.pop()

    def _value(self, e: Expr, known: Mapping[Tensor, Any]) -> Labelled:
        if is_number(e):
            return self._numbers.number(e), ()
        parts = (self._value(part, known) for part in e.args)
        match e:
            case Indexed():
                return self._entry(e, known)
            case Sum():
                return self._sum(e, known)
            case Add():
                return _folded(parts, np.add)
            case Mul():
                return _folded(parts, np.multiply)
            case Pow():
                (base, axes), (exponent, more) = parts
                wanted = _joined(axes, more)
                return _aligned(base, axes, wanted) ** _aligned(exponent, more, wanted), wanted
            case Elementwise():
                argument, axes = self._value(e.args[0], known)
                return self._pointwise.elementwise(type(e), argument), axes
            case Extreme():
                return _folded(parts, partial(self._pointwise.extreme, e.sign))
            case Where():
                return self._chosen(e, known)
        if e.is_Function and len(e.args) == 1:
            argument, axes = self._value(e.args[0], known)
            return self._pointwise.function(e.func.__name__)(argument), axes
        raise CheckError(f"{e} has no value here: {type(e).__name__} is unknown")

    def _entry(self, e: Indexed, known: Mapping[Tensor, Any]) -> Labelled:
        if not all(isinstance(position, Symbol) for position in e.indices):
            raise CheckError(f"{e} has no value here: its indices are not plain")
        axes = e.indices if e.base.letter in PARAMETERS else (SAMPLE, *e.indices)
        array = known[e.base]
        return array, (VARIANT, *axes) if array.ndim > len(axes) else axes

    def _sum(self, e: Sum, known: Mapping[Tensor, Any]) -> Labelled:
        parts = [self._value(part, known) for part in Mul.make_args(e.function)]
        summed = [limit.args[0] for limit in e.limits]
        if all(isinstance(value, np.ndarray) and value.dtype != object for value, _ in parts):
            value, axes = _contracted(parts, summed)
        else:
            value, axes = _folded(parts, np.multiply)
            value = np.sum(value, axis=tuple(place for place, axis in enumerate(axes) if axis in summed))
            axes = tuple(axis for axis in axes if axis not in summed)
        varied = {axis for _, axes in parts for axis in axes}
        lengths = (int(last) - int(first) + 1 for symbol, first, last in e.limits if symbol not in varied)
        return value * math.prod(lengths), axes

    def _chosen(self, e: Where, known: Mapping[Tensor, Any]) -> Labelled:
        """Return a choice between expressions in entries of the same place."""
        entries = sorted(e.atoms(Indexed), key=str)
        values = [self._value(entry, known) for entry in entries]
        axes = reduce(_joined, (own for _, own in values))
        aligned = (_aligned(value, own, axes) for value, own in values)
        return self._pointwise.at(e, dict(zip(entries, aligned, strict=True))), axes


@lru_cache(maxsize=64)
def _lines_of(network: Network) -> tuple[tuple[_Line, str, Mapping[Tensor, str]], ...]:
    """Return the lines of a network in order, each with the array that it fills and those that it reads."""
    shared: dict[tuple[Equation, tuple[Expr, ...]], _Line] = {}
    found = []
    for node in network.program.nodes:
        sizes = _sizes_of(node, network.widths)
        key = node.equation, tuple(sizes.values())
        line = shared[key] = shared.get(key) or _Line(node.equation, sizes)
        names = {tensor: _name_of(tensor, node.layer) for tensor in line.reads}
        found.append((line, _name_of(node.equation.tensor, node.layer), names))
    return tuple(found)


def _sizes_of(node: Node, widths: Sequence[int]) -> dict[Expr, Expr]:
    """Return the number of each width that the equation of a node speaks of, at the layer of the node."""
    said = node.equation.expression.atoms(AppliedUndef) | node.equation.target.atoms(AppliedUndef)
    return {size: Integer(widths[int(at_layer(size.args[0], node.layer or 0))]) for size in sorted(said, key=str)}


def _name_of(tensor: Expr, layer: int | None) -> str:
    """Return the name of the array that a tensor is at a layer: W3, b3, z3, a2, y."""
    if not isinstance(tensor, Tensor):
        return str(tensor)
    name = tensor.code_name if tensor.layer is None else f"{tensor.letter}{at_layer(tensor.layer, layer or 0)}"
    return name.replace("w", "W")


def _joined(axes: tuple[Symbol, ...], more: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """Return the axes of both, that of variants first: what was decided without it fits each of them."""
    joined = dict.fromkeys((*axes, *more))
    return (*(axis for axis in joined if axis == VARIANT), *(axis for axis in joined if axis != VARIANT))


def _folded(parts: Iterable[Labelled], combine: Callable[[Any, Any], Any]) -> Labelled:
    (total, axes), *others = parts
    for value, more in others:
        wanted = _joined(axes, more)
        total = combine(_aligned(total, axes, wanted), _aligned(value, more, wanted))
        axes = wanted
    return total, axes


def _contracted(parts: Sequence[Labelled], summed: Sequence[Symbol]) -> Labelled:
    """Return the sum of a product of arrays; one product of matrices after the other, never all entries at once."""
    letters = {axis: place for place, axis in enumerate(_joined((), tuple(axis for _, axes in parts for axis in axes)))}
    kept = [axis for axis in letters if axis not in summed]
    operands = [part for value, axes in parts for part in (value, [letters[axis] for axis in axes])]
    order = PAIR if len(parts) == 2 else True
    return np.einsum(*operands, [letters[axis] for axis in kept], optimize=order), tuple(kept)


def _aligned(value: Any, axes: tuple[Symbol, ...], wanted: tuple[Symbol, ...]) -> Any:
    """Return an array with its axes in the order of `wanted`, of length 1 where it has none."""
    if not axes or axes == wanted:
        return value
    order = [axes.index(axis) for axis in wanted if axis in axes]
    moved = np.transpose(value, order)
    shape = iter(moved.shape)
    return moved.reshape([next(shape) if axis in axes else 1 for axis in wanted])

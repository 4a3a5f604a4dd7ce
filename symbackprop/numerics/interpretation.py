"""The forward program taken at its word: every index equation evaluated as it stands, on a batch of any numbers.

    z[s, j] = Σ_k w[j, k] a[s, k] + b[j]        s: the sample, which every tensor but w and b has in front

Arrays of floats, of complex numbers, or of mpmath numbers with as many digits as are asked for; nothing is derived,
nothing stabilised, nothing shared with the compiled code: what it says of the cost is what the equations say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeAlias

import mpmath
import numpy as np
from sympy import Add, Expr, Indexed, Mul, Piecewise, Pow, Sum, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Or

from symbackprop.errors import CheckError
from symbackprop.network.composition import with_sizes
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Elementwise, Z
from symbackprop.network.kinks import kinks
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, index

__all__ = ["Digits", "Floats", "Forward", "Numbers"]

SAMPLE = index("sample")
PARAMETERS = "wb"
Labelled: TypeAlias = tuple[Any, tuple[Symbol, ...]]  # an array and the index of each of its axes


class Numbers(Protocol):
    """The numbers that are calculated with; `imaginary` is i among them."""

    imaginary: Any

    def array(self, values: Any) -> Any:
        """Return an array of these numbers."""

    def number(self, value: Expr) -> Any:
        """Return a SymPy number."""

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return exp, log, erf, … as a function of arrays."""


_NUMPY_NAMES = {f"a{name}": f"arc{name}" for name in ("cos", "cosh", "sin", "sinh", "tan", "tanh")}


class Floats:
    """Floats, or complex numbers where an argument is complex; what NumPy lacks comes from mpmath."""

    imaginary = 1j

    def array(self, values: Any) -> Any:
        """Return the array as it is."""
        return np.asarray(values)

    def number(self, value: Expr) -> float:
        """Return a SymPy number as a float."""
        return float(value)

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return NumPy's function, or mpmath's, entry by entry."""
        own = getattr(np, _NUMPY_NAMES.get(name, name), None)
        if own is not None:
            return own  # type: ignore[no-any-return]
        return _borrowed(name)


def _borrowed(name: str) -> Callable[[Any], Any]:
    """Return a function of mpmath's on floats and complex floats: with 60 digits, so that a tiny step is not lost."""
    context = mpmath.mp.clone()
    context.dps = 60
    exact = getattr(context, name)

    def each(value: Any) -> Any:
        return complex(exact(context.mpc(value))) if isinstance(value, complex) else float(exact(context.mpf(value)))

    over = np.frompyfunc(each, 1, 1)
    return lambda values: over(values).astype(np.result_type(values, float))


class Digits:
    """Numbers of `digits` decimal places, in arrays of objects."""

    def __init__(self, digits: int) -> None:
        """Make a context of its own; no global setting is touched."""
        self.context = mpmath.mp.clone()
        self.context.dps = digits
        self.imaginary = self.context.mpc(0, 1)

    def array(self, values: Any) -> Any:
        """Return floats exactly as they are, with room for more digits."""
        return np.frompyfunc(self._exactly, 1, 1)(np.asarray(values))

    def _exactly(self, value: Any) -> Any:
        return value if isinstance(value, (self.context.mpf, self.context.mpc)) else self.context.mpf(float(value))

    def number(self, value: Expr) -> Any:
        """Return a SymPy number with all digits."""
        if value.is_Rational:
            return self.context.mpf(value.p) / value.q
        return self.context.mpf(value.evalf(self.context.dps + 10)._to_mpmath(self.context.prec + 30))

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return mpmath's function, entry by entry."""
        return np.frompyfunc(getattr(self.context, name), 1, 1)  # type: ignore[no-any-return]


class Forward:
    """The cost of a network as a function of parameters, x and y, in any numbers.

    `nearest_kink` is how close the last call came to a point at which some slope jumps."""

    def __init__(self, network: Network, numbers: Numbers) -> None:
        """Make the function; the equations are those of the network's program, with numbers for sizes."""
        self._numbers = numbers
        self._functions: dict[str, Callable[[Any], Any]] = {}
        self._equations = [
            (with_sizes(node.concrete.target, network.widths), with_sizes(node.concrete.expression, network.widths))
            for node in network.program.nodes
        ]
        self.nearest_kink = math.inf

    def __call__(self, params: Mapping[str, Any], x: Any, y: Any) -> Any:
        """Return the mean cost of the samples.  x: (m, n_0)   y: (m, n_L)   params: {"W1": …, "b1": …, …}."""
        make = self._numbers.array
        known = {name: make(value) for name, value in params.items()} | {"a0": make(x), "y": make(y)}
        self.nearest_kink = math.inf
        for target, expression in self._equations:
            value, axes = self._value(expression, known)
            if target == COST:
                return (value.sum() if SAMPLE in axes else value * len(x)) / len(x)
            shape = (len(x), *(int(size) for size in target.base.sizes))
            aligned = _aligned(value, axes, (SAMPLE, *target.indices))
            known[target.base.code_name] = np.broadcast_to(aligned, shape)
        raise CheckError("the program computes no cost")

    def _value(self, e: Expr, known: Mapping[str, Any]) -> Labelled:
        if e.is_number:
            return self._numbers.number(e), ()
        match e:
            case Indexed():
                return self._entry(e, known)
            case Sum():
                return self._sum(e, known)
            case Add():
                return self._folded(e, known, np.add)
            case Mul():
                return self._folded(e, known, np.multiply)
            case Pow():
                (base, axes), (exponent, more) = (self._value(part, known) for part in e.args)
                wanted = (*axes, *(axis for axis in more if axis not in axes))
                return _aligned(base, axes, wanted) ** _aligned(exponent, more, wanted), wanted
            case Elementwise():
                argument, axes = self._value(e.args[0], known)
                return self._elementwise(type(e), argument), axes
            case Extreme():
                return self._folded(e, known, partial(_extreme, e.sign))
            case Where():
                return self._cases_of_entries(e.cases, known)
        if e.is_Function and len(e.args) == 1:
            argument, axes = self._value(e.args[0], known)
            return self._function(e.func.__name__)(argument), axes
        raise CheckError(f"{e} has no value here: {type(e).__name__} is unknown")

    def _entry(self, e: Indexed, known: Mapping[str, Any]) -> Labelled:
        if not all(isinstance(position, Symbol) for position in e.indices):
            raise CheckError(f"{e} has no value here: its indices are not plain")
        letter = e.base.letter
        if letter in PARAMETERS:
            return known[("W" if letter == "w" else "b") + str(e.base.layer)], e.indices
        return known[e.base.code_name], (SAMPLE, *e.indices)

    def _sum(self, e: Sum, known: Mapping[str, Any]) -> Labelled:
        parts = [self._value(part, known) for part in Mul.make_args(e.function)]
        if all(isinstance(value, np.ndarray) and value.dtype != object for value, _ in parts):
            return _contracted(parts, [limit.args[0] for limit in e.limits])
        value, axes = self._value(e.function, known)
        for symbol, first, last in (limit.args for limit in e.limits):
            if symbol in axes:
                value = value.sum(axis=axes.index(symbol))
                axes = tuple(axis for axis in axes if axis != symbol)
            else:
                value = value * (int(last) - int(first) + 1)
        return value, axes

    def _folded(self, e: Expr, known: Mapping[str, Any], combine: Callable[[Any, Any], Any]) -> Labelled:
        (total, axes), *others = (self._value(part, known) for part in e.args)
        for value, more in others:
            wanted = (*axes, *(axis for axis in more if axis not in axes))
            total = combine(_aligned(total, axes, wanted), _aligned(value, more, wanted))
            axes = wanted
        return total, axes

    def _cases_of_entries(self, e: Piecewise, known: Mapping[str, Any]) -> Labelled:
        """Return a case distinction on entries of the same place."""
        entries = sorted(e.atoms(Indexed), key=str)
        values = [self._value(entry, known) for entry in entries]
        axes = values[0][1]
        aligned = (_aligned(value, own, axes) for value, own in values)
        return self._cases(e, dict(zip(entries, aligned, strict=True))), axes

    def _function(self, name: str) -> Callable[[Any], Any]:
        if name not in self._functions:
            self._functions[name] = self._numbers.function(name)
        return self._functions[name]

    def _elementwise(self, function: type[Elementwise], argument: Any) -> Any:
        """Return f(argument) by the definition of f; note how near the argument is to a kink."""
        for point, _ in kinks(function):
            distance = np.abs(np.asarray(argument) - self._numbers.number(point))
            self.nearest_kink = min(self.nearest_kink, float(distance.min()))
        if function.definition is None:
            raise CheckError(f"{function.__name__} has no definition")
        return self._at(function.definition, {Z: argument})

    def _at(self, e: Expr, at: Mapping[Expr, Any]) -> Any:
        """Return an expression in letters or entries whose values, arrays of one shape, are given."""
        if e in at:
            return at[e]
        if e.is_number:
            return self._numbers.number(e)
        match e:
            case Add():
                return sum(self._at(part, at) for part in e.args)
            case Mul():
                return math.prod(self._at(part, at) for part in e.args)
            case Pow():
                return self._at(e.base, at) ** self._at(e.exp, at)
            case Piecewise():
                return self._cases(e, at)
            case Where():
                return self._cases(e.cases, at)
            case Extreme():
                return _extreme(e.sign, *(self._at(part, at) for part in e.args))
            case Elementwise():
                return self._elementwise(type(e), self._at(e.args[0], at))
        return self._function(e.func.__name__)(self._at(e.args[0], at))

    def _cases(self, e: Piecewise, at: Mapping[Expr, Any]) -> Any:
        """Return each entry by the first case whose condition it fulfils; others are not evaluated on it."""
        at = dict(zip(at, np.broadcast_arrays(*at.values()), strict=True))
        shape = next(iter(at.values())).shape
        result, open_yet = np.zeros(shape, np.result_type(*at.values())), np.ones(shape, dtype=bool)
        for value, condition in e.args:
            chosen = open_yet & self._holds(condition, at, shape)
            if chosen.any():
                result[chosen] = self._at(value, {letter: values[chosen] for letter, values in at.items()})
            open_yet &= ~chosen
        return result

    def _holds(self, condition: Expr, at: Mapping[Expr, Any], shape: tuple[int, ...]) -> Any:
        if isinstance(condition, And | Or):
            combine = np.logical_and if isinstance(condition, And) else np.logical_or
            return combine.reduce([self._holds(part, at, shape) for part in condition.args])
        if isinstance(condition, Relational):
            left, right = (_real(self._at(side, at)) for side in (condition.lhs, condition.rhs))
            return np.broadcast_to(_COMPARE[condition.rel_op](left, right), shape).astype(bool)
        return np.full(shape, bool(condition))


_SIGNS = (">", np.greater), (">=", np.greater_equal), ("<", np.less), ("<=", np.less_equal), ("==", np.equal)
_COMPARE = dict(_SIGNS)


def _extreme(sign: int, first: Any, second: Any) -> Any:
    """Return the larger (sign 1) or the smaller (sign -1) of two values, by their real parts."""
    return np.where(sign * (_real(first) - _real(second)) >= 0, first, second)


def _real(value: Any) -> Any:
    """Return the real part, by which a case is chosen: a complex step is too short to cross a border."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.frompyfunc(lambda each: each.real, 1, 1)(value)
    return np.real(value)


def _contracted(parts: Sequence[Labelled], summed: Sequence[Symbol]) -> Labelled:
    """Return the sum of a product of arrays; one product of matrices after the other, never all entries at once."""
    letters = {axis: place for place, axis in enumerate(dict.fromkeys(axis for _, axes in parts for axis in axes))}
    kept = [axis for axis in letters if axis not in summed]
    operands = [part for value, axes in parts for part in (value, [letters[axis] for axis in axes])]
    return np.einsum(*operands, [letters[axis] for axis in kept], optimize=True), tuple(kept)


def _aligned(value: Any, axes: tuple[Symbol, ...], wanted: tuple[Symbol, ...]) -> Any:
    """Return an array with its axes in the order of `wanted`, of length 1 where it has none."""
    if not axes:
        return value
    order = [axes.index(axis) for axis in wanted if axis in axes]
    moved = np.transpose(value, order)
    shape = iter(moved.shape)
    return moved.reshape([next(shape) if axis in axes else 1 for axis in wanted])

"""The only source of letters: layers, widths, indices, and the tensors w z b a y δ with their shapes.

A tensor knows its letter, its layer and the range of each axis, and all three are SymPy arguments: what
holds at layer l becomes what holds at layer 3 by one substitution of l, in letters, layers and ranges alike.

    z^{(l)}_j = Σ_k w^{(l)}_{jk} a^{(l-1)}_k + b^{(l)}_j        j = 1..n(l),  k = 1..n(l-1)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any, TypeAlias

from sympy import Expr, Function, Indexed, IndexedBase, Integer, Symbol, Tuple
from sympy.core.numbers import One

Axis: TypeAlias = tuple[Expr, Expr]  # first and last value of an index, both included

LAYER = Symbol("l", integer=True, positive=True)  # a layer like any other
LAST_LAYER = Symbol("L", integer=True, positive=True)
COST = Symbol("C")

_WIDTH = Function("n", integer=True, positive=True)


@cache
def width(layer: Expr | int) -> Expr:
    """Return n(layer), the number of neurons of a layer: a positive integer still without a value."""
    return _WIDTH(layer)


def index(name: str) -> Symbol:
    """Return an index, an integer symbol; its range is that of the axis or of the sum it runs over."""
    return Symbol(name, integer=True)


def size(name: str) -> Symbol:
    """Return a size, a positive integer without a value, such as the length of a sequence."""
    return Symbol(name, integer=True, positive=True)


def is_size(e: Expr) -> bool:
    """Tell whether a symbol or n(l) stands for a positive whole number: a size, not an index."""
    return bool(e.is_integer and e.is_positive)


def in_numbers(values: Mapping[Symbol, int]) -> dict[Expr, Expr]:
    """Return the numbers of sizes or of indices as expressions, to be put in their places."""
    return {symbol: Integer(value) for symbol, value in values.items()}


class Tensor(IndexedBase):  # type: ignore[misc]
    """An array of numbers with a letter, a layer (or none) and a range for each axis.

    Entries are written `w[j, k]` and are plain SymPy `Indexed`. The arguments are (letter, layers, axes), so
    that substituting the layer symbol moves the tensor, and its ranges, to another layer.
    """

    def __new__(cls, letter: Any, layer: Any = None, axes: Any = ()) -> Tensor:
        """Make the tensor called `letter`; `axes` holds a pair (first, last), or a width n for 1..n, per axis."""
        letter = Symbol(letter) if isinstance(letter, str) else letter
        layers = layer if isinstance(layer, Tuple) else Tuple() if layer is None else Tuple(layer)
        return _tensor(letter, layers, axes if isinstance(axes, Tuple) else Tuple(*map(_range, axes)))

    def __getitem__(self, indices: Any) -> Indexed:
        """Return an entry, w[j, k]; that of a tensor without axes is r[()]."""
        return Single(self) if indices == () else super().__getitem__(indices)

    @property
    def letter(self) -> str:
        """The letter, without the layer: 'w' of w^{(l)}."""
        return self.args[0].name  # type: ignore[no-any-return]

    @cached_property
    def name(self) -> str:
        """The letter with the layer, w_3: what SymPy calls it, and what its values are drawn by."""
        return self.letter + "".join(f"_{layer}" for layer in self.args[1].args)

    @property
    def layer(self) -> Expr | None:
        """The layer, or None for what belongs to no layer."""
        return self.args[1].args[0] if self.args[1].args else None

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The range of each axis: (first, last), both included."""
        return tuple((axis.args[0], axis.args[1]) for axis in self.args[2].args)

    @property
    def sizes(self) -> tuple[Expr, ...]:
        """The number of entries along each axis."""
        return tuple(last if isinstance(first, One) else last - first + 1 for first, last in self.axes)

    def _hashable_content(self) -> tuple[Any, ...]:
        """Return the arguments alone, which say everything: SymPy adds its assumptions, sorted at every comparison."""
        return self.args  # type: ignore[no-any-return]

    def _sympystr(self, printer: Any) -> str:
        """Return the letter with its layer, w(l - 1): as text, two tensors of one letter can be told apart."""
        layers = ", ".join(printer.doprint(layer) for layer in self.args[1].args)
        return f"{self.letter}({layers})" if layers else self.letter

    @property
    def code_name(self) -> str:
        """The identifier used in executed code: 'w3' for w^{(3)}."""
        return self.letter + "".join(str(layer) for layer in self.args[1].args)


def at_one_place(expression: Expr, ranges: Mapping[Symbol, Axis]) -> Expr:
    """Return the expression with each index that has one value alone as that value: r_i1 of a column r."""
    fixed = {i: first for i, (first, last) in ranges.items() if first == last}
    return expression.xreplace(fixed) if fixed else expression


def name_of_term(arrays: Iterable[str]) -> str:
    """Return what a term of a sum is called by the names of the arrays in it, whatever is done with them: +W+x."""
    return "".join(f"+{name}" for name in sorted(set(arrays))) or "+"


class Single(Indexed):  # type: ignore[misc]
    """The one entry of a tensor without axes: an entry like any other, with no indices (SymPy's wants one at least)."""

    def __new__(cls, base: Tensor) -> Single:
        """Return the entry."""
        entry = Expr.__new__(cls, base)
        IndexedBase._set_assumptions(entry, base.assumptions0)
        return entry  # type: ignore[no-any-return]

    def _sympystr(self, printer: Any) -> str:
        return printer.doprint(self.base)  # type: ignore[no-any-return]


@cache
def _tensor(letter: Symbol, layers: Tuple, ranges: Tuple) -> Tensor:
    """Return the one tensor with these arguments: what is looked up as often is one object, compared by identity."""
    tensor = Expr.__new__(Tensor, letter, layers, ranges)
    tensor._shape, tensor._offset, tensor._strides = None, Integer(0), None
    IndexedBase._set_assumptions(tensor, {"commutative": True})
    return tensor  # type: ignore[no-any-return]


def _range(axis: Any) -> Tuple:
    """Return an axis as (first, last); a width n alone stands for 1..n."""
    if isinstance(axis, Tuple):
        return axis
    return Tuple(*axis) if isinstance(axis, tuple) else Tuple(1, axis)


def weight(layer: Expr | int) -> Tensor:
    """Return w of `layer`: w[j, k] goes from neuron k of the layer before to neuron j."""
    return Tensor("w", layer, (width(layer), width(layer - 1)))


def bias(layer: Expr | int) -> Tensor:
    """Return b of `layer`, one number per neuron."""
    return Tensor("b", layer, (width(layer),))


def weighted_input(layer: Expr | int) -> Tensor:
    """Return z of `layer`, what each neuron receives."""
    return Tensor("z", layer, (width(layer),))


def activation(layer: Expr | int) -> Tensor:
    """Return a of `layer`, what each neuron gives; a of layer 0 is the input x."""
    return Tensor("a", layer, (width(layer),))


def error(layer: Expr | int) -> Tensor:
    """Return δ of `layer`: δ[j] = ∂C/∂z[j], the error imputed to neuron j."""
    return Tensor("delta", layer, (width(layer),))


def target(layer: Expr | int = LAST_LAYER) -> Tensor:
    """Return y, what the last layer should have given."""
    return Tensor("y", None, (width(layer),))


def scalar(letter: str, *position: int) -> Symbol:
    """Return the plain symbol of one number of a concrete network, such as `w_1_2_1` or `x_1`."""
    return Symbol("_".join((letter, *map(str, position))))

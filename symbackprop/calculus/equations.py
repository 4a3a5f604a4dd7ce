"""An equation of backpropagation: a name, two sides, and the chain of checked steps between them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, TypeAlias

from sympy import Eq, Expr, Integer

from symbackprop.calculus.derivation import Chain, Step, at_layers
from symbackprop.calculus.matrices import Matrix
from symbackprop.calculus.partials import Partial
from symbackprop.errors import BudgetError, ShapeError
from symbackprop.frozen import dataclass
from symbackprop.network.composition import leaf, unrolled, with_sizes
from symbackprop.network.notation import LAST_LAYER, LAYER, Axis
from symbackprop.network.program import at_layer
from symbackprop.registry import Registry

MOST_ENTRIES = 200  # more are no longer read

Sides: TypeAlias = tuple[Expr | Matrix, Expr | Matrix]  # left = right


@dataclass(frozen=True, repr=False)
class DerivedEquation(ABC):
    """`left` = `right` in index form, with the chain that derives it."""

    name: str
    chain: Chain

    def __repr__(self) -> str:
        """Show the equation in index form, without the steps behind it."""
        return f"<{self.name}: {self.left} = {self.right}>"

    @property
    def left(self) -> Expr:
        """What the equation is for: δ_j, ∂C/∂b_j or ∂C/∂w_jk."""
        return self.chain.goal

    @property
    def right(self) -> Expr:
        """What it is equal to."""
        return self.chain.result

    @property
    def sympy(self) -> Eq:
        """The equation in index form as a SymPy Eq."""
        return Eq(self.left, self.right, evaluate=False)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The checked steps from the left side to the right one."""
        return self.chain.steps

    @abstractmethod
    def entries(self, *, limit: int = MOST_ENTRIES) -> tuple[tuple[Expr, Expr], ...]:
        """Return the equation for every entry: (left, right) in numbered letters.

        Raises BudgetError if that would be more than `limit` equations."""

    def _repr_latex_(self) -> str:
        """Show the equation in a notebook."""
        return f"$${self.latex()}$$"

    def latex(self, notation: str = "index", *, convention: str | Mapping[str, Any] | None = None) -> str:
        """Return the equation as LaTeX in one of the notation styles: index, matrix, rows, columns or scalar.

        `convention` names one, such as "ng", or is a table of one's own. Raises UnknownNameError for another style, and
        for another convention."""
        return NOTATIONS[notation].latex(self, convention)


@dataclass(frozen=True, repr=False)
class BackpropEquation(DerivedEquation):
    """An equation of a layered network.

    `layers` says where it holds: 'all', 'hidden' or 'last', or a tuple of layer numbers of a network; `widths` are
    those of the network that it was derived for."""

    layers: str | tuple[int, ...] = "all"
    widths: tuple[int, ...] = ()

    @property
    def layer_numbers(self) -> tuple[int, ...]:
        """The layers of the network at which it holds."""
        depth = len(self.widths) - 1
        if isinstance(self.layers, tuple):
            return self.layers
        return {"all": tuple(range(1, depth + 1)), "hidden": tuple(range(1, depth)), "last": (depth,)}[self.layers]

    def entries(self, *, limit: int = MOST_ENTRIES) -> tuple[tuple[Expr, Expr], ...]:
        """Return the equation for every neuron or weight of the network: (left, right) in numbered letters.

        Raises BudgetError if that would be more than `limit` equations."""
        sides = [(self._at(self.left, layer), self._at(self.right, layer)) for layer in self.layer_numbers]
        return written_out(self.name, [(left, right, _entry_of(left).base.axes) for left, right in sides], limit)

    def at(self, layer: int) -> BackpropEquation:
        """Return the equation as it stands at a layer, each of its steps checked there again."""
        depth = len(self.widths) - 1
        chain = at_layers(self.chain, {LAYER: Integer(layer), LAST_LAYER: Integer(depth)})
        return BackpropEquation(self.name, chain, (layer,), self.widths)

    def _at(self, side: Expr, layer: int) -> Expr:
        return with_sizes(at_layer(side, layer), self.widths)


def written_out(
    name: str, equations: Sequence[tuple[Expr, Expr, Sequence[Axis]]], limit: int = MOST_ENTRIES
) -> tuple[tuple[Expr, Expr], ...]:
    """Return equations for every entry of their ranges: (left, right) in numbered letters.

    Raises BudgetError if that would be more than `limit` equations, ShapeError where a size has no number."""
    spans = [tuple(_spans(name, ranges)) for _, _, ranges in equations]
    check_entries(name, sum(prod(map(len, own)) for own in spans), limit)
    pairs = []
    for (left, right, _), own in zip(equations, spans, strict=True):
        for position in product(*own):
            at = dict(zip(getattr(_entry_of(left), "indices", ()), position, strict=True))
            pairs.append((unrolled(left, leaf, at), unrolled(right, leaf, at)))
    return tuple(pairs)


def _spans(name: str, ranges: Sequence[Axis]) -> Iterator[range]:
    for first, last in ranges:
        if not (first.is_Integer and last.is_Integer):
            unknown = ", ".join(sorted(map(str, first.free_symbols | last.free_symbols)))
            raise ShapeError(f"{name} entry by entry wants numbers for {unknown}; try sizes {unknown} = 2")
        yield range(int(first), int(last) + 1)


def _entry_of(left: Expr) -> Expr:
    """Return the entry that a left side is about: δ_j itself, or what the cost is differentiated by."""
    return left.by if isinstance(left, Partial) else left


def check_entries(name: str, needed: int, allowed: int) -> None:
    """Raise BudgetError if an equation has more entries than are allowed."""
    if needed > allowed:
        raise BudgetError(
            f"{name} written entry by entry is {needed:,} equations, more than the {allowed:,} allowed; "
            "take the notation index or matrix"
        )


@dataclass(frozen=True, slots=True)
class Notation:
    """A notation style: the `sides` of an equation with a right side of its own in it, and its `latex` in a convention.

    The last argument of `sides` says where the 1/m of the mean over a batch stands. It raises CheckError where an
    equation has no such form, BudgetError where it has more entries than are read."""

    sides: Callable[[DerivedEquation, Expr, str], Sequence[Sides]]
    latex: Callable[[DerivedEquation, str | Mapping[str, Any] | None], str]


# the styles, by name; they are told in the floor above
NOTATIONS: Registry[Notation] = Registry("notation style", "symbackprop.exposition.notations")

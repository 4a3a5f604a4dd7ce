"""An equation of backpropagation: a name, two sides, and the chain of checked steps between them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, TypeAlias

from sympy import Eq, Expr, Indexed

from symbackprop.calculus.derivation import Chain, Step
from symbackprop.calculus.matrices import Matrix
from symbackprop.calculus.partials import Partial
from symbackprop.errors import BudgetError
from symbackprop.network.composition import leaf, unrolled, with_sizes
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
        lefts = [(layer, self._at(self.left, layer)) for layer in self.layer_numbers]
        spans = {layer: [range(1, int(size) + 1) for size in _entry_of(left).base.sizes] for layer, left in lefts}
        check_entries(self.name, sum(prod(map(len, span)) for span in spans.values()), limit)
        pairs = []
        for layer, left in lefts:
            symbols, right = _entry_of(left).indices, self._at(self.right, layer)
            for position in product(*spans[layer]):
                at = dict(zip(symbols, position, strict=True))
                pairs.append((unrolled(left, leaf, at), unrolled(right, leaf, at)))
        return tuple(pairs)

    def _at(self, side: Expr, layer: int) -> Expr:
        return with_sizes(at_layer(side, layer), self.widths)


def _entry_of(left: Expr) -> Indexed:
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

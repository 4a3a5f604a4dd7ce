"""The forward program: index equations in the order of computation, each shared by all layers alike.

    target[indices] = expression          z^{(l)}[j] = Σ_k w^{(l)}[j,k] a^{(l-1)}[k] + b^{(l)}[j]

An equation is written once, with the layer as a symbol; a node says at which layer it is used. So a network of
a hundred equal layers holds two equations, and whatever is derived from an equation is derived once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, Indexed, Integer, Sum, Symbol

from symbackprop.errors import ShapeError
from symbackprop.network.notation import COST, LAYER, Axis, Tensor

__all__ = ["Equation", "Node", "Program", "at_layer", "entries", "free_indices", "ranges_of"]


def entries(expression: Expr) -> set[Indexed]:
    """Return every entry of a tensor that occurs in the expression."""
    found: set[Indexed] = expression.atoms(Indexed)
    return found


def free_indices(expression: Expr) -> set[Symbol]:
    """Return the indices that are not summed over: what the expression is a function of.

    An index is an integer symbol; layers and sizes are positive integers, so they are none."""
    if isinstance(expression, Indexed):
        return {symbol for position in expression.indices for symbol in free_indices(position)}
    if isinstance(expression, Sum):
        bound = {limit.args[0] for limit in expression.limits}
        ends = {s for limit in expression.limits for end in limit.args[1:] for s in free_indices(end)}
        return (free_indices(expression.function) | ends) - bound
    if isinstance(expression, Symbol):
        return {expression} if expression.is_integer and not expression.is_positive else set()
    return {symbol for part in expression.args for symbol in free_indices(part)}


def ranges_of(entry: Expr) -> dict[Symbol, Axis]:
    """Return the range of each index of an entry that is a symbol, from the axes of its tensor."""
    if not isinstance(entry, Indexed):
        return {}
    return {i: axis for i, axis in zip(entry.indices, entry.base.axes, strict=True) if isinstance(i, Symbol)}


def at_layer(expression: Expr, layer: Expr | int) -> Expr:
    """Return the expression with the layer symbol l replaced, in letters, widths and ranges alike."""
    return expression.xreplace({LAYER: Integer(layer) if isinstance(layer, int) else layer})


@dataclass(frozen=True)
class Equation:
    """target = expression, for every value of the indices of the target.

    The target is an entry of a tensor with distinct index symbols, or C, the cost; any other single number is a tensor
    with one axis. `domain` is given where the equation does not hold on the whole axes: a recurrence h[t] = f(h[t-1])
    begins at t = 1. Raises ShapeError for another target, and if the expression has a free index that it lacks."""

    target: Expr
    expression: Expr
    domain: tuple[Axis, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse an equation whose two sides are not functions of the same indices."""
        plain = all(isinstance(place, Symbol) and free_indices(place) for place in self.indices)
        if not plain or len(set(self.indices)) < len(self.indices) or not (self.indices or self.target == COST):
            raise ShapeError(f"equation for {self.target}: wanted an entry with indices that differ, as z[j], or C")
        if self.domain is not None and len(self.domain) != len(self.indices):
            raise ShapeError(f"equation for {self.target}: {len(self.domain)} ranges for {len(self.indices)} indices")
        if stray := free_indices(self.expression) - set(self.indices):
            names = ", ".join(sorted(map(str, stray)))
            raise ShapeError(
                f"equation for {self.target}: index {names} is neither summed nor on the left; sum over it"
            )

    @property
    def tensor(self) -> Expr:
        """The tensor that is computed, or the symbol of a single number."""
        return self.target.base if isinstance(self.target, Indexed) else self.target

    @property
    def indices(self) -> tuple[Symbol, ...]:
        """The free indices, in the order of the axes of the target."""
        return self.target.indices if isinstance(self.target, Indexed) else ()

    @property
    def ranges(self) -> dict[Symbol, Axis]:
        """The range of each free index."""
        axes = self.domain or (self.tensor.axes if self.indices else ())
        return dict(zip(self.indices, axes, strict=True))

    @cached_property
    def reads(self) -> tuple[Tensor, ...]:
        """The tensors that the expression uses, in a fixed order."""
        return tuple(sorted({entry.base for entry in entries(self.expression)}, key=lambda tensor: tensor.sort_key()))

    def at_layer(self, layer: Expr | int) -> Equation:
        """Return the equation as it stands at `layer`."""
        domain = self.domain and tuple((at_layer(first, layer), at_layer(last, layer)) for first, last in self.domain)
        return Equation(at_layer(self.target, layer), at_layer(self.expression, layer), domain)

    def renamed(self, names: Mapping[Tensor, Tensor]) -> Equation:
        """Return the equation with tensors replaced: the way a weight is shared."""
        return Equation(self.target.xreplace(dict(names)), self.expression.xreplace(dict(names)), self.domain)


@dataclass(frozen=True, slots=True)
class Node:
    """One use of an equation: at `layer`, or as it stands when it belongs to no layer."""

    equation: Equation
    layer: int | None = None

    @property
    def concrete(self) -> Equation:
        """The equation at the node's own layer."""
        return self.equation if self.layer is None else self.equation.at_layer(self.layer)


@dataclass(frozen=True, slots=True)
class Program:
    """Equations in the order of computation; the last one computes the cost."""

    nodes: tuple[Node, ...]

    @property
    def distinct(self) -> tuple[Equation, ...]:
        """Each equation once, however many layers use it."""
        return tuple(dict.fromkeys(node.equation for node in self.nodes))

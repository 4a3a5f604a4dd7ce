"""What is added to the cost for large weights: one registry, fed by the modules of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sympy import Add, Expr, Indexed, S, Sum

from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor, index
from symbackprop.network.numbers import Numbers
from symbackprop.registry import Registry

__all__ = ["PENALTIES", "Penalty", "added", "entry_of"]

STRENGTH = Numbers(("lambda",))


@dataclass(frozen=True, slots=True)
class Penalty:
    """One penalty: C + λ factor Σ_W size(W), over all arrays W of weights, each once.

    The first of its `numbers` is λ, how much it counts; `size` takes an array, and the other numbers after it."""

    name: str
    size: Callable[..., Expr]
    factor: Expr = S.One
    numbers: Numbers = STRENGTH

    def term(self, weights: Iterable[Tensor], numbers: Iterable[Expr]) -> Expr:
        """Return λ factor Σ_W size(W) for these arrays and numbers."""
        strength, *others = numbers
        return strength * Add(*(self.size(each, *others) for each in weights)) * self.factor


def entry_of(weights: Tensor) -> Indexed:
    """Return an entry of an array of any number of axes, W[j, k, …]."""
    return weights[tuple(map(index, "jkuvpq"[: len(weights.axes)]))]


def added(term: Expr, weights: Tensor, first: int = 0, last: int | None = None) -> Expr:
    """Return a term in `entry_of(weights)`, added up over the axes from `first` to before `last`; of none, itself."""
    limits = [(i, *axis) for i, axis in zip(entry_of(weights).indices, weights.axes, strict=True)][first:last]
    return Sum(term, *limits[::-1]) if limits else term


PENALTIES: Registry[Penalty] = Registry("penalty", __name__)

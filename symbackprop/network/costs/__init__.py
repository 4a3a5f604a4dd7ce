"""How far the activations of the last layer are from the target: one registry, fed by this folder."""

from __future__ import annotations

from sympy import Expr, S, Sum, Symbol, log

from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor
from symbackprop.network.numbers import Numbers
from symbackprop.registry import Registry

__all__ = ["COSTS", "A", "Cost", "N", "Y"]

A, Y = Symbol("a", real=True), Symbol("y", real=True)  # one activation and its target
N = Symbol("n", integer=True, positive=True)  # the width of the last layer


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost of a single sample: C = factor Σ_j term(a_j, y_j); `factor` may contain N, the width.

    `both_signs` if its targets are -1 and 1, and the sign of a says on which side a sample is. With `numbers` the term
    is their formula in a and y."""

    name: str
    term: Expr
    factor: Expr = S.One
    both_signs: bool = False
    numbers: Numbers | None = None

    @property
    def wants_positive(self) -> bool:
        """Whether the term takes the logarithm of a."""
        return bool(self.term.has(log(A)))

    @property
    def wants_below_one(self) -> bool:
        """Whether the term takes the logarithm of 1 - a."""
        return bool(self.term.has(log(1 - A)))

    @property
    def is_silent_at_zero(self) -> bool:
        """Whether a term of shares says nothing where the target is 0, as -y ln a does: its slope is y times another.

        Only what other outputs have at the same time can then push an activation down, as with softmax."""
        return self.wants_positive and bool(self.term.diff(A).xreplace({Y: S.Zero}) == 0)

    def value(self, a: Tensor, y: Tensor, j: Symbol) -> Expr:
        """Return the cost as an expression in the entries of a and y, summed over j."""
        total = Sum(self.term.xreplace({A: a[j], Y: y[j]}), (j, *a.axes[0]))
        return self.factor.xreplace({N: a.sizes[0]}) * total


COSTS: Registry[Cost] = Registry("cost", __name__)

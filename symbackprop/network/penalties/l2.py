"""(λ/2) Σ W², weight decay (Krogh and Hertz 1991, A simple weight decay can improve generalization)."""

from __future__ import annotations

from sympy import Expr, Rational

from symbackprop.network.notation import Tensor
from symbackprop.network.penalties import PENALTIES, Penalty, added, entry_of


def l2(weights: Tensor) -> Expr:
    """Return Σ W²."""
    return added(entry_of(weights) ** 2, weights)


PENALTIES.add("l2", Penalty("l2", l2, Rational(1, 2)))

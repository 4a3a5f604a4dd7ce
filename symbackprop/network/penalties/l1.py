"""λ Σ |W|, which draws weights to 0 (Tibshirani 1996, Regression shrinkage and selection via the lasso)."""

from __future__ import annotations

from sympy import Expr

from symbackprop.network.functions import ABSOLUTE
from symbackprop.network.notation import Tensor
from symbackprop.network.penalties import PENALTIES, Penalty, added, entry_of


def l1(weights: Tensor) -> Expr:
    """Return Σ |W|."""
    return added(ABSOLUTE(entry_of(weights)), weights)


PENALTIES.add("l1", Penalty("l1", l1))

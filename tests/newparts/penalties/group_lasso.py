"""λ Σ_j ‖W_j‖, rows of weights that are drawn to 0 together (Yuan and Lin 2006)."""

from __future__ import annotations

from sympy import Expr, sqrt

from symbackprop.network.notation import Tensor
from symbackprop.network.penalties import PENALTIES, Penalty, added, entry_of


def group_lasso(weights: Tensor) -> Expr:
    """Return Σ_j √Σ_k… W²."""
    return added(sqrt(added(entry_of(weights) ** 2, weights, 1)), weights, 0, 1)


PENALTIES.add("group_lasso", Penalty("group_lasso", group_lasso))

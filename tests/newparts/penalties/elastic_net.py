"""λ Σ (ρ |W| + (1 - ρ) W²/2), a penalty of two numbers (Zou and Hastie 2005)."""

from __future__ import annotations

from sympy import Expr

from symbackprop.network.functions import ABSOLUTE
from symbackprop.network.notation import Tensor
from symbackprop.network.numbers import Numbers
from symbackprop.network.penalties import PENALTIES, Penalty, added, entry_of


def elastic_net(weights: Tensor, rho: Expr) -> Expr:
    """Return Σ (ρ |W| + (1 - ρ) W²/2)."""
    entry = entry_of(weights)
    return added(rho * ABSOLUTE(entry) + (1 - rho) * entry**2 / 2, weights)


PENALTIES.add("elastic_net", Penalty("elastic_net", elastic_net, numbers=Numbers(("lambda", "rho"))))

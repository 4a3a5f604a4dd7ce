"""Σ_j ln(1 + exp(-y_j a_j)) for targets of -1 and 1, whose numbers far out are only right if no code takes that exp."""

from __future__ import annotations

from sympy import exp, log

from symbackprop.network.costs import COSTS, A, Cost, Y
from symbackprop.network.numbers import Numbers

SHARPNESS = Numbers(("beta",), "ln(1 + exp(-beta*y*a))/beta", ("beta",))
COSTS.add("logistic", Cost("logistic", log(1 + exp(-Y * A)), both_signs=True, numbers=SHARPNESS))

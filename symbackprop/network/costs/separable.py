"""The costs that add up neuron by neuron: one table of terms in a and y."""

from __future__ import annotations

from sympy import Piecewise, Rational, log

from symbackprop.network.costs import COSTS, A, Cost, N, Y
from symbackprop.network.functions import ABSOLUTE, RELU, X_LOG_X, Z, elementwise
from symbackprop.network.numbers import Numbers

# Huber (1964), with threshold 1: a parabola inside, straight lines outside
HUBER = elementwise("huber", Piecewise((Z**2 / 2, (Z >= -1) & (Z <= 1)), (ABSOLUTE(Z) - Rational(1, 2), True)))
BEYOND = "where(abs(a - y) <= kappa, (a - y)^2/2, kappa*(abs(a - y) - kappa/2))"

SEPARABLE = (
    Cost("quadratic", (A - Y) ** 2, Rational(1, 2)),
    Cost("mse", (A - Y) ** 2, 1 / N),
    Cost("cross_entropy", -Y * log(A)),
    Cost("binary_cross_entropy", -Y * log(A) - (1 - Y) * log(1 - A)),
    Cost("mae", ABSOLUTE(A - Y)),
    Cost("huber", HUBER(A - Y), numbers=Numbers(("kappa",), BEYOND, ("kappa",))),
    Cost("hinge", RELU(1 - Y * A), both_signs=True, numbers=Numbers(("margin",), "max(0, margin - y*a)")),
    Cost("kl_divergence", X_LOG_X(Y) - Y * log(A)),
    Cost("poisson", A - Y * log(A)),
)

for _cost in SEPARABLE:
    COSTS.add(_cost.name, _cost)

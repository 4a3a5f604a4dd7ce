"""Where gradients go wrong quietly: at the kinks of activations and costs, and where exponentials leave the floats.

kink         a = f(z) with cost a, so that ∂C/∂b is the slope itself: exactly the convention
saturation   z = ±37, ±710, ±1000, every entry beside arithmetic with a thousand digits
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from symbackprop.calculus.backpropagation import derive
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.kinks import kinks
from symbackprop.network.model import Network, mlp
from symbackprop.numerics.compilation import compile
from symbackprop.numerics.interpretation import Digits, Forward
from symbackprop.numerics.reference import cost_and_gradient
from symbackprop.numerics.witnesses import complex_step

__all__ = ["kink_error", "saturation_error"]

DIGITS = 1000  # 1 - σ(1000) is 1e-435: it must not vanish beside 1
LARGEST = 1e300
SMALLEST = 1e-300  # below it floats lose digits one by one, whatever the formula
FAR = (37.0, 710.0, 1000.0)  # where a(1 - a), exp, and everything naive breaks down
SATURATED = (
    ("sigmoid", "quadratic"),
    ("tanh", "quadratic"),
    ("softplus", "quadratic"),
    ("silu", "quadratic"),
    ("softmax", "cross_entropy"),
    ("log_softmax", "quadratic"),
    ("sigmoid", "binary_cross_entropy"),
)
# cost, activation before it is the identity, a and y at which its slope jumps
COST_KINKS = (("mae", 1.5, 1.5), ("hinge", 1.0, 1.0), ("hinge", -1.0, -1.0), ("huber", 2.0, 1.0), ("huber", 0.0, 1.0))


def kink_error(network: Network) -> tuple[float, int]:
    """Return how far slopes at kinks are from the printed convention, and at how many kinks; 0 or it is wrong.

    Activations of the registry and of the network, costs beside the witness by hand."""
    worst, count = 0.0, 0
    activations = [ACTIVATIONS[name] for name in ACTIVATIONS] + list(network.distinct_activations)
    for activation in dict.fromkeys(activations):
        for point, wanted in _representable(activation):
            worst, count = max(worst, abs(_slope_at(activation, point) - wanted)), count + 1
    for cost, a, y in COST_KINKS:
        gradient = compile(derive(mlp("1-1", "identity", cost)))
        params, x, target = _single(a), np.zeros((1, 1)), np.array([[y]])
        _, truth = cost_and_gradient(params, x, target, activations=["identity"], cost=cost)
        found = gradient(params, x, target)[1]["b1"][0]
        worst, count = max(worst, abs(float(found - truth["b1"][0]))), count + 1
    return worst, count


def _representable(activation: Activation) -> Iterator[tuple[float, float]]:
    """Yield the kinks that a float can hit, each with the slope that is printed for it."""
    if activation.function is not None:
        for point, value in kinks(activation.function):
            if point.is_Rational and Fraction(float(point)) == Fraction(point.p, point.q):
                yield float(point), float(value)


def _single(z: float, width: int = 1) -> dict[str, Any]:
    """Return parameters of a 1-1 or 1-2 network whose first weighted input is z, whatever x is."""
    bias = np.zeros(width)
    bias[0] = z
    return {"W1": np.zeros((width, 1)), "b1": bias}


def _slope_at(activation: Activation, point: float) -> float:
    gradient = compile(derive(mlp("1-1", activation, "a")))
    batch = np.zeros((2, 1))  # two samples: the way for batches; the way for one sample has tests of its own
    return float(gradient(_single(point), batch, batch)[1]["b1"][0])


def saturation_error(network: Network) -> tuple[float, int]:
    """Return the largest relative error of an entry far from 0, and at how many points; inf where a flag is raised.

    A point at which the cost is no real number, or larger than any float, is no point of the function.
    The pairs of activation and cost that belong together, and each activation of the network."""
    pairs: dict[tuple[str | Activation, str], None] = dict.fromkeys(SATURATED)
    pairs |= {(activation, "quadratic"): None for activation in network.distinct_activations}
    worst, count = 0.0, 0
    for activation, cost in pairs:
        mixing = not (ACTIVATIONS[activation] if isinstance(activation, str) else activation).is_elementwise
        width = 2 if mixing else 1
        small = mlp(f"1-{width}", activation, cost)
        gradient = compile(derive(small))
        for z in (sign * size for size in FAR for sign in (1, -1)):
            if _has_value(small, z):
                worst, count = max(worst, _error_at(small, gradient, z)), count + 1
    return worst, count


def _has_value(network: Network, z: float) -> bool:
    """Tell whether the cost is a real number in the range of floats where the first weighted input is z."""
    width, numbers = network.widths[-1], Digits(DIGITS)
    try:
        cost = Forward(network, numbers)(_single(z, width), np.ones((1, 1)), np.full((1, width), 0.25))
    except (ArithmeticError, ValueError):
        return False
    return not isinstance(cost, numbers.context.mpc) and abs(cost) < LARGEST


def _error_at(network: Network, gradient: Any, z: float) -> float:
    width = network.widths[-1]
    params, x, y = _single(z, width), np.ones((2, 1)), np.full((2, width), 0.25)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            _, grads = gradient(params, x, y)
    except (FloatingPointError, OverflowError):
        return float("inf")
    places = [("b1", (j,)) for j in range(width)]
    truth = complex_step(network, (params, x, y), places, digits=DIGITS)
    errors = []
    for (name, place), true in zip(places, truth, strict=True):
        difference = abs(true - float(grads[name][place]))
        errors.append(float(difference / abs(true)) if abs(true) > SMALLEST else float(difference > SMALLEST))
    return max(errors) if np.isfinite(errors).all() else float("inf")

"""Every way in which a derived gradient can be run, each as one function: all of them must find the same.

numpy                       the batch at once
numpy, one at a time        the mean over gradients of single samples, which a small network computes by numbers
scalar, …                   the other backends that write the plan, in both ways
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import BudgetError, MissingExtraError
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.compilation import CompiledGradient
from symbackprop.numerics.plan import plan

__all__ = ["SINGLY", "Way", "ways"]

SINGLY = "one at a time"  # at the end of the name of a way

Way: TypeAlias = Callable[
    [Mapping[str, Any], Any, Any], tuple[float, Mapping[str, Any]]
]  # params, x, y -> cost, gradient


def ways(derivation: Derivation) -> dict[str, Way]:
    """Return every way to run the gradient, by name, but for backends that want a missing package or a smaller network.

    Raises CheckError, as `compile` does, for a defect of the derivation."""
    found: dict[str, Way] = {}
    made = plan(derivation)
    for name in (name for name in BACKENDS if BACKENDS[name].engine is None):
        with suppress(BudgetError, MissingExtraError):
            gradient = CompiledGradient(derivation, name, made)
            found[name] = gradient
            found[f"{name}, {SINGLY}"] = _one_at_a_time(gradient)
    return found


def _one_at_a_time(gradient: Way) -> Way:
    def way(params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        results = [gradient(params, x[at : at + 1], y[at : at + 1]) for at in range(len(x))]
        grads = {name: sum(each[name] for _, each in results) / len(x) for name in params}
        return sum(cost for cost, _ in results) / len(x), grads

    return way

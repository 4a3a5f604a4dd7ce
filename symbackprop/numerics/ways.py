"""Every way in which a derived gradient can be run, each as one function: all of them must find the same.

numpy                       the batch at once
numpy, one at a time        the mean over gradients of single samples, which a small network computes by numbers
scalar, …                   the other backends that write the plan, in both ways
torch, …                    a library that differentiates, where it is the one that is asked for
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import BudgetError, MissingExtraError
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.checks import as_numbers
from symbackprop.numerics.compilation import CompiledGradient, compile
from symbackprop.numerics.memory import check_memory
from symbackprop.numerics.plan import plan

SINGLY = "one at a time"  # at the end of the name of a way

Way: TypeAlias = Callable[
    [Mapping[str, Any], Any, Any], tuple[float, Mapping[str, Any]]
]  # params, x, y -> cost, gradient


def ways(derivation: Derivation, backend: str | None = None) -> dict[str, Way]:
    """Return every way to run the gradient, by name, but for backends that want a missing package or a smaller network.

    Of the `backend` alone where one is named, which raises what these lack. Raises BudgetError for a network that no
    memory holds so many times, and CheckError, as `compile` does, for a defect of the derivation."""
    check_memory(derivation.network, "verifying")
    found: dict[str, Way] = {}
    for name, gradient in _gradients(derivation, backend):
        found[name] = gradient
        found[f"{name}, {SINGLY}"] = _one_at_a_time(gradient)
    return found


def _gradients(derivation: Derivation, backend: str | None) -> Iterator[tuple[str, Way]]:
    if backend is not None and BACKENDS[backend].engine is not None:
        yield backend, InNumPy(compile(derivation, backend))
        return
    made = plan(derivation)
    if backend is not None:
        yield backend, CompiledGradient(derivation, backend, made)
        return
    for name in (name for name in BACKENDS if BACKENDS[name].engine is None):
        with suppress(BudgetError, MissingExtraError):
            yield name, CompiledGradient(derivation, name, made)


def _one_at_a_time(gradient: Way) -> Way:
    def way(params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        results = [gradient(params, x[at : at + 1], y[at : at + 1]) for at in range(len(x))]
        grads = {name: sum(each[name] for _, each in results) / len(x) for name in params}
        return sum(cost for cost, _ in results) / len(x), grads

    return way


class InNumPy:
    """The functions of a library that differentiates; what they return are arrays of NumPy."""

    def __init__(self, compiled: Any) -> None:
        """Take what `compile` made for that library."""
        self._compiled = compiled

    def __getattr__(self, name: str) -> Any:
        """Return what is no function of arrays: the derivation, the network, the program."""
        return getattr(self._compiled, name)

    @property
    def compiled(self) -> InNumPy:
        """The equations of a batch, as functions of arrays by name."""
        return InNumPy(self._compiled.compiled)

    def with_sizes(self, sizes: Mapping[Any, int]) -> InNumPy:
        """Return the same with other sizes."""
        return InNumPy(self._compiled.with_sizes(sizes))

    def __call__(self, *arguments: Any) -> tuple[float, dict[str, Any]]:
        """Return the cost and its derivatives."""
        cost, grads = self._compiled(*arguments)
        return float(cost), _arrays(grads)

    def forward(self, *arguments: Any) -> dict[str, Any]:
        """Return the outputs."""
        return _arrays(self._compiled.forward(*arguments))

    def backward(self, *arguments: Any) -> dict[str, Any]:
        """Return the derivatives for any ∂C/∂o."""
        return _arrays(self._compiled.backward(*arguments))


def _arrays(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: as_numbers(name, array) for name, array in found.items()}

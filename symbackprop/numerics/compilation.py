"""From a derivation to a function: the plan of its equations, written by a backend, loaded, and guarded.

gradient(params, x, y)  ->  mean cost of the batch, {"W1": ∂C/∂W1, "b1": ∂C/∂b1, …}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import DataError, ShapeError
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.plan import plan

__all__ = ["CompiledGradient", "compile"]


class CompiledGradient:
    """A derived gradient as a function of (params, x, y); `source` is the text that runs.

    x: (m, n_0)   y: (m, n_L)   params: {"W1": (n_1, n_0), "b1": (n_1,), …}   ->   cost, gradient, new arrays each
    Raises ShapeError or DataError where an argument does not fit. Not for several threads at once: the arrays in
    between are kept from call to call."""

    def __init__(self, derivation: Derivation, backend: str) -> None:
        """Write and load the gradient of the derivation's network."""
        part = BACKENDS[backend]
        part.prepare()
        self.backend = part.name
        self.derivation = derivation
        self.source = part.source(plan(derivation))
        self._shapes = derivation.network.parameter_shapes
        self._widths = derivation.network.widths
        names: dict[str, Any] = {"__name__": "symbackprop_gradient"}
        exec(_compiled(self.source), names)  # our own text: every name in it comes from an internal table
        self._run, self._make = names["gradient"], names.get("workspace")
        self._space: tuple[tuple[int, Any], Any] | None = None

    def __call__(self, params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        """Return the mean cost of the batch and its derivative by every parameter."""
        x, y = np.asarray(x), np.asarray(y)
        if x.ndim != 2 or y.ndim != 2 or x.dtype.kind != "f" or y.dtype != x.dtype:
            x, y = _as_batch(x, "x"), _as_batch(y, "y")
        self._check(params, x, y)
        key = (len(x), x.dtype)
        if self._space is None or self._space[0] != key:
            self._space = (key, self._make(*key))
        cost, grads = self._run(params, x, y, self._space[1])
        return float(cost), grads

    def _check(self, params: Mapping[str, Any], x: Any, y: Any) -> None:
        first, last = self._widths[0], self._widths[-1]
        if x.shape[1] != first or y.shape[1] != last:
            raise ShapeError(
                f"x has {x.shape[1]} columns and y {y.shape[1]}; the network {self.derivation.network.shape[:60]} "
                f"wants {first} and {last}"
            )
        if len(x) != len(y) or not len(x):
            raise ShapeError(f"x has {len(x)} rows and y {len(y)}; give one row of each for every sample, at least one")
        for name, shape in self._shapes.items():
            if name not in params:
                raise ShapeError(f"params lack {name}; give an array of shape {shape}")
            if np.shape(params[name]) != shape:
                raise ShapeError(f"params[{name!r}] has shape {np.shape(params[name])}; the network wants {shape}")


def _compiled(source: str) -> Any:
    import builtins

    return builtins.compile(source, "<symbackprop gradient>", "exec")


def _as_batch(array: Any, name: str) -> Any:
    """Return the array as float64 with samples as rows; a single sample may come without its row."""
    try:
        array = np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{name} is not an array of numbers; give a float array with one sample per row") from None
    if array.ndim == 1:
        array = array[np.newaxis, :]
    if array.ndim != 2:
        raise DataError(f"{name} has {array.ndim} axes; give two: one sample per row")
    return array


def compile(derivation: Derivation, backend: str = "numpy") -> CompiledGradient:
    """Return the gradient of the derivation's network as a function, its equations turned into code by `backend`.

    Raises UnknownNameError for a backend that is not there, MissingExtraError where its package is missing."""
    return CompiledGradient(derivation, backend)

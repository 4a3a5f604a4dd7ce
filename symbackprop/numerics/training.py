"""Mini-batch gradient descent on any gradient: a compiled one, another library's, or the witness.

    for each mini-batch:  param -= learning_rate · ∂C/∂param

The same seed gives the same mini-batches as `reference.train`, so two gradients that agree train alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError
from symbackprop.network.model import generator
from symbackprop.network.program import Kind
from symbackprop.numerics.checks import as_mapping, as_numbers
from symbackprop.numerics.compilation import CompiledGradient
from symbackprop.numerics.programs import CompiledProgram
from symbackprop.numerics.reference import History, minibatches

Array = NDArray[Any]


class Gradient(Protocol):
    """What is descended on: params, x (m, n_0), y (m, n_L)  ->  mean cost of the batch, {name: ∂C/∂param}."""

    def __call__(self, params: Mapping[str, Array], x: Array, y: Array, /) -> tuple[Any, Mapping[str, Any]]:
        """Return the cost and its gradient; the arrays may be reused by the next call."""


def descend(
    gradient: Gradient | CompiledProgram,
    params: Mapping[str, Array],
    x: Array | None = None,
    y: Array | None = None,
    *,
    learning_rate: float,
    epochs: int,
    batch_size: int = 32,
    seed: int = 0,
    on_step: Callable[[float, Mapping[str, Array]], None] | None = None,
    on_epoch: Callable[[int, float, Mapping[str, Array]], None] | None = None,
) -> History:
    """Return the losses of all epochs and the trained parameters; `params` itself is left as it was.

    The loss of an epoch is the mean over its samples of the cost at the moment they were used.
    `on_step(loss, params)` is called after each mini-batch with its loss and the parameters that it led to,
    `on_epoch(epoch, loss, params)` after each epoch, counted from 1.
    A program of equations is a function of all its arrays: `params` then holds each of them, x and y are left out,
    every epoch is one step, and what moves are its parameters.
    Raises DataError for an option out of range and when the cost stops being a finite number."""
    _check_options(epochs, batch_size)
    learning_rate = check_rate(learning_rate)
    if isinstance(gradient, CompiledProgram):
        if x is not None or y is not None:
            raise DataError("x and y: a program of equations has them among its arrays; leave them out")
        gradient, params, x, y = _of_parameters(gradient, params)
    else:
        x, y = _samples(x, y)
    arrays = {name: as_numbers(name, value) for name, value in as_mapping(params).items()}
    current = {name: np.array(array, np.result_type(array, np.float32)) for name, array in arrays.items()}
    rng, losses, kept = generator(seed), list[float](), _Kept()
    gradient = gradient.reusing() if isinstance(gradient, CompiledGradient) else gradient
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in minibatches(len(x), batch_size, rng):
            try:
                loss, grads = gradient(current, kept.rows("x", x, rows), kept.rows("y", y, rows))
            except DataError:  # of parameters that a step has made too large
                if all(np.isfinite(each).all() for each in current.values()):
                    raise
                total = math.nan
                break
            total += float(loss) * len(rows)
            for name, grad in grads.items():
                current[name] -= kept.scaled(name, np.asarray(grad), learning_rate)
            if on_step is not None:
                on_step(float(loss), current)
        if not math.isfinite(total):
            advice = f"lower learning_rate, now {learning_rate:g}, or take functions that are finite there"
            raise DataError(f"epoch {epoch}: the cost became {total}; {advice}")
        losses.append(total / len(x))
        if on_epoch is not None:
            on_epoch(epoch, losses[-1], current)
    return History(tuple(losses), current)


class _Kept:
    """Arrays that every step of a training fills again, instead of making its own."""

    def __init__(self) -> None:
        self._arrays: dict[object, Array] = {}

    def rows(self, name: str, array: Array, places: Array) -> Array:
        """Return some rows of an array."""
        shape = (len(places), *array.shape[1:])
        # the places are those of rows: a mode that looks whether they are would copy them twice
        return np.take(array, places, axis=0, out=self._array(name, shape, array.dtype), mode="clip")

    def scaled(self, name: str, array: Array, factor: float) -> Array:
        """Return a multiple of an array."""
        kind = np.result_type(array, factor)
        return np.multiply(array, factor, out=self._array(name, array.shape, kind))

    def _array(self, name: str, shape: tuple[int, ...], kind: np.dtype[Any]) -> Array:
        key = name, shape, kind
        if key not in self._arrays:
            self._arrays[key] = np.empty(shape, kind)
        return self._arrays[key]


def _samples(x: Array | None, y: Array | None) -> tuple[Array, Array]:
    """Return samples and targets as arrays of as many rows; raises DataError for what is none."""
    if x is None or y is None or not (found := np.atleast_1d(as_numbers("x", x), as_numbers("y", y)))[0].size:
        raise DataError("x and y are missing: the samples to descend on, one a row")
    if len(found[0]) != len(found[1]):
        raise DataError(f"x has {len(found[0])} samples and y has {len(found[1])}; give one row of y for each of x")
    return found[0], found[1]


def _of_parameters(
    program: CompiledProgram, values: Mapping[str, Array]
) -> tuple[Gradient, dict[str, Array], Array, Array]:
    """Return the cost as a function of the parameters of a program, these, and one row in the place of samples."""
    names = [array.name for array in program.program.of_kind(Kind.PARAMETER)]
    if not isinstance(values, Mapping) or not names:
        raise DataError("wanted a mapping of all arrays of the equations, parameters among them")

    def gradient(params: Mapping[str, Array], _x: Array, _y: Array, /) -> tuple[float, dict[str, Array]]:
        cost, grads = program({**values, **params})
        return cost, {name: grads[name] for name in params}

    return gradient, {name: values[name] for name in names if name in values}, np.zeros((1, 0)), np.zeros((1, 0))


def check_rate(learning_rate: Any) -> float:
    """Return the length of a step, 1/10 or an array of one number too; raise DataError for no positive number."""
    with suppress(TypeError, ValueError, OverflowError):
        if not isinstance(learning_rate, str | bytes) and 0 < float(learning_rate) < math.inf:
            return float(learning_rate)
    raise DataError(f"learning_rate is {learning_rate!r:.20}, wanted a positive number; try 0.1")


def _check_options(epochs: int, batch_size: int) -> None:
    if type(epochs) is not int or epochs < 0:
        raise DataError(f"epochs is {epochs!r}, wanted a whole number, 0 or more; try 10")
    if type(batch_size) is not int or batch_size < 1:
        raise DataError(f"batch_size is {batch_size!r}, wanted a whole number, 1 or more; try 32")


def accuracy(predictions: Array, y: Array) -> float:
    """Return the share of samples whose class is predicted rightly.

    Several columns: the largest entry is the class. One column: which side of the middle between the smallest and
    the largest target, so that 0/1 and -1/+1 both work.  predictions, y: (m, n_L)
    Raises DataError if the two differ in shape."""
    if predictions.shape != y.shape:
        raise DataError(f"predictions have shape {predictions.shape}, y has {y.shape}; give one row for each sample")
    if y.shape[1] > 1:
        return float(np.mean(predictions.argmax(axis=1) == y.argmax(axis=1)))
    middle = (y.min() + y.max()) / 2
    return float(np.mean((predictions > middle) == (y > middle)))

"""A training of a network of layers, and how its steps compare with what the forward pass alone says.

No trainer by hand knows every layer. The second way is the cost itself: beside the first step of many epochs, on its
mini-batch, the slope of the cost along the gradient is measured by differences.

    |(C(θ + h d) - C(θ - h d))/2h - ∂C/∂θ · d|      d = -∂C/∂θ, as long as θ

That is done a thousandth of the parameters beside the step: where biases are 0, as all are at first, inputs of 0 lie
exactly at the kink of a relu, and a difference there is the mean of both slopes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.numerics.classes import Data
from symbackprop.numerics.comparison import OF_NUMBERS, Comparison, Course
from symbackprop.numerics.layered import CompiledLayers
from symbackprop.numerics.slopes import slope_error
from symbackprop.numerics.training import accuracy, descend

Array = NDArray[Any]

BESIDE = 1e-3  # of the parameters, in a random direction
TRIES = 3  # directions, of which the best counts: a wrong gradient is wrong in all of them
SLOPE = 1e-5  # of the slope: such differences err by some 1e-9, and by 1e-7 where little of it is left
MOST_COMPARED = 100  # steps
CHUNK = 512  # samples whose outputs are computed at once


def train_layers(
    gradient: CompiledLayers,
    data: Data,
    course: Course,
    *,
    start: Mapping[str, Array],
    on_epoch: Callable[[], None] | None = None,
) -> Comparison:
    """Return how the compiled gradient trains a network of layers; masks of dropout are drawn for each mini-batch.

    Raises DataError as `descend` does, and where a layer that couples samples would see one alone."""
    _check_batches(gradient.network, len(data.x), course.batch_size)
    steps = _Steps(gradient, course, math.ceil(len(data.x) / course.batch_size))
    told = None if on_epoch is None else lambda *_: on_epoch()
    history = descend(steps, start, data.x, data.y, **asdict(course), on_epoch=told)
    return Comparison(history, None, steps.largest, tolerance=SLOPE, compared=steps.compared)


def _check_batches(network: LayeredNetwork, count: int, size: int) -> None:
    def leaves_one(size: int) -> bool:
        return count % size == 1 or size == 1

    if network.is_coupled and leaves_one(min(size, count)):
        better = next((n for n in range(size + 1, size + count) if not leaves_one(min(n, count))), size)
        raise DataError(
            f"{count:,} samples in batches of {size} leave one alone, and a layer couples samples; "
            f"try batches of {better}"
        )


class _Steps:
    """A gradient with masks that are drawn, which compares some of its values with differences of the cost."""

    def __init__(self, gradient: CompiledLayers, course: Course, per_epoch: int) -> None:
        self._gradient, self._calls = gradient, 0
        self._rng = np.random.default_rng([course.seed, 1])  # beside the one that draws the mini-batches
        self._every = per_epoch * math.ceil(course.epochs / MOST_COMPARED)
        self.largest, self.compared = 0.0, 0

    def __call__(self, params: Mapping[str, Array], x: Array, y: Array) -> tuple[float, dict[str, Array]]:
        masks: dict[str, Any] = self._masks(len(x))
        cost, grads = self._gradient(params, x, y, **masks)
        if self._calls % self._every == 0 and np.isfinite(cost) and grads:
            self.compared += 1
            self.largest = max(self.largest, self._best(lambda at: self._gradient(at, x, y, **masks), params))
        self._calls += 1
        return cost, grads

    def _masks(self, count: int) -> dict[str, Array]:
        """Return factors for every dropout: 0 for a share of the entries, 1/(1 - share) for the others."""
        network = self._gradient.network
        kept = {name: self._rng.random((count, *shape)) >= network.rates[name] for name, shape in network.masks.items()}
        return {name.replace(".", "_"): mask / (1 - network.rates[name]) for name, mask in kept.items()}

    def _best(self, gradient: Callable[[Mapping[str, Array]], tuple[float, Any]], params: Mapping[str, Array]) -> float:
        best = math.inf
        for _ in range(TRIES):
            best = min(best, self._apart(gradient, params))
            if best <= SLOPE:
                break
        return best

    def _apart(
        self, gradient: Callable[[Mapping[str, Array]], tuple[float, Any]], params: Mapping[str, Array]
    ) -> float:
        """Return how far a slope of the cost is from a difference quotient, relative to it, beside a point."""
        size = _length(params) or 1.0
        aside = {name: self._rng.normal(size=array.shape) for name, array in params.items()}
        share = BESIDE * size / _length(aside)
        point = {name: array + share * aside[name] for name, array in params.items()}
        _, grads = gradient(point)
        length = _length(grads)
        if length == 0:
            return 0.0
        way = {name: -grad * (size / length) for name, grad in grads.items()}
        return slope_error(lambda at: gradient(at)[0], grads, point, way, allowed=SLOPE)


def _length(arrays: Mapping[str, Array]) -> float:
    return math.sqrt(sum(float(np.vdot(array, array)) for array in arrays.values()))


def accuracy_of_layers(gradient: CompiledLayers, params: Mapping[str, Array], data: Data, *, of: Data) -> float | None:
    """Return the share of samples whose class is predicted rightly; None where a cost of numbers knows no classes.

    Nothing is dropped, and what couples samples is that of the samples `of`, which the network was trained on."""
    network = gradient.network
    if network.cost_name.partition("(")[0] in OF_NUMBERS:
        return None
    outputs = gradient.predictor(params, of.x)
    found = [outputs(data.x[start : start + CHUNK]) for start in range(0, len(data.x), CHUNK)]
    last = network.output_shape[-1]
    return accuracy(np.concatenate(found).reshape(-1, last), data.y.reshape(-1, last))

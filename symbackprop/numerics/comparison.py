"""Two trainings side by side: the compiled gradient and the witness by hand, from one start, on the same mini-batches.

    θ ← θ − η ∂C/∂θ      for both; what is different between them at the end is what was different in ∂C/∂θ

Their ends differ by rounding, some 1e-15. Where η is so large that descent is chaotic, rounding grows until the ends
have nothing in common, and says nothing about the gradients; then they are compared at each step of one path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.network.model import Network
from symbackprop.numerics import reference
from symbackprop.numerics.compilation import CompiledGradient
from symbackprop.numerics.data import Data
from symbackprop.numerics.reference_activations import ELEMENTWISE, MIXING
from symbackprop.numerics.reference_costs import COSTS
from symbackprop.numerics.training import Gradient, History, accuracy, descend

__all__ = ["Comparison", "Course", "side_by_side", "witness_knows"]

Array = NDArray[Any]

TOLERANCE = 1e-9  # of the largest parameter: a million times what rounding leaves after 8,000 quiet steps
STEP_TOLERANCE = 1e-12  # of one step: two analytic gradients in float64 differ by 2e-15


@dataclass(frozen=True, slots=True)
class Course:
    """How a training goes: step length η, number of epochs, samples in a mini-batch, and the seed of all chance."""

    learning_rate: float
    epochs: int
    batch_size: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What became of both trainings; `witness` is None where the witness does not know an activation or the cost.

    `difference` is the largest one between their parameters, relative to the largest parameter. `step_difference` is
    the same for one step from equal parameters, the largest of all steps, if it was looked at. An accuracy is the
    share of samples whose class is predicted rightly, None where nothing can predict."""

    compiled: History
    witness: History | None
    accuracies: tuple[float | None, float | None]
    difference: float = 0.0
    step_difference: float | None = None

    @property
    def is_chaotic(self) -> bool:
        """Whether the ends drifted apart although no step differed."""
        return self.difference > TOLERANCE and self.ok

    @property
    def ok(self) -> bool:
        """Whether the trainings agree, at their ends or, where rounding grew, at every step; NaN never does."""
        if self.step_difference is None:
            return self.difference <= TOLERANCE
        return bool(np.isfinite(self.difference)) and self.step_difference <= STEP_TOLERANCE


def side_by_side(
    gradient: CompiledGradient, data: Data, course: Course, *, on_epoch: Callable[[], None] | None = None
) -> Comparison:
    """Return how the compiled gradient and the witness train the same network; `on_epoch` is called after each epoch.

    Raises DataError as `descend` does, among others where the cost stops being a finite number."""
    network = gradient.derivation.network
    start = network.initial_params(course.seed)
    compiled = _descended(gradient, start, data, course, on_epoch=on_epoch)
    own = _accuracy(network, compiled.params, data)
    if not witness_knows(network):
        return Comparison(compiled, None, (own, None))
    witness = reference.train(
        start,
        data.x,
        data.y,
        activations=_names(network),
        cost=network.cost_function.name,
        learning_rate=course.learning_rate,
        epochs=course.epochs,
        batch_size=course.batch_size,
        seed=course.seed,
        on_epoch=None if on_epoch is None else lambda *_: on_epoch(),
    )
    accuracies = (own, _accuracy(network, witness.params, data))
    difference = _distance(compiled.params, witness.params)
    if difference <= TOLERANCE:
        return Comparison(compiled, witness, accuracies, difference)
    both = _BothGradients(gradient, network, course.learning_rate)
    _descended(both, start, data, course, on_epoch=None)
    return Comparison(compiled, witness, accuracies, difference, both.largest)


def witness_knows(network: Network) -> bool:
    """Tell whether the witness by hand can compute the network: it knows the built-in activations and costs."""
    return {*_names(network)} <= {*ELEMENTWISE, *MIXING} and network.cost_function.name in COSTS


def _names(network: Network) -> list[str]:
    return [activation.name for activation in network.activations]


def _descended(
    gradient: Gradient, start: Mapping[str, Array], data: Data, course: Course, *, on_epoch: Callable[[], None] | None
) -> History:
    return descend(
        gradient,
        start,
        data.x,
        data.y,
        learning_rate=course.learning_rate,
        epochs=course.epochs,
        batch_size=course.batch_size,
        seed=course.seed,
        on_epoch=None if on_epoch is None else lambda *_: on_epoch(),
    )


def _distance(one: Mapping[str, Array], other: Mapping[str, Array]) -> float:
    """Return the largest difference of a parameter, relative to the largest parameter."""
    size = max(float(np.max(np.abs(value))) for value in other.values()) or 1.0
    return max(float(np.max(np.abs(one[name] - other[name]))) for name in other) / size


@dataclass(slots=True)
class _BothGradients:
    """The compiled gradient, with a look at the witness's at every step; `largest` is the worst of all looks."""

    compiled: CompiledGradient
    network: Network
    learning_rate: float
    largest: float = 0.0

    def __call__(self, params: Mapping[str, Array], x: Array, y: Array, /) -> tuple[float, Mapping[str, Array]]:
        cost, grads = self.compiled(params, x, y)
        _, truth = reference.cost_and_gradient(
            params, x, y, activations=_names(self.network), cost=self.network.cost_function.name
        )
        ends = ({name: params[name] - self.learning_rate * g[name] for name in truth} for g in (grads, truth))
        distance = _distance(*ends)
        self.largest = max(self.largest, distance) if np.isfinite(distance) else float("inf")
        return cost, grads


def _accuracy(network: Network, params: Mapping[str, Array], data: Data) -> float | None:
    """Return how often the network is right; None if an activation is neither the witness's nor a formula in z."""
    if {*_names(network)} <= {*ELEMENTWISE, *MIXING}:
        return accuracy(reference.predict(params, data.x, activations=_names(network)), data.y)
    a = data.x
    for layer, activation in enumerate(network.activations, start=1):
        if activation.function is None:
            return None
        a = np.asarray(activation.function._imp_(a @ params[f"W{layer}"].T + params[f"b{layer}"]))
    return accuracy(a, data.y)

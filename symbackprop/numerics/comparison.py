"""Two trainings side by side: the compiled gradient and the witness by hand, from one start, on the same mini-batches.

    θ_{k+1} = θ_k − η ∂C/∂θ_k      for both, and at every step from the same θ_k: that of the compiled training

The single steps decide: a wrong gradient, sign, learning rate, mean or mini-batch shows in the first of them. What
lies between the two ends, each training on its own path, is told beside it: rounding, some 1e-15, which grows where
η is so large that descent is chaotic, and then says nothing about the gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.frozen import dataclass
from symbackprop.network.model import Network
from symbackprop.numerics.classes import Data
from symbackprop.numerics.compilation import CompiledGradient
from symbackprop.numerics.reference import History, Step, cost_and_gradient, predict, steps, train
from symbackprop.numerics.reference_activations import ELEMENTWISE, MIXING
from symbackprop.numerics.reference_costs import COSTS
from symbackprop.numerics.report import worst_of
from symbackprop.numerics.training import accuracy, descend
from symbackprop.numerics.witnesses import cost_error, largest_entry

Array = NDArray[Any]

STEP_TOLERANCE = 1e-12  # of one step: two analytic gradients in float64 differ by 2e-15
ROUNDED = 0.1  # of a parameter counts with the step: it is rounded at 2e-16, and a sum of many samples some 100 times
OF_NUMBERS = frozenset({"mse", "mae", "huber", "poisson"})  # costs of regressions; quadratic is taught for classes, too
KNOWN = frozenset({*ELEMENTWISE, *MIXING})  # activations that the witness by hand has
QUIET = 1e-9  # of the largest parameter: a million times what rounding leaves between the ends of 8,000 quiet steps


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

    `step_difference` is the largest one between a step of the compiled training and that of the trainer by hand from
    the same parameters, relative to the step; where the witness does not know the gradient, the trainer by hand takes
    the compiled one. `drift` is the difference between the ends, relative to the largest parameter."""

    compiled: History
    witness: History | None
    step_difference: float
    drift: float = 0.0
    tolerance: float = STEP_TOLERANCE
    compared: int | None = None  # steps whose slope was measured, where no trainer by hand makes them all

    @property
    def is_chaotic(self) -> bool:
        """Whether the ends drifted apart although no step differed."""
        return self.drift > QUIET and self.ok

    @property
    def ok(self) -> bool:
        """Whether the trainings agree at every step; what is no number never does."""
        return bool(np.isfinite(self.drift)) and self.step_difference <= self.tolerance


def side_by_side(
    gradient: CompiledGradient,
    data: Data,
    course: Course,
    *,
    start: Mapping[str, Array] | None = None,
    on_epoch: Callable[[], None] | None = None,
) -> Comparison:
    """Return how the compiled gradient and the witness train the same network; `on_epoch` is called after each epoch.

    Both begin at `start`, or at the first parameters for the seed of the course.

    Raises DataError as `descend` does, among others where the cost stops being a finite number."""
    network = gradient.derivation.network
    start = network.initial_params(course.seed) if start is None else start
    told = None if on_epoch is None else lambda *_: on_epoch()
    known = witness_knows(network)
    own = gradient_by_hand(network) if known else gradient
    shadow = _Shadow(steps(own, start, data.x, data.y, **asdict(course)), start)
    compiled = descend(gradient, start, data.x, data.y, **asdict(course), on_step=shadow, on_epoch=told)
    if not known:
        return Comparison(compiled, None, shadow.ended())
    names, cost = _names(network), network.cost_function.name
    witness = train(start, data.x, data.y, activations=names, cost=cost, **asdict(course), on_epoch=told)
    return Comparison(compiled, witness, shadow.ended(), _drift(compiled.params, witness.params))


def witness_knows(network: Network) -> bool:
    """Tell whether the witness by hand can compute the network: it knows the built-in activations and costs."""
    return KNOWN.issuperset(_names(network)) and network.cost_function.name in COSTS


def gradient_by_hand(network: Network) -> Callable[[Mapping[str, Any], Any, Any], tuple[float, dict[str, Any]]]:
    """Return the cost of a batch and its derivatives, as the witness computes them: params, x, y -> cost, grads."""
    return partial(cost_and_gradient, activations=_names(network), cost=network.cost_function.name)


def _names(network: Network) -> list[str]:
    return [activation.name for activation in network.activations]


def _drift(one: Mapping[str, Array], other: Mapping[str, Array]) -> float:
    """Return the largest difference of a parameter, relative to the largest parameter."""
    return largest_entry({name: one[name] - other[name] for name in other}) / (largest_entry(other) or 1.0)


class _Shadow:
    """The trainer by hand, which makes every step of another training from the parameters that it started from."""

    def __init__(self, steps_by_hand: Iterator[Step], start: Mapping[str, Array]) -> None:
        """Begin before the first step."""
        self._steps, self._largest = steps_by_hand, 0.0
        self._before = {name: value.copy() for name, value in start.items()}

    def __call__(self, loss: float, params: Mapping[str, Array]) -> None:
        """Make the step that has led to `params`, keep how far it ends from there, and go on from there."""
        with np.errstate(all="ignore"):  # where the cost runs away, `descend` says so at the end of the epoch
            step = next(self._steps, None)
            self._largest = max(self._largest, math.inf if step is None else self._difference(step, loss, params))
        if step is not None:
            self._before = {name: np.array(value) for name, value in params.items()}
            step.params.update({name: value.copy() for name, value in self._before.items()})

    def ended(self) -> float:
        """Return the largest difference of all steps; infinity if the other training made fewer or more of them."""
        return self._largest if next(self._steps, None) is None else math.inf

    def _difference(self, step: Step, loss: float, params: Mapping[str, Array]) -> float:
        """Return how far two steps end from each other, relative to the step and what rounding leaves of it."""
        moved = largest_entry({name: step.params[name] - before for name, before in self._before.items()})
        apart = largest_entry({name: step.params[name] - params[name] for name in self._before})
        size = (moved + ROUNDED * largest_entry(self._before)) or 1.0
        return worst_of([apart / size, cost_error(loss, step.loss)])


def accuracy_of(network: Network, params: Mapping[str, Array], data: Data) -> float | None:
    """Return the share of samples whose class is predicted rightly.

    None where the cost measures how far a number is missed, so that there are no classes, and where an activation is
    neither the witness's nor a formula in z."""
    if network.cost_function.name in OF_NUMBERS:
        return None
    if KNOWN.issuperset(_names(network)):
        return accuracy(predict(params, data.x, activations=_names(network)), data.y)
    a = data.x
    for layer, activation in enumerate(network.activations, start=1):
        if activation.function is None:
            return None
        a = np.asarray(activation.function._imp_(a @ params[f"W{layer}"].T + params[f"b{layer}"]))
    return accuracy(a, data.y)

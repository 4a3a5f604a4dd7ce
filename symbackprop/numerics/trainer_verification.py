"""Are the trainers right? Each beside descent spelled out: a few short steps from one start.

θ_{k+1} = θ_k − η ∂C/∂θ_k(x_rows, y_rows)        each epoch takes every sample once, in the order that its seed draws

`train` compares the trainers with each other; what they have in common, such as the mini-batches, shows here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from symbackprop.numerics.reference import History, steps
from symbackprop.numerics.report import worst_of
from symbackprop.numerics.training import descend
from symbackprop.numerics.ways import Way
from symbackprop.numerics.witnesses import cost_error, largest_entry

DESCENT = "relative to a step of a hundredth of the parameters: rounding of these, some 1e-14"

EPOCHS = 2  # the second takes the samples in another order
AT_ONCE = 2  # of three samples or more: the last mini-batch is another one
STEP = 0.01  # of the largest parameter: what has real values at the start has them after a few such steps

Params: TypeAlias = Mapping[str, Any]
Told: TypeAlias = tuple[float, Params]  # the cost before a step, and the parameters after it


def trainer_error(way: Way, at: tuple[Params, Any, Any], by_hand: Callable[..., History] | None) -> float | None:
    """Return how far any step of a trainer ends from where it should, relative to the step.  at: params, x, y.

    `by_hand` is the training of the witness, where it knows the network. None where descent meets no finite cost."""
    params, x, y = at
    cost, grads = way(params, x, y)
    if not np.isfinite(cost):
        return None
    slope = largest_entry(grads) or 1.0
    rate = STEP * (largest_entry(params) or 1.0) / slope
    wanted = list(_spelled_out(way, at, rate))
    if not np.isfinite([cost for cost, _ in wanted]).all():
        return None
    course: dict[str, Any] = {"learning_rate": rate, "epochs": EPOCHS, "batch_size": AT_ONCE, "seed": 0}
    told: list[Told] = []
    ends = [descend(way, params, x, y, **course, on_step=lambda cost, now: told.append((cost, _copied(now))))]
    if by_hand is not None:
        ends.append(by_hand(params, x, y, **course))
    found = [told, [(step.loss, _copied(step.params)) for step in steps(way, params, x, y, **course)]]
    if any(len(each) != len(wanted) for each in found):
        return float("inf")
    apart = partial(_apart, least=rate * slope)
    per_epoch = len(wanted) // EPOCHS
    last = sum(
        cost * len(rows) for (cost, _), rows in zip(wanted[len(wanted) - per_epoch :], _rows(len(x), 1), strict=True)
    ) / len(x)
    errors = [apart(one, other) for each in found for one, other in zip(wanted, each, strict=True)]
    errors += [apart((last, wanted[-1][1]), (end.losses[-1], end.params)) for end in ends]
    return worst_of(errors)


def _rows(samples: int, epochs: int) -> Iterator[Any]:
    """Yield the samples of each mini-batch."""
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(samples)
        yield from (order[start : start + AT_ONCE] for start in range(0, samples, AT_ONCE))


def _spelled_out(way: Way, at: tuple[Params, Any, Any], rate: float) -> Iterator[Told]:
    params, x, y = at
    for rows in _rows(len(x), EPOCHS):
        cost, grads = way(params, x[rows], y[rows])
        if not np.isfinite(cost):  # there is no step from here
            yield cost, params
            return
        params = {**params, **{name: params[name] - rate * grad for name, grad in grads.items()}}
        yield cost, params


def _copied(params: Params) -> Params:
    return {name: np.array(value) for name, value in params.items()}


def _apart(one: Told, other: Told, least: float) -> float:
    cost = cost_error(other[0], one[0])
    return float(np.max([cost, largest_entry({name: one[1][name] - other[1][name] for name in one[1]}) / least]))

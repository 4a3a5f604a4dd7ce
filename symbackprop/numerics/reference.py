"""The independent witness: backpropagation and a mini-batch trainer written by hand in NumPy.

    forward    z_l = a_{l-1} W_lᵀ + b_l     a_l = σ_l(z_l)          samples are rows, the whole batch at once
    backward   δ_L = ∂C/∂a_L ∘ σ_L'(z_L)    δ_{l-1} = δ_l W_l ∘ σ_{l-1}'(z_{l-1})
               ∂C/∂W_l = δ_lᵀ a_{l-1}       ∂C/∂b_l = Σ over samples of δ_l

What a careful engineer would write without symbackprop: the derived gradient is compared with it, in value and
in speed. Imports NumPy and two companions that import nothing else. Source: Nielsen (2015), ch. 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from symbackprop.numerics.reference_activations import ELEMENTWISE, MIXING, Array, PullBack
from symbackprop.numerics.reference_costs import CLOSED_PAIRS, COSTS

# params, x, y -> mean cost, its derivative by every parameter
Gradient: TypeAlias = Callable[[Mapping[str, Array], Array, Array], tuple[float, Mapping[str, Array]]]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """A finished training: the mean cost of every epoch, and the parameters at the end."""

    losses: tuple[float, ...]
    params: dict[str, Array]


def cost_and_gradient(
    params: Mapping[str, Array], x: Array, y: Array, *, activations: Sequence[str], cost: str
) -> tuple[float, dict[str, Array]]:
    """Return the mean cost of a batch and its derivative by every parameter.

    params: W{l} (n_l, n_{l-1}), b{l} (n_l,)   x: (m, n_0)   y: (m, n_L)   ->  C, {name: shape of the parameter}
    Raises ValueError for an activation or a cost it does not know; shapes are the caller's business."""
    last = len(activations)
    a, entered, slopes = x, [], []
    for layer, name in enumerate(activations[:-1], start=1):
        entered.append(a)
        a, slope = _activate(name, a @ params[f"W{layer}"].T + params[f"b{layer}"])
        slopes.append(slope)
    entered.append(a)
    total, delta = _last_error(activations[-1], cost, a @ params[f"W{last}"].T + params[f"b{last}"], y)
    delta /= len(x)  # the mean over the samples, taken once
    grads = {}
    for layer in range(last, 0, -1):
        grads[f"W{layer}"] = delta.T @ entered[layer - 1]
        grads[f"b{layer}"] = delta.sum(axis=0)
        if layer > 1:
            back = delta @ params[f"W{layer}"]
            slope = slopes[layer - 2]
            delta = slope(back) if callable(slope) else back * slope
    return total / len(x), grads


def predict(params: Mapping[str, Array], x: Array, *, activations: Sequence[str]) -> Array:
    """Return the activations of the last layer.  x: (m, n_0)  ->  (m, n_L)."""
    a = x
    for layer, name in enumerate(activations, start=1):
        a, _ = _activate(name, a @ params[f"W{layer}"].T + params[f"b{layer}"])
    return a


def _activate(name: str, z: Array) -> tuple[Array, Array | PullBack]:
    """Return a and what turns ∂C/∂a into ∂C/∂z: a slope to multiply by, or a function."""
    if name in ELEMENTWISE:
        return ELEMENTWISE[name](z)
    if name in MIXING:
        return MIXING[name](z)
    raise ValueError(f"activation {name!r} is unknown; known: {', '.join(sorted([*ELEMENTWISE, *MIXING]))}")


def _last_error(activation: str, cost: str, z: Array, y: Array) -> tuple[float, Array]:
    """Return the cost summed over the batch and δ of the last layer, sample by sample."""
    if (activation, cost) in CLOSED_PAIRS:
        return CLOSED_PAIRS[activation, cost](z, y)
    if cost not in COSTS:
        raise ValueError(f"cost {cost!r} is unknown; known: {', '.join(sorted(COSTS))}")
    a, slope = _activate(activation, z)
    total, error = COSTS[cost](a, y)
    return total, slope(error) if callable(slope) else error * slope


def minibatches(samples: int, batch_size: int, rng: np.random.Generator) -> Iterator[Array]:
    """Go once through all samples in a random order, `batch_size` indices at a time; the last may be fewer."""
    order = rng.permutation(samples)
    for start in range(0, samples, batch_size):
        yield order[start : start + batch_size]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A mini-batch that was descended on: its number of samples, its mean cost before, and the parameters after it.

    `params` are those that the next step starts from; whoever puts others in their place sets a course of his own."""

    samples: int
    loss: float
    params: dict[str, Array]


def steps(
    gradient: Gradient,
    params: Mapping[str, Array],
    x: Array,
    y: Array,
    *,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    seed: int,
) -> Iterator[Step]:
    """Descend, one mini-batch at a time: param -= learning_rate · ∂C/∂param; `params` itself is left as it was."""
    current = {name: value.copy() for name, value in params.items()}
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        for rows in minibatches(len(x), batch_size, rng):
            loss, grads = gradient(current, x[rows], y[rows])
            for name, grad in grads.items():
                current[name] -= learning_rate * grad
            yield Step(len(rows), float(loss), current)


def train(
    params: Mapping[str, Array],
    x: Array,
    y: Array,
    *,
    activations: Sequence[str],
    cost: str,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    seed: int,
    on_epoch: Callable[[int, float, Mapping[str, Array]], None] | None = None,
) -> History:
    """Return the losses of all epochs and the parameters at the end of all `steps`.

    The loss of an epoch is the mean over its samples of the cost at the moment they were used.
    `on_epoch(epoch, loss, params)` is called after each epoch, counted from 1."""

    def gradient(at: Mapping[str, Array], some_x: Array, some_y: Array) -> tuple[float, dict[str, Array]]:
        return cost_and_gradient(at, some_x, some_y, activations=activations, cost=cost)

    current, losses = {name: value.copy() for name, value in params.items()}, []
    seen, total = 0, 0.0
    for step in steps(
        gradient, params, x, y, learning_rate=learning_rate, epochs=epochs, batch_size=batch_size, seed=seed
    ):
        current, seen, total = step.params, seen + step.samples, total + step.loss * step.samples
        if seen == len(x):
            losses.append(total / len(x))
            seen, total = 0, 0.0
            if on_epoch is not None:
                on_epoch(len(losses), losses[-1], current)
    return History(tuple(losses), current)

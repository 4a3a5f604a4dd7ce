"""Is a compiled network of layers right? Its equations beside their witnesses, and itself, called as it is called.

the equations of a batch    beside 50 digits, difference quotients and dual numbers, its sizes small and different
params, x, y                the slope of the cost along one direction in all parameters, at the network's own sizes;
                            the same of Σ G a for random G = ∂C/∂a of the outputs, which has no cost of its own;
                            a batch beside its samples, each called alone; the trainer beside descent spelled out
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from symbackprop.network.layered import LayeredNetwork
from symbackprop.numerics.layered import CompiledLayers
from symbackprop.numerics.program_points import CANCELLED, MOST_TRIES
from symbackprop.numerics.program_verification import program_rows
from symbackprop.numerics.report import Row, Tell, to_nobody, worst_of
from symbackprop.numerics.slopes import slope_error
from symbackprop.numerics.trainer_verification import DESCENT, trainer_error
from symbackprop.numerics.witnesses import cost_error, largest_entry, lost_in_rounding

EXACT = 1e-11  # beside many digits, and beside single samples:
ROUNDING = "a batch beside the mean over its samples, relative to the largest entry of each array: 1e-15 were seen"
DIRECTION = 1e-6  # beside differences:
TRUNCATION = "differences of second order with h of 1e-5 or less, relative to the largest change of such a step"
SAMPLES = 3  # of the batch
STREAM = 7  # of random numbers, beside the seed: not those that first parameters are drawn from
NOISE = 0.1  # added to first parameters, many of which are 0
TARGETS = (0.1, 0.9)  # lie between: every cost takes them
LARGEST = 20_000_000  # parameters, up to which a network is run as it is: some gigabyte with its gradients


def layered_rows(compiled: CompiledLayers, samples: int, seed: int, tell: Tell = to_nobody) -> Iterator[Row]:
    """Yield the checks of a compiled network of layers, each with its largest error over `samples` random points."""
    network, label = compiled.network, compiled.network.kinds[:60]
    for row in program_rows(compiled.compiled, samples, seed, network.constants, tell=tell):
        yield replace(row, network=label)
    if network.parameter_count > LARGEST:
        return
    checks = [
        ("differences, as it is called", _along_one_direction, DIRECTION, TRUNCATION),
        ("backward, as it is called", _backward_along_one_direction, DIRECTION, TRUNCATION),
    ]
    if not network.is_coupled:
        checks += [("one sample at a time", _beside_single_samples, EXACT, ROUNDING)] * (network.reduction == "mean")
        checks.append(("trainers, step by step", _trained, EXACT, DESCENT))
    for name, error_at, allowed, reason in checks:
        errors = []
        for number in range(samples):
            tell(f"{name}, point {number + 1} of {samples}")
            errors.append(error_at(compiled, seed + number))
        yield Row(name, label, samples, float(np.max(errors)), allowed, reason)


def _point(compiled: CompiledLayers, seed: int) -> tuple[np.random.Generator, dict[str, Any], np.ndarray, np.ndarray]:
    """Return random parameters and a random batch, the cost finite there if it is anywhere, with what drew them.

    Of every second try all numbers are positive: ln a of many relus is finite nearly nowhere else."""
    network, rng = compiled.network, np.random.default_rng([seed, STREAM])
    for attempt in range(MOST_TRIES):
        first = network.initial_params(seed + attempt)
        params = {name: rng.normal(array, NOISE) for name, array in first.items()}
        x, y = inputs_of(network, rng), targets_of(network, rng)
        if attempt % 2:
            params, x = {name: np.abs(array) for name, array in params.items()}, np.abs(x)
        params |= network.fixed
        if np.isfinite(compiled(params, x, y)[0]):
            break
    return rng, params, x, y


def _beside_single_samples(compiled: CompiledLayers, seed: int) -> float:
    """Return how far cost and gradient of a batch are from the mean over its samples, each called with its target."""
    _, params, x, y = _point(compiled, seed)
    cost, grads = compiled(params, x, y)
    single = [compiled(params, *sample) for sample in zip(x, y, strict=True)]
    errors = [cost_error(sum(each for each, _ in single) / len(x), cost)]
    least = max(lost_in_rounding(cost, grads), CANCELLED * largest_entry(grads))
    for name, grad in grads.items():
        mean = sum(each[name] for _, each in single) / len(x)
        size = max(least, np.max(np.abs(mean), initial=0.0) or 1.0)
        errors.append(np.max(np.abs(grad - mean), initial=0.0) / size)
    return worst_of(errors)


def _trained(compiled: CompiledLayers, seed: int) -> float:
    """Return how far the trainer is from descent spelled out; 0 where nothing is trained, or no cost is finite."""
    _, params, x, y = _point(compiled, seed)
    return (trainer_error(compiled, (params, x, y), None) or 0.0) if params else 0.0


def _along_one_direction(compiled: CompiledLayers, seed: int) -> float:
    rng, params, x, y = _point(compiled, seed)
    return _apart(rng, params, lambda at: compiled(at, x, y)[0], compiled(params, x, y)[1])


def _backward_along_one_direction(compiled: CompiledLayers, seed: int) -> float:
    """Return the same for Σ G a of what the network gives, with any G."""
    rng, params, x, _ = _point(compiled, seed)
    upstream = {name: rng.normal(size=found.shape) for name, found in compiled.forward(params, x).items()}

    def weighted(at: Mapping[str, Any]) -> float:
        found = compiled.forward(at, x)
        return sum(float(np.sum(upstream[name] * found[name])) for name in upstream)

    return _apart(rng, params, weighted, compiled.backward(params, x, upstream))


def _apart(
    rng: np.random.Generator, params: Mapping[str, Any], cost: Callable[..., float], grads: Mapping[str, Any]
) -> float:
    """Return how far derivatives are from differences along a random direction in all parameters."""
    way = {name: rng.normal(size=array.shape) for name, array in params.items()}
    return slope_error(cost, grads, params, way, allowed=DIRECTION)


def inputs_of(network: LayeredNetwork, rng: np.random.Generator) -> np.ndarray:
    """Return a random batch: normal numbers, or whole ones where the first layer looks them up."""
    shape = (SAMPLES, *network.input_shape)
    if network.vocabulary:
        return rng.integers(0, network.vocabulary, size=shape).astype(float)
    return rng.normal(size=shape)


def targets_of(network: LayeredNetwork, rng: np.random.Generator) -> np.ndarray:
    """Return random targets between 0 and 1, which every cost takes, shares of a whole along the last axis."""
    y = rng.uniform(*TARGETS, size=(SAMPLES, *network.output_shape))
    return np.asarray(y / y.sum(axis=-1, keepdims=True)) if y.shape[-1] > 1 else y

"""Is a compiled network of layers right? Its equations beside their witnesses, and itself, called as it is called.

the equations of a batch    beside 50 digits, difference quotients and dual numbers, its sizes small and different
params, x, y                the slope of the cost along one direction in all parameters, at the network's own sizes;
                            a batch beside its samples, each called alone
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from symbackprop.network.layered import LayeredNetwork
from symbackprop.numerics.layered import CompiledLayers
from symbackprop.numerics.program_verification import program_rows
from symbackprop.numerics.report import Row, Tell, to_nobody

__all__ = ["layered_rows"]

EXACT = 1e-11
ROUNDING = "a batch beside the mean over its samples, relative to the largest entry of each array: 1e-15 were seen"
STEP = 1e-5
DIRECTION = 1e-6
TRUNCATION = "differences of second order with h = 1e-5, relative to the largest change that such a step can make"
SAMPLES = 3  # of the batch
LARGEST = 20_000_000  # parameters, up to which a network is run as it is: some gigabyte with its gradients


def layered_rows(compiled: CompiledLayers, samples: int, seed: int, tell: Tell = to_nobody) -> Iterator[Row]:
    """Yield the checks of a compiled network of layers, each with its largest error over `samples` random points."""
    network, label = compiled.network, compiled.network.kinds[:60]
    for row in program_rows(compiled.compiled, samples, seed, network.constants, tell=tell):
        yield replace(row, network=label)
    if network.parameter_count > LARGEST:
        return
    errors = []
    for number in range(samples):
        tell(f"differences, as it is called, point {number + 1} of {samples}")
        errors.append(_along_one_direction(compiled, seed + number))
    yield Row("differences, as it is called", label, samples, float(np.max(errors)), DIRECTION, TRUNCATION)
    if not network.is_coupled and network.reduction == "mean":
        errors = [_beside_single_samples(compiled, seed + number) for number in range(samples)]
        yield Row("one sample at a time", label, samples, float(np.max(errors)), EXACT, ROUNDING)


def _point(network: LayeredNetwork, seed: int) -> tuple[np.random.Generator, dict[str, Any], np.ndarray, np.ndarray]:
    """Return random parameters and a random batch, with what drew them."""
    rng = np.random.default_rng([seed, 7])
    params = {name: array + 0.1 * rng.normal(size=array.shape) for name, array in network.initial_params(seed).items()}
    return rng, params, inputs_of(network, rng), targets_of(network, rng)


def _beside_single_samples(compiled: CompiledLayers, seed: int) -> float:
    """Return how far cost and gradient of a batch are from the mean over its samples, each called with its target."""
    _, params, x, y = _point(compiled.network, seed)
    cost, grads = compiled(params, x, y)
    single = [compiled(params, *sample) for sample in zip(x, y, strict=True)]
    errors = [abs(cost - sum(each for each, _ in single) / len(x)) / max(1.0, abs(cost))]
    for name, grad in grads.items():
        mean = sum(each[name] for _, each in single) / len(x)
        errors.append(np.max(np.abs(grad - mean), initial=0.0) / (np.max(np.abs(mean), initial=0.0) or 1.0))
    worst = float(np.max(errors))
    return worst if np.isfinite(worst) else float("inf")


def _along_one_direction(compiled: CompiledLayers, seed: int) -> float:
    rng, params, x, y = _point(compiled.network, seed)
    if not params:
        return 0.0
    cost, grads = compiled(params, x, y)
    way = {name: rng.normal(size=array.shape) for name, array in params.items()}
    ahead, behind = (
        compiled({name: params[name] + sign * STEP * way[name] for name in params}, x, y)[0] for sign in (1, -1)
    )
    slope = sum(float(np.sum(grads[name] * way[name])) for name in params)
    size = sum(float(np.sum(np.abs(grads[name] * way[name]))) for name in params) or 1.0
    error = abs((ahead - behind) / (2 * STEP) - slope) / max(size, abs(cost) * np.finfo(float).eps / STEP)
    return error if np.isfinite(error) else float("inf")


def inputs_of(network: LayeredNetwork, rng: np.random.Generator) -> np.ndarray:
    """Return a random batch: normal numbers, or whole ones where the first layer looks them up."""
    shape = (SAMPLES, *network.input_shape)
    if network.vocabulary:
        return rng.integers(0, network.vocabulary, size=shape).astype(float)
    return rng.normal(size=shape)


def targets_of(network: LayeredNetwork, rng: np.random.Generator) -> np.ndarray:
    """Return random targets between 0 and 1, which every cost takes, shares of a whole along the last axis."""
    y = rng.uniform(0.1, 0.9, size=(SAMPLES, *network.output_shape))
    return np.asarray(y / y.sum(axis=-1, keepdims=True)) if y.shape[-1] > 1 else y

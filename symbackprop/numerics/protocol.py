"""The small networks on which every kind of mistake shows, and random points at which they are looked at.

Widths differ, so that a transposed matrix does not fit; one network has equal widths, so that what does not fit
elsewhere is tried; depth 3 and more shows the recursion; a batch of one and of several shows the mean; every
activation and every cost that is shipped occurs. What others have registered, and what mixes neurons in a way of its
own, is looked at where a network uses it.
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import Any

import numpy as np

from symbackprop.errors import DataError, DomainError
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.model import Network, dense_chain
from symbackprop.numerics.arithmetic import Floats
from symbackprop.numerics.checks import TARGETS
from symbackprop.numerics.interpretation import Forward
from symbackprop.numerics.lonelayer import LoneLayer, lone
from symbackprop.numerics.mixing import has_functions

# shape, activations, cost, samples
NETWORKS: tuple[tuple[str, tuple[str, ...], str, int], ...] = (
    ("3-4-5-2", ("sigmoid", "tanh", "sigmoid"), "mse", 5),
    ("3-3-3-3", ("tanh", "elu", "softsign"), "quadratic", 4),
    ("2-5-4-3", ("relu", "leaky_relu", "identity"), "huber", 3),
    ("3-4-4-3", ("tanh", "gelu", "softmax"), "cross_entropy", 5),
    ("3-4-3", ("silu", "log_softmax"), "mae", 4),
    ("4-3-5-2", ("leaky_relu", "mish", "sigmoid"), "binary_cross_entropy", 6),
    ("2-2", ("softplus",), "poisson", 1),
    ("3-5-4-2", ("selu", "softmax", "hardtanh"), "hinge", 4),
    ("4-3-3", ("gelu_tanh", "softmax"), "kl_divergence", 3),
)

# pairs that are computed straight from z, or from values that only they ask for
CLOSED = (
    ("sigmoid", "binary_cross_entropy"),
    ("softmax", "cross_entropy"),
    ("softmax", "binary_cross_entropy"),
    ("softplus", "poisson"),
    ("relu", "cross_entropy"),
)
FORMULAS = ("erf(z)", "ln(cosh(z))")  # what has code of its own, but no activation of its name

PLAIN = ("identity", "softplus", "sigmoid")  # with the first of them that it is defined for a cost shows itself

FAR_FROM_KINKS = 0.1  # thousands of steps of a central difference, and far from a pole of ln relu(z)
PATIENCE = 20  # batches tried with the same parameters; then with new ones, and what the best of them had will do
SWIFT = 2000  # layers that are gone through before that, in a deep network
MOST_TRIES = 1_000  # for a formula with real values almost nowhere
SAMPLES = 4  # of a network that is not among those above
SEEDS = 2_147_483_648  # of first parameters
NOISE = 0.3  # added to first parameters, whose biases are 0
RAISED = 2.0  # how far: few of the values behind such a bias are negative
SHARES = (0.05, 0.95)  # targets lie between: as far from 0 and 1 as costs with a logarithm want


@dataclass(frozen=True, eq=False)
class Case:
    """A network at one point: parameters, a batch, and the seed that they came from."""

    network: Network
    params: dict[str, Any]
    x: Any
    y: Any
    seed: int


def protocol(seed: int) -> tuple[Case, ...]:
    """Return the networks with random points; what is shipped beside them gets a network of its own."""
    made = [(dense_chain(shape, activations, cost), count) for shape, activations, cost, count in NETWORKS]
    for name in _activations():
        if not any(name in activations for _, activations, _, _ in NETWORKS):
            made.append((dense_chain("3-4-3", (name, "identity"), "quadratic"), SAMPLES))
    for name in COSTS.shipped:
        if not any(name == cost for _, _, cost, _ in NETWORKS):
            made.append((dense_chain("3-4-2", ("tanh", "sigmoid"), name), SAMPLES))
    return tuple(case_for(network, seed, samples=count) for network, count in made)


def shipped_layers() -> tuple[LoneLayer, ...]:
    """Return layers to be looked at alone: every activation, every cost, and every pair with code of its own."""
    pairs = [(name, "quadratic") for name in _activations()]
    pairs += [(next(name for name in PLAIN if _fits(name, cost)), cost) for cost in COSTS.shipped]
    layers = [lone((ACTIVATIONS[name],), COSTS[cost]) for name, cost in dict.fromkeys((*pairs, *CLOSED))]
    return (*layers, *(LoneLayer(dense_chain("1-1", formula)) for formula in FORMULAS))


def _activations() -> list[str]:
    """Return the activations that are shipped, but for those that backends have no functions for."""
    return [name for name in ACTIVATIONS.shipped if has_functions(ACTIVATIONS[name])]


def _fits(activation: str, cost: str) -> bool:
    """Tell whether the cost is defined for what the activation gives."""
    with warnings.catch_warnings(), suppress(DomainError):
        warnings.simplefilter("ignore")
        return bool(dense_chain("1-2", activation, cost))
    return False


def case_for(network: Network, seed: int, *, samples: int) -> Case:
    """Return a random point of the network at which its cost is finite and no slope is about to jump.

    Raises DataError if none is found, as for a formula that has real values almost nowhere."""
    rng = np.random.default_rng([seed, *network.widths])
    forward = Forward(network, Floats())
    neurons = samples * sum(network.widths[1:])
    usual = min(FAR_FROM_KINKS, 3 / neurons)  # about as far as the nearest of so many neurons can be hoped to be
    distance = best = 2 * usual
    patience = max(2, min(PATIENCE, SWIFT // network.depth))
    for attempt in range(MOST_TRIES):
        if attempt % patience == 0:
            params = _parameters(network, rng, lifted=attempt > 0)
            distance, best = min(distance / 2, best or distance), 0.0
        x = rng.normal(size=(samples, network.widths[0]))
        y = _targets(network, samples, rng)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            cost = forward(params, x, y)
        if np.isfinite(cost) and forward.nearest_kink > distance:
            return Case(network, params, x, y, seed)
        best = max(best, forward.nearest_kink if np.isfinite(cost) else 0.0)
    raise DataError(
        f"network {network.shape[:60]}: no random point has a finite cost; "
        "take activations and a cost that have real values on a wider range"
    )


def _parameters(network: Network, rng: np.random.Generator, *, lifted: bool) -> dict[str, Any]:
    """Return random parameters; `lifted` ones give a last layer positive values, where a cost takes their logarithm."""
    drawn = network.initial_params(int(rng.integers(SEEDS)))
    params = {name: rng.normal(value, NOISE) for name, value in drawn.items()}
    if lifted and network.cost_function.wants_positive:
        params[f"b{network.depth}"] = params[f"b{network.depth}"] + RAISED
    return params


def _targets(network: Network, samples: int, rng: np.random.Generator) -> Any:
    """Return targets between 0 and 1, or -1 and 1 for a cost that is defined for nothing else."""
    y = rng.uniform(*SHARES, size=(samples, network.widths[-1]))
    rule = TARGETS.get(network.cost_function.name)
    return y if rule is None or rule.holds(y).all() else np.sign(y - 0.5)

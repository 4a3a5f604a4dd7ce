"""Random networks of layers: lines of one to four layers that fit, with a cost, penalties and a reduction."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

import symbackprop as sb
from symbackprop.errors import DomainError, ShapeError, SpecError
from symbackprop.numerics.layered_verification import inputs_of, targets_of

__all__ = ["random_network", "slopes_agree"]

INPUTS = ("3", "4", "6", "3x4", "4x2", "2x6", "4x5", "1x4x4", "2x4x5", "2x5x4")
PLAIN = (
    "",
    "",
    " tanh",
    " sigmoid",
    " relu",
    " silu",
    " leaky_relu(0.2)",
    " softplus",
    " gelu",
    " softmax",
    " elu(0.5)",
)
LAYERS = (
    "dense({2-4}){act}",
    "dense({2-4}, bias=false){act}",
    "dense({2-4}, tied_to={1-2}){act}",
    "conv1d({2-4}, {1-3}, stride={1-2}, padding={0-1}, dilation={1-2}){act}",
    "conv1d(4, {1-3}, groups={1-2}, bias=false){act}",
    "conv2d({1-3}, {1-3}, stride={1-2}){act}",
    "conv2d(2, [{1-2}, {1-3}], padding={0-1}){act}",
    "conv2d(2, 2, groups=2){act}",
    "max_pool1d(2)",
    "max_pool1d({2-3}, stride={1-2})",
    "max_pool2d({1-2}, stride=[1, 2])",
    "avg_pool1d({2-3})",
    "avg_pool2d(2, stride={1-2})",
    "global_avg_pool",
    "flatten",
    "flatten{act}",
    "rnn({2-3})",
    "rnn({2-3}, returns=sequence, activation=relu)",
    "gru(2, returns=sequence)",
    "lstm(2)",
    "attention({1-2})",
    "attention(1, causal=true, bias=true)",
    "position",
    "layer_norm{act}",
    "rms_norm(0.01){act}",
    "batch_norm{act}",
    "dropout(0.5)",
    "prelu",
    "prelu(channel)",
    "residual({inner}){act}",
    "residual({inner}, projection=true){act}",
)
COSTS = ("quadratic", "mse", "huber(10)", "(a-y)^4", "1 - sum(a*y)/sqrt(sum(a^2)*sum(y^2))")
OF_SHARES = ("cross_entropy", "kl_divergence", "poisson", "binary_cross_entropy")
TRIES = 60  # of layers, most of which do not fit


def _filled(template: str, rng: Random, inner: str) -> str:
    found = template.replace("{act}", rng.choice(PLAIN)).replace("{inner}", inner)
    while "{" in found:
        start, end = found.index("{"), found.index("}")
        least, most = map(int, found[start + 1 : end].split("-"))
        found = found[:start] + str(rng.randint(least, most)) + found[end + 1 :]
    return found


def _layer(rng: Random) -> str:
    inside = [template for template in LAYERS if "{inner}" not in template]
    inner = " -> ".join(_filled(rng.choice(inside), rng, "") for _ in range(rng.randint(1, 2)))
    return _filled(rng.choice(LAYERS), rng, inner)


def random_network(seed: int) -> tuple[str, str, dict[str, Any]]:
    """Return a line, a cost, and penalties; a layer that does not fit is refused as such, and another one drawn."""
    rng = Random(seed)
    line = rng.choice(INPUTS)
    if rng.random() < 0.1:
        line = "4 -> embedding(5, 3)"
    wanted, tries = rng.randint(1, 4), 0
    while line.count("->") < wanted and tries < TRIES:
        tries += 1
        longer = f"{line} -> {_layer(rng)}"
        try:
            sb.sequential(longer)
        except (ShapeError, SpecError):  # any other complaint is a fault
            continue
        line = longer
    cost = rng.choice((*COSTS, *OF_SHARES)) if line.endswith(("sigmoid", "softmax")) else rng.choice(COSTS)
    try:
        sb.sequential(line, cost=cost)
    except DomainError:  # softmax over one neuron is 1
        cost = "quadratic"
    options: dict[str, Any] = {}
    if rng.random() < 0.3:
        options["l2"] = rng.choice((0.3, "lambda=0.3"))
    if rng.random() < 0.2:
        options["reduction"] = "sum"
    return line, cost, options


def slopes_agree(network: sb.LayeredNetwork, seed: int = 0) -> float:
    """Return how far the slope of the cost along a direction in parameters and inputs is from a difference quotient."""
    gradient = sb.compile(sb.derive(network))
    rng = np.random.default_rng(seed)
    params = {name: array + 0.1 * rng.normal(size=array.shape) for name, array in network.initial_params(seed).items()}
    x, y = inputs_of(network, rng), targets_of(network, rng)
    moved = {name: rng.normal(size=array.shape) for name, array in params.items()}
    along = 0 * x if network.vocabulary else rng.normal(size=x.shape)
    _, grads = gradient(params, x, y, inputs=not network.vocabulary)
    step = 1e-5
    ahead, behind = (
        gradient({name: params[name] + sign * step * moved[name] for name in params}, x + sign * step * along, y)[0]
        for sign in (1, -1)
    )
    slope = sum(float(np.sum(grads[name] * moved[name])) for name in moved)
    slope += float(np.sum(grads["x"] * along)) if "x" in grads else 0.0
    return abs((ahead - behind) / (2 * step) - slope) / max(1e-3, abs(slope))

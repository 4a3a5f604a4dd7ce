"""Dense layers by hand, in NumPy alone, rightly or with mistakes; and right numbers in strange dress.

It knows nothing of the package, so that what it computes is a witness.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

RNG = np.random.default_rng
Arrays = dict[str, Any]


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


# name -> the activation and its slope
FUNCTIONS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sigmoid": (_sigmoid, lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "softplus": (lambda z: np.log1p(np.exp(z)), _sigmoid),
    "identity": (lambda z: z, np.ones_like),
}
OTHER = {"sigmoid": "tanh", "tanh": "sigmoid", "relu": "tanh"}


class Hand:
    """Dense layers with their parameters and a batch, samples as rows, and a mistake of a kind in one layer."""

    def __init__(self, shape: str, activations: list[str], cost: str, seed: int = 0, samples: int = 5) -> None:
        """Draw parameters and a batch."""
        self.shape, self.activations, self.cost = shape, activations, cost
        self.widths, rng = tuple(map(int, shape.split("-"))), RNG(seed)
        self.depth = len(activations)
        self.weights = [rng.normal(size=(n, k)) for k, n in pairwise(self.widths)]
        self.biases = [rng.normal(size=n) for n in self.widths[1:]]
        self.x = rng.normal(size=(samples, self.widths[0]))
        self.y = rng.uniform(0.1, 0.9, size=(samples, self.widths[-1]))

    @property
    def params(self) -> Arrays:
        """The parameters by name."""
        named = {f"W{layer}": weight for layer, weight in enumerate(self.weights, start=1)}
        return named | {f"b{layer}": bias for layer, bias in enumerate(self.biases, start=1)}

    def slope(self, layer: int, z: Any, a: Any, upstream: Any, kind: str) -> Any:
        """Return σ' of a layer as somebody with that mistake computes it."""
        name = self.activations[layer - 1]
        right = FUNCTIONS[name][1]
        return {
            "missing_slope": lambda: 1.0,
            "slope_of_activation": lambda: right(a),
            "slope_by_value_at_z": lambda: z * (1 - z) if name == "sigmoid" else 1 - z**2,
            "slope_twice": lambda: right(z) ** 2,
            "activation_of_other_layer": lambda: FUNCTIONS[OTHER.get(name, "tanh")][1](z),
            "relu_slope_of_activation_gradient": lambda: right(upstream),
            "relu_slope_at_zero": lambda: (z >= 0) * 1.0,
        }.get(kind, lambda: right(z))()

    def _forward(self) -> tuple[list[Any], list[Any]]:
        zs, values = [], [self.x]
        for weight, bias, name in zip(self.weights, self.biases, self.activations, strict=True):
            zs.append(values[-1] @ weight.T + bias)
            if name == "softmax":
                powers = np.exp(zs[-1] - zs[-1].max(axis=1, keepdims=True))
                values.append(powers / powers.sum(axis=1, keepdims=True))
            else:
                values.append(FUNCTIONS[name][0](zs[-1]))
        return zs, values

    def _last_error(self, z: Any, a: Any, kind: str) -> Any:
        """Return ∂C/∂z of the last layer."""
        upstream = {
            "quadratic": lambda: a - self.y,
            "mse": lambda: 2 * (a - self.y) / self.y.shape[1],
            "cross_entropy": lambda: -self.y / a,
            "binary_cross_entropy": lambda: (a - self.y) / (a * (1 - a)),
        }[self.cost]()
        if kind == "quadratic_without_slope":
            return a - self.y
        if self.activations[-1] == "softmax":
            if kind == "softmax_elementwise":
                return upstream * a * (1 - a)
            error = a * (upstream - (upstream * a).sum(axis=1, keepdims=True))
            return error * a * (1 - a) if kind == "cross_entropy_with_slope" else error
        error = upstream * self.slope(self.depth, z, a, upstream, kind)
        return error * a * (1 - a) if kind == "cross_entropy_with_slope" else error

    def gradient(self, *mistakes: tuple[str, int] | str | int, rate: float = 0.5) -> Arrays:
        """Return the derivatives, with mistakes (kind, layer); `gradient(kind, layer)` is with that one."""
        if len(mistakes) == 2 and isinstance(mistakes[0], str):
            mistakes = ((mistakes[0], int(mistakes[1])),)  # type: ignore[arg-type]
        made: dict[int, set[str]] = {}
        for kind, at in (each for each in mistakes if isinstance(each, tuple)):
            made.setdefault(at, set()).add(kind)
        zs, values = self._forward()
        grads, count, upstream = {}, len(self.x), None
        for layer in range(self.depth, 0, -1):
            own, everywhere = made.get(layer, set()), made.get(0, set())
            slope = next((kind for kind in own if "slope" in kind or kind.startswith(("act", "soft"))), "")
            if upstream is None:
                error = self._last_error(zs[-1], values[-1], slope)
            else:
                error = upstream * self.slope(layer, zs[layer - 1], values[layer], upstream, slope)
            error = -error if "sign" in own else error
            before = values[layer] if "wrong_layer_activation" in own else values[layer - 1]
            mean = 1 if "sum_for_mean" in own else count**2 if "mean_twice" in own else count
            grads[f"W{layer}"], grads[f"b{layer}"] = error.T @ before / mean, error.sum(0) / mean
            if "bias_missing" in own:
                grads[f"b{layer}"] = np.zeros_like(grads[f"b{layer}"])
            if "bias_shared" in own:
                grads[f"b{layer}"] = np.full_like(grads[f"b{layer}"], grads[f"b{layer}"].sum())
            weight = self.weights[layer - 1]
            if "updated_weights" in own | everywhere:
                weight = weight - rate * grads[f"W{layer}"]
            weight = weight.T if "weight_not_transposed" in own else weight
            weight = self.weights[layer - 2] if "wrong_layer_weight" in own else weight
            upstream = error @ weight
        return grads


def random_hand(seed: int) -> Hand:
    """Return a network of one to four layers, narrow ones, with a batch."""
    rng = RNG([seed, 1])
    depth = int(rng.integers(1, 5))
    widths = rng.integers(1, 6, size=depth + 1)
    hidden = [str(rng.choice([*FUNCTIONS])) for _ in range(depth - 1)]
    last, cost = [
        ("sigmoid", "quadratic"),
        ("identity", "mse"),
        ("tanh", "mse"),
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "cross_entropy"),
    ][int(rng.integers(5))]
    if last == "softmax":
        widths[-1] = max(widths[-1], 2)
    hand = Hand("-".join(map(str, widths)), [*hidden, last], cost, seed, samples=int(rng.integers(1, 7)))
    if last == "softmax":
        hand.y = hand.y / hand.y.sum(axis=1, keepdims=True)
    return hand


def _permuted(grads: Arrays, rng: np.random.Generator) -> Arrays:
    """Return derivatives with the neurons of every hidden layer in another order."""
    found = dict(grads)
    depth = sum(name.startswith("W") for name in grads)
    for layer in range(1, depth):
        order = rng.permutation(len(found[f"b{layer}"]))
        found[f"W{layer}"], found[f"b{layer}"] = found[f"W{layer}"][order], found[f"b{layer}"][order]
        found[f"W{layer + 1}"] = found[f"W{layer + 1}"][:, order]
    return found


def _printed(number: float) -> float:
    return float(f"{number:.6g}")


DRESSES: Sequence[tuple[str, Callable[[Arrays, np.random.Generator], Arrays]]] = (
    ("as they are", lambda grads, rng: grads),
    ("rounded to 6 digits", lambda grads, rng: {name: np.round(grad, 6) for name, grad in grads.items()}),
    ("printed with 6 digits", lambda grads, rng: {name: np.vectorize(_printed)(grad) for name, grad in grads.items()}),
    ("float32", lambda grads, rng: {name: grad.astype(np.float32) for name, grad in grads.items()}),
    ("transposed", lambda grads, rng: {f"d{name}": grad.T for name, grad in grads.items()}),
    ("permuted", _permuted),
    ("permuted, float32", lambda grads, rng: {n: g.astype(np.float32) for n, g in _permuted(grads, rng).items()}),
    ("transposed, rounded", lambda grads, rng: {f"grad_{n}": np.round(g.T, 6) for n, g in grads.items()}),
)

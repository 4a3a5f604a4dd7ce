"""Who else computes the gradient of a chain of dense layers with sigmoids and the quadratic cost, each in its own way.

A rival makes, of shapes and arrays, a function without arguments that computes cost and gradient once. One that is not
installed is named. What each of them finds is compared with ours before it is timed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from benchmarks.measuring import Run

__all__ = ["RIVALS", "Problem", "Rival", "in_kept_arrays"]


@dataclass(frozen=True, eq=False)
class Problem:
    """Parameters and a batch: W{l}, b{l}, x, y."""

    params: Mapping[str, Any]
    x: Any
    y: Any

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.params) // 2

    def cost(self, m: Any, params: Mapping[str, Any], x: Any, y: Any) -> Any:
        """Return the cost with the words of a library, which then differentiates it."""
        for layer in range(1, self.depth + 1):
            x = 1 / (1 + m.exp(-(x @ params[f"W{layer}"].T + params[f"b{layer}"])))
        return ((x - y) ** 2).sum() / 2 / len(self.x)


@dataclass(frozen=True)
class Rival:
    """A way to compute the gradient, the package that it needs, and how large a network it is for."""

    make: Callable[[Problem], Run]
    package: str = "numpy"
    largest: int = 10**9  # parameters

    @property
    def missing(self) -> str:
        """The package, if it is not installed."""
        try:
            importlib.import_module(self.package)
        except ImportError:
            return self.package
        return ""


def by_hand(problem: Problem) -> Run:
    """NumPy as a careful person writes it: the whole batch at once, σ' = a(1 - a) of what is there."""

    def run() -> Any:
        params, (a,), grads = problem.params, [problem.x], {}
        values = [a]
        for layer in range(1, problem.depth + 1):
            a = 1 / (1 + np.exp(-(a @ params[f"W{layer}"].T + params[f"b{layer}"])))
            values.append(a)
        apart = a - problem.y
        cost = np.sum(apart * apart) / (2 * len(apart))
        delta = apart * (a * (1 - a)) / len(apart)
        for layer in range(problem.depth, 0, -1):
            below = values[layer - 1]
            grads[f"W{layer}"], grads[f"b{layer}"] = delta.T @ below, delta.sum(axis=0)
            if layer > 1:
                delta = delta @ params[f"W{layer}"] * (below * (1 - below))
        return cost, grads

    return run


def in_kept_arrays(problem: Problem) -> Run:
    """NumPy as one writes it for speed alone: as `by_hand`, each function in the array that it is of, all of them kept.

    The derivatives alone are new arrays, as ours are."""
    samples, params = len(problem.x), problem.params
    values = [problem.x, *(np.empty((samples, len(params[f"b{layer}"]))) for layer in range(1, problem.depth + 1))]
    errors = [np.empty_like(value) for value in values]
    ones, slope = np.ones(samples), [np.empty_like(value) for value in values]

    def run() -> Any:
        grads = {}
        for layer in range(1, problem.depth + 1):
            a = np.dot(values[layer - 1], params[f"W{layer}"].T, out=values[layer])
            a += params[f"b{layer}"]
            np.exp(np.negative(a, out=a), out=a)
            a += 1
            np.reciprocal(a, out=a)
            np.multiply(np.subtract(1, a, out=slope[layer]), a, out=slope[layer])
        delta = np.subtract(values[-1], problem.y, out=errors[-1])
        cost = np.vdot(delta, delta) / (2 * samples)
        delta /= samples
        for layer in range(problem.depth, 0, -1):
            delta *= slope[layer]
            grads[f"W{layer}"], grads[f"b{layer}"] = delta.T @ values[layer - 1], ones @ delta
            if layer > 1:
                delta = np.dot(delta, params[f"W{layer}"], out=errors[layer - 1])
        return cost, grads

    return run


def by_sample(problem: Problem) -> Run:
    """NumPy as in Nielsen's book: column vectors, one sample after the other, derivatives added up."""

    def run() -> Any:
        params, count, cost = problem.params, len(problem.x), 0.0
        sums = {name: np.zeros_like(value) for name, value in params.items()}
        for x, y in zip(problem.x, problem.y, strict=True):
            values = [x.reshape(-1, 1)]
            for layer in range(1, problem.depth + 1):
                z = params[f"W{layer}"] @ values[-1] + params[f"b{layer}"].reshape(-1, 1)
                values.append(1 / (1 + np.exp(-z)))
            apart = values[-1] - y.reshape(-1, 1)
            cost += float((apart * apart).sum()) / 2
            delta = apart * values[-1] * (1 - values[-1])
            for layer in range(problem.depth, 0, -1):
                sums[f"W{layer}"] += delta @ values[layer - 1].T
                sums[f"b{layer}"] += delta[:, 0]
                below = values[layer - 1]
                delta = params[f"W{layer}"].T @ delta * below * (1 - below)
        return cost / count, {name: total / count for name, total in sums.items()}

    return run


def products(problem: Problem) -> Run:
    """The bare matrix products of both passes, into arrays that are kept: no gradient, and the limit of any."""
    weights = [problem.params[f"W{layer}"] for layer in range(1, problem.depth + 1)]
    values = [problem.x, *(np.empty((len(problem.x), len(weight))) for weight in weights)]
    grads = [np.empty_like(weight) for weight in weights]
    errors = [np.empty_like(value) for value in values]

    def run() -> None:
        for layer, weight in enumerate(weights):
            np.dot(values[layer], weight.T, out=values[layer + 1])
        for layer in range(len(weights) - 1, -1, -1):
            np.dot(errors[layer + 1].T, values[layer], out=grads[layer])
            if layer:
                np.dot(errors[layer + 1], weights[layer], out=errors[layer])

    return run


def of_torch(problem: Problem, *, compiled: bool = False) -> Run:
    """PyTorch: forward, and loss.backward()."""
    import torch

    params = {name: torch.tensor(value, requires_grad=True) for name, value in problem.params.items()}
    x, y = torch.tensor(problem.x), torch.tensor(problem.y)
    cost = torch.compile(problem.cost) if compiled else problem.cost

    def run() -> Any:
        for value in params.values():
            value.grad = None
        found = cost(torch, params, x, y)
        found.backward()
        return found.detach(), {name: value.grad for name, value in params.items()}

    return run


def of_jax(problem: Problem) -> Run:
    """JAX: value_and_grad under jit, waited for."""
    import jax

    jax.config.update("jax_enable_x64", True)
    run = jax.jit(jax.value_and_grad(lambda params, x, y: problem.cost(jax.numpy, params, x, y)))
    params = {name: jax.numpy.asarray(value) for name, value in problem.params.items()}
    x, y = jax.numpy.asarray(problem.x), jax.numpy.asarray(problem.y)
    return lambda: jax.block_until_ready(run(params, x, y))


def of_autograd(problem: Problem) -> Run:
    """autograd: NumPy, traced at every call."""
    import autograd

    run = autograd.value_and_grad(lambda params: problem.cost(autograd.numpy, params, problem.x, problem.y))
    return lambda: run(dict(problem.params))


def of_casadi(problem: Problem) -> Run:
    """CasADi: a graph of matrices, reverse mode, run by its virtual machine."""
    import casadi

    letters = {name: casadi.MX.sym(name, *np.atleast_2d(value.T).T.shape) for name, value in problem.params.items()}
    a = problem.x.T
    for layer in range(1, problem.depth + 1):
        bias = casadi.repmat(letters[f"b{layer}"], 1, len(problem.x))
        a = 1 / (1 + casadi.exp(-(letters[f"W{layer}"] @ a + bias)))
    cost = casadi.sumsqr(a - problem.y.T) / 2 / len(problem.x)
    function = casadi.Function(
        "gradient", [*letters.values()], [cost, *(casadi.gradient(cost, v) for v in letters.values())]
    )
    values = [casadi.DM(value) for value in problem.params.values()]

    def run() -> Any:
        found, *grads = function(*values)
        shapes = zip(problem.params.items(), grads, strict=True)
        return float(found), {name: np.array(grad).reshape(value.shape) for (name, value), grad in shapes}

    return run


RIVALS: Mapping[str, Rival] = {
    "NumPy by hand": Rival(by_hand),
    "NumPy, sample by sample": Rival(by_sample),
    "bare matrix products": Rival(products),
    "PyTorch eager": Rival(of_torch, "torch"),
    "PyTorch compiled": Rival(lambda problem: of_torch(problem, compiled=True), "torch"),
    "JAX jit": Rival(of_jax, "jax"),
    "autograd": Rival(of_autograd, "autograd"),
    "CasADi": Rival(of_casadi, "casadi", largest=5_000),
}

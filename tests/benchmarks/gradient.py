"""How fast the compiled gradient is beside the hand-written NumPy backpropagation.

    python tests/benchmarks/gradient.py

Both are timed in turn, in pairs, in one process with one thread for each; the ratio of a pair is what is looked at,
because the machine's speed drifts. A ratio below 1 says that the compiled gradient is faster. The second table is a
single sample, where a small network runs number by number.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from symbackprop import compile, derive, mlp
from symbackprop.numerics.reference import cost_and_gradient

BATCHES = [("64-32-10", 64), ("784-30-10", 10), ("784-30-10", 128), ("784-512-256-10", 128)]
ENDINGS = [("sigmoid", "quadratic"), ("softmax", "cross_entropy")]
SINGLES = ["1-1", "2-3-1", "4-8-8-2", "6-10-10-4", "8-16-16-4"]
PAIRS = 41
SECONDS = 0.02  # of one timing


def timed(run: Callable[[], Any], times: int) -> float:
    """Return the seconds of one call."""
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def pairs(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[float, float, float]:
    """Return the median seconds of both, and the median of the ratios pair by pair; who starts a pair alternates."""
    first(), second()
    times = max(1, int(SECONDS / timed(second, 3)))
    rows = []
    for pair in range(PAIRS):
        if pair % 2:
            rows.append((timed(first, times), timed(second, times)))
        else:
            rows.append((timed(second, times), timed(first, times))[::-1])
    one, other = (statistics.median(column) for column in zip(*rows, strict=True))
    return one, other, statistics.median(a / b for a, b in rows)


def problem(shape: str, ending: tuple[str, str], samples: int) -> tuple[Any, dict[str, Any], Any, Any, list[str]]:
    """Return the compiled gradient, parameters, a batch, and the names of the activations."""
    last, cost = ending
    activations = ["sigmoid"] * (shape.count("-") - 1) + [last]
    network = mlp(shape, activations, cost)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(samples, network.widths[0]))
    y = np.eye(network.widths[-1])[rng.integers(network.widths[-1], size=samples)]
    return compile(derive(network)), network.initial_params(0), x, y, activations


def main() -> None:
    """Measure and print."""
    console = Console()
    table = Table(title="A batch, float64: compiled / hand-written NumPy")
    for name in ("network", "batch", "output", "compiled µs", "hand-written µs", "ratio"):
        table.add_column(name, justify="left" if name in ("network", "output") else "right")
    for shape, samples in BATCHES:
        for ending in ENDINGS:
            gradient, params, x, y, activations = problem(shape, ending, samples)
            row = pairs(
                partial(gradient, params, x, y),
                partial(cost_and_gradient, params, x, y, activations=activations, cost=ending[1]),
            )
            table.add_row(shape, str(samples), ending[0], f"{row[0] * 1e6:.0f}", f"{row[1] * 1e6:.0f}", f"{row[2]:.2f}")
    console.print(table)
    table = Table(title="One sample: number by number / as matrices / hand-written NumPy")
    for name in ("network", "parameters", "numbers µs", "matrices µs", "hand-written µs", "numbers/matrices"):
        table.add_column(name, justify="left" if name == "network" else "right")
    for shape in SINGLES:
        gradient, params, x, y, activations = problem(shape, ENDINGS[0], 1)
        ways = {}
        for small in (True, False):
            gradient._is_small = small
            ways[small] = pairs(
                partial(gradient, params, x, y),
                partial(cost_and_gradient, params, x, y, activations=activations, cost="quadratic"),
            )
        count = gradient.derivation.network.parameter_count
        micro = [f"{seconds * 1e6:.1f}" for seconds in (ways[True][0], ways[False][0], ways[False][1])]
        table.add_row(shape, str(count), *micro, f"{ways[True][0] / ways[False][0]:.2f}")
    console.print(table)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()

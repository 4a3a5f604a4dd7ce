"""What a derivation costs with every step checked: whatever the widths and the depth, and beside SymPy.

    python tests/benchmarks/derivation.py

Each time is that of one call in a process of its own, imports not counted, so that nothing is known from before. The
processes of a comparison take turns, because the machine's speed drifts, and the ratio is that of the medians. The
last rival differentiates the composed cost by every parameter, in three processes only: each takes many seconds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

RUNS = 11
FEW = 3  # of a rival that takes long

DERIVE = """
import time
from symbackprop.calculus.backpropagation import derive
from symbackprop.network.model import mlp
network = mlp("{shape}")
start = time.perf_counter()
derivation = derive(network)
{then}
print(time.perf_counter() - start)
"""
DERIVE_PROGRAM = """
import time
from importlib.resources import files
from symbackprop.calculus.reverse import derive_program
from symbackprop.network.text.equations import equations
text = files("symbackprop.network").joinpath("examples", "{name}.eq").read_text(encoding="utf-8")
program = equations(text).program
start = time.perf_counter()
derive_program(program)
print(time.perf_counter() - start)
"""
EVERY_PARTIAL = """
for layer, (before, width) in enumerate(zip(network.widths, network.widths[1:]), start=1):
    for j in range(1, width + 1):
        derivation.partial("b", layer=layer, j=j)
        for k in range(1, before + 1):
            derivation.partial("w", layer=layer, j=j, k=k)
"""
IMPORT_SYMPY = """
import time
start = time.perf_counter()
import sympy
print(time.perf_counter() - start)
"""
DIFFERENTIATE = """
import time
from symbackprop.network.model import mlp
network = mlp("{shape}")
start = time.perf_counter()
cost = network.composed_cost(max_operations=10**6)
for symbol in sorted(cost.free_symbols, key=str):
    if symbol.name[0] in "wb":
        cost.diff(symbol)
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Comparison:
    """Two programs, the largest ratio first : second that is wanted, and how often the second is run."""

    what: str
    first: str
    rival: str
    second: str
    target: float
    rival_runs: int = RUNS


def deriving(shape: str, then: str = "") -> str:
    """Return the program that derives a network."""
    return DERIVE.format(shape=shape, then=then)


EQUAL = {layers: "-".join(["100"] * (layers + 1)) for layers in (2, 100)}
PROGRAMS = ("attention", "layer_norm", "rnn", "lstm")  # what ships as text, and takes longest
COMPARISONS = [
    *(Comparison(f"derive {n}.eq", DERIVE_PROGRAM.format(name=n), "import sympy", IMPORT_SYMPY, 8) for n in PROGRAMS),
    Comparison("derive 784-30-10", deriving("784-30-10"), "derive 2-3-1", deriving("2-3-1"), 1.2),
    Comparison("derive 100 layers of 100", deriving(EQUAL[100]), "derive 2 layers of 100", deriving(EQUAL[2]), 1.5),
    Comparison("derive 784-30-10", deriving("784-30-10"), "import sympy", IMPORT_SYMPY, 1),
    Comparison(
        "derive 4-8-8-2, and every partial in δ and a",
        deriving("4-8-8-2", EVERY_PARTIAL),
        "sympy.diff of its cost, by every parameter",
        DIFFERENTIATE.format(shape="4-8-8-2"),
        0.01,
        rival_runs=FEW,
    ),
]


def measured(program: str) -> float:
    """Return what a program in a process of its own has measured."""
    return float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measure and print."""
    table = Table(title=f"One derivation, every step checked: medians of {RUNS} processes each")
    for name in ("what", "ms", "rival", "ms", "ratio", "wanted"):
        table.add_column(name, justify="left" if name in ("what", "rival") else "right")
    for comparison in COMPARISONS:
        firsts, seconds = [], []
        for run in range(RUNS):
            firsts.append(measured(comparison.first))
            if run < comparison.rival_runs:
                seconds.append(measured(comparison.second))
        first, second = statistics.median(firsts), statistics.median(seconds)
        table.add_row(
            comparison.what,
            f"{first * 1e3:,.0f}",
            comparison.rival,
            f"{second * 1e3:,.0f}",
            f"{first / second:.2g}",
            f"≤ {comparison.target:g}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()

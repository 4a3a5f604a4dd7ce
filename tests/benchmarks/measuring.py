"""How a ratio is measured: both in turn, one thread each, and the median of the ratios pair by pair.

Seconds are CPU time, that of all threads and of waiting processes' children: where other programs run beside, the time
on the wall of one and the same row differs by a factor of 3, its CPU time by some 2 %. Nothing that is measured waits.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from symbackprop.network.program import Kind
from symbackprop.numerics.programs import CompiledProgram

__all__ = ["Run", "memory", "of_processes", "pairs"]

PAIRS = 41
FEWEST = 5  # pairs, of what takes long
SECONDS = 0.02  # of one timing
LONGEST = 6.0  # seconds of a row, after which the fewest pairs will do

Run = Callable[[], Any]


def timed(run: Run, times: int) -> float:
    """Return the seconds of one call."""
    start = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - start) / times


def pairs(first: Run, second: Run, *, most: int = PAIRS) -> tuple[float, float, float]:
    """Return the median seconds of both, and the median of the ratios pair by pair; who starts a pair alternates."""
    first(), second()  # what is compiled or loaded at a first call is no part of it
    times = [max(1, int(SECONDS / timed(run, 2))) for run in (first, second)]
    rows: list[tuple[float, float]] = []
    start = time.perf_counter()
    while len(rows) < most and (len(rows) < FEWEST or time.perf_counter() - start < LONGEST):
        turns = [(0, first), (1, second)][:: -1 if len(rows) % 2 else 1]
        found = {place: timed(run, times[place]) for place, run in turns}
        rows.append((found[0], found[1]))
    one, other = (statistics.median(column) for column in zip(*rows, strict=True))
    return one, other, statistics.median(a / b for a, b in rows)


def memory(f: CompiledProgram, values: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return the bytes that a gradient takes at most at once, those of what it is of, and the ratio.

    What it is of: the parameters, all that the equations compute, and the derivatives that are returned."""
    known, grads = f.arrays(values), f(values)[1]
    names = [array.name for array in f.program.of_kind(Kind.PARAMETER, Kind.VALUE)]
    held = float(sum(np.asarray(array).nbytes for array in (*(known[name] for name in names), *grads.values())))
    del known, grads
    tracemalloc.start()
    try:
        f(values)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return most, held, most / held


def of_processes(ours: list[str], theirs: list[str], *, most: int = 11) -> tuple[float, float, float]:
    """Return the same of programs that print their seconds, or bytes; in a process of its own each knows nothing."""
    _printed(ours)  # what Python compiles at a first start it finds from then on
    rows = [(_printed(ours), _printed(theirs)) for _ in range(most)]
    one, other = (statistics.median(column) for column in zip(*rows, strict=True))
    return one, other, one / other


def _printed(arguments: list[str]) -> float:
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True, timeout=600)
    return float(done.stdout.split()[-1])

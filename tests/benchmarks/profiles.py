"""Why a row misses what is wanted: where our time goes, and what is left if all but the matrix products cost nothing.

of generated NumPy      a share for each kind of line, by the lines that run
of PyTorch              a share for each operation, ours beside the library's own
of a whole process      CPU time of loading SymPy, of loading ours, of deriving, telling, writing
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from benchmarks.measuring import Run

__all__ = ["STAGES", "of_lines", "of_operations", "told"]

GENERATED = "<symbackprop gradient>"  # the name under which generated text is loaded
SECONDS = 0.5  # of running under the clock
MOST = 5  # shares that are told
KINDS = {
    "matrix products": r"\b(dot|matmul|einsum)\(|@",
    "exp, tanh, log, roots": r"exp|tanh|sigmoid|log|sqrt|erf|power",
    "sums and maxima": r"sum|total|mean|max|vdot|reduce|ones",
    "copies and arrays": r"copy|reshape|transpose|concat|ascontig|pad|empty|zeros|full|stack|windows|spread|add_at",
}
# of a process that derives and writes: what it prints is one line of shares, on standard error
STAGES = """
import gc, sys, time
gc.set_threshold(300_000)
marks = [("Python", time.process_time())]
def mark(name): marks.append((name, time.process_time()))
import sympy; mark("loading SymPy")
import symbackprop.exposition.rendering as rendering, symbackprop.exposition.formats.{format}
import symbackprop.cli.commands.derive; mark("loading ours")
from symbackprop.calculus.backpropagation import derive
from symbackprop.network.model import mlp
derivation = derive(mlp("2-3-1")); mark("deriving and checking")
document = rendering.narrate(derivation); mark("telling")
rendering.files_of(derivation, document, "{format}"); mark("writing")
for (_, before), (name, after) in zip(marks, marks[1:]): print(f"{{name}}\\t{{after - before}}")
"""


def told(shares: Iterable[tuple[str, float]]) -> str:
    """Return the largest shares as text: matrix products 61 %, sums and maxima 20 %."""
    known = sorted(shares, key=lambda pair: -pair[1])
    whole = sum(share for _, share in known)
    return ", ".join(f"{name} {share / whole:.0%}" for name, share in known[:MOST])


def of_lines(run: Run, source: str) -> dict[str, float]:
    """Return the CPU seconds of each kind of line of generated text, while it runs for a while."""
    lines, spent = source.splitlines(), Counter[int]()
    last = [0, time.process_time()]

    def count(frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename != GENERATED:
            return None
        now = time.process_time()
        spent[int(last[0])] += now - last[1]  # type: ignore[assignment]
        last[:] = [frame.f_lineno if event == "line" else last[0], time.process_time()]
        return count

    run()
    end = time.process_time() + SECONDS
    sys.settrace(count)
    try:
        while time.process_time() < end:
            last[:] = [0, time.process_time()]
            run()
    finally:
        sys.settrace(None)
    kinds = Counter[str]()
    for number, seconds in spent.items():
        kinds[_kind(lines[number - 1]) if number else "reading arguments"] += seconds  # type: ignore[assignment]
    return dict(kinds)


def _kind(line: str) -> str:
    return next((kind for kind, pattern in KINDS.items() if re.search(pattern, line)), "elementwise")


def of_operations(run: Run) -> dict[str, float]:
    """Return the seconds that PyTorch spends in each of its operations."""
    from torch.autograd.profiler import profile

    run()
    with profile() as seen:
        run()
    return {event.key.removeprefix("aten::"): event.self_cpu_time_total for event in seen.key_averages()}

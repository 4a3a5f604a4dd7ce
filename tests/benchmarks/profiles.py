"""Why a row misses what is wanted: where our time goes, and what is left if all but the matrix products cost nothing.

of generated NumPy      a share for each kind of line, by the lines that run
of PyTorch              a share for each operation, ours beside the library's own
of JAX                  what calling a compiled function takes that does nothing, or a share for each compiled operation
of a whole process      CPU time of loading SymPy, of loading ours, of deriving, telling, writing
of a derivation         a share for each part of the house, SymPy, and what Python does for them
of a start alone        milliseconds of the modules that it loads, by package
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.measuring import Run

__all__ = ["limit", "of_imports", "of_jax", "of_lines", "of_operations", "of_parts", "of_stages", "told"]

GENERATED = "<symbackprop gradient>"  # the name under which generated text is loaded
SECONDS = 0.2  # of running under the clock
MOST = 5  # shares that are told
KINDS = {
    "matrix products": r"\b(dot|matmul)\(|@",
    "exp, tanh, log, roots": r"exp|tanh|sigmoid|log|sqrt|erf|power",
    "sums and maxima": r"einsum|sum|total|mean|max|vdot|reduce|ones",
    "copies and arrays": r"copy|reshape|transpose|concat|ascontig|pad|empty|zeros|full|stack|windows|spread|add_at",
}
# where a function stands -> which part of a derivation it belongs to
PARTS = {
    "SymPy": r"sympy|mpmath",
    "evidence": r"calculus/(checking|evaluation|worlds|fields|cells|choices|sizing|matrixcheck|affine)|fractions",
    "steps": r"symbackprop/calculus",
    "equations": r"symbackprop/network",
    "code": r"symbackprop/numerics",
}
BEGIN, END = "start = time.process_time()", "print(time.process_time() - start)"  # of a program that is clocked
PROFILED = """
profile.disable()
from pstats import Stats
for (file, _, _), (_, _, own, _, _) in Stats(profile).stats.items(): print(f"{file}\\t{own}")
"""
# what a process prints that derives and writes: a name and its seconds a line
STAGES = """
import gc, time
gc.set_threshold(500_000)
marks = [("", time.process_time())]
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


def limit(shares: Mapping[str, float], ratio: float) -> str:
    """Return the shares as text, and the ratio that would be left if all but the products of matrices cost nothing."""
    products = shares["matrix products"] / sum(shares.values())
    return f"{told(shares.items())}; the matrix products alone: {products * ratio:.2f}"


def of_stages(format: str) -> str:
    """Return where the CPU time of a derivation that is written goes; the first stage is nobody's to shorten."""
    done = subprocess.run(
        [sys.executable, "-c", STAGES.format(format=format)], check=True, capture_output=True, text=True
    )
    pairs = [line.split("\t") for line in done.stdout.splitlines()]
    shares = {name: float(seconds) for name, seconds in pairs}
    sympy = shares["loading SymPy"]
    beside = ", ".join(f"{name} {seconds / sympy:.2f}" for name, seconds in shares.items() if name != "loading SymPy")
    return f"beside loading SymPy, with less garbage collection than it has alone: {beside}"


def of_parts(program: list[str]) -> dict[str, float]:
    """Return the seconds that each part takes of what a clocked program does, under Python's profiler."""
    text = program[-1].replace(BEGIN, "import cProfile\nprofile = cProfile.Profile()\nprofile.enable()")
    done = subprocess.run(
        [sys.executable, *program[:-1], text.replace(END, PROFILED)], check=True, capture_output=True, text=True
    )
    shares = Counter[str]()
    for file, own in (line.split("\t") for line in done.stdout.splitlines()):
        part = next((part for part, pattern in PARTS.items() if re.search(pattern, file)), "Python's own functions")
        shares[part] += float(own)  # type: ignore[assignment]
    return dict(shares)


def of_imports(arguments: Iterable[str]) -> dict[str, float]:
    """Return the seconds that Python takes to load the modules of each package for a command that does little else."""
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    shares = Counter[str]()
    for own, module in re.findall(r"^import time: +(\d+) \|[ 0-9]+\| *(\S+)", done.stderr, re.MULTILINE):
        package = module.partition(".")[0]
        shares[package if package in ("click", "symbackprop") else "standard library"] += int(own) / 1e6  # type: ignore[assignment]
    return dict(shares)


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
        caller = frame.f_back if event == "return" else None  # goes on in the line that has called
        line = frame.f_lineno if event == "line" else caller.f_lineno if caller is not None else last[0]
        last[:] = [line if caller is None or caller.f_code.co_filename == GENERATED else 0, time.process_time()]
        return count

    run()
    end = time.process_time() + SECONDS
    before = sys.gettrace()
    sys.settrace(count)
    try:
        while time.process_time() < end:
            last[:] = [0, time.process_time()]
            run()
    finally:
        sys.settrace(before)
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


def of_jax(run: Run) -> dict[str, float]:
    """Return the seconds that JAX spends in each kind of operation that it has compiled, by its own profiler."""
    import jax

    run()
    with tempfile.TemporaryDirectory() as folder:
        with jax.profiler.trace(folder, create_perfetto_trace=True):
            run()
        (seen,) = Path(folder).rglob("perfetto_trace.json.gz")
        events = json.loads(gzip.decompress(seen.read_bytes()))["traceEvents"]
    shares = Counter[str]()
    for event in events:
        if "hlo_op" in event.get("args", ()):
            shares[event["name"].rstrip(".0123456789")] += event["dur"]
    return dict(shares)

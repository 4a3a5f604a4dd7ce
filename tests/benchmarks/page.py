"""How long the command line takes to write the page of a 2-3-1 network, beside the import of what it builds on.

    python tests/benchmarks/page.py

Both are whole processes, timed in turn, in pairs; what is asked for is twice the import and 0.3 seconds at most. The
times are those of the processor, so that other work on the machine disturbs them less.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAIRS = 11
IMPORT = ["-c", "import sympy, numpy, latex2mathml"]
ALLOWED = 2.0, 0.3  # times the import, and seconds more


def seconds(arguments: list[str], folder: str) -> float:
    """Return the processor's seconds of one run of Python."""
    before = os.times()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=120
    )
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def main() -> None:
    """Time the pairs and print their medians."""
    with tempfile.TemporaryDirectory() as folder:
        page = ["-m", "symbackprop", "derive", "2-3-1", "--to", "html", "-o", folder]
        rows = [(seconds(IMPORT, folder), seconds(page, folder)) for _ in range(PAIRS)]
    imported, written = (statistics.median(column) for column in zip(*rows, strict=True))
    factor, more = ALLOWED
    print(f"import sympy, numpy, latex2mathml   {imported:.2f} s")
    print(f"symbackprop derive 2-3-1 --to html  {written:.2f} s")
    print(f"allowed: {factor:g} times the import and {more:g} s   {factor * imported + more:.2f} s")


if __name__ == "__main__":
    main()

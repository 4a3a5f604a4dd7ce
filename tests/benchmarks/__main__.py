"""How fast what is derived is, beside its rivals: one table and one plot of ratios, ours over theirs.

    python -m tests.benchmarks [WORD …]          rows with one of these words in them, or all; some ten minutes

Each row is measured in one run, in turn, one thread each, medians; below 1 we are faster. What is wanted stands beside
what is measured, and is marked where it is missed; where our time goes, and what the limit is, is told below the table.
The plot is output/benchmarks.svg.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.rows import Found, Row

ROOT = Path(__file__).parents[1]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
OF_XLA = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def main(words: list[str]) -> None:
    """Measure, print, and draw."""
    os.environ.update(dict.fromkeys(THREADS, "1"), XLA_FLAGS=OF_XLA)  # before what reads them is loaded
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a start that compiles every module is nobody's
    sys.path.insert(0, str(ROOT))  # what tests share is imported from there, as pytest does
    from benchmarks.plot import is_missed, ratios_svg, short
    from benchmarks.rows import ROWS

    rows = [row for row in ROWS if not words or any(word.lower() in row.text.lower() for word in words)]
    console = Console() if sys.stdout.isatty() else Console(width=150)
    done = list(_measured(rows))
    groups = list(dict.fromkeys(row.group for row, _ in done))
    done.sort(key=lambda pair: groups.index(pair[0].group))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("what", "beside", "ours", "theirs", "ratio", "wanted", ""):
        table.add_column(head, justify="left" if head in ("what", "beside", "") else "right", no_wrap=True)
    for group in groups:
        table.add_row(f"[bold]{group}")
        for row, found in done:
            if row.group == group:
                table.add_row(f"  {row.what}", row.rival, *_cells(row, found))
    console.print(table)
    for row, found in done:
        if isinstance(found, str):
            console.print(f"left out: {row.text}: {found}")
        elif is_missed(found[2], row.wanted) and row.why is not None:
            console.print(f"why {row.text} is {short(found[2])}, not {row.wanted:g}: {row.why(found)}")
    drawn = [
        (row.group, f"{row.what} / {row.rival}", found[2], row.wanted)
        for row, found in done
        if isinstance(found, tuple)
    ]
    folder = Path("output")
    folder.mkdir(exist_ok=True)
    (folder / "benchmarks.svg").write_text(ratios_svg(drawn), encoding="utf-8")
    console.print(f"The ratios are drawn in {folder / 'benchmarks.svg'}")


def _measured(rows: list[Row]) -> Iterator[tuple[Row, Found | str]]:
    from benchmarks.rows import Skipped

    for row in track(rows, "measuring", console=Console(stderr=True), transient=True):
        try:
            yield row, row.measure()
        except Skipped as reason:
            yield row, str(reason)


def _cells(row: Row, found: Found | str) -> tuple[str, ...]:
    if isinstance(found, str):
        return "", "", "-", "" if row.wanted is None else f"{row.wanted:g}", "left out"
    from benchmarks.plot import is_missed, short
    from benchmarks.rows import MEMORY

    ours, theirs, ratio = found
    return (
        *(f"{number / 1e6:.2f} MB" if row.group == MEMORY else _time(number) for number in (ours, theirs)),
        short(ratio),
        "" if row.wanted is None else f"{row.wanted:g}",
        "[bold red]missed" if is_missed(ratio, row.wanted) else "",
    )


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:,.0f} ms"


if __name__ == "__main__":
    main(sys.argv[1:])

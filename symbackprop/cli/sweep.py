"""`symbackprop verify --sweep`: the trials of a file, spread over workers, their errors in a table and in a picture."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from symbackprop import __version__
from symbackprop.cli.cluster import spread
from symbackprop.cli.outcome import CHECK_FAILED
from symbackprop.cli.request import said_of
from symbackprop.cli.screen import Screen, in_columns
from symbackprop.cli.speech import counted, numeral, worded
from symbackprop.exposition.figures.verdicts import Verdict, verdicts_svg
from symbackprop.files import check_place, growing, read_named, write_all
from symbackprop.frozen import dataclass
from symbackprop.network.said import Said
from symbackprop.network.tables import LARGEST_TABLE
from symbackprop.numerics.sweeping import COLUMNS, PASSED, Sweep, Trial, looked_at, sweep_from_text

TABLE, PLOT = "sweep.csv", "sweep.svg"
MOST_NAMED = 20  # trials that failed


def run_sweep(path: str, *, scheduler: str, output: str | None, force: bool) -> int:
    """Check what a file says, but for what its table has already, and return the exit status.

    Raises what `sweep_from_text`, `growing` and `spread` raise."""
    text, kind, where = read_named(path, largest=LARGEST_TABLE)
    folder = os.path.dirname(path)

    def read(network: str, options: Mapping[str, Any]) -> Said:
        return said_of(network, options, folder=folder)

    sweep = sweep_from_text(text, kind=kind, where=where, read=read)
    trials = {trial.key(__version__): trial for trial in sweep.trials}
    place = Path(output if output is not None else os.path.join("output", Path(path).stem))
    check_place(place, PLOT, force=force)
    with growing(place / TABLE, COLUMNS, anew=force) as table:
        found = _Found(trials)
        for line in table.lines:
            found.add(line)
        waiting = [key for key in trials if key not in found.done]
        screen = Screen.of_process()
        screen.title(worded(f"Checking {counted(len(trials), 'network')}"))
        if found.done:
            screen.tell(f"Checked before, as {place / TABLE} says: {counted(len(found.done), 'network')}.", "dim")
        with screen.working("checking", steps=len(waiting)) as told:
            for number, lines in spread(looked_at, [trials[key] for key in waiting], scheduler=scheduler):
                key = waiting[number]
                if isinstance(lines, BaseException):
                    found.lost[key] = f"{type(lines).__name__}: {lines}"
                else:
                    keyed = [[key, *line] for line in lines]
                    table.add(keyed)
                    for line in keyed:
                        found.add(line)
                told(f"checking; FAILED: {len(found.failed)}" if found.failed else "", 1)
    title = worded(f"The gradients of {counted(len(found.done), 'network')} beside their witnesses")
    write_all(place, {PLOT: found.plot(title)}, force=force)
    _show(screen, found, sweep)
    screen.tell(f"The errors are in {place / TABLE}, drawn in {place / PLOT}", "dim")
    return CHECK_FAILED if found.failed or found.lost else 0


@dataclass
class _Found:
    """What was found of the trials, by their keys: the errors of each check, and what failed, by its worst check."""

    trials: Mapping[str, Trial]
    done: set[str] = field(default_factory=set)
    errors: dict[tuple[str, float], list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)

    def add(self, line: Sequence[str]) -> None:
        """Take in a line of the table; those of other sweeps are left alone."""
        cells = dict(zip(COLUMNS, line, strict=True))
        key = cells["trial"]
        if key not in self.trials:
            return
        self.done.add(key)
        if cells["error"]:
            self.errors[cells["check"], float(cells["allowed"])].append(float(cells["error"]))
        if cells["verdict"] != PASSED:
            size = numeral(f"{float(cells['error']):.1e}") if cells["error"] else ""
            self.failed.setdefault(key, ": ".join(filter(None, (worded(cells["check"]), size))))

    def plot(self, title: str) -> str:
        """Return the errors of each check as an SVG picture."""
        group = counted(len(self.done), "network")
        rows = [
            Verdict(group, worded(check), max(errors, key=_size), allowed, tuple(errors))
            for (check, allowed), errors in self.errors.items()
        ]
        return verdicts_svg(rows, title=title, say=worded)


def _size(error: float) -> float:
    return float("inf") if math.isnan(error) else error


def _show(screen: Screen, found: _Found, sweep: Sweep) -> None:
    """Write the worst error of each check, what failed and how it is run alone, and what was left out."""
    rows: list[tuple[str, ...]] = [
        tuple(map(worded, ("compared with", "networks", "largest error", "allowed", "failed")))
    ]
    for (check, allowed), errors in found.errors.items():
        failed = sum(not error <= allowed for error in errors)
        worst = max(errors, key=_size)
        rows.append((worded(check), numeral(len(errors)), numeral(f"{worst:.1e}"), f"{allowed:.0e}", numeral(failed)))
    screen.say()
    for line in in_columns(rows, left=(0,), gap=2):
        screen.say(line)
    screen.say()
    for said, keys in (("FAILED", found.failed), ("not checked; run again to try them once more", found.lost)):
        if keys:
            screen.tell(f"{worded(said)}: {numeral(len(keys))} / {counted(len(found.trials), 'network')}", "bold red")
        for key, why in [*keys.items()][:MOST_NAMED]:
            screen.say(f"  {found.trials[key].command}")
            screen.tell(why, "dim", first=" " * 6, rest=" " * 6)
        if len(keys) > MOST_NAMED:
            screen.tell(f"and {len(keys) - MOST_NAMED} more, which the table names", "dim", first="  ")
    if not found.failed and not found.lost:
        screen.tell(f"All passed: {counted(len(found.trials), 'network')}.", "bold")
    if sweep.left_out:
        shown = ", ".join(sweep.left_out[:6]) + (", …" if len(sweep.left_out) > 6 else "")
        screen.tell(f"Left out, as the cost is not defined there: {shown}.", "dim")

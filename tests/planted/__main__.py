"""Plant every fault, one after the other, and print who caught it: the derivation's own check of its steps, or verify.

    python -m tests.planted [PART]

Exits with 1 if a fault is caught by neither, or if something is found where none is planted.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))  # what tests share is imported from there, as pytest does

from planted.faults import FAULTS
from planted.planting import Fault, caught, noticed


def main(parts: list[str]) -> int:
    """Plant the faults of some parts, or of all, print a table of them, and return the exit status."""
    chosen = {part: tuple(filter(_can_run, faults)) for part, faults in FAULTS.items() if not parts or part in parts}
    if not chosen:
        Console(stderr=True).print(f"no part {', '.join(parts)}; there are {', '.join(FAULTS)}")
        return 2
    faults = [fault for each in chosen.values() for fault in each]
    console = Console()
    found = {fault: caught(fault) for fault in track(faults, "planting", console=Console(stderr=True), transient=True)}
    false = [said for said in dict.fromkeys(fault.asked for fault in faults) if noticed(*said)]
    for part, planted in chosen.items():
        table = Table("fault", "place", "caught by", title=part, title_justify="left", box=None, padding=(0, 2, 0, 0))
        for fault in planted:
            table.add_row(fault.name, fault.place, found[fault] or "[bold red]nobody")
        console.print(table)
    console.print(summary({part: [found[fault] for fault in planted] for part, planted in chosen.items()}))
    for said, *_ in false:
        console.print(f"found where nothing is planted: {said}", markup=False)
    if left_out := sum(map(len, FAULTS.values())) - len(faults) if not parts else 0:
        console.print(f"left out: {left_out} faults in code for a library that is not installed")
    return 0 if all(found.values()) and not false else 1


def _can_run(fault: Fault) -> bool:
    return fault.backend is None or find_spec(fault.backend) is not None


def summary(found: dict[str, list[str]]) -> Table:
    """Return how many faults of each part were planted, and who caught them."""
    table = Table("part", "planted", "by the derivation", "by verify", "by nobody", box=None, padding=(0, 2, 0, 0))
    for part, who in {**found, "all": [each for those in found.values() for each in those]}.items():
        derivation, nobody = who.count("derivation"), who.count("")
        counts = len(who), derivation, len(who) - derivation - nobody, nobody
        table.add_row(part, *map(str, counts))
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

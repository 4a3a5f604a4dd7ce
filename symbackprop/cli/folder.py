"""What was written, in a few lines: the folder, and below it the names, those of one folder together.

output/2-3-1/
  derivation.md  derivation.tex
  equations/     BP1.tex  BP2.tex  BP3.tex  BP4.tex
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable
from pathlib import PurePosixPath

__all__ = ["listed"]

MOST_NAMES = 8  # of one folder; of more, the first and the last are named


def listed(folder: str, names: Iterable[str], width: int) -> list[str]:
    """Return the lines that say what was written into a folder; `names` are paths inside it."""
    by_folder: dict[str, list[str]] = {}
    for path in map(PurePosixPath, names):
        by_folder.setdefault("" if len(path.parts) == 1 else f"{path.parent}/  ", []).append(path.name)
    lines = [f"{folder.rstrip(os.sep)}{os.sep}"]
    for inner, held in sorted(by_folder.items()):
        first = f"  {inner}"
        lines += textwrap.wrap(
            _named(held), width, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False
        )
    return lines


def _named(names: list[str]) -> str:
    """Return names in one line, numbered ones shortened: step-01.svg … step-24.svg (24 files)."""
    if len(names) <= MOST_NAMES:
        return "  ".join(names)
    return f"{names[0]} … {names[-1]} ({len(names)} files)"

"""What was written, in a few lines: the folder, and below it each format with its files.

output/2-3-1/
  latex     derivation.tex  equations/BP1.tex … BP4.tex
  markdown  derivation.md
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

MOST_NAMES = 2  # of one folder; of more, the first and the last are named
MOST_OBVIOUS = 4  # files whose number one sees, BP1 … BP4


def listed(folder: str, files: Mapping[str, Sequence[str]], width: int) -> list[str]:
    """Return the lines that say what was written into a folder.

    files: name of a format -> paths inside the folder, the one that is read first in front"""
    margin = max(map(len, files), default=0) + 2
    lines = [f"{folder.rstrip(os.sep)}{os.sep}"]
    for name, paths in files.items():
        first = f"  {name:{margin}}"
        named = "  ".join((*paths[:1], *_by_folder(paths[1:])))
        lines += textwrap.wrap(named, width, initial_indent=first, subsequent_indent=" " * len(first))
    return lines


def _by_folder(paths: Iterable[str]) -> Iterable[str]:
    """Yield paths, of each folder no more than two: equations/BP1.tex … BP4.tex."""
    folders: dict[PurePosixPath, list[str]] = {}
    for path in map(PurePosixPath, paths):
        folders.setdefault(path.parent, []).append(path.name)
    for folder, names in folders.items():
        if len(names) <= MOST_NAMES:
            yield from (str(folder / name) for name in names)
        else:
            many = f" ({len(names)} files)" if len(names) > MOST_OBVIOUS else ""
            yield f"{folder / names[0]} … {names[-1]}{many}"

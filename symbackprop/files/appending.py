"""A table that grows: lines are appended several at a time, and those of one thing are there whole or not at all.

What a killed run has left is a whole table but for its end, which is cut off where the next run goes on. One process
at a time appends to a table.
"""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from symbackprop.errors import DataError, OutputError
from symbackprop.files.locking import taken
from symbackprop.files.reading import shown

Line = Sequence[str]


class Growing:
    """A table in a file: `lines` are those that were there, each with as many cells as there are columns."""

    def __init__(self, file: BinaryIO, columns: Line) -> None:
        """Read what is there, and cut off what a killed run left at its end; raises DataError for another table."""
        self._file = file
        head = _written([columns])
        whole = file.read()
        if not head.startswith(whole) and not whole.startswith(head):
            raise DataError
        self.lines: list[list[str]] = []
        group: list[list[str]] = []
        at = end = len(head) if whole.startswith(head) else 0
        for raw in whole[at:].splitlines(keepends=True):
            cells = next(csv.reader([raw.decode("utf-8", "replace")])) if raw.endswith(b"\n") else []
            if len(cells) != len(columns) or not cells[-1].isdigit():
                break
            at += len(raw)
            group.append(cells)
            if len(group) == int(cells[-1]):
                self.lines += group
                group, end = [], at
        file.truncate(end)
        file.seek(end)
        if not end:
            file.write(head)

    def add(self, lines: Sequence[Line]) -> None:
        """Append a group of lines at once; the last cell of each says how many there are."""
        try:
            self._file.write(_written(lines))
        except OSError as wrong:
            raise OutputError(f"the table cannot be written: {wrong.strerror or wrong}; run again to go on") from None


@contextmanager
def growing(path: Path, columns: Line, *, anew: bool = False) -> Iterator[Growing]:
    """Open a table, which is made with its folder if it is missing, and emptied if it shall begin `anew`.

    Raises OutputError where it cannot be written, is another table, or grows in another process."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "r+b" if path.exists() else "w+b", buffering=0)  # noqa: SIM115 - closed below
    except OSError as wrong:
        raise OutputError(
            f"cannot write to {shown(path)}: {wrong.strerror or wrong}; choose another folder with -o"
        ) from None
    with file:
        if not _is_ours(file):
            raise OutputError(f"{shown(path)} is being written to by another process; wait until it has ended")
        if anew:
            file.truncate(0)
        try:
            table = Growing(file, columns)
        except DataError:
            advice = "replace it with --force, or choose another folder with -o"
            raise OutputError(f"{shown(path)} was not written by such a run; {advice}") from None
        yield table


def _is_ours(file: BinaryIO) -> bool:
    """Lock a file where the system locks files, and tell whether nobody else has."""
    try:
        return taken(importlib.import_module("fcntl"), file.fileno())
    except ImportError:
        return True


def _written(lines: Sequence[Line]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()

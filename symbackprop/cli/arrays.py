"""The numbers that a person has, from files and from the command line: arrays by name, a number, a cost.

.npz, .toml, .json        arrays by name
W1.csv, b1.csv            one array each, called as its file; or a folder of them
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from symbackprop.cli.samples import shown_name
from symbackprop.errors import DataError, SpecError


def cost_of(text: str | None) -> str | None:
    """Return a cost as it was typed, all its digits; raises UsageError for what is no number."""
    if text is None:
        return None
    try:
        float(text)
    except ValueError:
        raise click.UsageError(f"--cost-after: {text[:40]!a} is no number; try --cost-after 0.291027924") from None
    return text.strip()


def number_of(name: str, value: Any) -> float | None:
    """Return a number that a file says; raises DataError for what is none."""
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise DataError(f"{name}: wanted a number, got {str(value)[:40]!a}") from None


def arrays_of(path: str) -> dict[str, Any]:
    """Return the arrays of a file, of .csv files with commas between, or of a folder of them, by their names."""
    from symbackprop.files import read_bytes, read_named
    from symbackprop.network.tables import LARGEST_TABLE, table_from_text

    if os.path.isdir(path):
        inside = sorted(name for name in os.listdir(path) if name.lower().endswith(".csv"))
        if not inside:
            raise DataError(f"{path[:60]!a} is a folder without a .csv file; put W1.csv, b1.csv, … there")
        return dict(_csv(os.path.join(path, name)) for name in inside)
    if path.lower().endswith(".csv"):
        parts = [path] if os.path.isfile(path) else [part.strip() for part in path.split(",")]
        return dict(map(_csv, parts))
    if path.lower().endswith(".npz"):
        from symbackprop.numerics.data import MAX_BYTES, arrays_from_npz

        return dict(arrays_from_npz(read_bytes(path, largest=MAX_BYTES, error=DataError), shown_name(path)))
    text, kind, where = read_named(path, largest=LARGEST_TABLE)
    if kind not in ("toml", "json"):
        raise SpecError(f"{where}: such a file ends in .npz, .toml, .json or .csv")
    table = table_from_text(text, kind=kind, where=where, advice="try W1 = [[0.1, 0.2]]")
    return {name: _plain(name, value, where) for name, value in table.items()}


def _csv(path: str) -> tuple[str, Any]:
    """Return the name of a file and the rows of numbers in it; raises DataError for what is no number."""
    from symbackprop.files import read_bytes
    from symbackprop.numerics.data import MAX_BYTES
    from symbackprop.numerics.delimited import read_table

    where = shown_name(path)
    if not path.lower().endswith(".csv"):
        raise DataError(f"{where}: beside .csv files there are only .csv files")
    content = read_bytes(path, largest=MAX_BYTES, error=DataError)
    table = read_table([content], size=len(content), where=where)
    if table.names:
        raise DataError(f"{where}: {table.title(next(iter(table.names)))} holds no numbers; wanted an array of numbers")
    return Path(path).stem, table.numbers


def _plain(name: str, value: Any, where: str) -> Any:
    """Return numbers as they stand in a table; a fraction in quotes, "1/3", is one, too."""
    if isinstance(value, list):
        return [_plain(name, each, where) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(f"{name}.{key}", each, where) for key, each in value.items()}
    if isinstance(value, str):
        top, slash, below = value.partition("/")
        try:
            return float(top) / float(below) if slash else float(top)
        except (ValueError, ZeroDivisionError):
            raise DataError(f"{where}: {name}: wanted numbers, got {value[:40]!a}") from None
    return value

"""Training data: two built-in sets, and what is in the bytes of a CSV or NPZ file.

    xor                the four rows of exclusive or                          x: (4, 2)      y: (4, 1)
    digits             1,797 handwritten digits of scikit-learn, x / 16       x: (1797, 64)  y: (1797, 10), one-hot
    NAME.csv           an optional header, then numbers; the last `outputs` columns are y
    NAME.npz           two arrays called x and y

Nothing here opens a file: whoever reads one hands over its content.
"""

from __future__ import annotations

import csv
import difflib
import importlib
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError, MissingExtraError, UnknownNameError
from symbackprop.numerics.checks import check_samples

__all__ = ["BUILT_IN", "Data", "from_csv", "from_npz", "load"]

Array = NDArray[Any]

MAX_BYTES = 2**30  # of the unpacked arrays: more than any example needs, less than a laptop holds

# what zipfile and NumPy raise on damaged, encrypted, pickled or oversized content
UNREADABLE = (ValueError, EOFError, OSError, MemoryError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Samples as rows: x (m, n_0), y (m, n_L); `classes` names the columns of a one-hot y."""

    x: Array
    y: Array
    name: str
    classes: tuple[str, ...] | None = None


def load(name: str, raw: bytes | None = None, *, outputs: int = 1) -> Data:
    """Return the built-in data called `name`, or what the bytes `raw` of the file called `name` hold.

    `outputs` is the number of columns of y in a CSV file.
    Raises UnknownNameError for a name that is neither, DataError for content that is no table of numbers,
    MissingExtraError for `digits` without scikit-learn."""
    if raw is None:
        if name not in BUILT_IN:
            raise UnknownNameError(_unknown(name))
        return BUILT_IN[name]()
    suffix = name.lower().rpartition(".")[2]
    if suffix == "npz":
        return from_npz(raw, name)
    if suffix == "csv":
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(f"{name}: byte {error.start} is not UTF-8; save the table as UTF-8 text") from None
        return from_csv(text, outputs=outputs, where=name)
    raise UnknownNameError(_unknown(name))


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name.lower(), BUILT_IN, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"data {name[:60]!r} is unknown; {hint}known: {', '.join(BUILT_IN)}, or a file ending in .csv or .npz"


def from_csv(text: str, *, outputs: int = 1, where: str = "data.csv") -> Data:
    """Read a table of numbers separated by commas; its last `outputs` columns are y, the others x.

    A first line without any number is a header and is skipped, so are blank lines.
    Raises DataError for a cell that is no finite number, rows of different length, or too few columns."""
    if type(outputs) is not int or outputs < 1:
        raise DataError(f"{where}: outputs is {outputs!r}, wanted a whole number of columns, 1 or more")
    rows = _rows(text, where)
    if rows and not any(_number(cell) is not None for cell in rows[0][1]):
        del rows[0]  # the header
    if not rows:
        raise DataError(f"{where} has no row of numbers; give at least one sample")
    first, width = rows[0][0], len(rows[0][1])
    if width <= outputs:
        raise DataError(f"{where} has {width} columns, {outputs} of them y; x needs at least 1; separate with commas")
    table = np.empty((len(rows), width))
    for row, (line, cells) in enumerate(rows):
        if len(cells) != width:
            raise DataError(f"{where} line {line} has {len(cells)} columns, line {first} has {width}; make them equal")
        for column, cell in enumerate(cells):
            number = _number(cell)
            if number is None or not np.isfinite(number):
                place = f"{where} line {line}, column {column + 1}"
                raise DataError(f"{place} is {cell[:40]!r}, wanted a finite number; correct or drop that row")
            table[row, column] = number
    return Data(table[:, :-outputs].copy(), table[:, -outputs:].copy(), where)


def _rows(text: str, where: str) -> list[tuple[int, list[str]]]:
    """Return the lines that are not blank, split into cells, with their numbers."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True, skipinitialspace=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise DataError(f"{where} line {reader.line_num}: {error}; give numbers separated by commas") from None


def _number(cell: str) -> float | None:
    """Return the number a cell holds; Python alone would also take 1_000 and digits of other scripts."""
    if "_" in cell or not cell.isascii():
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def from_npz(raw: bytes, where: str = "data.npz") -> Data:
    """Read the arrays x and y of an NPZ file; nothing in it is unpickled.

    Raises DataError for what is no such file, missing arrays, more than MAX_BYTES, and samples that are no numbers."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            names = {entry.filename.removesuffix(".npy") for entry in archive.infolist()}
    except UNREADABLE:
        raise DataError(f"{where} is not an NPZ file; write it with numpy.savez(path, x=x, y=y)") from None
    if size > MAX_BYTES:
        raise DataError(f"{where} unpacks to {size:,} bytes, at most {MAX_BYTES:,} are read; give fewer samples")
    for name in ("x", "y"):
        if name not in names:
            held = ", ".join(sorted(names))[:60] or "nothing"
            raise DataError(f"{where} has no array {name}, it holds {held}; write numpy.savez(path, x=x, y=y)")
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
            x, y = arrays["x"], arrays["y"]
    except UNREADABLE:
        raise DataError(f"{where}: x or y is no plain array of numbers; write x.astype(float)") from None
    try:
        return Data(*check_samples(x, y), where)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def _xor() -> Data:
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return Data(x, np.array([[0.0], [1.0], [1.0], [0.0]]), "xor")


def _digits() -> Data:
    try:
        datasets = importlib.import_module("sklearn.datasets")
    except ImportError:
        raise MissingExtraError(
            f"data 'digits' comes with scikit-learn, which is not installed; try: {MissingExtraError.advice('digits')}"
        ) from None
    digits = datasets.load_digits()
    return Data(digits.data / 16.0, np.eye(10)[digits.target], "digits", tuple(map(str, range(10))))


BUILT_IN: dict[str, Callable[[], Data]] = {"digits": _digits, "xor": _xor}

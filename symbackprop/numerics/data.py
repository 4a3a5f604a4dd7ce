"""Training data: two built-in sets, and what is in the bytes of a CSV or NPZ file.

    xor                the four rows of exclusive or                          x: (4, 2)      y: (4, 1)
    digits             1,797 handwritten digits of scikit-learn, x / 16       x: (1797, 64)  y: (1797, 10), one-hot
    NAME.csv           an optional header, then numbers; the last columns are y, or one column holds classes
    NAME.npz           two arrays called x and y

Nothing here opens a file: whoever reads one hands over its content.
"""

from __future__ import annotations

import difflib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError, UnknownNameError, errors_of, imported
from symbackprop.numerics.checks import check_samples
from symbackprop.numerics.classes import Data, Ends, parted
from symbackprop.numerics.delimited import read_table

Array = NDArray[Any]

UNSAID = Ends()
TABLES, ARRAYS = (".csv", ".tsv", ".data", ".txt"), ".npz"  # the endings of files that are read

MAX_BYTES = 2**30  # of the unpacked arrays: more than any example needs, less than a laptop holds

# what zipfile and NumPy raise on damaged, encrypted, pickled or oversized content
UNREADABLE = (ValueError, EOFError, OSError, MemoryError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)


def load(name: str, raw: bytes | None = None) -> Data:
    """Return the built-in data called `name`, or what the bytes `raw` of the file called `name` hold.

    Raises UnknownNameError for a name that is neither, DataError for content that is no table of numbers,
    MissingExtraError for `digits` without scikit-learn."""
    if raw is None:
        if name not in BUILT_IN:
            raise UnknownNameError(_unknown(name))
        return BUILT_IN[name]()
    if name.lower().endswith(ARRAYS):
        return from_npz(raw, name)
    if name.lower().endswith(TABLES):
        return from_csv([raw], size=len(raw), where=name)
    raise UnknownNameError(_unknown(name))


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name.lower(), BUILT_IN, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"data {name[:60]!r} is unknown; {hint}known: {', '.join(BUILT_IN)}, or a file ending in .csv or .npz"


def from_csv(blocks: Iterable[bytes], *, size: int, where: str = "data.csv", ends: Ends = UNSAID) -> Data:
    """Read a table of numbers from the blocks of a file of at most `size` bytes.

    `ends` says what of it is y: the last columns, or one column with the class of each row.
    Raises what `read_table` and `parted` raise."""
    return parted(read_table(blocks, size=size, where=where), ends, where)


def held_out(data: Data, share: float, seed: int) -> tuple[Data, Data]:
    """Return the samples to train on, and the share of them, drawn by the seed, that is kept back.

    The rows of `data` are put into another order where they are: a copy would take their memory once more.
    Raises DataError for a share that leaves nothing on one side."""
    count = round(len(data.x) * share) if 0 <= share < 1 else -1  # nan is no share, and no number rounds it
    if count < 0 or (share and not 0 < count < len(data.x)):
        raise DataError(
            f"holdout is {share:g} of {len(data.x):,} samples, wanted a share that leaves some on each side"
        )
    if share:
        for rows in (data.x, data.y):  # the same seed gives the same order, whatever the width
            np.random.default_rng(seed).shuffle(rows)
    kept = len(data.x) - count
    return replace(data, x=data.x[:kept], y=data.y[:kept]), replace(data, x=data.x[kept:], y=data.y[kept:])


def from_npz(raw: bytes, where: str = "data.npz") -> Data:
    """Read the arrays x and y of an NPZ file; nothing in it is unpickled.

    Raises DataError for what is no such file, missing arrays, more than MAX_BYTES, and samples that are no numbers."""
    arrays = _unpacked(raw, where, "numpy.savez(path, x=x, y=y)")
    for name in ("x", "y"):
        if name not in arrays:
            held = ", ".join(sorted(arrays))[:60] or "nothing"
            raise DataError(f"{where} has no array {name}, it holds {held}; write numpy.savez(path, x=x, y=y)")
    with errors_of(where):
        return Data(*check_samples(arrays["x"], arrays["y"]), where)


def arrays_from_npz(raw: bytes, where: str) -> dict[str, Array]:
    """Read the arrays of an NPZ file, of which none is unpickled; raises DataError for what is no such file."""
    return _unpacked(raw, where, "numpy.savez(path, **params)")


def npz_of(params: Mapping[str, Array]) -> bytes:
    """Return the bytes of an NPZ file with these arrays; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **params)
    return buffer.getvalue()


def _unpacked(raw: bytes, where: str, advice: str) -> dict[str, Array]:
    """Return the arrays of an NPZ file of which none is unpickled."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except UNREADABLE:
        raise DataError(f"{where} is not an NPZ file; write it with {advice}") from None
    if size > MAX_BYTES:
        raise DataError(f"{where} unpacks to {size:,} bytes, at most {MAX_BYTES:,} are read; give fewer samples")
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except UNREADABLE:
        raise DataError(f"{where}: it holds what is no plain array of numbers; write .astype(float)") from None


def _xor() -> Data:
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return Data(x, np.array([[0.0], [1.0], [1.0], [0.0]]), "xor")


def _digits() -> Data:
    wanted = "data 'digits' comes with scikit-learn"
    digits = imported("sklearn.datasets", extra="digits", wanted=wanted).load_digits()
    return Data(digits.data / 16.0, np.eye(10)[digits.target], "digits", tuple(map(str, range(10))))


BUILT_IN: dict[str, Callable[[], Data]] = {"digits": _digits, "xor": _xor}

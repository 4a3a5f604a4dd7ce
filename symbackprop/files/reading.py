"""A regular file of at most so many bytes is read; text is UTF-8, with or without a byte order mark."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from symbackprop.errors import SpecError, SymbackpropError

BLOCK = 2**18  # bytes: what is read at once


def read_text(path: str | os.PathLike[str], *, largest: int) -> str:
    """Return the content of a UTF-8 file, without a byte order mark.

    Raises SpecError as `read_bytes` does, and for bytes that are not UTF-8."""
    raw = read_bytes(path, largest=largest)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise SpecError(f"{shown(path)}: byte {wrong.start} is not UTF-8; save the file as UTF-8 text") from None


def read_named(path: str | os.PathLike[str], *, largest: int) -> tuple[str, str, str]:
    """Return the content of a UTF-8 file, its kind by its ending, toml, and its name; raises as `read_text` does."""
    return read_text(path, largest=largest), Path(path).suffix.removeprefix(".").lower(), Path(path).name


def read_bytes(path: str | os.PathLike[str], *, largest: int, error: type[SymbackpropError] = SpecError) -> bytes:
    """Return the content of a regular file of at most `largest` bytes.

    Raises `error` if it is missing, no regular file, not readable, or larger; nothing beyond the limit is read."""
    return b"".join(read_blocks(path, largest=largest, error=error)[0])


def read_blocks(
    path: str | os.PathLike[str], *, largest: int, error: type[SymbackpropError] = SpecError
) -> tuple[Iterator[bytes], int]:
    """Return the content of a regular file in blocks, which are read one by one as they are asked for, and its size.

    Raises `error` as `read_bytes` does: at once, unless the file grows while it is read."""
    try:
        status = os.stat(path)
        if regular := stat.S_ISREG(status.st_mode):  # a pipe would wait for ever, a device has no end
            file = open(path, "rb")  # noqa: SIM115 - closed with the last block
    except FileNotFoundError:
        raise error(f"{shown(path)}: no such file{_close_by(Path(path))}") from None
    except (OSError, ValueError) as wrong:
        raise error(_unreadable(path, wrong)) from None
    if not regular:
        raise error(f"{shown(path)} is not a file; give the name of a file")
    return _blocks(path, file, largest, error), status.st_size


def _blocks(
    path: str | os.PathLike[str], file: BinaryIO, largest: int, error: type[SymbackpropError]
) -> Iterator[bytes]:
    read = 0
    with file:
        too_large = os.fstat(file.fileno()).st_size > largest
        while not too_large:
            try:
                block = file.read(min(BLOCK, largest + 1 - read))
            except OSError as wrong:
                raise error(_unreadable(path, wrong)) from None
            if not block:
                return
            read += len(block)
            too_large = read > largest
            if not too_large:
                yield block
    raise error(f"{shown(path)} has more than {largest:,} bytes, the most that are read; shorten it")


def _unreadable(path: str | os.PathLike[str], wrong: OSError | ValueError) -> str:
    reason = getattr(wrong, "strerror", None) or "no file can have such a name"  # Python words that differently
    return f"{shown(path)} cannot be read: {reason}; check the name and its permissions"


def _close_by(path: Path) -> str:
    """Return the name of a file in the same folder that was probably meant."""
    with suppress(OSError):
        close = difflib.get_close_matches(path.name, sorted(os.listdir(path.parent)), n=1)
        if close:
            return f"; did you mean {shown(path.with_name(close[0]))}?"
    return "; check the name and the folder"


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as it can stand in one line of a message."""
    text = os.fspath(path)
    text = text if len(text) <= 200 else text[:197] + "..."
    return text if text.isprintable() and text.strip() == text != "" else ascii(text)

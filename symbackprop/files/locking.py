"""One process at a time writes into a folder: the others wait, and a lock ends with the process that holds it."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from symbackprop.errors import OutputError
from symbackprop.files.reading import shown

__all__ = ["locked", "taken"]

PATIENCE = 60.0  # seconds: a set of files is written in less than one, unless its process was stopped
PAUSE = 0.01


@contextmanager
def locked(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """While inside, no other process that asks here writes into the folder, which is made if it is missing.

    The lock is one of the operating system's on the folder itself: nothing lies about that a killed run could leave.
    Where the system has none, on Windows and some network disks, nobody waits.
    Raises OutputError where the folder stays locked."""
    descriptor = _taken(folder, time.monotonic() + patience)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _taken(folder: Path, until: float) -> int | None:
    """Return the descriptor whose end is the end of the lock; None where the system does not lock folders."""
    try:
        system = importlib.import_module("fcntl")
    except ImportError:
        return None
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            while not taken(system, descriptor):
                if time.monotonic() > until:
                    place = f"{shown(folder)} is being written to by another process"
                    raise OutputError(f"{place}; run again when it has ended, or choose another folder with -o")
                time.sleep(PAUSE)
        except BaseException as wrong:
            os.close(descriptor)
            if isinstance(wrong, OSError):
                return None
            raise
        with suppress(FileNotFoundError):  # the one before may have taken its empty folder away again
            if os.path.samestat(os.fstat(descriptor), os.stat(folder)):
                return descriptor
        os.close(descriptor)


def taken(system: object, descriptor: int) -> bool:
    """Lock what is open, with the lock of the operating system, and tell whether nobody else has."""
    flock, exclusive, at_once = (getattr(system, name) for name in ("flock", "LOCK_EX", "LOCK_NB"))
    try:
        flock(descriptor, exclusive | at_once)
    except BlockingIOError:
        return False
    return True

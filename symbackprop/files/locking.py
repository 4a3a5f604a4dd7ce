"""One process at a time writes into a folder: the others wait, and no process that was killed keeps them waiting.

a lock of the operating system's on the folder itself, which ends with its process
else, on Windows and on network disks that have none, a file `.symbackprop.lock` that only one can make
"""

from __future__ import annotations

import importlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from symbackprop.errors import OutputError
from symbackprop.files.reading import shown

PATIENCE = 60.0  # seconds: a set of files is written in less than one, unless its process was stopped
PAUSE = 0.01
LOCK = ".symbackprop.lock"


@contextmanager
def locked(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """While inside, no other process that asks here writes into the folder, which is made if it is missing.

    Raises OutputError where the system says for so long that another process holds it; a file that stays the same for
    so long was left by a process that was killed, and counts no more."""
    release = _of_system(folder, time.monotonic() + patience) or _of_file(folder, patience)
    try:
        yield
    finally:
        release()


def _of_system(folder: Path, until: float) -> Callable[[], None] | None:
    """Return what ends a lock of the system's that was taken; None where the system does not lock folders."""
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
                return partial(os.close, descriptor)
        os.close(descriptor)


def taken(system: object, descriptor: int) -> bool:
    """Lock what is open, with the lock of the operating system, and tell whether nobody else has."""
    flock, exclusive, at_once = (getattr(system, name) for name in ("flock", "LOCK_EX", "LOCK_NB"))
    try:
        flock(descriptor, exclusive | at_once)
    except BlockingIOError:
        return False
    return True


def _of_file(folder: Path, patience: float) -> Callable[[], None]:
    """Return what takes the lock file away again, which says whose it is by a word that nobody else has."""
    own, lock = secrets.token_hex(8), folder / LOCK
    seen, since = _mark(lock), time.monotonic()
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with lock.open("x", encoding="ascii") as file:
                file.write(own)
            return partial(_unlock, lock, own)
        except FileExistsError:
            pass
        except FileNotFoundError:  # the one before has taken its empty folder away
            continue
        if (now := _mark(lock)) != seen:
            seen, since = now, time.monotonic()
        elif seen is not None and time.monotonic() - since > patience:
            _take_away(lock, seen, patience)
        time.sleep(PAUSE)


def _mark(lock: Path) -> tuple[int, int] | None:
    """Return what tells a lock file from one that is made later, empty as it may be yet; None where there is none."""
    with suppress(OSError):  # gone, or, on Windows, just being made or taken away
        found = lock.stat()
        return found.st_ino, found.st_mtime_ns
    return None


def _take_away(lock: Path, left: tuple[int, int], patience: float) -> None:
    """Take a lock file away that was left; of several who see it so, one at a time looks whether it still is that."""
    alone = lock.with_name(f"{LOCK}-left")
    with suppress(OSError):
        if alone.exists() and time.time() - alone.stat().st_mtime > patience:  # killed just here
            alone.unlink()
        alone.touch(exist_ok=False)
        try:
            if _mark(lock) == left:
                lock.unlink()
        finally:
            alone.unlink()


def _unlock(lock: Path, own: str) -> None:
    """Take the lock file away if it is still one's own."""
    with suppress(OSError):
        if lock.read_text(encoding="ascii") == own:
            lock.unlink()

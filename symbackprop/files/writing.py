"""Files are written whole or not at all.

    every file under a temporary name beside its place, flushed to the disk, then all of them renamed

A folder that was written to holds `.symbackprop`, the list of what was written. A file that is not in that list, or
that was changed since, belongs to the user and is replaced only by force. While files are renamed the list holds what
was there and what is coming, so that a run killed at any moment leaves whole files that the next run still knows as
its own. Of several processes that write into one folder each waits for the one before.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import field
from pathlib import Path

from symbackprop.errors import OutputError, SymbackpropError
from symbackprop.files.locking import locked
from symbackprop.files.manifest import MANIFEST, Own, known_in, manifest
from symbackprop.files.reading import shown
from symbackprop.frozen import dataclass
from symbackprop.network.labels import check_filename

_TEMPORARY = ".symbackprop-{}.tmp"
_STALE = 3600.0  # seconds: no run takes that long between writing a temporary file and renaming it
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}  # no hard links there
_REASONS = {
    errno.EACCES: "it is not writable",
    errno.EPERM: "it is not writable",
    errno.EROFS: "the disk is read-only",
    errno.ENOSPC: "no space is left on the disk",
    errno.EDQUOT: "no space is left in the quota",
    errno.EFBIG: "a file may not become that large there",
    errno.ENOTDIR: "a part of it is a file",
    errno.EEXIST: "a part of it is a file",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "its links go in circles",
}


@dataclass(slots=True)
class _Traces:
    """What a run has made and takes away again if it does not come to its end."""

    temporary: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it that are missing."""
        for each in (*reversed(folder.parents), folder):
            if not each.is_dir():
                self.folders.append(each)
                each.mkdir(exist_ok=True)

    def write(self, folder: Path, content: Iterable[bytes]) -> tuple[Path, str]:
        """Write the content to a new temporary file of the folder, down to the disk; return its path and its digest."""
        path = folder / _TEMPORARY.format(secrets.token_hex(8))
        self.temporary.append(path)  # before it exists: there is no moment at which it would be forgotten
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        digest = hashlib.sha256()
        with open(os.open(path, flags, 0o666), "wb") as file:
            for piece in content:
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return path, digest.hexdigest()

    def clear(self) -> None:
        """Take away the temporary files, and the new folders that stayed empty."""
        for path in self.temporary:
            with suppress(OSError):
                path.unlink()
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def _traces() -> Iterator[_Traces]:
    traces = _Traces()
    try:
        yield traces
    finally:
        traces.clear()


@contextmanager
def _opened(root: Path) -> Iterator[_Traces]:
    """Make a folder that is missing; while inside it is there. Raises OutputError for whatever the system refuses."""
    try:
        with _traces() as traces:
            if os.path.exists(root) and not os.path.isdir(root):
                what = "it is a file, not a folder"
                raise OutputError(f"cannot write to {shown(root)}: {what}; choose another one with -o")
            traces.make_folder(root)
            yield traces
    except OSError as wrong:
        reason = _REASONS.get(wrong.errno or 0, wrong.strerror or str(wrong))
        raise OutputError(f"cannot write to {shown(root)}: {reason}; choose another folder with -o") from None
    except ValueError as wrong:
        if isinstance(wrong, SymbackpropError):
            raise
        raise OutputError(f"cannot write to {shown(root)}: {wrong}; choose another folder with -o") from None


def check_place(folder: str | os.PathLike[str], *names: str, force: bool = False) -> None:
    """Raise OutputError now for what `write_all` would refuse after long work: the folder, and files that are there.

    A file is written there and taken away again, as no question to the system tells for certain that it can be."""
    root = Path(folder)
    _check_names(names)
    with _opened(root) as traces:
        known = known_in(root, force=force)
        for name in names:
            _may_replace(root, name, known.get(name, Own()).digests, force=force)
        traces.write(root, ())


def write_all(
    folder: str | os.PathLike[str], files: Mapping[str, bytes | Iterable[str]], *, force: bool = False, owner: str = ""
) -> list[Path]:
    """Write files into a folder, which is made if it is missing; either all are put in place, or none is begun.

    files: path inside the folder, with `/` between its parts -> content      ->  the paths, in the same order
    A content may be made while it is written, piece by piece; what that raises is raised.
    owner: a word for the network that the files tell of, by which `of_others` knows them
    Raises OutputError for a name that could leave the folder or that some system reads otherwise, a file that is not
    symbackprop's own (unless `force`), and whatever the system refuses; no temporary file is left."""
    root = Path(folder)
    contents = {name: _encoded(name, content) for name, content in files.items()}
    _check_names(contents)
    with _opened(root) as traces, locked(root):
        return _written(root, contents, traces, force=force, owner=owner)


def _encoded(name: str, content: bytes | Iterable[str]) -> Iterable[bytes]:
    """Return the pieces of a content: one of what is there, and those of what is made while it is written."""
    if isinstance(content, bytes):
        return (content,)
    try:
        return (content.encode("utf-8"),) if isinstance(content, str) else (piece.encode("utf-8") for piece in content)
    except UnicodeEncodeError:
        raise OutputError(f"{shown(name)}: half of a surrogate pair cannot be written; remove it") from None


def _check_names(names: Iterable[str]) -> None:
    """Refuse a name that is not plain, and two that a file system may take for one."""
    seen: dict[str, str] = {}
    for name in names:
        parts = name.split("/")
        for part in parts:
            check_filename(part)
        for end in range(1, len(parts) + 1):
            whole = end == len(parts)
            key, mark = "/".join(parts[:end]).lower(), "file" if whole else "folder"
            if key in seen and (whole or seen[key] == "file"):
                raise OutputError(f"file name {shown(name)} meets another one; names differ in more than their case")
            seen[key] = mark


def _written(
    root: Path, contents: Mapping[str, Iterable[bytes]], traces: _Traces, *, force: bool, owner: str
) -> list[Path]:
    known = known_in(root, force=force)
    before = {name: known.get(name, Own(owner=owner)) for name in contents}
    ready = {name: _digests(content) for name, content in contents.items()}
    there = {name: _may_replace(root, name, before[name].digests | ready[name], force=force) for name in contents}
    folders = dict.fromkeys((root, *((root / name).parent for name in contents)))
    for folder in folders:
        traces.make_folder(folder)
        _sweep(folder)
    staged, coming = {}, {}
    for name, content in contents.items():
        staged[name], coming[name] = traces.write((root / name).parent, content)
    between = known | {name: own.or_also(coming[name]) for name, own in before.items()}
    after = known | {name: Own(frozenset({digest}), owner) for name, digest in coming.items()}
    final, _ = traces.write(root, (manifest(after),))
    os.replace(traces.write(root, (manifest(between),))[0], root / MANIFEST)
    for name, temporary in staged.items():
        _put(temporary, root / name, replace=force or there[name])
    os.replace(final, root / MANIFEST)
    for folder in folders:
        _flush_folder(folder)
    return [root / name for name in contents]


def _digests(content: Iterable[bytes]) -> frozenset[str]:
    """Return the digest of what is there already, which may replace its like; none of what is still to be made."""
    return frozenset(hashlib.sha256(piece).hexdigest() for piece in content) if type(content) is tuple else frozenset()


def _may_replace(root: Path, name: str, digests: frozenset[str], *, force: bool) -> bool:
    """Return whether there is a file to replace.

    Raises OutputError where one would write through a link, over a folder, or over a file of the user's."""
    place = root / name
    for parent in place.relative_to(root).parents:
        inner = root / parent
        if inner != root and (inner.is_symlink() or (inner.exists() and not inner.is_dir())):
            raise OutputError(f"{shown(inner)} is a link or a file, wanted a folder; move it away")
    if place.is_dir() and not place.is_symlink():
        raise OutputError(f"{shown(place)} is a folder, wanted to write a file; move it away")
    if os.path.lexists(place) and not stat.S_ISREG(kind := _kind(place)):
        what = "a device" if stat.S_ISCHR(kind) or stat.S_ISBLK(kind) else "no file"
        raise OutputError(f"{shown(place)} is {what}, and a file would take its place; give the name of a file")
    if force or not os.path.lexists(place):
        return os.path.lexists(place)
    if stat.S_ISREG(place.lstat().st_mode):
        with open(place, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() in digests:
                return True
    raise OutputError(
        f"{shown(place)} was not written by symbackprop, or was changed since; "
        "replace it with --force, or choose another folder with -o"
    )


def _kind(place: Path) -> int:
    """Return what is in a place, or where a link there leads to; a link that leads nowhere is like a file."""
    try:
        return place.stat().st_mode
    except OSError:
        return stat.S_IFREG


def _put(temporary: Path, place: Path, *, replace: bool) -> None:
    """Give a finished file its name; without `replace`, only if nobody else took it in the meantime."""
    if not replace:
        try:
            os.link(temporary, place)
            return
        except FileExistsError:
            raise OutputError(f"{shown(place)} has just been written by somebody else; run again") from None
        except OSError as wrong:
            if wrong.errno not in _NO_LINKS:
                raise
    os.replace(temporary, place)


def _sweep(folder: Path) -> None:
    """Remove what a run that was killed has left, once it is certainly over."""
    for path in folder.glob(_TEMPORARY.format("*")):
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > _STALE:
                path.unlink()


def _flush_folder(folder: Path) -> None:
    """Bring the new names down to the disk, where the system can do that for a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

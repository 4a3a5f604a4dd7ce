"""Files are written whole or not at all.

    every file under a temporary name beside its place, flushed to the disk, then all of them renamed

A folder that was written to holds `.symbackprop`, the SHA-256 of each file as it was written. A file that is not in
that list, or that was changed since, belongs to the user and is replaced only by force. While files are renamed the
list holds what was there and what is coming, so that a run killed at any moment leaves whole files that the next
run still knows as its own.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from symbackprop.errors import OutputError
from symbackprop.files.reading import shown
from symbackprop.network.labels import check_filename

__all__ = ["MANIFEST", "write_all"]

MANIFEST = ".symbackprop"

_HEADER = "# Files written by symbackprop, which replaces them only if they were not changed since."
_ENTRY = re.compile(r"([0-9a-f]{64})  (\S+)")
_LARGEST_MANIFEST = 2**20
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

    def write(self, folder: Path, content: bytes) -> Path:
        """Write the content to a new temporary file of the folder, down to the disk, and return its path."""
        path = folder / _TEMPORARY.format(secrets.token_hex(8))
        self.temporary.append(path)  # before it exists: there is no moment at which it would be forgotten
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        with open(os.open(path, flags, 0o666), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return path

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


def write_all(folder: str | os.PathLike[str], files: Mapping[str, str | bytes], *, force: bool = False) -> list[Path]:
    """Write files into a folder, which is made if it is missing; either all are put in place, or none is begun.

    files: path inside the folder, with `/` between its parts -> content      ->  the paths, in the same order
    Raises OutputError for a name that could leave the folder or that some system reads otherwise, a file that is not
    symbackprop's own (unless `force`), and whatever the system refuses; no temporary file is left."""
    root = Path(folder)
    contents = {name: _encoded(name, content) for name, content in files.items()}
    _check_names(contents)
    try:
        with _traces() as traces:
            return _written(root, contents, traces, force=force)
    except OSError as wrong:
        reason = _REASONS.get(wrong.errno or 0, wrong.strerror or str(wrong))
        raise OutputError(f"cannot write to {shown(root)}: {reason}; choose another folder with -o") from None
    except ValueError as wrong:
        if isinstance(wrong, OutputError):
            raise
        raise OutputError(f"cannot write to {shown(root)}: {wrong}; choose another folder with -o") from None


def _encoded(name: str, content: str | bytes) -> bytes:
    try:
        return content.encode("utf-8") if isinstance(content, str) else content
    except UnicodeEncodeError:
        raise OutputError(f"{shown(name)}: half of a surrogate pair cannot be written; remove it") from None


def _check_names(names: Mapping[str, bytes]) -> None:
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


def _written(root: Path, contents: Mapping[str, bytes], traces: _Traces, *, force: bool) -> list[Path]:
    if root.exists() and not root.is_dir():
        raise OutputError(f"cannot write to {shown(root)}: it is a file, not a folder; choose another one with -o")
    known = _known(root, force=force)
    coming = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    there = {
        name: _may_replace(root, name, known.get(name, frozenset()) | {digest}, force=force)
        for name, digest in coming.items()
    }
    traces.make_folder(root)
    staged = {}
    for name, content in contents.items():
        place = root / name
        traces.make_folder(place.parent)
        _sweep(place.parent)
        staged[name] = traces.write(place.parent, content)
    between = known | {name: known.get(name, frozenset()) | {digest} for name, digest in coming.items()}
    after = known | {name: frozenset({digest}) for name, digest in coming.items()}
    final = traces.write(root, _manifest(after))
    os.replace(traces.write(root, _manifest(between)), root / MANIFEST)
    for name, temporary in staged.items():
        _put(temporary, root / name, replace=force or there[name])
    os.replace(final, root / MANIFEST)
    for each in {root, *((root / name).parent for name in contents)}:
        _flush_folder(each)
    return [root / name for name in contents]


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


def _known(root: Path, *, force: bool) -> dict[str, frozenset[str]]:
    """Return the digests under which the files of the folder are known to be symbackprop's own."""
    path = root / MANIFEST
    if not os.path.lexists(path):
        return {}
    mode = path.lstat().st_mode
    lines: list[str] = []
    if stat.S_ISREG(mode) and path.lstat().st_size <= _LARGEST_MANIFEST:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if lines[:1] != [_HEADER]:
        if force and not stat.S_ISDIR(mode):
            return {}
        raise OutputError(f"{shown(path)} is no list of symbackprop's files; move it away")
    known: dict[str, frozenset[str]] = {}
    for line in lines:
        if entry := _ENTRY.fullmatch(line):
            known[entry[2]] = known.get(entry[2], frozenset()) | {entry[1]}
    return known


def _manifest(known: Mapping[str, frozenset[str]]) -> bytes:
    """Return the list as text that `sha256sum --check` reads, too."""
    lines = [f"{digest}  {name}" for name in sorted(known) for digest in sorted(known[name])]
    return "\n".join([_HEADER, *lines, ""]).encode()


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

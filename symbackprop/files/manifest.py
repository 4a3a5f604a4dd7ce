"""The list of the files in a folder that are symbackprop's own: `.symbackprop`, which `sha256sum --check` reads, too.

# Files written by symbackprop, which replaces them only if they were not changed since.
0123…  derivation.md
# of 2-3-1-relu
89ab…  derivation.tex                  a file, and the network that it tells of
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from symbackprop.errors import OutputError
from symbackprop.files.reading import shown
from symbackprop.frozen import dataclass

MANIFEST = ".symbackprop"

_HEADER = "# Files written by symbackprop, which replaces them only if they were not changed since."
_OWNER = re.compile(r"# of (\S{1,200})")
_ENTRY = re.compile(r"([0-9a-f]{64})  (\S+)")
_LARGEST = 2**20


@dataclass(frozen=True, slots=True)
class Own:
    """A file of symbackprop's: the SHA-256 that it has, or may have while files are renamed, and whose it is."""

    digests: frozenset[str] = frozenset()
    owner: str = ""

    def or_also(self, digest: str) -> Own:
        """Return the same file, which may have this digest as well."""
        return replace(self, digests=self.digests | {digest})


def known_in(root: Path, *, force: bool = False) -> dict[str, Own]:
    """Return what is known to be symbackprop's own in a folder, by its path there.

    Raises OutputError for a list that is none, unless it may be replaced by `force`."""
    path = root / MANIFEST
    if not os.path.lexists(path):
        return {}
    mode = path.lstat().st_mode
    lines: list[str] = []
    if stat.S_ISREG(mode) and path.lstat().st_size <= _LARGEST:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if lines[:1] != [_HEADER]:
        if force and not stat.S_ISDIR(mode):
            return {}
        raise OutputError(f"{shown(path)} is no list of symbackprop's files; move it away")
    known: dict[str, Own] = {}
    owner = ""
    for line in lines:
        if said := _OWNER.fullmatch(line):
            owner = said[1]
        if entry := _ENTRY.fullmatch(line):
            known[entry[2]] = replace(known.get(entry[2], Own()).or_also(entry[1]), owner=owner)
    return known


def manifest(known: Mapping[str, Own]) -> bytes:
    """Return the list as text."""
    lines, owner = [_HEADER], ""
    for name in sorted(known, key=lambda name: (known[name].owner, name)):
        if known[name].owner != owner:
            owner = known[name].owner
            lines.append(f"# of {owner}")
        lines += [f"{digest}  {name}" for digest in sorted(known[name].digests)]
    return "\n".join([*lines, ""]).encode()


def of_others(folder: str | os.PathLike[str], owner: str) -> dict[str, list[str]]:
    """Return which files in a folder tell of other networks: {"2-3-1-relu": ["derivation.md"]}."""
    root, found = Path(folder), dict[str, list[str]]()
    for name, own in known_in(root).items():
        if own.owner not in ("", owner) and (root / name).is_file():
            found.setdefault(own.owner, []).append(name)
    return found

"""The output formats: one registry, fed by the modules of this folder; a format turns a document into files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.registry import Registry

__all__ = ["FORMATS", "Files", "Format"]

Files: TypeAlias = Mapping[str, str | bytes]  # relative name, with / between folders -> content


@dataclass(frozen=True, slots=True)
class Format:
    """One output format: its name, the file that is read first, and what writes all its files.

    `write` gets the derivation, for a format that shows equations one by one, and the document that tells it; what
    it returns holds `main`. It may raise SpecError where the format cannot show a text, and MissingExtraError."""

    name: str
    main: str
    write: Callable[[Derivation, Document], Files]


FORMATS: Registry[Format] = Registry("format", __name__)

"""The output formats: one registry, fed by the modules of this folder; a format turns a document into files."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import MissingExtraError
from symbackprop.exposition.document import Document
from symbackprop.exposition.options import Options
from symbackprop.frozen import dataclass
from symbackprop.registry import Registry

__all__ = ["EQUATIONS", "FORMATS", "LABELS", "Derivation", "Files", "Format", "check_installed"]

Files: TypeAlias = Mapping[str, str | bytes]  # relative name, with / between folders -> content


# what changes any document that is told with words
LABELS = frozenset({"title", "author", "date", "colours", "level", "only"})
EQUATIONS = frozenset({"only"})  # what changes files that hold an equation each


@dataclass(frozen=True, slots=True)
class Format:
    """One output format: its name, the file that is read first, and what writes all its files.

    `write` gets the derivation, for a format that shows equations one by one, the document that tells it, and the
    options that were asked for; what it returns holds `main`. It may raise SpecError where the format cannot show a
    text. `packages` are the import names of what it needs beyond a plain installation: those of the extra `export`.
    Its files are `lines` of text where they can stand below one another.
    Where it is `alone` it also writes a document that tells of no derivation as a whole, for which it gets None.
    `follows` are the labels and the options that change what it writes; `idle` returns those of them that do not where
    others are as they are."""

    name: str
    main: str
    write: Callable[[Any, Document, Options], Files]
    packages: tuple[str, ...] = ()
    follows: frozenset[str] = LABELS
    alone: bool = False
    lines: bool = False
    idle: Callable[[Options], frozenset[str]] = lambda options: frozenset()

    def followed(self, options: Options) -> frozenset[str]:
        """The labels and options that change what it writes where the others are `options`."""
        return self.follows - self.idle(options)

    def main_of(self, files: Mapping[str, object]) -> str:
        """Return the name of the file that is read first; the first one where a choice of sections left out `main`."""
        return self.main if self.main in files else next(iter(files))

    def alone_of(self, files: Mapping[str, Any]) -> Any:
        """Return what stands for all files where there is room for one: the main one, or all `lines` in their order."""
        return "".join(map(str, files.values())) if self.lines else files[self.main_of(files)]

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages that it needs and that are not installed; none of them is imported to find out."""
        return tuple(name for name in self.packages if importlib.util.find_spec(name) is None)


def check_installed(chosen: Format) -> None:
    """Raise MissingExtraError if the format needs a package that is not installed."""
    if chosen.missing:
        raise MissingExtraError(
            f"format {chosen.name!r} needs {', '.join(chosen.missing)}, not installed; "
            f"try: {MissingExtraError.advice('export')}"
        )


FORMATS: Registry[Format] = Registry("format", __name__)

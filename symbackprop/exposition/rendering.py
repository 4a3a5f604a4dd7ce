"""From a derivation, or a diagnosis, to text or bytes: tell it, then let a format write it.

render(derive(network), "latex", lang="es")  ->  the article as text
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import SpecError
from symbackprop.exposition.conventions import convention_of
from symbackprop.exposition.document import Checked, CheckRow, Document, check_rows
from symbackprop.exposition.formats import FORMATS, Files, check_installed
from symbackprop.exposition.mathtext.convention import Convention
from symbackprop.exposition.narration import Labels, laid_out, narrate, styles_of
from symbackprop.exposition.options import PLAIN, Options, options_of
from symbackprop.exposition.palette import painted

if TYPE_CHECKING:
    from symbackprop.calculus.diagnosis import Diagnosis
    from symbackprop.calculus.reverse import ProgramDerivation

Derived: TypeAlias = "Derivation | ProgramDerivation | Diagnosis"  # of layers, of any program, or what was found


@runtime_checkable
class Paper(Protocol):
    """What is told in a document of its own, and not as a derivation, such as an exercise or its key."""

    def document(self, labels: Labels) -> Document:
        """Return the document; raises as `narrate` does."""


_NO_SYMBOLS: Mapping[str, str] = MappingProxyType({})


def render(
    derivation: Derived | Paper,
    format: str,
    *,
    lang: str = "en",
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
    symbols: Mapping[str, str] = _NO_SYMBOLS,
    checks: Checked | Sequence[CheckRow] = (),
    level: str | None = None,
    only: str | Sequence[str] = (),
    convention: str | Mapping[str, Any] | Convention | None = None,
    notation: str | Sequence[str] = (),
    options: Options | Mapping[str, Any] = PLAIN,
) -> str | bytes:
    """Return the main file of a format, or all its lines: text, or bytes for a binary format.

    `level`, `only`, `convention` and `notation` are those of `narrate`; a diagnosis has none of them, but the
    convention. `checks` is what `verify` returned. `options` may be a table: {"flavour": "quarto"}.
    Raises UnknownNameError for a format that is not there, MissingExtraError where a package is not installed, and
    what `narrate` and the format raise."""
    files = render_files(
        derivation,
        format,
        lang=lang,
        title=title,
        author=author,
        date=date,
        symbols=symbols,
        checks=checks,
        level=level,
        only=only,
        convention=convention,
        notation=notation,
        options=options,
    )
    whole: str | bytes = FORMATS[format].alone_of(files)
    return whole


def render_files(
    derivation: Derived | Paper,
    format: str,
    *,
    lang: str = "en",
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
    symbols: Mapping[str, str] = _NO_SYMBOLS,
    checks: Checked | Sequence[CheckRow] = (),
    level: str | None = None,
    only: str | Sequence[str] = (),
    convention: str | Mapping[str, Any] | Convention | None = None,
    notation: str | Sequence[str] = (),
    options: Options | Mapping[str, Any] = PLAIN,
) -> Files:
    """Return all files of a format, by their relative names; raises as `render` does."""
    check_installed(FORMATS[format])
    labels: dict[str, Any] = {"lang": lang, "title": title, "author": author, "date": date, "symbols": symbols}
    options, only = options_of(options), only or ()
    labels["decimal"], checks = options.decimal, check_rows(checks)
    if not isinstance(derivation, Derivation):
        from symbackprop.calculus.diagnosis import Diagnosis
        from symbackprop.calculus.reverse import ProgramDerivation

        if isinstance(derivation, Diagnosis):
            if checks or level is not None or only or notation:
                lacking = "neither checks, nor levels, nor sections, nor notations"
                raise SpecError(f"a diagnosis has {lacking}; leave them out")
            from symbackprop.exposition.diagnosis.document import narrate_diagnosis

            document = narrate_diagnosis(derivation, Labels(**labels), convention=convention_of(convention))
            return files_of(derivation, document, format, options=options)
        if isinstance(derivation, Paper):
            return files_of(None, derivation.document(Labels(**labels)), format, options=options)
        if not isinstance(derivation, ProgramDerivation):
            raise SpecError(
                f"render wants a derivation, got {type(derivation).__name__}; try render(derive(network), ...)"
            )
    laid, styles = laid_out(derivation, styles_of(notation), convention_of(convention), only)
    chosen: dict[str, Any] = {
        "checks": checks,
        "level": level,
        "only": only,
        "convention": convention,
        "notation": styles,
    }
    return files_of(laid, narrate(laid, **labels, **chosen), format, options=options)


def files_of(derivation: Derived | None, document: Document, format: str, *, options: Options = PLAIN) -> Files:
    """Return all files of a format for a document that was told already, such as a worked example.

    Without a derivation the document stands for itself. Raises UnknownNameError, MissingExtraError, SpecError for a
    format that writes derivations alone, and what the format raises."""
    chosen = FORMATS[format]
    check_installed(chosen)
    if derivation is None and not chosen.alone:
        names = ", ".join(name for name in FORMATS if FORMATS[name].alone)
        raise SpecError(f"format {chosen.name!r} writes a derivation, not what is asked about it; try {names}")
    with painted(options.colours):
        return chosen.write(derivation, document, options)

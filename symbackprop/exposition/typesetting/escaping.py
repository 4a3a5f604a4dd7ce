r"""A user's text as literal text in LaTeX: every character shows as itself, and none is a command.

    R&D_50% \input{x}   ->   R\&D\_50\% \textbackslash{}input\{x\}

pdflatex with the Latin Modern fonts shows the Latin letters of Europe, and here Greek letters and a few signs of
mathematics besides. What it cannot show is refused by name: a blank, or a question mark, would be another text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from types import MappingProxyType

from symbackprop.errors import SpecError
from symbackprop.exposition.mathtext.style import GREEK
from symbackprop.exposition.unbroken import pieces

_SPECIAL = MappingProxyType(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        '"': r"\textquotedbl{}",
        "'": r"\textquotesingle{}",
        "`": r"\textasciigrave{}",
        "\u00a0": "~",
        "\u202f": r"\,",
        "\u00ad": "",  # a soft hyphen shows nothing but where the line breaks
    }
)
# two of them melt into one character, `--` into a dash and `<<` into a quotation mark: where another follows, or may
# follow because the text ends, the sign stands in braces
_MELTING = "-<>,"
_SIGNS = MappingProxyType(
    {
        "−": "-",
        "≤": r"\le",
        "≥": r"\ge",
        "≠": r"\ne",
        "≈": r"\approx",
        "∞": r"\infty",
        "∂": r"\partial",
        "∇": r"\nabla",
        "∑": r"\sum",
        "∈": r"\in",
        "→": r"\to",
        "←": r"\leftarrow",
        "⊙": r"\odot",
        "⋆": r"\star",
        "√": r"\surd",
        "⋮": r"\vdots",
        **{letter: "\\" + name for name, letter in GREEK.items()},
    }
)
# what the encoding T1 has beyond ASCII: Latin-1 and most of Latin Extended-A, dashes, quotation marks, the euro
_ABSENT = {0x126, 0x127, 0x138, 0x13F, 0x140, 0x149, 0x166, 0x167, 0x17F}
_FURTHER = {*"–—‘’‚“”„†‡•…‰‹›€™ȘșȚț"}


def is_shown(character: str) -> bool:
    """Tell whether a character has a place in the fonts of a LaTeX document."""
    code = ord(character)
    latin = 0x20 <= code <= 0x7E or (0xA0 <= code <= 0x17F and code not in _ABSENT)
    return latin or character in _FURTHER or character in _SIGNS or character in _SPECIAL


def escaped(text: str, what: str = "text") -> str:
    """Return `text` as LaTeX that shows exactly it; `what` is how the message calls it.

    Raises SpecError for a character that pdflatex cannot show, naming it."""
    composed = unicodedata.normalize("NFC", text)
    for place, character in enumerate(composed, start=1):
        if not is_shown(character):
            name = unicodedata.name(character, "a character without a name")
            raise SpecError(
                f"{what} {text[:40]!a}, character {place}: U+{ord(character):04X} ({name}) is in none of the fonts "
                "that LaTeX uses here; write it in Latin letters, or take html, docx, pptx or markdown"
            )
    return "".join(rf"\mbox{{{_shown(each)}}}" if whole else _shown(each) for each, whole in pieces(composed))


def _shown(text: str) -> str:
    """Return text of known characters as LaTeX."""
    return "".join(rf"\ensuremath{{{_SIGNS[c]}}}" if c in _SIGNS else _literal(c, after) for c, after in _pairs(text))


def property_text(text: str) -> str:
    """Return `text` for the properties of a PDF, where hyperref knows signs and Greek letters, but no mathematics."""
    return "".join(_literal(c, after) for c, after in _pairs(unicodedata.normalize("NFC", text)))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield each character with the one that follows it, or with nothing."""
    return ((character, text[place : place + 1]) for place, character in enumerate(text, start=1))


def _literal(character: str, after: str) -> str:
    if character in _MELTING and after in ("", character):
        return f"{{{character}}}"
    return _SPECIAL.get(character, character)

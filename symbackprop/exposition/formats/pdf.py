"""PDF without TeX: the article and the slides, set by Typst, tagged, with what is read aloud for every formula.

    article.pdf    the article; not derivation.pdf, which pdflatex makes of derivation.tex in the same folder
    talk.pdf       slides, one page a step; nothing moves from one to the next

Typst brings its fonts along and reads nothing from this computer or from the network, so that a file is the same
wherever it is made.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import FORMATS, LABELS, Files, Format
from symbackprop.exposition.options import Options
from symbackprop.exposition.typst.article import article
from symbackprop.exposition.typst.slides import slides

__all__ = ["compiled", "write"]

STANDARD: Literal["ua-1"] = (
    "ua-1"  # tagged, for readers of the screen; no letter without a font, no formula without words
)

_NO_FONT = re.compile(r"text `\"(.*)\"` could not be displayed")
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the article and the slides.

    Raises SpecError for a title, an author or a date with a character that is in none of the fonts."""
    sources = {
        "article.pdf": article(document),
        "talk.pdf": slides(document.slides, options.aspect),
    }
    return {name: compiled(source, document) for name, source in sources.items()}


def compiled(source: str, document: Document) -> bytes:
    """Return what Typst makes of a source; raises SpecError for text of the user's that it cannot show."""
    import typst

    try:
        return bytes(typst.compile(source.encode(), ignore_system_fonts=True, pdf_standards=STANDARD))
    except typst.TypstError as error:
        if refusal := _refusal(error.message, document):
            raise refusal from None
        raise


def _refusal(message: str, document: Document) -> SpecError | None:
    """Return what is wrong with a title, an author or a date, if the message is about a letter in one of them."""
    found = _NO_FONT.search(message)
    shown = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    for what in ("title", "author", "date"):
        text = getattr(document, what) or ""
        if shown and shown in text:
            place, letter = text.index(shown) + 1, shown[0]
            name = unicodedata.name(letter, "a character without a name")
            return SpecError(
                f"{what} {text[:40]!a}, character {place}: U+{ord(letter):04X} ({name}) is in none of the fonts that "
                "Typst brings along; write it in Latin letters, or take html, docx, pptx or markdown"
            )
    return None


FORMATS.add("pdf", Format("pdf", "article.pdf", write, packages=("typst",), follows=LABELS | {"aspect"}, alone=True))

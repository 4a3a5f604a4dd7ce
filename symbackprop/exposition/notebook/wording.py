"""The Markdown of notebooks: mathematics between dollar signs, which MathJax sets, colours included.

A user's text is written in character references (&#36; for $), because a notebook looks for mathematics before it
looks for anything that a backslash has made harmless.
"""

from __future__ import annotations

import re

from symbackprop.exposition.document import Document
from symbackprop.exposition.formats.markdown.flavours import Flavour, quoted
from symbackprop.exposition.formats.markdown.writer import Writer
from symbackprop.exposition.unbroken import joined

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_SIGNS_OF_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|&$~{}]")
_COMPARED = {"<": r"\lt ", ">": r"\gt "}  # as they are, a browser could take them for tags


def literal(text: str) -> str:
    """Return a user's text so that nothing in it is markup, mathematics or a link."""
    return _PUNCTUATION.sub(_reference, joined(text))


def wording(document: Document) -> Writer:
    """Return what writes the blocks of a document for a notebook."""
    return Writer(document, _NOTEBOOK)


def _words(text: str) -> str:
    """Return words of ours; they hold no markup, but may hold its signs."""
    return _SIGNS_OF_MARKDOWN.sub(_reference, joined(text))


def _reference(sign: re.Match[str]) -> str:
    return f"&#{ord(sign[0])};"


def _safe(latex: str) -> str:
    return re.sub("[<>]", lambda sign: _COMPARED[sign[0]], latex)


_NOTEBOOK = Flavour(
    lambda document: f"# {literal(document.title)}",
    ("$", "$"),
    "$${}$$".format,
    quoted,
    tag=False,
    counted=False,
    words=_words,
    latex=_safe,
)

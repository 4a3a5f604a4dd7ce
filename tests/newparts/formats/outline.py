"""The titles of the sections, one a line."""

from __future__ import annotations

from typing import Any

from symbackprop.exposition.document import Document, Heading
from symbackprop.exposition.formats import FORMATS, Files, Format
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.richtext import plain


def write(derivation: Any, document: Document, options: Options) -> Files:
    """Return the one file."""
    titles = (plain(block.text, document) for block in document.blocks if isinstance(block, Heading))
    return {"outline.txt": "\n".join(titles)}


FORMATS.add("outline", Format("outline", "outline.txt", write, alone=True))

"""A picture as a part of a page: in the letters of the page and in its colours, which are others on dark paper."""

from __future__ import annotations

from symbackprop.exposition.document import Document, Figure
from symbackprop.exposition.figures.svg import Drawing, svg
from symbackprop.exposition.palette import COLOURS


def drawn(figure: Figure, document: Document, parts: str | None = None) -> str:
    """Return a picture as an <svg> element; `parts` is what the id of every part begins with, if they need one."""
    text = svg(figure.picture, document, figure.alt, Drawing(letters="text", parts=parts))
    for role, colour in COLOURS.items():
        text = text.replace(f'"{colour}"', f'"var(--{role})"')
    return text

"""The letters of a picture: formulas and words as pieces of SVG, whose size is known before they are placed.

outlines   paths, the same in every program, and no font is needed: for files
text       <text> in the fonts of the page, light and easy to search: for a page that holds many pictures
"""

from __future__ import annotations

from html import escape

from symbackprop.exposition.document import Document, Formula, Term
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.caladea import advance, words_width
from symbackprop.exposition.mathtext.extents import Mark, marks, set_in
from symbackprop.exposition.mathtext.outlines import PEN, Drawn, outline, outlined_words
from symbackprop.frozen import dataclass

LETTERS = ("outlines", "text")
ABOVE, BELOW = 0.7, 0.22  # em of a letter of words
SIGN, FOOT = 0.9, 0.8  # of the height of a stretched sign: the size of its letters, and how far its base line is down
WIDER = 1.1  # how much wider than measured letters may be, in the font that a reader has
MATH_FONT = "STIX Two Math, Cambria Math, Latin Modern Math, Times New Roman, serif"
WORD_FONT = "system-ui, sans-serif"


def number(value: float) -> str:
    """Return a coordinate with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class Lettering:
    """Writes the letters of the pictures of one document; `kind` is one of LETTERS."""

    document: Document
    kind: str = "outlines"

    def math(self, *sides: Term, size: float) -> Drawn:
        """Return one term, or several with = between them."""
        box = formula_box(Formula(sides), self.document.style)
        return outline(box, size) if self.kind == "outlines" else _typed(box, size)

    def words(self, text: str, *, size: float) -> Drawn:
        """Return words, set upright."""
        if self.kind == "outlines":
            return outlined_words(text, size)
        wide = size * words_width(text)  # about: the font is the reader's, so the middle is what is sure
        look = f'x="{number(wide / 2)}" text-anchor="middle" font-family="{WORD_FONT}" font-size="{number(size)}"'
        return Drawn(f"<text {look}>{escape(text)}</text>", 0, -ABOVE * size, wide, BELOW * size)


def _advance(text: str, slanted: bool) -> float:  # noqa: FBT001 - as every Advance of `extents`
    return WIDER * advance(text, slanted)


def _typed(box: Box, size: float) -> Drawn:
    """Return a formula as text, everything where `extents` puts it."""
    whole = set_in(box, _advance)
    letters, shapes = "", ""
    for x, y, _, mark in marks(whole):
        if mark.kind in ("bar", "frame"):
            shapes += _rectangle(mark, (x * size, y * size), size)
        elif mark.kind == "sign":  # stretched: its base line is above where it ends
            letters += _span(mark, (x * size, (y + FOOT * mark.high) * size), SIGN * mark.high * size)
        else:
            letters += _span(mark, (x * size, y * size), mark.size * size)
    body = f'<text font-family="{MATH_FONT}">{letters}</text>{shapes}'
    return Drawn(body, 0, -whole.above * size, whole.width * size, whole.below * size)


def _span(mark: Mark, at: tuple[float, float], size: float) -> str:
    (x, y), slant = map(number, at), ' font-style="italic"' if mark.kind == "slanted" else ""
    return f'<tspan x="{x}" y="{y}" font-size="{number(size)}"{slant}>{escape(mark.text)}</tspan>'


def _rectangle(mark: Mark, at: tuple[float, float], size: float) -> str:
    (x, y), wide, high = map(number, at), number(mark.wide * size), number(mark.high * size)
    pen = f' fill="none" stroke="currentColor" stroke-width="{number(PEN * size)}"' if mark.kind == "frame" else ""
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}"{pen}/>'

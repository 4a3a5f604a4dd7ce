"""The letters of a picture: formulas and words as pieces of SVG, whose size is known before they are placed.

outlines   paths, the same in every program, and no font is needed: for files
text       <text> in the fonts of the page, light and easy to search: for a page that holds many pictures
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import combining

from symbackprop.exposition.document import Document, Formula, Term
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.boxes import Box, Cases, Fraction, Relation, Row, Scripts, bare
from symbackprop.exposition.mathtext.outlines import Drawn, outline, outlined_words
from symbackprop.exposition.mathtext.plain import in_line

__all__ = ["LETTERS", "Lettering", "number"]

LETTERS = ("outlines", "text")
LETTER, NARROW, BROAD, BROADEST = 0.53, 0.3, 0.72, 1.0  # em: about how wide a letter of a text is
SCRIPT = 0.68  # the size of scripts
RAISED, LOWERED = 0.42, 0.24  # em: how far their base lines are from that of the letter
ABOVE, BELOW = 0.7, 0.22  # em of a letter without scripts
RULE = 0.28  # em: the height of the bar of a fraction
BETWEEN = 0.28  # em: on either side of =
MATH_FONT = "STIX Two Math, Cambria Math, Latin Modern Math, Times New Roman, serif"
WORD_FONT = "system-ui, sans-serif"
_LIKE = {NARROW: "()[]|il,.′ ftj", BROAD: "wmABCDEFGHKLNOPQRSTUVXYZΔΣ+=−", BROADEST: "WM"}
_WIDTHS = {letter: wide for wide, letters in _LIKE.items() for letter in letters}


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
        wide = _wide(text, size)  # about: the font is the reader's, so the middle is what is sure
        look = f'x="{number(wide / 2)}" text-anchor="middle" font-family="{WORD_FONT}" font-size="{number(size)}"'
        return Drawn(f"<text {look}>{escape(text)}</text>", 0, -ABOVE * size, wide, BELOW * size)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters of one size at one place."""

    text: str
    x: float
    y: float
    size: float


def _typed(box: Box, size: float) -> Drawn:
    """Return a formula as text: letters with scripts, a fraction with its bar, all else in one line."""
    if isinstance(bare(box), Fraction):
        return _fraction(bare(box), size)
    pieces, end = _pieces(box, 0.0, 0.0, size)
    top = min(piece.y - ABOVE * piece.size for piece in pieces)
    bottom = max(piece.y + BELOW * piece.size for piece in pieces)
    return Drawn(_text(pieces), 0, top, end, bottom)


def _fraction(box: Box, size: float) -> Drawn:
    assert isinstance(box, Fraction)
    (over, above), (under, below) = (_pieces(part, 0.0, 0.0, size) for part in (box.top, box.bottom))
    wide = max(above, below)
    raised, lowered = -(RULE + 0.55) * size, (ABOVE + 0.2) * size
    pieces = [_Piece(p.text, p.x + (wide - above) / 2, p.y + raised, p.size) for p in over]
    pieces += [_Piece(p.text, p.x + (wide - below) / 2, p.y + lowered, p.size) for p in under]
    rule = f'<rect y="{number(-RULE * size)}" width="{number(wide)}" height="{number(0.05 * size)}"/>'
    return Drawn(_text(pieces) + rule, 0, raised - ABOVE * size, wide, lowered + 2 * BELOW * size)


def _pieces(box: Box, x: float, y: float, size: float) -> tuple[list[_Piece], float]:
    """Return the letters of a box from a place on, and where they end."""
    box = bare(box)
    if isinstance(box, Row):
        pieces: list[_Piece] = []
        for part in box.parts:
            more, x = _pieces(part, x, y, size)
            pieces += more
        return pieces, x
    if isinstance(box, Relation) and len(box.sides) == 2:
        pieces, x = _pieces(box.sides[0], x, y, size)
        more, x = _letters(box.signs[0].text, x + BETWEEN * size, y, size)
        last, x = _pieces(box.sides[1], x + BETWEEN * size, y, size)
        return [*pieces, *more, *last], x
    if isinstance(box, Scripts) and not isinstance(bare(box.base), Fraction | Cases):
        pieces, start = _pieces(box.base, x, y, size)
        if box.primes:
            more, start = _letters("′" * box.primes, start, y, size)
            pieces += more
        end = start
        for script, shift in ((box.above, -RAISED), (box.below, LOWERED)):
            if script is not None:
                more, stop = _letters(in_line(script, small=True), start, y + shift * size, SCRIPT * size)
                pieces, end = pieces + more, max(end, stop)
        return pieces, end
    return _letters(in_line(box), x, y, size)


def _letters(text: str, x: float, y: float, size: float) -> tuple[list[_Piece], float]:
    return [_Piece(text, x, y, size)], x + _wide(text, size)


def _wide(text: str, size: float) -> float:
    letters = (letter for letter in text if not combining(letter))  # an accent takes no room of its own
    return size * sum(_WIDTHS.get(letter, LETTER) for letter in letters)


def _text(pieces: Sequence[_Piece]) -> str:
    return f'<text font-family="{MATH_FONT}">{"".join(map(_span, pieces))}</text>'


def _span(piece: _Piece) -> str:
    x, y, size = map(number, (piece.x, piece.y, piece.size))
    return f'<tspan x="{x}" y="{y}" font-size="{size}"{_slant(piece.text)}>{escape(piece.text)}</tspan>'


def _slant(text: str) -> str:
    """Return what makes letters of mathematics italic; words, numbers and signs stay upright."""
    letters = [letter for letter in text if letter.isalpha()]
    words = text.isascii() and len(text) > 2 and text.isalpha()
    return ' font-style="italic"' if letters and not words else ""

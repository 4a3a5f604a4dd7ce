r"""How large an equation will be, from its boxes: width, and height above and below the line, in em.

    extent(Fraction(a, b))  ->  Extent(width=0.75, above=1.1, below=0.75)

Office sets equations in Cambria Math, which nobody may pass on. The widths are those of Caladea, a free typeface with
the metrics of Cambria (hundredths of an em); what surrounds them follows TeX's rules for displayed formulas. So a
layout is the same on every computer, whatever fonts it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, singledispatch

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Cases,
    Coloured,
    Fence,
    Fraction,
    Framed,
    Grid,
    Relation,
    Root,
    Scripts,
    Summation,
)
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.sequence import Accent, Gap, Glyphs, Sign, begins_with_sign, sequence

__all__ = ["PAD", "Extent", "extent", "words_width"]

PAD = 0.22  # the blank that stands before an equation that begins with a sign
AXIS = 0.25  # the height of the middle of a fraction
THIN = 0.17
_AROUND = {"relation": 2 * 0.28, "operation": 2 * 0.22, "comma": THIN}  # the spaces beside a sign
_SMALLER = (1.0, 1.0, 0.74, 0.62)  # the size of displays, of the text in fractions, of scripts, of scripts of scripts
TEXT, SCRIPT = 1, 2  # places in it, from which on there are no displays, and no spaces

# fmt: off
_ITALIC = dict(zip(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    (52, 50, 43, 51, 44, 35, 49, 53, 28, 28, 49, 28, 80, 53, 48, 50, 51, 38, 36, 34, 53, 45, 69, 47, 45, 43,
     60, 58, 54, 64, 56, 56, 56, 70, 36, 34, 62, 50, 88, 69, 60, 56, 62, 60, 46, 58, 66, 62, 90, 60, 58, 54),
    strict=True,
))
_UPRIGHT = dict(zip(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()[]{}|=+−<>,.;:",
    (47, 52, 42, 52, 44, 31, 46, 55, 28, 26, 52, 27, 81, 56, 48, 52, 50, 40, 39, 32, 55, 47, 72, 48, 48, 43,
     60, 58, 52, 62, 54, 51, 54, 70, 34, 30, 63, 50, 89, 69, 60, 53, 60, 61, 45, 56, 69, 60, 89, 57, 56, 51,
     *[55] * 10, 38, 38, 35, 35, 39, 39, 32, 60, 60, 60, 60, 60, 21, 21, 26, 26),
    strict=True,
))
# fmt: on
_OTHER_LETTERS = {" ": 22, "-": 33, "’": 22, "⁽": 25, "⁾": 25}
_ELSE = 0.56  # Greek letters and whatever else
_WIDE = {"→": 0.95, "←": 0.95, "⊙": 0.75, "∑": 1.15, "∏": 1.1, "∂": 0.55, "∇": 0.68, "𝟏": 0.6}


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of what is set, in em of the equation: its width, and its height above and below the line."""

    width: float = 0.0
    above: float = 0.0
    below: float = 0.0

    @property
    def height(self) -> float:
        """The whole height."""
        return self.above + self.below


def words_width(words: str) -> float:
    """Return how wide words are in one line, in em."""
    return sum(_UPRIGHT.get(letter, _OTHER_LETTERS.get(letter, 100 * _ELSE)) for letter in words) / 100


@lru_cache(8192)
def extent(box: Box) -> Extent:
    """Return the size of an equation, the blank before a sign that begins it included."""
    size = _row(box, 0)
    return Extent(size.width + PAD, size.above, size.below) if begins_with_sign(sequence(box)) else size


def _row(box: Box, level: int) -> Extent:
    """Return the size of what stands side by side."""
    return _joined(_one(part, level) for part in sequence(box))


def _joined(parts: Iterable[Extent]) -> Extent:
    sizes = list(parts)
    above, below = (max((getattr(size, name) for size in sizes), default=0.0) for name in ("above", "below"))
    return Extent(sum(size.width for size in sizes), above, below)


def _padded(inside: Extent, width: float, above: float, below: float) -> Extent:
    return Extent(inside.width + width, inside.above + above, inside.below + below)


@singledispatch
def _one(box: Box, level: int) -> Extent:
    """Return the size of one thing that stands in a row."""
    raise TypeError(f"no size for the box {type(box).__name__}")


@_one.register
def _glyphs(box: Glyphs, level: int) -> Extent:
    return _letters(box.text, _ITALIC if box.look == "italic" else _UPRIGHT, level)


def _letters(text: str, table: Mapping[str, int], level: int) -> Extent:
    size = _SMALLER[level]
    width = sum(_WIDE.get(letter) or table.get(letter, 100 * _ELSE) / 100 for letter in text)
    return Extent(width * size, 0.72 * size, 0.22 * size)


@_one.register
def _sign(box: Sign, level: int) -> Extent:
    """A sign has spaces beside it, but in scripts."""
    return _padded(_letters(box.text, _UPRIGHT, level), 0.0 if level >= SCRIPT else _AROUND.get(box.kind, 0.0), 0, 0)


@_one.register
def _gap(box: Gap, level: int) -> Extent:
    return Extent(box.em * _SMALLER[level])


@_one.register
def _accent(box: Accent, level: int) -> Extent:
    return _padded(_row(box.base, level), 0, 0.2, 0)


@_one.register
def _fraction(box: Fraction, level: int) -> Extent:
    top, bottom = (_row(part, min(level + 1, 3)) for part in (box.top, box.bottom))
    width, above = max(top.width, bottom.width) + 0.2, AXIS + 0.14 + top.height
    return Extent(width, above, max(bottom.height + 0.14 - AXIS, bottom.below))


@_one.register
def _scripts(box: Scripts, level: int) -> Extent:
    base, small = _row(box.base, level), min(max(level, TEXT) + 1, 3)
    primes = [_letters("′" * box.primes, _UPRIGHT, small)] if box.primes else []
    over = [*primes, *([] if box.above is None else [_row(box.above, small)])]
    under = [] if box.below is None else [_row(box.below, small)]
    above = max(base.above, base.above - 0.36 + _joined(over).height) if over else base.above
    below = max(base.below, base.below - 0.05 + 0.55 * under[0].height) if under else base.below
    return Extent(base.width + max(_joined(part).width for part in (over, under)) + 0.06, above, below)


@_one.register
def _summation(box: Summation, level: int) -> Extent:
    """Σ with its limits above and below it, or at its side in fractions and scripts, and what is summed."""
    under, over = _row(Relation((box.index, box.first), (EQUALS,)), SCRIPT), _row(box.last, SCRIPT)
    width = max(under.width, over.width)
    if level:
        sign = _padded(_letters("∑", _UPRIGHT, level), width + 0.06, over.height - 0.36, 0.55 * under.height - 0.05)
    else:
        sign = Extent(max(1.3, width) + THIN, 1.0 + 0.85 * over.height, 0.5 + 0.85 * under.height)
    return _joined((sign, _row(box.body, level)))


@_one.register
def _root(box: Root, level: int) -> Extent:
    return _padded(_row(box.inside, level), 0.75 * _SMALLER[level], 0.15, 0.05)


@_one.register
def _fence(box: Fence, level: int) -> Extent:
    ends = _letters(box.left + box.right, _UPRIGHT, level)
    return _padded(_joined((ends, _row(box.inside, level))), 0, 0.05, 0.05)


@_one.register
def _framed(box: Framed, level: int) -> Extent:
    return _padded(_row(box.inside, level), 0.3 + 2 * THIN, 0.15, 0.15)


@_one.register
def _coloured(box: Coloured, level: int) -> Extent:
    return _row(box.inside, level)


@_one.register
def _cases(box: Cases, level: int) -> Extent:
    return _padded(_table(box.rows, level), _UPRIGHT["{"] / 100, 0.05, 0.05)


@_one.register
def _grid(box: Grid, level: int) -> Extent:
    return _table(box.rows, level)


def _table(entries: tuple[tuple[Box, ...], ...], level: int) -> Extent:
    rows = [[_row(cell, max(level, TEXT)) for cell in row] for row in entries]
    width = sum(max(row[n].width for row in rows) for n in range(len(rows[0]))) + 1.0 * (len(rows[0]) - 1)
    height = sum(max(0.85, *(cell.height for cell in row)) for row in rows) + 0.35 * (len(rows) - 1)
    return Extent(width, height / 2 + AXIS, height / 2 - AXIS)

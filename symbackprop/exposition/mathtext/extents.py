r"""How large an equation will be, from its boxes: width, and height above and below the line, in em.

    extent(Fraction(a, b))  ->  Extent(width=0.75, above=1.1, below=0.75)

Office sets equations in Cambria Math, which nobody may pass on. The widths are those of Caladea, a free typeface with
the metrics of Cambria; what surrounds them follows TeX's rules for displayed formulas. So a
layout is the same on every computer, whatever fonts it has. Where another typeface gives the widths of its letters, the
same rules say where each of them stands: `Extent.inside`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import lru_cache
from typing import Any, Literal, TypeAlias

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
    rule_for,
)
from symbackprop.exposition.mathtext.caladea import advance
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.sequence import OVER, Accent, Gap, Glyphs, Sign, begins_with_sign, sequence
from symbackprop.frozen import dataclass

PAD = 0.22  # the blank that stands before an equation that begins with a sign
AXIS = 0.25  # the height of the middle of a fraction
THIN = 0.17
_AROUND = {"relation": 2 * 0.28, "operation": 2 * 0.22, "comma": THIN}  # the spaces beside a sign
_SMALLER = (1.0, 1.0, 0.74, 0.62)  # the size of displays, of the text in fractions, of scripts, of scripts of scripts
RULE = 0.05  # how thick the bar of a fraction is
TEXT, SCRIPT = 1, 2  # places in it, from which on there are no displays, and no spaces


Advance: TypeAlias = Callable[[str, bool], float]  # how wide letters are in em, those of mathematics slanted or not


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn: letters, a sign or a bar stretched over an area, a frame; or the colour of all that follows."""

    kind: Literal["letters", "slanted", "sign", "bar", "frame", "colour"]
    text: str = ""
    size: float = 1.0
    wide: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of what is set, in em of the equation: its width, and its height above and below the line.

    `inside` holds what it is made of, each part with how far it is from the beginning, to the right and down."""

    width: float = 0.0
    above: float = 0.0
    below: float = 0.0
    inside: tuple[tuple[float, float, Extent | Mark], ...] = field(default=(), compare=False, repr=False)

    @property
    def height(self) -> float:
        """The whole height."""
        return self.above + self.below


@lru_cache(8192)
def extent(box: Box) -> Extent:
    """Return the size of an equation, the blank before a sign that begins it included."""
    size = set_in(box, advance)
    return Extent(size.width + PAD, size.above, size.below) if begins_with_sign(sequence(box)) else size


def set_in(box: Box, advance: Advance) -> Extent:
    """Return an equation set in the letters of a typeface."""
    return _Setter(advance).row(box, 0)


def marks(whole: Extent, x: float = 0.0, y: float = 0.0, role: str = "") -> Iterator[tuple[float, float, str, Mark]]:
    """Yield everything that is drawn, where it is, and the role that it plays or its colour."""
    for right, down, part in whole.inside:
        if isinstance(part, Extent):
            yield from marks(part, x + right, y + down, role)
        elif part.kind == "colour":
            role = part.text
        else:
            yield x + right, y + down, role, part


def _joined(parts: Iterable[Extent]) -> Extent:
    """Return what stands side by side on one line."""
    at, above, below = 0.0, 0.0, 0.0
    inside: list[tuple[float, float, Extent | Mark]] = []
    for part in parts:
        inside.append((at, 0.0, part))
        at, above, below = at + part.width, max(above, part.above), max(below, part.below)
    return Extent(at, above, below, tuple(inside))


def _marked(width: float, above: float, below: float, *inside: tuple[float, float, Extent | Mark]) -> Extent:
    return Extent(width, above, below, inside)


def _stretched(sign: str, size: Extent, wide: float) -> Extent:
    """Return a sign as high as what stands beside it."""
    mark = Mark("sign", sign, wide=wide, high=size.height + 0.1)
    return _marked(wide, size.above + 0.05, size.below + 0.05, (0.0, -size.above - 0.05, mark)) if sign else Extent()


@dataclass(frozen=True, slots=True)
class _Setter:
    """Sets boxes; the `level` of a box says how large it is, 0 for displays."""

    advance: Advance

    def row(self, box: Box, level: int) -> Extent:
        """Return what stands side by side."""
        return _joined(_one(part, level, self) for part in sequence(box))

    def letters(self, text: str, level: int, *, slanted: bool = False) -> Extent:
        """Return letters of one look."""
        size = _SMALLER[level]
        mark = Mark("slanted" if slanted else "letters", text, size)
        return _marked(self.advance(text, slanted) * size, 0.72 * size, 0.22 * size, (0.0, 0.0, mark))


def _one(box: Box, level: int, to: _Setter) -> Extent:
    """Return the size of one thing that stands in a row."""
    return rule_for(box, _SIZES, "size")(box, level, to)


def _sign(box: Sign, level: int, to: _Setter) -> Extent:
    """A sign has spaces beside it, but in scripts."""
    sign = to.letters(box.text, level)
    around = 0.0 if level >= SCRIPT else _AROUND.get(box.kind, 0.0)
    before = 0.0 if box.kind == "comma" else around / 2
    return _marked(sign.width + around, sign.above, sign.below, (before, 0.0, sign))


def _accent(box: Accent, level: int, to: _Setter) -> Extent:
    base = to.row(box.base, level)
    sign = to.letters(OVER[box.name], level)
    at = (base.width - sign.width) / 2 + 0.06
    return _marked(base.width, base.above + 0.2, base.below, (0.0, 0.0, base), (at, -0.05, sign))


def _fraction(box: Fraction, level: int, to: _Setter) -> Extent:
    top, bottom = (to.row(part, min(level + 1, 3)) for part in (box.top, box.bottom))
    width, above = max(top.width, bottom.width) + 0.2, AXIS + 0.14 + top.height
    return _marked(
        width,
        above,
        max(bottom.height + 0.14 - AXIS, bottom.below),
        ((width - top.width) / 2, -(AXIS + 0.14 + top.below), top),
        (0.08, -AXIS - RULE / 2, Mark("bar", wide=width - 0.16, high=RULE)),
        ((width - bottom.width) / 2, 0.14 - AXIS + bottom.above, bottom),
    )


def _scripts(box: Scripts, level: int, to: _Setter) -> Extent:
    base, small = to.row(box.base, level), min(max(level, TEXT) + 1, 3)
    primes = to.letters("′" * box.primes, level) if box.primes else Extent()
    over = Extent() if box.above is None else to.row(box.above, small)
    under = Extent() if box.below is None else to.row(box.below, small)
    up, down = base.above - 0.36 + over.below, base.below + (0.05 if over.inside else -0.02)
    tucked = 0.1 if _begins_with_j(box.below) else 0.0  # its tail goes below the letter before it
    return _marked(
        base.width + max(primes.width + over.width, under.width) + 0.06,
        max(base.above, base.above - 0.36 + over.height) if over.inside else base.above,
        max(base.below, base.below - 0.05 + 0.55 * under.height) if under.inside else base.below,
        (0.0, 0.0, base),
        (base.width + 0.02, 0.0, primes),
        (base.width + primes.width + 0.03, -up, over),
        (base.width + 0.01 - tucked, down, under),
    )


def _begins_with_j(box: Box | None) -> bool:
    return box is not None and isinstance(first := sequence(box)[0], Glyphs) and first.text == "j"


def _summation(box: Summation, level: int, to: _Setter) -> Extent:
    """Σ with its limits above and below it, or at its side in fractions and scripts, and what is summed."""
    under, over = to.row(Relation((box.index, box.first), (EQUALS,)), SCRIPT), to.row(box.last, SCRIPT)
    if level:
        sign = to.letters("∑", level)
        above, below = sign.above + over.height - 0.36, sign.below + 0.55 * under.height - 0.05
        at = sign.width + 0.03
        whole = _marked(
            at + max(under.width, over.width) + 0.03,
            above,
            below,
            (0.0, 0.0, sign),
            (at, over.above - above, over),
            (at, below - under.below, under),
        )
    else:
        wide = max(1.3, under.width, over.width)
        middle = wide / 2 + 0.1
        whole = _marked(
            wide + THIN,
            1.0 + 0.85 * over.height,
            0.5 + 0.85 * under.height,
            (middle - 0.55, -0.92, Mark("sign", "∑", wide=1.1, high=1.3)),
            (middle - over.width / 2, -1.0 - over.below, over),
            (middle - under.width / 2, 0.4 + under.above, under),
        )
    return _joined((whole, to.row(box.body, level)))


def _root(box: Root, level: int, to: _Setter) -> Extent:
    inside, wide = to.row(box.inside, level), 0.75 * _SMALLER[level]
    top = inside.above + 0.12
    sign = Mark("sign", "√", wide=wide, high=top + inside.below + 0.05)
    bar = Mark("bar", wide=inside.width + 0.03, high=RULE)
    parts = (0.0, -top, sign), (wide - 0.03, -top, bar), (wide, 0.0, inside)
    return _marked(inside.width + wide, inside.above + 0.15, inside.below + 0.05, *parts)


def _fence(box: Fence, level: int, to: _Setter) -> Extent:
    inside = to.row(box.inside, level)
    ends = (_stretched(sign, inside, to.advance(sign, False) * _SMALLER[level]) for sign in (box.left, box.right))
    left, right = ends
    return _joined((left, inside, right))


def _framed(box: Framed, level: int, to: _Setter) -> Extent:
    inside = to.row(box.inside, level)
    width, above, below = inside.width + 0.3 + 2 * THIN, inside.above + 0.15, inside.below + 0.15
    frame = Mark("frame", wide=width, high=above + below)
    return _marked(width, above, below, (0.0, -above, frame), (0.15 + THIN, 0.0, inside))


def _coloured(box: Coloured, level: int, to: _Setter) -> Extent:
    inside = to.row(box.inside, level)
    return replace(inside, inside=((0.0, 0.0, Mark("colour", box.colour)), *inside.inside))


def _cases(box: Cases, level: int, to: _Setter) -> Extent:
    table = _table(box.rows, level, to, left=True)
    return _joined((_stretched("{", table, to.advance("{", False)), Extent(THIN), table))


def _table(entries: tuple[tuple[Box, ...], ...], level: int, to: _Setter, *, left: bool) -> Extent:
    """Return cells in columns, the middle of all rows at the height of the middle of a fraction."""
    rows = [[to.row(cell, max(level, TEXT)) for cell in row] for row in entries]
    widths = [max(row[n].width for row in rows) for n in range(len(rows[0]))]
    heights = [max(0.85, *(cell.height for cell in row)) for row in rows]
    height = sum(heights) + 0.35 * (len(rows) - 1)
    inside: list[tuple[float, float, Extent | Mark]] = []
    top = -height / 2 - AXIS
    for row, high in zip(rows, heights, strict=True):
        line, at = top + max(cell.above for cell in row), 0.0
        for cell, wide in zip(row, widths, strict=True):
            inside.append((at if left else at + (wide - cell.width) / 2, line, cell))
            at += wide + 1.0
        top += high + 0.35
    return Extent(sum(widths) + 1.0 * (len(widths) - 1), height / 2 + AXIS, height / 2 - AXIS, tuple(inside))


_SIZES: Mapping[type, Callable[[Any, int, _Setter], Extent]] = {
    Glyphs: lambda box, level, to: to.letters(box.text, level, slanted=box.look == "italic"),
    Sign: _sign,
    Gap: lambda box, level, to: Extent(box.em * _SMALLER[level]),
    Accent: _accent,
    Fraction: _fraction,
    Scripts: _scripts,
    Summation: _summation,
    Root: _root,
    Fence: _fence,
    Framed: _framed,
    Coloured: _coloured,
    Cases: _cases,
    Grid: lambda box, level, to: _table(box.rows, level, to, left=box.left),
}

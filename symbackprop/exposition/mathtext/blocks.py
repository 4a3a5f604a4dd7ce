"""Boxes -> a block of lines: fractions over a bar, the ends of a sum above and below Σ, tall parentheses.

     ∂C        ∂C     ∂a⁽ᴸ⁾ⱼ   ∂z⁽ᴸ⁾ⱼ
   ─────── = ────── · ────── · ───────
   ∂w⁽ᴸ⁾ⱼₖ   ∂a⁽ᴸ⁾ⱼ   ∂z⁽ᴸ⁾ⱼ   ∂w⁽ᴸ⁾ⱼₖ

A block knows its base line; blocks side by side stand on one base line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from types import MappingProxyType

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Coloured,
    Differential,
    Fence,
    Fraction,
    Framed,
    Grid,
    Leaf,
    Product,
    Relation,
    Root,
    Row,
    Scripts,
    Summation,
    Terms,
)
from symbackprop.exposition.mathtext.plain import MINUS, in_line, joint, raised, vulgar

__all__ = ["Block", "beside", "block", "width"]

# top, middle and bottom of a tall fence
_TALL = MappingProxyType(
    {
        **{"(": tuple("⎛⎜⎝"), ")": tuple("⎞⎟⎠"), "[": tuple("⎡⎢⎣"), "]": tuple("⎤⎥⎦"), "|": tuple("│││")},
        **{"⌈": tuple("⎡⎢⎢"), "⌉": tuple("⎤⎥⎥"), "⌊": tuple("⎢⎢⎣"), "⌋": tuple("⎥⎥⎦")},
    }
)
BRACE_TOP, BRACE_BAR, BRACE_MIDDLE, BRACE_BOTTOM = tuple("⎧⎪⎨⎩")


def width(text: str) -> int:
    """Return how many columns a text takes; an accent over a letter takes none."""
    return sum(not unicodedata.combining(character) for character in text)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of equal width, and which of them is the base line."""

    lines: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        """How many columns the block takes."""
        return width(self.lines[0])

    @property
    def below(self) -> int:
        """How many lines are below the base line."""
        return len(self.lines) - self.base - 1


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _centred(text: str, columns: int) -> str:
    left = (columns - width(text)) // 2
    return _padded(" " * left + text, columns)


def beside(blocks: Sequence[Block]) -> Block:
    """Return the blocks side by side on one base line."""
    above, below = max(block.base for block in blocks), max(block.below for block in blocks)
    lines = [""] * (above + below + 1)
    for each in blocks:
        top = above - each.base
        for place in range(len(lines)):
            inside = top <= place < top + len(each.lines)
            lines[place] += each.lines[place - top] if inside else " " * each.width
    return Block(tuple(lines), above)


def _stacked(parts: Sequence[str], base: int) -> Block:
    columns = max(map(width, parts))
    return Block(tuple(_centred(part, columns) for part in parts), base)


def _text(text: str) -> Block:
    return Block((text,))


@singledispatch
def block(box: Box) -> Block:
    """Return a box as a block of lines; what has no height of its own is one line."""
    return _text(in_line(box))


@block.register
def _fraction(box: Fraction) -> Block:
    if sign := vulgar(box):
        return _text(sign)
    top, bottom = block(box.top), block(box.bottom)
    columns = max(top.width, bottom.width)
    lines = (*top.lines, "─" * columns, *bottom.lines)
    return Block(tuple(_centred(line, columns) for line in lines), len(top.lines))


@block.register
def _row(box: Row) -> Block:
    return beside([block(part) for part in box.parts])


@block.register
def _product(box: Product) -> Block:
    parts = [block(box.factors[0])]
    for left, right in zip(box.factors, box.factors[1:], strict=False):
        parts += [_text(joint(left, right, box.sign)), block(right)]
    return beside(parts)


@block.register
def _terms(box: Terms) -> Block:
    parts = []
    for place, (sign, term) in enumerate(box.terms):
        shown = MINUS if sign == "-" else sign
        parts.append(_text(f" {shown} " if place else shown if sign == "-" else ""))
        parts.append(block(term))
    return beside(parts)


@block.register
def _relation(box: Relation) -> Block:
    parts = [block(box.sides[0])]
    for sign, side in zip(box.signs, box.sides[1:], strict=True):
        parts += [_text(f"{sign.text} " if sign.text == "," else f" {sign.text} "), block(side)]
    return beside(parts)


@block.register
def _fence(box: Fence) -> Block:
    inside = block(box.inside)
    return beside([_fence_of(box.left, inside), inside, _fence_of(box.right, inside)])


def _fence_of(sign: str, inside: Block) -> Block:
    """Return a fence as high as what is inside."""
    height = len(inside.lines)
    if height == 1:
        return _text(sign)
    top, middle, bottom = _TALL[sign]
    return Block((top, *(middle,) * (height - 2), bottom), inside.base)


@block.register
def _summation(box: Summation) -> Block:
    index, first, last = (in_line(part, small=True) for part in (box.index, box.first, box.last))
    return beside([_stacked((last, "Σ", f"{index}={first}"), 1), _text(" "), block(box.body)])


@block.register
def _differential(box: Differential) -> Block:
    by = Fraction(Leaf("", "∂"), Row((Leaf("", "∂"), box.by)))
    return beside([block(by), _text(" "), block(box.of)])


@block.register
def _call(box: Call) -> Block:
    blank = "" if isinstance(box.argument, Fence) else " "
    return beside([_text(in_line(box.function) + blank), block(box.argument)])


@block.register
def _scripts(box: Scripts) -> Block:
    """An exponent beside the top line of a high base; all else in one line."""
    base = block(box.base)
    if len(base.lines) == 1 or box.above is None:
        return _text(in_line(box))
    exponent = raised(in_line(box.above, small=True))
    top, *rest = base.lines
    lines = (top + exponent, *(line + " " * width(exponent) for line in rest))
    return Block(lines, base.base)


@block.register
def _root(box: Root) -> Block:
    inside = block(box.inside)
    if len(inside.lines) == 1:
        return _text(in_line(box))
    return beside([_text("√"), _fence_of("(", inside), inside, _fence_of(")", inside)])


@block.register
def _cases(box: Cases) -> Block:
    values, conditions = ([block(row[column]) for row in box.rows] for column in (0, 1))
    widest = max(value.width for value in values)
    lines: list[str] = []
    for value, condition in zip(values, conditions, strict=True):
        gap = Block((" " * (widest - value.width + 2),))
        lines += beside([value, gap, condition]).lines
        lines += [""] if value is values[0] and len(values) == 2 else []  # room for the middle of the brace
    columns = max(map(width, lines))
    middle = len(lines) // 2
    brace = [BRACE_BAR] * len(lines)
    brace[0], brace[-1] = BRACE_TOP, BRACE_BOTTOM
    if len(lines) > 2:
        brace[middle] = BRACE_MIDDLE
    return Block(tuple(f"{sign} {_padded(line, columns)}" for sign, line in zip(brace, lines, strict=True)), middle)


@block.register
def _grid(box: Grid) -> Block:
    """Entries in columns; a row is as high as its highest entry."""
    rows = [[block(entry) for entry in row] for row in box.rows]
    widths = [max(entry.width for entry in column) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        cells = [
            Block((" " * (wide - entry.width + 2 * bool(place)),))
            for place, (entry, wide) in enumerate(zip(row, widths, strict=True))
        ]
        lines += beside([part for pair in zip(cells, row, strict=True) for part in pair]).lines
    return Block(tuple(lines), (len(lines) - 1) // 2)


@block.register
def _coloured(box: Coloured) -> Block:
    return block(box.inside)


@block.register
def _framed(box: Framed) -> Block:
    return beside([_text("⟦"), block(box.inside), _text("⟧")])

"""The picture of a network of layers: a box for each layer with what it is, row after row like the lines of a text.

    x ──► convolution ──► max pooling ──┐
    ┌───────────────────────────────────┘
    └──► dense ──► C

Lengths are in centimetres, y upwards. What goes past the layers inside a layer runs above them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from symbackprop.exposition.figures.arrayboxes import ArrayBox, Point
from symbackprop.exposition.figures.graph import Arrow, GraphPicture
from symbackprop.frozen import dataclass

LONGEST_ROW = 15.5  # of boxes and arrows, in one line of a page
APART, BETWEEN = 0.75, 0.85  # from box to box in a row, and from row to row
LANE, OUT = 0.35, 0.3  # how far a lane is from boxes, and how far it leads out of one
LONGEST_LINE = 19  # letters of a line of words in a box
_WORDS = re.compile(r"\d+(?: × \d+)+\S*|\S+(?: ·)?")  # a shape stays together


@dataclass(frozen=True, slots=True)
class LayerBox:
    """What stands in the box of a layer, and from which boxes arrows lead to it; itself where it has a state."""

    box: ArrayBox
    reads: tuple[int, ...]


def lines_of_words(words: str) -> tuple[str, ...]:
    """Return words as lines that are not longer than those of a box."""
    lines: list[str] = []
    for word in (found.group() for found in _WORDS.finditer(words)):
        if lines and len(lines[-1]) + 1 + len(word) <= LONGEST_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def layer_chain(given: Sequence[LayerBox]) -> GraphPicture:
    """Return the boxes in their places, in rows, with their arrows."""
    boxes, row_of = _placed([each.box for each in given], [len(each.reads) > 1 for each in given])
    arrows = []
    for end, each in enumerate(given):
        for start in each.reads:
            path = _path(boxes, (start, end), (row_of[start], row_of[end]), direct=start == end - 1)
            arrows.append(Arrow(start, end, looks_back=start == end, path=path))
    return GraphPicture(tuple(boxes), tuple(arrows))


def _placed(boxes: Sequence[ArrayBox], joins: Sequence[bool]) -> tuple[list[ArrayBox], list[int]]:
    """Return the boxes in rows, and the row of each."""
    rows: list[list[ArrayBox]] = [[]]
    row_of: list[int] = []
    x = 0.0
    for box in boxes:
        if rows[-1] and x + box.width > LONGEST_ROW:
            rows.append([])
            x = 0.0
        rows[-1].append(replace(box, x=x + box.width / 2))
        row_of.append(len(rows) - 1)
        x += box.width + APART
    lane = LANE * any(joins)
    done: list[ArrayBox] = []
    top = 0.0
    for row in rows:
        high = max(box.height for box in row)
        done += [replace(box, y=top - high / 2) for box in row]
        top -= high + BETWEEN + lane
    return done, row_of


def _path(
    boxes: Sequence[ArrayBox], ends: tuple[int, int], rows: tuple[int, int], *, direct: bool
) -> tuple[Point, ...]:
    """Return the way of an arrow: straight to the next box, over the boxes between, or around to the next row.

    None leads through a box."""
    start, end = (boxes[place] for place in ends)
    (x0, y0), (x1, y1) = start.right, end.left
    if ends[0] == ends[1]:  # from one step of time to the next
        low, y0 = y0 - start.height / 2 - LANE, y0 - LANE / 2
        return ((x0, y0), (x0 + OUT, y0), (x0 + OUT, low), (x1 - OUT, low), (x1 - OUT, y0), (x1, y0))
    if rows[0] == rows[1] and direct:
        return ((x0, y0), (x1, y1))
    passed = boxes if rows[0] != rows[1] else boxes[ends[0] : ends[1] + 1]
    own = [box for box in passed if box.y == end.y]
    level = max(box.y + box.height / 2 for box in own) + (LANE if rows[0] == rows[1] else BETWEEN / 2)
    if rows[1] - rows[0] > 1:  # past whole rows: below its own one, and down beside the others
        low, beside = min(box.y - box.height / 2 for box in boxes if box.y == start.y) - LANE, -OUT - LANE
        level += LANE
        way: tuple[Point, ...] = ((x0 + OUT, low), (beside, low), (beside, level))
    else:
        way = ((x0 + OUT, level),)
    return ((x0, y0), (x0 + OUT, y0), *way, (x1 - OUT, level), (x1 - OUT, y1), (x1, y1))

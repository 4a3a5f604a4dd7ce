"""A whole document on one slide: its first part at the left, the next one at the right, the last one below both.

[equations, passes, letters]  ->  | equations | passes |
                                  | letters            |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from symbackprop.exposition.document import Document, Prose, Steps, Table
from symbackprop.exposition.slides.equations import Room, step_lines
from symbackprop.exposition.slides.equationtables import equation_rows
from symbackprop.exposition.slides.lines import line_strips
from symbackprop.exposition.slides.measures import LOOKS, text_height
from symbackprop.exposition.slides.outline import Topic, topics
from symbackprop.exposition.slides.pages import Area, Page, Placed, PlacedText, Sheet, Strip, moved
from symbackprop.exposition.slides.richtext import Run, plain, runs

__all__ = ["poster"]

LEFT, BETWEEN = 0.58, 26.0  # of the width, and points between the columns
HEADING, CLOSE, APART = 22.0, 4.0, 10.0  # points: a heading, between lines, and between parts
SMALLEST = 5.0  # points, of an equation
BELOW = 20.0  # points below the area of other slides, where this one has room, too


def poster(document: Document, sheet: Sheet) -> Page:
    """Return the slide, its title that of the document."""
    first, second, last = topics(document)
    body = replace(sheet.body, height=sheet.body.height + BELOW)
    high = sum(_height(block, document, body) for block in last.blocks if isinstance(block, Prose))
    top = body.bottom - HEADING - high - CLOSE * len(last.blocks)
    room = top - body.top - APART
    left = Area(body.left, body.top, LEFT * body.width - BETWEEN / 2, room)
    right = Area(left.right + BETWEEN, body.top, body.right - left.right - BETWEEN, room)
    below = replace(body, top=top, height=body.bottom - top)
    areas = ((first, left), (second, right), (last, below))
    placed = [each for part, area in areas for each in _part(part, document, area)]
    return Page((), (Run(document.title),), tuple(placed))


def _part(part: Topic, document: Document, area: Area) -> Iterator[Placed]:
    """Yield what stands under a heading, in an area of its own."""
    yield PlacedText(replace(area, height=HEADING), runs(part.title, document), "header")
    y = area.top + HEADING
    for strip in _strips(part, document, replace(area, top=y, height=area.height - HEADING)):
        yield from (moved(each, y, 0) for each in strip.again or strip.parts)
        y += max(strip.first, strip.height) + CLOSE


def _strips(part: Topic, document: Document, area: Area) -> Iterable[Strip]:
    for block in part.blocks:
        match block:
            case Table():
                yield from equation_rows(block, document, area, area.height, smallest=SMALLEST)
            case Steps():
                room = Room(area.width, area.height, 0.0, CLOSE, SMALLEST)
                yield from line_strips(step_lines(block, document, room), document, area)
            case Prose(text):
                high = _height(block, document, area)
                words = PlacedText(Area(area.left, 0, area.width, high), runs(text, document), "small")
                yield Strip(high, (words,))


def _height(block: Prose, document: Document, area: Area) -> float:
    return text_height(len(plain(block.text, document)), area.width, LOOKS["small"].size)

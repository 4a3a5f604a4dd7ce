"""A whole document on one slide: its first part at the left, the next one at the right, the last one below both.

[equations, passes, letters]  ->  | equations | passes |
                                  | letters            |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from symbackprop.exposition.document import Document, Prose, Steps, Table
from symbackprop.exposition.paging.richtext import Run, plain, runs
from symbackprop.exposition.paging.topics import Topic, topics
from symbackprop.exposition.placing.equations import Room, largest_size, line_bands, step_lines
from symbackprop.exposition.placing.equationtables import equation_rows
from symbackprop.exposition.placing.looks import LOOKS, text_height
from symbackprop.exposition.placing.pages import Area, Band, Page, Placed, PlacedEquation, PlacedText, moved

SHARES, BETWEEN = (0.58, 0.46, 0.36), 26.0  # of the width for the first part, and points between the columns
HEADING, CLOSE, APART = 22.0, 4.0, 10.0  # points: a heading, between lines, and between parts
SMALLEST = 5.0  # points, of an equation
BELOW = 20.0  # points below the area of other slides, where this one has room, too


def poster(document: Document, area: Area) -> Page:
    """Return the slide, its title that of the document."""
    first, second, last = topics(document)
    body = replace(area, height=area.height + BELOW)
    high = sum(_height(block, document, body) for block in last.blocks if isinstance(block, Prose))
    top = body.bottom - HEADING - high - CLOSE * len(last.blocks)
    room = top - body.top - APART
    below = replace(body, top=top, height=body.bottom - top)
    ways = [_beside((first, second), document, replace(body, height=room), share) for share in SHARES]
    above = max(ways, key=lambda placed: min(part.size for part in placed if isinstance(part, PlacedEquation)))
    return Page((), (Run(document.title),), (*above, *_part(last, document, below)))


def _beside(parts: tuple[Topic, Topic], document: Document, area: Area, share: float) -> tuple[Placed, ...]:
    """Return two parts beside one another, the first with its share of the width."""
    left = replace(area, width=share * area.width - BETWEEN / 2)
    right = Area(left.right + BETWEEN, area.top, area.right - left.right - BETWEEN, area.height)
    return (*_part(parts[0], document, left), *_part(parts[1], document, right))


def _part(part: Topic, document: Document, area: Area) -> Iterator[Placed]:
    """Yield what stands under a heading, in an area of its own."""
    yield PlacedText(replace(area, height=HEADING), runs(part.title, document), "header")
    y, below = area.top + HEADING, replace(area, top=area.top + HEADING, height=area.height - HEADING)

    def high(size: float) -> float:
        bands = list(_bands(part, document, below, size))
        return sum(band.height for band in bands) + CLOSE * (len(bands) - 1)

    for band in _bands(part, document, below, largest_size(high, below.height, SMALLEST) or SMALLEST):
        yield from (moved(each, y, 0) for each in band.parts)
        y += band.height + CLOSE


def _bands(part: Topic, document: Document, area: Area, size: float) -> Iterator[Band]:
    for block in part.blocks:
        match block:
            case Table():
                yield equation_rows(block, document, area, size)
            case Steps(lines):
                room = Room(area.width, 0.0, size)
                yield from line_bands(step_lines(lines, block, document, room), document, area)
            case Prose(text):
                high = _height(block, document, area)
                words = PlacedText(Area(area.left, 0, area.width, high), runs(text, document), "small")
                yield Band(high, partial(tuple, (words,)))


def _height(block: Prose, document: Document, area: Area) -> float:
    return text_height(plain(block.text, document), area.width, LOOKS["small"].size)

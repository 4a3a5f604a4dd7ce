"""A whole document on one slide: its first part at the left, the next one at the right, the last one below both or one.

[equations, passes, letters]  ->  | equations | passes |   | equations | passes |
                                  | letters            |   | letters   |        |

All equations have one size; where that could not be read from afar, there are as many slides as a talk has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from symbackprop.exposition.document import Document, Prose, Steps, Table, Text
from symbackprop.exposition.paging.measuring import Sheet
from symbackprop.exposition.paging.richtext import Run, plain, runs
from symbackprop.exposition.paging.slides import paged
from symbackprop.exposition.paging.topics import Topic, topics
from symbackprop.exposition.placing.equations import Room, largest_size, line_bands, step_lines
from symbackprop.exposition.placing.equationtables import equation_rows
from symbackprop.exposition.placing.looks import LOOKS, text_height
from symbackprop.exposition.placing.pages import Area, Band, Page, Placed, PlacedEquation, PlacedText, moved
from symbackprop.exposition.placing.placed import placed, step_by_step

SHARES, BETWEEN = (0.58, 0.52, 0.46, 0.36), 26.0  # of the width for the first part, and points between the columns
CLOSE, APART = 4.0, 6.0  # points between lines, and below a part besides
SMALLEST = 12.0  # points, of an equation that is read from afar
BELOW = 20.0  # points below the area of other slides, where this one has room, too


def poster(document: Document, area: Area, sheet: Sheet) -> tuple[Page, ...]:
    """Return the slide, its title that of the document; or the slides, each as large as a `sheet`."""
    *first, last = topics(document)
    body = replace(area, height=area.height + BELOW)
    below = _stacked(_bands(last, document, body, SMALLEST), body.top)
    above = replace(body, height=body.bottom - below[-1].area.bottom)
    lowered = tuple(moved(part, above.height, 0) for part in below)
    ways = [
        way
        for share in SHARES
        for way in (
            (*_beside([[part] for part in first], document, above, share), *lowered),
            _beside([[first[0], last], first[1:]], document, body, share),
        )
    ]
    best = max(ways, key=_least)
    if _least(best) >= SMALLEST:
        return (Page((), (Run(document.title),), best),)
    pages = (step_by_step(placed(slide, document, area))[-1] for slide in paged(document, sheet))
    return tuple(replace(page, section=page.section or (Run(document.title),)) for page in pages)


def _least(parts: Sequence[Placed]) -> float:
    return min((part.size for part in parts if isinstance(part, PlacedEquation)), default=0.0)


def _beside(columns: Sequence[Sequence[Topic]], document: Document, area: Area, share: float) -> tuple[Placed, ...]:
    """Return two columns in one size, the first with its share of the width; nothing where there is no room."""
    left = replace(area, width=share * area.width - BETWEEN / 2)
    right = Area(left.right + BETWEEN, area.top, area.right - left.right - BETWEEN, area.height)

    def sides(size: float) -> tuple[Placed, ...]:
        return tuple(
            each
            for column, side in zip(columns, (left, right), strict=True)
            for each in _stacked((band for part in column for band in _bands(part, document, side, size)), area.top)
        )

    def high(size: float) -> float:
        return max(part.area.bottom for part in sides(size)) - area.top

    size = largest_size(high, area.height, SMALLEST)
    if size is None:
        return ()
    alike = max(SMALLEST, _least(sides(size)))  # what is long decides for all, if lines are not broken otherwise by it
    return sides(alike if high(alike) <= area.height else size)


def _stacked(bands: Iterable[Band], top: float) -> tuple[Placed, ...]:
    """Return what stands in bands, each below the one before."""
    done: list[Placed] = []
    for band in bands:
        done += [moved(part, top, 0) for part in band.parts]
        top += band.height + CLOSE
    return tuple(done)


def _bands(part: Topic, document: Document, area: Area, size: float) -> Iterator[Band]:
    """Yield a heading and what stands under it, and room behind it."""
    yield _words(part.title, document, area, "header")
    for block in part.blocks:
        match block:
            case Table():
                yield equation_rows(block, document, area, size)
            case Steps(lines):
                room = Room(area.width, 0.0, size)
                yield from line_bands(step_lines(lines, block, document, room), document, area)
            case Prose(text):
                yield _words(text, document, area, "small")
    yield Band(APART, tuple)


def _words(text: Text, document: Document, area: Area, look: str) -> Band:
    high = text_height(plain(text, document), area.width, LOOKS[look].size)
    words = PlacedText(Area(area.left, 0, area.width, high), runs(text, document), look)
    return Band(high, partial(tuple, (words,)))

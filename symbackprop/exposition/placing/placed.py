"""Slides -> pages: where every part of a slide stands, its mathematics as large as there is room for.

Slide(title, (sentence, line, line))  ->  Page(title, what stands where, what the speaker says)

Letters of sentences have one size; if not even small mathematics has room beside them, the whole page is made smaller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

from symbackprop.exposition.document import Code, Display, Document, Figure, Formula, Note, Prose, Table, Text
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.paging.richtext import Run, plain, runs
from symbackprop.exposition.paging.slides import Part, Slide, shown_lines
from symbackprop.exposition.placing.equations import Room, display_lines, largest_size, line_bands, lone, step_lines
from symbackprop.exposition.placing.equationtables import equation_rows, is_equation
from symbackprop.exposition.placing.looks import LOOKS, text_height, text_width
from symbackprop.exposition.placing.pages import (
    Area,
    Band,
    Page,
    Placed,
    PlacedEquation,
    PlacedFigure,
    PlacedTable,
    PlacedText,
    moved,
)
from symbackprop.exposition.placing.pictures import canvas, chain_places
from symbackprop.frozen import dataclass

GAP, LOOSE = 11.0, 24.0  # points between what stands under one another, and where there is room to spare
REASONS = 200.0  # points for the reasons beside the steps, at least
RATE = 24.0  # points, the size of what stands below an arrow
CAPTION = 10.0  # points between a picture and what is written below it
PICTURE = 0.45  # of the height, for a picture at least
SMALLER = 0.97  # a step in which the letters of a slide become smaller until all fits
CELL = 12.0  # points left and right of a cell together
ROW = 8.0  # points above and below the words of a row together
NARROWEST = 48.0


def placed(slide: Slide, document: Document, body: Area) -> Page:
    """Return a slide with everything in its place below the title."""
    topic = slide.topic
    title = runs(topic.title, document)
    numbered = (Run(f"{document.sections[topic.section.key]}\u2002"), *runs(topic.section.text, document))
    names = ((), numbered) if topic.own else (numbered, title)
    notes = [plain(text, document) for text in slide.said]
    notes += [plain(part.block.caption, document) for part in slide.parts if isinstance(part.block, Table)]
    scale, area = 1.0, body
    while (found := _Placer(slide, document, area).bands()) is None:
        scale *= SMALLER
        area = Area(body.left / scale, body.top / scale, body.width / scale, body.height / scale)
    spare = area.height - _high(found)
    gap = min(LOOSE, GAP + max(0.0, spare) / len(found))
    parts = tuple(_stacked(found, slide.parts, area.top, gap))
    clicks = sorted({part.click for part in parts})  # without those of a picture that is shown at once here
    parts = tuple(replace(part, click=clicks.index(part.click)) for part in parts)
    return Page(*names, parts, tuple(filter(None, notes)), scale)


def step_by_step(page: Page) -> tuple[Page, ...]:
    """Return a slide for each click of a page: what was there stays where it is, and something is added."""
    return tuple(
        replace(
            page,
            placed=tuple(replace(part, click=0) for part in page.placed if part.click <= click),
            notes=() if click else page.notes,
        )
        for click in range(page.clicks + 1)
    )


def _high(bands: Sequence[Band]) -> float:
    """Return how high bands are under one another, with the least gaps between them."""
    return sum(band.height for band in bands) + GAP * (len(bands) - 1)


def _stacked(bands: Sequence[Band], parts: Sequence[Part], top: float, gap: float) -> Iterator[Placed]:
    """Yield what stands in bands, each below the one before and with the click of its part."""
    for band, part in zip(bands, parts, strict=True):
        yield from (moved(each, top, part.click) for each in band.parts)
        top += band.height + gap


@dataclass(frozen=True)
class _Placer:
    """Places what stands on a slide in an area."""

    slide: Slide
    document: Document
    body: Area

    def bands(self) -> Sequence[Band] | None:
        """Return a band for each part, formulas as large as there is room, or None if there is none."""
        figures = sum(isinstance(part.block, Figure) for part in self.slide.parts)
        least, found = PICTURE * self.body.height * figures, dict[float, Sequence[Band]]()

        def high(size: float) -> float:
            found[size] = tuple(self._bands(size, least))
            return _high(found[size])

        size = largest_size(high, self.body.height)
        if size is None or not figures:
            return None if size is None else found[size]
        others = _high(tuple(self._bands(size, 0.0)))
        return tuple(self._bands(size, self.body.height - others))

    def _bands(self, size: float, picture: float) -> Iterator[Band]:
        """Yield a band for each part, with formulas of a size at most, and a height for a picture."""
        room = Room(self.body.width, REASONS, size)
        for source, parts in self.slide.groups:
            if source is not None:
                lines = step_lines(shown_lines(parts), source, self.document, room)
                yield from line_bands(lines, self.document, self.body)
            else:
                yield from (self._band(part, room, picture) for part in parts)

    def _band(self, part: Part, room: Room, picture: float) -> Band:
        match part.block:
            case Display() as display:
                (band,) = line_bands(display_lines(display, self.document, room), self.document, self.body)
                return band
            case Figure() as figure:
                return self._figure(figure, picture)
            case Table() as table:
                return table_band(table, self.document, self.body, room.largest)
            case Prose(text):
                return self._words(text, "body")
            case Note(title, text):
                return self._words((*title, ". ", *text), "small")
            case Code(text):
                return self._code(text.splitlines())
        raise TypeError(f"no place for the block {type(part.block).__name__}")

    def _words(self, text: Text, look: str) -> Band:
        """Return a paragraph over the full width."""
        height = text_height(plain(text, self.document), self.body.width, LOOKS[look].size)
        area = Area(self.body.left, 0, self.body.width, height)
        return Band(height, lambda: (PlacedText(area, runs(text, self.document), look),))

    def _code(self, lines: Sequence[str]) -> Band:
        """Return lines of a program under one another."""
        size = LOOKS["code"].size
        heights = [text_height(line, self.body.width, size) for line in lines]
        tops = accumulate(heights, initial=0.0)
        areas = [Area(self.body.left, top, self.body.width, high) for top, high in zip(tops, heights, strict=False)]
        parts = tuple(PlacedText(area, (Run(line),), "code") for area, line in zip(areas, lines, strict=True))
        return Band(sum(heights), lambda: parts)

    def _figure(self, block: Figure, height: float) -> Band:
        """Return a picture in a height with its caption right below it; nothing in no height."""
        if not height:
            return Band(0, tuple)
        caption = runs(block.caption, self.document)
        below = text_height(plain(block.caption, self.document), self.body.width, LOOKS["caption"].size)
        picture = Area(self.body.left, 0, self.body.width, height - below - CAPTION)
        if isinstance(block.picture, ChainPicture):
            places = chain_places(block.picture, picture)
            bottom = max(area.bottom for area in (*places.rates, places.name or places.rates[0]))
        else:
            bottom = canvas(block.picture, picture).area.bottom
        words = PlacedText(Area(self.body.left, bottom + CAPTION, self.body.width, below), caption, "caption")
        return Band(words.area.bottom, lambda: (PlacedFigure(picture, block), words, *self._rates(block, picture)))

    def _rates(self, block: Figure, area: Area) -> Iterator[Placed]:
        """Yield what is written below the arrows of a chain, one click after the other, and at last below its brace."""
        chain = block.picture
        if not isinstance(chain, ChainPicture):
            return
        places = chain_places(chain, area)
        rates = (Formula((link.rate,), roles=((link.rate, link.role),)) for link in chain.links)
        below = [*zip(rates, places.rates, strict=True)]
        if chain.name is not None and places.name is not None:
            below.append((Formula((chain.name,), roles=((chain.name, "error"),)), places.name))
        for click, (formula, place) in enumerate(below, start=1):
            shown = lone(formula, self.document, room=place.width, largest=RATE)
            left, top = place.left + (place.width - shown.wide) / 2, place.top + (place.height - shown.high) / 2
            yield PlacedEquation(
                Area(left, top, shown.wide, shown.high), shown.box, shown.size, shown.alt(self.document), click
            )


def table_band(table: Table, document: Document, body: Area, largest: float) -> Band:
    """Return a table in letters of at most a size, as equations with rules where it holds such."""
    if any(is_equation(cell, document) for row in table.rows for cell in row):
        return equation_rows(table, document, body, largest)
    look = next((look for look in ("cell", "close") if LOOKS[look].size + 2 <= largest), "dense")
    grid = _Grid(table, document, body.width, look)
    rows = (table.header, *table.rows)
    heights = tuple(map(grid.height, rows))
    whole = Area(body.left, 0, sum(grid.widths), sum(heights))

    def parts() -> tuple[PlacedTable]:
        cells = tuple(tuple(runs(cell, document) for cell in row) for row in rows)
        return (PlacedTable(whole, cells, grid.widths, heights, table.align, look),)

    return Band(whole.height, parts)


@dataclass(frozen=True)
class _Grid:
    """A table in letters of one size: how wide its columns and how high its rows are."""

    table: Table
    document: Document
    room: float
    look: str

    @cached_property
    def widths(self) -> tuple[float, ...]:
        """The widths of the columns: as wide as their longest cells, the widest ones less where there is no room."""
        rows, size = (self.table.header, *self.table.rows), LOOKS[self.look].size
        columns = zip(*rows, strict=True)
        widths = [max(text_width(plain(cell, self.document), size) for cell in column) for column in columns]
        wanted = [max(NARROWEST, width * 1.05 + size / 2 + 2 * CELL) for width in widths]
        if sum(wanted) > self.room:
            widest = max(range(len(wanted)), key=wanted.__getitem__)
            others = sum(wanted) - wanted[widest]
            if others < 0.7 * self.room:
                wanted[widest] = self.room - others
            else:
                wanted = [each * self.room / sum(wanted) for each in wanted]
        return tuple(wanted)

    def height(self, row: Sequence[Text]) -> float:
        """Return how high a row is."""
        size = LOOKS[self.look].size
        cells = zip(row, self.widths, strict=True)
        return max(text_height(plain(cell, self.document), width - CELL, size) for cell, width in cells) + ROW

"""Tables of words on slides: native tables, in smaller letters where one slide holds them then, else on several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.exposition.document import Document, Table, Text
from symbackprop.exposition.slides.equationtables import equation_rows, is_equation
from symbackprop.exposition.slides.measures import LOOKS, text_height, text_width
from symbackprop.exposition.slides.pages import Area, PlacedTable, Strip
from symbackprop.exposition.slides.richtext import plain, runs

__all__ = ["table_strips"]

CELL = 12.0  # points left and right of a cell together
ROW = 8.0  # points above and below the words of a row together
NARROWEST = 48.0


def table_strips(table: Table, document: Document, body: Area, rest: float) -> Iterator[Strip]:
    """Yield a table that has the height `rest` on its first slide, as equations with rules where it holds such."""
    caption = (plain(table.caption, document),) if table.caption else ()
    if any(is_equation(cell, document) for row in table.rows for cell in row):
        yield from equation_rows(table, document, body, rest)
        return
    grid = _grid(table, document, body.width, rest)
    for place, rows in enumerate(grid.shares(rest)):
        heights = tuple(grid.height(row) for row in (table.header, *rows))
        cells = tuple(tuple(runs(cell, document) for cell in row) for row in (table.header, *rows))
        whole = Area(body.left, 0, sum(grid.widths), sum(heights))
        part = PlacedTable(whole, cells, grid.widths, heights, table.align, grid.look)
        yield Strip(whole.height, (part,), notes=caption if not place else (), breaks=place > 0)


def _grid(table: Table, document: Document, width: float, rest: float) -> _Grid:
    """Return the table in letters that one slide holds, or in large ones if none does."""
    grids = [_Grid(table, document, width, look) for look in ("cell", "close", "dense")]
    return next((grid for grid in grids if grid.high <= rest), grids[-1])


@dataclass(frozen=True)
class _Grid:
    """A table in letters of one size: how wide its columns and how high its rows are."""

    table: Table
    document: Document
    room: float
    look: str

    @property
    def widths(self) -> tuple[float, ...]:
        """The widths of the columns: as wide as their longest cells, the widest ones less where there is no room."""
        rows, size = (self.table.header, *self.table.rows), LOOKS[self.look].size
        lengths = [max(len(plain(cell, self.document)) for cell in column) for column in zip(*rows, strict=True)]
        wanted = [max(NARROWEST, text_width(length + 1, size) * 1.05 + 2 * CELL) for length in lengths]
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
        return max(text_height(len(plain(cell, self.document)), width - CELL, size) for cell, width in cells) + ROW

    @property
    def high(self) -> float:
        """How high the whole table is."""
        return sum(map(self.height, (self.table.header, *self.table.rows)))

    def shares(self, room: float) -> Iterator[Sequence[tuple[Text, ...]]]:
        """Yield the rows that go on one slide together, about as many on each."""
        free = room - self.height(self.table.header)
        slides = max(1, -int(-(self.high - self.height(self.table.header)) // free))
        most = -(-len(self.table.rows) // slides)
        group, used = list[tuple[Text, ...]](), 0.0
        for row in self.table.rows:
            needed = self.height(row)
            if group and (used + needed > free or len(group) == most):
                yield tuple(group)
                group, used = [], 0.0
            group.append(row)
            used += needed
        yield tuple(group)

"""Tables of words on slides: native tables, in smaller letters where one slide holds them then, else on several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from symbackprop.exposition.document import Document, Table, Text
from symbackprop.exposition.paging.richtext import plain, runs
from symbackprop.exposition.placing.equationtables import equation_rows, is_equation
from symbackprop.exposition.placing.looks import LOOKS, text_height, text_width
from symbackprop.exposition.placing.pages import Area, Band, PlacedTable

__all__ = ["table_band"]

CELL = 12.0  # points left and right of a cell together
ROW = 8.0  # points above and below the words of a row together
NARROWEST = 48.0


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

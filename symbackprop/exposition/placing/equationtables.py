"""Tables of equations on slides: native equations in columns, with rules between the rows.

Office offers to repair a file that has a native equation in a cell of a table, so there is no table below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symbackprop.exposition.document import Document, Formula, Table, Text
from symbackprop.exposition.paging.richtext import formula_runs, plain, runs
from symbackprop.exposition.placing.equations import lone
from symbackprop.exposition.placing.looks import LOOKS, text_height, text_width
from symbackprop.exposition.placing.pages import Area, Band, Placed, PlacedEquation, PlacedRule, PlacedText, moved

BETWEEN = 12.0  # points between columns at least
SPARE = 60.0  # points more between columns, where there is room
WIDER = 1.25  # how much wider the letters of a label may come out
LONGEST_LABEL = 200.0  # points
PAD = 4.0  # points above and below a row
HEADER = 24.0

Cell = PlacedText | PlacedEquation
Columns = tuple[tuple[float, float], ...]  # the left edge and the width of each


def is_equation(cell: Text, document: Document) -> bool:
    """Tell whether a cell holds what has to be set as an equation: a relation between letters, not between numbers."""
    if len(cell) != 1 or not isinstance(cell[0], Formula):
        return False
    return len(cell[0].sides) > 1 and any(run.shift for run in formula_runs(cell[0], document))


def equation_rows(table: Table, document: Document, body: Area, size: float) -> Band:
    """Return a table in a size as one band: the header and the rows, right below one another."""
    parts, y = list[Placed](), 0.0
    for height, row in _rows(table, document, body, size):
        parts += [moved(part, y, 0) for part in row]
        y += height
    return Band(y, lambda: tuple(parts))


def _rows(table: Table, document: Document, body: Area, size: float) -> Iterator[tuple[float, Sequence[Placed]]]:
    """Yield the header, and the rows, each with its height."""
    columns = _columns(table, document, body, size)
    header = [
        PlacedText(Area(left, 0, width, HEADER), runs(cell, document), "header")
        for cell, (left, width) in zip(table.header, columns, strict=True)
    ]
    rule = PlacedRule(Area(body.left, HEADER + 2, body.width, 0), strong=True)
    yield HEADER + PAD, (*header, rule)
    for number, row in enumerate(table.rows, start=1):
        places = [(body.left, body.width)] if _is_heading(row) else columns
        areas = [Area(left, 0, width, 0) for left, width in places]
        cells = [_cell(cell, document, area, size) for cell, area in zip(row, areas, strict=False)]
        height = max(part.area.height for part in cells) + 2 * PAD
        parts = [_centred(part, height) for part in cells]
        below = [PlacedRule(Area(body.left, height, body.width, 0))] if number < len(table.rows) else []
        yield height, (*parts, *below)


def _is_heading(row: Sequence[Text]) -> bool:
    """Tell whether a row is a heading of those below it, which has the whole width."""
    return len(row) > 1 and not any(row[1:]) and not any(isinstance(part, Formula) for part in row[0])


def _columns(table: Table, document: Document, body: Area, size: float) -> Columns:
    """Return where the columns stand, in proportion to what they hold."""
    columns = zip(table.header, *(row for row in table.rows if not _is_heading(row)), strict=True)
    wanted = [max(_wanted(cell, document, size) for cell in column) + BETWEEN for column in columns]
    scale = min(1.0, body.width / sum(wanted))
    spare = max(0.0, body.width - sum(wanted)) / len(wanted)
    left, done = body.left, []
    for width in wanted:
        done.append((left, width * scale - BETWEEN))
        left += width * scale + min(spare, SPARE)
    return tuple(done)


def _wanted(cell: Text, document: Document, size: float) -> float:
    """Return how wide a cell would like to be."""
    if len(cell) == 1 and isinstance(cell[0], Formula):
        return lone(cell[0], document, room=10_000, largest=size).wide
    return min(text_width(plain(cell, document), LOOKS["dense"].size) * WIDER, LONGEST_LABEL)


def _cell(cell: Text, document: Document, area: Area, size: float) -> Cell:
    if len(cell) == 1 and isinstance(cell[0], Formula):
        shown = lone(cell[0], document, room=area.width, largest=size)
        return PlacedEquation(Area(area.left, 0, shown.wide, shown.high), shown.box, shown.size, shown.alt(document))
    height = text_height(plain(cell, document), area.width, LOOKS["dense"].size)
    return PlacedText(Area(area.left, 0, area.width, height), runs(cell, document), "dense")


def _centred(part: Cell, height: float) -> Cell:
    area = part.area
    return replace(part, area=Area(area.left, (height - area.height) / 2, area.width, area.height))

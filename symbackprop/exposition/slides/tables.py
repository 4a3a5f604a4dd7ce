"""Tables on slides: of words as native tables, of equations as rows of native equations with rules between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.exposition.document import Document, Formula, Table, Text
from symbackprop.exposition.slides.equations import Written, lone
from symbackprop.exposition.slides.measures import LOOKS, text_height, text_width
from symbackprop.exposition.slides.pages import (
    Area,
    Placed,
    PlacedEquation,
    PlacedRule,
    PlacedTable,
    PlacedText,
    Strip,
)
from symbackprop.exposition.slides.richtext import is_simple, plain, runs

__all__ = ["table_strips"]

CELL = 12.0  # points left and right of a cell together, and between columns
ROW = 8.0  # points above and below the words of a row together
LARGEST_EQUATION = 18.0
LABELS = 0.2  # of the width, for the labels of equations at most


def table_strips(table: Table, document: Document, body: Area) -> Iterator[Strip]:
    """Yield a table: as one strip, or several where it is long; as equations with rules where it holds such."""
    caption = (plain(table.caption, document),) if table.caption else ()
    if any(_is_equation(cell, document) for row in table.rows for cell in row):
        yield from _equations(table, document, body, caption)
        return
    widths = _widths(table, document, body.width)
    area = Area(body.left, 0, sum(widths), 0)
    room = body.height - LOOKS["body"].size * 2.5 - 24
    for place, rows in enumerate(_groups(table, document, widths, room)):
        heights = [_row_height(row, document, widths) for row in (table.header, *rows)]
        cells = tuple(tuple(runs(cell, document) for cell in row) for row in (table.header, *rows))
        whole = Area(area.left, 0, area.width, sum(heights))
        part = PlacedTable(whole, cells, widths, tuple(heights), table.align)
        yield Strip(sum(heights), (part,), notes=caption if not place else (), breaks=place > 0)


def _is_equation(cell: Text, document: Document) -> bool:
    """Tell whether a cell holds what has to be set as an equation: a relation with more than letters and scripts."""
    if len(cell) != 1 or not isinstance(cell[0], Formula):
        return False
    formula = cell[0]
    return len(formula.sides) > 1 and not is_simple(formula, document)


def _widths(table: Table, document: Document, room: float) -> tuple[float, ...]:
    """Return the widths of the columns: as wide as their longest cells, the widest ones less where there is no room."""
    size = LOOKS["cell"].size
    lengths = [
        max(len(plain(row[n], document)) for row in (table.header, *table.rows)) for n in range(len(table.header))
    ]
    wanted = [max(48.0, text_width(length + 1, size) * 1.05 + 2 * CELL) for length in lengths]
    excess = sum(wanted) - room
    if excess > 0:
        widest = max(range(len(wanted)), key=wanted.__getitem__)
        others = sum(wanted) - wanted[widest]
        if others < 0.7 * room:
            wanted[widest] = room - others
        else:
            wanted = [each * room / sum(wanted) for each in wanted]
    return tuple(wanted)


def _row_height(row: Sequence[Text], document: Document, widths: Sequence[float]) -> float:
    size = LOOKS["cell"].size
    heights = (
        text_height(len(plain(cell, document)), width - CELL, size) for cell, width in zip(row, widths, strict=True)
    )
    return max(heights) + ROW


def _groups(
    table: Table, document: Document, widths: Sequence[float], room: float
) -> Iterator[tuple[tuple[Text, ...], ...]]:
    """Yield the rows that go on one slide together."""
    top = _row_height(table.header, document, widths)
    group, height = list[tuple[Text, ...]](), top
    for row in table.rows:
        needed = _row_height(row, document, widths)
        if group and height + needed > room:
            yield tuple(group)
            group, height = [], top
        group.append(row)
        height += needed
    yield tuple(group)


def _equations(table: Table, document: Document, body: Area, caption: tuple[str, ...]) -> Iterator[Strip]:
    """Yield a strip for the header and one for each row, the columns of equations as wide as they need to be."""
    columns = _columns(table, document, body)
    last = body.right
    header = [
        PlacedText(Area(left, 0, width, 24), runs(cell, document), "header")
        for cell, (left, width) in zip(table.header, columns, strict=True)
    ]
    rule = PlacedRule(Area(body.left, 26, last - body.left, 0), strong=True)
    yield Strip(24, (*header, rule), notes=caption, held=True)
    for place, row in enumerate(table.rows):
        cells = [
            _cell(cell, document, Area(left, 0, width, 0)) for cell, (left, width) in zip(row, columns, strict=True)
        ]
        height = max(part.area.height for part in cells) + 2
        parts: list[Placed] = [_centred(part, height) for part in cells]
        if place + 1 < len(table.rows):
            parts.append(PlacedRule(Area(body.left, height + 5, last - body.left, 0)))
        yield Strip(height, tuple(parts))


def _columns(table: Table, document: Document, body: Area) -> tuple[tuple[float, float], ...]:
    """Return the left edge and the width of each column, in proportion to what they hold."""
    size = LOOKS["cell"].size
    wanted = []
    for n in range(len(table.header)):
        cells = [table.header[n], *(row[n] for row in table.rows)]
        wanted.append(max(_wanted(cell, document, size) for cell in cells) + CELL)
    scale = min(1.0, body.width / sum(wanted)) if len(wanted) > 1 else 1.0
    spare = max(0.0, body.width - sum(wanted)) / len(wanted)
    left, columns = body.left, []
    for width in wanted:
        columns.append((left, width * scale - CELL))
        left += width * scale + min(spare, 60.0)
    return tuple(columns)


def _wanted(cell: Text, document: Document, size: float) -> float:
    if len(cell) == 1 and isinstance(cell[0], Formula):
        return lone(cell[0], document, room=10_000, largest=LARGEST_EQUATION).wide
    return min(text_width(len(plain(cell, document)) + 1, size) * 1.08, 200.0)


def _cell(cell: Text, document: Document, area: Area) -> PlacedText | PlacedEquation:
    if len(cell) == 1 and isinstance(cell[0], Formula):
        shown: Written = lone(cell[0], document, room=area.width, largest=LARGEST_EQUATION)
        return PlacedEquation(Area(area.left, 0, shown.wide, shown.high), shown.latex, shown.size, shown.alt)
    height = text_height(len(plain(cell, document)), area.width, LOOKS["cell"].size)
    return PlacedText(Area(area.left, 0, area.width, height), runs(cell, document), "cell")


def _centred(part: PlacedText | PlacedEquation, height: float) -> Placed:
    area = part.area
    centred = Area(area.left, (height - area.height) / 2, area.width, area.height)
    if isinstance(part, PlacedText):
        return PlacedText(centred, part.runs, part.look)
    return PlacedEquation(centred, part.latex, part.size, part.alt)

"""Lines of mathematics -> bands: each equation with its reason beside or below it, in a frame if it is a result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from symbackprop.exposition.document import Document
from symbackprop.exposition.paging.richtext import Run, box_runs, plain, runs
from symbackprop.exposition.placing.equations import CLOSE, FRAME, INDENT, Lines, Row, Written
from symbackprop.exposition.placing.looks import LOOKS, text_height
from symbackprop.exposition.placing.pages import Area, Band, Placed, PlacedEquation, PlacedFrame, PlacedText

__all__ = ["line_bands"]


def line_bands(lines: Lines, document: Document, body: Area) -> Iterator[Band]:
    """Yield a band for each line."""
    setter = _Setter(lines, document, body)
    return (Band(setter.height(row), partial(setter.parts, row)) for row in lines.rows)


@dataclass(frozen=True)
class _Setter:
    """Places the lines of one block, their signs under one another."""

    lines: Lines
    document: Document
    body: Area

    @property
    def sign(self) -> float:
        return self.body.left + self.lines.sign

    def parts(self, row: Row) -> tuple[Placed, ...]:
        """Return an equation, its further rows, its reason and its frame."""
        margin, shown = FRAME if row.framed else 0.0, row.first
        height = self.height(row)
        top = (height - row.high) / 2 if row.beside else margin
        left = self.sign - shown.lead * shown.size + margin
        done: list[Placed] = [_equation(shown, left, top, self._alt(row))]
        y = top + shown.high
        for each in row.more:
            further = self.sign + margin + INDENT * shown.size
            done.append(_equation(each, further, y + CLOSE, _spelt(each)))
            y += CLOSE + each.high
        if row.reason:
            area = self._reason_area(row, y)
            area = Area(area.left, 0, area.width, height) if row.beside else area
            done.append(PlacedText(area, runs(row.reason, self.document), "reason"))
        if row.framed:
            right = max(part.area.right for part in done) + margin
            done.insert(0, PlacedFrame(Area(left - margin, 0, right - left + margin, height)))
            if row.name:
                name = Area(right + 14, 0, self.body.right - right - 14, height)
                done.append(PlacedText(name, (Run(row.name, bold=True),), "name"))
        return tuple(done)

    def height(self, row: Row) -> float:
        """Return how high a line is, in points."""
        reason = self._reason_area(row, 0).height if row.reason else 0.0
        return max(row.high, reason) if row.beside else row.high + reason + 2 * FRAME * row.framed

    def _reason_area(self, row: Row, top: float) -> Area:
        """Return where the reason of a line stands: in the column of reasons, or below what it is the reason of."""
        left = self.body.left + self.lines.reasons if row.beside else self.sign + INDENT * row.first.size
        width = self.body.right - left
        said = plain(row.reason, self.document)
        return Area(left, top, width, text_height(said, width, LOOKS["reason"].size))

    def _alt(self, row: Row) -> str:
        said, alt = plain(row.reason, self.document) or row.name, row.first.alt(self.document)
        return f"{said}: {alt}" if said else alt


def _spelt(row: Written) -> str:
    """Return a further row of a broken line in characters."""
    return "".join(run.text for run in box_runs(row.box))


def _equation(shown: Written, left: float, top: float, alt: str) -> PlacedEquation:
    return PlacedEquation(Area(left, top, shown.wide, shown.high), shown.box, shown.size, alt)

"""Frames that are not fuller than a slide in HTML: where lines are broken into rows, some go on the next slide.

Frame(gist, 5 lines of 2 rows)   ->   Frame(gist, 3 lines), Frame(2 lines)

The estimate counts every row; what is still too full is set smaller in the browser, which measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from symbackprop.exposition.document import Display, Document, Steps, Table
from symbackprop.exposition.mathtext.extents import extent
from symbackprop.exposition.slides.richtext import plain
from symbackprop.exposition.typesetting.pouring import Frame, Piece
from symbackprop.exposition.web.formulas import Room, step_rows

__all__ = ["Fitter"]

FULLER = 1.2  # how much more than its room a slide may hold, to be set a little smaller
LETTERS = 30  # of a reason in one line beside its formula
HEAD, CELL = 2.9, 1.36  # em: the caption and the header of a table, and a row of words
REASON, ROW, LINE = 0.95, 0.3, 0.65  # em: a line of a reason, the space between rows, and that around a line


@dataclass(frozen=True)
class Fitter:
    """Parts the frames of one document that are higher than `height` em."""

    document: Document
    room: Room
    height: float

    def fitted(self, frames: Sequence[Frame]) -> Iterator[Frame]:
        """Yield the frames in their order; what is said is said on the first part of each."""
        for frame in frames:
            units = list(self._units(frame.pieces))
            heights = [sum(map(self._height, unit)) for unit in units]
            said = frame.said
            for part in _parted(units, heights, self.height):
                yield Frame(part, said)
                said = ()

    def _height(self, piece: Piece) -> float:
        """Return how high a piece is, every row of its lines counted."""
        if isinstance(piece.block, Table):
            return max(piece.height, HEAD + CELL * len(piece.block.rows))
        if piece.source is None or not isinstance(piece.block, Steps):
            return piece.height
        (line,) = piece.block.lines
        (row,) = step_rows(piece.block, self.document.style, self.room)
        left = extent(row.left).height if row.left else 0.0
        rows = sum(extent(latex).height + ROW for latex in row.right) - ROW
        reason = REASON * ceil(len(plain(line.reason, self.document)) / LETTERS)
        return LINE + (max(left, rows) + reason if row.wide else max(left, rows, reason))

    def _units(self, pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
        """Yield the pieces that stay together: a sentence with what it leads to, a last line with its result."""
        unit: list[Piece] = []
        for piece, following in pairwise((*pieces, None)):
            assert piece is not None
            unit.append(piece)
            if following is None or not self._stay_together(piece, following):
                yield tuple(unit)
                unit = []

    def _stay_together(self, piece: Piece, following: Piece) -> bool:
        block = following.block
        if isinstance(block, Table) and self._height(piece) + self._height(following) > FULLER * self.height:
            return False
        return piece.held or (isinstance(block, Display) and block.key)


def _parted(units: Sequence[tuple[Piece, ...]], heights: Sequence[float], most: float) -> Iterator[tuple[Piece, ...]]:
    """Yield the units on as few slides as they need, all about as full."""
    share = sum(heights) / max(1, ceil(sum(heights) / (FULLER * most)))
    part: list[Piece] = []
    filled, cut = 0.0, share
    for unit, height in zip(units, heights, strict=True):
        if part and height and filled + height / 2 > cut:  # what takes no room begins no slide
            yield tuple(part)
            part, cut = [], cut + share
        part += unit if part else [replace(unit[0], breaks=True), *unit[1:]]
        filled += height
    if part:
        yield tuple(part)

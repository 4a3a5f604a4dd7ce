"""Which pieces go on one slide together: as few slides as can be, and among these ways the one that fills them evenly.

heights 80 80 80 80 80, room 250   ->   80 80 80 | 80 80

A piece is never torn from what it is held to, and a chain with one left side is torn only where that saves a slide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Generic, TypeVar

from symbackprop.frozen import dataclass

TORN = 0.4  # of the height of a slide: it may be so much emptier than others where no chain is torn then

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Piece(Generic[Content]):
    """Something of a height that stands on a slide in one piece, and how it may be placed.

    `breaks`: it begins a slide; `held`: it stays with what comes next; `chained`: better so; `optional`: it is left out
    where it would take one more slide."""

    content: Content
    height: float
    breaks: bool = False
    held: bool = False
    chained: bool = False
    optional: bool = False


def cut(pieces: Sequence[Piece[Content]], room: float) -> Iterator[tuple[Piece[Content], ...]]:
    """Yield the pieces of each slide of a height; an optional one that has no room keeps its place without height."""
    starts = [0, *(place for place, piece in enumerate(pieces) if piece.breaks and place), len(pieces)]
    for start, end in pairwise(starts):
        if start < end:
            yield from _shares(_shortened(pieces[start:end], room), room)


def _shortened(pieces: Sequence[Piece[Content]], room: float) -> Sequence[Piece[Content]]:
    """Return pieces in which an optional one has no height where it would take one more slide."""
    kept = list(pieces)
    for place in reversed(range(1, len(kept))):
        if kept[place].optional:
            fewer = [*kept[:place], replace(kept[place], height=0.0), *kept[place + 1 :]]
            if len(_shares(fewer, room)) < len(_shares(kept, room)):
                kept = fewer
    return kept


def _shares(pieces: Sequence[Piece[Content]], room: float) -> list[tuple[Piece[Content], ...]]:
    """Return the pieces of each slide."""
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # of the first n: slides, squares of what is free, last start
    for end in range(1, len(pieces) + 1):
        ways = []
        for start in range(end):
            free = room - sum(piece.height for piece in pieces[start:end])
            torn = (start > 0 and pieces[start - 1].held) or (end < len(pieces) and pieces[end - 1].held)
            if not torn and (free >= 0 or all(piece.held for piece in pieces[start : end - 1])):
                chained = start > 0 and pieces[start - 1].chained
                uneven = best[start][1] + free * free + chained * (TORN * room) ** 2
                ways.append((best[start][0] + 1, uneven, start))
        best.append(min(ways, default=(best[end - 1][0] + 1, 0.0, end - 1)))
    shares: list[tuple[Piece[Content], ...]] = []
    end = len(pieces)
    while end:
        start = best[end][2]
        shares.insert(0, tuple(pieces[start:end]))
        end = start
    return shares

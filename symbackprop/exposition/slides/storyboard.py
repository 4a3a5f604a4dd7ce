"""Strips -> pages: what stands under one heading is poured onto slides, and goes on on a slide of the same title.

Heading, Prose, Steps, Steps, Heading …  ->  Page(title, what stands where, what the speaker says), …
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from symbackprop.exposition.document import Document
from symbackprop.exposition.slides.measures import GAP
from symbackprop.exposition.slides.outline import Topic, topics
from symbackprop.exposition.slides.pages import Page, Placed, PlacedEquation, Sheet, Strip, moved
from symbackprop.exposition.slides.richtext import Run, plain, runs
from symbackprop.exposition.slides.strips import Stripper

__all__ = ["step_by_step", "storyboard"]

LOOSE = 24.0  # points between strips at most, where a slide has room to spare


@dataclass(slots=True)
class _Slide:
    """A slide that is being filled; `gap` is what it leaves between strips."""

    y: float
    gap: float = GAP
    placed: list[Placed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    click: int = 0

    def put(self, strip: Strip) -> None:
        """Place a strip below what is there."""
        first = bool(strip.again) and not any(isinstance(part, PlacedEquation) for part in self.placed)
        self.click += strip.reveal and bool(self.placed)
        parts = strip.again if first else strip.parts
        self.placed += [moved(part, self.y, self.click) for part in parts]
        self.click = max(part.click for part in self.placed) if self.placed else 0
        self.notes += strip.notes
        if strip.height:
            self.y += (strip.first if first else strip.height) + self.gap


def storyboard(document: Document, sheet: Sheet) -> tuple[Page, ...]:
    """Return the pages after the title, in order."""
    stripper = Stripper(document, sheet.body)
    pages: list[Page] = []
    for topic in topics(document):
        section, title = _titles(topic, document)
        before = [plain(text, document) for text in topic.before]
        for slide in _poured(stripper.strips(topic.blocks), sheet):
            if slide.placed:
                pages.append(Page(section, title, tuple(slide.placed), (*before, *slide.notes)))
            elif pages:  # only something to say: it is said on the slide before
                pages[-1] = replace(pages[-1], notes=(*pages[-1].notes, *before, *slide.notes))
            before = []
    return tuple(pages)


def _titles(topic: Topic, document: Document) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return the section that a slide belongs to, if it is not the first of it, and the title of the slide."""
    title = runs(topic.title, document)
    numbered = (Run(f"{document.sections[topic.section.key]}\u2002"), *runs(topic.section.text, document))
    return ((), numbered) if topic.own else (numbered, title)


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


def _poured(strips: Sequence[Strip], sheet: Sheet) -> Iterable[_Slide]:
    """Yield slides, filled as evenly as can be."""
    for run in _runs(strips):
        for share in _shares(_shortened(run, sheet), sheet):
            spare = (sheet.body.height - _high(share)) / len(share)
            slide = _Slide(sheet.body.top, min(LOOSE, GAP + max(0.0, spare)))
            for strip in share:
                slide.put(strip)
            yield slide


def _shortened(strips: Sequence[Strip], sheet: Sheet) -> Sequence[Strip]:
    """Return strips without the remarks that would take one more slide; they are said with the strip before them."""
    kept = list(strips)
    place = len(kept) - 1
    while place > 0:
        if kept[place].optional:
            before = replace(kept[place - 1], notes=(*kept[place - 1].notes, *kept[place].notes))
            fewer = [*kept[: place - 1], before, *kept[place + 1 :]]
            if len(_shares(fewer, sheet)) < len(_shares(kept, sheet)):
                kept = fewer
        place -= 1
    return kept


def _runs(strips: Sequence[Strip]) -> Iterable[Sequence[Strip]]:
    """Yield the strips between those that begin a slide in any case."""
    starts = [0, *(place for place, strip in enumerate(strips) if strip.breaks and place), len(strips)]
    return [strips[start:end] for start, end in pairwise(starts) if start < end]


def _shares(strips: Sequence[Strip], sheet: Sheet) -> list[Sequence[Strip]]:
    """Return the strips of each slide: as few slides as can be, and among these the one that fills them evenly."""
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # of the first n: slides, squares of what is free, last start
    for end in range(1, len(strips) + 1):
        ways = []
        for start in range(end):
            free = sheet.body.height - _high(strips[start:end])
            torn = (start > 0 and strips[start - 1].held) or (end < len(strips) and strips[end - 1].held)
            if (free >= -0.1 or start == end - 1) and not torn:
                ways.append((best[start][0] + 1, best[start][1] + free * free, start))
        best.append(min(ways, default=(best[end - 1][0] + 1, 0.0, end - 1)))
    shares: list[Sequence[Strip]] = []
    end = len(strips)
    while end:
        start = best[end][2]
        shares.insert(0, strips[start:end])
        end = start
    return shares


def _high(strips: Sequence[Strip]) -> float:
    """Return how high strips are under one another on a slide of their own, with the least gaps between them."""
    first = next((strip.first - strip.height for strip in strips if strip.again), 0.0)
    return sum(strip.height for strip in strips) + first + GAP * max(0, sum(1 for strip in strips if strip.height) - 1)

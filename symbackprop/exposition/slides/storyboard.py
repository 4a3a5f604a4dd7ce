"""Strips -> pages: what stands under one heading is poured onto slides, and goes on on a slide of the same title.

Heading, Prose, Steps, Steps, Heading …  ->  Page(title, what stands where, what the speaker says), …
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from symbackprop.exposition.document import Document
from symbackprop.exposition.slides.outline import topics
from symbackprop.exposition.slides.pages import Page, Placed, PlacedEquation, Sheet, Strip, moved
from symbackprop.exposition.slides.richtext import Run, runs
from symbackprop.exposition.slides.strips import Stripper

__all__ = ["step_by_step", "storyboard"]

GAP = 10.0  # points between strips


@dataclass(slots=True)
class _Slide:
    """A slide that is being filled."""

    y: float
    placed: list[Placed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    click: int = 0

    def put(self, strip: Strip) -> None:
        """Place a strip below what is there."""
        first = not any(isinstance(part, PlacedEquation) for part in self.placed)
        self.click += strip.reveal and bool(self.placed)
        parts = strip.again if first and strip.again else strip.parts
        self.placed += [moved(part, self.y, self.click) for part in parts]
        self.click = max(part.click for part in self.placed) if self.placed else 0
        self.notes += strip.notes
        self.y += strip.height + GAP


def storyboard(document: Document, sheet: Sheet) -> tuple[Page, ...]:
    """Return the pages after the title, in order."""
    stripper = Stripper(document, sheet.body)
    pages: list[Page] = []
    for topic in topics(document):
        title, section = runs(topic.heading.text, document), topic.section
        number = Run(f"{document.sections[section.key]}   ")
        shown = (number, *runs(section.text, document)) if topic.heading != section else (number,)
        for slide in _poured(stripper.strips(topic.blocks), sheet):
            pages.append(Page(shown, title, tuple(slide.placed), tuple(slide.notes)))
    return tuple(pages)


def step_by_step(page: Page) -> tuple[Page, ...]:
    """Return a slide for each click of a page: what was there stays where it is, and something is added."""
    return tuple(
        replace(
            page,
            placed=tuple(replace(part, click=0) for part in page.placed if part.click <= click),
            notes=page.notes if click == page.clicks else (),
        )
        for click in range(page.clicks + 1)
    )


def _poured(strips: Sequence[Strip], sheet: Sheet) -> Iterable[_Slide]:
    """Yield slides; a strip that is held goes to the slide of the strip after it."""
    slide = _Slide(sheet.body.top)
    for place, strip in enumerate(strips):
        full = slide.y + _needed(strips, place) > sheet.body.bottom + 0.1
        if full and strip.optional and slide.placed:
            slide.notes += strip.notes
            continue
        if slide.placed and (strip.breaks or full):
            yield slide
            slide = _Slide(sheet.body.top)
        slide.put(strip)
    if slide.placed or slide.notes:
        yield slide


def _needed(strips: Sequence[Strip], place: int) -> float:
    """Return how much room a strip needs, with those that it is held to."""
    height = strips[place].height
    while strips[place].held and place + 1 < len(strips):
        place += 1
        height += GAP + strips[place].height
    return height

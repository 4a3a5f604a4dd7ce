"""What a lecturer would complain about on a slide, found in the pages: measured, not looked at.

complaints(pages, lang)  ->  ["4 Title: one lone sentence", …]; nothing where the slides stand on their own
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symbackprop.exposition.mathtext.boxes import Box, Relation
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.paging.richtext import Run, box_runs
from symbackprop.exposition.placing.looks import LOOKS, text_height
from symbackprop.exposition.placing.pages import (
    Area,
    Page,
    PlacedEquation,
    PlacedFigure,
    PlacedTable,
    PlacedText,
)

LETTERS = LOOKS["body"].size
MOST_SENTENCES, LONGEST_TITLE = 4, 48  # letters
LEAST_USED, LEAST_SIZE = 0.25, 0.75  # of the area below the title, and of the size of the body
INDICES = set("ijkpqsl")  # letters that only count
WORDS = {"en": ("rate", "gradient", "error"), "es": ("razón", "gradiente", "error")}


def complaints(pages: Sequence[Page], body: Area, lang: str) -> list[str]:
    """Return what is wrong with the slides of a document."""
    known: set[str] = set()
    heard = ""
    found = []
    before = ""
    for number, page in enumerate(pages, start=2):
        title = _plain(page.title)
        heard += f" {title} {_said(page)}".lower()
        known |= _introduced(page)
        wrong = [*_of_layout(page, body), *_of_title(title, before)]
        wrong += [f"{letter} is not introduced" for letter in sorted(_used(page) - known)]
        wrong += [f"the word {w!r} is not introduced" for w in WORDS[lang] if w in _beside(page) and w not in heard]
        found += [f"{number} {title}: {each}" for each in wrong]
        before = title
    return found


def crowded(pages: Sequence[Page], body: Area) -> list[str]:
    """Return what is wrong with the sizes, edges and sentences of slides, whatever they are about."""
    return [f"{_plain(page.title)}: {wrong}" for page in pages for wrong in _of_layout(page, body)]


def _plain(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _texts(page: Page) -> list[PlacedText]:
    return [part for part in page.placed if isinstance(part, PlacedText)]


def _said(page: Page) -> str:
    """Return the sentences of a slide."""
    return " ".join(_plain(text.runs) for text in _texts(page) if text.look in ("body", "caption"))


def _beside(page: Page) -> str:
    """Return what stands beside equations, in captions and in tables."""
    return " ".join(_plain(text.runs) for text in _texts(page) if text.look not in ("body", "caption")).lower()


def _of_title(title: str, before: str) -> Iterator[str]:
    if title == before:
        yield "goes on from the slide before"
    if len(title) > LONGEST_TITLE:
        yield f"a title of {len(title)} letters"


def _of_layout(page: Page, body: Area) -> Iterator[str]:
    sentences = re.findall(r"[.!?](?:\s|$)", " ".join(_plain(t.runs) for t in _texts(page) if t.look == "body"))
    if len(sentences) > MOST_SENTENCES:
        yield f"{len(sentences)} sentences"
    if all(isinstance(part, PlacedText) for part in page.placed):
        yield "sentences alone"
    if any(
        text.area.height > text_height("", 1000, LOOKS["caption"].size)
        for text in _texts(page)
        if text.look == "caption"
    ):
        yield "a caption of two lines"
    bottom = page.scale * max(part.area.bottom for part in page.placed)
    if bottom > body.bottom + 1:
        yield f"stands {bottom - body.bottom:.0f} points over the edge"
    if (used := (bottom - body.top) / body.height) < LEAST_USED:
        yield f"uses {used:.0%} of its area"
    sizes = [part.size for part in page.placed if isinstance(part, PlacedEquation)]
    sizes += [LOOKS[part.look].size for part in page.placed if isinstance(part, PlacedTable | PlacedText)]
    if (least := page.scale * min(sizes)) < LEAST_SIZE * LETTERS:
        yield f"letters of {least:.0f} points"


def _letters(runs: Sequence[Run]) -> set[str]:
    """Return the letters of a formula that mean something: no indices, and not those of a name such as tanh."""
    shown = [run for run in runs if run.formula and not run.shift]
    found = {letter for run in shown if run.italic for letter in re.findall(r"[^\W\d_]", run.text)} - INDICES
    return found | {"[" for run in shown if "[" in run.text}


def _introduced(page: Page) -> set[str]:
    """Return the letters that sentences, pictures and tables of words show, and what an equation defines."""
    known: set[str] = set()
    for part in page.placed:
        match part:
            case PlacedText(look="body" | "caption" | "small"):
                known |= _letters(part.runs)
            case PlacedTable():
                known |= {letter for row in part.rows for cell in row for letter in _letters(cell)}
            case PlacedFigure():
                known |= set("wzaxyC")
            case PlacedEquation():
                known |= _defined(part.box)
    return known


def _defined(box: Box) -> set[str]:
    """Return what a formula says itself: e and ∂ need no word, and f(z) = … defines f."""
    left = box.sides[0] if isinstance(box, Relation) else box
    named = _letters(box_runs(left)) if re.match(r"\\?\w+\s*\{?\\left\(z", written(left)) else set()
    return {"d", "e", "∂", "∇"} | named


def _used(page: Page) -> set[str]:
    return {
        letter for part in page.placed if isinstance(part, PlacedEquation) for letter in _letters(box_runs(part.box))
    }

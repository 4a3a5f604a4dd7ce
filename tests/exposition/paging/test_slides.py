"""What stands on the slides of a document: nothing is lost, torn or alone, and it is the same in every format."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from symbackprop.exposition.document import (
    Block,
    Display,
    Document,
    Emphasis,
    Figure,
    Heading,
    Prose,
    Steps,
    Table,
    lefts_of,
)
from symbackprop.exposition.figures.layout import stages
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.measuring import Sheet
from symbackprop.exposition.paging.slides import SHEETS, Slide, opened, paged, shown_lines
from symbackprop.exposition.rendering import render

pytestmark = pytest.mark.combinations

SHEET = SHEETS["16:9"]


def slides_of(document: Document, sheet: Sheet = SHEET) -> tuple[Slide, ...]:
    """Return the slides of a document, as slides tell it."""
    return paged(document.slides, sheet)


def of_one_topic(document: Document, *blocks: Block) -> Document:
    """Return a document that tells some blocks under one heading."""
    heading = next(block for block in document.blocks if isinstance(block, Heading))
    return replace(document, blocks=(heading, *blocks), talk=None)


@pytest.mark.parametrize("sheet", list(SHEETS))
def test_every_line_and_every_paragraph_is_there_once(told, network: str, sheet: str) -> None:
    """Lines of steps are shown in their order, and each paragraph is said once, whatever a slide has room for."""
    document = told(network, "en").slides
    slides = slides_of(document, SHEETS[sheet])
    lines = [part.below or part.block.lines[0] for slide in slides for part in slide.parts if part.source]
    steps = [block for block in document.blocks if isinstance(block, Steps)]
    assert [(line.right, line.reason) for block in steps for line in block.lines] == [
        (line.right, line.reason) for line in lines
    ]
    said = [*opened(document).said, *(text for slide in slides for text in slide.said)]
    assert [block.text for block in document.blocks if isinstance(block, Prose)] == said


def test_every_click_shows_something(told, network: str, lang: str) -> None:
    """Something is there at once, and each part comes with the click after those of what is before it."""
    for slide in slides_of(told(network, lang)):
        click = 0
        for part in slide.parts:
            assert part.click in (click, click + 1)
            click = part.click + (stages(part.block.picture) if isinstance(part.block, Figure) else 0)
        assert slide.parts[0].click == 0


def test_result_stands_with_the_line_it_comes_from(told, network: str) -> None:
    """What is to be remembered never comes first on a slide: the line that it repeats stands above it."""
    for slide in slides_of(told(network, "en")):
        for before, part in zip((None, *slide.parts), slide.parts, strict=False):
            if isinstance(part.block, Display) and part.block.key:
                assert before is not None
                assert isinstance(before.block, Steps | Display | Prose)


def test_name_of_rows_is_no_last_row(told) -> None:
    """A table too high for one slide is cut before the name of a layer, not between it and its rows."""
    rows = [((Emphasis("a layer"),), ()) if place % 7 == 0 else (("a",), ("b",)) for place in range(33)]
    parts = paged(of_one_topic(told("plain", "en"), Table(("", ""), tuple(rows), "ll")), SHEET)
    tables = [part.block for slide in parts for part in slide.parts if isinstance(part.block, Table)]
    assert rows == [row for table in tables for row in table.rows]
    assert len(tables) > 1
    assert [] == [table.rows[-1] for table in tables if not table.rows[-1][1]]


def test_long_chain_is_cut_evenly(told) -> None:
    """A chain too long for one slide goes over as few as hold it, with about as much on each."""
    document = told("digits", "en")
    steps = max((b for b in document.blocks if isinstance(b, Steps)), key=lambda each: len(each.lines))
    slides = paged(of_one_topic(document, steps), SHEET)
    heights = [slide.height for slide in slides]
    assert 2 == len(slides)
    assert max(heights) < 1.5 * min(heights)
    assert len(steps.lines) == sum(len(slide.parts) for slide in slides)


def test_line_that_begins_a_slide_says_its_left_side(told) -> None:
    """Where w <- a, = b goes on on another slide, it says w <- b: w = b would be false."""
    document = told("plain", "en")
    (block,) = [block for block in document.blocks if isinstance(block, Steps) and block.key == "descent"]
    parts = [part for slide in paged(of_one_topic(document, block), Sheet(41, 5)) for part in slide.parts]
    second = parts[1]
    assert ["=", None] == [block.lines[1].sign, block.lines[1].left]
    assert ["<-", lefts_of(block)[1]] == [shown_lines([second])[0].sign, shown_lines([second])[0].left]
    assert block.lines[:2] == shown_lines(parts[:2])


def test_sentence_goes_with_what_it_announces(told, network: str) -> None:
    """The slide on which a paragraph is said shows the derivation, the table or the picture that it leads to."""
    document = told(network, "en").slides
    slides = slides_of(document)
    leading = zip(document.blocks, document.blocks[1:], strict=False)
    for block, after in leading:
        if isinstance(block, Prose) and isinstance(after, Steps | Table | Figure):
            (slide,) = [slide for slide in slides if any(text is block.text for text in slide.said)]
            assert any(part.source is after or isinstance(part.block, type(after)) for part in slide.parts)


def test_slides_are_the_same_in_every_format(derived, told) -> None:
    """Each format writes the slides it is given: as many, under the same sections, whatever it is written in."""
    document = told("mixing", "en").slides
    sections = [str(document.sections[slide.topic.section.key]) for slide in slides_of(document)]
    beamer = str(render(derived("mixing"), "beamer"))
    deck = str(render(derived("mixing"), "deck"))
    marp = str(render(derived("mixing"), "markdown", options=Options(flavour="marp")))
    assert sections == re.findall(r"\\renewcommand\{\\chapterline\}\{.*?\\textbf\{(\d+)\}\}", beamer)
    assert sections == re.findall(r'<p class="section">(\d+)', deck)
    assert sections == re.findall(r"^## (\d+) ·", marp, re.MULTILINE)


@pytest.mark.parametrize("level", ["lecture", "full"])
def test_no_slide_is_a_lone_sentence(derived, level: str) -> None:
    """A sentence stands with what it is about; a slide is no fuller than what can be set a little smaller."""
    for slide in slides_of(narrate(derived("custom"), level=level)):
        assert not all(isinstance(part.block, Prose) for part in slide.parts)

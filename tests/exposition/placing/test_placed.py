"""Where everything stands on a slide: lines in one size, their signs in one place, as large as there is room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from sympy import Rational

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.numbers import descend
from symbackprop.exposition.document import Code, Document, Prose, Steps, Table
from symbackprop.exposition.example.narration import narrate_example
from symbackprop.exposition.mathtext.boxes import Leaf, Relation, Terms
from symbackprop.exposition.mathtext.extents import PAD, extent
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.outlines import outline
from symbackprop.exposition.narration import Labels, narrate
from symbackprop.exposition.paging.measuring import Sheet
from symbackprop.exposition.paging.slides import SHEETS, Part, Slide, paged
from symbackprop.exposition.paging.topics import topics
from symbackprop.exposition.placing.equations import SMALLEST, UNBROKEN, Room, largest_size, step_lines
from symbackprop.exposition.placing.pages import (
    Area,
    Page,
    PlacedEquation,
    PlacedFigure,
    PlacedFrame,
    PlacedTable,
    PlacedText,
)
from symbackprop.exposition.placing.placed import placed, step_by_step
from symbackprop.network.model import mlp
from symbackprop.network.values import pleasant_values

pytestmark = pytest.mark.combinations

BODY, NARROW = Area(48, 114, 864, 388), Area(48, 114, 624, 388)
SHEET = SHEETS["16:9"]
ROOM = Room(864, 200)


def pages_of(document: Document, body: Area = BODY, sheet: Sheet = SHEET) -> tuple[Page, ...]:
    """Return the pages of a document."""
    return tuple(placed(slide, document, body) for slide in paged(document, sheet))


@cache
def board(told: Callable[[str, str], Document], name: str, lang: str) -> tuple[Page, ...]:
    """Return the pages of a story, made once for all the tests that look at them."""
    return pages_of(told(name, lang))


@cache
def calculated(lang: str) -> Document:
    """Return a worked example, whose lines have no reasons."""
    network = mlp("2-2-2")
    derivation, values = derive(network), pleasant_values(network, 5)
    return narrate_example(
        derivation, descend(derivation, values.given, values.rate, 0), rate=Rational(1), labels=Labels(lang)
    )


def steps_of(document: Document) -> list[Steps]:
    """Return the derivations of a document."""
    return [block for block in document.blocks if isinstance(block, Steps)]


def test_lines_of_a_block_have_one_size(told, lang: str) -> None:
    """The letters of all lines of a derivation are as large as one another, and large enough to be read."""
    for block in steps_of(told("plain", lang)):
        sizes = {row.first.size for row in step_lines(block.lines, block, told("plain", lang), ROOM).rows}
        assert 1 == len(sizes)
        assert min(sizes) >= SMALLEST


def test_long_line_is_broken_rather_than_small() -> None:
    """The derivative of a cost with penalties has rows, as there is room for them, and no line is small beside it."""
    document = narrate(derive(mlp("2-3-1", l1=0.01, l2="mu=0.1")), level="lecture")
    slides = [each for each in paged(document, SHEETS["16:9"]) if each.topic.section.key == "reverse"]
    shown = [part for each in slides for part in placed(each, document, BODY).placed]
    assert UNBROKEN == min(part.size for part in shown if isinstance(part, PlacedEquation))


def test_signs_of_a_slide_stand_under_one_another(told) -> None:
    """The sign of each line that goes on is where that of the first line is."""
    (page,) = [page for page in board(told, "plain", "en") if page.title[0].text.startswith("Three links")]
    first, *others = [part for part in page.placed if isinstance(part, PlacedEquation)]
    lead = extent(first.box.sides[0]).width * first.size
    places = {round(part.area.left + PAD * part.size, 3) for part in others}
    assert {round(first.area.left + lead, 3)} == places
    assert len(others) == 3


def test_update_is_said_with_its_arrow_again(told) -> None:
    """Where w <- a goes on with = b, it is read aloud that w becomes b: w = b would be false."""
    document = told("plain", "en")
    (block,) = [block for block in steps_of(document) if block.key == "descent"]
    rows = step_lines(block.lines, block, document, ROOM).rows
    assert written(rows[1].first.box).startswith("{} =")
    assert " becomes " in rows[1].first.alt(document)


def test_result_stands_with_the_line_it_comes_from(told, network: str, lang: str) -> None:
    """A frame never comes first on a slide: what it repeats stands above it."""
    pages = board(told, network, lang)
    framed = [page for page in pages if any(isinstance(part, PlacedFrame) for part in page.placed)]
    assert 4 == len(framed)
    for page in framed:
        kinds = [type(part) for part in page.placed if not isinstance(part, PlacedText)]
        assert kinds.index(PlacedEquation) < kinds.index(PlacedFrame)


def test_lines_of_a_program_stand_under_one_another(told) -> None:
    """Each line of code has a place of its own on the slide, in letters of one width, and its blanks at the left."""
    document = told("plain", "en")
    slide = replace(paged(document, SHEET)[0], parts=(Part(Code("dW2 = 0\nfor i in m:\n    dW2 += i"), 4.0),))
    lines = placed(slide, document, BODY).placed
    assert ["dW2 = 0", "for i in m:", "    dW2 += i"] == [line.runs[0].text for line in lines]
    assert all(above.area.bottom <= below.area.top for above, below in pairwise(lines))
    assert {"code"} == {line.look for line in lines}


def test_every_click_shows_something(told, network: str, lang: str) -> None:
    """The clicks of a slide are numbered without gaps, and something is there before the first."""
    for page in board(told, network, lang):
        clicks = sorted({part.click for part in page.placed})
        assert list(range(page.clicks + 1)) == clicks


def test_slide_for_each_step_adds_to_the_one_before(told) -> None:
    """What was there stays where it is, and each slide of a group shows more."""
    page = max(board(told, "plain", "en"), key=lambda page: page.clicks)
    slides = step_by_step(page)
    assert page.clicks + 1 == len(slides)
    assert {0} == {part.click for slide in slides for part in slide.placed}
    for before, after in pairwise(slides):
        assert before.placed == after.placed[: len(before.placed)]
        assert len(before.placed) < len(after.placed)
    assert [page.notes, *[()] * page.clicks] == [slide.notes for slide in slides]


def test_size_is_the_largest_that_has_room() -> None:
    """Of the sizes that eyes tell apart the largest in which everything has room is taken, if there is any."""
    assert 20.0 == largest_size(lambda size: 10 * size, 200.0)
    assert 28.0 == largest_size(lambda size: 10 * size, 1000.0)
    assert largest_size(lambda size: 10 * size, 100.0) is None
    assert 10.0 == largest_size(lambda size: 10 * size, 100.0, smallest=5.0)


def test_page_that_is_too_full_is_made_smaller(told) -> None:
    """What has no room with small mathematics is placed on a larger page, shown as much smaller."""
    document = told("plain", "en")
    slide = max(paged(document, SHEET), key=lambda slide: len(slide.parts))
    (whole,) = {placed(slide, document, BODY).scale}
    less = placed(slide, document, replace(BODY, height=BODY.height / 2))
    assert less.scale < whole == 1.0
    assert max(part.area.bottom for part in less.placed) * less.scale <= BODY.top + BODY.height / 2 + 1


def test_calculation_takes_the_whole_width(lang: str) -> None:
    """Where no line has a reason there is no column for reasons: nothing is smaller, or broken, for an empty one."""
    narrow = replace(ROOM, width=ROOM.width - ROOM.reasons)
    wider = 0
    blocks = [block for block in steps_of(calculated(lang)) if not any(line.reason for line in block.lines)]
    for block in blocks:
        given, less = (step_lines(block.lines, block, calculated(lang), room).rows for room in (ROOM, narrow))
        assert {row.first.size for row in given} == {given[0].first.size}
        assert given[0].first.size >= 20
        wider += given[0].first.size > less[0].first.size or len(given[0].more) < len(less[0].more)
    assert wider > 3


def test_calculations_share_slides(lang: str) -> None:
    """The lines of a short calculation stay together, and what has room below it is on the same slide."""
    document = calculated(lang)
    slides = paged(document, SHEET)
    blocks = [block for block in steps_of(document) if len(block.lines) == 2]
    for block in blocks:
        assert [2] == [count for slide in slides if (count := lines_on(slide, block))]
    assert len(blocks) > 4
    told = [block for topic in topics(document) for block in topic.blocks if isinstance(block, Steps)]
    assert len([slide for slide in slides if any(part.source for part in slide.parts)]) < len(told)


def lines_on(slide: Slide, block: Steps) -> int:
    """Return how many lines of steps stand on a slide."""
    return len([part for part in slide.parts if part.source is block])


def test_high_line_stands_below_its_sentence() -> None:
    """A line of several rows of matrices is smaller where it would leave its sentence alone on a slide."""
    network = mlp("3-4-2", ["relu", "softmax"], "cross_entropy")
    derivation, values = derive(network), pleasant_values(network, 7)
    document = narrate_example(derivation, descend(derivation, values.given, values.rate, 0), rate=Rational(1))
    pages = [
        page
        for page in pages_of(document, replace(NARROW, height=250), Sheet(30, 12))
        if page.title[0].text.startswith("Layer")
    ]
    assert [] == [page.notes for page in pages if not any(map(is_equation, page.placed))]
    assert len(pages) > 10


def test_chain_stands_below_its_sentence(told, lang: str) -> None:
    """A chain is lower where a slide is narrow and its sentence long, so that both stand on one slide."""
    for page in pages_of(told("plain", lang), NARROW, SHEETS["4:3"]):
        if any(isinstance(part, PlacedFigure) for part in page.placed):
            assert isinstance(page.placed[0], PlacedText)


def test_sentences_before_a_table_stand_above_it(told, lang: str) -> None:
    """No slide says a sentence or two and leaves the table that they lead to for the next one."""
    topic = topics(told("plain", lang))[-1]
    kinds = [type(block) for block in topic.blocks]
    assert [Prose, Prose, Table] == kinds[:3]
    page = next(p for p in board(told, "plain", lang) if p.title[-1].text == topic.heading.text[0])
    assert [PlacedText, PlacedText, PlacedTable] == [type(part) for part in page.placed]


def test_estimated_sizes_are_those_of_a_typesetter(told, lang: str) -> None:
    """What an equation is thought to take is about what it takes in another font, so nothing overlaps anywhere."""
    boxes = {part.box for page in board(told, "kinks", lang) for part in page.placed if is_equation(part)}
    for each in boxes:
        thought, drawn = extent(each), outline(each, 100.0)
        assert drawn.width <= 112 * thought.width
        assert drawn.height <= 115 * thought.height
        assert drawn.width >= 80 * thought.width or thought.width < 3
    assert len(boxes) > 50


def is_equation(part: object) -> bool:
    """Tell whether a part of a slide is an equation."""
    return isinstance(part, PlacedEquation)


def test_estimate_can_be_too_small() -> None:
    """An equation is larger than the estimate of half of it, so the comparison above can fail."""
    a, b, c, d = (Leaf(letter, letter) for letter in "abcd")
    half = extent(Relation((a, b), (EQUALS,)))
    whole = outline(Relation((a, Terms((("+", b), ("+", c), ("+", d)))), (EQUALS,)), 100.0)
    assert whole.width > 112 * half.width


@pytest.mark.parametrize("aspect", list(SHEETS))
def test_no_page_is_empty(told, network: str, aspect: str) -> None:
    """Every page has a title and something below it."""
    for page in pages_of(told(network, "es"), BODY if aspect == "16:9" else NARROW, SHEETS[aspect]):
        assert page.title
        assert page.placed

"""Where everything stands on a slide: lines in one size with their signs in one place, slides filled evenly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from sympy import Rational

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.numbers import descend
from symbackprop.exposition.document import Document, Prose, Steps, Table
from symbackprop.exposition.example.narration import narrate_example
from symbackprop.exposition.mathtext.extents import PAD, extent
from symbackprop.exposition.mathtext.outlines import outline
from symbackprop.exposition.slides.equations import SMALLEST, Room, step_lines
from symbackprop.exposition.slides.outline import topics
from symbackprop.exposition.slides.pages import (
    Area,
    Page,
    PlacedEquation,
    PlacedFigure,
    PlacedFrame,
    PlacedTable,
    PlacedText,
    Sheet,
    Strip,
)
from symbackprop.exposition.slides.storyboard import _shares, _shortened, step_by_step, storyboard
from symbackprop.network.model import mlp
from symbackprop.network.values import pleasant_values

pytestmark = pytest.mark.combinations

SHEET = Sheet(960, 540, Area(48, 114, 864, 388))
ROOM = Room(864, 330, 200, 11)


@cache
def board(told: Callable[[str, str], Document], name: str, lang: str) -> tuple[Page, ...]:
    """Return the pages of a story, made once for all the tests that look at them."""
    return storyboard(told(name, lang), SHEET)


@cache
def calculated(lang: str) -> Document:
    """Return a worked example, whose lines have no reasons."""
    network = mlp("2-2-2")
    derivation, values = derive(network), pleasant_values(network, 5)
    return narrate_example(derivation, descend(derivation, values.scalars, values.rate, 0), rate=Rational(1), lang=lang)


def steps_of(document: Document) -> list[Steps]:
    """Return the derivations of a document."""
    return [block for block in document.blocks if isinstance(block, Steps)]


def test_lines_of_a_block_have_one_size(told, lang: str) -> None:
    """The letters of all lines of a derivation are as large as one another, and large enough to be read."""
    for block in steps_of(told("plain", lang)):
        sizes = {row.going_on.size for row in step_lines(block, told("plain", lang), ROOM).rows}
        assert 1 == len(sizes)
        assert min(sizes) >= SMALLEST


def test_signs_of_a_slide_stand_under_one_another(told) -> None:
    """The sign of each line that goes on is where that of the first line is."""
    (page,) = [page for page in board(told, "plain", "en") if page.title[0].text.startswith("Three links")]
    first, *others = [part for part in page.placed if isinstance(part, PlacedEquation)]
    lead = extent(first.latex.partition(" = ")[0]).width * first.size
    places = {round(part.area.left + PAD * part.size, 3) for part in others}
    assert {round(first.area.left + lead, 3)} == places
    assert len(others) == 3


def test_update_is_shown_with_its_arrow_again(told) -> None:
    """Where w <- a, = b goes on on another slide, it says w <- b: w = b would be false."""
    document = told("plain", "en")
    (block,) = [block for block in steps_of(document) if block.key == "descent"]
    rows = step_lines(block, document, ROOM).rows
    assert r"\leftarrow" in rows[1].whole.latex
    assert rows[1].going_on.latex.startswith("=")
    assert " becomes " in rows[1].whole.alt


def test_result_stands_with_the_line_it_comes_from(told, network: str, lang: str) -> None:
    """A frame never comes first on a slide: what it repeats stands above it."""
    pages = board(told, network, lang)
    framed = [page for page in pages if any(isinstance(part, PlacedFrame) for part in page.placed)]
    assert 4 == len(framed)
    for page in framed:
        kinds = [type(part) for part in page.placed if not isinstance(part, PlacedText)]
        assert kinds.index(PlacedEquation) < kinds.index(PlacedFrame)


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


def strips(*heights: float, **properties: bool) -> list[Strip]:
    """Return strips of these heights."""
    return [Strip(height, (), notes=(str(height),), **properties) for height in heights]


@pytest.mark.parametrize(
    ("heights", "shares"),
    [
        ([80] * 4, [4]),
        ([80] * 5, [3, 2]),
        ([80] * 6, [3, 3]),
        ([80] * 9, [3, 3, 3]),
        ([300, 80, 300], [1, 1, 1]),
        ([500], [1]),
    ],
)
def test_slides_are_filled_evenly(heights: list[float], shares: list[int]) -> None:
    """As few slides as can be, and none with one line alone where it could be otherwise."""
    assert sorted(shares) == sorted(len(share) for share in _shares(strips(*heights), SHEET))
    assert [each for share in _shares(strips(*heights), SHEET) for each in share] == strips(*heights)


def test_sentence_stays_with_what_it_leads_to() -> None:
    """A strip that is held is not the last one of a slide."""
    held = [*strips(100, 100), *strips(100, held=True), *strips(270)]
    assert [2, 2] == [len(share) for share in _shares(held, SHEET)]
    assert [3, 1] == [len(share) for share in _shares(strips(100, 100, 100, 270), SHEET)]


def test_remark_that_would_take_a_slide_goes_to_the_notes() -> None:
    """What is optional and has no room is said with the strip before it; where there is room, it is shown."""
    full = [*strips(120, 120, 120), *strips(60, optional=True)]
    (shown,) = [_shortened(full, SHEET)]
    assert [("120",), ("120",), ("120", "60")] == [strip.notes for strip in shown]
    assert 4 == len(_shortened([*strips(80, 80, 80), *strips(60, optional=True)], SHEET))


def test_calculation_takes_the_whole_width(lang: str) -> None:
    """Where no line has a reason there is no column for reasons: nothing is smaller, or broken, for an empty one."""
    narrow = replace(ROOM, width=ROOM.width - ROOM.reasons)
    wider = 0
    blocks = [block for block in steps_of(calculated(lang)) if not any(line.reason for line in block.lines)]
    for block in blocks:
        given, less = (step_lines(block, calculated(lang), room).rows for room in (ROOM, narrow))
        assert {row.going_on.size for row in given} == {given[0].going_on.size}
        assert given[0].going_on.size >= 20
        wider += given[0].going_on.size > less[0].going_on.size or len(given[0].more) < len(less[0].more)
    assert wider > 3


def test_calculations_share_slides(lang: str) -> None:
    """The lines of a short calculation stay together, and what has room below it is on the same slide."""
    document = calculated(lang)
    pages = storyboard(document, SHEET)
    blocks = [block for block in steps_of(document) if len(block.lines) == 2]
    for block in blocks:
        last = [row.whole.alt for row in step_lines(block, document, ROOM).rows]
        assert 1 == sum(all(any(alt in p.alt for p in page.placed if is_equation(p)) for alt in last) for page in pages)
    assert len(blocks) > 4
    told = [block for topic in topics(document) for block in topic.blocks if isinstance(block, Steps)]
    assert len([page for page in pages if any(map(is_equation, page.placed))]) < len(told)


def test_high_line_stands_below_its_sentence() -> None:
    """A line of several rows of matrices is smaller where it would leave its sentence alone on a slide."""
    sheet = replace(SHEET, width=720, body=Area(48, 114, 624, 250))
    network = mlp("3-4-2", ["relu", "softmax"], "cross_entropy")
    derivation, values = derive(network), pleasant_values(network, 7)
    document = narrate_example(derivation, descend(derivation, values.scalars, values.rate, 0), rate=Rational(1))
    pages = [page for page in storyboard(document, sheet) if page.title[0].text.startswith("Layer")]
    assert [] == [page.notes for page in pages if not any(map(is_equation, page.placed))]
    assert len(pages) > 10


def test_chain_stands_below_its_sentence(told, lang: str) -> None:
    """A chain is lower where a slide is narrow and its sentence long, so that both stand on one slide."""
    narrow = replace(SHEET, width=720, body=Area(48, 114, 624, 388))
    for page in storyboard(told("plain", lang), narrow):
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
    latex = {part.latex for page in board(told, "kinks", lang) for part in page.placed if is_equation(part)}
    for each in latex:
        thought, drawn = extent(each), outline(each, 1.0)
        assert drawn.width <= 1.12 * thought.width
        assert drawn.height <= 1.15 * thought.height
        assert drawn.width >= 0.8 * thought.width or thought.width < 3
    assert len(latex) > 50


def is_equation(part: object) -> bool:
    """Tell whether a part of a slide is an equation."""
    return isinstance(part, PlacedEquation)


def test_estimate_can_be_too_small() -> None:
    """An equation is larger than the estimate of half of it, so the comparison above can fail."""
    half, whole = extent("a = b"), outline("a = b + c + d", 1.0)
    assert whole.width > 1.12 * half.width


@pytest.mark.parametrize("aspect", [(960, 864), (720, 624)])
def test_no_page_is_empty(told, network: str, aspect: tuple[int, int]) -> None:
    """Every page has a title and something below it."""
    sheet = replace(SHEET, width=aspect[0], body=Area(48, 114, aspect[1], 388))
    for page in storyboard(told(network, "es"), sheet):
        assert page.title
        assert page.placed

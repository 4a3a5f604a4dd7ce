"""Slides stand on their own: a lecture and a summary, measured as a picky lecturer would look at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from exposition.placing.standing import LETTERS, complaints, crowded

from symbackprop.exposition.document import Document
from symbackprop.exposition.mathtext.boxes import Fence, Leaf, Relation
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.paging.richtext import Run
from symbackprop.exposition.paging.slides import SHEETS, paged
from symbackprop.exposition.placing.pages import Area, Page, PlacedEquation, PlacedText
from symbackprop.exposition.placing.placed import placed

pytestmark = pytest.mark.combinations

BODY = Area(48, 114, 864, 388)
SHOWN = ("plain", "digits", "custom", "flat", "mixed", "four")


def pages_of(document: Document) -> tuple[Page, ...]:
    """Return the pages of a document."""
    return tuple(placed(slide, document, BODY) for slide in paged(document, SHEETS["16:9"]))


@cache
def board(derived: Callable[..., object], name: str, lang: str, level: str) -> tuple[Page, ...]:
    """Return the pages of a story at one level."""
    return pages_of(narrate(derived(name), lang=lang, level=level).slides)


@pytest.mark.parametrize("level", ["lecture", "short"])
@pytest.mark.parametrize("name", SHOWN)
def test_lecturer_has_nothing_to_complain_about(derived, name: str, lang: str, level: str) -> None:
    """Sizes, edges, titles, sentences, letters and words of every slide are as they should be."""
    assert [] == complaints(board(derived, name, lang, level), BODY, lang)


@pytest.mark.parametrize("name", ["plain", "digits", "mixed", "four"])
def test_lecture_is_short(derived, name: str, lang: str) -> None:
    """A lecture of 25 minutes has about 20 slides and no more than 60 clicks; the summary has five slides."""
    pages = board(derived, name, lang, "lecture")
    assert 1 + len(pages) <= 22 + (3 if name == "mixed" else name == "four")  # more activations, or layers
    assert sum(page.clicks for page in pages) <= 60
    assert 5 == 1 + len(board(derived, name, lang, "short"))


@pytest.mark.parametrize("level", ["lecture", "short"])
@pytest.mark.parametrize("name", SHOWN)
def test_four_equations_fill_their_slide(derived, name: str, lang: str, level: str) -> None:
    """They are as large as the words of other slides, or larger, but for one that is too long for its column."""
    pages = board(derived, name, lang, level)
    names = [{run.text for part in page.placed if isinstance(part, PlacedText) for run in part.runs} for page in pages]
    (page,) = [page for page, texts in zip(pages, names, strict=True) if {"BP1", "BP2", "BP3", "BP4"} <= texts]
    sizes = sorted(part.size for part in page.placed if isinstance(part, PlacedEquation))
    assert sizes[len(sizes) // 2] >= LETTERS
    assert max(part.area.bottom for part in page.placed) > BODY.top + 0.75 * BODY.height


@pytest.mark.parametrize(
    ("name", "most"), [("attention", 12), ("lstm", 26), ("rnn", 17), ("layer_norm", 12), ("two_layer_network", 16)]
)
def test_lecture_about_a_program_is_short_and_fills_its_slides(
    program_derivation, name: str, most: int, lang: str
) -> None:
    """No lone sentence, nothing over an edge, no small letters, and what is alike is told once."""
    pages = pages_of(narrate(program_derivation(name), lang=lang, level="lecture").slides)
    assert [] == crowded(pages, BODY)
    assert len(pages) <= most


@pytest.mark.parametrize(
    ("name", "most"),
    [("tied", 14), ("lenet", 22), ("lstm", 33), ("attention", 30), ("batch_norm", 30), ("residual", 23)],
)
def test_lecture_about_layers_fills_its_slides(layered_derivation, name: str, most: int, lang: str) -> None:
    """Nothing over an edge, no small letters, no lone sentence: of layers as of any other program."""
    pages = pages_of(narrate(layered_derivation(name), lang=lang, level="lecture").slides)
    assert [] == crowded(pages, BODY)
    assert len(pages) <= most


SENTENCE = PlacedText(Area(48, 114, 864, 250), (Run("One sentence."),))
EQUATION = PlacedEquation(Area(48, 200, 300, 120), Relation((Leaf("x", "x"), Leaf("u", "u")), (EQUALS,)), 22.0, "")


def page(*placed: object, title: str = "T") -> Page:
    """Return a page with these parts."""
    return Page((), (Run(title),), placed)  # type: ignore[arg-type]  # of any kind, for a test


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ([page(SENTENCE)], "sentences alone"),
        ([page(SENTENCE, replace(EQUATION, size=12.0))], "letters of 12 points"),
        ([page(SENTENCE, replace(EQUATION, area=Area(48, 400, 300, 120)))], "points over the edge"),
        ([page(replace(SENTENCE, area=Area(48, 114, 864, 20)), replace(EQUATION, area=Area(48, 140, 9, 20)))], "uses"),
        ([page(SENTENCE, EQUATION)], "x is not introduced"),
        ([page(SENTENCE, replace(EQUATION, box=Fence(Leaf("i", "i"), "[", "]")))], "[ is not introduced"),
        (
            [page(SENTENCE, EQUATION, replace(SENTENCE, runs=(Run("a rate"),), look="reason"))],
            "'rate' is not introduced",
        ),
        ([page(SENTENCE, EQUATION), page(SENTENCE, EQUATION)], "goes on from the slide before"),
        ([page(SENTENCE, EQUATION, title="A" * 60)], "a title of 60 letters"),
        ([page(replace(SENTENCE, runs=(Run("One. " * 5),)), EQUATION)], "5 sentences"),
        ([page(EQUATION, replace(SENTENCE, look="caption", area=Area(48, 114, 864, 40)))], "a caption of two lines"),
    ],
)
def test_bad_slide_is_found(bad: list[Page], complaint: str) -> None:
    """Each kind of complaint is made where there is a reason for it."""
    assert [each for each in complaints(bad, BODY, "en") if complaint in each]

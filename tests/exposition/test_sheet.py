"""The sheet: one page, and one slide or a few that can be read, whatever the network."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

import symbackprop as sb
from symbackprop.exposition.document import Document, Steps, Table
from symbackprop.exposition.formats import sheet as format_of_sheet
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.paging.slides import SHEETS
from symbackprop.exposition.placing.pages import Area, PlacedEquation
from symbackprop.exposition.placing.poster import SMALLEST, poster
from symbackprop.exposition.story.onepage import one_page, one_slide
from symbackprop.exposition.story.program import sheet
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling
from symbackprop.exposition.typesetting.onepage import sheet_tex
from symbackprop.exposition.typst.onepage import sheet_typst

HIGH, BODY = 540, Area(48, 114, 864, 388)


def page(derived, told, network: str, lang: str) -> Document:
    """Return the document of the sheet."""
    telling = Telling(derived(network), LANGUAGES[lang])
    return replace(told(network, lang), blocks=one_page(telling), talk=one_slide(telling))


def test_paper_is_one_page(derived, told, network: str, lang: str) -> None:
    """Typst, which returns a list of pages where there are several, sets one."""
    typst = pytest.importorskip("typst", reason="typst is not installed; it is in the extra `export`")
    source = sheet_typst(page(derived, told, network, lang)).encode()
    assert isinstance(typst.compile(source, ignore_system_fonts=True, format="svg"), bytes)


@pytest.mark.parametrize(("story", "language"), [("plain", "en"), ("digits", "es")])
def test_paper_of_tex_is_shrunk_to_one_page(derived, told, story: str, language: str) -> None:
    """All of it is in pieces, which TeX puts into one box as high as the paper, or lets flow."""
    text = sheet_tex(page(derived, told, story, language))
    assert text.index(r"\newcommand{\sheettop}") < text.rindex(r"\panel{") < text.index(r"\begin{document}")
    assert 1 == text[text.index(r"\begin{document}") :].count(r"\wholesheet")
    assert all(text.count(f"{name} &") == 1 for name in ("BP1", "BP2", "BP3", "BP4"))


@pytest.mark.thorough
def test_sheet_of_much_has_several_pages_that_can_be_read() -> None:
    """Typst sets six residual blocks on pages of two columns, and no table is longer than one of these."""
    typst = pytest.importorskip("typst", reason="typst is not installed; it is in the extra `export`")
    block = "residual(conv1d(2, 3, padding=1) gelu -> layer_norm -> conv1d(2, 3, padding=1)) relu"
    derivation = sb.derive(sb.sequential(f"2x6 -> {' -> '.join([block] * 6)} -> flatten -> dense(2)", cost="mse"))
    document = format_of_sheet._page(derivation, narrate(derivation))
    source = sheet_typst(document, across=False).encode()
    assert 3 < len(typst.compile(source, ignore_system_fonts=True, format="svg"))
    rows = [len(block.rows) for block in document.blocks if isinstance(block, Table)]
    assert max(rows) <= 40 < sum(rows)


def test_slides_hold_what_is_on_them(derived, told, network: str, lang: str) -> None:
    """Nothing stands over the edge of a slide, no equation on another one, and none is too small to be read."""
    slides = poster(page(derived, told, network, lang).slides, BODY, SHEETS["16:9"])
    for each in slides:
        shown, scale = each.placed, each.scale
        assert all(BODY.left - 1 <= scale * part.area.left for part in shown)
        assert all(scale * part.area.right <= BODY.right + 1 and scale * part.area.bottom <= HIGH for part in shown)
        equations = [part for part in shown if isinstance(part, PlacedEquation)]
        assert [] == [(one, other) for one, other in combinations(equations, 2) if _overlap(one.area, other.area)]
        assert SMALLEST <= min((scale * part.size for part in equations), default=SMALLEST)
    assert sum(isinstance(part, PlacedEquation) for each in slides for part in each.placed) > 12


@pytest.mark.parametrize(("name", "number"), [("rnn", 1), ("lstm", 5)])
def test_sheet_is_one_slide_where_that_can_be_read(program_derivation, told, name: str, number: int) -> None:
    """A network that is too much for one slide has several, as a talk has."""
    telling = ProgramTelling(program_derivation(name), LANGUAGES["en"])
    document = replace(told("plain", "en"), talk=sheet.one_slide(telling))
    assert number == len(poster(document.slides, BODY, SHEETS["16:9"]))


@pytest.mark.parametrize("name", ["rnn", "softmax_regression"])
def test_forward_pass_is_of_whole_arrays_as_the_way_back_is(program_derivation, name: str) -> None:
    """An equation that is shorter for whole arrays stands so, and every other in indices."""
    telling = ProgramTelling(program_derivation(name), LANGUAGES["en"])
    forms = telling.forward_forms
    wanted = [forms.get(each, each.sides) for each in telling.program.equations]
    for blocks in (sheet.one_page(telling), sheet.one_slide(telling)):
        lines = next(block for block in blocks if isinstance(block, Steps)).lines
        assert wanted == [(line.left, line.right) for line in lines]
        assert 0 < len(forms) < len(lines)


def _overlap(one: Area, other: Area) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 1 and min(one.bottom, other.bottom) - max(one.top, other.top) > 1

"""The sheet: one page and one slide, whatever the network."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from symbackprop.exposition.document import Document
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.placing.pages import Area, PlacedEquation
from symbackprop.exposition.placing.poster import poster
from symbackprop.exposition.story.onepage import one_page, one_slide
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
    """All of it is in one box, which TeX makes smaller than the paper."""
    text = sheet_tex(page(derived, told, story, language))
    assert 1 == text.count(r"\begin{onepage}")
    assert text.index(r"\begin{onepage}") < text.rindex(r"\panel") < text.index(r"\end{onepage}")
    assert all(text.count(f"{name} &") == 1 for name in ("BP1", "BP2", "BP3", "BP4"))


def test_slide_holds_what_is_on_it(derived, told, network: str, lang: str) -> None:
    """Nothing stands over the edge of the slide, and no equation on another one."""
    shown = poster(page(derived, told, network, lang).slides, BODY).placed
    assert all(part.area.left >= BODY.left - 1 and part.area.right <= BODY.right + 1 for part in shown)
    assert all(part.area.bottom <= HIGH for part in shown)
    equations = [part.area for part in shown if isinstance(part, PlacedEquation)]
    assert [] == [(one, other) for one, other in combinations(equations, 2) if _overlap(one, other)]
    assert len(equations) > 12


def _overlap(one: Area, other: Area) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 1 and min(one.bottom, other.bottom) - max(one.top, other.top) > 1

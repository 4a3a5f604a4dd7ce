"""The deck: what comes with which click, what the speaker says, and that no step of a derivation is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import unescape

import pytest
from exposition.canonical.files import deck as read_deck
from exposition.canonical.reference import difference, on_slides

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Prose
from symbackprop.exposition.options import Options
from symbackprop.exposition.rendering import render

SECTION = re.compile(r"<section\b.*?</section>", re.DOTALL)
LATEX = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.DOTALL)


@cache
def slides(derived: Callable[[str], Derivation], network: str = "plain", lang: str = "en") -> list[str]:
    """Return the slides of a deck as text."""
    return SECTION.findall(str(render(derived(network), "deck", lang=lang)).partition('<div class="slides">')[2])


def test_no_step_is_lost(derived, told, network: str) -> None:
    """Every line of every derivation, and every result, stands on some slide, in the order of the story."""
    shown = read_deck("".join(slides(derived, network)))
    assert "" == difference(list(on_slides(told(network, "en"))), shown)


def test_clicks_follow_one_another(derived, network: str, lang: str) -> None:
    """On each slide something comes with every click, from the first to the last."""
    for slide in slides(derived, network, lang):
        clicks = {int(click) for click in re.findall(r'data-fragment-index="(\d+)"', slide)}
        assert set(range(1, max(clicks, default=0) + 1)) == clicks


def test_first_line_is_there_and_every_further_one_waits(derived) -> None:
    """On the slide of the first link, its first line comes with the sentence, and each further line with a click."""
    (slide,) = [one for one in slides(derived) if "First link" in one and '<ol class="steps">' in one]
    lines = re.findall(r"<li\b(.*?)</li>", slide, re.DOTALL)
    assert ["fragment" in line.partition(">")[0] for line in lines] == [False, True]
    assert "fragment" not in lines[0]
    assert 'data-fragment-index="1"' in lines[1].partition(">")[0]


def test_path_is_lit_from_layer_to_layer(derived) -> None:
    """A weight comes with the neuron that it leads to, layer by layer, and the way to the cost last."""
    slide, forward, back = [one for one in slides(derived) if "<svg" in one]
    found = re.findall(r'<g class="[^"]*on-path fragment custom" data-fragment-index="(\d+)" id="path-([^"]+)"', slide)
    lit = {name: int(click) for click, name in found if not name.endswith("-label")}
    assert {"w_1_2_1": 1, "a_1_2": 1, "w_2_1_2": 2, "a_2_1": 2, "C_1": 3} == lit
    assert ['id="forward-a_1_2"' in forward, 'id="back-a_1_2"' in back] == [True, True]


def test_caption_that_speaks_of_a_brace_comes_with_it(derived) -> None:
    """Five links come one by one; the sixth click shows the brace and the sentence about it, which no other has."""
    (slide,) = [one for one in slides(derived) if "The links under the brace" in one]
    assert {"6"} == {*re.findall(r'(?:named role-error|<figcaption)[^>]*data-fragment-index="(\d+)"', slide)}
    assert 1 == slide.count('<figcaption class="fragment"')


def test_whole_story_is_in_the_notes(derived, told, network: str, lang: str) -> None:
    """Every paragraph of the story is said by the speaker, once."""
    notes = [re.sub(r"<.*?>", "", note) for note in _notes(slides(derived, network, lang))]
    paragraphs = [block for block in told(network, lang).slides.blocks if isinstance(block, Prose)]
    assert len(paragraphs) == len(notes)
    for paragraph, note in zip(paragraphs, notes, strict=True):
        words = [part for part in paragraph.text if isinstance(part, str)]
        assert all(word.strip() in unescape(note) for word in words)


def _notes(parts: list[str]) -> list[str]:
    asides = re.findall(r'<aside class="notes">(.*?)</aside>', "".join(parts), re.DOTALL)
    return re.findall(r"<p>(.*?)</p>", "".join(asides), re.DOTALL)


def test_signs_of_a_derivation_over_two_slides_stand_in_one_place(derived) -> None:
    """Where a derivation goes on on the next slide, both have its widest left side, one of them unseen."""
    whole = str(render(derived("plain"), "deck", level="full")).split("<section")
    going_on = [one for one in whole if "The parameters of a layer" in one]
    assert len(going_on) > 1
    ghosts = [
        LATEX.findall(ghost)
        for one in going_on
        for ghost in re.findall(r'<li class="line ghost.*?</li>', one, re.DOTALL)
    ]
    assert ghosts
    assert all(r"\frac{\partial C}" in latex for (latex,) in ghosts)


@pytest.mark.parametrize(("aspect", "width"), [("16:9", "1280"), ("4:3", "960")])
def test_aspect_is_that_which_was_asked_for(derived, aspect: str, width: str) -> None:
    """The sheet has the proportions that were asked for."""
    whole = str(render(derived("plain"), "deck", options=Options(aspect=aspect)))
    assert f'data-width="{width}" data-height="720"' in whole


def test_steps_as_slides_are_pages_of_their_own_when_printed(derived) -> None:
    """Whoever asks for a slide per step gets a page per step in print."""
    assert 'data-pages="slides"' in str(render(derived("plain"), "deck", options=Options(steps="slides")))
    assert 'data-pages="clicks"' in str(render(derived("plain"), "deck"))


def test_library_keeps_its_licence(derived) -> None:
    """The notice of reveal.js stands in the file."""
    assert "MIT licensed" in str(render(derived("plain"), "deck"))

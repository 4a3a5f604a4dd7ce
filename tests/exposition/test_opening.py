"""The first slide of a talk: the title, and the question that the talk answers."""

from __future__ import annotations

import html
import re

import pytest

from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.options import PLAIN
from symbackprop.exposition.paging.richtext import plain
from symbackprop.exposition.paging.topics import gist, opening


@pytest.mark.parametrize(
    ("format_name", "end"), [("beamer", r"\end{frame}"), ("deck", "<aside")], ids=["beamer", "reveal.js"]
)
def test_first_slide_asks_the_question(derived, told, lang: str, format_name: str, end: str) -> None:
    """What the story opens with is shown, and not only said."""
    document = told("plain", lang)
    (content,) = list(FORMATS[format_name].write(derived("plain"), document, PLAIN).values())[:1]
    slide = str(content).split(end)[0].split(r"\note{")[0]
    question = plain(gist(opening(document.slides)[0], document), document)
    shown = re.sub(r"\s+", " ", html.unescape(slide))
    assert question.rsplit(". ", 1)[-1] in shown

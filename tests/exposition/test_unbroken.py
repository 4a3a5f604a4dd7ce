"""Shapes are never broken at their hyphens, and text of a reader's is code for no program, in any format."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.formats.markdown.flavours import FLAVOURS
from symbackprop.exposition.formats.pdf import article
from symbackprop.exposition.options import Options
from symbackprop.exposition.rendering import files_of
from symbackprop.exposition.unbroken import JOINER, LONGEST, pieces

TITLE = "Widths 784-30-10"
WHOLE = {
    "beamer": r"\mbox{784-30-10}",
    "deck": '<span class="whole">784-30-10</span>',
    "docx": r"784</w:t><w:noBreakHyphen/><w:t[^>]*>30</w:t><w:noBreakHyphen/>",
    "html": '<span class="whole">784-30-10</span>',
    "ipynb": f"784&#45;{JOINER}30&#45;{JOINER}10",
    "latex": r"\mbox{784-30-10}",
    "markdown": rf"784\-{JOINER}30\-{JOINER}10",
    "sheet": r"\mbox{784-30-10}",
    "pptx": "784\u201130\u201110",
}
DRAWN = {
    "mathml",
    "omml",
    "pdf",
    "png",
    "svg",
    "tex",
    "typst",
    "unicode",
}  # hold no lines of words; the PDF is looked at in its source


def content_of(content: str | bytes) -> str:
    """Return the text of a file, or of every part of an Office file."""
    if isinstance(content, str):
        return content
    with ZipFile(BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if ".xml" in name)


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("a 2-3-1 network, 3-4-2", ["2-3-1", "3-4-2"]),
        ("12-12-12-…-12", ["12-12-12-…-12"]),
        ("2026-03-14", ["2026-03-14"]),
        ("mid-term 1-x, x-1, -3, 3-, a2-3", []),
        ("-".join(["1"] * (LONGEST // 2)), ["-".join(["1"] * (LONGEST // 2))]),
        ("-".join(["1"] * LONGEST), []),
    ],
)
def test_shapes_among_words(text: str, shapes: list[str]) -> None:
    """Numbers with hyphens between them are kept whole, unless that is more than a line holds; nothing is lost."""
    assert shapes == [piece for piece, whole in pieces(text) if whole]
    assert text == "".join(piece for piece, _ in pieces(text))


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in DRAWN])
def test_shape_in_a_title_is_whole(derived, told, name: str) -> None:
    """Each format says of the hyphens of a title that no line ends there."""
    document = replace(told("plain", "en"), title=TITLE, talk=None, blocks=())
    shown = content_of(files_of(derived("plain"), document, name)[FORMATS[name].main])
    assert re.search(WHOLE[name] if name == "docx" else re.escape(WHOLE[name]), shown)


def test_shape_in_a_sentence_is_whole(told) -> None:
    """What is said of a network of three layers never leaves its shape in pieces, in Typst either."""
    source = article(replace(told("plain", "en"), title=TITLE))
    assert '#title[#"Widths ";#box("784-30-10");]' in source
    assert source.count('#box("2-3-1");') > 1
    assert not re.search(r'#"[^"]*\b2-3-1', source)


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("{{ 1 + 1 }}", rf"\{{{JOINER}\{{ 1 \+ 1 \}}\}}"),
        ("{{< include x >}}", rf"\{{{JOINER}\{{\< include x \>\}}\}}"),
        ("{% raw %}", rf"\{{{JOINER}\% raw \%\}}"),
        (":smile: a:b", rf"\:{JOINER}smile\: a\:b"),
        ("<Counter /> <!-- class: x -->", r"\<Counter \/\> \<\!\-\- class\: x \-\-\>"),
        ("$x$ @who #1 ```", r"\$x\$ \@who \#1 \`\`\`"),
    ],
)
def test_title_is_code_for_no_program(derived, told, flavour: str, title: str, shown: str) -> None:
    """Signs of Vue, Quarto, Jekyll, Marp and GitHub are letters: none of their templates finds its beginning."""
    document = replace(told("plain", "en"), title=title, author=title, talk=None, blocks=())
    text = str(files_of(derived("plain"), document, "markdown", options=Options(flavour=flavour))["derivation.md"])
    if flavour == "quarto":  # it has the title at its head alone, where it is Markdown, too
        assert 2 == text.count(shown.replace("\\", "\\\\"))
        return
    body = text.rsplit("\n---\n", maxsplit=1)[-1] if text.startswith("---") else text
    lines = body.split("\n")
    assert f"# {shown}" in lines
    assert {"marp", "slidev"} >= {flavour} or shown in lines
    assert not re.search(r"\{\{|\{%|<!--", body)

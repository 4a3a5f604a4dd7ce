"""The Markdown file: what GitHub shows, and nothing that it refuses."""

from __future__ import annotations

import re
import unicodedata

import pytest

from symbackprop.exposition.document import Code, Document
from symbackprop.exposition.formats.markdown.flavours import FLAVOURS
from symbackprop.exposition.formats.markdown.writer import Writer
from symbackprop.exposition.rendering import render
from symbackprop.exposition.unbroken import JOINER


def test_mathematics_stays_in_the_dialect_of_github(derived, network: str, lang: str) -> None:
    r"""No \operatorname, \phantom, \mbox or colour, and no bare dollar sign that GitHub would pair up."""
    text = str(render(derived(network), "markdown", lang=lang))
    refused = re.findall(r"\\(?:operatorname|phantom|mbox|textcolor|tag|cancel)\b", text)
    assert [] == refused
    assert [] == re.findall(r"(?<![`\\])\$(?!`)", text)


def test_fences_and_environments_are_closed(derived, network: str, lang: str) -> None:
    """Every block of mathematics and every picture ends, and no brace is left open in one."""
    text = str(render(derived(network), "markdown", lang=lang))
    fences = re.findall(r"^```(\w*)$", text, re.MULTILINE)
    assert {"math", "mermaid"} == set(fences[::2])
    assert {""} == set(fences[1::2])
    assert text.count(r"\begin{aligned}") == text.count(r"\end{aligned}")
    for block in re.findall(r"```math\n(.*?)\n```", text, re.DOTALL):
        assert block.count("{") == block.count("}")


def test_tables_have_as_many_cells_in_every_row(derived, network: str, lang: str) -> None:
    """No formula breaks a table: each row has the columns of its header."""
    text = str(render(derived(network), "markdown", lang=lang))
    tables = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    assert len(tables) >= 6
    for table in tables:
        assert 1 == len({row.count(" | ") for row in table.strip().split("\n")})


@pytest.mark.combinations
@pytest.mark.hostile("name", expect="literal")
def test_hostile_title_is_literal(derived, hostile_text: str) -> None:
    """Every label is the heading, with a backslash before each sign that could be markup, and nothing seen but it."""
    first = str(render(derived("plain"), "markdown", title=hostile_text)).split("\n", 1)[0].replace(JOINER, "")
    assert f"# {hostile_text}" == re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", first)
    body = re.sub(r"\\[!-/:-@\[-`{-~]", "", first.removeprefix("# "))
    assert not [c for c in body if c.isascii() and unicodedata.category(c)[0] in "PS"]


def test_links_are_those_of_the_golden_files(derived, golden, lang: str) -> None:
    """The section on the three links, in each language, is what somebody last looked at."""
    text = str(render(derived("plain"), "markdown", lang=lang))
    golden(f"markdown/links-{lang}.md", text[text.index("## 4.") : text.index("## 5.")])


def test_fence_of_a_program_is_longer_than_those_inside() -> None:
    """A program that holds a fence is put between longer ones."""
    writer = Writer(Document("t", None, None, "en", (), {"otherwise": "otherwise"}), FLAVOURS["github"])
    assert "````md\n```\n````" == writer.block(Code("```", "md"))


def test_unknown_block_is_named(told) -> None:
    """What is no block of the closed set is refused by its class."""
    with pytest.raises(TypeError, match="no Markdown for the block str"):
        Writer(told("plain", "en"), FLAVOURS["github"]).block("x")

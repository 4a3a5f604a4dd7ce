"""The page: answers that are whole, lines that can be copied whole, and nothing of a program or a block misread."""

from __future__ import annotations

import re

import pytest
from sympy import Add, Symbol

from symbackprop.exposition.document import Code, Document, Line, Steps
from symbackprop.exposition.rendering import render
from symbackprop.exposition.web.blocks import BlockWriter
from symbackprop.exposition.web.formulas import Room

SMALL = Document("t", None, None, "en", (), {"otherwise": "otherwise", "figure": "Figure", "table": "Table"})


def test_answers_use_every_kept_formula(derived, network: str) -> None:
    """The numbers in the answers are those of the formulas that are kept, each of them asked for."""
    whole = str(render(derived(network), "html"))
    (kept,) = re.findall(r'<template class="formulas">(.*?)</template>', whole, re.DOTALL)
    asked = {int(number) for number in re.findall(r'data-formula="(\d+)"', whole)}
    assert set(range(kept.count("<math "))) == asked


def test_broken_line_keeps_its_whole() -> None:
    """A line that is broken into rows has the unbroken formula beside it; one that is not, or too long, has none."""
    line = Line(Symbol("s"), "=", Add(*(Symbol(letter) for letter in "abcdefgh")))
    long = Line(Symbol("s"), "=", Add(*(Symbol(f"a_{number}") for number in range(3000))))
    for each, limit, wholes in ((line, 5.0, 1), (line, 80.0, 0), (long, 80.0, 0)):
        written = BlockWriter(SMALL, Room(limit, limit)).block(Steps((each,)))
        assert wholes == written.count("<template>")
        assert (written.count('class="more"') > 0) == bool(wholes or each is long)


def test_program_is_literal() -> None:
    """A program is shown as it is."""
    assert "a &lt; b &amp;&amp; c" in BlockWriter(SMALL, Room(20, 30)).block(Code("a < b && c"))


def test_unknown_block_is_named() -> None:
    """What is no block of the closed set is refused by its class."""
    with pytest.raises(TypeError, match="no HTML for the block str"):
        BlockWriter(SMALL, Room(20, 30)).block("x")

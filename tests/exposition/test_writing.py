"""The walk over a document that every format shares: kinds, neighbours and numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sympy import Symbol

from symbackprop.exposition import document as doc
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.writing import TextWriter

X = doc.Formula((Symbol("x"),))
HEADING, PROSE = doc.Heading(("a",), key="s"), doc.Prose(("b ", X, doc.Emphasis("c"), doc.Reference("s")))
BLOCKS = (
    HEADING,
    PROSE,
    doc.Display(X),
    doc.Steps(()),
    doc.Figure(ChainPicture((), ()), (), ""),
    doc.Table((), (), ""),
    doc.Code("d"),
    doc.Note(("e",), ("f",)),
)
KINDS = ("heading", "prose", "display", "steps", "figure", "table", "code", "note")
PARTS = ("inline", "emphasis", "reference", "words")


def named(kind: str) -> Any:
    """Return a method that says what it was called for."""
    return lambda self, *parts: f"<{kind}>"


Kinds: Any = type("Kinds", (TextWriter,), {"FORMAT": "kinds"} | {f"_{kind}": named(kind) for kind in (*KINDS, *PARTS)})
DOCUMENT = doc.Document("t", None, None, "en", BLOCKS, {"figure": "Figure", "table": "Table"})


def test_every_kind_of_block_and_of_segment_is_written_as_what_it_is() -> None:
    """Each block of the closed set, and each part of a sentence, reaches the one method that is about it."""
    writer = Kinds(DOCUMENT)
    assert [f"<{kind}>" for kind in KINDS] == list(map(writer.block, BLOCKS))
    assert "<words><inline><emphasis><reference>" == writer.text(PROSE.text)


def test_neighbours_stand_where_they_stand() -> None:
    """Every block comes with the one before it and the one after it, None at the ends."""
    writer = Kinds(replace(DOCUMENT, blocks=(HEADING, PROSE)))
    assert [(None, HEADING, PROSE), (HEADING, PROSE, None)] == list(writer.around())


def test_pictures_and_tables_are_counted_apart() -> None:
    """Each kind has numbers of its own, from 1, and each writer begins anew."""
    writer = Kinds(DOCUMENT)
    counted = [writer.counted(kind) for kind in ("figure", "table", "figure")]
    assert [("Figure", 1), ("Table", 1), ("Figure", 2)] == counted
    assert ("Figure", 1) == Kinds(DOCUMENT).counted("figure")


@pytest.mark.parametrize("part", [*KINDS, *PARTS])
def test_writer_that_leaves_a_kind_out_is_none(part: str) -> None:
    """A format that says nothing of a kind is found before it writes anything."""
    lacking = type("Lacking", (TextWriter,), {f"_{kind}": named(kind) for kind in (*KINDS, *PARTS) if kind != part})
    with pytest.raises(TypeError, match=f"_{part}"):
        lacking(DOCUMENT)

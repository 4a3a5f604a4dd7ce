"""Sentences as runs of text: a formula among words becomes italic letters, raised and lowered.

    w^{(l)}_{jk} is a weight  ->  Run("w", italic) Run("jk", shift=-1) Run("(l)", shift=1) Run(" is a weight")

Titles, cells of tables and labels of pictures hold no native equations: Office offers to repair files that have them
there. A run is text wherever it goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import singledispatch

from symbackprop.exposition.document import Document, Emphasis, Formula, Reference, Segment, Text
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Cases,
    Coloured,
    Fence,
    Fraction,
    Framed,
    Grid,
    Leaf,
    Relation,
    Root,
    Scripts,
    Summation,
    slashed,
)
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.mathtext.sequence import Accent, Gap, Glyphs, Sign, begins_with_sign, sequence
from symbackprop.exposition.mathtext.style import ACCENTS


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look; `shift` is 1 if raised, -1 if lowered; `formula` for those of mathematics."""

    text: str
    italic: bool = False
    bold: bool = False
    shift: int = 0
    formula: bool = False


def runs(text: Text, document: Document) -> tuple[Run, ...]:
    """Return a sentence as runs."""
    return tuple(run for segment in text for run in _segment(segment, document))


def plain(text: Text, document: Document) -> str:
    """Return a sentence as nothing but characters, for notes and descriptions."""
    return "".join(_characters(segment, document) for segment in text)


def formula_runs(formula: Formula, document: Document) -> tuple[Run, ...]:
    """Return a formula as runs in one line."""
    return box_runs(formula_box(formula, document.style))


def box_runs(box: Box) -> tuple[Run, ...]:
    """Return mathematics as runs in one line."""
    return _joined(_row(box, Run("", formula=True)))


def _segment(segment: Segment, document: Document) -> tuple[Run, ...]:
    match segment:
        case Formula():
            return formula_runs(segment, document)
        case Emphasis(words):
            return (Run(words, bold=True),)
        case Reference(key):
            return (Run(str(document.sections[key])),)
        case str():
            return (Run(segment),)


def _characters(segment: Segment, document: Document) -> str:
    if isinstance(segment, Formula):
        return in_line(formula_box(segment, document.style))
    return "".join(run.text for run in _segment(segment, document))


def _joined(parts: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs with neighbours of one look put together."""
    done: list[Run] = []
    for part in parts:
        if done and replace(done[-1], text="") == replace(part, text=""):
            done[-1] = replace(part, text=done[-1].text + part.text)
        elif part.text:
            done.append(part)
    return tuple(done)


def _row(box: Box, look: Run) -> list[Run]:
    """Return what stands side by side; a sign that begins a line has no blank before it."""
    parts = sequence(box)
    done = [run for part in parts for run in _one(part, look)]
    if done and begins_with_sign(parts):
        done[0] = replace(done[0], text=done[0].text.lstrip())
    return done


@singledispatch
def _one(box: Box, look: Run) -> list[Run]:
    """Return one thing that stands in a row; what has no other rule is what its parts are, one after the other."""
    raise TypeError(f"no text for the box {type(box).__name__}")


@_one.register
def _(box: Glyphs, look: Run) -> list[Run]:
    return [replace(look, text=box.text, italic=box.look == "italic")]


@_one.register
def _(box: Sign, look: Run) -> list[Run]:
    between = box.kind in ("relation", "operation") and not look.shift and box.text != "·"
    return [replace(look, text=f" {box.text} " if between else box.text + " " * (box.kind == "comma"))]


@_one.register
def _(box: Gap, look: Run) -> list[Run]:
    return [replace(look, text="\u2003" * round(box.em) or "\u2009")]


@_one.register
def _(box: Accent, look: Run) -> list[Run]:
    *before, last = _row(box.base, look)
    return [*before, replace(last, text=last.text + ACCENTS[box.name])]


@_one.register
def _(box: Scripts, look: Run) -> list[Run]:
    """A letter with its lower script, then its upper one; a script of a script is not shifted again."""
    done = _row(box.base, look)
    done += [replace(look, text="′" * box.primes)] if box.primes else []
    for script, shift in ((box.below, -1), (box.above, 1)):
        if script is not None:
            done += _row(script, look if look.shift else replace(look, shift=shift))
    return done


@_one.register
def _(box: Fraction, look: Run) -> list[Run]:
    return _row(slashed(box), look)


@_one.register
def _(box: Root, look: Run) -> list[Run]:
    return [replace(look, text="√("), *_row(box.inside, look), replace(look, text=")")]


@_one.register
def _(box: Fence, look: Run) -> list[Run]:
    return [replace(look, text=box.left), *_row(box.inside, look), replace(look, text=box.right)]


@_one.register
def _(box: Summation, look: Run) -> list[Run]:
    below = Relation((box.index, box.first), (EQUALS,))
    return [*_one(Scripts(Leaf("∑", "∑"), below, box.last), look), *_row(box.body, look)]


@_one.register
def _(box: Cases, look: Run) -> list[Run]:
    return [replace(look, text="{"), *_cells(box.rows, look)]


@_one.register
def _(box: Grid, look: Run) -> list[Run]:
    return _cells(box.rows, look)


def _cells(rows: tuple[tuple[Box, ...], ...], look: Run) -> list[Run]:
    done = [[run for cell in row for run in (*_row(cell, look), replace(look, text="  "))] for row in rows]
    return [run for row in done for run in (*row[:-1], replace(look, text="; "))][:-1]


@_one.register(Coloured)
@_one.register(Framed)
def _(box: Coloured | Framed, look: Run) -> list[Run]:
    return _row(box.inside, look)

"""Sentences as runs of text: a formula among words becomes italic letters, raised and lowered.

    w^{(l)}_{jk} is a weight  ->  Run("w", italic) Run("jk", shift=-1) Run("(l)", shift=1) Run(" is a weight")

Titles, cells of tables and labels of pictures hold no native equations: Office offers to repair files that have them
there. A run is text wherever it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

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
    rule_for,
    slashed,
)
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.mathtext.sequence import Accent, Gap, Glyphs, Sign, begins_with_sign, sequence
from symbackprop.exposition.mathtext.style import ACCENTS
from symbackprop.frozen import dataclass


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


def _one(box: Box, look: Run) -> list[Run]:
    """Return one thing that stands in a row; what has no other rule is what its parts are, one after the other."""
    return rule_for(box, _RUNS, "text")(box, look)


def _sign(box: Sign, look: Run) -> list[Run]:
    between = box.kind in ("relation", "operation") and not look.shift and box.text != "·"
    return [replace(look, text=f" {box.text} " if between else box.text + " " * (box.kind == "comma"))]


def _accent(box: Accent, look: Run) -> list[Run]:
    *before, last = _row(box.base, look)
    return [*before, replace(last, text=last.text + ACCENTS[box.name])]


def _scripts(box: Scripts, look: Run) -> list[Run]:
    """A letter with its lower script, then its upper one; a script of a script is not shifted again."""
    done = _row(box.base, look)
    done += [replace(look, text="′" * box.primes)] if box.primes else []
    for script, shift in ((box.below, -1), (box.above, 1)):
        if script is not None:
            done += _row(script, look if look.shift else replace(look, shift=shift))
    return done


def _summation(box: Summation, look: Run) -> list[Run]:
    below = Relation((box.index, box.first), (EQUALS,))
    return [*_one(Scripts(Leaf("∑", "∑"), below, box.last), look), *_row(box.body, look)]


def _cells(rows: tuple[tuple[Box, ...], ...], look: Run) -> list[Run]:
    done = [[run for cell in row for run in (*_row(cell, look), replace(look, text="  "))] for row in rows]
    return [run for row in done for run in (*row[:-1], replace(look, text="; "))][:-1]


_RUNS: Mapping[type, Callable[[Any, Run], list[Run]]] = {
    Glyphs: lambda box, look: [replace(look, text=box.text, italic=box.look == "italic")],
    Sign: _sign,
    Gap: lambda box, look: [replace(look, text="\u2003" * round(box.em) or "\u2009")],
    Accent: _accent,
    Scripts: _scripts,
    Fraction: lambda box, look: _row(slashed(box), look),
    Root: lambda box, look: [replace(look, text="√("), *_row(box.inside, look), replace(look, text=")")],
    Fence: lambda box, look: [replace(look, text=box.left), *_row(box.inside, look), replace(look, text=box.right)],
    Summation: _summation,
    Cases: lambda box, look: [replace(look, text="{"), *_cells(box.rows, look)],
    Grid: lambda box, look: _cells(box.rows, look),
    Coloured: lambda box, look: _row(box.inside, look),
    Framed: lambda box, look: _row(box.inside, look),
}

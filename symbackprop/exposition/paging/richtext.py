"""Sentences as runs of text: a formula among words becomes italic letters, raised and lowered.

    w^{(l)}_{jk} is a weight  ->  Run("w", italic) Run("jk", shift=-1) Run("(l)", shift=1) Run(" is a weight")

Titles, cells of tables and labels of pictures hold no native equations: Office offers to repair files that have them
there. A run is text wherever it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from symbackprop.exposition.document import Document, Emphasis, Formula, Reference, Segment, Text
from symbackprop.exposition.formulas import formula_box, formula_latex
from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.omml import RELATIONS
from symbackprop.exposition.mathtext.plain import in_line

__all__ = ["Run", "formula_runs", "is_simple", "latex_runs", "plain", "runs"]

_SIMPLE = frozenset({"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msub", "msup", "msubsup", "mstyle"})
_ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304", "→": "\u20d7"}  # over a letter; what does it in a text
_SPACED = RELATIONS | {"+", "−", "⊙", "×"}


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
    return latex_runs(formula_latex(formula, document.style))


def latex_runs(latex: str) -> tuple[Run, ...]:
    """Return mathematics as runs in one line."""
    return _joined(_row(tree(latex, display=False), Run("", formula=True)))


def is_simple(formula: Formula, document: Document) -> bool:
    """Tell whether a formula needs nothing but letters with scripts."""
    return all(part.tag in _SIMPLE for part in tree(formula_latex(formula, document.style), display=False).iter())


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


def _row(parts: Iterable[Element], look: Run) -> list[Run]:
    row = list(parts)
    return [run for place, part in enumerate(row) for run in _one(part, look, _is_infix(row, place))]


def _is_infix(row: Sequence[Element], place: int) -> bool:
    """Tell whether a sign stands between two things, and so between two blanks."""
    if row[place].text not in _SPACED or not 0 < place < len(row) - 1:
        return False
    return row[place - 1].tag != "mo" or row[place - 1].get("form") == "postfix"


def _one(element: Element, look: Run, infix: bool) -> list[Run]:  # noqa: FBT001 - what the row knows of it
    text = element.text or ""
    match element.tag:
        case "mi":
            italic = len(text) == 1 and element.get("mathvariant") != "normal"
            return [replace(look, text=text, italic=italic)]
        case "mn" | "mtext":
            return [replace(look, text=text)]
        case "mo":
            return [replace(look, text=f" {text} " if infix and not look.shift else text + " " * (text == ","))]
        case "mspace":
            return [replace(look, text="\u2009")]
        case "mfrac":
            top, bottom = (_grouped(part, look) for part in element)
            return [*top, replace(look, text="/"), *bottom]
        case "msqrt":
            return [replace(look, text="√("), *_row(element, look), replace(look, text=")")]
        case "mtable":
            rows = [[run for cell in row for run in (*_row(cell, look), replace(look, text="  "))] for row in element]
            return [run for row in rows for run in (*row[:-1], replace(look, text="; "))][:-1]
        case "mover" if element[1].text in _ACCENTS:
            *before, last = _one(element[0], look, infix=False)
            return [*before, replace(last, text=last.text + _ACCENTS[element[1].text])]
        case "msub" | "msup" | "msubsup" | "munder" | "mover" | "munderover":
            return _scripted(element, look)
        case _:
            return _row(element, look)


def _grouped(element: Element, look: Run) -> list[Run]:
    """Return a part of a fraction, in parentheses where it has signs or is a product of more than one letter."""
    inside = _one(element, look, infix=False)
    long = any(part.tag == "mo" and part.text in _SPACED for part in element)
    return [replace(look, text="("), *inside, replace(look, text=")")] if long and element.tag == "mrow" else inside


def _scripted(element: Element, look: Run) -> list[Run]:
    """Return a letter with its lower script, then its upper one; a script of a script is not shifted again."""
    base, *scripts = element
    done = _one(base, look, infix=False)
    shifts = {"msub": (-1,), "munder": (-1,), "msup": (1,), "mover": (1,)}.get(element.tag, (-1, 1))
    for script, shift in zip(scripts, shifts, strict=True):
        prime = script.text in ("′", "″")
        small = look if prime or look.shift else replace(look, shift=shift)
        done += _one(script, small, infix=False)
    return done

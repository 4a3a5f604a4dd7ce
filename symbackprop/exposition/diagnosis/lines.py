"""The lines of a person's own derivation: all of them with their verdicts, and a section for each that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite

from sympy import Float

from symbackprop.calculus.judgement import JudgedLine
from symbackprop.exposition.document import Block, Code, Display, Formula, Heading, Prose, Table, Text
from symbackprop.exposition.example.terms import Rounded
from symbackprop.exposition.languages import Language

__all__ = ["told_lines", "verdict_of_lines"]

DIGITS = 6  # significant ones, of both values of a counterexample


def verdict_of_lines(lines: Sequence[JudgedLine], language: Language) -> Text:
    """Return what is said of the lines as a whole: all hold, or which is the first that does not."""
    wrong = [line.number for line in lines if line.is_new_mistake]
    if wrong:
        return language.say("diagnosis.verdict.lines.wrong", number=wrong[0], count=len(lines))
    key = "unknown" if any(line.verdict == "unknown" for line in lines) else "right"
    return language.say(f"diagnosis.verdict.lines.{key}", count=len(lines))


def told_lines(lines: Sequence[JudgedLine], language: Language, prose: Callable[[str], Prose]) -> Iterator[Block]:
    """Yield all lines, marked, and what is wrong with those that are; `prose` makes a paragraph of a sentence."""
    yield Heading(language.say("diagnosis.section.lines"), key="lines")
    yield Code("\n".join(_marked(line, language) for line in lines))
    for line in lines:
        if line.verdict != "equal":
            yield from _wrong(line, language, prose)


def _marked(line: JudgedLine, language: Language) -> str:
    """Return a line as it was written, with its number, and with a word where it is not right."""
    left = line.left if line.starts else " " * len(line.left)
    word = "" if line.verdict == "equal" else f"    <- {language.worded(line.verdict)}"
    return f"{line.number:>3}  {left} = {line.text}{word}"


def _wrong(line: JudgedLine, language: Language, prose: Callable[[str], Prose]) -> Iterator[Block]:
    say = language.say
    kind = say(f"mistake.{line.kind}") if f"mistake.{line.kind}" in language else say(f"diagnosis.line.{line.verdict}")
    yield Heading(say("diagnosis.line.title", number=line.number, what=kind), key=f"line-{line.number}")
    for remark in line.remarks:
        yield prose(remark)
    if line.right is not None:
        yield Prose(say("diagnosis.line.right"))
        yield Display(Formula(line.right.sides))
    example = line.counterexample
    if example is not None and isfinite(example.yours) and isfinite(example.right):
        yield Prose(say("diagnosis.line.example" if example.where else "diagnosis.line.at_point"))
        if example.where:
            yield Code("\n".join(example.where.replace("\u00a0", " ").split(", ")))
        values = ((Formula((Rounded(Float(value), DIGITS),)),) for value in (example.yours, example.right))
        yield Table((say("diagnosis.yours"), say("diagnosis.right")), (tuple(values),), "rr")

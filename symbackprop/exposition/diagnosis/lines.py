"""The lines of a person's own derivation: all of them with their verdicts, and a section for each that is wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite

from sympy import Float, Integer

from symbackprop.calculus.indices import put
from symbackprop.calculus.judgement import JudgedLine, WrittenLaw
from symbackprop.exposition.diagnosis.differences import RIGHT, WRONG, beside, differing
from symbackprop.exposition.document import Block, Code, Display, Formula, Heading, Prose, Table, Text
from symbackprop.exposition.example.terms import Rounded
from symbackprop.exposition.languages import Language

WIDEST = 66  # characters of the numbers of a counterexample, as a slide has room for
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
    example, right, yours = line.counterexample, line.right, line.yours
    is_finite = example is not None and isfinite(example.yours) and isfinite(example.right)
    if right is not None and (yours is None or not is_finite):
        yield Prose(say("diagnosis.line.right"))
        yield Display(Formula(right.sides))
    if example is None or not is_finite:
        return
    yield Prose(say("diagnosis.line.example" if example.where else "diagnosis.line.at_point"))
    if example.where:
        yield Code("\n".join(textwrap.wrap(language.decimals(example.where), WIDEST)).replace("\u00a0", " "))
    if right is None or yours is None:
        values = ((Formula((_shown(value),)),) for value in (example.yours, example.right))
        yield Table((say("diagnosis.yours"), say("diagnosis.right")), (tuple(values),), "rr")
        return
    pairs = (((yours, right), WRONG, example.yours), ((right, yours), RIGHT, example.right))
    yield beside([_with_number(example.place, *each) for each in pairs], language)


def _with_number(
    place: Mapping[str, int], laws: tuple[WrittenLaw, WrittenLaw], role: str, value: float
) -> tuple[Formula, Formula]:
    """Return the first of two lines, coloured where it differs from the other, and what it comes to at a place."""
    law, other = laws
    at = {symbol: Integer(place[str(symbol)]) for symbol in law.left.free_symbols if str(symbol) in place}
    line = Formula(law.sides, ("=",), differing(law.right, other.right, role))
    return line, Formula((put(law.left, at), _shown(value)), ("~",))


def _shown(value: float) -> Rounded:
    return Rounded(Float(value) if value else Integer(0), DIGITS)

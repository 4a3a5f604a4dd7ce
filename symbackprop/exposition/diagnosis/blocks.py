"""A diagnosis as blocks: the verdict, a section for each finding, how far each array is off, and what to try next."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from functools import cached_property
from math import isfinite
from typing import Any

from sympy import Expr, Float, Indexed, Integer

from symbackprop.calculus.diagnosis import UNKNOWN, UP_TO, Diagnosis, Finding
from symbackprop.calculus.diagnosis import Formula as DiagnosedLine
from symbackprop.calculus.matrices import Gradient, Named
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.diagnosis.differences import RIGHT, WRONG, beside, differing
from symbackprop.exposition.diagnosis.lines import told_lines, verdict_of_lines
from symbackprop.exposition.document import Block, Code, Formula, Heading, Prose, Table, Term, Text
from symbackprop.exposition.example.terms import Array, Rounded
from symbackprop.exposition.languages import Language
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor

LONGEST_CODE = 66  # characters
_BY = re.compile(r"∂C/∂(\w+)")
_NAME = re.compile(r"(?<![\w.`'=])([^\W\d]\w*\d)(?![\w\[(]|\.\w)")  # W2, which no word ends like; not W2.T
DIGITS = 4  # significant ones
MOST_ROWS, MOST_COLUMNS = 4, 4  # of an array that is shown whole


def blocks_of(report: Diagnosis, language: Language) -> Iterator[Block]:
    """Yield what is told of a diagnosis."""
    told = _Told(report, language)
    yield Heading(language.say("diagnosis.section.verdict"), key="verdict")
    yield Prose(verdict_of(report, language))
    yield from told.guesses()
    if report.lines:
        yield from told_lines(report.lines, language, told.prose)
        return
    for number, finding in enumerate(report.findings, start=1):
        yield from told.finding(number, finding)
    yield from told.differences()
    yield from told.apart()


def verdict_of(report: Diagnosis, language: Language) -> Text:
    """Return the verdict as a sentence."""
    if report.lines:
        return verdict_of_lines(report.lines, language)
    found = len({(each.kind, each.where) for each in report.findings})
    if report.verdict == UP_TO:
        key = "up_to" if report.exit_status == 0 else "up_to.factor"
    elif report.verdict == UNKNOWN:
        key = "unknown"
    elif not report.findings:
        key = "equal"
    elif any(each.beside for each in report.findings):
        key = "pair"
    else:
        key = "mistake" if found == 1 else "alternatives"
    return language.say(f"diagnosis.verdict.{key}", count=found)


@dataclass(frozen=True)
class _Told:
    """Tells one report in one language."""

    report: Diagnosis
    language: Language

    def guesses(self) -> Iterator[Block]:
        """Yield how the arrays were read, where that had to be guessed."""
        if self.report.guessed:
            guesses = "; ".join(map(self.language.worded, self.report.guessed))
            yield Prose(self.language.say("diagnosis.verdict.read", guesses=guesses), slide=())

    def finding(self, number: int, finding: Finding) -> Iterator[Block]:
        """Yield the section of a finding: why it is a mistake, both lines with their numbers, and both in NumPy."""
        yield Heading(self._title(finding.kind, finding.where), key=f"finding-{number}")
        yield self.prose(finding.remark)
        if finding.beside is not None:
            other = self._title(*finding.beside)
            yield Prose(self.language.say("diagnosis.beside", other=other), slide=())
        if finding.wrong is None or finding.right is None:
            return
        before = self.report.findings[number - 2] if number > 1 else None
        if before is not None and (before.wrong, before.right) == (finding.wrong, finding.right):
            yield Prose(self.language.say("diagnosis.same"))
        else:
            yield from self._lines(finding.wrong, finding.right)

    def _lines(self, wrong: DiagnosedLine, right: DiagnosedLine) -> Iterator[Block]:
        """Yield both lines, each with its numbers, and both in NumPy."""
        yield beside([_with_numbers(*each) for each in ((wrong, right, WRONG), (right, wrong, RIGHT))], self.language)
        if wrong.code and right.code:
            yield Prose(self.language.say("diagnosis.numpy"), slide=())
            comments = (self.language.words(f"diagnosis.{name}") for name in ("yours", "right"))
            code = (
                f"# {comment}\n{_broken(line.code)}" for comment, line in zip(comments, (wrong, right), strict=True)
            )
            yield Code("\n".join(code), "python")

    def prose(self, text: str) -> Prose:
        """Return a sentence as a paragraph, also on slides: it is what they are about."""
        by = self.language.words("diagnosis.by")
        words = _BY.sub(lambda found: by.format(array=found[1]), self.language.worded(text))
        sentence = self._in_letters(f"{capitalised(words)}.")
        return Prose(sentence, slide=sentence)

    @cached_property
    def _arrays(self) -> dict[str, Named]:
        """What an array is in formulas, by its name in code; z1 is no word, x and a are words too."""
        arrays = self.report.network.program.arrays
        return {each.name: Named(each.tensor) for each in arrays if isinstance(each.tensor, Tensor)}

    def _in_letters(self, text: str) -> Text:
        """Return a text with the arrays that it names in the letters of the derivation; those in code stay."""
        parts = _NAME.split(text)
        return tuple(Formula((self._arrays[part],)) if part in self._arrays else part for part in parts if part)

    def _array(self, where: str) -> Text:
        """Return an array, or several, as a formula; where it is none that the derivation has, as it is called."""
        names = _BY.sub(r"\1", where)
        return (Formula((self._arrays[names],)),) if names in self._arrays else self._in_letters(names)

    def _title(self, kind: str, where: str) -> Text:
        """Return what happened and where, as a title."""
        key = "everywhere" if where == "everywhere" else "at"
        return self.language.say(
            f"diagnosis.{key}", what=self.language.say(f"mistake.{kind}"), array=self._array(where)
        )

    def differences(self) -> Iterator[Block]:
        """Yield how far each array is off."""
        if not self.report.errors:
            return
        yield Heading(self.language.say("diagnosis.section.differences"), key="differences")
        yield Prose(self.language.say("diagnosis.differences"))
        header = (self.language.say("header.array"), self.language.say("header.difference"))
        rows = tuple(((self._array(name), self._error(error))) for name, error in self.report.errors.items())
        yield Table(header, rows, "lr")

    def _error(self, error: float) -> Text:
        return (Formula((Rounded(Float(error) if error else Integer(0), 2),)),)

    def apart(self) -> Iterator[Block]:
        """Yield the mistakes that cannot be told at this point, and a point at which they can."""
        say, report = self.language.say, self.report
        if report.undecided:
            yield Heading(say("diagnosis.section.undecided"), key="undecided")
            yield Prose(say("diagnosis.undecided"))
            header = (say("header.mistake"), say("header.where"))
            rows = [(say(f"mistake.{each.kind}"), self._array(each.where)) for each in report.undecided]
            yield Table(header, tuple(rows), "lp")
        if report.point:
            if not report.undecided:
                yield Heading(say("diagnosis.section.apart"), key="apart")
            yield Prose(say("diagnosis.seen" if report.undecided else "diagnosis.apart.how"))
            yield Code("\n".join(f"{name} = {text}" for name, text in report.point.items()), "python")


def capitalised(text: str) -> str:
    """Return a sentence with a capital letter, unless it begins with the name of an array: b2, W2."""
    first = text.partition(" ")[0].strip(",;:")
    return text[:1].upper() + text[1:] if first.isalpha() else text


def _with_numbers(line: DiagnosedLine, other: DiagnosedLine, role: str) -> tuple[Formula, ...]:
    """Return a line, coloured where it differs from another, and the numbers under it where they are known."""
    left, side = line.sides
    formula = Formula((left, side), ("=",), differing(side, other.sides[1], role))
    numbers = numbers_of(line, other)
    return (formula,) if numbers is None else (formula, Formula(numbers, ("~",)))


def _broken(code: str) -> str:
    """Return a line of NumPy in lines that a slide has room for, in brackets; what a loop does stands below it."""
    found = []
    for line in code.split("\n"):
        head, sign, body = line.partition(": ") if line.startswith("for ") else ("", "", line)
        found += [f"{head}:"] if sign else []
        found.append(_in_brackets(body, "    " if sign else ""))
    return "\n".join(found)


def _in_brackets(line: str, indent: str) -> str:
    if len(indent + line) <= LONGEST_CODE:
        return indent + line
    name, sign, value = re.split(r" (\+?=) ", line, maxsplit=1)
    whole = f"{indent}{name} {sign} ({value})"
    return textwrap.fill(whole, LONGEST_CODE, subsequent_indent=f"{indent}    ", break_on_hyphens=False)


def whole(left: Expr) -> Term:
    """Return a left side for all entries at once: ∇_W C for ∂C/∂w_jk."""
    if isinstance(left, Partial) and isinstance(left.by, Indexed):
        return Gradient(left.by.base)
    return left


def numbers_of(line: DiagnosedLine, other: DiagnosedLine) -> tuple[Term, Term] | None:
    """Return what the numbers under a line are, and they themselves; None where they are not known, or no numbers."""
    left = line.sides[0]
    if line.value is None or other.value is None or line.value.shape != other.value.shape:
        return None
    if not all(isfinite(number) for each in (line, other) for number in each.value.ravel().tolist()):
        return None
    read = left.by if isinstance(left, Partial) else left
    if not isinstance(read, Indexed) or not line.value.ndim:
        return left, _shown(float(line.value))
    rows = _rows(line.value) if isinstance(left, Partial) else []  # of a value on the way forward one entry
    if rows and len(rows) <= MOST_ROWS and len(rows[0]) <= MOST_COLUMNS:
        return whole(left), Array(tuple(tuple(map(_shown, row)) for row in rows))
    place = _most_different(line.value, other.value)
    entry = read.base[tuple(Integer(position + 1) for position in place)]
    return left.func(left.of, entry) if read is not left else entry, _shown(float(line.value[place]))


def _rows(value: Any) -> list[list[float]]:
    """Return the rows of a matrix, those of a vector as a column; none of an array with more axes."""
    if value.ndim == 1:
        return [[number] for number in value.tolist()]
    return list(value.tolist()) if value.ndim == 2 else []


def _most_different(one: Any, other: Any) -> tuple[int, ...]:
    """Return the place at which two arrays differ most."""
    flat = int(abs(one - other).argmax())
    place: list[int] = []
    for length in reversed(one.shape):
        flat, position = divmod(flat, length)
        place.insert(0, position)
    return tuple(place)


def _shown(number: float) -> Rounded:
    return Rounded(Float(number) if number else Integer(0), DIGITS)

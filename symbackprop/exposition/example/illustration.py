"""The numbers of one sample within the story of a derivation: what slides and a page show beside the letters.

…, "equations", [x_1 = 1.7 -> a_1 = 0.23 -> C;  δ back;  1.7 · 0.18 · -0.05 = -0.015], "descent", …

Only who shows numbers computes them; a network whose numbers nobody would read has none.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Rational, S

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.matrices import Named
from symbackprop.calculus.numbers import Numbers, Stage, evaluate
from symbackprop.errors import BudgetError, SpecError, SymbackpropError
from symbackprop.exposition.document import Block, Document, Formula, Heading, Sample
from symbackprop.exposition.example.path import along, sample_of
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.languages import language_of
from symbackprop.exposition.story.telling import Telling
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.values import pleasant_values

if TYPE_CHECKING:
    from symbackprop.exposition.example.entrypath import EntryPath

BEFORE = "descent"  # the section that numbers come before
TOLD = (BEFORE, "chain", "error", "back")  # the sections that numbers show
OF_PROGRAMS = ("computation", "reverse")  # a block, which has no cost, has nothing to descend
AFTER = "evidence"  # the section behind that one
DIGITS = 4
SEEDS = (3, 6, 7, 8, 9)  # of numbers whose errors were seen to be large enough to be read, in several small networks

_Told: TypeAlias = tuple[tuple[Block, ...], Sample | None]
NOTHING: _Told = ((), None)


@dataclass(frozen=True)
class Illustration:
    """Puts the numbers of one sample into documents about a derivation; they are drawn once for all of them."""

    derivation: Any  # Derivation or ProgramDerivation

    def __call__(self, document: Document, *, closely: bool = False, asked: bool = False) -> Document:
        """Return a document with the numbers of one sample before what the gradient is for.

        With one equation from afar and from near where it is told `closely`. As it is where it is no story of a
        network, or an excerpt of one, where the network is too large to be read, and where its functions have no value
        at the numbers that are drawn. Where they are `asked` for, an excerpt has them, too.

        Raises SpecError where there are none of those that are asked for."""
        told = TOLD if isinstance(self.derivation, Derivation) else OF_PROGRAMS
        if not asked and not {*told} <= {*document.sections}:
            return document
        if not (asked or closely or told is TOLD):  # a lecture about a program is long without them
            return document
        of = self._of_chain if told is TOLD else self._of_program
        blocks, sample = of(document, closely=closely)
        if asked and not (blocks if told is TOLD else sample):
            raise SpecError(
                "only: this network has no numbers that could be read; take fewer neurons, or smaller sizes"
            )
        heads = (n for n, e in enumerate(document.blocks) if isinstance(e, Heading) and e.key in (BEFORE, AFTER))
        place = next(heads, len(document.blocks))
        before, after = document.blocks[:place], document.blocks[place:]
        return replace(document, blocks=(*before, *blocks, *after), sample=sample)

    def _of_program(self, document: Document, *, closely: bool) -> _Told:
        """Return the numbers along the path of one entry; why they are too many, or nothing where there are none."""
        from symbackprop.exposition.example.programpath import PathTelling
        from symbackprop.exposition.exercise.samples import count_of
        from symbackprop.exposition.story.program.telling import ProgramTelling

        telling = ProgramTelling(self.derivation, language_of(document), convention=document.convention)
        if isinstance(self._followed, BudgetError):
            count = count_of(self.derivation)
            return (telling.section("example-path"), telling.prose("numbers.none", count=count)), None
        if self._followed is None:
            return NOTHING
        return PathTelling(telling, self._followed).blocks(closely=closely), self._followed.sample

    @cached_property
    def _followed(self) -> EntryPath | BudgetError | None:
        """The entry of a program that is followed, with all numbers; what is said of too many; None without any."""
        from symbackprop.exposition.example.entrypath import entry_path

        try:
            return entry_path(self.derivation)
        except BudgetError as error:
            return error
        except SymbackpropError:
            return None

    def _of_chain(self, document: Document, *, closely: bool) -> _Told:
        """Return the numbers of a chain of dense layers; nothing where they are too many, or are none."""
        if (numbers := self._numbers) is None:
            return NOTHING
        telling = Telling(self.derivation, language_of(document), convention=document.convention)
        sheet = Sheet(telling, (Stage((numbers,), S.One),), DIGITS, Rational(1, 2))
        x, y = notation.activation(0), notation.target()
        given = {name: Formula((Named(each), sheet.array(each)), ("=",)) for name, each in (("x", x), ("y", y))}
        blocks = along(sheet, telling.prose("numbers.forward", w=sheet.path.weight, **given), closely=closely)
        return blocks, sample_of(sheet) if closely else None

    @cached_property
    def _numbers(self) -> Numbers | None:
        return _drawn(self.derivation)


def _drawn(derivation: Derivation) -> Numbers | None:
    """Return the numbers of a sample that has an error in every neuron, or in most of them; None without any."""
    found: list[Numbers] = []
    for seed in SEEDS:
        try:
            found.append(evaluate(derivation, pleasant_values(derivation.network, seed).given[0]))
        except SymbackpropError:
            continue
        if not _missing(found[-1]):
            return found[-1]
    return min(found, key=_missing, default=None)


def _missing(numbers: Numbers) -> int:
    """Return in how many neurons no error arrives: half of a ReLU lets none pass."""
    return sum(not value for letter, value in numbers.known.items() if letter.name.startswith("delta"))

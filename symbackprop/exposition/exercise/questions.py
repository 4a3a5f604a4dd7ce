"""A question, what answers it, and the sheet that it stands on; all of it in one language.

Number     0.2137, give or take what rounding can do
Words      a letter or two that are typed: l+1, or l + 1, or (l+1)
Choice     one formula of several; the others have been found wrong
Order      lines, in the order in which they follow from one another
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from sympy import Expr

from symbackprop.exposition.document import Block, Formula, Text
from symbackprop.frozen import dataclass
from symbackprop.registry import Registry


@dataclass(frozen=True)
class Number:
    """A number, and how far an answer may be from it; `wrong` is what comes of slips, by their names."""

    value: float
    tolerance: float
    wrong: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Words:
    """What is typed, as it is written in the formula: an index, or a layer."""

    term: Expr


@dataclass(frozen=True)
class Choice:
    """The right formula, and others that have been found wrong in this place."""

    right: Formula
    wrong: tuple[Formula, ...]


@dataclass(frozen=True)
class Order:
    """Lines in their right order: the letter of each, by which it is shown, and the label of the box it belongs in."""

    lines: tuple[Formula, ...]
    letters: str
    labels: tuple[str, ...]


Answer: TypeAlias = Number | Words | Choice | Order


@dataclass(frozen=True)
class Question:
    """What is asked, in words and in lines with blanks, and the same lines as the key shows them.

    `answer` is what a learning platform compares with; `kind` names the part that is blank, or the quantity."""

    kind: str
    prompt: Text
    asked: tuple[Block, ...]
    answered: tuple[Block, ...]
    answer: Answer


@dataclass(frozen=True)
class Worksheet:
    """What is given to all questions of a sheet, with what is said of its numbers, and the questions."""

    given: tuple[Block, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Plan:
    """How many sheets are wanted, with how many questions each, and where the random numbers begin.

    Of these the sheets from `first` to before `end` are made: the same as where all are."""

    seed: int = 0
    variants: int = 1
    questions: int | None = None
    first: int = 0
    end: int | None = None

    @property
    def numbers(self) -> range:
        """The numbers of the sheets that are made."""
        return range(self.first, self.variants if self.end is None else self.end)


class Draft(ABC):
    """A sheet without words yet: which parts are blank, which numbers are given."""

    @abstractmethod
    def worksheet(self, telling: Any) -> Worksheet:
        """Return the sheet in the words of a telling of the derivation, with labels 1, 2, … in the blanks."""


# what a kind of exercise does with a derivation: it makes the drafts of as many variants as are planned
KINDS: Registry[Callable[[Any, Plan], Iterator[Draft]]] = Registry(
    "kind of exercise", "symbackprop.exposition.exercise.kinds"
)

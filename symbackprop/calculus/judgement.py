"""What is said of each line of a person's own derivation: whether it holds, the evidence, what it should have been.

Data alone: numerics judges, exposition tells."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from symbackprop.calculus.checking import Evidence
from symbackprop.calculus.diagnosis import Remark
from symbackprop.frozen import dataclass

MARKS = {"equal": "✓", "mistake": "✗", "unknown": "?"}


@dataclass(frozen=True)
class WrittenLaw:
    """What is true, as a person would write it: two sides, and the same as text in the person's letters."""

    left: Expr
    right: Expr
    text: str

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """Both sides, to be typeset."""
        return self.left, self.right

    def __str__(self) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True)
class Counterexample:
    """Small numbers for which a line is wrong.

    `place` are the values of its free indices, and of l. `point` are the numbers that are given, by the names of their
    arrays; `values` are those of everything that stands in the line, by how it is written there."""

    place: Mapping[str, int]
    point: Mapping[str, object]
    values: Mapping[str, float]
    yours: float
    right: float

    @property
    def where(self) -> str:
        """The place and the numbers as text: j = 2, a[1,2] = 0.5, y[1] = 1."""
        equals = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
        place = [f"{name}{equals}{value}" for name, value in self.place.items()]
        return ", ".join([*place, *(f"{name}{equals}{value:.6g}" for name, value in self.values.items())])


@dataclass(frozen=True)
class JudgedLine:
    """One line of a derivation: what stands to the right of one =.

    `number` is the line of the text that it stands in, `left` the left side of its chain, which it `starts` or not.
    `verdict` is "equal", "mistake" or "unknown". `follows` tells whether it follows from the line before it, whatever
    that is; None where nobody knows. `kind`, `where` and `detail` are those of the mistake, "" where the catalogue does
    not have it; `others` are kinds that give the same numbers. `yours` is what was written, beside what is `right`."""

    number: int
    left: str
    text: str
    verdict: str
    follows: bool | None = None
    evidence: Evidence | None = None
    counterexample: Counterexample | None = None
    kind: str = ""
    where: str = ""
    detail: str = ""
    others: tuple[str, ...] = ()
    right: WrittenLaw | None = None
    yours: WrittenLaw | None = None
    remarks: tuple[Remark, ...] = ()
    starts: bool = False

    @property
    def is_new_mistake(self) -> bool:
        """Whether it does not hold, and does not come from the line before it either."""
        return self.verdict == "mistake" and self.follows is not True

    def __str__(self) -> str:
        """Return the line with its mark, and below it what is said of it."""
        left = self.left if self.starts else " " * len(self.left)
        head = f"{MARKS[self.verdict]} {self.number:>3}  {left} = {self.text}"
        lines = [head, *(f"       {remark}" for remark in self.remarks)]
        if (example := self.counterexample) is not None:
            at = f", at {example.where}" if example.where else ", at the point that is given"
            lines.append(f"       yours {example.yours:.6g}, right {example.right:.6g}{at}")
        if self.right is not None:
            lines.append(f"       right  {self.right}")
        return "\n".join(lines)

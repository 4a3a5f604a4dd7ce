"""Whole numbers that are affine in sizes and indices: sizes of axes, ends of ranges, positions in arrays.

2 x + u - 2        N - K + 1        T
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from sympy import Add, Expr, Integer, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.formula import Inverse, Negative, Node, Number, Product, Sum
from symbackprop.network.text.lines import Line
from symbackprop.network.text.tree import Entry, Letter, Rounded, letters_of, parts_of
from symbackprop.network.text.writing import written

WANTED = "wanted it affine in sizes and indices, as 2*x + u - 1 is"
LARGEST = 10**6  # of a size, a position or a coefficient


@dataclass(frozen=True, slots=True)
class Index:
    """An index of one scope: two sums over i have two. `first` and `last` are the range that is said, if any.

    It begins at the largest of `first` and `lower`, and ends at the smallest of `last` and `upper`."""

    letter: str
    line: int
    at: int
    first: Affine | None = None
    last: Affine | None = None
    lower: tuple[Affine, ...] = ()
    upper: tuple[Affine, ...] = ()

    @property
    def with_bounds(self) -> tuple[Index, ...]:
        """Itself, and the indices that its ends depend on."""
        ends = (self.first, self.last, *self.lower, *self.upper)
        inner = (index for end in ends if end is not None for index in end.indices)
        return (self, *(each for index in inner for each in index.with_bounds))


@dataclass(frozen=True, slots=True)
class Affine:
    """Σ coefficient · (size or index) + constant, all of them whole; one number has one form."""

    terms: tuple[tuple[Index | Symbol, int], ...] = ()
    constant: int = 0

    @classmethod
    def of(cls, terms: Mapping[Index | Symbol, int], constant: int = 0) -> Affine:
        """Return the sum with its terms in one order, and without those of coefficient 0."""
        kept = ((key, times) for key, times in terms.items() if times)
        return cls(tuple(sorted(kept, key=_order)), constant)

    @property
    def plain(self) -> Index | None:
        """The index that this is, and nothing else: i of a[i]."""
        index, shift = self.shifted
        return index if not shift else None

    @property
    def shifted(self) -> tuple[Index | None, int]:
        """The index and what is added to it, as t and -1 of h[t - 1]; None where it is something else."""
        if len(self.terms) != 1 or self.terms[0][1] != 1 or isinstance(self.terms[0][0], Symbol):
            return None, 0
        return self.terms[0][0], self.constant

    @property
    def indices(self) -> tuple[Index, ...]:
        """The indices in it."""
        return tuple(key for key, _ in self.terms if isinstance(key, Index))

    def plus(self, other: Affine | int, times: int = 1) -> Affine:
        """Return self + times · other."""
        if isinstance(other, int):
            return Affine(self.terms, self.constant + times * other)
        total = dict(self.terms)
        for key, number in other.terms:
            total[key] = total.get(key, 0) + times * number
        return Affine.of(total, self.constant + times * other.constant)

    def put(self, values: Mapping[Index, Affine]) -> Affine:
        """Return the number with some of its indices replaced."""
        total = Affine((), self.constant)
        for key, times in self.terms:
            value = values.get(key) if isinstance(key, Index) else None
            total = total.plus(Affine(((key, 1),)) if value is None else value, times)
        return total

    def number(self, values: Mapping[Index | Symbol, int]) -> int:
        """Return the number, all of its sizes and indices having `values`."""
        return sum(times * values[key] for key, times in self.terms) + self.constant

    def expression(self, symbols: Mapping[Index, Expr]) -> Expr:
        """Return the number as SymPy has it, each index by its symbol."""
        terms = (times * (key if isinstance(key, Symbol) else symbols[key]) for key, times in self.terms)
        return Add(*terms, Integer(self.constant))

    def __str__(self) -> str:
        """Write the number as in the text: 2*x + u - 1."""
        text = ""
        for key, times in (*self.terms, ("", self.constant)):
            if key == "" and (not times and text):
                continue
            letter = key.letter if isinstance(key, Index) else str(key)
            size = str(abs(times)) if not letter else letter if abs(times) == 1 else f"{abs(times)}*{letter}"
            sign = ("-" if times < 0 else "") if not text else " - " if times < 0 else " + "
            text += sign + size
        return text


def runs_down(first: Affine, last: Affine) -> bool:
    """Tell whether a range is said from its far end to the near one: N..1, N - 1..1, i..1, 3..1.

    1..0 is empty, as some sum may be, and 1..4 - M and i + 1..2 have places."""
    length = last.plus(first, -1)
    if not length.terms:
        return length.constant < -1
    longest = length.constant + sum(times for _, times in length.terms)  # sizes and indices are 1 or more
    ends_at_the_first = not last.terms and last.constant <= 1
    return all(times < 0 for _, times in length.terms) and (longest < 0 or ends_at_the_first)


def _order(term: tuple[Index | Symbol, int]) -> tuple[int, bool, str, int, int]:
    """Return the key by which terms are sorted: what is added first, sizes before indices, by letter."""
    key, times = term
    if isinstance(key, Index):
        return int(times < 0), True, key.letter, key.line, key.at
    return int(times < 0), False, key.name, 0, 0


Key: TypeAlias = Index | Symbol
Lookup: TypeAlias = Callable[
    [Letter], Key
]  # what a letter stands for; raises ExpressionError where it is nothing whole


def affine(node: Node, line: Line, lookup: Lookup, what: str) -> Affine:
    """Return what a part of the tree is worth; raises ExpressionError, about `what`, if it is not affine and whole."""
    parts = _parts(node, line, lookup, what)
    constant = parts.pop(None, Fraction(0))
    numbers = [constant, *parts.values()]
    if any(number.denominator != 1 or abs(number) > LARGEST for number in numbers):
        wanted = f"wanted whole numbers up to {LARGEST:,}, as in 2*x + u - 1"
        raise line.complaint(node.at, f"{what} is {written(node)}; {wanted}")
    return Affine.of({key: int(times) for key, times in parts.items() if key is not None}, int(constant))


def positions_of(entry: Entry, line: Line, lookup: Lookup, taken: Collection[str]) -> tuple[Affine, ...]:
    """Return the positions of an entry; of one that is rounded, say what to write, with an index that is not taken."""
    what = f"a position of {entry.name}"
    for rounded in filter(_rounds, entry.positions):
        letter = next(each for each in "mnkruvqsp" if each not in {*taken, *letters_of(entry)})
        at_it = tuple(Letter(p.at, letter) if p is rounded else p for p in entry.positions)
        found, there = written(rounded), written(replace(entry, positions=at_it))
        instead = f"write sum[{letter}](where({letter} == {found}, {there}, 0))"
        raise line.complaint(rounded.at, f"{what} is {found}; {WANTED}; {instead}")
    return tuple(affine(position, line, lookup, what) for position in entry.positions)


def _rounds(node: Node) -> bool:
    return isinstance(node, Rounded) or any(map(_rounds, parts_of(node)))


def _parts(node: Node, line: Line, lookup: Lookup, what: str) -> dict[Key | None, Fraction]:
    """Return the coefficient of every size and index; None is the key of the constant."""

    def parts(part: Node) -> dict[Key | None, Fraction]:
        return _parts(part, line, lookup, what)

    match node:
        case Number():
            return {None: node.value}
        case Letter():
            return {lookup(node): Fraction(1)}
        case Negative():
            return {key: -times for key, times in parts(node.term).items()}
        case Sum():
            total: dict[Key | None, Fraction] = {}
            for term in node.terms:
                for key, times in parts(term).items():
                    total[key] = total.get(key, Fraction(0)) + times
            return total
        case Product():
            whole: dict[Key | None, Fraction] = {None: Fraction(1)}
            for factor in node.factors:
                other = parts(factor)
                if whole.keys() - {None} and other.keys() - {None}:
                    break
                number, letters = (whole, other) if whole.keys() <= {None} else (other, whole)
                whole = {key: times * number[None] for key, times in letters.items()}
            else:
                return whole
        case Inverse():
            divisor = parts(node.divisor)
            if divisor.keys() == {None} and divisor[None]:
                return {None: 1 / divisor[None]}
    message = f"{what} is {written(node)}; {WANTED}"
    message += "; give it an axis for each, as in x[P, R]: a reshape moves no derivative" if "size" in what else ""
    raise line.complaint(node.at, message)

"""Numbers for the sizes, and whether every entry that is read lies inside its array with them.

a[2*x + u - 2]        x = 1..M, u = 1..K        from 2 + 1 - 2 to 2 M + K - 2, which must be in 1..N
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from random import Random
from typing import TypeAlias

from sympy import Expr, Symbol

from symbackprop.errors import ExpressionError
from symbackprop.frozen import dataclass
from symbackprop.network.fitting import fitted, work_of
from symbackprop.network.needs import needs_of, sizes_in
from symbackprop.network.program import Equation
from symbackprop.network.text.affine import Affine, Index
from symbackprop.network.text.ranges import ONE, Ranges
from symbackprop.network.text.scopes import Guard, Reading, Resolved
from symbackprop.network.text.writing import ordinal, written

SMALLEST = 2
FEW = 3  # different ones, where much is added up
MOST_WORK = 1000  # values added up in one pass, so that a check of every entry takes no second
MOST_TRIES = 100  # of numbers for sizes that the text gives none
MOST_PLACES = 8  # of an index are looked at: the ends of its range are where an affine position is largest

Point: TypeAlias = Mapping[Symbol | Index, int]  # the value of every size, and of some indices

_COMPARE = {"<": operator.lt, "<=": operator.le, "==": operator.eq, ">=": operator.ge, ">": operator.gt}


def fitting_sizes(
    lines: Sequence[Resolved], ranges: Ranges, equations: Sequence[Equation], given: Mapping[Expr, int | None]
) -> dict[Symbol, int]:
    """Return a number for every size, the given ones as they are, the others small and different.

    `given` has None for what the text gives no number; `equations` are what the lines say, one each. Raises
    ExpressionError where an axis is empty, where a line reads outside of an array, or where a largest value or a mean
    is of nothing, for all numbers tried."""
    held = {symbol: number for symbol, number in given.items() if number is not None}
    letters, needs = [symbol for symbol in given if symbol not in held], needs_of(equations)
    numbers = list(range(SMALLEST, SMALLEST + len(letters)))
    if work_of(equations, {**held, **dict(zip(letters, numbers, strict=True))}) > MOST_WORK:
        numbers = [SMALLEST + place % FEW for place in range(len(letters))]
    first: ExpressionError | None = None
    for candidate in _candidates(letters, numbers):
        values = {**held, **candidate}
        values = fitted(values, needs, held=held) or values
        wrong = next(_Trial(lines, ranges, equations, values).faults(), None)
        if wrong is None:
            return {symbol: values[symbol] for symbol in given}
        first = first or wrong
    if first is None:
        raise ExpressionError("equations: no sizes are tried")
    raise first


def _candidates(letters: Sequence[Symbol], numbers: Sequence[int]) -> Iterator[dict[Symbol, int]]:
    yield dict(zip(letters, numbers, strict=True))
    if letters:
        yield dict(zip(letters, reversed(numbers), strict=True))
        rng = Random(0)
        for _ in range(MOST_TRIES):
            yield dict(
                zip(letters, rng.sample(range(SMALLEST, SMALLEST + len(letters) + 4), len(letters)), strict=True)
            )


@dataclass(frozen=True)
class _Trial:
    """The lines with numbers for their sizes."""

    lines: Sequence[Resolved]
    ranges: Ranges
    equations: Sequence[Equation]
    values: Mapping[Symbol, int]

    def faults(self) -> Iterator[ExpressionError]:
        """Yield what does not fit with these sizes."""
        for line, each in ((own, each) for own in self.lines for each in (own.target, *own.readings)):
            for axis, (first, last) in enumerate(self.ranges.axes[each.name]):
                if last.number(self.values) < first.number(self.values):
                    length = last.plus(first, -1).plus(1)
                    message = f"{each.name} has {length} entries in its {ordinal(axis)} axis, which is none"
                    other = f"{self._with((first, last))}; say other sizes"
                    yield line.line.complaint(each.entry.at, message + other)
        for line in self.lines:
            for reading in line.readings:
                for axis in range(len(reading.positions)):
                    outside = self._outside(reading, axis)
                    if outside is not None:
                        yield self._refusal(reading, axis, outside)
        for line, equation in zip(self.lines, self.equations, strict=True):
            for need in needs_of([equation]):
                if need.axis is None and need.lack(self.values):
                    wanted = f"{self._with(need.differences)}; say another range, or write where(i < N, ..., 0)"
                    yield line.line.complaint(line.target.entry.at, need.emptiness + wanted)

    def _outside(self, reading: Reading, axis: int) -> int | None:
        """Return a place outside of the array that is read, or None."""
        place, span = reading.positions[axis], self.ranges.axes[reading.name][axis]
        if place.plain is not None and self.ranges.indices[place.plain] == span:
            return None
        low, high = (end.number(self.values) for end in span)
        sides = chain.from_iterable((*guard.left.indices, *guard.right.indices) for guard in reading.guards)
        for point in self._points(tuple(dict.fromkeys((*place.indices, *sides))), dict(self.values)):
            number = place.number(point)
            if not low <= number <= high and all(_holds(guard, point) for guard in reading.guards):
                return number
        return None

    def _points(self, indices: Sequence[Index], values: Point) -> Iterator[Point]:
        """Yield values of the indices in their ranges, with those of indices that the ranges depend on."""
        missing = [index for index in indices if index not in values]
        if not missing:
            yield values
            return
        first, last = self.ranges.indices[missing[0]]
        lower, upper = (first, *missing[0].lower), (last, *missing[0].upper)
        inner = [each for end in (*lower, *upper) for each in end.indices if each not in values]
        if inner:
            for point in self._points(inner, values):
                yield from self._points(indices, point)
            return
        places = range(max(end.number(values) for end in lower), min(end.number(values) for end in upper) + 1)
        chosen = places if len(places) <= MOST_PLACES else [*places[: MOST_PLACES // 2], *places[-MOST_PLACES // 2 :]]
        for place in chosen:
            yield from self._points(missing[1:], {**values, missing[0]: place})

    def _refusal(self, reading: Reading, axis: int, place: int) -> ExpressionError:
        entry, span = written(reading.entry), self.ranges.axes[reading.name][axis]
        start = self._missing_start(reading, axis)
        if start:
            return reading.line.complaint(reading.entry.at, f"{entry} {start}")
        size = f"{span[1]} entries" if span[0] == ONE else f"the labels {span[0]}..{span[1]}"
        message = f"{entry} reads the place {place} of its {ordinal(axis)} axis, which has {size}{self._with(span)}"
        return reading.line.complaint(reading.entry.at, f"{message}; say another range, or other sizes")

    def _missing_start(self, reading: Reading, axis: int) -> str:
        """Return what a shifted entry of a recurrence lacks, if it is one."""
        writers = [line for line in self.lines if line.name == reading.name]
        step = next((line for line in writers if line.positions[axis].plain is not None), None)
        index, shift = reading.positions[axis].shifted
        if step is None or index is None or not shift:
            return ""
        end = self.ranges.indices[index][0 if shift < 0 else 1]
        label = str(reading.positions[axis].put({index: end}))
        letters = [place.plain.letter if place.plain is not None else str(place) for place in step.positions]
        letters[axis] = label
        begins = "begins" if shift < 0 else "ends"
        wanted = f"write a start: {reading.name}[{', '.join(letters)}] = 0"
        return f"{begins} at {reading.name}[{label}], which no line computes; {wanted}"

    def _with(self, ends: Sequence[Affine | Expr]) -> str:
        found = chain.from_iterable(dict(end.terms) if isinstance(end, Affine) else sizes_in(end) for end in ends)
        letters = sorted({key for key in found if isinstance(key, Symbol)}, key=str)
        told = ", ".join(f"{letter} = {self.values[letter]}" for letter in letters)
        return f" ({told})" if told else ""


def _holds(guard: Guard, point: Point) -> bool:
    return bool(_COMPARE[guard.sign](guard.left.number(point), guard.right.number(point))) == guard.holds

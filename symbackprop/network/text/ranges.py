"""From where to where each index runs, and how long each axis is: unified over the whole text, later lines included.

    s[i, j] = sum[d](q[i, d] * k[j, d])        q[T, D], k[T, D]   ->   i, j = 1..T, d = 1..D, s is (T, T)

An index and the axes in which it stands alone share one range. The labels of a recurrence do not take part: h[t - 1]
has one more row than the arrays beside it, and its labels follow from its lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from symbackprop.errors import ExpressionError
from symbackprop.frozen import dataclass
from symbackprop.network.text.affine import Affine, Index
from symbackprop.network.text.declarations import Declarations
from symbackprop.network.text.labels import labels_of
from symbackprop.network.text.scopes import Reading, Resolved, Same
from symbackprop.network.text.writing import ordinal, written

Span: TypeAlias = tuple[Affine, Affine]  # first and last value, both included
Slot: TypeAlias = tuple[str, int]  # an axis of an array
Spans: TypeAlias = Mapping[Index, Span]

ONE = Affine((), 1)


@dataclass(frozen=True, slots=True)
class Ranges:
    """The range of every index, and the axes of every array."""

    indices: Spans
    axes: Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class _Sight:
    """Where a range was seen: an entry, and which of its axes."""

    reading: Reading
    axis: int

    def says(self, span: Span) -> str:
        return f"{written(self.reading.entry)} has {shown(span)} in its {ordinal(self.axis)} axis"


def shown(span: Span) -> str:
    """Return an axis as messages name it: by its size, or by its labels where they do not begin at 1."""
    first, last = span
    return str(last) if first == ONE else f"{first}..{last}"


class _Classes:
    """Indices and axes that share one range, each class with its range as soon as one is known."""

    def __init__(self) -> None:
        self._parents: dict[Index | Slot, Index | Slot] = {}
        self._spans: dict[Index | Slot, tuple[Span, _Sight | None]] = {}

    def root(self, member: Index | Slot) -> Index | Slot:
        while (parent := self._parents.get(member, member)) != member:
            member = parent
        return member

    def span(self, member: Index | Slot) -> Span | None:
        known = self._spans.get(self.root(member))
        return known[0] if known else None

    def know(self, member: Index | Slot, span: Span, sight: _Sight | None = None) -> None:
        self._meet(self._spans.setdefault(self.root(member), (span, sight)), (span, sight), sight)

    def join(self, index: Index, other: Index | Slot, sight: _Sight | None) -> None:
        first, second = self.root(index), self.root(other)
        if first == second:
            return
        one, two = self._spans.get(first), self._spans.pop(second, None)
        if one and two:
            self._meet(one, two, sight)
        elif two:
            self._spans[first] = (two[0], sight)
        elif one and one[1] is None:
            self._spans[first] = (one[0], sight)
        self._parents[second] = first

    @staticmethod
    def _meet(one: tuple[Span, _Sight | None], two: tuple[Span, _Sight | None], sight: _Sight | None) -> None:
        """Raise ExpressionError where one class would have two ranges; `sight` is where that is seen."""
        if one[0] == two[0] or sight is None:
            return
        line = sight.reading.line
        before = one[1]
        other = before.says(one[0]) if before else f"it runs over {shown(one[0])}"
        place = sight.reading.entry.at
        where = ""
        if before and before.reading.line.place(before.reading.entry.at)[0] != line.place(place)[0]:
            where = f" (line {before.reading.line.place(before.reading.entry.at)[0]})"
        raise line.complaint(
            place, f"{sight.says(two[0])}, {other}{where}; one index has one size, {_said(sight, one[0], two[0])}"
        )


def _said(sight: _Sight, *spans: Span) -> str:
    """Return how an index runs over a part of an axis: over the shorter one, where one is."""
    index = sight.reading.positions[sight.axis].plain
    ends = sorted((last for _, last in spans), key=lambda end: end.constant)
    letter = index.letter if index is not None else "i"
    return f"unless its range is said, as in for {letter} = 1..{ends[0]} or sum[{letter} = 1..{ends[0]}](...)"


def ranges_of(lines: Sequence[Resolved], declarations: Declarations) -> Ranges:
    """Return the range of every index and the axes of every array.

    Raises ExpressionError where one index would have two ranges, and where none can be found."""
    return _Search(lines, declarations).found()


class _Search:
    """Classes of what shares a range; one round after the other, until every range is known."""

    def __init__(self, lines: Sequence[Resolved], declarations: Declarations) -> None:
        self._lines, self._declared = lines, declarations.arrays
        self._classes = _Classes()
        self._labelled = {
            line.name: axis for line in lines for axis, place in enumerate(line.positions) if place.plain is None
        }
        self._labels: dict[str, Span] = {}
        self._steps: dict[Index, Span] = {}
        self._indices: dict[Index, list[_Sight]] = {}

    def found(self) -> Ranges:
        """Return all ranges."""
        for name, array in self._declared.items():
            for axis, size in enumerate(array.sizes):
                if self._labelled.get(name) != axis:
                    self._classes.know((name, axis), (ONE, size))
        for line in self._lines:
            self._collect(line)
        while self._round():
            pass
        self._complete()
        return Ranges({index: self._range(index) for index in self._indices}, self._axes())  # type: ignore[misc]

    def _collect(self, line: Resolved) -> None:
        """Join every index with the axes in which it stands alone."""
        numbers = [axis for axis, place in enumerate(line.positions) if place.plain is None]
        if numbers and numbers != [self._labelled[line.name]]:
            message = "only one axis has numbers on the left; write a second border as a case of the step"
            entry = line.target.entry
            raise line.line.complaint(entry.at, f"{written(entry)}: {message}, where(j > 1, ..., ...)")
        for each in (line.target, *line.found):
            if isinstance(each, Same):
                self._indices.setdefault(each.free, [])
                self._indices.setdefault(each.summed, [])
                if each.free.first is None and each.summed.first is None:
                    self._classes.join(each.free, each.summed, None)
                continue
            sides = (side for guard in each.guards for side in (guard.left, guard.right))
            read = (own for place in (*each.positions, *sides) for index in place.indices for own in index.with_bounds)
            self._indices.update({own: [] for own in read if own not in self._indices})
            for axis, place in enumerate(each.positions):
                if place.plain is not None:
                    self._stands(place.plain, _Sight(each, axis), computed=each is line.target or each == line.target)
        self._indices.update({own: [] for own in line.scope.indices.values() if own not in self._indices})

    def _stands(self, index: Index, sight: _Sight, *, computed: bool) -> None:
        slot = (sight.reading.name, sight.axis)
        self._indices[index].append(sight)
        if self._labelled.get(slot[0]) == slot[1]:
            return
        if index.first is None or index.last is None:
            self._classes.join(index, slot, sight)
        elif computed:
            self._classes.know(slot, (index.first, index.last), sight)

    def _round(self) -> bool:
        """Find what follows from what is known; return whether that was anything."""
        for name, axis in self._labelled.items():
            if name not in self._labels and self._label(name, axis):
                return True
        for line in self._lines:
            for reading in line.readings:
                for axis, place in enumerate(reading.positions):
                    if self._reaches(reading, axis, place):
                        return True
        for index, sights in self._indices.items():
            if self._range(index) is None:
                span = self._beside_labels(index, sights)
                if span is not None:
                    self._classes.know(index, span)
                    return True
        return False

    def _range(self, index: Index) -> Span | None:
        if index in self._steps:
            return self._steps[index]
        if index.first is not None and index.last is not None:
            return index.first, index.last
        return self._classes.span(index)

    def _label(self, name: str, axis: int) -> bool:
        """Find the labels of a recurrence from the numbers on the left and from the range of its step."""
        lines = [line for line in self._lines if line.name == name]
        steps = [line for line in lines if line.positions[axis].plain is not None]
        starts = [line for line in lines if line.positions[axis].plain is None]
        if len(steps) > 1:
            raise steps[1].line.complaint(steps[1].target.entry.at, _twice(name, steps))
        span = None
        if steps:
            index = steps[0].positions[axis].plain
            span = self._range(index) if index is not None else None
            declared = self._declared.get(name)
            if span is None and declared is not None:
                span = (ONE, declared.sizes[axis])
            if span is None or index is None:
                return False
        self._labels[name], step = labels_of(axis, starts, steps[0] if steps else None, span)
        if steps and step is not None and index is not None:
            self._steps[index] = step
        return True

    def _beside_labels(self, index: Index, sights: Sequence[_Sight]) -> Span | None:
        """Return the range of an index that stands only beside recurrences: the labels that all of them have.

        The index of a step takes those of the other recurrences; its own starts go off them."""
        beside = {sight.reading.name for sight in sights if self._labelled.get(sight.reading.name) == sight.axis}
        spans = [self._labels.get(name) for name in sorted(beside - self._steps_of(index))]
        if not spans or any(span is None for span in spans):
            return None
        first, last = spans[0]  # type: ignore[misc]
        for low, high in spans[1:]:  # type: ignore[misc]
            later, earlier = low.plus(first, -1), high.plus(last, -1)
            first = low if not later.terms and later.constant > 0 else first
            last = high if not earlier.terms and earlier.constant < 0 else last
        return first, last

    def _steps_of(self, index: Index) -> set[str]:
        """Return the recurrence whose step has this index on its left, if there is one."""
        axes = self._labelled
        own = (line for line in self._lines if line.name in axes)
        return {line.name for line in own if line.positions[axes[line.name]].plain == index}

    def _reaches(self, reading: Reading, axis: int, place: Affine) -> bool:
        """Find how far an index may run that stands nowhere alone: x of a[x + u - 1] up to N - K + 1.

        What a case distinction keeps inside of its array says nothing of that."""
        unknown = [index for index in place.indices if self._range(index) is None]
        span = self._classes.span((reading.name, axis))
        if reading.guards or len(unknown) != 1 or span is None or dict(place.terms)[unknown[0]] != 1:
            return False
        rest = place.plus(Affine(((unknown[0], 1),)), -1)
        highest = {}
        for key, times in rest.terms:
            if isinstance(key, Index):
                known = self._range(key)
                if known is None or any(end.indices for end in known):
                    return False
                highest[key] = known[1] if times > 0 else known[0]
        self._classes.know(unknown[0], (ONE, span[1].plus(rest.put(highest), -1)))
        return True

    def _complete(self) -> None:
        """Raise ExpressionError for an index without a range."""
        for line in self._lines:
            for index in line.scope.indices.values():
                if self._range(index) is None:
                    said = f"say it at the end of the line: for {index.letter} = 1..N"
                    twins = [each for each in self._indices if each.line == index.line and each.letter == index.letter]
                    raise _unknown(line, index, said if len(twins) == 1 else "that of the sum is another; rename it")
        for line in self._lines:
            for index in self._indices:
                if index.line == line.line.number and self._range(index) is None:
                    raise _unknown(line, index, f"write [{index.letter} = 1..N]")

    def _axes(self) -> Mapping[str, tuple[Span, ...]]:
        axes: dict[str, tuple[Span, ...]] = {}
        for name, count in self._counts():
            spans = []
            for axis in range(count):
                span = self._labels[name] if self._labelled.get(name) == axis else self._classes.span((name, axis))
                if span is None:
                    raise ExpressionError(f"equations: the size of {name} is not known; declare it: value {name}[N]")
                spans.append(span)
            axes[name] = tuple(spans)
        return axes

    def _counts(self) -> Iterator[tuple[str, int]]:
        seen = {name: len(array.sizes) for name, array in self._declared.items()}
        seen |= {line.name: len(line.positions) for line in self._lines}
        yield from seen.items()


def _unknown(line: Resolved, index: Index, wanted: str) -> ExpressionError:
    message = f"the range of {index.letter} is not known, as it stands alone in no axis of known size; {wanted}"
    return line.line.complaint(index.at, message)


def _twice(name: str, lines: Sequence[Resolved]) -> str:
    first = lines[0].line.place(lines[0].target.entry.at)[0]
    return f"{name} is written twice, first in line {first}; one line computes an array"

"""The labels of a recurrence: what its starts give, and what its step runs over, without a gap.

h[0, j] = 0        h[t, j] = … h[t - 1, k] … for t = 1..T        labels 0..T
"""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.network.text.affine import Affine
from symbackprop.network.text.scopes import Resolved
from symbackprop.network.text.writing import written


def labels_of(
    axis: int, starts: Sequence[Resolved], step: Resolved | None, span: tuple[Affine, Affine] | None
) -> tuple[tuple[Affine, Affine], tuple[Affine, Affine] | None]:
    """Return the labels of an axis, and what is left of `span` for the step; where that was not said, starts go off it.

    Raises ExpressionError where a label is computed twice, and where one is missing in between."""
    places = _distinct(axis, starts)
    if span is None or step is None:
        return _joined(places, None), None
    index = step.positions[axis].plain
    said = index is not None and index.first is not None
    first, last = span
    for place, start in places.items():
        inside = _between(place, first, last)
        if not inside:
            continue
        if said or place not in (first, last):
            line = step.line.place(step.target.entry.at)[0]
            letter = index.letter if index is not None else ""
            message = (
                f"{written(start.target.entry)} is computed here and in line {line} for {letter} = {first}..{last}"
            )
            raise start.line.complaint(start.target.entry.at, f"{message}; write another range")
        first, last = (first.plus(1), last) if place == first else (first, last.plus(1, -1))
    return _joined(places, (first, last)), (first, last)


def _distinct(axis: int, starts: Sequence[Resolved]) -> dict[Affine, Resolved]:
    """Return the starts by their label, from the smallest on as far as that is known."""
    found: dict[Affine, Resolved] = {}
    for start in starts:
        place = start.positions[axis]
        if place in found:
            before = found[place].line.place(found[place].target.entry.at)[0]
            message = f"{written(start.target.entry)} is written twice, first in line {before}; keep one of them"
            raise start.line.complaint(start.target.entry.at, message)
        found[place] = start
    return dict(sorted(found.items(), key=lambda item: item[0].constant))


def _between(place: Affine, first: Affine, last: Affine) -> bool:
    """Tell whether a label certainly lies between two: sizes are at least 1."""
    low, high = place.plus(first, -1), last.plus(place, -1)
    return all(_least(each) is not None and (_least(each) or 0) >= 0 for each in (low, high))


def _least(number: Affine) -> int | None:
    """Return the least value of a number, its sizes being at least 1; None where there is none."""
    if any(times < 0 for _, times in number.terms):
        return None
    return number.constant + sum(times for _, times in number.terms)


def _joined(places: dict[Affine, Resolved], span: tuple[Affine, Affine] | None) -> tuple[Affine, Affine]:
    """Return the labels that the starts and the step have together; raises ExpressionError where there is a gap."""
    rest = dict(places)
    if span is None:
        label = next(iter(rest))
        rest.pop(label)
        span = (label, label)
    first, last = span
    while rest:
        below = next((place for place in rest if place == first.plus(1, -1)), None)
        above = next((place for place in rest if place == last.plus(1)), None)
        if below is not None:
            first = below
            rest.pop(below)
        elif above is not None:
            last = above
            rest.pop(above)
        else:
            start = next(iter(rest.values()))
            message = f"{written(start.target.entry)} does not join the other labels of {start.name}, {first}..{last}"
            raise start.line.complaint(start.target.entry.at, f"{message}; the labels have no gap")
    return first, last

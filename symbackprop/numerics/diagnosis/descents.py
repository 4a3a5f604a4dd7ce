"""What somebody has after steps of descent: the cost, or the parameters, and which way to descend leads there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from sympy import Expr

from symbackprop.calculus.diagnosis import EQUAL, MISTAKE, UNKNOWN, Diagnosis, Finding, Remark
from symbackprop.calculus.mistakes.catalogue import everywhere
from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.frozen import dataclass
from symbackprop.network.program import GIVEN, Equation
from symbackprop.numerics.diagnosis.comparison import Yours
from symbackprop.numerics.diagnosis.findings import each_once, finding_of
from symbackprop.numerics.diagnosis.replay import Replay
from symbackprop.numerics.diagnosis.search import Explanation

MOST_WAYS = 400
Way: TypeAlias = tuple[Variant, ...]  # the mistakes with which somebody descends; none where they do it rightly
WAY = "trying way to descend {number} of {count}"
OTHERS = "no mistake that is known explains these parameters"
AFTER = "the right cost after one update is {cost}; no mistake that is known explains yours"
AFTER_SEVERAL = "the right cost after {steps} updates is {cost}; no mistake that is known explains yours"


@dataclass(frozen=True, slots=True)
class Course:
    """How somebody has descended: step length, number of steps; and what was guessed of their numbers."""

    rate: float
    steps: int
    said: tuple[Remark, ...] = ()


def _descents(replay: Replay) -> Iterator[Way]:
    """Yield ways to descend: rightly, with one mistake, with biases that are kept or shared, and with both."""
    singles = [*replay.staged.updates, *replay.staged.variants]
    whole = [each for each in everywhere(singles) if each.kind in ("bias_missing", "bias_shared")]
    first = [each for each in singles if each.where == "everywhere"] or [e for e in singles if e.updated]
    others = [each for each in singles if each.kind not in ("bias_missing", "bias_shared", "activation_of_other_layer")]
    kept = whole or [each for each in singles if each.kind in ("bias_missing", "bias_shared")]
    yield ()
    yield from ((each,) for each in (*first, *kept))
    yield from ((one, other) for one in first for other in kept)
    yield from ((each,) for each in others)
    yield from ((one, other) for one in others for other in kept if not one.changes.keys() & other.changes.keys())


def _descended(replay: Replay, mistakes: Sequence[Variant], course: Course) -> Replay:
    """Return the point after some steps of descent with some mistakes."""
    names = replay.parameters
    given = [array.name for array in replay.passes.program.of_kind(*GIVEN)]
    now = replay
    for _ in range(course.steps):
        grads = now.gradient(now.with_mistakes(*mistakes))
        values = {name: np.asarray(now.known[name], dtype=float) for name in given}
        values |= {name: values[name] - course.rate * grads[name] for name in names if name in grads}
        now = now.at(values)
    return now


def _ways_that_fit(replay: Replay, fits: Callable[[Way], bool]) -> list[Way]:
    """Return the first way that fits, and those that cannot be told from it: as few mistakes, the same numbers."""
    ways = list(itertools.islice(_descents(replay), MOST_WAYS))
    first = None
    for number, way in enumerate(ways, start=1):
        replay.on_step(Remark(WAY, number=number, count=len(ways)))
        if fits(way):
            first = way
            break
    if first is None:
        return []
    alike = [way for way in ways if way != first and len(way) == len(first)]
    return [first, *(way for way in alike if (_changes(way) == _changes(first) if len(first) > 1 else fits(way)))]


def _changes(way: Way) -> dict[Expr, Equation]:
    return {tensor: equation for each in way for tensor, equation in each.changes.items()}


def _findings(replay: Replay, ways: Sequence[Way], error: float) -> tuple[Finding, ...]:
    explained = (Explanation(way, error) for way in ways)
    found = [finding_of(replay, each, mistake, updated=True) for each in explained for mistake in each.mistakes]
    return tuple(each_once(found))


def of_cost(replay: Replay, cost: float | str, course: Course) -> Diagnosis:
    """Return which way to descend leads to a cost, to the digits that it is given with."""
    text = str(cost)
    number = float(text)
    digits = len(text.partition(".")[2]) if "e" not in text.lower() else 15
    allowed = max(0.51 * 10.0**-digits, 1e-12 * abs(number))

    def off(mistakes: Way) -> float:
        return abs(float(_descended(replay, mistakes, course).known["C"]) - number)

    if ways := _ways_that_fit(replay, lambda mistakes: off(mistakes) <= allowed):
        error = off(ways[0])
        findings = _findings(replay, ways, error)
        return Diagnosis(MISTAKE if findings else EQUAL, findings, course.said, {"C": error})
    right = float(_descended(replay, (), course).known["C"])
    finding = Finding(
        "unknown",
        "C",
        Remark(AFTER if course.steps == 1 else AFTER_SEVERAL, steps=course.steps, cost=f"{right:.12g}"),
        abs(right - number) / (abs(right) or 1.0),
    )
    return Diagnosis(UNKNOWN, (finding,), course.said, {"C": finding.error}, first_difference="C")


def of_steps(replay: Replay, own: Mapping[str, np.ndarray], course: Course) -> Diagnosis:
    """Return which way to descend leads to parameters after several updates."""
    yours = Yours.of(own)

    def reached(mistakes: Way) -> dict[str, np.ndarray]:
        return {name: np.asarray(_descended(replay, mistakes, course).known[name]) for name in own}

    if ways := _ways_that_fit(replay, lambda mistakes: yours.fits(reached(mistakes))):
        errors = yours.errors(reached(ways[0]))
        findings = _findings(replay, ways, max(errors.values(), default=0.0))
        return Diagnosis(MISTAKE if findings else EQUAL, findings, course.said, errors)
    right = reached(())
    errors = yours.errors(right)
    name = max(errors, key=errors.__getitem__)
    finding = Finding("unknown", name, Remark(OTHERS), errors[name])
    return Diagnosis(UNKNOWN, (finding,), course.said, errors, first_difference=name)

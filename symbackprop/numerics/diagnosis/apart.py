"""Points at which mistakes that give the same numbers here give different ones, and mistakes that cannot be seen here.

relu with every z > 0        its slope left out, put in twice, or right: all the same; with another x they are not
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus.diagnosis import Remark
from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.network.program import GIVEN, Array, Kind
from symbackprop.numerics.diagnosis.comparison import Yours
from symbackprop.numerics.diagnosis.replay import Replay
from symbackprop.numerics.diagnosis.search import ONE, Explanation, Search

BETWEEN = {Kind.INPUT: (-3.0, 3.0), Kind.TARGET: (0.1, 0.9), Kind.PARAMETER: (-2.0, 2.0)}  # what is drawn from
TRIES = 4  # of each way to draw a point
SAMPLES = (1, 2)  # of a point, before as many as there are here are tried
UNSOUGHT = ("activation_of_other_layer",)  # there are as many as activations: none is told that cannot be seen
Gradient = Mapping[str, np.ndarray]


def telling_apart(replay: Replay, yours: Yours, found: Sequence[Explanation]) -> dict[str, Any] | None:
    """Return a point at which as many explanations as possible give different numbers; None if all always agree."""
    mistakes = [each.mistakes for each in found if all(one.changes for one in each.mistakes)]
    best, most = None, 1
    for point, other in _points(replay) if len(mistakes) > 1 else ():
        groups: list[Gradient] = []
        for each in mistakes:
            gradient = _given(yours, other, each)
            if not any(Yours.of(known).fits(gradient) for known in groups):
                groups.append(gradient)
        if len(groups) > most:
            best, most = point, len(groups)
        if most == len(mistakes):
            break
    return best


def unseen(replay: Replay, yours: Yours) -> tuple[list[Variant], dict[str, Any] | None]:
    """Return the mistakes that change no number here and do so elsewhere, and a point at which the most are seen."""
    search = Search(replay, yours)
    waiting = []
    for number, each in enumerate(search.singles, start=1):
        replay.on_step(Remark(ONE, number=number, count=len(search.singles)))
        gradient = None if each.kind in UNSOUGHT else search.gradient(each)
        if gradient is not None and yours.fits(gradient):
            waiting.append(each)
    found: list[Variant] = []
    best, most = None, 0
    for point, other in _points(replay) if waiting else ():
        right = Yours.of(_given(yours, other, ()))
        seen = [each for each in waiting if not right.fits(_given(yours, other, (each,)))]
        found += seen
        if len(seen) > most:
            best, most = point, len(seen)
        waiting = [each for each in waiting if each not in seen]
        if not waiting:
            break
    return found, best


def _given(yours: Yours, point: Replay, mistakes: Sequence[Variant]) -> Gradient:
    """Return the derivatives that somebody has, as they are at another point with some mistakes."""
    found = point.gradient(point.with_mistakes(*mistakes))
    return {name: found[name] for name in yours.arrays}


def _points(replay: Replay) -> Iterator[tuple[dict[str, Any], Replay]]:
    """Yield points with other inputs and targets, then with other parameters as well, and what is not as it is here."""
    given = replay.passes.program.of_kind(*GIVEN)
    count = _samples(given)
    sizes = SAMPLES if count is not None else ()
    rng = np.random.default_rng(1)
    for kinds in ((Kind.INPUT, Kind.TARGET), (Kind.INPUT, Kind.TARGET, Kind.PARAMETER)):
        for samples in (*sizes, None) * TRIES:
            fresh = {}
            for array in given:
                here = np.asarray(replay.known[array.name])
                shape = (samples, *here.shape[1:]) if samples and _first_size(array) == count else here.shape
                drawn = array.kind in kinds and here.dtype.kind == "f"
                kept = np.resize(here, shape)  # masks of dropout, words: what cannot be drawn from numbers between
                fresh[array.name] = np.round(rng.uniform(*BETWEEN[array.kind], size=shape), 1) if drawn else kept
            try:
                other = replay.at(fresh)
            except (ValueError, IndexError, ArithmeticError):  # sizes that do not go together
                continue
            yield {array.name: fresh[array.name].tolist() for array in given if array.kind in kinds}, other


def _samples(given: Sequence[Array]) -> Symbol | None:
    """Return the letter for the number of samples: that of the rows of the target, where it has a letter."""
    sizes = [_first_size(array) for array in given if array.kind == Kind.TARGET]
    return sizes[0] if sizes and isinstance(sizes[0], Symbol) else None


def _first_size(array: Array) -> Any:
    return array.tensor.sizes[0] if array.tensor.axes else None

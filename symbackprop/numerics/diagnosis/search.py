"""The search for what explains somebody's derivatives: no mistake, one, the same one everywhere, or two.

Two mistakes are looked for from the last layer back: the first one has to explain what comes before the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from symbackprop.calculus.diagnosis import Remark
from symbackprop.calculus.mistakes.catalogue import everywhere
from symbackprop.calculus.mistakes.sentences import SENTENCES
from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.frozen import dataclass
from symbackprop.network.program import GIVEN, Kind
from symbackprop.numerics.diagnosis.comparison import Yours
from symbackprop.numerics.diagnosis.forwards import other_forward, other_statistics
from symbackprop.numerics.diagnosis.replay import Replay

MOST_PAIRS = 400  # that are computed: a pair that explains all is found long before
MOST_WORK = 4e9  # numbers that are multiplied for pairs: of a wide network, fewer are tried; some seconds

RANKS = {kind: rank for rank, kind in enumerate(SENTENCES)}
ONE, TWO = "trying mistake {number} of {count}", "trying two mistakes together: pair {number} of at most {count}"


@dataclass(frozen=True)
class Explanation:
    """One or two mistakes with which the derivatives are what somebody has, and the largest difference that is left."""

    mistakes: tuple[Variant, ...]
    error: float
    replay: Replay | None = None  # with the learning rate that was found


@dataclass(eq=False)
class Search:
    """What explains some derivatives: every single mistake, and the derivatives with some of them.

    The derivatives are looked at from the last layer back: a mistake that does not reach those that are wrong explains
    nothing, and one with which an earlier one is wrong is not computed further."""

    replay: Replay
    yours: Yours

    @cached_property
    def order(self) -> list[str]:
        """The arrays that are given, from the last layer to the first."""
        return [name for name in self.replay.order if name in self.yours.arrays]

    @cached_property
    def wrong(self) -> frozenset[str]:
        """The arrays that are not as they are derived."""
        right = self.replay.gradient(self.replay.right)
        return frozenset(name for name in self.order if self.yours.excess(right, name) > 1)

    @cached_property
    def singles(self) -> list[Variant]:
        """Every mistake at one place, the likeliest first."""
        staged = self.replay.staged
        return sorted((*staged.variants, *(staged.updates if self.replay.rate is not None else ())), key=rank)

    def reached(self, *mistakes: Variant) -> frozenset[str]:
        """Return the derivatives that some mistakes can change."""
        return self.replay.staged.reached(tensor for each in mistakes for tensor in each.changes)

    def gradient(self, *mistakes: Variant) -> dict[str, np.ndarray] | None:
        """Return the derivatives with some mistakes; None where arrays do not go together."""
        try:
            return self.replay.gradient(self.replay.with_mistakes(*mistakes))
        except (ValueError, IndexError, ArithmeticError):
            return None

    def matched(self, *mistakes: Variant) -> int:
        """Return how many arrays are explained, from the last layer back, before the first that is not; -1 if none can.

        All are where it is `len(order)`."""
        count, found = 0, dict[str, np.ndarray]()
        try:
            for name, array in self.replay.stepwise(*mistakes):
                found[name] = array
                if name in self.yours.arrays:
                    if self.yours.excess(found, name) > 1:
                        break
                    count += 1
        except (ValueError, IndexError, ArithmeticError):
            return -1
        return count

    def explains_all(self, *mistakes: Variant) -> bool:
        """Tell whether every array is explained."""
        return self.wrong <= self.reached(*mistakes) and self.matched(*mistakes) == len(self.order)

    def explanation(self, *mistakes: Variant) -> Explanation:
        """Return an explanation with the difference that it leaves."""
        found = self.gradient(*mistakes)
        assert found is not None  # it explains all
        return Explanation(mistakes, max(self.yours.errors(found).values(), default=0.0))


def rank(variant: Variant) -> int:
    """Return how rare a kind of mistake is: 0 is the one that is made most often."""
    return RANKS[variant.kind]


def explanations(replay: Replay, yours: Yours) -> list[Explanation]:
    """Return every explanation with as few mistakes as possible, the likeliest first."""
    search = Search(replay, yours)
    found = [*_by_one(search, search.singles), *_other_points(search)]
    found = found or list(_by_one(search, sorted(replay.staged.rarer, key=rank)))
    found = found or list(_updated(search))
    if found:
        return sorted(found, key=lambda each: rank(each.mistakes[0]))
    return list(_pairs(search))


def _updated(search: Search) -> Iterator[Explanation]:
    """Yield weights that were updated too early, with the learning rate that the first wrong array tells.

    That array is linear in the rate r: it is the right one less r times what is lost with a rate of 1."""
    replay, yours = search.replay, search.yours
    updates = [*replay.staged.updates, *everywhere(replay.staged.updates)] if replay.rate is None else []
    name = next(each for each in search.order if each in search.wrong)
    right = replay.gradient(replay.right)
    for each in updates:
        unit = Replay(replay.staged, replay.known, 1.0)
        lost = right[name] - unit.gradient(unit.with_mistakes(each))[name]
        rate = float(np.vdot(lost, right[name] - yours.arrays[name])) / (float(np.vdot(lost, lost)) or 1.0)
        again = Search(Replay(replay.staged, replay.known, rate), yours)
        if rate > 0 and again.explains_all(each):
            yield replace(again.explanation(each), replay=again.replay)


def _by_one(search: Search, singles: Sequence[Variant]) -> Iterator[Explanation]:
    """Yield each mistake, at one place or everywhere, that alone explains all."""
    every = [*singles, *everywhere(singles)]
    for number, each in enumerate(every, start=1):
        search.replay.on_step(Remark(ONE, number=number, count=len(every)))
        if search.explains_all(each):
            yield search.explanation(each)


def _other_points(search: Search) -> Iterator[Explanation]:
    """Yield other targets with which all is explained, or else the first other forward pass, which changes everything.

    Other targets leave the bias of a linear layer as it is: its derivative adds up all errors."""
    targets = _other_targets(search.replay)
    found = [variant for variant, changed in targets if search.yours.fits(changed.gradient(changed.right))]
    yield from (Explanation((variant,), 0.0) for variant in found)
    for variant, changed in () if found else other_statistics(search.replay):
        if Search(changed, search.yours).matched(variant) == len(search.order):
            found.append(variant)
            yield Explanation((variant,), 0.0)
    if found or any(name not in search.wrong and np.any(search.yours.arrays[name]) for name in search.order):
        return
    for variant, changed in other_forward(search.replay):
        if Search(changed, search.yours).matched(variant) == len(search.order):
            gradient = changed.gradient(changed.with_mistakes(variant))
            yield Explanation((variant,), max(search.yours.errors(gradient).values(), default=0.0))
            return


def _pairs(search: Search) -> Iterator[Explanation]:
    """Yield pairs of mistakes at different arrays that explain all, those first whose first one explains the most.

    One of the two reaches the first array that is wrong: it is right with that one alone, or with both."""
    whole, wrong = len(search.order), search.wrong
    first_wrong = next(name for name in search.order if name in wrong)
    base = search.order.index(first_wrong)
    singles = [(each, search.reached(each)) for each in (*search.singles, *everywhere(search.singles))]
    first = [(search.matched(one), one, reach) for one, reach in singles if first_wrong in reach]
    likely = sorted((each for each in first if each[0] >= base), key=lambda each: (-each[0], rank(each[1])))
    most = left = min(MOST_PAIRS, int(MOST_WORK / _work(search)))
    for matched, one, reach in likely:
        next_wrong = search.order[matched]
        for other, others_reach in singles:
            together = next_wrong in others_reach and wrong <= reach | others_reach
            if not together or one.changes.keys() & other.changes.keys():
                continue
            if not left:
                return
            left -= 1
            search.replay.on_step(Remark(TWO, number=most - left, count=most))
            if search.matched(one, other) == whole:
                yield search.explanation(one, other)


def _work(search: Search) -> float:
    """Return how many numbers are multiplied for the derivatives, roughly: each parameter, for each sample."""
    known = search.replay.known
    numbers = sum(np.size(known[name]) for name in search.replay.parameters)
    targets = (known[array.name] for array in search.replay.passes.program.of_kind(Kind.TARGET))
    return 3.0 * numbers * max((len(each) for each in targets if np.ndim(each)), default=1) + 1


def _other_targets(replay: Replay) -> Iterator[tuple[Variant, Replay]]:
    """Yield the point with the targets of other samples: moved by one, and in the opposite order."""
    targets = replay.passes.program.of_kind(Kind.TARGET)
    if len(targets) != 1 or np.ndim(replay.known[targets[0].name]) < 1:
        return
    name = targets[0].name
    rows = np.asarray(replay.known[name])
    if len(rows) < 2:
        return
    given = {array.name: replay.known[array.name] for array in replay.passes.program.of_kind(*GIVEN)}
    moved = {"by one": np.roll(rows, 1, 0), "by one back": np.roll(rows, -1, 0), "reversed": rows[::-1]}
    for detail, other in moved.items():
        yield Variant("target_of_other_sample", name, {}, detail), replay.at({**given, name: other})

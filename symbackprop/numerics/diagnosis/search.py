"""The search for what explains somebody's derivatives: no mistake, one, the same one everywhere, or two.

Two mistakes are looked for from the last layer back: the first one has to explain what comes before the second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from symbackprop.network.program import GIVEN, Kind
from symbackprop.numerics.diagnosis.comparison import Yours
from symbackprop.numerics.diagnosis.forwardslips import other_forward
from symbackprop.numerics.diagnosis.mistakes import everywhere, updated_weights, variants_of
from symbackprop.numerics.diagnosis.replay import Replay
from symbackprop.numerics.diagnosis.variants import Variant

__all__ = ["Explanation", "Search", "explanations", "rank"]


SECONDS = 4.0  # that pairs are tried for; a pair that explains all is found long before
MOST_FIRST = 30  # mistakes that explain the most, beside which a second one is tried

# kinds in the order of how often they are made, those that only differ in name side by side
ORDER = (
    "missing_slope",
    "quadratic_without_slope",
    "cross_entropy_with_slope",
    "slope_of_activation",
    "activation_for_slope",
    "weight_not_transposed",
    "sign",
    "sum_for_mean",
    "mean_for_sum",
    "mean_twice",
    "updated_weights",
    "bias_missing",
    "bias_shared",
    "softmax_elementwise",
    "relu_slope_of_activation_gradient",
    "relu_slope_at_zero",
    "penalty_missing",
    "penalty_on_bias",
    "penalty_factor",
    "mean_detached",
    "variance_detached",
    "bessel",
    "path_missing",
    "kernel_not_flipped",
    "padding_lost",
    "target_of_other_sample",
    "slope_twice",
    "wrong_layer_weight",
    "wrong_layer_activation",
    "activation_of_other_layer",
)


@dataclass(frozen=True)
class Explanation:
    """One or two mistakes with which the derivatives are what somebody has, and the largest difference that is left."""

    mistakes: tuple[Variant, ...]
    error: float


@dataclass(eq=False)
class Search:
    """What explains some derivatives: every single mistake, and the derivatives with some of them."""

    replay: Replay
    yours: Yours

    @cached_property
    def order(self) -> list[str]:
        """The arrays that are given, from the last layer to the first."""
        return [name for name in self.replay.order if name in self.yours.arrays]

    @cached_property
    def singles(self) -> list[Variant]:
        """Every mistake at one place, the likeliest first."""
        found = list(variants_of(self.replay.passes))
        if self.replay.rate is not None:
            found += updated_weights(self.replay.passes)
        return sorted(found, key=rank)

    def gradient(self, *mistakes: Variant) -> dict[str, np.ndarray] | None:
        """Return the derivatives with some mistakes; None where arrays do not go together."""
        try:
            return self.replay.gradient(self.replay.with_mistakes(*mistakes))
        except (ValueError, IndexError, ArithmeticError):
            return None

    def matched(self, found: Mapping[str, np.ndarray] | None) -> int:
        """Return how many arrays are explained, from the last layer back, before the first that is not."""
        if found is None:
            return -1
        for place, name in enumerate(self.order):
            if self.yours.excess(found, name) > 1:
                return place
        return len(self.order)

    def explanation(self, found: Mapping[str, np.ndarray], *mistakes: Variant) -> Explanation:
        """Return an explanation with the difference that it leaves."""
        return Explanation(mistakes, max(self.yours.errors(found).values(), default=0.0))


def rank(variant: Variant) -> int:
    """Return how rare a kind of mistake is: 0 is the one that is made most often."""
    return ORDER.index(variant.kind) if variant.kind in ORDER else len(ORDER)


def explanations(replay: Replay, yours: Yours, *, pairs: bool = True) -> list[Explanation]:
    """Return every explanation with as few mistakes as possible, the likeliest first."""
    search = Search(replay, yours)
    whole = len(search.order)
    found, reach = [], []
    for each in search.singles:
        gradient = search.gradient(each)
        matched = search.matched(gradient)
        if matched == whole and gradient is not None:
            found.append(search.explanation(gradient, each))
        elif matched >= 0:
            reach.append((matched, each))
    for each in everywhere(search.singles):
        gradient = search.gradient(each)
        if gradient is not None and search.matched(gradient) == whole:
            found.append(search.explanation(gradient, each))
    for variant, changed in _other_targets(replay):
        gradient = changed.gradient(changed.right)
        if yours.fits(gradient):
            found.append(search.explanation(gradient, variant))
    found = found or list(islice(_other_networks(replay, search), 1))
    if found or not pairs:
        return sorted(found, key=lambda each: rank(each.mistakes[0]))
    return list(_pairs(search, reach))


def _other_networks(replay: Replay, search: Search) -> Iterator[Explanation]:
    """Yield the networks with another forward pass whose derivatives these are."""
    for variant, changed in other_forward(replay):
        gradient = changed.gradient(changed.with_mistakes(variant))
        if search.yours.fits(gradient):
            yield search.explanation(gradient, variant)


def _pairs(search: Search, reach: Sequence[tuple[int, Variant]]) -> Iterator[Explanation]:
    """Yield pairs of mistakes at different arrays; those that explain the most alone are tried first."""
    whole, start = len(search.order), time.monotonic()
    base = search.matched(search.gradient())
    first = sorted(reach, key=lambda each: (-each[0], rank(each[1])))
    likely = [each for matched, each in first if matched > base] or [each for matched, each in first if matched == base]
    for one in likely[:MOST_FIRST]:
        for other in search.singles:
            if one.changes.keys() & other.changes.keys():
                continue
            if time.monotonic() - start > SECONDS:
                return
            gradient = search.gradient(one, other)
            if search.matched(gradient) == whole and gradient is not None:
                yield search.explanation(gradient, one, other)


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

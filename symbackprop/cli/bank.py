"""A question bank whose parts are made by several processes, and which is the one that a single process makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from symbackprop.calculus.backpropagation import derive
from symbackprop.cli.cluster import spread
from symbackprop.cli.wishes import Wishes
from symbackprop.exposition.conventions import convention_of, said_of
from symbackprop.exposition.exercise.moodle import bank_part
from symbackprop.exposition.exercise.paper import Exercise
from symbackprop.exposition.exercise.questions import Plan
from symbackprop.exposition.narration import Labels
from symbackprop.frozen import dataclass
from symbackprop.network.labels import check_label
from symbackprop.network.said import Said

PARTS = 32  # more than most clusters have workers; each part draws the numbers of those before it once more
SMALLEST = 10  # variants of a part


@dataclass(frozen=True)
class Order:
    """What is wanted of a worker, as plain data: an exercise about what was said, and how it is told."""

    said: Said
    kind: str
    plan: Plan
    title: str | None
    lang: str
    decimal: str
    symbols: Mapping[str, str]
    convention: str | Mapping[str, Any]


def part_of(order: Order) -> str:
    """Return the questions of some sheets; raises as `exercise` does."""
    network = order.said.spec().network
    if order.title is not None:
        network = replace(network, title=check_label(order.title, "title"))
    made = Exercise(derive(network), order.kind, order.plan, convention_of(order.convention))
    return "".join(bank_part(made, Labels(order.lang, order.title, symbols=order.symbols, decimal=order.decimal)))


@dataclass(frozen=True)
class Workers:
    """The workers of a scheduler, and what is said to them of the network."""

    said: Said
    scheduler: str

    def starts(self, made: Exercise) -> range:
        """Return at which variant each part begins."""
        return range(0, made.plan.variants, max(SMALLEST, ceil(made.plan.variants / PARTS)))

    def parts(self, made: Exercise, wishes: Wishes, title: str | None) -> Iterator[str]:
        """Yield the bank of all variants of an exercise, in order.

        Raises what `spread` raises, and what a worker raised."""
        every = replace(made.plan, end=None)
        starts = self.starts(made)
        told = title, wishes.language, wishes.options.decimal, dict(wishes.symbols), said_of(made.convention)
        plans = [replace(every, first=first, end=min(first + starts.step, every.variants)) for first in starts]
        found: dict[int, str] = {}
        orders = [Order(self.said, made.kind, plan, *told) for plan in plans]
        following = 0
        for place, part in spread(part_of, orders, scheduler=self.scheduler):
            if isinstance(part, BaseException):
                raise part
            found[place] = part
            while following in found:
                yield found.pop(following)
                following += 1

"""The numbers of a program of equations: its arrays, what it computes of them, and its adjoints, entry by entry.

s_12 = [1?]          ∂C/∂q_11 = [2?]          for given Q, K, V and ∂C/∂O
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from symbackprop.calculus.numbers import Known, evaluate_in_order
from symbackprop.calculus.partials import letters_of
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SpecError
from symbackprop.exposition.example.programgiven import program_given
from symbackprop.exposition.exercise.computing import is_plain, question, rounding
from symbackprop.exposition.exercise.drawing import DIGITS, SMALLEST, Drawn, drawn
from symbackprop.exposition.exercise.questions import Draft, Plan, Worksheet
from symbackprop.exposition.exercise.reckoning import UNIT, Quantity, Reckoner
from symbackprop.exposition.exercise.samples import reckoner_of_program
from symbackprop.exposition.story.program.telling import ProgramTelling

USUAL = 5  # questions, where nothing is said
MOSTLY = 0.4  # of the draws: with five questions, one draw in a hundred has no zero among its answers
VALUES = 1  # of them about the forward pass


def compute_program(derivation: ProgramDerivation, plan: Plan) -> Iterator[Draft]:
    """Yield drafts that ask for entries of adjoints, and for some of the forward pass.

    Raises SpecError where there are too few, and as `reckoner_of_program` and `drawn` do."""
    reckoner = reckoner_of_program(derivation)
    asked = _asked(reckoner, plan)
    for each in drawn(reckoner, asked, seed=plan.seed, numbers=plan.numbers):
        yield _Sample(derivation, reckoner, asked, each)


def _asked(reckoner: Reckoner, plan: Plan) -> tuple[Quantity, ...]:
    """Return entries of different arrays, in the order of computation."""
    rng = random.Random(plan.seed)
    count = USUAL if plan.questions is None else plan.questions
    open_ones = [each for each in reckoner.quantities if not is_plain(each) and letters_of(each.right)]
    rng.shuffle(open_ones)
    open_ones = _seldom_zero(reckoner, open_ones, plan.seed)
    gradients = [each for each in open_ones if each.kind == "gradient"]
    values = [each for each in open_ones if each.kind != "gradient"]
    chosen = values[:VALUES] if count > VALUES else []
    for each in (*_of_different_arrays(gradients), *gradients, *values):
        if each not in chosen and len(chosen) < count:
            chosen.append(each)
    if len(chosen) < count and plan.questions is not None:
        raise SpecError(f"exercise --questions {count}: this program has {len(chosen)} numbers to ask for; take fewer")
    return tuple(each for each in reckoner.quantities if each in chosen)


def _seldom_zero(reckoner: Reckoner, quantities: list[Quantity], seed: int) -> list[Quantity]:
    """Return what is a number to ask for in most draws: not the error of an entry that is seldom the largest.

    All of them where most are 0 in most draws."""
    given = reckoner.draw(np.random.default_rng(seed), False)
    known = reckoner.values({letter: numbers / UNIT for letter, numbers in given.items()})
    found = [each for each in quantities if np.mean(np.abs(known[each.left]) > SMALLEST) > MOSTLY]
    return found if len(found) > len(quantities) / 4 else quantities


def _of_different_arrays(quantities: list[Quantity]) -> Iterator[Quantity]:
    met: set[str] = set()
    for each in quantities:
        name = str(each.left.by.base)
        if name not in met:
            met.add(name)
            yield each


@dataclass(frozen=True)
class _Sample(Draft):
    """The numbers of the arrays that are given, and which entries are asked for."""

    derivation: ProgramDerivation
    reckoner: Reckoner
    asked: tuple[Quantity, ...]
    drawn: Drawn

    @cached_property
    def known(self) -> Known:
        """Every number, exactly or to 50 digits."""
        return evaluate_in_order(((each.left, each.right) for each in self.reckoner.quantities), self.drawn.given)

    def worksheet(self, telling: ProgramTelling) -> Worksheet:
        """Return the sheet: equations, arrays, and a blank for each entry that is asked for."""
        given = (*program_given(telling, self.known, DIGITS), rounding(telling, self.drawn))
        numbers = (self.known, self.drawn)
        return Worksheet(given, tuple(question(telling, numbers, each, str(n)) for n, each in enumerate(self.asked, 1)))

"""compute: the numbers of one sample, forward and backward, from its inputs to its gradient.

z_1 = [1]    a_1 = [2]    C = [4]    δ_1 = [5]    ∂C/∂w_11 = [7]
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sympy import S

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.numbers import Numbers, Stage, evaluate, instances
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Line, Steps
from symbackprop.exposition.example.given import numbers_given
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.exercise.computing import is_plain, question, rounding
from symbackprop.exposition.exercise.drawing import DIGITS, Drawn, drawn
from symbackprop.exposition.exercise.entries import compute_program
from symbackprop.exposition.exercise.questions import KINDS, Draft, Plan, Worksheet
from symbackprop.exposition.exercise.reckoning import Quantity, Reckoner
from symbackprop.exposition.exercise.samples import reckoner_of
from symbackprop.exposition.story.descent import RATE
from symbackprop.exposition.story.forward import way_forward
from symbackprop.exposition.story.telling import Telling
from symbackprop.network.composition import with_sizes
from symbackprop.network.memo import memoised
from symbackprop.network.model import Network
from symbackprop.network.notation import COST
from symbackprop.network.values import check_size

# what is asked, the most telling first: kind, and whether of the first layer or of the last
WORTH = (
    ("w", "first"),
    ("delta", "first"),
    ("delta", "last"),
    ("a", "last"),
    ("z", "first"),
    ("C", "last"),
    ("a", "first"),
    ("w", "last"),
)


@KINDS.register("compute")
def compute(derivation: Derivation | ProgramDerivation, plan: Plan) -> Iterator[Draft]:
    """Yield drafts that ask for the same quantities, each with numbers of its own.

    Raises BudgetError for what is too large to be worked through by hand, SpecError for what cannot be shown."""
    if isinstance(derivation, ProgramDerivation):
        yield from compute_program(derivation, plan)
        return
    check_size(derivation.network)
    reckoner = reckoner_of(derivation)
    asked = _asked(reckoner, derivation.network.depth, plan)
    for each in drawn(reckoner, asked, seed=plan.seed, numbers=plan.numbers):
        yield _Sample(derivation, asked, each)


def _asked(reckoner: Reckoner, depth: int, plan: Plan) -> tuple[Quantity, ...]:
    """Return the quantities that are asked for, in the order of computation."""
    rng = random.Random(plan.seed)
    count = len(WORTH) if plan.questions is None else plan.questions
    chosen: list[Quantity] = []
    for kind, place in WORTH:
        layer = 1 if place == "first" else depth
        among = [each for each in reckoner.quantities if each.kind == kind and each.layer in (layer, 0)]
        among = [each for each in among if each not in chosen and not is_plain(each)]
        if among and len(chosen) < count and not (place == "first" and depth == 1 and kind in ("a", "w", "delta")):
            chosen.append(rng.choice(among))
    others = [each for each in reckoner.quantities if each not in chosen and not is_plain(each)]
    chosen += rng.sample(others, min(len(others), max(0, count - len(chosen))))
    if len(chosen) < count and plan.questions is not None:
        raise SpecError(f"exercise --questions {count}: this network has {len(chosen)} numbers to ask for; take fewer")
    return tuple(each for each in reckoner.quantities if each in chosen)


@dataclass(frozen=True)
class _Sample(Draft):
    """One sample with its numbers, and which of what follows from them is asked for."""

    derivation: Derivation
    asked: tuple[Quantity, ...]
    drawn: Drawn

    @cached_property
    def numbers(self) -> Numbers:
        """Every number of the sample, exactly or to 50 digits."""
        return evaluate(self.derivation, {str(letter): value for letter, value in self.drawn.given.items()})

    def worksheet(self, telling: Telling) -> Worksheet:
        """Return the sheet: what is given, and a blank for each number that is asked for."""
        sheet = Sheet(telling, (Stage((self.numbers,), S.One),), DIGITS, RATE)
        forward = way_forward(telling, telling.network.program.distinct, _forward_pass(telling.network))
        given = (*numbers_given(sheet), *forward, rounding(telling, self.drawn))
        questions = tuple(
            question(telling, (self.numbers, self.drawn), each, str(n)) for n, each in enumerate(self.asked, 1)
        )
        return Worksheet(given, questions)


@memoised
def _forward_pass(network: Network) -> Steps:
    """Return the equations of each layer, with numbers for its sizes."""
    lines = []
    for node in network.program.nodes:
        left, right = (with_sizes(side, network.widths) for side in (node.concrete.target, node.concrete.expression))
        if left == COST:  # of few outputs: each for itself
            ((left, right),) = instances(left, right, network.depth, network)
        lines.append(Line(left, "=", right))
    return Steps(tuple(lines), key="forward")

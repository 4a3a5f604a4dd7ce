"""compute: the numbers of one sample of a network or of a program, forward and backward, entry by entry.

z_1 = [1]    a_1 = [2]    C = [4]    δ_1 = [5]    ∂C/∂w_11 = [7]
s_12 = [1]   ∂C/∂q_11 = [2]                                                  for given Q, K, V and ∂C/∂O
z_1 = w_11 x_1 + b_1 = 0.4 · 0.5 + 0.1 = 0.3                                 an answer; it may be off by 0.00005
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice

import numpy as np
from sympy import Expr, Indexed, Rational, S, Symbol

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.numbers import Known, Numbers, Stage, evaluate, evaluate_in_order, instances
from symbackprop.calculus.partials import Partial, letters_of
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Display, Formula, Line, Prose, Steps
from symbackprop.exposition.example.given import numbers_given
from symbackprop.exposition.example.programgiven import program_given
from symbackprop.exposition.example.sheet import Sheet, with_numbers
from symbackprop.exposition.example.terms import Rounded
from symbackprop.exposition.exercise.blanks import Blank
from symbackprop.exposition.exercise.drawing import DIGITS, LARGEST, SMALLEST, Drawn, drawn
from symbackprop.exposition.exercise.questions import KINDS, Draft, Number, Plan, Question, Worksheet
from symbackprop.exposition.exercise.reckoning import BATCH, UNIT, Quantity, Reckoner
from symbackprop.exposition.exercise.samples import reckoner_of, reckoner_of_program
from symbackprop.exposition.mathtext.letters import parsed
from symbackprop.exposition.story.descent import RATE
from symbackprop.exposition.story.forward import way_forward
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.speaking import Speaking
from symbackprop.exposition.story.telling import Telling
from symbackprop.frozen import dataclass
from symbackprop.network.composition import with_sizes
from symbackprop.network.memo import memoised
from symbackprop.network.model import Network
from symbackprop.network.notation import COST
from symbackprop.network.values import check_size

USUAL = 5  # questions, where nothing is said
SELDOM = 0.01  # of the draws have every answer within what is read: fewer, and no draw is found among thousands
VALUES = 1  # of them about the forward pass
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
    fits = _read_together(reckoner, plan.seed)
    chosen: list[Quantity] = []
    for kind, place in WORTH:
        layer = 1 if place == "first" else depth
        among = [each for each in reckoner.quantities if each.kind == kind and each.layer in (layer, 0)]
        among = [each for each in among if each not in chosen and not is_plain(each)]
        if among and len(chosen) < count and not (place == "first" and depth == 1 and kind in ("a", "w", "delta")):
            first = rng.choice(among)
            chosen += islice(filter(fits, (first, *(each for each in among if each != first))), 1)
    others = [each for each in reckoner.quantities if each not in chosen and not is_plain(each)]
    chosen += islice(filter(fits, rng.sample(others, len(others))), max(0, count - len(chosen)))
    _check_enough(chosen, plan)
    return tuple(each for each in reckoner.quantities if each in chosen)


def _read_together(reckoner: Reckoner, seed: int) -> Callable[[Quantity], bool]:
    """Return what tells of a quantity whether it can be asked for beside those of which that has been told before.

    It cannot where hardly any draw has all of them within what is read: the error of an entry that is seldom the
    largest, that of the first of many layers, which is small, or two of which one is always 0."""
    given = reckoner.draw(np.random.default_rng(seed), False)
    known = reckoner.values({letter: numbers / UNIT for letter, numbers in given.items()})
    together = np.ones(BATCH, dtype=bool)

    def fits(quantity: Quantity) -> bool:
        nonlocal together
        size = np.abs(known[quantity.left])
        kept = together & (size >= SMALLEST) & (size < LARGEST)
        if found := bool(kept.mean() > SELDOM):
            together = kept
        return found

    return fits


def _check_enough(chosen: Sequence[Quantity], plan: Plan) -> None:
    """Raise SpecError for fewer than are wanted."""
    count, wanted = len(chosen), plan.questions or 1
    if count < wanted:
        other = "take fewer" if count else "try --kind line"
        raise SpecError(f"exercise --questions {wanted}: this network has {count} numbers to ask for; {other}")


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

    @property
    def _ends(self) -> tuple[int, ...] | None:
        """The ends of the weight whose path the picture shows: that of the first layer that is asked for, if any is."""
        for each in self.asked:
            if each.kind == "w" and each.layer == 1 and (found := parsed(each.left.by.name)):
                return found[2]
        return None

    def worksheet(self, telling: Telling) -> Worksheet:
        """Return the sheet: what is given, and a blank for each number that is asked for."""
        sheet = Sheet(telling, (Stage((self.numbers,), S.One),), DIGITS, RATE)
        forward = way_forward(telling, telling.network.program.distinct, _forward_pass(telling.network))
        given = (*numbers_given(sheet, self._ends), *forward, rounding(telling, self.drawn))
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


def compute_program(derivation: ProgramDerivation, plan: Plan) -> Iterator[Draft]:
    """Yield drafts that ask for entries of adjoints, and for some of the forward pass.

    Raises SpecError where there are too few, and as `reckoner_of_program` and `drawn` do."""
    reckoner = reckoner_of_program(derivation)
    asked = _asked_of_program(reckoner, plan)
    for each in drawn(reckoner, asked, seed=plan.seed, numbers=plan.numbers):
        yield _Entries(derivation, reckoner, asked, each)


def _asked_of_program(reckoner: Reckoner, plan: Plan) -> tuple[Quantity, ...]:
    """Return entries of different arrays, in the order of the passes: forward, then back."""
    rng = random.Random(plan.seed)
    count = USUAL if plan.questions is None else plan.questions
    open_ones = [each for each in reckoner.quantities if not is_plain(each) and letters_of(each.right)]
    rng.shuffle(open_ones)
    gradients = [each for each in open_ones if each.kind == "gradient"]
    values = [each for each in open_ones if each.kind != "gradient"]
    fits = _read_together(reckoner, plan.seed)
    chosen = [*islice(filter(fits, values), VALUES if count > VALUES else 0)]
    met: set[Expr] = set()
    for each in gradients:  # of different arrays
        if len(chosen) < count and each.left.by.base not in met and fits(each):
            met.add(each.left.by.base)
            chosen.append(each)
    others = (each for each in (*gradients, *values) if each not in chosen)
    chosen += islice(filter(fits, others), count - len(chosen))
    _check_enough(chosen, plan)
    asked = (each for each in reckoner.quantities if each in chosen)
    return tuple(sorted(asked, key=lambda each: each.kind == "gradient"))  # of a block, either may come first


@dataclass(frozen=True)
class _Entries(Draft):
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


def is_plain(quantity: Quantity) -> bool:
    """Tell whether nothing is computed: a derivative by a bias is the error, by its name."""
    return isinstance(quantity.right, Symbol | Indexed | Partial)


def rounding(telling: Speaking, drawn: Drawn) -> Prose:
    """Return what is said of the numbers: how short they are, or how they are to be rounded."""
    if drawn.decimals is None:
        return telling.prose("exercise.rounded", digits=DIGITS)
    key = {0: "exercise.whole", 1: "exercise.short.one"}.get(drawn.decimals, "exercise.short")
    return telling.prose(key, decimals=drawn.decimals)


def question(telling: Speaking, numbers: tuple[Known, Drawn], quantity: Quantity, label: str) -> Question:
    """Return the question for one number."""
    (known, drawn), left, say = numbers, quantity.left, telling.say
    answer = Number(drawn.values[left], drawn.tolerances[left], drawn.wrong[left])
    tolerance = Rounded(Rational(f"{answer.tolerance:.0e}"), DIGITS)  # one digit, as the decimal that it is
    line = with_numbers((left, quantity.right), known, DIGITS, say("exercise.tolerance", tolerance=tolerance))
    blank = Display(Formula((left, Blank(label))))
    return Question(quantity.kind, say(f"exercise.{quantity.kind}"), (blank,), (Steps((line,), key="answer"),), answer)

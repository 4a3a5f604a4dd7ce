"""order: the lines of a derivation out of their order, while the reasons for them stand in theirs.

(A) a_j (1 - a_j) …      (B) ∂C/∂a_j · …      δ_j = [1.1]   chain rule      = [1.2]   put in
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from string import ascii_uppercase

from sympy import Piecewise

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Block, Display, Formula, Line, Prose, Steps
from symbackprop.exposition.exercise.blanks import Blank
from symbackprop.exposition.exercise.kinds.line import computed, reason_of
from symbackprop.exposition.exercise.questions import KINDS, Draft, Order, Plan, Question, Worksheet
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling, sign_of
from symbackprop.frozen import dataclass

USUAL = 3  # questions, where nothing is said
FEWEST, MOST = 3, 7  # lines that are put in order
LONGEST = 60  # operations of a line


@KINDS.register("order")
def order(derivation: Derivation | ProgramDerivation, plan: Plan) -> Iterator[Draft]:
    """Yield drafts with chains whose reasons are different ones; raises SpecError where there are too few."""
    chains = {name: chain for name, chain in derivation.chains.items() if _can_be_ordered(derivation, name, chain)}
    wanted = min(USUAL, len(chains)) if plan.questions is None else plan.questions
    if not 0 < wanted <= len(chains):
        raise SpecError(
            f"exercise --kind order: this derivation has {len(chains)} chains of {FEWEST} to {MOST} lines with "
            f"different reasons, {plan.questions or 1} wanted; take fewer questions, or --kind line"
        )
    names = list(chains)
    for variant in plan.numbers:
        rng = random.Random(f"{plan.seed} {variant}")
        chosen = sorted(rng.sample(names, wanted), key=names.index)
        yield _Chains(tuple((name, chains[name], _shuffled(len(chains[name].steps), rng)) for name in chosen))


def _can_be_ordered(derivation: Derivation | ProgramDerivation, name: str, chain: Chain) -> bool:
    """Tell whether one order alone is right: in every language each line has a reason of its own."""
    lines = [step.after for step in chain.steps]
    if not FEWEST <= len(lines) <= MOST or len({*lines}) < len(lines):
        return False
    if any(line.has(Piecewise) or line.count_ops() > LONGEST for line in lines):
        return False
    for language in LANGUAGES:
        kind = ProgramTelling if isinstance(derivation, ProgramDerivation) else Telling
        telling = kind(derivation, LANGUAGES[language])  # type: ignore[arg-type]  # each has its own derivation
        reasons = [reason_of(telling, name, step) for step in chain.steps]
        if () in reasons or len(set(reasons)) < len(reasons):
            return False
    return True


def _shuffled(count: int, rng: random.Random) -> tuple[int, ...]:
    """Return the places of lines in another order than theirs."""
    places = list(range(count))
    while places == sorted(places):
        rng.shuffle(places)
    return tuple(places)


@dataclass(frozen=True)
class _Chains(Draft):
    """Chains, and for each the order in which its lines are shown."""

    chains: tuple[tuple[str, Chain, tuple[int, ...]], ...]

    def worksheet(self, telling: Telling | ProgramTelling) -> Worksheet:
        """Return the sheet: the forward pass, lines with letters, and boxes beside the reasons."""
        return Worksheet(computed(telling), tuple(_question(telling, each, n) for n, each in enumerate(self.chains, 1)))


def _question(telling: Telling | ProgramTelling, told: tuple[str, Chain, tuple[int, ...]], number: int) -> Question:
    name, chain, shown = told
    steps = chain.steps
    lettered = dict(zip(shown, ascii_uppercase, strict=False))
    letters = "".join(lettered[place] for place in range(len(steps)))
    labels = tuple(f"{number}.{place}" for place in range(1, len(steps) + 1))
    reasons = [reason_of(telling, name, step) for step in steps]
    lines: tuple[Block, ...] = tuple(Display(Formula((steps[place].after,)), name=lettered[place]) for place in shown)
    boxes = (
        Line(None if place else chain.goal, "=", Blank(label), reason)
        for place, (label, reason) in enumerate(zip(labels, reasons, strict=True))
    )
    right = (
        Line(None if place else chain.goal, sign_of(step.after, step.before), step.after, reason)
        for place, (step, reason) in enumerate(zip(steps, reasons, strict=True))
    )
    answer = Prose(telling.say("exercise.letters", letters=", ".join(letters)))
    return Question(
        "order",
        telling.say("exercise.order"),
        (*lines, Steps(tuple(boxes), key="boxes")),
        (answer, Steps(tuple(right), key="answer")),
        Order(tuple(Formula((step.after,)) for step in steps), letters, labels),
    )

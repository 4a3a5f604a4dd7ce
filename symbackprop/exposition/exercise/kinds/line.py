"""line: a line of the derivation with a part missing: a link, a factor, an index, a matrix, a layer, a number.

∂C/∂w_jk = ∂C/∂a_j · ∂a_j/∂z_j · ∂z_j/∂w_jk
         = (a_j - y_j) · [3] · ∂z_j/∂w_jk                put in
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.derivation import Step
from symbackprop.calculus.links import J
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Block, Display, Formula, Line, Prose, Steps, Text, paragraph
from symbackprop.exposition.exercise.blanks import Blank, Gapped
from symbackprop.exposition.exercise.gaps import KINDS_OF_GAPS, Gap, gaps_of
from symbackprop.exposition.exercise.questions import KINDS, Answer, Choice, Draft, Plan, Question, Words, Worksheet
from symbackprop.exposition.story.forward import forward_pass as general_forward_pass
from symbackprop.exposition.story.forward import way_forward
from symbackprop.exposition.story.program.computation import forward_pass
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling, sign_of
from symbackprop.frozen import dataclass
from symbackprop.network.functions import SIGMA, SIGMOID
from symbackprop.network.notation import LAST_LAYER, LAYER, activation, error, weighted_input, width

USUAL = 6  # questions, where nothing is said


@KINDS.register("line")
def line(derivation: Derivation | ProgramDerivation, plan: Plan) -> Iterator[Draft]:
    """Yield drafts with gaps of as many kinds as there are; raises SpecError where there are too few."""
    gaps = gaps_of(derivation)
    for variant in plan.numbers:
        yield _Gaps(tuple(_chosen(gaps, random.Random(f"{plan.seed} {variant}"), plan.questions)))


def _chosen(gaps: Sequence[Gap], rng: random.Random, wanted: int | None) -> list[Gap]:
    """Return gaps of different kinds and lines, in the order of the derivation."""
    count = USUAL if wanted is None else wanted
    waiting = {kind: [gap for gap in gaps if gap.kind == kind] for kind in KINDS_OF_GAPS}
    for among in waiting.values():
        rng.shuffle(among)
    chosen: list[Gap] = []
    while len(chosen) < count and any(waiting.values()):
        for among in waiting.values():
            gap = next((each for each in _taken(among) if _tells_nothing(each, chosen) and each.is_clear), None)
            if gap is not None and len(chosen) < count:
                chosen.append(gap)
    if len(chosen) < count and wanted is not None:
        raise SpecError(
            f"exercise --questions {count}: this derivation has {len(chosen)} lines to ask about; take fewer"
        )
    if not chosen:
        raise SpecError("exercise --kind line: this derivation has no line of which a part can be asked for")
    return sorted(chosen, key=gaps.index)


def _tells_nothing(gap: Gap, chosen: Sequence[Gap]) -> bool:
    """Tell whether no other question shows the line of a gap, nor the gap a line of theirs."""
    own, others = gap.lines, [each.lines for each in chosen]
    return all(own[-1] not in lines and lines[-1] not in own for lines in others)


def _taken(gaps: list[Gap]) -> Iterator[Gap]:
    """Yield gaps, each of which is gone then."""
    while gaps:
        yield gaps.pop()


def computed(telling: Telling | ProgramTelling) -> tuple[Block, ...]:
    """Return the section with the equations that the lines are derived from."""
    given = telling.section("example-given")
    if isinstance(telling, ProgramTelling):
        return given, *way_forward(telling, telling.program.equations, forward_pass(telling))
    steps = general_forward_pass(telling, most=0)
    return given, *way_forward(telling, telling.network.program.distinct, steps), _letters(telling)


def _letters(telling: Telling) -> Prose:
    """Return what the letters mean that the lines have and the way forward does not."""
    functions = {activation.function for activation in telling.network.activations}
    letters = {"sigma": SIGMA, "l": LAYER, "delta": error(LAYER)[J], "z": weighted_input(LAYER)[J], "n": width(LAYER)}
    ends = {"zero": str(telling.layer(0)), "x": activation(0), "L": LAST_LAYER, "a": activation(LAST_LAYER)[J]}
    keys = ("ends", "delta") if functions == {SIGMOID} else ("ends", "sigma", "delta")
    told = (telling.language.sentence(f"exercise.letters.{key}", letters | ends) for key in keys)
    return Prose(paragraph(told))


def reason_of(telling: Telling | ProgramTelling, name: str, step: Step) -> Text:
    """Return the reason for a step of the chain called `name`, in words."""
    return telling.reason(name, step) if isinstance(telling, Telling) else telling.reason(step)


@dataclass(frozen=True)
class _Gaps(Draft):
    """Which parts of which lines are missing."""

    gaps: tuple[Gap, ...]

    def worksheet(self, telling: Telling | ProgramTelling) -> Worksheet:
        """Return the sheet: the forward pass, and a line for each gap, after the line from which it follows."""
        questions = (_question(telling, gap, str(n)) for n, gap in enumerate(self.gaps, 1))
        return Worksheet(computed(telling), tuple(questions))


def _question(telling: Telling | ProgramTelling, gap: Gap, label: str) -> Question:
    prompt = telling.say(f"exercise.line.{gap.kind}")
    asked, whole = (_shown(telling, gap, Gapped(gap.right, gap.part, each)) for each in (label, ""))
    missing = gap.part.term if gap.part.index is None else gap.part.index
    answer = Display(Formula((Blank(label), missing)))
    return Question(gap.kind, prompt, asked, (answer, *whole), _answer(gap))


def _shown(telling: Telling | ProgramTelling, gap: Gap, right: Gapped) -> tuple[Block, ...]:
    """Return the line, after the one from which it follows: as matrices after the same in indices."""
    goal, step = gap.chain.goal, gap.step
    if gap.sides is not None:
        return Display(Formula((goal, step.after))), Display(Formula((gap.sides[0], right)))
    own = Line(None, sign_of(step.after, step.before), right, reason_of(telling, gap.name, step))
    if gap.is_first:
        return (Steps((Line(goal, own.sign, own.right, own.reason),), key="gap"),)
    return (Steps((Line(goal, sign_of(step.before), step.before), own), key="gap"),)


def _answer(gap: Gap) -> Answer:
    if gap.part.index is not None:
        return Words(gap.part.index)
    return Choice(Formula((gap.part.term,)), tuple(Formula((wrong,)) for wrong in gap.wrong))

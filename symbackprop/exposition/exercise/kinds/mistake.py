"""mistake: the backward pass with one of the mistakes in it that people make: which line is wrong, and what is right?

∂C/∂z_j = ∂C/∂a_j · σ'(z_j)     ∂C/∂a_k = Σ_j ∂C/∂z_j w_jk     ∂C/∂b_j = ∂C/∂z_j     …     one of them is another

The mistakes are those that a diagnosis knows, planted in the derived equations; each is found to be wrong by numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.checking import agree
from symbackprop.calculus.diagnosis import Formula as PassLine
from symbackprop.calculus.mistakes.catalogue import variants_of
from symbackprop.calculus.mistakes.sentences import sentence
from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.calculus.passes import Passes, adjoint_of, passes_of
from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.errors import CheckError, SpecError
from symbackprop.exposition.diagnosis.blocks import capitalised
from symbackprop.exposition.diagnosis.differences import differing
from symbackprop.exposition.document import Block, Formula, Line, Prose, Roles, Steps, Text
from symbackprop.exposition.exercise.questions import KINDS, Choice, Draft, Plan, Question, Worksheet
from symbackprop.exposition.story.forward import way_forward
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling
from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise
from symbackprop.network.program import Equation, Kind, entries, ranges_of
from symbackprop.network.samples import program_of

USUAL = 1  # questions, where nothing is said: a sheet shows the whole pass for each
MOST_LINES = 24  # of a pass that somebody looks through: an LSTM has 22, and each has a letter
SPARED = ("activation_of_other_layer", "relu_slope_at_zero")  # as many as activations; and what is agreed on, not true


@KINDS.register("mistake")
def mistake(derivation: Derivation | ProgramDerivation, plan: Plan) -> Iterator[Draft]:
    """Yield drafts with as many mistakes as are planned, each of another kind; raises SpecError for fewer."""
    sized = isinstance(derivation, Derivation) or bool(getattr(derivation.network, "layers", ()))
    if isinstance(derivation, Derivation):
        derivation = derive_program(program_of(derivation.network))
    passes = passes_of(derivation)
    inputs = {adjoint_of(array.tensor) for array in passes.program.of_kind(Kind.INPUT)}
    lines = tuple(e for e in passes.adjoints if e.tensor not in inputs)
    if len(lines) > MOST_LINES:
        raise SpecError(
            f"exercise --kind mistake: the way back has {len(lines)} lines, at most {MOST_LINES}; take fewer layers"
        )
    right = {e.tensor: e for e in lines}
    known = (each for each in variants_of(passes) if each.kind not in SPARED and right.keys() >= each.changes.keys())
    variants = [each for each in known if all(_could_be_written(right[t], each, sized=sized) for t in each.changes)]
    adjoints = dict(zip((e.tensor for e in passes.adjoints), derivation.adjoints.values(), strict=True))
    wanted = USUAL if plan.questions is None else plan.questions
    for number in plan.numbers:
        rng = random.Random(f"{plan.seed} {number}")
        chosen = tuple(_chosen(rng.sample(variants, len(variants)), adjoints, wanted))
        if len(chosen) < wanted:
            instead = "take fewer" if chosen else "try --kind line"
            raise SpecError(f"exercise --questions {wanted}: there are {len(chosen)} kinds of mistakes; {instead}")
        yield _Planted(passes, lines, chosen)


def _chosen(variants: Sequence[Variant], adjoints: dict[object, Adjoint], wanted: int) -> Iterator[Variant]:
    """Yield mistakes of different kinds at different lines, each of which makes its line wrong indeed."""
    met: set[object] = set()
    count = 0
    for each in variants:
        ((tensor, changed),) = each.changes.items()
        if count == wanted or each.kind in met or tensor in met or not _is_wrong(changed, adjoints[tensor]):
            continue
        met |= {each.kind, tensor}
        count += 1
        yield each


def _could_be_written(right: Equation, variant: Variant, *, sized: bool) -> bool:
    """Tell whether another array in the place of one stands in no slope and, without fixed sizes, has its axes.

    A slope is that of the way forward; sizes that are equal in numbers alone are told apart by their letters."""
    ((_, changed),) = variant.changes.items()
    if not variant.kind.startswith("wrong_layer"):
        return True
    read = {part for e in entries(right.expression) | {right.target} for part in _axes(e)}
    new = {part for e in entries(changed.expression) - entries(right.expression) for part in _axes(e)}
    slopes = [equation.expression.atoms(Elementwise) for equation in (right, changed)]
    return bool(slopes[0] == slopes[1]) and (sized or new <= read)


def _axes(entry: Expr) -> set[tuple[Expr, Expr]]:
    """Return the indices of an entry, each with the last place of its axis."""
    return {(place, last) for place, (_, last) in ranges_of(entry).items()}


def _is_wrong(changed: Equation, adjoint: Adjoint) -> bool:
    """Tell whether a line is another than the derived one, at numbers and at the sizes of the network.

    Of one neuron, a bias for all of a layer is right."""
    setting = replace(adjoint.chain.setting, numbers=adjoint.sizes)
    try:
        agree(adjoint.right, PassLine(changed).sides[1], setting)
    except CheckError:
        return True
    return False


@dataclass(frozen=True)
class _Planted(Draft):
    """A pass, and the mistakes that are planted in it, one for each question."""

    passes: Passes
    lines: tuple[Equation, ...]
    mistakes: tuple[Variant, ...]

    def worksheet(self, telling: Telling | ProgramTelling) -> Worksheet:
        """Return the sheet: what is computed on the way forward, and for each question the lines of the way back."""
        equations = self.passes.program.equations
        forward = Steps(tuple(Line(place, "=", value) for place, value in (e.sides for e in equations)), key="forward")
        given = (telling.section("example-given"), *way_forward(telling, equations, forward))
        return Worksheet(given, tuple(self._question(telling, each) for each in self.mistakes))

    def _question(self, telling: Telling | ProgramTelling, planted: Variant) -> Question:
        say, language = telling.say, telling.language
        ((tensor, changed),) = planted.changes.items()
        wrong, right = PassLine(changed), PassLine(next(e for e in self.lines if e.tensor == tensor))
        shown = [PassLine(planted.changes.get(e.tensor, e)) for e in self.lines]
        asked = Steps(tuple(map(_line, shown)), key="backward")
        told = language.worded(sentence(planted.kind, planted.detail))
        pair = zip(("wrong", "right"), (wrong, right), (right, wrong), ("cost", "input"), strict=True)
        lines = [
            _line(line, say(f"exercise.mistake.{name}"), differing(line.sides[1], other.sides[1], role))
            for name, line, other, role in pair
        ]
        answered: tuple[Block, ...] = (Prose((f"{capitalised(told)}.",)), Steps(tuple(lines), key="answer"))
        others = tuple(Formula(line.sides) for line in shown if line.equation != changed)
        return Question(planted.kind, say("exercise.mistake"), (asked,), answered, Choice(Formula(wrong.sides), others))


def _line(line: PassLine, reason: Text = (), roles: Roles = ()) -> Line:
    left, right = line.sides
    return Line(left, "=", right, reason, roles)

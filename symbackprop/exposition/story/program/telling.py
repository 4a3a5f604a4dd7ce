"""What every chapter about a program needs: its derivation, the words, and how a chain becomes lines with reasons.

Which derivations are the same but for the letters: those of the gates of an LSTM, whose first one a lecture shows.

∂C/∂U^o, ∂C/∂U^f, ∂C/∂U^i  ->  one group     ∂C/∂U^g  ->  another: tanh' is not σ'

Nothing is supposed of it: every line of one chain has to become that of the other when its arrays are renamed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import permutations, product
from types import MappingProxyType

from sympy import Basic, Expr, Indexed, KroneckerDelta, preorder_traversal

from symbackprop.calculus import rules
from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.arrayforms import adjoint_sides, array_sides, forward_form, matrix_sides
from symbackprop.calculus.derivation import Step
from symbackprop.calculus.matrices import Matrix, Named
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.exposition.document import CheckRow, Formula, Line, Segment, Steps, Text
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.languages import Language
from symbackprop.exposition.levels import EVERY, Level
from symbackprop.exposition.linebreaking import width
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.story.program.shorthand import Shorthand, shorthand
from symbackprop.exposition.story.speaking import Speaking
from symbackprop.exposition.story.telling import assumptions, equal
from symbackprop.frozen import dataclass
from symbackprop.network.inplace import LayerInPlace
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Array, Equation, Kind, Program

MOST_NAMES = 5  # arrays to be renamed; with more there are too many ways
LONGER = 1.2  # than in indices may a forward equation be in matrices: c_t = f_t ⊙ c_{t−1} + … is, softmax is not


@dataclass(frozen=True)
class ProgramTelling(Speaking):
    """A derivation of a program on its way to being told in one language; `symbols` are letters that were renamed."""

    derivation: ProgramDerivation
    language: Language
    checks: tuple[CheckRow, ...] = ()
    convention: Convention = USUAL
    notations: tuple[str, ...] = ()
    symbols: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    shortens: bool = True  # whether what repeats gets a name, where it is told which

    @property
    def program(self) -> Program:
        """The program that the story is about."""
        return self.derivation.program

    @property
    def layers(self) -> tuple[LayerInPlace, ...]:
        """The layers of the network, those inside a layer after it; none where the program is not made of layers."""
        return () if self.derivation.network is None else self.derivation.network.layers

    def number_of(self, layer: LayerInPlace) -> str:
        """Return the number of a layer as the convention counts, 4.1 for 3.1 where that of the input is 1."""
        outer, dot, inner = layer.label.partition(".")
        return f"{self.layer(int(outer))}{dot}{inner}"

    @property
    def goal(self) -> Text:
        """What is differentiated, in words: the cost, or whatever is made of the outputs."""
        if self.program.has_cost:
            return self.say("program.goal.cost", C=COST)
        return self.say("program.goal.outputs", outputs=self.listed(self.program.outputs), C=COST)

    def sentence_of_section(self, key: str) -> str:
        """Return what the heading of a section says, which may be another where the program is made of layers."""
        of_layers = f"section.{key}.layers"
        return of_layers if self.layers and of_layers in self.language else super().sentence_of_section(key)

    def in_order(self, tensors: Iterable[Expr]) -> list[Expr]:
        """Return arrays in the order of the program."""
        among = set(tensors)
        return [array.tensor for array in self.program.arrays if array.tensor in among]

    def listed(self, arrays: Sequence[Array]) -> Text:
        """Return arrays by their letters, with commas and the word for 'and' between them."""
        return joined([Formula((whole(array.tensor),)) for array in arrays], self.language.words("and"))

    def steps(self, adjoint: Adjoint) -> Steps:
        """Return the chain of an adjoint as lines with their reasons."""
        return Steps(tuple(self._lines(adjoint)), key=adjoint.name)

    def _lines(self, adjoint: Adjoint) -> Iterator[Line]:
        short = self.right(adjoint)
        for place, step in enumerate(adjoint.steps):
            yield Line(
                None if place else adjoint.left,
                "=",
                step.after,
                self.reason(step),
                levels=EVERY if _is_needed(adjoint, place, last=short == adjoint.right) else Level.FULL,
                brief=self.reason(step, brief=True),
            )
        if short != adjoint.right:
            say = self.say
            yield Line(None, "=", short, say("reason.short"), brief=say("reason.short.brief"))

    def reason(self, step: Step, *, brief: bool = False) -> Text:
        """Return the reason for a step in words; `brief` where the steps just before it are not told."""
        rule, granted = f"rule.{step.rule.name}", assumptions(step)
        keys = ([f"{rule}.{step.hypotheses[0].kind}"] if granted else []) + [f"program.{rule}", rule]
        return self.first_said(keys, granted, brief=brief)

    @cached_property
    def short(self) -> Shorthand:
        """The names for what repeats, and the right sides written with them."""
        return shorthand(self.derivation) if self.shortens else Shorthand({}, {})

    @cached_property
    def groups(self) -> tuple[tuple[Adjoint, ...], ...]:
        """The adjoints, those together whose chains are equal but for the letters of arrays, and of sizes."""
        kinds = {array.tensor: array.kind for array in self.program.arrays}
        return alike(tuple(self.derivation.adjoints.values()), kinds, self.derivation.stand_alike)

    def right(self, adjoint: Adjoint) -> Expr:
        """Return the right side of an adjoint, with the names for what repeats."""
        return self.short.rights.get(adjoint.name, adjoint.right)

    def matrices(self, adjoint: Adjoint, *, short: bool = True) -> tuple[Matrix, Matrix] | None:
        """Return an adjoint as matrices, else as einsums, left and right side; None where it has no such form.

        It is `short` with the names for what repeats, where these were told."""
        if not self.wants_matrices or not adjoint.entry.indices:
            return None
        return adjoint_sides(adjoint, self.right(adjoint) if short else adjoint.right)

    @property
    def wants_matrices(self) -> bool:
        """Whether equations are told for whole arrays, too."""
        return not self.notations or "matrix" in self.notations

    @cached_property
    def forward_forms(self) -> Mapping[Equation, tuple[Expr | Matrix, Expr | Matrix]]:
        """The equations that matrices say in about the room of their indices, as the two sides of that.

        Where matrices are asked for by name, all that have a form for whole arrays."""
        if not self.wants_matrices:
            return {}
        found = ((equation, self._forward_form(equation)) for equation in self.program.equations)
        return {equation: sides for equation, sides in found if sides is not None}

    def _forward_form(self, equation: Equation) -> tuple[Matrix, Matrix] | None:
        if "matrix" in self.notations:
            return forward_form(equation, self.derivation.times)
        sides = forward_form(equation, self.derivation.times, matrix_sides)
        room = LONGER * formula_width(equal(*equation.sides))
        return sides if sides is not None and formula_width(equal(*sides)) <= room else None

    def sides(self, adjoint: Adjoint) -> tuple[Expr | Matrix, Expr | Matrix]:
        """Return an adjoint as matrices or einsums where there is such a form, else in indices."""
        return self.matrices(adjoint) or (adjoint.left, self.right(adjoint))

    def named(self, adjoint: Adjoint) -> tuple[Expr | Matrix, Expr | Matrix] | None:
        """Return the name of what repeats of the error of an array, and what it stands for."""
        base = adjoint.entry.base
        if (meaning := self.short.meanings.get(base)) is None:
            return None
        if not self.wants_matrices:
            return meaning
        steps = frozenset(meaning[0].indices[axis] for tensor, axis in adjoint.times.items() if tensor == base)
        return array_sides(*meaning, steps) or meaning


def _is_needed(adjoint: Adjoint, place: int, *, last: bool) -> bool:
    """Tell whether a lecture shows a line: not where an equation was only put in or a bracket will be gone.

    Nor where the next line says the same in known values; `last`: no line with other letters follows the chain."""
    steps = adjoint.steps
    step, final = steps[place], place == len(steps) - 1
    if place == 0 or final:
        return last or not final
    if any(step.rule == rules.RESTORE for step in steps[place + 1 :]):
        return False
    return step.rule not in (rules.INSERT, rules.ARRANGE) and not step.after.has(KroneckerDelta)


def whole(tensor: Expr) -> Expr | Matrix:
    """Return an array as a whole: Q, or C for the cost."""
    return Named(tensor) if isinstance(tensor, Tensor) else tensor


def entry_of(array: Array, equations: Sequence[Equation]) -> Indexed | Expr:
    """Return an entry of an array with the indices of the equation that computes it, or of the first that reads it."""
    for equation in reversed(equations):  # of a recurrence the step, not the start
        if equation.tensor == array.tensor:
            return equation.target
    for equation in equations:
        found = [entry for entry in equation.expression.atoms(Indexed) if entry.base == array.tensor]
        plain = sorted((e for e in found if all(i.is_Symbol for i in e.indices)), key=str)
        if plain:
            return plain[0]
    return array.tensor


def joined(formulas: Sequence[Formula], word: str) -> Text:
    """Return formulas with commas between them and a word before the last: q, k and v."""
    text: list[Segment] = []
    for place, formula in enumerate(formulas):
        if place:
            text.append(f" {word} " if place == len(formulas) - 1 else ", ")
        text.append(formula)
    return tuple(text)


def formula_width(formula: Formula) -> float:
    """Return how wide a formula stands on one line, in em."""
    return width(formula_box(formula, Style()))


def alike(
    adjoints: Sequence[Adjoint], kinds: Mapping[Expr, Kind], stand_alike: Callable[[str, str], bool]
) -> tuple[tuple[Adjoint, ...], ...]:
    """Return adjoints in groups whose chains are equal but for names, in the order of the first ones.

    Those that `stand_alike` in the program are so by their derivation, which was made once for them."""
    groups: list[list[_Said]] = []

    def belongs(said: _Said, group: Sequence[_Said]) -> bool:
        return any(stand_alike(each.adjoint.name, said.adjoint.name) for each in group) or _is_like(
            group[0], said, kinds
        )

    for said in map(_said, adjoints):
        group = next((group for group in groups if belongs(said, group)), None)
        if group is None:
            groups.append([said])
        else:
            group.append(said)
    return tuple(tuple(said.adjoint for said in group) for group in groups)


@dataclass(frozen=True, slots=True)
class _Said:
    """The lines of a chain, the arrays in them, and what other names leave as it is: its rules, the nodes of a line."""

    adjoint: Adjoint
    lines: tuple[Expr, ...]
    names: Mapping[Tensor, None]
    build: tuple[object, ...]


def _said(adjoint: Adjoint) -> _Said:
    lines = (adjoint.left, *(step.after for step in adjoint.steps))
    names = dict.fromkeys(tensor for line in lines for tensor in _tensors(line))
    nodes = (frozenset(Counter(map(type, preorder_traversal(line))).items()) for line in lines)
    return _Said(adjoint, lines, names, (*(step.rule for step in adjoint.steps), *nodes))


def _is_like(one: _Said, other: _Said, kinds: Mapping[Expr, Kind]) -> bool:
    """Tell whether the lines of one chain become those of the other by renaming arrays of the same kind and shape."""
    if not one.adjoint.steps or one.build != other.build:
        return False
    names = one.names, other.names
    return any(_become(one.lines, other.lines, way) for way in _renamings(one.adjoint, other.adjoint, names, kinds))


def _renamings(
    one: Adjoint, other: Adjoint, names: Sequence[Mapping[Tensor, None]], kinds: Mapping[Expr, Kind]
) -> list[dict[Basic, Basic]]:
    """Return the ways to give the arrays that only one chain has the names of those that only the other has."""
    swapped = {one.entry.base: other.entry.base, other.entry.base: one.entry.base}
    mine = [tensor for tensor in names[0] if tensor not in names[1] and tensor not in swapped]
    theirs = [tensor for tensor in names[1] if tensor not in names[0] and tensor not in swapped]
    sorts = {(kinds.get(tensor), tensor.axes) for tensor in (*mine, *theirs)}
    ways: list[list[dict[Basic, Basic]]] = []
    for sort in sorts:
        left, right = ([t for t in side if (kinds.get(t), t.axes) == sort] for side in (mine, theirs))
        if len(left) != len(right) or len(left) > MOST_NAMES:
            return []
        ways.append([dict(zip(left, order, strict=True)) for order in permutations(right)])
    return [{**swapped, **{k: v for part in way for k, v in part.items()}} for way in product(*ways)]


def _become(lines: Sequence[Expr], others: Sequence[Expr], renaming: Mapping[Basic, Basic]) -> bool:
    pairs = ((line.xreplace(renaming), other) for line, other in zip(lines, others, strict=True))
    return all(line == other or line.as_dummy() == other.as_dummy() for line, other in pairs)


def _tensors(line: Expr) -> list[Tensor]:
    return sorted(line.atoms(Tensor), key=lambda tensor: str(tensor.sort_key()))

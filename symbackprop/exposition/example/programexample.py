"""A worked example of a program: its numbers forward and back, array by array, a step of descent, and the evidence.

a_1 = tanh(z_1) = tanh(0.3) ≈ 0.2913        A = [0.2913, 0.5370]        one entry in full, then all of them
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr

from symbackprop.calculus.numbers import Known
from symbackprop.calculus.partials import Partial, letters_of
from symbackprop.exposition.document import Block, Display, Document, Emphasis, Formula, Line, Prose, Steps, Term
from symbackprop.exposition.example.descent import costs, update
from symbackprop.exposition.example.entrypath import EntryPath
from symbackprop.exposition.example.evidence import checked
from symbackprop.exposition.example.programgiven import Rows, in_rows, numbers_in, program_given
from symbackprop.exposition.example.programpath import PathTelling
from symbackprop.exposition.example.sheet import with_numbers
from symbackprop.exposition.example.terms import Rounded
from symbackprop.exposition.exercise.samples import sizes_of
from symbackprop.exposition.narration import UNLABELLED, Labels, bound
from symbackprop.exposition.story.descent import RATE
from symbackprop.exposition.story.program.forms import explained
from symbackprop.exposition.story.program.layers import described, in_layers
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import equal
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST
from symbackprop.network.program import Kind

WHOLE = 6  # rows and columns of an array of numbers that is shown whole


@dataclass(frozen=True)
class ProgramSheet:
    """The numbers of a program on their way to paper: before each step of descent, and how many digits are shown.

    `telling` is about the program with the sizes that the numbers have."""

    telling: ProgramTelling
    stages: tuple[EntryPath, ...]
    digits: int
    rate: Expr

    @property
    def first(self) -> EntryPath:
        """The numbers before any step."""
        return self.stages[0]

    def shown(self, value: Expr) -> Rounded:
        """Return a number as it is shown."""
        return Rounded(value, self.digits)

    def blocks(self, own: ProgramTelling) -> Iterator[Block]:
        """Yield all chapters; `own` tells of the program with its own sizes."""
        telling, first = self.telling, PathTelling(own, self.first, self.digits)
        yield telling.prose("example.opening.program")
        yield telling.prose("example.rounding", digits=self.digits)
        section, picture, *given = program_given(telling, self.first.numbers, self.digits)
        smaller = tuple(first.smaller())
        if telling.derivation.samples:
            smaller = (telling.prose(f"arrays.{telling.derivation.samples}"), *smaller)
        yield from (section, picture, *smaller, *given)
        yield from self._forward("example.layer.smaller" if smaller else "layers.equations")
        yield from self._backward()
        yield from PathTelling(telling, self.first, self.digits).blocks(closely=True)
        if len(self.stages) > 1:
            yield from self._descent()
        count = sum(len(stage.numbers.known) for stage in self.stages)
        yield from checked(telling, "example.evidence.program", count)

    def _forward(self, named: str) -> Iterator[Block]:
        """Yield the forward pass; `named` is the sentence above what a layer computes."""
        telling = self.telling
        last = {equation.tensor: equation for equation in telling.program.equations}  # of a recurrence a step, no start
        yield telling.section("example-forward")
        yield telling.prose("example.forward.program")
        for layer, equations in in_layers(telling):
            if layer is not None and equations:
                what = {"layer": telling.number_of(layer), "what": described(telling.language, layer)}
                yield Prose((Emphasis("".join(map(str, telling.say(named, **what)))), ":"))
            for equation in equations:
                if equation is last[equation.tensor]:
                    yield from self._array(equation.tensor, derivatives=False)

    def _backward(self) -> Iterator[Block]:
        yield self.telling.section("example-backward")
        yield self.telling.prose("example.backward.program", C=COST)
        signs = explained(self.telling, short=False)
        for adjoint in self.telling.derivation.adjoints.values():
            yield Display(equal(*self.telling.matrices(adjoint, short=False) or (adjoint.left, adjoint.right)))
            yield from (each.block for each in signs[adjoint.name])  # of which no derivation has spoken
            yield from self._array(adjoint.array.tensor, derivatives=True)

    def _array(self, tensor: Expr, *, derivatives: bool) -> Iterator[Block]:
        """Yield the first entry of an array that is computed in full, and then the numbers of all."""
        matrices = tuple(in_rows(tensor, sizes_of(self.first.derivation), derivatives=derivatives))
        entries = [entry for _, rows in matrices for row in rows for entry in row]
        rights, numbers = self.first.rights, self.first.numbers
        if computed := [entry for entry in entries if entry in rights and not rights[entry].is_number]:
            one = max(computed, key=lambda entry: len(letters_of(rights[entry])))  # of a recurrence a step, no start
            yield Steps((with_numbers((one, rights[one]), numbers, self.digits),), key="numbers")
        if len(entries) > 1:
            yield from self._numbers(matrices, numbers)

    def _numbers(self, matrices: Sequence[tuple[Term, Rows]], numbers: Known, *, live: bool = True) -> Iterator[Block]:
        """Yield small arrays whole, and of larger ones how many entries they have, and the first ones."""
        count = sum(len(rows) * len(rows[0]) for _, rows in matrices)
        shown = [(name, tuple(row[:WHOLE] for row in rows[:WHOLE])) for name, rows in matrices[:WHOLE]]
        if sum(len(rows) * len(rows[0]) for _, rows in shown) < count:
            yield self.telling.prose("example.many", count=count)
        lines = (Line(name, "=", numbers_in(rows, numbers, self.digits, live=live)) for name, rows in shown)
        yield Steps(tuple(lines), key="array")

    def _descent(self) -> Iterator[Block]:
        """Yield one update in full, every parameter after the first step, and what becomes of the cost."""
        telling, (first, after) = self.telling, self.stages[:2]
        yield telling.section("example-descent")
        yield telling.prose("example.step.program", eta=RATE)
        for number, array in enumerate(telling.program.of_kind(Kind.PARAMETER)):
            matrices = tuple(in_rows(array.tensor, sizes_of(first.derivation)))
            if number == 0:
                at, known = matrices[0][1][0][0], first.numbers.known
                slope = Partial(COST, at)
                yield Steps((update(self, slope, (known[at], known[slope], after.numbers.known[at])),), key="descent")
                yield telling.prose("example.stepped")
            yield from self._numbers(matrices, after.numbers, live=False)
        old, new = (Formula((self.shown(stage.cost),)) for stage in (first, self.stages[-1]))
        yield telling.prose("example.costs.batch", C=COST, old=old, new=new)
        yield costs(self)


def narrate_program_example(
    own: ProgramTelling, stages: Sequence[EntryPath], labels: Labels = UNLABELLED, *, rate: Expr, digits: int
) -> Document:
    """Return the story of the numbers of a program, and of the steps of gradient descent between `stages`.

    `own` tells of the program with its own sizes, and has numeric checks made elsewhere. Raises as `narrate` does."""
    telling = replace(own, derivation=stages[0].derivation)
    sheet = ProgramSheet(telling, tuple(stages), digits, rate)
    document = bound(telling, sheet.blocks(own), labels, kind="title")
    titled = "".join(map(str, telling.say("example.title.program", what=document.title)))
    return replace(document, title=document.title if labels.title else titled, sample=stages[0].sample)

"""Whether two sides of a line are the same: by the evidence of our own steps, or by numbers at which they differ.

No line is called wrong without numbers, of true functions, at which it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import count
from typing import Any

from sympy import Add, Expr, Integer, Sum, Symbol

from symbackprop.calculus.checking import Evidence, Setting, agree
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.passes import Passes, adjoint_equations, adjoint_of
from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, Axis, Tensor, index
from symbackprop.network.program import Equation, Kind, Program, entries, free_indices
from symbackprop.network.text.derivations import Side
from symbackprop.network.text.glossary import Glossary
from symbackprop.numerics.diagnosis.written.grids import Grid, Misfit, Numbers, Tables
from symbackprop.numerics.diagnosis.written.meaning import Meaning
from symbackprop.numerics.diagnosis.written.points import Difference, SmallWorld, difference, setting_of, small_world
from symbackprop.numerics.diagnosis.written.spelling import Spelling

SEEDS = range(24)  # points that are tried, until both sides differ clearly


@dataclass(frozen=True)
class Sides:
    """Two expressions that ought to be equal, with the ranges of their free indices."""

    before: Expr
    after: Expr
    ranges: Mapping[Symbol, Axis]
    is_turned: bool = False  # where the right side is the transposed of the left one
    summed: tuple[str, ...] = ()  # indices that are summed over without a sign for it


@dataclass(frozen=True)
class Compared:
    """What came out: evidence that both sides are equal, a difference, or neither."""

    sides: Sides
    evidence: Evidence | None = None
    difference: Difference | None = None

    @property
    def is_equal(self) -> bool:
        """Whether there is evidence."""
        return self.evidence is not None


@lru_cache(maxsize=8)
def _derived(program: Program) -> ProgramDerivation:
    """Return the derivation of a program; the last ones are kept, as a person asks about one network more than once."""
    return derive_program(program)


@dataclass(frozen=True)
class Court:
    """A network, ready to judge lines about it."""

    glossary: Glossary
    numbers: Numbers
    is_sample: bool = True  # one sample is looked at, as in a network of layers; equations say all they are about
    is_row: bool = False
    is_forward: bool = False  # w_ij goes from i to j
    point: Mapping[Tensor, Any] | None = None  # the numbers at which lines are looked at that say numbers
    adds_samples: bool = False  # a sum without an axis is one over the samples
    is_each: bool = False  # of a batch: δ and dZ are the errors of each sample, m times the derivative of the mean

    @property
    def program(self) -> Program:
        """The equations of the network."""
        return self.glossary.program

    def meaning(self, side: Side, layer: int | None) -> Meaning:
        """Return where a side is understood."""
        return Meaning(
            self.glossary,
            side.line,
            self.tables,
            layer,
            self.is_row,
            is_each=self.is_each,
            is_forward=self.is_forward,
            adds_samples=self.adds_samples,
        )

    def spelling(self, *, errors: bool) -> Spelling:
        """Return what writes expressions as the person does; `errors` tells whether ∂C/∂z is called delta."""
        return Spelling(self.glossary, errors=errors, is_forward=self.is_forward)

    @cached_property
    def tables(self) -> Tables:
        """What combines grids."""
        letters = (index(f"q{number}") for number in count())
        is_code = self.is_row and not self.is_sample  # arrays with one axis lie along the last one of others
        return Tables(self.numbers, letters, broadcasts=is_code or self.glossary.samples is not None)

    @cached_property
    def derivation(self) -> ProgramDerivation:
        """The derivation of the network, for what a line should have been."""
        return _derived(self.program)

    @cached_property
    def passes(self) -> Passes:
        """The derived equations, for what they are changed to by a mistake."""
        return Passes(self.derivation.program, adjoint_equations(self.derivation))

    @cached_property
    def targets(self) -> tuple[Tensor, ...]:
        """The arrays of targets."""
        return tuple(array.tensor for array in self.program.of_kind(Kind.TARGET))

    @cached_property
    def shares(self) -> tuple[Tensor, ...]:
        """The targets that the derivation takes to add up to 1, as with softmax and cross-entropy."""
        chains = [each.chain for each in self.derivation.adjoints.values()]
        return self.targets if any(chain.unconditional is not chain for chain in chains) else ()

    def is_parameter(self, name: str) -> bool:
        """Tell whether a name, or a letter, is that of what is learned."""
        named = [self.glossary.arrays.get(name), *self.glossary.letters.get(name, {}).values()]
        return any(array is not None and array.kind == Kind.PARAMETER for array in named)

    def sides_of(self, left: Side, right: Side, layer: int | None) -> Sides:
        """Return the two expressions that a line says are equal; raises as their meanings do."""
        target, meaning = self.meaning(left, layer).grid(left.node), self.meaning(right, layer)
        return self.sides(target, meaning.grid(right.node), meaning, right.node.at)

    def sides(self, target: Grid, right: Grid, line: Meaning, at: int) -> Sides:
        """Return the two expressions that a line says are equal; raises Misfit where they are of other shapes."""
        before, after, axes, turned = self._aligned(target, right)
        ranges = dict(axes)
        for symbol in sorted(free_indices(before) - set(ranges), key=str):
            ranges[symbol] = line.axis(before, symbol, str(symbol), at)
        after, summed = self._summed(after, set(ranges), line, at)
        ranges = {symbol: self._common(axis, symbol, after) for symbol, axis in ranges.items()}
        return Sides(before, after, ranges, turned, summed)

    def _common(self, axis: Axis, symbol: Symbol, side: Expr) -> Axis:
        """Return the part of a range in which the values of a side are there: t from 1 where o[t] stands beside c[t].

        A derivative beyond the ends of its array is 0, and so is what it is multiplied by."""
        first, last = axis
        values = side.xreplace(dict.fromkeys(side.atoms(Partial), Integer(1)))
        for entry in entries(values):
            for place, (low, high) in zip(entry.indices, entry.base.axes, strict=True):
                if place == symbol:
                    first, last = max(first, low, key=self.tables.long), min(last, high, key=self.tables.long)
        return first, last

    def _aligned(self, target: Grid, right: Grid) -> tuple[Expr, Expr, dict[Symbol, Axis], bool]:
        """Return one entry of both sides, and the axes of its indices."""
        target, right = (self._plain(grid) for grid in (target, right))
        if not target.shape and not right.shape:
            return target.value, right.value, {}, False
        one, two = self.tables.shape(target), self.tables.shape(right)
        if not right.shape:
            two, right = one, Grid(target.shape, right.entry)
        if not target.shape:
            one, target = two, Grid(right.shape, target.entry)
        i, j = index("i"), index("j")
        turned = one != two
        if turned and one != two[::-1]:
            sentence = "the left side is {one}, the right side is {two}"
            raise Misfit(sentence, one=self.tables.shown(target), two=self.tables.shown(right))
        places = [s if size != 1 else Integer(1) for s, size in zip((i, j), one, strict=True)]
        after = right.entry(*places[::-1]) if turned else right.entry(*places)
        axes = {s: (Integer(1), size) for s, size, n in zip((i, j), target.shape, one, strict=True) if n != 1}
        return target.entry(*places), after, axes, turned and 1 not in one

    def entry_of(self, grid: Grid) -> Expr:
        """Return one entry of what a side means, at i and j."""
        plain = self._plain(grid)
        if not plain.shape:
            return plain.value
        places = zip((index("i"), index("j")), self.tables.shape(plain), strict=True)
        return plain.entry(*(symbol if size != 1 else Integer(1) for symbol, size in places))

    def _plain(self, grid: Grid) -> Grid:
        """Return a derivative of a column by a column as a matrix, and a matrix of one entry as a number."""
        matrix = self.tables.as_matrix(grid)
        if matrix is None:
            raise Misfit("{text} is the derivative of a column by a matrix; write its entries", text=grid.text)
        return Grid((), matrix.entry, grid.text) if self.tables.shape(matrix) == (1, 1) else matrix

    def _summed(self, side: Expr, known: set[Symbol], line: Meaning, at: int) -> tuple[Expr, tuple[str, ...]]:
        """Return a side with sums over indices that stand twice in a term, as Einstein writes them."""
        stray = free_indices(side) - known
        if not stray:
            return side, ()
        terms = []
        for part in Add.make_args(side):
            term = part
            for symbol in sorted(free_indices(part) - known, key=str):
                uses = sum(symbol in entry.indices for entry in entries(part))
                if uses < 2:
                    raise Misfit("index {name} stands on one side alone, and once", name=str(symbol))
                term = Sum(term, (symbol, *line.axis(part, symbol, str(symbol), at)))
            terms.append(term)
        return Add(*terms), tuple(sorted(map(str, stray)))

    def compared(self, sides: Sides) -> Compared:
        """Return what a comparison says: evidence first, then numbers at which both sides differ."""
        for assume in (False, True) if self._may_assume(sides) else (False,):
            try:
                return Compared(sides, self._agreed(sides, self.shares if assume else ()))
            except CheckError:
                continue
        worlds = map(self.small, SEEDS)
        return Compared(sides, None, difference(sides.before, sides.after, worlds, sides.ranges))

    def _agreed(self, sides: Sides, assumed: tuple[Tensor, ...]) -> Evidence:
        setting = setting_of(self.program, self.numbers, sides.ranges)
        try:
            return agree(sides.before, sides.after, setting, assuming=assumed)
        except (ArithmeticError, TypeError, RecursionError) as error:
            raise CheckError(f"{type(error).__name__}") from None

    def _may_assume(self, sides: Sides) -> bool:
        """Tell whether it may matter that targets add up to 1."""
        reads = sides.before.has(COST) or any(sides.after.has(tensor) for tensor in self.targets)
        return bool(self.targets) and reads

    def small(self, seed: int | None) -> SmallWorld:
        """Return the small numbers of a seed, the same ones each time; without a seed those of the point."""
        if seed not in self._worlds:
            self._worlds[seed] = small_world(self._fair, self.targets, seed, self.point if seed is None else None)
        return self._worlds[seed]

    def touched(self, changes: Mapping[Expr, Equation]) -> frozenset[Expr]:
        """Return the derivatives that are other ones when some equations are changed: these, and what reads them."""
        found = set(changes)
        for equation in (*self.passes.adjoints, *self.passes.adjoints):  # a recurrence reads what comes behind it
            if found.intersection(equation.reads):
                found.add(equation.tensor)
        return frozenset(found)

    def changed(self, seed: int | None, changes: Mapping[Expr, Equation]) -> SmallWorld:
        """Return the small numbers of a seed in which some of the derived equations are changed."""
        adjoints = tuple(changes.get(e.tensor, e) for e in self.passes.adjoints)
        outputs = {adjoint_of(a.tensor): a.tensor for a in self.program.outputs if a.tensor != COST}
        names = {adjoint: t for adjoint, t in outputs.items() if adjoint not in {e.tensor for e in adjoints}}
        setting = replace(self._fair, equations=(*self.program.equations, *adjoints), names=names)
        world = small_world(setting, self.targets, seed, self.point if seed is None else None)
        if changes:
            if seed not in self._derived:
                self._derived[seed] = self.changed(seed, {})
            world.right, world.touched = self._derived[seed], self.touched(changes)
        return world

    @cached_property
    def _fair(self) -> Setting:
        """Where small numbers are drawn: targets that are taken to add up to 1 do."""
        return replace(setting_of(self.program, self.numbers, {}), simplex=self.shares)

    @cached_property
    def _derived(self) -> dict[int | None, SmallWorld]:
        """The points with all derivatives by their equations."""
        return {}

    @cached_property
    def _worlds(self) -> dict[int | None, SmallWorld]:
        """The points that have been looked at."""
        return {}

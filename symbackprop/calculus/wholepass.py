"""The whole reverse pass against the whole forward pass: one derivative along one random direction, in each world.

    d/dt C(θ + t η)  =  Σ_θ Σ_q ∂C/∂θ_q η_q        θ: every array that is given and derived by, η random

The left side follows the forward equations alone, by dual numbers. The right side evaluates the adjoints as they are
written, each from those that it names, down to the cost: a term that is missing, a range too narrow, an adjoint with
another's name show in the sum. Each step was checked before on its own equations; this is about what they amount to.

Room for values that are made of values that are made of values: a hundred layers or steps, one inside the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from sympy import Expr, Symbol

from symbackprop.calculus.cells import TOTAL, Cell, Jet, Seed
from symbackprop.calculus.checking import SEEDS, Setting, centres_of, spares
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.fields import Digits, Field
from symbackprop.calculus.roughly import ManyDigits
from symbackprop.calculus.worlds import World
from symbackprop.errors import CheckError
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation

DEEPEST = 50_000  # frames of Python, which lie on the heap: some 20 for each layer or step


class PassDigits(Digits):
    """Real numbers with so many digits that a slope at which tanh is almost 1 keeps its own."""

    digits = 120


ALONG = "along"  # a seed of its own: every given array moves at once
ALL = Cell(Tensor("direction"), ())
DIRECTION: Seed = (ALL, ALONG)


Line: TypeAlias = tuple[tuple[Symbol, ...], Expr]  # what an adjoint is, and the indices that it's a function of


class PassWorld(World):
    """A world in which ∂C/∂v is what its adjoint says, and in which the seed DIRECTION moves all the given arrays."""

    def __init__(
        self,
        field: Field,
        sizes: Callable[[Expr], int],
        equations: Iterable[Equation],
        *,
        frontier: Iterable[Tensor],
        adjoints: Mapping[Tensor, Line],
        moved: Iterable[Tensor],
        centres: tuple[Fraction, Fraction] | None = None,
    ) -> None:
        """Make the world of a program and of its adjoints."""
        super().__init__(field, sizes, equations, frontier=frontier, centres=centres)
        self._adjoints, self._moving = dict(adjoints), frozenset(moved)

    def at(self, cell: Cell, seed: Seed) -> Jet:
        """Return the value of an entry and its derivative by the seed; along the direction, all that is given moves."""
        if seed is not DIRECTION:
            return super().at(cell, seed)
        jet = cell.tangents.get(ALL)
        if jet is None:
            jet = cell.tangents[ALL] = self._along(cell)
        return jet

    def _along(self, cell: Cell) -> Jet:
        if self.equation(cell) is not None:
            return self._by_equation(cell, DIRECTION)
        moved = cell.tensor in self._moving
        return self.at(cell, None)[0], self.field.draw("along", cell.tensor.name, cell.position) if moved else 0

    def _cost(self, seed: Seed) -> Jet:
        cell = None if seed is None or seed is DIRECTION else seed[0]
        line = None if cell is None else self._adjoints.get(cell.tensor)
        if cell is None or line is None or not self._within(cell):
            return super()._cost(seed)
        indices, adjoint = line
        return 0, self.value(adjoint, dict(zip(indices, cell.position, strict=True)))

    def sides(self) -> tuple[Any, Any]:
        """Return the derivative of the cost along the direction: by the forward equations, and by the adjoints."""
        total: Any = 0
        for tensor in sorted(self._moving, key=str):
            for position in product(*(self.range(*axis) for axis in tensor.axes)):
                cell = self.cells(tensor)[position]
                total = total + self.cost((cell, TOTAL))[1] * self.at(cell, DIRECTION)[1]
        return self.cost(DIRECTION)[1], total


def check_whole_pass(
    equations: tuple[Equation, ...], frontier: tuple[Tensor, ...], adjoints: Mapping[Tensor, Chain]
) -> None:
    """Raise CheckError unless the adjoints of a program, taken together, are the derivative of its cost.

    `frontier` are the outputs of a program without a cost."""
    setting = Setting(equations, {}, frontier=frontier)
    lines = {tensor: (chain.goal.by.indices, chain.result) for tensor, chain in adjoints.items()}
    if letters := setting.letters:
        renamed = {t.xreplace(letters): (indices, line.xreplace(letters)) for t, (indices, line) in lines.items()}
        try:
            with deep():
                return _check_in(setting.in_letters, renamed)
        except CheckError:  # true for these numbers alone, or not at all
            pass
    with deep():
        return _check_in(setting, lines)


def _check_in(setting: Setting, adjoints: Mapping[Tensor, Line]) -> None:
    """Raise CheckError unless the adjoints are the derivative of the cost in the worlds of a setting."""
    computed = {equation.tensor for equation in setting.equations if equation.tensor != COST}
    moved = [tensor for tensor in adjoints if tensor not in computed]

    def sides(field: type[Digits], seed: int) -> tuple[Digits, Any, Any]:
        numbers, sizes, outputs = field(seed), setting.size_in(seed), setting.frontier
        world = PassWorld(
            numbers,
            sizes,
            setting.equations,
            frontier=outputs,
            adjoints=adjoints,
            moved=moved,
            centres=centres_of(seed),
        )
        return numbers, *world.sides()

    for seed in SEEDS:
        _check_at(seed, sides)


def _check_at(seed: int, sides: Callable[[type[Digits], int], tuple[Digits, Any, Any]]) -> None:
    """Raise CheckError where the sides differ in the world of the seed, in 120 digits and, as many may cancel, in 1000.

    Where a side has a pole, or these are too few as well, the next spare world takes its place."""
    for spare in spares(seed):
        for field in (PassDigits, ManyDigits):
            try:
                numbers, forward, backward = sides(field, spare)
                if numbers.same(forward, backward):
                    return
            except ZeroDivisionError:
                break
        else:
            found = f"{numbers.shown(forward)} against {numbers.shown(backward)}"
            raise CheckError(f"the adjoints of the program are not its derivative: along one direction {found}")


@contextmanager
def deep() -> Iterator[None]:
    """Let functions call one another as deep as a long network wants while this lasts."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)

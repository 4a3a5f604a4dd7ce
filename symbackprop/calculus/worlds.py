"""A world is a small concrete network in which an index expression has a value.

Every size gets a small number, every tensor entry that no equation defines a random value, and every other entry
the value of its equation. A partial ∂C/∂u_q takes u_q as independent and follows everything computed from it down
to the cost; any other partial takes all tensors but the one differentiated by as constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product
from operator import contains
from typing import Any

from sympy import Expr, Rational

from symbackprop.calculus.cells import LOCAL, TOTAL, Cell, Jet, Seed
from symbackprop.calculus.evaluation import Evaluator
from symbackprop.calculus.fields import Field
from symbackprop.calculus.rules import axis_of
from symbackprop.errors import CheckError
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, Program

SIGNED = "wbzx"  # tensors that get negative values too; an activation or a target may stand in a logarithm
MIDDLE = 8  # half of what is drawn is smaller
NARROW = 64  # how narrowly numbers are drawn about a centre: within 17/64
FACTORS = "wx"  # tensors that stand in products, whose numbers are small there
COEFFICIENTS = "linear", "square"  # of the polynomial that stands for the cost


class World(Evaluator):
    """Values for index expressions, given the forward equations and what a tensor stands for.

    A tensor may have several equations, each on its own part of the axes: a recurrence and its start. `names` maps a
    tensor to the one whose ∂C/∂ it is: δ^{(l)} to z^{(l)}. C is what its equation says, if there is one, and a random
    polynomial in the tensors of `frontier`, through which it is reached in ways that no equation says. `simplex` holds
    the tensors whose entries add up to 1, along the last axis."""

    def __init__(
        self,
        field: Field,
        sizes: Callable[[Expr], int],
        equations: Iterable[Equation] = (),
        *,
        names: Mapping[Tensor, Tensor] | None = None,
        frontier: Iterable[Tensor] = (),
        simplex: Iterable[Expr] = (),
        centres: tuple[Fraction, Fraction] | None = None,
    ) -> None:
        """Make the world; nothing is computed before it is asked for.

        With `centres`, all targets lie about the second and all else about the first, but for factors, which lie about
        0: a function may have values there, and poles elsewhere."""
        super().__init__(field)
        self._sizes = sizes
        self._equations: dict[Expr, tuple[Equation, ...]] = {}
        for equation in equations:
            self._equations[equation.tensor] = (*self._equations.get(equation.tensor, ()), equation)
        self._names = dict(names or {})
        self._frontier = tuple(frontier)
        self._simplex = dict(map(axis_of, simplex))
        self._centres = centres
        self._costs: dict[Cell | None, Jet] = {}
        self._made_by: dict[Tensor, list[tuple[Equation, list[range]]]] = {}
        self._spans: dict[Tensor, list[range]] = {}
        self._reading: set[Cell] | None = None  # the entries read by the one that is being computed

    def size(self, size: Expr) -> int:
        """Return the small number that a size stands for here."""
        return self._sizes(size)

    def equation(self, cell: Cell) -> Equation | None:
        """Return the equation that computes an entry of a tensor, if one does."""
        if cell.equation is ...:
            cell.equation = next((e for e, spans in self._makers(cell.tensor) if _inside(cell.position, spans)), None)
        return cell.equation

    def _makers(self, tensor: Tensor) -> list[tuple[Equation, list[range]]]:
        """Return the equations that compute entries of a tensor, each with the places of those."""
        if tensor not in self._made_by:
            own = self._equations.get(tensor, ())
            self._made_by[tensor] = [(e, [self.range(*axis) for axis in e.ranges.values()]) for e in own]
        return self._made_by[tensor]

    def entry(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return the value of one entry of a tensor."""
        return self.at(self.cells(tensor)[position], None)[0]

    def at(self, cell: Cell, seed: Seed) -> Jet:
        """Return the value of an entry and its derivative by the seed, each computed once.

        What does not come from the seed has the derivative 0, and is not looked into."""
        jet = cell.jet
        if jet is None:
            jet = cell.jet = self._first(cell)
        if seed is None:
            if self._reading is not None:
                self._reading.add(cell)
            return jet
        source, reach = seed
        if cell is source:
            return jet[0], 1
        if reach is LOCAL or source not in cell.sources:
            return jet
        moved = cell.tangents.get(source)
        if moved is None:
            moved = cell.tangents[source] = self._by_equation(cell, seed)
        return moved

    def _by_equation(self, cell: Cell, seed: Seed) -> Jet:
        """Return the value of an entry that an equation computes, and its derivative by the seed."""
        equation = self.equation(cell)
        if equation is None:
            raise CheckError(f"{cell.tensor} at {cell.position} comes from other entries, and no equation says how")
        return self.at_place(equation, cell.position, seed)

    def _first(self, cell: Cell) -> Jet:
        """Return the value of an entry; if an equation computes it, note the entries that it comes from."""
        tensor, position = cell.tensor, cell.position
        if tensor in self._names:
            return self.cost((self.cells(self._names[tensor])[position], TOTAL))[1], 0
        if self.equation(cell) is not None:
            outer, self._reading = self._reading, set()
            try:
                jet = self._by_equation(cell, None)
                cell.sources = self._reading.union(*(read.sources for read in self._reading))
            finally:
                self._reading = outer
            return jet
        if (axis := self._simplex.get(tensor)) is not None:
            before, place, behind = position[:axis], position[axis], position[axis:][1:]
            if place == (last := self.range(*tensor.axes[axis])[-1]):
                return 1 - sum(self.entry(tensor, (*before, i, *behind)) for i in range(1, last)), 0
        return self.given(tensor, position), 0

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return the value of an entry that no equation computes: random, and the same whenever it is asked for."""
        value = self.field.draw(tensor.letter, tensor.name, position)
        negative = tensor.letter in SIGNED and self.field.draw("sign", tensor.name, position) < MIDDLE
        signed = -value if negative else value
        if self._centres is None:
            return signed
        number = self.field.number
        if tensor.letter in FACTORS:
            return signed * number(Rational(1, NARROW**2))  # of what may be large
        return number(Rational(self._centres[tensor.letter == "y"])) + signed * number(Rational(1, NARROW))

    def cost(self, seed: Seed) -> Jet:
        """Return the cost and its derivative by the seed: by its equation, and as a random polynomial.

        An entry outside its tensor gets a random derivative, so that a range too wide shows in the sum."""
        key = None if seed is None else seed[0]
        jet = self._costs.get(key)
        if jet is None:
            jet = self._costs[key] = self._cost(seed)
        return jet

    def _cost(self, seed: Seed) -> Jet:
        if seed is not None and not self._within(seed[0]):
            return self.cost(None)[0], self.field.draw("outside", seed[0].tensor.name, seed[0].position)
        if COST not in self._equations:
            return self._polynomial(seed)
        value, tangent = self._made(self._equations[COST][0].expression)({}, seed)
        return value, tangent + self._polynomial(seed)[1] if self._frontier else tangent

    def _within(self, cell: Cell) -> bool:
        """Tell whether an entry is in its tensor."""
        return _inside(cell.position, self._places(cell.tensor))

    def _places(self, tensor: Tensor) -> list[range]:
        """Return the places along each axis of a tensor."""
        if tensor not in self._spans:
            self._spans[tensor] = [self.range(*axis) for axis in tensor.axes]
        return self._spans[tensor]

    def _polynomial(self, seed: Seed) -> Jet:
        """Return Σ c_p v_p + d_p v_p^2 over all entries v_p of the frontier, c and d random."""
        tangent = 0
        if seed is not None:
            reached = self._reached.get(seed[0], ()) if seed[1] is TOTAL else self._slopes
            for cell, slope in reached:
                t = self.at(cell, seed)[1]
                tangent = tangent + slope * t if t else tangent
        return self._height, tangent

    @cached_property
    def _terms(self) -> list[tuple[Cell, Any, Any, Any]]:
        """Every entry of the frontier: itself, v_p, c_p and d_p."""
        return [
            (
                self.cells(tensor)[at],
                self.entry(tensor, at),
                *(self.field.draw(n, tensor.name, at) for n in COEFFICIENTS),
            )
            for tensor in self._frontier
            for at in product(*self._places(tensor))
        ]

    @cached_property
    def _height(self) -> Any:
        return sum(c * v + d * v * v for _, v, c, d in self._terms)

    @cached_property
    def _slopes(self) -> list[tuple[Cell, Any]]:
        return [(cell, c + 2 * d * v) for cell, v, c, d in self._terms]

    @cached_property
    def _reached(self) -> dict[Cell, list[tuple[Cell, Any]]]:
        """The terms of the polynomial that each entry reaches: itself, and what is computed from it."""
        reached: dict[Cell, list[tuple[Cell, Any]]] = {}
        for term in self._slopes:
            for cell in {term[0], *term[0].sources}:
                reached.setdefault(cell, []).append(term)
        return reached


def frontier_of(program: Program) -> tuple[Tensor, ...]:
    """Return the tensors through which any cost of a block is reached: its outputs; none where it has a cost."""
    return () if program.has_cost else tuple(array.tensor for array in program.outputs)


def _inside(position: tuple[int, ...], spans: list[range]) -> bool:
    return all(map(contains, spans, position))

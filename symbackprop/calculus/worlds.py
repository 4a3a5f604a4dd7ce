"""A world is a small concrete network in which an index expression has a value.

Every size gets a small number, every tensor entry that no equation defines a random value, and every other entry
the value of its equation. A partial ∂C/∂u_q takes u_q as independent and follows everything computed from it down
to the cost; any other partial takes all tensors but the one differentiated by as constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import product
from typing import Any

from sympy import Expr

from symbackprop.calculus.evaluation import LOCAL, TOTAL, Evaluator, Jet, Seed
from symbackprop.calculus.fields import Field
from symbackprop.network.notation import COST, Axis, Tensor
from symbackprop.network.program import Equation

__all__ = ["World"]

SIGNED = "wbzx"  # tensors that get negative values too; an activation or a target may stand in a logarithm
MIDDLE = 8  # half of what is drawn is smaller
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
        simplex: Iterable[Tensor] = (),
    ) -> None:
        """Make the world; nothing is computed before it is asked for."""
        super().__init__(field)
        self._sizes = sizes
        self._equations: dict[Expr, tuple[Equation, ...]] = {}
        for equation in equations:
            self._equations[equation.tensor] = (*self._equations.get(equation.tensor, ()), equation)
        self._names = dict(names or {})
        self._frontier = tuple(frontier)
        self._simplex = frozenset(simplex)
        self._memory: dict[Any, Jet] = {}

    def size(self, size: Expr) -> int:
        """Return the small number that a size stands for here."""
        return self._sizes(size)

    def equation(self, tensor: Tensor, position: tuple[int, ...]) -> Equation | None:
        """Return the equation that computes an entry of a tensor, if one does."""
        for equation in self._equations.get(tensor, ()):
            if self._inside(equation.ranges.values(), position):
                return equation
        return None

    def entry(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return the value of one entry of a tensor."""
        return self.at(tensor, position, None)[0]

    def at(self, tensor: Tensor, position: tuple[int, ...], seed: Seed) -> Jet:
        """Return the value of an entry and its derivative by the seed, computed once."""
        key = (tensor, position, seed)
        jet = self._memory.get(key)  # looked up once: SymPy's hash is a call in Python
        if jet is None:
            jet = self._memory[key] = self._computed(tensor, position, seed)
        return jet

    def _computed(self, tensor: Tensor, position: tuple[int, ...], seed: Seed) -> Jet:
        if seed is not None:
            if seed[:2] == (tensor, position):
                return self.at(tensor, position, None)[0], 1
            if seed[2] is LOCAL:
                return self.at(tensor, position, None)[0], 0
        if tensor in self._names:
            return self.cost((self._names[tensor], position, TOTAL))[1], 0
        if (equation := self.equation(tensor, position)) is not None:
            return self._made(equation.expression)(dict(zip(equation.indices, position, strict=True)), seed)
        if tensor in self._simplex and position[-1] == (last := self.range(*tensor.axes[-1])[-1]):
            others = (self.at(tensor, (*position[:-1], i), None)[0] for i in range(1, last))
            return 1 - sum(others), 0
        return self.given(tensor, position), 0

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return the value of an entry that no equation computes: random, and the same whenever it is asked for."""
        value = self.field.draw(tensor.letter, tensor.name, position)
        negative = tensor.letter in SIGNED and self.field.draw("sign", tensor.name, position) < MIDDLE
        return -value if negative else value

    def _inside(self, axes: Iterable[Axis], position: tuple[int, ...]) -> bool:
        return all(place in self.range(*axis) for place, axis in zip(position, axes, strict=True))

    def cost(self, seed: Seed) -> Jet:
        """Return the cost and its derivative by the seed: by its equation, and as a random polynomial.

        An entry outside its tensor gets a random derivative, so that a range too wide shows in the sum."""
        key = (COST, seed)
        jet = self._memory.get(key)
        if jet is None:
            jet = self._memory[key] = self._cost(seed)
        return jet

    def _cost(self, seed: Seed) -> Jet:
        if seed is not None and not self._inside(seed[0].axes, seed[1]):
            return self.cost(None)[0], self.field.draw("outside", seed[0].name, seed[1])
        if COST not in self._equations:
            return self._polynomial(seed)
        value, tangent = self._made(self._equations[COST][0].expression)({}, seed)
        beyond = self._polynomial(seed) if self._frontier else (0, 0)
        return value + beyond[0], tangent + beyond[1]

    def _polynomial(self, seed: Seed) -> Jet:
        """Return Σ c_p v_p + d_p v_p^2 over all entries v_p of the frontier, c and d random."""
        tangent = 0
        if seed is not None:
            for tensor, position, slope in self._slopes:
                t = self.at(tensor, position, seed)[1]
                tangent = tangent + slope * t if t else tangent
        return self._height, tangent

    @cached_property
    def _terms(self) -> list[tuple[Tensor, tuple[int, ...], Any, Any, Any]]:
        """Every entry of the frontier: its tensor, its position, v_p, c_p and d_p."""
        return [
            (tensor, at, self.entry(tensor, at), *(self.field.draw(name, tensor.name, at) for name in COEFFICIENTS))
            for tensor in self._frontier
            for at in product(*(self.range(*axis) for axis in tensor.axes))
        ]

    @cached_property
    def _height(self) -> Any:
        return sum(c * v + d * v * v for _, _, v, c, d in self._terms)

    @cached_property
    def _slopes(self) -> list[tuple[Tensor, tuple[int, ...], Any]]:
        return [(tensor, position, c + 2 * d * v) for tensor, position, v, c, d in self._terms]

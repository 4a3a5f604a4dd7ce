"""What the tests of the calculus share: one way to derive, comparison up to letters, and an independent witness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from math import ceil, floor, prod
from random import Random
from typing import Any

import mpmath
import pytest
from sympy import And, Expr, Indexed, Or, Piecewise, Sum, Symbol
from sympy.core.relational import Relational

from symbackprop.calculus.checking import Setting
from symbackprop.calculus.derivation import Chain, adjoint
from symbackprop.calculus.partials import Partial
from symbackprop.network.functions import Elementwise, Z, explicit
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, ranges_of

NEGATIVE_TOO = "wqkugh"  # letters of leaves with values of both signs
MEANINGS: dict[str, Callable[[list[Any]], Any]] = {
    "Add": sum,
    "Mul": prod,
    "Max": max,
    "Min": min,
    "KroneckerDelta": lambda parts: int(parts[0] == parts[1]),
    "floor": lambda parts: floor(parts[0]),
    "ceiling": lambda parts: ceil(parts[0]),
}


def without_letters(expression: Expr, names: Mapping[Symbol, Symbol], depth: int) -> Expr:
    """Return the expression with summed indices named after how deep they are nested."""
    if isinstance(expression, Symbol):
        return names.get(expression, expression)
    if isinstance(expression, Sum):
        names, limits = dict(names), []
        for symbol, *ends in (limit.args for limit in reversed(expression.limits)):  # SymPy's last is the outermost
            first, last = (without_letters(end, names, depth) for end in ends)
            depth += 1
            names[symbol] = Symbol(f"index{depth}", integer=True)
            limits.insert(0, (names[symbol], first, last))
        return Sum(without_letters(expression.function, names, depth), *limits)
    if not expression.args:
        return expression
    return expression.func(*(without_letters(part, names, depth) for part in expression.args))


@pytest.fixture(scope="session")
def lettered() -> Callable[[Expr], Expr]:
    """Return a function after which two expressions are equal if only the letters of their sums differ."""
    return lambda expression: without_letters(expression, {}, 0)


@pytest.fixture(scope="session")
def derived() -> Callable[..., Chain]:
    """Return a function that derives ∂C/∂by through all the equations; the cost lies beyond the frontier."""

    def chain(
        by: Indexed, equations: Sequence[Equation], *frontier: Tensor, names: Mapping[Tensor, Tensor] | None = None
    ) -> Chain:
        return adjoint(by, equations, Setting(tuple(equations), ranges_of(by), names or {}, frontier))

    return chain


class Instance:
    """A small concrete program as numbers of 60 digits, differentiated by difference quotients: the engine's witness.

    Nothing of the calculus is used, and nothing is differentiated by rules. Leaves have rational values; a computed
    entry can be moved by a step, so that ∂C/∂v is (C(v + step) - C(v - step))/(2 step). Where no equation computes the
    cost, it is a polynomial in the entries of the frontier. `functions` defines, in Z, those that stand for any;
    `names` says what an error stands for. An entry outside its tensor raises IndexError."""

    def __init__(
        self,
        equations: Iterable[Equation],
        sizes: Mapping[Expr, int],
        *frontier: Tensor,
        functions: Mapping[str, Expr] | None = None,
        names: Mapping[Tensor, Tensor] | None = None,
    ) -> None:
        self._equations: dict[Any, list[Equation]] = {}
        for equation in equations:
            self._equations.setdefault(equation.tensor, []).append(equation)
        self._sizes, self._frontier = dict(sizes), frontier
        self._functions, self._names = functions or {}, names or {}
        self._known: dict[Any, Any] = {}
        self._numbers = mpmath.mp.clone()
        self._numbers.dps = 60
        self._step = self._numbers.mpf(10) ** -20  # errs by its square, and rounding by 10^-40

    def differences(self, chain: Chain) -> list[tuple[Any, ...]]:
        """Return where the result of a chain is not what it is derived for: (place, wanted, found)."""
        by = chain.goal.by if isinstance(chain.goal, Partial) else self._names[chain.goal.base][chain.goal.indices]
        found = []
        for place in self._places(by.base.axes):
            at = dict(zip(by.indices, place, strict=True))
            wanted, actual = self.derivative(by.base, place), self.value(chain.result, at)
            if abs(wanted - actual) > 1e-25 * (1 + abs(wanted)):
                found.append((place, wanted, actual))
        return found

    def derivative(self, tensor: Tensor, place: tuple[int, ...]) -> Any:
        """Return ∂C/∂ of one entry."""
        if place not in self._places(tensor.axes):
            raise IndexError(f"{tensor} has no entry {place}")
        key = ("derivative", tensor, place)
        if key not in self._known:
            self._known[key] = self._quotient(lambda step: self._cost((tensor, place, step)))
        return self._known[key]

    def link(self, of: Indexed, by: Indexed) -> Any:
        """Return ∂/∂by of an entry, where that is computed from the other one directly."""
        moved = (by.base, tuple(map(int, by.indices)))
        return self._quotient(lambda step: self._entry(of.base, tuple(map(int, of.indices)), (*moved, step)))

    def value(self, expression: Expr, at: Mapping[Symbol, int]) -> Any:
        """Return the value of an index expression."""
        return self._value(expression, dict(at), None)

    def _quotient(self, function: Callable[[Any], Any]) -> Any:
        return (function(self._step) - function(-self._step)) / (2 * self._step)

    def _places(self, axes: Iterable[tuple[Expr, Expr]]) -> list[tuple[int, ...]]:
        spans = [range(*(int(self._value(end, {}, None)) for end in (first, last + 1))) for first, last in axes]
        return list(product(*spans))

    def _cost(self, moved: Any) -> Any:
        if COST in self._equations:
            return self._value(self._equations[COST][0].expression, {}, moved)
        entries = [
            self._entry(tensor, place, moved) for tensor in self._frontier for place in self._places(tensor.axes)
        ]
        return sum((2 + n) * v + (3 + n) * v**2 for n, v in enumerate(entries))

    def _entry(self, tensor: Tensor, place: tuple[int, ...], moved: Any) -> Any:
        key = (tensor, place, moved)
        if key not in self._known:
            if place not in self._places(tensor.axes):
                raise IndexError(f"{tensor} has no entry {place}")
            own = self._equations.get(tensor, ())
            equation = next((e for e in own if place in self._places(e.ranges.values())), None)
            if equation is not None:
                at = dict(zip(equation.indices, place, strict=True))
                value = self._value(equation.expression, at, moved)
            else:
                value = self._numbers.mpf(leaf_value("_".join(map(str, (tensor.name, *place))))) / 8
            is_moved = moved is not None and moved[:2] == (tensor, place)
            self._known[key] = value + moved[2] if is_moved else value
        return self._known[key]

    def _value(self, e: Expr, at: dict[Symbol, int], moved: Any) -> Any:
        """Return the value of an index expression, by the textbook meaning of each kind of node."""
        numbers, kind = self._numbers, type(e).__name__
        if e in at or e in self._sizes:
            return at[e] if e in at else self._sizes[e]
        if e.is_Rational:
            return int(e) if e.is_Integer else numbers.mpf(e.p) / e.q
        if isinstance(e, Indexed | Partial):
            entry = e.by if isinstance(e, Partial) else e
            place = tuple(int(self._value(index, at, moved)) for index in entry.indices)
            if isinstance(e, Partial) or entry.base in self._names:
                return self.derivative(self._names.get(entry.base, entry.base), place)
            return self._entry(entry.base, place, moved)
        if isinstance(e, Sum):
            (symbol, first, last), *inner = (limit.args for limit in reversed(e.limits))
            function = Sum(e.function, *reversed(inner)) if inner else e.function
            ends = range(int(self._value(first, at, moved)), int(self._value(last, at, moved)) + 1)
            return sum(self._value(function, {**at, symbol: n}, moved) for n in ends)
        if isinstance(e, Largest | Chosen | Piecewise):
            return self._decided(e, at, moved)
        if isinstance(e, Elementwise):
            return self._function(type(e))(self._value(e.args[0], at, moved))
        if isinstance(e, Symbol):
            return numbers.mpf(leaf_value(e.name)) / 8
        parts = [self._value(part, at, moved) for part in e.args]
        if kind == "Pow":
            return numbers.mpf(parts[0]) ** parts[1]
        return MEANINGS[kind](parts) if kind in MEANINGS else getattr(numbers, kind)(*parts)

    def _decided(self, e: Largest | Chosen | Piecewise, at: dict[Symbol, int], moved: Any) -> Any:
        if isinstance(e, Piecewise):  # the cases that do not hold may read outside a tensor
            return next(self._value(value, at, moved) for value, condition in e.args if self._holds(condition, at))
        if isinstance(e, Largest):
            return self._first_of(e, at, moved)[0]
        return int(self._first_of(e.largest, at, moved)[1] == [self._value(place, at, moved) for place in e.places])

    def _first_of(self, e: Largest, at: dict[Symbol, int], moved: Any) -> tuple[Any, list[int]]:
        """Return the largest value and the places where it is found first, the last index of the limits further out."""
        (symbol, first, last), *inner = (limit.args for limit in reversed(e.limits))
        found: list[tuple[Any, list[int]]] = []
        for n in range(int(self._value(first, at, moved)), int(self._value(last, at, moved)) + 1):
            inside = {**at, symbol: n}
            if inner:
                value, places = self._first_of(Largest(e.function, *reversed(inner)), inside, moved)
            else:
                value, places = self._value(e.function, inside, moved), []
            found.append((value, [*places, n]))
        return max(found, key=lambda pair: pair[0])  # Python's max is the first of them

    def _holds(self, condition: Any, at: dict[Symbol, int]) -> bool:
        if isinstance(condition, And | Or):
            return (all if isinstance(condition, And) else any)(self._holds(part, at) for part in condition.args)
        if isinstance(condition, Relational):
            left, right = (self._value(side, at, None) for side in condition.args)
            return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[condition.rel_op]
        return bool(condition)

    def _function(self, function: type[Elementwise]) -> Callable[[Any], Any]:
        """Return a named function of numbers; a derivative is a difference quotient of the function."""
        if function.order:
            origin = self._function(function.origin)
            return lambda x: self._quotient(lambda step: origin(x + step))
        definition = self._functions[function.stem] if function.definition is None else explicit(function.definition)
        return lambda x: self._value(definition, {Z: x}, None)


def leaf_value(name: str) -> int:
    """Return eight times the value of a leaf, always the same odd number: positive where a logarithm may stand."""
    rng = Random(name)
    value = 2 * rng.randint(1, 9) + 1
    return -value if name[0] in NEGATIVE_TOO and rng.random() < 0.5 else value


@pytest.fixture(scope="session")
def instance() -> type[Instance]:
    """Return the witness: a class that evaluates a small program and differentiates it by difference quotients."""
    return Instance

"""Evaluation of index expressions by dual numbers, without SymPy: each expression becomes a function once.

    (v, t) + (v', t') = (v + v', t + t')      (v, t)(v', t') = (v v', v t' + v' t)      f(v, t) = (f(v), f'(v) t)

What an entry, a size or the cost is worth is left to the class below: the worlds.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from operator import itemgetter
from typing import Any

from sympy import Add, Expr, Indexed, KroneckerDelta, Max, Min, Mod, Mul, Piecewise, Pow, Sum, Symbol, ceiling, floor
from sympy.core.function import AppliedUndef

from symbackprop.calculus.affine import affine
from symbackprop.calculus.cells import LOCAL, TOTAL, Cell, Cells, Environment, Jet, Rule, Seed
from symbackprop.calculus.choices import cases, extreme
from symbackprop.calculus.fields import DERIVATIVES, Field
from symbackprop.calculus.functionrules import elementwise, function
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.places import chosen, largest, remainder, rounded
from symbackprop.errors import CheckError
from symbackprop.network.extremes import Maximum, Minimum, Where
from symbackprop.network.functions import Elementwise, Z
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import COST, Single, Tensor, is_size
from symbackprop.network.program import Equation


class Evaluator(ABC):
    """The value of any index expression, given a field of numbers and the value of every entry."""

    sees_poles = False  # 0/0 is no number: every factor of a product that is 0 already is computed

    def __init__(self, field: Field) -> None:
        """Make the evaluator; no expression is known to it yet."""
        self.field = field
        self._cells: dict[Tensor, Cells] = {}
        self._rules: dict[Expr, Rule] = {}
        self._wholes: dict[Expr, Callable[[Environment], int]] = {}
        self._slots: dict[Symbol, int] = {}
        self._ranges: dict[tuple[Expr | int, Expr | int], range] = {}
        self._values: dict[Any, Any] = {}  # a line of a chain is compared twice: with the one before, and the next

    @abstractmethod
    def size(self, size: Expr) -> int:
        """Return the number that a size stands for."""

    def cells(self, tensor: Tensor) -> Cells:
        """Return the entries of a tensor: the same table each time."""
        if tensor not in self._cells:
            self._cells[tensor] = Cells(tensor)
        return self._cells[tensor]

    @abstractmethod
    def at(self, cell: Cell, seed: Seed) -> Jet:
        """Return the value of an entry and its derivative by the seed."""

    @abstractmethod
    def cost(self, seed: Seed) -> Jet:
        """Return the cost and its derivative by the seed."""

    @abstractmethod
    def equation(self, cell: Cell) -> Equation | None:
        """Return the equation that computes an entry of a tensor, if one does."""

    def value(self, expression: Expr, environment: Mapping[Symbol, int]) -> Any:
        """Return the value of the expression where its free indices have the given values."""
        key = (expression, *environment.items())
        if (value := self._values.get(key)) is None:
            value = self._values[key] = self._made(expression)(self.environment(environment.items()), None)[0]
        return value

    def slot(self, letter: Symbol) -> int:
        """Return the key under which an environment has the value of a letter."""
        return self._slots.setdefault(letter, len(self._slots))

    def environment(self, values: Iterable[tuple[Symbol, Any]]) -> Environment:
        """Return the environment in which letters have these values."""
        return {self.slot(letter): value for letter, value in values}

    def at_place(self, equation: Equation, position: tuple[int, ...], seed: Seed) -> Jet:
        """Return what the right side of an equation is worth where its indices have these values."""
        return self._made(equation.expression)(self.environment(zip(equation.indices, position, strict=True)), seed)

    def range(self, first: Expr | int, last: Expr | int) -> range:
        """Return the integers from `first` to `last`, sizes replaced by their numbers."""
        if (first, last) not in self._ranges:
            lowest, highest = (end if isinstance(end, int) else self._whole(end)({}) for end in (first, last))
            self._ranges[first, last] = range(lowest, highest + 1)
        return self._ranges[first, last]

    def _made(self, e: Expr) -> Rule:
        """Return the function that evaluates an expression, built once: trees are walked once, not at every point."""
        rule = self._rules.get(e)
        if rule is None:
            rule = self._rules[e] = self._build(e)
        return rule

    def _build(self, e: Expr) -> Rule:
        build = _BUILDERS.get(type(e))
        if build is not None:
            return build(self, e)
        if (e.is_Number or e.is_NumberSymbol) and e.is_finite:
            return constant(self.field.number(e))
        if isinstance(e, Elementwise):
            return elementwise(e, self._made, self.field, self.slot(Z))
        if isinstance(e, Where):
            return cases(e.cases, self._made)
        if type(e).__name__ in DERIVATIVES:
            return function(e, self._made, self.field)
        if isinstance(e, AppliedUndef) and is_size(e):
            return constant(self.size(e))
        raise CheckError(f"{e} cannot be evaluated: {type(e).__name__} has no rule")

    def _whole(self, e: Expr) -> Callable[[Environment], int]:
        """Return the function that evaluates an index or a size, built once, too."""
        if e not in self._wholes:
            self._wholes[e] = affine(e, self.size, self.slot) or self._checked(e)
        return self._wholes[e]

    def _checked(self, e: Expr) -> Callable[[Environment], int]:
        rule = self._made(e)

        def whole(env: Environment) -> int:
            value = rule(env, None)[0]
            if (number := int(value)) != value:
                raise CheckError(f"{e} is {value}, which is no place in a tensor and no end of a sum")
            return number

        return whole

    def _symbol(self, e: Symbol) -> Rule:
        if e == COST:
            return lambda _env, seed: self.cost(seed)
        slot = self.slot(e)
        if e.is_integer and not is_size(e):  # an index, which has a value only inside its sum
            return lambda env, _seed: (env[slot], 0)
        outside = self.size(e) if e.is_integer else self.field.draw(e.name)

        def rule(env: Environment, _seed: Seed) -> Jet:
            value = env.get(slot, outside)
            return value if isinstance(value, tuple) else (value, 0)

        return rule

    def _add(self, e: Add) -> Rule:
        first, *others = [self._made(part) for part in e.args]

        def rule(env: Environment, seed: Seed) -> Jet:
            value, tangent = first(env, seed)  # not 0: a Fraction is added to it as slowly as to another
            for part in others:
                v, t = part(env, seed)
                value, tangent = value + v, tangent + t if t else tangent
            return value, tangent

        return rule

    def _mul(self, e: Mul) -> Rule:
        first, *others = [self._made(part) for part in sorted(e.args, key=_is_seldom, reverse=True)]
        spared = not self.sees_poles or any(isinstance(part, KroneckerDelta) for part in e.args)

        def rule(env: Environment, seed: Seed) -> Jet:
            value, tangent = first(env, seed)
            for part in others:
                if spared and not value and not tangent:  # a Kronecker delta of 0 spares the rest
                    return 0, 0
                v, t = part(env, seed)
                if tangent:
                    tangent = tangent * v + value * t if t else tangent * v
                elif t:
                    tangent = value * t
                value = value * v
            return value, tangent

        return rule

    def _pow(self, e: Pow) -> Rule:
        base, exponents, field = self._made(e.base), self._made(e.exp), self.field

        def rule(env: Environment, seed: Seed) -> Jet:
            (value, tangent), (exponent, rate) = base(env, seed), exponents(env, seed)
            result = field.power(value, exponent)
            slope = exponent * field.power(value, exponent - 1) * tangent if tangent else 0
            return result, slope + result * field.function("log", value) * rate if rate else slope

        return rule

    def _sum(self, e: Sum) -> Rule:
        rule, own = self._made(e.function), set(e.variables)
        if not any(end.free_symbols & own for _, *ends in e.limits for end in ends):
            return self._over(rule, *e.limits)
        for limit in e.limits:  # SymPy's first limit is the innermost sum
            rule = self._over(rule, limit)
        return rule

    def _over(self, inner: Rule, *limits: Iterable[Any]) -> Rule:
        """Build a sum over indices whose ends do not depend on one another, so that they are found once for all."""
        slots = [self.slot(symbol) for symbol, *_ in reversed(limits)]
        ends = [(self._whole(first), self._whole(last)) for _, first, last in reversed(limits)]

        def rule(env: Environment, seed: Seed) -> Jet:
            places = product(*[range(lowest(env), highest(env) + 1) for lowest, highest in ends])
            inside = dict(env)
            value, tangent = None, 0  # not 0: a Fraction is added to it as slowly as to another
            for place in places:
                inside.update(zip(slots, place, strict=True))
                v, t = inner(inside, seed)
                value, tangent = v if value is None else value + v, tangent + t if t else tangent
            return (0, 0) if value is None else (value, tangent)

        return rule

    def _entry(self, e: Indexed) -> Rule:
        cells, position, at = self.cells(e.base), self._position(e), self.at
        return lambda env, seed: at(cells[position(env)], seed)

    def _position(self, e: Indexed) -> Callable[[Environment], tuple[int, ...]]:
        """Return the function that evaluates all the indices of an entry."""
        if len(e.indices) > 1 and all(isinstance(place, Symbol) and not is_size(place) for place in e.indices):
            return itemgetter(*map(self.slot, e.indices))
        places = [self._whole(place) for place in e.indices]
        return lambda env: tuple([place(env) for place in places])

    def _partial(self, e: Partial) -> Rule:
        """Build ∂of/∂by: total for the cost, through one equation alone for everything else."""
        of, by = e.of, e.by
        if not isinstance(by, Indexed):
            inner, outside, slot = self._made(of), self.field.draw(by.name), self.slot(by)
            return lambda env, _seed: (inner({**env, slot: (env.get(slot, outside), 1)}, None)[1], 0)
        cells, position, reach = self.cells(by.base), self._position(by), TOTAL if of == COST else LOCAL

        def seeded(env: Environment) -> tuple[Cell, str]:
            return cells[position(env)], reach

        if of == COST:
            return lambda env, _seed: (self.cost(seeded(env))[1], 0)
        if not isinstance(of, Indexed):
            rule = self._made(of)
            return lambda env, _seed: (rule(env, seeded(env))[1], 0)
        tops, place = self.cells(of.base), self._position(of)

        def through(env: Environment, _seed: Seed) -> Jet:
            top, seed = tops[place(env)], seeded(env)
            equation = self.equation(top)
            if equation is None:
                return self.at(top, seed)[1], 0
            if top.jet is not None and seed[0] not in top.sources:  # its equation does not read the entry
                return 0, 0
            return self.at_place(equation, top.position, seed)[1], 0

        return through

    def _delta(self, e: KroneckerDelta) -> Rule:
        left, right = map(self._made, e.args)
        return lambda env, _seed: (int(self.field.same(left(env, None)[0], right(env, None)[0])), 0)


def _is_seldom(factor: Expr) -> bool:
    """Tell whether a factor is 0 at most places: a delta, or the derivative of one entry by another."""
    return isinstance(factor, KroneckerDelta) or (isinstance(factor, Partial) and factor.of != COST)


def constant(number: Any) -> Rule:
    """Return the rule of a number: the same everywhere, with derivative 0."""
    return lambda _env, _seed: (number, 0)


_BUILDERS: Mapping[type, Callable[[Evaluator, Any], Rule]] = {
    Symbol: Evaluator._symbol,
    Add: Evaluator._add,
    Mul: Evaluator._mul,
    Pow: Evaluator._pow,
    Sum: Evaluator._sum,
    Indexed: Evaluator._entry,
    Single: Evaluator._entry,
    Partial: Evaluator._partial,
    KroneckerDelta: Evaluator._delta,
    Piecewise: lambda evaluator, e: cases(e, evaluator._made),
    Largest: lambda evaluator, e: largest(e, evaluator._made, evaluator._whole, evaluator.slot),
    Chosen: lambda evaluator, e: chosen(e, evaluator._made, evaluator._whole, evaluator.slot),
    Max: lambda evaluator, e: extreme(e, evaluator._made, evaluator.field),
    Min: lambda evaluator, e: extreme(e, evaluator._made, evaluator.field),
    Maximum: lambda evaluator, e: extreme(e, evaluator._made, evaluator.field),
    Minimum: lambda evaluator, e: extreme(e, evaluator._made, evaluator.field),
    Mod: lambda evaluator, e: remainder(*map(evaluator._whole, e.args)),
    floor: lambda evaluator, e: rounded(e, evaluator._made, math.floor),
    ceiling: lambda evaluator, e: rounded(e, evaluator._made, math.ceil),
}

"""Evaluation of index expressions by dual numbers, without SymPy: each expression becomes a function once.

    (v, t) + (v', t') = (v + v', t + t')      (v, t)(v', t') = (v v', v t' + v' t)      f(v, t) = (f(v), f'(v) t)

What an entry, a size or the cost is worth is left to the class below: the worlds.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from sympy import Add, Expr, Indexed, KroneckerDelta, Max, Min, Mul, Piecewise, Pow, Sum, Symbol, ceiling, floor
from sympy.core.function import AppliedUndef

from symbackprop.calculus.affine import affine
from symbackprop.calculus.cells import LOCAL, TOTAL, Cell, Cells, Environment, Jet, Rule, Seed
from symbackprop.calculus.choices import cases, extreme
from symbackprop.calculus.fields import DERIVATIVES, Field
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.places import chosen, largest, rounded
from symbackprop.errors import CheckError
from symbackprop.network.extremes import Maximum, Minimum, Where
from symbackprop.network.functions import Elementwise, Z
from symbackprop.network.kinks import breakpoints
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import COST, Single, Tensor, is_size
from symbackprop.network.program import Equation


class Evaluator(ABC):
    """The value of any index expression, given a field of numbers and the value of every entry."""

    def __init__(self, field: Field) -> None:
        """Make the evaluator; no expression is known to it yet."""
        self.field = field
        self._cells: dict[Tensor, Cells] = {}
        self._rules: dict[Expr, Rule] = {}
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
            value = self._values[key] = self._made(expression)(dict(environment), None)[0]
        return value

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
            return self._elementwise(e)
        if isinstance(e, Where):
            return cases(e.cases, self._made)
        if type(e).__name__ in DERIVATIVES:
            return self._function(e)
        if isinstance(e, AppliedUndef) and is_size(e):
            return constant(self.size(e))
        raise CheckError(f"{e} cannot be evaluated: {type(e).__name__} has no rule")

    def _whole(self, e: Expr) -> Callable[[Environment], int]:
        """Return the function that evaluates an index or a size."""
        if (position := affine(e, self.size)) is not None:
            return position
        rule = self._made(e)

        def whole(env: Environment) -> int:
            value = rule(env, None)[0]
            if (number := int(value)) != value:
                raise CheckError(f"{e} is {value}, which is no place in a tensor and no end of a sum")
            return number

        return whole

    def _function(self, e: Expr) -> Rule:
        name, inner, field = type(e).__name__, self._made(e.args[0]), self.field
        slope = DERIVATIVES[name]

        def rule(env: Environment, seed: Seed) -> Jet:
            value, tangent = inner(env, seed)
            result = field.function(name, value)
            return result, slope(result, value, field) * tangent if tangent else 0

        return rule

    def _symbol(self, e: Symbol) -> Rule:
        if e == COST:
            return lambda _env, seed: self.cost(seed)
        if e.is_integer and not is_size(e):  # an index, which has a value only inside its sum
            return lambda env, _seed: (env[e], 0)
        outside = self.size(e) if e.is_integer else self.field.draw(e.name)

        def rule(env: Environment, _seed: Seed) -> Jet:
            value = env.get(e, outside)
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
        first, *others = [self._made(part) for part in e.args]

        def rule(env: Environment, seed: Seed) -> Jet:
            value, tangent = first(env, seed)
            for part in others:
                if not value and not tangent:  # a Kronecker delta of 0 spares the rest
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
        rule = self._made(e.function)
        for limit in e.limits:  # SymPy's first limit is the innermost sum
            rule = self._over(rule, *limit.args)
        return rule

    def _over(self, inner: Rule, symbol: Symbol, first: Expr, last: Expr) -> Rule:
        lowest, highest = self._whole(first), self._whole(last)

        def rule(env: Environment, seed: Seed) -> Jet:
            start, end = lowest(env), highest(env)
            if end < start:
                return 0, 0
            inside = {**env, symbol: start}
            value, tangent = inner(inside, seed)
            for position in range(start + 1, end + 1):
                inside[symbol] = position
                v, t = inner(inside, seed)
                value, tangent = value + v, tangent + t if t else tangent
            return value, tangent

        return rule

    def _entry(self, e: Indexed) -> Rule:
        cells, places, at = self.cells(e.base), [self._whole(position) for position in e.indices], self.at
        return lambda env, seed: at(cells[tuple([place(env) for place in places])], seed)

    def _partial(self, e: Partial) -> Rule:
        """Build ∂of/∂by: total for the cost, through one equation alone for everything else."""
        of, by = e.of, e.by
        if not isinstance(by, Indexed):
            inner, outside = self._made(of), self.field.draw(by.name)
            return lambda env, _seed: (inner({**env, by: (env.get(by, outside), 1)}, None)[1], 0)
        cells, places, reach = self.cells(by.base), list(map(self._whole, by.indices)), TOTAL if of == COST else LOCAL

        def seeded(env: Environment) -> tuple[Cell, str]:
            return cells[tuple([place(env) for place in places])], reach

        if of == COST:
            return lambda env, _seed: (self.cost(seeded(env))[1], 0)
        if not isinstance(of, Indexed):
            rule = self._made(of)
            return lambda env, _seed: (rule(env, seeded(env))[1], 0)
        tops, at = self.cells(of.base), [self._whole(position) for position in of.indices]

        def through(env: Environment, _seed: Seed) -> Jet:
            top, seed = tops[tuple([place(env) for place in at])], seeded(env)
            equation = self.equation(top)
            if equation is None:
                return self.at(top, seed)[1], 0
            if top.jet is not None and seed[0] not in top.sources:  # its equation does not read the entry
                return 0, 0
            return self._made(equation.expression)(dict(zip(equation.indices, top.position, strict=True)), seed)[1], 0

        return through

    def _delta(self, e: KroneckerDelta) -> Rule:
        left, right = map(self._made, e.args)
        return lambda env, _seed: (int(self.field.same(left(env, None)[0], right(env, None)[0])), 0)

    def _elementwise(self, e: Elementwise) -> Rule:
        function, inner, field = type(e), self._made(e.args[0]), self.field
        stem, order = function.stem, function.order
        if function.definition is None:

            def abstract(env: Environment, seed: Seed) -> Jet:
                value, tangent = inner(env, seed)
                return field.abstract(stem, order, value), tangent and field.abstract(stem, order + 1, value) * tangent

            return abstract
        if order == 0:
            definition = self._made(function.definition)
            return lambda env, seed: definition({Z: inner(env, seed)}, None)
        # f' by dual numbers on what f' is the derivative of, not by the derivative that SymPy found
        origin = function.origin
        if origin is None or origin.definition is None:
            raise CheckError(f"{function} is a derivative of nothing")
        defined, derivative = self._made(origin.definition), self._made(function.definition)
        meetings = [] if origin.derivative is None else [field.number(p) for p in breakpoints(origin.definition)]

        def slope_of(env: Environment, seed: Seed) -> Jet:
            value, tangent = inner(env, seed)
            if any(field.same(value, point) for point in meetings):
                raise ZeroDivisionError(f"pieces of {origin} meet at {value}, where dual numbers follow one of them")
            rate = derivative({Z: (value, tangent)}, None)[1] if tangent else 0
            return defined({Z: (value, 1)}, None)[1], rate

        return slope_of


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
    Largest: lambda evaluator, e: largest(e, evaluator._made, evaluator._whole),
    Chosen: lambda evaluator, e: chosen(e, evaluator._made, evaluator._whole),
    Max: lambda evaluator, e: extreme(e, evaluator._made, evaluator.field),
    Min: lambda evaluator, e: extreme(e, evaluator._made, evaluator.field),
    Maximum: lambda evaluator, e: extreme(e, evaluator._made, evaluator.field),
    Minimum: lambda evaluator, e: extreme(e, evaluator._made, evaluator.field),
    floor: lambda evaluator, e: rounded(e, evaluator._made, math.floor),
    ceiling: lambda evaluator, e: rounded(e, evaluator._made, math.ceil),
}

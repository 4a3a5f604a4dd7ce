"""What a formula of the user's is worth in as many digits as it takes: real numbers, in a bounded number of operations.

A value on the way that is no real number, no finite one, or beyond any computer's memory, leaves the formula without
a value there, as floats would be left with a NaN. Operations are counted, each as long as its digits make it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from typing import Any

import numpy as np
from sympy import Expr, Piecewise

from symbackprop.network.costs import Y
from symbackprop.network.extremes import Where
from symbackprop.numerics.arithmetic import Digits
from symbackprop.numerics.pointwise import Pointwise, is_number

FIRST = 60  # digits, which show what is far beyond any float
# up to |x|: digits that leave some of exp(-|x|), which nothing can beyond 20,000
LEVELS = ((40.0, (120, 240, 600)), (1000.0, (600, 800)), (20_000.0, (4_500,)), (inf, (120, 600)))
BEYOND = 4_400  # decimal exponent that no rounding error of exp(10000) reaches
SETTLED = 1e-20  # what more digits may still change
LARGEST = 1.7e308
# as powers of 2: exp(exp(1000)) would fill any memory, and a sine needs as many digits as its argument has
FARTHEST = {"exp": 20, "cosh": 20, "sinh": 20, "sin": 14_000, "cos": 14_000, "tan": 14_000}
STEP, CASES = 0.5, 10  # operations to find out what to do next, and which case to take


class SpentError(Exception):
    """The operations that a formula was given are spent."""


class Budget:
    """How many operations are left, each about 10 microseconds."""

    def __init__(self, operations: int) -> None:
        """Give so many."""
        self.left: float = operations

    def spend(self, operations: float) -> None:
        """Take some; raises SpentError where none are left."""
        self.left -= operations
        if self.left < 0:
            raise SpentError

    def charging(self, operations: float, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that takes so many operations with every call."""

        def charged(*arguments: Any) -> Any:
            self.spend(operations)
            return function(*arguments)

        return charged


class _Reals(Pointwise):
    """Real numbers of so many digits; raises ValueError where a value is none, SpentError where it takes too long."""

    def __init__(self, digits: int, budget: Budget) -> None:
        numbers = Digits(digits)
        super().__init__(numbers)
        self.context, self._budget = numbers.context, budget
        self._constants: dict[Expr, Any] = {}
        self._cost = 1 + (digits / 300) ** 1.7  # of one function: exp takes 15 us with 60 digits, 1 ms with 4,500

    def at(self, e: Expr, at: Mapping[Expr, Any]) -> Any:
        """Return an expression in letters whose values are given."""
        self._budget.spend(CASES if isinstance(e, Piecewise | Where) else STEP)
        if not is_number(e):
            return super().at(e, at)
        if e not in self._constants:  # of erf(1/2) SymPy makes 4,500 digits in half a second
            self._constants[e] = super().at(e, at)
        return self._constants[e]

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return exp, log, erf, … as a function of arrays."""
        return np.frompyfunc(partial(self._of_function, name), 1, 1)  # type: ignore[no-any-return]

    def _of_function(self, name: str, value: Any) -> Any:
        if self.context.mag(value) > FARTHEST.get(name, inf):
            if name == "exp" and value < 0:
                return self.context.mpf(0)
            raise ValueError(f"{name} of {value}")
        terms = min(value * value, 3 * self.context.dps) / 20 if name == "erf" else 0  # of its series, which are many
        self._budget.spend(self._cost * (1 + float(terms)))
        return self._real(super().function(name)(value))

    def power(self, base: Any, exponent: Any) -> Any:
        """Return base^exponent."""
        return np.frompyfunc(self._power, 2, 1)(base, exponent)

    def _power(self, base: Any, exponent: Any) -> Any:
        if base and self.context.mag(exponent * self.context.mag(base)) > FARTHEST["exp"]:
            raise ValueError(f"{base} to the power {exponent}")
        self._budget.spend(self._cost / 2)
        return self._real(base**exponent)

    def _real(self, value: Any) -> Any:
        if not (isinstance(value, self.context.mpf) and self.context.isfinite(value)):
            raise ValueError(f"{value} is no real number")
        return value


class Truths:
    """The values of one formula, in which each number that a letter stands for is exact."""

    def __init__(self, definition: Expr, budget: Budget) -> None:
        """Make them; nothing is computed before it is asked for."""
        self._definition, self._budget = definition, budget
        self._letters = sorted(definition.free_symbols, key=str)
        self._moved = [letter for letter in self._letters if letter != Y]  # a target is what it is
        self._reals: dict[int, _Reals] = {}

    def at(self, point: Mapping[Expr, float]) -> tuple[Any, int] | None:
        """Return the value at a point, and in how many digits: so many that more change nothing.

        None where it is no real number, or larger than any float. Raises SpentError."""
        last, most = self._value(FIRST, point), self._of(FIRST).context.mpf(10) ** BEYOND
        size = max((abs(point[letter]) for letter in self._letters), default=0.0)
        levels = next(levels for up_to, levels in LEVELS if size <= up_to)
        for digits in levels:
            if last is None or abs(last) > most:
                return None
            found = self._value(digits, point)
            settled = found is not None and abs(found - last) <= abs(found) * SETTLED
            if settled and (found != 0 or digits == levels[-1]):  # 0: what was lost beside 1 may be seen with more
                return (found, digits) if abs(found) < LARGEST else None
            last = found
        return (last, levels[-1]) if len(levels) == 1 and last is not None and abs(last) < LARGEST else None

    def rate(self, point: Mapping[Expr, float], digits: int) -> Any:
        """Return Σ |x ∂f/∂x| at a point, by a step; None where a point beside it has no value. Raises SpentError."""
        here, total = self._value(digits, point), 0
        for letter in self._moved:
            if point[letter] and here is not None:
                there = self._value(digits, self._beside(digits, point, letter))
                if there is None:
                    return None
                total += abs(there - here) / self._step(digits)
        return total if here is not None and total < LARGEST else None

    def _of(self, digits: int) -> _Reals:
        if digits not in self._reals:
            self._reals[digits] = _Reals(digits, self._budget)
        return self._reals[digits]

    def _step(self, digits: int) -> Any:
        return self._of(digits).context.mpf(10) ** (-digits // 3)

    def _beside(self, digits: int, point: Mapping[Expr, Any], letter: Expr, sign: int = 1) -> dict[Expr, Any]:
        """Return a point a relative step away, or an absolute one from 0."""
        at = self._of(digits).context.mpf(point[letter])
        return {**point, letter: at + sign * self._step(digits) * (abs(at) or 1)}

    def _value(self, digits: int, point: Mapping[Expr, Any]) -> Any:
        """Return a value that is real and finite, or its limit; else None."""
        found = self._plain(digits, point)
        if found is not None or not self._moved:
            return found
        sides = [self._plain(digits, self._beside(digits, point, x, sign)) for x in self._moved for sign in (1, -1)]
        real = [each for each in sides if each is not None]
        if len(real) < len(sides) or max(real) - min(real) > 10 * self._step(digits) * max(1, *map(abs, real)):
            return None
        return real[0]

    def _plain(self, digits: int, point: Mapping[Expr, Any]) -> Any:
        reals = self._of(digits)
        at = {letter: reals.context.mpf(point[letter]) for letter in self._letters}
        try:
            found = reals.at(self._definition, at)
            return reals.context.mpf(found.item() if isinstance(found, np.ndarray) else found)
        except (ArithmeticError, TypeError, ValueError):
            return None

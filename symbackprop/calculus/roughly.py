"""Real numbers that know how far they may be off: of 1000 digits, so many cancel at times that none is left.

    1 - p,  p = exp(z)/(exp(z) + exp(y)),  z - y = 3000        ->        0, give or take 10^-999

What is as large as its error is no number to go on with: nothing is divided by it, and no case is decided by it.
"""

from __future__ import annotations

import math
from functools import total_ordering
from typing import Any

from sympy import Expr

from symbackprop.calculus.conditions import in_order
from symbackprop.calculus.fields import DERIVATIVES, Digits
from symbackprop.network.manydigits import context_of

DIGITS = 1000
NUMBERS = context_of(DIGITS)
FLOAT_BITS = 53


@total_ordering
class Roughly:
    """A number and how far it may be off at most; sums and products of such, and of numbers that are exact."""

    __slots__ = ("error", "value")
    __hash__ = None  # type: ignore[assignment]
    last = NUMBERS.ldexp(1, 1 - NUMBERS.prec)  # what the last digit of 1 is worth
    most_exact = NUMBERS.prec // 2  # bits: whatever has no more was not rounded

    def __init__(self, value: Any, error: Any = 0) -> None:
        """Make the number `value` ± `error`."""
        self.value, self.error = value, error

    @classmethod
    def rounded(cls, value: Any, error: Any) -> Roughly:
        """Return a number that was computed: off by its last digit, too, unless it has few digits only."""
        is_exact = not error and getattr(value, "bc", cls.most_exact + 1) <= cls.most_exact  # what is complex has none
        return cls(value, 0 if is_exact else error + abs(value) * cls.last)

    def __float__(self) -> float:
        """Return the number without its error."""
        return float(self.value)

    def __repr__(self) -> str:
        """Show the number and its error."""
        return f"{self.value} ± {self.error}"

    def __add__(self, other: Any) -> Roughly:
        """Return the sum: errors add up, and the last digit is rounded."""
        value, error = _parts(other)
        return self.rounded(self.value + value, self.error + error)

    def __mul__(self, other: Any) -> Roughly:
        """Return the product: each factor's error counts as often as the other factor."""
        value, error = _parts(other)
        return self.rounded(self.value * value, abs(self.value) * error + abs(value) * self.error + self.error * error)

    def __neg__(self) -> Roughly:
        """Return the number with the other sign."""
        return type(self)(-self.value, self.error)

    def __sub__(self, other: Any) -> Roughly:
        """Return the difference."""
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Roughly:
        """Return the difference, from a number that is exact."""
        return self.__neg__().__add__(other)

    def __pow__(self, exponent: int) -> Roughly:
        """Return a power with a whole exponent from 1 on."""
        rest: Roughly = self if exponent == 1 else self * self ** (exponent - 1)
        return rest

    def __abs__(self) -> Roughly:
        """Return the absolute value."""
        return type(self)(abs(self.value), self.error)

    def __floor__(self) -> int:
        """Return the whole number below; raises ZeroDivisionError where that is open."""
        lowest, highest = (int(NUMBERS.floor(self.value + turn * self.error)) for turn in (-1, 1))
        if lowest != highest:
            raise ZeroDivisionError(f"{self} cannot be told from {highest}")
        return lowest

    def __ceil__(self) -> int:
        """Return the whole number above; raises ZeroDivisionError where that is open."""
        return -math.floor(-self)

    def __int__(self) -> int:
        """Return the whole number that lies next on the way to 0."""
        return math.floor(self) if self.value > 0 else math.ceil(self)

    def __bool__(self) -> bool:
        """Tell whether it may be another number than 0."""
        return bool(self.value) or bool(self.error)

    def __eq__(self, other: object) -> bool:
        """Tell whether both are the same number; raises ZeroDivisionError where that is open."""
        return self is other or not self.sign(other)

    def __lt__(self, other: Any) -> bool:
        """Tell whether it is less; raises ZeroDivisionError where that is open."""
        return self is not other and self.sign(other) < 0

    def sign(self, other: Any = 0) -> int:
        """Return the sign of the difference; raises ZeroDivisionError where its error leaves that open."""
        value, error = _parts(other)
        apart, doubt = self.value - value, self.error + error
        _check_apart_from_zero(in_order(apart), doubt)
        return int(apart > 0) - int(apart < 0)

    __radd__, __rmul__ = __add__, __mul__


def _parts(number: Any) -> tuple[Any, Any]:
    """Return a number and its error, which is 0 of one that is exact."""
    return (number.value, number.error) if isinstance(number, Roughly) else (number, 0)


def _check_apart_from_zero(value: Any, error: Any) -> None:
    """Raise ZeroDivisionError where a number, complex or not, may be 0, but for its rounding."""
    if error and abs(value) <= error:
        raise ZeroDivisionError(f"{value} ± {error} cannot be told from 0")


class RoughlyFloat(Roughly):
    """A number with all its digits, and how far floats may be off that are computed in the same steps."""

    __slots__ = ()
    __hash__ = None
    last = NUMBERS.ldexp(1, 1 - FLOAT_BITS)
    most_exact = FLOAT_BITS


class _Plain(Digits):
    """The numbers without their errors."""

    digits = DIGITS


class ManyDigits(Digits):
    """Real numbers with 1000 digits and how far they may be off, for where 50 cancel: 1/ln(1 - exp(-500)).

    Where that decides, ZeroDivisionError is raised as at a pole: a check looks elsewhere then."""

    digits = DIGITS
    kind = Roughly

    def __init__(self, seed: int) -> None:
        """Make the field whose random numbers follow from `seed`."""
        super().__init__(seed)
        self._plain = _Plain(seed)

    def number(self, value: Expr) -> Any:
        """Return a SymPy number with all the digits of this field."""
        return self.kind.rounded(super().number(value), 0)

    def draw(self, *key: object) -> Any:
        """Return the random value that belongs to `key`, the one of the exact field."""
        return self.kind.rounded(super().draw(*key), 0)

    def abstract(self, stem: str, order: int, argument: Any) -> Any:
        """Return the derivative of `order` of a smooth function that stands for any."""
        at, error = _parts(argument)
        value, slope = (self._plain.abstract(stem, each, at) for each in (order, order + 1))
        return self.kind.rounded(value, 2 * abs(slope) * error)

    def function(self, name: str, argument: Any) -> Any:
        """Return f(argument); raises ZeroDivisionError at a pole, and where it may be one."""
        at, error = _parts(argument)
        if name == "log":
            _check_apart_from_zero(at, error)
        value = self._plain.function(name, at)
        return self.kind.rounded(value, 2 * abs(DERIVATIVES[name](value, at, self._plain)) * error if error else 0)

    def power(self, base: Any, exponent: Any) -> Any:
        """Return base^exponent; raises ZeroDivisionError for what may be 0 to a negative power."""
        (at, error), (steps, doubt) = _parts(base), _parts(exponent)
        if steps < 0:
            _check_apart_from_zero(at, error)
        value = self._plain.power(at, steps)
        if error:
            furthest = self._plain.power(abs(at) + (error if steps > 0 else -error), steps)
            error = abs(furthest - abs(value))
        if doubt:
            error += 2 * abs(value * self._plain.function("log", abs(at))) * doubt
        return self.kind.rounded(value, error)

    def same(self, left: Any, right: Any) -> bool:
        """Tell whether two numbers agree to 40 digits; raises ZeroDivisionError where they have not so many."""
        (value, error), (other, doubt) = _parts(left), _parts(right)
        if not self._plain.same(0, (error + doubt) / max(1, abs(value), abs(other))):
            raise ZeroDivisionError(f"{left} cannot be told from {right}")
        return self._plain.same(value, other)

    def shown(self, number: Any) -> str:
        """Return the first digits of a number as text."""
        return super().shown(_parts(number)[0])


class FloatErrors(ManyDigits):
    """Real numbers with 1000 digits, and how far floats may be off that are computed in the same steps."""

    kind = RoughlyFloat

"""The numbers that checks are made with: exact rationals, or 50 digits where a function has no exact value.

Exact arithmetic knows exp only by its law, exp(p + q) = exp(p) exp(q): e is replaced by a random rational base,
which keeps every identity between rational functions of exponentials. Any other function value is opaque: a random
rational for each argument, always the same one. An identity that holds with opaque values holds for every function;
one that needs a function's own laws is decided with 50 digits. Where those say yes, symbols may prove it: √2, π, ln 3
and erf(1/2) stay as they are, with the laws that SymPy knows of them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import sympy
from sympy import Add, Expr, Mul, Pow, Rational, expand, together

from symbackprop.network.manydigits import context_of

_DENOMINATOR = 6  # exp(p/q) is exact for every q that divides it: sums of halves and thirds
LARGEST_POWER = 4000  # some 10,000 bits of a power of 5
LONGEST_SHOWN = 12  # digits
BASES = (2, 3, 5)  # what e is replaced by: small, so that powers stay short; prime, so that they have no relation
BROKEN = ("a", "y", "z", "sign")  # what gets halves and thirds too
LARGEST_ARGUMENT = 10**40  # of a function that needs as many digits as its argument has: exp(exp(exp(5)))
UNBOUNDED = frozenset({"cos", "cosh", "exp", "sin", "sinh"})
MOST_SQUARES = 1  # of an invented exponential: exp(2 q) = exp(q)^2
MOST_BITS = 4096  # of an exact number: powers inside one another have millions
MOST_BITS_OF_EXP = 64  # of a power that stands for one: sums of weights run into hundreds
MOST_OPERATIONS = 150  # of a difference that symbols are asked about
MOST_TERMS = 400  # of a difference that is multiplied out: some 10 ms
GUARD_DIGITS, GUARD_BITS = 10, 30  # more of an irrational number than are kept, so that the last one is right


@lru_cache(maxsize=2**14)
def hash_of(*key: object) -> int:
    """Return 16 bits that look random and are the same in every run."""
    return int.from_bytes(hashlib.blake2b(repr(key).encode(), digest_size=2).digest())


Number = int | Fraction


def _plain(part: object) -> object:
    """Return a whole number as an int, so that 3 and 3/1 are one point; of a long one what Python hashes it to."""
    if isinstance(part, Number) and _bits(part) > MOST_BITS:
        return hash(part)
    return int(part) if isinstance(part, Fraction) and part.denominator == 1 else part


class Exact:
    """Rational numbers; `opaque` tells whether a function value had to be invented."""

    def __init__(self, seed: int) -> None:
        """Make the field whose invented values follow from `seed`."""
        self.seed = seed
        self.opaque = False
        self._base = BASES[seed % len(BASES)]
        self._power_of_e = cache(self._exponential)  # most of a check asks for the same few

    def number(self, value: Expr) -> Number:
        """Return a SymPy number as it is, or an invented value for an irrational one."""
        if value.is_Rational:
            return int(value) if value.is_Integer else Fraction(value.p, value.q)
        return self.invented(str(value))

    def draw(self, *key: object) -> Number:
        """Return the random value that belongs to `key`: from 2 to 17, and for some keys a half or a third of it."""
        number = hash_of(self.seed, key)
        whole, rest = 2 + number % 16, number >> 4
        if key[0] not in BROKEN or rest % 4:
            return whole
        return Fraction(2 * (whole % 4) + 1, 2) if rest % 8 else Fraction(3 * (whole % 4) + 1, 3)

    def invented(self, *key: object) -> Number:
        """Return the value of a function without an exact value at a point."""
        self.opaque = True
        return self.draw("value", *map(_plain, key))

    def abstract(self, stem: str, order: int, argument: Number) -> Number:
        """Return the derivative of `order` of a function that may be any: no law to be missed."""
        return self.draw(stem, order, _plain(argument))

    def function(self, name: str, argument: Number) -> Number:
        """Return f(argument)."""
        return self._power_of_e(argument) if name == "exp" else self.invented(name, argument)

    def _exponential(self, argument: Number) -> Number:
        """Return exp(argument): a power of the base, or an invented value by the laws of exp(-q) and exp(2 q).

        Which of the two is decided for the odd part of the argument, so that it is the same one for q and for 2 q."""
        steps = Fraction(argument * _DENOMINATOR)
        halvings = min(_twos(steps.numerator), MOST_SQUARES)
        odd = steps / 2**halvings
        if odd.denominator == 1 and abs(odd) * self._base.bit_length() <= MOST_BITS_OF_EXP:
            return self.power(self._base, int(steps))
        if argument < 0:
            return 1 / Fraction(self._exponential(-argument))
        halvings -= min(_twos(steps.denominator), MOST_SQUARES)
        root = self.invented("exp", steps / Fraction(2) ** halvings)
        return self.power(root, 2 ** (halvings + MOST_SQUARES))

    def power(self, base: Number, exponent: Number) -> Number:
        """Return base^exponent, invented where it is not rational or has too many digits."""
        if abs(exponent.numerator) * max(1, _bits(base)) > MOST_BITS or abs(exponent.numerator) > LARGEST_POWER:
            return self.invented("power", base, exponent)
        if exponent.denominator == 1:
            # an int to a negative power would be a float
            return Fraction(base) ** int(exponent) if exponent < 0 else base ** int(exponent)
        return Fraction(self.invented("root", base, exponent.denominator)) ** exponent.numerator

    def same(self, left: Number, right: Number) -> bool:
        """Tell whether two numbers are equal: exactly."""
        return left == right

    def shown(self, number: Number) -> str:
        """Return a number as text, a long one in digits."""
        if max(abs(number.numerator), number.denominator) < 10**LONGEST_SHOWN:
            return str(number)
        context = context_of(Digits.digits)
        return str(context.nstr(context.fdiv(number.numerator, number.denominator), LONGEST_SHOWN))


class Digits:
    """Real numbers with 50 digits, and every function with its true value."""

    opaque = False
    digits = 50

    def __init__(self, seed: int) -> None:
        """Make the field whose random numbers follow from `seed`."""
        self.seed = seed
        self._exact = Exact(seed)
        self._context = context_of(self.digits)

    def number(self, value: Expr) -> Any:
        """Return a SymPy number with all the digits of this field."""
        if value.is_Rational:
            return self._context.mpf(value.p) / value.q
        return self._context.mpf(value.evalf(self.digits + GUARD_DIGITS)._to_mpmath(self._context.prec + GUARD_BITS))

    def draw(self, *key: object) -> Any:
        """Return the random value that belongs to `key`, the one of the exact field."""
        value = self._exact.draw(*key)
        return self._context.mpf(value.numerator) / value.denominator

    def abstract(self, stem: str, order: int, argument: Any) -> Any:
        """Return the derivative of `order` of a smooth function that stands for any: Σ_c sin(c x + shift)."""
        waves = [self.draw("wave", stem, number) for number in range(2)]
        turn = order * self._context.pi / 2
        return sum(c**order * self._context.sin(c * argument + turn + n) for n, c in enumerate(waves))

    def function(self, name: str, argument: Any) -> Any:
        """Return f(argument); raises ZeroDivisionError at a pole, or where no computer has the memory."""
        if name in UNBOUNDED and abs(argument) > LARGEST_ARGUMENT:
            raise ZeroDivisionError(f"{name} is out of reach at {argument}")
        return self._no_pole(getattr(self._context, name)(argument), name, argument)

    def power(self, base: Any, exponent: Any) -> Any:
        """Return base^exponent; raises ZeroDivisionError for 0 to a negative power, of which mpmath makes infinity."""
        if isinstance(exponent, Fraction):
            exponent = self._context.mpf(exponent.numerator) / exponent.denominator
        return self._no_pole(self._context.power(base, exponent), "power", base)

    def _no_pole(self, value: Any, name: str, at: Any) -> Any:
        if not self._context.isfinite(value):
            raise ZeroDivisionError(f"{name} has a pole at {at}")
        return value

    def same(self, left: Any, right: Any) -> bool:
        """Tell whether two numbers agree to 40 digits: the others are left for rounding."""
        return bool(abs(left - right) <= self._context.mpf(10) ** -40 * max(1, abs(left), abs(right)))

    def shown(self, number: Any) -> str:
        """Return the first digits of a number as text."""
        return str(self._context.nstr(number, LONGEST_SHOWN))


class Unproved(Exception):
    """Symbols do not show that two values are the same, or would take too long to."""


class Symbols:
    """Rational points, and every function value as a symbol of its own with the laws that SymPy knows of it.

    Two values are the same if their difference vanishes as it is multiplied out."""

    opaque = False

    def __init__(self, seed: int) -> None:
        """Make the field whose random numbers are those of the exact field of `seed`."""
        self._exact = Exact(seed)

    def number(self, value: Expr) -> Expr:
        """Return a SymPy number as it is."""
        return value

    def draw(self, *key: object) -> Expr:
        """Return the random value that belongs to `key`, the one of the exact field."""
        return _as_symbol(self._exact.draw(*key))

    def abstract(self, stem: str, order: int, argument: Any) -> Expr:
        """Return the derivative of `order` of a function that may be any."""
        return self.draw(stem, order, argument)

    def function(self, name: str, argument: Any) -> Any:
        """Return f(argument); raises ZeroDivisionError at a pole."""
        return _finite(getattr(sympy, name)(argument))

    def power(self, base: Any, exponent: Any) -> Any:
        """Return base^exponent; raises Unproved where it has too many digits, ZeroDivisionError at a pole."""
        base, exponent = _as_symbol(base), _as_symbol(exponent)
        if exponent.is_Rational and max(abs(exponent.p), exponent.q) > LARGEST_POWER:
            raise Unproved(f"{base} to the power {exponent}")
        if base.is_Rational and exponent.is_Rational and _bits(base) * abs(exponent.p) > MOST_BITS:
            raise Unproved("a power of too many digits")
        return _finite(Pow(base, exponent))

    def same(self, left: Any, right: Any) -> bool:
        """Tell whether two values are equal; raises Unproved where symbols do not show it."""
        difference = _as_symbol(left - right)
        if difference.is_Rational:
            return not difference
        if difference.count_ops() > MOST_OPERATIONS:
            raise Unproved("a difference of too many operations")
        if _terms(difference) <= MOST_TERMS:
            numerator, _ = together(difference).as_numer_denom()
            if _terms(numerator) <= MOST_TERMS and not expand(numerator):
                return True
        raise Unproved(str(difference))

    def shown(self, number: Any) -> str:
        """Return a value as text."""
        return str(number)


def _as_symbol(value: Number | Expr) -> Expr:
    return Rational(value.numerator, value.denominator) if isinstance(value, Number) else value


def _bits(value: Number | Expr) -> int:
    """Return how many bits a rational number has, the larger of numerator and denominator."""
    return max(int(value.numerator).bit_length(), int(value.denominator).bit_length())


def _twos(whole: int) -> int:
    """Return how often 2 divides a whole number; 0 for 0."""
    return whole and (whole ^ (whole - 1)).bit_length() - 1


def _finite(value: Expr) -> Expr:
    if value.is_finite is False:
        raise ZeroDivisionError(f"{value} is not finite")
    return value


def _terms(e: Expr) -> int:
    """Return how many terms an expression has when it is multiplied out, at most."""
    counts = [_terms(part) for part in e.args]
    if isinstance(e, Add | Mul):
        return sum(counts) if isinstance(e, Add) else math.prod(counts)
    if isinstance(e, Pow) and e.exp.is_Integer and e.exp.is_positive:
        return int(min(counts[0] ** int(e.exp), MOST_TERMS + 1))
    return max(counts, default=1)


Field = Exact | Digits | Symbols

# f'(argument) from f's value and the field: the witness's own table, independent of SymPy's
DERIVATIVES: Mapping[str, Callable[[Any, Any, Field], Any]] = {
    "exp": lambda value, _argument, _field: value,
    "log": lambda _value, argument, field: field.power(argument, Fraction(-1)),
    "sin": lambda _value, argument, field: field.function("cos", argument),
    "cos": lambda _value, argument, field: -field.function("sin", argument),
    "sinh": lambda _value, argument, field: field.function("cosh", argument),
    "cosh": lambda _value, argument, field: field.function("sinh", argument),
    "tanh": lambda value, _argument, _field: 1 - value**2,
    "tan": lambda value, _argument, _field: 1 + value**2,
    "asin": lambda _value, argument, field: field.power(1 - argument**2, Fraction(-1, 2)),
    "acos": lambda _value, argument, field: -field.power(1 - argument**2, Fraction(-1, 2)),
    "atan": lambda _value, argument, field: field.power(1 + argument**2, Fraction(-1)),
    "asinh": lambda _value, argument, field: field.power(1 + argument**2, Fraction(-1, 2)),
    "acosh": lambda _value, argument, field: (
        field.power(argument - 1, Fraction(-1, 2)) * field.power(argument + 1, Fraction(-1, 2))
    ),
    "atanh": lambda _value, argument, field: field.power(1 - argument**2, Fraction(-1)),
    "erf": lambda _value, argument, field: (
        2 * field.function("exp", -(argument**2)) * field.power(field.number(sympy.sqrt(sympy.pi)), Fraction(-1))
    ),
}

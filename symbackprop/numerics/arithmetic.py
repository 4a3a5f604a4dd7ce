"""The numbers that a forward pass is calculated with: floats, complex floats, and numbers of many digits.

Floats().function("erf")(array)      Digits(50).function("erf")(array)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Protocol

import numpy as np
from sympy import Expr

from symbackprop.network.manydigits import context_of

__all__ = ["NEAR", "Digits", "Floats", "Numbers"]


class Numbers(Protocol):
    """The numbers that are calculated with; `imaginary` is i among them, and `near` what rounding makes of 0."""

    imaginary: Any
    near: Any

    def array(self, values: Any) -> Any:
        """Return an array of these numbers."""

    def number(self, value: Expr) -> Any:
        """Return a SymPy number."""

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return exp, log, erf, … as a function of arrays."""


NEAR = 1e-12  # relative: what is exactly at a kink may be so far from it in floats
SATURATED = math.log(10)  # x² for each digit with which exp(-x²) is lost beside 1, and erf(x) is 1 or -1

_NUMPY_NAMES = {f"a{name}": f"arc{name}" for name in ("cos", "cosh", "sin", "sinh", "tan", "tanh")}


class Floats:
    """Floats, or complex numbers where an argument is complex; what NumPy lacks comes from mpmath."""

    imaginary = 1j
    near = NEAR

    def array(self, values: Any) -> Any:
        """Return the array as it is."""
        return np.asarray(values)

    def number(self, value: Expr) -> float:
        """Return a SymPy number as a float."""
        return float(value)

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return NumPy's function, or mpmath's, entry by entry."""
        own = getattr(np, _NUMPY_NAMES.get(name, name), None)
        if own is not None:
            return own  # type: ignore[no-any-return]
        return _borrowed(name)


def _borrowed(name: str) -> Callable[[Any], Any]:
    """Return a function of mpmath's on floats and complex floats: with 60 digits, so that a tiny step is not lost.

    What the standard library has is taken from there for a float."""
    context = context_of(60)
    exact, plain = getattr(context, name), getattr(math, name, None)

    def each(value: Any) -> Any:
        if isinstance(value, complex):
            return complex(exact(context.mpc(value)))
        return float(plain(value) if plain else exact(context.mpf(value)))

    over = np.frompyfunc(each, 1, 1)
    return lambda values: over(values).astype(np.result_type(values, float))


@cache
def _remembered(digits: int, name: str) -> Callable[[Any], Any]:
    """Return mpmath's function, which keeps its values: layers are looked at in the same points, target after target.

    `typed`: the logarithm of a negative number is real or complex, as what it is taken of."""
    function = _error_function(digits) if name == "erf" else getattr(context_of(digits), name)
    return lru_cache(maxsize=2**10, typed=True)(function)


def _error_function(digits: int) -> Callable[[Any], Any]:
    """Return erf, beside the real axis by its tangent: what that leaves out is the square of a step of half the digits.

    The series of mpmath for complex numbers takes a hundred times as long, and would not end at 1e1500."""
    context = context_of(digits)
    saturated = math.sqrt(SATURATED * digits) + 2  # from here on erf is 1 or -1
    tangent = context.mpf(10) ** -(digits // 2)

    def erf(x: Any) -> Any:
        if abs(x.real) > saturated and abs(x.imag) < 1:
            return context.sign(x.real) + 0 * x
        if x.imag == 0 or abs(x.imag) > 2 * tangent:
            return context.erf(x)
        slope = 2 * context.exp(-(x.real**2)) / context.sqrt(context.pi)
        return context.mpc(context.erf(x.real), x.imag * slope)

    return erf


class Digits:
    """Numbers of `digits` decimal places, in arrays of objects."""

    def __init__(self, digits: int) -> None:
        """Take the context of so many digits."""
        self.context = context_of(digits)
        self.imaginary = self.context.mpc(0, 1)
        self.near = self.context.mpf(10) ** -(digits * 9 // 10)

    def array(self, values: Any) -> Any:
        """Return floats exactly as they are, with room for more digits."""
        return np.frompyfunc(self._exactly, 1, 1)(np.asarray(values))

    def _exactly(self, value: Any) -> Any:
        return value if isinstance(value, (self.context.mpf, self.context.mpc)) else self.context.mpf(float(value))

    def number(self, value: Expr) -> Any:
        """Return a SymPy number with all digits."""
        if value.is_Rational:
            return self.context.mpf(value.p) / value.q
        return self.context.mpf(value.evalf(self.context.dps + 10)._to_mpmath(self.context.prec + 30))

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return mpmath's function, entry by entry."""
        return np.frompyfunc(_remembered(self.context.dps, name), 1, 1)  # type: ignore[no-any-return]

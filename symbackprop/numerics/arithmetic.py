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


class Numbers(Protocol):
    """The numbers that are calculated with; `imaginary` is i among them, and `near` what rounding makes of 0.

    A derivative is shown by a `step` of a difference of fourth order, or by a `tiny` one in the imaginary direction."""

    imaginary: Any
    near: Any
    step: Any
    tiny: Any

    def array(self, values: Any) -> Any:
        """Return an array of these numbers."""

    def number(self, value: Expr) -> Any:
        """Return a SymPy number."""

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return exp, log, erf, … as a function of arrays."""


NEAR = 1e-12  # relative: what is exactly at a kink may be so far from it in floats
# Of a central difference of fourth order: what it cuts off is h⁴, even near a pole nothing; what rounding costs is
# eps/h, and 4e-5 is far from the kinks that a point keeps away from.
STEP = 2e-5
TINY = 1e-30  # complex step: its square is lost beside any cost, the step itself is not
SATURATED = 2.5  # x² for each digit with which exp(-x²) is lost beside 1, and erf(x) is 1 or -1: ln 10, and some more
KEPT = 1024  # values of a function: layers are looked at in the same points, target after target
MANY = 60  # digits of what is taken from mpmath for floats, so that a tiny step is not lost
SPARE = 10  # digits, and bits, more than a number is wanted with

_NUMPY_NAMES = {f"a{name}": f"arc{name}" for name in ("cos", "cosh", "sin", "sinh", "tan", "tanh")}


class Floats:
    """Floats, or complex numbers where an argument is complex; what NumPy lacks comes from mpmath."""

    imaginary, near, step, tiny = 1j, NEAR, STEP, TINY

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
    """Return a function of mpmath's on floats and complex floats; what the standard library has, for a float."""
    context = context_of(MANY)
    exact, plain = getattr(context, name), getattr(math, name, None)

    def each(value: Any) -> Any:
        if isinstance(value, complex):
            return complex(exact(context.mpc(value)))
        return float(plain(value) if plain else exact(context.mpf(value)))

    over = np.frompyfunc(each, 1, 1)
    return lambda values: over(values).astype(np.result_type(values, float))


@cache
def _remembered(digits: int, name: str) -> Callable[[Any], Any]:
    """Return mpmath's function, which keeps its values."""
    return lru_cache(KEPT)(_error_function(digits) if name == "erf" else getattr(context_of(digits), name))


def _error_function(digits: int) -> Callable[[Any], Any]:
    """Return erf, beside the real axis by its tangent: what that leaves out is the square of a step of half the digits.

    The series of mpmath for complex numbers takes a hundred times as long, and would not end at 1e1500."""
    context = context_of(digits)
    saturated, longest = math.sqrt(SATURATED * digits), 2 * Digits(digits).tiny

    def erf(x: Any) -> Any:
        if abs(x.real) - abs(x.imag) > saturated:
            return context.sign(x.real)
        if abs(x.imag) > longest:
            return context.erf(x)
        slope = 2 * context.exp(-(x.real**2)) / context.sqrt(context.pi)
        return context.erf(x.real) + (x - x.real) * slope

    return erf


class Digits:
    """Numbers of `digits` decimal places, in arrays of objects."""

    def __init__(self, digits: int) -> None:
        """Take the context of so many digits."""
        self.context = context_of(digits)
        self.imaginary = self.context.mpc(0, 1)
        self.near, self.step, self.tiny = (self.context.mpf(10) ** -(digits * tenths // 10) for tenths in (9, 1, 5))

    def array(self, values: Any) -> Any:
        """Return floats exactly as they are, with room for more digits."""
        return np.frompyfunc(self._exactly, 1, 1)(np.asarray(values))

    def _exactly(self, value: Any) -> Any:
        return value if isinstance(value, (self.context.mpf, self.context.mpc)) else self.context.mpf(float(value))

    def number(self, value: Expr) -> Any:
        """Return a SymPy number with all digits."""
        if value.is_Rational:
            return self.context.mpf(value.p) / value.q
        return self.context.mpf(value.evalf(self.context.dps + SPARE)._to_mpmath(self.context.prec + SPARE))

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return mpmath's function, entry by entry."""
        return np.frompyfunc(_remembered(self.context.dps, name), 1, 1)  # type: ignore[no-any-return]

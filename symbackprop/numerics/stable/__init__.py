"""Numerically stable activations for generated code: value, slope, and both from one pass, in NumPy.

    STABLE["sigmoid"].value(z)              σ(z)
    STABLE["sigmoid"].slope(z)              σ'(z)
    STABLE["sigmoid"].value_and_slope(z)    both, from one exponential
    STABLE["sigmoid"].into(z, value, slope, …) both, into arrays that are there already (None where it is no faster)

z is a float64 or float32 array, whose dtype is kept, or a NumPy scalar. From -1000 to 1000 nothing overflows, is
nan or loses relative precision, but for underflow; tests/numerics/test_stable.py compares with mpmath at 60 digits.
Shares nothing with `reference`, the independent witness.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature

import numpy as np

from symbackprop.frozen import dataclass
from symbackprop.numerics.stable import exponential, logarithms, normal, piecewise
from symbackprop.numerics.stable.inlining import imports, self_contained
from symbackprop.numerics.stable.logarithms import log, product, quotient, x_log_x, x_log_y
from symbackprop.numerics.stable.normal import erf
from symbackprop.numerics.stable.wholesample import (
    error_from_shares,
    from_largest,
    log_one_minus_softmax,
    log_softmax,
    one_minus_softmax,
    shares,
    softmax,
)

__all__ = [
    "STABLE",
    "StableFunction",
    "erf",
    "error_from_shares",
    "from_largest",
    "imports",
    "log",
    "log_one_minus_softmax",
    "log_softmax",
    "one_minus_softmax",
    "product",
    "quotient",
    "self_contained",
    "shares",
    "softmax",
    "x_log_x",
    "x_log_y",
]


@dataclass(frozen=True, slots=True)
class StableFunction:
    """An elementwise function and its slope, z -> array; `both` are from one pass, where they have much in common.

    `into` writes both into given arrays, where that is faster. What it takes besides is named as in `sigmoid_into`;
    `overwrites` says that its value may be z itself."""

    value: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    both: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None = None
    into: Callable[..., None] | None = None
    overwrites: bool = False

    def value_and_slope(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return f(z) and f'(z)."""
        return (self.value(z), self.slope(z)) if self.both is None else self.both(z)

    def call_of_both(self, argument: str, called: Callable[[str], str] = str) -> str:
        """Return the text that computes both; `called` is told the name of each function in it."""
        if self.both is not None:
            return f"{called(self.both.__name__)}({argument})"
        return ", ".join(f"{called(each.__name__)}({argument})" for each in (self.value, self.slope))

    @property
    def besides(self) -> tuple[str, ...]:
        """What `into` takes besides z, the value and the slope."""
        return tuple(signature(self.into).parameters)[3:] if self.into else ()


def _from(module: object, name: str) -> StableFunction:
    """Return the functions of `module` that are called `name`, `name`_slope, `name`_value_and_slope, `name`_into."""
    return StableFunction(
        getattr(module, name),
        getattr(module, f"{name}_slope"),
        getattr(module, f"{name}_value_and_slope", None),
        getattr(module, f"{name}_into", None),
        name in ("sigmoid", "relu"),
    )


CALLED = {"absolute": "abs", "x_log_x": "xlogx"}  # by network/functions; all others have one name

# by the names of network/activations and network/functions: every function that has a slope beside it
STABLE: dict[str, StableFunction] = {
    CALLED.get(name, name): _from(module, name)
    for module in (exponential, piecewise, normal, logarithms)
    for name in vars(module)
    if f"{name}_slope" in vars(module)
}

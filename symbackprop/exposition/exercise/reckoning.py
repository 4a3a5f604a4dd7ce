"""Every number of a derivation for many samples at once: floats in arrays, one entry for each draw.

    w_1_1_1, x_1, …   ->   z_1_1, a_1_1, C, delta_2_1, ∂C/∂w_1_1_1, …       each (draws,)

The formulas are those of the derivation, entry by entry. They say which of many draws come out pleasantly; what is
printed of the chosen one is computed again, exactly or to 50 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import (
    Abs,
    Expr,
    Function,
    Max,
    Min,
    NumberSymbol,
    Piecewise,
    Pow,
    S,
    Symbol,
    lambdify,
    numbered_symbols,
    sign,
)
from sympy.simplify.cse_main import tree_cse

from symbackprop.calculus.partials import letters_of
from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Elementwise, in_numpy
from symbackprop.network.memo import memoised

BATCH = 512  # draws at once
_OF_CASES = (Piecewise, Max, Min, Abs, sign, Extreme, Where)  # functions whose values are among those they are given
UNIT = 10  # what is given is a multiple of 1/UNIT

if TYPE_CHECKING:
    import numpy as np  # a page asks for the quantities alone, and draws none
    from numpy.typing import NDArray

    Draws: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Quantity:
    """One number that is computed from others: z_1_2 = w_1_2_1 x_1 + …; `layer` is where, 0 for the cost.

    `kind` is z, a, C, delta, b or w, the last two for derivatives; of a program it is value, C or gradient."""

    kind: str
    layer: int
    left: Expr
    right: Expr


def function_of(formula: Expr) -> Callable[[Mapping[Expr, Any]], Any]:
    """Return a formula as a function of what its letters are worth; derivatives and entries in it are letters, too."""
    made = functions_of((formula,))
    return lambda known: made(known)[0]


@memoised
def functions_of(formulas: tuple[Expr, ...]) -> Callable[[Mapping[Expr, Any]], list[Any]]:
    """Return formulas as one function, in which a part that several of them have is computed once."""
    keys = sorted({letter for formula in formulas for letter in letters_of(formula)}, key=str)
    letters = [Symbol(f"letter{place}", real=True) for place in range(len(keys))]
    plain = {S.ComplexInfinity: S.NaN, **dict(zip(keys, letters, strict=True))}  # a case has no value
    made = lambdify(letters, [formula.xreplace(plain) for formula in formulas], in_numpy(), cse=_shared)
    return lambda known: made(*(known[key] for key in keys))


def _shared(formulas: Sequence[Expr]) -> Any:
    """Return the parts that are met more than once, by names of their own, and the formulas with these names."""
    return tree_cse(formulas, numbered_symbols("shared", real=True)) if len(formulas) > 1 else ([], formulas)


def _is_rational(formula: Expr) -> bool:
    if formula.atoms(NumberSymbol) or any(not power.exp.is_Integer for power in formula.atoms(Pow)):
        return False
    for function in formula.atoms(Function):
        definition = type(function).definition if isinstance(function, Elementwise) else None
        if definition is None and not isinstance(function, _OF_CASES):
            return False
        if definition is not None and not _is_rational(definition):
            return False
    return True


@dataclass(frozen=True)
class Reckoner:
    """Quantities as functions, each made once; `draw` draws what is given, in units of 1/UNIT, an entry for each draw.

    It is told whether results are to be short: then it draws few numbers that are. `own` are the numbers that the
    network has itself, such as the slope of a leaky ReLU, which every draw has."""

    quantities: tuple[Quantity, ...]
    draw: Callable[[np.random.Generator, bool], Mapping[Expr, Any]]
    own: Mapping[Expr, Fraction] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def is_rational(self) -> bool:
        """Whether rational numbers give rational ones: nothing but sums, products, whole powers and cases is met."""
        return all(_is_rational(each.right) for each in self.quantities)

    @cached_property
    def _functions(self) -> tuple[tuple[Expr, set[Expr], Callable[[Mapping[Expr, Any]], Any]], ...]:
        return tuple((each.left, letters_of(each.right), function_of(each.right)) for each in self.quantities)

    def values(self, given: Mapping[Expr, Draws]) -> dict[Expr, Draws]:
        """Return every number by its letter, the given ones included.

        What is no number, such as the logarithm of 0, is NaN or infinite."""
        return self._computed(dict(given), None)

    def moved(self, known: Mapping[Expr, Draws], left: Expr, by: Draws) -> dict[Expr, Draws]:
        """Return every number where one of them is so much larger than it is; only what depends on it is computed."""
        return self._computed({**known, left: known[left] + by}, {left})

    def _computed(self, known: dict[Expr, Draws], changed: set[Expr] | None) -> dict[Expr, Draws]:
        """Return the numbers with those that depend on what has changed, or with all, computed again."""
        import numpy as np

        size = len(next(iter(known.values())))
        with np.errstate(all="ignore"):
            for left, letters, function in self._functions:
                if changed is None or not letters.isdisjoint(changed):
                    known[left] = np.broadcast_to(np.asarray(function(known), dtype=float), size)
                    if changed is not None:
                        changed.add(left)
        return known

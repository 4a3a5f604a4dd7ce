"""The largest of many: max over an index, and the place where it is found.

    max_{u=1}^{K} f_u        its derivative goes to the first u at which f_u is the largest: Σ_u [u = argmax_k f_k] f'_u

Equal values are told apart by their places: the first counts, an index further out before one further in.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, S, Sum, Symbol, Tuple


class Largest(Expr):  # type: ignore[misc]
    """The largest value of `function` over the indices in `limits`, written as those of a Sum: the innermost first."""

    is_commutative = True
    is_real = True

    def __new__(cls, function: Expr, *limits: Any) -> Largest:
        """Write the largest of `function` down, over (index, first, last) for each of `limits`."""
        return Expr.__new__(cls, function, *(Tuple(*limit) for limit in limits))  # type: ignore[no-any-return]

    @property
    def function(self) -> Expr:
        """What is compared."""
        return self.args[0]

    @property
    def limits(self) -> tuple[Tuple, ...]:
        """The index, its first and its last value, for each index."""
        return self.args[1:]  # type: ignore[no-any-return]

    @property
    def variables(self) -> tuple[Symbol, ...]:
        """The indices that are bound, the innermost first."""
        return tuple(limit.args[0] for limit in self.limits)

    @property
    def free_symbols(self) -> set[Any]:
        """What the value depends on: all symbols but the bound indices."""
        free: set[Any] = self.function.free_symbols - set(self.variables)
        return free.union(*(end.free_symbols for limit in self.limits for end in limit.args[1:]))


class Smallest(Largest):
    """The smallest value over indices, as -max(-x) is written: min x."""


class Chosen(Expr):  # type: ignore[misc]
    """1 where `places` are those of the first of the largest, else 0: [u = argmax_k f_k].

    One place for each index of `largest`, in the same order."""

    is_commutative = True
    is_integer = True
    is_nonnegative = True

    def __new__(cls, places: Any, largest: Largest) -> Chosen:
        """Write down that the entry at `places` is the one that counts."""
        return Expr.__new__(cls, Tuple(*places), largest)  # type: ignore[no-any-return]

    @property
    def places(self) -> tuple[Expr, ...]:
        """Where one looks."""
        return self.args[0].args  # type: ignore[no-any-return]

    @property
    def largest(self) -> Largest:
        """What is looked for."""
        return self.args[1]  # type: ignore[no-any-return]

    def _eval_derivative(self, by: Expr) -> Expr:
        return S.Zero  # which entry is the largest does not change nearby


BINDERS = (Sum, Largest)  # what binds indices: both have a function, limits and variables

"""Literal sizes as letters: what holds for an N of any size holds for 784, and is looked at where N is small.

Every 784 becomes the letter, an exponent or a coefficient too. So what is compared says more than the line does: where
it holds, the line does; where it does not, nothing is known yet, and the line is looked at as it stands. So it is where
another large number is left, such as a place that no small world has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sympy import Expr, Integer

from symbackprop.network.notation import Axis, size

Letters: TypeAlias = Mapping[Expr, Expr]
LARGEST = 6  # of the numbers that stay: as large as the sizes of a world are


def letters_for(axes: Iterable[Axis]) -> Letters:
    """Return a letter for each large number at the end of an axis: no name of a text begins as it does."""
    numbers = {int(end) for axis in axes for end in axis if end.is_Integer and end > LARGEST}
    return {Integer(number): size(f"_{number}") for number in sorted(numbers)}


def in_letters(expression: Expr, letters: Letters) -> Expr | None:
    """Return an expression with letters for numbers, or None where another large number is left."""
    lettered = expression.xreplace(letters)
    return None if any(abs(number) > LARGEST for number in lettered.atoms(Integer)) else lettered


def axes_in_letters(axes: Iterable[Axis], letters: Letters) -> tuple[Axis, ...]:
    """Return axes with letters for numbers."""
    return tuple((first.xreplace(letters), last.xreplace(letters)) for first, last in axes)

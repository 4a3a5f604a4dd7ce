"""Positions and ends of sums, 2 i + u - n, with whole numbers alone: most of a check is spent on finding entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, TypeAlias

from sympy import Add, Expr, Max, Min, S, Symbol

from symbackprop.network.notation import is_size

Place: TypeAlias = Callable[[Mapping[int, Any]], int]  # the values of letters by their slots -> a whole number


def affine(e: Expr, size: Callable[[Expr], Any], slot: Callable[[Symbol], int]) -> Place | None:
    """Return the function that evaluates a position where its indices have values; None for what is not affine.

    The larger or the smaller of such is one, too, as it is an end of sums. `size` gives the number of a size, which the
    values may have another one for; `slot` tells where a value lies."""
    if isinstance(e, Max | Min):
        choose, ends = max if isinstance(e, Max) else min, [affine(part, size, slot) for part in e.args]
        parts = [end for end in ends if end is not None]
        return None if len(parts) < len(ends) else lambda values: choose([part(values) for part in parts])
    constant, terms = 0, []
    for term in Add.make_args(e):
        factor, letter = term.as_coeff_Mul()
        if not factor.is_Integer or not (letter is S.One or (isinstance(letter, Symbol) and letter.is_integer)):
            return None
        if letter is S.One:
            constant += int(factor)
        else:
            terms.append((int(factor), slot(letter), int(size(letter)) if is_size(letter) else None))
    if len(terms) == 1 and not constant and terms[0][0] == 1:
        _, only, outside = terms[0]
        return itemgetter(only) if outside is None else lambda values: values.get(only, outside)
    if len(terms) == 2 and all(factor == 1 and outside is None for factor, _, outside in terms):
        (_, first, _), (_, second, _) = terms
        return lambda values: values[first] + values[second] + constant

    def position(values: Mapping[int, Any]) -> int:
        total = constant
        for factor, letter, outside in terms:
            total += factor * (values[letter] if outside is None else values.get(letter, outside))
        return total

    return position

"""How large the worlds of a check are: a number for each size, so that no axis is empty and no place is missing.

n - d + 1 places of a window, and x_3: n is large enough for both        n = 2, 3, 4, 6 in the four worlds
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, permutations

from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from symbackprop.errors import CheckError
from symbackprop.network.notation import Axis, is_size
from symbackprop.network.program import Equation, entries, free_indices

__all__ = ["ORDERS", "VALUES", "named_places", "sizes_in", "text_of", "widened"]

# What a size is in the worlds, one after the other; another size has these in another order. No size is large where
# the others are, so that there is little to add up.
VALUES = (2, 3, 4, 6)
_TURNED = [VALUES[turn:] + VALUES[:turn] for turn in (0, 2, 1, 3)]  # the first two are large in different worlds
ORDERS = (*_TURNED, *(order for order in permutations(VALUES) if order not in _TURNED))


@lru_cache(maxsize=1024)
def text_of(part: object) -> str:
    """Return a size or an axis as text: an order that is the same in every run."""
    return str(part)


def sizes_in(end: Expr) -> set[Expr]:
    """Return the sizes that the end of an axis is made of: symbols, and widths n(l) as a whole."""
    if isinstance(end, Symbol | AppliedUndef):
        return {end} if is_size(end) else set()
    return {size for part in end.args for size in sizes_in(part)}


def widened(numbers: Mapping[Expr, int], axes: Sequence[Axis]) -> Mapping[Expr, int]:
    """Return the numbers of all sizes, one made larger for each axis such as n - d + 1 that has no entry with them."""
    for first, last in chain(*[axes] * len(axes)):  # one axis made longer may take from another
        sizes = sorted(sizes_in(first) | sizes_in(last), key=text_of)
        if sizes and (lack := (first - last).xreplace(numbers)) > 0:
            most = 3 * VALUES[-1] + int(lack)
            larger = ({**numbers, size: numbers[size] + more} for size in sizes for more in range(1, most))
            numbers = next((n for n in larger if (last - first).xreplace(n) + 1 >= VALUES[0]), numbers)
    if any((last - first).xreplace(numbers) < 0 for first, last in axes if sizes_in(first) | sizes_in(last)):
        raise CheckError(f"no small sizes make every axis of {', '.join(map(str, axes))} non-empty")
    return numbers


def named_places(equations: Iterable[Equation]) -> set[Axis]:
    """Return the two parts of an axis at a place that is named: x_3 is there only where N is 3 or more."""
    places: set[Axis] = set()
    for entry in {e for equation in equations for e in entries(equation.expression)}:
        for place, (first, last) in zip(entry.indices, entry.base.axes, strict=True):
            if place not in (first, last) and not free_indices(place):
                places |= {(first, place), (place, last)}
    return places

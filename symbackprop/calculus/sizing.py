"""How large the worlds of a check are: a number for each size, so that no axis is empty and no place is missing.

n - d + 1 places of a window, and x_3: n is large enough for both        n = 2, 3, 4, 6 in the four worlds
x[2 i + u - 2], i = 1..m, u = 1..k: n is 2 m + k - 2, or up to two more
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain, cycle, permutations
from operator import itemgetter

from sympy import Expr

from symbackprop.errors import CheckError
from symbackprop.network.fitting import fitted, work_of
from symbackprop.network.needs import Need, needs_of, sizes_in
from symbackprop.network.notation import Axis, is_size
from symbackprop.network.program import Equation, Program, entries, free_indices

# What a size is in the worlds, one after the other; another size has these in another order. No size is large where
# the others are, so that there is little to add up: of four sizes each is the largest in a world of its own.
VALUES = (2, 3, 4, 6)
_FIRSTS = [(VALUES[0], *others) for others in permutations(VALUES[1:])]
ORDERS = tuple(first[turn:] + first[:turn] for first in _FIRSTS for turn in (0, 2, 1, 3))
TURNS = 4  # of the orders that are tried
RESTS = (0, 1, 2)  # more entries than windows read, from another one on in every world
SMALLER = (1, 2, 3, 4)  # in their place where much is added up
SMALLEST = (1, 2, 2, 3)  # of many windows one after the other, each checked on its own
# values added up in one pass, and of smaller sizes; a convolution of images in a batch runs through seven indices
MOST_WORK, MOST_OF_SMALLER = 1000, 2000


@lru_cache(maxsize=2**12)
def text_of(part: object) -> str:
    """Return a size, an axis or an expression as text: an order that is the same in every run."""
    return str(part)


def sizes_of_worlds(equations: Sequence[Equation], axes: Sequence[Axis]) -> tuple[Mapping[Expr, int], ...]:
    """Return the number of every size in each world: no axis is empty there, and what is read lies in its array."""
    needs = needs_of(equations)
    ends = chain(chain.from_iterable(axes), chain.from_iterable(need.differences for need in needs))
    sizes = sorted({size for end in ends for size in sizes_in(end)}, key=text_of)
    coefficients = {s: [end.coeff(s) for need in needs for end in need.differences] for s in sizes}
    taking = {size for size, own in coefficients.items() if all(c <= 0 for c in own) and any(own)}
    compound = [axis for axis in axes if axis[0] != 1 or not is_size(axis[1])]

    def world(place: int, values: Sequence[int], turn: int) -> Mapping[Expr, int]:
        numbers = dict(zip(VALUES, values, strict=True))
        wanted = {size: numbers[order[place]] for size, order in zip(sizes, cycle((*ORDERS[turn:], *ORDERS[:turn])))}
        shrunk = [wanted | {size: min(wanted[size], most) for size in taking} for most in (*VALUES[::-1], 1)]
        capped = ({size: min(number, most) for size, number in shrunk[-1].items()} for most in VALUES[::-1])
        for each in (*shrunk, *capped):  # kernels of 1 keep images as large; of an axis of fixed length no more is read
            with suppress(CheckError):
                return _with_room(each, compound, needs, place)
        return _with_room(shrunk[-1], compound, needs, place)

    def worlds(values: Sequence[int], turn: int = 0) -> tuple[int, tuple[Mapping[Expr, int], ...]]:
        found = tuple(world(place, values, turn) for place in range(len(VALUES)))
        return max(work_of(equations, numbers) for numbers in found), found

    work, found = worlds(VALUES)
    for values, most in ((SMALLER, MOST_WORK), (SMALLEST, MOST_OF_SMALLER)):
        if work > most:
            work, found = min((worlds(values, turn) for turn in range(TURNS)), key=itemgetter(0))
    return found


def small_sizes(program: Program, largest: int) -> Mapping[Expr, int] | None:
    """Return the sizes of a program with none beyond `largest` but where what is read asks for more.

    None where an axis would be empty, or a place that is named would be missing."""
    numbers = fitted({size: min(int(n), largest) for size, n in program.sizes.items()}, needs_of(program.equations))
    ranges = [axis for equation in program.equations for axis in equation.ranges.values()]
    axes = [axis for array in program.arrays for axis in getattr(array.tensor, "axes", ())]
    ends = {*ranges, *axes, *named_places(program.equations)}
    if numbers is None or any((last - first).xreplace(numbers) < 0 for first, last in ends):
        return None
    return numbers


def _with_room(
    numbers: Mapping[Expr, int], axes: Sequence[Axis], needs: Sequence[Need], turn: int
) -> Mapping[Expr, int]:
    """Return the numbers of all sizes, made larger until no axis is empty and every entry that is read is there.

    What readings bind to other sizes has one of RESTS more than it needs, the first that of the `turn`."""
    turns = cycle(RESTS[turn % len(RESTS) :] + RESTS[: turn % len(RESTS)])
    for _ in range(len(axes) + 2):  # either may ask for more of the other
        enough = fitted(numbers := _widened(numbers, axes), needs, rest=lambda _: next(turns))
        if enough is None:
            raise CheckError(f"no small sizes keep {needs[0].entry} and all else that is read inside of its array")
        if enough == numbers:
            return numbers
        numbers = enough
    raise CheckError(f"no small sizes make every axis of {', '.join(map(str, axes))} as long as it is read")


def _widened(numbers: Mapping[Expr, int], axes: Sequence[Axis]) -> Mapping[Expr, int]:
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

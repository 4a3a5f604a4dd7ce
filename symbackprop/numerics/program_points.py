"""Points at which a program is looked at: random sizes and values where what it computes is real and finite.

Sizes differ from point to point, and from one another where they can: a transposed matrix does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property, partial
from itertools import cycle
from math import inf
from types import MappingProxyType
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus.fields import Digits
from symbackprop.calculus.poles import refuse_poles
from symbackprop.calculus.roughly import NUMBERS, FloatErrors, ManyDigits, Roughly
from symbackprop.errors import DataError
from symbackprop.frozen import dataclass
from symbackprop.network.fitting import fitted, work_of
from symbackprop.network.needs import needs_of, sizes_in
from symbackprop.network.notation import COST
from symbackprop.network.program import GIVEN, INDEPENDENT, Kind, Program
from symbackprop.numerics.program_witnesses import Entry, FinerSlopedDigits, Plain, SlopedDigits, Values, dual
from symbackprop.numerics.report import worst_of

CANCELLED = 1e-4  # what is then allowed of the largest derivative is 1e-15: the rounding of a few terms of its size
MOST_DUALS = 40  # entries: each of them goes through the whole program once
MOST_TRIES = 60  # of points, the first half of them with the sizes that are said
SIZES = 3  # different ones, from 2 on, for what is too large as it is; products of them stay under a hundred
TRIED = (5, 4, 3, 2)  # largest sizes: from the first with which there is little enough to do
SPARE = 3  # entries more than windows read, or fewer
POSITIVE = (0.1, 0.9)  # far from 0 and 1, where logarithms and roots have their ends
SMALL = (0.01, 0.2)  # many of them together lie in a ball around 0: there 1 - Σ u² is positive
LARGEST = 1e100  # value: its square is a float
BESIDE = 500  # digits: a step of which nothing is seen but its first order, far above the last of 1000 digits
OTHER_ORDER = 4  # times the rounding of the equations as they stand: the same sums and products may be taken in turns
BLURRED = 1e40  # of small whole numbers no value is as large, but 1/(1 - 1) where 50 digits leave 1e-51 of the 0
VANISHED = 1e-20  # of its terms: what a witness that has 30 digits finds smaller is 0
MOST_WORK = 2000  # values added up in one pass in a hundred digits, some 20 ms; sixteen passes give eight differences
NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Point:
    """A program at one point: its sizes, the values of all that is given, and G = ∂C/∂o of a block's outputs."""

    program: Program
    sizes: Mapping[Symbol, int]
    values: Values
    upstream: Values
    entries: tuple[Entry, ...]  # what is differentiated by, the first ones by differences, too
    field: Digits = field(default_factory=lambda: Digits(0))
    again: Callable[[], Point] | None = None  # draws another one

    @cached_property
    def finer(self) -> Point:
        """The same point in 1000 digits, where each number knows how far floats may be off."""
        return replace(self, field=FloatErrors(0))

    @cached_property
    def lost(self) -> float:
        """How far floats may be off that are computed as the equations say, relative as errors are; infinite at a pole.

        So many times what rounding leaves, as the same sums and products may be computed in another order."""
        world = self.finer.world
        try:
            values = [[*world.numbers(array.tensor)] for array in self.program.outputs]
            slopes: dict[str, list[Any]] = {}
            for entry in self.entries:
                slopes.setdefault(entry[0], []).append(dual(world, self.program.array(entry[0]).tensor, entry))
            largest = max((abs(float(each)) for own in slopes.values() for each in own), default=0.0)
            errors = [*map(_blurred, values), *(_blurred(own, CANCELLED * largest) for own in slopes.values())]
        except (ArithmeticError, ValueError, TypeError):  # a float cannot tell on which side of it something lies
            return inf
        return OTHER_ORDER * worst_of(errors)

    @cached_property
    def world(self) -> Plain:
        """The program there, in 50 digits; what was computed once is kept."""
        return Plain(self.program, self.values, self.sizes, upstream=self.upstream, field=self.field)

    def terms_of(self, entry: Entry) -> float:
        """Return Σ |terms| of the derivative by an entry: how far off the cost may be, for how far the entry is.

        0 where that cannot be said, as where two values meet."""
        step = NUMBERS.mpf(10) ** -BESIDE
        moved = entry, Roughly(0, step)
        world = Plain(self.program, self.values, self.sizes, upstream=self.upstream, moved=moved, field=ManyDigits(0))
        try:
            return float(world.cost(None)[0].error / step)
        except (ArithmeticError, ValueError, TypeError):
            return 0.0

    @property
    def computed(self) -> Iterator[Any]:
        """The values of all entries that the cost was computed from so far."""
        cells = (cell for array in self.program.of_kind(Kind.VALUE) for cell in self.world.cells(array.tensor).values())
        return (cell.jet[0] for cell in cells if cell.jet is not None)

    def slope(self, entry: Entry) -> float:
        """Return the derivative by an entry, carried along with the values."""
        return float(dual(self.world, self.program.array(entry[0]).tensor, entry))


def points(
    program: Program, seed: int, count: int, *, ties: bool = False, numbers: Mapping[str, float] = NOTHING
) -> Iterator[Point]:
    """Yield random points at which what the program computes is finite; with `ties`, of small whole numbers.

    `numbers` are those of constants that have one. Raises DataError if none is found, as for a program that has real
    values almost nowhere, and SpecError where one of its equations has none at some place."""
    for number in range(count):
        rng = np.random.default_rng([seed, number, ties])
        yield _point(program, rng, numbers, ties=ties, first=number == 0)


def _point(
    program: Program, rng: np.random.Generator, numbers: Mapping[str, float], *, ties: bool, first: bool
) -> Point:
    for attempt in range(MOST_TRIES):
        sizes = _sizes(program, rng, said=first and attempt < MOST_TRIES // 2)
        if sizes is None:
            continue
        draw = _ties(attempt) if ties else (_any, _positive, _any, _small, _positive, _ascending)[attempt % 6]
        values = {array.name: draw(rng, _shape(array.tensor, sizes)) for array in program.of_kind(*GIVEN)}
        said_numbers = {name: 1.0 if ties else number for name, number in numbers.items()}  # an ε of 1e-5 is no tie
        values |= {name: np.asarray(number) for name, number in said_numbers.items() if name in values}
        outputs = () if program.has_cost else program.outputs
        upstream = {array.name: _any(rng, _shape(array.tensor, sizes)) for array in outputs}
        digits = SlopedDigits(0) if ties else Digits(0)
        again = partial(_point, program, rng, numbers, ties=ties, first=False)
        point = Point(program, sizes, values, upstream, entries_of(program, values, rng), digits, again)
        try:
            cost = point.world.cost(None)[0]
            slopes = [point.slope(entry) for entry in point.entries if ties]  # there may be none where a root is 0
            if _vanishes(point, slopes):  # a minimum
                continue
        except (ArithmeticError, ValueError, TypeError):  # a pole, or no real value
            continue
        if ties and any(abs(value) > BLURRED for value in point.computed):
            continue
        if any(value.imag for value in point.computed):  # a root of what is negative, squared behind it
            continue
        if all(value.imag == 0 and abs(value) < LARGEST for value in (cost, *slopes)):
            return point
    refuse_poles(program)
    raise DataError("no random point gives real values; say constants that the program wants in its sizes and ranges")


def _vanishes(point: Point, slopes: Sequence[float]) -> bool:
    """Tell whether derivatives are nothing but the rounding of what is 0: with more digits they are smaller."""
    largest = max(map(abs, slopes), default=0.0)
    if not 0 < largest <= VANISHED:
        return False
    finer = replace(point, field=FinerSlopedDigits(0))
    return all(abs(finer.slope(entry)) <= VANISHED * largest for entry in point.entries)


def _sizes(program: Program, rng: np.random.Generator, *, said: bool) -> dict[Symbol, int] | None:
    """Return a number for each size; None where one of the arrays would have no entry."""
    tensors = [array.tensor for array in program.arrays if array.tensor != COST]
    letters = {size for tensor in tensors for axis in tensor.axes for end in axis for size in sizes_in(end)}
    letters |= {size for equation in program.equations for size in sizes_in(equation.expression)}
    usual = {size: number for size, number in program.sizes.items() if size in letters}
    if work_of(program.equations, usual) > MOST_WORK:  # a network of its true size: what holds for any, is looked at
        usual = {}
    told = {s for array in program.of_kind(*GIVEN) for count in array.tensor.sizes for s in sizes_in(count)}
    more = {s: n + (0 if said or s not in told else int(rng.integers(0, 2))) for s, n in usual.items()}
    turns, needs = cycle(rng.permutation(SPARE)), needs_of(program.equations)  # so many more entries than windows read
    for largest in TRIED:
        free = 2 + rng.permutation(max(len(letters), SIZES))
        drawn = {size: int(min(n, largest)) for size, n in zip(sorted(letters, key=str), free, strict=False)}
        sizes = fitted(drawn | more, needs, rest=lambda _: 0 if said else int(next(turns)))
        if sizes is not None and work_of(program.equations, sizes) <= MOST_WORK:
            break
    if sizes is None:
        return None
    counts = [count.xreplace(sizes) for tensor in tensors for count in tensor.sizes]
    return sizes if all(count > 0 for count in counts) else None


def _shape(tensor: Any, sizes: Mapping[Symbol, int]) -> tuple[int, ...]:
    return tuple(int(count.xreplace(sizes)) for count in tensor.sizes)


def _any(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.normal(size=shape)


def _positive(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(*POSITIVE, size=shape)


def _small(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(*SMALL, size=shape)


def _ascending(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return thresholds, one above the other along the last axis: differences of what rises with them are positive."""
    return np.sort(rng.normal(size=shape), axis=-1) if shape else rng.normal(size=shape)


def _whole(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.integers(-1, 2, size=shape).astype(float)


def _ties(attempt: int) -> Callable[..., np.ndarray]:
    """Return how small numbers that meet are drawn: first with 0, then none of each entry, then from 0 to 1 and 2."""
    return _whole if attempt < MOST_TRIES // 2 else (_beside_zero, _quarters, _halves, _rising)[attempt % 4]


def _quarters(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.choice((0.25, 0.5, 0.75), size=shape)


def _rising(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.cumsum(rng.integers(1, 3, size=shape), axis=-1 if shape else None).reshape(shape) - 2.0


def _halves(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.choice((0.5, 1.0, 2.0), size=shape)


def _beside_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.choice((-1.0, 1.0), size=shape)


def entries_of(program: Program, values: Values, rng: np.random.Generator) -> tuple[Entry, ...]:
    """Return entries of what is differentiated by, each array in turn, up to a number."""
    wanted = program.of_kind(*INDEPENDENT)
    places = {a.name: list(np.ndindex(np.shape(values[a.name]))) for a in wanted}
    turns = max(map(len, places.values()), default=0)
    mixed = {name: [own[i] for i in rng.permutation(len(own))] for name, own in places.items()}
    every = [(name, mixed[name][turn]) for turn in range(turns) for name in mixed if turn < len(mixed[name])]
    return tuple(every[:MOST_DUALS])


def _blurred(numbers: Iterable[Any], least: float = 0.0) -> float:
    """Return the largest error that numbers know of, relative to the largest of them."""
    found = [*numbers]
    errors = [float(getattr(number, "error", 0)) for number in found]
    return max(errors, default=0.0) / max(scale_of([float(number) for number in found]), least)


def scale_of(array: Any) -> float:
    """Return the size of the largest entry of an array; 1 where all are smaller than a rounding of 1."""
    largest = float(np.max(np.abs(array), initial=0.0))
    return largest if largest > np.finfo(float).eps else 1.0

"""Where lines are compared: worlds with the network's own sizes, and small numbers at which two sides differ.

What a line says of 784 neurons is looked at with a few: as many for equal numbers, others for others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from sympy import Add, Expr, Indexed, Integer, Rational, Sum, Symbol

from symbackprop.calculus.cells import Cell, Jet
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.fields import Digits, hash_of
from symbackprop.calculus.indices import put
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.sizing import sizes_of_worlds
from symbackprop.calculus.worlds import frontier_of
from symbackprop.errors import CheckError, DataError
from symbackprop.frozen import dataclass
from symbackprop.network.formula import Node, Number
from symbackprop.network.needs import needs_of
from symbackprop.network.notation import COST, Axis, Tensor
from symbackprop.network.program import GIVEN, Program, free_indices
from symbackprop.network.text.derivations import Chain
from symbackprop.network.text.tree import Range, children
from symbackprop.numerics.diagnosis.written.rates import WrittenWorld

LARGEST = 6  # of a size that is looked at as it is, in a large network
MOST_NUMBERS = 400  # in all arrays of a network that is looked at as it is
INSTEAD = (5, 4, 3, 6, 7, 8)  # of large sizes
PLACES = 40
MOST_TERMS = 6  # of a sum whose entries are shown
APART = 1e-9  # relative: less than this is rounding
CLEARLY = 0.02  # two numbers that a person sees to be different
GIVEN_NUMBERS = (0.5, -0.5, 1.0, -1.0, 0.25, -0.75, 1.5, -1.5)
TARGETS = (0.0, 1.0, 0.5, 0.25)


def sizes_for(program: Program, chains: Sequence[Chain]) -> Mapping[Expr, int]:
    """Return the numbers of the sizes with which the lines of a derivation are looked at."""
    own = {size: int(number) for size, number in program.sizes.items()}
    count = sum(prod(int(s.xreplace(own)) for s in a.tensor.sizes) for a in program.arrays if a.tensor != COST)
    large = sorted({number for number in own.values() if number > LARGEST})
    said = {number for chain in chains for side in (chain.left, *chain.rights) for number in _numbers(side.node)}
    if count <= MOST_NUMBERS or said & set(large) or not large:
        return own
    if needs_of(program.equations):
        axes = [axis for array in program.arrays if array.tensor != COST for axis in array.tensor.axes]
        return dict(sizes_of_worlds(program.equations, axes)[1])  # the first one may have axes of one entry
    used = {number for number in own.values() if number <= LARGEST} | said
    free = (number for number in (*INSTEAD, *range(9, 99)) if number not in used and number >= max(said, default=0))
    instead = dict(zip(large, free, strict=False))
    return own if len(instead) < len(large) else {size: instead.get(number, number) for size, number in own.items()}


def _numbers(node: Node | Range) -> Iterator[int]:
    """Yield the whole numbers that a line speaks of: places, ends of sums, factors."""
    if isinstance(node, Number) and node.value.denominator == 1:
        yield int(node.value)
    for part in children(node):
        yield from _numbers(part)


def setting_of(program: Program, numbers: Mapping[Expr, int], ranges: Mapping[Symbol, Axis]) -> Setting:
    """Return the setting in which two sides are compared; a block gives its outputs to any cost."""
    return Setting(program.equations, ranges, frontier=frontier_of(program), numbers=numbers, world_type=WrittenWorld)


class FewDigits(Digits):
    """Real numbers with 30 digits: two of them are the same if a person would take them to be."""

    digits = 30

    def same(self, left: Any, right: Any) -> bool:
        """Tell whether two numbers are equal but for rounding."""
        return bool(abs(left - right) <= APART * max(1, abs(left), abs(right)))


class SmallWorld(WrittenWorld):
    """A world of small numbers with few digits, as one takes them to follow a calculation by hand."""

    targets: frozenset[Tensor] = frozenset()
    right: SmallWorld | None = None  # in which all is as it should be
    touched: frozenset[Expr] = frozenset()  # what is other here than there

    def _first(self, cell: Cell) -> Jet:
        """Return the value of an entry, that of the right world where nothing that it comes from is another one."""
        if self.right is None or cell.tensor in self.touched:
            return super()._first(cell)
        return self.right.entry(cell.tensor, cell.position), 0

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return one of a few small numbers; of a target, from 0 to 1."""
        choice = TARGETS if tensor in self.targets else GIVEN_NUMBERS
        number = hash_of(self.field.draw("small", tensor.name, position), tensor.name, position)
        return self.field.number(Rational(choice[number % len(choice)]))


@dataclass(frozen=True)
class Difference:
    """Where two sides differ: a world, the values of the free indices there, and both values."""

    world: Any
    place: Mapping[Symbol, int]
    before: float
    after: float


class PointWorld(SmallWorld):
    """A world of the numbers that are given at a point, by their tensors."""

    values: Mapping[Tensor, Any] = MappingProxyType({})

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return the number that is given, in all its digits."""
        array, first = self.values[tensor], [self.range(*axis)[0] for axis in tensor.axes]
        place = tuple(one - start for one, start in zip(position, first, strict=True))
        return self.field.number(Rational(float(array[place])))


def small_world(
    setting: Setting, targets: Sequence[Tensor], seed: int | None, values: Mapping[Tensor, Any] | None = None
) -> SmallWorld:
    """Return the small numbers of a seed, in which targets lie between 0 and 1; with `values` those of a point."""
    number = seed or 0
    world = (SmallWorld if values is None else PointWorld)(
        FewDigits(number),
        setting.size_in(number),
        setting.equations,
        names=setting.names,
        frontier=setting.frontier,
        simplex=setting.simplex if values is None else (),
    )
    world.targets = frozenset(targets)
    if isinstance(world, PointWorld) and values is not None:
        world.values = values
    return world


def places_of(world: SmallWorld, ranges: Mapping[Symbol, Axis]) -> Iterator[dict[Symbol, int]]:
    """Yield values of the free indices, not too many."""
    spans = [world.range(*axis) for axis in ranges.values()]
    for place in islice(product(*spans), PLACES):
        yield dict(zip(ranges, place, strict=True))


def value_of(world: SmallWorld, side: Expr, place: Mapping[Symbol, int]) -> Any:
    """Return the real value of a side, None where it has none."""
    try:
        value = world.value(side, place)
    except (ArithmeticError, CheckError, ValueError, TypeError):
        return None
    number = complex(value)
    return number.real if not number.imag and abs(number.real) < 1e15 else None


def difference(
    before: Expr, after: Expr, worlds: Iterable[SmallWorld], ranges: Mapping[Symbol, Axis]
) -> Difference | None:
    """Return where two sides differ, clearly if there is such a place; None where they nowhere do."""
    best: tuple[float, Difference] | None = None
    for world in worlds:
        for place in places_of(world, ranges):
            left, right = value_of(world, before, place), value_of(world, after, place)
            if left is None or right is None:
                continue
            apart = abs(left - right) / max(abs(left), abs(right), 1e-12)
            if abs(left - right) <= APART * max(1e-3, abs(left), abs(right)):
                continue
            found = Difference(world, place, left, right)
            if apart >= CLEARLY and min(abs(left), abs(right)) > 1e-4:
                return found
            if best is None or apart > best[0]:
                best = (apart, found)
    return None if best is None else best[1]


def point_of_arrays(
    program: Program, numbers: Mapping[Expr, int], arrays: Mapping[str, Any]
) -> dict[Tensor, np.ndarray]:
    """Return the arrays that are given, by their tensors; raises DataError for one that is missing or does not fit."""
    found = {}
    for array in program.of_kind(*GIVEN):
        shape = tuple(int(size.xreplace(dict(numbers))) for size in array.tensor.sizes)
        if array.name not in arrays:
            raise DataError(
                f"the point: {array.name} is missing; give {', '.join(a.name for a in program.of_kind(*GIVEN))}"
            )
        own = np.asarray(arrays[array.name], dtype=float)
        if own.size != prod(shape):
            raise DataError(f"the point: {array.name} has shape {own.shape}, wanted {shape}")
        found[array.tensor] = own.reshape(shape)
    return found


def point_of(program: Program, world: SmallWorld) -> dict[str, object]:
    """Return the numbers that are given in a world, by the names of their arrays."""
    found: dict[str, object] = {}
    for array in program.of_kind(*GIVEN):
        spans = [world.range(*axis) for axis in array.tensor.axes]
        found[array.name] = _nested(world, array.tensor, spans, ())
    return found


def _nested(world: SmallWorld, tensor: Tensor, spans: Sequence[range], position: tuple[int, ...]) -> object:
    if not spans:
        return float(world.entry(tensor, position))
    return [_nested(world, tensor, spans[1:], (*position, place)) for place in spans[0]]


def parts_of_line(sides: Sequence[Expr], place: Mapping[Symbol, int], numbers: Mapping[Expr, int]) -> list[Expr]:
    """Return the entries and derivatives that stand in the sides at a place, those inside of sums one by one."""
    found: dict[Expr, None] = {}
    for side in sides:
        whole = _unrolled(put(side, {symbol: Integer(value) for symbol, value in place.items()}), numbers)
        partials = whole.atoms(Partial)
        outside = whole.xreplace(dict.fromkeys(partials, Integer(1))).atoms(Indexed)
        found |= dict.fromkeys(sorted({*partials, *outside}, key=str))
    return [part for part in found if not free_indices(part)]


def _unrolled(e: Expr, numbers: Mapping[Expr, int]) -> Expr:
    """Return an expression with its sums written out, where they are short."""
    if isinstance(e, Sum) and len(e.limits) == 1:
        symbol, *ends = e.limits[0]
        known = {size: Integer(number) for size, number in numbers.items()}
        first, last = (end.xreplace(known) for end in ends)
        if first.is_Integer and last.is_Integer and last - first < MOST_TERMS:
            places = (Integer(n) for n in range(int(first), int(last) + 1))
            return Add(*(_unrolled(e.function.xreplace({symbol: place}), numbers) for place in places))
        return e
    if not e.has(Sum):
        return e
    return e.func(*(_unrolled(part, numbers) for part in e.args))

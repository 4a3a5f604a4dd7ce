"""What the sizes of a program must satisfy so that every entry that is read lies in its array.

x[2 i + u - 2]  of x[N],  i = 1..M,  u = 1..K        N - (2 M + K - 2) >= 0
max_u f_u,  u = 3..K                                  K - 3 >= 0
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, product
from typing import TypeAlias

from sympy import (
    Eq,
    Expr,
    Gt,
    Indexed,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    S,
    Sum,
    Symbol,
    ceiling,
    floor,
    log,
)
from sympy.core.function import AppliedUndef

from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Where
from symbackprop.network.largest import BINDERS, Chosen, Largest
from symbackprop.network.notation import Axis, is_size
from symbackprop.network.program import Equation, free_indices

_FREE_OF_INDICES = (Indexed, *BINDERS)

Numbers = Mapping[Expr, int]


@dataclass(frozen=True, slots=True)
class Need:
    """One of `differences`, all in sizes alone, must be 0 or more: `entry` is read in its axis number `axis` then.

    An index, which is in no axis, has a value then, as it must where what is taken over it has to be there: a largest
    value, a mean, a sum that is divided by or that a logarithm is taken of."""

    differences: tuple[Expr, ...]
    entry: Indexed | Symbol
    axis: int | None = None

    @property
    def emptiness(self) -> str:
        """What is said of an index that has no value, and must have one."""
        return f"{self.entry} may run over nothing, of which there is no mean, largest or logarithm"

    def lack(self, numbers: Numbers) -> int:
        """Return how much is missing with these numbers; 0 where nothing is, or where a size has no number."""
        values = [number_of(difference, numbers) for difference in self.differences]
        return 0 if None in values else max(0, -max(value for value in values if value is not None))


def bounds_of(end: Expr, kind: type[Expr] | tuple[type[Expr], ...]) -> tuple[Expr, ...]:
    """Return what the first value of a range is the largest of, with Max, or the last the smallest of, with Min."""
    return end.args if isinstance(end, kind) else (end,)


def sizes_in(end: Expr) -> set[Expr]:
    """Return the sizes that the end of an axis is made of: symbols, and widths n(l) as a whole."""
    if isinstance(end, Symbol | AppliedUndef):
        return {end} if is_size(end) else set()
    return {size for part in end.args for size in sizes_in(part)}


def needs_of(equations: Iterable[Equation]) -> tuple[Need, ...]:
    """Return what the readings of the equations need, each need once; most programs need nothing.

    What a case distinction or a Kronecker delta on places keeps from being read needs nothing."""
    found: dict[tuple[Expr, ...], Need] = {}
    for equation in equations:
        for need in _needs_of(equation):
            found.setdefault(need.differences, need)
    return tuple(found.values())


@lru_cache(maxsize=2**10)
def _needs_of(equation: Equation) -> tuple[Need, ...]:
    return tuple(_read(equation.expression, dict(equation.ranges), ()))


Guards: TypeAlias = tuple[Expr, ...]  # what is 0 or more where a case distinction on places reads at all
IN_TWO_WAYS, BY_VALUES = S.Zero, S.Infinity  # of a case that is taken more often than one of them says


def _read(e: Expr, ranges: dict[Symbol, Axis], guards: Guards) -> Iterator[Need]:
    """Yield the needs of all that an expression reads; `ranges` are those of the indices around, outermost first."""
    if isinstance(e, Indexed):
        yield from _entry(e, ranges, guards)
    elif isinstance(e, BINDERS):
        inside = dict(ranges)
        for symbol, first, last in (limit.args for limit in reversed(e.limits)):
            inside.pop(symbol, None)
            inside[symbol] = (first, last)
        if isinstance(e, Largest):
            yield from _values(e, ranges, guards)
        yield from _read(e.function, inside, guards)
    elif isinstance(e, Chosen):
        yield from _read(e.largest, ranges, guards)
    elif isinstance(e, Where):
        yield from chain.from_iterable(_read(part, ranges, guards) for part in e.args[:2])
        for part, holds in zip(e.args[2:], (True, False), strict=True):
            ways = ways_of_case(e, holds=holds)
            met = [way for way in ways if not any(is_everywhere(-guard - 1, ranges) for guard in way)]
            way = met[0] if len(met) == 1 else (IN_TWO_WAYS,) if ways else (BY_VALUES,)
            yield from _read(part, ranges, (*guards, *way))
    elif not (isinstance(e, Piecewise) and _asks_for_places(e)) and not (
        isinstance(e, Mul) and any(isinstance(factor, KroneckerDelta) for factor in e.args)
    ):
        for part in e.args:
            if isinstance(part, Sum) and isinstance(e, Mul) and _is_counted(part, e):
                yield from _values(part, ranges, guards)
            elif isinstance(part, Sum) and (isinstance(e, log) or (isinstance(e, Pow) and e.exp.is_negative)):
                yield from _values(part, ranges, guards) if BY_VALUES not in guards else ()
        yield from chain.from_iterable(_read(part, ranges, guards) for part in e.args)


def _is_counted(total: Sum, product: Mul) -> bool:
    """Tell whether a sum is divided by the number of its terms."""
    count = Mul(*(last - first + 1 for _, first, last in total.limits))
    return set(Mul.make_args(1 / count)) <= set(product.args)


def _values(e: Expr, ranges: Mapping[Symbol, Axis], guards: Guards) -> Iterator[Need]:
    """Yield what a value of each index needs, each index at its better end: of j = i + 1..N, i = 1..N the 1 of i."""
    inside = {symbol: (first, last) for symbol, first, last in map(tuple, e.limits)}
    for symbol, (first, last) in inside.items():
        ends = product(bounds_of(last, Min), bounds_of(first, Max))
        for end, start in ends:
            difference = end - start
            for other, (low, high) in inside.items():  # the innermost first
                difference = difference.xreplace({other: high if difference.coeff(other) > 0 else low})
            if not difference.has(floor, ceiling):
                yield from _needed(difference, (symbol, None), ranges, guards)


def ways_of_case(e: Where, *, holds: bool) -> tuple[Guards, ...]:
    """Return the ways in which one case of a distinction is taken: what is 0 or more in each of them, and there alone.

    Of u == v there are two in which it does not hold; none where values decide."""
    gap = e.gap.expand()
    if not _places(gap) or any(isinstance(part, _FREE_OF_INDICES) for part in gap.as_coefficients_dict()):
        return ()
    if e.relation is Eq:
        return ((gap, -gap),) if holds else ((gap - 1,), (-gap - 1,))
    strict = int((e.relation is Gt) == holds)
    return ((gap - strict,),) if holds else ((-gap - strict,),)


def _asks_for_places(e: Piecewise) -> bool:
    """Tell whether an index decides which case holds: a reading outside of its array may never be made."""
    return any(_places(condition) for _, condition in e.args)


def _places(e: Expr) -> bool:
    if isinstance(e, _FREE_OF_INDICES):
        return False
    return bool(free_indices(e)) if isinstance(e, Symbol) else any(map(_places, e.args))


def _entry(entry: Indexed, ranges: Mapping[Symbol, Axis], guards: Guards) -> Iterator[Need]:
    for number, (place, axis) in enumerate(zip(entry.indices, entry.base.axes, strict=True)):
        if place in axis or (isinstance(place, Symbol) and ranges.get(place) == axis):
            continue
        for difference in (place - axis[0], axis[1] - place):
            yield from _needed(difference, (entry, number), ranges, guards)


def _needed(
    difference: Expr, what: tuple[Expr, int | None], ranges: Mapping[Symbol, Axis], guards: Guards
) -> Iterator[Need]:
    """Yield what makes a difference 0 or more wherever the guards and the ranges let it be read."""
    entry, axis = what
    guards = tuple(guard for guard in guards if guard != BY_VALUES and (axis is None or guard != IN_TWO_WAYS))
    ways = [_smallest(way, ranges) for way in _beyond(difference.expand(), guards)]
    for every in product(*ways):
        options = tuple(chain.from_iterable(every))
        if any(map(_is_never_negative, options)) or not (axis is None or any(map(sizes_in, options))):
            continue
        if not guards or any(map(_can_be_lifted, options)):
            yield Need(options, entry, axis)


def _beyond(difference: Expr, guards: Guards) -> Iterator[Expr]:
    """Yield what is >= 0 only where the difference is: itself, and it without what guards add to it.

    A guard counts as often as makes an index vanish: of N - 2 i, where n - i >= 0, N - 2 n is left."""
    yield difference
    for place, guard in enumerate(guards):
        shares = {difference.coeff(index) / guard.coeff(index) for index in free_indices(guard)}
        for share in sorted(share for share in shares if share.is_positive):
            yield from _beyond((difference - share * guard).expand(), guards[place + 1 :])


def _can_be_lifted(e: Expr) -> bool:
    return any(is_size(part) and c > 0 for part, c in e.as_coefficients_dict().items())


def _smallest(e: Expr, ranges: Mapping[Symbol, Axis]) -> tuple[tuple[Expr, ...], ...]:
    """Return what makes e >= 0 wherever its indices are in their ranges: of each of these, one must be >= 0.

    An index is put to the end of its range at which e is smallest, the innermost first. From max(a, b) on, either a or
    b will do; from min(a, b) on, both must."""
    for symbol in reversed(ranges):
        if symbol not in e.free_symbols:
            continue
        slope = e.coeff(symbol, 1)
        if not slope.is_Rational or (rest := (e - slope * symbol).expand()).has(symbol):
            return ()
        end = ranges[symbol][0 if slope > 0 else 1]
        helping, harming = (Max, Min) if slope > 0 else (Min, Max)
        outer = dict(zip(list(ranges)[: list(ranges).index(symbol)], ranges.values(), strict=False))
        ends = bounds_of(end, (Max, Min))
        each = [_smallest((rest + slope * _unrounded(part, up=slope < 0)).expand(), outer) for part in ends]
        if isinstance(end, harming):
            return tuple(chain.from_iterable(each))
        assert len(ends) == 1 or isinstance(end, helping)
        return tuple(tuple(chain.from_iterable(options)) for options in product(*each))
    return ((e,),)


def is_everywhere(e: Expr, ranges: Mapping[Symbol, Axis]) -> bool:
    """Tell whether e >= 0 wherever its indices are in their `ranges`, the outermost first; False if in doubt."""
    found = _smallest(e, ranges)
    return bool(found) and all(any(map(_is_never_negative, options)) for options in found)


def _unrounded(end: Expr, *, up: bool) -> Expr:
    """Return an end of a range without rounding: not larger than it, or with `up` not smaller."""
    values = {}
    for rounded in end.atoms(ceiling, floor):
        inner = rounded.args[0]
        below = inner.expand().as_numer_denom()[1]
        away = isinstance(rounded, ceiling) == up
        values[rounded] = inner + (1 if up else -1) * (below - 1) / below if away else inner
    return end.xreplace(values)


def _is_never_negative(e: Expr) -> bool:
    """Tell whether e >= 0 for all sizes, each of them 1 or more."""
    if not all(part.is_Integer or is_size(part) for part in e.as_coefficients_dict()):
        return False
    parts = e.as_coefficients_dict()
    return all(c >= 0 for part, c in parts.items() if part != 1) and sum(parts.values()) >= 0


def number_of(e: Expr, numbers: Numbers) -> int | None:
    """Return a whole number made of sizes; None where a part of it has no number."""
    if e.has(Max, Min) and not e.free_symbols <= numbers.keys():
        return None  # SymPy takes long to look for an order among what has none
    value = e.xreplace(numbers)
    return int(value) if isinstance(value, int) or value.is_Integer else None  # of a symbol alone, it's Python's int

"""Sums over the windows that an entry lies in, turned round: every window spreads what it has over its entries.

Σ_i δ[i] k[p - 2 i + 2], i from ⌈(p - K + 2)/2⌉ to ⌊(p + 1)/2⌋        with u = p - 2 i + 2: d[2 i + u - 2] += δ[i] k[u]

The array over (u, i) is a product like any other. It is added up by one shifted addition for each u, or for each i
where these are fewer; a place p that no window has stays 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy import Dummy, Expr, Indexed, KroneckerDelta, Max, Min, Mul, S, Sum, Symbol

from symbackprop.calculus.indices import put
from symbackprop.calculus.inequalities import without_rounding
from symbackprop.network.largest import Chosen
from symbackprop.network.needs import bounds_of
from symbackprop.network.notation import Axis
from symbackprop.network.program import free_indices
from symbackprop.numerics.arrays.choosing import candidates
from symbackprop.numerics.arrays.correlating import spread_products
from symbackprop.numerics.arrays.moving import Window
from symbackprop.numerics.arrays.places import Frame, Labelled, apart_from, in_order
from symbackprop.numerics.arrays.pooling import pool_behind
from symbackprop.numerics.arrays.ranges import furthest
from symbackprop.numerics.elementwise import bare

if TYPE_CHECKING:
    from symbackprop.numerics.arrays.writing import ArrayWriter


def spread_sum(total: Sum, frame: Frame, writer: ArrayWriter) -> Labelled | None:
    """Return a sum over windows as an array, in the order of the frame; None for a sum that is no such thing."""
    found = _windows(total, frame)
    if not found:
        return None
    axes_of_frame = list(frame.axes)
    windows = tuple(sorted(found, key=lambda window: axes_of_frame.index(window.target)))
    ones = {factor: S.One for factor in found.values() if isinstance(factor, KroneckerDelta)}
    function = put(total.function.xreplace(ones), {window.target: window.place for window in windows})
    limits = [limit for limit in total.limits if limit.args[0] not in {window.summed for window in windows}]
    chosen = None if limits else _choice(function, windows)
    if chosen is not None:  # of equal entries the first counts: windows in the order of the places
        outer_first = chosen.places[::-1]
        windows = tuple(sorted(windows, key=lambda window: outer_first.index(window.offset)))
    inside = _inside(windows, function, frame)
    lengths = ", ".join(frame.count(window.target) for window in windows)
    steps = ", ".join(window.step(frame) for window in windows)
    made = _in_one_call(function, chosen or limits, (windows, frame, inside), writer)
    if made is not None:
        return made
    if chosen is None:
        part = writer.value(Sum(function, *limits) if limits else function, inside)
        rest = frame.ordered(set(part.axes))
        arrays = _ordered(part, (*_offsets(windows), *_summed(windows), *rest), inside, writer)
        text = f"spread({arrays}, ({lengths},), ({steps},))"
    else:
        part, largest = writer.value(function / chosen, inside), apart_from(chosen.largest, inside)
        places, inner, own = candidates(largest, inside, writer)
        rest = frame.ordered({*part.axes, *places.axes})
        arrays = _ordered(part, (*_summed(windows), *rest), inside, writer)
        at = {place: symbol for place, symbol in zip(reversed(chosen.places), own, strict=True)}
        axes = (*(at[offset] for offset in _offsets(windows)), *_summed(windows), *rest)
        text = f"spread_to_largest({arrays}, {_ordered(places, axes, inner, writer)}, ({lengths},), ({steps},))"
    return in_order(Labelled(text, (*(window.target for window in windows), *rest)), frame)


def _in_one_call(
    function: Expr, rest: Chosen | list[Expr], said: tuple[tuple[Window, ...], Frame, Frame], writer: ArrayWriter
) -> Labelled | None:
    """Return what a library with convolutions spreads at once: products of two arrays, or what the largest get."""
    windows, frame, inside = said
    if writer.sizes is None:
        return None
    if not isinstance(rest, Chosen):
        others = {limit.args[0]: limit.args[1:] for limit in rest}
        return spread_products(Mul.make_args(function), (others, windows), frame, writer)
    behind = pool_behind(rest, windows, (frame, inside), writer.sizes)
    if behind is None or not free_indices(function / rest) <= set(behind[0].axes):
        return None
    pool, targets = behind
    own = Frame({symbol: inside.ranges[symbol] for symbol in pool.axes})
    array = bare(writer.whole(writer.value(function / rest, own), pool.axes, own))
    return in_order(Labelled(pool.spread(array, inside, writer), (*pool.along, *targets)), frame)


def _choice(function: Expr, windows: tuple[Window, ...]) -> Chosen | None:
    """Return the factor that chooses among the places of the windows, where no other factor knows of these."""
    offsets = set(_offsets(windows))
    found = [factor for factor in Mul.make_args(function) if offsets & free_indices(factor)]
    if len(found) == 1 and isinstance(found[0], Chosen) and set(found[0].places) == offsets:
        return None if offsets & free_indices(found[0].largest) else found[0]
    return None


def _offsets(windows: tuple[Window, ...]) -> tuple[Symbol, ...]:
    return tuple(window.offset for window in windows)


def _summed(windows: tuple[Window, ...]) -> tuple[Symbol, ...]:
    return tuple(window.summed for window in windows)


def _ordered(part: Labelled, axes: tuple[Symbol, ...], frame: Frame, writer: ArrayWriter) -> str:
    """Return the text of an array that has all of these axes, in this order."""
    ranged = Frame({symbol: frame.ranges[symbol] for symbol in axes}, frame.numbers)
    if set(part.axes) == set(axes):
        return bare(in_order(part, ranged).text)
    whole = tuple(symbol for symbol in frame.axes if symbol in axes)
    text = writer.whole(in_order(part, Frame({symbol: frame.ranges[symbol] for symbol in whole})), whole, frame)
    return in_order(writer.keep(Labelled(text, whole)), ranged).text


def _inside(windows: tuple[Window, ...], function: Expr, frame: Frame) -> Frame:
    """Return the frame of what is spread: places first, and last what goes along with the windows.

    So one shifted addition moves what lies together in memory: all samples at one place of an image."""
    summed, targets = {window.summed for window in windows}, {window.target for window in windows}
    factors = [free_indices(factor) for factor in Mul.make_args(function)]
    along = {symbol for factor in factors if factor & summed for symbol in factor} - summed
    others = [symbol for symbol in frame.ranges if symbol not in targets]
    ranges = {window.offset: window.axis for window in windows}
    ranges |= {symbol: frame.ranges[symbol] for symbol in others if symbol not in along}
    ranges |= {window.summed: window.span for window in windows}
    ranges |= {symbol: frame.ranges[symbol] for symbol in others if symbol in along}
    return Frame(ranges, frame.numbers)


def _windows(total: Sum, frame: Frame) -> dict[Window, Expr]:
    """Return each pair of a summed index and one of the frame that occur as p - s i in one place, with that factor."""
    found: dict[Window, Expr] = {}
    factors = Mul.make_args(total.function)
    for limit in total.limits:
        others = [end for other in total.limits if other != limit for end in other.args[1:]]
        for factor in factors:
            for place, axis in _places(factor):
                window = _window(place, axis, limit.args, frame)
                if window is None or any(known.target == window.target for known in found):
                    continue
                occurs = sum(window.target in free_indices(p) for each in factors for p in _parts(each))
                if occurs == 1 and not any(end.has(window.target) for end in others):
                    found[window] = factor
                    break
            if any(known.summed == limit.args[0] for known in found):
                break
    return found


def _places(factor: Expr) -> Iterator[tuple[Expr, Axis]]:
    """Yield every place that a factor is read at, and the range that it lies in; of a delta, the one where it's 1."""
    if isinstance(factor, Indexed):
        yield from zip(factor.indices, factor.base.axes, strict=True)
    elif isinstance(factor, Chosen):
        yield from zip(factor.places, (limit.args[1:] for limit in factor.largest.limits), strict=True)
    elif isinstance(factor, KroneckerDelta):
        yield (factor.args[0] - factor.args[1] + 1).expand(), (S.One, S.One)


def _parts(factor: Expr) -> tuple[Expr, ...]:
    """Return the parts of a factor in any of which an index may occur."""
    if isinstance(factor, Chosen):
        return (*factor.places, factor.largest)
    return factor.indices if isinstance(factor, Indexed) else (factor,)


def _window(place: Expr, axis: Axis, limit: tuple[Expr, ...], frame: Frame) -> Window | None:
    """Return the window of a place u = ±(p - s i) + …, if the range of i says no more than that u lies in its axis."""
    summed, first, last = limit
    place = place.expand()
    targets = [symbol for symbol in frame.axes if symbol in place.free_symbols]
    if len(targets) != 1 or summed not in place.free_symbols or _free(axis):
        return None
    (target,) = targets
    turn, slope = place.coeff(target, 1), place.coeff(summed, 1)
    rest = (place - turn * target - slope * summed).expand()
    if turn not in (1, -1) or not slope.is_Integer or slope * turn >= 0 or free_indices(rest):
        return None
    implied = [(place - axis[0]).expand(), (axis[1] - place).expand()]
    ends = []
    for end, kind, sign in ((first, Max, 1), (last, Min, -1)):
        bounds = bounds_of(end, kind)
        fixed = [bound for bound in bounds if not free_indices(bound)]
        for bound in bounds:
            if bound not in fixed and without_rounding((sign * (summed - bound)).expand()) not in implied:
                return None
        ends.append(kind(*fixed) if fixed else kind(*(furthest(b, frame.ranges, frame, up=sign < 0) for b in bounds)))
    offset = Dummy(f"{summed}", integer=True)
    return Window(target, summed, offset, int(-turn * slope), int(turn), -turn * rest, axis, tuple(ends))


def _free(axis: Axis) -> bool:
    return bool(free_indices(axis[0]) | free_indices(axis[1]))

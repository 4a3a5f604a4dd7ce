"""Sums of products along shifted places as one call of a library that has it: a kernel moves over an array.

z[s, o, i] = Σ_{c,u} W[o, c, u] x[s, c, 2 i + u - 2]      conv1d(x, W, None, stride=(2,))
the same + b[o]                                           conv1d(x, W, b, stride=(2,))
d_W[o, c, u] = Σ_{s,i} δ[s, o, i] x[s, c, 2 i + u - 2]    conv1d_weight(x, (n_o, n_c, n_K), δ, stride=(2,))
d_x[s, c, p] = Σ_{o,i} W[o, c, p - 2 i + 2] δ[s, o, i]    conv1d_input((n_m, n_c, n_P), W, δ, stride=(2,))

What an array is called makes no difference: the places that it is read at tell all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, Max, Min, Mul, Sum, Symbol

from symbackprop.calculus.inequalities import without_rounding
from symbackprop.frozen import dataclass
from symbackprop.network.needs import bounds_of
from symbackprop.network.notation import Axis
from symbackprop.network.program import free_indices
from symbackprop.numerics.arrays.counts import count_text
from symbackprop.numerics.arrays.moving import (
    Bounds,
    Move,
    Step,
    Window,
    counts_text,
    forwards,
    framed,
    laid,
    length,
    result,
    step_of,
    upwards,
    words_of,
)
from symbackprop.numerics.arrays.places import Frame, Labelled, aligned, apart_from
from symbackprop.numerics.elementwise import bare

if TYPE_CHECKING:
    from symbackprop.numerics.arrays.writing import ArrayWriter

MOST_AXES = 3  # along which a kernel moves


@dataclass(frozen=True, slots=True)
class _Roles:
    """What the other indices of two factors are: of the first alone, of both and summed, of the second alone."""

    first: Symbol | None
    both: Symbol | None
    second: Symbol | None


def correlation(total: Sum, frame: Frame, writer: ArrayWriter, bias: Indexed | None = None) -> Labelled | None:
    """Return a sum as a correlation, in the order of the frame; None for one that is none.

    `bias` is a term to be added, which has to be an entry of an array with the index of the kernel's own alone."""
    total = apart_from(total, frame)
    pair = Mul.make_args(total.function)
    if frame.numbers or len(pair) != 2 or not all(isinstance(factor, Indexed) for factor in pair):
        return None
    bounds = {limit.args[0]: limit.args[1:] for limit in total.limits}
    for array, kernel in (pair, pair[::-1]):
        steps = _steps(array, kernel, bounds, frame)
        roles = _roles(array, kernel, [step.inner for step in steps], (bounds, frame.ranges)) if steps else None
        if roles is not None and (bias is None or _is_along(bias, roles.second, frame)):
            return _moved((array, kernel), (steps, roles, bias), frame, writer)
    return None


def with_bias(e: Expr, frame: Frame, writer: ArrayWriter) -> Labelled | None:
    """Return b[o] + Σ … as one correlation, or a product of matrices with what is added to it; None for another sum."""
    totals = [term for term in e.args if isinstance(term, Sum)]
    others = [term for term in e.args if isinstance(term, Indexed)]
    if not isinstance(e, Add) or [len(e.args), len(totals), len(others)] != [2, 1, 1]:
        return None
    found = correlation(totals[0], frame, writer, others[0]) if len(others[0].indices) == 1 else None
    return found or _added(totals[0], others[0], frame, writer)


def _added(total: Sum, other: Indexed, frame: Frame, writer: ArrayWriter) -> Labelled | None:
    """Return an entry and a product of two matrices as one call, "added(b, x, W.T)"."""
    if len(frame.axes) != 2 or len(total.atoms(Indexed)) != 2 or total in writer.common or total.limits[1:]:
        return None
    product, bias = writer.value(total, frame, whole=True), writer.value(other, frame)
    text = bare(product.text)
    if (
        " @ " in text
        and text.count(" ") == 2
        and product.axes == frame.axes
        and bias.axes in (frame.axes, frame.axes[1:])
    ):
        return Labelled(f"added({bias.text}, {text.replace(' @', ',')})", frame.axes)
    axes = frame.ordered({*product.axes, *bias.axes})
    return Labelled(f"{aligned(bias, axes)} + {aligned(writer.keep(product), axes)}", axes)


def _moved(
    pair: tuple[Indexed, Indexed],
    said: tuple[Sequence[Step], _Roles, Indexed | None],
    frame: Frame,
    writer: ArrayWriter,
) -> Labelled | None:
    """Return the call: of a convolution, or of its derivative by the kernel, where what moves is the larger one."""
    (array, kernel), (steps, roles, bias) = pair, said
    assert writer.sizes is not None
    moves = [_move(step, array, kernel, frame) for step in steps]
    if writer.sizes.usual(m.size for m in moves) < writer.sizes.usual(m.count for m in moves):
        return None  # a kernel that moves over what is smaller than the result: that is spread
    inner, own = [step.inner for step in steps], [step.own for step in steps]
    names = {step.own: step.inner for step in steps}
    is_by_kernel = bias is None and writer.sizes.usual(m.width for m in moves) > writer.sizes.usual(
        m.count for m in moves
    )
    back = [2 + n for n, move in enumerate(moves) if move.turn < 0]
    turned = [2 + n for n, move in enumerate(moves) if move.stride < 0]
    moves = [forwards(upwards(move)) for move in moves]
    moves = [move.turned for move in moves] if is_by_kernel else moves
    ends = (roles.both, roles.first) if is_by_kernel else (roles.first, roles.both)
    one, words = framed(laid(array, names, (*ends, *inner), writer), moves, frame, writer.sizes)
    ends = (roles.both, roles.second) if is_by_kernel else (roles.second, roles.both)
    other = _flipped(laid(kernel, {}, (*ends, *inner), writer), back)
    if not is_by_kernel:
        added = "" if bias is None else f", {writer.names[bias.base]}"
        text = f"conv{len(steps)}d({one}, {other}{added}{words})"
        return result(_flipped(text, turned), (roles.first, roles.second), own, frame)
    counts = counts_text((roles.second, roles.first, *own), frame)
    text = _flipped(f"conv{len(steps)}d_weight({one}, {counts}, {other}{words})", turned)
    return result(text, (roles.second, roles.first), own, frame)


def spread_products(
    pair: Sequence[Expr], said: tuple[Bounds, Sequence[Window]], frame: Frame, writer: ArrayWriter
) -> Labelled | None:
    """Return Σ of products of two arrays, one read along the windows, the other at each of their places, spread.

    `said` are the bounds of what is summed besides, and the windows; None where there are other factors."""
    limits, windows = said
    summed, offsets = ([getattr(window, name) for window in windows] for name in ("summed", "offset"))
    if frame.numbers or len(pair) != 2 or not all(isinstance(factor, Indexed) for factor in pair):
        return None
    outer = {s: axis for s, axis in frame.ranges.items() if s not in [window.target for window in windows]}
    for error, kernel in (pair, pair[::-1]):
        axes = dict(zip((*error.indices, *kernel.indices), (*error.base.axes, *kernel.base.axes), strict=True))
        is_whole = all((axes.get(w.summed), axes.get(w.offset)) == (w.span, w.axis) for w in windows)
        apart = set(summed).isdisjoint(kernel.indices) and set(offsets).isdisjoint(error.indices)
        plain = all(place.is_Symbol for place in error.indices)
        roles = _roles(error, kernel, [*summed, *offsets], (limits, outer)) if is_whole and apart and plain else None
        if roles is not None:
            return _spread(((error, summed), (kernel, offsets)), (windows, roles), frame, writer)
    return None


def _spread(
    pair: tuple[tuple[Indexed, Sequence[Symbol]], tuple[Indexed, Sequence[Symbol]]],
    said: tuple[Sequence[Window], _Roles],
    frame: Frame,
    writer: ArrayWriter,
) -> Labelled:
    """Return the derivative of a convolution by what its kernel moves over, the smaller of both being the kernel."""
    (error, kernel), (windows, roles) = pair, said
    assert writer.sizes is not None
    moves = [
        Move(w.start(frame), w.stride, w.turn, length(frame.ranges[w.target]), length(w.span), length(w.axis))
        for w in windows
    ]
    is_larger = writer.sizes.usual(m.width for m in moves) > writer.sizes.usual(m.count for m in moves) > 0
    if is_larger and all(move.turn > 0 for move in moves):
        error, kernel, moves = kernel, error, [move.turned for move in moves]
        roles = _Roles(roles.second, roles.both, roles.first)
    back = [2 + n for n, move in enumerate(moves) if move.turn < 0]
    moves = [forwards(move) for move in moves]
    targets, ends = [window.target for window in windows], ""
    others = counts_text((roles.first, roles.second), frame)[1:-1]
    if all(move.is_plain(writer.sizes) for move in moves):
        sizes = [move.size for move in moves]
        words = words_of(moves, frame, margins=True)
    else:
        sizes, words = [move.reach for move in moves], words_of(moves, frame, margins=False)
        pairs = [(move.start, (move.size - move.start - move.reach).expand()) for move in reversed(moves)]
        ends = ", ".join(count_text(end, frame.numbers) for pair in pairs for end in pair)
    counts = ", ".join(count_text(size, frame.numbers) for size in sizes)
    one = laid(error[0], {}, (roles.first, roles.both, *error[1]), writer)
    other = _flipped(laid(kernel[0], {}, (roles.both, roles.second, *kernel[1]), writer), back)
    text = f"conv{len(moves)}d_input(({others}, {counts}), {other}, {one}{words})"
    return result(f"pad({text}, ({ends}))" if ends else text, (roles.first, roles.second), targets, frame)


def _steps(array: Indexed, kernel: Indexed, bounds: Bounds, frame: Frame) -> list[Step]:
    """Return the steps at which an array is read beside a kernel; none where it is read otherwise."""
    plain = {place: axis for place, axis in zip(kernel.indices, kernel.base.axes, strict=True) if place.is_Symbol}
    known = {symbol: plain[symbol] for symbol in bounds if symbol in plain}
    steps = []
    for place, axis in zip(array.indices, array.base.axes, strict=True):
        if place.is_Symbol:
            continue
        step = step_of(place, axis, (frame.ranges, known))
        if step is None or not _covers(bounds[step.inner], plain[step.inner], (place, axis), step.inner):
            return []
        steps.append(step)
    read = [symbol for place in array.indices for symbol in free_indices(place)]
    alone = all(read.count(symbol) == 1 for step in steps for symbol in (step.own, step.inner))
    apart = not any(step.own in plain for step in steps)
    return steps if alone and apart and len(steps) <= MOST_AXES else []


def _covers(limits: tuple[Expr, ...], own: Axis, at: tuple[Expr, Axis], inner: Symbol) -> bool:
    """Tell whether bounds say no more than that an index lies in its axis, and a place with it in that of an array."""
    place, axis = at
    implied = [(place - axis[0]).expand(), (axis[1] - place).expand()]
    for end, kind, sign, edge in ((limits[0], Max, 1, own[0]), (limits[1], Min, -1, own[1])):
        for bound in bounds_of(end, kind):
            if bound != edge and without_rounding((sign * (inner - bound)).expand()) not in implied:
                return False
    return True


def _roles(first: Indexed, second: Indexed, moving: Sequence[Symbol], ranges: tuple[Bounds, Bounds]) -> _Roles | None:
    """Return what the indices beside those of the places are; None where there are more, or not along whole axes."""
    own = [
        {p: axis for p, axis in zip(factor.indices, factor.base.axes, strict=True) if p.is_Symbol and p not in moving}
        for factor in (first, second)
    ]
    bound, outer = ranges
    both = own[0].keys() & own[1].keys()
    groups = (own[0].keys() - both, both, own[1].keys() - both)
    if any(len(group) > 1 for group in groups) or not all(p.is_Symbol for p in second.indices):
        return None
    if both != bound.keys() - set(moving) or not (groups[0] | groups[2]) <= outer.keys():
        return None
    known = {**outer, **bound}
    if any(known[symbol] != axis for axes in own for symbol, axis in axes.items()):
        return None
    return _Roles(*(next(iter(group), None) for group in groups))


def _is_along(entry: Indexed, symbol: Symbol | None, frame: Frame) -> bool:
    return symbol is not None and entry.indices == (symbol,) and entry.base.axes == (frame.ranges[symbol],)


def _move(step: Step, array: Indexed, kernel: Indexed, frame: Frame) -> Move:
    (size,) = (a for p, a in zip(array.indices, array.base.axes, strict=True) if step.own in p.free_symbols)
    width = kernel.base.axes[kernel.indices.index(step.inner)]
    return Move(step.start, step.stride, step.turn, length(size), length(frame.ranges[step.own]), length(width))


def _flipped(text: str, axes: Sequence[int]) -> str:
    return f"np.flip({text}, {tuple(axes)})" if axes else text

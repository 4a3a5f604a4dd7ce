"""The largest of many and where it is found: a reduction over axes, and a mask with 1 at the first of the largest.

m[i] = max_j x[i, j]                             np.max over an axis; of a window, one comparison for each place in it
∂m[i]/∂x[i, q] = [q is the first argmax]         first_of_largest(…)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Symbol

from symbackprop.calculus.inequalities import never_negative
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import Tensor
from symbackprop.network.program import entries, free_indices
from symbackprop.numerics.arrays.places import Frame, Labelled, aligned, apart_from, factor_text, in_order, view
from symbackprop.numerics.arrays.pooling import pooled
from symbackprop.numerics.arrays.ranges import regular
from symbackprop.numerics.elementwise import bare

if TYPE_CHECKING:
    from symbackprop.numerics.arrays.writing import ArrayWriter


def candidates(e: Largest, frame: Frame, writer: ArrayWriter) -> tuple[Labelled, Frame, tuple[Symbol, ...]]:
    """Return what a largest is taken of, the frame with its indices, and these, outermost first.

    Where a bound depends on an index, what lies beyond it is -inf."""
    fair = regular(e, frame)
    inner = frame.inside(fair.ranges)
    part = writer.value(fair.function, inner)
    if fair.conditions:
        mask = writer.mask(fair.conditions, inner)
        axes = inner.ordered({*mask.axes, *part.axes})
        part = Labelled(f"np.where({aligned(mask, axes)}, {bare(aligned(part, axes))}, -np.inf)", axes)
    return part, inner, tuple(limit.args[0] for limit in reversed(e.limits))


def largest(e: Largest, frame: Frame, writer: ArrayWriter) -> Labelled:
    """Return the largest, over the indices of the frame that it depends on."""
    e = apart_from(e, frame)
    if writer.sizes and (found := pooled(e, frame, writer)) is not None:
        return in_order(found, frame)
    part, _, symbols = candidates(e, frame, writer)
    places = tuple(place for place, symbol in enumerate(part.axes) if symbol in symbols)
    axes = tuple(symbol for symbol in part.axes if symbol not in symbols)
    if not places:
        return part
    if _is_window(e, symbols):
        return Labelled(f"largest({bare(part.text)}, {places})", axes)
    is_filled = all(never_negative(last - first, {}) for _, first, last in map(tuple, e.limits))
    of_nothing = "" if is_filled else ", initial=-np.inf"  # of 1..N - 1 there is no value at N = 1
    axis = places if len(places) > 1 else places[0]
    return Labelled(f"{factor_text(part.text)}.max(axis={axis}{of_nothing})", axes)


def _is_window(e: Largest, symbols: tuple[Symbol, ...]) -> bool:
    """Tell whether the largest is looked for at the places of a window, which are few, and strewn in memory."""
    positions = [position for entry in entries(e.function) for position in entry.indices]
    return any(len(free_indices(position)) > 1 and free_indices(position) & set(symbols) for position in positions)


def chosen(e: Chosen, frame: Frame, writer: ArrayWriter) -> Labelled:
    """Return 1 at the places of the first of the largest: a mask over all places, read at those of the entry."""
    of = apart_from(e.largest, frame)
    outer = frame.ordered(free_indices(of))
    symbols = tuple(limit.args[0] for limit in reversed(of.limits))
    mask = writer.kept(Chosen(symbols[::-1], of), frame, lambda _, inside: _first(of, outer, inside, writer))
    inner = frame.inside(regular(of, frame).ranges)
    stand_in = Tensor("mask", None, tuple(inner.ranges[symbol] for symbol in (*outer, *symbols)))
    return view(stand_in[(*outer, *reversed(e.places))], mask.text, frame)


def _first(e: Largest, outer: tuple[Symbol, ...], frame: Frame, writer: ArrayWriter) -> Labelled:
    """Return 1 at the first of the largest, over the outer indices and then over its own."""
    part, inner, symbols = candidates(e, frame, writer)
    axes = (*outer, *symbols)
    order = [part.axes.index(symbol) for symbol in axes if symbol in part.axes]
    text = part.text if order == sorted(order) else f"{factor_text(part.text)}.transpose({order})"
    whole = writer.whole(Labelled(text, tuple(s for s in axes if s in part.axes)), axes, inner)
    return Labelled(f"first_of_largest({whole}, {tuple(range(len(outer), len(axes)))})", axes)

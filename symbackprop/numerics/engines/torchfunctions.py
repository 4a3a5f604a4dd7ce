"""What generated PyTorch calls: each function is copied into the text, so it uses torch and its neighbours alone.

All of them can be differentiated once more by PyTorch itself. The functions have the names and the meaning of those for
NumPy in `numerics.arrays.running` and `numerics.stable`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from symbackprop.numerics.arrays.running import contraction, meeting, product_of

if TYPE_CHECKING:
    import torch

__all__ = [
    "as_matrix",
    "contract",
    "contraction",
    "exponentials",
    "first_of_largest",
    "gathered",
    "is_largest",
    "largest",
    "over_steps",
    "product_of",
    "put",
    "room",
    "spread",
    "spread_to_largest",
    "window",
]


def put(array, place, value):
    """Return the array with other entries at a place: the same array, unless a derivative may still need it."""
    if torch.is_grad_enabled():
        array = array.clone()
    array[place] = value
    return array


def over_steps(at, before, places, axes, *, none=()):
    """Return what a recurrence keeps of its steps, stacked along an axis each; `none` where there is no step.

    at: of the number of a step and of what the one before it gave, what it gives and what is kept of it."""
    rows = []
    for place in places:
        before, row = at(place, *before)
        rows.append(row)
    if places.step < 0:
        rows.reverse()
    return [torch.stack(each).movedim(0, axis) for each, axis in zip(zip(*rows), axes)] or none


def window(array, axis, start, steps):
    """Return the array with one axis replaced by one for each (stride, count): array[start + Σ stride·place].

    What would lie outside of the array is 0."""
    if len(steps) == 2 and min(min(pair) for pair in steps) > 0:
        (stride, count), (turn, width) = steps
        last = start + stride * (count - 1) + turn * (width - 1)
        margins = max(0, -start), max(0, last + 1 - array.shape[axis])
        if any(margins):
            array = torch.nn.functional.pad(array, [0, 0] * (array.dim() - axis - 1) + list(margins))
        length = turn * (width - 1) + 1
        seen = array.narrow(axis, start + margins[0], last - start + 1).unfold(axis, length, stride)
        return torch.movedim(seen[..., ::turn], -1, axis + 1)
    places = torch.full((), start, device=array.device)
    for stride, count in steps:
        places = places[..., None] + stride * torch.arange(max(count, 0), device=array.device)
    return gathered(array, axis, places)


def gathered(array, axis, places):
    """Return the array with one axis replaced by those of `places`, which say where to look; zeros outside of it."""
    size = array.shape[axis]
    places = places.long()
    found = array.index_select(axis, places.clamp(0, size - 1).reshape(-1))
    found = found.reshape(array.shape[:axis] + places.shape + array.shape[axis + 1 :])
    inside = (places >= 0) & (places < size)
    if bool(inside.all()):
        return found
    return found * inside.reshape(places.shape + (1,) * (array.dim() - axis - 1)).to(array.dtype)


def contract(spec, left, right, factor=None, *, known={}):  # noqa: B006 - it is to stay
    """Return the sum of products that "ij,jk->ik" says, as one product of matrices, which lies as its axes are.

    A factor is a number, which costs nothing in the product itself. What lies together in memory is copied together,
    or not at all. The ways that were found stay in `known`."""
    key = (spec, left.shape, right.shape, left.stride(), right.stride())
    if torch.compiler.is_compiling():
        known = {}
    if len(known) == 1000:  # of changing sizes
        known.clear()
    if key not in known:
        known[key] = contraction(spec, (left.shape, right.shape), (left.stride(), right.stride()))
    first, second, (shape, back, swapped) = known[key]
    one, two = as_matrix(right if swapped else left, first), as_matrix(left if swapped else right, second)
    if factor is None:
        product = torch.mm(one, two) if one.dim() == 2 else torch.bmm(one, two)
    else:
        product = (torch.addmm if one.dim() == 2 else torch.baddbmm)(one.new_zeros(()), one, two, beta=0, alpha=factor)
    product = product if shape is None else product.reshape(shape)
    return product if back is None else product.permute(back).contiguous()


def as_matrix(array, way):
    """Return an array as a matrix, or as a stack of matrices: its axes in another order, in another shape, turned."""
    order, form, turned = way
    array = array if order is None else array.permute(order)
    array = array if form is None else array.reshape(form)
    return array.mT if turned else array


def largest(array, axes):
    """Return the largest over some axes, -inf of none; of few by comparing whole arrays: `amax` is slow in windows."""
    moved = torch.movedim(array, axes, tuple(range(len(axes))))
    places = list(itertools.product(*map(range, moved.shape[: len(axes)])))
    if not places:
        return array.new_full(moved.shape[len(axes) :], -torch.inf)
    if len(places) > 16:
        return array.amax(dim=axes)
    found = moved[places[0]]
    for place in places[1:]:
        found = torch.maximum(found, moved[place])
    return found


def exponentials(z):
    """Return t = z - max z, e = exp(t) and s = Σ e - 1 of every row: the sum over all but one of the largest."""
    values, places = z.max(dim=-1, keepdim=True)
    t = z - values
    e = torch.exp(t)
    return t, e, e.scatter(-1, places, 0).sum(dim=-1, keepdim=True)


def first_of_largest(array, axes):
    """Return 1 at the first of the largest entries over some axes, in the order of the axes, and 0 elsewhere."""
    kept = [axis for axis in range(array.dim()) if axis not in axes]
    moved = array.permute(*kept, *axes)
    flat = moved.reshape(*moved.shape[: len(kept)], -1)
    mask = torch.zeros_like(flat).scatter(-1, flat.argmax(dim=-1, keepdim=True), 1)
    order = [*kept, *axes]
    return mask.reshape(moved.shape).permute(*(order.index(axis) for axis in range(array.dim())))


def is_largest(a):
    """Return where the first of the largest entries of every row stands."""
    return torch.arange(a.shape[-1], device=a.device) == a.argmax(dim=-1, keepdim=True)


def spread(array, lengths, steps):
    """Return zeros of these lengths to which every entry is added at start + stride·i + turn·u, for each axis.

    array: one axis u for each of `steps`, then one axis i for each, then any others, which go along. Places outside are
    left out. There is one addition of whole arrays for each u, or for each i where there are fewer of these."""
    count = len(steps)
    starts, strides, turns = (list(column) for column in zip(*steps))
    for axis in range(count):
        if array.shape[axis] > array.shape[count + axis]:
            array = array.transpose(axis, count + axis)
            strides[axis], turns[axis] = turns[axis], strides[axis]
        if strides[axis] < 0:
            array = array.flip(count + axis)
            starts[axis] += strides[axis] * (array.shape[count + axis] - 1)
            strides[axis] *= -1
    found = room(array, lengths, array.shape[2 * count :])
    for place in itertools.product(*map(range, array.shape[:count])):
        firsts = [start + turn * at for start, turn, at in zip(starts, turns, place)]
        onto, taken = meeting(firsts, strides, lengths, array.shape[count : 2 * count])
        found[onto].add_(array[place][taken])
    return found


def spread_to_largest(array, windows, lengths, steps):
    """Return zeros of these lengths to which every entry is added where its window has the first of its largest.

    windows: one axis u for each of `steps`, then the axes of `array`: one axis i for each, then any others."""
    count = len(steps)
    starts, strides, turns = (list(column) for column in zip(*steps))
    highest = largest(windows, tuple(range(count)))
    left = torch.ones_like(highest, dtype=torch.bool)
    found = room(array, lengths, array.shape[count:])
    for place in itertools.product(*map(range, windows.shape[:count])):
        hit = (windows[place] == highest) & left
        left = left & ~hit
        firsts = [start + turn * at for start, turn, at in zip(starts, turns, place)]
        onto, taken = meeting(firsts, strides, lengths, array.shape[:count])
        found[onto].add_((array * hit)[taken])
    return found


def room(array, lengths, others):
    """Return zeros with axes of these lengths before others, behind which they lie in memory, as images do."""
    count = len(lengths)
    return array.new_zeros((*others, *lengths)).movedim(tuple(range(-count, 0)), tuple(range(count)))

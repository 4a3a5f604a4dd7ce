"""Some entries of an array, and several arrays one after the other: parts, pieces, windows, lists of places."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.joining import concatenated
from symbackprop.network.pytorch.reshaping import flat, reshaped
from symbackprop.network.pytorch.views import SAMPLE, Affine, View, part
from symbackprop.network.pytorch.walking import Walk, does

FEW = 6  # entries that are told one by one


@does("roll")
def roll(w: Walk, x: View, shifts: Any, dims: Any = None) -> View:
    """The entries of axes moved on, the last ones first."""
    if dims is None:
        return reshaped(w, roll(w, reshaped(w, x, (-1,)), shifts, 0), x.shape)
    for shift, dim in zip(*([each] if isinstance(each, int) else each for each in (shifts, dims)), strict=True):
        at = dim % len(x.axes)
        first = -shift % x.shape[at]
        parts = [part_of(w, x, at, each) for each in (range(first, x.shape[at]), range(first)) if each]
        x = concatenated(w.building, parts, at) if len(parts) > 1 else x
    return x


@does("index_select")
def index_select(w: Walk, x: View, dim: int, index: Any) -> View:
    """Some entries of an axis, by their numbers; many of them by a matrix that has a 1 for each."""
    at = dim % len(x.axes)
    if not isinstance(index, w.torch.Tensor | list):
        raise SpecError("takes entries by other than numbers, slices and lists of fixed numbers")
    places = w.torch.as_tensor(index)
    if places.dtype == w.torch.bool and places.dim() == 1:
        places = places.nonzero().flatten()
    flat_places, n = places.flatten() % x.shape[at], x.shape[at]
    if places.dim() == 0:
        return x.at(at, int(flat_places))
    if len(flat_places) <= FEW:
        found = concatenated(w.building, [x.at(at, int(each)).with_one(at) for each in flat_places], at)
    else:
        chosen = w.array(w.torch.nn.functional.one_hot(flat_places, n).double())
        names = list(range(len(x.axes)))
        out = ["chosen" if each == at else each for each in names]
        found = w.building.contracted([(chosen, ("chosen", at)), (x, names)], out, "{} * {}".format)
    return reshaped(w, found, (*found.shape[:at], *places.shape, *found.shape[at + 1 :])) if places.dim() > 1 else found


@does("unfold")
def unfold(w: Walk, x: View, dimension: int, size: int, *, step: int) -> View:
    """The windows over an axis, a window along an axis of its own."""
    at = dimension % len(x.axes)
    x = w.building.merged(x, [at])
    if not x.axes[at]:
        return x.with_one(len(x.axes))
    (old,) = x.axes[at]
    place, inner = (part(w.building.fresh(n)) for n in ((x.shape[at] - size) // step + 1, size))
    moved = Affine(((place.token, step), (inner.token, 1)), -step)
    found = x.put(old.token, moved).with_axis(at, (place,))
    return replace(found, axes=(*found.axes, (inner,)), cut=found.cut | {place.token, inner.token})


@does("chunk")
def chunk(w: Walk, x: View, chunks: int, dim: int = 0) -> tuple[View, ...]:
    """An axis in equal pieces."""
    size = -(-x.shape[dim % len(x.axes)] // chunks)
    return split(w, x, size, dim)


@does("split")
def split(w: Walk, x: View, split_size_or_sections: Any, dim: int = 0) -> tuple[View, ...]:
    """An axis in pieces."""
    at = dim % len(x.axes)
    whole, sizes = x.shape[at], split_size_or_sections
    if isinstance(sizes, int):
        sizes = [min(sizes, whole - first) for first in range(0, whole, sizes)]
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    return tuple(part_of(w, x, at, range(start, start + size)) for start, size in zip(starts, sizes, strict=True))


@does("unbind")
def unbind(w: Walk, x: View, dim: int = 0) -> tuple[View, ...]:
    """The entries of an axis, one by one."""
    at = dim % len(x.axes)
    return tuple(x.at(at, number) for number in range(x.shape[at]))


@does("select")
def select(w: Walk, x: View, dim: int, index: int) -> View:
    """One entry of an axis."""
    at = dim % len(x.axes)
    return x.at(at, index % x.shape[at])


@does("narrow")
def narrow(w: Walk, x: View, dim: int, start: int, *, length: int) -> View:
    """Some entries of an axis."""
    return part_of(w, x, dim % len(x.axes), range(start, start + length))


def part_of(w: Walk, x: View, at: int, within: range) -> View:
    """Return some entries of an axis; an axis of several parts is cut between entries of the first one."""
    if within == range(x.shape[at]):
        return x
    start, count, step = within.start, len(within), within.step
    axis = x.axes[at]
    if SAMPLE in axis:
        raise SpecError("takes some samples of a batch; a network is one of single samples")
    rest = prod(each.size.number for each in axis[1:])
    if len(axis) > 1 and step == 1 and start % rest == 0 and count % rest == 0:
        taken = part_of(w, x.with_axis(at, axis[:1]), at, range(start // rest, (start + count) // rest))
        return taken.with_axis(at, (*taken.axes[at], *axis[1:]))
    x = w.building.merged(x, [at])
    if count == 1:
        return x.at(at, start).with_one(at)
    return x.sliced(at, start, w.building.fresh(count), step)


@does("getitem")
def getitem(w: Walk, x: Any, index: Any) -> Any:
    """A part of a tuple, or entries of an array by numbers, slices, None and ..."""
    if isinstance(x, tuple):
        found = x[index] if not isinstance(index, tuple) else getitem(w, x[index[0]], index[1:])
        if found is None:
            raise SpecError("takes the shares of an attention, or the places of a maximum, which are not read")
        return found
    places = list(index) if isinstance(index, tuple) else [index]
    if Ellipsis in [each for each in places if not isinstance(each, w.torch.Tensor)]:
        where = places.index(Ellipsis)
        missing = len(x.axes) - sum(each is not None for each in places) + 1
        places[where : where + 1] = [slice(None)] * missing
    at = 0
    for each in places:
        if each is None:
            x = x.with_one(at)
        elif isinstance(each, slice):
            first, last, step = each.indices(x.shape[at])
            if SAMPLE not in x.axes[at] or (first, last, step) != (0, x.shape[at], 1):
                x = part_of(w, x, at, range(first, last, step))
        elif isinstance(each, int) and not isinstance(each, bool):
            x = x.at(at, each % x.shape[at])
            continue
        else:
            chosen = index_select(w, x, at, each)
            at += len(chosen.axes) - len(x.axes)
            x = chosen
        at += 1
    return x


@does("cat", "concat", "concatenate")
def cat(w: Walk, tensors: Any, dim: int = 0) -> View:
    """Arrays one after the other along an axis."""
    views = [w.array(each) for each in tensors]
    return concatenated(w.building, views, dim % len(views[0].axes))


@does("stack")
def stack(w: Walk, tensors: Any, dim: int = 0) -> View:
    """Arrays along an axis of their own."""
    views = [w.array(each) for each in tensors]
    at = dim % (len(views[0].axes) + 1)
    return concatenated(w.building, [view.with_one(at) for view in views], at)


@does("flip")
def flip(w: Walk, x: View, *dims: Any) -> View:
    """The entries of axes in reverse order."""
    for at in {dim % len(x.axes) for dim in flat(dims)} - {at for at, axis in enumerate(x.axes) if not axis}:
        x = w.building.merged(x, [at])
        (old,) = x.axes[at]
        new = part(old.size)
        x = x.put(old.token, Affine(((old.size.name, 1), (new.token, -1)), 1)).with_axis(at, (new,))
    return x

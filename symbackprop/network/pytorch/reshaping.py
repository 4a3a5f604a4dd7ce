"""Other axes for the entries of an array: transposed, split, taken in part, put together. Few need a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.joining import concatenated
from symbackprop.network.pytorch.views import SAMPLE, Affine, Axis, Part, View, part
from symbackprop.network.pytorch.walking import Walk, does


def _flat(given: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(given[0]) if len(given) == 1 and isinstance(given[0], tuple | list) else tuple(given)


@does("view", "reshape")
def reshape(w: Walk, x: View, *shape: Any) -> View:
    """The entries in their order, along other axes."""
    return reshaped(w, x, _flat(shape))


def reshaped(w: Walk, x: View, shape: Sequence[int]) -> View:
    """Return a view with other axes; parts of axes that do not fit are first put together in a line."""
    wanted = list(shape)
    if -1 in wanted:
        known = -prod(wanted)
        wanted[wanted.index(-1)] = prod(x.shape) // known
    while True:
        parts = [each for axis in x.axes for each in axis if each.size.number > 1]
        ones = [each for axis in x.axes for each in axis if each.size.number == 1]
        view = x
        for each in ones:
            view = view.put(each.token, Affine((), 1))
        found = _split(w, view, parts, wanted)
        if isinstance(found, View):
            return found
        view = w.building.copied(view) if view.later is not None else view
        from_axes = replace(view, axes=(*_samples(parts), tuple(p for p in parts if p != SAMPLE)))
        if x.shape == from_axes.shape and len(from_axes.axes[-1]) <= 1:
            raise SpecError("reshapes in a way that is not read")
        x = w.building.merged(from_axes, [len(from_axes.axes) - 1])


def _samples(parts: Sequence[Part]) -> tuple[Axis, ...]:
    if SAMPLE in parts[1:]:
        raise SpecError("joins the samples with another axis; keep them apart")
    return ((SAMPLE,),) if SAMPLE in parts else ()


def _split(w: Walk, view: View, parts: Sequence[Part], shape: Sequence[int]) -> View | None:
    """Return the view whose axes have these numbers, from parts in their order; None where a boundary does not fit."""
    view = replace(view, axes=(tuple(parts),))
    axes: list[int] = []  # how many parts each axis has
    place = 0
    for n in shape:
        have, begun = 1, place
        while have < n:
            if place == len(view.axes[0]):
                return None
            each = view.axes[0][place]
            if n % (have * each.size.number) == 0:
                have *= each.size.number
                place += 1
                continue
            first = n // have
            if n % have or each == SAMPLE or each.size.number % first:
                return None
            view = view.split(0, place, [w.building.fresh(first), w.building.fresh(each.size.number // first)])
        axes.append(place - begun)
    if place != len(view.axes[0]):
        return None
    every = iter(view.axes[0])
    return replace(view, axes=tuple(tuple(next(every) for _ in range(n)) for n in axes))


@does("flatten")
def flatten(w: Walk, x: View, start_dim: int = 0, end_dim: int = -1) -> View:
    """Several axes as one."""
    rank = len(x.axes)
    first, last = start_dim % rank, end_dim % rank
    shape = x.shape
    return reshaped(w, x, (*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :]))


@does("unflatten")
def unflatten(w: Walk, x: View, dim: int, sizes: Any) -> View:
    """One axis as several."""
    at, shape = dim % len(x.axes), x.shape
    return reshaped(w, x, (*shape[:at], *sizes, *shape[at + 1 :]))


@does("squeeze")
def squeeze(w: Walk, x: Any, dim: Any = None) -> Any:
    """Without axes of one entry."""
    if isinstance(x, tuple):
        return x[0]
    rank = len(x.axes)
    dims = range(rank) if dim is None else [each % rank for each in (dim if isinstance(dim, tuple | list) else (dim,))]
    for at in sorted(dims, reverse=True):
        if x.shape[at] == 1 and SAMPLE not in x.axes[at]:
            x = x.without(at)
    return x


@does("unsqueeze")
def unsqueeze(w: Walk, x: View, dim: int) -> View:
    """With an axis of one entry."""
    return x.with_one(dim % (len(x.axes) + 1))


@does("permute")
def permute(w: Walk, x: View, *dims: Any) -> View:
    """The axes in another order."""
    return x.permuted([dim % len(x.axes) for dim in _flat(dims)])


@does("transpose", "swapaxes", "swapdims")
def transpose(w: Walk, x: View, one: int, other: int) -> View:
    """Two axes exchanged."""
    order = list(range(len(x.axes)))
    order[one], order[other] = order[other], order[one]
    return x.permuted(order)


@does("movedim", "moveaxis")
def movedim(w: Walk, x: View, source: int, destination: int) -> View:
    """One axis at another place."""
    rank = len(x.axes)
    order = [at for at in range(rank) if at != source % rank]
    order.insert(destination % rank, source % rank)
    return x.permuted(order)


@does("getattr")
def attribute_of(w: Walk, x: View, name: str) -> View:
    """x.T and the like."""
    found: View = w.operation(name, x)
    return found


@does("t", "T", "mT")
def turned(w: Walk, x: View) -> View:
    """The last two axes exchanged."""
    return x if len(x.axes) < 2 else transpose(w, x, -2, -1)


@does("expand", "expand_as", "broadcast_to")
def expand(w: Walk, x: View, *shape: Any) -> View:
    """One entry again and again, which broadcasting does anyway."""
    sizes = shape[0].shape if isinstance(shape[0], View) else _flat(shape)
    for _ in range(len(sizes) - len(x.axes)):
        x = x.with_one(0)
    return x


@does("chunk")
def chunk(w: Walk, x: View, chunks: int, dim: int = 0) -> tuple[View, ...]:
    """An axis in equal pieces."""
    size = -(-x.shape[dim % len(x.axes)] // chunks)
    return split(w, x, size, dim)


@does("split", "tensor_split")
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
        return x[index] if not isinstance(index, tuple) else getitem(w, x[index[0]], index[1:])
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
            raise SpecError("takes entries by other than numbers and slices")
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
    for dim in _flat(dims):
        at = dim % len(x.axes)
        x = w.building.merged(x, [at])
        (old,) = x.axes[at]
        new = part(old.size)
        x = x.put(old.token, Affine(((old.size.name, 1), (new.token, -1)), 1)).with_axis(at, (new,))
    return x


@does("pixel_shuffle")
def pixel_shuffle(w: Walk, x: View, upscale_factor: int) -> View:
    """Channels as finer places."""
    b, c, height, width = x.shape
    r = upscale_factor
    apart = reshaped(w, x, (b, c // r**2, r, r, height, width)).permuted((0, 1, 4, 2, 5, 3))
    return reshaped(w, apart, (b, c // r**2, height * r, width * r))


@does("interpolate")
def interpolate(
    w: Walk, x: View, size: Any = None, scale_factor: Any = None, *, mode: str = "nearest", **_: Any
) -> View:
    """Every entry several times along the axes after the channels."""
    if mode != "nearest":
        raise SpecError(f"has mode = {mode}, wanted nearest")
    before = x.shape[2:]
    sizes = size if isinstance(size, tuple | list) else (size,) * len(before)
    scales = scale_factor if isinstance(scale_factor, tuple | list) else (scale_factor,) * len(before)
    for at, (n, new, scale) in enumerate(zip(before, sizes, scales, strict=True), start=2):
        times = new / n if new is not None else scale
        if times != int(times):
            raise SpecError("makes an image larger by no whole number")
        x = x.with_axis(at, (*x.axes[at], part(w.building.fresh(int(times)))))
    return x

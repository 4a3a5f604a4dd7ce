"""Other axes for the entries of an array: transposed, split, taken in part, put together. Few need a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any, cast

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.views import SAMPLE, Affine, Axis, Part, View, part
from symbackprop.network.pytorch.walking import Walk, does


def flat(given: Sequence[Any]) -> tuple[Any, ...]:
    """Return numbers that are given one by one, or as one list."""
    return tuple(given[0]) if len(given) == 1 and isinstance(given[0], tuple | list) else tuple(given)


@does("view", "reshape")
def reshape(w: Walk, x: View, *shape: Any) -> View:
    """The entries in their order, along other axes."""
    return reshaped(w, x, flat(shape))


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
    return x.permuted([dim % len(x.axes) for dim in flat(dims)])


@does("transpose", "swapaxes", "swapdims")
def transpose(w: Walk, x: View, dim0: int, dim1: int) -> View:
    """Two axes exchanged."""
    order = list(range(len(x.axes)))
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return x.permuted(order)


@does("movedim", "moveaxis")
def movedim(w: Walk, x: View, source: Any, destination: Any) -> View:
    """Some axes at other places."""
    rank = len(x.axes)
    sources, places = (
        [n % rank for n in (each if isinstance(each, tuple) else (each,))] for each in (source, destination)
    )
    order = [at for at in range(rank) if at not in sources]
    for place, at in sorted(zip(places, sources, strict=True)):
        order.insert(place, at)
    return x.permuted(order)


@does("getattr")
def attribute_of(w: Walk, x: View, name: str) -> View:
    """x.T and the like, and the largest values of max."""
    if isinstance(x, tuple):
        return cast(View, x[name == "indices"])
    found: View = w.operation(name, x)
    return found


@does("repeat", "tile")
def repeat(w: Walk, x: View, *sizes: Any) -> View:
    """The entries of each axis several times, one after the other."""
    times = flat(sizes)
    times = (*(1,) * (len(x.axes) - len(times)), *times)
    for _ in range(len(times) - len(x.axes)):
        x = x.with_one(0)
    for at, count in enumerate(times):
        if count > 1:  # of a batch of one it is what broadcasting does
            x = x if at == 0 and not x.axes[0] else x.with_axis(at, (part(w.building.fresh(count)), *x.axes[at]))
    return x


@does("repeat_interleave")
def repeat_interleave(w: Walk, x: View, repeats: int, dim: int) -> View:
    """Each entry of an axis several times."""
    at = dim % len(x.axes)
    return x.with_axis(at, (*x.axes[at], part(w.building.fresh(repeats))))


@does("t", "T", "mT")
def turned(w: Walk, x: View) -> View:
    """The last two axes exchanged."""
    return x if len(x.axes) < 2 else transpose(w, x, -2, -1)


@does("expand", "expand_as", "broadcast_to")
def expand(w: Walk, x: View, *shape: Any) -> View:
    """One entry again and again; along the axis of the samples broadcasting does it anyway."""
    sizes = shape[0].shape if isinstance(shape[0], View) else flat(shape)
    for _ in range(len(sizes) - len(x.axes)):
        x = x.with_one(0)
    for at, count in enumerate(sizes):
        if count not in (1, -1, SAMPLE.size.number) and x.shape[at] == 1:
            x = x.without(at).with_one(at).with_axis(at, (part(w.building.fresh(count)),))
    return x

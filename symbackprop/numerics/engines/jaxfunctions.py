"""What generated JAX calls: each function is copied into the text, so it uses jax and its neighbours alone.

All of them can be traced, mapped over and differentiated. The functions have the names and the meaning of those for
NumPy in `numerics.arrays.running` and `numerics.stable`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from symbackprop.numerics.arrays.running import meeting

if TYPE_CHECKING:
    import jax
    import jax.numpy as jnp

__all__ = [
    "entry",
    "first_of_largest",
    "gathered",
    "in_full",
    "is_largest",
    "one_by_one",
    "over_steps",
    "spread",
    "spread_to_largest",
    "window",
]


def in_full(slope):
    """Return a derivative as an array; where nothing comes back, JAX hands on a mark in its place."""
    return jnp.zeros(slope.shape, slope.dtype) if isinstance(slope, jax.custom_derivatives.SymbolicZero) else slope


def window(array, axis, start, steps):
    """Return the array with one axis replaced by one for each (stride, count): array[start + Σ stride·place].

    What would lie outside of the array is 0."""
    places = np.asarray(start)
    for stride, count in steps:
        places = places[..., None] + stride * np.arange(max(count, 0))
    return gathered(array, axis, places)


def over_steps(at, before, places, axes, *, none=()):
    """Return what a recurrence keeps of its steps, stacked along an axis each.

    at: of the number of a step and of what the one before it gave, what it gives and what is kept of it."""
    if not places:  # what is traced reads places that there are not
        return none
    numbers = jnp.asarray(sorted(places), int)
    _, found = jax.lax.scan(lambda given, step: at(step, *given), before, numbers, reverse=places.step < 0)
    return [jnp.moveaxis(each, 0, axis) for each, axis in zip(found, axes)]


def one_by_one(at, before, places, axes, *, none=()):
    """Return the same of a recurrence whose shapes depend on the step."""
    rows = []
    for place in places:
        before, row = at(place, *before)
        rows.append(row)
    if places.step < 0:
        rows.reverse()
    return [jnp.stack(each, axis) for each, axis in zip(zip(*rows), axes)] or none


def entry(array, axis, place):
    """Return the array at one place of an axis; zeros where there is no such place."""
    return jnp.take(array, place, axis=axis, mode="fill", fill_value=0)


def gathered(array, axis, places):
    """Return the array with one axis replaced by those of `places`, which say where to look; zeros outside of it."""
    size = array.shape[axis]
    places = places.astype(int)
    found = jnp.take(array, places.clip(0, size - 1), axis=axis)
    inside = (places >= 0) & (places < size)
    return jnp.where(inside.reshape(places.shape + (1,) * (array.ndim - axis - 1)), found, 0)


def first_of_largest(array, axes):
    """Return 1 at the first of the largest entries over some axes, in the order of the axes, and 0 elsewhere."""
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    moved = array.transpose((*kept, *axes))
    flat = moved.reshape(*moved.shape[: len(kept)], -1)
    mask = jax.nn.one_hot(flat.argmax(axis=-1), flat.shape[-1], dtype=array.dtype)
    return mask.reshape(moved.shape).transpose(np.argsort((*kept, *axes)))


def is_largest(a):
    """Return where the first of the largest entries of every row stands."""
    return jnp.arange(a.shape[-1]) == a.argmax(axis=-1, keepdims=True)


def spread(array, lengths, steps):
    """Return zeros of these lengths to which every entry is added at start + stride·i + turn·u, for each axis.

    array: one axis u for each of `steps`, then one axis i for each, then any others, which go along. Places outside are
    left out. There is one addition of whole arrays for each u, or for each i where there are fewer of these."""
    count = len(steps)
    starts, strides, turns = (list(column) for column in zip(*steps))
    for axis in range(count):
        if array.shape[axis] > array.shape[count + axis]:
            array = array.swapaxes(axis, count + axis)
            strides[axis], turns[axis] = turns[axis], strides[axis]
        if strides[axis] < 0:
            array = jnp.flip(array, count + axis)
            starts[axis] += strides[axis] * (array.shape[count + axis] - 1)
            strides[axis] *= -1
    found = jnp.zeros((*lengths, *array.shape[2 * count :]), array.dtype)
    for place in itertools.product(*map(range, array.shape[:count])):
        firsts = [start + turn * at for start, turn, at in zip(starts, turns, place)]
        onto, taken = meeting(firsts, strides, lengths, array.shape[count : 2 * count])
        found = found.at[onto].add(array[place][taken])
    return found


def spread_to_largest(array, windows, lengths, steps):
    """Return zeros of these lengths to which every entry is added where its window has the first of its largest.

    windows: one axis u for each of `steps`, then the axes of `array`: one axis i for each, then any others."""
    count = len(steps)
    return spread(array * first_of_largest(windows, tuple(range(count))), lengths, steps)

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
    "diagonal",
    "entry",
    "erf_slope",
    "first_of_largest",
    "gathered",
    "gelu_slope",
    "log",
    "relu_slope",
    "sigmoid_slope",
    "silu_slope",
    "spread",
    "spread_to_largest",
    "window",
]


def log(x):
    """Return ln x, -inf at 0."""
    return jnp.log(x)


def sigmoid_slope(z):
    """Return e/(1 + e)² with e = exp(-|z|); σ(z) (1 - σ(z)) would be 0 from z = 37 on."""
    e = jnp.exp(-jnp.abs(z))
    return e / jnp.square(1 + e)


def silu_slope(z):
    """Return σ(z) + z σ'(z)."""
    value = jax.nn.sigmoid(z)
    return value * (1 + z * (1 - value))


def relu_slope(z):
    """Return 1 where z > 0, 0 elsewhere."""
    return (z > 0).astype(z.dtype)


def erf_slope(x):
    """Return 2/√π exp(-x²)."""
    return 1.1283791670955126 * jnp.exp(-x * x)


def gelu_slope(z):
    """Return Φ(z) + z φ(z), with Φ and φ of the normal distribution."""
    return 0.5 * jax.scipy.special.erfc(-0.7071067811865476 * z) + 0.3989422804014327 * z * jnp.exp(-0.5 * z * z)


def window(array, axis, start, steps):
    """Return the array with one axis replaced by one for each (stride, count): array[start + Σ stride·place].

    What would lie outside of the array is 0."""
    places = np.asarray(start)
    for stride, count in steps:
        places = places[..., None] + stride * np.arange(max(count, 0))
    return gathered(array, axis, places)


def gathered(array, axis, places):
    """Return the array with one axis replaced by those of `places`, which say where to look; zeros outside of it."""
    size = array.shape[axis]
    places = places.astype(int)
    found = jnp.take(array, places.clip(0, size - 1), axis=axis)
    inside = (places >= 0) & (places < size)
    return jnp.where(inside.reshape(places.shape + (1,) * (array.ndim - axis - 1)), found, 0)


def entry(array, axis, place):
    """Return the array at one place of an axis; zeros where there is no such place."""
    if 0 <= place < array.shape[axis]:
        return array[(slice(None),) * axis + (place,)]
    return jnp.zeros(array.shape[:axis] + array.shape[axis + 1 :], array.dtype)


def diagonal(array, first, second):
    """Return the entries with the same place in two axes, along the first of them."""
    return jnp.moveaxis(jnp.diagonal(array, axis1=first, axis2=second), -1, first)


def first_of_largest(array, axes):
    """Return 1 at the first of the largest entries over some axes, in the order of the axes, and 0 elsewhere."""
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    moved = array.transpose((*kept, *axes))
    flat = moved.reshape(*moved.shape[: len(kept)], -1)
    mask = jax.nn.one_hot(flat.argmax(axis=-1), flat.shape[-1], dtype=array.dtype)
    return mask.reshape(moved.shape).transpose(np.argsort((*kept, *axes)))


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

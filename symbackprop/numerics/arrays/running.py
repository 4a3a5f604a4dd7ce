"""What generated code calls on arrays: windows, entries at one step, products over shared indices, the largest.

Each function is copied into the text that calls it, so it uses NumPy and the functions of this module alone.
"""

from __future__ import annotations

import numpy as np

__all__ = ["contract", "diagonal", "entry", "first_of_largest", "gathered", "window"]


def window(array: np.ndarray, axis: int, start: int, steps: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Return a view in which one axis is replaced by one for each (stride, count): array[start + Σ stride·place].

    What would lie outside of the array is 0; counts that are not positive give an empty axis."""
    counts = [max(count, 0) for _, count in steps]
    reach = [stride * (count - 1) for (stride, _), count in zip(steps, counts, strict=True) if count]
    first = start + sum(min(0, r) for r in reach)
    last = start + sum(max(0, r) for r in reach)
    size = array.shape[axis]
    if min(counts, default=1) > 0 and (first < 0 or last >= size):
        margins = [(0, 0)] * array.ndim
        margins[axis] = (max(0, -first), max(0, last - size + 1))
        array = np.pad(array, margins)
        start += margins[axis][0]
    step = array.strides[axis]
    shape = (*array.shape[:axis], *counts, *array.shape[axis + 1 :])
    strides = (*array.strides[:axis], *(stride * step for stride, _ in steps), *array.strides[axis + 1 :])
    if 0 in shape:
        return np.zeros(shape, array.dtype)
    origin = array[(slice(None),) * axis + (slice(start, None),)]
    return np.lib.stride_tricks.as_strided(origin, shape, strides, writeable=False)


def entry(array: np.ndarray, axis: int, place: int) -> np.ndarray:
    """Return the array at one place of an axis; zeros where there is no such place."""
    if 0 <= place < array.shape[axis]:
        return array[(slice(None),) * axis + (place,)]
    return np.zeros(array.shape[:axis] + array.shape[axis + 1 :], array.dtype)


def gathered(array: np.ndarray, axis: int, places: np.ndarray) -> np.ndarray:
    """Return the array with one axis replaced by those of `places`, which say where to look; zeros outside of it."""
    size = array.shape[axis]
    inside = (places >= 0) & (places < size)
    taken = np.take(array, np.clip(places, 0, size - 1), axis=axis)
    return np.where(np.expand_dims(inside, tuple(range(places.ndim, places.ndim + array.ndim - axis - 1))), taken, 0)


def diagonal(array: np.ndarray, first: int, second: int) -> np.ndarray:
    """Return the entries with the same place in two axes, along the first of them."""
    return np.moveaxis(np.diagonal(array, axis1=first, axis2=second), -1, first)


def first_of_largest(array: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return 1 at the first of the largest entries over some axes, in the order of the axes, and 0 elsewhere."""
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    moved = np.transpose(array, (*kept, *axes))
    flat = moved.reshape(*moved.shape[: len(kept)], -1)
    mask = np.zeros(flat.shape, array.dtype)
    np.put_along_axis(mask, flat.argmax(axis=-1)[..., np.newaxis], 1, axis=-1)
    return np.transpose(mask.reshape(moved.shape), np.argsort((*kept, *axes)))


def contract(spec: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the sum of products that "ij,jk->ik" says: one product of matrices, whatever the number of axes.

    An index of both that is kept runs along a stack of matrices; one of a single operand must be kept."""
    operands, kept = spec.split("->")
    one, two = operands.split(",")
    stacked = [letter for letter in kept if letter in one and letter in two]
    rows = [letter for letter in one if letter in kept and letter not in two]
    columns = [letter for letter in two if letter in kept and letter not in one]
    summed = [letter for letter in one if letter not in kept]
    sizes = dict(zip(one, left.shape, strict=True)) | dict(zip(two, right.shape, strict=True))
    stack = [sizes[letter] for letter in stacked]
    height, width, depth = (int(np.prod([sizes[s] for s in part], dtype=int)) for part in (rows, columns, summed))
    left = np.transpose(left, [one.index(letter) for letter in (*stacked, *rows, *summed)])
    right = np.transpose(right, [two.index(letter) for letter in (*stacked, *summed, *columns)])
    product = np.matmul(left.reshape(*stack, height, depth), right.reshape(*stack, depth, width))
    found = [*stacked, *rows, *columns]
    shaped = product.reshape([*stack, *(sizes[letter] for letter in (*rows, *columns))])
    return np.transpose(shaped, [found.index(letter) for letter in kept])

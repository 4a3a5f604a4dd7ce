"""What generated code calls on arrays: windows, entries at one step, products over shared indices, the largest.

Each function is copied into the text that calls it, so it uses NumPy and the functions of this module alone.
"""

from __future__ import annotations

import numpy as np

__all__ = [
    "contract",
    "diagonal",
    "entry",
    "first_of_largest",
    "gathered",
    "largest",
    "shares",
    "spread",
    "spread_to_largest",
    "total",
    "window",
]


def window(array: np.ndarray, axis: int, start: int, steps: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Return a view in which one axis is replaced by one for each (stride, count): array[start + Σ stride·place].

    What would lie outside of the array is 0; counts that are not positive give an empty axis."""
    counts = [max(count, 0) for _, count in steps]
    reach = [stride * (count - 1) for (stride, _), count in zip(steps, counts, strict=True) if count]
    first = start + sum(min(0, r) for r in reach)
    last = start + sum(max(0, r) for r in reach)
    size = array.shape[axis]
    if min(counts, default=1) > 0 and (first < 0 or last >= size):
        before, after = max(0, -first), max(0, last - size + 1)
        wider = np.zeros((*array.shape[:axis], before + size + after, *array.shape[axis + 1 :]), array.dtype)
        wider[(slice(None),) * axis + (slice(before, before + size),)] = array
        array, start = wider, start + before
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


def largest(array: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return the largest over some axes, by one comparison of whole arrays for each of the few places there."""
    moved = np.moveaxis(array, axes, range(len(axes)))
    places = list(np.ndindex(moved.shape[: len(axes)]))
    found = np.array(moved[places[0]])
    for place in places[1:]:
        np.maximum(found, moved[place], out=found)
    return found


def first_of_largest(array: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return 1 at the first of the largest entries over some axes, in the order of the axes, and 0 elsewhere."""
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    moved = np.transpose(array, (*kept, *axes))
    flat = moved.reshape(*moved.shape[: len(kept)], -1)
    mask = np.zeros(flat.shape, array.dtype)
    np.put_along_axis(mask, flat.argmax(axis=-1)[..., np.newaxis], 1, axis=-1)
    return np.transpose(mask.reshape(moved.shape), np.argsort((*kept, *axes)))


def shares(array: np.ndarray, axis: int) -> np.ndarray:
    """Return exp(u)/Σ exp(u) along an axis, in one array of its own; counted from the largest u, where u is large.

    Up to 64 no exponential, and no sum of them, leaves the floats of either size, and each has all its digits."""
    found: np.ndarray
    if array.size and array.min() > -64 and array.max() < 64:
        found = np.exp(array)
    else:
        found = array - array.max(axis=axis, keepdims=True)
        np.exp(found, out=found)
    found *= 1 / np.expand_dims(total(found, (axis,)), axis)
    return found


def total(
    array: np.ndarray,
    axes: tuple[int, ...],
    known: dict[object, tuple[list[int], list[int], bool, list[int], list[int]] | None] = {},  # noqa: B006 - it is to stay
) -> np.ndarray:
    """Return the sum over some axes; where they are the outermost or the innermost in memory, as a product with ones.

    That takes a quarter of the time of `sum`, but for few numbers. The ways that were found stay in `known`."""
    found: np.ndarray
    way = None
    if array.size >= 4096:
        key = (array.shape, array.strides, axes)
        if key not in known:
            if len(known) == 1000:  # of changing sizes
                known.clear()
            known[key] = summation(array, axes)
        way = known[key]
    if way is None:
        found = array.sum(axis=axes)
        return found
    order, form, first, shape, back = way
    matrix, ones = array.transpose(order).reshape(form), np.ones(form[not first], array.dtype)
    found = (ones.dot(matrix) if first else matrix.dot(ones)).reshape(shape).transpose(back)
    return found


def product_of(lengths: tuple[int, ...] | list[int]) -> int:
    """Return the product of whole numbers, 1 of none."""
    found = 1
    for length in lengths:
        found *= length
    return found


def summation(
    array: np.ndarray, axes: tuple[int, ...]
) -> tuple[list[int], list[int], bool, list[int], list[int]] | None:
    """Return how a sum over some axes is a product of a matrix with ones, or None where it is none.

    That is the order of the axes in memory, the shape as a matrix, whether its rows are summed; then the shape of the
    sum, and the order of its axes."""
    order = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
    kept = [axis for axis in order if axis not in axes]
    first, shape = kept == order[len(axes) :], [array.shape[axis] for axis in kept]
    if not array.transpose(order).flags.c_contiguous or not (first or kept == order[: -len(axes)]):
        return None
    rest = product_of(shape)
    length = array.size // rest
    form = [length, rest] if first else [rest, length]
    return order, form, first, shape, [kept.index(axis) for axis in sorted(kept)]


def spread(array: np.ndarray, lengths: tuple[int, ...], steps: tuple[tuple[int, int, int], ...]) -> np.ndarray:
    """Return zeros of these lengths to which every entry is added at start + stride·i + turn·u, for each axis.

    array: one axis u for each of `steps`, then one axis i for each, then any others, which go along. Places outside are
    left out. There is one addition of whole arrays for each u, or for each i where there are fewer of these."""
    count = len(steps)
    starts, strides, turns = (list(column) for column in zip(*steps, strict=True))
    for axis in range(count):
        if array.shape[axis] > array.shape[count + axis]:
            array = np.swapaxes(array, axis, count + axis)
            strides[axis], turns[axis] = turns[axis], strides[axis]
        if strides[axis] < 0:
            array = np.flip(array, count + axis)
            starts[axis] += strides[axis] * (array.shape[count + axis] - 1)
            strides[axis] *= -1
    found = room(array, lengths, count)
    for place in np.ndindex(array.shape[:count]):
        firsts = [start + turn * at for start, turn, at in zip(starts, turns, place, strict=True)]
        onto, taken = meeting(firsts, strides, lengths, array.shape[count:])
        found[onto] += array[place][taken]
    return found


def spread_to_largest(
    array: np.ndarray, windows: np.ndarray, lengths: tuple[int, ...], steps: tuple[tuple[int, int, int], ...]
) -> np.ndarray:
    """Return zeros of these lengths to which every entry is added where its window has the first of its largest.

    windows: one axis u for each of `steps`, then the axes of `array`: one axis i for each, then any others."""
    count = len(steps)
    starts, strides, turns = (list(column) for column in zip(*steps, strict=True))
    highest = largest(windows, tuple(range(count)))
    left = np.ones_like(highest, dtype=bool)
    found = room(windows, lengths, count)
    aligned = np.empty_like(highest)
    aligned[...] = array  # as the windows lie in memory, once
    for place in np.ndindex(windows.shape[:count]):
        hit = windows[place] == highest
        hit &= left
        left ^= hit
        firsts = [start + turn * at for start, turn, at in zip(starts, turns, place, strict=True)]
        onto, taken = meeting(firsts, strides, lengths, windows.shape[count:])
        found[onto] += (aligned * hit)[taken]
    return found


def room(array: np.ndarray, lengths: tuple[int, ...], count: int) -> np.ndarray:
    """Return zeros of these lengths, and of the last axes of an array, that lie in memory as the array does."""
    order = sorted(range(array.ndim - count), key=lambda axis: -abs(array.strides[count + axis]))
    shape = (*lengths, *array.shape[2 * count :])
    return np.zeros([shape[axis] for axis in order], array.dtype).transpose(np.argsort(order))


def meeting(
    firsts: list[int], strides: list[int], lengths: tuple[int, ...], counts: tuple[int, ...]
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return which places first + stride·i there are, axis by axis, and the slices of i that they belong to."""
    onto, taken = [], []
    for first, stride, length, count in zip(firsts, strides, lengths, counts[: len(lengths)], strict=True):
        start = max(0, -(first // stride))
        end = max(start, min(count, (length - 1 - first) // stride + 1))
        onto.append(slice(first + stride * start, first + stride * end, stride) if end > start else slice(0))
        taken.append(slice(start, end))
    return tuple(onto), tuple(taken)


def contract(
    spec: str,
    left: np.ndarray,
    right: np.ndarray,
    known: dict[object, list[tuple[tuple[int, ...] | None, tuple[int, ...] | None, bool]]] = {},  # noqa: B006 - to stay
) -> np.ndarray:
    """Return the sum of products that "ij,jk->ik" says: one product of matrices, whatever the number of axes.

    An index of both that is kept runs along a stack of matrices; one of a single operand must be kept. The ways that
    were found stay in `known`: to find one takes ten times as long as a small product."""
    key = (spec, left.shape, right.shape, left.strides, right.strides)
    way = known.get(key)
    if way is None:
        if len(known) == 1000:  # of changing sizes
            known.clear()
        way = known[key] = contraction(spec, (left.shape, right.shape), (left.strides, right.strides))
    first, second, (shape, back, swapped) = way
    one, two = (right, left) if swapped else (left, right)
    found: np.ndarray = np.matmul(as_matrix(one, first), as_matrix(two, second))
    found = found if shape is None else found.reshape(shape)
    return found if back is None else found.transpose(back)


def as_matrix(array: np.ndarray, way: tuple[tuple[int, ...] | None, tuple[int, ...] | None, bool]) -> np.ndarray:
    """Return an array as a matrix, or as a stack of matrices: its axes in another order, in another shape, turned."""
    order, form, turned = way
    array = array if order is None else array.transpose(order)
    array = array if form is None else array.reshape(form)
    return array.swapaxes(-1, -2) if turned else array


def contraction(
    spec: str, shapes: tuple[tuple[int, ...], tuple[int, ...]], strides: tuple[tuple[int, ...], tuple[int, ...]]
) -> list[tuple[tuple[int, ...] | None, tuple[int, ...] | None, bool]]:
    """Return how a contraction is a product of matrices: of each operand how it is a matrix, or a stack of these.

    That is the order of its axes, the shape, and whether it is turned round. Then the shape of the product, the order
    of its axes, and whether the operands change places. What is so already is None: to say it takes as long as a small
    product."""
    operands, kept = spec.split("->")
    one, two = operands.split(",")
    swapped = bool(kept) and kept[-1] in one and kept[-1] not in two  # columns lie together in memory
    if swapped:
        one, two, shapes, strides = two, one, shapes[::-1], strides[::-1]
    stacked = [letter for letter in kept if letter in one and letter in two]
    large = int(product_of(shapes[0]) < product_of(shapes[1]))  # in the order of its memory it need not be copied
    lying = [
        (one, two)[large][axis] for axis in sorted(range(len(shapes[large])), key=lambda axis: -strides[large][axis])
    ]
    rows = [letter for letter in (one if large else lying) if letter in kept and letter not in two]
    columns = [letter for letter in (lying if large else two) if letter in kept and letter not in one]
    summed = [letter for letter in lying if letter not in kept]
    sizes = dict(zip(one, shapes[0], strict=True)) | dict(zip(two, shapes[1], strict=True))
    stack_as_one = [product_of([sizes[letter] for letter in stacked])] * bool(stacked)
    lengths = [product_of([sizes[s] for s in part]) for part in (rows, summed, columns)]
    ways: list[tuple[tuple[int, ...] | None, tuple[int, ...] | None, bool]] = []
    for steps, letters, ends in ((strides[0], one, (rows, summed)), (strides[1], two, (summed, columns))):
        first, last = (part[-1:] for part in ends)  # what lies together in memory is copied together
        pairs = [(steps[letters.index(s)], -sizes[s]) for s in (*first, *last)]
        turned = len(pairs) == 2 and pairs[0] < pairs[1]
        order = (*stacked, *(ends[1] if turned else ends[0]), *(ends[0] if turned else ends[1]))
        height, width = lengths[len(ways) : len(ways) + 2]
        form = (*stack_as_one, *((width, height) if turned else (height, width)))
        places = tuple(letters.index(letter) for letter in order)
        is_form = form == tuple(sizes[letter] for letter in order)
        ways.append((None if list(order) == list(letters) else places, None if is_form else form, turned))
    found = [*stacked, *rows, *columns]
    shape = tuple(sizes[letter] for letter in found)
    is_shape = shape == (*stack_as_one, lengths[0], lengths[2])
    back = None if found == list(kept) else tuple(found.index(letter) for letter in kept)
    return [*ways, (None if is_shape else shape, back, swapped)]

"""The functions that generated code calls on arrays, each beside a plain loop."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from symbackprop.numerics.arrays.running import contract, diagonal, entry, first_of_largest, gathered, window

RNG = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("start", "steps"),
    [(0, ((1, 4), (1, 3))), (-2, ((1, 6), (1, 3))), (5, ((-1, 6),)), (3, ((2, 4), (-1, 3))), (1, ((1, 0), (1, 2)))],
)
@pytest.mark.parametrize("axis", [0, 1])
def test_window_is_what_a_loop_reads(start: int, steps: tuple[tuple[int, int], ...], axis: int) -> None:
    """Each entry of a window is the array at start + Σ stride·place, and 0 outside of it."""
    array = RNG.normal(size=(6, 7))
    found = window(array, axis, start, steps)
    size = array.shape[axis]
    for places in product(*(range(count) for _, count in steps)):
        at = start + sum(stride * place for (stride, _), place in zip(steps, places, strict=True))
        expected = np.take(array, at, axis=axis) if 0 <= at < size else np.zeros(array.shape[1 - axis])
        assert np.array_equal(expected, found[(slice(None),) * axis + places])


def test_window_leaves_its_array_alone() -> None:
    """A window can be read only: what is written in it would be written in the array that was given."""
    with pytest.raises(ValueError, match="read-only"):
        window(np.zeros(4), 0, 0, ((1, 2), (1, 2)))[0, 0] = 1.0


@pytest.mark.parametrize("spec", ["ij,jk->ik", "ij,kj->ki", "bij,bj->bi", "bij,bkj->ikb", "i,j->ij", "kibj,bj->ik"])
def test_contract_is_einsum(spec: str) -> None:
    """A product over shared indices is what NumPy's einsum makes of it."""
    sizes = dict(zip("ijkbacd", (2, 3, 4, 5, 2, 3, 4), strict=True))
    left, right = (RNG.normal(size=[sizes[s] for s in part]) for part in spec.split("->", maxsplit=1)[0].split(","))
    assert np.allclose(np.einsum(spec, left, right), contract(spec, left, right), rtol=1e-14, atol=1e-14)


def test_first_of_largest_marks_the_first() -> None:
    """Of equal entries the first one is marked, in the order of the axes."""
    array = np.array([[[1.0, 3.0], [3.0, 0.0]], [[2.0, 2.0], [2.0, 2.0]]])
    expected = np.array([[[0.0, 1.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]])
    assert np.array_equal(expected, first_of_largest(array, (1, 2)))


def test_what_is_outside_is_zero() -> None:
    """A place that an array has not is 0, asked for one by one or together; none is counted from the end."""
    array = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(np.zeros(3), entry(array, 0, -1))
    assert np.array_equal(array[:, 2], entry(array, 1, 2))
    assert np.array_equal([[0.0, 0.0], [2.0, 5.0], [0.0, 0.0]], gathered(array, 1, np.array([-1, 2, 3])).T)


def test_diagonal_is_along_the_first_axis() -> None:
    """The entries with one place in two axes stand along the first of these."""
    array = RNG.normal(size=(3, 4, 3))
    assert np.array_equal([array[i, :, i] for i in range(3)], diagonal(array, 0, 2))

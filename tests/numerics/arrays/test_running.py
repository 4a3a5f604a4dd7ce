"""The functions that generated code calls on arrays, each beside a plain loop."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from symbackprop.numerics.arrays.inplace import Memory, in_place
from symbackprop.numerics.arrays.lifetimes import letting_go
from symbackprop.numerics.arrays.running import (
    contract,
    diagonal,
    entry,
    first_of_largest,
    gathered,
    largest,
    shares,
    spread,
    spread_to_largest,
    window,
)
from symbackprop.numerics.loading import loaded

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


STEPS = [((0, 2, 1),), ((-2, 1, 2),), ((6, 3, -1), (1, 1, -2)), ((-1, 2, 1), (2, -1, 1))]


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("counts", [(4, 2), (2, 4)])
def test_spread_adds_each_entry_at_its_place(steps: tuple[tuple[int, int, int], ...], counts: tuple[int, int]) -> None:
    """What stands at u and i is added at start + stride·i + turn·u, if that is there, whichever is looped over."""
    lengths = (7, 5)[: len(steps)]
    array = RNG.normal(size=(*(counts[:1] * len(steps)), *(counts[1:] * len(steps)), 3))
    expected = np.zeros((*lengths, 3))
    for places in np.ndindex(array.shape[:-1]):
        us, inner = places[: len(steps)], places[len(steps) :]
        at = [start + stride * i + turn * u for (start, stride, turn), i, u in zip(steps, inner, us, strict=True)]
        if all(0 <= place < length for place, length in zip(at, lengths, strict=True)):
            expected[tuple(at)] += array[places]
    np.testing.assert_allclose(spread(array, lengths, steps), expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("step", [(0, 2, 1), (0, 1, 1), (2, 3, -1)])
def test_spread_to_largest_goes_to_the_first(step: tuple[int, int, int]) -> None:
    """Of equal entries of a window, the first gets all that the window has; windows may overlap."""
    windows, array = RNG.integers(0, 2, size=(3, 4, 5)).astype(float), RNG.normal(size=(4, 5))
    mask = first_of_largest(windows, (0,))
    expected = spread(mask * array, (12,), (step,))
    np.testing.assert_allclose(spread_to_largest(array, windows, (12,), (step,)), expected, rtol=1e-14)


def test_largest_is_that_of_some_axes() -> None:
    """The largest over any axes is NumPy's, for one place and for a single number, too."""
    array = RNG.normal(size=(2, 3, 1))
    for axes in ((0,), (2,), (2, 0), (0, 1, 2)):
        assert np.array_equal(array.max(axis=axes), largest(array, axes))


def test_shares_add_up_to_one_whatever_is_added_to_all() -> None:
    """Along the axis exp(u)/Σ exp(u), also where exp(u) is out of reach, and the argument is left alone."""
    array = RNG.normal(size=(3, 4))
    before, expected = array.copy(), np.exp(array) / np.exp(array).sum(axis=0)
    np.testing.assert_allclose(shares(array, 0), expected, rtol=1e-14)
    np.testing.assert_allclose(shares(array + 1000, 0), expected, rtol=1e-12)
    assert np.array_equal(before, array)


def test_arrays_go_behind_their_last_reader() -> None:
    """A window's name in quotes is no reading of it; the value of the step before stays; a block lets its own go."""
    lines = ['w1 = known.pop("windows w1")', "a = w1 + 1", "for n in x:", "    t1 = d * a", "    d = t1 + t1", "b = d"]
    wanted = [*lines[:2], "del w1", *lines[2:5], "    del t1", "del a", "b = d"]
    assert wanted == letting_go(lines, {"b"})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["t = x * y", "v = t / c[:, None] - y"], ["v = x * y", "v /= c[:, None]", "v -= y"]),
        (["t = x * y", "v = y - t"], ["v = x * y", "np.subtract(y, v, out=v)"]),
        (["t = x * y", "# v", "v = np.exp(t)"], ["t = x * y", "# v", "v = t", "np.exp(v, out=v)"]),
        (["t = x * y", "v = t + t"], None),  # the second would read what the first has changed
        (["v = x + y"], None),
        (
            ["t = x * y", "v = c[:, None] * y", "u = t - v", "w = t"],
            ["t = x * y", "u = c[:, None] * y", "np.subtract(t, u, out=u)", "w = t"],
        ),
        (["t = x * y", "r = t.T", "v = t + x", "w = r"], None),  # a view: r would change with it
        (["t = f(x * y)", "v = t + x"], None),  # f may return what it was given
        (["d = c * c", "v = d + x"], None),  # d has one axis, v two
        (["t = x >= y", "v = t * x"], None),  # no floats
        (["for n in range(2):", "    t = x * y", "    v = t + x"], None),
    ],
)
def test_operations_in_place(lines: list[str], expected: list[str] | None) -> None:
    """An array that nothing else reads, now or as a view, has its memory filled anew; any other is left as it is."""
    axes = dict.fromkeys("xytuvwr", 2) | {"c": 1, "d": 1}
    assert in_place(lines, Memory(axes, {"x", "y", "c"}), "uw") == (expected or lines)
    if expected is not None:
        given = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3)), RNG.normal(size=3)
        before, after = (
            loaded("\n    ".join(["import numpy as np\ndef f(x, y, c):", *code, "return locals()"]))["f"](*given)
            for code in (lines, expected)
        )
        assert all(np.array_equal(before[name], after[name]) for name in before.keys() & after.keys() - {"t"})

"""Where and about which numbers two sides are compared, and in how large worlds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from sympy import Integer, Sum, cosh, log, tanh

from symbackprop.calculus.checking import CENTRES, SEEDS, Setting, _worlds_around, agree, centres_of, places_of, spares
from symbackprop.calculus.fields import Exact
from symbackprop.calculus.sizing import ORDERS, VALUES, named_places, sizes_of_worlds
from symbackprop.errors import CheckError
from symbackprop.network.notation import Tensor, index, size
from symbackprop.network.program import Equation, ranges_of

I, J, K, Q = map(index, "ijkq")  # noqa: E741 - the letters of every textbook
N, D = size("N"), size("D")
X, V = Tensor("x", None, (N,)), Tensor("v", None, (N,))


@pytest.mark.parametrize(
    ("lengths", "places"),
    [
        ((), [()]),
        ((4,), [(1,), (2,), (3,), (4,)]),
        ((4, 2), [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (4, 2)]),
        ((3, 3), [(i, j) for i in (1, 2, 3) for j in (1, 2, 3)]),
        ((4, 4, 4), [(1, 1, 2), (2, 2, 3), (3, 4, 4), (4, 3, 1)]),
        ((6,), [(1,), (2,), (5,), (6,)]),
        ((5, 2), [(1, 1), (2, 2), (4, 2), (5, 1)]),
        ((40,), [(n,) for n in (*range(1, 9), *range(33, 41))]),
    ],
)
def test_places_that_are_looked_at(lengths: tuple[int, ...], places: list[tuple[int, ...]]) -> None:
    """All of up to nine; of a size both ends, of a longer axis eight at each; indices of one axis meet at some."""
    assert places == list(places_of([range(1, length + 1) for length in lengths]))


@pytest.mark.parametrize("seed", SEEDS)
def test_worlds_that_have_a_centre(seed: int) -> None:
    """After three without, every second one has: first both kinds about one point, then each about one of its own."""
    centres = [centres_of(spare) for spare in spares(seed)]
    count = len(CENTRES)
    assert [None] * 3 == centres[:3]
    assert {None} == set(centres[::2])
    assert [(centre, centre) for centre in CENTRES[1:]] == centres[3 : 2 * count : 2]
    assert list(pairwise(CENTRES)) == centres[2 * count + 1 : 4 * count - 1 : 2]
    assert (CENTRES[-1], CENTRES[0]) == centres[4 * count - 1]


def test_digits_that_cancel_are_no_difference() -> None:
    """Where 50 digits cancel, or show a pole, 1000 decide: 1 - tanh(60 x)^2 is 10^-104 at 2."""
    setting = Setting((), ranges_of(X[Q]), frontier=(X, V))
    rest = 1 - tanh(60 * X[Q]) ** 2
    assert agree(rest * cosh(60 * X[Q]) ** 2 * V[Q], V[Q], setting).points
    assert agree(log(rest), -2 * log(cosh(60 * X[Q])), setting).points


def test_settings_share_worlds_of_equal_sizes() -> None:
    """Where the sizes are given, or the axes are the same, one world serves; it is no part of what a setting is."""
    first, second = (Setting((), {Q: (Integer(start), N)}, frontier=(X,)) for start in (1, 5))
    assert first.world(Exact, 1) is replace(first).world(Exact, 1)
    assert first.world(Exact, 1) is not second.world(Exact, 1)
    entry = Setting((), {}, frontier=(X,))  # its axis is that of the index in the first one
    assert first.world(Exact, 1) is entry.world(Exact, 1)
    given = replace(first, numbers={N: 6})
    assert given.world(Exact, 1) is replace(second, numbers={N: 6}).world(Exact, 1)
    _worlds_around.cache_clear()
    assert first == replace(first)
    assert "_worlds" not in repr(first)


def test_evidence_is_what_was_compared() -> None:
    """Two comparisons of the same sides are one piece of evidence, whoever will be asked how far to trust it."""
    setting = Setting((), ranges_of(X[Q]), frontier=(X,))
    evidence = agree(2 * X[Q], X[Q] + X[Q] * 1, setting)
    assert evidence == agree(2 * X[Q], X[Q] + X[Q] * 1, setting)
    assert "ask" not in repr(evidence)


def test_sizes_are_large_in_different_worlds() -> None:
    """Each order of the four values comes once; of four sizes one is 6 in each world, of two in worlds apart."""
    assert (24, {VALUES}) == (len(set(ORDERS)), {tuple(sorted(order)) for order in ORDERS})
    assert all(set(VALUES) == {order[world] for order in ORDERS[:4]} for world in range(4))
    assert 2 == abs(ORDERS[0].index(6) - ORDERS[1].index(6))


@pytest.mark.parametrize(
    ("axis", "numbers"),
    [
        ((Integer(1), N), [2, 3, 4, 6]),
        ((Integer(0), N), [2, 3, 4, 6]),
        ((Integer(3), N), [3, 4, 4, 6]),  # where 2 is too few, as many as make two places
        ((Integer(1), N - D + 1), [4, 5, 6, 7]),
        ((Integer(5), 2 * N), [3, 3, 4, 6]),
    ],
)
def test_no_axis_is_empty(axis: tuple[Integer, Integer], numbers: list[int]) -> None:
    """Each axis has a place or more in every world, one that begins at 3 and one made of two sizes as well."""
    worlds = sizes_of_worlds((), [axis])
    assert numbers == sorted(world[N] for world in worlds)
    assert all((axis[1] - axis[0]).xreplace(world) >= 0 for world in worlds)


def test_axis_that_has_no_place_is_refused() -> None:
    """No number makes the range from 9 to -N one with a place in it."""
    with pytest.raises(CheckError, match=r"^no small sizes make every axis of \(9, -N\) non-empty$"):
        sizes_of_worlds((), [(Integer(9), -N)])


def test_window_reads_to_the_end_or_not() -> None:
    """Of x[2 i + u - 2] there are 2 m + k - 2 entries, one more, two more, and again none."""
    wide = Tensor("x", None, (D,))
    window = Equation(V[I], Sum(wide[2 * I + J - 2], (J, 1, size("k"))))
    axes = [*V.axes, (Integer(1), size("k")), *wide.axes]
    worlds = sizes_of_worlds((window,), axes)
    assert [0, 1, 2, 0] == [world[D] - (2 * world[N] + world[size("k")] - 2) for world in worlds]


def test_sizes_are_no_smaller_than_an_array_of_fixed_length_asks_for() -> None:
    """Σ_j a_j x_j with three a's: N is 2 or 3, as it is elsewhere, not 1 in every world; nor is another size."""
    a, y = Tensor("a", None, (Integer(3),)), Tensor("y", None, (D,))
    worlds = sizes_of_worlds([Equation(y[I], Sum(a[J] * X[J], (J, 1, N)))], [*X.axes, *y.axes, *a.axes])
    assert ([2, 3], [2, 3, 4, 6]) == tuple(sorted({world[each] for world in worlds}) for each in (N, D))


def test_sizes_are_small_where_much_is_added_up() -> None:
    """Sums through six indices have no size above 4, and through twelve none above 3."""
    for count, largest in ((2, 6), (6, 4), (12, 3)):
        limits = [(index(f"i{place}"), Integer(1), size(f"N{place}")) for place in range(count)]
        equation = Equation(V[I], Sum(X[I], *limits))
        worlds = sizes_of_worlds((equation,), [axis for _, *axis in limits])
        assert largest == max(max(world.values()) for world in worlds)


def test_named_place_is_an_end() -> None:
    """x_3 is there where N is 3 or more; ends of the axis, and what an index runs through, say nothing."""
    assert {(1, 3), (3, N)} == named_places([Equation(V[I], X[3] + X[1] + X[N] + X[I])])

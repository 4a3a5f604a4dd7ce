"""Small worlds: what the entries of leaves are, what adds up to 1, and what has the derivative 0."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from sympy import Expr, KroneckerDelta, Sum, Symbol, ceiling, floor

from symbackprop.calculus.fields import Exact
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.worlds import World
from symbackprop.network.functions import TANH, slope
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import Equation

I, J, K, Q = map(index, "ijkq")  # noqa: E741 - the letters of every textbook
N = size("N")
COUNT = 4
X, V, U, D, Y, A, W = (Tensor(letter, None, (N,)) for letter in ("x", "v", "u", "delta", "y", "a", "w"))
S, R = Tensor("s", None, ())[()], Symbol("r", real=True)


def world(equations: Iterable[Equation] = (), **options: Any) -> World:
    """Return a world in which every size is 4."""
    return World(Exact(1), lambda _: COUNT, equations, **options)


def entries(of: World, tensor: Tensor) -> list[Any]:
    """Return the entries of a tensor, those of the last axis one after the other."""
    return [of.entry(tensor, place) for place in product(*(of.range(*axis) for axis in tensor.axes))]


def test_signs_of_leaves() -> None:
    """Weights, biases and inputs have both signs; what may stand in a logarithm is positive."""
    signs = {letter: {entry > 0 for entry in entries(world(), Tensor(letter, None, (N, 9)))} for letter in "wbzxay"}
    both = {True, False}
    assert {"w": both, "b": both, "z": both, "x": both, "a": {True}, "y": {True}} == signs


def test_centres() -> None:
    """With centres targets lie within 17/64 of the second, factors within 17/64^2 of 0, all else about the first."""
    plain, about = world(), world(centres=(Fraction(5), Fraction(-3)))
    assert entries(plain, Y) == [(y + 3) * 64 for y in entries(about, Y)]
    assert entries(plain, A) == [(a - 5) * 64 for a in entries(about, A)]
    assert entries(plain, W) == [w * 64**2 for w in entries(about, W)]


def test_shares_add_up_to_one() -> None:
    """The last entry along the last axis of a simplex is what the others leave; those are drawn as ever."""
    shares = entries(world(simplex=(Y,)), Y)
    assert 1 == sum(shares)
    assert entries(world(), Y)[:-1] == shares[:-1]


@pytest.mark.parametrize(
    "factor",
    [
        Y[4],
        V[Q],
        D[Q],
        S,
        Q + N,
        floor(Q / 2) + ceiling(Q / 3),
        KroneckerDelta(Q, J),
        TANH(V[Q]),
        slope(TANH)(V[Q]),
        Sum(Chosen((I,), Largest(X[K], (K, 1, N))), (I, 1, N)),
        Partial(COST, U[Q]),
        Partial(U[Q], V[Q]),
        Partial(U[Q], X[Q]),
        Partial(Y[Q], Y[J]),
        Partial(V[Q] ** 2, V[Q]),
        Partial(S**2 * V[Q], S),
        Partial(R**2 * V[Q], R),
    ],
)
def test_what_does_not_come_from_an_entry_has_slope_zero(factor: Expr) -> None:
    """∂(f w_i)/∂w_i is f, whatever f is: a share, an entry, an error, an index, or a derivative."""
    here = world((Equation(U[Q], V[Q] ** 2 * X[Q]),), names={D: V}, frontier=(U,), simplex=(Y,))
    at = {Q: 2, J: 2, I: 3}
    assert 0 != here.value(factor, at)
    assert here.value(factor, at) == here.value(Partial(factor * W[I], W[I]), at)


def test_derivatives_by_hand() -> None:
    """∂C/∂ of a leaf, of a letter alone, of an entry by itself and by another one."""
    here = world((Equation(U[Q], V[Q] ** 2 * X[Q]),), names={D: V}, frontier=(U,))
    v, x, s = here.entry(V, (2,)), here.entry(X, (2,)), here.value(S, {})
    assert 2 * v * x == here.value(Partial(U[Q], V[Q]), {Q: 2})
    assert 2 * v * x * here.value(Partial(COST, U[Q]), {Q: 2}) == here.value(D[Q], {Q: 2})
    assert [1, 0] == [here.value(Partial(A[Q], A[J]), {Q: 2, J: place}) for place in (2, 3)]
    assert 0 == here.value(Partial(U[Q], V[J]), {Q: 2, J: 3})
    assert 2 * s * v == here.value(Partial(S**2 * V[Q], S), {Q: 2})
    assert 2 * here.value(R, {}) * v == here.value(Partial(R**2 * V[Q], R), {Q: 2})

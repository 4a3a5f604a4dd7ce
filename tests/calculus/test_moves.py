"""How all moves that is computed, in which order of time, and what replaces large numbers and equal values."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Expr, Integer, Max, Min, Sum, symbols

from symbackprop.calculus.choices import extreme
from symbackprop.calculus.fields import Exact
from symbackprop.calculus.literals import in_letters, letters_for
from symbackprop.calculus.recurrence import Recurrence, recurrences
from symbackprop.calculus.tangents import _check, direction_of, tangents
from symbackprop.errors import CheckError
from symbackprop.network.extremes import STEP
from symbackprop.network.functions import TANH, slope
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import Equation

I, J, T = map(index, "ijt")  # noqa: E741 - the letters of every textbook
N, D, ONE = size("N"), size("D"), Integer(1)
X, Z, H, M, F, G = (Tensor(name, None, (N,)) for name in ("x", "z", "h", "m", "f", "g"))
W, S = Tensor("w", None, (N, N)), Tensor("s", None, ())[()]

WEIGHTED = Equation(Z[I], Sum(W[I, J] * X[J], (J, 1, N)))
PROGRAM = (
    WEIGHTED,
    Equation(H[I], TANH(Z[I])),
    Equation(M[I], STEP(X[I])),
    Equation(F[I], 2 * M[I]),
    Equation(G[I], W[I, I]),
    Equation(COST, Sum(H[I] + F[I] + G[I], (I, 1, N))),
)


def test_what_moves_along_a_direction() -> None:
    """Each equation that is reached has its own, those after a step and the cost have none."""
    x, w, z, h, g = map(direction_of, (X, W, Z, H, G))
    steep = Equation(h[I], slope(TANH)(Z[I]) * z[I])
    assert (Equation(z[I], Sum(W[I, J] * x[J], (J, 1, N))), steep) == tangents(PROGRAM, (X,))
    both = Equation(z[I], Sum(w[I, J] * X[J] + W[I, J] * x[J], (J, 1, N)))
    assert (both, steep, Equation(g[I], w[I, I])) == tangents(PROGRAM, (X, W))
    assert () == tangents(PROGRAM, (F,))
    wrong = Equation(z[I], 2 * Sum(W[I, J] * x[J], (J, 1, N)))
    with pytest.raises(CheckError, match=r" is not "):
        _check(WEIGHTED, wrong, {X: x, Z: z})


A, B, C = (Tensor(name, None, (D, N)) for name in ("a", "b", "c"))
TURNED = Tensor("o", None, (N, D))


@pytest.mark.parametrize(
    ("equations", "found"),
    [
        (
            (Equation(A[T, I], Sum(W[I, J] * B[T - 1, J], (J, 1, N)) + X[I]), Equation(B[T, I], TANH(A[T, I]))),
            (Recurrence((A, B), (0, 0), 1),),
        ),
        (
            (Equation(A[T, I], A[T + 1, I] * X[I]), Equation(COST, Sum(A[T, 1], (T, 1, D)))),
            (Recurrence((A,), (0,), -1),),
        ),
        (
            (Equation(TURNED[I, T], A[T - 1, I]), Equation(A[T, I], TURNED[I, T])),
            (Recurrence((TURNED, A), (1, 0), 1),),
        ),
        ((Equation(A[T, I], A[T - 1, I] + A[T + 1, I]),), ()),
        ((Equation(A[T, I], A[T - 1, I + 1] + A[T - 1, I - 1]),), (Recurrence((A,), (0,), 1),)),
        ((Equation(TURNED[I, T], TURNED[I - 1, T - 1] + TURNED[I, T - 1]),), (Recurrence((TURNED,), (1,), 1),)),
        ((Equation(TURNED[I, T], TURNED[I + 1, T - 1], ((ONE, N), (ONE, D - 1))),), (Recurrence((TURNED,), (1,), 1),)),
        ((Equation(A[T, I], B[T, I]), Equation(B[T, I], A[T, I])), ()),
        ((Equation(A[T, I], A[T - 1, I] * S), Equation(S, Sum(A[T, 1], (T, 1, D)))), ()),
        ((Equation(A[T, I], B[T - 1, I]), Equation(B[T, I], X[I])), ()),
        (
            (Equation(A[T, I], A[T - 1, I]), Equation(B[T, I], A[T, I]), Equation(C[T, I], C[T - 1, I] + B[T, I])),
            (Recurrence((A,), (0,), 1), Recurrence((C,), (0,), 1)),
        ),
    ],
)
def test_time_runs_along_one_axis(equations: tuple[Equation, ...], found: tuple[Recurrence, ...]) -> None:
    """What needs itself a step before, or after, is one group; what needs both, or no shift, is none."""
    assert found == recurrences(equations)


@pytest.mark.parametrize(
    ("kind", "jets", "jet"),
    [
        (Max, [(3, 1), (2, 9), (1, 7)], (3, 1)),
        (Min, [(3, 1), (2, 9), (4, 7)], (2, 9)),
        (Max, [(3, 1), (3, 5), (2, 9)], (3, 3)),
        (Max, [(3, 1), (3, 5), (3, 9)], (3, 5)),
        (Min, [(3, 0), (3, 1), (4, 9)], (3, Integer(1) / 2)),
    ],
)
def test_slope_where_values_are_equal(kind: type, jets: list[tuple[int, int]], jet: tuple[int, Expr]) -> None:
    """Of one largest value its own, of several that are equal the mean of the largest and the smallest slope."""
    parts = symbols("a b c", real=True)
    known: dict[Any, Any] = dict(zip(parts, jets, strict=True))
    assert jet == extreme(kind(*parts), lambda part: lambda _env, _seed: known[part], Exact(1))({}, None)


def test_numbers_that_become_letters() -> None:
    """Ends of axes above 6 have letters; an expression with another number above 6 is left alone."""
    letters = letters_for([(Integer(1), Integer(6)), (Integer(0), Integer(7)), (Integer(1), N)])
    assert [Integer(7)] == list(letters)
    assert X[1] * letters[Integer(7)] + 6 == in_letters(7 * X[1] + 6, letters)
    assert in_letters(8 * X[1], letters) is None

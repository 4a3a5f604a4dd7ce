"""What a sum of products is in matrices, and which matrices are no form of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from oneline import pretty
from sympy import Expr, Indexed, Integer, KroneckerDelta, Max, Min, Piecewise, Rational, S, Sum, exp, tanh

from symbackprop.calculus import masks, matrixform
from symbackprop.calculus.fields import Exact
from symbackprop.calculus.matrices import (
    Applied,
    Correlation,
    Hadamard,
    Matrix,
    Named,
    Ones,
    Plus,
    Product,
    Scaled,
    Spaced,
    Transposed,
    Turned,
    Unpooled,
)
from symbackprop.calculus.matrixcheck import _Here, _rows
from symbackprop.calculus.matrixform import columns_of, is_column_form
from symbackprop.calculus.recognition import Frame, recognise
from symbackprop.calculus.worlds import World
from symbackprop.errors import CheckError
from symbackprop.network.extremes import where
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import Tensor, index, size

I, J, K, L = map(index, "ijkl")  # noqa: E741 - the letters of every textbook
N, M, R = map(size, "NMR")
A, C = Tensor("a", None, (N, M)), Tensor("c", None, (M, R))
U, V, X, Y = Tensor("u", None, (R,)), Tensor("v", None, (N,)), Tensor("x", None, (M,)), Tensor("y", None, (N,))
BOTH = Plus((Product((Named(V), Transposed(Ones(M)))), Product((Ones(N), Transposed(Named(X))))))  # v_i + x_j


@pytest.mark.parametrize(
    ("right", "matrix"),
    [
        (Sum(A[I, J] * X[J] * V[I], (J, 1, M)), Hadamard((Named(V), Product((Named(A), Named(X)))))),
        (Sum(A[I, J] * C[J, K] * U[K], (K, 1, R), (J, 1, M)), Product((Named(A), Named(C), Named(U)))),
        (Sum(A[I, J] * (V[I] + X[J]), (J, 1, M)), Product((Hadamard((BOTH, Named(A))), Ones(M)))),
        (
            V[I] * Sum(U[K], (K, 1, R)) * Sum(X[J], (J, 1, M)),  # two numbers: nothing is multiplied entry by entry
            Product((Named(V), Transposed(Named(U)), Ones(R), Transposed(Named(X)), Ones(M))),
        ),
    ],
)
def test_sums_of_products_are_products_of_matrices(right: Expr, matrix: Matrix) -> None:
    """What does not meet the summed index stays beside the product, in the order of rows and columns."""
    assert (Named(Y), matrix) == columns_of(Y[I], right)
    assert is_column_form(Y[I], right, matrix)


SQUARE, OTHER = Tensor("s", None, (N, N)), Tensor("t", None, (N, N))
MASKED: list[tuple[Indexed, Expr, str]] = [
    (OTHER[I, J], where("<=", J, I, exp(SQUARE[I, J]), S.Zero), "T = exp(S) ⊙ [j ≤ i]"),
    (OTHER[I, J], where("<", J, I, SQUARE[I, J], -Integer(9)), "T = S ⊙ [j < i] − 9[j ≥ i]"),
    (OTHER[J, I], Piecewise((SQUARE[J, I], I - J >= 2), (0, True), evaluate=False), "T = S ⊙ [j ≥ i + 2]"),
    (V[I], Sum(SQUARE[I, K] * Y[K], (K, 1, I)), "v = (S ⊙ [j ≤ i]) y"),
    (V[I], Sum(Y[K] * SQUARE[I, K], (K, Max(1, I - 2), Min(N, I + 1))), "v = (S ⊙ [i − 2 ≤ j ≤ i + 1]) y"),
    (V[I], where(">=", I, Integer(2), Y[I], S.Zero), "v = y ⊙ [i ≥ 2]"),
    (OTHER[J, I], Y[J] * Chosen((I,), Largest(SQUARE[J, I], (I, 1, N))), "T = y 𝟏_Nᵀ ⊙ [j = argmaxₖ(sᵢₖ)]"),
    (OTHER[I, J], Chosen((J, I), Largest(SQUARE[K, L], (L, 1, N), (K, 1, N))), "T = [(i, j) = argmaxₖₗ(sₖₗ)]"),
    (V[I], Y[I] * exp(Y[I] - Largest(SQUARE[K, I], (K, 1, N))), "v = y ⊙ exp(y − rowmax(Sᵀ))"),
    (V[I], Y[I] * Largest(exp(Y[K]), (K, 1, N)), "v = y · max(exp(y))"),
    (V[I], -2 * Largest(-exp(SQUARE[I, K]), (K, 1, N)), "v = 2 · rowmin(exp(S))"),
    (V[I], -Y[I] * Largest(-Y[K], (K, 1, N)), "v = y · min(y)"),
    (
        A[J, K],
        Sum(SQUARE[I, J] * C[K, L] * A[I, K] / Y[I], (I, J, N), (L, 1, R)),
        "A = (Sᵀ ⊙ [j ≥ i]) (y^(∘−1) 𝟏_Mᵀ ⊙ A) ⊙ 𝟏_N (c 𝟏_R)ᵀ",
    ),
]


@pytest.mark.parametrize(("left", "right", "expected"), MASKED)
def test_conditions_on_indices_are_masks(left: Indexed, right: Expr, expected: str) -> None:
    """A case for some rows and columns, and a sum up to one of them, are products with ones and zeros."""
    assert expected == pretty(*columns_of(left, right))


@pytest.mark.parametrize(("right", "wrong"), [("zip(own, PLACES,", "zip(own, PLACES[::-1],"), ("Not(holds)", "holds")])
def test_wrong_mask_is_refused(right: str, wrong: str, plant: Any) -> None:
    """A mask of other rows and columns is found to differ from the index form."""
    plant(masks._masked, right, wrong)
    matrixform._recognised_sides.cache_clear()
    with pytest.raises(CheckError, match="differs from the index form"):  # noqa: PT012 - one of them comes there
        for left, entry, _ in MASKED:
            columns_of(left, entry)
    matrixform._recognised_sides.cache_clear()


def test_transposes_are_carried_inside_where_one_is_there() -> None:
    """Pᵀ G Wᵀ is no Pᵀ (W Gᵀ)ᵀ, and G (X W)ᵀ stays as it is read."""
    h = index("h")
    g, w, p = Tensor("g", None, (N, R)), Tensor("w", None, (M, R)), Tensor("p", None, (N, N))
    _, found = columns_of(A[I, J], Sum(p[h, I] * Sum(w[J, K] * g[h, K], (K, 1, R)), (h, 1, N)))
    assert Product((Transposed(Named(p)), Named(g), Transposed(Named(w)))) == found
    x, v = Tensor("x", None, (N, M)), Tensor("v", None, (M, R))
    _, found = columns_of(p[I, h], Sum(g[I, K] * Sum(x[h, J] * v[J, K], (J, 1, M)), (K, 1, R)))
    assert Product((Named(g), Transposed(Product((Named(x), Named(v)))))) == found
    f = Tensor("f", None, (M, R))  # the derivative by v of a tanh(p x v) with the error g: xᵀ pᵀ (g ⊙ tanh(p x v))
    reached = Sum(v[J, K] * Sum(p[I, h] * x[h, J], (h, 1, N)), (J, 1, M))
    _, found = columns_of(f[L, K], Sum(g[I, K] * tanh(reached) * x[I, L], (I, 1, N)))
    inner = Applied(tanh, Product((Named(p), Named(x), Named(v))))
    assert Product((Transposed(Named(x)), Hadamard((Named(g), inner)))) == found


def test_squares_and_numbers_stand_as_they_are_read() -> None:
    """2 (V - Y) is not multiplied out, and the sum of x_j² is xᵀ x."""
    number, difference = Rational(2), Plus((Named(V), Scaled(Rational(-1), Named(Y))))
    found = columns_of(Tensor("z", None, (N,))[I], 2 * V[I] - 2 * Y[I])[1]
    assert isinstance(found, Scaled)
    assert (number, set(difference.terms)) == (found.coefficient, set(found.of.terms))  # type: ignore[attr-defined]
    found = columns_of(Tensor("s", None, ())[()], Sum(X[J] ** 2, (J, 1, M)))[1]
    assert Product((Transposed(Named(X)), Named(X))) == found


def test_other_matrix_is_no_column_form() -> None:
    """A matrix that reads other tensors, or has other entries, is not the right side."""
    right = Sum(A[I, J] * X[J], (J, 1, M))
    assert is_column_form(Y[I], right, Product((Named(A), Named(X))))
    assert not is_column_form(Y[I], right, Scaled(Rational(2), Product((Named(A), Named(X)))))
    assert not is_column_form(Y[I], right, Named(V))


def test_what_no_rule_recognises_is_named() -> None:
    """A delta of two indices has no rule, and an array of three axes is no matrix."""
    frame = Frame({V: Named(V)}, {I: N, J: M, K: R})
    with pytest.raises(CheckError, match=r"^KroneckerDelta\(i, j\) has no matrix form$"):
        recognise(Sum(KroneckerDelta(I, J) * V[J], (J, 1, N)), (I,), frame)
    with pytest.raises(CheckError, match=r"^an array with 3 axes has no matrix form$"):
        recognise(V[I], (I, J, K), frame)


GRID, FEW = Tensor("w", None, (2, 3)), Tensor("v", None, (2,))
ZERO, ONE = Integer(0), Integer(1)


@pytest.mark.parametrize(
    ("matrix", "of"),
    [
        (Turned(Named(GRID)), lambda g, v: [g[1][::-1], g[0][::-1]]),
        (Turned(Named(FEW)), lambda g, v: [[v[1]], [v[0]]]),
        (
            Spaced(Named(GRID), (Integer(3), Integer(2))),
            lambda g, v: [[g[0][0], 0, g[0][1], 0, g[0][2]], [0] * 5, [0] * 5, [g[1][0], 0, g[1][1], 0, g[1][2]]],
        ),
        (Spaced(Named(FEW), (Integer(3),)), lambda g, v: [[v[0]], [0], [0], [v[1]]]),
        (
            Unpooled(Scaled(Integer(5), Ones(ONE)), Named(FEW), (Integer(2),), (Integer(2),), (ZERO,), (None,)),
            lambda g, v: [[5], [0]] if v[0] >= v[1] else [[0], [5]],
        ),
        (
            Correlation(Named(FEW), Named(FEW), (Integer(1),), (Integer(2),), (Integer(2),)),
            lambda g, v: [[v[1] * v[0]], [v[0] * v[1]]],
        ),
        (
            Correlation(
                Named(GRID), Named(GRID), (Integer(0), Integer(1)), (Integer(1),) * 2, (Integer(1), Integer(2))
            ),
            lambda g, v: [
                [sum(r[1] * r[0] + r[2] * r[1] for r in g), sum(r[0] * r[0] + r[1] * r[1] + r[2] * r[2] for r in g)]
            ],
        ),
    ],
)
def test_entries_of_what_is_moved(matrix: Matrix, of: Callable[..., Any]) -> None:
    """Turned round, spaced by zeros, or moved over an array that is 0 outside of itself, along one axis or two."""
    world = World(Exact(1), int)
    grid = [[world.entry(GRID, (row, column)) for column in (1, 2, 3)] for row in (1, 2)]
    vector = [world.entry(FEW, (place,)) for place in (1, 2)]
    tensors = {Named(GRID): GRID, Named(FEW): FEW}
    assert of(grid, vector) == _rows(matrix, _Here(world, tensors, {}))

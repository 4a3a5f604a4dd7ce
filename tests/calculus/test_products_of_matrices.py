"""What a sum of products is in matrices, and which matrices are no form of it."""

from __future__ import annotations

import pytest
from sympy import Expr, KroneckerDelta, Rational, Sum

from symbackprop.calculus.matrices import Hadamard, Matrix, Named, Ones, Plus, Product, Scaled, Transposed
from symbackprop.calculus.matrixform import columns_of, is_column_form
from symbackprop.calculus.recognition import Frame, recognise
from symbackprop.errors import CheckError
from symbackprop.network.notation import Tensor, index, size

I, J, K = map(index, "ijk")  # noqa: E741 - the letters of every textbook
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
    ],
)
def test_sums_of_products_are_products_of_matrices(right: Expr, matrix: Matrix) -> None:
    """What does not meet the summed index stays beside the product, in the order of rows and columns."""
    assert (Named(Y), matrix) == columns_of(Y[I], right)
    assert is_column_form(Y[I], right, matrix)


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

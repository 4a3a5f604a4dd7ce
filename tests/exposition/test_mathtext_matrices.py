"""What matrix expressions look like: capitals for matrices and batches, ⊙, transposes, gradients."""

from __future__ import annotations

import pytest
from sympy import Integer, Rational, S, exp, log

from symbackprop.calculus.matrices import (
    Applied,
    Gradient,
    Hadamard,
    Jacobian,
    Matrix,
    Named,
    Ones,
    Plus,
    Powered,
    Product,
    Scaled,
    Transposed,
)
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.network.functions import ABSOLUTE, SIGMA, slope
from symbackprop.network.notation import (
    LAST_LAYER,
    LAYER,
    Tensor,
    activation,
    bias,
    error,
    size,
    target,
    weight,
    weighted_input,
    width,
)

A, Y, Z, B = Named(activation(LAYER)), Named(target()), Named(weighted_input(LAYER)), Named(bias(LAYER))
W, DELTA, ABOVE = Named(weight(LAYER)), Named(error(LAYER)), Named(error(LAYER + 1))
BATCH_A, BATCH_Y, BATCH_DELTA = (Named(tensor.tensor, batch=True) for tensor in (A, Y, DELTA))
ROW_INPUT = Named(activation(0), batch=True)
SENT_BACK = Product((Transposed(Named(weight(LAYER + 1))), ABOVE))
SLOPE = Applied(slope(SIGMA), Z)
MINUS_A = Scaled(S.NegativeOne, A)

MATRICES = {
    r"W^{(l)}": W,
    r"\delta^{(l)}": DELTA,
    r"\Delta^{(l)}": BATCH_DELTA,
    r"A^{(l)}": BATCH_A,
    r"Y": BATCH_Y,
    r"X": ROW_INPUT,
    r"x": Named(activation(0)),
    r"\left(W^{(l+1)}\right)^{\mathsf{T}}\delta^{(l+1)} \odot \sigma'{\left(z^{(l)}\right)}": Hadamard(
        (SLOPE, SENT_BACK)
    ),
    r"\nabla_{a^{(L)}}\,C \odot \sigma'{\left(z^{(l)}\right)}": Hadamard((SLOPE, Gradient(activation(LAST_LAYER)))),
    r"\nabla_{A^{(L)}}\,C": Gradient(activation(LAST_LAYER), batch=True),
    r"\nabla_{W^{(l)}}\,C": Gradient(weight(LAYER)),
    r"\delta^{(l)}\left(a^{(l)}\right)^{\mathsf{T}}": Product((DELTA, Transposed(A))),
    r"\frac{1}{m}\left(\Delta^{(l)}\right)^{\mathsf{T}}X": Scaled(
        1 / size("m"), Product((Transposed(BATCH_DELTA), ROW_INPUT))
    ),
    r"W^{(l)}\,a^{(l)} + b^{(l)}": Plus((B, Product((W, A)))),
    r"\left(a^{(l)} - y\right) \odot a^{(l)} \odot \left(1 - a^{(l)}\right)": Hadamard(
        (A, Plus((MINUS_A, S.One)), Plus((Scaled(S.NegativeOne, Y), A)))
    ),
    r"\frac{2}{n_{L}}\left(a^{(l)} - y\right) \odot a^{(l)}": Scaled(
        2 / width(LAST_LAYER), Hadamard((A, Plus((A, Scaled(S.NegativeOne, Y)))))
    ),
    r"-y \odot a^{(l)}": Scaled(S.NegativeOne, Hadamard((A, Y))),
    r"\left(\delta^{(l)} \odot z^{(l)}\right)\left(a^{(l)}\right)^{\mathsf{T}}": Product(
        (Hadamard((DELTA, Z)), Transposed(A))
    ),
    r"\left(a^{(l)}\right)^{\circ 2}": Powered(A, Integer(2)),
    r"Y^{\mathsf{T}}": Transposed(BATCH_Y),
    r"y^{\circ-1}": Powered(Y, S.NegativeOne),
    r"\left(a^{(l)}\right)^{\circ 1/2}": Powered(A, Rational(1, 2)),
    r"\mathbf{1}": Ones(None),
    r"\mathbf{1}_{n_{L}}": Ones(width(LAST_LAYER)),
    r"\left(\frac{\partial a^{(L)}}{\partial z^{(L)}}\right)^{\mathsf{T}}\nabla_{a^{(L)}}\,C": Product(
        (
            Transposed(Jacobian(activation(LAST_LAYER), weighted_input(LAST_LAYER))),
            Gradient(activation(LAST_LAYER)),
        )
    ),
    r"\mathrm{exp}{\left(z^{(l)}\right)}": Applied(exp, Z),
    r"\ln a^{(l)}": Applied(log, A),
    r"\left\lvert a^{(l)} - y\right\rvert": Applied(ABSOLUTE, Plus((Scaled(S.NegativeOne, Y), A))),
    r"1 - 2\left(a^{(l)}\right)^{\circ 2}": Plus((Scaled(Integer(-2), Powered(A, Integer(2))), S.One)),
    "q": Named(Tensor("q", None, ((S.One, size("N")), (S.One, S.One)))),  # a column
    "q_{1}": Named(Tensor("q", None, ((S.One, size("N")), (S.One, S.One))), places=(None, S.One)),
    "Q": Named(Tensor("q", None, ((S.One, size("N")), (S.One, Integer(2))))),
    r"a^{(l)} - \frac{1}{2}": Plus((A, Rational(-1, 2))),
}


@pytest.mark.parametrize(("expected", "matrix"), MATRICES.items(), ids=MATRICES)
def test_matrix_is_written_as_people_write_it(expected: str, matrix: Matrix) -> None:
    """Each kind of matrix expression has the LaTeX of its row."""
    assert expected == latex(matrix)


def test_letters_of_matrices_are_renamed_before_they_are_made_capital() -> None:
    """W renamed to θ is the matrix Θ; an accent stays over the capital."""
    symbols = {"w": r"\theta", "a": r"\hat{y}", "delta": "e"}
    got = [latex(matrix, symbols=symbols) for matrix in (W, BATCH_A, BATCH_DELTA)]
    assert [r"\Theta^{(l)}", r"\hat{Y}^{(l)}", r"E^{(l)}"] == got

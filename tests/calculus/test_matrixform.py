"""Matrix equations: what is recognised from an index equation, and that a wrong one is refused."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from oneline import pretty
from sympy import Expr, Indexed, KroneckerDelta, Piecewise, Rational, S, Sum, exp, log, sqrt

import symbackprop as sb
from symbackprop.calculus import arrayforms, matrixform, recognition
from symbackprop.calculus.arrayforms import array_sides, einsum_sides, matrix_sides, slice_sides
from symbackprop.calculus.backpropagation import Derivation, derive, derive_for_code
from symbackprop.calculus.batches import BATCH, Batch, sides_of_samples
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.matrices import (
    Applied,
    Cases,
    Einsum,
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
    Total,
    Transposed,
    parts_of,
    replaced,
)
from symbackprop.calculus.matrixcheck import check_recognised
from symbackprop.calculus.matrixform import columns, columns_of, forward, rows, rows_of
from symbackprop.calculus.slices import is_entrywise, sliced
from symbackprop.errors import CheckError, DomainError
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.extremes import WhereGreater
from symbackprop.network.functions import SIGMA, slope
from symbackprop.network.model import dense_equations, mlp
from symbackprop.network.notation import LAST_LAYER, LAYER, Tensor, index, size, width
from symbackprop.network.program import Equation

pytestmark = pytest.mark.combinations

I, J, K, P, R_ = map(index, "ijkpr")  # noqa: E741 - the letters of every textbook
N, M, R = map(size, "NMR")
W, B, z, a, DELTA = (
    make(LAYER)
    for make in (notation.weight, notation.bias, notation.weighted_input, notation.activation, notation.error)
)
BEFORE, ABOVE = notation.activation(LAYER - 1), notation.error(LAYER + 1)
WEIGHT_ABOVE = notation.weight(LAYER + 1)
STEEP = slope(SIGMA)


@pytest.fixture(scope="module")
def derivation() -> Derivation:
    """Return the derivation of a network with a sigmoid, a tanh and the quadratic cost."""
    return derive(mlp("2-3-4-2", ["sigmoid", "tanh", "sigmoid"]))


def test_four_equations_for_one_sample(derivation: Derivation) -> None:
    """With vectors as columns: ∇C ⊙ σ'(z), Wᵀδ ⊙ σ'(z), δ and δ aᵀ."""
    last_z, last_a, last_error = (
        make(LAST_LAYER) for make in (notation.weighted_input, notation.activation, notation.error)
    )
    expected = {
        "BP1": (Named(last_error), Hadamard((Gradient(last_a), Applied(STEEP, Named(last_z))))),
        "BP2": (
            Named(DELTA),
            Hadamard((Product((Transposed(Named(WEIGHT_ABOVE)), Named(ABOVE))), Applied(STEEP, Named(z)))),
        ),
        "BP3": (Gradient(B), Named(DELTA)),
        "BP4": (Gradient(W), Product((Named(DELTA), Transposed(Named(BEFORE))))),
    }
    assert expected == {name: columns(equation) for name, equation in derivation.equations.items()}


def test_four_equations_for_a_batch(derivation: Derivation) -> None:
    """With samples as rows: ∇C ⊙ σ'(Z), Δ W ⊙ σ'(Z), Δᵀ 1/m and Δᵀ A/m, the mean of the samples."""
    last_z, last_a, last_error = (
        make(LAST_LAYER) for make in (notation.weighted_input, notation.activation, notation.error)
    )
    errors = Transposed(Named(DELTA, batch=True))
    expected = {
        "BP1": (
            Named(last_error, batch=True),
            Hadamard((Gradient(last_a, batch=True), Applied(STEEP, Named(last_z, batch=True)))),
        ),
        "BP2": (
            Named(DELTA, batch=True),
            Hadamard((Product((Named(ABOVE, batch=True), Named(WEIGHT_ABOVE))), Applied(STEEP, Named(z, batch=True)))),
        ),
        "BP3": (Gradient(B, whole=True), Scaled(1 / BATCH, Product((errors, Ones(None))))),
        "BP4": (Gradient(W, whole=True), Scaled(1 / BATCH, Product((errors, Named(BEFORE, batch=True))))),
    }
    assert expected == {name: rows(equation) for name, equation in derivation.equations.items()}


def test_forward_pass() -> None:
    """For a sample z = W a + b, for a batch Z = A Wᵀ + 1 bᵀ, and a = σ(z) entry by entry."""
    weighted, active = dense_equations(ACTIVATIONS["tanh"], LAYER)
    column = Plus((Named(B), Product((Named(W), Named(BEFORE)))))
    assert (Named(z), column) == forward(weighted)
    _, batch = forward(weighted, Batch())
    assert {
        Product((Ones(None), Transposed(Named(B)))),
        Product((Named(BEFORE, batch=True), Transposed(Named(W)))),
    } == set(batch.terms)
    assert (Named(a), Applied(ACTIVATIONS["tanh"].function, Named(z))) == forward(active)


def test_jacobian_form() -> None:
    """Where the neurons mix, δ = Jᵀ ∇C for a sample, and its transpose for a sample as a row."""
    equation = derive(mlp("2-3-2", ["sigmoid", "softmax"])).equations["BP1"]
    last_z, last_a, last_error = (
        make(LAST_LAYER) for make in (notation.weighted_input, notation.activation, notation.error)
    )
    jacobian, gradient = Jacobian(last_a, last_z), Gradient(last_a)
    assert (Named(last_error), Product((Transposed(jacobian), gradient))) == columns(equation)
    assert (Transposed(Named(last_error)), Product((Transposed(gradient), jacobian))) == rows(equation)


PAIRS = [*product([*ACTIVATIONS, "exp(-z^2)", "2^z - 1"], [*COSTS, "(a-y)**4", "2^(a-y)"])]


def equations(activation: str, cost: str) -> list[BackpropEquation]:
    """Return all equations of a network with that activation everywhere, none where the cost does not take it."""
    try:
        derivation = derive_for_code(mlp("2-3-2", activation, cost))
    except DomainError:
        return []
    return [*derivation.equations.values(), *derivation.specific.values()]


@pytest.mark.filterwarnings("ignore:cost .* takes the logarithm")
@pytest.mark.parametrize("activation", dict.fromkeys(activation for activation, _ in PAIRS))
def test_every_equation_has_both_matrix_forms(activation: str) -> None:
    """Columns and rows are recognised, and checked, for every activation with every cost."""
    for cost in dict.fromkeys(cost for _, cost in PAIRS):
        for equation in equations(activation, cost):
            for left, right in (columns(equation), rows(equation)):
                assert isinstance(left, Matrix)
                assert isinstance(right, Matrix)


A_, B_, C_ = Tensor("A", None, (N, M)), Tensor("B", None, (M, R)), Tensor("C", None, (N, R))
U, V, X, Y = (Tensor(letter, None, (n,)) for letter, n in (("u", N), ("v", N), ("x", M), ("y", M)))
SQUARE = Tensor("S", None, (N, N))


def named(*tensors: Tensor) -> tuple[Matrix, ...]:
    """Return the tensors as wholes."""
    return tuple(map(Named, tensors))


mA, mB, mC, mS = named(A_, B_, C_, SQUARE)
vU, vV, vX, vY = named(U, V, X, Y)
RECOGNISED: list[tuple[Indexed, Expr, Matrix]] = [
    (C_[I, J], Sum(A_[I, K] * B_[K, J], (K, 1, M)), Product((mA, mB))),
    (U[I], Sum(A_[I, K] * X[K], (K, 1, M)), Product((mA, vX))),
    (X[I], Sum(A_[K, I] * U[K], (K, 1, N)), Product((Transposed(mA), vU))),
    (A_[I, J], U[I] * X[J], Product((vU, Transposed(vX)))),
    (SQUARE[I, J], Sum(A_[I, K] * A_[J, K], (K, 1, M)), Product((mA, Transposed(mA)))),
    (SQUARE[I, J], SQUARE[J, I], Transposed(mS)),
    (SQUARE[I, J], SQUARE[I, J] * SQUARE[J, I], Hadamard((mS, Transposed(mS)))),
    (U[I], U[I] * V[I], Hadamard((vU, vV))),
    (U[I], 3 * U[I], Scaled(S(3), vU)),
    (U[I], U[I] ** 2, Powered(vU, S(2))),
    (U[I], exp(U[I]), Applied(exp, vU)),
    (U[I], Sum(A_[I, K], (K, 1, M)), Product((mA, Ones(M)))),
]


@pytest.mark.parametrize(("left", "right", "expected"), RECOGNISED)
def test_recognised(left: Indexed, right: Expr, expected: Matrix) -> None:
    """A sum over an index is a product of matrices, and the axes come out in the order of the left side."""
    assert (Named(left.base), expected) == columns_of(left, right)


COMPOSED: list[tuple[Indexed, Expr]] = [
    (U[I], Sum(A_[I, K] * X[K], (K, 1, M)) * V[I] + U[I] ** Rational(3, 2)),
    (U[I], 2 ** U[I] * log(1 + V[I] ** 2) / (1 + exp(U[I] * V[I]))),
    (U[I], (U[I] - Sum(U[K] * V[K], (K, 1, N))) * V[I]),
    (A_[I, J], U[I] * X[J] - A_[I, J] / sqrt(N)),
    (A_[I, J], U[I] + X[J] + 1),
    (U[I], X[S(1)] + sqrt(X[S(2)])),  # the same in every row
    (U[I], Sum(A_[I, K] * Sum(B_[K, J], (J, 1, R)), (K, 1, M))),
    (U[I], Sum(A_[I, K] * X[K], (K, 1, M)) / N),
    (SQUARE[I, J], SQUARE[I, J] * U[J]),
    (SQUARE[I, J], S.One),
    (U[I], 1 / (1 + exp(-U[I]))),
    (U[I], Sum(A_[I, K] * B_[K, J] * X[K] * Y[K] * B_[K, J], (K, 1, M), (J, 1, R))),
    (U[I], Sum(A_[I, K] * A_[J, K] * A_[1, K], (K, 1, M), (J, 1, N))),
    (U[I], Sum(U[K] / Sum(V[J], (J, K, N)), (K, 1, N))),
    (U[I], Piecewise((U[I], I > 1), (0, True))),
]


@pytest.mark.parametrize(("left", "right"), COMPOSED)
def test_composed_form_is_recognised(left: Indexed, right: Expr) -> None:
    """What is made of several products has a matrix form, which is checked entry by entry before it is returned."""
    _, matrix = columns_of(left, right)
    assert isinstance(matrix, Matrix)


CUBE = Tensor("T", None, (N, N, N))


@pytest.mark.parametrize(
    "right",
    [
        Sum(A_[I, K] * B_[K, J] * B_[K, P], (K, 1, M), (J, 1, R), (P, 1, R)),
        U[I + 1],
        SQUARE[I, I],
        Sum(U[J] * V[J - 2 * I + 2], (J, 1, N)),
        KroneckerDelta(I, 1) * U[I],
        WhereGreater(1, Sum(V[J] * Sum(U[K], (K, 1, N)), (J, 1, N)), S.Zero, S.One) * U[I],
    ],
)
def test_what_has_no_matrix_form_is_refused(right: Expr) -> None:
    """An index equation that is no matrix equation is refused in words, never turned into another one."""
    with pytest.raises(CheckError, match=r"(no|differs from the|is not a) (matrix|index)"):
        columns_of(U[I], right)


WRONG: list[tuple[Indexed, Expr, Matrix, Matrix]] = [
    (X[I], Sum(A_[K, I] * U[K], (K, 1, N)), Product((Transposed(mA), vU)), Product((mA, vU))),
    (A_[I, J], U[I] * X[J], Product((vU, Transposed(vX))), Product((vX, Transposed(vU)))),
    (SQUARE[I, J], U[I] * V[J], Product((vU, Transposed(vV))), Product((vV, Transposed(vU)))),
    (SQUARE[I, J], SQUARE[J, I], Transposed(mS), mS),
    (SQUARE[I, J], SQUARE[I, J] ** 2, Powered(mS, S(2)), Product((mS, mS))),
    (U[I], Sum(SQUARE[K, I] * U[K], (K, 1, N)), Product((Transposed(mS), vU)), Product((mS, vU))),
    (U[I], U[I] * V[I], Hadamard((vU, vV)), Plus((vU, vV))),
    (U[I], 2 * U[I], Scaled(S(2), vU), vU),
    (U[I], exp(U[I]), Applied(exp, vU), vU),
    (U[I], Sum(A_[I, K], (K, 1, M)), Product((mA, Ones(M))), Product((mA, vX))),
    (U[I], N * U[I], Scaled(N, vU), Scaled(M, vU)),
]


def refused(expression: Expr, left: Indexed, matrix: Matrix) -> bool:
    """Tell whether the check refuses a matrix for an index expression."""
    atoms = {tensor: Named(tensor) for tensor in (A_, B_, C_, SQUARE, U, V, X, Y)}
    ranges = dict(zip(left.indices, left.base.axes, strict=True))
    try:
        check_recognised(expression, matrix, Setting((), ranges, frontier=tuple(atoms)), atoms)
    except CheckError:
        return True
    return False


@pytest.mark.parametrize(("left", "right", "matrix", "wrong"), WRONG)
def test_wrong_matrix_form_is_caught(left: Indexed, right: Expr, matrix: Matrix, wrong: Matrix) -> None:
    """A product the wrong way round, a missing transposition or another shape never passes for the index form."""
    assert not refused(right, left, matrix)
    assert refused(right, left, wrong)


def test_layer_and_sizes_are_put_in(derivation: Derivation) -> None:
    """A general matrix equation becomes that of layer 3, and its widths numbers."""
    left, right = columns(derivation.equations["BP4"])
    moved = [replaced(side, {LAYER: S(3)}) for side in (left, right)]
    third = [notation.weight(3), notation.error(3), notation.activation(2)]
    assert [Gradient(third[0]), Product((Named(third[1]), Transposed(Named(third[2]))))] == moved
    sized = replaced(moved[1], {width(2): S(4), width(3): S(2)})
    assert [(S(2),), (S(4),)] == [sized.factors[0].tensor.sizes, sized.factors[1].of.tensor.sizes]
    assert Ones(S(4)) == replaced(Ones(width(2)), {width(2): S(4)})


def test_rows_of_a_parameter_are_means() -> None:
    """The derivative of a mean over samples is the mean of the derivatives: ∂C/∂b_j = (1/m) Σ_s δ_sj."""
    gradient = Tensor("b", LAYER, B.axes)
    _, matrix = rows_of(gradient[J], DELTA[J])
    assert Scaled(1 / BATCH, Product((Transposed(Named(DELTA, batch=True)), Ones(None)))) == matrix
    _, plain = rows_of(z[J], DELTA[J])
    assert Named(DELTA, batch=True) == plain


def test_equation_of_a_custom_activation_in_matrices() -> None:
    """2^z is written e^(z ln 2), as a function of every entry has one argument, and the two are compared."""
    active = Equation(a[J], 2 ** z[J])
    assert Applied(exp, Scaled(log(2), Named(z))) == forward(active)[1]


@pytest.mark.filterwarnings("ignore:cost .* has no real value")
@pytest.mark.parametrize("cost", ["1/(a-y)", "a/(a-y)", "(a-y)^(-2)", "ln(a-y)"])
def test_cost_with_a_pole_has_matrix_forms(cost: str) -> None:
    """Where a random activation meets its target there is a pole, and another point is taken."""
    derivation = derive(mlp("2-3-1", "sigmoid", cost))
    for equation in (*derivation.equations.values(), *derivation.specific.values()):
        assert equation.latex("matrix")
        assert equation.latex("rows")


STATES, ERRORS, MIXED = Tensor("h", None, ((0, N), M)), Tensor("e", None, (N, M)), Tensor("W", None, (M, M))
STEPS: list[tuple[Indexed, Expr, tuple[Matrix, Matrix]]] = [
    (
        MIXED[I, J],
        Sum(ERRORS[K, I] * STATES[K - 1, J], (K, 1, N)),
        (
            Named(MIXED),
            Total(
                Product((Named(ERRORS, places=(K, None)), Transposed(Named(STATES, places=(K - 1, None))))), K, S.One, N
            ),
        ),
    ),
    (
        STATES[K, I],
        Piecewise((Sum(MIXED[J, I] * ERRORS[K + 1, J], (J, 1, M)), N - K >= 1), (0, True)),
        (
            Named(STATES, places=(K, None)),
            Cases(
                (
                    (Product((Transposed(Named(MIXED)), Named(ERRORS, places=(K + 1, None)))), N - K >= 1),
                    (S.Zero, S.true),
                )
            ),
        ),
    ),
]


@pytest.mark.parametrize(("left", "right", "expected"), STEPS)
def test_index_that_is_shifted_stays(left: Indexed, right: Expr, expected: tuple[Matrix, Matrix]) -> None:
    """Inside one step of a recurrence there are matrices: Σ_t e_t h_{t-1}ᵀ, and Wᵀ e_{t+1} where a next one comes."""
    assert expected == columns_of(left, right)


@pytest.mark.parametrize(
    ("function", "right", "wrong"),
    [
        (sliced, "replace(atom, places=places)", "replace(atom, places=(entry.indices[0] * 0 + 1, None))"),
        (sliced, "replace(atom, places=places)", "atom"),
        (recognition.recognise, "Total(matrix, symbol, first, last)", "matrix"),
        (recognition.recognise, "Total(matrix, symbol, first, last)", "Total(matrix, symbol, first + 1, last)"),
        (recognition.recognise, "_term(value, axes, frame), holds)", "_term(value, axes, frame), True)"),
    ],
)
def test_wrong_matrix_form_of_a_step_is_refused(function: Any, right: str, wrong: str, plant: Any) -> None:
    """Another step, a sum over steps that lost one or all, a case without its condition: each is found to differ."""
    plant(function, right, wrong)
    matrixform._recognised_sides.cache_clear()
    with pytest.raises(CheckError, match="differs from the index form"):  # noqa: PT012 - one of the two comes there
        for left, derived, _ in STEPS:
            columns_of(left, derived)
    matrixform._recognised_sides.cache_clear()


@pytest.mark.parametrize("wrong", ["Sum(right, (SAMPLE, 1, BATCH))", "Sum(right, (SAMPLE, 2, BATCH)) / BATCH"])
def test_mean_over_the_samples_is_checked_where_it_is_made(wrong: str, plant: Any) -> None:
    """A batch form that lost its 1/m, or a sample, is refused by `derive(…).equations[…].latex`."""
    plant(sides_of_samples, "Sum(right, (SAMPLE, 1, BATCH)) / BATCH", wrong)
    matrixform._recognised_sides.cache_clear()
    for name in ("BP3", "BP4"):
        equation = derive(mlp("2-3-1")).equations[name]
        with pytest.raises(CheckError, match=r" is not | is free in "):
            equation.latex("rows")
    matrixform._recognised_sides.cache_clear()


X4 = Tensor("X", None, (N, N, N, N))


def test_number_made_of_numbers_has_no_matrix_form() -> None:
    """A filter of single numbers has no matrix in it, which one line says; it is told in indices."""
    said = "parameter a\ninput z[T]\nm[0] = 0\nm[t] = a * m[t - 1] + z[t] for t = 1..T\nC = sum[t](m[t]^2)"
    derivation = sb.derive(sb.equations(said))
    with pytest.raises(CheckError, match="is a number made of numbers: there is no matrix in it"):
        derivation.gradient("a").latex("matrix")


LARGE: list[tuple[Indexed, Expr, str | None, str | None]] = [  # its matrix form, and its einsums
    (CUBE[I, J, K], Sum(CUBE[I, J, P] * CUBE[I, P, K], (P, 1, N)), "Tᵢ = Tᵢ Tᵢ", "ijp,ipk->ijk"),
    (SQUARE[J, K], Sum(CUBE[I, J, P] * CUBE[I, K, P], (P, 1, N), (I, 1, N)), "S = Σᵢ Tᵢ Tᵢᵀ", "ijp,ikp->jk"),
    (CUBE[I, J, K], CUBE[I, J, K] * (1 - CUBE[I, J, K]), "T = T ⊙ (1 − T)", None),
    (U[I], Sum(CUBE[I, J, K] * U[J] * V[K], (J, 1, N), (K, 1, N)), "uᵢ = uᵀ Tᵢ v", "j,k,ijk->i"),
    (CUBE[I, J, K], U[I] * SQUARE[J, K], "Tᵢ = uᵢ S", "i,jk->ijk"),
    (X4[I, J, K, P], U[I] * CUBE[J, K, P], None, "i,jkp->ijkp"),
    (CUBE[I, J, K], Sum(U[P] * X4[P, I, J, K], (P, 1, N)) / N, None, "p,pijk->ijk"),
    (X4[I, J, K, P], U[I] ** 2, None, "i,i,j,k,p->ijkp"),
    (X4[I, J, K, P], Sum(X4[I, J, K, R_] * U[R_], (R_, 1, P)) * V[P], "Xₚ = vₚ Σᵣ₌₁ᵖ uᵣ Xᵣ", None),
    (U[I], SQUARE[I, I], None, "ii->i"),
    (SQUARE[I, J], SQUARE[I, I] * U[J], None, "j,ii->ij"),
    (U[I], Sum(CUBE[I, J, J] * V[J], (J, 1, N)), None, "j,ijj->i"),
]


@pytest.mark.parametrize(("left", "right", "matrix", "einsum"), LARGE)
def test_arrays_with_more_axes(left: Indexed, right: Expr, matrix: str | None, einsum: str | None) -> None:
    """Of arrays with more than two axes an index that they share stays; else there are einsums, over whole axes."""
    sides = matrix_sides(left, right)
    assert matrix == (sides and pretty(*sides))
    form = einsum_sides(left, right)
    found = [part.text for part in parts_of(form[1]) if isinstance(part, Einsum)] if form else []
    assert einsum == (found[0] if found else None)


def test_wrong_einsum_is_refused(plant: Any) -> None:
    """What an einsum means, by its arrays and letters alone, is compared with the entries."""
    plant(arrayforms._einsum, "Mul(coefficient, *(entry_of", "Mul(2, coefficient, *(entry_of")
    assert {None} == {einsum_sides(*form[:2]) for form in LARGE}


def test_einsum_that_takes_a_diagonal_for_all_entries_is_refused(plant: Any) -> None:
    """Each axis of an array has its letter: one for both axes of a square is its diagonal."""
    plant(arrayforms._einsum, "filter(free_indices, factor.indices)", "ranges_of(factor)")
    kept = [einsum for left, right, _, einsum in LARGE if einsum_sides(left, right)]
    assert [einsum for *_, einsum in LARGE if einsum and not re.search("ii|jj", einsum)] == kept


V = Tensor("v", None, ((1, size("N")),))


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        (Piecewise((V[I], V[I] > 0), (S.Zero, True)), True),
        (Piecewise((V[I], V[I] > V[J]), (S.Zero, True)), False),  # two places
        (Piecewise((V[I], I > 1), (S.Zero, True)), False),  # an index as a number
        (Piecewise((S.One, I > 1), (S.Zero, True)), False),
        (V[I], False),
    ],
)
def test_choice_at_every_entry_on_its_own(part: Expr, answer: bool) -> None:
    """It reads one place, and no index as a number."""
    assert answer == is_entrywise(part)


def test_slices_of_arrays_with_four_axes() -> None:
    """The last two axes are a matrix where nothing else says it, and a sum over others has an index of its own."""
    left, power = X4[I, J, K, P], sqrt(V[J])
    total = Sum(X4[I, J, K, P], (P, 1, N), (K, 1, N), (I, 1, N))
    assert array_sides(left, (left - total) / power) is not None
    assert "Xᵢⱼ = 1/√(vⱼ) · (Xᵢⱼ − Σ_q 𝟏_N 𝟏_Nᵀ X_{qj} 𝟏_N 𝟏_Nᵀ)" == pretty(*slice_sides(left, (left - total) / power))
    assert "vⱼ = Σᵢ 𝟏_Nᵀ Xᵢⱼ 𝟏_N" == pretty(*slice_sides(V[J], total))
    assert slice_sides(A_[I, J], B_[I, J]) is None
    column = Tensor("c", None, (N, 1, N, N))[I, 1, K, P]  # the place of an axis of one entry is no letter
    total = Sum(X4[I, J, K, P], (J, 1, N), (I, 1, N))
    assert "cᵢ₁ = cᵢ₁ − Σ_q Σⱼ X_{qj}" == pretty(*slice_sides(column, column - total))


def test_matrices_of_one_entry() -> None:
    """The place of what has one entry is no letter, from which the index of a shorter sum would be kept apart."""
    lines = "parameter w[1]\nC = sum[k = 1..N - 1](x[k]*w[1]) + sum[k](x[k]^2*w[1])"
    gradient = sb.derive(sb.equations(f"input x[N]\n{lines}")).gradient("w")
    expected = r"\nabla_{w_{1}}\,C = x^{\mathsf{T}}\,x + \sum_{i=1}^{N-1} x_{i}"
    assert expected == gradient.latex("matrix")

"""Which tensors of a batch are the same for all samples, and which are derivatives of each sample's own."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sympy import Expr, Indexed, Sum, Symbol

from symbackprop.calculus.batches import (
    MEANS,
    Atoms,
    Batch,
    OwnCosts,
    _is_adjoint,
    _of_one,
    is_parameter,
    sides_of_samples,
)
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.matrices import Gradient, Matrix, Named
from symbackprop.calculus.partials import Partial
from symbackprop.errors import CheckError, SpecError
from symbackprop.network import notation
from symbackprop.network.notation import COST, LAYER, Tensor, index, size

W, B, Z, DELTA, A = (
    each(LAYER)
    for each in (notation.weight, notation.bias, notation.weighted_input, notation.error, notation.activation)
)
STAND_IN = Tensor("u", None, (3,))  # for ∂C/∂ of what its atom says


@pytest.mark.parametrize(
    ("tensor", "atom", "parameter", "adjoint"),
    [
        (W, None, True, False),
        (B, Named(B), True, False),
        (DELTA, None, False, True),
        (DELTA, Named(DELTA), False, True),
        (Z, None, False, False),
        (A, Named(A), False, False),
        (STAND_IN, Gradient(A), False, True),
        (STAND_IN, Gradient(W), True, False),
        (STAND_IN, Gradient(B), True, False),
    ],
)
def test_kinds_of_tensors_are_told_apart(tensor: Tensor, atom: Matrix | None, parameter: bool, adjoint: bool) -> None:
    """Weights, biases and the derivatives by them have no axis of samples; δ and ∂C/∂a have, and are derivatives."""
    atoms = {} if atom is None else {tensor: atom}
    assert (parameter, adjoint) == (is_parameter(tensor, atoms), _is_adjoint(tensor, atoms))


GRAD_W, GRAD_A, Y = Tensor("grad_w", None, W.axes), Tensor("grad_a", None, A.axes), notation.target(LAYER)
J, K = index("j"), index("k")
SUMMED = "Sum(a(l)[s, k]*delta(l)[s, j], (s, 1, m))"


@pytest.mark.parametrize(
    ("left", "right", "means"),
    [
        (GRAD_W[J, K], DELTA[J] * A[K], (f"{SUMMED}/m", SUMMED, SUMMED)),
        (DELTA[J], A[J] - Y[J], ("a(l)[s, j] - y[s, j]", "(a(l)[s, j] - y[s, j])/m", "a(l)[s, j] - y[s, j]")),
        (DELTA[J], Z[J] * GRAD_A[J], ("grad_a[s, j]*z(l)[s, j]",) * 3),
        (Z[J], B[J] + A[J], ("a(l)[s, j] + b(l)[j]",) * 3),
    ],
)
def test_mean_stands_where_it_is_wanted(left: Indexed, right: Expr, means: tuple[str, ...]) -> None:
    """At the parameters, in the errors, which are then those of the mean, or nowhere; in columns s is last."""
    for mean, expected in zip(MEANS, means, strict=True):
        atoms: Atoms = {GRAD_W: Gradient(W), GRAD_A: Gradient(A)}
        by_rows = sides_of_samples((left, right), atoms, Batch("rows", mean))
        assert expected == str(by_rows[1])
        in_columns = re.sub(r"\[s, (\w)\]", r"[\1, s]", str(by_rows))
        assert in_columns == str(sides_of_samples((left, right), atoms, Batch("columns", mean)))


def test_error_that_is_no_factor_has_no_mean() -> None:
    """δ^2 of the mean is no mean of δ^2, and an equation that says so is refused."""
    with pytest.raises(CheckError, match=r" is not "):
        sides_of_samples((GRAD_W[J, K], DELTA[J] ** 2 * A[K]), {GRAD_W: Gradient(W)}, Batch("rows", "errors"))
    with pytest.raises(SpecError, match=r"^samples: got 'upside', wanted one of rows, columns$"):
        Batch("upside")


M, S = size("m"), index("s")
V, U, X = Tensor("v", None, ((1, M),)), Tensor("u", None, ((1, M),)), Tensor("x", None, ((1, M),))
D_V, D_U, D_W = (Partial(COST, entry) for entry in (V[S], U[S], Symbol("w")))
SETTING = Setting((), {S: (1, M)}, frontier=(V, U, X))


@pytest.mark.parametrize(
    ("left", "right", "own"),
    [
        (D_U, D_V * X[S], D_V * X[S]),
        (D_U, X[S] / M, X[S]),
        (D_U, X[S] * (D_V + X[S] / M), D_V * X[S] + X[S] ** 2),
        (D_W, Sum(D_V * X[S], (S, 1, M)), Sum(D_V * X[S], (S, 1, M)) / M),
        (D_W, Sum(D_V * X[S], (S, 1, M)) + Symbol("w"), Sum(D_V * X[S], (S, 1, M)) / M + Symbol("w")),
    ],
)
def test_errors_are_of_the_samples_own_costs(left: Expr, right: Expr, own: Expr) -> None:
    """The 1/m of the mean cost goes from the errors to the parameters, a penalty has none; a lost one is found."""
    costs = OwnCosts(frozenset({V, U}), M)
    assert own == costs.right(left, right)
    setting = replace(SETTING, ranges=SETTING.ranges if left == D_U else {})
    costs.check(left, right, setting)
    with pytest.raises(CheckError, match=" is not "):
        Lost(frozenset({V, U}), M).check(left, right + X[1] / M, setting)


class Lost(OwnCosts):
    """Own costs whose 1/m is lost everywhere."""

    def right(self, left: Expr, right: Expr) -> Expr:
        """Return the right side m times too large."""
        return super().right(left, right) * self.count


@pytest.mark.parametrize(("samples", "kept"), [("rows", 1), ("columns", 0)])
def test_entry_of_one_sample(samples: str, kept: int) -> None:
    """Without the axis of the samples, which is the first one in rows and the last one in columns."""
    axes, places = ((1, size("N")), (1, size("M"))), (index("i"), index("j"))
    wanted = Tensor("x", None, (axes[kept],))[places[kept]]
    assert wanted == _of_one(Tensor("x", None, axes)[places], Batch(samples))

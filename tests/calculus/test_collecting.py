"""Known forms, step by step: which arrays are statistics, which differences are written, which values come back."""

from __future__ import annotations

import pytest
from sympy import Expr, Integer, Sum, Symbol, exp, sqrt

from symbackprop.calculus.checking import Setting
from symbackprop.calculus.collecting import (
    _restored,
    _with_shares,
    _with_slopes_in_values,
    statistics,
    written_differences,
)
from symbackprop.calculus.derivation import start
from symbackprop.calculus.matching import Pattern
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import derive_program
from symbackprop.network.extremes import WhereGreater
from symbackprop.network.functions import SIGMOID, TANH, slope
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import Equation, entries
from symbackprop.network.text.equations import equations

I, J, K = map(index, "ijk")  # noqa: E741 - the letters of every textbook
N, D = size("N"), size("D")
ROWS, ROW = (N, D), (N,)
X, XHAT, G, SQUARES = (Tensor(name, None, ROWS) for name in ("x", "xhat", "g", "q"))
M, V, F, A, Y, U = (Tensor(name, None, ROW) for name in "mvfayu")
EPS, S = Tensor("eps", None, ()), Tensor("s", None, ())

MEAN = Equation(M[I], Sum(X[I, J], (J, 1, D)) / D)
VARIANCE = Equation(V[I], Sum((X[I, J] - M[I]) ** 2, (J, 1, D)) / D + EPS[()])
ROOT_SLOPE = WhereGreater(M[J], 0, 1 / (2 * sqrt(M[J])), 0)
NORMED = Equation(XHAT[I, J], (X[I, J] - M[I]) / sqrt(V[I]))


def test_statistics_of_an_array() -> None:
    """Mean and variance of a row are computed from it alone, have fewer axes, and are used beside it."""
    cost = Equation(COST, Sum(XHAT[I, J] ** 2 + X[I, J], (J, 1, D), (I, 1, N)))
    norm = Equation(XHAT[I, J], X[I, J] / sqrt(V[I]))
    cases = {
        (MEAN, VARIANCE, NORMED, cost): (M, V),
        (MEAN, norm): (),  # the mean is used by nobody beside x
        (Equation(SQUARES[I, J], X[I, J] ** 2), Equation(XHAT[I, J], X[I, J] - SQUARES[I, J])): (),  # as many axes
        (Equation(V[I], Sum(X[I, J] * G[I, J], (J, 1, D))), norm): (),  # of two arrays
        (Equation(S[()], Sum(F[I], (I, 1, N))), Equation(V[I], S[()] * Sum(X[I, J], (J, 1, D))), norm): (),
        (Equation(V[I], EPS[()] * Sum(X[I, J], (J, 1, D))), norm): (V,),
        (Equation(V[I], Sum(X[I, J], (J, 1, D))), norm): (V,),
    }
    assert list(cases.values()) == [statistics(X, equations) for equations in cases]
    assert () == statistics(G, (MEAN, VARIANCE, NORMED))


def test_differences_that_are_written() -> None:
    """Of two terms, one with a minus, and with an entry: for any indices."""
    others = Equation(F[I], (M[I] + V[I]) * (N - 1) * (M[I] - V[I] - 1) * exp(2 * V[I] + M[I]))
    assert (Pattern(X[I, J] - M[I], frozenset({I, J})),) == written_differences((MEAN, VARIANCE, others))
    assert () == written_differences((others,))


@pytest.mark.parametrize(
    ("limits", "target", "is_one"),
    [
        ((J, 1, D), X, True),
        ((J, 1, D), G, False),
        ((J, 2, D), X, False),
        ((K, 1, D), X, True),
        ((I, 1, N), X, False),
    ],
)
def test_shares_of_a_target_add_up_to_one(limits: tuple[Symbol, int, Expr], target: Tensor, is_one: bool) -> None:
    """The sum along the whole last axis is 1, which is then assumed; another sum, or another array, is none."""
    entry = X[limits[0], J] if limits[0] == I else X[I, limits[0]]
    free = {J: (1, D)} if limits[0] == I else {I: (1, N)}
    chain = start(Sum(entry, limits) * M[1], Setting((), free, frontier=(X, M)))
    found = _with_shares(chain, (target,))
    assert (M[1] if is_one else chain.result) == found.result
    assert is_one == bool(found.hypotheses)
    vector = start(Sum(M[J], (J, 1, N)) * F[1], Setting((), {}, frontier=(M, F)))
    assert F[1] == _with_shares(vector, (M,)).result
    square = Tensor("v", None, ((1, N), (1, N)))
    trace = start(Sum(square[J, J], (J, 1, N)) * F[1], Setting((), {}, frontier=(square, F)))
    assert trace.result == _with_shares(trace, (square,)).result


@pytest.mark.parametrize(
    ("before", "equation", "after"),
    [
        (exp(M[J]) * F[J], Equation(V[I], exp(M[I])), V[J] * F[J]),
        (F[J], Equation(V[I], exp(M[I])), F[J]),
        (4 * M[J], Equation(V[I], 2 * M[I]), 4 * M[J]),  # no shorter
        (M[J] * F[J], Equation(V[I], M[I] * S[()]), M[J] * F[J]),  # not at the price of a divisor
        (S[()] * M[J] * F[J], Equation(V[I], M[I] * S[()]), V[J] * F[J]),
        (ROOT_SLOPE, Equation(V[I], WhereGreater(M[I], 0, sqrt(M[I]), 0)), ROOT_SLOPE),  # 0/0 where its case is not
        (Sum(exp(M[J]), (J, 1, N)), Equation(COST, Sum(exp(M[K]), (K, 1, N))), Sum(exp(M[J]), (J, 1, N))),
    ],
)
def test_known_values_come_back_where_that_is_shorter(before: Expr, equation: Equation, after: Expr) -> None:
    """What the forward pass has computed is written in its place, but for the cost."""
    chain = start(before, Setting((), {J: (1, N)}, frontier=(M, F, S)))
    found = _restored(chain, (equation,))
    assert after == found.result
    assert (found is chain) == (before == after)


def test_slopes_are_written_in_values() -> None:
    """tanh'(z) is 1 - h^2 where an equation says h = tanh(z); of another function nothing is known."""
    chain = start(slope(TANH)(M[J]) * F[J], Setting((), {J: (1, N)}, frontier=(M, F)))
    known, other = Equation(V[I], TANH(M[I])), Equation(V[I], exp(M[I]))
    assert (1 - V[J] ** 2) * F[J] == _with_slopes_in_values(chain, (other, known)).result
    assert chain is _with_slopes_in_values(chain, (other,))


@pytest.mark.parametrize(
    ("sigmoid", "slope_of"),
    [
        ("1 / (1 + exp(-z[i]))", 1),
        ("exp(z[i]) / (1 + exp(z[i]))", 1),
        ("exp(-z[i]) / (1 + exp(-z[i]))", -1),
        ("1 - 1 / (1 + exp(z[i]))", 1),
        ("(1 + tanh(z[i] / 2)) / 2", 1),
        ("1 / (1 + exp(-40*z[i] - 60))", 40),
    ],
)
def test_slopes_of_what_is_written_out_are_written_in_values(sigmoid: str, slope_of: int) -> None:
    """A sigmoid needs no name: with cross-entropy the derivative by what it is taken of is a - y, undivided."""
    loss = "C = -sum[i](y[i]*ln(a[i]) + (1 - y[i])*ln(1 - a[i]))"
    adjoint = derive_program(equations(f"input z[N]\ntarget y[N]\na[i] = {sigmoid}\n{loss}").program).gradient("z")
    assert (slope_of * (A[I] - Y[I])).expand() == adjoint.right.expand()


@pytest.mark.combinations
@pytest.mark.parametrize("sum_of_weights", ["sum[j](w[i, j]*x[j])", "b[i] - sum[j](w[i, j]*x[j])"])
@pytest.mark.parametrize("sigmoid", ["1 / (1 + exp(-({})))", "exp({}) / (1 + exp({}))", "(1 + tanh(({}) / 2)) / 2"])
def test_slopes_of_what_is_written_of_sums_are_written_in_values(sigmoid: str, sum_of_weights: str) -> None:
    """Of a weighted input inside the exponential, too: ∂C/∂w is (a - y) x, for w as for x."""
    loss = "C = -sum[i](y[i]*ln(a[i]) + (1 - y[i])*ln(1 - a[i]))"
    lines = f"a[i] = {sigmoid.replace('{}', sum_of_weights)}\n{loss}"
    given = "parameter w[N, D], b[N]" if "b" in sum_of_weights else "parameter w[N, D]"
    derivation = derive_program(equations(f"input x[D]\n{given}\ntarget y[N]\n{lines}").program)
    for name in ("w", "x"):
        assert not derivation.gradient(name).right.has(exp, Partial)


@pytest.mark.parametrize(
    ("function", "told"),
    [("2 / (1 + exp(-2*z[i])) - 1", (1 - A[I]) * (1 + A[I])), ("z[i] / (1 + exp(-z[i]))", None)],
)
def test_numbers_keep_the_slope_that_is_written_out(function: str, told: Expr | None) -> None:
    """1 - a^2 is told, and not computed: it has no digits where a is almost 1. What is of z itself, too, stays."""
    text = f"input z[N]\na[i] = {function}\nC = sum[i](a[i]^2)"
    found = derive_program(equations(text).program).gradient("z")
    above = Partial(COST, A[I])
    assert (found.computed if told is None else told * above) == found.right
    assert found.computed.has(exp)


DENSE = """
input X[N, D]
parameter W[K, D]
target Y[N, K]
P = softmax(X @ W.T, axis=1)
C = -mean(sum(Y*log(P), axis=1))
"""
GRAPH = """
input Z[N, K]
target y
S = tanh(Z @ Z.T)
C = (sum(exp(S)) - y)**2
"""

REGRESSION = """
input x[N, D]
parameter w[D], b
target y[N]
C = sum[n]((sum[i](w[i]*x[n, i]) + b - y[n])^2)/2
"""
NEURON = """
input x[D]
parameter w[D]
target y
C = (sum[i](w[i]*x[i]) - y)^2
"""
WEIGHED = "input m[N], x[N], p[N]\nparameter w\nC = w*sum(m*x*log(p))"
TWO_HEADS = """
input x[N, D]
parameter W[K, D], v[D]
target y[N, K], r[N]
z[n, k] = tanh(sum[i](W[k, i]*x[n, i]))
u[n] = (sum[i](v[i]*x[n, i]) - r[n])^2
C = mean[n](u[n] + sum[k](z[n, k]*y[n, k]))
"""
TIED = """
input X[N, D]
parameter W[H, D], b[H], c[D]
S = sigmoid(X @ W.T + b)
R = S @ W + c
C = mean(sum((R - X)**2, axis=1))
"""


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        (
            TIED,
            "W",
            r"\nabla_{W}\,C = S^{\mathsf{T}}\,\nabla_{R}\,C"
            r" + \left(\nabla_{S}\,C \odot S \odot \left(1 - S\right)\right)^{\mathsf{T}}X",
        ),
        (DENSE, "X", r"\nabla_{X}\,C = \frac{1}{N}\left(P - Y\right)W"),
        (DENSE, "W", r"\nabla_{W}\,C = \frac{1}{N}\left(P - Y\right)^{\mathsf{T}}X"),
        (
            GRAPH,
            "Z",
            r"\nabla_{Z}\,C = \left(\left(1 - S^{\circ 2}\right) \odot"
            r" \left(\nabla_{S}\,C + \left(\nabla_{S}\,C\right)^{\mathsf{T}}\right)\right)Z",
        ),
    ],
)
def test_two_sums_over_the_same_arrays_are_one(text: str, name: str, wanted: str) -> None:
    """A softmax inside a dense line has two uses of a weight, and its derivative is that of scores of their own."""
    assert wanted == derive_program(equations(text).program).gradient(name).latex("matrix")


@pytest.mark.parametrize(
    ("text", "name", "style", "wanted"),
    [
        (REGRESSION, "b", "index", r"\sum_{n=1}^{N} \left(\sum_{i=1}^{D} w_{i}\,x_{ni} + b - y_{n}\right)"),
        (NEURON, "w", "matrix", r"2x\left(w^{\mathsf{T}}\,x - y\right)"),
        (TWO_HEADS, "v", "matrix", r"\frac{2}{N}\,X^{\mathsf{T}}\left(X\,v - r\right)"),
        (
            TWO_HEADS,
            "x",
            "index",
            r"\sum_{k=1}^{K} \frac{\partial C}{\partial z_{nk}}\left(1 - z_{nk}^{2}\right)W_{ki}"
            r" + \frac{2}{N}\,v_{i}\left(\sum_{j=1}^{D} v_{j}\,x_{nj} - r_{n}\right)",
        ),
        (WEIGHED, "w", "matrix", r"\left(m \odot x\right)^{\mathsf{T}}\ln p"),
    ],
)
def test_costs_in_one_line_come_out_as_people_write_them(text: str, name: str, style: str, wanted: str) -> None:
    """Numbers stand before sums, a difference keeps the sign that it has in the text, and Σ u v is a product uᵀ v."""
    assert wanted == derive_program(equations(text).program).gradient(name).latex(style).partition(" = ")[2]


def test_squares_are_those_of_differences_as_they_are_written() -> None:
    """Of (y - m)^2 in a loss stays (y - m)^2 inside of what is added up."""
    text = "input m[N], v[N]\ntarget y[N]\nC = sum[i](v[i] + (y[i] - m[i])^2*exp(-v[i]))"
    found = derive_program(equations(text).program)
    assert 1 - (Y[I] - M[I]) ** 2 * exp(-V[I]) == found.gradient("v").right


@pytest.mark.parametrize(
    ("cost", "expected"),
    {
        "ln(1 - tanh(u[i])^2)": -2 * TANH(U[I]),
        "ln(1 + tanh(u[i])) - ln(1 - tanh(u[i]))": Integer(2),  # 2 artanh(tanh(u))
        "ln(sigmoid(u[i])) - ln(1 - sigmoid(u[i]))": Integer(1),  # logit(sigmoid(u))
        "ln(sigmoid(u[i]))": 1 - SIGMOID(U[I]),
    }.items(),
)
def test_slope_beside_its_value_is_written_in_it_where_more_cancels(cost: str, expected: Expr) -> None:
    """The slope of tanh is 1 - tanh², σ' is σ (1 - σ): a quotient of both comes out as what is left of it."""
    derivation = derive_program(equations(f"input u[N]\nC = sum[i]({cost})\n").program)
    assert expected == derivation.adjoints["u"].right


STEPS = """
parameter w[K], c
sizes S = 3, K = 2
u[0, k] = 1
p[s] = sum[k](w[k]*u[s - 1, k]) for s = 1..S
u[s, k] = exp(p[s] + w[k])
C = c*sum[k](w[k]*{last})
"""
SHARES = """
input s[T, N]
sizes T = 3, N = 2
p[t, i] = softmax[i](s[t, i]) for t = 1..T - 1
C = ln(sum[i](exp(s[T, i]))) + sum[t, i](p[t, i]^2)
"""


@pytest.mark.parametrize(
    ("text", "of", "wanted"),
    [
        (STEPS.format(last="u[S, k]"), "c", set()),  # Σ w_k u_Sk is no p, as there is none at S + 1
        (STEPS.format(last="u[S - 1, k]"), "c", {"p[S]"}),
        (SHARES, "s", {"p[t, i]", "p[t, j]"}),  # nothing of the last step
    ],
)
def test_value_comes_back_only_where_it_was_computed(text: str, of: str, wanted: set[str]) -> None:
    """Of what steps compute from 1 to S nothing is at S + 1, though what they compute it from is there."""
    found = derive_program(equations(text).program).adjoints[of].right
    assert wanted == {str(entry) for entry in entries(found) if entry.base.letter == "p"}

"""What each construct looks like in LaTeX: one row per construct."""

from __future__ import annotations

import pytest
from sympy import (
    And,
    Eq,
    Expr,
    Float,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Max,
    Mod,
    Or,
    Piecewise,
    Rational,
    S,
    Sum,
    Symbol,
    ceiling,
    cosh,
    erf,
    exp,
    log,
    oo,
    pi,
    sin,
    sqrt,
)

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.network.activations.elementwise import GELU_TANH, LEAKY_RELU, SELU_SCALE
from symbackprop.network.functions import ABSOLUTE, RELU, SIGMA, SIGMOID, TANH, X_LOG_X, Z, elementwise, slope
from symbackprop.network.notation import (
    COST,
    LAST_LAYER,
    LAYER,
    Tensor,
    activation,
    bias,
    error,
    index,
    scalar,
    size,
    target,
    weight,
    weighted_input,
    width,
)

I, J, K, T, U, V, X = (index(letter) for letter in "ijktuvx")  # noqa: E741 - the letters of every textbook
A, W, Y, B, D = activation(LAST_LAYER), weight(LAYER), target(), bias(LAYER), error(LAYER)
ZS, LENGTH, Q = weighted_input(LAYER), size("T"), index("q")
SERIES, STATES = Tensor("a", None, (LENGTH,)), Tensor("h", None, (LENGTH, 4))
ABOVE, BEFORE = weight(LAYER + 1)[I, J] * error(LAYER + 1)[I], activation(LAYER - 1)
OVER_ABOVE = (I, 1, width(LAYER + 1))

NAMES = {
    r"w^{(l)}_{jk}": W[J, K],
    r"\delta^{(l+1)}_{i}": error(LAYER + 1)[I],
    r"b^{(3)}_{j}": bias(3)[J],
    r"y_{j}": Y[J],
    r"x_{k}": activation(0)[K],
    r"a_{x+u-1}": SERIES[X + U - 1],
    r"h_{t-1,i}": STATES[T - 1, I],
    r"W_{10,j}": Tensor("W", None, (12, 3))[10, J],
    r"w^{(1)}_{21}": scalar("w", 1, 2, 1),
    r"w^{(1)}_{12,3}": scalar("w", 1, 12, 3),
    r"\delta^{(2)}_{1}": scalar("delta", 2, 1),
    r"x_{1}": scalar("x", 1),
    r"a^{(1)}_{2}": scalar("a", 1, 2),
    r"z_{4}": scalar("z", 4),
    r"q_{12}": scalar("q", 1, 2),
    r"n_{l+1}": width(LAYER + 1),
    r"n_{L}": width(LAST_LAYER),
    r"i'": index("i'"),
    r"\eta": Symbol("eta"),
    r"\mathrm{what}": Symbol("what"),
    r"\mathrm{xbar}": Symbol("xbar"),
    r"\mathrm{foo}_{\mathrm{bar}}": Symbol("foo_bar"),
    r"\delta^{(l)}": D,
    r"m_{i}": IndexedBase("m")[I],
}

NUMBERS = {
    r"-3": Integer(-3),
    r"\frac{2}{3}": Rational(2, 3),
    r"0.01": Rational(1, 100),
    r"0.044715": Rational("0.044715"),
    r"1.0507": SELU_SCALE,
    r"0.25": Float(0.25),
    r"3.5 \cdot 10^{-9}": Float(3.5e-9),
    r"10^{-9}": Rational(1, 10**9),
    r"\pi": pi,
    r"e": S.Exp1,
    r"-\infty": -oo,
    r"\sqrt{\frac{2}{\pi}}": sqrt(2 / pi),
    r"\frac{1}{\sqrt{2}}": 1 / sqrt(2),
    r"2\pi\,a^{(L)}_{j}": 2 * pi * A[J],
    r"3 \cdot 2^{j}": 3 * 2**J,
}

PRODUCTS = {
    r"\delta^{(l)}_{j}\,a^{(l-1)}_{k}": BEFORE[K] * D[J],
    r"w^{(l)}_{jk}\,a^{(l-1)}_{k}": BEFORE[K] * W[J, K],
    r"\sigma'{\left(z^{(l)}_{j}\right)}\sum_{i=1}^{n_{l+1}} w^{(l+1)}_{ij}\,\delta^{(l+1)}_{i}": (
        Sum(ABOVE, OVER_ABOVE) * slope(SIGMA)(ZS[J])
    ),
    r"\frac{\partial C}{\partial a^{(L)}_{j}}\,\sigma'{\left(z^{(l)}_{j}\right)}": (
        slope(SIGMA)(ZS[J]) * Partial(COST, A[J])
    ),
    r"\left(a^{(L)}_{j} - y_{j}\right)a^{(L)}_{j}\left(1 - a^{(L)}_{j}\right)": (1 - A[J]) * A[J] * (A[J] - Y[J]),
    r"a^{(L)}_{i}\left(\left[i = j\right] - a^{(L)}_{j}\right)": A[I] * (KroneckerDelta(I, J) - A[J]),
    r"-y_{j}\left(1 - a^{(L)}_{j}\right)": -Y[J] * (1 - A[J]),
    r"\frac{1}{2}\sum_{j=1}^{3} y_{j}": Sum(Y[J], (J, 1, 3)) / 2,
    r"\frac{2}{n_{L}}\left(a^{(L)}_{j} - y_{j}\right)": 2 * (A[J] - Y[J]) / width(LAST_LAYER),
    r"\frac{\eta}{m}\sum_{j=1}^{3} y_{j}": Symbol("eta") / size("m") * Sum(Y[J], (J, 1, 3)),
    r"w^{(l)}_{jk} - \eta\,\frac{\partial C}{\partial w^{(l)}_{jk}}": W[J, K] - Symbol("eta") * Partial(COST, W[J, K]),
    r"0.01\,y_{j}": Y[J] / 100,
    r"y_{1}\left(w^{(1)}_{21} + b^{(1)}_{2}\right)": (scalar("w", 1, 2, 1) + scalar("b", 1, 2)) * scalar("y", 1),
    r"a^{(1)}_{1}\left(w^{(2)}_{11}\,\delta^{(2)}_{1} + w^{(2)}_{21}\,\delta^{(2)}_{2}\right)": scalar("a", 1, 1)
    * (scalar("w", 2, 1, 1) * scalar("delta", 2, 1) + scalar("w", 2, 2, 1) * scalar("delta", 2, 2)),
}

FRACTIONS = {
    r"\frac{1}{a^{(L)}_{j}}": 1 / A[J],
    r"\frac{1}{\left(a^{(L)}_{j}\right)^{2}}": A[J] ** -2,
    r"\frac{y_{j}}{2}": Y[J] / 2,
    r"-\frac{y_{j}}{a^{(L)}_{j}}": -Y[J] / A[J],
    r"\frac{y_{j}}{a^{(L)}_{j}}\left[i = j\right]": Y[J] / A[J] * KroneckerDelta(I, J),
    r"\frac{\sigma'{\left(z^{(l)}_{j}\right)}}{y_{j}}": slope(SIGMA)(ZS[J]) / Y[J],
    r"\frac{y_{j}}{a^{(L)}_{j}}\,\sigma'{\left(z^{(l)}_{j}\right)}": Y[J] * slope(SIGMA)(ZS[J]) / A[J],
    r"\frac{1 - y_{j}}{1 - a^{(L)}_{j}} - \frac{y_{j}}{a^{(L)}_{j}}": -Y[J] / A[J] + (1 - Y[J]) / (1 - A[J]),
    r"\frac{e^{z^{(l)}_{j}}}{\sum_{i=1}^{3} e^{z^{(l)}_{i}}}": exp(ZS[J]) / Sum(exp(ZS[I]), (I, 1, 3)),
    r"\frac{y_{j}}{\left(1 + y_{j}\right)a^{(L)}_{j}}": Y[J] / A[J] / (1 + Y[J]),
    r"\frac{1}{\sqrt{2\pi}}\left(1 - a^{(L)}_{j}\right)": (1 - A[J]) / sqrt(2 * pi),
}

SUMS = {
    r"a^{(L)}_{j} - y_{j}": -Y[J] + A[J],
    r"1 - a^{(L)}_{j}": -A[J] + 1,
    r"2\left(a^{(L)}_{j} - y_{j}\right)": 2 * A[J] - 2 * Y[J],
    r"0.9\,a^{(L)}_{j} + 0.1\,y_{j}": Rational(9, 10) * A[J] + Y[J] / 10,
    r"0.2\,a^{(L)}_{j} + 0.8\,y_{j}": A[J] / 5 + Rational(4, 5) * Y[J],
    r"0.04\left(a^{(L)}_{j} - y_{j}\right)": (A[J] - Y[J]) / 25,
    r"-a^{(L)}_{j} - y_{j}": -A[J] - Y[J],
    r"-\left(a^{(L)}_{j} + y_{j}\right)b^{(l)}_{j}": -B[J] * (A[J] + Y[J]),
    r"\sum_{k=1}^{n_{l-1}} w^{(l)}_{jk}\,a^{(l-1)}_{k} + b^{(l)}_{j}": (
        B[J] + Sum(W[J, K] * BEFORE[K], (K, 1, width(LAYER - 1)))
    ),
    r"\sum_{j=1}^{3} \left(a^{(L)}_{j} - y_{j}\right)": Sum(A[J] - Y[J], (J, 1, 3)),
    r"-\sum_{j=1}^{3} y_{j}\ln a^{(L)}_{j}": Sum(-Y[J] * log(A[J]), (J, 1, 3)),
    r"\left(\sum_{j=1}^{3} y_{j}\right)^{2}": Sum(Y[J], (J, 1, 3)) ** 2,
    r"\left(\sum_{j=1}^{3} a^{(L)}_{j}\right)\sum_{i=1}^{3} y_{i}": Sum(Y[I], (I, 1, 3)) * Sum(A[J], (J, 1, 3)),
    r"\sum_{j=1}^{4} \sum_{i=1}^{3} w^{(l)}_{ij}": Sum(W[I, J], (I, 1, 3), (J, 1, 4)),
    r"y_{i}\sum_{k=1}^{3} a^{(L)}_{k}": Y[I] * Sum(A[I], (I, 1, 3)),
    r"\sum_{j=1}^{3} y_{j}\sum_{i=1}^{j} a^{(L)}_{i}": Sum(Y[J] * Sum(A[I], (I, 1, J)), (J, 1, 3)),
    r"a^{(L)}_{j} - y_{j} - \sum_{i=1}^{3} y_{i}": A[J] - Sum(Y[I], (I, 1, 3)) - Y[J],
    r"T - q + 1": LENGTH - Q + 1,
}

DERIVATIVES = {
    r"\frac{\partial C}{\partial w^{(l)}_{jk}}": Partial(COST, W[J, K]),
    r"\frac{\partial a^{(L)}_{i}}{\partial z^{(l)}_{j}}": Partial(A[I], ZS[J]),
    r"\frac{\partial}{\partial z^{(l)}_{j}}\,\sigma{\left(z^{(l)}_{j}\right)}": Partial(SIGMOID(ZS[J]), ZS[J]),
    r"\frac{\partial}{\partial y_{j}}\left(a^{(L)}_{j} - y_{j}\right)": Partial(A[J] - Y[J], Y[J]),
    r"\frac{\partial}{\partial y_{j}}\sum_{i=1}^{3} y_{i}": Partial(Sum(Y[J], (J, 1, 3)), Y[J]),
    r"\delta^{(l)}_{i}\,\frac{\partial z^{(l)}_{i}}{\partial w^{(l)}_{jk}}": D[I] * Partial(ZS[I], W[J, K]),
    r"\frac{\partial C}{\partial a^{(L)}_{j}}\,\frac{\partial a^{(L)}_{j}}{\partial z^{(l)}_{j}}"
    r"\,\frac{\partial z^{(l)}_{j}}{\partial w^{(l)}_{jk}}": (
        Partial(ZS[J], W[J, K]) * Partial(COST, A[J]) * Partial(A[J], ZS[J])
    ),
    r"\left(\sum_{i=1}^{3} \frac{\partial C}{\partial a^{(L)}_{i}}\right)\frac{\partial z^{(l)}_{j}}{\partial y_{j}}": (
        Partial(ZS[J], Y[J]) * Sum(Partial(COST, A[I]), (I, 1, 3))
    ),
}

FUNCTIONS = {
    r"\sigma{\left(z^{(l)}_{j}\right)}": SIGMA(ZS[J]),
    r"\sigma''{\left(z\right)}": slope(slope(SIGMOID))(Z),
    r"\mathrm{tanh}'{\left(z\right)}": slope(TANH)(Z),
    r"\mathrm{ReLU}{\left(z\right)}": RELU(Z),
    r"\mathrm{LeakyReLU}'{\left(z\right)}": slope(LEAKY_RELU)(Z),
    r"\mathrm{GELU}'_{\mathrm{tanh}}{\left(z\right)}": slope(GELU_TANH)(Z),
    r"f'{\left(z\right)}": slope(elementwise("f", Z**2))(Z),
    r"\left\lvert z\right\rvert": ABSOLUTE(Z),
    r"\mathrm{sgn}{\left(a^{(L)}_{j} - y_{j}\right)}": slope(ABSOLUTE)(A[J] - Y[J]),
    r"y_{j}\ln y_{j}": X_LOG_X(Y[J]),
    r"e^{-z}": exp(-Z),
    r"e^{-z^{2}/2}": exp(-(Z**2) / 2),
    r"e^{2z}": exp(2 * Z),
    r"\mathrm{exp}{\left(\sum_{j=1}^{3} y_{j}\right)}": exp(Sum(Y[J], (J, 1, 3))),
    r"\mathrm{exp}{\left(-\frac{y_{j}}{1 + e^{-z}}\right)}": exp(-Y[J] / (1 + exp(-Z))),
    r"\ln{\left(1 - y_{j}\right)}": log(1 - Y[J]),
    r"\ln \sum_{j=1}^{3} y_{j}": log(Sum(Y[J], (J, 1, 3))),
    r"\ln{\left(y_{j}\right)}\left[i = j\right]": log(Y[J]) * KroneckerDelta(I, J),
    r"\left(\ln y_{j}\right)^{2}": log(Y[J]) ** 2,
    r"\mathrm{erf}{\left(\frac{z}{\sqrt{2}}\right)}": erf(Z / sqrt(2)),
    r"\mathrm{cosh}{\left(z\right)}": cosh(Z),
    r"\mathrm{sin}{\left(z\right)}^{2}": sin(Z) ** 2,
    r"\mathrm{max}{\left(0, z\right)}": Max(0, Z),
    r"\sqrt{y_{j}}": sqrt(Y[J]),
    r"y_{j}^{2}": Y[J] ** 2,
    r"\left(a^{(L)}_{j}\right)^{2}": A[J] ** 2,
    r"\left(a^{(L)}_{j}\right)^{3/2}": A[J] ** Rational(3, 2),
}

OTHERWISE = r" \\ 0 & \text{otherwise} \end{cases}"
CONDITIONS = {
    r"\left[i = j\right]": KroneckerDelta(J, I),
    r"\left[x + u - 1 = q\right]": KroneckerDelta(Q, X + U - 1),
    r"\sum_{p=1}^{3} y_{p}\left[p = k\right]": Sum(Y[index("p")] * KroneckerDelta(K, index("p")), (index("p"), 1, 3)),
    r"\begin{cases} 1 & z > 0" + OTHERWISE: Piecewise((1, Z > 0), (0, True)),
    r"\begin{cases} 1 & -1 \le z \le 1" + OTHERWISE: Piecewise((1, And(Z >= -1, Z <= 1)), (0, True)),
    r"\begin{cases} 1 & z \le -1 \lor z \ge 1" + OTHERWISE: Piecewise((1, Or(Z >= 1, Z <= -1)), (0, True)),
    r"y_{j}\begin{cases} 1 & z > 0" + OTHERWISE: Y[J] * Piecewise((1, Z > 0), (0, True)),
    r"\left(\begin{cases} 1 & z > 0" + OTHERWISE + r"\right)\sum_{j=1}^{3} a^{(L)}_{j}": (
        Piecewise((1, Z > 0), (0, True)) * Sum(A[J], (J, 1, 3))
    ),
    r"\left(\sum_{j=1}^{3} y_{j}\begin{cases} 1 & z > 0" + OTHERWISE + r"\right) - z": (
        Sum(Y[J] * Piecewise((1, Z > 0), (0, True)), (J, 1, 3)) - Z
    ),
    r"\left(y_{j}\begin{cases} 1 & z > 0" + OTHERWISE + r"\right) < z": Y[J] * Piecewise((1, Z > 0), (0, True)) < Z,
    r"z < y_{j}\begin{cases} 1 & z > 0" + OTHERWISE: Z < Y[J] * Piecewise((1, Z > 0), (0, True)),
    r"j \bmod 2 = 0": Eq(Mod(J, 2), 0),
    r"1 + \left(\left(j + 1\right) \bmod 3\right) = i": Eq(1 + Mod(J + 1, 3), I, evaluate=False),
    r"q \le T - 1": LENGTH - Q - 1 >= 0,
    r"q \ge 2": Q - 2 >= 0,
    r"q \le T - 2": LENGTH - Q >= 2,
    r"x + u \ge 1": X + U - 1 >= 0,
    r"p - 2\left\lceil\frac{p}{2}\right\rceil + 2": index("p") - 2 * ceiling(index("p") / 2) + 2,
    r"x + u - 1 = q": Eq(X + U - 1, Q, evaluate=False),
}


@pytest.mark.parametrize(
    ("expected", "expression"),
    [
        pytest.param(text, expression, id=text)
        for table in (NAMES, NUMBERS, PRODUCTS, FRACTIONS, SUMS, DERIVATIVES, FUNCTIONS, CONDITIONS)
        for text, expression in table.items()
    ],
)
def test_construct_is_written_as_people_write_it(expected: str, expression: Expr) -> None:
    """Each construct has the LaTeX of its row."""
    assert expected == latex(expression)


def test_several_sides_are_joined_by_equals_signs() -> None:
    """The sides of an equation stand in one formula, and no sum uses a letter that is free on another side."""
    assert r"a^{(L)}_{i} = \sum_{k=1}^{3} y_{k} = 1" == latex(A[I], Sum(Y[I], (I, 1, 3)), S.One)


def test_function_and_tensor_stand_without_argument_or_index() -> None:
    """A function and a tensor are written by their names alone."""
    assert [r"\sigma'", r"w^{(l)}", r"\mathrm{ReLU}"] == [latex(slope(SIGMA)), latex(W), latex(RELU)]


@pytest.mark.parametrize("thing", ["text", 3, None])
def test_what_is_no_mathematics_is_refused(thing: object) -> None:
    """Something without a rule raises an error that names it, and never becomes a formula."""
    with pytest.raises(TypeError, match="a formula cannot hold"):
        latex(thing)


def test_entry_without_a_tensor_of_ours_keeps_its_base() -> None:
    """Entries of a plain IndexedBase are printed by the name of the base."""
    assert r"\mathrm{data}_{i}" == latex(Indexed("data", I))

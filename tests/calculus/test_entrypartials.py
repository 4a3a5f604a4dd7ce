"""One derivative of any program: by what reads it, and expanded, with differences of the cost as judge."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from sympy import Expr, S, Symbol, lambdify

import symbackprop as sb
from symbackprop.calculus.partials import Partial
from symbackprop.errors import BudgetError, ShapeError, UnknownNameError
from symbackprop.network.composition import composed_cost
from symbackprop.network.functions import in_numpy
from symbackprop.network.notation import COST, scalar

PROGRAMS = {
    "a recurrence": """
        input x[T, D], h0[H]
        parameter W[H, D], U[H, H]
        h[0, j] = h0[j]
        h[t, j] = tanh(sum[d](W[j, d]*x[t, d]) + sum[k](U[j, k]*h[t-1, k])) for t = 1..T
        C = sum[j](h[T, j]^2)
        sizes T = 2, D = 2, H = 2""",
    "windows, the largest, and a number": """
        input a[N]
        parameter k[K], g
        z[x] = sum[u](k[u]*a[x+u-1]) + g
        C = max[x](z[x])*g
        sizes N = 4, K = 2""",
    "diagonals and a penalty": """
        parameter A[N, N]
        input x[N]
        C = sum[i, j](x[i]*A[i, j]*A[j, i]*x[j]) + sum[i](A[i, i])^2
        sizes N = 3""",
    "cases, keepdims": """
        input X[N, D]
        parameter w[D], b
        S = sum(X*w, axis=1, keepdims=True)
        Y = X*S + relu(S - b)
        C = sum(Y*Y)
        sizes N = 2, D = 3""",
    "sizes called as layers are": """
        input x[l, L]
        parameter w[m, L]
        r = x @ w.T
        C = sum(r**3)
        sizes l = 2, L = 3, m = 2""",
}
STEP = 1e-5
LINES = (
    "2 -> residual(dense(2) tanh) -> dense(1)",
    "1x3x3 -> conv2d(2, 2) relu -> flatten -> dense(2)",
    "1x5 -> conv1d(1, 2, stride=2, padding=1) -> flatten -> dense(1)",
    "2x1 -> rnn(2) -> dense(1)",
)


def function_of(formula: Expr) -> Callable[[dict[Symbol, float]], float]:
    """Return what says what a formula is worth at a point."""
    letters = sorted(formula.free_symbols, key=str)
    made = lambdify(letters, formula, in_numpy())
    return lambda numbers: float(made(*(numbers[letter] for letter in letters)))


@pytest.mark.parametrize("name", [*PROGRAMS, *(pytest.param(line, marks=pytest.mark.thorough) for line in LINES)])
def test_expanded_derivative_is_the_slope_of_the_composed_cost(name: str) -> None:
    """At a random point it is the slope of the one expression for the cost."""
    network: Any = sb.equations(PROGRAMS[name]) if name in PROGRAMS else sb.sequential(name, cost="mse")
    derivation, rng = sb.derive(network), Random(name)
    cost = composed_cost(network.program, ())
    worth = function_of(cost)
    numbers = {letter: rng.uniform(0.1, 0.9) for letter in sorted(cost.free_symbols, key=str)}
    for array in network.program.given:
        if array.name not in derivation.adjoints:
            continue
        axes = array.tensor.xreplace(dict(network.program.sizes)).axes
        place = [rng.randint(int(first), int(last)) for first, last in axes]
        own = next(s for s in cost.free_symbols if s.name == "_".join((array.name, *map(str, place))))
        found = derivation.partial(array.name, *place, expanded=True)
        assert not found.has(Partial)
        above, below = (worth({**numbers, own: numbers[own] + step}) for step in (STEP, -STEP))
        # a difference errs by STEP² C'''/6 and by the rounding of C over STEP, both about 1e-10 of slopes of about 1
        assert function_of(found)(numbers) == pytest.approx((above - below) / (2 * STEP), rel=1e-7, abs=1e-8)


def test_derivative_is_the_line_of_its_entry() -> None:
    """In the derivatives by what reads it, it is what the equation entry by entry says, but supposes nothing."""
    derivation = sb.derive(sb.equations(PROGRAMS["a recurrence"]))
    lines = dict(derivation.gradient("U").entries())
    assert lines[Partial(COST, scalar("U", 2, 1))] == derivation.partial("U", 2, 1)
    assert derivation.partial("h", 0, 1).has(Partial)


def test_given_derivative_stays() -> None:
    """Of a block without a cost, ∂C/∂ of what it gives stands in the expanded form, and no other."""
    block = sb.derive(sb.equations("input x[N]\nparameter g[N]\no[i] = g[i]*tanh(x[i])\nsizes N = 2"))
    (upstream,) = block.partial("x", 2, expanded=True).atoms(Partial)
    assert "o_2" == str(upstream.by)


@pytest.mark.parametrize(
    ("arguments", "options", "kind", "message"),
    [
        (("U", 3, 1), {}, ShapeError, r"^U has no entry \[3, 1\]; its places are \[1 to 2, 1 to 2\]$"),
        (("U", 1), {}, ShapeError, r"^U has no entry \[1\]"),
        (("U", True, 1), {}, ShapeError, r"^U has no entry"),
        (("U", "1", 1), {}, ShapeError, r"^U has no entry \['1', 1\]"),
        (("U",), {}, ShapeError, r"^U is no single entry; its places are \[1 to 2, 1 to 2\]$"),
        (("h", 3, 1), {}, ShapeError, r"places are \[0 to 2, 1 to 2\]$"),
        (("V", 1), {}, UnknownNameError, "^there is no derivative by 'V'"),
        (("U", 1, 1), {"expanded": True, "max_operations": 50}, BudgetError, "^∂C/∂U_1_1 has about .* the 50 allowed"),
    ],
)
def test_what_is_refused(
    arguments: tuple[Any, ...], options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    """An entry that is not there, and a formula that is too long, are refused in one line."""
    with pytest.raises(kind, match=message):
        sb.derive(sb.equations(PROGRAMS["a recurrence"])).partial(*arguments, **options)


def test_long_and_deep_formulas_are_refused_before_they_are_built() -> None:
    """A recurrence over many steps has more operations, or stands deeper inside one another, than can be built."""
    long = PROGRAMS["a recurrence"].replace("T = 2", "T = 40")
    with pytest.raises(BudgetError, match="more than the 20,000 allowed"):
        sb.derive(sb.equations(long)).partial("U", 1, 1, expanded=True)
    wide = sb.sequential("784 -> dense(5000, bias=false) -> dense(10) softmax", cost="cross_entropy")
    started = time.process_time()
    with pytest.raises(BudgetError, match=r"has about [\d,]{11,15} operations"):
        sb.derive(wide).partial("W2", 1, 1, expanded=True)
    assert time.process_time() - started < 30  # counting on to the end takes minutes
    deep = "parameter w\ninput x\nh[0] = x\nh[t] = sin(h[t-1]) + w for t = 1..T\nC = h[T]\nsizes T = 200"
    with pytest.raises(BudgetError, match="parts inside one another"):
        sb.derive(sb.equations(deep)).partial("x", expanded=True, max_operations=10**12)


def test_what_a_block_is_given_keeps_its_name() -> None:
    """∂C/∂o of an output that stands in the formula, too, is not ∂C/∂ of what that is."""
    network = sb.equations("input x[N]\nparameter g\nsizes N = 2\no[i] = x[i]^g")
    found = sb.derive(network).partial("g", expanded=True)
    assert {scalar("o", 1), scalar("o", 2)} == {rate.by for rate in found.atoms(Partial)}
    others = found.xreplace(dict.fromkeys(found.atoms(Partial), S.One)).free_symbols
    assert {"g", "x_1", "x_2"} == {letter.name for letter in others}

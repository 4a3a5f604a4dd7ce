"""Numbers for index expressions: exact, or with many digits, and derivatives by dual numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from sympy import (
    And,
    Eq,
    Expr,
    KroneckerDelta,
    Max,
    Min,
    Not,
    Or,
    Piecewise,
    Rational,
    S,
    Sum,
    Xor,
    ceiling,
    erf,
    exp,
    floor,
    log,
    pi,
    sin,
    sqrt,
)

from symbackprop.calculus.checking import Setting
from symbackprop.calculus.conditions import condition
from symbackprop.calculus.fields import DERIVATIVES, Digits, Exact
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.roughly import ManyDigits
from symbackprop.errors import CheckError
from symbackprop.network.functions import ABSOLUTE, RELU, SIGMA, SIGMOID, TANH, Elementwise, elementwise, slope
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import Equation

I, J, K, Q, T = map(index, "ijkqt")  # noqa: E741 - the letters of every textbook
N = size("N")
X, V, H = Tensor("x", None, (N,)), Tensor("v", None, (N,)), Tensor("h", None, ((0, N),))
W = Tensor("w", None, (N, N))


def value(expression: Expr, at: dict[Expr, int], *equations: Equation, frontier: tuple[Tensor, ...] = ()) -> Any:
    """Return the exact value of an index expression in a world of the equations."""
    return Setting(equations, {}, frontier=(*frontier, X, W)).world(Exact, 1).value(expression, at)


def entries(tensor: Tensor) -> list[Any]:
    """Return the entries of a tensor with one axis, in the world that `value` takes."""
    world = Setting((), {}, frontier=(X, W)).world(Exact, 1)
    return [world.entry(tensor, (place,)) for place in world.range(*tensor.axes[0])]


def test_textbook_meaning_of_each_kind_of_node() -> None:
    """Sums, products, powers, rounding, extremes, deltas and cases have the values of plain arithmetic."""
    x = entries(X)
    n = len(x)
    assert sum(x) == value(Sum(X[I], (I, 1, N)), {})
    assert n == value(N, {})
    assert Fraction(x[1] ** 3, x[0] + 30) - 2 == value(X[2] ** 3 / (X[1] + 30) - 2, {})
    assert sum(x[i] * x[j] for i in range(n) for j in range(i + 1)) == value(Sum(X[I] * X[J], (J, 1, I), (I, 1, N)), {})
    assert [2, 3] == [value(floor(I / 2), {I: 5}), value(ceiling(I / 2), {I: 5})]
    assert [x[0], x[1]] == [value(X[Max(1, Q - 1)], {Q: 1}), value(X[Min(2, Q)], {Q: 5})]
    assert [1, 0] == [value(KroneckerDelta(I, J + 1), {I: 3, J: 2}), value(KroneckerDelta(I, J / 2), {I: 1, J: 3})]
    cases = Piecewise((X[Q], Q < 2), (X[1] ** 2, And(Q >= 2, Q <= 3)), (S.Half, True))
    assert [x[0], x[0] ** 2, Fraction(1, 2)] == [value(cases, {Q: place}) for place in (1, 2, 4)]
    assert 0 == value(Sum(X[I], (I, 2, 1)), {})


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Q > 1, [False, True, True]),
        (Or(Q < 2, Q > 2), [True, False, True]),
        (Not(And(Q > 1, Q < 3)), [True, False, True]),
        (Eq(Q, 2), [False, True, False]),
        (Not(Eq(Q, 2)), [True, False, True]),
        (S.true, [True, True, True]),
        (S.false, [False, False, False]),
    ],
)
def test_condition(case: Expr, expected: list[bool]) -> None:
    """Comparisons, and what is joined of them, hold where they should."""
    world = Setting((), {}).world(Exact, 1)
    holds = condition(case, world._made)
    assert expected == [holds(world.environment([(Q, place)])) for place in (1, 2, 3)]


def test_other_condition_is_refused() -> None:
    """A condition without a rule is not taken for true or false."""
    with pytest.raises(CheckError, match=r"^condition .* cannot be evaluated: Xor has no rule$"):
        value(Piecewise((X[Q], Xor(Q > 1, Q > 2, evaluate=False)), (0, True)), {Q: 1})


@pytest.mark.parametrize("name", sorted(DERIVATIVES))
def test_table_of_derivatives(name: str) -> None:
    """The witness's own table of derivatives is that of difference quotients."""
    field = Digits(1)
    function = getattr(field._context, name)
    for number in ("0.3", "1.7", "2.9"):
        at, step = field._context.mpf(number), field._context.mpf(10) ** -16
        expected = (function(at + step) - function(at - step)) / (2 * step)
        assert abs(expected - DERIVATIVES[name](function(at), at, field)) < 1e-25


DUALS: list[Callable[[Expr], Expr]] = [
    lambda x: x**3 - 2 / x,
    lambda x: x**2 * 2**x,
    lambda x: 2 ** (x**2 / 8),
    lambda x: (x**2 + 1) ** Rational(3, 2),
    lambda x: log(x**2 + 1) * exp(-x / 5),
    lambda x: erf(x / 3) + sin(x) * sqrt(2),
    lambda x: SIGMOID(x) * TANH(x / 7),
    lambda x: RELU(x - 1) ** 2 + ABSOLUTE(x - 20),
    lambda x: Max(x, 3) * Min(x, 4),
    lambda x: SIGMOID(SIGMOID(x)),
    lambda x: slope(TANH)(x / 9) * x,
    lambda x: SIGMA(x**2) + elementwise("tau", None)(x),
]


@pytest.mark.parametrize("function", DUALS)
def test_derivative_by_dual_numbers(function: Callable[[Expr], Expr]) -> None:
    """∂f(x_q)/∂x_q is what difference quotients find, for sums, powers, exponents, named functions and slopes."""
    world = Setting((), {}, frontier=(X,)).world(ManyDigits, 1)
    context = world.field._context
    for place in world.range(*X.axes[0]):
        at, step = world.entry(X, (place,)), context.mpf(10) ** -200
        beside = Tensor(f"p{place}", None, (2,))
        for side in (1, 2):
            world.cells(beside)[side,].jet = at + step * (3 - 2 * side), 0
        above, below = (world.value(function(beside[side]), {}) for side in (1, 2))
        expected, actual = (above - below) * (1 / (2 * step)), world.value(Partial(function(X[Q]), X[Q]), {Q: place})
        assert abs(expected - actual) < 1e-100


def test_total_and_local_derivatives() -> None:
    """∂C/∂x follows every equation, ∂v/∂x only the one that computes v; an independent entry is not followed back."""
    first, second = Equation(V[J], X[J] ** 2), Equation(Tensor("u", None, (N,))[J], V[J] * X[J])
    program, frontier = (first, second), (second.tensor,)
    x = entries(X)[1]
    u = x**3
    ((c, d),) = [
        [
            Setting(program, {}, frontier=frontier).world(Exact, 1).field.draw(name, "u", (2,))
            for name in ("linear", "square")
        ]
    ]

    def of(expression: Expr) -> Any:
        return value(expression, {Q: 2}, *program, frontier=frontier)

    by_u = c + 2 * d * u
    assert by_u == of(Partial(COST, second.tensor[Q]))
    assert by_u * x == of(Partial(COST, V[Q]))
    assert x**2 == of(Partial(second.tensor[Q], X[Q]))
    assert 2 * x == of(Partial(V[Q], X[Q]))


def test_recurrence_starts_from_its_leaf() -> None:
    """Outside the domain of its equation an entry is a leaf, and it can be differentiated by."""
    program = (Equation(H[T], 2 * H[T - 1] + X[T], ((S.One, N),)),)
    start, x = value(H[0], {}, *program), entries(X)
    assert 2 * (2 * start + x[0]) + x[1] == value(H[2], {}, *program)
    assert [2, 0] == [value(Partial(H[T], H[Q]), {T: 2, Q: place}, *program) for place in (1, 0)]


def test_entry_outside_its_tensor_is_worth_something() -> None:
    """An adjoint that is not there is no 0, which would hide a range too wide."""
    program = (Equation(V[J], X[J]),)
    world = Setting(program, {}, frontier=(V,)).world(Exact, 1)
    outside = len(world.range(*V.axes[0])) + 1
    assert 0 != world.value(Partial(COST, V[Q]), {Q: outside})
    assert 0 != world.value(Partial(COST, V[Q]), {Q: 0})
    assert 0 != world.value(X[Q], {Q: outside})


def test_exponentials_keep_their_law_exactly() -> None:
    """exp(p + q) = exp(p) exp(q) in rational arithmetic, with halves and thirds among the arguments."""
    field = Exact(1)
    p, q = Fraction(5, 2), Fraction(-7, 3)
    assert field.function("exp", p) * field.function("exp", q) == field.function("exp", p + q)
    assert 1 == field.function("exp", 0)
    assert not field.opaque


def test_invented_values_are_known_as_such() -> None:
    """A function without an exact value has one of its own at each point, always the same one, and says so."""
    field = Exact(2)
    assert field.function("log", 7) == field.function("log", 7)
    assert 1 < len({field.function("log", number) for number in range(2, 30)})
    assert field.opaque


@pytest.mark.parametrize("kind", [Exact, Digits])
def test_functions_that_may_be_any_differ(kind: type) -> None:
    """Two functions that stand for any are not taken for each other, nor for their derivatives."""
    field = kind(1)
    values = [
        tuple(field.abstract(stem, order, point) for point in range(1, 6))
        for stem in ("sigma", "tau", "f")
        for order in (0, 1, 2)
    ]
    assert len(values) == len(set(values))


def test_function_that_may_be_any_has_its_derivative() -> None:
    """With many digits such a function is smooth: its derivative of order n + 1 is that of order n."""
    field = Digits(3)
    at, step = field._context.mpf(1) / 3, field._context.mpf(10) ** -16
    for order in (0, 1, 2):
        above, below = (field.abstract("sigma", order, at + side) for side in (step, -step))
        assert abs((above - below) / (2 * step) - field.abstract("sigma", order + 1, at)) < 1e-20


def test_irrational_numbers_have_all_digits() -> None:
    """π and √2 are known to the digits of the field."""
    for kind in (Digits, ManyDigits):
        field = kind(1)
        assert abs(field.number(pi) - field._context.pi) < field._context.mpf(10) ** (5 - field.digits)
        assert abs(field.power(2, field.number(S.Half)) ** 2 - 2) < field._context.mpf(10) ** (5 - field.digits)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(7, "7"), (Fraction(-8, 3), "-8/3"), (3**3000, "2.31080957811e+1431")],
    ids=["whole", "fraction", "long"],
)
def test_numbers_are_shown_short(number: Any, expected: str) -> None:
    """A number in a message is exact where that is short, and has its first digits otherwise."""
    assert expected == Exact(1).shown(number)
    shown = Digits(1).shown(mpmath.mpf(1) / 3)
    assert "0.333333333333" == shown


def test_derivative_of_nothing_is_refused() -> None:
    """A slope whose function is unknown has no value."""
    orphan = type("orphan_slope", (Elementwise,), {"stem": "orphan", "order": 1, "definition": X[1], "origin": None})
    with pytest.raises(CheckError, match=r"is a derivative of nothing$"):
        value(orphan(X[1]), {})

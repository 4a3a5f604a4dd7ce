"""Where a pattern stands: what wild indices are, in any order of a sum or product, and what is left alone."""

from __future__ import annotations

import pytest
from sympy import Expr, Rational, Sum, Symbol, exp

from symbackprop.calculus.matching import Pattern, replaced, with_same_letters
from symbackprop.calculus.partials import Partial
from symbackprop.network.notation import COST, Tensor, index, size

I, J, K, Q, T = map(index, "ijkqt")  # noqa: E741 - the letters of every textbook
N = size("N")
A, V, X, M, H = (Tensor(letter, None, (N,)) for letter in "avxmh")
W = Tensor("w", None, (N, N))
U = Tensor("u", None, ())[()]


@pytest.mark.parametrize(
    ("pattern", "wild", "expression", "at"),
    [
        (X[I], "i", X[J], {I: J}),
        (X[I], "i", V[J], None),
        (X[I], "", X[J], None),
        (X[2], "", X[3], None),
        (W[I, I], "i", W[J, Q], None),
        (X[I] * X[1], "i", X[0] * X[1], {I: 0}),
        (I * V[I], "i", J * V[J], {I: J}),
        (I * V[1], "i", X[J] * V[1], None),  # what is no whole number is no index
        (2 ** X[I], "i", X[J] ** 2, None),
        (H[T - 1] * X[J], "jt", H[T] * X[Q], {T: T + 1, J: Q}),
        (H[2 * T], "t", H[2 * T + 2], None),
        (W[I, T + J], "it", W[Q, T + J], {I: Q, T: T}),
        (Sum(W[I, K], (K, 1, N)), "i", Sum(W[Q, J], (J, 1, N)), {I: Q}),
        (Sum(W[I, K], (K, 1, N)), "i", Sum(W[J, J], (J, 1, N)), None),  # j belongs to the sum
        (Sum(W[I, K], (K, 1, N)), "i", Sum(W[Q, J], (J, 2, N)), None),
    ],
)
def test_pattern_is_found_with_its_indices(pattern: Expr, wild: str, expression: Expr, at: dict[Symbol, Expr]) -> None:
    """A wild index is any other but that of a sum around it, t - 1 is t where t is t + 1, and order does not count."""
    assert at == Pattern(pattern, frozenset(map(index, wild))).match(expression)


@pytest.mark.parametrize(
    ("expression", "pattern", "worth", "after"),
    [
        (2 * M[J] - 2 * X[J], X[I] - M[I], A[I], -2 * A[J]),
        (X[J] / 3 - M[J] / 3, X[I] - M[I], A[I], A[J] / 3),
        (Sum(exp(X[K]) * V[K], (K, 1, N)), exp(X[I]), A[I], Sum(A[K] * V[K], (K, 1, N))),
        ((U + 1) ** Rational(-3, 2), (U + 1) ** Rational(-1, 2), V[1], V[1] ** 3),
        ((U + 1) ** Rational(1, 3), (U + 1) ** Rational(-1, 2), V[1], (U + 1) ** Rational(1, 3)),
        (V[J] * (U + 1), (U + 1) ** Rational(-1, 2), V[1], V[J] * (U + 1)),
        (exp(X[Q]), exp(X[I]), W[I, J], exp(X[Q])),  # there are many j
        (V[Q] * Partial(COST, X[Q]), X[I], A[I], V[Q] * Partial(COST, X[Q])),
        (X[Q] * V[Q], X[I], A[I], A[Q] * V[Q]),
        (exp(X[Q]), exp(X[I]), Sum(exp(X[K]), (K, 1, N)) * A[I], Sum(exp(X[K]), (K, 1, N)) * A[Q]),
        (
            Sum(exp(X[K]), (K, 1, N)) * exp(X[Q]),
            exp(X[I]),
            Sum(exp(X[K]), (K, 1, N)) * A[I],
            Sum(exp(X[K]), (K, 1, N)) ** 2 * A[Q],
        ),
    ],
)
def test_pattern_is_replaced_wherever_it_stands(expression: Expr, pattern: Expr, worth: Expr, after: Expr) -> None:
    """With its sign and number, in any whole power, and in sums but those that stand in the worth itself."""
    assert after == replaced(expression, pattern, worth, (I, J))


def test_equal_sums_have_equal_letters() -> None:
    """Sums that differ in their letters alone cancel; others stay."""
    first, second = Sum(X[J], (J, 1, N)), Sum(X[K], (K, 1, N))
    assert 0 == with_same_letters(first - second)
    assert first - 2 * Sum(V[K], (K, 1, N)) == with_same_letters(first - 2 * Sum(V[K], (K, 1, N)))

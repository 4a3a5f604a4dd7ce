"""What is never negative, for all indices in their ranges and all sizes: roundings, nested ranges, and doubt."""

from __future__ import annotations

import pytest
from sympy import Expr, Integer, Rational, ceiling, floor

from symbackprop.calculus.inequalities import as_ceiling, never_negative, without_rounding
from symbackprop.network.notation import index, size

I, J, Q, R = map(index, "ijqr")  # noqa: E741 - the letters of every textbook
N, M = size("N"), size("M")
RANGES = {I: (Integer(1), N), J: (Integer(1), I), Q: (Integer(1), 2 * N)}


@pytest.mark.parametrize(
    ("expression", "is_known"),
    [
        (Integer(0), True),
        (Integer(-1), False),
        (I - 1, True),
        (I - 2, False),
        (N - I, True),
        (N - I - 1, False),
        (N - J, True),  # j goes to i, which goes to N
        (N - J - 1, False),
        (2 * N - 2 * I + Q - 1, True),
        (I * Q, False),  # where it is not plain to see
        (I**2, False),
        (I / 2, False),
        (R, False),  # an index of no known range
        (N - 1, True),
        (N - 2, False),
        (N - M, False),
        (N + M - 2, True),
        (N * M - N, False),
        (2 * M - 1, True),
        (ceiling(Q / 2) - 1, True),
        (ceiling(Q / 2) - 2, False),
        (ceiling(Q / 3) - 1, True),
        (floor(Q / 2), True),
        (floor(Q / 2) - 1, False),
        (floor((Q + 1) / 2) - 1, True),
        (N - ceiling(Q / 2), True),
        (N - ceiling((Q + 1) / 2), False),
        (N - floor((Q + 1) / 2), True),
        (N - floor((Q + 2) / 2), False),
        (2 * ceiling(Q / 2) - 2, False),
    ],
)
def test_sign_is_decided_where_it_is_plain_to_see(expression: Expr, is_known: bool) -> None:
    """True only where the worst index and sizes of 1 leave at least 0."""
    assert is_known == never_negative(expression, RANGES)


@pytest.mark.parametrize(
    ("expression", "whole"),
    [
        (ceiling(Q / 3) + N, Q + 3 * N + 2),
        (floor(Q / 3) + N, Q + 3 * N),
        (N - ceiling(Q / 3), 3 * N - Q),
        (N - floor(Q / 3), 3 * N - Q + 2),
        (ceiling(Q / 2 + N / 3), 3 * Q + 2 * N + 5),
        (Q - 2 * ceiling(Q / 2), Q - 2 * ceiling(Q / 2)),
    ],
)
def test_rounded_fraction_is_made_whole(expression: Expr, whole: Expr) -> None:
    """What is left is not negative where the rounded fraction is not, and nowhere else."""
    found = without_rounding(expression)
    assert whole == found
    for q in range(1, 13):
        for n in range(-5, 6):
            at = {Q: Integer(q), N: Integer(n)}
            assert (expression.xreplace(at) >= 0) == (found.xreplace(at) >= 0)


@pytest.mark.parametrize(
    ("end", "up"),
    [
        (floor((N + 1) / 2), ceiling(N / 2)),
        (floor(N / 3) + 1, ceiling((N - 2) / 3) + 1),
        (floor(N / 2 + Rational(2, 3)), ceiling((3 * N - 1) / 6)),
        (ceiling(N / 2), ceiling(N / 2)),
    ],
)
def test_end_is_rounded_up(end: Expr, up: Expr) -> None:
    """⌊p/s⌋ is ⌈(p - s + 1)/s⌉, so that equal ends look alike."""
    assert up == as_ceiling(end)

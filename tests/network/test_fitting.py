"""Sizes that constrain one another: what readings need, and numbers that give it to them."""

from __future__ import annotations

import pytest
from sympy import Max, Min, Sum, floor

from symbackprop.network.fitting import fitted, work_of
from symbackprop.network.needs import needs_of
from symbackprop.network.notation import Tensor, index, size
from symbackprop.network.program import Equation
from symbackprop.network.text.equations import equations

J, U = index("j"), index("u")
K, M, N, P = map(size, "KMNP")
x, k, z = Tensor("x", None, (N,)), Tensor("k", None, (K,)), Tensor("z", None, (M,))

TEXTS = {
    "x[i]*x[N - i + 1]": [],
    "x[2*i]": ["-2*M + N"],
    "sum[u = 1..K](x[2*i + u - 2])": ["-K - 2*M + N + 2"],
    "sum[u = 1..K](x[i + 2*u - 2])": ["-2*K - M + N + 2"],
    "max[u = 1..3](x[3*i - u + 1])": ["-3*M + N"],
    "sum[u = 1..i](x[i - u + 1])": ["-M + N"],
    "x[i - 2 + 4]": ["-M + N - 2"],
    "where(i > 1, x[i - 1], 0) + x[3]": ["N - 3"],
    "sum[u = 1..K](where(i + u <= N, x[i + u], x[i + u - N]))": ["-K - M + 2*N"],
    "where(2*i <= K, x[2*i], 0)": ["-K + N"],
    "max[u = 3..N](x[u]) + mean[u = 1..N - 1](x[u])": ["N - 2", "N - 3"],
    "log(sum[u = 3..N](x[u])) + x[i]/sum[u = 2..N](x[u])": ["N - 2", "N - 3"],
    "where(i != 1, max[u = 1..i - 1](x[u]), 0) + where(x[i] > 0, 1/sum[u = 1..i - 1](x[u]), 0)": [],
    "where(i < N, max[u = i + 1..N](x[u]), 0) + max[u = 1..N, j = u + 2..N](x[j])": ["N - 3"],
    "where(i == 3, x[i + 1], x[i])": ["N - 4", "-M + N"],
    "where(i == 1, 0, where(i + 2 > K, x[i - 1], 0))": [],  # i begins at 1, and where it is not 1, it is more
}


@pytest.mark.parametrize("side", TEXTS)
def test_needs_are_those_of_the_readings(side: str) -> None:
    """The place that is largest over all ranges must lie in the axis; what `where` keeps from being read, need not."""
    text = f"input x[N], v[K]\nsizes N = 30, M = 2, K = 2\nz[i] = {side} + v[1] for i = 1..M"
    text = text if "M" in "".join(TEXTS[side]) else text.replace("for i = 1..M", "for i = 1..N").replace("M = 2, ", "")
    found = [str(need.differences[-1]) for need in needs_of(e.equation for e in equations(text).program.nodes)]
    assert TEXTS[side] == found


def test_padding_needs_no_room() -> None:
    """A window whose ends keep it inside reads nothing outside: u from max(1, P + 2 - i) to min(K, N + P + 1 - i)."""
    kept = Sum(k[U] * x[J + U - 1 - P], (U, Max(1, P + 2 - J), Min(K, N + P + 1 - J)))
    assert () == needs_of([Equation(z[J], kept)])
    lost = Sum(k[U] * x[J + U - 1 - P], (U, 1, Min(K, N + P + 1 - J)))
    assert ["-P"] == [str(option) for need in needs_of([Equation(z[J], lost)]) for option in need.differences]


def test_rounded_ends_count_as_they_round() -> None:
    """Up to ⌊(K - 1)/2⌋, 2 u + 1 reaches K; up to ⌊K/2⌋ it may reach K + 1."""
    sides = (Sum(x[2 * U + 1], (U, 1, floor(end / 2))) for end in (K - 1, K))
    found = [needs_of([Equation(Tensor("r")[()], side)]) for side in sides]
    assert [["-K + N"], ["-K + N - 1"]] == [[str(need.differences[0]) for need in needs] for needs in found]


def test_what_is_bound_is_lifted() -> None:
    """N grows to what it must be, and by a rest; a size that is held stays, and then there may be no way."""
    needs = needs_of([Equation(z[J], Sum(k[U] * x[2 * J + U - 2], (U, 1, K)))])
    numbers = {N: 2, M: 4, K: 3}
    assert {N: 9, M: 4, K: 3} == fitted(numbers, needs)
    assert {N: 11, M: 4, K: 3} == fitted(numbers, needs, rest=lambda _: 2)
    assert fitted(numbers, needs, held=[N]) is None


def test_work_is_what_is_added_up() -> None:
    """An equation costs its entries times the terms of its sum."""
    assert 4 * 3 == work_of([Equation(z[J], Sum(k[U] * x[J], (U, 1, K)))], {N: 5, M: 4, K: 3})

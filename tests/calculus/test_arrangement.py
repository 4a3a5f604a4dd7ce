"""How expressions are written: common factors out, fractions cancelled, signs as people write them."""

from __future__ import annotations

import pytest
from sympy import Add, Expr, Integer, KroneckerDelta, Rational, Sum, cosh, exp, sinh, tanh

from symbackprop.calculus import gathering
from symbackprop.calculus.arrangement import arranged, length, primitive, signed
from symbackprop.calculus.gathering import gathered
from symbackprop.calculus.matching import Pattern
from symbackprop.network import notation
from symbackprop.network.extremes import STEP
from symbackprop.network.notation import Tensor, index, size

I, J = index("i"), index("j")  # noqa: E741 - the letters of every textbook
N = size("n")
a, y = notation.activation(1)[J], notation.target(1)[J]
m = Tensor("m", None, ())[()]
u, v = (Tensor(letter, None, (N,))[I] for letter in "uv")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((a - 1) * a, -a * (1 - a)),
        (-a * (y - a), a * (a - y)),
        ((y - a) ** 2, (a - y) ** 2),
        ((y - a) ** 3, -((a - y) ** 3)),
        ((1 - a) * (1 + a), 1 - a**2),
        (a * (1 - a) * (-y / a + (1 - y) / (1 - a)), a - y),
        (2 * (a - y) * exp(-((a - y) ** 2)), 2 * (a - y) * exp(-((a - y) ** 2))),
        (2 * a * y + 2 * y, 2 * y * (1 + a)),
        ((a**2 - 1) / (a - 1), 1 + a),
        (a * (1 + a) ** Rational(-3, 2) * (1 + a) ** Rational(1, 2), a / (1 + a)),
        (sinh(a) / cosh(a), tanh(a)),
        (Sum(2 * a * u - 2 * y * u, (I, 1, N)), 2 * Sum((a - y) * u, (I, 1, N))),
        (KroneckerDelta(I, J) - a, KroneckerDelta(I, J) - a),
        (a * (a - KroneckerDelta(I, J)), -a * (KroneckerDelta(I, J) - a)),
        (a * (1 - STEP(a)), a * (1 - STEP(a))),
        (a**2 * (a - y) * (1 - a), a**2 * (a - y) * (1 - a)),
        (
            2 * (a - y) / (1 + (a - y) ** 2) - 2 * (a - y) ** 3 / (1 + (a - y) ** 2) ** 2,
            2 * (a - y) / (1 + (a - y) ** 2) ** 2,
        ),
        ((a - y) / a - 1, -y / a),
        (Sum(1, (I, 1, N)), N),
        (Sum(a * y, (I, 0, N), (J, 1, N)), (N + 1) * Sum(a * y, (J, 1, N))),
        (Sum(m, (I, 2, N - 2)), Sum(m, (I, 2, N - 2))),  # none, and not -2 of them, where n is 1
        (Sum(m, (I, 1, J), (J, 1, N)), Sum(m, (I, 1, J), (J, 1, N))),
        (u - m * v - m * v * a, u - m * v * (1 + a)),
        (
            m * (1 - STEP(a)) + m * STEP(a) * STEP(u) * (1 - STEP(v)),
            m * (1 - STEP(a) + STEP(a) * STEP(u) * (1 - STEP(v))),
        ),
    ],
)
def test_shortest_form_is_taken(before: Expr, after: Expr) -> None:
    """What is shorter is written, with the sums led by a number, by Kronecker's delta, or by the activation."""
    assert str(primitive(after)) == str(primitive(arranged(before)))


def test_written_difference_keeps_its_sign() -> None:
    """Where the equations say y - a, that is what is written."""
    written = (Pattern(y - a, frozenset({J})),)
    assert y * (y - a) == arranged(y * (y - a), written)
    assert y * (y - a) == arranged(-y * (a - y), written)
    assert -y * (a - y) == arranged(y * (y - a))


@pytest.mark.parametrize(
    ("product", "wanted"),
    [
        (a * (2 * a - 2 * y), 2 * a * (a - y)),
        ((2 * a - 2 * y) / 3, Rational(2, 3) * (a - y)),
        (a * (a / 2 - y / 2) * (4 * a + 4), 2 * a * (a - y) * (a + 1)),
    ],
)
def test_common_number_goes_in_front(product: Expr, wanted: Expr) -> None:
    """The number that all of a product has in common stands before it."""
    assert wanted.expand() == primitive(product).expand()
    assert primitive(wanted) == primitive(product)


@pytest.mark.parametrize(
    ("product", "wanted"),
    [
        (a * (y - a), -a * (a - y)),
        (-a * (m - u), a * (u - m)),
        (-a * (m - u - v), a * (u + v - m)),
        (-a * (1 - u), -a * (1 - u)),
        (a / (y - a), -a / (a - y)),
        (a / (y - a) ** 2, a / (a - y) ** 2),
        (a / (a - 1) ** 3, -a / (1 - a) ** 3),
        ((a - 1) * (y - a), (1 - a) * (a - y)),
        (
            -Sum(u, (I, 1, N)) * (Sum(u, (I, 1, N)) - Sum(v, (I, 1, N))),
            Sum(u, (I, 1, N)) * (Sum(v, (I, 1, N)) - Sum(u, (I, 1, N))),
        ),
        (Sum(u, (I, 1, N)) * (Sum(u, (I, 1, N)) - Sum(v, (I, 1, N))),) * 2,
        (a * (Rational(1, 2) - a), a * (Rational(1, 2) - a)),
        (a * (STEP(a) - 1), a * (STEP(a) - 1)),
        (a * (y - a + m), a * (y - a + m)),
    ],
)
def test_signs_stand_where_people_write_them(product: Expr, wanted: Expr) -> None:
    """A sum is turned where it is led by a minus, and the sign goes before the product, once for each odd power."""
    assert wanted == signed(product)


def test_length_counts_a_minus_that_opens_a_sum() -> None:
    """Two for each operation, and one for each term with a minus."""
    assert [4, 5, 7, 10] == [length(each) for each in (1 + a, 1 - a, a - y, a * (a - y))]
    assert 0 == length(Integer(3))


def test_index_outside_of_sums_is_not_caught_by_theirs() -> None:
    """w_i Σ_i u_i v_i + Σ_i v_i is no sum over the i of w_i; with k, it is one sum."""
    k, w = index("k"), Tensor("w", None, (N,))
    first, second = Sum(u * v, (I, 1, N)), Sum(v, (I, 1, N))
    assert w[I] * first + second == gathered(w[I] * first + second)
    assert Sum((w[k] * u + 1) * v, (I, 1, N)) == gathered(w[k] * first + second)


def test_many_sums_are_gathered_without_trying_every_two_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 16 sums with an array in common, one sum takes no more tries than there are pairs of them."""
    tried = []
    plain = gathering.arranged_sum
    monkeypatch.setattr(gathering, "arranged_sum", lambda *sums: tried.append(sums) or plain(*sums))
    terms = [Sum(u * Tensor(f"w{place}", None, (N,))[I], (I, 1, N)) for place in range(16)]
    whole = gathered(Add(*terms))
    assert whole == Sum(u * Add(*(term.function / u for term in terms)), (I, 1, N))
    assert len(tried) <= 16 * 15 // 2


def test_root_in_a_sum_keeps_the_index_of_it() -> None:
    """Σ_i m/√(u_i² + m²) is no count of equal terms: each has a root of its own."""
    total = Sum(m / (u**2 + m**2) ** Rational(1, 2), (I, 1, N))
    assert total == arranged(total)

"""Letters and slopes of index expressions: what is renamed, what is left, and what a rule does with the rest."""

from __future__ import annotations

import pytest
from sympy import Expr, KroneckerDelta, S, Sum, Symbol, exp

from symbackprop.calculus.indices import clear_of, cleared, fresh, put
from symbackprop.calculus.known import divides_anew
from symbackprop.calculus.partials import Partial, differentiate, letters_of
from symbackprop.calculus.standins import without_partials
from symbackprop.errors import CheckError
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import Equation

I, J, K, Q = map(index, "ijkq")  # noqa: E741 - the letters of every textbook
N, R = size("N"), Symbol("r", real=True)
X, V, M, F = (Tensor(letter, None, (N,)) for letter in "xvmf")
W, T = Tensor("w", None, (N, N)), Tensor("s", None, ())[()]


def test_index_is_put_without_being_caught() -> None:
    """An index of a sum makes way for a letter that is put inside, and only then."""
    total = Sum(W[I, J] * X[I], (I, 1, N))
    assert Sum(W[K, I] * X[K], (K, 1, N)) == put(total, {J: I})
    assert Sum(X[J], (J, 1, N)) == put(Sum(X[J], (J, 1, N)), {I: J})  # i is not in it
    assert total == put(total, {I: Q})
    assert Sum(X[K], (K, 1, Q)) == put(Sum(X[K], (K, 1, J)), {J: Q})
    assert [index("i"), index("k"), index("j"), index("i'")] == [
        fresh(I, taken) for taken in ([], [I], [I, K], map(index, "ikjpqrsuvmabgh"))
    ]
    every = [letter + primes for primes in ("", "'") for letter in "ikjpqrsuvmabgh"]  # eleven products in one line
    assert index("i''") == fresh(I, map(index, every))


def test_sums_are_cleared_of_letters() -> None:
    """Every sum whose index is taken gets another, one inside of another as well."""
    inner = cleared(Sum(Sum(W[I, K], (K, 1, N)), (I, 1, N)), {K})
    assert K not in inner.atoms(Symbol)
    assert Sum(X[I], (I, 1, N)) == cleared(Sum(X[I], (I, 1, N)), {K})


def test_sums_are_cleared_of_letters_of_arrays() -> None:
    """An index of a sum makes way for an array that has its letter; one that is free is none of the sum's."""
    assert Sum(X[K], (K, 1, N)) == clear_of(Sum(X[I], (I, 1, N)), {"i", "q"})
    assert X[I] * Sum(X[K], (K, 1, N)) == clear_of(X[I] * Sum(X[K], (K, 1, N)), {"i"})
    both = clear_of(Sum(W[I, K], (I, 1, N), (K, 1, N)), {"i", "k"})
    assert len(set(both.variables)) == 2  # two that make way do not meet


@pytest.mark.parametrize(
    ("expression", "by", "slope"),
    [
        (X[J] ** 2, X[Q], 2 * X[J] * KroneckerDelta(J, Q)),
        (X[1] * V[J], X[2], S.Zero),
        (Sum(X[1] * V[I], (I, 1, N)), X[2], S.Zero),
        (Sum(R * X[I], (I, 1, N)), R, Sum(X[I], (I, 1, N))),
        (Sum(R, (I, 1, N)), R, Sum(1, (I, 1, N))),
        (V[J], X[Q], S.Zero),
        (Sum(X[Q], (Q, 1, N)), X[Q], Sum(KroneckerDelta(I, Q), (I, 1, N))),
    ],
)
def test_slope_of_an_index_expression(expression: Expr, by: Expr, slope: Expr) -> None:
    """A delta for each index, nothing where two numbers differ, and no index caught by a sum."""
    assert slope == differentiate(expression, by)


def test_letters_that_need_a_value() -> None:
    """A derivative, an entry, a letter: each alone, and not what stands in another one of them."""
    assert {Partial(COST, V[Q]), X[Q], R} == letters_of(X[Q] * R + Partial(COST, V[Q]) ** 2)


@pytest.mark.parametrize(
    ("before", "after", "equation", "anew"),
    [
        (F[J], F[J] / M[J], Equation(V[I], exp(M[I])), True),
        (F[J] / M[J], V[J] / M[J], Equation(V[I], exp(M[I])), False),
        (F[J] / (1 + M[J]), F[J] / V[J], Equation(V[I], 1 + M[I]), False),
        (F[J], V[J] / T, Equation(V[I], M[I] / T), False),
        (F[J] / M[J], F[J] / (M[J] * T), Equation(V[I], exp(M[I])), True),
        (F[J] * M[J], F[J] * V[J], Equation(V[I], exp(M[I])), False),
    ],
)
def test_new_divisor_is_seen(before: Expr, after: Expr, equation: Equation, anew: bool) -> None:
    """What was divided by, in known values too, and what the equation divides by, is no new divisor."""
    assert anew == divides_anew(before, after, equation)


@pytest.mark.parametrize("partial", [Partial(V[I] ** 2, V[I]), Partial(COST, R)])
def test_derivative_that_is_not_carried_out_has_no_matrix(partial: Expr) -> None:
    """∂/∂ of an expression, or by a letter without indices, is no entry of an array."""
    with pytest.raises(CheckError, match=r" has no matrix form: it is not carried out$"):
        without_partials(partial, {}, batch=None)

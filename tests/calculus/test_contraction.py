"""Sums with Kronecker deltas: what may be taken away, what narrows a range, what must stay."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from random import Random
from types import FunctionType

import pytest
from planted.derivations import CONTRACTION
from planted.planting import Fault, network_of
from sympy import Add, Expr, KroneckerDelta, Max, Min, Mul, Piecewise, Rational, S, Sum, ceiling, floor

import symbackprop as sb
from symbackprop.calculus.contraction import Limit, Term, _extreme, _freed, _in_scope, contract
from symbackprop.calculus.inequalities import never_negative
from symbackprop.calculus.picking import solved
from symbackprop.errors import CheckError
from symbackprop.network.extremes import where
from symbackprop.network.notation import LAYER, Tensor, index, size, width

I, J, K, P, Q, T, U, X = map(index, "ijkpqtux")  # noqa: E741 - the letters of every textbook
N, M, D = map(size, "NMD")
ZERO, ONE = S.Zero, S.One
F, G = Tensor("f", None, (N,)), Tensor("g", None, (N,))
W = Tensor("w", None, (N, M))
H = Tensor("h", None, (M,))

Lettered = Callable[[Expr], Expr]


def delta(left: Expr, right: Expr) -> Expr:
    """Return the Kronecker delta of two index expressions."""
    return KroneckerDelta(left, right)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Sum(F[K] * delta(K, Q), (K, 1, N)), F[Q]),
        (Sum(F[K] * delta(Q, K), (K, 1, N)), F[Q]),
        (Sum(F[K] * G[Q] * delta(K, Q) + F[K], (K, 1, N)), F[Q] * G[Q] + Sum(F[K], (K, 1, N))),
        (Sum(F[J] * Sum(W[J, K] * delta(K, P), (K, 1, M)), (J, 1, N)), Sum(F[J] * W[J, P], (J, 1, N))),
        (Sum(F[J] * Sum(delta(J, Q) * delta(K, P) * G[K], (K, 1, M)), (J, 1, N)), F[Q] * G[P]),
        (Sum(F[J], (J, 1, N)), Sum(F[J], (J, 1, N))),
        (delta(Q, P) * F[Q], delta(Q, P) * F[Q]),
        (Sum(delta(K, Q), (K, 1, N)), ONE),
        (Sum(delta(K, Q) * F[J], (K, 1, N), (J, 1, N)), Sum(F[J], (J, 1, N))),
        (Sum(delta(K, Q), (K, 1, N), (J, 1, M)), M),
        (Sum(Sum(W[I, K] * delta(K, P), (K, 1, M)), (K, 1, N)), N * W[I, P]),
        (Sum(F[K] * delta(K, Q), (K, 1, N)) * Sum(W[K, I] * delta(K, Q), (K, 1, N)), F[Q] * W[Q, I]),
        (F[I] * Sum(W[I, K] * delta(I, Q), (I, 1, N)), F[I] * W[Q, K]),
        (F[I] * Sum(H[I] * W[Q, K] * delta(I, P), (I, 1, M)), F[I] * H[P] * W[Q, K]),
        (
            Sum(F[K] * Piecewise((delta(K, Q), K > 2), (1, True)), (K, 1, N)),
            Piecewise((F[Q], Q > 2), (0, True)) + Sum(Piecewise((F[K], K <= 2), (0, True)), (K, 1, N)),
        ),
    ],
)
def test_sum_with_a_delta_collapses(expression: Expr, expected: Expr, lettered: Lettered) -> None:
    """A delta whose partner is in the range of the sum takes the sum away; all else stays as it is."""
    ranges = {Q: (ONE, N), P: (ONE, M)}
    assert lettered(expected) == lettered(contract(expression, ranges))


@pytest.mark.parametrize(
    ("shift", "inner", "outer", "expected"),
    [
        (1, (U, 1, D), (X, 1, N - D + 1), (X, Max(1, Q - D + 1), Min(Q, N - D + 1))),
        (1, (U, 1, 2), (X, 1, N - 1), (X, Max(1, Q - 1), Min(Q, N - 1))),
        (2, (U, Max(1, 3 - X), Min(3, N + 2 - X)), (X, 1, N), (X, Max(1, Q - 1), Min(N, Q + 1))),
    ],
)
def test_collapse_narrows_another_range(
    shift: int, inner: tuple, outer: tuple, expected: tuple, lettered: Lettered
) -> None:
    """Where another summed index decides whether the partner is in range, that index's range becomes narrower."""
    kernel = Tensor("k", None, (D,))
    actual = contract(Sum(F[X] * Sum(kernel[U] * delta(Q, X + U - shift), inner), outer), {Q: (ONE, N)})
    assert lettered(Sum(F[X] * kernel[Q - X + shift], expected)) == lettered(actual)


def test_stride_narrows_with_floor_and_ceiling(lettered: Lettered) -> None:
    """With q = 2x + u and 1 <= u <= D, x lies between ceiling((q - D)/2) and floor((q - 1)/2)."""
    kernel = Tensor("k", None, (D,))
    actual = contract(Sum(F[X] * Sum(kernel[U] * delta(Q, 2 * X + U), (U, 1, D)), (X, 1, M)), {Q: (ONE, 2 * M + D)})
    limits = (X, Max(1, ceiling(Q / 2 - D / 2)), Min(M, floor(Q / 2 - Rational(1, 2))))
    assert lettered(Sum(F[X] * kernel[Q - 2 * X], limits)) == lettered(actual)


def test_delta_that_no_range_can_carry_stays(lettered: Lettered) -> None:
    """A strided pair q = 2x + 2u cannot be solved for either index: the delta and both sums stay."""
    expression = Sum(F[X] * Sum(G[U] * delta(Q, 2 * X + 2 * U), (U, 1, N)), (X, 1, N))
    kept = Sum(F[X] * Sum(G[U] * delta(Q, 2 * X + 2 * U), (U, 1, N)), (X, 1, N))
    assert lettered(kept) == lettered(contract(expression, {Q: (ONE, 4 * N)}))


def test_condition_on_a_free_index_is_shown() -> None:
    """Σ_t f_t δ_{q, t-1} is f_{q+1} only where q + 1 is still in range, and the result says so."""
    actual = contract(Sum(F[T] * delta(Q, T - 1), (T, 1, N)), {Q: (ZERO, N)})
    assert Piecewise((F[Q + 1], N - Q >= 1), (0, True)) == actual


def test_condition_is_left_out_where_the_range_implies_it() -> None:
    """The same sum needs no condition where q ends one before."""
    assert F[Q + 1] == contract(Sum(F[T] * delta(Q, T - 1), (T, 1, N)), {Q: (ZERO, N - 1)})


def test_letters_of_two_sums_are_kept_apart(lettered: Lettered) -> None:
    """Multiplying two sums over the same letter does not mix their indices."""
    product = Sum(F[I] * delta(I, Q), (I, 1, N)) * Sum(W[I, K] * F[I] * delta(K, P), (I, 1, N), (K, 1, M))
    expected = F[Q] * Sum(W[I, P] * F[I], (I, 1, N))
    assert lettered(expected) == lettered(contract(product, {Q: (ONE, N), P: (ONE, M)}))


def test_triangle_collapses_in_scope(lettered: Lettered) -> None:
    """Σ_{x<=N} Σ_{u<=x} f_u g_x δ_{x,q} ends at u = q, and Σ over u of δ_{u,q} leaves x from q on."""
    triangle = Sum(F[U] * G[X] * delta(X, Q), (U, 1, X), (X, 1, N))
    assert lettered(G[Q] * Sum(F[U], (U, 1, Q))) == lettered(contract(triangle, {Q: (ONE, N)}))
    triangle = Sum(F[U] * G[X] * delta(U, Q), (U, 1, X), (X, 1, N))
    assert lettered(F[Q] * Sum(G[X], (X, Q, N))) == lettered(contract(triangle, {Q: (ONE, N)}))


@pytest.mark.parametrize(
    "expression",
    [
        Q - 1,
        N - Q,
        N - 1,
        N * M - 1,
        2 * N - Q - 1,
        N - Q + P - 1,
        width(LAYER) - 1,
        width(LAYER) + N - 2,
    ],
)
def test_what_is_never_negative_is_seen(expression: Expr) -> None:
    """An affine expression that is at least 0 for every index in range and all sizes from 1 on is recognised."""
    assert never_negative(expression, {Q: (ONE, N), P: (ONE, M)})


@pytest.mark.parametrize(
    "expression",
    [
        Q - 2,
        N - Q - 1,
        N - 2,
        N - M,
        P - Q,
        N * (Q - P),
        Min(Q, N) - 2,
        Max(1, Q) - Max(1, N),
        Max(1, N) - Q * Q,
        1 - Max(1, Q),
        floor(Q / 2 - 1) - 1,
    ],
)
def test_doubt_counts_as_no(expression: Expr) -> None:
    """What can be negative, or cannot be decided, is not called never negative."""
    assert not never_negative(expression, {Q: (ONE, N), P: (ONE, M)})


def test_inner_sum_makes_way_for_the_outer_one() -> None:
    """Where an inner sum hides the letter of an outer one, only the inner sum meets the delta."""
    hidden = Sum(Sum(F[K] * delta(K, Q), (K, 1, N)), (K, 1, N))
    assert N * F[Q] == contract(hidden, {Q: (ONE, N)})


def test_empty_range_counts_as_nothing() -> None:
    """What is left of a sum without factors is a number of places, and never a negative one."""
    pairs = Sum(Sum(delta(Q, X + U), (U, 1, D)), (X, 1, N))
    places = Min(N, Q - 1) - Max(1, Q - D) + 1
    assert Max(0, places) == contract(pairs, {Q: (ONE, N + D + 5)})


def test_factor_stays_in_a_sum_that_may_be_empty(lettered: Lettered) -> None:
    """An entry outside its tensor where the sum is empty is not read there; one that is inside stands outside."""
    after = contract(Sum(F[U] * F[J] * delta(U, Q + 1), (U, 1, J), (J, 1, N)), {Q: (ONE, N)})
    assert lettered(Sum(F[Q + 1] * F[J], (J, Q + 1, N))) == lettered(after)
    after = contract(Sum(F[U] * F[J] * delta(U, Q), (U, 1, J), (J, 1, N)), {Q: (ONE, N)})
    assert lettered(F[Q] * Sum(F[J], (J, Q, N))) == lettered(after)


def test_cases_with_other_values_are_not_put_together() -> None:
    """Terms that are 0 elsewhere and hold under one condition are one case; one that is something elsewhere stays."""
    i, a, b, c = index("i"), *(Tensor(letter, None, ((1, 4),)) for letter in "abc")
    zero = (S.Zero, True)
    one, other = (Piecewise((t[i], i > 2), zero) for t in (a, b))
    more = Piecewise((c[i], i > 2), (a[i], True))
    assert Add(Piecewise((a[i] + b[i], i > 2), zero), more) == contract(one + other + more, {i: (1, 4)})


def test_delta_inside_a_case_distinction() -> None:
    """Each case is a term under its own condition, which moves with the index that is solved for."""
    cases = Piecewise((F[J] * delta(J, Q), J >= 2), (G[J] * delta(J, Q + 1), True))
    expected = Piecewise((F[Q], Q >= 2), (0, True)) + Piecewise(
        (Piecewise((G[Q + 1], Q + 1 < 2), (0, True)), N - Q >= 1), (0, True)
    )
    assert expected == contract(Sum(cases, (J, 1, N)), {Q: (ONE, N)})


LETTERS = (I, J, K, X, U)


def some_affine(rng: Random, symbol: Expr) -> Expr:
    """Return an index that moves with a symbol: shifted, turned round, or with a stride."""
    slope = rng.choice([1, 1, 1, 1, -1, 2])
    return slope * symbol + rng.choice([0, 0, 0, 1, -1]) + (N + 1 if slope == -1 else 0)


def some_sum(rng: Random) -> Expr:
    """Return nested sums with one or two deltas, over whole axes, triangles and windows."""
    symbols, sizes, limits = rng.sample(LETTERS, rng.randint(1, 3)), {}, []
    for symbol in symbols:
        kind, sizes[symbol] = rng.random(), rng.choice([N, M])
        if kind < 0.2 and len(sizes) > 1:
            outer = rng.choice([*sizes][:-1])
            sizes[symbol] = sizes[outer]
            limits.append((symbol, 1, outer))
        elif kind < 0.3:
            sizes[symbol] = N
            limits.append((symbol, Max(1, Q - 1), Min(N, Q + 1)))
        else:
            limits.append((symbol, 1, sizes[symbol]))
    factors = [(F if sizes[each] == N else H)[each] for each in symbols if rng.random() < 0.7]
    pairs = [(a, b) for a in symbols for b in symbols if (sizes[a], sizes[b]) == (N, M)]
    factors += [W[rng.choice(pairs)]] if pairs and rng.random() < 0.6 else []
    for _ in range(rng.randint(1, 2)):
        first, second = rng.choice(symbols), rng.choice([*symbols, Q, P, Q, P])
        factors.append(delta(some_affine(rng, first), some_affine(rng, second)))
    if len(symbols) == 1 and rng.random() < 0.3:
        factors.append(Piecewise((F[Q], symbols[0] <= 2), (1, True)))
    total = Mul(*factors)
    for limit in reversed(limits):
        total = Sum(total, limit)
    return total


@pytest.mark.combinations
@pytest.mark.parametrize("seed", range(12))
def test_value_is_kept(seed: int, instance: type) -> None:
    """Whatever is contracted keeps its value, for sizes from 1 on, and reads no entry outside its tensor."""
    rng = Random(seed)
    for _ in range(12):
        before = Add(*(Mul(*(some_sum(rng) for _ in range(rng.choice([1, 1, 2])))) for _ in range(rng.choice([1, 2]))))
        after = contract(before, {Q: (ONE, N), P: (ONE, M)})
        for n, m in ((1, 1), (2, 3), (3, 2), (1, 3), (4, 1)):
            witness = instance([], {N: n, M: m})
            for q, p in product(range(1, n + 1), range(1, m + 1)):
                assert witness.value(before, {Q: q, P: p}) == pytest.approx(
                    witness.value(after, {Q: q, P: p}), rel=1e-12
                ), after


def test_case_at_one_place_picks_its_term() -> None:
    """Σ_k {f_k where k = 1, else 0} is f_1, in nested cases too; what may lie outside leaves the sum as it is."""
    f, g = Tensor("f", None, (N,)), Tensor("g", None, (N,))
    one = where("==", K, 1, f[K], 0)
    nested = where("==", K, 1, f[K], where("==", K, N, g[K], 0))
    assert f[1] * g[Q] == contract(Sum(one * g[Q], (K, 1, N)), {Q: (ONE, N)})
    assert f[1] == contract(Sum(where("==", K, 2, 0, one), (K, 1, N)), {})
    for total in (Sum(where("==", K, 2, f[K], 0), (K, 1, N)), Sum(nested, (K, 1, N))):  # of N = 1 there is no f_2
        assert total == contract(total, {})


@pytest.mark.parametrize("said", dict.fromkeys(fault.said for fault in CONTRACTION))
def test_sums_with_limits_are_derived(said: tuple[str, ...]) -> None:
    """Without a fault, each of the programs below is derived."""
    assert sb.derive(network_of(said)).steps


@pytest.mark.parametrize("fault", CONTRACTION, ids=lambda fault: fault.name)
def test_planted_fault_in_contraction_is_refused(fault: Fault, plant: Callable[[FunctionType, str, str], None]) -> None:
    """A fault in what convolutions, recurrences and nested sums need of a contraction stops their derivation."""
    plant(fault.function, fault.right, fault.wrong)
    with pytest.raises(CheckError, match=r"(?s) is not .* against |^index .* is free in "):
        sb.derive(network_of(fault.said))


@pytest.mark.parametrize(
    ("left", "right", "solution"),
    [
        (K, Q, Q),
        (Q, K, Q),
        (K + 1, Q, Q - 1),
        (Q - K, P, Q - P),
        (P, 2 * (Q - 1) - K, 2 * Q - 2 - P),
        (2 * K, Q, None),
        (Q, -2 * K, None),
        (K, Q + floor(K / 2), None),
        (K**2, Q, None),
        (P, Q, None),
    ],
)
def test_delta_is_solved_where_the_solution_is_whole(left: Expr, right: Expr, solution: Expr | None) -> None:
    """Of k + 1 = q the solution is q - 1; with a stride before the index, or the index in a rounding, there is none."""
    assert solution == solved(left, right, K)


@pytest.mark.parametrize(
    ("limits", "condition", "is_so"),
    [
        (((J, ONE, I), (I, ONE, N)), S.true, True),
        (((I, ONE, N), (J, ONE, I)), S.true, False),
        (((I, ONE, N), (J, I, N)), S.true, False),
        (((I, ONE, N),), Q > 1, True),
        (((J, ONE, M), (I, ONE, N)), Q > J, False),
    ],
)
def test_range_speaks_of_sums_further_out_alone(limits: tuple[Limit, ...], condition: Expr, is_so: bool) -> None:
    """No range may name an index that is summed inside of it, and a condition names none that is summed."""
    assert is_so == _in_scope(Term((F[I],), limits, condition=condition))


@pytest.mark.parametrize(
    ("first", "last", "solution", "freed", "needed"),
    [
        (Max(1, I), N, P - 2 * U, (ONE, N), [3 * U - P]),
        (ONE, Min(I, N), P - 2 * U, (ONE, N), [P - 3 * U]),
        (Max(1, I), Min(I + 3, N), P - 2 * U, (ONE, N), [3 * U - P, P + 3 - 3 * U]),
        (I, N, P - 2 * U, (I, N), []),
        (Max(1, I), I, P - 2 * U, (Max(1, I), I), []),
        (Max(1, I), N, P, (Max(1, I), N), []),
    ],
)
def test_bound_that_would_speak_of_its_own_index_is_a_condition(
    first: Expr, last: Expr, solution: Expr, freed: tuple[Expr, Expr], needed: list[Expr]
) -> None:
    """With i = p - 2 u the bound i <= u is p <= 3 u, where another bound stays at that end."""
    assert ([(U, *freed)], needed) == _freed([(U, first, last)], I, solution)


@pytest.mark.parametrize(
    ("choose", "old", "bound", "chosen"),
    [
        (Max, S.One, size("N"), size("N")),
        (Max, size("N"), S.One, size("N")),
        (Min, S.One, size("N"), S.One),
        (Min, size("N"), S.One, S.One),
        (Max, size("N"), size("M"), Max(size("N"), size("M"))),
        (Min, size("N") + 1, size("N"), size("N")),
    ],
)
def test_end_of_a_range_is_chosen_where_one_is_known_to_lie_further_in(
    choose: type[Max] | type[Min], old: Expr, bound: Expr, chosen: Expr
) -> None:
    """A size is 1 or more; of two sizes neither is known to be the larger one."""
    assert chosen == _extreme(choose, old, bound, {})

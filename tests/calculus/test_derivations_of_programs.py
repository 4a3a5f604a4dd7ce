"""Programs that no layer class knows, derived from their equations alone: a tensor used twice, convolution, time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from sympy import Expr, Indexed, Max, Min, Piecewise, Rational, S, Sum, exp, sqrt

from symbackprop.calculus.derivation import Chain, extend
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import derive_program
from symbackprop.calculus.rules import RESTORE
from symbackprop.errors import CheckError
from symbackprop.network.functions import Z, elementwise, slope
from symbackprop.network.largest import Largest
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import Equation, Node, Program

D, I, J, K, P, Q, R, T, U, X = map(index, "dijkpqrtux")  # noqa: E741 - the letters of every textbook
N, M, WIDE, LONG, DEEP = size("N"), size("M"), size("D"), size("T"), size("H")
ONE = S.One
F, G = elementwise("f", None), elementwise("g", None)
FUNCTIONS = {"f": Z / (1 + Z**2) + Z / 8, "g": Z**2 / 3 - Z}

Lettered = Callable[[Expr], Expr]
Derived = Callable[..., Chain]


def by(entry: Indexed) -> Partial:
    """Return ∂C/∂entry."""
    return Partial(COST, entry)


INPUT, VALUE = Tensor("x", None, (N,)), Tensor("v", None, (N,))


class TestTensorUsedTwice:
    """Adjoints add up over every use of a tensor."""

    def test_residual(self, derived: Derived, instance: type) -> None:
        """For v = f(x) + x, ∂C/∂x_q = ∂C/∂v_q (f'(x_q) + 1)."""
        residual = Equation(VALUE[J], F(INPUT[J]) + INPUT[J])
        chain = derived(INPUT[Q], [residual], VALUE)
        assert by(VALUE[Q]) * (slope(F)(INPUT[Q]) + 1) == chain.result
        assert [] == instance([residual], {N: 3}, VALUE, functions=FUNCTIONS).differences(chain)

    def test_two_readers(self, derived: Derived, instance: type) -> None:
        """What two equations read gets a term from each: ∂C/∂x_q = ∂C/∂u_q f'(x_q) + ∂C/∂v_q u_q, with v = x u."""
        first = Tensor("u", None, (N,))
        program = [Equation(first[J], F(INPUT[J])), Equation(VALUE[J], INPUT[J] * first[J])]
        chain = derived(INPUT[Q], program, VALUE)
        assert by(first[Q]) * slope(F)(INPUT[Q]) + by(VALUE[Q]) * first[Q] == chain.result
        assert [] == instance(program, {N: 3}, VALUE, functions=FUNCTIONS).differences(chain)

    def test_three_uses_in_one_equation(self, lettered: Lettered, derived: Derived, instance: type) -> None:
        """For v_j = x_j f(x_j) Σ_i x_i each of the three places has its term."""
        thrice = Equation(VALUE[J], INPUT[J] * F(INPUT[J]) * Sum(INPUT[I], (I, 1, N)))
        chain = derived(INPUT[Q], [thrice], VALUE)
        total, x = Sum(INPUT[I], (I, 1, N)), INPUT[Q]
        expected = by(VALUE[Q]) * (F(x) * total + slope(F)(x) * x * total) + Sum(
            by(VALUE[J]) * INPUT[J] * F(INPUT[J]), (J, 1, N)
        )
        assert lettered(expected) == lettered(chain.result)
        assert [] == instance([thrice], {N: 3}, VALUE, functions=FUNCTIONS).differences(chain)

    def test_same_weight_in_two_layers(self, lettered: Lettered, derived: Derived, instance: type) -> None:
        """∂C/∂w_pq = ∂C/∂u_p x_q + ∂C/∂v_p h_q, where u = W x, h = f(u) and v = W h."""
        weight, first, hidden = Tensor("w", None, (N, N)), Tensor("u", None, (N,)), Tensor("h", None, (N,))
        program = [
            Equation(first[J], Sum(weight[J, K] * INPUT[K], (K, 1, N))),
            Equation(hidden[J], F(first[J])),
            Equation(VALUE[J], Sum(weight[J, K] * hidden[K], (K, 1, N))),
        ]
        chain = derived(weight[P, Q], program, VALUE)
        assert by(first[P]) * INPUT[Q] + by(VALUE[P]) * hidden[Q] == chain.result
        assert [] == instance(program, {N: 2}, VALUE, functions=FUNCTIONS).differences(chain)

    def test_weight_shared_by_renaming(self, derived: Derived, instance: type) -> None:
        """Sharing a weight between layers is a change of names, and both uses count."""
        weights = [Tensor("w", layer, (N, N)) for layer in (1, 2)]
        values = [INPUT, Tensor("v", 1, (N,)), Tensor("v", 2, (N,))]
        layers = [
            Equation(after[J], Sum(weight[J, K] * F(before[K]), (K, 1, N)))
            for weight, before, after in zip(weights, values, values[1:], strict=False)
        ]
        program = [equation.renamed({weights[1]: weights[0]}) for equation in layers]
        chain = derived(weights[0][P, Q], program, values[2])
        terms = [by(after[P]) * F(before[Q]) for before, after in pairwise(values)]
        assert sum(terms) == chain.result
        assert [] == instance(program, {N: 2}, values[2], functions=FUNCTIONS).differences(chain)


class TestCopies:
    """What one line passes on as it is, of an array that is computed step by step."""

    def test_last_state_of_a_recurrence(self, lettered: Lettered) -> None:
        """With o_j = h_Tj, ∂C/∂h_tk has the term ∂C/∂o_k where t = T, and what the next step sends back."""
        state, last = Tensor("h", None, ((S.Zero, LONG), N)), Tensor("o", None, (N,))
        program = [
            Equation(state[T, J], F(state[T - 1, J]), ((ONE, LONG), (ONE, N))),
            Equation(last[J], state[LONG, J]),
            Equation(COST, Sum(last[J] ** 2, (J, 1, N))),
        ]
        derivation = derive_program(Program(tuple(map(Node, program))))
        right = derivation.gradient("h").right
        ((symbol, place),) = [(p, q) for p, q in [derivation.gradient("h").entry.indices]]
        at = {symbol: LONG}
        assert Partial(COST, last[place]) == right.xreplace(at).doit()


class TestConvolution:
    """z_x = Σ_u k_u a_{x+u-1}: the ranges of what is left to add up depend on where one looks."""

    kernel, signal, out = Tensor("k", None, (WIDE,)), Tensor("a", None, (N,)), Tensor("z", None, (N - WIDE + 1,))
    error = Tensor("delta", None, (N - WIDE + 1,))
    program = (Equation(out[X], Sum(kernel[U] * signal[X + U - 1], (U, 1, WIDE))),)

    def test_kernel(self, lettered: Lettered, derived: Derived, instance: type) -> None:
        """∂C/∂k_q = Σ_x δ_x a_{x+q-1}, x over the whole output."""
        chain = derived(self.kernel[Q], self.program, self.out, names={self.error: self.out})
        expected = Sum(self.error[X] * self.signal[X + Q - 1], (X, 1, N - WIDE + 1))
        assert lettered(expected) == lettered(chain.result)
        witness = instance(self.program, {N: 5, WIDE: 3}, self.out, names={self.error: self.out})
        assert [] == witness.differences(chain)

    @pytest.mark.parametrize(("long", "wide"), [(5, 3), (4, 4), (5, 1), (6, 2)])
    def test_input(self, long: int, wide: int, lettered: Lettered, derived: Derived, instance: type) -> None:
        """∂C/∂a_q = Σ_x δ_x k_{q-x+1}, x from max(1, q-D+1) to min(q, N-D+1): no further than the kernel reaches."""
        chain = derived(self.signal[Q], self.program, self.out, names={self.error: self.out})
        limits = (X, Max(1, Q - WIDE + 1), Min(Q, N - WIDE + 1))
        assert lettered(Sum(self.error[X] * self.kernel[Q - X + 1], limits)) == lettered(chain.result)
        witness = instance(self.program, {N: long, WIDE: wide}, self.out, names={self.error: self.out})
        assert [] == witness.differences(chain)

    @pytest.mark.parametrize(
        ("stride", "dilation", "flipped"), [(2, 1, False), (1, 2, False), (3, 1, False), (1, 1, True), (2, 2, False)]
    )
    def test_stride_and_dilation(
        self, stride: int, dilation: int, flipped: bool, derived: Derived, instance: type
    ) -> None:
        """Kernel and input have the values of the written-out program for strides, dilations and a flipped kernel."""
        out = Tensor("z", None, (M,))
        signal = Tensor("a", None, (stride * (M - 1) + dilation * (WIDE - 1) + 1,))
        offset = dilation * ((WIDE - U) if flipped else (U - 1))
        program = (Equation(out[X], Sum(self.kernel[U] * signal[stride * (X - 1) + offset + 1], (U, 1, WIDE))),)
        for entry in (self.kernel[Q], signal[Q]):
            chain = derived(entry, program, out)
            assert [] == instance(program, {M: 3, WIDE: 2}, out).differences(chain)


class TestAttention:
    """s_ij = Σ_d q_id k_jd/√D, p_ij = exp(s_ij)/Σ_m exp(s_im), o_id = Σ_j p_ij v_jd."""

    query, key, value = (Tensor(letter, None, (LONG, WIDE)) for letter in "qkv")
    score, share, out = (Tensor(letter, None, (LONG, n)) for letter, n in (("s", LONG), ("p", LONG), ("o", WIDE)))
    scores = Equation(score[I, J], Sum(query[I, D] * key[J, D], (D, 1, WIDE)) / sqrt(WIDE))
    shares = Equation(share[I, J], exp(score[I, J]) / Sum(exp(score[I, R]), (R, 1, LONG)))
    mixture = Equation(out[I, D], Sum(share[I, J] * value[J, D], (J, 1, LONG)))
    program = (scores, shares, mixture)

    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            (value[P, Q], Sum(by(out[I, Q]) * share[I, P], (I, 1, LONG))),
            (share[P, Q], Sum(by(out[P, D]) * value[Q, D], (D, 1, WIDE))),
            (query[P, Q], Sum(by(score[P, J]) * key[J, Q], (J, 1, LONG)) / sqrt(WIDE)),
            (key[P, Q], Sum(by(score[I, P]) * query[I, Q], (I, 1, LONG)) / sqrt(WIDE)),
        ],
    )
    def test_values_weights_queries_and_keys(
        self, entry: Indexed, expected: Expr, lettered: Lettered, derived: Derived, instance: type
    ) -> None:
        """The adjoint of each is one sum over the tokens or the features that it meets."""
        chain = derived(entry, self.program, self.out)
        assert lettered(expected) == lettered(chain.result)
        assert [] == instance(self.program, {LONG: 2, WIDE: 2}, self.out).differences(chain)

    def test_scores(self, derived: Derived, instance: type) -> None:
        """∂C/∂s_pq = p_pq (∂C/∂p_pq - Σ_m ∂C/∂p_pm p_pm): the softmax of each row on its own."""
        chain = derived(self.score[P, Q], self.program, self.out)
        mean = Sum(by(self.share[P, R]) * self.share[P, R], (R, 1, LONG))
        short = extend(chain, RESTORE, self.share[P, Q] * (by(self.share[P, Q]) - mean))
        assert [] == instance(self.program, {LONG: 2, WIDE: 2}, self.out).differences(chain)
        assert [] == instance(self.program, {LONG: 2, WIDE: 2}, self.out).differences(short)

    def test_self_attention(self, lettered: Lettered, derived: Derived, instance: type) -> None:
        """Tokens that give queries, keys and values get three terms, one through each."""
        token = Tensor("x", None, (LONG, DEEP))
        tensors = (self.query, self.key, self.value)
        weights = [Tensor(f"w{made.letter}", None, (WIDE, DEEP)) for made in tensors]
        made = [
            Equation(tensor[I, D], Sum(weight[D, K] * token[I, K], (K, 1, DEEP)))
            for tensor, weight in zip(tensors, weights, strict=True)
        ]
        program = (*made, *self.program)
        chain = derived(token[P, Q], program, self.out)
        terms = [Sum(by(t[P, D]) * w[D, Q], (D, 1, WIDE)) for t, w in zip(tensors, weights, strict=True)]
        assert lettered(sum(terms)) == lettered(chain.result)
        assert [] == instance(program, {LONG: 2, WIDE: 1, DEEP: 2}, self.out).differences(chain)

    def test_no_look_ahead(self, derived: Derived, instance: type) -> None:
        """With shares over the past alone, Σ over m <= i, each derivative has the value of the written-out program."""
        past = Piecewise((exp(self.score[I, J]) / Sum(exp(self.score[I, R]), (R, 1, I)), J <= I), (0, True))
        program = (self.scores, Equation(self.share[I, J], past), self.mixture)
        for entry in (self.score[P, Q], self.share[P, Q], self.value[P, Q]):
            chain = derived(entry, program, self.out)
            assert [] == instance(program, {LONG: 3, WIDE: 1}, self.out).differences(chain)


class TestRecurrence:
    """h_tj = f(z_tj), z_tj = Σ_k u_jk h_{t-1,k} + x_tj from t = 1 on, o_tj = g(h_tj); h_0 is given."""

    state = Tensor("h", None, ((0, LONG), N))
    weight = Tensor("u", None, (N, N))
    drive, inside, out = (Tensor(letter, None, (LONG, N)) for letter in "xzo")
    domain = ((ONE, LONG), (ONE, N))
    program = (
        Equation(inside[T, J], Sum(weight[J, K] * state[T - 1, K], (K, 1, N)) + drive[T, J]),
        Equation(state[T, J], F(inside[T, J]), domain),
        Equation(out[T, J], G(state[T, J])),
    )
    sizes = {LONG: 3, N: 2}  # noqa: RUF012 - never changed

    def test_weight(self, lettered: Lettered, derived: Derived, instance: type) -> None:
        """∂C/∂u_pq = Σ_t ∂C/∂z_tp h_{t-1,q}: the same weight at every time, added up over time."""
        chain = derived(self.weight[P, Q], self.program, self.out)
        expected = Sum(by(self.inside[T, P]) * self.state[T - 1, Q], (T, 1, LONG))
        assert lettered(expected) == lettered(chain.result)
        assert [] == instance(self.program, self.sizes, self.out, functions=FUNCTIONS).differences(chain)

    def test_state(self, lettered: Lettered, derived: Derived, instance: type) -> None:
        """∂C/∂h_rq comes from its own output, for r >= 1, and from the time after, for r < T."""
        chain = derived(self.state[R, Q], self.program, self.out)
        here = Piecewise((by(self.out[R, Q]) * slope(G)(self.state[R, Q]), R >= 1), (0, True))
        later = Piecewise((Sum(by(self.inside[R + 1, J]) * self.weight[J, Q], (J, 1, N)), LONG - R >= 1), (0, True))
        assert lettered(here + later) == lettered(chain.result)
        assert [] == instance(self.program, self.sizes, self.out, functions=FUNCTIONS).differences(chain)

    def test_state_in_one_equation(self, derived: Derived, instance: type) -> None:
        """A tensor that is computed from itself, h_t = f(w_t h_{t-1}), is derived with the shift in its index."""
        state, weight = Tensor("h", None, ((0, LONG),)), Tensor("w", None, (LONG,))
        program = (Equation(state[T], F(weight[T] * state[T - 1]), ((ONE, LONG),)),)
        cost = Equation(COST, F(state[LONG]))
        chain = derived(state[R], (*program, cost))
        assert [] == instance((*program, cost), {LONG: 3}, functions=FUNCTIONS).differences(chain)
        chain = derived(weight[R], (*program, cost))
        assert by(state[R]) * slope(F)(weight[R] * state[R - 1]) * state[R - 1] == chain.result
        assert [] == instance((*program, cost), {LONG: 3}, functions=FUNCTIONS).differences(chain)


class TestNormalisation:
    """m_t = Σ_i x_ti/n, s_t = Σ_i (x_ti - m_t)²/n, v_ti = (x_ti - m_t)/√(s_t + ε): three equations, not one."""

    value, out = (Tensor(letter, None, (LONG, N)) for letter in "xv")
    mean, variance = (Tensor(letter, None, (LONG,)) for letter in "ms")
    small = Rational(1, 100)
    program = (
        Equation(mean[T], Sum(value[T, I], (I, 1, N)) / N),
        Equation(variance[T], Sum((value[T, I] - mean[T]) ** 2, (I, 1, N)) / N),
        Equation(out[T, I], (value[T, I] - mean[T]) / sqrt(variance[T] + small)),
    )
    sizes = {LONG: 2, N: 3}  # noqa: RUF012 - never changed

    def checked(self, chain: Chain, by_hand: Expr, instance: type) -> None:
        """Compare a chain and the result by hand with the written-out program."""
        witness = instance(self.program, self.sizes, self.out)
        assert [] == witness.differences(chain)
        assert [] == witness.differences(extend(chain, RESTORE, by_hand))

    def test_variance(self, derived: Derived, instance: type) -> None:
        """∂C/∂s_t = -½ (s_t + ε)^(-3/2) Σ_i ∂C/∂v_ti (x_ti - m_t)."""
        far = Sum(by(self.out[R, I]) * (self.value[R, I] - self.mean[R]), (I, 1, N))
        by_hand = -far * (self.variance[R] + self.small) ** Rational(-3, 2) / 2
        self.checked(derived(self.variance[R], self.program, self.out), by_hand, instance)

    def test_mean(self, derived: Derived, instance: type) -> None:
        """∂C/∂m_t = -Σ_i ∂C/∂v_ti/√(s_t + ε) - ∂C/∂s_t (2/n) Σ_i (x_ti - m_t)."""
        far = Sum(self.value[R, I] - self.mean[R], (I, 1, N))
        through = Sum(by(self.out[R, I]), (I, 1, N)) / sqrt(self.variance[R] + self.small)
        by_hand = -through - by(self.variance[R]) * 2 * far / N
        self.checked(derived(self.mean[R], self.program, self.out), by_hand, instance)

    def test_value(self, derived: Derived, instance: type) -> None:
        """∂C/∂x_tq = ∂C/∂v_tq/√(s_t + ε) + ∂C/∂s_t 2 (x_tq - m_t)/n + ∂C/∂m_t/n: one term for each use."""
        far = self.value[R, Q] - self.mean[R]
        by_hand = by(self.out[R, Q]) / sqrt(self.variance[R] + self.small)
        by_hand += by(self.variance[R]) * 2 * far / N + by(self.mean[R]) / N
        self.checked(derived(self.value[R, Q], self.program, self.out), by_hand, instance)


MATRIX, PRODUCT = Tensor("w", None, (N, N)), Tensor("r", None, (N, N))
TWICE = Tensor("x", None, (2 * N,))
ODD = {
    "copied": (INPUT[Q], Equation(VALUE[J], INPUT[J]), VALUE),
    "reversed": (INPUT[Q], Equation(VALUE[J], F(INPUT[N + 1 - J])), VALUE),
    "added up": (INPUT[Q], Equation(VALUE[J], Sum(F(INPUT[I]) * INPUT[J], (I, 1, J))), VALUE),
    "sums in sums": (
        INPUT[Q],
        Equation(VALUE[J], Sum(INPUT[I] * Sum(INPUT[K] * F(INPUT[I]), (K, 1, I)), (I, 1, J))),
        VALUE,
    ),
    "window": (INPUT[Q], Equation(VALUE[J], Sum(F(INPUT[I]), (I, Max(1, J - 1), Min(N, J + 1)))), VALUE),
    "differences": (INPUT[Q], Equation(VALUE[J], Sum((INPUT[J] - INPUT[I]) ** 2, (I, 1, N))), VALUE),
    "neighbours": (INPUT[Q], Equation(VALUE[J], INPUT[J] * INPUT[J - 1], ((S(2), N),)), VALUE),
    "pooled": (TWICE[Q], Equation(VALUE[J], Sum(F(TWICE[2 * J - U]), (U, 0, 1))), VALUE),
    "two cases": (INPUT[Q], Equation(VALUE[J], Piecewise((INPUT[J] ** 2, J >= 2), (F(INPUT[1]), True))), VALUE),
    "variable exponent": (INPUT[Q], Equation(VALUE[J], INPUT[J] ** 2 * 2 ** INPUT[J]), VALUE),
    "matrix squared": (
        MATRIX[P, Q],
        Equation(PRODUCT[I, J], Sum(MATRIX[I, K] * MATRIX[K, J], (K, 1, N))),
        PRODUCT,
    ),
    "with its transpose": (
        MATRIX[P, Q],
        Equation(PRODUCT[I, J], Sum(MATRIX[K, I] * F(MATRIX[K, J]), (K, 1, N))),
        PRODUCT,
    ),
    "diagonal": (MATRIX[P, Q], Equation(VALUE[I], F(MATRIX[I, I])), VALUE),
    "largest of a row": (MATRIX[P, Q], Equation(VALUE[I], F(Largest(MATRIX[I, J], (J, 1, N)))), VALUE),
    "largest of all": (MATRIX[P, Q], Equation(VALUE[I], INPUT[I] * Largest(MATRIX[K, J], (J, 1, N), (K, 1, N))), VALUE),
    "pooled by the largest": (TWICE[Q], Equation(VALUE[J], Largest(F(TWICE[2 * J - U]), (U, 0, 1))), VALUE),
    "the largest taken away": (INPUT[Q], Equation(VALUE[J], F(INPUT[J] - Largest(INPUT[I], (I, 1, N)))), VALUE),
    "largest so far": (INPUT[Q], Equation(VALUE[J], Largest(INPUT[I] * INPUT[J], (I, 1, J))), VALUE),
    "first column": (MATRIX[P, Q], Equation(VALUE[I], F(MATRIX[I, 1])), VALUE),
}


@pytest.mark.parametrize("program", ODD)
def test_odd_program(program: str, derived: Derived, instance: type) -> None:
    """Whatever the equation, each adjoint has the value of the written-out program, at every place."""
    entry, equation, frontier = ODD[program]
    chain = derived(entry, [equation], frontier)
    assert [] == instance([equation], {N: 3}, frontier, functions=FUNCTIONS).differences(chain)


def test_trace(derived: Derived, instance: type) -> None:
    """A cost without any sum left, C = Σ_i w_ii, has a Kronecker delta for its derivative, not 0."""
    trace = Equation(COST, Sum(MATRIX[I, I], (I, 1, N)))
    chain = derived(MATRIX[P, Q], [trace])
    assert [] == instance([trace], {N: 2}).differences(chain)


def test_case_on_two_summed_indices_is_refused(derived: Derived) -> None:
    """SymPy moves such a case out of the sum that it depends on; the free index that appears is noticed."""
    masked = Equation(VALUE[J], Sum(Piecewise((INPUT[I] * INPUT[J], I < J), (0, True)), (I, 1, N)))
    with pytest.raises(CheckError, match=r"^index i is free in "):
        derived(INPUT[Q], [masked], VALUE)

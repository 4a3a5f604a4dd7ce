"""Equations put into one another: sums written out, entries by their names, and sizes known before."""

from __future__ import annotations

import pytest
from sympy import And, Expr, Function, KroneckerDelta, Max, Min, Piecewise, S, Sum, Symbol, ceiling, exp

from symbackprop.errors import BudgetError
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.composition import (
    concrete_equations,
    forward_values,
    leaf,
    unrolled,
    with_sizes,
)
from symbackprop.network.extent import Extent, Place, check_budget, extent, forward_extents, height_of, key_of
from symbackprop.network.functions import SIGMA, elementary
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.model import mlp
from symbackprop.network.notation import COST, LAST_LAYER, LAYER, Tensor, index, size, width
from symbackprop.network.program import Equation, Node, Program

I, J, K, T = map(index, "ijkt")  # noqa: E741 - the letters of every textbook
X, W = Tensor("x", None, (4,)), Tensor("w", None, (2, 3))


def symbol(tensor: Tensor, position: tuple[int, ...]) -> Symbol:
    """Return a plain symbol for an entry."""
    return Symbol("_".join(map(str, (tensor.letter, *position))))


def x(place: int) -> Symbol:
    """Return the symbol of an entry of x."""
    return Symbol(f"x_{place}")


@pytest.mark.parametrize(
    ("expression", "at", "expected"),
    [
        (X[J], {J: 3}, x(3)),
        (X[2 * J - 1], {J: 2}, x(3)),
        (Sum(X[J], (J, 1, 3)), {}, x(1) + x(2) + x(3)),
        (Sum(W[J, K], (K, 1, 3)), {J: 2}, Symbol("w_2_1") + Symbol("w_2_2") + Symbol("w_2_3")),
        (Sum(X[I] * X[J], (I, 1, J), (J, 1, 2)), {}, x(1) ** 2 + x(1) * x(2) + x(2) ** 2),
        (Sum(X[I], (I, Max(1, J - 1), Min(4, J + 1))), {J: 4}, x(3) + x(4)),
        (Sum(X[I], (I, 3, 2)), {}, S.Zero),
        (Sum(KroneckerDelta(I, J) * X[I], (I, 1, 4)), {J: 2}, x(2)),
        (Piecewise((X[J], J < 3), (X[1], True)), {J: 4}, x(1)),
        (exp(Sum(X[I], (I, 1, 2))) ** 2 * J, {J: 3}, 3 * exp(2 * x(1) + 2 * x(2))),
    ],
)
def test_sums_are_written_out(expression: Expr, at: dict[Symbol, int], expected: Expr) -> None:
    """Every sum, shift and case is carried out for numbers, and each entry becomes its symbol."""
    assert expected == unrolled(expression, symbol, at)


def test_first_of_the_largest_among_those_before() -> None:
    """Where the places end at an index outside, or at one before them, those are looked at that there are."""
    upto = Chosen((I,), Largest(X[I], (I, 1, J)))
    assert [Piecewise((S.One, x(2) > x(1)), (S.Zero, True)), S.Zero] == [
        unrolled(upto, symbol, {I: i, J: 2}) for i in (2, 3)
    ]
    pair = Chosen((I, J), Largest(X[I] + 2 * X[J], (I, 1, J), (J, 1, 2)))
    both = (3 * x(2) > value for value in (3 * x(1), x(1) + 2 * x(2)))
    assert Piecewise((S.One, And(*both)), (S.Zero, True)) == unrolled(pair, symbol, {I: 2, J: 2})


def test_names_of_entries() -> None:
    """The entries of a concrete network have the names of the contract, the inputs being those of layer 0."""
    cases = {
        "w_1_2_1": (notation.weight(1), (2, 1)),
        "b_1_2": (notation.bias(1), (2,)),
        "x_1": (notation.activation(0), (1,)),
        "a_1_2": (notation.activation(1), (2,)),
        "z_2_1": (notation.weighted_input(2), (1,)),
        "delta_2_1": (notation.error(2), (1,)),
        "y_1": (notation.target(), (1,)),
    }
    assert list(cases) == [leaf(*entry).name for entry in cases.values()]


def test_sizes_are_put_in() -> None:
    """Widths and the number of the last layer become numbers, in letters and ranges alike."""
    general = Sum(notation.activation(LAST_LAYER)[J], (J, 1, width(LAST_LAYER)))
    expected = Sum(notation.activation(2).xreplace({width(2): S(1)})[J], (J, 1, 1))
    assert expected == with_sizes(general, (2, 3, 1))


def test_recurrence_ends_at_its_leaf() -> None:
    """Outside its domain an equation computes nothing: h_3 = 8 h_0, and h_0 stays."""
    state = Tensor("h", None, ((0, 3),))
    program = Program((Node(Equation(state[T], 2 * state[T - 1], ((S.One, S(3)),))),))
    assert 8 * Symbol("h_0") == forward_values(concrete_equations(program, (1, 1)))(state, (3,))


def test_values_are_those_of_the_network() -> None:
    """Both z and a of every layer are composed of what is below them."""
    network = mlp("2-1-1", ["z^2", "identity"])
    resolve = forward_values(concrete_equations(network.program, network.widths))
    below = Symbol("w_1_1_1") * x(1) + Symbol("w_1_1_2") * x(2) + Symbol("b_1_1")
    first = {tensor.letter: tensor for tensor in concrete_equations(network.program, network.widths) if tensor != COST}
    above = Symbol("w_2_1_1") * below**2 + Symbol("b_2_1")
    assert 0 == (above - resolve(first["a"], (1,))).expand()


NETWORKS = [
    ("2-3-1", "sigmoid", "quadratic"),
    ("3-2", "tanh", "mse"),
    ("2-2-2", ("relu", "softmax"), "cross_entropy"),
    ("1-2-3", ("softplus", "log_softmax"), "huber"),
    ("2-2-2", ("z/(1+exp(-z))", "gelu"), "(a-y)**4"),
]


@pytest.mark.parametrize("made_of", NETWORKS, ids=str)
def test_extent_is_close_to_what_is_built(made_of: tuple) -> None:
    """The operations counted beforehand are those of the expression within a quarter, its height is not exceeded."""
    network = mlp(*made_of)
    cost = network.composed_cost()
    found = forward_extents(network.program, network.widths)["C", None]
    assert int(cost.count_ops()) == pytest.approx(found.operations, rel=0.25, abs=5)
    assert height_of(cost) <= found.height + 1


def test_extent_of_an_expression() -> None:
    """Operations add up over sums and functions: Σ_k w_jk a_k of 3 terms has 5, σ of it one more."""
    place = Place(2, (4, 3, 2))
    w, a = notation.weight(LAYER), notation.activation(LAYER - 1)
    total = Sum(w[J, K] * a[K], (K, 1, width(LAYER - 1)))
    assert Extent(5, 2) == extent(total, place, {})
    assert Extent(6, 3) == extent(SIGMA(total), place, {})
    assert Extent(3 * 8 - 1, 12) == extent(total, place, {("a", 1): Extent(6, 10)})


@pytest.mark.parametrize(
    ("ends", "most"),
    [((J, 9), 9), ((1, J), 9), ((1, 10 - J), 9), ((J, J + 2), 3), ((Max(1, J - 2), Min(J, 7)), 3)],
)
def test_extent_where_a_range_ends_at_an_index_around_it(ends: tuple[Expr, Expr], most: int) -> None:
    """Every inner sum counts as the longest of them, wherever the index around it makes it so."""
    assert 9 * most - 1 == extent(Sum(X[K], (K, *ends), (J, 1, 9)), Place(None, ()), {}).operations


def test_places() -> None:
    """At a layer, general widths and layers have numbers, and a tensor the key that its values are known by."""
    place = Place(2, (4, 3, 2))
    ends = [LAYER, LAST_LAYER, LAYER - 1, width(LAYER - 1), width(LAST_LAYER) + 1, S(7), ceiling(width(LAYER - 1) / 2)]
    assert [2, 2, 1, 3, 3, 7, 2] == [place.number(end) for end in ends]
    keys = [key_of(tensor, place) for tensor in (notation.weight(LAYER), notation.activation(LAYER - 1), COST)]
    assert [("w", 2), ("a", 1), ("C", None)] == keys
    with pytest.raises(KeyError, match="N"):
        place.number(size("N"))


def test_budget() -> None:
    """What is too long or nested too deep is refused with its size, what fits is not."""
    check_budget("it", Extent(100, 150), 100)
    with pytest.raises(
        BudgetError, match=r"^it has about 1,001 operations when it is written out, more than the 1,000 "
    ):
        check_budget("it", Extent(1001, 1), 1000)
    with pytest.raises(
        BudgetError, match=r"^it has 151 parts inside one another when it is written out, more than the 1"
    ):
        check_budget("it", Extent(1, 151), 1000)


KINKED = {"elu", "hardtanh", "leaky_relu", "relu", "selu", "softsign"}


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - KINKED))
def test_smooth_functions_are_written_out(name: str) -> None:
    """A composed cost is written in exp, log and erf alone, but for the functions that distinguish cases."""
    written = elementary(ACTIVATIONS[name].value(notation.weighted_input(1), J))
    assert {str(part.func) for part in written.atoms(Function)} <= {"exp", "log", "erf", "n"}


@pytest.mark.parametrize("name", sorted(KINKED - {"softsign"}))
def test_functions_with_cases_keep_their_name(name: str) -> None:
    """A case distinction inside another one is nothing that SymPy can take, so such functions stay named."""
    assert name in {str(part.func) for part in elementary(ACTIVATIONS[name].function(X[J])).atoms(Function)}

"""Index equations: free indices, ranges and layers, and what is no equation."""

from __future__ import annotations

import pytest
from sympy import Expr, Piecewise, S, Sum, Symbol, exp

from symbackprop.errors import ShapeError, UnknownNameError
from symbackprop.network import notation
from symbackprop.network.model import mlp
from symbackprop.network.notation import COST, LAYER, Tensor, index, size, width
from symbackprop.network.program import (
    Array,
    Equation,
    Kind,
    Node,
    Program,
    at_layer,
    entries,
    free_indices,
    ranges_of,
)

I, J, K, T = map(index, "ijkt")  # noqa: E741 - the letters of every textbook
N, M = size("N"), size("M")
X, V = Tensor("x", None, (N,)), Tensor("v", None, (N,))
W = Tensor("w", None, (N, M))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (X[J], {J}),
        (W[J, K + 1], {J, K}),
        (Sum(W[J, K], (K, 1, M)), {J}),
        (Sum(W[J, K], (K, 1, M), (J, 1, N)), set()),
        (Sum(X[K], (K, 1, J)), {J}),
        (Sum(X[K], (K, J, N)) * X[K], {J, K}),
        (Sum(X[K] * Sum(X[I], (I, 1, K)), (K, 1, N)), set()),
        (exp(X[J] - X[1]) * N, {J}),
        (Piecewise((X[J], I < 3), (0, True)), {I, J}),
        (N + width(LAYER) * LAYER, set()),
        (J**2 + S.Half, {J}),
        (Symbol("c"), set()),
    ],
)
def test_free_indices(expression: Expr, expected: set[Symbol]) -> None:
    """An expression is a function of the indices that no sum binds; sizes and layers are no indices."""
    assert expected == free_indices(expression)


def test_entries_and_ranges() -> None:
    """Every entry of a tensor is found, and an index that stands alone in one has the range of its axis."""
    assert {W[J, K], X[K]} == entries(Sum(W[J, K] * X[K], (K, 1, M)))
    assert {J: (1, N), K: (1, M)} == ranges_of(W[J, K])
    assert {J: (1, N)} == ranges_of(W[J, K + 1])
    assert {} == ranges_of(COST)


def test_equation_says_what_it_computes_and_reads() -> None:
    """The target's tensor is computed, with the ranges of its axes; the tensors on the right are read."""
    equation = Equation(V[J], Sum(W[J, K] * X[J], (K, 1, M)))
    assert (V, (J,), {J: (1, N)}) == (equation.tensor, equation.indices, equation.ranges)
    assert {W, X} == set(equation.reads)
    cost = Equation(COST, Sum(V[J], (J, 1, N)))
    assert (COST, (), {}) == (cost.tensor, cost.indices, cost.ranges)


def test_domain_takes_the_place_of_the_axes() -> None:
    """A recurrence holds from t = 1 on, and keeps that when it moves to a layer or to other names."""
    state = Tensor("h", LAYER, ((0, width(LAYER)),))
    equation = Equation(state[T], 2 * state[T - 1], ((S.One, width(LAYER)),))
    assert {T: (1, width(LAYER))} == equation.ranges
    moved = equation.at_layer(3)
    assert {T: (1, width(3))} == moved.ranges
    other = Tensor("g", LAYER, ((0, width(LAYER)),))
    assert {T: (1, width(LAYER))} == equation.renamed({state: other}).ranges
    assert Equation(other[T], 2 * other[T - 1], equation.domain) == equation.renamed({state: other})


@pytest.mark.parametrize(
    ("target", "expression", "message"),
    [
        (V[J], W[J, K], r"^equation for v\[j\]: index k is neither summed nor on the left; sum over it$"),
        (COST, X[J] * X[K], r"^equation for C: index j, k is neither summed nor on the left; "),
        (W[J, J], X[J], r"^equation for w\[j, j\]: wanted an entry with indices that differ, as z\[j\], or C$"),
        (V[J + 1], X[J], r"^equation for v\[j \+ 1\]: wanted an entry with indices that differ"),
        (V[2], X[1], r"^equation for v\[2\]: wanted an entry"),
        (V[N], X[N], r"^equation for v\[N\]: wanted an entry"),
        (
            Symbol("m"),
            Sum(X[J], (J, 1, N)),
            r"^equation for m: wanted an entry with indices that differ, as z\[j\], or C$",
        ),
    ],
)
def test_what_is_no_equation_is_refused(target: Expr, expression: Expr, message: str) -> None:
    """A side that is a function of another index, and a target that is no plain entry, are refused."""
    with pytest.raises(ShapeError, match=message):
        Equation(target, expression)


def test_domain_has_a_range_for_each_index() -> None:
    """A domain with another number of ranges than the target has indices is refused."""
    with pytest.raises(ShapeError, match=r"^equation for v\[j\]: 2 ranges for 1 indices$"):
        Equation(V[J], X[J], ((S.One, N), (S.One, M)))


def test_weight_is_shared_by_renaming() -> None:
    """The same equation with another weight's name reads that weight."""
    w, a, z = notation.weight(LAYER), notation.activation(LAYER - 1), notation.weighted_input(LAYER)
    dense = Equation(z[J], Sum(w[J, K] * a[K], (K, 1, width(LAYER - 1)))).at_layer(2)
    shared = dense.renamed({notation.weight(2): notation.weight(1)})
    assert {notation.weight(1), notation.activation(1)} == set(shared.reads)


def test_program_counts_each_equation_once() -> None:
    """Nodes that share an equation share it as one object, and each stands at its own layer."""
    z, a = notation.weighted_input(LAYER), notation.activation(LAYER - 1)
    equation = Equation(z[J], a[J])
    total = Equation(COST, Sum(X[J], (J, 1, N)))
    program = Program((Node(equation, 1), Node(equation, 2), Node(total)))
    assert (equation, total) == program.distinct
    assert [equation.at_layer(1), equation.at_layer(2), total] == [node.concrete for node in program.nodes]
    assert z.xreplace({LAYER: S(2)})[J] == program.nodes[1].concrete.target
    assert a.xreplace({LAYER: S(2)})[J] == at_layer(a[J], 2)


def test_arrays_of_a_layered_network_have_kinds_and_the_names_of_the_contract() -> None:
    """Weights and biases are parameters W1, b1, …, x is the input and y the target; z, a and C are computed."""
    program = mlp("2-3-1").program
    kinds = {kind: {array.name for array in program.of_kind(kind)} for kind in Kind}
    assert {
        Kind.INPUT: {"x"},
        Kind.TARGET: {"y"},
        Kind.PARAMETER: {"W1", "b1", "W2", "b2"},
        Kind.CONSTANT: set(),
        Kind.VALUE: {"z1", "a1", "z2", "a2"},
        Kind.COST: {"C"},
    } == kinds
    assert ((1, width(2)), (1, width(1))) == program.array("W2").tensor.axes
    assert [COST] == [array.tensor for array in program.outputs]


def test_kinds_are_asked_for_by_tensor_at_a_layer_and_in_general() -> None:
    """A parameter is one at layer 2 and at l alike; what an equation computes is a value."""
    program = mlp("2-3-1").program
    asked = [notation.weight(2), notation.bias(LAYER), notation.activation(0), notation.weighted_input(LAYER), COST]
    assert ["parameter", "parameter", "input", "value", "cost"] == [program.kind(tensor) for tensor in asked]


def test_block_gives_what_no_other_equation_reads() -> None:
    """Without a cost a program is a block; a recurrence that reads itself is still an output, a step on the way not."""
    state, after = Tensor("h", None, ((0, N),)), Tensor("u", None, (N,))
    nodes = (
        Node(Equation(V[J], X[J])),
        Node(Equation(state[T], state[T - 1] + V[T], ((S.One, N),))),
        Node(Equation(after[J], V[J])),
    )
    program = Program(nodes, (Array(X, Kind.INPUT, "x", "a signal"), Array(W, Kind.CONSTANT, "w")))
    assert ("x", "w", "v", "h", "u") == tuple(array.name for array in program.arrays)
    assert not program.has_cost
    assert ("h", "u") == tuple(array.name for array in program.outputs)
    with pytest.raises(UnknownNameError, match=r"^array 'q' is unknown; the program has x, w, v, h, u$"):
        program.array("q")

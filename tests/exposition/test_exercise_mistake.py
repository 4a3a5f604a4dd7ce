"""An exercise in which one line of the backward pass is wrong: the line is, the key says what is right and why."""

from __future__ import annotations

import pytest

import symbackprop as sb
from symbackprop.calculus.checking import agree
from symbackprop.calculus.diagnosis import Formula
from symbackprop.calculus.mistakes.catalogue import variants_of
from symbackprop.calculus.passes import Passes, adjoint_equations
from symbackprop.errors import CheckError, SpecError
from symbackprop.exposition.document import Prose, Steps
from symbackprop.exposition.exercise.kinds.mistake import _could_be_written, _is_wrong
from symbackprop.exposition.exercise.paper import exercise
from symbackprop.exposition.languages import LANGUAGES

LOGISTIC = "input x[N]\nparameter w[N]\ntarget y\nsizes N = 2\nz = sum[i](w[i] * x[i])\nC = (tanh(z) - y)^2"
NETWORKS = {
    "dense": lambda: sb.mlp("2-3-2", ["relu", "softmax"], "cross_entropy"),
    "layers": lambda: sb.sequential("4 -> dense(3) -> layer_norm -> dense(2)", l2="0.1"),
    "equations": lambda: sb.equations(LOGISTIC),
}


RECURRENCE = """input x[T, D], h0[H]
parameter W[H, D]
target y[T, H]
sizes T = 2, D = 1, H = 2
h[0, j] = h0[j]
h[t, j] = tanh(sum[d](W[j, d] * x[t, d]) + h[t - 1, j]) for t = 1..T
C = sum[t, j]((h[t, j] - y[t, j])^2)"""
LINES = {"dense": 8, "layers": 12, "equations": 2}  # of the way back: all derivatives but those by the input


@pytest.mark.parametrize("told_of", NETWORKS)
def test_one_line_is_wrong_and_the_key_says_what_is_right(told_of: str) -> None:
    """Of the lines of the way back one alone is none of the derivation's; the key has it, and what it should be."""
    made = exercise(NETWORKS[told_of](), kind="mistake", seed=3, variants=2)
    for worksheet in made.worksheets(LANGUAGES["en"]):
        (question,) = worksheet.questions
        (asked,) = (block for block in question.asked if isinstance(block, Steps))
        why, answer = question.answered
        assert isinstance(why, Prose)
        assert isinstance(answer, Steps)
        wrong, right = answer.lines
        assert [wrong.right] == [line.right for line in asked.lines if line.left == right.left]
        assert (wrong.left, wrong.right) == question.answer.right.sides
        assert LINES[told_of] == len(asked.lines)
        rest = [(line.left, line.right) for line in asked.lines if line.left != wrong.left]
        assert rest == [formula.sides for formula in question.answer.wrong]


def test_nodes_of_a_graph_are_no_samples() -> None:
    """Where an array has an entry for each pair of what a cost is the mean over, they are called rows."""
    graph = "input x[N]\nconstant A[N, N]\nparameter w\ntarget y[N]\nz[i] = w * sum[j](A[i, j] * x[j])\n"
    derivation = sb.derive(sb.equations(graph + "C = mean[i]((z[i] - y[i])^2)"))
    passes = Passes(derivation.program, adjoint_equations(derivation))
    assert {"rows"} == {each.detail for each in variants_of(passes) if each.where == "w" and "mean" in each.kind}


def test_the_planted_line_is_wrong_at_numbers() -> None:
    """Every mistake that is planted changes what its line is worth; no two of a sheet are at one line."""
    network = NETWORKS["dense"]()
    derivation = sb.derive(sb.sequential("2 -> dense(2) tanh -> layer_norm -> dense(1)"))
    for seed in range(6):
        (worksheet,) = exercise(network, kind="mistake", seed=seed, questions=2).worksheets(LANGUAGES["es"])
        lefts = [question.answer.right.sides[0] for question in worksheet.questions]
        assert len(lefts) == len(set(lefts))
    for worksheet in exercise(derivation, kind="mistake", variants=6).worksheets(LANGUAGES["en"]):
        wrong, right = worksheet.questions[0].answered[1].lines
        adjoint = next(each for each in derivation.adjoints.values() if each.left == right.left)
        with pytest.raises(CheckError, match="is not"):
            agree(adjoint.right, wrong.right, adjoint.chain.setting)


def test_bias_of_one_neuron_is_not_shared() -> None:
    """Summed over the neurons of its layer a bias is wrong for two of them, and for one it would be right."""
    derivation = sb.derive(sb.sequential("2 -> dense(2) tanh -> layer_norm -> dense(1)"))
    variants = variants_of(Passes(derivation.program, adjoint_equations(derivation)))
    shared = (change for each in variants if each.kind == "bias_shared" for change in each.changes.items())
    found = {str(at): _is_wrong(line, derivation.adjoints[str(at).removeprefix("d_")]) for at, line in shared}
    assert {"d_b1": True, "d_b3": False} == {name: found[name] for name in ("d_b1", "d_b3")}


def test_another_array_has_the_axes_of_the_one_in_whose_place_it_stands() -> None:
    """Where sizes are letters, x_td is no a_td of H entries, though D and H may be 2; nor is it in a slope."""
    text = (
        "input x[T, D]\nparameter W[H, D]\ntarget y[T, H]\nsizes T = 2, D = 2, H = 2\n"
        "z[t, j] = sum[d](W[j, d] * x[t, d])\na[t, j] = tanh(z[t, j])\nC = sum[t, j]((a[t, j] - y[t, j])^2)"
    )
    derivation = sb.derive(sb.equations(text))
    passes = Passes(derivation.program, adjoint_equations(derivation))
    lines = {each.tensor: each for each in passes.adjoints}
    swaps = [each for each in variants_of(passes) if each.kind == "wrong_layer_activation"]
    kept = [e for e in swaps if all(_could_be_written(lines[at], e, sized=False) for at in e.changes)]
    assert {"a", "z"} == {each.detail for each in swaps}
    assert [] == kept
    assert any(all(_could_be_written(lines[at], each, sized=True) for at in each.changes) for each in swaps)


def test_means_are_over_what_there_is() -> None:
    """One sample is no mean over samples, and the first axis of a recurrence is time: the sentences say so."""
    for network, found in (
        (sb.sequential("4 -> layer_norm -> dense(2)"), {"outputs"}),
        (sb.equations(RECURRENCE), {"outputs", "steps in time"}),
    ):
        derivation = sb.derive(network)
        variants = variants_of(Passes(derivation.program, adjoint_equations(derivation)))
        assert found == {each.detail for each in variants if each.kind == "mean_for_sum"}


def test_too_much_is_refused() -> None:
    """More questions than there are mistakes, and a pass that nobody looks through."""
    with pytest.raises(SpecError, match="kinds of mistakes; take fewer"):
        exercise(NETWORKS["equations"](), kind="mistake", questions=50)
    pooled = sb.equations("input x[2*L]\nsizes L = 2\ny[i] = sum[u = 1..2](x[2*i - 2 + u]^4)^(1/4) for i = 1..L")
    with pytest.raises(SpecError, match="questions 1: there are 0 kinds of mistakes; try --kind line"):
        exercise(pooled, kind="mistake", questions=1)
    with pytest.raises(SpecError, match="the way back has 28 lines, at most 24"):
        exercise(sb.mlp("-".join(["2"] * 8), "tanh"), kind="mistake")


def test_lines_stand_at_the_one_place_of_an_axis_of_length_one() -> None:
    """∂C/∂b_1j and ∂C/∂r_i1, as they are derived, and no index that the right side has not."""
    network = sb.equations(
        "input x[N, D]\nparameter b[1, D]\nr = sum((x + b)**2, axis=1, keepdims=True)\nC = sum(r**2)"
    )
    derivation = sb.derive(network)
    lines = [Formula(line) for line in adjoint_equations(derivation)]
    assert [adjoint.left for adjoint in derivation.adjoints.values()] == [line.sides[0] for line in lines]
    assert ["∂C/∂r[i, 1] = 2*r[i, 1]"] == [str(line) for line in lines if line.equation.tensor.letter == "d_r"]

"""The four equations in every notation style, for networks that between them use most activations and costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.equations import NOTATIONS
from symbackprop.errors import CheckError, UnknownNameError
from symbackprop.network.model import mlp

NETWORKS: dict[str, tuple[Any, ...]] = {
    "sigmoid-quadratic": ("2-2-1", "sigmoid", "quadratic"),
    "softmax-cross_entropy": ("2-2-2", ["sigmoid", "softmax"], "cross_entropy"),
    "tanh-mse": ("2-2-2", "tanh", "mse"),
    "relu-huber": ("2-2-1", "relu", "huber"),
    "sigmoid-binary_cross_entropy": ("2-2-1", ["leaky_relu", "sigmoid"], "binary_cross_entropy"),
    "softmax-quadratic": ("2-2-2", ["softmax", "log_softmax"], "quadratic"),
    "custom-custom": ("2-2-1", "z/(1+exp(-z))", "(a-y)**4"),
}

BP = {
    ("BP1", "index"): r"\delta^{(L)}_{j} = \frac{\partial C}{\partial a^{(L)}_{j}}\,\sigma'{\left(z^{(L)}_{j}\right)}",
    ("BP1", "matrix"): r"\delta^{(L)} = \nabla_{a^{(L)}}\,C \odot \sigma'{\left(z^{(L)}\right)}",
    ("BP1", "rows"): r"\Delta^{(L)} = \nabla_{A^{(L)}}\,C \odot \sigma'{\left(Z^{(L)}\right)}",
    ("BP2", "index"): r"\delta^{(l)}_{j} = \sigma'{\left(z^{(l)}_{j}\right)}"
    r"\sum_{i=1}^{n_{l+1}} w^{(l+1)}_{ij}\,\delta^{(l+1)}_{i}",
    ("BP2", "matrix"): r"\delta^{(l)} = \left(W^{(l+1)}\right)^{\mathsf{T}}\delta^{(l+1)}"
    r" \odot \sigma'{\left(z^{(l)}\right)}",
    ("BP2", "rows"): r"\Delta^{(l)} = \Delta^{(l+1)}\,W^{(l+1)} \odot \sigma'{\left(Z^{(l)}\right)}",
    ("BP3", "index"): r"\frac{\partial C}{\partial b^{(l)}_{j}} = \delta^{(l)}_{j}",
    ("BP3", "matrix"): r"\nabla_{b^{(l)}}\,C = \delta^{(l)}",
    ("BP3", "rows"): r"\nabla_{b^{(l)}}\,C = \frac{1}{m}\left(\Delta^{(l)}\right)^{\mathsf{T}}\mathbf{1}",
    ("BP4", "index"): r"\frac{\partial C}{\partial w^{(l)}_{jk}} = \delta^{(l)}_{j}\,a^{(l-1)}_{k}",
    ("BP4", "matrix"): r"\nabla_{W^{(l)}}\,C = \delta^{(l)}\left(a^{(l-1)}\right)^{\mathsf{T}}",
    ("BP4", "rows"): r"\nabla_{W^{(l)}}\,C = \frac{1}{m}\left(\Delta^{(l)}\right)^{\mathsf{T}}A^{(l-1)}",
}


@pytest.fixture(scope="module")
def plain() -> Derivation:
    """Derive the network with one hidden layer that everybody knows."""
    return derive(mlp("2-3-1"))


@pytest.mark.parametrize(("name", "style"), BP)
def test_equation_is_that_of_the_textbooks(plain: Derivation, name: str, style: str) -> None:
    """BP1 to BP4 stand in each notation as in a textbook."""
    assert BP[name, style] == plain.equations[name].latex(style)


def test_the_styles_are_these() -> None:
    """The folder holds five notation styles, and another name is an error that lists them."""
    assert ["columns", "index", "matrix", "rows", "scalar"] == list(NOTATIONS)
    with pytest.raises(UnknownNameError, match=r"notation style 'matrices' is unknown; did you mean 'matrix'\?"):
        derive(mlp("2-1")).equations["BP1"].latex("matrices")


def test_entries_are_written_line_by_line() -> None:
    """In scalar notation each neuron has its line, and a single equation stands alone."""
    equations = derive(mlp("1-2-1")).equations
    assert r"\delta^{(2)}_{1} = \frac{\partial C}{\partial a^{(2)}_{1}}\,\sigma'{\left(z^{(2)}_{1}\right)}" == (
        equations["BP1"].latex("scalar")
    )
    lines = equations["BP2"].latex("scalar").removeprefix(r"\begin{aligned} ").split(r" \\ ")
    assert r"\delta^{(1)}_{1} &= w^{(2)}_{11}\,\delta^{(2)}_{1}\,\sigma'{\left(z^{(1)}_{1}\right)}" == lines[0]


def told(derivation: Derivation) -> str:
    """Return every equation in every style, one below the other."""
    equations = [*derivation.equations.items(), *derivation.specific.items()]
    return "".join(f"% {name}, {style}\n{written(e, style)}\n\n" for name, e in equations for style in NOTATIONS)


def written(equation: Any, style: str) -> str:
    """Return the equation, or that it has no such form."""
    try:
        return str(equation.latex(style))
    except CheckError:
        return "% has no such form"


@pytest.mark.parametrize("case", NETWORKS)
def test_equations_of_a_network(case: str, golden: Callable[[str, str], None]) -> None:
    """All equations of a network, general and its own, look in all styles as they did when last looked at."""
    golden(f"notations/{case}.tex", told(derive(mlp(*NETWORKS[case]))))


def test_matrix_form_of_numbers_alone_is_what_they_are() -> None:
    """Where nothing has an index, there is no matrix, and the equation is the same in both notations."""
    block = sb.equations("parameter w\ninput x\ntarget y\no = w * x\nC = (o - y)^2 / 2")
    assert sb.derive(block).gradient("o").latex("matrix") == r"\frac{\partial C}{\partial o} = o - y"


def test_entries_of_a_largest_value_say_which_is_the_largest() -> None:
    """The first of the largest counts: larger than all before it, and no smaller than all after it."""
    derived = sb.derive(sb.equations("input a[n]\nsizes n = 3\nC = max[u](a[u])"))
    conditions = (
        r"a_{1} \ge a_{2} \land a_{1} \ge a_{3}",
        r"a_{2} \ge a_{3} \land a_{1} < a_{2}",
        r"a_{1} < a_{3} \land a_{2} < a_{3}",
    )
    lines = derived.gradient("a").latex("scalar").split(r"\begin{cases}")[1:]
    assert [(f" 1 & {where} ", True) for where in conditions] == [
        (line.split(r"\\")[0], "0 & " in line) for line in lines
    ]


def test_entry_of_an_array_of_a_layer_has_the_name_of_the_array() -> None:
    """W1_2_1 is the entry of W1 in row 2 and column 1, not a word."""
    derived = sb.derive(sb.sequential("1 -> dense(2) -> layer_norm"))
    assert r"W^{(1)}_{21}" in derived.gradient("W1").latex("scalar")

r"""The form of every formula: balanced, in the dialect, readable by latex2mathml, and telling things apart."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from latex2mathml.converter import convert
from sympy import Expr, KroneckerDelta, Piecewise, Rational, Sum, Symbol, exp, log

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.matrices import Named
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.latex import latex, written
from symbackprop.exposition.mathtext.layout import lay_out, side_by_side
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.mathtext.spoken import SPOKEN, spoken
from symbackprop.exposition.mathtext.style import Style
from symbackprop.network.functions import SIGMOID, TANH, slope
from symbackprop.network.model import mlp
from symbackprop.network.notation import (
    COST,
    LAYER,
    Tensor,
    activation,
    error,
    index,
    scalar,
    target,
    weight,
    weighted_input,
    width,
)

# every command that the printer may write
DIALECT = frozenset(
    re.findall(
        r"\w+",
        """alpha beta begin bot cases cdot circ delta Delta end eta frac ge infty land left le ln lnot lor lvert
        mathbf mathrm mathsf nabla ne odot partial pi right rvert sigma sqrt sum text textcolor""",
    )
)


def faults(text: str) -> Iterator[str]:
    """Yield what is wrong with the form of a formula."""
    depth: list[str] = []
    for token in re.findall(r"\\left|\\right|[{}]", text):
        closes = {"}": "{", r"\right": r"\left"}.get(token)
        if closes is None:
            depth.append(token)
        elif not depth or depth.pop() != closes:
            yield f"{token} closes nothing"
    yield from (f"{token} is not closed" for token in depth)
    yield from (f"\\{command} is not in the dialect" for command in set(re.findall(r"\\([A-Za-z]+)", text)) - DIALECT)
    yield from (f"{trace} is left over" for trace in re.findall(r"Dummy|\w_\w|Indexed|\*", text))
    yield from (f"{trace} twice" for trace in re.findall(r"\^\{[^{}]*\}\^|_\{[^{}]*\}_|[-+] [-+]", text))


def markup(text: str) -> ElementTree.Element:
    """Return the formula as a tree of MathML, which must be well-formed."""
    return ElementTree.fromstring(convert(text))


NETWORKS = (
    ("2-3-1", "sigmoid", "quadratic"),
    ("2-3-3", ["tanh", "softmax"], "cross_entropy"),
    ("2-3-2", ["relu", "sigmoid"], "binary_cross_entropy"),
    ("2-3-2", ["softmax", "log_softmax"], "mse"),
    ("2-2-2", ["gelu", "selu"], "huber"),
    ("2-2-2", ["mish", "hardtanh"], "hinge"),
    ("2-2-2", ["elu", "z/(1+exp(-z))"], "(a-y)**4"),
    ("2-2-2", ["gelu_tanh", "softsign"], "mae"),
    ("2-2-2", ["silu", "softplus"], "poisson"),
)


@pytest.mark.parametrize("made_of", NETWORKS, ids=str)
def test_every_line_of_a_derivation_is_well_formed(made_of: tuple[Any, ...]) -> None:
    """Each line is balanced, in the dialect, free of SymPy's own names, and becomes well-formed MathML."""
    derivation = derive(mlp(*made_of))
    lines = {latex(chain.goal) for chain in derivation.chains.values()}
    lines |= {latex(step.after) for step in derivation.steps}
    assert {} == {line: found for line in lines if (found := list(faults(line)))}
    assert all(markup(line).tag.endswith("math") for line in lines)


def pretty(side: object) -> str:
    """Return an expression as the terminal shows it."""
    return in_line(side_by_side((side,), Style()))


@pytest.mark.parametrize("made_of", NETWORKS, ids=str)
def test_every_step_changes_what_is_seen(made_of: tuple[Any, ...]) -> None:
    """No two lines that follow one another look alike, in LaTeX or in the terminal."""
    alike = [
        (latex(step.before), step.rule.name)
        for step in derive(mlp(*made_of)).steps
        if latex(step.before) == latex(step.after) or pretty(step.before) == pretty(step.after)
    ]
    assert [] == alike


I, J, K = index("i"), index("j"), index("k")  # noqa: E741 - the letters of every textbook
A, W, Y, Z, D = (make(LAYER) for make in (activation, weight, target, weighted_input, error))
ENTRIES = (
    A[J],
    A[I],
    Y[J],
    W[J, K],
    W[I, J],
    Z[J],
    D[I],
    activation(LAYER - 1)[K],
    scalar("w", 1, 2, 1),
    scalar("x", 1),
)

leaves = st.sampled_from((*ENTRIES, Partial(COST, A[J]), Rational(-1, 2), Rational(3), KroneckerDelta(I, J)))


def grown(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Return what can be made of smaller expressions."""
    pairs = st.tuples(parts, parts)
    return st.one_of(
        pairs.map(lambda pair: pair[0] - pair[1]),
        pairs.map(lambda pair: pair[0] * pair[1]),
        pairs.map(lambda pair: pair[0] / (1 + exp(pair[1]))),
        parts.map(lambda part: part**2),
        parts.map(lambda part: Sum(part, (I, 1, width(LAYER)))),
        parts.map(lambda part: Partial(part, Y[J])),
        parts.map(lambda part: log(part**2 + 1)),
        parts.map(SIGMOID),
        parts.map(slope(TANH)),
        pairs.map(lambda pair: Piecewise((pair[0], Z[J] > 0), (pair[1], True))),
    )


expressions = st.recursive(leaves, grown, max_leaves=8)


@given(expressions)
def test_every_formula_is_well_formed(expression: Expr) -> None:
    """Whatever is built of our constructs is balanced, in the dialect, and becomes well-formed MathML."""
    text = latex(expression)
    assert [] == list(faults(text))
    assert markup(text).tag.endswith("math")


@given(expressions, st.data())
def test_different_expressions_look_different(expression: Expr, data: st.DataObject) -> None:
    """Replacing one entry by another changes what is seen, in LaTeX and in the terminal."""
    found = sorted(expression.atoms(*{type(entry) for entry in ENTRIES}) & set(ENTRIES), key=str)
    assume(found)
    old, new = data.draw(st.sampled_from(found)), data.draw(st.sampled_from(ENTRIES))
    other = expression.xreplace({old: new})
    assume(expression.free_symbols != other.free_symbols)
    assert latex(expression) != latex(other)
    assert pretty(expression) != pretty(other)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (r"\left( a", r"\left is not closed"),
        (r"\frac{a}{b", "{ is not closed"),
        (r"a}", "} closes nothing"),
        (r"\left( {a \right) }", r"\right closes nothing"),
        (r"\operatorname{erf}", r"\operatorname is not in the dialect"),
        (r"Dummy_23", "Dummy is left over"),
        (r"w_1", "w_1 is left over"),
        (r"a^{(1)}^{2}", "^{(1)}^ twice"),
        (r"a - -b", "- - twice"),
    ],
)
def test_fault_is_seen(text: str, fault: str) -> None:
    """Each planted fault is reported."""
    assert fault in list(faults(text))


@pytest.mark.skipif(shutil.which("pdflatex") is None and not os.environ.get("CI"), reason="pdflatex is not installed")
def test_formulas_compile_with_pdflatex(tmp_path: Path) -> None:
    """A page with every line of three derivations compiles with amsmath alone, without a complaint."""
    steps = [step for made_of in NETWORKS[:3] for step in derive(mlp(*made_of)).steps]
    page = "\n".join(rf"\[ {latex(step.after)} \]" for step in steps)
    source = rf"\documentclass{{article}}\usepackage{{amsmath}}\begin{{document}}{page}\end{{document}}"
    (tmp_path / "page.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    log_file = (tmp_path / "page.log").read_text(encoding="latin-1")
    assert (0, False) == (done.returncode, "Missing character" in log_file), log_file[-2000:]


@pytest.mark.parametrize(
    ("name", "entry", "whole"),
    [
        ("W1", r"\left(W^{(1)}_{jk}\right)^{2}", "W^{(1)}"),
        ("z2", r"\left(z^{(2)}_{jk}\right)^{2}", "Z^{(2)}"),
        ("Wi", r"\left(W^{(\mathrm{i})}_{jk}\right)^{2}", r"W^{(\mathrm{i})}"),
        ("Wh2", r"\left(W^{(2)}_{\mathrm{h},jk}\right)^{2}", r"W^{(2)}_{\mathrm{h}}"),
        ("W3.1", r"\left(W^{(3.1)}_{jk}\right)^{2}", "W^{(3.1)}"),
        ("Wxi3.1.2", r"\left(W^{(3.1.2)}_{\mathrm{xi},jk}\right)^{2}", r"W^{(3.1.2)}_{\mathrm{xi}}"),
        ("bi1", r"\left(b^{(1)}_{\mathrm{i},jk}\right)^{2}", r"B^{(1)}_{\mathrm{i}}"),
        ("delta_i1", r"\left(\delta^{(1)}_{\mathrm{i},jk}\right)^{2}", r"\Delta^{(1)}_{\mathrm{i}}"),
        ("W_q", r"\left(W^{(\mathrm{q})}_{jk}\right)^{2}", r"W^{(\mathrm{q})}"),
        ("W_mu", r"\left(W^{(\mu)}_{jk}\right)^{2}", r"W^{(\mu)}"),
        ("WQ", r"\left(W^{(\mathrm{Q})}_{jk}\right)^{2}", r"W^{(\mathrm{Q})}"),
        ("bhc", r"\left(b^{(\mathrm{hc})}_{jk}\right)^{2}", r"B^{(\mathrm{hc})}"),
        ("mu", r"\mu_{jk}^{2}", r"\mu"),
        ("mask2", r"\left(\mathrm{mask}^{(2)}_{jk}\right)^{2}", r"\mathrm{mask}^{(2)}"),
        ("out", r"\mathrm{out}_{jk}^{2}", r"\mathrm{out}"),
        ("eps", r"\mathrm{eps}_{jk}^{2}", r"\mathrm{eps}"),
        ("Key", r"\mathrm{Key}_{jk}^{2}", r"\mathrm{Key}"),
        ("Uhf", r"\left(U^{(\mathrm{hf})}_{jk}\right)^{2}", r"U^{(\mathrm{hf})}"),
        ("dt", r"\mathrm{dt}_{jk}^{2}", r"\mathrm{dt}"),
        ("dW", r"\mathrm{dW}_{jk}^{2}", r"\mathrm{dW}"),
    ],
)
def test_names_of_arrays_keep_letter_and_mark_apart(name: str, entry: str, whole: str) -> None:
    """A number or letters behind a letter stand above it in parentheses, where they are no index and no power."""
    tensor = Tensor(name, None, ((1, Symbol("M")), (1, Symbol("N"))))
    assert entry == latex(tensor[index("j"), index("k")] ** 2)
    assert whole == latex(Named(tensor))


def test_marks_are_spoken_with_their_letter() -> None:
    """Who hears a formula hears h 0 and n sub 1, and no layer that is not there."""
    words = {name: LANGUAGES["en"].words(f"word.{name}") for name in SPOKEN}
    tensor = Tensor("h0", None, ((1, Symbol("M")),))
    assert "h 0 sub j" == spoken(lay_out(tensor[index("j")], Style()), words)
    gate = Tensor("Wxi3", None, ((1, Symbol("M")), (1, Symbol("N"))))
    assert "capital W 3 sub xi , j k" == spoken(lay_out(gate[index("j"), index("k")], Style()), words)
    assert "n sub 1" == spoken(lay_out(Symbol("n1"), Style()), words)


def test_matrix_keeps_a_small_letter_where_the_capital_is_taken() -> None:
    """With V another array, a matrix of entries v is not written V, too; nor is n, where N is a size."""
    matrix = Named(Tensor("v2", None, ((1, Symbol("M")), (1, Symbol("N")))))
    shown = [written(lay_out(matrix, Style(taken=frozenset(taken)))) for taken in ((), ("v2", "V2"))]
    assert ["V^{(2)}", "v^{(2)}"] == shown

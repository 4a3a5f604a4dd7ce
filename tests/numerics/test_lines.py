"""A person's derivation, line by line: what holds is equal, however it is written, and what does not is named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.calculus.diagnosis import Formula
from symbackprop.calculus.judgement import JudgedLine
from symbackprop.calculus.mistakes.catalogue import variants_of
from symbackprop.errors import DataError, ExpressionError
from symbackprop.network.program import Equation
from symbackprop.network.samples import program_of
from symbackprop.network.text.glossary import Glossary
from symbackprop.numerics.diagnosis.written.comparing import Court
from symbackprop.numerics.diagnosis.written.spelling import Spelling, with_plain_letters

pytestmark = pytest.mark.combinations

DERIVATIONS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "derivations.toml").read_text(encoding="utf-8"))


COPIED = {"W1": [[0.15, 0.2], [0.25, 0.3]], "b1": [0.35] * 2, "W2": [[0.4, 0.45], [0.5, 0.55]], "b2": [0.6] * 2}
POINTS: dict[str, Any] = {"": {}, "copied": {"params": COPIED, "x": [0.05, 0.1], "y": [0.01, 0.99]}}


def network_of(said: dict[str, Any]) -> Any:
    """Return the network that a derivation is about."""
    cost = said.get("cost", "quadratic")
    if "equations" in said:
        return sb.equations(said["equations"])
    if "layers" in said:
        return sb.sequential(said["layers"], cost=cost)
    activations = said.get("activation", "sigmoid").split(",")
    return sb.mlp(said["network"], activations[0] if len(activations) == 1 else activations, cost)


def mark(line: JudgedLine) -> str:
    """Return = for an equal line, x for a mistake, > for one that follows from a wrong line, ? for an unknown one."""
    wrong = ">" if line.follows else "x"
    return {"equal": "=", "mistake": wrong, "unknown": "?"}[line.verdict]


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_line_has_its_verdict(name: str) -> None:
    """Lines are judged as it is stated, and each new mistake has its kind, numbers that show it and the right line."""
    said = DERIVATIONS[name]
    report = sb.diagnose(network_of(said), lines=said["text"], **POINTS[said.get("point", "")])
    assert said["verdicts"] == "".join(map(mark, report.lines))
    wrong = [line for line in report.lines if line.is_new_mistake]
    assert said.get("kinds", []) == [line.kind for line in wrong]
    assert all(line.right is not None or line.remarks for line in wrong)
    assert "point" in said or all(line.evidence is not None for line in report.lines if line.verdict == "equal")
    assert int(set(said["verdicts"]) != {"="}) == report.exit_status


def test_function_of_code_is_judged() -> None:
    """A function that is another than its name says is a mistake, in code as in mathematics."""
    report = sb.diagnose(sb.mlp("2-2-1"), lines="sigmoid = lambda z: 1/(1 + np.exp(z))")
    assert ["mistake"] == [line.verdict for line in report.lines]


def test_counterexample_is_what_both_sides_come_to() -> None:
    """The numbers of a counterexample, put into the line by hand, give what is said of both sides."""
    report = sb.diagnose(sb.mlp("2-2-1"), formula="dC/dw[2,1,2] = (a[2,1] - y[1]) * a[1,2]")
    (line,) = report.lines
    example = line.counterexample
    assert example is not None
    a, y, before = (example.values[name] for name in ("a[2,1]", "y[1]", "a[1,2]"))
    assert pytest.approx(example.yours, rel=1e-12) == (a - y) * before
    assert pytest.approx(example.right, rel=1e-12) == (a - y) * a * (1 - a) * before


def test_point_of_a_counterexample_is_a_point_of_the_network() -> None:
    """At the numbers that are given, the compiled gradient is what the counterexample says is right."""
    network = sb.mlp("2-2-1")
    (line,) = sb.diagnose(network, formula="dC/dw[1,2,1] = delta[1,1] * x[2]").lines
    example = line.counterexample
    assert example is not None
    params = {name: value for name, value in example.point.items() if name not in "xy"}
    _, grads = sb.compile(sb.derive(network))(params, [example.point["x"]], [example.point["y"]])
    assert pytest.approx(example.right, rel=1e-12) == grads["W1"][1, 0]


def test_right_line_is_read_again_as_right() -> None:
    """What a wrong line should have been is a line of the same grammar, and equal."""
    network = sb.mlp("3-3-3", ("tanh", "sigmoid"))
    wrong = (
        "delta[1,j] = delta[2,j]\ndelta[2] = a[2] - y\ndC/dW[1] = delta[2] x^T\nda[1,j]/dz[1,j] = a[1,j]\ndC/da[1] = y"
    )
    for line in sb.diagnose(network, lines=wrong).lines:
        assert "mistake" == line.verdict
        assert "equal" == sb.diagnose(network, formula=str(line.right)).verdict


PLANTED = ("missing_slope", "slope_of_activation", "slope_twice", "sign", "weight_not_transposed", "wrong_layer_weight")
PLANTED += ("wrong_layer_activation", "bias_missing", "bias_shared", "activation_of_other_layer")


def test_every_planted_mistake_is_found_under_its_name() -> None:
    """The derived equations as lines hold; each with a mistake of the catalogue in it is wrong, and named."""
    network = sb.mlp("3-3-3", ("tanh", "sigmoid"))
    court = Court(Glossary(program_of(network)), dict(program_of(network).sizes))
    derived = {e.tensor: e for e in court.passes.adjoints}
    assert "equal" == sb.diagnose(network, lines="\n".join(as_line(court, e) for e in derived.values())).verdict
    planted = {}
    for each in variants_of(court.passes):
        if each.kind in PLANTED and each.where in ("z1", "a1", "W2", "b1"):
            planted.setdefault(each.kind, each)
    lines = "\n".join(as_line(court, next(iter(each.changes.values()))) for each in planted.values())
    judged = sb.diagnose(network, lines=lines).lines
    assert set(PLANTED) == set(planted)
    assert [("mistake", kind) for kind in planted] == [(line.verdict, line.kind) for line in judged]


def as_line(court: Court, equation: Equation) -> str:
    """Return an equation of adjoints as a person writes it."""
    spelling, (left, right) = Spelling(court.glossary, errors=False), Formula(equation).sides
    written = with_plain_letters(right, {str(index) for index in equation.indices})
    return f"{spelling.doprint(left)} = {spelling.doprint(written)}"


def test_array_that_no_layer_has_is_asked_for_by_its_name() -> None:
    """Equations have no layers; of one layer there is one, and not "layers"."""
    wrong = "delta[1] = W[2]^T delta[2]"
    with pytest.raises(ExpressionError, match=r"there is no delta of layer 1; write dC/d and the name of an array$"):
        sb.diagnose(sb.equations("input x[N]\nparameter w[N]\nC = sum[i](w[i]*x[i])"), lines=wrong)
    with pytest.raises(ExpressionError, match=r"there is no W of layer 2; W has layer 1$"):
        sb.diagnose(sb.mlp("1-1"), lines=wrong)


def test_report_prints_every_line() -> None:
    """A report shows each line with its mark, what is wrong with it, numbers, and the right line."""
    text = "dE/dz[2,1] = dE/dh[2,1] * dh[2,1]/dz[2,1]\n           = h[2,1] - t[1]"
    shown = str(sb.diagnose(sb.mlp("2-2-1"), lines=text))
    assert shown.startswith(
        "verdict: mistake; line 2 is the first that does not follow\n"
        "  E is taken for C\n  h is taken for a\n  t is taken for y\n"
    )
    assert "✓   1  dE/dz[2,1] = dE/dh[2,1] * dh[2,1]/dz[2,1]\n✗   2             = h[2,1] - t[1]\n" in shown
    assert "right  dC/dz[2,1] = (1 - a[2,1])*(a[2,1] - y[1])*a[2,1]" in shown


@pytest.mark.parametrize(
    ("lines", "taken"),
    [
        ("delta1 = (a1-y)*a1*(1-a1)\ndz1 = delta1\ndW_1 = delta1*x", ()),
        ("dE/dz1 = (o1-t)*o1*(1-o1)", ("E is taken for C", "o is taken for a", "t is taken for y")),
    ],
)
def test_only_letters_of_another_book_are_reported(lines: str, taken: tuple[str, ...]) -> None:
    """A number behind a letter is that of its layer, and the d of delta is no differential."""
    shown = str(sb.diagnose(sb.mlp("1-1"), lines=lines)).splitlines()
    assert ("verdict: equal", taken) == (shown[0], tuple(line.strip() for line in shown if "taken for" in line))


HOSTILE = {
    "": "there is no line in the text",
    "   \n# nothing\n": "there is no line in the text",
    "delta[2]": "line 1: no = in it",
    "= a[2] - y": "line 1, character 1: = with nothing before it",
    "delta[2] = ": "line 1, character 11: found the end",
    "delta[2] = (a[2] - y": "line 1, character 21: found the end; wanted a closing )",
    "delta[2] = a[2] - y)": "line 1, character 20: found ')'; no opening bracket for it",
    "delta[2] = {a[2] - y)": "line 1, character 21: found ')'",
    "delta[1] = a[1]\ndelta[2] = foo[2]": "line 2, character 12: found 'foo', which is unknown",
    "delta[2] = sigmoi(z[2])": "did you mean sigmoid",
    "delta[9] = a[2] - y": "line 1, character 1: there is no delta of layer 9; delta has layers 1, 2",
    "delta[2,5] = a[2,5] - y[5]": "line 1, character 9: index 5 is out of range; it runs from 1 to 1 in delta",
    "dC/dw[2,1,0] = delta[2,1]": "line 1, character 11: index 0 is out of range",
    "dC/dw[2,1,2,1] = 1": "line 1, character 4: dw with 4 indices; it has 2 and a layer",
    "W = a": "line 1, character 1: W without its layer",
    "delta[2] = \\foo{a}": "line 1, character 12: found 'foo', which is unknown",
    "delta[2] = a[2] \\, \\% y": "line 1, character 20: found",
    "delta[2] = __import__('os')": "line 1, character 12: found '_'",
    "delta[2] = a[2].__class__": "line 1, character 16: found '.'",
    "delta[2] = 1e999": "numbers lie between",
    "delta[2] = a[2] - y; x": "line 1, character 20: found ';'",
    "delta[2] = " + "(" * 200 + "1" + ")" * 200: "levels inside one another",
    "delta[2] = " + "-" * 200 + "1": "levels inside one another",
    "delta[2] = " + "{" * 100 + "1" + "}" * 100: "levels inside one another",
    "delta[2] = " + "a[2] + " * 800 + "y": "characters; at most 3000",
    "x" * 50_000: "50,000 characters, at most 40,000",
    "a = a\n" * 600: "601 lines, at most 500",
    "delta[2] = sum[i](3)": "index i stands in no array",
    "delta[2,j] = a[2,k,k]": "line 1, character 14: a with 3 indices; it has 1 and a layer",
    "dC/dC = 1": "no derivative by an array",
    "dC = 1": "line 1, character 4: found '='; a derivative of the cost wants /",
    "delta[2] = \x00": "line 1, character 12: found",
    "delta[2] = sum(a[2], 3": "line 1, character 22: found '3'; wanted axis=0 or axis=1",
    "delta[q] = 1": "found 'q' for a layer",
    "delta[2] = a_{}": "line 1, character 14: found '{}'; write what belongs between",
    "delta[2] = \\mathbf{\\mathbf}": "line 1, character 28: found the end",
    "db2 = sum(dZ2, axis=3)/m": "line 1, character 21: found '3'; wanted axis=0 or axis=1",
    "d^2C/dw[2,1,1]^2 = 1": "line 1, character 1: a second derivative; lines are about first derivatives",
    "\\frac{\\partial^2 C}{\\partial z_1^{(2)2}} = 1": "a second derivative",
    "let e = a[2] - e": "line 1, character 9: e is defined by itself",
    "let e = y\ndelta[2,1] = e[1,1]": "line 2, character 14: 2 indices pick no entry of e",
    "delta[2] = \\begin{cases} 1 \\\\ 0 \\end{cases}": "a case without its condition",
    "delta[2] = 1 if z[2]": "a condition is a comparison by",
    "db2 = dZ2.sum(axis=2)/m": "line 1, character 20: found '2'; wanted axis=0 or axis=1",
}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_in_one_line(text: str) -> None:
    """What is not understood is pointed at, in one line, and nothing else happens."""
    with pytest.raises(ExpressionError, match=re.escape(HOSTILE[text])) as refused:
        sb.diagnose(sb.mlp("2-3-1"), lines=text)
    assert 1 == len(str(refused.value).splitlines())


def test_lines_want_text_and_nothing_beside_them() -> None:
    """Lines are text, and the only thing that is diagnosed; numbers want a point."""
    network = sb.mlp("2-2-1")
    with pytest.raises(ExpressionError, match="lines: wanted text, got int"):
        sb.diagnose(network, lines=3)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"wants one of .*; got formula, lines"):
        sb.diagnose(network, lines="C = C", formula="C = C")
    with pytest.raises(DataError, match="params is missing"):
        sb.diagnose(network, {})

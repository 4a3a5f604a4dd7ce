"""A diagnosis told: the right line beside the wrong one, coloured where they differ, in every format and language."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Sum, symbols

import symbackprop as sb
from symbackprop.calculus.diagnosis import Diagnosis, Finding, Remark
from symbackprop.calculus.mistakes.sentences import SENTENCES
from symbackprop.errors import SpecError
from symbackprop.exposition.diagnosis.blocks import capitalised, verdict_of
from symbackprop.exposition.diagnosis.differences import differing
from symbackprop.exposition.document import Code, Emphasis, Formula, Heading, Prose, Table
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.rendering import render_files

AT = {
    "params": {
        "W1": [[0.15, 0.20], [0.25, 0.30]],
        "b1": [0.35, 0.35],
        "W2": [[0.40, 0.45], [0.50, 0.55]],
        "b2": [0.60, 0.60],
    },
    "x": [0.05, 0.10],
    "y": [0.01, 0.99],
}
A, B, C, D = symbols("a b c d")


@pytest.fixture(scope="module")
def report() -> Diagnosis:
    """What is said of a gradient with the slope of the hidden layer left out, its weight called w1."""
    params = {name: np.array(value) for name, value in AT["params"].items()}
    x, y = np.array([AT["x"]]), np.array([AT["y"]])
    a1 = 1 / (1 + np.exp(-x @ params["W1"].T - params["b1"]))
    a2 = 1 / (1 + np.exp(-a1 @ params["W2"].T - params["b2"]))
    error = (a2 - y) * a2 * (1 - a2)
    hidden = error @ params["W2"]
    grads = {"w1": hidden.T @ x, "b1": hidden[0], "W2": error.T @ a1, "b2": error[0]}
    return sb.diagnose(sb.mlp("2-2-2"), grads, **AT)


def test_document_has_both_lines_their_numbers_and_the_line_of_numpy(report: Diagnosis) -> None:
    """Both lines stand beside one another, what differs coloured, numbers under both, and below them NumPy."""
    table = next(block for block in report.document.blocks if isinstance(block, Table))
    assert (("yours",), ("right",)) == table.header
    lines, numbers = ([cell for (cell,) in row if isinstance(cell, Formula)] for row in table.rows)
    coloured = [[(str(part.func), role) for part, role in cell.roles] for cell in lines]
    assert [[], [("sigmoid_slope", "input")]] == coloured
    expected = [(0.03635, 0.04137), (0.008771, 0.009954)]  # those of the widely copied example
    assert expected == [tuple(float(f"{float(e.value):.4g}") for e in cell.sides[1].rows[0]) for cell in numbers]
    code = next(block.text for block in report.document.blocks if isinstance(block, Code))
    assert "# yours\ndz1 = da1\n# right\ndz1 = da1 * sigmoid_slope(z1)" == code


def test_every_format_tells_it_in_every_language(report: Diagnosis) -> None:
    """Each format writes a diagnosis; the lines of its findings are the equations of those that have files for them."""
    for place, name in enumerate(sorted(FORMATS)):
        files = render_files(report, name, lang=("en", "es")[place % 2])
        assert files
        if name in ("svg", "mathml"):
            assert {"equations/finding-1-yours", "equations/finding-1-right"} <= {f.rpartition(".")[0] for f in files}
    spanish = sb.render(report, "markdown", lang="es")
    assert "Falta la pendiente, en $`z^{(1)}`$" in spanish
    assert "w1 se toma por W1" in spanish
    assert "0{,}03635" in spanish


def test_a_diagnosis_has_no_levels(report: Diagnosis) -> None:
    """What would change nothing is refused."""
    with pytest.raises(SpecError, match="neither checks, nor levels, nor sections"):
        sb.render(report, "html", level="short")


def test_notebook_shows_it_itself(report: Diagnosis) -> None:
    """Below a cell stand the blocks as Markdown, their mathematics between dollar signs."""
    shown = report._repr_markdown_()
    assert "## 2. The slope is left out, at $z^{(1)}$" in shown
    assert r"$\frac{\partial C}{\partial z^{(1)}_{sj}} = " in shown


def test_every_sentence_of_a_diagnosis_is_worded(lang: str) -> None:
    """Each kind of mistake has a title in every language, and each sentence its words."""
    language = LANGUAGES[lang]
    assert {f"mistake.{kind}" for kind in (*SENTENCES, "unknown")} == {
        key for key in language.sentences if key.startswith("mistake.")
    }
    if lang != "en":
        own = [each for each in SENTENCES.values() if each not in language.remarks]
        assert [] == own


def test_sentence_keeps_what_it_is_made_of() -> None:
    """A sentence within a sentence is worded in the other language, too."""
    inner = Remark("{one} or {other}", one="samples", other="outputs")
    remark = Remark("{remark}; together with {kind} ({where})", remark=inner, kind="sign", where="everywhere")
    assert "samples or outputs; together with sign (everywhere)" == remark
    assert "muestras o salidas; junto con sign (en todas partes)" == LANGUAGES["es"].worded(remark)


@pytest.mark.parametrize(
    ("line", "other", "expected"),
    [
        (A * B, A, [B]),
        (A, A * B, []),
        (A - B, B - A, [A - B]),
        (Sum(A * B, (D, 1, 2)), Sum(B, (D, 1, 2)), [A]),
        (A / 2, A, [A / 2]),
        ((A * B - B) / C, A * B / C, [B]),
        ((A * B - B * Sum(A, (D, 1, 2))) / C, A * B / C, [B * Sum(A, (D, 1, 2))]),
    ],
)
def test_what_a_line_has_besides_is_coloured(line, other, expected) -> None:
    """The factors or the terms that the other line lacks, or the whole where signs or numbers alone are others."""
    assert [(part, "cost") for part in expected] == list(differing(line, other, "cost"))


@pytest.mark.parametrize(
    ("verdict", "findings", "said"),
    [
        ("equal", (), "right"),
        ("equal up to", ("precision",), "right"),
        ("equal up to", ("factor",), "one factor"),
        ("unknown", ("unknown",), "No mistake that is known"),
        ("mistake", ("sign",), "One mistake"),
        ("mistake", ("sign", "bessel"), "give the same numbers"),
    ],
)
def test_verdict_in_words(verdict: str, findings: tuple[str, ...], said: str) -> None:
    """Each verdict is a sentence; several findings at one point give the same numbers."""
    made = tuple(Finding(kind, kind, Remark(""), 0.0) for kind in findings)
    text = verdict_of(Diagnosis(verdict, made), LANGUAGES["en"])
    assert [said] == [part.text for part in text if isinstance(part, Emphasis)]


def test_two_mistakes_are_told_together() -> None:
    """Each of a pair says with which other one it explains the numbers."""
    at = {**AT, "learning_rate": 0.5}
    blocks = sb.diagnose(sb.mlp("2-2-2"), cost_after="0.291027924", **at).document.blocks
    said = ["".join(map(str, block.text)) for block in blocks if isinstance(block, Prose | Heading)]
    assert "Two mistakes together" in said[1]
    assert "It explains the numbers only together with another one: Biases that were kept, everywhere." in said


def test_lines_of_a_derivation_are_told() -> None:
    """All lines stand marked, as they were written; a wrong one has a section with what it should have been."""
    right = "delta[2,j] = (a[2,j] - y[j]) * a[2,j] * (1 - a[2,j])"
    text = f"{right}\ndelta[1,j] = sum[i](w[2,i,j] * delta[2,i]) * (1 - a[1,j]^2)"
    blocks = sb.diagnose(sb.mlp("2-3-2"), lines=text).document.blocks
    said = ["".join(map(str, block.text)) for block in blocks if isinstance(block, Prose | Heading)]
    assert "line 2 is the " in said[1]
    assert "Line 2: The slope of another activation" in said
    (marked, numbers) = (block.text.splitlines() for block in blocks if isinstance(block, Code))
    assert [False, True] == [line.endswith("    <- mistake") for line in marked]
    assert numbers[0].startswith("j = 1, ")
    (lines, _) = next(block.rows for block in blocks if isinstance(block, Table))
    assert [{"cost"}, {"input"}] == [{role for _, role in formula.roles} for (formula,) in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b2, W2 are right", "b2, W2 are right"),
        ("the slope", "The slope"),
        ("relu's mask", "relu's mask"),
        ("él", "Él"),
    ],
)
def test_names_of_arrays_keep_their_letters(text: str, expected: str) -> None:
    """A sentence begins with a capital letter, and not with another array."""
    assert expected == capitalised(text)


def test_everything_that_is_said_is_worded_in_spanish() -> None:
    """Of what the diagnoses of these tests say, nothing is left in English: guesses, digits, first differences."""
    network = sb.mlp("2-2-2")
    at = {**AT, "y": [AT["y"]], "x": [AT["x"]]}
    gradient = sb.compile(sb.derive(network))
    _, right = gradient({n: np.array(v) for n, v in AT["params"].items()}, np.array(at["x"]), np.array(at["y"]))
    noisy = {**right, "W1": right["W1"] + [[0.1, 0.2], [0.3, 0.5]]}
    reports = (
        sb.diagnose(network, {"dW1": np.round(right["W1"], 4)}, **AT),
        sb.diagnose(network, noisy, **AT),
        sb.diagnose(network, {name: 0.37 * grad for name, grad in right.items()}, **AT),
        sb.diagnose(network, cost_after="0.5", learning_rate=0.5, **AT),
    )
    spanish = LANGUAGES["es"]
    said = [each for r in reports for each in (*r.guessed, *(f.sentence for f in r.findings), r.verdict)]
    assert [] == [text for text in said if spanish.worded(text) == text]

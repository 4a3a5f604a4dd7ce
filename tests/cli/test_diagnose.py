"""`symbackprop diagnose`: a person's numbers from files, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import symbackprop as sb

POINT = """
x = [0.05, 0.10]
y = [0.01, 0.99]
W1 = [[0.15, 0.20], [0.25, 0.30]]
b1 = [0.35, 0.35]
W2 = [[0.40, 0.45], [0.50, 0.55]]
b2 = [0.60, 0.60]
"""
MINE = """
import numpy as np

def sigmoid(z):
    return 1/(1 + np.exp(-z))

def gradient(W1, b1, W2, b2, x, y):
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = a2 - y
    d1 = (d2 @ W2) * a1 * (1 - a1)
    return {"W1": d1.T @ x, "b1": d1.sum(0), "W2": d2.T @ a1, "b2": d2.sum(0)}
"""


@pytest.fixture
def point(tmp_path: Path) -> Path:
    """The point of the widely copied 2-2-2 example, in the current folder."""
    (tmp_path / "point.toml").write_text(POINT, encoding="utf-8")
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 and no archive")
    return tmp_path


def test_cost_that_is_printed_everywhere(cli, point: Path) -> None:
    """0.291027924 comes from weights that were updated too early, and biases that stay; status 1."""
    done = cli("diagnose", "2-2-2", "--cost-after", "0.291027924", "--learning-rate", "0.5", "--at", "point.toml")
    assert 1 == done.status
    assert "updated_weights" in done.out
    assert "bias_not_updated" in done.out


LINES = "delta[2] = (a[2] - y) * s'(z[2])\ndelta[1] = (W[2]^T delta[2]) * s(z[1])\n"


def test_derivation_is_judged_line_by_line(cli, point: Path) -> None:
    """The first wrong line is named, with its mistake, numbers and the right line, in both languages; status 1."""
    (point / "lines.txt").write_text(LINES, encoding="utf-8")
    done = cli("diagnose", "2-2-2", "--lines", "lines.txt")
    assert 1 == done.status
    assert done.out.startswith("mistake: line 2 is the first that does not follow\n\n✓   1  delta[2] = (a[2] - y)")
    assert "right  delta[1] = (1 - a[1]) ⊙ a[1] ⊙ (W[2]^T delta[2])" in done.out
    done = cli("diagnose", "2-2-2", "--lines", "lines.txt", "--lang", "es")
    assert "error: la línea 2 es la primera que no se sigue\n" in done.out
    assert "en el lugar de la pendiente está la activación misma" in " ".join(done.out.split())


def test_one_line_is_a_formula(cli, point: Path) -> None:
    """One equation on the command line is judged alone; 0 where it holds, 2 where it is not understood."""
    assert 0 == cli("diagnose", "2-2-2", "--formula", "dC/dW[1] = delta[1] x^T").status
    done = cli("diagnose", "2-2-2", "--formula", "dC/dW[1] = delta[1] foo")
    assert 2 == done.status
    assert "symbackprop: line 1, character 21: found 'foo', which is unknown" in done.err
    done = cli("diagnose", "2-2-2", "--lines", "broken.npz")
    assert (2, 1) == (done.status, len(done.err.splitlines()))


def test_own_function_is_run_and_that_is_said_before(cli, point: Path) -> None:
    """A person's function is called with what it takes; the right line stands beside the wrong one."""
    done = cli("diagnose", "2-2-2", "--function", "mine.py:gradient", "--at", "point.toml")
    assert 1 == done.status
    assert done.out.startswith("Running your own code: gradient of mine.py\nmistake\n")
    assert "quadratic_without_slope (∂C/∂z2)" in done.out
    assert "   yours  ∂C/∂z⁽²⁾ₛⱼ = ∂C/∂a⁽²⁾ₛⱼ\n   right  ∂C/∂z⁽²⁾ₛⱼ = ∂C/∂a⁽²⁾ₛⱼ · σ′(z⁽²⁾ₛⱼ)\n" in done.out


def test_own_file_that_ends_the_program_is_said(cli, point: Path) -> None:
    """A script that calls sys.exit when it is read is named, and nobody takes its status for ours."""
    Path("script.py").write_text("import sys\ndef gradient(params, x, y): ...\nsys.exit(0)\n")
    done = cli("diagnose", "2-2-2", "--function", "script.py:gradient", "--at", "point.toml")
    assert (2, "symbackprop: --function: 'script.py' raised SystemExit in line 3 of script.py: 0\n") == (
        done.status,
        done.err,
    )


def test_right_derivatives_are_equal(cli, point: Path) -> None:
    """Arrays of an .npz file; equal is status 0."""
    net = sb.mlp("2-2-2")
    params = {name: np.array(value) for name, value in sb.mlp("2-2-2").initial_params(0).items()}
    x, y = np.array([[0.3, -0.2], [0.1, 0.7]]), np.array([[0.2, 0.8], [0.6, 0.1]])
    np.savez(point / "point.npz", x=x, y=y, **params)
    np.savez(point / "mine.npz", **sb.compile(sb.derive(net))(params, x, y)[1])
    done = cli("diagnose", "2-2-2", "--gradients", "mine.npz", "--at", "point.npz")
    assert (0, "equal\n") == (done.status, done.out)


def test_arrays_in_files_of_their_own(cli, point: Path) -> None:
    """A folder of .csv files, each called as its array; some of them alone, with commas between."""
    net = sb.mlp("2-2-2")
    params, x, y = net.initial_params(0), np.array([[0.3, -0.2], [0.1, 0.7]]), np.array([[0.2, 0.8], [0.6, 0.1]])
    for folder, arrays in (("at", {**params, "x": x, "y": y}), ("mine", sb.compile(sb.derive(net))(params, x, y)[1])):
        (point / folder).mkdir()
        for name, array in arrays.items():
            np.savetxt(point / folder / f"{name}.csv", array, delimiter=",")
    done = cli("diagnose", "2-2-2", "--gradients", "mine", "--at", "at")
    assert (0, "equal\n") == (done.status, done.out)
    done = cli("diagnose", "2-2-2", "--gradients", "mine/W1.csv,mine/b1.csv", "--at", "at", "--lang", "es")
    assert (0, "igual\n  no se dan, y no se comparan: W2, b2\n") == (done.status, done.out)


def test_documents_and_the_other_language(cli, point: Path) -> None:
    """What is found is told in the formats and the language that are asked for; the status is that of the mistake."""
    asked = ("diagnose", "2-2-2", "--function", "mine.py:gradient", "--at", "point.toml", "--lang", "es")
    done = cli(*asked, "--to", "markdown,html", "-o", "there")
    assert 1 == done.status
    assert "falta la pendiente de la activación" in done.out
    assert {"there/derivation.html", "there/derivation.md"} <= set(done.files)
    done = cli(*asked, "--to", "markdown", "--stdout")
    assert "# Diagnóstico de una red 2" in done.out
    done = cli(*asked, "--convention", "bishop")
    assert ("∂Eₙ/∂" in done.out, "∂C" in done.out, "coste" in done.out) == (True, False, False)
    done = cli(*asked, "--title", "Mine")
    assert (2, True) == (done.status, "--title no cambia nada en un diagnóstico en pantalla" in done.err)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "wanted one of --gradients, --updated, --cost-after, --function, --formula, --lines; got none"),
        (("--cost-after", "0.2"), "--at is missing"),
        (("--formula", "C = C", "--learning-rate", "0.5"), "--learning-rate is of numbers"),
        (("--cost-after", "much", "--at", "point.toml"), "'much' is no number"),
        (("--cost-after", "0.2", "--at", "point.toml"), "learning_rate is missing"),
        (("--function", "mine.py", "--at", "point.toml"), "wanted a file and a name in it"),
        (("--function", "mine.py:loss", "--at", "point.toml"), "has no function loss"),
        (("--gradients", "absent.npz", "--at", "point.toml"), "absent.npz"),
        (("--gradients", "broken.npz", "--at", "point.toml"), "broken.npz is not an NPZ file"),
        (("--gradients", "mine.py", "--at", "point.toml"), "ends in .npz, .toml, .json or .csv"),
        (("--gradients", ".", "--at", "point.toml"), "'.' is a folder without a .csv file"),
    ],
)
def test_wrong_input_is_one_line(cli, point: Path, arguments: tuple[str, ...], message: str) -> None:
    """What is missing or cannot be read is said in one line, with status 2."""
    done = cli("diagnose", "2-2-2", *arguments)
    assert 2 == done.status
    assert message in done.err
    assert 1 == done.err.strip().count("\n") + 1

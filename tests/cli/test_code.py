"""`symbackprop code`: the source of the gradient, alone on standard output or whole in a file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import symbackprop as sb

USE = """
import numpy as np
rng = np.random.default_rng(0)
params = {name: rng.normal(size=shape) for name, shape in SHAPES}
cost, grads = gradient(params, rng.normal(size=(5, 4)), np.eye(3)[[0, 1, 2, 0, 1]])
assert np.isfinite(cost)
print(float(cost), *(float(np.sum(grads[name])) for name, _ in SHAPES))
"""


def statements(source: str) -> str:
    """Return what a text does: without its comments, and every docstring the same."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return ast.unparse(tree)


def test_standard_output_is_the_source(raw_cli) -> None:
    """Standard output holds the text that the compiled gradient runs, byte by byte, whatever the encoding."""
    status, out = raw_cli("code", encoding="ascii")
    assert 0 == status
    assert sb.compile(sb.derive(sb.mlp("2-3-1"))).source == out.decode("utf-8")


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
@pytest.mark.parametrize(
    ("activations", "cost"),
    [
        ("z/(1+exp(-z)),softmax", "cross_entropy"),  # whatever its author calls it, silu is copied
        ("sin(z),softmax", "log(1+(a-y)^2)"),  # both are somebody's own, with functions of decimal numbers
    ],
)
def test_source_runs_without_symbackprop(cli, tmp_path: Path, activations: str, cost: str, backend: str) -> None:
    """The file runs in a Python that cannot find symbackprop, and gives the numbers of the compiled gradient."""
    done = cli("code", "4-5-3", "-a", activations, "-c", cost, "--backend", backend, "-o", "gradient.py")
    assert (0, "Written: gradient.py\n") == (done.status, done.out)
    network = sb.mlp("4-5-3", activations.split(","), cost)
    shapes = tuple(network.parameter_shapes.items())
    program = (tmp_path / "gradient.py").read_text(encoding="utf-8") + USE.replace("SHAPES", repr(shapes))
    alone = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.modules['symbackprop'] = None\n{program}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    rng = np.random.default_rng(0)
    params = {name: rng.normal(size=shape) for name, shape in shapes}
    cost, grads = sb.compile(sb.derive(network))(params, rng.normal(size=(5, 4)), np.eye(3)[[0, 1, 2, 0, 1]])
    expected = [cost, *(np.sum(grads[name]) for name, _ in shapes)]
    assert expected == pytest.approx([float(number) for number in alone.stdout.split()], rel=1e-12)


def test_file_of_the_users_is_kept(cli) -> None:
    """A file that symbackprop did not write is replaced by force only."""
    Path("gradient.py").write_text("mine", encoding="utf-8")
    done = cli("code", "-o", "gradient.py")
    assert (2, "", ("gradient.py",)) == (done.status, done.out, done.files)
    assert "replace it with --force, or choose" in done.complaint
    assert 0 == cli("code", "-o", "gradient.py", "--force").status


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--backend", "nunpy"], "backend 'nunpy' is unknown; did you mean 'numpy'?"),
        (["-o", ""], "-o: wanted the name of a file; try -o gradient.py"),
        (["-o", "folder/"], "-o: wanted the name of a file; try -o gradient.py"),
        (["2"], "shape '2': 1 width, at least an input and an output"),
    ],
)
def test_wrong_input_is_answered_in_one_line(cli, arguments: list[str], complaint: str) -> None:
    """Wrong input ends with status 2, one line that says what is wrong, and no file."""
    done = cli("code", *arguments)
    assert complaint in done.complaint
    assert (2, "", ()) == (done.status, done.out, done.files)


@pytest.mark.parametrize(
    ("convention", "line"), [("ng", "# dW^[1] = dZ^[1]ᵀ X"), ("nielsen", "# Δ² = Δ³ w³ ⊙ A² ⊙ (1 − A²)")]
)
def test_equations_stand_above_their_lines(cli, convention: str, line: str) -> None:
    """With a convention, each array has its equation above it in these letters, and nothing else is changed."""
    told, plain = cli("code", "2-3-1", "--convention", convention).out, cli("code", "2-3-1").out
    assert f"    {line}\n" in told
    assert "    # ∂C/∂W1[j, k] = x[k]*d1[j]\n" in plain
    assert "    # ∂C/∂W1[j, k] = " not in told
    assert statements(told) == statements(plain)
    assert ("Return the mean loss of the batch" in told) == (convention == "ng")


def test_comments_name_the_one_place_of_a_column(cli) -> None:
    """An array with an axis of length 1 has its number there, on the left as on the right."""
    text = "input X[N, D]\nparameter b[1, D]\nS = sum(X*b, axis=1, keepdims=True)\nC = sum(X/S)"
    lines = [line.strip() for line in cli("code", "--equations", text).out.splitlines()]
    assert "# S[i, 1] = sum[k](X[i, k]*b[1, k])" in lines
    assert any(line.startswith("# ∂C/∂S[i, 1] = ") for line in lines)
    assert any(line.startswith("# ∂C/∂b[1, ") for line in lines)


@pytest.mark.parametrize(
    ("network", "convention", "lines"),
    [
        ("2-3-1", "ng", ("∂J/∂a^[2]ᵢⱼ = d_C/m · (a^[2]ᵢⱼ − yᵢⱼ)", "∂J/∂w^[2]ⱼₖ = Σᵢ ∂J/∂z^[2]ᵢⱼ · a^[1]ᵢₖ")),
        ("attention", "bishop", ("∂Eₙ/∂sᵢⱼ = pᵢⱼ (∂Eₙ/∂pᵢⱼ − Σᵤ ∂Eₙ/∂pᵢᵤ · pᵢᵤ)",)),
    ],
)
@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_comments_for_a_library_have_the_letters_of_a_convention(
    cli, network: str, convention: str, lines: tuple[str, ...], backend: str
) -> None:
    """Above each line stands its equation as the convention writes it, the 1/m of the mean in all errors."""
    arguments = ("code", network, "--backend", backend)
    told, plain = cli(*arguments, "--convention", convention).out, cli(*arguments).out
    for line in lines:
        assert f"    # {line}\n" in told
    assert not re.search(r"(?m)^ +# .*\[.*\] = ", told)
    assert statements(told) == statements(plain)


@pytest.mark.combinations
@pytest.mark.parametrize(
    ("network", "convention", "lines"),
    [
        ("3 -> dense(2) tanh -> layer_norm", "pytorch", ("∂L/∂b₁,ⱼ = 1/m · Σₛ ∂Lₛ/∂z₁,ₛⱼ", "∂Lₛ/∂a₂,ₛⱼ = a₂,ₛⱼ − yₛⱼ")),
        ("3 -> dense(2) softmax; -c; cross_entropy; --l2; 1", "ng", ("a^[1]_{log,sj} = log softmax(z^[1]ₛⱼ)",)),
        ("3 -> dense(2) -> batch_norm", "ng", ("∂J/∂b^[1]ⱼ = Σₛ ∂J/∂a^[1]ₛⱼ",)),
        ("3x2 -> lstm(2) -> dense(1)", "ng", ("∂J/∂b^[2]ⱼ = 1/m · Σₛ ∂ℒ/∂a^[2]ₛⱼ", "g^[1]ₛₜⱼ = tanh(g^[1]ᵢₙ,ₛₜⱼ)")),
        ("attention", "bishop", ("pᵢⱼ = e^(sᵢⱼ)/(Σᵣ e^(sᵢᵣ))", "∂Eₙ/∂pᵢⱼ = Σ_d ∂Eₙ/∂o_{id} · v_{jd}")),
    ],
)
def test_comments_of_a_program_have_the_letters_of_a_convention(
    cli, network: str, convention: str, lines: tuple[str, ...]
) -> None:
    """Every comment that is an equation is written as the convention does, and nothing else is changed."""
    arguments = network.split("; ")
    told, plain = cli("code", *arguments, "--convention", convention).out, cli("code", *arguments).out
    comments = re.findall(r"(?m)^ +# (.*)$", told)
    assert {*lines} <= {*comments}
    assert [] == [line for line in comments if re.search(r"∂C/|sum\[|\w\[\w+, ", line)]
    assert statements(told) == statements(plain)

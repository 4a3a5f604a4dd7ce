"""Equations on the command line: a file, a shipped example by its name, and what does not go with them."""

from __future__ import annotations

from pathlib import Path

import pytest

import symbackprop as sb

BLOCK = "input x[N]\nparameter w[M, N]\nz[j] = sum[k](w[j, k] * x[k])\n"


def test_example_is_derived_by_its_name(cli, tmp_path: Path) -> None:
    """The equations are shown forward and backward, and the derivation is written."""
    result = cli("derive", "attention", "-o", str(tmp_path / "out"))
    assert result.status == 0
    assert "Scaled dot-product attention" in result.out
    assert "∇_S C = P ⊙ (∇_P C − (∇_P C ⊙ P) 𝟏_T 𝟏_Tᵀ)" in result.out
    assert (tmp_path / "out" / "derivation.tex").is_file()


def test_shapes_are_written_as_formulas_are(cli, tmp_path: Path) -> None:
    """A size of several letters has the order and the minus that it has in every document."""
    shown = cli("derive", "convolution", "-o", str(tmp_path / "out")).out
    assert "z (N − K + 1)" in shown


def test_file_of_equations_is_verified(cli, tmp_path: Path) -> None:
    """A file ending in .eq is read as equations; a block without a cost is checked for any cost."""
    path = tmp_path / "block.eq"
    path.write_text(BLOCK, encoding="utf-8")
    result = cli("verify", str(path), "--samples", "1")
    assert result.status == 0
    assert "dual numbers" in result.out


def test_files_whose_names_have_spaces_have_folders_and_labels_of_their_own(cli, tmp_path: Path) -> None:
    """Two chapters go into one document, and neither network writes over the other."""
    for name in ("my block.eq", "my gate.eq"):
        (tmp_path / name).write_text(BLOCK, encoding="utf-8")
    found = [cli("derive", f"my {name}.eq", "--to", "latex", "--fragment").files for name in ("block", "gate")]
    assert ("output/my-block/chapter.tex" in found[0], "output/my-gate/chapter.tex" in found[1]) == (True, True)
    assert "sbp:my-gate:" in (tmp_path / "output/my-gate/chapter.tex").read_text(encoding="utf-8")


def test_code_of_equations_is_printed(cli) -> None:
    """The code defines forward, backward and gradient."""
    output = cli("code", "logistic_regression").out
    assert all(f"def {name}(" in output for name in ("forward", "backward", "gradient"))


def test_equations_are_typed(cli) -> None:
    """Text in place of a file is derived as a file is; what is wrong with it is said of its line."""
    result = cli("derive", "--equations", BLOCK, "--stdout", "--to", "markdown")
    assert "z_{j}" in result.out
    assert "--equations, line 2: index k is neither" in cli("code", "--equations", "input x[N]\ny[i] = x[k]").complaint


def test_derivative_without_a_matrix_form_is_written_entry_by_entry(cli) -> None:
    """Of the notation that was asked for no derivative is missing; beside the indices none is written twice."""
    text = "input q[N, N], x[N]\nC = sum[i](q[i, i]*x[i]^2)"
    said = "∂C/∂qᵢₖ = xᵢ² [i = k]"
    alone = cli("derive", "--equations", text, "--notation", "matrix").out
    assert said in alone
    assert "∇ₓ C" in alone
    both = cli("derive", "--equations", text, "--notation", "index,matrix").out
    assert 1 == both.count(said)


def test_examples_are_listed(cli) -> None:
    """Each shipped example is listed with its title."""
    assert "lstm" in (output := cli("list", "examples").out)
    assert "Long short-term memory" in output


def test_examples_are_known_by_their_names_as_they_are_spoken(cli) -> None:
    """Hyphens and capitals make no other name, nor another folder."""
    assert cli("code", "Layer-Norm").out == cli("code", "layer_norm").out != ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("derive", "attentoin"), "did you mean attention?"),
        (("derive", "layer-nrom"), "did you mean layer_norm?"),
        (
            ("derive", "attention", "-a", "relu"),
            "its equations say all of the network themselves; leave -a out",
        ),
        (("derive", "rnn", "--equations", BLOCK), "network 'rnn' and --equations: each is a whole network; leave one"),
        (("train", "rnn"), "rnn is a program of equations, and this wants a network of layers"),
        (
            ("code", "rnn", "--backend", "scalar"),
            "number by number; try jax, numpy, torch",
        ),
    ],
)
def test_what_does_not_go_with_equations(arguments: tuple[str, ...], message: str, cli) -> None:
    """One clear line, and exit status 2."""
    result = cli(*arguments)
    assert result.status == 2
    assert message in result.complaint


def test_place_of_a_mistake_is_told(cli, tmp_path: Path) -> None:
    """A mistake in a file is told with the file and the line."""
    path = tmp_path / "block.eq"
    path.write_text(BLOCK.replace("x[k]", "x[i]"), encoding="utf-8")
    result = cli("derive", str(path))
    assert result.status == 2
    assert result.complaint.startswith("symbackprop: block.eq, line 3:")


TWO = """input x[N, C0]
parameter w[C0, H], W[H, K]
h[n, j] = tanh(sum[d](x[n, d] * w[d, j]))
o[n, k] = sum[j](h[n, j] * W[j, k])
p[n, k] = softmax[k](o[n, k])
"""


def test_names_that_differ_in_their_case_alone_are_told_apart(cli, tmp_path: Path) -> None:
    """A matrix w beside W stays small, h beside a size H, and a size C0 has not the letter of the cost."""
    (tmp_path / "two.eq").write_text(TWO)
    shown = cli("derive", str(tmp_path / "two.eq"), "--convention", "ng", "-o", str(tmp_path)).out
    lines = ("    pₙₖ = e^(oₙₖ)/(Σⱼ e^(oₙⱼ))", "dw = Xᵀ (dh ∗ (1 − h^∘2))", "dW = hᵀ dO", "w (C0, H)")
    assert lines == tuple(line for line in lines if line in shown)
    derivation = sb.derive(sb.equations(TWO))
    assert r"\nabla_{w}\,C = X^{\mathsf{T}}" in derivation.gradient("w").latex("matrix")
    assert r"\sum_{d=1}^{C_{0}}" in str(sb.render(derivation, "latex", convention="ng"))

"""Networks of layers on the command line: layer lines, files with layers, and the options for their terms."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.cli.request import request

LINE = "4 -> dense(3, bias=false) tanh -> dense(2)"
FILE = """
input = [1, 4, 4]
cost = "cross_entropy"
layers = [
  { layer = "conv2d", channels = 2, kernel = 3, activation = "leaky_relu(0.2)" },
  { layer = "flatten" },
  { layer = "dense", width = 2, activation = "softmax", bias = false },
]
"""


def meant(text: str, activation: str | None = None, cost: str | None = None):
    """Return what is meant by an argument NETWORK."""
    return request(text, activation=activation, cost=cost)


def test_line_is_derived_on_the_screen(cli) -> None:
    """The layers head the screen, an option is part of the cost, and the folder is called after the layers."""
    done = cli("derive", LINE, "--l2", "lambda=0.1", "-c", "mse", "--to", "markdown")
    assert (0, "") == (done.status, done.err)
    assert f"{LINE} · cost mse · 20 parameters" in done.out
    assert "∇_{W⁽¹⁾} C = ∇_{z⁽¹⁾} C xᵀ + λ W⁽¹⁾" in done.out
    assert "output/4-dense-3-bias-false-tanh-dense-2-mse-l2-lambda-0.1-732912/derivation.md" in done.files


@pytest.mark.usefixtures("without_libraries")
def test_line_is_verified(cli) -> None:
    """The checks of a line are made under its name."""
    done = cli("verify", LINE, "--samples", "1")
    assert (0, "") == (done.status, done.err)
    assert [
        "Checking the gradient of 4 -> dense -> dense",
        f"{LINE} · cost quadratic · seed 0",
    ] == done.out.splitlines()[:2]
    assert "All 9 checks passed." in done.out


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1x8x8 → conv2d(2, 3) → max_pool2d(2) → flatten -> dense(3)", "1x8x8-conv2d-max_pool2d-flatten-dense"),
        ("4 -> dense(3) tanh -> dense(2)", "4-3-2"),
        ("4" + " -> dense(4) -> layer_norm" * 4, "4-to-4-in-8-layers"),
    ],
)
def test_folder_of_a_line(text: str, name: str) -> None:
    """A folder is called after the kinds of the layers, in few characters; a chain as its shape."""
    assert name == meant(text).name


def test_options_win_over_a_file(cli) -> None:
    """A file says a network by its layers; what is typed takes the place of what it says."""
    Path("net.toml").write_text(FILE, encoding="utf-8")
    done = cli("derive", "net.toml", "-c", "mse", "--no-bias", "--l1", "0.1", "--to", "markdown")
    assert (0, "") == (done.status, done.err)
    assert "cost mse · 34 parameters" in done.out
    assert "output/net-mse-l1-0.1-no-bias/derivation.md" in done.files
    assert {"W1", "b1", "W3"} == set(meant("net.toml").said.parameters)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("derive", "1x28x28"), "is the shape of one sample alone; say its layers, too, such as '1x28x28 -> flatten"),
        (("derive", LINE, "-a", "relu"), "a layer line says the activation of each layer after it; leave -a out"),
        (("verify", "net.toml", "-a", "relu"), "activation is for shapes, and each of the layers says its own"),
        (("derive", LINE, "--partial", "w_1_1_1"), "there is no derivative by 'w'; there are those by "),
        (("derive", LINE, "--partial", "W1_9_1"), "W1 has no entry [9, 1]; its places are ["),
        (("derive", LINE, "--partial", "1"), "partial '1': wanted an array and a place in it; try "),
        (("derive", "attention", "--l2", "1", "--no-bias"), "leave --l2, --no-bias out"),
        (("derive", "--reduction", "max"), "reduction: wanted mean or sum, got 'max'"),
        (("code", "--l2", "-1"), "l2: wanted a number from 0"),
        (("derive", "4 -> dense(3) sin(z)*z"), "network, character 21: found '*'; write a formula in quotes, as in"),
        (
            ("derive", "4 -> dense(3) max(min(z, 1), 0)"),
            "found 'min', wanted numbers in max(…); write a formula",
        ),
        (("code", " -> dense(3)"), "network, character 2: found '->', wanted the shape of one sample"),
        ((LINE,), f"did you mean: symbackprop derive '{LINE}'"),
        (("block.eq",), "did you mean: symbackprop derive block.eq"),
    ],
)
def test_what_cannot_be(cli, arguments: tuple[str, ...], complaint: str) -> None:
    """One line says what to change, with status 2."""
    Path("net.toml").write_text(FILE, encoding="utf-8")
    done = cli(*arguments)
    assert complaint in done.complaint
    assert 2 == done.status

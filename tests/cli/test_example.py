"""`symbackprop example`: the lines on the screen, the documents, the numbers of a file, and what it refuses."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import symbackprop.network
from symbackprop.cli import witnessing, worked
from symbackprop.exposition.document import CheckRow
from symbackprop.numerics import program_verification

VALUES = 'x = [1, "1/2"]\ny = [1]\nW1 = [[0.5, -0.5]]\nb1 = [0.25]\nlearning_rate = 2\n'


@pytest.mark.parametrize("columns", ["60", "100"])
def test_runs_without_any_argument(cli, golden, monkeypatch, columns: str) -> None:
    """The shipped numbers are worked through, line by line, and land in a folder of their own."""
    monkeypatch.setenv("COLUMNS", columns)
    done = cli("example", "--steps", "1")
    assert (0, "") == (done.status, done.err)
    stable = "\n".join(line for line in done.out.splitlines() if not line.startswith("Compared"))
    golden(f"terminal/example_{columns}.txt", stable.replace("\\", "/") + "\n")
    assert 2 == sum(line.startswith("Compared") and line.endswith("passed.") for line in done.out.splitlines())
    assert "output/2-2-2-example/derivation.tex" in done.files
    assert "output/2-2-2-example/values.toml" in done.files


def test_published_numbers_are_printed(cli) -> None:
    """With nine digits the screen shows what the author of the example printed."""
    done = cli("example", "--steps", "1", "--digits", "9", "--to", "markdown")
    for number in ("0.593269992", "0.298371109", "0.0821670406", "0.358916480"):
        assert number in done.out


def test_numbers_that_were_written_can_be_used_again(cli, tmp_path: Path) -> None:
    """The file of numbers in the folder gives the same example, network and all."""
    first = cli("example", "3-2", "-a", "tanh", "--seed", "4", "--to", "markdown")
    again = cli(
        "example", "--values", "output/3-2-tanh-example/values.toml", "-a", "tanh", "--to", "markdown", "-o", "again"
    )
    assert (0, 0) == (first.status, again.status)
    texts = [
        (tmp_path / folder / "derivation.md").read_text(encoding="utf-8")
        for folder in ("output/3-2-tanh-example", "again")
    ]
    assert texts[0] == texts[1]


def test_network_is_that_of_the_numbers(cli, tmp_path: Path) -> None:
    """Without a network the arrays say its shape; fractions in quotes are exact."""
    (tmp_path / "v.toml").write_text(VALUES, encoding="utf-8")
    done = cli("example", "--values", "v.toml", "-a", "identity", "--steps", "2", "--to", "markdown")
    assert 0 == done.status
    assert "0.5 · 1 + (−0.5) · 0.5 + 0.25 = 0.5" in done.out
    assert "The cost, at first and after each step: 0.125 " in done.out
    assert "output/2-1-identity-example/derivation.md" in done.files


@pytest.mark.parametrize(("format", "start"), [("latex", b"\\documentclass"), ("beamer", b"\\documentclass[10pt")])
def test_one_format_to_standard_output(raw_cli, format: str, start: bytes) -> None:
    """With --stdout there is the file and nothing else, in the language that was asked for."""
    status, out = raw_cli("example", "--stdout", "--to", format, "--lang", "es")
    assert 0 == status
    assert out.startswith(start)
    assert b"Un ejemplo resuelto" in out


def test_slides_and_updates_share_an_option(cli, tmp_path: Path) -> None:
    """--steps takes a number of updates and, once more, what a line of slides appears on."""
    options = ("--to", "markdown", "--flavour", "marp", "--steps", "1", "--steps", "slides")
    assert 0 == cli("example", *options).status
    text = (tmp_path / "output" / "2-2-2-example" / "derivation.md").read_text(encoding="utf-8")
    assert r"\phantom" in text
    assert "Gradient descent" in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("784-30-10",), "a worked example of 784-30-10 has 23,860 derivatives to be printed"),
        (("2-2-2", "--steps", "many"), "'many' is neither a number from 0 to 20 nor clicks or slides"),
        (("2-2-2", "--steps", "21"), "'21' is neither a number"),
        (("2-2-2", "--digits", "1"), "digits"),
        (("--values", "v.toml", "--seed", "1"), "--values and --seed are both given; keep one of them"),
        (("--values", "none.toml"), "none.toml: no such file"),
        (("--values", "v.yaml"), "v.yaml: such a file ends in .toml or .json"),
        (("2-2-2", "--values", "v.toml"), "v.toml: W2 is missing; wanted x, y, W1, b1, W2, b2"),
        (("2-1", "--values", "bad.toml"), "bad.toml: x[0]: wanted a number or a fraction"),
        (("2-2-2", "--stdout"), "--stdout wants one format, got 2"),
        (("2-2-2", "--lang", "xx"), "language 'xx' is unknown"),
        (("2-2-2", "--to", "latx"), "format 'latx' is unknown"),
    ],
)
def test_wrong_input_is_one_line(cli, tmp_path: Path, arguments: tuple[str, ...], complaint: str) -> None:
    """Whatever is wrong is said in one line, with status 2, and no file is left."""
    for name, text in (("v.toml", VALUES), ("v.yaml", VALUES), ("bad.toml", VALUES.replace("[1,", '["a",'))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = cli("example", *arguments)
    assert 2 == done.status
    assert complaint in done.complaint
    assert not [name for name in done.files if name.startswith("output")]


def test_failed_check_is_status_1(cli, monkeypatch) -> None:
    """Numbers that differ from those of a witness are written, with the verdict, and the status says so."""
    row = CheckRow("hand-written NumPy", 0.5, 1e-12)
    monkeypatch.setattr(worked, "example_checks", lambda network, stages: (row,))
    done = cli("example", "--to", "markdown")
    assert 1 == done.status
    assert "Compared with hand-written NumPy: error 5.0e-01, allowed 1e-12, FAILED." in done.out


def test_witnesses_see_a_wrong_derivative() -> None:
    """A gradient with one entry changed is far from both witnesses."""
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.calculus.numbers import descend
    from symbackprop.network.model import mlp
    from symbackprop.network.values import pleasant_values

    network = mlp("2-2-2", ["tanh", "softmax"], "cross_entropy")
    (stage,) = descend(derive(network), pleasant_values(network, 3).given, Fraction(1), 0)
    assert all(row.ok for row in witnessing.example_checks(network, (stage,)))
    (sample,) = stage.samples
    letter = min(sample.gradient, key=str)
    sample = replace(sample, gradient={**sample.gradient, letter: sample.gradient[letter] + 0.001})
    wrong = replace(stage, samples=(sample,))
    assert [False, False] == [row.ok for row in witnessing.example_checks(network, (wrong,))]


@pytest.mark.parametrize("bias", ["-0.3", "0"])
def test_witnesses_agree_where_the_sample_sits_on_a_kink(bias: str) -> None:
    """At relu(0) the slope of the text is no mean of both sides; 0.1 + 0.2 - 0.3 is 0, though not in floats."""
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.calculus.numbers import descend
    from symbackprop.network.model import mlp

    network = mlp("2-1-1", ["relu", "identity"], "mae")
    given = {"x_1": "1", "x_2": "2", "y_1": "0.5", "w_1_1_1": "0.1", "w_1_1_2": "0.1", "b_1_1": bias}
    given |= {"w_2_1_1": "2", "b_2_1": "0.5" if bias != "0" else "-0.1"}  # the cost is at its own kink, too
    sample = {name: Fraction(value) for name, value in given.items()}
    rows = witnessing.example_checks(network, descend(derive(network), [sample], Fraction(1), 0))
    assert "central differences" in [row.what for row in rows]
    assert all(row.ok for row in rows)


@pytest.mark.parametrize(
    ("activation", "z", "target"),
    [("tanh(z)+1", -1000, 0), ("sigmoid", 40, 1), ("exp(z)", 1000, 0), ("softplus", -300, 0), ("sin(z)", 100000, 1)],
)
def test_witness_has_the_digits_far_out(activation: str, z: int, target: int) -> None:
    """Where floats give e^1000, 0/0 or 0 for 1e-34, or too few digits, differences are taken with many more."""
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.calculus.numbers import descend
    from symbackprop.network.model import mlp

    network = mlp("1-1", activation)
    given = {name: Fraction(value) for name, value in (("x_1", 1), ("y_1", target), ("w_1_1_1", 1), ("b_1_1", z - 1))}
    (stage,) = descend(derive(network), [given], Fraction(1), 0)
    rows = witnessing.example_checks(network, (stage,))
    assert ("central differences, 1050 digits", True) == (rows[-1].what, all(row.ok for row in rows))
    (sample,) = stage.samples
    wrong = {letter: slope * (1 + Fraction(1, 10**6)) for letter, slope in sample.gradient.items()}
    stage = replace(stage, samples=(replace(sample, gradient=wrong),))
    assert not any(row.ok for row in witnessing.example_checks(network, (stage,)))


def test_activation_without_a_witness_by_hand_has_the_other_one() -> None:
    """A formula of the user's is checked by differences of the cost alone."""
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.calculus.numbers import descend
    from symbackprop.network.model import mlp
    from symbackprop.network.values import pleasant_values

    network = mlp("2-2", "z/(1+exp(-z))", "(a-y)**4")
    stages = descend(derive(network), pleasant_values(network, 3).given, Fraction(1), 0)
    assert ["central differences"] == [row.what for row in witnessing.example_checks(network, stages)]


def test_target_that_the_cost_does_not_take_is_refused(cli, tmp_path: Path) -> None:
    """The logarithm of a negative target is no number, whatever complex arithmetic makes of it."""
    text = Path(symbackprop.network.__file__).with_name("example.toml").read_text(encoding="utf-8")
    (tmp_path / "values.toml").write_text(text.replace("y = [0.01, 0.99]", "y = [-1, 2]"), encoding="utf-8")
    done = cli("example", "--values", "values.toml", "-c", "poisson")
    assert "y[0, 0] is -1, poisson wants y >= 0" in done.complaint
    assert (2, ("values.toml",)) == (done.status, done.files)


def test_numbers_that_were_edited_where_they_lie_are_worked_through(cli, tmp_path: Path) -> None:
    """A values.toml that is read never blocks its own run: the document follows it, and it stays as it was written."""
    cli("example", "--to", "markdown")
    values = tmp_path / "output/2-2-2-example/values.toml"
    mine = "# mine\n" + values.read_text(encoding="utf-8").replace("x = [0.05, 0.1]", "x = [0.125, 0.1]")
    values.write_text(mine, encoding="utf-8")
    done = cli("example", "--to", "markdown", "--values", str(values))
    assert (0, "") == (done.status, done.err)
    assert "0.125" in (values.parent / "derivation.md").read_text(encoding="utf-8")
    assert mine == values.read_text(encoding="utf-8")
    assert "was changed since" in cli("example", "--to", "markdown").complaint


@pytest.mark.combinations
@pytest.mark.parametrize(
    ("network", "options", "cost"),
    [
        ("2-2-2", ("--no-bias", "--convention", "bishop"), "error function"),
        ("rnn", (), "cost"),
        ("2-2-2", ("--l2", "0.01"), "cost"),
        ("3 -> dense(2) tanh -> layer_norm -> dense(1)", ("--l2", "0.01"), "cost"),
    ],
)
def test_program_is_worked_through(cli, network: str, options: tuple[str, ...], cost: str) -> None:
    """Other layers and equations go forward and back with numbers that are drawn, and take one step down."""
    done = cli("example", network, *options, "--to", "markdown", "-o", "out")
    assert (0, "") == (done.status, done.err)
    (costs,) = (line for line in done.out.splitlines() if line.startswith(f"The {cost}, at first and after each"))
    before, after = map(float, costs.split()[-2:])
    assert after < before
    assert 2 == sum(line.startswith("Compared") and line.endswith("passed.") for line in done.out.splitlines())
    assert ["out/derivation.md"] == [each for each in done.files if each.endswith(".md")]


def test_condition_is_not_broken_at_its_sign(cli) -> None:
    """A line that is too long is parted at its own signs, none of which is that of a condition in it."""
    lines = cli("example", "4 -> embedding(5, 2) -> flatten -> dense(2)", "-o", "out").out.splitlines()
    parts = [line for line in lines if "{" in line]
    assert parts
    assert all(line.count("{") == line.count("}") for line in parts), parts


@pytest.mark.combinations
@pytest.mark.parametrize(("convention", "share"), [("nielsen", 0.5), ("bishop", 1.0)])
def test_batch_of_a_program_is_worked_through(cli, tmp_path: Path, convention: str, share: float) -> None:
    """With a row for each sample the cost is the mean of those of the samples, or their sum, as computed by hand."""
    x, y = [[[0.5], [0.2]], [[1], [-1]]], [[[0.1], [1]], [[0], [1]]]
    lines = {"x": x, "h0": [[0], [0]], "y": y, "Wx": [[0.5]], "Wh": [[0.3]], "b": [0.1], "Wy": [[1]]}
    (tmp_path / "v.toml").write_text("".join(f"{name} = {array}\n" for name, array in lines.items()), encoding="utf-8")
    arguments = ("--digits", "12", "--convention", convention, "--to", "markdown", "-o", "out")
    done = cli("example", "rnn", "--values", "v.toml", *arguments)
    assert (0, "") == (done.status, done.err)
    cost, h = 0.0, np.zeros(2)
    for t in range(2):
        h = np.tanh(0.5 * np.array(x)[:, t, 0] + 0.3 * h + 0.1)
        cost += ((h - np.array(y)[:, t, 0]) ** 2).sum() / 2
    (costs,) = (line for line in done.out.splitlines() if "at first and after each step: " in line)
    assert share * cost == pytest.approx(float(costs.split(": ")[1].split()[0]), rel=1e-11)  # 12 digits are shown
    page = (tmp_path / "out/derivation.md").read_text(encoding="utf-8")
    assert ("each sample is a row" in page, "E_{n}" in page, "too many to be followed" in page) == (True, False, False)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("attention", "--steps", "1"), "example --steps 1: attention has no cost C to descend; leave --steps out"),
        (
            ("rnn", "--values", "v.toml"),
            "v.toml: key 'W1' is unknown; known: x, h0, Wx, Wh, b, Wy, y, ",
        ),
        (("--equations", "input x[999]\ny[i] = x[i]^2"), "has 1,998 numbers; at most 600; take smaller sizes"),
    ],
)
def test_program_without_numbers_is_refused(cli, tmp_path: Path, arguments: tuple[str, ...], complaint: str) -> None:
    """A block has nothing to descend, a file has the arrays of its program, and sizes in digits stay as large."""
    (tmp_path / "v.toml").write_text(VALUES, encoding="utf-8")
    done = cli("example", *arguments)
    assert (2, True) == (done.status, complaint in done.complaint)


def test_numbers_of_a_program_come_from_a_file(cli, tmp_path: Path) -> None:
    """What a run writes is read back to the same example; sizes that are letters are those of the arrays."""
    first = cli("example", "rnn", "--to", "markdown", "-o", "drawn")
    written = (tmp_path / "drawn/values.toml").read_text(encoding="utf-8")
    again = cli("example", "rnn", "--values", "drawn/values.toml", "--to", "markdown", "-o", "read")
    assert (0, "") == (again.status, again.err)
    told = [(tmp_path / name / "derivation.md").read_text(encoding="utf-8") for name in ("drawn", "read")]
    assert told[0] == told[1]
    assert written == (tmp_path / "read/values.toml").read_text(encoding="utf-8")
    assert [] == [line for line in first.out.splitlines() if line.endswith("FAILED.")]


def test_state_that_is_an_output_has_no_numbers_in_a_file(cli, tmp_path: Path) -> None:
    """What comes back to the states comes from outside, they themselves do not: the file has h's derivatives alone."""
    (tmp_path / "rnn.eq").write_text(
        "input x[T]\nh[0] = 0\nh[t] = tanh(h[t - 1] + x[t])\nsizes T = 2\n", encoding="utf-8"
    )
    done = cli("example", "rnn.eq", "--to", "markdown", "-o", "drawn")
    assert (0, "") == (done.status, done.err)
    written = (tmp_path / "drawn/values.toml").read_text(encoding="utf-8")
    assert ["x", "d_h", "learning_rate"] == [*tomllib.loads(written)]
    assert 0 == cli("example", "rnn.eq", "--values", "drawn/values.toml", "--to", "markdown", "-o", "read").status


ATTENTION = "q = [[1, 0]]\nk = [[1, 2]]\nv = [[3, 0.5]]\nd_o = [[2, -1]]"  # one row: all attention is on it


def test_upstream_of_a_block_and_its_sizes_come_from_a_file(cli, tmp_path: Path) -> None:
    """With one key its value is the output, and what comes back to it is what comes from outside; nothing to q."""
    (tmp_path / "v.toml").write_text(ATTENTION, encoding="utf-8")
    done = cli("example", "attention", "--values", "v.toml", "--to", "markdown")
    assert (0, "") == (done.status, done.err)
    for each in ("o₁₁ = p₁₁ v₁₁ = 1 · 3 = 3", "∂C/∂o₁₁ · p₁₁ = 2 · 1 = 2", "1/√2 · 0 · 1 = 0"):
        assert each in " ".join(done.out.split())


@pytest.mark.combinations
@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("d_o = [[2, -1]]", "", "v.toml: d_o is missing; wanted q, k, v, d_o"),
        ("k = [[1, 2]]", "k = [[1, 2], [3, 4]]", "v.toml: k: got the shape 2 x 2, wanted the shape T x D = 1 x 2"),
        ("k = [[1, 2]]", "k = [[1, 2], [3]]", "v.toml: k: its rows are not of one length"),
        (
            "k = [[1, 2]]",
            "k = [1, 2]",
            "k: got one list of numbers, wanted a list of rows; for one try k = [[1, 2]]",
        ),
        ("k = [[1, 2]]", "k = []", "v.toml: k: wanted a list of rows, got an empty list; try k = [[0.1, 0.2]]"),
        ("k = [[1, 2]]", 'k = [["a", 2]]', "v.toml: k[0][0]: wanted a number or a fraction such as"),
        ("d_o", "D_o", "v.toml: key 'D_o' is unknown; did you mean 'd_o'? known: q, k, v, d_o, learning_rate"),
        ("d_o", "learning_rate = -1\nd_o", "v.toml: learning_rate: wanted a positive number, got -1"),
    ],
)
def test_wrong_numbers_of_a_program_are_named(cli, tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """What is missing, of another shape, no number: one line, with the file and the array."""
    (tmp_path / "v.toml").write_text(ATTENTION.replace(old, new), encoding="utf-8")
    done = cli("example", "attention", "--values", "v.toml")
    assert (2, True) == (done.status, complaint in done.complaint)
    assert done.complaint != cli("example", "attention", "--values", "v.toml", "--lang", "es").complaint


def test_program_whose_numbers_sit_on_a_kink_is_right(cli, tmp_path: Path) -> None:
    """0.2·0.1 - 0.5·0.4 + 0.9·0.2 is 0 exactly, where relu has the slope 0, and an array e is no base of powers."""
    (tmp_path / "v.toml").write_text("x = [0.1, -0.4, 0.2]\nw = [0.2, 0.5, 0.9]", encoding="utf-8")
    lines = "input x[N]\nparameter w[N]\nsizes N = 3\ne = sum[i](w[i]*x[i])\nC = relu(e) + exp(e)/2 + e^2*exp(x[1])"
    done = cli("example", "--equations", lines, "--values", "v.toml")
    assert "= ½ · exp(0) + ReLU(0) + 0² · e^(0.1)" in done.out
    assert "Compared with dual numbers, 50 digits: error 0.0e+00, allowed 1e-11, passed." in done.out
    assert (0, False) == (done.status, "difference quotients" in done.out)


@pytest.mark.parametrize(("fault", "status"), [(0, 0), (1, 1)])
def test_difference_beside_a_kink_is_still_told(
    cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: int, status: int
) -> None:
    """Entries on a kink are left out where both sides of it show that it is one, never for what their difference is."""
    right = program_verification.difference
    monkeypatch.setattr(program_verification, "difference", lambda *args, **said: right(*args, **said) + fault)
    (tmp_path / "v.toml").write_text("u = 0\nw = [0.2, 0.5]", encoding="utf-8")
    lines = "parameter u, w[N]\nsizes N = 2\nC = relu(u) + sum[i](w[i]^2)"
    done = cli("example", "--equations", lines, "--values", "v.toml")
    assert (status, True) == (done.status, "difference quotients" in done.out + done.err)


def test_linear_cost_has_numbers(cli) -> None:
    """Where nothing stands between an input and the cost, there is no error on the way back, and no line of one."""
    done = cli("example", "--equations", "input x[N]\nC = sum[i](x[i])", "-o", "out")
    assert (0, "") == (done.status, done.err)

"""`symbackprop train`: two trainings that end alike, what is shown of them, and data that do not fit."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from symbackprop.numerics import comparison
from symbackprop.numerics.comparison import side_by_side
from symbackprop.numerics.training import descend

TABLE = "a,b,c,d\n" + "\n".join(f"{n / 10},{n % 3},{n % 2},{n % 5 / 5}" for n in range(12))
SHORT = ("--epochs", "4")


@pytest.fixture
def table() -> str:
    """Write twelve samples of two inputs and two outputs, and return the name of their file."""
    Path("table.csv").write_text(TABLE, encoding="utf-8")
    return "table.csv"


def test_without_arguments_exclusive_or_is_learned(cli) -> None:
    """`symbackprop train` ends with every sample known, both trainings alike, and a plot of both."""
    done = cli("train")
    assert (0, "") == (done.status, done.err)
    assert "output/2-3-1/training.svg" in done.files
    lines = [line.split() for line in done.out.splitlines()]
    assert ["accuracy", "100.0%", "100.0%"] in lines
    (costs,) = [line[1:] for line in lines if line[:1] == ["8,000"]]
    assert [True, True] == [float(cost) < 0.01 for cost in costs]
    assert "(1e-12 allowed): passed." in " ".join(done.out.split())


def test_course_is_shown_in_few_lines(cli, golden) -> None:
    """The table has the first epoch, the last, and some between them."""
    done = cli("train", "--epochs", "1000", "--seed", "3")
    lines = done.out.splitlines()
    (verdict,) = [number for number, line in enumerate(lines) if line.startswith("Largest difference")]
    golden("terminal/train.txt", "\n".join([*lines[:verdict], lines[-1], ""]))  # what rounding left differs


def test_plot_has_both_curves(cli, tmp_path: Path) -> None:
    """The plot is an SVG whose two curves are named, with the data in its title."""
    cli("train", *SHORT)
    text = (tmp_path / "output/2-3-1/training.svg").read_text(encoding="utf-8")
    words = [element.text for element in ET.fromstring(text).iter("{http://www.w3.org/2000/svg}text")]
    assert {"Training 2-3-1 on xor", "compiled gradient", "NumPy by hand", "cost (quadratic)"} <= set(words)


def test_formula_is_trained_alone(cli, tmp_path: Path) -> None:
    """Where the trainer by hand does not know the activation, that is said, and one curve is drawn."""
    done = cli("train", "-a", "z^3/9,sigmoid", *SHORT)
    assert 0 == done.status
    assert "does not know this activation or cost: it made the same steps with" in " ".join(done.out.split())
    assert "NumPy by hand" not in next(tmp_path.glob("output/2-3-1-z-3-9-sigmoid-*/training.svg")).read_text(
        encoding="utf-8"
    )


def test_trainings_that_differ_exit_with_1(cli, monkeypatch) -> None:
    """A gradient that is wrong by a millionth ends with status 1 and the word FAILED."""

    def wrongly(gradient, data, course, **options):
        right = gradient._run

        def wrong(*arguments):
            cost, grads = right(*arguments)
            return cost, grads | {"W1": grads["W1"] * (1 + 1e-6)}

        gradient._run = wrong
        return side_by_side(gradient, data, course, **options)

    monkeypatch.setattr(comparison, "side_by_side", wrongly)
    done = cli("train", *SHORT)
    assert (1, "") == (done.status, done.err)
    assert "(1e-12 allowed): FAILED." in " ".join(done.out.split())


def test_trainer_that_climbs_exits_with_1(cli, plant) -> None:
    """Steps in the wrong direction are no chaos."""
    plant(descend, "-= kept", "+= kept")
    done = cli("train", *SHORT)
    assert 1 == done.status
    assert "FAILED" in done.out
    assert "chaotic" not in done.out


def test_refusal_is_told_alone(cli) -> None:
    """A target that the cost is not defined for is one line: the error, without the warning about the same pair."""
    done = cli("train", "2-2-1", "-c", "hinge", *SHORT)
    assert 2 == done.status
    assert "symbackprop: y[0, 0] is 0, hinge wants y = -1 or y = 1; turn 0 and 1 into 2*y - 1\n" == done.err


def test_pair_that_cannot_learn_is_no_silent_half(cli) -> None:
    """One output with the cost of several classes says so before its training, in one line."""
    done = cli("train", "2-2-1", "-c", "cross_entropy", *SHORT)
    assert 0 == done.status
    assert 1 == done.err.count("\n")
    assert "warning: cost cross_entropy wants one output per class" in done.err
    assert "binary_cross_entropy" in done.err


def test_chaos_is_explained(cli) -> None:
    """Where rounding has grown, the single steps decide, and the reader learns why."""
    done = cli("train", "-a", "softplus", "--epochs", "2500")
    words = " ".join(done.out.split())
    assert 0 == done.status
    assert "(1e-12 allowed): passed." in words
    assert "with this learning rate descent is chaotic" in words


def test_table_of_the_users(cli, table: str) -> None:
    """A CSV file has as many targets as the network gives; without a network, one, and a network that fits."""
    given = cli("train", "2-3-2", "--data", table, *SHORT)
    made = cli("train", "--data", table, *SHORT)
    said = cli("train", "--data", table, "--outputs", "2", *SHORT)
    assert [0, 0, 0] == [given.status, made.status, said.status]
    titles = ["Training 2-3-2 on table.csv", "Training 3-32-1 on table.csv", "Training 2-32-2 on table.csv"]
    assert titles == [done.out.splitlines()[0] for done in (given, made, said)]


def test_iris_as_it_is_published(cli) -> None:
    """The table of Fisher's irises, header and names included, is trained by one command, 30 rows held out."""
    Path("iris.csv").write_bytes((Path(__file__).parents[1] / "iris.csv").read_bytes())
    iris = ("4-8-3", "-a", "tanh,softmax", "-c", "cross_entropy", "--data", "iris.csv", "--learning-rate", "0.05")
    done = cli("train", *iris, "--epochs", "100", "--save", "learned.npz")
    words = " ".join(done.out.split())
    assert (0, "") == (done.status, done.err)
    assert "120 samples and 30 held out" in words
    assert "Label 'species': 3 classes, an output for each in this order: setosa, versicolor, virginica." in words
    (held,) = [line.split()[-1] for line in done.out.splitlines() if line.startswith("accuracy, held out")]
    assert 90 <= float(held.rstrip("%"))
    assert "kept in learned.npz" in words
    again = cli("train", *iris, "--epochs", "1", "--params", "learned.npz", "--holdout", "0")
    assert "150 samples ·" in " ".join(again.out.split())
    first = [line.split() for line in again.out.splitlines() if line.split()[:1] == ["1"]]
    assert 0.2 > float(first[0][1])  # the mean cost of three equally likely classes is 1.1


def test_pixels_and_a_digit(cli) -> None:
    """A table with the layout of MNIST's, 784 pixels from 0 to 255 and then the digit, has one label of its own."""
    rng = np.random.default_rng(0)
    digits = rng.permutation(np.arange(120) % 10)
    strokes = rng.integers(0, 256, (10, 784)) * (rng.random((10, 784)) < 0.2)
    rows = np.hstack([np.clip(strokes[digits] + rng.integers(0, 40, (120, 784)), 0, 255), digits[:, None]])
    np.savetxt("mnist.csv", rows, fmt="%d", delimiter=",")
    wanted = ("784-30-10", "-a", "relu,softmax", "-c", "cross_entropy", "--data", "mnist.csv")
    done = cli("train", *wanted, "--learning-rate", "1e-4", "--epochs", "5")
    words = " ".join(done.out.split())
    assert 0 == done.status
    assert "Label column 785: 10 classes, an output for each in this order: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9." in words
    assert "Inputs reach 255" in words
    (held,) = [line.split()[-1] for line in done.out.splitlines() if line.startswith("accuracy, held out")]
    assert "100.0%" == held


def test_regression_shows_no_accuracy(cli, table: str) -> None:
    """The mean squared error of numbers says nothing about classes."""
    done = cli("train", "3-4-1", "-a", "tanh,identity", "-c", "mse", "--data", table, "--learning-rate", "0.05", *SHORT)
    assert 0 == done.status
    assert "accuracy" not in done.out


def test_arrays_of_the_users(cli) -> None:
    """An NPZ file says by itself what is input and what is target."""
    np.savez("arrays.npz", x=np.linspace(0, 1, 15).reshape(5, 3), y=np.eye(2)[[0, 1, 0, 1, 1]])
    done = cli("train", "3-4-2", "-a", "tanh,softmax", "-c", "cross_entropy", "--data", "arrays.npz", *SHORT)
    assert 0 == done.status
    assert "5 samples" in done.out
    np.savez("flat.npz", x=np.linspace(0, 1, 15).reshape(5, 3), y=np.array([0, 1, 2, 1, 1]))
    done = cli("train", "3-4-1", "-a", "tanh,identity", "--data", "flat.npz", *SHORT)
    assert (0, "") == (done.status, done.err)
    done = cli("train", "3-4-3", "-a", "tanh,softmax", "-c", "cross_entropy", "--data", "flat.npz", *SHORT)
    assert done.complaint.endswith("3-4-3 has 3 and 3; for class numbers, try y = np.eye(3)[y]")


def test_name_that_cannot_be_shown_is_spelt(cli, tmp_path: Path) -> None:
    """A file whose name holds what a picture cannot show is trained on all the same."""
    (tmp_path / "bell\a.csv").write_text(TABLE, encoding="utf-8")
    done = cli("train", "2-3-2", "--data", "bell\a.csv", *SHORT)
    assert 0 == done.status
    ET.parse(tmp_path / "output/2-3-2/training.svg")


def test_seed_of_the_file_is_taken(cli) -> None:
    """A network file may say the seed; `--seed` is stronger."""
    Path("net.json").write_text('{"shape": "2-3-1", "seed": 5}', encoding="utf-8")
    assert "seed 5\n" in cli("train", "net.json", *SHORT).out
    assert "seed 6\n" in cli("train", "net.json", "--seed", "6", *SHORT).out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["3-2-1"], "data xor: 2 inputs and 1 output, but the network 3-2-1 has 3 and 1; try 2-2-1"),
        (["3-5-4-2"], "data xor: 2 inputs and 1 output, but the network 3-5-4-2 has 3 and 2; try 2-5-4-1"),
        (["3-1"], "data xor: 2 inputs and 1 output, but the network 3-1 has 3 and 1; try 2-1"),
        (["-a", "tanh", "-c", "hinge"], "y[0, 0] is 0, hinge wants y = -1 or y = 1; turn 0 and 1 into 2*y - 1"),
        (["--data", "xr"], "data 'xr' is unknown; did you mean 'xor'?"),
        (["--data", "none.csv"], "none.csv: no such file"),
        (["--data", "nan.csv"], "nan.csv line 1, column 2 is 'nan', wanted a finite number"),
        (["--data", "nan.npz"], "nan.npz is not an NPZ file"),
        (["--outputs", "2", "--data", "two.csv"], "two.csv has 2 columns, 2 of them y; x needs at least 1"),
        (["--learning-rate", "nan"], "learning_rate is nan, wanted a positive number"),
        (["--learning-rate", "-1"], "learning_rate is -1.0, wanted a positive number"),
        (["--learning-rate", "1e200", "-a", "identity"], "the cost became"),
        (
            ["--learning-rate", "1e200", "-a", "identity", "--batch-size", "1", "--l2", "1"],
            "1: the cost became nan; lower",
        ),
        (["3-2-2", "--l2", "1"], "data xor: 2 inputs and 1 output, but the network 3-2-2 has 3 and 2"),
        (["--label", "last"], "--label changes nothing of data 'xor'; it is for a table such as .csv, leave it out"),
        (["--data", "t.csv", "--outputs", "1", "--label", "last"], "--outputs changes nothing beside --label; leave"),
        (["3-2-3", "--data", "kinds.csv"], "1 input and 2 classes ('kind'), but the network 3-2-3 has 3 and 3; try"),
        (["30000-30000-1"], "30000-30000-1: its 900,060,001 parameters would be held 9 times, some 64.8 GB; at most"),
        (["--save", "trained"], "--save: got 'trained', wanted a name that ends in .npz; try trained.npz"),
        (["--params", "nan.npz"], "nan.npz is not an NPZ file; write it with numpy.savez(path, **params)"),
        (["--holdout", "nan"], "holdout is nan of 4 samples, wanted a share that leaves some on each side"),
        (["-o", __file__], "test_train.py: it is a file, not a folder; choose another one with -o"),
        (["--holdout", "0.01"], "holdout is 0.01 of 4 samples, wanted a share that leaves some on each side"),
        (["--epochs", "0"], "invalid value for '--epochs': 0 is not in the range x>=1"),
        (["--batch-size", "x"], "invalid value for '--batch-size': 'x' is not a valid integer"),
        (["--seed", "-1"], "invalid value for '--seed'"),
    ],
)
def test_wrong_input_is_answered_in_one_line(cli, arguments: list[str], complaint: str) -> None:
    """Wrong input ends with status 2, one line that says what is wrong, and no plot."""
    for name in ("nan.csv", "nan.npz"):
        Path(name).write_text("1,nan", encoding="utf-8")
    for name, text in (("kinds.csv", "a,kind\n1,u\n2,v\n"), ("two.csv", "1,2")):
        Path(name).write_text(text, encoding="utf-8")
    done = cli("train", *arguments)
    assert complaint in done.complaint
    assert (2, ("kinds.csv", "nan.csv", "nan.npz", "two.csv")) == (done.status, done.files)


def test_layers_are_trained(cli) -> None:
    """No trainer by hand knows them: slopes of the cost are measured instead, and parameters are kept."""
    line = "2 -> dense(3, bias=false) tanh -> layer_norm -> dense(1) sigmoid"
    done = cli("train", line, "--l2", "0.001", "--epochs", "20", "--save", "kept.npz")
    assert (0, "") == (done.status, done.err)
    words = " ".join(done.out.split())
    assert "Training 2 -> dense -> layer_norm -> dense on xor" == done.out.splitlines()[0]
    assert f"{line} · cost quadratic · 4 samples" in words
    assert "No trainer by hand knows these layers." in words
    assert "20 times: largest difference" in words
    assert "(1e-05 allowed): passed." in words
    assert any(name.startswith("output/2-") and name.endswith("/training.svg") for name in done.files)
    again = cli("train", line, "--params", "kept.npz", *SHORT)
    assert 0 == again.status
    wrong = cli("train", "2 -> dense(4, bias=false) -> dense(1)", "--params", "kept.npz")
    assert "kept.npz: params: 'G2' is no parameter of the network; it has W1, W2, b2" in wrong.complaint


def test_layers_that_do_not_fit_the_data(cli) -> None:
    """A sample is put into the shape that the network reads where it has as many numbers, and refused else."""
    done = cli("train", "1x2x2 -> flatten -> dense(1)")
    assert "data xor: 2 inputs and 1 output, but the network 1x2x2 -> flatten -> dense(1) has 4 and 1" in done.complaint
    done = cli("train", "rnn")
    assert "rnn is a program of equations, and this wants a network of layers, such as 2-3-1 or '4 ->" in done.complaint

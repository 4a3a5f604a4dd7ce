"""The numbers of a worked example: exact, of the right shapes, and refused with a reason where they are not."""

from __future__ import annotations

from fractions import Fraction
from importlib import resources

import pytest

from symbackprop.errors import BudgetError, ShapeError, SpecError, SymbackpropError
from symbackprop.network.model import Network, mlp
from symbackprop.network.values import check_size, pleasant_values, values_from_text

SHIPPED = resources.files("symbackprop.network").joinpath("example.toml").read_text(encoding="utf-8")
SMALL = "x = [1]\ny = [0]\nW1 = [[0.1]]\nb1 = [0]\n"


def test_numbers_are_taken_as_they_are_written() -> None:
    """0.15 is fifteen hundredths and "1/3" a third, in TOML as in JSON; what is not said has a default."""
    toml = values_from_text('x = [0.15, "1/3"]\ny = [-2]\nW1 = [[1e-3, 1_0.5]]\nb1 = [0]', kind="toml", where="v")
    json = values_from_text('{"x": [0.15, "1/3"], "y": [-2], "W1": [[1e-3, 10.5]], "b1": [0]}', kind="json", where="v")
    assert toml == json
    assert (Fraction(3, 20), Fraction(1, 3)) == toml.samples[0][0]
    assert ((Fraction(1, 1000), Fraction(21, 2)),) == toml.arrays["W1"]
    assert Fraction(1, 2) == toml.rate


def test_shipped_file_is_for_a_small_network() -> None:
    """The numbers that come with the package are those of the best known example on the web."""
    values = values_from_text(SHIPPED, kind="toml", where="example.toml")
    assert (2, 2, 2) == values.widths
    assert Fraction(9, 20) == values.given[0]["w_2_1_2"]
    assert Fraction(7, 20) == values.given[0]["b_1_2"]
    assert 16 == len(values.given[0])


@pytest.mark.parametrize("network", [mlp("2-2-2"), mlp("3-4-2", ["relu", "softmax"], "cross_entropy"), mlp("1-1")])
@pytest.mark.parametrize("seed", [0, 7])
def test_text_reads_back_as_the_same_numbers(network: Network, seed: int) -> None:
    """What a run writes down is what it used, and the same seed gives it again."""
    values = pleasant_values(network, seed)
    assert values == values_from_text(values.text, kind="toml", where="values.toml", network=network)
    assert values == pleasant_values(network, seed)
    assert network.widths == values.widths


def test_samples_read_back() -> None:
    """Several samples are a row for each, in x as in y; a single row is one sample."""
    text = 'x = [[0, "1/3"], [1, 2]]\ny = [[1], [-0.5]]\nW1 = [[1, 2]]\nb1 = [0]\n'
    values = values_from_text(text, kind="toml", where="v")
    assert ((1, 2), (Fraction(-1, 2),)) == values.samples[1]
    assert [Fraction(1, 3), Fraction(2)] == [given["x_2"] for given in values.given]
    assert values == values_from_text(values.text, kind="toml", where="v", network=mlp("2-1"))
    one = values_from_text(text.replace(", [1, 2]]", "]").replace(", [-0.5]]", "]"), kind="toml", where="v")
    assert 'x = [0, "1/3"]' in one.text


def test_fractions_without_an_end_read_back() -> None:
    """A third, a negative hundredth and a whole number keep their values through the text."""
    text = 'x = ["-1/3"]\ny = [-0.01]\nW1 = [[7]]\nb1 = [123.456]\nlearning_rate = "2/7"'
    values = values_from_text(text, kind="toml", where="v")
    assert values == values_from_text(values.text, kind="toml", where="v")


@pytest.mark.parametrize(
    ("activations", "cost", "wanted"),
    [
        (["relu", "softmax"], "cross_entropy", {0, 1}),
        ("sigmoid", "binary_cross_entropy", {0, 1}),
        ("tanh", "hinge", {-1, 1}),
    ],
)
def test_targets_are_what_the_cost_means(activations: object, cost: str, wanted: set[int]) -> None:
    """A class for a cost of classes, signs for the hinge; and one class of all after a softmax."""
    for seed in range(8):
        y = pleasant_values(
            mlp("3-3-3", activations if isinstance(activations, str) else ["relu", "softmax"], cost), seed
        ).samples[0][1]
        assert set(y) <= wanted
        assert cost != "cross_entropy" or sum(y) == 1


def test_weights_are_never_zero() -> None:
    """A weight of 0 would hide what its path does."""
    drawn = [
        value
        for seed in range(5)
        for name, value in pleasant_values(mlp("3-3-3"), seed).given[0].items()
        if name[0] == "w"
    ]
    assert all(drawn)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [1]", r"^v: W1 is missing; try W1"),
        (SMALL.replace("b1 = [0]\n", ""), r"^v: b1 is missing; wanted x, y, W1, b1$"),
        (SMALL + "W3 = [[1]]", r"^v: W2 is missing"),
        (SMALL + "learn_rate = 1", r"^v: key 'learn_rate' is unknown; did you mean 'learning_rate'\? known: x, y"),
        (SMALL.replace("[1]", "1"), r"^v: x: wanted a list of numbers, got a whole number; try"),
        (
            SMALL.replace("[[0.1]]", "[0.1]"),
            r"^v: W1: got one list of numbers, wanted a list of rows; for one try W1 = \[\[0.1\]\]$",
        ),
        (SMALL.replace("[1]", '["a"]'), r"^v: x\[0\]: wanted a number or a fraction such as \"1/3\", got text 'a'"),
        (SMALL.replace("[1]", '["1/0"]'), r"^v: x\[0\]: wanted a number"),
        (SMALL.replace("[1]", "[true]"), r"^v: x\[0\]: wanted a number .* got true or false"),
        (SMALL.replace("[1]", "[nan]"), r"^v: number 'nan': wanted a finite decimal"),
        (SMALL.replace("[1]", "[inf]"), r"^v: number 'inf': wanted a finite decimal"),
        (SMALL.replace("[1]", "[1e400000000]"), r"^v: number '1e400000000': wanted a finite decimal"),
        (SMALL.replace("[1]", "[1e9]"), r"^v: x\[0\]: wanted 0, or a number between 1e-9 and 1e6"),
        (SMALL.replace("[1]", "[1e-12]"), r"^v: x\[0\]: wanted 0, or a number between 1e-9 and 1e6"),
        (SMALL + "learning_rate = -1", r"^v: learning_rate: wanted a positive number, got -1"),
        ("x = [", r"^v is not TOML: "),
        ("x = []" + SMALL[7:], r"^v: x: wanted a list of numbers, got an empty list; try x = \[0\.1, 0\.2\]$"),
    ],
)
def test_wrong_file_says_what_is_wrong(text: str, message: str) -> None:
    """A file is refused in one line, with the key, what it holds and what was wanted."""
    with pytest.raises(SpecError, match=message) as caught:
        values_from_text(text, kind="toml", where="v")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "network", "message"),
    [
        (SMALL.replace("[1]", "[1, 2]"), None, r"^v: x: got the shape 2, wanted the shape 1$"),
        (SMALL.replace("y = [0]", "y = [0, 1]"), None, r"^v: y: got the shape 2, wanted the shape 1$"),
        (SMALL.replace("[[0.1]]", "[[0.1], [1]]"), None, r"^v: y: got the shape 1, wanted the shape 2$"),
        (SMALL, mlp("2-1"), r"^v: x: got the shape 1, wanted the shape 2$"),
    ],
)
def test_shapes_that_disagree_are_named(text: str, network: Network | None, message: str) -> None:
    """An array that is too short or too long is named, with the network that asks for it."""
    with pytest.raises(ShapeError, match=message):
        values_from_text(text, kind="toml", where="v", network=network)


def test_layer_that_is_not_there_is_refused() -> None:
    """Weights of a layer that the network does not have are no mistake to be passed over."""
    with pytest.raises(SpecError, match=r"^v: key 'W2' is unknown; .*known: x, y, W1, b1, learning_rate$"):
        values_from_text(SMALL + "W2 = [[1]]\nb2 = [1]", kind="toml", where="v", network=mlp("1-1"))


def test_many_samples_of_many_derivatives_are_refused() -> None:
    """Ten samples of a small network are worked through, of a large one nobody would read them."""
    check_size(mlp("2-2-1"), 10)
    with pytest.raises(
        BudgetError, match=r"5 samples in 3-6-5 has 295 derivatives to be printed; at most 240; give fewer"
    ):
        check_size(mlp("3-6-5"), 5)


@pytest.mark.parametrize("shape", ["784-30-10", "7-2", "4-4-4-4-4", "1-1-1-1-1-1-1"])
def test_large_networks_are_refused(shape: str) -> None:
    """Nobody reads a thousand derivatives one by one."""
    with pytest.raises(BudgetError, match=rf"a worked example of {shape} has .* take a smaller network, such as 3-4-2"):
        check_size(mlp(shape))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x = [1,0, 0,5]", r"^v: x: got the shape 4, wanted the shape 2; decimals have a point, 0.5$"),
        ("y = 1", r"^v: y: wanted a list of numbers, got a whole number; try y = \[1\]$"),
        ("b1 = 0.35", r"^v: b1: wanted a list of numbers, got a number; try b1 = \[0.35\]$"),
        ("x = [[1, 2], [3, 4]]", r"^v: y: got one list of numbers, wanted a list of rows; for one try y = \[\[0\]\]$"),
        ("x = [[1, 2], [3]]\ny = [[0], [1]]", r"^v: x: its rows are not of one length$"),
        (
            "x = [[1, 2], 3]\ny = [[0], [1]]",
            r"^v: x\[1\]: wanted a list of numbers, got a whole number; try x = \[\[3\]\]$",
        ),
        ("x = [[1, 2], [3, 4]]\ny = [[0]]", r"^v: y: got the shape 1 x 1, wanted the shape m x 1 = 2 x 1$"),
        (
            f"x = {[[1, 2]] * 11}\ny = {[[0]] * 11}",
            r"^v: x: got 11 samples; at most 10 are worked through with numbers$",
        ),
    ],
)
def test_message_is_about_what_was_typed(line: str, message: str) -> None:
    """A comma for a point, a number for a list and a sample that lacks something are told as such."""
    right = {"x": "[1, 2]", "y": "[0]", "W1": "[[0.1, 0.2]]", "b1": "[0.5]"}
    typed = dict(each.split(" = ") for each in line.splitlines())
    text = "\n".join(f"{key} = {value}" for key, value in {**right, **typed}.items())
    with pytest.raises(SymbackpropError, match=message):
        values_from_text(text, kind="toml", where="v")

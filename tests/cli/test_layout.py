"""How arguments are read and lines are laid out: the small functions of the command line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from symbackprop.cli.equations import spans
from symbackprop.cli.letters import symbols_of
from symbackprop.cli.request import LARGEST_SEED, top_level_parts
from symbackprop.cli.screen import hanging, in_columns
from symbackprop.cli.sheet import SIGNS, broken
from symbackprop.cli.speech import counted
from symbackprop.cli.writing import listed
from symbackprop.exposition.symbols import LETTERS
from symbackprop.network import composition, spec


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("relu", ("relu",)),
        ("relu,softmax", ("relu", "softmax")),
        (" relu , softmax ", ("relu", "softmax")),
        ("max(0, z)", ("max(0, z)",)),
        ("max(0, min(z, 1)), sigmoid", ("max(0, min(z, 1))", "sigmoid")),
        ("relu,", ("relu", "")),
        ("", ("",)),
        ("),(", (")", "(")),
    ],
)
def test_only_commas_outside_parentheses_separate(text: str, expected: tuple[str, ...]) -> None:
    """A formula keeps its own commas."""
    assert expected == top_level_parts(text)


def test_constants_are_those_of_the_network_wing() -> None:
    """What is written again, because nothing heavy may be imported for --help, is the same as where it comes from."""
    from symbackprop.cli.commands.derive import BUDGET

    assert spec.LARGEST_SEED == LARGEST_SEED
    assert composition.DEFAULT_BUDGET == BUDGET


def test_letters_are_renamed() -> None:
    """Pairs come one by one or together, and weights have a short form."""
    assert {"delta": "e", "a": "h", "w": "theta"} == symbols_of(("delta=e, a = h",), "theta")
    assert {"a": "z", "z": "a"} == symbols_of(("a=z", "z=a"), None)
    assert {} == symbols_of((), None)


def test_letters_differ_to_begin_with() -> None:
    """No two letters of the derivation look alike before any is renamed."""
    assert len(set(LETTERS)) == len(LETTERS)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([2], "layer 2"),
        ([1, 2], "layers 1-2"),
        ([1, 3], "layers 1, 3"),
        ([1, 2, 3, 5], "layers 1-3, 5"),
        ([1, 3, 5, 7, 9, 11], "layers 1, 3, …, 11"),
    ],
)
def test_layers_are_counted_as_people_do(numbers: list[int], expected: str) -> None:
    """Neighbours are joined, and of many runs the middle is left out."""
    assert expected == spans(numbers)


def test_files_are_listed_by_format() -> None:
    """A format has its main file in front, and of many files of a folder the first and the last are named."""
    files = {
        "svg": ["network.svg", "chain.svg", *(f"steps/{number:02}.svg" for number in range(1, 12))],
        "latex": ["a.tex", *(f"equations/BP{number}.tex" for number in (1, 2, 3, 4))],
    }
    expected = [
        "out/",
        "  svg    network.svg  chain.svg  steps/01.svg … 11.svg (11 files)",
        "  latex  a.tex  equations/BP1.tex … BP4.tex",
    ]
    assert expected == listed("out", files, 80)
    assert ["out/", "  svg  network.svg", "       chain.svg"] == listed("out/", {"svg": files["svg"][:2]}, 24)[:3]


def test_one_is_not_many() -> None:
    """A number agrees with its noun."""
    assert ("1 sample", "0 samples", "1,797 samples") == tuple(counted(n, "sample") for n in (1, 0, 1797))


def test_columns_have_straight_edges() -> None:
    """The right edge of a column is straight unless the left one is asked for; a single cell is a heading."""
    rows = [("name", "n"), ("a heading",), ("x", "1,000"), (), (Text("long one"), "2")]
    expected = ["name          n", "a heading", "x         1,000", "", "long one      2"]
    assert expected == [line.plain for line in in_columns(rows, left=(0,), gap=2)]
    assert "      name        n" == " " * 2 + in_columns(rows)[0].plain


def test_formula_breaks_before_its_signs() -> None:
    """A long formula goes on below what follows its first =, and no line ends with a sign."""
    expected = ["δ = aaaa bbbb", "    + cccc dddd", "    · eeee"]
    assert expected == broken("δ = aaaa bbbb + cccc dddd · eeee", 16)


@given(
    st.lists(st.sampled_from(["a", "bcd", "+", "−", "·", "=", "Σᵢ", "(efghij", "z⁽ˡ⁾ⱼ)"]), min_size=1, max_size=30),
    st.integers(min_value=20, max_value=60),
)
def test_breaking_loses_nothing(words: list[str], room: int) -> None:
    """Whatever is broken, the words are the same in the same order, and no line but the last ends with a sign."""
    formula = " ".join(words)
    lines = broken(formula, room)
    assert formula.split() == " ".join(lines).split()
    assert all(line.split()[-1] not in SIGNS for line in lines[:-1])


def test_paragraph_hangs() -> None:
    """A paragraph keeps its words whole and its margin straight."""
    assert "(1) one two\n    three" == hanging("one two three", 12, first="(1) ", rest="    ")

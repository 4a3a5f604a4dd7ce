"""Letters, words and colours that come from outside, and what is refused at that door."""

from __future__ import annotations

import pytest
from oneline import pretty
from sympy import Piecewise

from symbackprop.errors import SpecError
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.mathtext.style import GREEK
from symbackprop.network.functions import SIGMOID, Z
from symbackprop.network.notation import COST, LAYER, activation, error, index, scalar, target

A, D, Y, J = activation(LAYER), error(LAYER), target(), index("j")


@pytest.mark.parametrize(
    ("value", "expected", "shown"),
    [
        ("e", "e^{(l)}_{j}", "e⁽ˡ⁾ⱼ"),
        (r"\epsilon", r"\epsilon^{(l)}_{j}", "ε⁽ˡ⁾ⱼ"),
        ("epsilon", r"\epsilon^{(l)}_{j}", "ε⁽ˡ⁾ⱼ"),
        (r"\hat{y}", r"\hat{y}^{(l)}_{j}", "y\u0302⁽ˡ⁾ⱼ"),
        (r"\tilde{\delta}", r"\tilde{\delta}^{(l)}_{j}", "δ\u0303⁽ˡ⁾ⱼ"),
        (r"\mathbf{d}", r"\mathbf{d}^{(l)}_{j}", "d⁽ˡ⁾ⱼ"),
        ("err", r"\mathrm{err}^{(l)}_{j}", "err⁽ˡ⁾ⱼ"),
    ],
)
def test_letters_are_replaced(value: str, expected: str, shown: str) -> None:
    """A letter, a Greek letter, an accented one or a word takes the place of δ, in LaTeX and in the terminal."""
    symbols = {"delta": value}
    assert (expected, shown) == (latex(D[J], symbols=symbols), pretty(D[J], symbols=symbols))


def test_letters_of_scalars_and_functions_are_replaced() -> None:
    """The letter of a single number, and that of the general activation, can be replaced as well."""
    symbols = {"w": r"\theta", "sigma": r"\varphi", "x": "u"}
    things = (scalar("w", 1, 2, 1), SIGMOID(Z), activation(0)[J])
    expected = [r"\theta^{(1)}_{21}", r"\varphi{\left(z\right)}", "u_{j}"]
    assert expected == [latex(thing, symbols=symbols) for thing in things]
    assert (r"\mathcal{L}_{n}", "ℒₙ") == tuple(
        write(COST, symbols={"C": r"\mathcal{L}_n"}) for write in (latex, pretty)
    )


@pytest.mark.parametrize(
    "value", ["", r"\input", r"\input{x}", r"\hat{\input}", "a b", "a_1", "$", r"\hat{y}}", "é", r"\write18{x}", "%"]
)
def test_anything_but_a_letter_is_refused(value: str) -> None:
    """A symbol cannot bring a command of TeX into a formula."""
    with pytest.raises(SpecError, match=r"symbol for 'delta': got .*, wanted a letter"):
        latex(D[J], symbols={"delta": value})


def test_parts_are_coloured() -> None:
    """A subexpression gets its colour wherever it stands, parentheses included."""
    colours = {A[J] - Y[J]: "#B84F00", Y[J]: "#0072B2"}
    expected = (
        r"\textcolor{#B84F00}{a^{(l)}_{j} - \textcolor{#0072B2}{y_{j}}}",
        r"\textcolor{#0072B2}{y_{j}}\,a^{(l)}_{j}",
    )
    assert expected == (latex(A[J] - Y[J], colours=colours), latex(A[J] * Y[J], colours=colours))


@pytest.mark.parametrize("colour", ["red", "#B84F0", "#B84F00}{", "B84F00"])
def test_anything_but_a_colour_is_refused(colour: str) -> None:
    """A colour is # and six hexadecimal digits."""
    with pytest.raises(SpecError, match="wanted # and six hexadecimal digits"):
        latex(Y[J], colours={Y[J]: colour})


def test_words_are_translated_and_harmless() -> None:
    """The one word in a formula is that of the reader's language, and no command comes in by it."""
    cases = Piecewise((1, Z > 0), (0, True))
    assert latex(cases, words={"otherwise": "en otro caso"}).endswith(r"\text{en otro caso} \end{cases}")
    assert latex(cases, words={"otherwise": r"no\input{x}$"}).endswith(r"\text{noinputx} \end{cases}")
    assert latex(cases) == latex(cases, words={})


def test_every_greek_letter_has_its_character() -> None:
    """The table of Greek letters pairs each name with one character, ε alone twice."""
    assert {"ε"} == {character for character in GREEK.values() if list(GREEK.values()).count(character) > 1}
    assert ("δ", "λ", "Δ") == (GREEK["delta"], GREEK["lambda"], GREEK["Delta"])

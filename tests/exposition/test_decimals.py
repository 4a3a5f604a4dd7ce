"""Numbers are written with the signs of the reader's language, in every dialect of mathematics."""

from __future__ import annotations

import pytest
from oneline import pretty
from sympy import Integer, Rational, Symbol

from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.boxes import Fraction, Leaf
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.typst import typst_math
from symbackprop.exposition.narration import narrate

PERCENT, MANY = Rational(1, 100) * Symbol("a"), Integer(23520)


@pytest.mark.parametrize(
    ("code", "decimal", "written"),
    [
        ("en", "language", ("0.01 a", "23,520", r"0.01\,a", "23{,}520")),
        ("es", "language", ("0,01 a", "23\u202f520", r"0{,}01\,a", r"23\,520")),
        ("en", "comma", ("0,01 a", "23\u202f520", r"0{,}01\,a", r"23\,520")),
        ("es", "point", ("0.01 a", "23\u202f520", r"0.01\,a", r"23\,520")),
    ],
)
def test_signs_of_numbers_are_those_of_the_language(code: str, decimal: str, written: tuple[str, ...]) -> None:
    """A comma or a point before decimals, and what parts thousands, follow the language unless one is asked for."""
    signs = LANGUAGES[code].with_decimal(decimal).number_signs
    found = [write(value, words=signs) for write in (pretty, latex) for value in (PERCENT, MANY)]
    assert written == tuple(found)


def test_four_digits_and_indices_are_not_parted() -> None:
    """1797 stays together, and the index of neuron 10000 is a name, not an amount."""
    signs = LANGUAGES["en"].number_signs
    assert ["1797", "x₁₀₀₀₀"] == [pretty(value, words=signs) for value in (Integer(1797), Symbol("x_10000"))]


def test_number_with_a_comma_is_one_number_everywhere() -> None:
    """In MathML it is one element, in Typst one string; the comma between two indices stays one of its own."""
    assert ["0,01", "a"] == [part.text for part in tree(r"0{,}01\,a").iter() if part.tag in ("mn", "mi")]
    assert '"0,01"' in typst_math(Fraction(Leaf("0{,}01", "0,01", number=True), Leaf("a", "a")))
    assert ["10", "30"] == [part.text for part in tree(r"w_{10,30}").iter("mn")]


def test_amounts_in_words_and_in_formulas_are_written_alike(derived, lang: str) -> None:
    """The 23860 parameters and the 23520 weights of one document have the same sign between their thousands."""
    document = narrate(derived("digits"), lang=lang)
    thousands = document.words["thousands"]
    assert f"23{thousands}860" in "".join(str(part) for part in document.blocks[0].text if isinstance(part, str))
    assert f"23{thousands}520" == pretty(MANY, words=document.style.words)

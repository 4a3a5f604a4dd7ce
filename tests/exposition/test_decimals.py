"""Numbers are written with the signs of the reader's language, in every dialect of mathematics."""

from __future__ import annotations

import pytest
from oneline import pretty
from sympy import Integer, Piecewise, Rational, Symbol

from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.boxes import Fraction, Leaf, listed
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.mathtext.layout import lay_out
from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.mathtext.substitution import substituted
from symbackprop.exposition.mathtext.typst import typst_math
from symbackprop.exposition.narration import narrate
from symbackprop.network.extremes import Maximum

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


def test_numbers_with_commas_are_listed_with_semicolons() -> None:
    """max(z; 0,8) has two arguments, in each dialect and where numbers are put in; max(z, 1) keeps its comma."""
    z = Symbol("z")
    signs = LANGUAGES["es"].number_signs
    clipped = Maximum(z, Rational(4, 5))
    assert ("max(z; 0,8)", "max(z, 1)") == tuple(pretty(e, words=signs) for e in (clipped, Maximum(z, Integer(1))))
    cases = Piecewise((Rational(4, 5), z > 0), (z, True))
    assert ["{0,8: z > 0; z: otherwise}", "{0.8, z > 0; z, otherwise}"] == [pretty(cases, words=w) for w in (signs, {})]
    assert latex(clipped, words=signs).endswith(r"{\left(z; 0{,}8\right)}")
    box = lay_out(clipped, Style(words=signs))
    assert "semi" in typst_math(box)
    assert [";"] == [part.text for part in tree(latex(clipped, words=signs)).iter("mo") if part.text in (",", ";")]
    number = lay_out(Rational(1, 2), Style(words=signs))
    put_in = substituted(lay_out(Maximum(z, Integer(1)), Style(words=signs)), {lay_out(z, Style()): number})
    assert listed([number, lay_out(Integer(1), Style())]) == put_in.argument.inside


def test_amounts_in_words_and_in_formulas_are_written_alike(derived, lang: str) -> None:
    """The 23860 parameters and the 23520 weights of one document have the same sign between their thousands."""
    document = narrate(derived("digits"), lang=lang)
    thousands = document.words["thousands"]
    assert f"23{thousands}860" in "".join(str(part) for part in document.blocks[0].text if isinstance(part, str))
    assert f"23{thousands}520" == pretty(MANY, words=document.style.words)

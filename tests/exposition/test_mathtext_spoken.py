"""Formulas read aloud: in plain words of the language, with every part said, and no two formulas said alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from symbackprop.exposition.document import Display, Document, Formula, Prose, Steps, Table
from symbackprop.exposition.formulas import formula_box, formula_latex
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.boxes import Box, Fence, Fraction, Leaf, Product, Relation, Root, Scripts, Terms
from symbackprop.exposition.mathtext.spoken import SPOKEN, spoken

A, B, N = Leaf("a", "a"), Leaf("b", "b"), Leaf("n", "n")
PLUS = Terms((("+", A), ("-", B)))


def words(lang: str) -> dict[str, str]:
    """Return the words of a language for formulas."""
    return {name: LANGUAGES[lang].words(f"word.{name}") for name in SPOKEN}


def formulas(document: Document) -> Iterator[Formula]:
    """Yield the formulas of a document."""
    for block in document.blocks:
        match block:
            case Display(formula):
                yield formula
            case Steps(lines):
                yield from (Formula((line.right,)) for line in lines)
            case Prose(text):
                yield from (part for part in text if isinstance(part, Formula))
            case Table(rows=rows):
                yield from (part for row in rows for cell in row for part in cell if isinstance(part, Formula))


@pytest.mark.parametrize(
    ("box", "language", "expected"),
    [
        (Scripts(Leaf(r"\delta", "δ"), below=Leaf("j", "j")), "en", "delta sub j"),
        (Leaf("W", "W"), "en", "capital W"),
        (Leaf("W", "W"), "es", "W mayúscula"),
        (Leaf("E_n", "Eₙ"), "en", "capital E sub n"),
        (Leaf("E_n", "Eₙ"), "es", "E mayúscula sub n"),
        (Leaf(r"\Delta", "Δ"), "en", "capital delta"),
        (Leaf("-3", "−3", number=True), "en", "minus 3"),
        (Scripts(Leaf(r"\sigma", "σ"), primes=2), "en", "sigma prime prime"),
        (Scripts(A, above=Leaf("2", "2", number=True)), "en", "a squared"),
        (Scripts(A, above=PLUS), "en", "a to the power a minus b"),
        (Product((Scripts(A, above=PLUS), N)), "en", "a to the power a minus b, times n"),
        (Fraction(A, B), "en", "a over b"),
        (Fraction(PLUS, B), "en", "the fraction a minus b over b, end of fraction"),
        (Fraction(PLUS, B), "es", "la fracción a menos b sobre b, fin de la fracción"),
        (Root(PLUS), "en", "the square root of a minus b, end of root"),
        (Product((Fence(PLUS), N)), "en", "open parenthesis a minus b close parenthesis times n"),
        (Product((A, B), Leaf(r"\odot", "⊙")), "es", "a por, elemento a elemento, b"),
        (Relation((N, A), (Leaf(r"\bmod", "mod"),)), "es", "n módulo a"),
        (Relation((A, B, N), (Leaf(":=", ":="), Leaf(r"\approx", "≈"))), "en", "a is defined as b is about n"),
    ],
)
def test_box_is_said(box: Box, language: str, expected: str) -> None:
    """Each kind of box has its words, and what is long is said with its end."""
    assert expected == spoken(box, words(language))


def test_equation_is_said(told) -> None:
    """The error sent back one layer is a sentence, with the layers of its letters."""
    document = told("plain", "en")
    (equation,) = [b.formula for b in document.blocks if isinstance(b, Display) and b.name == "BP2"]
    assert (
        "delta sub j of layer l equals sigma prime of z sub j of layer l times the sum over i of w sub i j of layer "
        "l plus 1, times delta sub i of layer l plus 1"
    ) == spoken(formula_box(equation, document.style), document.words)


def test_every_formula_is_said_in_words(told, network: str, lang: str) -> None:
    """No sign is left that a voice might leave out, and formulas that differ are said differently."""
    document, heard = told(network, lang), {}
    for formula in formulas(document):
        text = spoken(formula_box(formula, document.style), document.words)
        assert re.fullmatch(r"[\w ,;:.…]+", text), text
        seen = formula_latex(replace(formula, roles=()), document.style)
        assert heard.setdefault(text, seen) == seen
    assert len(heard) > 40


def test_what_is_no_box_has_no_words() -> None:
    """A kind of box without words is named, and not left out."""
    with pytest.raises(TypeError, match="no words for the box Box"):
        spoken(Box(), words("en"))

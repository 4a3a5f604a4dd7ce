"""MathML: what letters, signs and structures become, where their limits and spaces are, and the LaTeX beside them."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Coloured,
    Fence,
    Fraction,
    Framed,
    Grid,
    Leaf,
    Product,
    Relation,
    Row,
    Scripts,
    Summation,
    Terms,
)
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.mathml import NAMESPACE, html_math, mathml_text
from symbackprop.exposition.mathtext.style import spelt

A, B, N, X, ONE = (Leaf(letter, letter) for letter in "abnx1")
SIGMA = Leaf(r"\sigma", "σ")
J = Leaf("j", "j")
LN = Leaf(r"\ln", "ln")
SUM = Summation(J, ONE, N, X)
BRACKETED = Fence(Terms((("+", Scripts(A, below=J)), ("-", ONE))))
THIN = '<mspace width="0.1667em" />'


def inside(box: Box, *, display: bool = True) -> str:
    """Return what stands in the row of a formula, as text."""
    text = html_math(box, display=display)
    return text.partition("<semantics><mrow>")[2].rpartition("</mrow><annotation")[0]


def elements(box: Box) -> Iterator[Element]:
    """Yield all elements of a formula."""
    yield from ElementTree.fromstring(f"<math>{inside(box)}</math>").iter()


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Leaf(r"\mathrm{relu}", "relu"), "<mi>relu</mi>"),
        (Leaf(r"\text{if <b>}", "if <b>"), "<mtext>if &lt;b&gt;</mtext>"),
        (spelt("w", r"\mathrm{T}"), '<mi mathvariant="normal">T</mi>'),
        (spelt("w", r"\mathbf{W}"), "<mi>𝐖</mi>"),
        (Leaf(r"\mathbf{1}", "1"), "<mn>𝟏</mn>"),
        (spelt("w", r"\mathsf{E}"), "<mi>𝖤</mi>"),
        (Leaf(r"\Delta", "Δ"), '<mi mathvariant="normal">Δ</mi>'),
        (Row((Leaf(r"\partial", "∂"), A)), "<mi>∂</mi><mi>a</mi>"),
        (Relation((A, B), (Leaf(":=", ":="),)), "<mi>a</mi><mo>:=</mo><mi>b</mi>"),
        (Scripts(SIGMA, primes=1), '<mrow><mi>σ</mi><mo lspace="0" rspace="0">′</mo></mrow>'),
        (Call(LN, A), f"<mi>ln</mi>{THIN}<mi>a</mi>"),
        (spelt("y", r"\hat{y}"), '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (Framed(X), f'<mrow style="border:1px solid;padding:.2em .3em">{THIN}<mi>x</mi>{THIN}</mrow>'),
        (Coloured(X, "#D55E00"), '<mstyle mathcolor="#D55E00"><mi>x</mi></mstyle>'),
        (Coloured(X, "cost"), '<mstyle mathcolor="#D55E00" class="role-cost"><mi>x</mi></mstyle>'),
    ],
)
def test_box_becomes_its_element(box: Box, expected: str) -> None:
    """Words, variants, letters and signs come out as every browser can take them, whatever stands in a word."""
    assert expected == inside(box)


@pytest.mark.parametrize(
    ("box", "tag"),
    [
        (SUM, "munderover"),
        (Coloured(SUM, "cost"), "munderover"),
        (Fraction(SUM, N), "msubsup"),
        (Scripts(A, above=SUM), "msubsup"),
        (Cases(((SUM, A), (ONE, B))), "msubsup"),
    ],
)
def test_limits_of_a_sum(box: Box, tag: str) -> None:
    """A sum has its limits above and below it in a display, in groups too, but not in fractions, scripts and cases."""
    assert {tag} == {e.tag for e in elements(box) if e.tag in ("munderover", "msubsup") and e[0].text == "∑"}


def test_limits_stay_at_the_side_in_a_line() -> None:
    """In a line of text a sum keeps its limits beside it."""
    assert "munderover" not in inside(SUM, display=False)


@pytest.mark.parametrize(("box", "align"), [(Cases(((A, B), (ONE, X))), "left"), (Grid(((A, B), (ONE, X))), "center")])
def test_rows_have_cells_that_say_where_they_stand(box: Box, align: str) -> None:
    """Cells are at the left of a case distinction, in the middle of a matrix, for browsers and for others."""
    cells = [element for element in elements(box) if element.tag == "mtd"]
    assert [align] * 4 == [cell.get("columnalign") for cell in cells]
    assert all(f"text-align:{align}" in str(cell.get("style")) for cell in cells)


@pytest.mark.parametrize("sign", [None, EQUALS])
def test_formula_keeps_its_latex(sign: Leaf | None) -> None:
    """A formula for a page is well-formed, and its annotation is its LaTeX, with the sign before it."""
    box = Cases(((ONE, Relation((X, A), (Leaf(">", ">"),))), (N, Leaf(r"\text{otherwise}", "otherwise"))))
    root = ElementTree.fromstring(html_math(box, sign))
    annotation = root.find(f".//{{{NAMESPACE}}}annotation")
    assert annotation is not None
    assert (f"{'= ' * bool(sign)}{written(box)}", "application/x-tex") == (annotation.text, annotation.get("encoding"))
    assert "block" == root.get("display")


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Product((X, X), Leaf(r"\odot", "⊙")), '<mo largeop="false" lspace="0.2222em" rspace="0.2222em">⊙</mo>'),
        (Scripts(X, below=Relation((J, ONE), (EQUALS,))), '<mo lspace="0" rspace="0">=</mo>'),
        (Call(SIGMA, Fence(X)), '<mo stretchy="false" fence="true" form="prefix">(</mo><mi>x</mi>'),
        (Fence(Fraction(A, B)), '<mo stretchy="true" fence="true" form="prefix">(</mo><mfrac>'),
        (Product((BRACKETED, B)), f"</mrow>{THIN}<mi>b</mi>"),
        (Product((Scripts(BRACKETED, above=N), B)), f"</msup>{THIN}<mi>b</mi>"),
        (Product((Fraction(A, B), BRACKETED)), f"</mfrac>{THIN}<mrow>"),
        (Relation((A, Terms((("-", B),))), (EQUALS,)), '<mo>=</mo><mo form="prefix">−</mo><mi>b</mi>'),
        (Terms((("+", BRACKETED), ("-", B))), "</mrow><mo>−</mo><mi>b</mi>"),
    ],
)
def test_formula_is_spaced_as_tex_spaces_it(box: Box, expected: str) -> None:
    """Parentheses and signs stand as close to their neighbours as in TeX."""
    assert expected in inside(box)


@pytest.mark.parametrize(
    "box", [Call(SIGMA, Fence(X)), Terms((("+", A), ("-", B))), Relation((Fence(A), B), (EQUALS,))]
)
def test_no_space_stands_where_tex_puts_none(box: Box) -> None:
    """A function stays with its argument, and a sign has the spaces of its own alone."""
    assert "mspace" not in inside(box)


def test_mathml_text_is_a_document() -> None:
    """A formula for a file is the same, indented."""
    box = Product((Fraction(A, B), SUM))
    text = mathml_text(box)
    assert "\n  <semantics>\n" in text
    assert html_math(box) == "".join(line.strip() for line in text.splitlines())

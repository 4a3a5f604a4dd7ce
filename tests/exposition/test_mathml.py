"""The MathML tree of a formula: what is mended in it, what is let through, and what is refused."""

from __future__ import annotations

from html import unescape
from xml.etree import ElementTree

import pytest
from latex2mathml.converter import convert_to_element

from symbackprop.errors import ExpressionError
from symbackprop.exposition.mathtext import mathml
from symbackprop.exposition.mathtext.boxes import Leaf, Scripts
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.mathml import ATTRIBUTES, ELEMENTS, NAMESPACE, html_math, mathml_text, tree


def inside(latex: str, *, display: bool = True) -> str:
    """Return what is inside <math>, as text."""
    return "".join(ElementTree.tostring(child, encoding="unicode") for child in tree(latex, display=display))


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\mathrm{relu}", "<mi>relu</mi>"),
        (r"\mathrm{T}", '<mi mathvariant="normal">T</mi>'),
        (r"\mathbf{W}", "<mi>𝐖</mi>"),
        (r"\mathbf{1}", "<mn>𝟏</mn>"),
        (r"\boldsymbol{\delta}", "<mi>𝜹</mi>"),
        (r"\mathbb{1}", "<mn>𝟙</mn>"),
        (r"\Delta", '<mi mathvariant="normal">Δ</mi>'),
        (r"\partial C", "<mi>∂</mi><mi>C</mi>"),
        (r"a := b", "<mi>a</mi><mo>:=</mo><mi>b</mi>"),
        (r"{{{x}}}", "<mi>x</mi>"),
        (r"\sigma'", "<msup><mi>σ</mi><mo>′</mo></msup>"),
        (r"\ln a", '<mi>ln</mi><mspace width="0.1667em" /><mi>a</mi>'),
        (r"\hat{y}", '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (r"\boxed{x}", '<menclose notation="box"><mi>x</mi></menclose>'),
        (r"\textcolor{#B84F00}{x}", '<mstyle mathcolor="#B84F00"><mi>x</mi></mstyle>'),
    ],
)
def test_tree_is_mended(latex: str, expected: str) -> None:
    """Words, variants, letters and signs come out as every format can take them."""
    assert expected == inside(latex)


@pytest.mark.parametrize(
    ("latex", "tag"),
    [
        (r"\sum_{i=1}^{n} x", "munderover"),
        (r"\textcolor{#0072B2}{\sum_{i=1}^{n} x}", "munderover"),
        (r"\frac{\sum_{i=1}^{n} x}{n}", "msubsup"),
        (r"e^{\sum_{i=1}^{n} x}", "msubsup"),
        (r"\begin{cases} \sum_{i=1}^{n} x & a \\ 0 & b \end{cases}", "msubsup"),
    ],
)
def test_limits_of_a_sum(latex: str, tag: str) -> None:
    """A sum has its limits above and below it in a display, in groups too, but not in fractions, scripts and cases."""
    found = {e.tag for e in tree(latex).iter() if e.tag in ("munderover", "msubsup") and e[0].text == "∑"}
    assert {tag} == found


def test_limits_stay_at_the_side_in_a_line() -> None:
    """In a line of text a sum keeps its limits beside it."""
    assert "munderover" not in inside(r"\sum_{i=1}^{n} x", display=False)


def test_aligned_becomes_rows() -> None:
    """The rows of an aligned formula are rows, with cells to the right and to the left of the sign."""
    rows = tree(r"\begin{aligned} a &= b \\ &= c \end{aligned}").findall(".//mtr")
    assert [["right", "left"]] * 2 == [[cell.get("columnalign") for cell in row] for row in rows]


def test_tree_is_the_callers_own() -> None:
    """Whoever changes a tree changes nobody else's."""
    tree("x")[0].text = "changed"
    assert "<mi>x</mi>" == inside("x")


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        ("{" * 2000, "RecursionError"),
        ("a^b^c", "DoubleSuperscripts"),
        (r"\frac{a}", "missing"),
        ("x & y", "markup"),
        ("a % b", "bare %"),
        (r"\text{<script>alert(1)</script>}", "script"),
        (r"\text{<b}", "markup"),
        (r"\href{javascript:alert(1)}{x}", "href"),
        (r"\style{color:red}{z}", "style"),
        (r"\class{a}{b}", "class"),
        (r"\nonsense x", "no known command"),
        ("x" * 30_000, "too long"),
    ],
)
def test_refusal_names_the_formula(latex: str, why: str) -> None:
    """What is not in the dialect is refused in one line that shows the formula and the reason."""
    with pytest.raises(ExpressionError, match=why) as caught:
        tree(latex)
    assert repr(latex[:20])[:-1] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_html_math_keeps_its_latex() -> None:
    """A formula for a page is well-formed MathML whose annotation is the LaTeX that it was made of."""
    latex = r"\begin{cases} 1 & z>0 \\ 0 & \text{otherwise} \end{cases}"
    root = ElementTree.fromstring(html_math(latex))
    annotation = root.find(f".//{{{NAMESPACE}}}annotation")
    assert annotation is not None
    assert (latex, "application/x-tex") == (annotation.text, annotation.get("encoding"))
    assert "block" == root.get("display")


def test_html_math_is_styled_for_browsers() -> None:
    """Roles become classes, signs in scripts lose their spaces, and ⊙ keeps its size."""
    text = html_math(r"\role{cost}{x_{i=1}} \odot y", display=False)
    assert 'class="role-cost"' in text
    assert '<mo lspace="0" rspace="0">=</mo>' in text
    assert '<mo largeop="false"' in text


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\sigma'", '<mrow><mi>σ</mi><mo lspace="0" rspace="0">′</mo></mrow>'),
        (r"\sigma{\left(z\right)}", '<mo stretchy="false" fence="true" form="prefix">(</mo><mi>z</mi>'),
        (r"\left(\frac{a}{b}\right)", '<mo stretchy="true" fence="true" form="prefix">(</mo><mfrac>'),
        (r"\left(a_{j} - 1\right)b", '</mrow><mspace width="0.1667em" /><mi>b</mi>'),
        (r"\left(a_{j} - 1\right)^{2}b", '</msup><mspace width="0.1667em" /><mi>b</mi>'),
        (r"\frac{a}{b}\left(c_{j}\right)", '</mfrac><mspace width="0.1667em" /><mrow>'),
        (r"a = - b", '<mo>=</mo><mo form="prefix">−</mo><mi>b</mi>'),
        (r"\left(a\right) - b", "</mrow><mo>−</mo><mi>b</mi>"),
    ],
)
def test_html_math_is_spaced_as_tex_spaces_it(latex: str, expected: str) -> None:
    """Primes, parentheses and signs stand as close to their neighbours as in TeX."""
    assert expected in html_math(latex)


@pytest.mark.parametrize("latex", [r"\sigma{\left(z\right)}", "a - b", r"\left(a\right) = b"])
def test_html_math_puts_no_space_where_tex_puts_none(latex: str) -> None:
    """A function stays with its argument, and a sign has the spaces of its own alone."""
    assert "mspace" not in html_math(latex)


@pytest.mark.parametrize(
    "latex",
    [
        r"a = b + c - d",
        r"= \frac{a = b}{c}\,x",
        r"\left(a + b\right)\,c^{d + e}",
        r"\begin{cases} a + b & c = d \\ 0 & e \end{cases} + f",
        r"\textcolor{#B84F00}{a + b}\,\sum_{i = 1}^{n} x_{i}\,y",
        r"-a\,\left(b - \left(c + d\right)\right)\,\sqrt{e - f}",
    ],
)
def test_formula_in_pieces_is_the_formula_in_one(latex: str) -> None:
    """What latex2mathml makes of the pieces of a formula is what it makes of the whole."""
    whole = convert_to_element(latex)
    for element in whole.iter():
        element.text = unescape(element.text) if element.text else None
    whole.attrib.clear()
    assert len(list(mathml._pieces(latex))) > 1
    assert ElementTree.tostring(whole) == ElementTree.tostring(mathml._converted(latex))


@pytest.mark.parametrize("latex", [r"\frac{a + b}{c\,d}", r"\left(a = b\right)", r"a^{b + c}_{d\,e}"])
def test_formula_is_not_cut_within_its_groups(latex: str) -> None:
    """Signs and spaces within braces, parentheses and scripts are no places to cut."""
    assert [latex] == list(mathml._pieces(latex))


def test_letter_that_latex2mathml_mistakes_is_mended() -> None:
    """A sans-serif E is that letter."""
    assert "<mi>𝖤</mi>" == inside(r"\mathsf{E}")


def test_mathml_text_is_a_document() -> None:
    """A formula for a file is indented, well-formed and within the lists, its annotation aside."""
    root = ElementTree.fromstring(mathml_text(r"\frac{a}{b} \sum_{j=1}^{n} x_{j}"))
    extra = {f"{{{NAMESPACE}}}{tag}" for tag in ("semantics", "annotation")}
    for element in root.iter():
        assert element.tag in extra or element.tag.removeprefix(f"{{{NAMESPACE}}}") in ELEMENTS
        assert {*element.attrib} <= {*ATTRIBUTES, "encoding"}


def test_exponent_is_that_of_a_whole_number_with_a_comma() -> None:
    """0,49² is the square of 0,49: of 0{,}49^{2} only the last digits would be squared."""
    square = written(Scripts(Leaf("0{,}49", "0,49", number=True), None, Leaf("2", "2")))
    (power,) = tree(square).iter("msup")
    assert ["0,49", "2"] == ["".join(part.itertext()) for part in power]

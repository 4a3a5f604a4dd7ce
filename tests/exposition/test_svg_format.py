"""The SVG files and the outlines in them: the LaTeX inside, ink that takes the colour of the page, equal bytes."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import symbackprop as sb
from symbackprop.exposition.document import Display, Document, Formula
from symbackprop.exposition.formats.svg import equation_svg, write
from symbackprop.exposition.formulas import formula_box, formula_latex
from symbackprop.exposition.mathtext.boxes import Coloured, Fence, Fraction, Framed, Leaf, Product, Relation, Root, Row
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.outlines import _outline, outline, outlined_words
from symbackprop.exposition.mathtext.sequence import Sign
from symbackprop.exposition.named import equation_formulas
from symbackprop.exposition.options import PLAIN
from symbackprop.exposition.palette import painted
from symbackprop.exposition.rendering import render, render_files

SVG = "{http://www.w3.org/2000/svg}"
A, B = (Leaf(letter, letter) for letter in "ab")


_PEN = ("stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin")


def latex_of(text: str) -> str:
    """Return the LaTeX that a picture keeps."""
    return ElementTree.fromstring(text).findtext(f"{SVG}metadata") or ""


def test_every_equation_is_there_with_its_latex(derived, told, network: str, lang: str) -> None:
    """Each of the general equations and each of this network is a file that keeps the LaTeX it was drawn from."""
    document, files = told(network, lang), render_files(derived(network), "svg", lang=lang)
    equations = {**derived(network).equations, **derived(network).specific}
    kept = [latex_of(str(text)) for name, text in files.items() if name.startswith("equations/")]
    assert [formula_latex(Formula((e.left, e.right)), document.style) for e in equations.values()] == kept
    assert {"network.svg", "chain.svg"} <= set(files)
    assert ("chain-back.svg" in files) == (derived(network).network.depth > 1)


def test_names_of_files_are_plain(derived, told) -> None:
    """An equation for layers with one activation has the name of the activation in that of its file."""
    expected = ["BP1", "BP2", "BP3", "BP4", "BP1-here", "BP2-tanh", "BP2-relu"]
    assert expected == list(equation_formulas(derived("several"), told("several", "en")))


def test_pictures_keep_their_tikz(derived) -> None:
    """A picture can be drawn again by LaTeX."""
    files = render_files(derived("plain"), "svg")
    assert latex_of(str(files["network.svg"])).startswith(r"\begin{tikzpicture}")
    assert latex_of(str(files["chain.svg"])).endswith(r"\end{tikzpicture}")


def test_files_are_pictures_for_every_program(derived, network: str) -> None:
    """No style sheet, no symbol, no reference, no font, no background; the ink is the text's own."""
    known = {"xmlns", "width", "height", "viewBox", "role", "aria-label", "aria-hidden", "class", "transform", "d"}
    known |= {"fill", "x", "y", "rx", "cx", "cy", "r", *_PEN}
    for text in render_files(derived(network), "svg").values():
        root = ElementTree.fromstring(str(text))
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert {"svg", "title", "metadata", "g", "path", "circle", "rect"} >= tags
        assert "currentColor" == root.get("fill")
        assert {name for element in root.iter() for name in element.attrib} <= known


def test_same_bytes_from_a_new_drawing(derived, told) -> None:
    """Nothing in a file depends on what was drawn before it."""
    first = write(derived("plain"), told("plain", "en"), PLAIN)
    _outline.cache_clear()
    outlined_words.cache_clear()
    outline(Fraction(A, B), 10)
    assert first == write(derived("plain"), told("plain", "en"), PLAIN)


def test_letters_can_be_chosen(derived) -> None:
    """A symbol that is renamed is renamed in the LaTeX that the picture keeps."""
    files = render_files(derived("plain"), "svg", symbols={"delta": "e"})
    assert latex_of(str(files["equations/BP3.svg"])).endswith("= e^{(l)}_{j}")


def test_title_does_no_harm(derived) -> None:
    """A picture has no title of the user's, and is the same whatever it is."""
    assert render(derived("plain"), "svg") == render(derived("plain"), "svg", title="]]></svg><script>&lt;")


@pytest.mark.parametrize("name", ["plain", "kinks", "long", "mixing"])
def test_every_display_has_ink(told, name: str) -> None:
    """Each formula of the story on a line of its own is drawn, within finite bounds."""
    document: Document = told(name, "es")
    for block in document.blocks:
        if isinstance(block, Display):
            drawn = outline(formula_box(block.formula, document.style), 12)
            assert drawn.body
            assert 0 < drawn.width < 5000
            assert 0 < drawn.height < 1000


def test_roles_have_their_colours() -> None:
    """A coloured part has its colour, and all else has none, so that it takes that of its place."""
    formula = Relation((A, Coloured(B, "cost")), (EQUALS,))
    for colour in ("#B84F00", "#AA0000"):
        with painted({"cost": colour}):
            body = outline(formula, 20).body
        assert [None, colour] == [path.get("fill") for path in ElementTree.fromstring(f"<g>{body}</g>")]


def test_box_holds_every_point() -> None:
    """The box around a formula is that of its paths, and grows with the size of the letters."""
    small, large = (outline(Product((Fraction(A, B), Root(A))), size) for size in (10, 40))
    assert 4 == pytest.approx(large.width / small.width)
    assert 4 == pytest.approx(large.height / small.height)
    assert large.top < 0 < large.bottom


@pytest.mark.parametrize(
    ("sign", "expected"), [("=", 2 * 5 / 18), ("←", 2 * 5 / 18), ("+", 2 * 4 / 18), ("⊙", 2 * 4 / 18), (",", 3 / 18)]
)
def test_signs_have_the_spaces_of_tex(sign: str, expected: float) -> None:
    """5/18 em on either side of a relation, 4/18 of an operation, 3/18 after a comma; the sign itself is measured."""
    signed = outline(Relation((A, B), (Leaf(sign, sign),)), 100).width
    bare = outline(Row((A, Sign(sign), B)), 100).width
    assert expected == pytest.approx((signed - bare) / 100, abs=0.01)


def test_stretched_signs_are_as_high_as_what_they_hold() -> None:
    """Parentheses around a fraction reach as far up and down as it, and a bar of a frame goes around both."""
    inner = outline(Fraction(A, B), 20)
    fenced, framed = outline(Fence(Fraction(A, B)), 20), outline(Framed(Fraction(A, B)), 20)
    assert fenced.top <= inner.top < inner.bottom <= fenced.bottom
    assert framed.left < inner.left < inner.right < framed.right


def test_formula_is_told_to_who_cannot_see_it(told) -> None:
    """The title is the formula in Unicode, and its words are for a voice."""
    from sympy import Symbol

    text = equation_svg(Formula((Symbol("delta"), Symbol("x"))), told("plain", "en"))
    root = ElementTree.fromstring(text)
    assert ("δ = x", "delta equals x") == (root.findtext(f"{SVG}title"), root.get("aria-label"))


@pytest.mark.combinations
@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("2 -> rms_norm", ["network", "network-2"]),
        ("3x2 -> rnn(2, returns=sequence) -> rnn(1)", ["network", "steps", "steps-2"]),
    ],
)
def test_every_picture_has_a_file_of_its_own(line: str, names: list[str]) -> None:
    """Two recurrences have a picture each, and so have the layers and the arrays of one network."""
    files = render_files(sb.derive(sb.sequential(line)), "svg")
    assert names == sorted(name.removesuffix(".svg") for name in files if "/" not in name)

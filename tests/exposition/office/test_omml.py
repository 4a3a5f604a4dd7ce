"""Native equations: every formula reads the same as in MathML, and has the structure that Office wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

import pytest
from lxml import etree

from symbackprop.exposition.document import Display, Document, Formula, Prose, Steps, Table
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.omml import Face, omml
from symbackprop.exposition.office.xml import markup

CONSTRUCTS = [
    r"\frac{\partial C}{\partial w^{(l)}_{jk}} = \delta^{(l)}_{j} a^{(l-1)}_{k}",
    r"\sum_{i=1}^{n} w_{i} \left(x_i - y_i\right)^2 + b",
    r"= -\sum_{j=1}^{n_L} y_j \ln a_j",
    r"{} - \frac{1}{2}",
    r"\sigma'{\left(z\right)} = \begin{cases} 1 & z > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\left(\begin{array}{cc} a & b \\ c & d \end{array}\right)",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^{\mathsf{T}}",
    r"\textcolor{#D55E00}{\frac{\partial C}{\partial a}}\,\textcolor{#0072B2}{\sigma'{\left(z\right)}}",
    r"\delta := \underbrace{\frac{a}{b}}_{\delta} \odot \mathbf{w}",
    r"\sqrt{1 + x^2} + \sqrt[3]{y}",
    r"w \leftarrow w - \eta \, \hat{g}",
    r"\max{\left(0, z\right)} = \lvert z \rvert",
    r"\nabla_{\mathbf{W}} C = \frac{1}{m} \Delta^{\mathsf{T}} A",
    r"e^{-z_j} \prod_{i=1}^{n} x_i",
]


def native(latex: str, face: Face) -> etree._Element:
    """Return a formula as a native equation, parsed as Office would parse it."""
    return etree.fromstring(markup(omml(tree(latex), face)))


def names(element: etree._Element) -> list[str]:
    """Return the names of an element's children, without their namespace."""
    return [etree.QName(child).localname for child in element]


def formulas(document: Document) -> Iterator[str]:
    """Yield every formula of a document, those among words included, as LaTeX."""
    for block in document.blocks:
        match block:
            case Display():
                found = [block.formula]
            case Steps():
                found = [Formula((line.right,), roles=line.roles) for line in block.lines]
            case Prose():
                found = [part for part in block.text if isinstance(part, Formula)]
            case Table():
                found = [part for row in block.rows for cell in row for part in cell if isinstance(part, Formula)]
            case _:
                found = []
        yield from (formula_latex(formula, document.style) for formula in found)


@pytest.mark.parametrize("kind", ["slide", "page"])
@pytest.mark.parametrize("latex", CONSTRUCTS)
def test_construct_reads_the_same(latex: str, kind: str, letters: Callable, read: Callable) -> None:
    """No letter and no sign of a formula is lost, added, or in another place."""
    assert letters(latex) == read(native(latex, Face(20, kind=kind)))


def test_formulas_of_a_story_read_the_same(told, network: str, lang: str, letters: Callable, read: Callable) -> None:
    """Whatever the network and the language, every formula of the story survives."""
    every = dict.fromkeys(formulas(told(network, lang)))
    assert [letters(latex) for latex in every] == [read(native(latex, Face())) for latex in every]
    assert len(every) > 40


def test_lost_letter_is_noticed(letters: Callable, read: Callable) -> None:
    """The comparison of the tests above tells an equation without one of its parts from a whole one."""
    equation = native(CONSTRUCTS[0], Face())
    (top,) = equation.xpath("./m:f/m:num", namespaces=equation.nsmap)
    top.getparent().remove(top)
    assert letters(CONSTRUCTS[0]) != read(equation)


@pytest.mark.parametrize("latex", CONSTRUCTS)
def test_every_object_says_how_it_looks(latex: str) -> None:
    """The properties of each object end with those of its signs, or Office sets them in a size of its own."""
    equation = native(latex, Face(22))
    properties = [part for part in equation.iter() if etree.QName(part).localname.endswith("Pr")]
    objects = [part for part in properties if etree.QName(part).localname not in ("rPr", "ctrlPr", "mcPr")]
    assert ["ctrlPr"] * len(objects) == [names(part)[-1] for part in objects]
    sizes = equation.xpath("//a:rPr/@sz", namespaces={"a": "http://schemas.openxmlformats.org/drawingml/2006/main"})
    assert {"2200"} == set(sizes)


@pytest.mark.parametrize(
    ("latex", "path", "children"),
    [
        (r"\frac{a}{b}", "m:f", ["fPr", "num", "den"]),
        (r"a_{j}^{2}", "m:sSubSup", ["sSubSupPr", "e", "sub", "sup"]),
        (r"\sqrt{x}", "m:rad", ["radPr", "deg", "e"]),
        (r"\sum_{i=1}^{n} x_i + b", "m:nary", ["naryPr", "sub", "sup", "e"]),
        (r"\sum_{i=1}^{n} x_i", "m:nary/m:naryPr", ["chr", "limLoc", "ctrlPr"]),
        (r"\left(a + b\right)", "m:d", ["dPr", "e"]),
        (r"\left(a + b\right)", "m:d/m:dPr", ["begChr", "endChr", "ctrlPr"]),
        (r"\underbrace{a}_{b}", "m:limLow/m:e/m:groupChr", ["groupChrPr", "e"]),
        (r"a := b", "m:box", ["boxPr", "e"]),
    ],
)
def test_parts_stand_in_the_order_of_the_schema(latex: str, path: str, children: list[str]) -> None:
    """Office refuses a file in which the parts of an object are in another order."""
    equation = native(latex, Face())
    assert children == names(equation.xpath(path, namespaces=equation.nsmap)[0])


def test_sum_ends_before_the_next_sign(read: Callable) -> None:
    """What Σ sums is in it, and what is added to it stands beside it."""
    equation = native(r"\sum_{i=1}^{n} w_i x_i + b", Face())
    (summed,) = equation.xpath("m:nary/m:e", namespaces=equation.nsmap)
    assert "wixi" == read(summed)


@pytest.mark.parametrize(
    ("latex", "blank"), [("= b", True), (r"{} \cdot b", True), ("- b", False), ("a = b", False), (r"{} - b", True)]
)
def test_line_that_begins_with_a_sign_has_a_blank_before_it(latex: str, blank: bool) -> None:
    """LibreOffice shows a question mark where the left side of = or · is missing."""
    first = native(latex, Face())[0]
    assert blank == (" " == "".join(first.itertext()))


def test_row_that_begins_with_a_sign_within_a_fence_has_a_blank_before_it() -> None:
    """A bracket that goes on in the next row opens with nothing, and its first sign has no left side there either."""
    (fence,) = native(r"\left. {} = b \right]", Face()).findall("{*}d")
    assert " " == "".join(fence.find("{*}e")[0].itertext())


def test_colours_are_those_of_the_runs() -> None:
    """A coloured part has its colour in each of its runs and signs, what stands beside it has none."""
    equation = native(r"\textcolor{#D55E00}{\frac{a}{b}} + c", Face())
    fills = {"".join(run.itertext()): len(run.findall(".//{*}srgbClr")) for run in equation.iter("{*}r")}
    assert {"a": 1, "b": 1, "+c": 0} == fills
    assert 1 == len(equation.findall("{*}f/{*}fPr/{*}ctrlPr//{*}srgbClr"))


def test_page_and_slide_say_the_same_in_their_own_words() -> None:
    """An equation of Word has the looks of Word, one of PowerPoint those of PowerPoint, and nothing else differs."""
    slide, page = (omml(tree(CONSTRUCTS[0]), Face(20, kind=kind)) for kind in ("slide", "page"))
    assert bare(slide) == bare(page)
    assert "w:rPr" in markup(page)
    assert "a:rPr" not in markup(page)
    assert 'a:rPr lang="en-US" sz="2000"' in markup(slide)


def bare(element: Element) -> list[str]:
    """Return the names of all elements, without those of looks."""
    return [part.tag for part in element.iter() if part.tag.startswith("m:")]

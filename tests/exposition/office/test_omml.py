"""Native equations: every formula reads the same as in MathML, and has the structure that Office wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

import pytest
from lxml import etree

from symbackprop.exposition.document import Display, Document, Formula, Prose, Steps, Table
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.linebreaking import NOTHING, continued
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Coloured,
    Differential,
    Fence,
    Fraction,
    Framed,
    Grid,
    Leaf,
    Product,
    Relation,
    Root,
    Row,
    Scripts,
    Slash,
    Summation,
    Terms,
)
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.omml import NAMESPACES, Face, omml
from symbackprop.exposition.office.xml import markup

A, B, C, W, X, Z = (Leaf(letter, letter) for letter in "abcwxz")
J, N, ZERO, ONE, TWO = (
    Leaf(text, text, number=text.isdigit()) if text.isdigit() else Leaf(text, text) for text in "jn012"
)
DELTA, SIGMA, PARTIAL = Leaf(r"\delta", "δ"), Leaf(r"\sigma", "σ"), Leaf(r"\partial", "∂")
MINUS, DOT, ODOT = Leaf("-", "−"), Leaf(r"\cdot", "·"), Leaf(r"\odot", "⊙")
MATRIX, HAT, T = Leaf(r"\mathbf{w}", "w"), Leaf(r"\hat{g}", "g\u0302"), Leaf(r"\mathsf{T}", "T")
SUM = Summation(J, ONE, N, Product((Scripts(W, below=J), Scripts(Fence(Scripts(X, below=J)), above=TWO))))
SLOPE = Call(Scripts(SIGMA, primes=1), Fence(Z))
LARGEST = Call(Leaf(r"\mathrm{max}", "max"), Fence(Relation((ZERO, Z), (Leaf(",", ","),))))
CASES = Cases(((ONE, Relation((Z, ZERO), (Leaf(">", ">"),))), (ZERO, Leaf(r"\text{otherwise}", "otherwise"))))

CONSTRUCTS = [
    Relation((Fraction(Row((PARTIAL, C)), Row((PARTIAL, W))), Product((Scripts(DELTA, J, ONE), A))), (EQUALS,)),
    Terms((("+", SUM), ("+", B))),
    continued(EQUALS, Terms((("-", SUM),))),
    continued(MINUS, Fraction(ONE, TWO)),
    Relation((SLOPE, CASES), (EQUALS,)),
    Fence(Grid(((A, B), (C, X)))),
    Scripts(Fence(Grid(((ONE, TWO), (N, J))), "[", "]"), above=T),
    Product((Coloured(Fraction(A, B), "cost"), Coloured(SLOPE, "activation"))),
    Relation((DELTA, Product((Fraction(A, B), MATRIX), ODOT)), (Leaf(":=", ":="),)),
    Root(Terms((("+", ONE), ("+", Scripts(X, above=TWO))))),
    Relation((W, Terms((("+", W), ("-", Product((A, HAT)))))), (Leaf(r"\leftarrow", "←"),)),
    Relation(
        (Call(Leaf(r"\mathrm{max}", "max"), Fence(Relation((ZERO, Z), (Leaf(",", ","),)))), Fence(Z, "|", "|")),
        (EQUALS,),
    ),
    Product((Scripts(Leaf(r"\nabla", "∇"), below=MATRIX), C)),
    Differential(Z, Product((Leaf("0.5", "0.5", number=True), Call(Leaf(r"\ln", "ln"), A)))),
    Fence(Leaf(r"\mathrm{d}W", "dW"), "⌈", "⌉"),
    Framed(Slash(Leaf("y'", "y′"), Leaf("E_{n}", "Eₙ"))),
]


def native(box: Box, face: Face) -> etree._Element:
    """Return a formula as a native equation, parsed as Office would parse it."""
    return etree.fromstring(markup(omml(box, face)))


def names(element: etree._Element) -> list[str]:
    """Return the names of an element's children, without their namespace."""
    return [etree.QName(child).localname for child in element]


def formulas(document: Document) -> Iterator[Box]:
    """Yield every formula of a document, those among words included."""
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
        yield from (formula_box(formula, document.style) for formula in found)


@pytest.mark.parametrize("kind", ["slide", "page"])
@pytest.mark.parametrize("box", CONSTRUCTS, ids=written)
def test_construct_reads_the_same(box: Box, kind: str, letters: Callable, read: Callable) -> None:
    """No letter and no sign of a formula is lost, added, or in another place than in its LaTeX."""
    assert letters(written(box)) == read(native(box, Face(20, kind=kind)))


def test_formulas_of_a_story_read_the_same(told, network: str, lang: str, letters: Callable, read: Callable) -> None:
    """Whatever the network and the language, every formula of the story survives."""
    every = dict.fromkeys(formulas(told(network, lang)))
    assert [letters(written(box)) for box in every] == [read(native(box, Face())) for box in every]
    assert len(every) > 40


def test_lost_letter_is_noticed(letters: Callable, read: Callable) -> None:
    """The comparison of the tests above tells an equation without one of its parts from a whole one."""
    equation = native(CONSTRUCTS[0], Face())
    (top,) = equation.xpath("./m:f/m:num", namespaces=equation.nsmap)
    top.getparent().remove(top)
    assert letters(written(CONSTRUCTS[0])) != read(equation)


@pytest.mark.parametrize("box", CONSTRUCTS, ids=written)
def test_every_object_says_how_it_looks(box: Box) -> None:
    """The properties of each object end with those of its signs, or Office sets them in a size of its own."""
    equation = native(box, Face(22))
    properties = [part for part in equation.iter() if etree.QName(part).localname.endswith("Pr")]
    objects = [part for part in properties if etree.QName(part).localname not in ("rPr", "ctrlPr", "mcPr")]
    assert ["ctrlPr"] * len(objects) == [names(part)[-1] for part in objects]
    sizes = equation.xpath("//a:rPr/@sz", namespaces={"a": "http://schemas.openxmlformats.org/drawingml/2006/main"})
    assert {"2200"} == set(sizes)


@pytest.mark.parametrize(
    ("box", "path", "children"),
    [
        (Fraction(A, B), "m:f", ["fPr", "num", "den"]),
        (Scripts(A, J, TWO), "m:sSubSup", ["sSubSupPr", "e", "sub", "sup"]),
        (Root(X), "m:rad", ["radPr", "deg", "e"]),
        (SUM, "m:nary", ["naryPr", "sub", "sup", "e"]),
        (SUM, "m:nary/m:naryPr", ["chr", "limLoc", "ctrlPr"]),
        (Fence(A), "m:d", ["dPr", "e"]),
        (Fence(A), "m:d/m:dPr", ["begChr", "endChr", "ctrlPr"]),
        (HAT, "m:acc", ["accPr", "e"]),
        (Relation((A, B), (Leaf(":=", ":="),)), "m:box", ["boxPr", "e"]),
    ],
)
def test_parts_stand_in_the_order_of_the_schema(box: Box, path: str, children: list[str]) -> None:
    """Office refuses a file in which the parts of an object are in another order."""
    equation = native(box, Face())
    assert children == names(equation.xpath(path, namespaces=equation.nsmap)[0])


@pytest.mark.parametrize(
    ("inside", "place"), [(SUM, "undOvr"), (Fraction(SUM, A), "subSup"), (Scripts(A, above=SUM), "subSup")]
)
def test_limits_stand_beside_a_sum_in_a_fraction(inside: Box, place: str) -> None:
    """Σ has its limits above and below it on a line of its own, and at its side where that would be too high."""
    assert place == next(native(inside, Face()).iter("{*}limLoc")).get(f"{{{NAMESPACES['m']}}}val")


def test_sum_ends_before_the_next_sign(read: Callable) -> None:
    """What Σ sums is in it, and what is added to it stands beside it."""
    equation = native(CONSTRUCTS[1], Face())
    (summed,) = equation.xpath("m:nary/m:e", namespaces=equation.nsmap)
    assert "wj(xj)2" == read(summed)


@pytest.mark.parametrize(
    ("box", "blank"),
    [
        (continued(EQUALS, B), True),
        (continued(DOT, B), True),
        (Terms((("-", B),)), False),
        (Relation((A, B), (EQUALS,)), False),
        (continued(MINUS, B), True),
    ],
)
def test_line_that_begins_with_a_sign_has_a_blank_before_it(box: Box, blank: bool) -> None:
    """LibreOffice shows a question mark where the left side of = or · is missing."""
    first = native(box, Face())[0]
    assert blank == (" " == "".join(first.itertext()))


def test_row_that_begins_with_a_sign_within_a_fence_has_a_blank_before_it() -> None:
    """A bracket that goes on in the next row opens with nothing, and its first sign has no left side there either."""
    (fence,) = native(Fence(continued(EQUALS, B), "", "]"), Face()).findall("{*}d")
    assert " " == "".join(fence.find("{*}e")[0].itertext())


def test_case_without_a_condition_has_a_blank_for_it() -> None:
    """A long value goes on in a row of its own, beside which LibreOffice shows a question mark for nothing."""
    cells = [cell for each in native(Cases(((A, B), (C, NOTHING))), Face()) for cell in each.iter("{*}e")]
    assert ["a", "b", "c", " "] == ["".join(cell.itertext()) for cell in cells if not list(cell.iter("{*}m"))]


@pytest.mark.parametrize(
    ("letters", "runs"),
    [("in", ["i", "n"]), ("ni", ["n", "i"]), ("Re", ["R", "e"]), ("kd", ["kd"]), ("tin", ["tin"])],
)
def test_letters_that_are_a_command_together_stay_apart(letters: str, runs: list[str]) -> None:
    """LibreOffice reads the letters of a run as a word of its own language: z_{in} with an ∈ below."""
    (below,) = native(Scripts(Z, below=Row(tuple(Leaf(letter, letter) for letter in letters))), Face()).iter("{*}sub")
    assert runs == ["".join(run.itertext()) for run in below.findall("{*}r")]


def test_colours_are_those_of_the_runs() -> None:
    """A coloured part has its colour in each of its runs and signs, what stands beside it has none."""
    equation = native(Terms((("+", Coloured(Fraction(A, B), "cost")), ("+", C))), Face())
    fills = {"".join(run.itertext()): len(run.findall(".//{*}srgbClr")) for run in equation.iter("{*}r")}
    assert {"a": 1, "b": 1, "+c": 0} == fills
    assert 1 == len(equation.findall("{*}f/{*}fPr/{*}ctrlPr//{*}srgbClr"))


def test_page_and_slide_say_the_same_in_their_own_words() -> None:
    """An equation of Word has the looks of Word, one of PowerPoint those of PowerPoint, and nothing else differs."""
    slide, page = (omml(CONSTRUCTS[0], Face(20, kind=kind)) for kind in ("slide", "page"))
    assert bare(slide) == bare(page)
    assert "w:rPr" in markup(page)
    assert "a:rPr" not in markup(page)
    assert 'a:rPr lang="en-US" sz="2000"' in markup(slide)


def bare(element: Element) -> list[str]:
    """Return the names of all elements, without those of looks."""
    return [part.tag for part in element.iter() if part.tag.startswith("m:")]

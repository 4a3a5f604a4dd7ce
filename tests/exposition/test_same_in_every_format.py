"""The same formulas in the same order in every format: each is read back to one canonical text and compared.

The readers in `canonical` know nothing of what wrote the files. The reference is the document; what may differ is:

articles   A long line may be in several pieces, each but the first with a dot of its own where factors were parted.
           A table in parts may say its header again. Word has slashes for the fractions among words. Pictures are left
           out, as they are drawings in most formats.
slides     Formulas on lines of their own and in tables have to be there; those in sentences, captions and reasons may
           be shortened or be told in the notes. A line that goes on where a slide begins may say its left side again.
shapes     In PowerPoint only shapes hold equations, so the formulas in a table of words are letters; but those below
           the arrows of a chain are equations, and have to be there.
equations  Each file is the equation of its name. In a picture it is the LaTeX in it that is read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from typing import Any
from xml.etree import ElementTree

import pytest
from exposition.canonical import files, form, latex, mathml, omml, texts
from exposition.canonical.reference import Wanted, difference, in_article, in_shapes, on_slides
from lxml import etree
from sympy import Rational

from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.numbers import descend
from symbackprop.exposition.document import Document, Formula
from symbackprop.exposition.example.narration import narrate_example
from symbackprop.exposition.formats import FORMATS, Files, pdf, png
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Coloured,
    Fence,
    Fraction,
    Grid,
    Leaf,
    Product,
    Relation,
    Root,
    Row,
    Scripts,
    Summation,
    Terms,
)
from symbackprop.exposition.mathtext.latex import written as tex
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.mathml import html_math, tree
from symbackprop.exposition.mathtext.omml import NAMESPACES, Face
from symbackprop.exposition.mathtext.omml import omml as written_in_office
from symbackprop.exposition.mathtext.typst import typst_math
from symbackprop.exposition.narration import Labels
from symbackprop.exposition.options import CHOICES, Options
from symbackprop.exposition.rendering import files_of
from symbackprop.network.model import mlp
from symbackprop.network.values import pleasant_values

pytestmark = pytest.mark.combinations

STORIES = ["plain", "digits", "custom"]
DRAWN = png.png
WITHOUT_PICTURES = Options(fallback="none")  # a picture of each equation takes time and shows nothing else


@dataclass(frozen=True)
class Reading:
    """How the formulas of one file are read, and which of those of the document have to be there."""

    wanted: Callable[[Document], Iterator[Wanted]]
    read: Callable[[Any], list[str]]
    options: Options = WITHOUT_PICTURES
    in_line: bool = False


def _flavoured(flavour: str) -> Reading:
    slides = flavour in ("marp", "slidev")
    read = texts.markdown_slides if slides else texts.markdown
    return Reading(on_slides if slides else in_article, read, Options(flavour=flavour))


READINGS: Mapping[str, Mapping[str, Reading]] = {
    "beamer": {"slides.tex": Reading(on_slides, texts.tex_slides)},
    "deck": {"slides.html": Reading(on_slides, files.deck)},
    "docx": {"derivation.docx": Reading(in_article, files.article_of_word, in_line=True)},
    "html": {"derivation.html": Reading(lambda document: in_article(document.page), files.page)},
    "ipynb": {"derivation.ipynb": Reading(in_article, texts.notebook)},
    "latex": {"derivation.tex": Reading(in_article, texts.tex)},
    **{f"markdown {flavour}": {"derivation.md": _flavoured(flavour)} for flavour in CHOICES["flavour"]},
    "pdf": {
        "article.pdf": Reading(in_article, files.typst_article),
        "talk.pdf": Reading(on_slides, files.typst_slides),
    },
    "pptx": {"slides.pptx": Reading(in_shapes, files.shapes)},
}
EQUATIONS: Mapping[str, Callable[[Any], list[str]]] = {
    "mathml": files.mathml_file,
    "omml": files.omml_file,
    "png": files.png,
    "svg": files.svg,
    "tex": texts.bare,
    "typst": files.typst_article,
}
QUICK = [name for name in READINGS if name not in ("docx", "html", "pdf", "pptx")]
CASES = [  # each two of format, story and language are met
    (name, story, lang)
    for f, name in enumerate(READINGS)
    for s, story in enumerate(STORIES)
    for g, lang in enumerate(LANGUAGES)
    if (f + s + g) % 2 == 0
]
# with many broken lines; slides and notebooks are compared on every network by the tests of their own
CASES += [(name, "long", "es") for name in ("latex", "markdown github", "markdown quarto")]
# the pictures, which are no formulas, and what only sets the slides in another way
UNREAD = re.compile(r"(network|network-forward|network-back|gears|chain|chain-back)\.(svg|png)|(handout|notes)\.tex")


def test_every_format_is_read() -> None:
    """A format that has no reader here is not compared with the others: a sheet tells no document, a line no LaTeX."""
    assert set(FORMATS) - {"sheet", "unicode"} == {name.partition(" ")[0] for name in (*READINGS, *EQUATIONS)}
    assert len(CHOICES["flavour"]) == sum(name.startswith("markdown ") for name in READINGS)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Derivation, Document, Options], Files]:
    """Return what writes a document in a format: a PDF as the source that Typst would make it of, pictures in little.

    Skips the test where a package is not installed, unless it runs for the record."""

    def write(name: str, derivation: Derivation, document: Document, options: Options) -> Files:
        if FORMATS[name].missing and not os.environ.get("CI"):
            pytest.skip(f"{', '.join(FORMATS[name].missing)} is not installed; it is in the extra `export`")
        monkeypatch.setattr(pdf, "compiled", lambda source, document: source)
        monkeypatch.setattr(png, "png", partial(DRAWN, zoom=0.1))
        return files_of(derivation, document, name, options=options)

    return write


@cache
def wanted_of(told: Callable[[str, str], Document], kind: Callable, network: str, lang: str) -> tuple[Wanted, ...]:
    """Return what has to be in a kind of file; each is worked out once."""
    return tuple(kind(told(network, lang)))


@cache
def worked() -> tuple[Derivation, Document]:
    """Return a worked example, with numbers and two updates, and the derivation that it is about."""
    network = mlp("3-3-2", ["tanh", "softmax"], "cross_entropy")
    derivation, values = derive(network), pleasant_values(network, 5)
    stages = descend(derivation, values.given, values.rate, 2)
    return derivation, narrate_example(derivation, stages, Labels("es"), rate=Rational(1))


@pytest.mark.parametrize(("name", "story", "language"), CASES)
def test_formulas_are_those_of_the_document(derived, told, written, name: str, story: str, language: str) -> None:
    """Whatever the format, none is lost, none is different, none is added, and all are in their order."""
    readings = READINGS[name]
    (options,) = {reading.options for reading in readings.values()}
    found = written(name.partition(" ")[0], derived(story), told(story, language), options)
    assert [] == [file for file in found if file not in readings and "/" not in file and not UNREAD.fullmatch(file)]
    for file, reading in readings.items():
        wanted = wanted_of(told, reading.wanted, story, language)
        assert len(wanted) > 60
        assert "" == difference(wanted, reading.read(found[file]), in_line=reading.in_line)


@pytest.mark.parametrize("name", QUICK)
def test_worked_examples_are_those_of_the_document(written, name: str) -> None:
    """With numbers in them, formulas and matrices are the same in every format as well."""
    derivation, document = worked()
    for file, reading in READINGS[name].items():
        wanted = list(reading.wanted(document))
        found = written(name.partition(" ")[0], derivation, document, reading.options)[file]
        assert any("mat{" in text for each in wanted for text in each.texts)
        assert "" == difference(wanted, reading.read(found))


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("name", EQUATIONS)
def test_each_equation_is_that_of_its_name(derived, told, written, name: str, story: str) -> None:
    """Each file of one equation holds it: the general ones, and those of the network."""
    derivation, style = derived(story), told(story, "es").style
    equations = derivation.equations | derivation.specific
    expected = {
        f"equations/{re.sub('[^A-Za-z0-9_]+', '-', key)}": [
            latex.canonical(formula_latex(Formula((equation.left, equation.right)), style))
        ]
        for key, equation in equations.items()
    }
    found = written(name, derivation, told(story, "es"), Options())
    assert expected == {
        file.rpartition(".")[0]: EQUATIONS[name](content)
        for file, content in found.items()
        if file.startswith("equations/")
    }
    assert len(expected) >= 4


A, B, C, D, F, J, K, L, N, W, Y, Z = (Leaf(letter, letter) for letter in "abcdfjklnwyz")
ZERO, TWO = (Leaf(digit, digit, number=True) for digit in "02")
COST, DELTA, SIGMA, PARTIAL = Leaf("C", "C"), Leaf(r"\delta", "δ"), Leaf(r"\sigma", "σ"), Leaf(r"\partial", "∂")
LAYER = Row((Leaf("(", "("), L, Leaf(")", ")")))
SUM_AT = Scripts(Z, J, LAYER)
RATE = Row((PARTIAL, COST)), Row((PARTIAL, SUM_AT))
WEIGHT, WIDTH = Scripts(W, below=Row((Leaf("i", "i"), J))), Scripts(N, below=L)
OFF = Scripts(A, below=J), Scripts(Y, below=J)
DIFFERENCE = Terms((("+", OFF[0]), ("-", OFF[1])))
SQUARE = Scripts(Fence(DIFFERENCE), above=TWO)
SLOPE = Scripts(SIGMA, primes=1)
PRODUCT = Product((WEIGHT, Call(SLOPE, Fence(Scripts(Z, below=J)))))
ROWS = (ZERO, Relation((Z, ZERO), (Leaf("<", "<"),))), (Root(TWO), Leaf(r"\text{otherwise}", "otherwise"))
BOLD = Leaf(r"\mathbf{W}", "W")

FORMULAS: tuple[Box, ...] = (
    Relation((Scripts(DELTA, J, LAYER), Coloured(Fraction(*RATE), "cost")), (EQUALS,)),
    Terms((("+", Summation(Leaf("i", "i"), Leaf("1", "1", number=True), WIDTH, PRODUCT)), ("-", SQUARE))),
    Relation((Call(F, Fence(Z)), Cases(ROWS)), (EQUALS,)),
    Relation((BOLD, Fence(Grid(((A, B), (C, D))))), (Leaf(":=", ":="),)),
)


def swapped(box: Any, old: Box, new: Box) -> Any:
    """Return a box with another one in the place of one of its parts."""
    if box == old:
        return new
    if isinstance(box, tuple):
        return tuple(swapped(part, old, new) for part in box)
    if not isinstance(box, Box):
        return box
    return replace(box, **{each.name: swapped(getattr(box, each.name), old, new) for each in fields(box)})


FAULTS: Mapping[str, Callable[[tuple[Box, ...]], tuple[Box, ...]]] = {
    "a formula is lost": lambda all_of_them: all_of_them[1:],
    "the last one is lost": lambda all_of_them: all_of_them[:-1],
    "one is there twice": lambda all_of_them: (*all_of_them, all_of_them[-1]),
    "two are swapped": lambda all_of_them: (all_of_them[1], all_of_them[0], *all_of_them[2:]),
    **{
        name: partial(swapped, old=old, new=new)
        for name, old, new in (
            ("an index is another one", SUM_AT, Scripts(Z, K, LAYER)),
            ("a superscript is lost", Scripts(DELTA, J, LAYER), Scripts(DELTA, J)),
            ("a fraction is turned over", Fraction(*RATE), Fraction(*RATE[::-1])),
            ("a fraction is a product", Fraction(*RATE), Product(RATE)),
            ("a limit is another one", WIDTH, N),
            ("a prime is lost", SLOPE, SIGMA),
            ("a sign is another one", DIFFERENCE, Terms((("+", OFF[0]), ("+", OFF[1])))),
            (
                "a power is only that of the last letter",
                SQUARE,
                Fence(Terms((("+", OFF[0]), ("-", replace(OFF[1], above=TWO))))),
            ),
            ("a script is no script", WEIGHT, Row((Scripts(W, below=Leaf("i", "i")), J))),
            ("a root is lost", Root(TWO), TWO),
            ("two cases have changed places", Cases(ROWS), Cases(((ROWS[1][0], ROWS[0][1]), (ROWS[0][0], ROWS[1][1])))),
            ("a matrix is transposed", Grid(((A, B), (C, D))), Grid(((A, C), (B, D)))),
            ("a letter is not bold", BOLD, Leaf("W", "W")),
        )
    },
}


def _office(formula: Box) -> list[str]:
    text = ElementTree.tostring(written_in_office(formula, Face()), encoding="unicode")
    spaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
    return form.pieces(omml.read(etree.fromstring(text.replace("<m:oMath", f"<m:oMath {spaces}", 1))))


def _typst(formulas: tuple[Box, ...]) -> list[str]:
    return files.typst_article("\n\n".join(f"$ {typst_math(formula)} $" for formula in formulas))


SYNTAXES: Mapping[str, Callable[[tuple[Box, ...]], list[str]]] = {
    "LaTeX": lambda formulas: [piece for each in formulas for piece in form.pieces(latex.read(tex(each)))],
    "MathML": lambda formulas: [piece for each in formulas for piece in form.pieces(mathml.read(tree(tex(each))))],
    "MathML for browsers": lambda formulas: [
        piece for each in formulas for piece in files.mathml_file(html_math(tex(each)))
    ],
    "Office": lambda formulas: [piece for each in formulas for piece in _office(each)],
    "Typst": _typst,
}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_planted_faults_are_noticed(syntax: str) -> None:
    """In every syntax formulas are read as they are, and what is lost, swapped or changed is seen."""
    if syntax == "Typst" and not os.environ.get("CI"):
        pytest.importorskip("typst", reason="typst is not installed; it is in the extra `export`")
    wanted = [Wanted((latex.canonical(tex(formula)),)) for formula in FORMULAS]
    assert "" == difference(wanted, SYNTAXES[syntax](FORMULAS))
    for name, plant in FAULTS.items():
        assert FORMULAS != plant(FORMULAS), name
        assert "" != difference(wanted, SYNTAXES[syntax](plant(FORMULAS))), name


def test_canonical_text_shows_the_structure() -> None:
    """Scripts are in one order and grouped, and what is over or beside what is to be seen."""
    assert [
        "δ_{j}^{(l)}=frac{∂C}{∂z_{j}^{(l)}}",
        "∑_{i=1}^{n_{l}}w_{ij}σ′(z_{j})−(a_{j}−y_{j})^{2}",
        "f(z)=cases{0&z<0;sqrt{2}&otherwise}",
        "𝐖:=(mat{a&b;c&d})",
    ] == [latex.canonical(tex(formula)) for formula in FORMULAS]
    assert "{ab}^{2}" == latex.canonical("{ab}^2") != latex.canonical("ab^2") == "ab^{2}"


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["a=(b", "+c)^{2}d"], ""),
        (["a=(b+c)^{2}", "·d"], ""),
        (["a=", "(b+c)", "^{2}d"], ""),
        (["a=(b", "·+c)^{2}", "d", "e"], "too many: e"),
        (["a=(b+c)^{2}·d"], "formula 0: wanted a=(b+c)^{2}d, found a=(b+c)^{2}·d"),
        (["a=(b+c)", "d"], "formula 0: wanted a=(b+c)^{2}d, found a=(b+c) | d"),
        ([], "formula 0: wanted a=(b+c)^{2}d, found "),
    ],
)
def test_broken_lines_are_put_together(pieces: list[str], expected: str) -> None:
    """Pieces make up one formula, a dot between two of them is one of the break, and anything else is told."""
    assert expected == difference([Wanted(("a=(b+c)^{2}d",))], pieces)


def test_fractions_among_words_may_have_slashes() -> None:
    """Only where that is allowed, only among words, and never the other way round."""
    fraction = Wanted(("frac{∂C}{∂z_{j}}",), among_words=True)
    assert "" == difference([fraction], ["∂C/∂z_{j}"], in_line=True)
    assert "" != difference([fraction], ["∂z_{j}/∂C"], in_line=True)
    assert "" != difference([fraction], ["∂C/∂z_{j}"])
    assert "" != difference([Wanted(fraction.texts)], ["∂C/∂z_{j}"], in_line=True)


@pytest.mark.parametrize(
    ("read", "content", "complaint"),
    [
        (latex.read, r"\cancel{a}", "'cancel' is unknown"),
        (latex.read, r"\begin{array}a\end{array}", "environment 'array' is unknown"),
        (latex.read, "a}", "closes nothing"),
        (latex.read, r"\frac{a}", "ends too early"),
        (latex.read, "a^b^c", "two scripts at one place"),
        (mathml.read, ElementTree.fromstring("<math><maction/></math>"), "<maction> is unknown"),
        (omml.read, etree.fromstring(f'<m:oMath xmlns:m="{omml.MATH}"><m:bar/></m:oMath>'), "m:bar is unknown"),
        (files.typst.read, {"func": "cancel"}, "'cancel' is unknown"),
    ],
)
def test_unknown_signs_are_refused(read: Callable, content: Any, complaint: str) -> None:
    """A reader passes over nothing that it does not know."""
    with pytest.raises(ValueError, match=complaint):
        read(content)

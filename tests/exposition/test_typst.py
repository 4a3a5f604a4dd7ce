"""The mathematics of Typst: every element of the dialect, nothing that is code, and every formula of the story set."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from sympy import symbols

from symbackprop.exposition.document import (
    Code,
    Display,
    Document,
    Figure,
    Formula,
    Heading,
    Note,
    Prose,
    Steps,
    Table,
    Text,
    lefts_of,
)
from symbackprop.exposition.formats.pdf import article
from symbackprop.exposition.formulas import SIGNS, formula_box, side_boxes
from symbackprop.exposition.linebreaking import continued
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Coloured,
    Fence,
    Fraction,
    Framed,
    Grid,
    LayerMark,
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
from symbackprop.exposition.mathtext.spoken import spoken
from symbackprop.exposition.mathtext.typst import literal, typst_math
from symbackprop.exposition.typst.preamble import FUNCTIONS
from symbackprop.exposition.typst.writer import TypstWriter

if os.environ.get("CI"):
    import typst
else:
    typst = pytest.importorskip("typst", reason="typst is not installed; it is in the extra `export`")


A, B, K, J, L, N, X, Y, Z = (Leaf(letter, letter) for letter in "abkjlnxyz")
ZERO, ONE, TWO = (Leaf(digit, digit, number=True) for digit in "012")
DELTA, PARTIAL, COMMA, LESS = Leaf(r"\delta", "δ"), Leaf(r"\partial", "∂"), Leaf(",", ","), Leaf("<", "<")
LAYER = LayerMark((Leaf("(", "("), L, Leaf(")", ")")))
SUM = Summation(K, ONE, N, X)
CASES = Cases(((ONE, Relation((Z, ZERO), (Leaf(">", ">"),))), (ZERO, Leaf(r"\text{en otro caso}", "en otro caso"))))


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Scripts(DELTA, J, LAYER), "attach(δ,b:j,t:paren.l l paren.r)"),
        (Fraction(Row((PARTIAL, A)), Row((PARTIAL, Scripts(X, below=J)))), "frac(∂ a,∂ attach(x,b:j))"),
        (SUM, "attach(limits(∑),b:k = 1,t:n) x"),
        (Fraction(SUM, TWO), "frac(attach(scripts(∑),b:k = 1,t:n) x,2)"),
        (Call(Scripts(Leaf(r"\sigma", "σ"), primes=1), Fence(Z)), "attach(σ,t:primes(#1)) lr(paren.l z paren.r)"),
        (Leaf("f''", "f′′"), "attach(f,t:primes(#2))"),
        (Scripts(Leaf(r"\delta'", "δ′"), above=LAYER), "attach(δ,t:primes(#1) paren.l l paren.r)"),
        (Call(Leaf(r"\mathrm{ReLU}", "ReLU"), Fence(Z)), '"ReLU"lr(paren.l z paren.r)'),
        (Leaf(r"\mathrm{T}", "T"), "upright(T)"),
        (Leaf(r"\mathbf{W}", "W"), "𝐖"),
        (Product((Coloured(A, "#B84F00"), B)), 'text(fill:#rgb("#B84F00"),a) #h(0.167em) b'),
        (Coloured(A, "cost"), 'text(fill:#rgb("#B84F00"),a)'),
        (Fence(Z, "|", "|"), "lr(bar.v z bar.v)"),
        (Terms((("+", Fence(A, "(", "")), ("+", B))), "lr(paren.l a) + b"),
        (continued(Leaf("+", "+"), B), '""+ b'),
        (Relation((A, Relation((Slash(B, X), Y), (LESS,))), (COMMA,)), "a comma b slash x lt y"),
        (Root(TWO), "sqrt(2)"),
        (Leaf(r"\hat{y}", "y\u0302"), "accent(y,hat)"),
        (Product((Leaf("0.044715", "0.044715", number=True), Z)), "0.044715 #h(0.167em) z"),
        (Product((TWO, Call(Leaf(r"\ln", "ln"), A))), '2 #h(0.167em)"ln"#h(0.167em) a'),
        (Relation((A, B), (Leaf(":=", ":="),)), "a colon.eq b"),
        (Framed(X), "#box(stroke:0.5pt,inset:3pt)[$x$]"),
        (CASES, 'cases(& 1 & & quad z gt 0,& 0 & & quad "en\u00a0otro\u00a0caso")'),
        (Fence(Grid(((A, B), (X, Y)))), 'mat(delim:#("(",")"),align:#center,a,b;x,y)'),
        (Grid(((A,), (B,)), left=True), "mat(delim:#none,align:#left,a;b)"),
    ],
)
def test_formula_is_written(box: Box, expected: str) -> None:
    """Scripts are attached, fences grow, signs have names, and words are strings."""
    assert expected == typst_math(box)


@pytest.mark.parametrize(
    ("text", "expected"),
    [('a"b', '"a\\"b"'), ("\\u{41}", '"\\\\u{41}"'), ("#import", '"#import"'), ("$x$", '"$x$"'), ("*_`", '"*_`"')],
)
def test_text_is_a_string(text: str, expected: str) -> None:
    """Quotation marks and backslashes are the only signs that a string of Typst takes for its own."""
    assert expected == literal(text)


def test_unknown_box_is_refused() -> None:
    """A box that no rule knows is named."""
    with pytest.raises(TypeError, match="no Typst for the box Box"):
        typst_math(Box())


def texts(document: Document) -> Iterator[Text]:
    """Yield every sentence of a document, in its order."""
    for block in document.blocks:
        match block:
            case Heading() | Prose():
                yield block.text
            case Figure():
                yield block.caption
            case Table():
                yield from (*block.header, *(cell for row in block.rows for cell in row), block.caption)
            case Note():
                yield from (block.title, block.text)
            case Steps():
                yield from (line.reason for line in block.lines)


def formulas(document: Document) -> Iterator[tuple[Box, bool]]:
    """Yield every formula of a document, and whether it stands on a line of its own."""
    style = document.style
    for text in texts(document):
        yield from ((formula_box(part, style), False) for part in text if isinstance(part, Formula))
    for block in document.blocks:
        if isinstance(block, Display):
            yield formula_box(block.formula, style), True
        if isinstance(block, Steps):
            for line, left in zip(block.lines, lefts_of(block), strict=True):
                yield from ((side, True) for side in side_boxes((left, line.right), style, roles=line.roles))


def compiled(source: str) -> bytes:
    """Return what Typst makes of a source, without the fonts of this computer."""
    return bytes(typst.compile(source.encode(), ignore_system_fonts=True))


def test_every_formula_is_set(told, network: str) -> None:
    """Whatever the network, Typst takes each of its formulas, in a line and on one of its own."""
    found = dict.fromkeys(formulas(told(network, "es")))
    lines = [f"${typst_math(box)}$" for box, _ in found]
    lines += [f"$ {typst_math(box, tall=display)} $" for box, display in found]
    assert compiled("#set page(height: auto, width: auto)\n" + "\n\n".join(lines)).startswith(b"%PDF")
    assert len(found) > 50


@pytest.mark.parametrize("planted", ["$attach(a,b:$", "$frac(a)$", "$unknown(a)$", '#"open', "$ab$"])
def test_compiler_complains(planted: str) -> None:
    """A formula that Typst cannot set is an error, and never left out."""
    with pytest.raises(typst.TypstError, match=r"."):
        compiled(planted)


def said(document: Document) -> Iterator[str]:
    """Yield what is read aloud for each formula, block by block, in the order in which an article writes them."""
    style, aloud = document.style, partial(spoken, words=document.words)
    for block in document.blocks:
        for text in texts(Document("", None, None, "en", (block,))) if not isinstance(block, Steps | Code) else ():
            yield from (aloud(formula_box(part, style)) for part in text if isinstance(part, Formula))
        if isinstance(block, Display):
            yield aloud(formula_box(block.formula, style))
        if isinstance(block, Steps):
            for line, left in zip(block.lines, lefts_of(block), strict=True):
                shown, right = side_boxes((left, line.right), style)
                yield aloud(Relation((shown, right), (SIGNS[line.sign],)))
                yield from (aloud(formula_box(p, style)) for p in line.reason if isinstance(p, Formula))


def miscounted(source: str, expected: list[str]) -> list[str]:
    """Return the formulas that an article says aloud more or less often than expected, and `more` for any other."""
    calls = re.findall(r'(?:eq\(|#shown\(|\$, alt: )("(?:[^"\\]|\\.)*"), (?:\$|reason: )', source)
    counts, wanted = Counter(calls), Counter(map(literal, expected))
    return [text if text in wanted else "more" for text in counts | wanted if counts[text] != wanted[text]]


def test_no_formula_is_lost(told, network: str, lang: str) -> None:
    """The article says every formula of the document aloud, as often as it stands there, and no other."""
    document = told(network, lang)
    assert [] == miscounted(article(document), list(said(document)))


def test_lost_formula_is_found(told) -> None:
    """A formula that is missing, and one that is there without being in the document, are seen."""
    document = told("plain", "en")
    first, *others = said(document)
    source = article(document)
    assert [literal(first)] == miscounted(source.replace(f"eq({literal(first)}, $", "eq(none, $", 1), [first, *others])
    assert ["more"] == miscounted(source, [text for text in others if text != first])


def test_sentences_are_strings(told) -> None:
    """No word of the story is markup: what is not code is a string."""
    writer = TypstWriter(told("plain", "en"))
    assert '#"*a* _b_ #c $d$ @e // f";' == writer.text(("*a* _b_ #c $d$ @e // f",))


def test_lines_of_a_program_are_literal(told) -> None:
    """A program is shown as it is."""
    block = TypstWriter(told("plain", "en")).block(Code('print("#x")', "python"))
    assert '#raw("print(\\"#x\\")", block: true, lang: "python")' == block
    assert compiled(block).startswith(b"%PDF")


def test_unknown_block_is_named(told) -> None:
    """What is no block of the closed set is refused by its class."""
    with pytest.raises(TypeError, match="no Typst for the block str"):
        TypstWriter(told("plain", "en")).block("x")


def height(body: str) -> float:
    """Return how high Typst sets something, in points."""
    source = f"{FUNCTIONS}#context [#metadata(measure({body}).height.pt()) <high>]"
    return float(json.loads(typst.query(source.encode(), "<high>", field="value", one=True, ignore_system_fonts=True)))


def test_fraction_at_the_left_of_a_line_takes_all_of_its_height() -> None:
    """Lines whose left sides are fractions keep their distance; among words a fraction is as high as the words."""
    fraction = "$display(frac(∂ C,∂ w))$"
    shown = height("$ frac(∂ C,∂ w) $")
    assert height(fraction) < shown - 5
    assert height(f"lhs(2em, {fraction})") == pytest.approx(shown, abs=0.5)
    line = f'(body: w => $ #lhs(w, {fraction}) & = 1 $, alt: "one", reason: none)'
    assert height(f"step(({fraction},), {line})") >= shown - 0.5


def test_rows_of_a_broken_line_are_apart() -> None:
    """Between two rows of fractions there is more than between two lines of words."""
    one, two = height("$ frac(a, b) $"), height("$ frac(a, b) \\ frac(a, b) $")
    assert two - 2 * one > 0.7 * 11


def test_lines_without_reasons_are_broken_later(told) -> None:
    """A line that has no reason beside it goes on where one with a reason is broken."""
    writer = TypstWriter(told("plain", "en"), 34.0, 5.0)
    block = next(block for block in told("plain", "en").blocks if isinstance(block, Steps))
    line = replace(block.lines[0], right=sum(symbols("a b c d e f")))
    assert line.reason
    broken, whole = (writer.lines(Steps((replace(line, reason=reason),)))[1][0] for reason in (line.reason, ()))
    assert "quad" in broken
    assert "quad" not in whole

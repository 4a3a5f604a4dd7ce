"""The worked example: each printed number is recomputed from the numbers printed beside it, by a reader of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from sympy import Rational

from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.numbers import Stage, descend
from symbackprop.errors import SpecError, UnknownNameError
from symbackprop.exposition.document import (
    CheckRow,
    Display,
    Document,
    Figure,
    Formula,
    Heading,
    Line,
    Prose,
    Steps,
    Table,
    lefts_of,
)
from symbackprop.exposition.example.entrypath import entry_path
from symbackprop.exposition.example.narration import CHAPTERS, narrate_example
from symbackprop.exposition.example.programexample import narrate_program_example
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.example.terms import Array, Filled, Rounded
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.languages import LANGUAGES, Language
from symbackprop.exposition.narration import Labels
from symbackprop.exposition.rendering import files_of
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling
from symbackprop.exposition.story.terms import Chain
from symbackprop.network.layered import sequential
from symbackprop.network.model import mlp
from symbackprop.network.notation import scalar
from symbackprop.network.values import Values, pleasant_values

pytestmark = pytest.mark.combinations

EXAMPLES = {
    "sigmoid": ("2-2-2", "sigmoid", "quadratic"),
    "classes": ("3-4-2", ["relu", "softmax"], "cross_entropy"),
    "custom": ("2-3-2-1", ["z/(1+exp(-z))", "tanh", "sigmoid"], "binary_cross_entropy"),
    "flat": ("2-2", "tanh", "mse"),
    "batch": ("2-2-1", ["tanh", "sigmoid"], "quadratic"),
}
RATE = Rational(1, 2)


@cache
def worked(name: str) -> tuple[Derivation, Values, tuple[Stage, ...]]:
    """Return the derivation of an example, its values, and the numbers before and after two steps."""
    shape, activation, cost = EXAMPLES[name]
    network = mlp(shape, activation, cost)
    derivation, values = derive(network), pleasant_values(network, 5)
    if name == "batch":
        x, y = zip(*(pleasant_values(network, seed).samples[0] for seed in (5, 6, 7)), strict=True)
        values = replace(values, arrays={**values.arrays, "x": x, "y": y})
    return derivation, values, descend(derivation, values.given, values.rate, 2)


@cache
def told(name: str, lang: str = "en", digits: int = 4) -> Document:
    """Return the document of an example."""
    derivation, _, stages = worked(name)
    checks = (CheckRow("hand-written NumPy", 3e-16, 1e-12),)
    return narrate_example(derivation, stages, Labels(lang), rate=RATE, digits=digits, checks=checks)


# --- a reader of printed numbers, which knows nothing of how they were made -------------------------

Span = tuple[float, float]  # what a printed number may have been before it was rounded


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sigma": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "ReLU": lambda z: max(z, 0.0),
    "ReLU'": lambda z: float(z > 0),
    "f": lambda z: z / (1 + math.exp(-z)),
    "f'": lambda z: (1 + math.exp(-z) + z * math.exp(-z)) / (1 + math.exp(-z)) ** 2,
    "ln": math.log,
}
TOKENS = re.compile(r"\d+(?:\.\d+)?|\\[A-Za-z]+|[A-Za-z]'*|[-+^{}()/]|'")


class Reader:
    """Reads LaTeX with numbers in it and computes with the spans that rounding leaves open."""

    def __init__(self, latex: str, digits: int) -> None:
        """Take the formula apart."""
        latex = re.sub(r"\\(?:left|right)([()])|\\,", r"\1", latex.replace(r"\,", ""))
        latex = re.sub(r"\\mathrm\{(\w+)\}", r"\\\1", latex)
        self.tokens = TOKENS.findall(latex)
        self.digits = digits

    def value(self) -> Span:
        """Return the span of the whole formula."""
        span = self.sum()
        assert not self.tokens, self.tokens
        return span

    def take(self, *wanted: str) -> str:
        """Return the next token if it is one of those wanted."""
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in wanted else ""

    def sum(self) -> Span:
        """Read terms with their signs."""
        sign = self.take("-", "+")
        total = self.product()
        total = (-total[1], -total[0]) if sign == "-" else total
        while sign := self.take("+", "-"):
            low, high = self.product()
            total = (total[0] + low, total[1] + high) if sign == "+" else (total[0] - high, total[1] - low)
        return total

    def product(self) -> Span:
        """Read factors, with or without a dot between them."""
        span = self.power()
        while self.tokens and self.tokens[0] not in {"+", "-", ")", "}"}:
            self.take(r"\cdot")
            other = self.power()
            corners = [u * v for u in span for v in other]
            span = min(corners), max(corners)
        return span

    def power(self) -> Span:
        """Read a number, a group, a fraction or a function, and its exponent."""
        base = self.atom()
        if self.take("^"):
            exponent = round(self.group()[0])
            ends = sorted(end**exponent for end in base)
            return (0.0, ends[1]) if exponent % 2 == 0 and base[0] < 0 < base[1] else (ends[0], ends[1])
        return base

    def atom(self) -> Span:
        """Read what has no operator."""
        token = self.tokens.pop(0)
        if token[0].isdigit():
            return self.number(token)
        if token == "(":
            inner = self.sum()
            assert self.take(")")
            return inner
        if token == "{":
            self.tokens.insert(0, token)
            return self.group()
        if token == r"\frac":
            top, bottom = self.group(), self.group()
            corners = [u / v for u in top for v in bottom]
            return min(corners), max(corners)
        if token == "e":
            assert self.take("^")
            low, high = self.group()
            return math.exp(low), math.exp(high)
        name = token.removeprefix("\\") + ("'" if self.take("'") else "")
        ends = self.atom()
        middle = [ends[0] + (ends[1] - ends[0]) * step / 8 for step in range(9)]
        values = [FUNCTIONS[name](value) for value in middle]
        return min(values), max(values)

    def group(self) -> Span:
        """Read what is between braces."""
        assert self.take("{")
        inner = self.sum()
        assert self.take("}")
        return inner

    def number(self, text: str) -> Span:
        """Return the span of a printed number: it was rounded if it has all the digits that are shown."""
        significant = len(text.replace(".", "").lstrip("0"))
        unit = 10.0 ** -len(text.partition(".")[2]) if significant >= self.digits and "." in text else 0.0
        return float(text) - unit / 2, float(text) + unit / 2


def printed(document: Document) -> Iterator[tuple[str, str, str]]:
    """Yield left side, formula with numbers, and value of every line that has all three, as LaTeX."""
    for block in document.blocks:
        for left, line in _pairs(block) if isinstance(block, Steps) else ():
            chain = line.right.sides if isinstance(line.right, Chain) else ()
            if len(chain) == 3 and isinstance(chain[2], Rounded):
                texts = (formula_latex(Formula((side,)), document.style) for side in (left, *chain[1:]))
                yield tuple(texts)  # type: ignore[misc]


def disagreements(lines: Iterator[tuple[str, str, str]], digits: int) -> list[str]:
    """Return the lines whose value is none that the numbers beside it can give."""
    wrong = []
    for left, formula, value in lines:
        low, high = Reader(formula, digits).value()
        least, most = Reader(value, digits).value()
        slack = 1e-12 * max(1.0, abs(low), abs(high))
        if most < low - slack or least > high + slack:
            wrong.append(f"{left}: {formula} is {low}..{high}, printed {value}")
    return wrong


@pytest.mark.parametrize("digits", [3, 4, 7])
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_value_follows_from_the_numbers_beside_it(name: str, digits: int) -> None:
    """Whoever recomputes a line with the numbers that it shows gets its value, up to what rounding left open."""
    lines = list(printed(told(name, digits=digits)))
    network = worked(name)[0].network
    assert len(lines) >= 2 * sum(network.widths[1:]) + network.parameter_count // 2
    assert [] == disagreements(iter(lines), digits)


def test_wrong_values_are_seen() -> None:
    """A value with one digit changed, or a formula with one number changed, is found by the reader."""
    lines = list(printed(told("sigmoid")))
    for place, (left, formula, value) in enumerate(lines):
        digit = next((d for d in value if d.isdigit() and d != "0"), "")
        if digit:
            changed = value.replace(digit, str((int(digit) + 3) % 10 or 1), 1)
            assert [] != disagreements(iter([(left, formula, changed)]), 4), (place, formula, changed)


@pytest.mark.parametrize("name", EXAMPLES)
def test_matrices_hold_the_numbers_of_the_entries(name: str) -> None:
    """What a layer is as a whole is, entry by entry, what its lines say."""
    document, stage = told(name), worked(name)[2][0]
    lines = [line for block in document.blocks if isinstance(block, Steps) for line in block.lines]
    ends = [line.right.sides[-1] for line in lines if isinstance(line.right, Chain)]
    wholes = [end for end in ends if isinstance(end, Array)]
    known = {Rounded(value, 4) for s in (stage, *stage.samples) for value in s.gradient.values()}
    known |= {Rounded(value, 4) for sample in stage.samples for value in sample.known.values()}
    assert wholes
    assert all(entry in known for whole in wholes for row in whole.rows for entry in row)


def test_formulas_are_those_of_the_derivation() -> None:
    """The line for an error is the derived equation with its indices written out, not a text of its own."""
    derivation, _, _ = worked("sigmoid")
    entries = dict(derivation.specific["BP1 here"].entries())
    lines = {left: line for block in told("sigmoid").blocks if isinstance(block, Steps) for left, line in _pairs(block)}
    for left, right in entries.items():
        assert right == lines[left].right.sides[0]


def _pairs(block: Steps) -> Iterator[tuple[object, Line]]:
    return zip(lefts_of(block), block.lines, strict=True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_numbers_along_the_path_are_those_of_the_sample(name: str) -> None:
    """Forward a neuron shows its activation, backward its error; the links multiply to the derivative."""
    numbers = worked(name)[2][0].samples[0]
    pictures = [block.picture for block in told(name).blocks if isinstance(block, Figure)]
    ways = {picture.numbers: picture for picture in pictures if isinstance(picture, NetworkPicture)}
    for way, letter in (("forward", "a"), ("back", "delta")):
        for neuron in ways[way].neurons:
            if neuron.layer:
                assert neuron.letter == Rounded(numbers.known[scalar(letter, neuron.layer, neuron.number)], 3)
    (chain,) = (picture for picture in pictures if isinstance(picture, ChainPicture))
    product = math.prod(float(link.rate.value) for link in chain.links)
    j, k = chain.quantities[0].indices
    assert product == pytest.approx(float(numbers.gradient[scalar("w", 1, j, k)]), rel=1e-12, abs=1e-12)
    assert chain.name == Rounded(numbers.gradient[scalar("w", 1, j, k)], 3)


def test_path_that_is_followed_has_a_derivative() -> None:
    """Where the usual weight leads to a ReLU that gives 0, another is followed; where all do, the usual one."""
    derivation, values, stages = worked("classes")
    dead = pleasant_values(derivation.network, 7).given  # z_2 is -0.86
    sheet = Sheet(Telling(derivation, LANGUAGES["en"]), descend(derivation, dead, values.rate, 0), 4, RATE)
    assert scalar("w", 1, 1, 1) == scalar("w", 1, *map(int, sheet.path.weight.indices))
    off = [{name: -abs(n) if name[0] in "wb" else abs(n) for name, n in sample.items()} for sample in dead]
    none = replace(sheet, stages=descend(derivation, off, values.rate, 0))
    assert (2, 1) == tuple(map(int, none.path.weight.indices))
    assert (2, 1) == tuple(map(int, replace(sheet, stages=stages).path.weight.indices))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_derivative_is_shown(name: str, lang: str) -> None:
    """Each parameter has a line with its derivative, and a row with its old and its new value for each step."""
    document = told(name, lang)
    count = worked(name)[0].network.parameter_count
    steps = [block for block in document.blocks if isinstance(block, Steps) and block.key != "path"]  # told once more
    shown = [left for block in steps for left in lefts_of(block)]
    samples = len(worked(name)[1].samples)  # of several, those of each and their mean
    assert count * (samples + (samples > 1)) == sum(type(left).__name__ == "Partial" for left in shown)
    assert [count, count] == [len(table.rows) for table in steps_in(document)]


def steps_in(document: Document) -> list[Table]:
    """Return the tables of parameters, one for each step of descent."""
    tables = [block for block in document.blocks if isinstance(block, Table) and block.align == "lrrr"]
    return [table for table in tables if isinstance(table.rows[0][0][0], Formula)]


def test_equations_are_stated_before_they_are_cited(lang: str) -> None:
    """The four equations stand in the text, by their names, before a sentence refers to one of them."""
    blocks = told("classes", lang).blocks
    stated = [place for place, block in enumerate(blocks) if isinstance(block, Display) and block.name]
    cited = [place for place, block in enumerate(blocks) if isinstance(block, Prose) and "BP" in str(block.text)]
    assert ["BP1", "BP2", "BP3", "BP4"] == [blocks[place].name for place in stated]
    assert max(stated) < min(cited)


def test_new_values_are_the_old_ones_of_the_next_step() -> None:
    """The second table begins where the first one ended."""
    first, second = steps_in(told("custom"))
    assert [row[3] for row in first.rows] == [row[2] for row in second.rows]


def test_without_steps_there_is_no_descent() -> None:
    """Where no step is asked for, the story ends with the gradient and its evidence."""
    derivation, _, stages = worked("flat")
    document = narrate_example(derivation, stages[:1], rate=RATE)
    keys = [block.key for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    parts = ("given", "forward", "backward", "gradient", "path")
    assert [*(f"example-{part}" for part in parts), "evidence"] == keys


def test_many_steps_are_told_by_their_costs() -> None:
    """From the fourth step on only the cost is shown, so that no document is all tables."""
    derivation, values, _ = worked("flat")
    document = narrate_example(derivation, descend(derivation, values.given, values.rate, 6), rate=RATE)
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert [6, 6, 6, 7] == [len(table.rows) for table in tables]


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_writes_an_example(name: str, lang: str) -> None:
    """A worked example is a document like any other."""
    chosen = FORMATS[name]
    if chosen.missing:
        pytest.skip(f"{', '.join(chosen.missing)} is not installed")
    derivation, _, _ = worked("sigmoid")
    files = files_of(derivation, told("sigmoid", lang), name)
    assert chosen.main in files
    assert any(isinstance(block, Figure) for block in told("sigmoid", lang).blocks)


def test_format_and_language_are_checked() -> None:
    """What does not exist is named before anything is told."""
    derivation, _, stages = worked("flat")
    with pytest.raises(UnknownNameError, match="language 'de' is unknown"):
        narrate_example(derivation, stages, Labels("de"), rate=RATE)
    with pytest.raises(UnknownNameError, match="format 'latx' is unknown; did you mean 'latex'"):
        files_of(derivation, told("flat"), "latx")
    with pytest.raises(SpecError, match="title"):
        narrate_example(derivation, stages, Labels(title="a\nb"), rate=RATE)
    with pytest.raises(SpecError, match="symbol for 'w'"):
        narrate_example(derivation, stages, Labels(symbols={"w": r"\input{x}"}), rate=RATE)


class _Recorder(dict[str, str]):
    """Sentences that remember which of them were said."""

    def __init__(self, sentences: dict[str, str]) -> None:
        super().__init__(sentences)
        self.said: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.said.add(key)
        return super().__getitem__(key)


def test_every_sentence_of_the_example_is_said() -> None:
    """No sentence about worked examples is left over."""
    recorder = _Recorder(dict(LANGUAGES["en"].sentences))
    shares = derive(mlp("2-2", "softmax", "kl_divergence"))  # whose target has a 0
    told_of = [(worked(name)[0], worked(name)[2]) for name in EXAMPLES]
    told_of.append((shares, descend(shares, pleasant_values(shares.network, 5).given, Fraction(1, 2), 0)))
    added, values, _ = worked("batch")
    told_of.append((added, descend(added, values.given, values.rate, 0, mean=False)))
    for derivation, stages in told_of:
        checks = (CheckRow("x", 0.0, 1.0),)
        sheet = Sheet(Telling(derivation, Language("en", "English", recorder), checks), stages, 4, RATE)
        for chapter in CHAPTERS:
            chapter(sheet)
    for line in ("7x7 -> flatten -> dense(1)", "30x30 -> flatten -> dense(1)"):  # more numbers than are shown, or told
        program = derive(sequential(line))
        own = ProgramTelling(program, Language("en", "English", recorder), checks)
        path = entry_path(program)
        assert path is not None
        narrate_program_example(own, (path, path.moved(Rational(1, 10))), rate=Rational(1, 10), digits=4)
    keys = {key for key in recorder if "example" in key and not key.startswith("diagnosis.")}
    assert {"example.title", "example.title.batch"} == keys - recorder.said


def test_lines_are_those_of_the_golden_file(golden, lang: str) -> None:
    """The forward pass of an example, as it was when somebody last looked at it."""
    text = str(files_of(worked("sigmoid")[0], told("sigmoid", lang), "markdown")["derivation.md"])
    golden(f"example/forward-{lang}.md", text[text.index("## 2.") : text.index("## 3.")])


def test_filled_formula_has_no_letter_left() -> None:
    """Every letter of a formula with numbers has given way to a number."""
    for block in told("classes").blocks:
        if isinstance(block, Steps):
            for line in block.lines:
                if isinstance(line.right, Chain) and isinstance(line.right.sides[1], Filled):
                    latex = formula_latex(Formula((line.right.sides[1],)), told("classes").style)
                    assert not re.search(r"\^\{\(\d\)\}|(?<![A-Za-z\\])[wbzay]_", latex), latex


def layered(line: str, lang: str, format: str) -> str:
    """Return the example of a line of layers in a format of one file."""
    derivation = derive(sequential(line))
    path = entry_path(derivation)
    assert path is not None
    telling = ProgramTelling(derivation, LANGUAGES[lang])
    document = narrate_program_example(telling, (path,), Labels(lang), rate=RATE, digits=4)
    (content,) = (text for name, text in files_of(derivation, document, format).items() if "svg" not in name)
    return str(content)


def test_numbers_in_a_list_are_told_apart_on_a_page_as_well(lang: str) -> None:
    """The numbers of a page that can be typed have semicolons between them where they may have a comma."""
    page = layered("1x4 -> max_pool1d(2) -> flatten -> dense(1)", lang, "html")
    listed = re.findall(r"<mi>max</mi><mrow><mo[^>]*>\(</mo><mn[^>]*>[^<]*</mn><mo>(.)</mo>", page)
    assert {{"en": ",", "es": ";"}[lang]} == set(listed)


def test_slope_with_a_number_stays_in_its_place_and_is_rounded_only_where_it_is() -> None:
    """Of ReLU'(0.85) the value is 1, exactly, and it comes after the error as in the formula."""
    told = layered("2 -> dense(2) relu -> layer_norm -> dense(1)", "en", "markdown")
    followed = re.findall(r"\\mathrm\{ReLU\}'\{\\left\([^()]*\\right\)\} (\S+) \S+ \\cdot ([01]) ", told)
    assert followed
    assert {"="} == {sign for sign, _ in followed}


def test_signs_of_an_example_are_explained_where_they_come_first(lang: str) -> None:
    """Nobody has read a derivation before: what the matrix forms are made of is said below them, once."""
    told = layered("2 -> dense(2) tanh -> rms_norm -> dense(1)", lang, "markdown")
    said = {"en": "is the product entry by entry", "es": "es el producto elemento a elemento"}[lang]
    assert 1 == told.count(said)


def test_state_of_an_example_comes_after_what_it_is_computed_from() -> None:
    """The numbers of a step are there before the state that is made of them, though its start comes first."""
    told = layered("2x1 -> gru(1) -> dense(1)", "en", "markdown").split("## 3.")[0]
    places = [told.index(f"{letter}^{{(1)}}_{{11}} &= ") for letter in "ruqch"]
    assert sorted(places) == places

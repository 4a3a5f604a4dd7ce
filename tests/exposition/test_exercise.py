"""Exercises: every answer of a question bank is computed again from what the question shows, by plain NumPy."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from io import BytesIO
from itertools import islice
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np
import pytest
from sympy import Indexed

import symbackprop as sb
from symbackprop.calculus.numbers import evaluate
from symbackprop.errors import SpecError, UnknownNameError
from symbackprop.exposition.document import Display, Document, Figure, Heading, Steps
from symbackprop.exposition.exercise.blanks import Gapped, Part, is_seen
from symbackprop.exposition.exercise.cloze import cloze_part
from symbackprop.exposition.exercise.drawing import drawn
from symbackprop.exposition.exercise.gaps import Gap, gaps_of
from symbackprop.exposition.exercise.moodle import bank_of, bank_part
from symbackprop.exposition.exercise.questions import KINDS, Choice
from symbackprop.exposition.exercise.samples import reckoner_of
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.languages import LANGUAGES, Language
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.narration import UNLABELLED, Labels
from symbackprop.exposition.rendering import files_of
from symbackprop.network.program import entries
from tests.exposition.moodlereader import faults, fields_of

NETWORKS = {
    "sigmoid": ("2-2-1", "sigmoid", "quadratic"),
    "relu": ("2-3-1", ["relu", "identity"], "quadratic"),
    "classes": ("2-2-3", ["tanh", "softmax"], "cross_entropy"),
    "flat": ("3-1", "tanh", "mse"),
}


@cache
def derived(name: str) -> sb.Derivation:
    """Return the derivation of a network."""
    shape, activation, cost = NETWORKS[name]
    return sb.derive(sb.mlp(shape, activation, cost))


def question_bank(made: sb.Exercise, labels: Labels = UNLABELLED) -> str:
    """Return all questions of all variants as Moodle XML."""
    return "".join(bank_of(bank_part(made, labels)))


@cache
def bank(name: str, kind: str = "compute") -> tuple[ElementTree.Element, ...]:
    """Return the questions of some variants, read back from Moodle's XML."""
    made = sb.exercise(derived(name), kind=kind, seed=3, variants=4)
    root = ElementTree.fromstring(question_bank(made, Labels("es" if name == "relu" else "en")))
    return tuple(each for each in root if each.get("type") != "category")


# --- the witness: a network by hand, which knows nothing of what made the questions ------------------

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "identity": lambda z: z,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
}
COSTS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "quadratic": lambda a, y: float(((a - y) ** 2).sum() / 2),
    "mse": lambda a, y: float(((a - y) ** 2).mean()),
    "cross_entropy": lambda a, y: float(-(y * np.log(a)).sum()),
}
MATRIX = re.compile(r"([xyWb])(?:\^\{\((\d)\)\})? = \\left\(\\begin\{matrix\} (.*?) \\end\{matrix\}\\right\)")
ASKED = (
    (re.compile(r"(?<![a-z])([za])\^\{\((\d)\)\}_\{(\d)\} = \\boxed"), 3),
    (re.compile(r"(\\delta)\^\{\((\d)\)\}_\{(\d)\} = \\boxed"), 3),
    (re.compile(r"\\partial (w)\^\{\((\d)\)\}_\{(\d)(\d)\}\} = \\boxed"), 4),
    (re.compile(r"\((C) = \\boxed"), 1),
)


def given(text: str) -> dict[str, np.ndarray]:
    """Return the arrays that the text of a question shows."""
    found = {}
    for letter, layer, body in MATRIX.findall(text):
        rows = [[float(cell.replace("{,}", ".")) for cell in row.split("&")] for row in body.split(r"\\")]
        found[letter + layer] = np.array(rows)
    return found


def asked(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the letter of what is asked for, its layer, and its place."""
    for pattern, count in ASKED:
        if match := pattern.search(text):
            letter, *numbers = match.groups()[:count]
            return letter.removeprefix("\\"), tuple(map(int, numbers))
    raise AssertionError(text[-300:])


def forward(name: str, arrays: dict[str, np.ndarray], nudge: tuple[int, int, float] = (0, 0, 0.0)) -> list[np.ndarray]:
    """Return z and a of every layer; one z may be nudged: layer, neuron, by how much."""
    _, activation, _ = NETWORKS[name]
    depth = sum(key.startswith("W") for key in arrays)
    names = activation if isinstance(activation, list) else [activation] * depth
    a, out = arrays["x"][:, 0], []
    for layer in range(1, depth + 1):
        z = arrays[f"W{layer}"] @ a + arrays[f"b{layer}"][:, 0]
        if nudge[0] == layer:
            z[nudge[1] - 1] += nudge[2]
        a = ACTIVATIONS[names[layer - 1]](z)
        out += [z, a]
    return out


def cost(name: str, arrays: dict[str, np.ndarray], nudge: tuple[int, int, float] = (0, 0, 0.0)) -> float:
    """Return the cost of the sample."""
    return COSTS[NETWORKS[name][2]](forward(name, arrays, nudge)[-1], arrays["y"][:, 0])


def truth(name: str, arrays: dict[str, np.ndarray], what: tuple[str, tuple[int, ...]]) -> float:
    """Return the number that is asked for: of the forward pass as it is, a derivative as a central difference."""
    letter, place = what
    h = 1e-5
    if letter == "C":
        return cost(name, arrays)
    layer, j = place[:2]
    if letter in "za":
        return float(forward(name, arrays)[2 * layer - 1 - (letter == "z")][j - 1])
    if letter == "delta":
        return (cost(name, arrays, (layer, j, h)) - cost(name, arrays, (layer, j, -h))) / (2 * h)
    costs = []
    for step in (h, -h):
        moved = {key: value.copy() for key, value in arrays.items()}
        moved[f"W{layer}"][j - 1, place[2] - 1] += step
        costs.append(cost(name, moved))
    return (costs[0] - costs[1]) / (2 * h)


def mistakes(name: str, arrays: dict[str, np.ndarray], what: tuple[str, tuple[int, ...]]) -> Iterator[float]:
    """Yield what is found by who turns a sign, forgets the bias, the activation, or the last factor."""
    letter, place = what
    right = truth(name, arrays, what)
    yield -right
    if letter == "z":
        layer, j = place
        yield right - float(arrays[f"b{layer}"][j - 1, 0])
    if letter == "a":
        yield float(forward(name, arrays)[2 * place[0] - 2][place[1] - 1])
    if letter == "w":
        yield truth(name, arrays, ("delta", place[:2]))
    if letter == "C" and NETWORKS[name][2] == "quadratic":
        yield 2 * right


def check(name: str, question: ElementTree.Element) -> None:
    """Assert that the answer of a numerical question is right, and that mistakes are wrong."""
    text = question.findtext("questiontext/text") or ""
    arrays, what = given(unescape(text)), asked(text)
    right = truth(name, arrays, what)
    first, *others = question.findall("answer")
    value, tolerance = float(first.findtext("text") or ""), float(first.findtext("tolerance") or "")
    assert "100" == first.get("fraction")
    assert abs(value - right) < 1e-8 + 1e-6 * abs(right)  # a difference of floats has some nine digits
    assert abs(float(f"{right:.4g}") - value) <= tolerance
    for wrong in mistakes(name, arrays, what):
        if abs(wrong - right) > 1e-9:  # a slope of 1 that is forgotten changes nothing
            assert abs(wrong - value) > tolerance
    for other in others:
        assert "0" == other.get("fraction")
        assert abs(float(other.findtext("text") or "") - value) > 2 * tolerance
        assert other.findtext("feedback/text")


@pytest.mark.combinations
@pytest.mark.parametrize("name", NETWORKS)
def test_every_number_is_right_and_every_mistake_is_wrong(name: str) -> None:
    """What a question bank takes for right is what NumPy and differences give from the numbers it shows."""
    questions = [each for each in bank(name) if each.get("type") == "numerical"]
    assert len(questions) == 4 * len(sb.exercise(derived(name)).drafts[0].asked)  # type: ignore[attr-defined]
    for question in questions:
        check(name, question)


@cache
def sound_bank(kind: str) -> str:
    """Return a bank in which nothing is wrong."""
    return question_bank(sb.exercise(derived("relu"), kind=kind, seed=3), Labels(title="A & B/C <1>"))


@pytest.mark.combinations
@pytest.mark.parametrize("kind", KINDS)
def test_bank_is_what_moodle_reads(kind: str) -> None:
    """A strict reader, written from Moodle's documentation, finds nothing to complain about in any kind of question."""
    assert [] == faults(sound_bank(kind))


def test_bank_about_layers_is_what_moodle_reads() -> None:
    """That of layers, in Spanish and in another notation, has nothing wrong either."""
    made = sb.exercise(sb.sequential("1x2x2 -> conv2d(1, 1) -> flatten -> dense(1)"), variants=2, questions=2)
    assert [] == faults(question_bank(made, Labels("es")))


@pytest.mark.combinations
@pytest.mark.parametrize("kind", KINDS)
def test_whole_sheet_is_one_question_with_the_same_answers(kind: str) -> None:
    """A cloze has a field for each blank, with the answers of the questions one by one, formulas whole; and tags."""
    made = sb.exercise(derived("relu"), kind=kind, seed=3)
    text = "".join(bank_of(cloze_part(made, Labels(title="A & B/C <1>"))))
    assert [] == faults(text)
    (sheet,) = ElementTree.fromstring(text).findall("question[@type='cloze']")
    found = fields_of(sheet.findtext("questiontext/text") or "")
    apart = [each for each in ElementTree.fromstring(sound_bank(kind)) if each.get("type") != "category"]
    wanted = [answers for each in apart for answers in answers_of(each)]
    assert wanted == [
        [(right, text if of != "NUMERICAL" else text.split(":")[0]) for right, text, _ in answers]
        for of, answers in found
    ]
    asked = {tag.text for each in apart for tag in each.findall("tags/tag/text")}
    assert asked == {tag.text for tag in sheet.findall("tags/tag/text")} >= {kind}


def answers_of(question: ElementTree.Element) -> Iterator[list[tuple[bool, str]]]:
    """Yield the answers of each blank of a question: of an order every letter at each box, else as they are."""
    if question.get("type") == "matching":
        shown = re.findall(r"<p>\(([A-Z])\) (\\\(.*?\\\))</p>", question.findtext("questiontext/text") or "")
        letter = {formula: name for name, formula in shown}
        for each in question.findall("subquestion"):
            yield [(name == letter[each.findtext("text") or ""], name) for name in sorted(letter.values())]
        return
    answers = question.findall("answer")
    yield [(each.get("fraction") == "100", each.findtext("text") or "") for each in answers]


@pytest.mark.parametrize(
    ("found", "instead", "complaint"),
    [
        (":NUMERICAL:", ":NUMBER:", "NUMBER is no kind of field"),
        (":NUMERICAL:=", ":NUMERICAL:", "wanted one answer that is right"),
        (":NUMERICAL:=", ":NUMERICAL:=±", "wanted a number and its tolerance"),
        ("{1:NUMERICAL:", "{1:NUMERICAL:{1:NUMERICAL:", "wanted fields, each of which is closed"),
        ("<tag><text>compute", "<tag><text>", "tags: one is empty"),
    ],
)
def test_reader_sees_what_is_wrong_with_a_cloze(found: str, instead: str, complaint: str) -> None:
    """The witness can fail: each of these, put into a cloze, is a complaint."""
    text = "".join(bank_of(cloze_part(sb.exercise(derived("flat"), seed=3))))
    assert found in text
    assert any(complaint in fault for fault in faults(text.replace(found, instead)))


def test_terms_and_limits_of_sums_are_no_factors(program_derivation: Callable[[str], sb.ProgramDerivation]) -> None:
    """The y of a - y is a term, and the K of a sum to N - K + 1 a size: neither is asked for as a factor."""
    gaps = gaps_of(program_derivation("convolution"))
    factors = [gap.part.term for gap in gaps if gap.kind == "factor"]
    assert factors
    assert [] == [str(term) for term in factors if not term.has(Indexed) or str(term).startswith("y")]


def test_bank_of_many_sheets_is_made_sheet_by_sheet() -> None:
    """The first of two thousand sheets are there before the others are drawn, and none of them is kept."""
    made = sb.exercise(derived("flat"), variants=2_000, questions=1, end=1)
    parts = bank_of(bank_part(replace(made, plan=replace(made.plan, end=None))))
    read = "".join([*islice(parts, 4), "</quiz>"])
    assert ["category", "numerical"] * 3 == [each.get("type") for each in ElementTree.fromstring(read)]


def test_what_is_asked_of_pooling_is_seldom_zero() -> None:
    """Of the largest of four entries three have no error: what is asked for has one in most draws."""
    made = sb.exercise(sb.sequential("1x4x4 -> max_pool2d(2) -> flatten -> dense(1)"), seed=1)
    assert all(abs(value) > 1e-3 for value in made.drafts[0].drawn.values.values())  # type: ignore[attr-defined]


def test_words_of_a_sentence_differ() -> None:
    """A case that does not hold is no slip that is hidden: else every position of every sheet had the same word."""
    made = sb.exercise(sb.sequential("4 -> embedding(5, 2) -> flatten -> dense(2)"), variants=4)
    given = [draft.drawn.given for draft in made.drafts]  # type: ignore[attr-defined]
    words = [{number for letter, number in each.items() if str(letter).startswith("x")} for each in given]
    assert any(len(each) > 1 for each in words)
    assert max(map(max, words)) > 1, "words beyond the first two are never read"


def test_small_errors_of_many_layers_are_not_asked_for() -> None:
    """The error of the first of four sigmoids is below 0.002 in every draw: others are asked for."""
    (draft,) = sb.exercise(sb.mlp("1-1-1-1-1")).drafts
    answers = draft.drawn.values  # type: ignore[attr-defined]
    assert len(answers) > 4
    assert all(abs(value) >= 2e-3 for value in answers.values())


SPOILT = [
    ("compute", "<?xml", "\n<?xml", "the declaration is not the first thing"),
    ("compute", "$course$/top/", "top/", r"category: got 'top/.*', wanted \$course\$/top/"),
    ("compute", "defaultgrade", "defaultmark", "defaultmark: no field of this type"),
    ("compute", "0.3333333", "0.3", "penalty: got '0.3'"),
    ("compute", "<tolerance>", "<tolerance>±", "answer: tolerance: got '±.*', wanted a number"),
    ("compute", '<answer fraction="100"', '<answer fraction="99"', "fraction: got '99'"),
    ("compute", 'fraction="100"', 'fraction="0"', "none is right"),
    ("compute", "<file name=", "<file called=", "picture-1.svg is shown without a file"),
    ("compute", 'encoding="base64">', 'encoding="base64">!', "file: no picture"),
    ("compute", '<questiontext format="html">', '<questiontext format="HTML">', "questiontext: format: got 'HTML'"),
    ("compute", "<text><![CDATA[<p>", "<text><p>x</p><![CDATA[<p>", "no elements in it, which belong into CDATA"),
    ("compute", " alt=", " title=", "a picture has no words"),
    ("compute", "</p>", "", "p is left open"),
    ("compute", r"\)", "", "a formula is left open"),
    ("line", "<usecase>1", "<usecase>true", "usecase: wanted 0 or 1"),
    ("line", "</text><feedback", "*</text><feedback", "without a star"),
    ("line", "<single>true", "<single>false", "wanted single true"),
    ("order", r"<answer><text>\d\.\d", "<answer><text>1", "two lines have one answer"),
    ("order", 'type="matching"', 'type="order"', "no type of question"),
]


@pytest.mark.parametrize(("kind", "found", "instead", "complaint"), SPOILT)
def test_reader_sees_what_moodle_would_not_take(kind: str, found: str, instead: str, complaint: str) -> None:
    """The witness can fail: each of these, put into a bank, is one complaint that says what it is."""
    text = sound_bank(kind)
    spoilt = re.sub(found if r"\d" in found else re.escape(found), lambda _: instead, text)
    assert spoilt != text
    assert any(re.search(complaint, fault) for fault in faults(spoilt))


ATTENTION = """input q[T, D], k[T, D], v[T, D]
sizes T = 2, D = 2
s[i, j] = sum[d](q[i, d] * k[j, d])
p[i, j] = softmax[j](s[i, j])
o[i, d] = sum[j](p[i, j] * v[j, d])
"""
GIVEN = re.compile(r"(Q|K|V|\\nabla_\{O\}\\,C) = \\left\(\\begin\{matrix\} (.*?) \\end\{matrix\}\\right\)")
BY = re.compile(r"\\partial ([qkv])_\{(\d)(\d)\}\} = \\boxed")


def test_derivatives_of_a_program_are_right() -> None:
    """The derivatives that a bank asks of attention are differences of its outputs, weighed as is given."""
    made = sb.exercise(sb.equations(ATTENTION), seed=4, variants=1, questions=7)
    checked, are_back = 0, []
    for question in ElementTree.fromstring(question_bank(made)):
        text = unescape(question.findtext("questiontext/text") or "")
        are_back += [r"\partial C" in asked for asked in re.findall(r"[^$(]* = \\boxed", text)]
        if (found := BY.search(text)) is None:
            continue
        arrays = {
            name: np.array([[float(cell) for cell in row.split("&")] for row in body.split(r"\\")])
            for name, body in GIVEN.findall(text)
        }

        def weighed(q: np.ndarray, k: np.ndarray, v: np.ndarray, upstream: np.ndarray) -> float:
            e = np.exp(q @ k.T)
            return float((upstream * (e / e.sum(axis=1, keepdims=True) @ v)).sum())

        ends = []
        for step in (1e-6, -1e-6):
            moved = {name: array.copy() for name, array in arrays.items()}
            moved[found[1].upper()][int(found[2]) - 1, int(found[3]) - 1] += step
            ends.append(weighed(moved["Q"], moved["K"], moved["V"], moved[r"\nabla_{O}\,C"]))
        right, answer = (ends[0] - ends[1]) / 2e-6, question.find("answer")
        assert answer is not None
        assert abs(float(answer.findtext("text") or "") - right) < 1e-8
        checked += 1
    assert checked >= 2
    assert are_back == sorted(are_back)  # what is computed forward is asked first
    assert {True, False} == set(are_back)


CONVOLUTION = "1x2x3 -> conv2d(2, 2) tanh -> flatten -> dense(2) softmax"
STACKED = re.compile(
    r"(?:\(|quad )(x|W|b|y)(?:\^\{\((\d)\)\})?(?:_\{(\d+)ij\})? = \\left\(\\begin\{matrix\} (.*?) \\end"
)
WEIGHT = re.compile(r"\\partial W\^\{\((\d)\)\}_\{(\d+)\}\} = \\boxed")


def test_arrays_of_more_axes_are_shown_matrix_by_matrix() -> None:
    """From the matrices that a sheet shows, hand-written NumPy gets its answers; targets are one class of all."""
    made = sb.exercise(sb.sequential(CONVOLUTION, cost="cross_entropy"), seed=2, questions=16)
    checked = 0
    for question in ElementTree.fromstring(question_bank(made)):
        text = unescape(question.findtext("questiontext/text") or "")
        if (found := WEIGHT.search(text)) is None:
            continue
        parts = {
            (letter + layer, place): [[float(cell) for cell in row.split("&")] for row in body.split(r"\\")]
            for letter, layer, place, body in STACKED.findall(text)
        }
        shapes = {"x": (1, 2, 3), "W1": (2, 1, 2, 2), "b1": (2,), "W3": (2, 2, 1, 2), "b3": (2,), "y": (2,)}
        arrays = {
            name: np.array([part for (own, _), part in sorted(parts.items()) if own == name]).reshape(shape)
            for name, shape in shapes.items()
        }

        def cost(x: np.ndarray, y: np.ndarray, p: dict[str, np.ndarray]) -> float:
            windows = np.lib.stride_tricks.sliding_window_view(x[0], (2, 2))
            a = np.tanh(np.einsum("ijuv,ouv->oij", windows, p["W1"][:, 0]) + p["b1"][:, None, None])
            z = np.einsum("jkpq,kpq->j", p["W3"], a) + p["b3"]
            return float(np.log(np.exp(z).sum()) - z @ y)

        name, place = f"W{found[1]}", tuple(int(digit) - 1 for digit in found[2])
        ends = []
        for step in (1e-6, -1e-6):
            moved = {**arrays, name: arrays[name].copy()}
            moved[name][place] += step
            ends.append(cost(arrays["x"], arrays["y"], moved))
        assert 1 == arrays["y"].sum()
        assert float(question.findtext("answer/text") or "") == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)
        checked += 1
    assert checked >= 2


@pytest.mark.parametrize("change", [1.01, -1.0])
def test_wrong_answer_is_found(change: float) -> None:
    """The check fails where a question bank has another number."""
    question = ElementTree.fromstring(ElementTree.tostring(bank("sigmoid")[-1]))
    answer = question.find("answer/text")
    assert answer is not None
    answer.text = str(float(answer.text or "") * change)
    with pytest.raises(AssertionError, match="assert"):
        check("sigmoid", question)


def test_pictures_are_inside() -> None:
    """Each picture that a question shows is a file of it, in base64, an SVG that asks for nothing from outside."""
    for question in bank("sigmoid"):
        text = question.findtext("questiontext/text") or ""
        (name,) = re.findall(r"@@PLUGINFILE@@/([\w.-]+)", text)
        (file,) = question.findall("questiontext/file")
        assert (name, "base64") == (file.get("name"), file.get("encoding"))
        picture = ElementTree.fromstring(base64.b64decode(file.text or ""))
        assert "http://www.w3.org/2000/svg" in picture.tag
        assert not [each for each in picture.iter() if any("href" in key for key in each.attrib)]


@pytest.mark.parametrize("name", ["relu", "sigmoid", "classes"])
def test_numbers_are_as_pleasant_as_is_said(name: str) -> None:
    """Where nothing needs rounding every number is a decimal as short as is said; else those that are given are."""
    reckoner = reckoner_of(derived(name))
    for draw in drawn(reckoner, reckoner.quantities[-3:], seed=1, numbers=range(3)):
        numbers = evaluate(derived(name), {str(letter): value for letter, value in draw.given.items()})
        assert all(value.denominator in (1, 2, 5, 10) for value in draw.given.values())
        if name == "relu":
            assert draw.decimals is not None
            every = [*numbers.known.values(), *numbers.gradient.values()]
            assert all((number * 10**draw.decimals).is_integer for number in every)
        else:
            assert draw.decimals is None


def test_rounding_as_is_asked_stays_within_the_tolerance() -> None:
    """Who rounds every number on the way to four digits is counted right, by the witness's own rounding."""

    def four(values: np.ndarray) -> np.ndarray:
        return np.array([float(f"{value:.4g}") for value in values])

    for question in bank("sigmoid"):
        text = unescape(question.findtext("questiontext/text") or "")
        arrays, (letter, place) = given(text), asked(text)
        if letter != "w" or place[0] != 1:
            continue
        a, slopes = [arrays["x"][:, 0]], []
        for layer in (1, 2):
            z = four(arrays[f"W{layer}"] @ a[-1] + arrays[f"b{layer}"][:, 0])
            a.append(four(1 / (1 + np.exp(-z))))
            slopes.append(a[-1] * (1 - a[-1]))
        delta = four((a[2] - arrays["y"][:, 0]) * slopes[1])
        delta = four((arrays["W2"].T @ delta) * slopes[0])
        found = float(four(np.array([delta[place[1] - 1] * a[0][place[2] - 1]]))[0])
        answer = question.find("answer")
        assert answer is not None
        assert abs(found - float(answer.findtext("text") or "")) <= float(answer.findtext("tolerance") or "")


@pytest.mark.parametrize(
    ("line", "terms", "shown"),
    [
        ("2 -> dense(2) leaky_relu(alpha=0.25)", {"l2": "lambda=0.1"}, (r"\alpha = 0.25", r"\lambda = 0.1")),
        (
            "2 -> dense(2) -> layer_norm(0.25)",
            {"cost": "huber(kappa=5000)"},
            (r"\epsilon^{(2)} = 0.25", r"\kappa = 5000"),
        ),
    ],
)
def test_numbers_of_the_network_are_not_drawn(line: str, terms: dict[str, str], shown: tuple[str, str]) -> None:
    """A sheet is about the network that was said, with its slopes and the weights of its penalties."""
    text = sb.render(sb.exercise(sb.sequential(line, **terms), seed=1), "markdown")
    assert all(each in text for each in shown)


def test_variants_differ_and_seeds_repeat() -> None:
    """No two variants have the same numbers; the same seed gives the same sheet, another one another."""
    texts = [question_bank(sb.exercise(derived("flat"), seed=seed, variants=3, questions=1)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    shown = re.findall(r"<p>\\\(x = .*?</p>", texts[0])
    assert 3 == len(set(shown))


# --- gaps ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["line", "order"])
def test_letters_of_lines_are_introduced(kind: str, lang: str) -> None:
    """Where layers have other functions than the σ of general lines, it is said what that is; what δ is, always."""
    mixed, plain = (
        str(sb.render(sb.exercise(sb.mlp("2-3-2", names), kind=kind), "markdown", lang=lang))
        for names in (["relu", "identity"], "sigmoid")
    )
    said = {"en": "stands for whatever activation function", "es": "representa la función de activación, sea cual sea"}
    assert said[lang] in mixed
    assert said[lang] not in plain
    error = {
        "en": "The error $`\\delta^{(l)}_{j}`$ of a neuron is",
        "es": "El error $`\\delta^{(l)}_{j}`$ de una neurona es",
    }
    assert all(error[lang] in text for text in (mixed, plain))
    ends = {
        "en": "layer 0 gives the input $`x`$, and the last layer, $`L`$, gives $`a^{(L)}_{j}`$",
        "es": "la capa 0 da la entrada $`x`$, y la última, $`L`$, da $`a^{(L)}_{j}`$",
    }
    assert all(ends[lang] in text for text in (mixed, plain))


def test_sheet_of_a_batch_is_about_no_single_sample() -> None:
    """Where samples are coupled, or the equations are one's own, there may be many."""
    made = sb.exercise(sb.sequential("2 -> batch_norm -> dense(1)"))
    for lang, alone in (("en", "sample"), ("es", "muestra")):
        assert alone not in str(sb.render(made, "markdown", lang=lang))


def test_frame_takes_the_place_of_the_part_alone() -> None:
    """A blank stands where its part stood, a frame in the key around it, and parentheses that belong to others stay."""
    chain = derived("sigmoid").chains["BP2"]
    line = chain.result
    entry = next(each for each in line.atoms(type(chain.goal)) if each.base.letter == "z")
    index = Part(entry, entry.indices[0])
    assert latex(line).replace(r"z^{(l)}_{j}", r"z^{(l)}_{\boxed{\scriptstyle \,7?\,}}") == latex(
        Gapped(line, index, "7")
    )
    slope = Part(derived("sigmoid").chains["BP1 here"].result.args[0])
    shown = latex(Gapped(derived("sigmoid").chains["BP1 here"].result, slope))
    assert 1 == shown.count(r"\boxed{\,")
    assert not is_seen(derived("sigmoid").chains["BP1 here"].result, Part(chain.goal))


def test_ambiguous_gaps_are_not_asked() -> None:
    """An index that a bracket [i = j] makes the same as another is no question."""
    chain = derived("sigmoid").chains["cost by activation"]  # Σ_i (2 a_i - 2 y_i) [i = j]: a_j is as right as a_i
    (step,) = (step for step in chain.steps if step.rule.name == "differentiate")
    (entry,) = (entry for entry in entries(step.after) if entry.base.letter == "a")
    assert not Gap("index", "cost by activation", chain, step, Part(entry, entry.indices[0])).is_clear
    assert any(gap.kind == "index" and gap.is_clear for gap in gaps_of(derived("sigmoid")))


def test_numbers_are_offered_in_place_of_a_number() -> None:
    """The 2 of (1 - a^2) is looked for among 1, 3 and -2, not among factors such as a^2."""
    offered = [gap.wrong for gap in gaps_of(derived("classes")) if gap.kind == "number" and gap.is_clear]
    assert offered
    assert all(other.is_Integer for wrong in offered for other in wrong)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["relu", "classes"])
def test_what_is_offered_differs_from_what_is_right(name: str) -> None:
    """A choice has one right formula and others, each of which looks different; the right one is the part itself."""
    for question in bank(name, "line"):
        answers = question.findall("answer")
        right = [each for each in answers if each.get("fraction") == "100"]
        texts = [each.findtext("text") for each in answers]
        assert len(set(texts)) == len(texts)
        if question.get("type") == "multichoice":
            assert 1 == len(right) < len(answers)
            feedback = question.findtext("generalfeedback/text") or ""
            assert (right[0].findtext("text") or "")[2:-2] in feedback
        else:
            assert "shortanswer" == question.get("type")
            assert len(right) == len(answers) > 1
    assert {"multichoice", "shortanswer"} == {each.get("type") for each in bank(name, "line")}


def test_lines_are_in_order_where_the_letters_say_so() -> None:
    """The letters of the key, read in the sheet, give the lines of the chain; no two reasons are the same."""
    made = sb.exercise(derived("sigmoid"), kind="order", seed=1)
    for language in ("en", "es"):
        for question in next(made.worksheets(LANGUAGES[language])).questions:
            shown = {block.name: block.formula for block in question.asked if isinstance(block, Display)}
            (steps,) = (block for block in question.answered if isinstance(block, Steps))
            assert [line.right for line in steps.lines] == [shown[c].sides[0] for c in question.answer.letters]
            reasons = [line.reason for line in steps.lines]
            assert len(set(reasons)) == len(reasons)
            assert list(question.answer.letters) != sorted(question.answer.letters)


@pytest.mark.parametrize("kind", ["line", "order"])
def test_programs_are_asked_about_too(kind: str) -> None:
    """Lines of the derivation of equations can be blank, or be put in order."""
    attention = sb.derive(
        sb.equations("input q[T, D], k[T, D]\nsizes T = 2, D = 2\ns[i, j] = sum[d](q[i, d] * k[j, d])")
    )
    made = sb.exercise(attention, kind=kind, questions=1)
    assert "question type=" in question_bank(made)
    assert made.sheet.document().blocks


# --- papers -------------------------------------------------------------------------------------------


def formulas(document: Document) -> list[str]:
    """Return what stands on lines of its own, as LaTeX."""
    found = []
    for block in document.blocks:
        if isinstance(block, Display):
            found.append(formula_latex(block.formula, document.style))
        if isinstance(block, Steps):
            found += [latex(line.right) for line in block.lines]
    return found


def test_picture_shows_the_path_of_a_weight_that_is_asked_for() -> None:
    """The weight whose path is stressed is that of the first layer by which a derivative is asked for."""
    shown = set()
    for seed in range(4):
        document = sb.exercise(derived("relu"), seed=seed).sheet.document()
        (weight,) = {block.picture.weight for block in document.blocks if isinstance(block, Figure)}
        assert [rf"\frac{{\partial C}}{{\partial {latex(weight)}}}"] == [
            left for each in formulas(document) if "partial w^{(1)}" in (left := each.partition(" =")[0])
        ]
        shown.add(weight)
    assert len(shown) > 1


@pytest.mark.combinations
@pytest.mark.parametrize("kind", KINDS)
def test_sheet_and_key_have_the_same_questions(kind: str) -> None:
    """Both have the same numbers of questions; each has a blank of its own, or shows what is to be chosen from."""
    made = sb.exercise(derived("sigmoid"), kind=kind)
    papers = [made.sheet.document(), made.key.document(Labels("es"))]
    keys = [[b.key for b in paper.blocks if isinstance(b, Heading) and b.level == 2] for paper in papers]
    assert keys[0] == keys[1] != []
    assert next(b.key for b in papers[0].blocks if isinstance(b, Heading)) == "example-given"  # none is told without
    labels = re.findall(r"\\,(?:\\qquad)? ?([\d.]+)\?", " ".join(formulas(papers[0])))
    assert len(set(labels)) == len(labels)
    boxed = {label.partition(".")[0] for label in labels}
    for number, question in enumerate(next(made.worksheets(LANGUAGES["en"])).questions, 1):
        lines = [line.right for block in question.asked if isinstance(block, Steps) for line in block.lines]
        chosen = isinstance(question.answer, Choice) and question.answer.right.sides[-1] in lines
        assert chosen != (str(number) in boxed)


@pytest.mark.combinations
@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].alone])
def test_every_document_format_writes_a_sheet(name: str) -> None:
    """A sheet is a document that stands for itself: no file beside it tells the answers."""
    made = sb.exercise(derived("flat"), questions=2)
    files = made.sheet.named(files_of(None, made.sheet.document(), name))
    assert files
    assert all(file.startswith("sheet") or file.endswith(".svg") for file in files)
    assert not any("equations/" in file for file in files)


@pytest.mark.parametrize("name", ["docx", "pptx"])
def test_lines_have_their_letters_in_office(name: str) -> None:
    """A line that is to be put in order is called by its letter, which stands beside it."""
    made = sb.exercise(derived("flat"), kind="order", questions=1)
    (content,) = files_of(None, made.sheet.document(), name).values()
    with ZipFile(BytesIO(content)) as parts:
        text = b"".join(parts.read(part) for part in parts.namelist() if part.endswith(".xml")).decode()
    (question,) = next(made.worksheets(LANGUAGES["en"])).questions
    letters = sorted(question.answer.letters)
    assert letters == re.findall(r">\(([A-K])\)<", text)


def test_other_formats_are_refused() -> None:
    """What writes the equations of a derivation writes no exercise."""
    with pytest.raises(SpecError, match="'svg' writes a derivation, not what is asked about it; try "):
        sb.render(sb.exercise(derived("flat")), "svg")


def test_page_of_a_sheet_answers_nothing() -> None:
    """The picture of a page that is pointed at tells derivatives; on a sheet it is a picture alone."""
    assert 'data-part="w_1_1_1"' not in sb.render(sb.exercise(derived("sigmoid")), "html")
    assert 'data-part="w_1_1_1"' in sb.render(derived("sigmoid"), "html")


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ({"kind": "essay"}, "kind of exercise 'essay' is unknown; known: compute, line, mistake, order"),
        ({"variants": 0}, "variants: wanted a whole number from 1 to 100000, got 0"),
        ({"questions": 2.5}, "questions: wanted a whole number from 1 to 50, got 2.5"),
        ({"seed": -1}, "seed: wanted a whole number from 0 to 4294967295, got -1"),
        ({"questions": 40}, "exercise --questions 40: this network has .* take fewer"),
        ({"kind": "order", "questions": 50}, "this derivation has .* chains .* 50 wanted; take fewer questions"),
    ],
)
def test_what_cannot_be_asked_is_refused(wish: dict[str, object], complaint: str) -> None:
    """A wish that cannot be met is answered in one line that says what to try."""
    with pytest.raises((SpecError, UnknownNameError), match=complaint):
        sb.exercise(derived("flat"), **wish)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["compute", "line", "order", "mistake"])
def test_nothing_is_asked_of_a_derivative_by_data(kind: str) -> None:
    """Of targets that are smoothed first, q, there is ∂C/∂q, which leads to no weight and is in no key."""
    text = (
        "input x[D]\ntarget y[K]\nparameter W[K, D]\nsizes D = 2, K = 2\nq[i] = 0.9*y[i] + 0.1/K\n"
        "z[i] = sum[d](W[i, d]*x[d])\nC = sum[i]((z[i] - q[i])^2)/2"
    )
    keys = str(sb.render(sb.exercise(sb.equations(text), kind=kind, variants=4).key, "latex"))
    assert r"\partial C" in keys
    assert r"\partial q" not in keys


@pytest.mark.thorough
def test_every_sentence_of_exercises_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sentence about exercises is left over."""
    said: set[str] = set()
    plain = Language.sentence

    def sentence(self: Language, key: str, parts: object) -> object:
        said.add(key)
        return plain(self, key, parts)  # type: ignore[arg-type]

    monkeypatch.setattr(Language, "sentence", sentence)
    for name, kind in (
        ("sigmoid", "compute"),
        ("relu", "compute"),
        ("relu", "order"),
        *(("sigmoid", kind) for kind in ("order", "line", "mistake")),
    ):
        made = sb.exercise(derived(name), kind=kind, variants=2, questions=None if kind != "line" else 9)
        question_bank(made)
        made.key.document()
    question_bank(sb.exercise(sb.equations(ATTENTION), variants=2))
    own = {key for key in LANGUAGES["en"].sentences if key.startswith("exercise.")}
    assert own - said <= {
        "exercise.whole",
        "exercise.short.one",
        "exercise.short",
        "exercise.line.number",
        "exercise.b",
    }

"""The story of a network of layers: layer by layer, in words of its own, and true of this network."""

from __future__ import annotations

import re

import pytest
from exposition.conftest import LAYERED
from exposition.words import chapters, words
from oneline import pretty
from sympy import Indexed, Symbol

import symbackprop as sb
from symbackprop.calculus import rules
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Document, Emphasis, Figure, Heading, Prose
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.rendering import render
from symbackprop.exposition.story.program.layers import described
from symbackprop.exposition.story.program.sheet import one_page
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.network.notation import COST
from symbackprop.network.program import entries

pytestmark = pytest.mark.combinations


def headings(document: Document, level: int) -> list[str]:
    """Return the words of the headings of a level."""
    blocks = (block for block in document.blocks if isinstance(block, Heading) and block.level == level)
    return ["".join(part for part in block.text if isinstance(part, str)) for block in blocks]


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("en", "Backpropagation through convolutional, max pooling and dense layers"),
        ("es", "Retropropagación a través de capas convolucionales, de max pooling y densas"),
    ],
)
def test_title_says_the_layers(code: str, title: str, layered_derivation) -> None:
    """A network without a title of its own is called by the kinds of its layers."""
    assert title == narrate(layered_derivation("lenet"), lang=code).title


def test_error_goes_back_layer_by_layer(layered_derivation) -> None:
    """The derivatives stand under the layer that they come back through, the last layer first."""
    assert [
        "At the cost",
        "Back through layer 4: dense, 3 outputs, then softmax",
        "Back through layer 2: max pooling over windows of 2 × 2",
        "Back through layer 1: convolution with 2 kernels of 3 × 3, then ReLU",
    ] == headings(narrate(layered_derivation("lenet")), 2)
    assert ", the output of layer 2" not in headings(narrate(layered_derivation("lenet")), 3)
    assert ", the kernels" in headings(narrate(layered_derivation("lenet")), 3)


def test_layers_inside_a_layer_have_their_own_headings(layered_derivation) -> None:
    """The layers inside a residual block come between its sum and what goes past them."""
    found = [text.partition(":")[0] for text in headings(narrate(layered_derivation("residual")), 2)[1:]]
    assert [f"Back through layer {label}" for label in ("2", "1", "1.2", "1.1")] == found


@pytest.mark.parametrize(("name", "turned"), [("lenet", 1), ("residual", 0)])
def test_kernel_is_turned_round_where_the_derivation_shows_it(name: str, turned: int, layered_derivation) -> None:
    """The sentence stands with the derivative by the input of a convolution, and nowhere else."""
    stressed = Emphasis("convolved with the kernel turned round")
    said = [
        block
        for block in narrate(layered_derivation(name)).blocks
        if isinstance(block, Prose) and stressed in block.text
    ]
    assert turned == len(said)


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("1x8 -> conv1d(1, 3, stride=2) -> flatten -> dense(1)", "en", "a multiple of that in the output; so here the"),
        ("1x8 -> conv1d(1, 3, stride=2) -> flatten -> dense(1)", "es", "un múltiplo del lugar en la salida; por eso"),
        ("1x8 -> conv1d(1, 3) -> flatten -> dense(1)", "en", "a sum of the place in the output and that in the kernel"),
        (
            "2 -> dense(2)",
            "en",
            r"derivative of $`\left\lvert z\right\rvert`$ jumps, and where it jumps there is none.",
        ),
        ("2 -> dense(2)", "es", r"donde salta la derivada de $`\left\lvert z\right\rvert`$ |"),
    ],
)
def test_what_is_said_of_strides_and_of_magnitudes_is_so(line: str, code: str, told: str) -> None:
    """The place in the input is a sum of both others where a window moves by one; and |z| has no other name."""
    assert told in str(render(sb.derive(sb.sequential(line, l1=0.1)), "markdown", lang=code))


def test_identity_is_said_to_be_one() -> None:
    """What has a name in the equations has a definition below them."""
    assert r"\mathrm{id}{\left(z\right)} &= z" in str(
        render(sb.derive(sb.mlp("2-1", activation="identity")), "markdown")
    )


@pytest.mark.parametrize("name", ["lenet", "residual", "lstm"])
def test_nothing_is_said_of_neurons(name: str, lang: str, layered_derivation) -> None:
    """A network of layers of any kind is told without neurons, which it may not have."""
    document = narrate(layered_derivation(name), lang=lang)
    words = [part for block in document.blocks if isinstance(block, Prose) for part in block.text]
    assert [] == [part for part in words if isinstance(part, str) and "neuron" in part]


FORMAT_OF = dict(zip(LAYERED, ("docx", "html", "deck", "pdf", "pptx", "ipynb", "sheet"), strict=True))


@pytest.mark.parametrize(("name", "format"), FORMAT_OF.items())
def test_every_network_of_layers_is_told(name: str, format: str, lang: str, layered_derivation) -> None:
    """Each network in a format of its own, in both languages: every chapter is there."""
    if FORMATS[format].missing:
        pytest.skip(f"{format} needs {', '.join(FORMATS[format].missing)}")
    found = words(render(layered_derivation(name), format, lang=lang))
    wanted = chapters(narrate(layered_derivation(name), lang=lang), format)
    assert wanted
    assert [] == [chapter for chapter in wanted if chapter not in found]


def test_markdown_is_that_of_the_golden_file(layered_derivation, golden) -> None:
    """A network of layers reads as it was last looked at: the penalty, layer by layer, in Spanish."""
    text = render(layered_derivation("penalty"), "markdown", lang="es")
    golden("markdown/layers-es.md", text[: text.index("## 7.")])


def test_penalty_comes_by_a_step_of_its_own(layered_derivation) -> None:
    """∂C/∂W gains λW from the terms of the cost that contain it; all others are left out before anything else."""
    chain = layered_derivation("penalty").adjoints["W1"].chain
    (step,) = (step for step in chain.steps if step.rule == rules.LEAVE_OUT)
    explicit = next(part.of for part in step.after.atoms(Partial) if not isinstance(part.of, Indexed | Symbol))
    assert {"lambda", "W1"} == {entry.base.letter for entry in entries(explicit)}


@pytest.mark.parametrize(
    ("parts", "letter", "told"),
    [
        ({"l1": "mu=0.1"}, "mu", "how much the penalty counts"),
        ({"l2": "lambda=0.1"}, "lambda", "how much the penalty counts"),
        ({"cost": "huber(tau=1)"}, "tau", ""),
        ({"cost": "huber(lambda=1)"}, "lambda", ""),
    ],
)
def test_letter_of_a_number_means_what_it_does_here(parts: dict[str, str], letter: str, told: str) -> None:
    """A letter of the user's own has not the meaning that layers give to it: in l1(mu=0.1), μ is no mean."""
    derivation = sb.derive(sb.sequential("3 -> dense(4) tanh -> dense(2)", **parts))
    page = render(derivation, "markdown", checks=())
    (row,) = (line for line in page.splitlines() if line.startswith(f"| $`\\{letter}`$"))
    assert told == row.split("|")[4].strip()


def test_picture_on_one_page_is_that_of_the_layers(layered_derivation, lang: str) -> None:
    """The arrays of a network of layers would be wider than the page."""
    figure = one_page(ProgramTelling(layered_derivation("lenet"), LANGUAGES[lang]))[0]
    assert isinstance(figure, Figure)
    assert isinstance(figure.picture, GraphPicture)
    assert figure.picture.width < 18.4  # centimetres of a line of that page


def test_penalty_stands_after_the_cost(layered_derivation) -> None:
    """Each total keeps its own number: one half of the squares, and λ/2 of the squares of the weights."""
    network = layered_derivation("penalty").program
    (cost,) = [equation.expression for equation in network.equations if equation.target == COST]
    half, _, penalty = pretty(cost).partition(" + ")
    assert "½ Σⱼ (a⁽²⁾ⱼ − yⱼ)²" == half
    assert penalty.startswith("λ/2 · (")


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("lenet", "en", "Two grids, x and z1: a window marked in the first"),
        ("lenet", "es", "Elemento | Forma"),
        ("lstm", "en", "through the functions that give"),
        ("lstm", "es", "así que reciben nombres"),
        ("attention", "en", "what the heads give, in layer 1"),
        ("attention", "es", "flechas de sus extremos a a1."),
    ],
)
def test_words_are_those_of_the_network(name: str, code: str, told: str, layered_derivation) -> None:
    """Several names are told as several, a picture says what it shows, and long words are not those "of a layer"."""
    assert told in render(layered_derivation(name), "markdown", lang=code)


def test_left_side_comes_no_earlier_than_what_stands_above_it(layered_derivation) -> None:
    """Below the name of a layer that comes with a click, its equation is not begun before."""
    slides = render(layered_derivation("tied"), "beamer")
    below = re.compile(r"<(\d+)->\n.*\n\\end\{uncoverenv\}\n.*\n\\begin\{align\*\}\n +\\uncover<(\d+)->\{\\stepside")
    clicks = [tuple(map(int, found)) for found in below.findall(slides)]
    assert len(clicks) > 1
    assert all(above <= left for above, left in clicks)


def test_layer_is_told_in_the_words_of_its_language() -> None:
    """The function that has a letter is called as the language calls it, not as it is typed."""
    (layer,) = sb.mlp("2-1", l2=0.1).layers  # type: ignore[union-attr]  # with a penalty it is a network of layers
    assert "densa, una salida, después sigmoide" == described(LANGUAGES["es"], layer)
    assert "dense, one output, then sigmoid" == described(LANGUAGES["en"], layer)
    (layer,) = sb.sequential("2 -> dropout(0.25)").layers
    assert "dropout con una tasa de 0,25" == described(LANGUAGES["es"], layer)
    assert "dropout at a rate of 0.25" == described(LANGUAGES["en"], layer)


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("1x4 -> max_pool1d(2) -> flatten -> dense(1)", "en", "$`x_{cq}`$ enters $`a^{(1)}_{ci}`$ for those values of"),
        ("1x4 -> conv1d(1, 2) -> flatten -> dense(1)", "es", "entra en $`a^{(1)}_{oi}`$ para los valores de"),
        (
            "1x4 -> conv1d(1, 2) -> flatten -> dense(1)",
            "en",
            "$`b^{(1)}_{o}`$ enters $`a^{(1)}_{oi}`$ for every $`i`$.",
        ),
        ("3x2 -> rnn(2)", "en", "and where $`t`$ equals $`T`$, for $`a^{(1)}_{j}`$."),
        ("3x2 -> rnn(2)", "es", "y donde $`t`$ es igual a $`T`$, para $`a^{(1)}_{j}`$."),
        ("3x2 -> rnn(2, returns=sequence)", "en", "is used in its own step, for $`a^{(1)}_{tj}`$, and once more"),
        ("2x2 -> attention(1, causal=true)", "en", "$`S^{(1)}_{ti}`$ enters $`M^{(1)}_{t}`$ and $`P^{(1)}_{tr}`$"),
    ],
)
def test_entry_enters_what_reads_it_and_nothing_else(line: str, code: str, told: str) -> None:
    """Of a window it is said that not all of them hold the entry, and of the last state that others are not read."""
    assert told in render(sb.derive(sb.sequential(line)), "markdown", lang=code)

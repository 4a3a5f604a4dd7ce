"""The story of a network of layers: layer by layer, in words of its own, and true of this network."""

from __future__ import annotations

from functools import cache

import pytest

import symbackprop as sb
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.exposition.document import Document, Emphasis, Heading, Prose
from symbackprop.exposition.narration import narrate

NETWORKS = {
    "lenet": "1x12x12 -> conv2d(2, 3) relu -> max_pool2d(2) -> flatten -> dense(3) softmax",
    "residual": "4 -> residual(dense(3) tanh -> dense(4)) relu -> dense(2)",
    "tied": "4 -> dense(2) tanh -> dense(4, tied_to=1)",
}


@cache
def derived(name: str) -> ProgramDerivation:
    """Return the derivation of one of the networks."""
    derivation = sb.derive(sb.sequential(NETWORKS[name]))
    assert isinstance(derivation, ProgramDerivation)
    return derivation


def headings(document: Document, level: int) -> list[str]:
    """Return the words of the headings of a level."""
    blocks = (block for block in document.blocks if isinstance(block, Heading) and block.level == level)
    return ["".join(part for part in block.text if isinstance(part, str)) for block in blocks]


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("en", "Backpropagation through convolutional, max-pooling and dense layers"),
        ("es", "Retropropagación a través de capas convolucionales, de max pooling y densas"),
    ],
)
def test_title_says_the_layers(code: str, title: str) -> None:
    """A network without a title of its own is called by the kinds of its layers."""
    assert title == narrate(derived("lenet"), lang=code).title


def test_error_goes_back_layer_by_layer() -> None:
    """The derivatives stand under the layer that they come back through, the last layer first."""
    assert [
        "At the cost",
        "Back through layer 4: dense, 3 outputs, then softmax",
        "Back through layer 2: max pooling over windows of 2 × 2",
        "Back through layer 1: convolution with 2 kernels of 3 × 3, then ReLU",
    ] == headings(narrate(derived("lenet")), 2)
    assert ", the output of layer 2" not in headings(narrate(derived("lenet")), 3)
    assert ", the kernels" in headings(narrate(derived("lenet")), 3)


def test_layers_inside_a_layer_have_their_own_headings() -> None:
    """The layers inside a residual block come between its sum and what goes past them."""
    found = [text.partition(":")[0] for text in headings(narrate(derived("residual")), 2)[1:]]
    assert [f"Back through layer {label}" for label in ("2", "1", "1.2", "1.1")] == found


@pytest.mark.parametrize(("name", "turned"), [("lenet", 1), ("residual", 0)])
def test_kernel_is_turned_round_where_the_derivation_shows_it(name: str, turned: int) -> None:
    """The sentence stands with the derivative by the input of a convolution, and nowhere else."""
    stressed = Emphasis("convolved with the kernel turned round")
    said = [block for block in narrate(derived(name)).blocks if isinstance(block, Prose) and stressed in block.text]
    assert turned == len(said)


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_is_said_of_neurons(name: str, lang: str) -> None:
    """A network of layers of any kind is told without neurons, which it may not have."""
    document = narrate(derived(name), lang=lang)
    words = [part for block in document.blocks if isinstance(block, Prose) for part in block.text]
    assert [] == [part for part in words if isinstance(part, str) and "neuron" in part]

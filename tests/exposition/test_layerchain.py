"""The picture of a network of layers: boxes in rows, arrows that run through none of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

import symbackprop as sb
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layerchain import LONGEST_ROW, lines_of_words
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.story.program.layerpicture import layer_picture
from symbackprop.exposition.story.program.telling import ProgramTelling


def picture_of(line: str, lang: str = "en") -> GraphPicture:
    """Return the picture of a network; it needs no derivation."""
    network = sb.sequential(line, l2=0.1)
    picture = layer_picture(ProgramTelling(ProgramDerivation(network.program, {}, network), LANGUAGES[lang])).picture
    assert isinstance(picture, GraphPicture)
    return picture


NESTED = "4 -> residual(residual(dense(4) tanh) -> dense(4)) relu -> dense(2)"


@pytest.mark.parametrize(
    "line",
    [
        "1x9x9 -> conv2d(2, 2) relu -> max_pool2d(2) -> flatten -> dense(3) softmax",
        NESTED,
        "4" + " -> dense(4) tanh" * 9,
        f"4 -> residual({' -> '.join(['dense(4) tanh'] * 9)}) -> dense(2)",  # past whole rows
    ],
)
def test_arrows_run_through_no_box(line: str, lang: str) -> None:
    """Rows fit a page, boxes lie apart, and what goes past layers runs above them."""
    picture = picture_of(line, lang)
    assert picture.width <= LONGEST_ROW + 1
    for place, one in enumerate(picture.boxes):
        for other in picture.boxes[:place]:
            apart = abs(one.x - other.x) >= (one.width + other.width) / 2
            assert apart or abs(one.y - other.y) >= (one.height + other.height) / 2
    for arrow in picture.arrows:
        for (x0, y0), (x1, y1) in pairwise(arrow.path):
            for box in picture.boxes:
                beside = max(x0, x1) <= box.left[0] + 1e-9 or min(x0, x1) >= box.right[0] - 1e-9
                half = box.height / 2 - 1e-9
                assert beside or max(y0, y1) <= box.y - half or min(y0, y1) >= box.y + half


def test_what_a_block_adds_comes_from_its_layers_and_from_before_them() -> None:
    """The box of a residual block is reached by the last layer inside it, and by what is before the first."""
    arrows = [(arrow.start, arrow.end) for arrow in picture_of(NESTED).arrows]
    assert [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (0, 4), (4, 5), (5, 6)] == arrows


def test_lines_of_words_keep_a_shape_together() -> None:
    """A line in a box breaks between words, and never inside of 2 × 2."""
    assert ("2 · max pooling", "over windows of", "2 × 2, then tanh") == lines_of_words(
        "2 · max pooling over windows of 2 × 2, then tanh"
    )


def test_words_are_read_by_their_layer() -> None:
    """The numbers of words are constant, and an arrow leads from them as from any other input."""
    arrows = [(arrow.start, arrow.end) for arrow in picture_of("3 -> embedding(5, 2) -> rnn(2) -> dense(1)").arrows]
    assert [(0, 1), (1, 2), (2, 3), (3, 4)] == arrows

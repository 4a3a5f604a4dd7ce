"""A worked example told as a document, for any format.

narrate_example(derivation, descend(derivation, values.given, rate, 1), Labels("es"), rate=rate)  ->  Document
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sympy import Expr

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.numbers import Stage
from symbackprop.exposition.document import Block, CheckRow, Document
from symbackprop.exposition.example import backward, descent, evidence, forward, given, path
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.narration import UNLABELLED, Labels, bound
from symbackprop.exposition.story.telling import Telling

CHAPTERS: tuple[Callable[[Sheet], tuple[Block, ...]], ...] = (
    given.tell,
    forward.tell,
    backward.tell,
    path.tell,
    descent.tell,
    evidence.tell,
)
FEWEST_DIGITS, SHOWN_DIGITS, MOST_DIGITS = 2, 4, 12  # significant ones, of a number that is rounded


def narrate_example(
    derivation: Derivation,
    stages: Sequence[Stage],
    labels: Labels = UNLABELLED,
    *,
    rate: Expr,
    digits: int = SHOWN_DIGITS,
    checks: Sequence[CheckRow] = (),
    convention: Convention = USUAL,
) -> Document:
    """Return the story of a sample or several, and of the steps of gradient descent between `stages`.

    `checks` are numeric checks made elsewhere. Raises as `narrate` does."""
    telling = Telling(derivation, labels.language(convention), tuple(checks), convention)
    sheet = Sheet(telling, tuple(stages), digits, rate)
    blocks = (block for chapter in CHAPTERS for block in chapter(sheet))
    document = bound(telling, blocks, labels, kind=sheet.told("example.title"))
    return replace(document, sample=path.sample_of(sheet))

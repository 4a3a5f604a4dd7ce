"""A worked example told as a document, for any format.

narrate_example(derivation, descend(derivation, values.given, rate, 1), lang="es")  ->  Document
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from sympy import Expr

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.numbers import Stage
from symbackprop.exposition.document import Block, CheckRow, Document
from symbackprop.exposition.example import backward, descent, evidence, forward, given, path
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.narration import bound
from symbackprop.exposition.story.telling import Telling

__all__ = ["CHAPTERS", "FEWEST_DIGITS", "MOST_DIGITS", "narrate_example"]

CHAPTERS: tuple[Callable[[Sheet], tuple[Block, ...]], ...] = (
    given.tell,
    forward.tell,
    backward.tell,
    path.tell,
    descent.tell,
    evidence.tell,
)
FEWEST_DIGITS, SHOWN_DIGITS, MOST_DIGITS = 2, 4, 12  # significant ones, of a number that is rounded

_NO_SYMBOLS: Mapping[str, str] = MappingProxyType({})


def narrate_example(
    derivation: Derivation,
    stages: Sequence[Stage],
    *,
    rate: Expr,
    digits: int = SHOWN_DIGITS,
    lang: str = "en",
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
    symbols: Mapping[str, str] = _NO_SYMBOLS,
    checks: Sequence[CheckRow] = (),
    decimal: str = "language",
    convention: Convention = USUAL,
) -> Document:
    """Return the story of a sample or several, and of the steps of gradient descent between `stages`.

    `checks` are numeric checks made elsewhere. Raises as `narrate` does."""
    language = LANGUAGES[lang].with_decimal(decimal).with_names(convention.names)
    telling = Telling(derivation, language, tuple(checks), convention)
    sheet = Sheet(telling, tuple(stages), digits, rate)
    blocks = (block for chapter in CHAPTERS for block in chapter(sheet))
    return bound(
        telling, blocks, kind=sheet.told("example.title"), title=title, author=author, date=date, symbols=symbols
    )

"""The story of a derivation, told from the network's picture to the evidence, as a document for any format.

    narrate(derive(network), lang="es")  ->  Document

The order is that of the chapters below; the mathematics is the derivation's, the words are the language's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Block, CheckRow, Document
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.spoken import SPOKEN
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.story import back, chainrule, descent, error, evidence, forward, links, opening, summary
from symbackprop.exposition.story.telling import Telling, shape_of
from symbackprop.exposition.symbols import own_letters
from symbackprop.network.labels import check_label

__all__ = ["bound", "narrate"]

CHAPTERS: tuple[Callable[[Telling], tuple[Block, ...]], ...] = (
    opening.tell,
    forward.tell,
    chainrule.tell,
    links.tell,
    error.tell,
    back.tell,
    summary.tell,
    descent.tell,
    evidence.tell,
)
WORDS = ("figure", "table", "otherwise", "picture", "input", "layer", *SPOKEN)  # what a format has to say itself

_NO_SYMBOLS: Mapping[str, str] = MappingProxyType({})


def narrate(
    derivation: Derivation,
    *,
    lang: str = "en",
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
    symbols: Mapping[str, str] = _NO_SYMBOLS,
    checks: Sequence[CheckRow] = (),
) -> Document:
    """Return the whole story of a derivation in one language.

    `symbols` renames letters, {"delta": "e"}; `checks` are numeric checks to be shown at the end. `title` is that of
    the network, or one made from its shape, where none is given; without `date` none is shown.
    Raises UnknownNameError for a language, SpecError for a title, an author or a symbol that cannot be shown."""
    telling = Telling(derivation, LANGUAGES[lang], tuple(checks))
    blocks = (block for chapter in CHAPTERS for block in chapter(telling))
    return bound(telling, blocks, kind="title", title=title, author=author, date=date, symbols=symbols)


def bound(
    telling: Telling,
    blocks: Iterable[Block],
    *,
    kind: str,
    title: str | None,
    author: str | None,
    date: str | None,
    symbols: Mapping[str, str],
) -> Document:
    """Return blocks as a document; `kind` is the sentence that a title is made of where none is given.

    Raises SpecError, before any block is made, for a label or a symbol that cannot be shown."""
    language, network = telling.language, telling.network
    symbols = own_letters(network, symbols)
    Style(symbols)
    made = "".join(map(str, language.say(kind, shape=shape_of(network))))
    return Document(
        title=check_label(title, "title") if title is not None else network.title or made,
        author=None if author is None else check_label(author, "author"),
        date=None if date is None else check_label(date, "date"),
        language=language.code,
        blocks=tuple(blocks),
        words=MappingProxyType({name: language.words(f"word.{name}") for name in WORDS}),
        symbols=MappingProxyType(dict(symbols)),
    )

"""A diagnosis told as a document, for any format.

narrate_diagnosis(report, lang="es")  ->  Document
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symbackprop.calculus.diagnosis import TELLINGS, Diagnosis
from symbackprop.exposition.diagnosis.blocks import blocks_of
from symbackprop.exposition.document import Document
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.narration import made_document
from symbackprop.exposition.notebook.wording import wording
from symbackprop.exposition.story.telling import shape_of
from symbackprop.exposition.symbols import own_letters
from symbackprop.network.labels import check_label
from symbackprop.network.model import Network

__all__ = ["narrate_diagnosis"]

_NO_SYMBOLS: Mapping[str, str] = MappingProxyType({})


def narrate_diagnosis(
    report: Diagnosis,
    *,
    lang: str = "en",
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
    symbols: Mapping[str, str] = _NO_SYMBOLS,
    decimal: str = "language",
    convention: Convention = USUAL,
) -> Document:
    """Return what a diagnosis found as a document; raises as `narrate` does."""
    language = LANGUAGES[lang].with_decimal(decimal).with_names(convention.names)
    network = report.network
    symbols = own_letters(network, symbols, convention)
    if isinstance(network, Network):
        made = "".join(map(str, language.say("diagnosis.title", shape=shape_of(network))))
        taken = frozenset[str]()
    else:
        made = language.words("diagnosis.title.program")
        taken = frozenset(array.name for array in network.program.arrays)
    return made_document(
        language,
        blocks_of(report, language),
        title=(network.title or made) if title is None else check_label(title, "title"),
        author=author,
        date=date,
        symbols=symbols,
        taken=taken,
        manner=(convention, network.depth if isinstance(network, Network) else None, ()),
    )


@TELLINGS.register("markdown")
def _markdown(report: Diagnosis) -> str:
    """Return all blocks, one after the other."""
    document = narrate_diagnosis(report)
    return "\n\n".join(map(wording(document).block, document.blocks))


TELLINGS.add("document", narrate_diagnosis)

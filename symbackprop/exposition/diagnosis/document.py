"""A diagnosis told as a document, for any format.

narrate_diagnosis(report, Labels("es"))  ->  Document
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from symbackprop.calculus.diagnosis import TELLINGS, Diagnosis
from symbackprop.exposition.diagnosis.blocks import blocks_of
from symbackprop.exposition.document import Document
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.narration import UNLABELLED, Labels, made_document
from symbackprop.exposition.notebook.wording import wording
from symbackprop.exposition.story.telling import shape_of
from symbackprop.exposition.symbols import own_letters
from symbackprop.network.model import Network


def narrate_diagnosis(report: Diagnosis, labels: Labels = UNLABELLED, *, convention: Convention = USUAL) -> Document:
    """Return what a diagnosis found as a document; raises as `narrate` does."""
    language, network = labels.language(convention), report.network
    if isinstance(network, Network):
        made = "".join(map(str, language.say("diagnosis.title", shape=shape_of(network))))
        taken: Mapping[str, int] = {}
    else:
        made = language.words("diagnosis.title.program")
        taken = network.program.names
    return made_document(
        language,
        blocks_of(report, language),
        replace(labels, symbols=own_letters(network, labels.symbols, convention)),
        title=network.title or made,
        taken=taken,
        manner=(convention, getattr(network, "depth", None), ()),
    )


@TELLINGS.register("markdown")
def _markdown(report: Diagnosis) -> str:
    """Return all blocks, one after the other."""
    document = narrate_diagnosis(report)
    return "\n\n".join(map(wording(document).block, document.blocks))


TELLINGS.add("document", narrate_diagnosis)

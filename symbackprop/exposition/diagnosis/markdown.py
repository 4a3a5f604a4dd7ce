"""A diagnosis as a notebook shows it below a cell: Markdown, with mathematics between dollar signs."""

from __future__ import annotations

from symbackprop.calculus.diagnosis import TELLINGS, Diagnosis
from symbackprop.exposition.diagnosis.document import narrate_diagnosis
from symbackprop.exposition.notebook.wording import wording

__all__: list[str] = []


@TELLINGS.register("markdown")
def _markdown(report: Diagnosis) -> str:
    """Return all blocks, one after the other."""
    document = narrate_diagnosis(report)
    return "\n\n".join(map(wording(document).block, document.blocks))

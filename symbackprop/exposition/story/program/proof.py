"""Chapter 7: why a reader may believe it: what was checked, how, and under which conditions it holds."""

from __future__ import annotations

from symbackprop.exposition.document import Formula
from symbackprop.exposition.levels import Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.evidence import evidence_of, points_of, result_row, results_table
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.terms import InOneLine


def tell(telling: ProgramTelling) -> Story:
    """Return the chapter about the evidence; a lecture has one line of it."""
    adjoints = [adjoint for adjoint in telling.derivation.adjoints.values() if adjoint.steps]
    rows = [result_row(telling, (Formula((InOneLine(adjoint.left),)),), adjoint.chain) for adjoint in adjoints]
    steps = telling.checked_steps
    line = telling.prose("evidence.line", steps=len(steps), points=points_of(steps))
    return (*at(Level.LECTURE, line), *evidence_of(telling, results_table(telling, rows)))

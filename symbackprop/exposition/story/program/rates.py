"""Chapter 3: the chain rule for arrays with indices: what is added up, and why."""

from __future__ import annotations

from sympy import KroneckerDelta

from symbackprop.calculus import rules
from symbackprop.calculus.adjoints import Adjoint
from symbackprop.exposition.document import Block, Line, Steps
from symbackprop.exposition.levels import Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.program.uses import goes_into
from symbackprop.network.notation import index


def tell(telling: ProgramTelling) -> Story:
    """Return the chapter about the chain rule, with the first link of this very program for an example."""
    adjoint = _example(telling)
    blocks: list[Block] = [telling.section("rates"), telling.prose("rates.idea")]
    if adjoint is not None:
        (reader,) = adjoint.readers[:1]
        first = "rates.first.layers" if telling.layers else "rates.first"
        step = next(step for step in adjoint.steps if step.rule == rules.CHAIN)
        blocks += [
            telling.prose(first, entry=adjoint.entry, reader=goes_into(adjoint, reader)[0]),
            Steps((Line(adjoint.left, "=", step.after, telling.reason(step)),), key="rates"),
        ]
    i, j = index("i"), index("j")
    bracket = KroneckerDelta(i, j)
    more = at(Level.FULL, telling.prose("rates.bracket", bracket=bracket, i=i, j=j))
    return (*blocks, telling.prose("rates.known"), *more)


def _example(telling: ProgramTelling) -> Adjoint | None:
    """Return the first adjoint that is reached through another array: one with a single reader that is no start."""
    chained = [a for a in telling.derivation.adjoints.values() if any(s.rule == rules.CHAIN for s in a.steps)]
    single = (a for a in chained if len(a.readers) == 1 and a.readers[0].target == a.readers[0].sides[0])
    return next(single, chained[0] if chained else None)

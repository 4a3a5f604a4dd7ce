"""Chapter 6: what the gradient is for: the step of gradient descent, which uses it and does not compute it."""

from __future__ import annotations

from symbackprop.exposition.document import Block, Line, Steps
from symbackprop.exposition.levels import EVERY, Level
from symbackprop.exposition.selection import Story
from symbackprop.exposition.story.descent import RATE
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.network.notation import COST
from symbackprop.network.program import Kind

FEW = 3  # steps that a slide shows, as all of them are alike


def tell(telling: ProgramTelling) -> Story:
    """Return the chapter about gradient descent; a program without parameters or without a cost has none."""
    program = telling.program
    learned = [a for a in telling.derivation.adjoints.values() if a.array.kind is Kind.PARAMETER]
    if not learned or not program.has_cost:
        return ()
    lines = [
        Line(
            a.entry,
            "<-",
            a.entry - RATE * a.left,
            telling.say("reason.descent.parameter") if not n else (),
            levels=EVERY if n < FEW or len(learned) == FEW + 1 else Level.FULL,
        )
        for n, a in enumerate(learned)
    ]
    blocks: tuple[Block, ...] = (
        telling.section("descent"),
        telling.prose("descent.idea", eta=RATE, C=COST),
        Steps(tuple(lines), key="descent"),
        telling.prose("descent.difference"),
    )
    return blocks

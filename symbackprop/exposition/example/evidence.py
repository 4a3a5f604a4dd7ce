"""The last chapter: what stands behind the numbers."""

from __future__ import annotations

from symbackprop.calculus.numbers import DIGITS
from symbackprop.exposition.document import Block, Prose
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.story.evidence import numbers_table


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the chapter about the checks."""
    say, sample = sheet.telling.say, sheet.numbers
    count = len(sheet.stages) * sheet.count * (len(sample.known) + len(sample.gradient))
    blocks: list[Block] = [
        sheet.telling.section("evidence"),
        Prose(say("example.evidence", count=count, digits=DIGITS)),
    ]
    if sheet.telling.checks:
        blocks += [Prose(say("example.checks")), numbers_table(sheet.telling)]
    return tuple(blocks)

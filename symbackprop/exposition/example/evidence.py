"""The last chapter: what stands behind the numbers."""

from __future__ import annotations

from symbackprop.calculus.numbers import DIGITS
from symbackprop.exposition.document import Block
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.story.evidence import numbers_table
from symbackprop.exposition.story.speaking import Speaking


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the chapter about the checks."""
    numbers = len(sheet.numbers.known) + len(sheet.numbers.gradient)
    return checked(sheet.telling, "example.evidence", len(sheet.stages) * sheet.count * numbers)


def checked(telling: Speaking, key: str, count: int) -> tuple[Block, ...]:
    """Return what stands behind so many numbers; the sentence of the key says how each was computed."""
    shown = (telling.prose("example.checks"), numbers_table(telling)) if telling.checks else ()
    return telling.section("evidence"), telling.prose(key, count=count, digits=DIGITS), *shown

"""Chapter 5: the pass on one page: each forward line, and beside it what comes back through it."""

from __future__ import annotations

from itertools import zip_longest

from symbackprop.exposition.document import Block, Formula, Table, Text
from symbackprop.exposition.levels import EVERY
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.program.telling import ProgramTelling, target_of
from symbackprop.exposition.story.telling import equal
from symbackprop.network.notation import COST
from symbackprop.network.program import Equation

__all__ = ["tell"]


def tell(telling: ProgramTelling) -> Story:
    """Return the chapter that puts both passes side by side."""
    blocks: tuple[Block, ...] = (telling.section("onepage"), telling.prose("onepage.reading"), _table(telling))
    return (*at(EVERY, *blocks[:1]), *at(EVERY, *blocks[1:]))


def _table(telling: ProgramTelling) -> Table:
    """Return a row for each forward equation, from the first to the last: what it computes, what it sends back.

    The derivative by what an equation computes stands beside it, and below that those by what is given to it; of a
    recurrence beside its step."""
    say, adjoints = telling.say, telling.derivation.adjoints
    by_tensor = {adjoint.entry.base: adjoint for adjoint in adjoints.values()}
    rows: list[tuple[Text, ...]] = []
    equations = telling.program.equations
    last = {equation.tensor: equation for equation in equations}  # of a recurrence the step, not the start
    own = {equation: by_tensor.pop(equation.tensor, None) for equation in last.values()}
    for equation in equations:
        given = [by_tensor.pop(tensor) for tensor in telling.in_order(equation.reads) if tensor in by_tensor]
        mine = own.get(equation)
        named = None if mine is None else telling.named(mine)
        pairs = [*([] if mine is None else [telling.sides(mine)]), *([] if named is None else [named])]
        back = [equal(*sides) for sides in (*pairs, *map(telling.sides, given))]
        forward: list[Text] = [(_forward(equation),)]
        rows += [tuple(row) for row in zip_longest(forward, ((formula,) for formula in back), fillvalue=())]
    return Table((say("header.forward"), say("header.backward")), tuple(rows), "ll", say("table.onepage", C=COST))


def _forward(equation: Equation) -> Formula:
    return equal(target_of(equation), equation.expression)

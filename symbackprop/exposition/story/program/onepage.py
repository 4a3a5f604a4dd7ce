"""Chapter 5: the pass on one page: each forward line, and beside it what comes back through it."""

from __future__ import annotations

from symbackprop.exposition.document import Block, Formula, Table, Text
from symbackprop.exposition.levels import EVERY
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.program.telling import ProgramTelling
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

    The derivative by what an equation computes stands beside it; those by what is given follow below."""
    say, adjoints = telling.say, telling.derivation.adjoints
    by_tensor = {adjoint.entry.base: adjoint for adjoint in adjoints.values()}
    rows: list[tuple[Text, ...]] = []
    for equation in telling.program.equations:
        adjoint = by_tensor.pop(equation.tensor, None)
        back: Text = () if adjoint is None else (equal(*telling.sides(adjoint)),)
        rows.append(((_forward(equation),), back))
    rows += [((), (equal(*telling.sides(adjoint)),)) for adjoint in by_tensor.values()]
    return Table((say("header.forward"), say("header.backward")), tuple(rows), "ll", say("table.onepage", C=COST))


def _forward(equation: Equation) -> Formula:
    return equal(equation.target, equation.expression)

"""Chapter 5: the pass on one page: each forward line, and beside it what comes back through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby, zip_longest

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.exposition.document import Block, Emphasis, Formula, Line, Prose, Steps, Table, Term, Text
from symbackprop.exposition.levels import EVERY, USUAL, Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.program.forms import explained_beside, explained_names
from symbackprop.exposition.story.program.layers import described, in_layers, layer_behind, layer_of
from symbackprop.exposition.story.program.telling import ProgramTelling, formula_width
from symbackprop.exposition.story.telling import equal
from symbackprop.network.inplace import LayerInPlace
from symbackprop.network.notation import COST
from symbackprop.network.program import Equation

MOST_ROWS = 12  # of both passes, below which a slide has room for a sentence
WIDEST_BESIDE = 48.0  # em of both columns, what a page in a browser has room for; wider ones shrink elsewhere, too
MOST_BESIDE = 12  # derivatives, more of which stand below the forward pass and not beside it


def tell(telling: ProgramTelling) -> Story:
    """Return the chapter that puts both passes side by side; where they are long, under one another."""
    heading = telling.section("onepage")
    if len(telling.derivation.adjoints) <= MOST_BESIDE and _fits(table := _table(telling)):
        beside = explained_beside(telling) if len(table.rows) <= MOST_ROWS else ()
        signs = (*at(USUAL, *explained_names(telling)), *at(Level.LECTURE, *beside))
        return (*at(EVERY, heading, telling.prose("onepage.reading"), table), *signs)
    every = tuple(telling.derivation.adjoints.values())
    first = telling.prose("onepage.alike") if len(telling.groups) < len(every) else telling.prose("onepage.back")
    return (
        *at(EVERY, replace(heading, slide=telling.say("onepage.backward"))),  # slides have no room for the way forward
        *at(Level.FULL, telling.prose("onepage.under"), *_forward_pass(telling), telling.prose("onepage.back")),
        *at(Level.FULL, *_back_through_layers(telling, every)),
        *at(Level.SHORT | Level.LECTURE, first, backward_pass(telling, [group[0] for group in telling.groups])),
        *at(USUAL, *explained_names(telling)),
    )


def _forward_pass(telling: ProgramTelling) -> Iterator[Block]:
    """Yield the equations in order; those of a layer under its name."""
    runs = in_layers(telling) if telling.layers else [(None, telling.program.equations)]
    for layer, equations in runs:
        if equations:
            yield from _name(telling, layer)
            yield Steps(
                tuple(Line(left, "=", right) for left, right in (_sides(telling, e) for e in equations)), key="forward"
            )


def _back_through_layers(telling: ProgramTelling, adjoints: Sequence[Adjoint]) -> Iterator[Block]:
    """Yield the derivatives in the order of computation; what comes back through a layer under its name."""
    if not telling.layers:
        yield backward_pass(telling, adjoints)
        return
    for layer, through in groupby(adjoints, key=partial(layer_behind, telling)):
        yield from _name(telling, layer)
        yield backward_pass(telling, list(through))


def _name(telling: ProgramTelling, layer: LayerInPlace | None) -> Iterator[Prose]:
    """Yield the name of a layer, or that of the cost, where a program is made of layers."""
    if telling.layers:
        yield Prose((Emphasis(_said(telling, layer)),))


def _said(telling: ProgramTelling, layer: LayerInPlace | None) -> str:
    what = {} if layer is None else {"layer": telling.number_of(layer), "what": described(telling.language, layer)}
    return "".join(map(str, telling.say("layers.equations" if layer else "layers.equations.cost", **what)))


def _fits(table: Table) -> bool:
    """Tell whether both columns have room beside one another."""
    columns = zip(*table.rows, strict=True)
    return sum(max(map(_width, column)) for column in columns) <= WIDEST_BESIDE


def _width(cell: Text) -> float:
    return sum(formula_width(part) for part in cell if isinstance(part, Formula))


def backward_pass(telling: ProgramTelling, adjoints: Sequence[Adjoint]) -> Steps:
    """Return derivatives in the order of computation, as matrices where there is such a form."""
    pairs: list[tuple[Term, Term]] = []
    for adjoint in adjoints:
        named = telling.named(adjoint)
        pairs += [telling.sides(adjoint), *([] if named is None else [named])]
    return Steps(tuple(Line(left, "=", right) for left, right in pairs), key="backward")


def _table(telling: ProgramTelling) -> Table:
    """Return a row for each forward equation, from the first to the last: what it computes, what it sends back.

    The derivative by what an equation computes stands beside it, and below that those by what is given to it; of a
    recurrence beside its step."""
    say, adjoints = telling.say, telling.derivation.adjoints
    by_tensor = {adjoint.entry.base: adjoint for adjoint in adjoints.values()}
    rows: list[tuple[Text, ...]] = []
    equations = telling.program.equations
    before: object = telling  # no layer yet; that of the cost is None
    names = {array.tensor: array.name for array in telling.program.arrays}
    last = {equation.tensor: equation for equation in equations}  # of a recurrence the step, not the start
    own = {equation: by_tensor.pop(equation.tensor, None) for equation in last.values()}
    for equation in equations:
        given = [by_tensor.pop(tensor) for tensor in telling.in_order(equation.reads) if tensor in by_tensor]
        mine = own.get(equation)
        named = None if mine is None else telling.named(mine)
        pairs = [*([] if mine is None else [telling.sides(mine)]), *([] if named is None else [named])]
        back = [equal(*sides) for sides in (*pairs, *map(telling.sides, given))]
        forward: list[Text] = [(equal(*_sides(telling, equation)),)]
        layer = layer_of(telling, names[equation.tensor])
        if telling.layers and layer is not before:
            rows.append(((Emphasis(_said(telling, layer)),), ()))
        before = layer
        rows += [tuple(row) for row in zip_longest(forward, ((formula,) for formula in back), fillvalue=())]
    return Table((say("header.forward"), say("header.backward")), tuple(rows), "ll", say("table.onepage", C=COST))


def _sides(telling: ProgramTelling, equation: Equation) -> tuple[Term, Term]:
    """Return an equation for whole arrays where there is such a form, else in indices."""
    return telling.forward_forms.get(equation, equation.sides)

"""Chapter 5: steps against the gradient, old and new values side by side, and what becomes of the cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr

from symbackprop.calculus.numbers import Stage
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Formula, Line, Prose, Steps, Table, Text
from symbackprop.exposition.example.sheet import Sheet, sign_before
from symbackprop.exposition.example.terms import Filled
from symbackprop.exposition.story.descent import RATE
from symbackprop.exposition.story.terms import Chain
from symbackprop.network.notation import scalar

MOST_TABLES = 3  # of steps that are shown parameter by parameter


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the chapter about gradient descent, or nothing where no step was asked for."""
    steps = len(sheet.stages) - 1
    if not steps:
        return ()
    say = sheet.telling.say
    first, after = sheet.stages[:2]
    depth = sheet.numbers.network.depth
    parameters = scalar("w", depth, 1, 1), scalar("b", depth, 1)
    updates = [(at, (first.parameters[at], first.gradient[at], after.parameters[at])) for at in parameters]
    blocks: list[Block] = [
        sheet.telling.section("example-descent"),
        Prose(say("example.step", eta=RATE)),
        Steps(tuple(update(sheet, Partial(sheet.whole_cost, at), worth) for at, worth in updates), key="descent"),
    ]
    for number in range(1, min(steps, MOST_TABLES) + 1):
        before, after = sheet.stages[number - 1 : number + 1]
        if number > 1:
            blocks.append(Prose(say("example.again", step=number)))
        blocks.append(_table(sheet, number, before, after))
    old, new = (Formula((sheet.shown(stage.cost),)) for stage in (first, sheet.stages[-1]))
    blocks += [Prose(say(sheet.told("example.costs"), C=sheet.whole_cost, old=old, new=new)), costs(sheet)]
    return tuple(blocks)


def update(sheet: Any, slope: Partial, worth: Sequence[Expr]) -> Line:
    """Return one update of a sheet's, w <- w - η ∂C/∂w = 0.4 - 0.5 · 0.08217 ≈ 0.3589.

    `worth` are the value before, that of the slope, and the value after."""
    before, rise, after = map(sheet.shown, worth)
    numbers = ((slope.by, before), (RATE, sheet.shown(sheet.rate)), (slope, rise))
    formula: Expr = slope.by - RATE * slope
    sign = sign_before(after, (number for _, number in numbers))
    return Line(slope.by, "<-", Chain((formula, Filled(formula, numbers), after), ("=", sign)))


def _table(sheet: Sheet, number: int, before: Stage, after: Stage) -> Table:
    """Return every parameter with its derivative, its old and its new value."""
    say = sheet.telling.say
    header = tuple(say(f"header.{name}") for name in ("parameter", "derivative", "old", "new"))
    parameters = sorted(
        before.gradient, key=lambda letter: (letter.name.split("_")[1], letter.name[0] == "b", str(letter))
    )
    rows = tuple(
        (
            (Formula((parameter,)),),
            _cell(sheet, before.gradient[parameter]),
            _cell(sheet, before.parameters[parameter]),
            _cell(sheet, after.parameters[parameter]),
        )
        for parameter in parameters
    )
    return Table(header, rows, "lrrr", say("table.example.step", step=number))


def costs(sheet: Any) -> Table:
    """Return the cost at the beginning and after each step of a sheet's stages."""
    say = sheet.telling.say
    rows = tuple(((str(number),), _cell(sheet, stage.cost)) for number, stage in enumerate(sheet.stages))
    return Table((say("header.step"), say("header.cost")), rows, "rr", say("table.example.costs"))


def _cell(sheet: Any, value: Expr) -> Text:
    return (Formula((sheet.shown(value),)),)

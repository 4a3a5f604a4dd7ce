"""Chapter 2: each sample goes forward, layer by layer, and the cost is computed."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Mul, S, log

from symbackprop.calculus.numbers import Known, Numbers, instances
from symbackprop.exposition.document import Block, Line, Prose, Steps
from symbackprop.exposition.example.sheet import Sheet, with_numbers
from symbackprop.exposition.story.forward import definitions, error_function
from symbackprop.exposition.story.telling import name_of, sign_of
from symbackprop.network.functions import X_LOG_X, Z
from symbackprop.network.notation import COST
from symbackprop.network.program import Equation

NOTHING = Mul(S.Zero, log(S.Zero, evaluate=False), evaluate=False)


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the chapter about the forward pass."""
    say, network = sheet.telling.say, sheet.numbers.network
    blocks: list[Block] = [sheet.telling.section("example-forward"), Prose(say(sheet.told("example.forward")))]
    if functions := definitions(network.program.distinct):
        lines = tuple(Line(function(Z), sign_of(function.definition), function.definition) for function in functions)
        blocks += [Prose(say("forward.where")), Steps(lines, key="definitions")]
        blocks += error_function(sheet.telling, network.program.distinct)
    for each in sheet.each:
        blocks += _sample(each)
    return (*blocks, *_mean(sheet)) if sheet.count > 1 else tuple(blocks)


def _sample(sheet: Sheet) -> Iterator[Block]:
    """Yield the way of one sample, equation by equation."""
    place = {"sample": sheet.place + 1}
    for node in sheet.numbers.network.program.nodes:
        if node.equation.target == COST:
            yield sheet.telling.part(sheet.told_part("example-cost"), place)
        elif node.equation.tensor.letter == "z":
            layer = sheet.telling.layer(node.layer or 0)
            yield sheet.telling.part(sheet.told_part("example-layer"), {"layer": layer, **place})
        yield from _equation(sheet, node.equation, node.layer or 0)


def _mean(sheet: Sheet) -> Iterator[Block]:
    """Yield the cost of all samples, made of theirs."""
    kind = "sum" if sheet.stages[0].share == 1 else "mean"
    costs = {each.cost: each.numbers.cost for each in sheet.each}
    whole = sheet.stages[0].share * Add(*costs, evaluate=False)
    yield sheet.telling.part(f"example-{kind}")
    yield Prose(sheet.telling.say(f"example.{kind}", C=sheet.whole_cost))
    yield Steps((with_numbers((sheet.whole_cost, whole), Known(costs), sheet.digits),))


def _has_the_logarithm_of_zero(numbers: Numbers, cost: Expr, layer: int) -> bool:
    """Tell whether a cost is written with ln 0: as 0 ln 0, or it would be no number."""
    for _, formula in instances(COST, cost, layer, numbers.network):
        for part in (*formula.atoms(log), *formula.atoms(X_LOG_X)):
            if numbers.value(part.args[0]) == 0:
                return True
    return False


def _equation(sheet: Sheet, equation: Equation, layer: int) -> Iterator[Block]:
    """Yield one equation of the program at a layer: entry by entry, then as matrices."""
    say = sheet.telling.say
    left, right = equation.target, equation.expression
    if left == COST:
        yield Prose(say("example.cost", C=sheet.cost))
        yield sheet.entries(left, right, layer)
        if _has_the_logarithm_of_zero(sheet.numbers, right, layer):
            yield Prose(say("example.nothing"))
            yield Steps((Line(NOTHING, "=", S.Zero),))
        return
    letter = equation.tensor.letter
    yield Prose(say(f"example.{letter}", name=name_of(sheet.numbers.network.activations[layer - 1])))
    yield sheet.entries(left, right, layer)
    mixing = letter == "a" and not sheet.numbers.network.activations[layer - 1].is_elementwise
    if not mixing and (whole := sheet.whole(left, right, layer)):
        yield Prose(say("example.whole"))
        yield whole

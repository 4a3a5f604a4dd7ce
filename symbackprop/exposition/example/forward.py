"""Chapter 2: the sample goes forward, layer by layer, and the cost is computed."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.exposition.document import Block, Line, Prose, Steps
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.story.forward import definitions, error_function
from symbackprop.exposition.story.telling import name_of, sign_of
from symbackprop.network.functions import Z
from symbackprop.network.notation import COST
from symbackprop.network.program import Equation

__all__ = ["tell"]


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the chapter about the forward pass."""
    say, network = sheet.telling.say, sheet.numbers.network
    blocks: list[Block] = [sheet.telling.section("example-forward"), Prose(say("example.forward"))]
    if functions := definitions(network.program.distinct):
        lines = tuple(Line(function(Z), sign_of(function.definition), function.definition) for function in functions)
        blocks += [Prose(say("forward.where")), Steps(lines, key="definitions"), *error_function(sheet.telling)]
    for node in network.program.nodes:
        if node.equation.target == COST:
            blocks.append(sheet.telling.part("example-cost"))
        elif node.equation.tensor.letter == "z":
            blocks.append(sheet.telling.part("example-layer", {"layer": node.layer or 0}))
        blocks += _equation(sheet, node.equation, node.layer or 0)
    return tuple(blocks)


def _equation(sheet: Sheet, equation: Equation, layer: int) -> Iterator[Block]:
    """Yield one equation of the program at a layer: entry by entry, then as matrices."""
    say = sheet.telling.say
    left, right = equation.target, equation.expression
    if left == COST:
        yield Prose(say("example.cost", C=COST))
        yield sheet.entries(left, right, layer)
        return
    letter = equation.tensor.letter
    yield Prose(say(f"example.{letter}", name=name_of(sheet.numbers.network.activations[layer - 1])))
    yield sheet.entries(left, right, layer)
    mixing = letter == "a" and not sheet.numbers.network.activations[layer - 1].is_elementwise
    if not mixing and (whole := sheet.whole(left, right, layer)):
        yield Prose(say("example.whole"))
        yield whole

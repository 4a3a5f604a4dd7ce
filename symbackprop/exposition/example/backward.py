"""Chapter 3: the errors come back, from the last layer to the first, and give every derivative."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sympy import Add, Symbol

from symbackprop.calculus.matrices import Gradient
from symbackprop.calculus.numbers import Known, granted, own_equation
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Line, Prose, Steps
from symbackprop.exposition.example.sheet import Sheet, with_numbers
from symbackprop.exposition.example.terms import Array, Rounded, is_exact
from symbackprop.exposition.story.backwardpass import compact
from symbackprop.exposition.story.summary import powers
from symbackprop.network import notation
from symbackprop.network.notation import Tensor, scalar


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the chapter about the backward pass, and the gradient as a whole."""
    say, network = sheet.telling.say, sheet.numbers.network
    delta = notation.error(notation.LAYER)[notation.index("j")]
    blocks: list[Block] = [
        sheet.telling.section("example-backward"),
        Prose(say(sheet.told("example.backward"), delta=delta)),
        *(sheet.telling.result(name) for name in sheet.telling.derivation.equations),
        Prose(say("example.own")),
    ]
    for each, layer in product(sheet.each, range(network.depth, 0, -1)):
        parts = {"layer": sheet.telling.layer(layer), "sample": each.place + 1}
        blocks += [sheet.telling.part(each.told_part("example-layer"), parts), *_layer(each, layer)]
    blocks += [
        *(_means(sheet) if sheet.count > 1 else ()),
        sheet.telling.section("example-gradient"),
        Prose(say("example.gradient", count=network.parameter_count)),
        _gradient(sheet),
    ]
    return tuple(blocks)


def _means(sheet: Sheet) -> Iterator[Block]:
    """Yield every derivative of the cost of all samples, made of those of each."""
    kind = "sum" if sheet.stages[0].share == 1 else "mean"
    depth = sheet.numbers.network.depth
    for layer in range(depth, 0, -1):
        yield sheet.telling.part(f"example-{kind}-layer", {"layer": sheet.telling.layer(layer)})
        if layer == depth:
            yield Prose(sheet.telling.say(f"example.gradient.{kind}", C=sheet.whole_cost))
        letters = [at for at in sheet.numbers.gradient if at.name.split("_")[1] == str(layer)]
        yield Steps(tuple(_mean(sheet, letter) for letter in letters))


def _mean(sheet: Sheet, parameter: Symbol) -> Line:
    rates = {Partial(each.cost, parameter): each.numbers.gradient[parameter] for each in sheet.each}
    sides = Partial(sheet.whole_cost, parameter), sheet.stages[0].share * Add(*rates, evaluate=False)
    return with_numbers(sides, Known(rates), sheet.digits)


def _layer(sheet: Sheet, layer: int) -> Iterator[Block]:
    """Yield the errors of a layer, and the derivatives of its biases and weights."""
    say, derivation = sheet.telling.say, sheet.telling.derivation
    equation = own_equation(derivation, layer)
    right = compact(granted(equation.chain, sheet.numbers.known, sheet.numbers.network))
    last = layer == sheet.numbers.network.depth
    yield Prose(say("example.error.last" if last else "example.error", above=sheet.telling.layer(layer + 1)))
    yield sheet.entries(equation.left, right, layer)
    if whole := sheet.whole(equation.left, right, layer):
        yield Prose(say("example.whole"))
        yield whole
        if last:
            yield from powers(sheet.telling, ((equation.left, right),))
    for name in ("BP3", "BP4"):
        yield Prose(say(f"example.{name}"))
        parameter = derivation.equations[name]
        yield sheet.entries(parameter.left, parameter.right, layer)


def _gradient(sheet: Sheet) -> Steps:
    """Return the derivatives of all parameters, each array in the shape of its parameter."""
    lines = []
    for layer in range(1, sheet.numbers.network.depth + 1):
        for tensor in (notation.weight(layer), notation.bias(layer)):
            slopes = _slopes(sheet, tensor, layer)
            exact = all(is_exact(entry) for row in slopes.rows for entry in row)
            lines.append(Line(Gradient(tensor, whole=sheet.count > 1), "=" if exact else "~", slopes))
    return Steps(tuple(lines), key="gradient")


def _slopes(sheet: Sheet, tensor: Tensor, layer: int) -> Array:
    widths = sheet.numbers.network.widths
    rows = range(1, widths[layer] + 1)
    if tensor.letter == "b":
        return Array(tuple((_slope(sheet, scalar("b", layer, j)),) for j in rows))
    columns = range(1, widths[layer - 1] + 1)
    return Array(tuple(tuple(_slope(sheet, scalar("w", layer, j, k)) for k in columns) for j in rows))


def _slope(sheet: Sheet, parameter: Symbol) -> Rounded:
    """Return the derivative with respect to a parameter, by the name that a page has for it."""
    return sheet.shown(sheet.stages[0].gradient[parameter], Symbol(f"d {parameter.name}"))

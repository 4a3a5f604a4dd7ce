"""Chapter 1: the network, its sample, and the numbers that it begins with."""

from __future__ import annotations

from symbackprop.calculus.matrices import Named
from symbackprop.exposition.document import Block, Display, Formula, Prose
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.story.descent import RATE
from symbackprop.exposition.story.opening import picture
from symbackprop.exposition.story.telling import equal, shape_of
from symbackprop.network import notation


def tell(sheet: Sheet) -> tuple[Block, ...]:
    """Return the opening paragraphs and the chapter about what is given."""
    say = sheet.telling.say
    shape = shape_of(sheet.numbers.network)
    blocks = (
        Prose(say(sheet.told("example.opening"), shape=shape, count=sheet.count)),
        Prose(say("example.rounding", digits=sheet.digits)),
        *numbers_given(sheet),
    )
    if len(sheet.stages) > 1:
        blocks += (Prose(say("example.rate", rate=equal(RATE, sheet.shown(sheet.rate)))),)
    return blocks


def _sample(sheet: Sheet) -> Display:
    x, y = notation.activation(0), notation.target()
    return Display(Formula((Named(x), sheet.array(x), Named(y), sheet.array(y)), ("=", "gap", "=")))


def numbers_given(sheet: Sheet, ends: tuple[int, ...] | None = None) -> tuple[Block, ...]:
    """Return the chapter about what is given: the network, the sample, and its weights and biases.

    `ends` are those of the weight of the first layer whose path the picture shows, if it is not the one followed."""
    say, network = sheet.telling.say, sheet.numbers.network
    x, y = notation.activation(0), notation.target()
    blocks: list[Block] = [
        sheet.telling.section("example-given"),
        Prose(say("example.network")),
        picture(sheet.telling, ends or tuple(map(int, sheet.path.weight.indices))),
        Prose(say(sheet.told("example.sample"), x=x, y=Named(y), count=sheet.count)),
        *(_sample(each) for each in sheet.each),
        Prose(say("example.parameters")),
    ]
    for layer in range(1, network.depth + 1):
        w, b = notation.weight(layer), notation.bias(layer)
        blocks.append(Display(Formula((Named(w), sheet.array(w), Named(b), sheet.array(b)), ("=", "gap", "="))))
    return tuple(blocks)

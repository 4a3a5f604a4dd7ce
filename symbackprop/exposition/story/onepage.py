"""What one page says: the four equations, the two passes, the shapes and the letters, without a word between them.

Each part stands under a heading of its own; how they share the page is for the format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbackprop.calculus.links import J
from symbackprop.calculus.matrices import Named
from symbackprop.exposition.document import Block, Prose, Text, paragraph
from symbackprop.exposition.story import descent, forward, opening, summary
from symbackprop.exposition.story.backwardpass import backward_pass
from symbackprop.exposition.story.speaking import without_reasons
from symbackprop.exposition.story.telling import Telling
from symbackprop.exposition.story.terms import Shape
from symbackprop.network import notation
from symbackprop.network.notation import COST, LAST_LAYER, LAYER

MOST_FUNCTIONS = 1  # whose formulas a slide has room for
MOST_SHAPES = 3  # layers whose shapes a sentence names


def one_page(telling: Telling) -> tuple[Block, ...]:
    """Return the picture and the parts of a printed page."""
    return (
        replace(opening.picture(telling), caption=()),
        telling.heading_of_sheet("equations"),
        summary.four_equations(telling),
        *_forward(telling),
        telling.heading_of_sheet("letters"),
        replace(opening.letters(telling, "letter.delta.short"), align="lp"),
        *_backward(telling),
        telling.heading_of_sheet("shapes"),
        opening.layers(telling),
        telling.heading_of_sheet("update"),
        without_reasons(descent.update(telling)),
    )


def one_slide(telling: Telling) -> tuple[Block, ...]:
    """Return the parts of a slide, which has less room: letters and shapes are a sentence each."""
    equations = summary.four_equations(telling)
    passes = (
        without_reasons(forward.forward_pass(telling, most=MOST_FUNCTIONS)),
        without_reasons(backward_pass(telling)),
    )
    letters = paragraph((*_letters(telling), *_shapes(telling)))
    return (
        telling.heading_of_sheet("equations"),
        replace(equations, header=((), *equations.header[1:])),
        telling.heading_of_sheet("passes"),
        replace(passes[0], lines=tuple(line for steps in passes for line in steps.lines)),
        telling.heading_of_sheet("letters"),
        Prose(letters, slide=letters),
    )


def _forward(telling: Telling) -> tuple[Block, ...]:
    return telling.heading_of_sheet("forward"), without_reasons(forward.forward_pass(telling))


def _backward(telling: Telling) -> tuple[Block, ...]:
    return telling.heading_of_sheet("backward"), without_reasons(backward_pass(telling))


def _letters(telling: Telling) -> Iterator[Text]:
    makers = (notation.weight, notation.bias, notation.weighted_input, notation.activation, notation.error)
    w, b, z, a, delta = (Named(make(LAYER)) for make in makers)
    y = notation.target()[J]
    yield telling.say(
        "sheet.names", w=w, b=b, z=z, a=a, delta=delta, y=y, C=COST, l=LAYER, first=telling.layer(1), L=LAST_LAYER
    )


def _shapes(telling: Telling) -> Iterator[Text]:
    n, network = notation.width, telling.network
    w = Named(notation.weight(LAYER))
    yield telling.say("sheet.sizes", w=w, n=n(LAYER), before=n(LAYER - 1))
    if network.depth <= MOST_SHAPES:
        for layer, sizes in enumerate(zip(network.widths[1:], network.widths, strict=False), start=1):
            yield telling.say("sheet.size", w=Named(notation.weight(layer)), shape=Shape(sizes))

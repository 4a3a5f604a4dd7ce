"""What one page says of a program: its picture, both passes line by line, its arrays, without a word between them."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.exposition.document import Block, Formula, Prose, Segment, Steps
from symbackprop.exposition.story.program import arrays, computation, descent
from symbackprop.exposition.story.program.layerpicture import layer_picture
from symbackprop.exposition.story.program.onepage import backward_pass
from symbackprop.exposition.story.program.telling import ProgramTelling, whole
from symbackprop.exposition.story.speaking import without_reasons

MOST_BACK = 16  # derivatives, more of which would be too small on one page
MOST_UPDATES = 6  # parameters, with more of which the step is left to the reader


def one_page(telling: ProgramTelling) -> tuple[Block, ...]:
    """Return the picture and the parts of a printed page."""
    return (
        replace(layer_picture(telling) if telling.layers else arrays.picture(telling), caption=()),
        telling.heading_of_sheet("forward"),
        computation.brief_pass(telling),
        telling.heading_of_sheet("arrays"),
        arrays.table(telling, brief=True),
        *_backward(telling),
        *_update(telling),
    )


def one_slide(telling: ProgramTelling) -> tuple[Block, ...]:
    """Return the parts of a slide: both passes, and the shapes in a sentence."""
    return (
        telling.heading_of_sheet("forward"),
        computation.brief_pass(telling),
        *_backward(telling),
        telling.heading_of_sheet("arrays"),
        _shapes(telling),
    )


def _backward(telling: ProgramTelling) -> tuple[Block, ...]:
    """Return the way back; where there are many derivatives, the first of those that are equal but for the letters."""
    every = tuple(telling.derivation.adjoints.values())
    some = tuple(group[0] for group in telling.groups) if len(every) > MOST_BACK else every
    said = (telling.prose("sheet.alike"),) if len(some) < len(every) else ()
    return (telling.heading_of_sheet("backward"), *said, backward_pass(telling, some))


def _update(telling: ProgramTelling) -> tuple[Block, ...]:
    lines = [block for block in descent.tell(telling) if isinstance(block, Steps)]
    few = lines and len(lines[0].lines) <= MOST_UPDATES
    return (telling.heading_of_sheet("update"), *map(without_reasons, lines)) if few else ()


def _shapes(telling: ProgramTelling) -> Prose:
    """Return every array with its shape, in one sentence."""
    text: list[Segment] = []
    for place, array in enumerate(telling.program.arrays):
        text += [", "] * bool(place)
        text += [Formula((whole(array.tensor),)), ": ", *arrays.shape_text(telling, array)]
    return Prose(said := (*text, "."), slide=said)

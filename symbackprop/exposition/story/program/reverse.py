"""Chapter 4: back through the equations, one array after the other, each a chain of checked steps."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.exposition.document import Block, Display, Formula, Prose, Text
from symbackprop.exposition.selection import Story
from symbackprop.exposition.story.program.telling import ProgramTelling, joined, whole
from symbackprop.exposition.story.telling import equal
from symbackprop.network.largest import Largest
from symbackprop.network.notation import COST

__all__ = ["tell"]


def tell(telling: ProgramTelling) -> Story:
    """Return the chapter about the derivative by each array."""
    derivation = telling.derivation
    blocks: list[Block] = [telling.section("reverse"), telling.prose("reverse.order")]
    if derivation.given:
        blocks.append(telling.prose("reverse.given", outputs=telling.listed(derivation.given), C=COST))
    for adjoint in derivation.adjoints.values():
        blocks += _about(telling, adjoint)
    return tuple(blocks)


def _about(telling: ProgramTelling, adjoint: Adjoint) -> Iterator[Block]:
    """Yield the derivation of one derivative: who reads the array, the steps, the result, its matrix form."""
    yield telling.part("adjoint", {"array": whole(adjoint.array.tensor)})
    yield Prose(_readers(telling, adjoint))
    if adjoint.steps:
        yield telling.steps(adjoint)
    if adjoint.backwards is not None:
        yield telling.prose("reverse.time")
    if any(equation.expression.has(Largest) for equation in adjoint.readers):
        yield telling.prose("reverse.largest")
    matrices = telling.matrices(adjoint)
    if matrices is not None and adjoint.entry.indices:
        yield telling.prose("reverse.matrix")
        yield Display(equal(*matrices), name=adjoint.name, key=True)


def _readers(telling: ProgramTelling, adjoint: Adjoint) -> Text:
    """Return the sentence that says in which equations the array stands."""
    readers = adjoint.readers
    entry, word = adjoint.entry, telling.language.words("and")
    targets = joined([Formula((equation.target,)) for equation in readers], word)
    if all(equation.target == COST for equation in readers):
        return telling.say("reverse.in-cost", entry=entry)
    key = "reverse.reader" if len(readers) == 1 else "reverse.readers"
    return telling.say(key, entry=entry, readers=targets)

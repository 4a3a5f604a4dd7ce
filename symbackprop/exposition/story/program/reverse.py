"""Chapter 4: back through the equations, one array after the other, each a chain of checked steps.

On paper every array has its own. A lecture shows one chain of those that are equal but for the letters, and the results
of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.exposition.document import Block, Display, Line, Steps
from symbackprop.exposition.levels import USUAL, Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.program.likeness import alike
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.program.uses import heading, sentence
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
    kinds = {array.tensor: array.kind for array in telling.program.arrays}
    groups = {group[0].name: group[1:] for group in alike(tuple(derivation.adjoints.values()), kinds)}
    told: Story = tuple(blocks)
    for name, adjoint in derivation.adjoints.items():
        told += at(USUAL if name in groups else Level.FULL, *_about(telling, adjoint))
        told += at(Level.LECTURE, *_others(telling, groups.get(name, ())))
    return told


def _about(telling: ProgramTelling, adjoint: Adjoint) -> Iterator[Block]:
    """Yield the derivation of one derivative: who reads the array, the steps, the result, its matrix form."""
    yield heading(telling, adjoint)
    yield sentence(telling, adjoint)
    if adjoint.steps:
        yield telling.steps(adjoint)
    matrices = telling.matrices(adjoint)
    if matrices is not None and adjoint.entry.indices:
        yield Display(equal(*matrices), key=True)
    if any(equation.expression.has(Largest) for equation in adjoint.readers):
        yield telling.prose("reverse.largest")


def _others(telling: ProgramTelling, group: Sequence[Adjoint]) -> Iterator[Block]:
    """Yield the results of the chains that are equal to one that was shown, but for the letters."""
    if group:
        arrays = telling.listed([adjoint.array for adjoint in group])
        yield telling.prose("reverse.alike", arrays=arrays)
        yield Steps(tuple(Line(adjoint.left, "=", adjoint.right) for adjoint in group), key="alike")

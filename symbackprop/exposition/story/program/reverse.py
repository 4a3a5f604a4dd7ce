"""Chapter 4: back through the equations, one array after the other, each a chain of checked steps.

On paper every array has its own. A lecture shows one chain of those that are equal but for the letters, and the results
of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, groupby

from sympy import Expr

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.exposition.document import Block, Display, Formula, Heading, Line, Steps
from symbackprop.exposition.levels import USUAL, Level
from symbackprop.exposition.mathtext.numberinfront import is_of_negative
from symbackprop.exposition.selection import At, Story, at
from symbackprop.exposition.story.program.closeups import backwards
from symbackprop.exposition.story.program.forms import explained, which_forms
from symbackprop.exposition.story.program.layers import described, layer_behind
from symbackprop.exposition.story.program.telling import ProgramTelling, formula_width, joined, whole
from symbackprop.exposition.story.program.uses import heading, kernel_turned, sentence
from symbackprop.exposition.story.telling import equal
from symbackprop.network.inplace import LayerInPlace
from symbackprop.network.largest import Chosen
from symbackprop.network.notation import COST

WIDEST = 40.0  # em of what a slide has room for without shrinking it


def tell(telling: ProgramTelling) -> Story:
    """Return the chapter about the derivative by each array."""
    derivation = telling.derivation
    order = telling.prose("layers.order.back" if telling.layers else "reverse.order")
    told: Story = (telling.section("reverse"), order, *at(Level.FULL, *which_forms(telling)))
    blocks: list[Block] = []
    if derivation.given:
        blocks.append(telling.prose("reverse.given", outputs=telling.listed(derivation.given), C=COST))
    blocks += _names(telling)
    groups = {group[0].name: group[1:] for group in telling.groups}
    told += tuple(blocks)
    signs = explained(telling)
    if not telling.layers:
        for name, adjoint in derivation.adjoints.items():
            told += _about(telling, adjoint, groups.get(name), signs[name])
        return told
    for layer, of_layer in groupby(derivation.adjoints.values(), key=partial(layer_behind, telling)):
        adjoints = list(of_layer)
        levels = USUAL if any(each.name in groups for each in adjoints) else Level.FULL
        told += at(levels, _heading_of_layer(telling, layer))
        for adjoint in adjoints:
            told += _about(telling, adjoint, groups.get(adjoint.name), signs[adjoint.name])
    return told


def _heading_of_layer(telling: ProgramTelling, layer: LayerInPlace | None) -> Heading:
    """Return the heading above the derivatives that come back through a layer."""
    if layer is None:
        return telling.part("layer.cost")
    return telling.part("layer.back", {"layer": telling.number_of(layer), "what": described(telling.language, layer)})


def _names(telling: ProgramTelling) -> Iterator[Block]:
    """Yield the names of what repeats, each with what it stands for."""
    if meanings := tuple(telling.short.meanings.items()):
        arrays = telling.listed([array for array in telling.program.arrays if array.tensor in telling.short.meanings])
        deltas = joined([Formula((whole(delta.base),)) for _, (delta, _) in meanings], telling.language.words("and"))
        yield telling.part("short")
        key = "reverse.short" if len(meanings) == 1 else "reverse.short.many"
        yield telling.prose(key, arrays=arrays, deltas=deltas)
        names: dict[Expr, str] = {array.tensor: array.name for array in telling.program.arrays}
        lines = (Line(delta, "=", meaning, label=f"delta-{names[base]}") for base, (delta, meaning) in meanings)
        yield Steps(tuple(lines), key="short")


def _about(telling: ProgramTelling, adjoint: Adjoint, others: Sequence[Adjoint] | None, signs: Sequence[At]) -> Story:
    """Return the derivation of one derivative: who uses the array, the steps, the result, its matrix form and `signs`.

    A lecture has it with the results of the `others`, whose chains are the same but for the letters; where it is one
    of these itself, a lecture leaves it out."""
    usual = Level.FULL if others is None else USUAL
    steps, label = telling.steps(adjoint), f"gradient-{adjoint.name}"
    matrices = telling.matrices(adjoint)
    blocks: Story = at(usual, heading(telling, adjoint), sentence(telling, adjoint), *backwards(telling, adjoint))
    if steps.lines:
        result = replace(steps.lines[-1], label=label)
        blocks += at(usual, replace(steps, lines=(*steps.lines[:-1], result)))
    if matrices is not None and adjoint.entry.indices:
        blocks += at(usual, Display(equal(*matrices), key=True, label=f"{label}-matrix"))
        blocks += tuple(At(each.levels & usual, each.block) for each in signs)
    if others:
        sides = [telling.sides(other) for other in others]
        many = 2 if max(formula_width(equal(*each)) for each in sides) <= WIDEST / 2 else 1  # in a line
        lines = [tuple(chain.from_iterable(sides[place : place + many])) for place in range(0, len(sides), many)]
        shown = (Display(Formula(line, ("=", "gap", "=")[: len(line) - 1])) for line in lines)
        blocks += at(Level.LECTURE, telling.prose("reverse.alike"), *shown)
    if "scalar" in telling.notations:
        blocks += at(usual, Steps(tuple(Line(left, "=", right) for left, right in adjoint.entries()), key="entries"))
    picked = adjoint.right.atoms(Chosen)  # a reader's may be about others, and in a softmax nothing comes back by it
    for is_least in sorted({is_of_negative(each.largest) for each in picked}):
        blocks += at(usual, telling.prose("reverse.smallest" if is_least else "reverse.largest"))
    if stride := kernel_turned(adjoint, telling.program):
        blocks += at(usual, telling.prose("reverse.turned" if stride == 1 else "reverse.turned.apart"))
    return blocks

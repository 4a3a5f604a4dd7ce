"""Single derivatives as a document: the path of a weight or a bias to the cost, its links, and what they come to.

narrate_derivatives(derive(network), [("w", 1, (2, 1))], Labels("es"))  ->  Document
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.exposition.document import Block, Display, Document, Heading
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.narration import UNLABELLED, Labels, bound
from symbackprop.exposition.pathways import pathway_of
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling, equal
from symbackprop.network.notation import COST, scalar

Parameter = tuple[str, int, tuple[int, ...]]  # w or b, the layer, and the place in it
Entry = tuple[str, tuple[int, ...]]  # the name of an array of a program, and the place in it


def narrate_derivatives(
    derivation: Derivation,
    parameters: Sequence[Parameter],
    labels: Labels = UNLABELLED,
    *,
    budget: int | None = None,
    convention: Convention = USUAL,
) -> Document:
    """Return what is told about the derivatives with respect to some parameters, a section for each.

    With a `budget` of operations also without δ, z and a. Raises ShapeError for a parameter that is not there,
    BudgetError for more operations than that, and as `narrate` does."""
    telling = Telling(derivation, labels.language(convention), convention=convention)
    blocks = [block for parameter in parameters for block in _section(telling, parameter, budget)]
    return bound(telling, blocks, labels, kind="partial.title")


def _section(telling: Telling, parameter: Parameter, budget: int | None) -> Iterator[Block]:
    letter, layer, position = parameter
    j, k = position[0], position[1] if len(position) > 1 else None
    value = telling.derivation.partial(letter, layer=layer, j=j, k=k)  # refuses what is not there
    entry = scalar(letter, layer, *position)
    pathway = pathway_of(telling, parameter)
    yield Heading((pathway.title,), key=pathway.name)
    yield telling.prose("partial.path", w=entry)
    yield telling.figure("figure.partial", pathway.chain, alt=telling.language.words("alt.partial"))
    yield telling.part("partial.steps")
    yield telling.prose("partial.steps")
    yield pathway.lines
    yield Display(equal(Partial(COST, entry), value), key=True)
    if budget is not None:
        whole = telling.derivation.partial(letter, layer=layer, j=j, k=k, expanded=True, max_operations=budget)
        yield telling.part("partial.expanded")
        yield telling.prose("partial.expanded")
        yield Display(equal(Partial(COST, entry), whole))


def narrate_entries(
    derivation: ProgramDerivation,
    entries: Sequence[Entry],
    labels: Labels = UNLABELLED,
    *,
    budget: int | None = None,
    convention: Convention = USUAL,
) -> Document:
    """Return what is told about the derivatives by entries of arrays of a program, a section for each.

    With a `budget` of operations also in what nothing computes alone. Raises as `ProgramDerivation.partial` and
    `narrate` do."""
    telling = ProgramTelling(derivation, labels.language(convention), convention=convention)
    blocks = [block for entry in entries for block in _of_entry(telling, entry, budget)]
    return bound(telling, blocks, labels, kind="title")


def _of_entry(telling: ProgramTelling, entry: Entry, budget: int | None) -> Iterator[Block]:
    name, place = entry
    value, at = telling.derivation.partial(name, *place), scalar(name, *place)
    yield Heading(telling.say("partial.entry", w=at), key=str(at))
    yield telling.prose("partial.array")
    alone = replace(telling, shortens=False)  # where no name for what repeats is told
    yield alone.steps(telling.derivation.adjoints[name])
    yield telling.prose("partial.place", w=at)
    yield Display(equal(Partial(COST, at), value), key=True)
    if budget is not None:
        whole = telling.derivation.partial(name, *place, expanded=True, max_operations=budget)
        yield telling.part("partial.given")
        yield telling.prose("partial.given")
        yield Display(equal(Partial(COST, at), whole))

"""The picture of a network of layers: what stands in the box of each, and which boxes it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symbackprop.exposition.document import Figure
from symbackprop.exposition.figures.arrayboxes import ArrayBox
from symbackprop.exposition.figures.layerchain import LayerBox, layer_chain, lines_of_words
from symbackprop.exposition.story.program.layers import described, shape_in_words
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.network.program import Kind

if TYPE_CHECKING:
    from symbackprop.network.inplace import LayerInPlace

MOST_INSIDE = 4  # parameters whose letters a box has room for


def layer_picture(telling: ProgramTelling) -> Figure:
    """Return the picture of the layers: a box for each, from the input to the cost."""
    program, language, layers = telling.program, telling.language, telling.layers
    shape = shape_in_words(layers[0].shape_before)
    first = ArrayBox(program.arrays[:1], words=(language.words("word.input"),), extent=shape)
    given = [LayerBox(first, ())]
    carried = {each.array.name for each in telling.derivation.adjoints.values() if each.recurrence is not None}
    for layer, reads in _branched(telling) or _chained(layers, "", 0):
        itself = (len(given),) if carried & set(layer.arrays) else ()
        given.append(LayerBox(_box(telling, layer), (*reads, *itself)))
    given.append(LayerBox(ArrayBox(program.of_kind(Kind.COST)), (len(given) - 1,)))
    names = "; ".join(described(language, layer) for layer in layers)
    alt = "".join(map(str, telling.say("alt.layers", names=names)))
    looped = any(each.reads[-1:] == (place,) for place, each in enumerate(given))
    return telling.figure("figure.layers.loop" if looped else "figure.layers", layer_chain(given), alt=alt)


def _chained(
    layers: tuple[LayerInPlace, ...], prefix: str, source: int
) -> Iterator[tuple[LayerInPlace, tuple[int, ...]]]:
    """Yield the layers of a chain in the order of computation, each with the places of the boxes that it reads.

    The layers inside a layer come before it; it reads what they give, and what they read."""
    place = source
    for layer in layers:
        head, _, number = layer.label.rpartition(".")
        if head + "." * bool(head) != prefix or not number:
            continue
        inside = list(_chained(layers, f"{layer.label}.", place))
        yield from inside
        last = place + len(inside)
        yield layer, (last, place) if inside else (place,)
        place = last + 1


def is_branched(telling: ProgramTelling) -> bool:
    """Tell whether a layer reads another array than what the layer before it gives."""
    return any(reads != (place,) for place, (_, reads) in enumerate(_branched(telling)))


def _branched(telling: ProgramTelling) -> list[tuple[LayerInPlace, tuple[int, ...]]]:
    """Return the layers with the places of the boxes that each reads, by its equations; none where one has no array."""
    names = {array.tensor: array.name for array in telling.program.arrays}
    owners = {name: place for place, layer in enumerate(telling.layers, start=1) for name in layer.arrays}
    if any("." in layer.label or not layer.arrays for layer in telling.layers):
        return []
    learned = {array.tensor for array in telling.program.of_kind(Kind.PARAMETER, Kind.CONSTANT)}
    learned -= {telling.program.arrays[0].tensor}  # of words the input is constant, too
    found = []
    for place, layer in enumerate(telling.layers, start=1):
        own = [each for each in telling.program.equations if names[each.tensor] in layer.arrays]
        read = {owners.get(names[tensor], 0) for each in own for tensor in each.reads if tensor not in learned}
        found.append((layer, tuple(sorted(read - {place}, reverse=True))))
    return found


def _box(telling: ProgramTelling, layer: LayerInPlace) -> ArrayBox:
    own = tuple(array for array in telling.program.of_kind(Kind.VALUE) if array.name in layer.arrays)
    learned = tuple(array for array in telling.program.of_kind(Kind.PARAMETER) if array.name in layer.arrays)
    given = (*own, *telling.program.of_kind(Kind.VALUE))[:1]  # a layer that computes nothing hands a value on
    words = lines_of_words(f"{telling.number_of(layer)} · {described(telling.language, layer)}")
    inside = learned if len(learned) <= MOST_INSIDE else ()
    return ArrayBox(given, inside=inside, words=words, extent=shape_in_words(layer.shape))

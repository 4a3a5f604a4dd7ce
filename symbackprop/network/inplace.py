"""What there is to tell about a layer in its place: its fields, its arrays, the shapes that it reads and gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, fields
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from symbackprop.network.layers import Built, Value
    from symbackprop.network.placing import MadeLayer

_TARGET = re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True)
class LayerInPlace:
    """A layer of a network: its number, 3 or 3.1, its name in the registry, its fields, and the activation after it.

    `unusual` are the fields without which the layer would be another. `arrays` are those that it computes and those
    that it brings along, as they are called outside; `activation` is empty where none follows, `count` is how many
    numbers it learns."""

    label: str
    name: str
    fields: Mapping[str, Any] = field(hash=False)
    unusual: frozenset[str]
    activation: str
    arrays: tuple[str, ...]
    shape_before: tuple[int, ...]
    shape: tuple[int, ...]
    count: int

    def letter_of(self, array: str) -> str:
        """Return the name of one of its arrays without the number of the layer: Wq of Wq3.1."""
        return array.removesuffix(self.label)


def outside(name: str) -> str:
    """Return what an array is called outside: W3.1 for W3x1."""
    return re.sub(r"(?<=\d)x(?=\d)", ".", name)


def in_place(
    made: Sequence[MadeLayer], built: Sequence[Built], source: Value, prefix: str = "", *, first: int = 1
) -> Iterator[LayerInPlace]:
    """Yield each layer of a chain that reads `source`, numbered from `first` on, those inside a layer after it."""
    for number, (layer, one) in enumerate(zip(made, built, strict=True), start=first):
        values = {each.name: getattr(layer.layer, each.name) for each in fields(layer.layer)}
        targets = [found.group() for line in one.lines if (found := _TARGET.match(line))]
        brought = [p.name for p in one.parameters] + [value.name for value, _ in one.constants]
        yield LayerInPlace(
            f"{prefix}{number}",
            layer.name,
            MappingProxyType(values),
            frozenset(each.name for each in fields(layer.layer) if values[each.name] != each.default),
            "" if layer.activation is None else layer.activation.name,
            tuple(outside(name) for name in dict.fromkeys((*targets, *brought))),
            source.shape,
            one.value.shape,
            sum(prod(parameter.shape) for parameter in one.parameters),
        )
        yield from in_place(layer.inner, one.parts, source, f"{prefix}{number}.")
        source = one.value

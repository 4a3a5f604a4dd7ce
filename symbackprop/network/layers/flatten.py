"""Flatten: all axes as one, the last index fastest; nothing is computed, the layer after it sums over all of them."""

from __future__ import annotations

from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS, Built, Layer, Place, Value


@LAYERS.register("flatten")
@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """All axes of what it reads as one."""

    example = "1x2x3 -> flatten -> dense(2)"

    def built(self, at: Place) -> Built:
        """Return what is read, under its own name, its axes taken as one."""
        return Built((), Value(at.source.name, (at.source.sizes,)))

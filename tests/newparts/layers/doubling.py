"""A layer without parameters: what it reads, twice as large."""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.network.layers import LAYERS, Built, Layer, Place, Value, letters_for


@LAYERS.register("doubling")
@dataclass(frozen=True, slots=True)
class Doubling(Layer):
    """y_j = 2 x_j."""

    example = "3 -> doubling"

    def built(self, at: Place) -> Built:
        """Return the one equation."""
        axes = at.source.axes
        letters = letters_for(axes, "j")
        return Built((f"{at.entry(at.result, *letters)} = 2 * {at.read(*letters)}",), Value(at.result, axes))

"""Layers that act on each entry: prelu, dropout, position; and embedding, which looks each entry up."""

from __future__ import annotations

from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS, Built, Layer, Parameter, Place, Value, letters_for, usual_letters
from symbackprop.network.layers.fields import choice, fraction, whole

PRELU = 0.25  # He et al. (2015), Delving Deep into Rectifiers: what its slope begins with


def _letters(axes: int) -> str:
    return usual_letters(axes).replace("o", "c")  # of an image: no output is made of others


@LAYERS.register("prelu")
@dataclass(frozen=True, slots=True)
class Prelu(Layer):
    """y = x where x > 0, A x elsewhere; A is learned, one for all or one for each channel."""

    example = "3 -> dense(3) -> prelu"
    has_activation = False

    per: str = choice("all", "channel")

    def built(self, at: Place) -> Built:
        """Return the two pieces."""
        axes = at.source.axes
        letters = letters_for(axes, _letters(len(axes)))
        name, each = at.name("A"), self.per == "channel"
        slope = f"{name}[{letters[0]}]" if each else name
        entry = at.read(*letters)
        line = f"{at.entry(at.result, *letters)} = where({entry} > 0, {entry}, {slope} * {entry})"
        shape = (at.source.shape[0] if each else 1,)
        parameter = Parameter(name, axes[0] if each else (), shape, start=PRELU)
        return Built((line,), Value(at.result, axes), parameters=(parameter,))


@LAYERS.register("dropout")
@dataclass(frozen=True, slots=True)
class Dropout(Layer):
    """y = mask x; the mask is given, its entries 0 or 1/(1 - rate)."""

    example = "3 -> dropout(0.5) -> dense(2)"
    has_activation = False

    rate: float = fraction()

    def built(self, at: Place) -> Built:
        """Return the product with the mask."""
        axes = at.source.axes
        letters = letters_for(axes, _letters(len(axes)))
        mask = at.name("mask")
        line = f"{at.entry(at.result, *letters)} = {at.entry(mask, *letters)} * {at.read(*letters)}"
        return Built((line,), Value(at.result, axes), constants=((Value(mask, axes), self.rate),))


@LAYERS.register("position")
@dataclass(frozen=True, slots=True)
class Position(Layer):
    """y_t = x_t + P_t, P being learned."""

    example = "3x2 -> position"
    has_activation = False

    def built(self, at: Place) -> Built:
        """Return the sum."""
        time, last = at.wants(2, "a sequence of vectors, such as 12x4")
        t, d = letters_for((time, last), "td")
        name = at.name("P")
        line = f"{at.entry(at.result, t, d)} = {at.read(t, d)} + {name}[{t}, {d}]"
        parameter = Parameter(name, (*time, *last), at.source.shape, fan_in=at.source.shape[1])
        return Built((line,), Value(at.result, at.source.axes), parameters=(parameter,))


@LAYERS.register("embedding")
@dataclass(frozen=True, slots=True)
class Embedding(Layer):
    """y_t = W_v, v being the whole number x_t, from 0 on: Σ_v [x_t = v] W_v."""

    example = "4 -> embedding(5, 2)"
    has_activation = False
    reads_numbers = True

    vocabulary: int = whole()
    width: int = whole()

    def built(self, at: Place) -> Built:
        """Return the sum, of which one term is not 0."""
        (time,) = at.wants(1, "a sequence of whole numbers, such as 12")
        if at.source.name != "x":
            raise SpecError("embedding reads whole numbers, so it is the first layer")
        words, out = at.size("V", self.vocabulary), (at.size("n", self.width),)
        name = at.name("W")
        line = f"{at.entry(at.result, 't', 'j')} = sum[w](where({at.read('t')} == w - 1, {name}[w, j], 0))"
        parameter = Parameter(name, (words, *out), (self.vocabulary, self.width), fan_in=self.width)
        return Built((line,), Value(at.result, (time, out)), parameters=(parameter,))

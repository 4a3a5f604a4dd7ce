"""The residual block: what its layers make of x is added to x itself, or to a projection of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbackprop.errors import ShapeError, SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import (
    LAYERS,
    Axis,
    Built,
    Layer,
    Parameter,
    Place,
    Size,
    Value,
    extent,
    letters_for,
    place_in,
    usual_letters,
)
from symbackprop.network.layers.fields import flag, inner


@LAYERS.register("residual")
@dataclass(frozen=True, slots=True)
class Residual(Layer):
    """y = x + f(x), f being the layers inside; with a projection y = W x + f(x)."""

    example = "3 -> residual(dense(4) tanh -> dense(3)) relu"

    layers: tuple[Any, ...] = inner()
    projection: bool = flag(default=False)

    def built(self, at: Place) -> Built:
        """Raise SpecError: without layers inside there is nothing to add."""
        raise SpecError("no layers inside; try residual(dense(4) tanh -> dense(4))")

    def around(self, at: Place, inside: tuple[Built, ...]) -> Built:
        """Return the sum of what is read and what the layers inside give."""
        value = inside[-1].value
        if self.projection:
            return self._projected(at, inside)
        if value.shape != at.source.shape:
            given, read = ("x".join(map(str, shape)) for shape in (value.shape, at.source.shape))
            raise ShapeError(
                f"its layers give {given}, but {read} goes past them; make them equal, or projection = true"
            )
        axes, joined = _together(at.source.axes, value.axes)
        letters = letters_for(axes, usual_letters(len(axes)))
        past, through = (_places(each.axes, axes, letters) for each in (at.source, value))
        line = f"{at.entry(at.result, *letters)} = {at.read(*past)} + {at.entry(value.name, *through)}"
        return Built((line,), Value(at.result, axes), joined=joined, parts=inside)

    def _projected(self, at: Place, inside: tuple[Built, ...]) -> Built:
        value, weight = inside[-1].value, at.name("W")
        image = len(at.source.axes) == 3  # channels come first there, and a projection is a kernel of one pixel
        place = 0 if image else -1
        axes = list(at.source.axes)
        out, last = value.axes[place], axes[place]
        rest = [a for number, a in enumerate(axes) if number != place % len(axes)]
        other = [a for number, a in enumerate(value.axes) if number != place % len(axes)]
        if [extent(a) for a in rest] != [extent(a) for a in other] or len(value.axes) != len(axes):
            given, read = ("x".join(map(str, shape)) for shape in (value.shape, at.source.shape))
            raise ShapeError(f"its layers give {given}, a projection of {read} changes one axis only")
        rest_together, joined = _together(rest, other)
        *kept, j, k = letters_for((*rest_together, out, last), "tih"[: len(rest)] + "jk")
        past, through = (_places(each, rest_together, kept) for each in (rest, other))

        def around(letter: str, others: list[str]) -> list[str]:
            return [letter, *others] if image else [*others, letter]

        line = f"{at.entry(at.result, *around(j, kept))} = "
        line += f"sum[{k}]({weight}[{j}, {k}] * {at.read(*around(k, past))}) + "
        line += at.entry(value.name, *around(j, through))
        shape = (extent(out), extent(last)) + (1, 1) * image
        parameter = Parameter(weight, (*out, *last), shape, fan_in=extent(last))
        together = (out, *rest_together) if image else (*rest_together, out)
        return Built((line,), Value(at.result, together), parameters=(parameter,), joined=joined, parts=inside)


def _together(one: Sequence[Axis], other: Sequence[Axis]) -> tuple[tuple[Axis, ...], tuple[tuple[Size, Size], ...]]:
    """Return the axes of a sum of two values of one shape, in the parts of whichever has more, and equal sizes.

    Raises ShapeError where the parts of an axis are different ones."""
    axes, joined = [], []
    for first, second in zip(one, other, strict=True):
        axis = max(first, second, key=len)
        if any(place_in(each, axis, ", ".join("j" * len(axis))) is None for each in (first, second)):
            parts = (" times ".join(str(size.number) for size in each) for each in (first, second))
            raise ShapeError("an axis is {} on the way past its layers and {} through them".format(*parts))
        axes.append(axis)
        if len(first) == len(second):
            joined += [(a, b) for a, b in zip(first, second, strict=True) if a.name != b.name]
    return tuple(axes), tuple(joined)


def _places(read: Sequence[Axis], axes: Sequence[Axis], letters: Sequence[str]) -> list[str]:
    """Return the indices of an entry of a value, by the letters of the sum that reads it."""
    found = [place_in(axis, parts, letter) for axis, parts, letter in zip(read, axes, letters, strict=True)]
    return [place for place in found if place is not None]

"""The residual block: what its layers make of x is added to x itself, or to a projection of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symbackprop.errors import ShapeError, SpecError
from symbackprop.network.layers import LAYERS, Built, Layer, Parameter, Place, Size, Value, letters_for
from symbackprop.network.layers.fields import flag, inner

__all__ = ["Residual"]


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
        if value.shape == at.source.shape and len(value.sizes) != len(at.source.sizes):
            raise ShapeError("what goes past its layers was flattened, what they give was not; put dense between")
        if value.shape != at.source.shape:
            given, read = ("x".join(map(str, shape)) for shape in (value.shape, at.source.shape))
            raise ShapeError(
                f"its layers give {given}, but {read} goes past them; make them equal, or projection = true"
            )
        letters = letters_for(at.source.axes, "tijk"[: len(value.axes)] if len(value.axes) > 1 else "j")
        line = f"{at.entry(at.result, *letters)} = {at.read(*letters)} + {at.entry(value.name, *letters)}"
        pairs = zip(at.source.sizes, value.sizes, strict=True)
        joined = tuple((new, old) for new, old in pairs if new.name != old.name)
        return Built((line,), Value(at.result, at.source.axes), joined=joined, parts=inside)

    def _projected(self, at: Place, inside: tuple[Built, ...]) -> Built:
        value, weight = inside[-1].value, at.name("W")
        image = len(at.source.axes) == 3  # channels come first there, and a projection is a kernel of one pixel
        place = 0 if image else -1
        axes = list(at.source.axes)
        out, last = value.axes[place], axes[place]
        rest = [a for number, a in enumerate(axes) if number != place % len(axes)]
        other = [a for number, a in enumerate(value.axes) if number != place % len(axes)]
        if [_number(a) for a in rest] != [_number(a) for a in other] or len(value.axes) != len(axes) or len(out) != 1:
            given, read = ("x".join(map(str, shape)) for shape in (value.shape, at.source.shape))
            raise ShapeError(f"its layers give {given}, a projection of {read} changes one axis only")
        *kept, j, k = letters_for((*rest, out, last), "tih"[: len(rest)] + "jk")
        written = [j, *kept] if image else [*kept, j]
        from_x = [k, *kept] if image else [*kept, k]
        line = f"{at.entry(at.result, *written)} = sum[{k}]({weight}[{j}, {k}] * {at.read(*from_x)}) + "
        line += at.entry(value.name, *written)
        pairs = [(new, old) for a, b in zip(rest, other, strict=True) for new, old in zip(a, b, strict=True)]
        joined = tuple((new, old) for new, old in pairs if new.name != old.name)
        shape = (_number(out), _number(last)) + (1, 1) * image
        parameter = Parameter(weight, (*out, *last), shape, fan_in=_number(last))
        axes[place] = out
        return Built((line,), Value(at.result, tuple(axes)), parameters=(parameter,), joined=joined, parts=inside)


def _number(axis: tuple[Size, ...]) -> int:
    found = 1
    for size in axis:
        found *= size.number
    return found

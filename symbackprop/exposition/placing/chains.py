"""Where a chain w -> z -> a -> C stands on a slide: boxes in a row, the rate of each arrow below it, a brace below all.

The boxes, the arrows and the brace are the picture; the rates are equations, which come one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.placing.pages import Area

__all__ = ["ChainPlaces", "chain_places"]

BOX = 74.0, 52.0  # points, the width and the height of the box of a quantity
APART = 215.0  # from box to box, where there is room
BELOW = 10.0  # between boxes and rates, rates and brace, brace and its name
RATE, LOWEST = 92.0, 64.0  # the height of a rate, and that where there is little room
BRACE = 14.0


@dataclass(frozen=True, slots=True)
class ChainPlaces:
    """The areas of the quantities, of the rates between them, of the brace and of its name (None: no brace)."""

    boxes: tuple[Area, ...]
    rates: tuple[Area, ...]
    brace: Area | None
    name: Area | None

    @property
    def whole(self) -> Area:
        """The area of the picture without the rates."""
        first, last = self.boxes[0], self.boxes[-1]
        bottom = first.bottom if self.brace is None else self.brace.bottom
        return Area(first.left, first.top, last.right - first.left, bottom - first.top)


def chain_places(picture: ChainPicture, area: Area) -> ChainPlaces:
    """Return where the parts of a chain stand, in the middle of an area."""
    count = len(picture.quantities)
    wide, high = BOX
    apart = min(APART, (area.width - wide) / (count - 1))
    braced = picture.named is not None
    others = high + BELOW + braced * (BELOW + BRACE + BELOW)
    rate = min(RATE, max(LOWEST, (area.height - others) / (1.5 if braced else 1.0)))
    height = others + rate * (1.5 if braced else 1.0)
    left = area.left + (area.width - apart * (count - 1) - wide) / 2
    top = area.top + max(0.0, area.height - height) * 0.4
    boxes = tuple(Area(left + n * apart, top, wide, high) for n in range(count))
    below = top + high + BELOW
    rates = tuple(Area(box.left + wide / 2, below, apart, rate) for box in boxes[:-1])
    if picture.named is None:
        return ChainPlaces(boxes, rates, None, None)
    first, last = boxes[picture.named], boxes[-1]
    brace = Area(first.left + wide / 2, below + rate + BELOW, last.left - first.left, BRACE)
    return ChainPlaces(boxes, rates, brace, Area(brace.left, brace.bottom + BELOW, brace.width, rate / 2))

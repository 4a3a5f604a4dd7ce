"""Where the parts of a picture stand on a slide, in points.

A network: the layout's centimetres as points of the slide. A chain w -> z -> a -> C: boxes in a row, the rate of each
arrow below it, a brace below all; the rates are no part of the picture, but equations, which come one by one.
"""

from __future__ import annotations

from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture
from symbackprop.exposition.placing.pages import Area
from symbackprop.frozen import dataclass

CAPTION = 1.5  # centimetres of the layout, the height of what stands below a layer
AROUND = 0.65  # what is around the middle of the outermost neurons
LARGEST = 64.0  # points in a centimetre of the layout, where there is room

BOX = 74.0, 52.0  # points, the width and the height of the box of a quantity
APART = 215.0  # from box to box, where there is room
BELOW = 10.0  # between boxes and rates, rates and brace, brace and its name
RATE, LOWEST = 92.0, 64.0  # the height of a rate, and that where there is little room
BRACE = 14.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Canvas:
    """The area of a picture, how many points of it a centimetre of the layout has, and where its origin stands."""

    area: Area
    scale: float
    origin: Point

    def at(self, point: Point) -> Point:
        """Return a point of the layout on the slide."""
        return self.origin[0] + point[0] * self.scale, self.origin[1] - point[1] * self.scale

    def around(self, point: Point, wide: float, high: float) -> Area:
        """Return the area with a point in its middle; its size is in centimetres."""
        x, y = self.at(point)
        wide, high = wide * self.scale, high * self.scale
        return Area(x - wide / 2, y - high / 2, wide, high)


def canvas(picture: NetworkPicture | GraphPicture, area: Area) -> Canvas:
    """Return where a network stands in the middle of an area, as large as there is room."""
    if isinstance(picture, GraphPicture):
        return _graph_canvas(picture, area)
    top = max(neuron.y for neuron in picture.neurons) + AROUND
    ends = [*(neuron.y for neuron in picture.neurons), picture.target.y]
    bottom = min([min(ends) - AROUND, *(column.y - CAPTION for column in picture.columns)])
    wide, high = picture.cost.x + 2 * AROUND, top - bottom
    scale = min(LARGEST, area.width / wide, area.height / high)
    left = area.left + (area.width - wide * scale) / 2
    whole = Area(left, area.top, wide * scale, high * scale)
    return Canvas(whole, scale, (left + AROUND * scale, area.top + top * scale))


def _graph_canvas(picture: GraphPicture, area: Area) -> Canvas:
    """Return where the boxes of a program stand, with room for arrows that bow below them."""
    left, bottom, right, top = picture.extent
    wide, high = right - left, top - bottom
    scale = min(LARGEST, area.width / wide, area.height / high)
    start = area.left + (area.width - wide * scale) / 2
    whole = Area(start, area.top, wide * scale, high * scale)
    return Canvas(whole, scale, (start - left * scale, area.top + top * scale))


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

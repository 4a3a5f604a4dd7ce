"""Where the parts of a network stand on a slide: the layout's centimetres as points of the slide."""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import NetworkPicture
from symbackprop.exposition.placing.pages import Area

__all__ = ["Canvas", "Point", "canvas"]

CAPTION = 1.5  # centimetres of the layout, the height of what stands below a layer
AROUND = 0.65  # what is around the middle of the outermost neurons
LARGEST = 64.0  # points in a centimetre of the layout, where there is room

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

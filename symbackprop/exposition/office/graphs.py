"""The picture of a program as native shapes: a box for each array, with its shape, and connectors between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

from symbackprop.exposition.document import Formula, Text
from symbackprop.exposition.figures.arrayboxes import ArrayBox
from symbackprop.exposition.figures.boxrows import box_rows
from symbackprop.exposition.figures.graph import CELL, Arrow, GraphPicture
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office.shapeparts import LEFT, RIGHT, PartDrawer
from symbackprop.exposition.office.shapes import line
from symbackprop.exposition.palette import GREY
from symbackprop.exposition.placing.networks import Canvas
from symbackprop.exposition.placing.pages import Area
from symbackprop.network.program import Kind

__all__ = ["graph_shapes"]

ROLES = {Kind.PARAMETER: "input", Kind.VALUE: "activation", Kind.COST: "cost"}


def graph_shapes(picture: GraphPicture, place: Canvas, drawer: PartDrawer) -> list[Element]:
    """Return the cells, the arrows, then the boxes on them."""
    cells = [drawer.cell(place.around((each.x, each.y), CELL, CELL), each.role) for each in picture.cells]
    numbers = [next(drawer.numbers) for _ in picture.boxes]
    arrows = [part for arrow in picture.arrows for part in _arrow(arrow, numbers, place, drawer)]
    boxes = [
        drawer.box(number, _area(box, place), _lines(box), _outline(box, drawer))
        for box, number in zip(picture.boxes, numbers, strict=True)
    ]
    return [*cells, *arrows, *boxes]


def _area(box: ArrayBox, place: Canvas) -> Area:
    return place.around((box.x, box.y), box.width, box.height)


def _outline(box: ArrayBox, drawer: PartDrawer) -> Element:
    if not box.is_framed:
        return node("a:ln", None, node("a:noFill"))
    role = ROLES.get(box.kind)
    return line("tx1", 1.0, drawer.pen) if role is None else line(drawer.pen.colour(role), 1.75, drawer.pen)


def _lines(box: ArrayBox) -> list[Text]:
    """Return what stands in a box: letters, their shapes, and the parameters inside."""
    return [(row if isinstance(row, str) else Formula((row,)),) for row, _ in box_rows(box)]


def _arrow(arrow: Arrow, numbers: list[int], place: Canvas, drawer: PartDrawer) -> Iterator[Element]:
    """Yield the connectors of an arrow, one for each straight part; the last one that is drawn has the head."""
    points = list(dict.fromkeys(place.at(point) for point in arrow.path))  # a level stretch may have no length
    last = len(points) - 2
    dash = [node("a:prstDash", {"val": "dash"})] * arrow.looks_back
    for n, (start, end) in enumerate(pairwise(points)):
        turned = end[0] < start[0]  # a connector leads from left to right
        end_of_line = "a:headEnd" if turned else "a:tailEnd"
        head = [node(end_of_line, {"type": "triangle", "w": "med", "len": "med"})] * (n == last)
        colour = drawer.pen.colour(arrow.role) if arrow.role else GREY
        drawn = line(colour, 1.5 if arrow.role else 1.0, drawer.pen, ends=[*dash, *head])
        glue = (numbers[arrow.start], RIGHT) if last == 0 else None, (numbers[arrow.end], LEFT) if last == 0 else None
        yield drawer.stroke(*((end, start) if turned else (start, end)), drawn, glue)

"""The picture of a program as native shapes: a box for each array, with its shape, and connectors between them."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from symbackprop.calculus.matrices import Named
from symbackprop.exposition.document import Formula, Text
from symbackprop.exposition.figures.graph import ArrayBox, Arrow, GraphPicture, sizes_of
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office.pencil import BELOW, LEFT, RIGHT, Pencil
from symbackprop.exposition.office.shapes import line
from symbackprop.exposition.palette import GREY
from symbackprop.exposition.slides.networks import Canvas
from symbackprop.exposition.slides.pages import Area
from symbackprop.exposition.story.terms import Extents
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Kind

__all__ = ["graph_shapes"]

ROLES = {Kind.PARAMETER: "input", Kind.VALUE: "activation", Kind.COST: "cost"}


def graph_shapes(picture: GraphPicture, place: Canvas, pencil: Pencil) -> list[Element]:
    """Return the arrows, then the boxes on them."""
    numbers = [next(pencil.numbers) for _ in picture.boxes]
    arrows = [_arrow(arrow, picture, numbers, (place, pencil)) for arrow in picture.arrows if arrow.start != arrow.end]
    turning = {arrow.start for arrow in picture.arrows if arrow.start == arrow.end}
    boxes = [
        pencil.box(number, _area(box, place), _lines(box, turns=n in turning), _outline(box, pencil))
        for n, (box, number) in enumerate(zip(picture.boxes, numbers, strict=True))
    ]
    return [*arrows, *boxes]


def _area(box: ArrayBox, place: Canvas) -> Area:
    return place.around((box.x, box.y), box.width, box.height)


def _outline(box: ArrayBox, pencil: Pencil) -> Element:
    role = ROLES.get(box.kind)
    return line("tx1", 1.0, pencil.pen) if role is None else line(pencil.pen.colour(role), 1.75, pencil.pen)


def _lines(box: ArrayBox, *, turns: bool) -> list[Text]:
    """Return what stands in a box: letters, each above its shape; a sign where it needs itself, one step earlier."""
    lines: list[Text] = []
    for array in box.arrays:
        lines.append((*_letter(array), *((" ⟲",) if turns else ())))
        if sizes_of(array):
            lines.append((Formula((Extents(sizes_of(array)),)),))
    return lines


def _letter(array: Array) -> Text:
    return (Formula((Named(array.tensor) if isinstance(array.tensor, Tensor) else array.tensor,)),)


def _arrow(arrow: Arrow, picture: GraphPicture, numbers: list[int], to: tuple[Canvas, Pencil]) -> Element:
    """Return a connector from the right of a box to the left of another; one that runs back goes below, dashed."""
    place, pencil = to
    start, end = (_area(picture.boxes[n], place) for n in (arrow.start, arrow.end))
    head = {"type": "triangle", "w": "med", "len": "med"}
    if not arrow.looks_back:
        drawn = line(GREY, 1.25, pencil.pen, ends=[node("a:tailEnd", head)])
        ends = (start.right, start.top + start.height / 2), (end.left, end.top + end.height / 2)
        return pencil.stroke(*ends, drawn, ((numbers[arrow.start], RIGHT), (numbers[arrow.end], LEFT)))
    dashed = [node("a:prstDash", {"val": "dash"}), node("a:headEnd", head)]
    drawn = line(GREY, 1.0, pencil.pen, ends=dashed)
    left, right = (end, start) if end.left <= start.left else (start, end)
    ends = (left.left + left.width / 2, left.bottom), (right.left + right.width / 2, right.bottom)
    numbers_at = (numbers[arrow.end], BELOW), (numbers[arrow.start], BELOW)
    return pencil.stroke(*ends, drawn, numbers_at)

"""The network and the chain as native shapes: ovals and boxes, and connectors that follow when they are moved.

A picture is one group with one description. Its letters are text, since a native equation inside a group is lost in
programs that know none; the rates of a chain stand outside of it as equations of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from xml.etree.ElementTree import Element

from symbackprop.exposition.document import Document, Figure, Formula, Text
from symbackprop.exposition.figures.arrayboxes import ArrayBox
from symbackprop.exposition.figures.boxrows import box_rows, column_rows
from symbackprop.exposition.figures.graph import CELL, Arrow, GraphPicture
from symbackprop.exposition.figures.labelling import clear_places
from symbackprop.exposition.figures.layout import ChainPicture, Column, Dots, Edge, NetworkPicture
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office.shapeparts import BELOW, DIAMETER, LEFT, LETTER, RIGHT, TOP, PartDrawer
from symbackprop.exposition.office.shapes import Label, Pen, line, named, placed, spoken
from symbackprop.exposition.palette import GREY
from symbackprop.exposition.placing.pages import Area
from symbackprop.exposition.placing.pictures import Canvas, Point, canvas, chain_places
from symbackprop.network.program import Kind

NAME, NAME_SIZE = (0.92, 0.5), 0.3  # centimetres of the layout: the name of a weight, and its letters
HALF_BOX = 0.45  # centimetres of the layout, of the box of the cost
OVAL_IN, OVAL_OUT = 2, 6  # the places of an oval that connectors are glued to
SIZES = {"shape": 0.75, "inside": 0.75}  # of what stands in a box, beside its letters
ROLES = {Kind.PARAMETER: "input", Kind.VALUE: "activation", Kind.COST: "cost"}


def drawing(figure: Figure, area: Area, document: Document, *, pen: Pen, numbers: Iterator[int]) -> Element:
    """Return a picture as one group, as large as its area allows; its own number is the first of `numbers`."""
    label = Label(next(numbers), "Picture", figure.alt)
    drawer = PartDrawer(document, pen, numbers)
    if isinstance(figure.picture, ChainPicture):
        place, parts = _chain(figure.picture, area, drawer)
    elif isinstance(figure.picture, GraphPicture):
        where = canvas(figure.picture, area)
        place, parts = where.area, graph_shapes(figure.picture, where, drawer)
    else:
        where = canvas(figure.picture, area)
        place, parts = where.area, _Network(figure.picture, where, drawer).parts()
    return _group(label, place, parts, pen)


def _group(label: Label, area: Area, parts: Sequence[Element], pen: Pen) -> Element:
    where = placed(area, pen)
    offset, size = where
    where.append(node("a:chOff", offset.attrib))
    where.append(node("a:chExt", size.attrib))
    about = node("p:nvGrpSpPr", None, named(label), node("p:cNvGrpSpPr"), node("p:nvPr"))
    return node("p:grpSp", None, about, node("p:grpSpPr", None, where), *parts)


class _Network:
    """A network on its way onto a slide: where its points stand, and which number each neuron has."""

    def __init__(self, picture: NetworkPicture, place: Canvas, drawer: PartDrawer) -> None:
        self.picture, self.place, self.drawer = picture, place, drawer
        self.ids = {(neuron.x, neuron.y): next(drawer.numbers) for neuron in picture.neurons}
        self.cost, self.target = next(drawer.numbers), next(drawer.numbers)

    def parts(self) -> list[Element]:
        """Return thin edges first, then the path, then what lies on the lines."""
        picture, size = self.picture, LETTER * self.place.scale
        edges = [self._edge(edge) for edge in sorted(picture.edges, key=lambda edge: edge.on_path)]
        neurons = [
            self.drawer.ring(
                self.ids[n.x, n.y],
                self.place.around((n.x, n.y), DIAMETER, DIAMETER),
                "ellipse",
                n.letter,
                stressed=n.on_path,
            )
            for n in picture.neurons
        ]
        drawn = [self._trimmed(edge) for edge in picture.edges]
        labels = [self._label(edge, place) for edge, place in clear_places(drawn, NAME)]
        dots = [self._dots(each) for each in picture.dots]
        columns = [self._column(column) for column in picture.columns]
        cost = self.place.around((picture.cost.x, picture.cost.y), 2 * HALF_BOX, 2 * HALF_BOX)
        target = self.place.around((picture.target.x, picture.target.y), 0.9, 0.7)
        words = self.drawer.words(target, [self.drawer.letter(picture.target.letter)], size)
        words[0][0].set("id", str(self.target))
        ends = [self.drawer.ring(self.cost, cost, "roundRect", picture.cost.letter, stressed=True), words]
        return [*edges, *neurons, *labels, *dots, *columns, *ends]

    def _edge(self, edge: Edge) -> Element:
        """Return an edge from the right of one neuron to the left of the next, or into what is left out."""
        dashes = [node("a:prstDash", {"val": "dash"})] if edge.faded else []
        pen = self.drawer.pen
        drawn = line(pen.colour("cost"), 2.5, pen, ends=dashes) if edge.on_path else line(GREY, 0.75, pen, ends=dashes)
        cost = edge.end == (self.picture.cost.x, self.picture.cost.y)
        if edge.start == (self.picture.target.x, self.picture.target.y):
            x, y = self.place.at(edge.start)
            below, above = y - 0.35 * self.place.scale, self.place.at(edge.end)[1] + HALF_BOX * self.place.scale
            return self.drawer.stroke((x, below), (x, above), drawn, ((self.target, TOP), (self.cost, BELOW)))
        start, end = self.ids.get(edge.start), self.cost if cost else self.ids.get(edge.end)
        trimmed = self._trimmed(edge)
        left, right = self.place.at(trimmed.start), self.place.at(trimmed.end)
        glue = ((start, OVAL_OUT) if start else None, (end, LEFT if cost else OVAL_IN) if end else None)
        return self.drawer.stroke(left, right, drawn, glue)

    def _trimmed(self, edge: Edge) -> Edge:
        """Return an edge between the sides of two ovals, where its connector is."""
        cost = edge.end == (self.picture.cost.x, self.picture.cost.y)
        out = DIAMETER / 2 if edge.start in self.ids else 0.0
        into = HALF_BOX if cost else DIAMETER / 2 if edge.end in self.ids else 0.0
        return replace(edge, start=(edge.start[0] + out, edge.start[1]), end=(edge.end[0] - into, edge.end[1]))

    def _label(self, edge: Edge, point: Point) -> Element:
        assert edge.label is not None
        words = [self.drawer.letter(edge.label)]
        area, size = self.place.around(point, *NAME), NAME_SIZE * self.place.scale
        return self.drawer.words(area, words, size, paper=True, role="cost")

    def _dots(self, dots: Dots) -> Element:
        area = self.place.around((dots.x, dots.y), 0.6, 0.6)
        sign = "⋯" if dots.layers else "⋮"
        return self.drawer.words(area, [(sign,)], 1.4 * LETTER * self.place.scale, paper=True)

    def _column(self, column: Column) -> Element:
        """Return what stands below a layer: what it is, its width, its activation."""
        lines = [(row,) for row in column_rows(column, self.drawer.document)]
        high = 0.42 * len(lines)
        area = self.place.around((column.x, column.y - high / 2 - 0.1), 2.4, high)
        return self.drawer.words(area, lines, 0.32 * self.place.scale)


def _chain(picture: ChainPicture, area: Area, drawer: PartDrawer) -> tuple[Area, list[Element]]:
    """Return the quantities of a chain with arrows between them, and the brace under those that have a name."""
    places = chain_places(picture, area)
    ids = [next(drawer.numbers) for _ in places.boxes]
    boxes = [
        drawer.ring(number, box, "roundRect", quantity, stressed=False)
        for number, box, quantity in zip(ids, places.boxes, picture.quantities, strict=True)
    ]
    arrows = []
    for link, (before, after), ends in zip(picture.links, pairwise(places.boxes), pairwise(ids), strict=True):
        start, end = (before.right, before.top + before.height / 2), (after.left, after.top + after.height / 2)
        head = node("a:tailEnd", {"type": "triangle", "w": "med", "len": "med"})
        drawn = line(drawer.pen.colour(link.role), 2.25, drawer.pen, ends=[head])
        arrows.append(drawer.stroke(start, end, drawn, ((ends[0], RIGHT), (ends[1], LEFT))))
    brace = [] if places.brace is None else [_brace(places.brace, drawer)]
    return places.whole, [*boxes, *arrows, *brace]


def _brace(area: Area, drawer: PartDrawer) -> Element:
    """Return a curly brace that opens upwards."""
    wide, high = drawer.pen.emu(area.width), drawer.pen.emu(area.height)
    middle, half = wide // 2, high // 2

    def point(x: int, y: int) -> Element:
        return node("a:pt", {"x": x, "y": y})

    path = node(
        "a:path",
        {"w": wide, "h": high, "fill": "none"},
        node("a:moveTo", None, point(0, 0)),
        node("a:quadBezTo", None, point(0, half), point(half, half)),
        node("a:lnTo", None, point(middle - half, half)),
        node("a:quadBezTo", None, point(middle, half), point(middle, high)),
        node("a:quadBezTo", None, point(middle, half), point(middle + half, half)),
        node("a:lnTo", None, point(wide - half, half)),
        node("a:quadBezTo", None, point(wide, half), point(wide, 0)),
    )
    empty = [node(tag) for tag in ("a:avLst", "a:gdLst", "a:ahLst", "a:cxnLst")]
    rectangle = node("a:rect", dict(zip("ltrb", "ltrb", strict=True)))
    geometry = node("a:custGeom", None, *empty, rectangle, node("a:pathLst", None, path))
    about = node("p:nvSpPr", None, spoken(Label(next(drawer.numbers), "Brace")), node("p:cNvSpPr"), node("p:nvPr"))
    drawn = [node("a:noFill"), line(drawer.pen.colour("error"), 1.5, drawer.pen)]
    return node("p:sp", None, about, node("p:spPr", None, placed(area, drawer.pen), geometry, *drawn))


def graph_shapes(picture: GraphPicture, place: Canvas, drawer: PartDrawer) -> list[Element]:
    """Return the cells, the arrows, then the boxes on them."""
    cells = [drawer.cell(place.around((each.x, each.y), CELL, CELL), each.role) for each in picture.cells]
    numbers = [next(drawer.numbers) for _ in picture.boxes]
    arrows = [part for arrow in picture.arrows for part in _arrow(arrow, numbers, place, drawer)]
    boxes = [
        drawer.box(number, _area(box, place), _lines(box), _outline(box, drawer), round_corners=box.computed)
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


def _lines(box: ArrayBox) -> list[tuple[Text, float]]:
    """Return what stands in a box, each with its size: letters, smaller their shapes and the parameters inside."""
    rows = box_rows(box)
    return [((row if isinstance(row, str) else Formula((row,)),), SIZES.get(part, 1.0)) for row, part in rows]


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

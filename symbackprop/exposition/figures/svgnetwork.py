"""The network in SVG: edges, those of the path above the others in a picture of its own, then what lies on them."""

from __future__ import annotations

from math import hypot

from sympy import Symbol

from symbackprop.exposition.document import Term
from symbackprop.exposition.figures.boxrows import column_rows
from symbackprop.exposition.figures.labelling import Named, named_edges
from symbackprop.exposition.figures.layout import Column, Dots, Edge, NetworkPicture, Neuron
from symbackprop.exposition.figures.lettering import Lettering, number
from symbackprop.exposition.figures.svgparts import INK, Canvas, Line, Point, towards
from symbackprop.exposition.mathtext.outlines import Drawn
from symbackprop.exposition.palette import COLOURS, GREY

UNIT = 56.0  # of a centimetre of the layout
RADIUS = 20.0
LETTER, SMALL, WEIGHT, NAME, CAPTION = 16.0, 12.0, 11.5, 15.0, 13.5  # sizes of letters
FROM_NUMBER = 100  # the first number of a neuron whose letter is small
THIN = Line(GREY, 0.9)
FADED = Line(GREY, 0.9, 1.0, "4 3")
ROW = 18.0  # between the lines of a caption


def draw_network(picture: NetworkPicture, canvas: Canvas) -> None:
    """Draw a network with its letters, the names of its layers, and the path of one weight to the cost."""
    edges = named_edges(picture)
    on_a_page = canvas.prefix is not None  # where the tab key goes from part to part in the order of the drawing
    for each in edges if on_a_page else sorted(edges, key=lambda each: each.edge.on_path):
        _edge(each, canvas)
    for each in edges:
        if each.label_at is not None:
            _weight(each, canvas)
    if on_a_page and not picture.numbers:
        for neuron in picture.neurons:
            _bias(neuron, canvas)
    for neuron in picture.neurons:
        _neuron(neuron, picture, canvas)
    for dots in picture.dots:
        _dots(dots, canvas)
    for column in picture.columns:
        _caption(column, canvas)
    _cost(picture, canvas)


def _at(x: float, y: float) -> Point:
    return x * UNIT, -y * UNIT


def _edge(named: Named, canvas: Canvas) -> None:
    """Draw a connection between the edges of two neurons, or the beginning of one that is left out."""
    edge = named.edge
    start, end = _at(*edge.start), _at(*edge.end)
    trimmed = _border(start, end, named.leaves), _border(end, start, named.reaches)
    if edge.on_path:
        line = Line(COLOURS["cost"], 2.8, dashes="6 4" if edge.faded else "")
    else:
        line = FADED if edge.faded else THIN
    kind = f"{named.kind} on-path" if edge.on_path else named.kind
    canvas.add(kind, canvas.line(*trimmed, line), named.name, named.data)


def _border(start: Point, end: Point, around: str) -> Point:
    """Return where the way from a point to another one leaves what stands there: a circle, a box, or nothing."""
    if around == "cost":
        across, down = abs(end[0] - start[0]), abs(end[1] - start[1])
        return towards(start, end, RADIUS * hypot(across, down) / max(across, down))
    return towards(start, end, RADIUS) if around else start


def _weight(named: Named, canvas: Canvas) -> None:
    """Write a weight on its edge."""
    edge: Edge = named.edge
    assert named.label_at is not None
    stressed = edge.label is not None
    drawn = canvas.lettering.math(edge.label if stressed else named.weight, size=NAME if stressed else WEIGHT)
    colour = COLOURS["cost"] if stressed else INK
    kind = "weight-label on-path" if stressed else "weight-label"
    canvas.add(kind, canvas.label(drawn, _at(*named.label_at), colour=colour, halo=True), f"{named.name}-label")


def _neuron(neuron: Neuron, picture: NetworkPicture, canvas: Canvas) -> None:
    x, y = _at(neuron.x, neuron.y)
    canvas.reach((x - RADIUS, y - RADIUS), (x + RADIUS, y + RADIUS))
    colour, width, opacity = (COLOURS["cost"], 2.0, 1.0) if neuron.on_path else (INK, 1.1, 0.65)
    circle = (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(RADIUS)}" {Line(colour, width, opacity).attributes}/>'
    )
    drawn = _inside(neuron.letter, canvas, SMALL if neuron.number >= FROM_NUMBER else LETTER)
    letter = "a" if neuron.layer else "x"
    name = f"a_{neuron.layer}_{neuron.number}" if neuron.layer else f"x_{neuron.number}"
    data = {"letter": letter, "layer": neuron.layer, "j": neuron.number}
    kind = "neuron on-path" if neuron.on_path else "neuron"
    canvas.add(kind, [circle, *canvas.label(drawn, (x, y))], name, data)


def _inside(letter: Term, canvas: Canvas, size: float) -> Drawn:
    """Return what stands in a circle or a box: a long number in smaller digits."""
    drawn = canvas.lettering.math(letter, size=size)
    room = 2 * RADIUS - 5
    return drawn if drawn.width <= room else canvas.lettering.math(letter, size=size * room / drawn.width)


def _bias(neuron: Neuron, canvas: Canvas) -> None:
    """Draw the bias of a neuron as a small arrival from above left."""
    if not neuron.layer:
        return
    x, y = _at(neuron.x, neuron.y)
    away, size = RADIUS + 7.0, 6.5
    centre = (x - 0.62 * away, y - 0.78 * away)
    canvas.reach((centre[0] - size, centre[1] - size))
    square = (
        f'<rect class="paper" x="{number(centre[0] - size)}" y="{number(centre[1] - size)}" width="{number(2 * size)}"'
        f' height="{number(2 * size)}" rx="2.5" fill="#FFFFFF" stroke="{INK}" stroke-width="0.8"/>'
    )
    drawn = _letter_of_bias(canvas.lettering)
    data = {"letter": "b", "layer": neuron.layer, "j": neuron.number}
    canvas.add("bias", [square, *canvas.label(drawn, centre)], f"b_{neuron.layer}_{neuron.number}", data)


def _letter_of_bias(letters: Lettering) -> Drawn:
    """Return the letter of a bias without its layer and its place, for which there is no room."""
    document = letters.document
    if document.convention.bias == "w0":
        return letters.math(Symbol("w0"), size=8.0)
    return letters.math(Symbol("b"), size=10.0) if "b" in document.symbols else letters.words("b", size=10.0)


def _dots(dots: Dots, canvas: Canvas) -> None:
    """Draw three dots, above one another for neurons and beside one another for layers."""
    x, y = _at(dots.x, dots.y)
    steps = [(place * 7.0, 0.0) if dots.layers else (0.0, place * 7.0) for place in (-1, 0, 1)]
    circles = [f'<circle cx="{number(x + right)}" cy="{number(y + down)}" r="1.6"/>' for right, down in steps]
    canvas.reach((x - 9, y - 9), (x + 9, y + 9))
    canvas.add("dots", circles)


def _caption(column: Column, canvas: Canvas) -> None:
    write = canvas.lettering
    rows = [
        write.words(row, size=CAPTION) if isinstance(row, str) else write.math(*row.sides, size=CAPTION)
        for row in column_rows(column, write.document)
    ]
    canvas.add("caption", canvas.rows(rows, _at(column.x, column.y + 0.42), ROW))


def _cost(picture: NetworkPicture, canvas: Canvas) -> None:
    """Draw the cost in its box, and the target that it is compared with."""
    x, y = _at(picture.cost.x, picture.cost.y)
    half = RADIUS
    canvas.reach((x - half, y - half), (x + half, y + half))
    box = (
        f'<rect x="{number(x - half)}" y="{number(y - half)}" width="{number(2 * half)}" height="{number(2 * half)}"'
        f' rx="4" {Line(COLOURS["cost"], 2.0).attributes}/>'
    )
    letters = canvas.lettering
    drawn = _inside(picture.cost.letter, canvas, LETTER)
    canvas.add("cost", [box, *canvas.label(drawn, (x, y))], "C", {"letter": "C"})
    target = canvas.label(letters.math(picture.target.letter, size=LETTER), _at(picture.target.x, picture.target.y))
    canvas.add("target", target, "y", {"letter": "y"})

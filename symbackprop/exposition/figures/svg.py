"""Pictures as SVG: the network, the graph of a program, and the chain w -> z -> a -> C with the rate of each link.

The background is transparent and the ink is the text's own: black in a picture that stands alone, light in a dark page
that holds the picture as a part of it. What is stressed is thicker as well as coloured; labels on lines have a halo.

A page that does something with the parts asks for `Drawing(letters="text", parts="net-")`. Each part is then a group
with a class, an id that is the name of its number, and data that says the same:

    <g class="neuron" id="net-a_1_2" data-letter="a" data-layer="1" data-j="2">             the input: net-x_2
    <g class="weight on-path" id="net-w_1_2_1" data-letter="w" data-layer="1" data-j="2" data-k="1">
    <g class="bias" id="net-b_1_2" data-letter="b" data-layer="1" data-j="2">               drawn only here
    <g class="output" id="net-C_2" data-letter="C" data-layer="2" data-j="2">               from neuron 2 to the cost
    <g class="stub" id="net-out_1_2">   <g class="stub" id="net-in_9_2">            into what is left out, and from it
    <g class="cost" id="net-C">   <g class="target" id="net-y">   and without ids: caption, dots

In a graph of arrays they are `array` (net-array_0, data-place) and `arrow` (net-arrow_0, with the places of its ends).
The name of the weight on its edge is a group of its own, `weight-label` with the id net-w_1_2_1-label. In a chain the
groups are `quantity` (net-quantity_0, …), `link` with the role that gives it its colour (net-link_1, …), and `name`.

Colours are attributes, so that every rule of a page's style sheet wins over them; what has the colour of the paper has
the class `paper`, and a transparent `hit` makes a line broad enough to be pointed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from html import escape
from itertools import pairwise
from math import hypot

from symbackprop.exposition.document import Document
from symbackprop.exposition.figures.arrayboxes import ArrayBox
from symbackprop.exposition.figures.boxrows import box_rows
from symbackprop.exposition.figures.graph import CELL, Arrow, Cell, GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture
from symbackprop.exposition.figures.lettering import LETTERS, Lettering, number
from symbackprop.exposition.figures.svgnetwork import draw_network
from symbackprop.exposition.figures.svgparts import INK, PAPER, Canvas, Line, Point
from symbackprop.exposition.palette import COLOURS
from symbackprop.network.program import Kind

UNIT = 42.0  # pixels of a centimetre
SIZES = {"letters": 17.0, "words": 12.0, "inside": 13.0, "shape": 11.0}
SPACE = 7.0  # between the lines of a box
HEAD = 8.0
ROUND = 7.0  # the corners of lanes
ROLES = {Kind.PARAMETER: "input", Kind.COST: "cost", Kind.VALUE: "activation"}


def draw_graph(picture: GraphPicture, canvas: Canvas) -> None:
    """Draw the cells and the arrows first, then the boxes on them."""
    for cell in picture.cells:
        _draw_cell(cell, canvas)
    for place, arrow in enumerate(picture.arrows):
        _draw_arrow(arrow, canvas, place)
    for place, box in enumerate(picture.boxes):
        _draw_box(box, canvas, place)


def _draw_cell(cell: Cell, canvas: Canvas) -> None:
    (x, y), side = _at((cell.x, cell.y)), CELL * UNIT
    filled = f'fill="{COLOURS[cell.role]}" fill-opacity="0.6"' if cell.role else 'fill="none"'
    corner, size = f'x="{number(x - side / 2)}" y="{number(y - side / 2)}"', f'width="{number(side)}"'
    canvas.reach((x - side / 2, y - side / 2), (x + side / 2, y + side / 2))
    rect = f'<rect {corner} {size} height="{number(side)}" {filled} stroke="{INK}" stroke-width="0.7"/>'
    canvas.add("cell", [rect])


def _at(point: Point) -> Point:
    return point[0] * UNIT, -point[1] * UNIT


def _draw_box(box: ArrayBox, canvas: Canvas, place: int) -> None:
    (x, y), wide, high = _at((box.x, box.y)), box.width * UNIT, box.height * UNIT
    colour = COLOURS[ROLES[box.kind]] if box.kind in ROLES else INK
    width = (1.6 if box.kind in ROLES else 0.8) * box.is_framed
    rounded = 9 if box.kind is Kind.VALUE else 2
    left, top = x - wide / 2, y - high / 2
    canvas.reach((left, top), (left + wide, top + high))
    parts = [
        f'<rect class="paper" x="{number(left)}" y="{number(top)}" width="{number(wide)}" height="{number(high)}"'
        f' rx="{rounded}" fill="{PAPER}" stroke="{colour}" stroke-width="{width}"/>'
    ]
    shown = []
    for row, part in box_rows(box):
        size, pen = SIZES[part], canvas.lettering
        drawn = pen.words(row, size=size) if isinstance(row, str) else pen.math(row, size=size)
        shown.append((drawn, size, COLOURS["input"] if part == "inside" else INK))
    down = y - (sum(size for _, size, _ in shown) + SPACE * (len(shown) - 1)) / 2
    for drawn, size, ink in shown:
        parts += canvas.label(drawn, (x, down + size / 2), colour=ink)
        down += size + SPACE
    canvas.add(f"array {box.kind}", parts, f"array_{place}", {"place": place})


def _draw_arrow(arrow: Arrow, canvas: Canvas, place: int) -> None:
    """Draw an arrow along its path, dashed where it leads to another step of time."""
    points = [_at(point) for point in arrow.path]
    canvas.reach(*points)
    tip, before = points[-1], points[-2]
    length = hypot(tip[0] - before[0], tip[1] - before[1])
    way = ((tip[0] - before[0]) / length, (tip[1] - before[1]) / length) if length else (1.0, 0.0)  # a curve ends level
    neck = (tip[0] - (HEAD - 1) * way[0], tip[1] - (HEAD - 1) * way[1])
    path = _curve([*points[:-1], neck]) if arrow.bends else _lane([*points[:-1], neck])
    colour = COLOURS[arrow.role] if arrow.role else INK
    look = Line(colour, 1.4 if arrow.role else 1.0, 1.0 if arrow.role else 0.7, "5 3" if arrow.looks_back else "")
    ends = {"start": arrow.start, "end": arrow.end}
    canvas.add("arrow", [f'<path d="{path}" {look.attributes}/>', _head(tip, way, colour)], f"arrow_{place}", ends)


def _curve(points: Sequence[Point]) -> str:
    """Return a level way, a curve that leaves and arrives level, and a level way."""
    begin, start, end, last = points
    end = (min(end[0], last[0]), end[1])
    half = (end[0] - start[0]) / 2
    bends = ((start[0] + half, start[1]), (end[0] - half, end[1]), end)
    return f"M{_pair(begin)}L{_pair(start)}C{' '.join(map(_pair, bends))}L{_pair(last)}"


def _lane(points: Sequence[Point]) -> str:
    """Return a way by its corners, which are rounded."""
    parts = [f"M{_pair(points[0])}"]
    for (before, corner), (_, after) in pairwise(pairwise(points)):
        parts.append(f"L{_pair(_short(corner, before))}Q{_pair(corner)} {_pair(_short(corner, after))}")
    return "".join(parts) + f"L{_pair(points[-1])}"


def _short(corner: Point, towards: Point) -> Point:
    """Return the point where the rounding of a corner begins."""
    length = hypot(towards[0] - corner[0], towards[1] - corner[1]) or 1.0
    share = min(ROUND, length / 2) / length
    return corner[0] + (towards[0] - corner[0]) * share, corner[1] + (towards[1] - corner[1]) * share


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _head(tip: Point, direction: Point, colour: str) -> str:
    (x, y), (dx, dy) = tip, direction
    corners = [(x, y)]
    corners += [(x - HEAD * dx + side * 3.4 * dy, y - HEAD * dy - side * 3.4 * dx) for side in (1, -1)]
    points = " ".join(f"{number(a)},{number(b)}" for a, b in corners)
    return f'<polygon points="{points}" fill="{colour}" fill-opacity="{0.75 if colour == INK else 1:g}"/>'


QUANTITY, RATE = 22.0, 18.0  # sizes of letters
GAP = 7.0  # between a quantity and an arrow
LONGEST, TOGETHER = 110.0, 330.0  # of an arrow, and of all where that is shorter: the picture is as wide as a page
BESIDE = 10.0  # from one rate to the next
BELOW = 9.0  # from an arrow to the rate below it
BRACE = 8.0  # how high it is
STRESSED = 2.2


def draw_chain(picture: ChainPicture, canvas: Canvas) -> None:
    """Draw a chain; arrows are as long as their rates need."""
    write = canvas.lettering.math
    letters = [write(quantity, size=QUANTITY) for quantity in picture.quantities]
    rates = [write(link.rate, size=RATE) for link in picture.links]
    middles, shortest = [0.0], min(LONGEST, TOGETHER / len(rates))
    for place, rate in enumerate(rates):
        between = (letters[place].width + letters[place + 1].width) / 2
        arrow = max(shortest, rate.width + BESIDE - between)
        middles.append(middles[-1] + between + 2 * GAP + arrow)
    lowest = 0.0
    for place, (link, rate) in enumerate(zip(picture.links, rates, strict=True)):
        start = middles[place] + letters[place].width / 2 + GAP
        end = middles[place + 1] - letters[place + 1].width / 2 - GAP
        colour = COLOURS[link.role]
        parts = canvas.arrow((start, 0), (end, 0), Line(colour, STRESSED))
        parts += canvas.label(rate, ((start + end) / 2, BELOW + rate.height / 2), colour=colour)
        canvas.add(f"link {link.role}", parts, f"link_{place + 1}", {"role": link.role})
        lowest = max(lowest, BELOW + rate.height)
    for place, drawn in enumerate(letters):
        canvas.add("quantity", canvas.label(drawn, (middles[place], 0)), f"quantity_{place}")
    if picture.named is not None and picture.name is not None:
        _brace(picture, canvas, (middles[picture.named], middles[-1]), lowest + 8)


def _brace(picture: ChainPicture, canvas: Canvas, ends: tuple[float, float], top: float) -> None:
    """Draw a brace below the links that have a name together, and the name below it."""
    (left, right), r = ends, BRACE / 2
    middle = (left + right) / 2
    path = (
        f"M{number(left)} {number(top)}q0 {number(r)} {number(r)} {number(r)}H{number(middle - r)}"
        f"q{number(r)} 0 {number(r)} {number(r)}q0 {number(-r)} {number(r)} {number(-r)}H{number(right - r)}"
        f"q{number(r)} 0 {number(r)} {number(-r)}"
    )
    canvas.reach((left, top), (right, top + BRACE))
    assert picture.name is not None
    name = canvas.lettering.math(picture.name, size=QUANTITY)
    parts = [f'<path d="{path}" {Line(COLOURS["error"], 1.5).attributes}/>']
    parts += canvas.label(name, (middle, top + BRACE + 5 + name.height / 2), colour=COLOURS["error"])
    canvas.add("name", parts, "name")


MARGIN = 6.0  # around the ink


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a picture is drawn: for a file of its own, or for a page that does something with its parts.

    `letters` is 'outlines' or 'text'; `parts` is what the id of every part begins with, and None if none needs one;
    `source` is kept in the file, for who wants to change the picture: its TikZ."""

    letters: str = "outlines"
    parts: str | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse letters of another kind."""
        if self.letters not in LETTERS:
            raise ValueError(f"letters {self.letters!r}: wanted one of {', '.join(LETTERS)}")


FILE = Drawing()


@singledispatch
def _draw(picture: object, canvas: Canvas) -> None:
    raise TypeError(f"no SVG for the picture {type(picture).__name__}")


_draw.register(NetworkPicture, draw_network)
_draw.register(ChainPicture, draw_chain)
_draw.register(GraphPicture, draw_graph)


def svg(picture: object, document: Document, alt: str, drawing: Drawing = FILE) -> str:
    """Return a picture as an <svg> element with its description; raises TypeError for what is no picture."""
    canvas = Canvas(Lettering(document, drawing.letters), document.words, drawing.parts)
    _draw(picture, canvas)
    left, top, right, bottom = canvas.box
    x, y, wide, high = left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN
    said = escape(" ".join(alt.split()))
    # the parts of an image are hidden from screen readers, those of a group are not
    role = f'role="img" aria-label="{said}"' if drawing.parts is None else f'role="group" aria-label="{said}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(wide)}" height="{number(high)}"'
        f' viewBox="{number(x)} {number(y)} {number(wide)} {number(high)}" {role} fill="currentColor">'
    )
    title = [f"<title>{said}</title>"] if drawing.parts is None else []  # a page would show it on every part
    source = [f"<metadata>{escape(drawing.source, quote=False)}</metadata>"] if drawing.source else []
    return "\n".join([head, *title, *source, *canvas.elements, "</svg>"]) + "\n"

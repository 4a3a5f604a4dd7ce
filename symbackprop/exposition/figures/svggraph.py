"""The picture of a program in SVG: a box for each array, with its shape, and arrows to what is computed from it."""

from __future__ import annotations

from math import hypot

from symbackprop.calculus.matrices import Named
from symbackprop.exposition.figures.graph import ArrayBox, GraphPicture
from symbackprop.exposition.figures.lettering import number
from symbackprop.exposition.figures.svgparts import INK, PAPER, Canvas, Line, Point
from symbackprop.exposition.mathtext.outlines import Drawn
from symbackprop.exposition.palette import COLOURS
from symbackprop.exposition.story.terms import Extents
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Array, Kind

__all__ = ["draw_graph"]

UNIT = 37.8  # pixels of a centimetre
LETTER, SHAPE = 17.0, 11.0
INSIDE = 7.0  # from the letters to the edge of their box
HEAD = 8.0
ROLES = {Kind.PARAMETER: "input", Kind.COST: "cost", Kind.VALUE: "activation"}


def draw_graph(picture: GraphPicture, canvas: Canvas) -> None:
    """Draw the arrows first, then the boxes on them."""
    sizes = [_size(box, canvas) for box in picture.boxes]
    for arrow in picture.arrows:
        start, end = picture.boxes[arrow.start], picture.boxes[arrow.end]
        _draw_arrow((_at(start), sizes[arrow.start]), (_at(end), sizes[arrow.end]), canvas, back=arrow.looks_back)
    for place, box in enumerate(picture.boxes):
        _draw_box(box, sizes[place], canvas, place)


def _at(box: ArrayBox) -> Point:
    return box.x * UNIT, -box.y * UNIT


def _letters(box: ArrayBox, canvas: Canvas) -> list[tuple[Drawn, Drawn | None]]:
    write = canvas.lettering.math
    rows: list[tuple[Drawn, Drawn | None]] = []
    for array in box.arrays:
        whole = Named(array.tensor) if isinstance(array.tensor, Tensor) else COST
        shape = _extents(array)
        rows.append((write(whole, size=LETTER), None if shape is None else write(shape, size=SHAPE)))
    return rows


def _extents(array: Array) -> Extents | None:
    sizes = array.tensor.sizes if isinstance(array.tensor, Tensor) else ()
    return Extents(sizes) if sizes else None


def _size(box: ArrayBox, canvas: Canvas) -> Point:
    """Return width and height of a box."""
    rows = _letters(box, canvas)
    wide = max(max(letter.width, shape.width if shape else 0) for letter, shape in rows)
    high = sum(LETTER + (SHAPE + 2 if shape else 0) + 3 for _, shape in rows)
    return wide + 2 * INSIDE, high + INSIDE


def _draw_box(box: ArrayBox, size: Point, canvas: Canvas, place: int) -> None:
    (x, y), (wide, high) = _at(box), size
    colour = COLOURS[ROLES[box.kind]] if box.kind in ROLES else INK
    width = 1.6 if box.kind in ROLES else 0.8
    rounded = 9 if box.kind is Kind.VALUE else 2
    left, top = x - wide / 2, y - high / 2
    canvas.reach((left, top), (left + wide, top + high))
    parts = [
        f'<rect class="paper" x="{number(left)}" y="{number(top)}" width="{number(wide)}" height="{number(high)}"'
        f' rx="{rounded}" fill="{PAPER}" stroke="{colour}" stroke-width="{width}"/>'
    ]
    down = top + INSIDE / 2 + 1
    for letter, shape in _letters(box, canvas):
        parts += canvas.label(letter, (x, down + LETTER / 2))
        down += LETTER + 2
        if shape is not None:
            parts += canvas.label(shape, (x, down + SHAPE / 2))
            down += SHAPE + 2
        down += 1
    canvas.add(f"array {box.kind}", parts, f"array_{place}")


def _draw_arrow(start: tuple[Point, Point], end: tuple[Point, Point], canvas: Canvas, *, back: bool) -> None:
    """Draw an arrow from edge to edge; one that runs back in time bows below the boxes, dashed."""
    (x0, y0), (w0, h0) = start
    (x1, y1), (w1, h1) = end
    if back:
        low = max(y0 + h0 / 2, y1 + h1 / 2) + 20
        left, right = x1 + (w1 / 4 if start == end else 0) * -1, x0 + (w0 / 4 if start == end else 0)
        tip = (left, y1 + h1 / 2)
        path = f"M{number(right)} {number(y0 + h0 / 2)}V{number(low)}H{number(left)}V{number(tip[1] + HEAD - 1)}"
        canvas.reach((left, low), (right, low))
        direction = (0.0, -1.0)
        look = Line(INK, 1.0, 0.7, "5 3")
    else:
        dx, dy = x1 - x0, y1 - y0
        begin, tip = _edge((x0, y0), (w0, h0), (dx, dy)), _edge((x1, y1), (w1, h1), (-dx, -dy))
        length = hypot(tip[0] - begin[0], tip[1] - begin[1]) or 1.0
        direction = ((tip[0] - begin[0]) / length, (tip[1] - begin[1]) / length)
        neck = (tip[0] - direction[0] * (HEAD - 1), tip[1] - direction[1] * (HEAD - 1))
        path = f"M{number(begin[0])} {number(begin[1])}L{number(neck[0])} {number(neck[1])}"
        look = Line(INK, 1.0, 0.7)
    canvas.add("arrow", [f'<path d="{path}" {look.attributes}/>', _head(tip, direction)])


def _head(tip: Point, direction: Point) -> str:
    (x, y), (dx, dy) = tip, direction
    corners = [(x, y)]
    corners += [(x - HEAD * dx + side * 3.4 * dy, y - HEAD * dy - side * 3.4 * dx) for side in (1, -1)]
    points = " ".join(f"{number(a)},{number(b)}" for a, b in corners)
    return f'<polygon points="{points}" fill="{INK}" fill-opacity="0.75"/>'


def _edge(middle: Point, size: Point, towards: Point) -> Point:
    """Return where a line from the middle of a box leaves it."""
    dx, dy = towards
    scales = [size[0] / 2 / abs(dx) if dx else float("inf"), size[1] / 2 / abs(dy) if dy else float("inf")]
    scale = min(scales)
    return middle[0] + dx * scale, middle[1] + dy * scale

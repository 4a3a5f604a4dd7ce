"""The picture of a program in SVG: a box for each array, with its shape, and arrows to what is computed from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from symbackprop.exposition.figures.arrayboxes import ArrayBox
from symbackprop.exposition.figures.boxrows import box_rows
from symbackprop.exposition.figures.graph import CELL, Arrow, Cell, GraphPicture
from symbackprop.exposition.figures.lettering import number
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
    rounded = 9 if box.computed else 2
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

"""The picture of a program as data: arrays as boxes with their shapes, an arrow from each to what is computed from it.

Lengths are in centimetres, y upwards. An array stands to the right of all that it is computed from, and what is given
just to the left of its first use, at its height; parameters of one and the same equation share a box, and where there
are many of these they stand inside the box of what is computed with them. No arrow runs through a box: one that would,
or that leads to another step of time, takes a lane above or below all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sympy import Expr

from symbackprop.calculus.matrices import Matrix
from symbackprop.exposition.figures.arrayboxes import SIGN, ArrayBox, Point
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Kind, Program

GAP = 0.3  # between two boxes in a column
APART = 1.25  # between the boxes of two columns, for the arrows
CROWDED = 3  # boxes of parameters, with more of which each stands in the box of what is computed
CURVE = 4  # points of a path with a curve
POINTS = 24  # of an arrow, at which it is compared with the boxes
CELL = 0.42  # the side of a cell
LANE = 0.35  # from lane to lane, and from a box to a lane beside it

_NO_NUMBERS: Mapping[str, Matrix] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between the boxes with these numbers; `looks_back` where it crosses from one step of time to another.

    `path` leads from the right edge of one to the left edge of the other by the corners of a lane; where it `bends`,
    level out of the column, in a curve to the other column, and level again. It has the colour of its `role`."""

    start: int
    end: int
    looks_back: bool = False
    path: tuple[Point, ...] = ()
    role: str = ""

    @property
    def bends(self) -> bool:
        """Whether the way between the two points in the middle is a curve."""
        return len(self.path) == CURVE


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry of an array that is drawn entry by entry: a square with its middle at a point, filled by its `role`."""

    x: float
    y: float
    role: str = ""


@dataclass(frozen=True, slots=True)
class GraphPicture:
    """A program from left to right, or a part of one; `cells` are behind all else, `name` is that of its file."""

    boxes: tuple[ArrayBox, ...]
    arrows: tuple[Arrow, ...]
    cells: tuple[Cell, ...] = ()
    name: str = "network"

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of all boxes and lanes."""
        across = [box.x + side * box.width / 2 for box in self.boxes for side in (-1, 1)]
        down = [box.y + side * box.height / 2 for box in self.boxes for side in (-1, 1)]
        corners = [point for arrow in self.arrows for point in arrow.path]
        corners += [(cell.x + side * CELL / 2, cell.y + side * CELL / 2) for cell in self.cells for side in (-1, 1)]
        across, down = across + [x for x, _ in corners], down + [y for _, y in corners]
        return min(across), min(down), max(across), max(down)

    @property
    def width(self) -> float:
        """How wide the picture is."""
        left, _, right, _ = self.extent
        return right - left

    @property
    def loops(self) -> bool:
        """Whether something is read from another step of time."""
        return any(arrow.looks_back for arrow in self.arrows)


def graph_picture(program: Program, numbers: Mapping[str, Matrix] = _NO_NUMBERS) -> GraphPicture:
    """Return the picture of a program; `numbers` stand in the places of letters, by the names of their arrays."""
    readers = _readers(program)
    columns = [_grouped(column, readers) for column in _columns(program, readers)]
    parameters = [box for column in columns for box in column if box.kind is Kind.PARAMETER]
    if len(parameters) > CROWDED:
        columns = _with_parameters_inside(columns, readers)
    filled = [[_with_numbers(box, numbers) for box in column] for column in columns if column]
    boxes = _placed(filled, readers)
    number = {array.tensor: place for place, box in enumerate(boxes) for array in (*box.arrays, *box.inside)}
    arrows: dict[Arrow, None] = {}
    for equation in program.equations:
        for read in equation.reads:
            start, end = number[read], number[equation.tensor]
            if start != end or read == equation.tensor:
                arrows[Arrow(start, end, looks_back=boxes[start].x >= boxes[end].x)] = None
    return GraphPicture(boxes, tuple(_routed(tuple(arrows), boxes)))


def _with_numbers(box: ArrayBox, numbers: Mapping[str, Matrix]) -> ArrayBox:
    found = tuple(numbers[array.name] for array in box.arrays if array.name in numbers)
    return replace(box, entries=found) if found else box


def _with_parameters_inside(
    columns: Sequence[Sequence[ArrayBox]], readers: Mapping[Expr, tuple[Expr, ...]]
) -> list[list[ArrayBox]]:
    """Return the columns with the parameters that one array alone is computed with in the box of that array."""
    inside: dict[Expr, list[Array]] = {}
    kept: list[list[ArrayBox]] = []
    for column in columns:
        kept.append([])
        for box in column:
            made = readers.get(box.arrays[0].tensor, ())
            if box.kind is Kind.PARAMETER and len(made) == 1 and isinstance(made[0], Tensor):
                inside.setdefault(made[0], []).extend(box.arrays)
            else:
                kept[-1].append(box)
    return [[replace(box, inside=tuple(inside.get(box.arrays[0].tensor, ()))) for box in column] for column in kept]


def _placed(columns: Sequence[Sequence[ArrayBox]], readers: Mapping[Expr, tuple[Expr, ...]]) -> tuple[ArrayBox, ...]:
    """Return the boxes in their places: columns side by side, each box about as high as its readers."""
    x, middles = 0.0, []
    for column in columns:
        wide = max(box.width for box in column)
        middles.append(x + wide / 2)
        x += wide + APART
    height: dict[Expr, float] = {}
    done: list[list[ArrayBox]] = []
    for column, middle in zip(reversed(columns), reversed(middles), strict=True):
        wanted = [_wanted(box, readers, height) for box in column]
        order = sorted(range(len(column)), key=lambda place: -wanted[place])
        stacked = _stacked([column[place] for place in order], [wanted[place] for place in order], middle)
        height |= {array.tensor: box.y for box in stacked for array in box.arrays}
        done.insert(0, stacked)
    return tuple(box for column in done for box in column)


def _wanted(box: ArrayBox, readers: Mapping[Expr, tuple[Expr, ...]], height: Mapping[Expr, float]) -> float:
    """Return the height at which the arrows of a box to what is placed already are level."""
    levels = [height[made] for array in box.arrays for made in readers.get(array.tensor, ()) if made in height]
    return sum(levels) / len(levels) if levels else 0.0


def _stacked(boxes: Sequence[ArrayBox], wanted: Sequence[float], x: float) -> list[ArrayBox]:
    """Return the boxes of a column from the top down, apart from one another, on average where they want to be."""
    lows: list[float] = []
    for box, level in zip(boxes, wanted, strict=True):
        above = lows[-1] - GAP - box.height / 2 if lows else level
        lows.append(min(level, above) - box.height / 2)
    places = [low + box.height / 2 for low, box in zip(lows, boxes, strict=True)]
    computed = [n for n, box in enumerate(boxes) if box.kind is Kind.VALUE] or range(len(boxes))  # these stay level
    shift = sum(wanted[n] - places[n] for n in computed) / len(computed)
    return [replace(box, x=x, y=place + shift) for box, place in zip(boxes, places, strict=True)]


def _routed(arrows: Sequence[Arrow], boxes: Sequence[ArrayBox]) -> Iterator[Arrow]:
    """Yield arrows with their paths: those from one box that need a lane share it."""
    curves = {arrow: _curve(boxes[arrow.start], boxes[arrow.end], boxes) for arrow in arrows}
    blocked = [arrow for arrow in arrows if arrow.looks_back or _is_blocked(arrow, curves[arrow], boxes)]
    lanes = _lanes(blocked, boxes)
    for arrow in arrows:
        start, end = boxes[arrow.start], boxes[arrow.end]
        if arrow not in blocked:
            yield replace(arrow, path=curves[arrow])
            continue
        beside = LANE * (1 + 0.4 * list(lanes).index(_lane_of(arrow, boxes)))
        low = SIGN if arrow.looks_back else 0.0  # what comes back in time leaves and arrives below what does not
        (x0, y0), (x1, y1) = (start.right[0], start.y - low), (end.left[0], end.y - low)
        before, after, lane = x0 + beside, x1 - beside, lanes[_lane_of(arrow, boxes)]
        yield replace(arrow, path=((x0, y0), (before, y0), (before, lane), (after, lane), (after, y1), (x1, y1)))


def _lane_of(arrow: Arrow, boxes: Sequence[ArrayBox]) -> tuple[int, int]:
    """Return the box that a lane begins at and its side: below for other steps of time, else where it is nearer."""
    start, end = boxes[arrow.start], boxes[arrow.end]
    return arrow.start, -1 if arrow.looks_back or start.y < end.y else 1


def _lanes(arrows: Sequence[Arrow], boxes: Sequence[ArrayBox]) -> dict[tuple[int, int], float]:
    """Return the height of each lane, above or below all that it passes; one that passes another is further out."""
    spans: dict[tuple[int, int], tuple[float, float]] = {}
    for arrow in arrows:
        start, end = boxes[arrow.start], boxes[arrow.end]
        key = _lane_of(arrow, boxes)
        own = sorted((start.right[0], end.left[0]))
        left, right = spans.get(key, (own[0], own[1]))
        spans[key] = min(left, own[0]), max(right, own[1])
    lanes: dict[tuple[int, int], float] = {}
    for key in sorted(spans, key=lambda key: spans[key][1] - spans[key][0]):
        (left, right), side = spans[key], key[1]
        passed = [box for box in boxes if box.right[0] > left and box.left[0] < right]
        edges = [side * box.y + box.height / 2 for box in passed]
        edges += [side * lanes[k] for k in lanes if k[1] == side and spans[k][1] > left and spans[k][0] < right]
        lanes[key] = side * (max(edges, default=0.0) + LANE)
    return lanes


def _curve(start: ArrayBox, end: ArrayBox, boxes: Sequence[ArrayBox]) -> tuple[Point, ...]:
    """Return the way out of a column, across and into another one."""
    out = max(box.right[0] for box in boxes if box.x == start.x)
    into = min(box.left[0] for box in boxes if box.x == end.x)
    return start.right, (out, start.y), (into, end.y), end.left


def _is_blocked(arrow: Arrow, path: Sequence[Point], boxes: Sequence[ArrayBox]) -> bool:
    """Tell whether the curve between two columns, which leaves and arrives level, runs through a third box."""
    _, (x0, y0), (x1, y1), _ = path
    ends = boxes[arrow.start], boxes[arrow.end]
    others = [(box.x, box.y, box.width / 2, box.height / 2 + 0.1) for box in boxes if box not in ends]
    for place in range(POINTS + 1):
        t = place / POINTS
        x, y = x0 + (x1 - x0) * t * (1.5 - 1.5 * t + t * t), y0 + (y1 - y0) * t * t * (3 - 2 * t)
        if any(
            abs(x - across) < half_width and abs(y - up) < half_height for across, up, half_width, half_height in others
        ):
            return True
    return False


def _readers(program: Program) -> dict[Expr, tuple[Expr, ...]]:
    """Return for each array what is computed from it directly, itself left out."""
    found: dict[Expr, dict[Expr, None]] = {}
    for equation in program.equations:
        for read in equation.reads:
            if read != equation.tensor:
                found.setdefault(read, {})[equation.tensor] = None
    return {tensor: tuple(made) for tensor, made in found.items()}


def _columns(program: Program, readers: Mapping[Expr, tuple[Expr, ...]]) -> list[list[Array]]:
    """Return the arrays in columns: computed ones after what they need, given ones before their first use."""
    column: dict[Expr, int] = {}
    for equation in program.equations:
        before = [column[read] for read in equation.reads if read in column and read != equation.tensor]
        column[equation.tensor] = max([column.get(equation.tensor, 1), *(place + 1 for place in before)])
    for array in program.arrays:
        if array.tensor not in column:
            places = [column[made] for made in readers.get(array.tensor, ())]
            column[array.tensor] = min(places, default=1) - 1
    count = max(column.values()) + 1
    return [[array for array in program.arrays if column[array.tensor] == place] for place in range(count)]


def _grouped(column: Iterable[Array], readers: Mapping[Expr, tuple[Expr, ...]]) -> list[ArrayBox]:
    """Return the arrays of a column box by box: parameters that the same equations read are one box."""
    groups: dict[object, list[Array]] = {}
    for array in column:
        shared = array.kind in (Kind.PARAMETER, Kind.CONSTANT)
        key = (array.kind, readers.get(array.tensor)) if shared else array.tensor
        groups.setdefault(key, []).append(array)
    return [ArrayBox(tuple(group)) for group in groups.values()]

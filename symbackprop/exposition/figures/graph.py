"""The picture of a program as data: arrays as boxes with their shapes, an arrow from each to what is computed from it.

Lengths are in centimetres, y upwards. An array stands to the right of all that it is computed from, and what is given
just to the left of its first use; parameters of one and the same equation share a box. What is read one step of time
earlier, or later, comes in a dashed arrow that runs back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr

from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Kind, Program

__all__ = ["ArrayBox", "Arrow", "GraphPicture", "graph_picture", "sizes_of"]

COLUMN = 3.1  # between the middles of boxes
WIDEST = 15.0  # of a whole picture
NARROWEST = 1.15  # of a box
GAP = 0.55  # between two boxes in a column
BOW = 0.9  # how far below the boxes an arrow bows that runs back


def sizes_of(array: Array) -> tuple[Expr, ...]:
    """Return the sizes of an array; a single number and the cost have none."""
    return array.tensor.sizes if isinstance(array.tensor, Tensor) else ()


@dataclass(frozen=True, slots=True)
class ArrayBox:
    """One box: the arrays in it, their kind, and where its middle is."""

    arrays: tuple[Array, ...]
    x: float
    y: float

    @property
    def width(self) -> float:
        """How wide the box is, about."""
        longest = max(len(array.name) + 1.5 * len(sizes_of(array)) for array in self.arrays)
        return max(NARROWEST, 0.26 * longest + 0.5)

    @property
    def height(self) -> float:
        """How high the box is: a line for each array, and one for its shape."""
        return sum(0.52 + 0.38 * bool(sizes_of(array)) for array in self.arrays) + 0.25

    @property
    def kind(self) -> Kind:
        """What the arrays of the box are to the program."""
        return self.arrays[0].kind


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between the boxes with these numbers; `looks_back` where it crosses from one step of time to another."""

    start: int
    end: int
    looks_back: bool = False


@dataclass(frozen=True, slots=True)
class GraphPicture:
    """A program from left to right."""

    boxes: tuple[ArrayBox, ...]
    arrows: tuple[Arrow, ...]

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of all boxes, and of the arrows that bow below them."""
        lefts, rights = ([box.x + side * box.width / 2 for box in self.boxes] for side in (-1, 1))
        bottom = min(box.y - box.height / 2 for box in self.boxes) - BOW * self.loops
        return min(lefts), bottom, max(rights), max(box.y + box.height / 2 for box in self.boxes)

    @property
    def loops(self) -> bool:
        """Whether something is read from another step of time."""
        return any(arrow.looks_back for arrow in self.arrows)


def graph_picture(program: Program) -> GraphPicture:
    """Return the picture of a program."""
    readers = _readers(program)
    columns = _columns(program, readers)
    boxes: list[ArrayBox] = []
    for place, column in enumerate(columns):
        groups = _grouped(column, readers)
        spacing = min(COLUMN, WIDEST / max(1, len(columns) - 1))
        boxes += _stacked(groups, place * spacing)
    number = {array.tensor: place for place, box in enumerate(boxes) for array in box.arrays}
    arrows: dict[Arrow, None] = {}
    for equation in program.equations:
        for read in equation.reads:
            start, end = number[read], number[equation.tensor]
            arrows[Arrow(start, end, looks_back=boxes[start].x >= boxes[end].x)] = None
    return GraphPicture(tuple(boxes), tuple(arrows))


def _stacked(groups: Sequence[tuple[Array, ...]], x: float) -> list[ArrayBox]:
    """Return the boxes of a column below one another, around the middle line."""
    boxes = [ArrayBox(group, x, 0.0) for group in groups]
    top = (sum(box.height for box in boxes) + GAP * (len(boxes) - 1)) / 2
    placed = []
    for box in boxes:
        placed.append(ArrayBox(box.arrays, x, top - box.height / 2))
        top -= box.height + GAP
    return placed


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


def _grouped(column: Iterable[Array], readers: Mapping[Expr, tuple[Expr, ...]]) -> list[tuple[Array, ...]]:
    """Return the arrays of a column box by box: parameters that the same equations read are one box."""
    groups: dict[object, list[Array]] = {}
    for array in column:
        shared = array.kind in (Kind.PARAMETER, Kind.CONSTANT)
        key = (array.kind, readers.get(array.tensor)) if shared else array.tensor
        groups.setdefault(key, []).append(array)
    return [tuple(group) for group in groups.values()]

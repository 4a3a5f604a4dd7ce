"""The picture of a window: which entries of one array an entry of another goes into, read off the equation.

z[i, j] = Σ_uv W[u, v] a[i + u - 1, j + v - 1]        z[2, 2] sees a[2..3, 2..3], and a[3, 3] reaches z[2..3, 2..3]

Both arrays are drawn entry by entry, as far as there is room; axes that are no part of a window are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from sympy import Expr, Indexed, Symbol, Tuple

from symbackprop.exposition.figures.arrayboxes import ArrayBox
from symbackprop.exposition.figures.graph import CELL, Arrow, Cell, GraphPicture
from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Where
from symbackprop.network.largest import BINDERS, Largest
from symbackprop.network.program import Array, Equation, Kind, Program, entries, free_indices

MOST, OUTPUTS = 9, 5  # entries of an axis that are drawn: all of them up to so many, else so many of what is computed
FLAT = 2  # axes that a page has
APART = 2.6  # centimetres between both arrays

Place = tuple[int, ...]


Env = Mapping[Symbol, int]  # the number of every size, and of the indices around


@dataclass(frozen=True)
class Window:
    """Which entries of an array each entry of another is computed from, along the axes that windows move along.

    `name` is what the file of its picture is called. `seen` has the places in order, from 1; those of both arrays that
    are drawn are up to `shown` and `read`, which is a part of what there is where `is_cut`."""

    computed: Array
    source: Array
    name: str
    seen: Mapping[Place, frozenset[Place]]
    shown: Place
    read: Place
    is_cut: bool


def window_of(equation: Equation, program: Program) -> Window | None:
    """Return the windows of an equation; None where it has none, or one that is too large to be drawn."""
    arrays = {array.tensor: array for array in program.arrays}
    for entry in sorted(entries(equation.expression), key=str):
        axes = [axis for axis, at in enumerate(entry.indices) if _moves(at, equation)]
        if arrays[entry.base].kind is not Kind.PARAMETER and 1 <= len(axes) <= FLAT:
            return _window(equation, entry, axes, program)
    return None


def _moves(position: Expr, equation: Equation) -> bool:
    """Tell whether a position is a sum of an index of what is computed and of one that is summed over."""
    free = free_indices(position)
    return bool(free & set(equation.indices)) and bool(free - set(equation.indices))


def _window(equation: Equation, entry: Indexed, axes: Sequence[int], program: Program) -> Window | None:
    own = [next(i for i in equation.indices if i in entry.indices[axis].free_symbols) for axis in axes]
    sizes: Env = dict(program.sizes)
    around = {**sizes, **{i: _number(first, sizes) for i, (first, _) in equation.ranges.items()}}
    ends = [_number(equation.ranges[index][1], sizes) for index in own]
    found: dict[Place, frozenset[Place]] = {}
    for place in _all([end if end <= MOST else OUTPUTS for end in ends]):
        reads = _reads(equation.expression, entry, {**around, **dict(zip(own, place, strict=True))})
        found[place] = frozenset(tuple(at[axis] for axis in axes) for at in reads)
    fits = [place for place, seen in found.items() if all(at <= MOST for one in seen for at in one)]
    if not fits or not any(map(found.get, fits)):
        return None
    shown = tuple(max(place[n] for place in fits) for n in range(len(own)))
    inside = {place: found[place] for place in _all(shown)}
    most = [max(at[n] for seen in inside.values() for at in seen) for n in range(len(own))]
    whole = [_number(entry.base.axes[axis][1], sizes) for axis in axes]
    read = tuple(size if size <= MOST else end for size, end in zip(whole, most, strict=True))
    arrays = {array.tensor: array for array in program.arrays}
    name = "largest" if equation.expression.has(Largest) else "window"
    is_cut = (*shown, *read) != (*ends, *whole)
    return Window(arrays[equation.tensor], arrays[entry.base], name, inside, shown, read, is_cut)


def _number(size: Expr, numbers: Env) -> int:
    return int(size.xreplace(numbers))


def _reads(e: Expr, entry: Indexed, env: Env) -> Iterator[Place]:
    """Yield every place at which the array of an entry is read, for given indices around it."""
    if isinstance(e, Indexed) and e.base == entry.base:
        yield tuple(_number(at, env) for at in e.indices)
    elif isinstance(e, BINDERS):
        yield from _over(e, e.limits, entry, env)
    elif not isinstance(e, Indexed):
        for part in _taken(e, env):
            yield from _reads(part, entry, env)


def _taken(e: Expr, env: Env) -> Sequence[Expr]:
    """Return the parts of an expression; of a case distinction by places alone that of the case which holds."""
    holds = e.relation(*(side.xreplace(env) for side in e.args[:2])) if isinstance(e, Where) else None
    return e.args if holds not in (True, False) else (e.args[2 if holds else 3],)


def _over(e: Expr, limits: Sequence[Tuple], entry: Indexed, env: Env) -> Iterator[Place]:
    """Yield them for every value of the indices of a sum, the outermost of which is the last."""
    if not limits:
        yield from _reads(e.function, entry, env)
        return
    symbol, first, last = limits[-1]
    for value in range(_number(first, env), _number(last, env) + 1):
        yield from _over(e, limits[:-1], entry, {**env, symbol: value})


def window_picture(window: Window, *, back: bool = False) -> GraphPicture:
    """Return which entries one entry is computed from; with `back` which entries it reaches, whose errors it gets.

    The arrow leads the way of the numbers: from a window to what it gives, or from errors to that of an entry."""
    start, end = (window.shown, window.read) if back else (window.read, window.shown)
    seen = window.seen
    reach = {at: frozenset(place for place in seen if at in seen[place]) for at in _all(window.read)} if back else seen
    one = max(reach, key=lambda at: (len(reach[at]), -_from_middle(at, end)))
    left = _cells(start, 0.0, reach[one], "error" if back else "input")
    right = _cells(end, CELL * (start[1] if len(start) > 1 else 1) + APART, {one}, "error" if back else "activation")
    arrays = (window.computed, window.source) if back else (window.source, window.computed)
    boxes = [_label(array, cells) for array, cells in zip(arrays, (left, right), strict=True)]
    marked = [left[at] for at in reach[one]]
    from_x, from_y = max(cell.x for cell in marked) + CELL / 2, sum(cell.y for cell in marked) / len(marked)
    to_x, to_y = right[one].x - CELL / 2, right[one].y
    out, into = max(cell.x for cell in left.values()) + CELL, min(cell.x for cell in right.values()) - CELL
    path = ((from_x, from_y), (out, from_y), (into, to_y), (to_x, to_y))
    arrow = Arrow(0, 1, path=path, role="error" if back else "")
    cells = (*left.values(), *right.values())
    return GraphPicture(tuple(boxes), (arrow,), cells, f"{window.name}-back" if back else window.name)


def _from_middle(at: Place, shape: Place) -> int:
    return sum((2 * place - end - 1) ** 2 for place, end in zip(at, shape, strict=True))


def _all(shape: Sequence[int]) -> Iterator[Place]:
    return product(*(range(1, end + 1) for end in shape))


def _cells(shape: Place, left: float, marked: Iterable[Place], role: str) -> dict[Place, Cell]:
    """Return the entries of an array in rows from the top down, those of one axis alone as a column."""

    def cell(at: Place) -> Cell:
        across = at[1] - 1 if len(at) > 1 else 0
        return Cell(left + CELL * across, CELL * ((shape[0] + 1) / 2 - at[0]), role if at in marked else "")

    return {at: cell(at) for at in _all(shape)}


def _label(array: Array, cells: Mapping[Place, Cell]) -> ArrayBox:
    """Return the box with the letter and the shape of an array, below its entries."""
    across, low = [cell.x for cell in cells.values()], min(cell.y for cell in cells.values()) - CELL / 2
    box = ArrayBox((array,), x=(min(across) + max(across)) / 2, is_framed=False)
    return replace(box, y=low - CELL / 4 - box.height / 2)

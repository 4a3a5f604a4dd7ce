"""Pictures of a program along one of its axes: a recurrence step by step, and what is computed several times beside.

h_0 ──► h_1 ──► h_2 ──►  …  ──► h_T        each step from the one before; errors come back the other way
x ──► q_1, k_1, v_1 ──► P_1 ──► o_1 ──► a  along an axis that no value outside has, such as the heads of attention
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace

from sympy import Expr, Integer, Symbol

from symbackprop.calculus.recurrence import Recurrence
from symbackprop.exposition.figures.arrayboxes import ArrayBox, Point
from symbackprop.exposition.figures.graph import Arrow, GraphPicture
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import INDEPENDENT, Array, Equation, Kind, Program, entries

APART, BETWEEN, BESIDE = 0.95, 0.75, 0.13  # centimetres from step to step, from row to row, from arrow to arrow
OUT = 0.3  # centimetres that a lane leads out of a box, and above it
MOST = 4  # places along the axis that are drawn, beside the last one: all, or all but one before the dots
ALIKE = 3  # arrays along an axis, from which on it is worth a picture


@dataclass
class _Sheet:
    """Boxes and arrows that are being drawn."""

    boxes: list[ArrayBox] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)

    def put(self, box: ArrayBox, x: float, y: float) -> int:
        """Put a box in its place, and return its number."""
        self.boxes.append(replace(box, x=x, y=y))
        return len(self.boxes) - 1

    def across(self, start: int, end: int, *, back: bool) -> None:
        """Draw an arrow from a box to one on its right, and one for the error that comes back."""
        (x0, y), (x1, _) = self.boxes[start].right, self.boxes[end].left
        self._pair(
            start, end, ((x0, y + BESIDE), (x1, y + BESIDE)), ((x1, y - BESIDE), (x0, y - BESIDE)) if back else ()
        )

    def up(self, start: int, end: int, *, back: bool) -> None:
        """Draw an arrow from a box to one above it, and one for the error that comes back."""
        low, high = self.boxes[start], self.boxes[end]
        (x0, y0), (x1, y1) = (low.x, low.y + low.height / 2), (high.x, high.y - high.height / 2)
        there = ((x0 - BESIDE, y0), (x1 - BESIDE, y1))
        self._pair(start, end, there, ((x1 + BESIDE, y1), (x0 + BESIDE, y0)) if back else ())

    def _pair(self, start: int, end: int, there: Sequence[Point], back: Sequence[Point]) -> None:
        self.arrows.append(Arrow(start, end, path=tuple(there)))
        if back:
            self.arrows.append(Arrow(end, start, path=tuple(back), role="error"))


def _at(arrays: Sequence[Array], place: Expr | None) -> ArrayBox:
    """Return the box of arrays at one place along the axis; dots where places are left out."""
    if place is None:
        return ArrayBox(tuple(arrays), words=("…",), is_framed=False)
    return ArrayBox(tuple(arrays), entries=tuple(array.tensor[(place,)] for array in arrays))


def _places(first: int, last: int, end: Expr) -> list[Expr | None]:
    """Return the places that are drawn: all, or the first ones, None for what is left out, and the last."""
    if last - first < MOST:
        return [Integer(place) for place in range(first, last + 1)]
    return [*(Integer(place) for place in range(first, first + MOST - 1)), None, end]


def steps_picture(program: Program, group: Recurrence) -> GraphPicture | None:
    """Return a recurrence step by step: what it carries, what each step reads, what is made of it, and the errors.

    None where it goes backwards in time, or further back than one step."""
    arrays = {array.tensor: array for array in program.arrays}
    own = [equation for equation in program.equations if equation.tensor in group.tensors]
    read = {pair: None for equation in own for pair in _read(equation, group)}
    shifts = {(tensor, shift) for tensor, shift in read if tensor in group.tensors}
    carried = [arrays[tensor] for tensor in group.tensors if (tensor, -1) in shifts]
    if group.step != 1 or not {shift for _, shift in shifts} <= {0, -1} or any(group.axis(a.tensor) for a in carried):
        return None
    given = [arrays[tensor] for tensor, shift in read if tensor not in group.tensors and shift == 0]
    given = [array for array in given if array.kind in (*INDEPENDENT, Kind.VALUE) and array.tensor.axes]
    first, end = carried[0].tensor.axes[group.axis(carried[0].tensor)]
    sizes = dict(program.sizes)
    places = _places(int(first.xreplace(sizes)), int(end.xreplace(sizes)), end)
    starts = any(e.reads for e in own if e.ranges[e.indices[group.axis(e.tensor)]] == (first, first))

    sheet, x = _Sheet(), 0.0
    states: list[int] = []
    for number, place in enumerate(places):
        box = _at(carried, place)
        below = _at(given, place) if number and place is not None and given else box
        wide = max(box.width, below.width)
        states.append(sheet.put(box, x + wide / 2, 0.0))
        x += wide + APART
        if number:
            sheet.across(states[-2], states[-1], back=number > 1 or starts)
        if below is not box:
            low = sheet.put(below, sheet.boxes[states[-1]].x, -(box.height + below.height) / 2 - BETWEEN)
            sheet.up(low, states[-1], back=any(array.kind is not Kind.PARAMETER for array in given))
    _after(sheet, program, states, (carried, places, end))
    return GraphPicture(tuple(sheet.boxes), tuple(sheet.arrows), name="steps") if len(sheet.arrows) > 1 else None


def _after(
    sheet: _Sheet, program: Program, states: Sequence[int], told: tuple[list[Array], list[Expr | None], Expr]
) -> None:
    """Draw what is made of the states: of every one above it, of the last one on its right, or the cost of all."""
    carried, places, end = told
    tensors = {array.tensor for array in carried}
    arrays = {array.tensor: array for array in program.arrays}
    each = [(state, place) for state, place in zip(states, places, strict=True) if place is not None][1:]
    for equation in program.equations:
        found = [entry for entry in entries(equation.expression) if entry.base in tensors]
        if not found or equation.tensor in tensors:
            continue
        whole, time = ArrayBox((arrays[equation.tensor],)), found[0].indices[0]
        last, below = sheet.boxes[states[-1]], [sheet.boxes[state] for state, _ in each]
        if time == end:
            made = sheet.put(whole, last.right[0] + APART + whole.width / 2, 0.0)
            return sheet.across(states[-1], made, back=True)
        if time in equation.indices[:1]:
            for (state, place), box in zip(each, below, strict=True):
                above = _at([arrays[equation.tensor]], place)
                sheet.up(state, sheet.put(above, box.x, (box.height + above.height) / 2 + BETWEEN), back=True)
            return None
        if equation.target == COST:
            middle = (below[0].x + below[-1].x) / 2
            cost = sheet.put(whole, middle, (last.height + whole.height) / 2 + BETWEEN)
            for state, _ in each:
                sheet.up(state, cost, back=True)
            return None
    return None


def _read(equation: Equation, group: Recurrence) -> Iterator[tuple[Tensor, int]]:
    """Yield what a step reads, and how many steps later that is, 0 for the same."""
    time = equation.indices[group.axis(equation.tensor)]
    for entry in sorted(entries(equation.expression), key=str):
        for position in entry.indices:
            shift = position - time
            if isinstance(shift, Integer):
                yield entry.base, int(shift)


def rows_picture(program: Program) -> GraphPicture | None:
    """Return what is computed several times beside one another, a row for each; None where nothing is."""
    for size, number in program.sizes.items():
        sliced = {array.tensor: array for array in program.of_kind(Kind.VALUE) if size in array.tensor.sizes}
        if len(sliced) >= ALIKE and number > 1 and _is_apart(program, sliced, size):
            return _rows(program, sliced, size, number)
    return None


def _is_apart(program: Program, sliced: Mapping[Tensor, Array], size: Symbol) -> bool:
    """Tell whether arrays along an axis never mix its places, some are made of two others, and no other array has it.

    Parameters have it, each place its own; what puts the places together reads them all."""
    others = [a for a in program.arrays if a.kind is not Kind.PARAMETER and a.tensor not in sliced]
    outputs = {array.tensor for array in program.outputs}
    own = [equation for equation in program.equations if equation.tensor in sliced]
    if any(size in a.tensor.sizes for a in others if isinstance(a.tensor, Tensor)) or outputs & set(sliced):
        return False
    pairs = [
        (entry.indices[entry.base.sizes.index(size)], equation.indices[equation.tensor.sizes.index(size)])
        for equation in own
        for entry in entries(equation.expression)
        if entry.base in sliced
    ]
    joined = any(len(sliced.keys() & set(e.reads)) > 1 for e in own) and all(there == here for there, here in pairs)
    return joined and _is_passed_once(program, sliced)


def _is_passed_once(program: Program, sliced: Mapping[Tensor, Array]) -> bool:
    """Tell whether one equation puts the places together, and nothing that is made of it comes back into them."""
    after, readers = set[Expr](), 0
    for equation in program.equations:
        read = set(equation.reads)
        if equation.tensor not in sliced:
            readers += not sliced.keys().isdisjoint(read)
            after |= {equation.tensor} if (sliced.keys() | after) & read else set()
        elif after & read:
            return False
    return readers == 1


def _rows(program: Program, sliced: Mapping[Tensor, Array], size: Symbol, number: int) -> GraphPicture:
    arrays = {array.tensor: array for array in program.arrays}
    reads = {e.tensor: [r for r in e.reads if arrays[r].kind is not Kind.PARAMETER] for e in program.equations}
    depth: dict[Expr, int] = {}
    for tensor in dict.fromkeys(equation.tensor for equation in program.equations if equation.tensor in sliced):
        depth[tensor] = max((depth[read] + 1 for read in reads[tensor] if read in depth), default=0)
    columns = [[sliced[t] for t in depth if depth[t] == level] for level in range(max(depth.values()) + 1)]
    sources = dict.fromkeys(read for tensor in sliced for read in reads[tensor] if read not in sliced)
    (reader,) = (t for t, read in reads.items() if t not in sliced and not sliced.keys().isdisjoint(read))

    sheet, places = _Sheet(), _places(1, number, size)
    first = ArrayBox(tuple(arrays[tensor] for tensor in sources))
    last = ArrayBox((arrays[reader],))
    high = _at(columns[0], places[0]).height + BETWEEN
    middle = (len(places) - 1) * high / 2
    begin, rows, x = sheet.put(first, first.width / 2, middle), [], 0.0
    for row, place in enumerate(places):
        x, level, own = first.width + APART, (len(places) - 1 - row) * high, []
        for column in columns if place is not None else columns[:1]:
            box = _at(column, place)
            own.append(sheet.put(box, x + box.width / 2, level))
            x += box.width + APART
        rows += [own] if place is not None else []
    finish = sheet.put(last, max(box.right[0] for box in sheet.boxes) + APART + last.width / 2, middle)
    for own in rows:
        _joined(sheet, begin, own[0])
        _joined(sheet, own[-1], finish)
        for after, column in enumerate(columns):
            needed = {depth[read] for array in column for read in reads[array.tensor] if read in depth}
            for before in needed - {after}:  # a state reads its own step before
                _joined(sheet, own[before], own[after])
    return GraphPicture(tuple(sheet.boxes), tuple(sheet.arrows), name="rows")


def _joined(sheet: _Sheet, start: int, end: int) -> None:
    """Draw an arrow to a box on the right: in a curve to another row, above those in between in its own."""
    (x0, y0), (x1, y1) = sheet.boxes[start].right, sheet.boxes[end].left
    if y0 != y1:
        path: tuple[Point, ...] = ((x0, y0), (x0 + BESIDE, y0), (x1 - BESIDE, y1), (x1, y1))
    elif x1 - x0 <= APART * 1.5:
        path = ((x0, y0), (x1, y1))
    else:
        top, level = y0 + sheet.boxes[start].height / 2 + OUT, y0 + BESIDE
        path = ((x0, level), (x0 + OUT, level), (x0 + OUT, top), (x1 - OUT, top), (x1 - OUT, level), (x1, level))
    sheet.arrows.append(Arrow(start, end, path=path))

"""Where the entries of an array stand that an equation reads, as a view: a[x + u - 1] is a window over a.

q[i, d] whole                 v_q
h[t - 1, k], t a number       v_h[t - 1]
x[2 i] for i = 1..n           v_x[1::2], as a window with stride 2
a[x + u - 1]                  window(v_a, 0, 0, ((1, n_X), (1, n_K)))      zeros where it reaches too far
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import field
from typing import NamedTuple

from sympy import And, Dummy, Expr, GreaterThan, Indexed, S, Symbol

from symbackprop.calculus.inequalities import never_negative
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Axis
from symbackprop.network.program import Equation, free_indices
from symbackprop.numerics.arrays.counts import count_text

TURNED = re.compile(r"(\w+(?:\[[^\[\]]*\])?)\.transpose\(([\d, ]+)\)")


class Labelled(NamedTuple):
    """The text of an array and the index of each of its axes, in the order of the frame; a number has none."""

    text: str
    axes: tuple[Symbol, ...] = ()


@dataclass(frozen=True)
class Frame:
    """The indices in sight, outermost first, each with its range; those in `numbers` are one number at a time."""

    ranges: Mapping[Symbol, Axis]
    numbers: Mapping[Symbol, str] = field(default_factory=dict)

    @property
    def axes(self) -> tuple[Symbol, ...]:
        """The indices that are axes of arrays, in their order."""
        return tuple(symbol for symbol in self.ranges if symbol not in self.numbers)

    def inside(self, ranges: Mapping[Symbol, Axis]) -> Frame:
        """Return the frame with more indices behind the ones in sight."""
        return Frame({**self.ranges, **ranges}, self.numbers)

    def where(self, condition: Expr) -> Frame:
        """Return the frame in which bounds of the one number at a time are what a condition says, where that is more.

        T - t >= 1: t runs to T - 1, and what is read at t + 1 is known to lie in an array of T."""
        ranges = dict(self.ranges)
        for part in condition.args if isinstance(condition, And) else (condition,):
            rest = (part.lhs - part.rhs).expand() if isinstance(part, GreaterThan) else S.Zero
            for symbol in rest.free_symbols & set(self.numbers):
                first, last = ranges[symbol]
                bound, slope = (symbol - rest / rest.coeff(symbol)).expand(), rest.coeff(symbol)
                if slope == 1 and never_negative((bound - first).expand(), {}):
                    ranges[symbol] = bound, last
                elif slope == -1 and never_negative((last - bound).expand(), {}):
                    ranges[symbol] = first, bound
        return Frame(ranges, self.numbers)

    def ordered(self, symbols: Container[Symbol]) -> tuple[Symbol, ...]:
        """Return indices in the order of the frame."""
        return tuple(symbol for symbol in self.axes if symbol in symbols)

    def count(self, symbol: Symbol) -> str:
        """Return how many values an index has, as text."""
        first, last = self.ranges[symbol]
        return count_text((last - first + 1).expand(), self.numbers)


def aligned(part: Labelled, axes: tuple[Symbol, ...]) -> str:
    """Return the text of an array with an axis of length 1 for each index that it lacks, but for leading ones."""
    missing = [symbol not in part.axes for symbol in axes]
    while missing and missing[0]:
        missing = missing[1:]
    if not any(missing):
        return part.text
    inner = ", ".join("None" if gone else ":" for gone in missing)
    return f"{factor_text(part.text)}[{inner}]"


def factor_text(text: str) -> str:
    """Return a text that binds as tightly as a name does: in parentheses, unless it is one name, call or entry."""
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and letter == " ":
            return f"({text})"
    return f"({text})" if text.startswith("-") else text


def transposed(text: str) -> str:
    """Return the text of a matrix turned round; one that was turned before is turned back."""
    return text.removesuffix(".T") if text.endswith(".T") else f"{factor_text(text)}.T"


def unturned(part: Labelled) -> Labelled:
    """Return an array whose axes are in another order than in memory as it lies: a product may take them so."""
    text, labels = part
    if text.endswith(".T"):
        return Labelled(text.removesuffix(".T"), labels[::-1])
    if (turned := TURNED.fullmatch(text)) is None:
        return part
    order = [int(axis) for axis in turned[2].split(",")]
    return Labelled(turned[1], tuple(labels[order.index(axis)] for axis in range(len(order))))


def apart_from(e: Expr, frame: Frame) -> Expr:
    """Return a sum or a largest with its indices renamed where the frame has the same letters."""
    names = {symbol: Dummy(symbol.name, integer=True) for symbol in e.variables if symbol in frame.ranges}
    if not names:
        return e
    limits = [tuple(part.xreplace(names) for part in limit.args) for limit in e.limits]
    return e.func(e.function.xreplace(names), *limits)


@dataclass(frozen=True, slots=True)
class _Place:
    """The position in one axis, counted from its first place: Σ coefficient·index + rest, or `gathered` one by one."""

    coefficients: tuple[tuple[Symbol, int], ...]
    rest: Expr
    inside: bool  # it is known to lie in the axis
    gathered: str = ""


def view(entry: Indexed, name: str, frame: Frame) -> Labelled:
    """Return the entries of an array at all values of the indices of the frame that occur, in the frame's order.

    Raises CheckError for a position that is no whole number."""
    places = [_place(position, axis, frame) for position, axis in zip(entry.indices, entry.base.axes, strict=True)]
    text, labels = name, [[symbol for symbol, _ in place.coefficients] for place in places]
    if all(map(_is_plain, places)):
        subscripts = [_subscript(place, axis, frame) for place, axis in zip(places, entry.base.axes, strict=True)]
        while subscripts and subscripts[-1] == ":":
            subscripts.pop()
        text = f"{text}[{', '.join(subscripts)}]" if subscripts else text
    else:
        for number in reversed(range(len(places))):
            text = _windowed(text, (number, entry.base.axes[number]), places[number], frame)
    return _in_order(text, [symbol for each in labels for symbol in each], frame)


def window_of(entry: Indexed, frame: Frame) -> tuple[object, tuple[Symbol, ...]] | None:
    """Return what makes a window the same as another one, whatever its indices are called, and these in its order.

    None where no position has two indices, as x + u - 1 has, or where one stands in two positions."""
    places = [_place(position, axis, frame) for position, axis in zip(entry.indices, entry.base.axes, strict=True)]
    if any(place.gathered for place in places) or all(len(place.coefficients) < 2 for place in places):
        return None
    said, symbols = [], []
    for place in places:
        terms = [((c, *frame.ranges[symbol]), symbol) for symbol, c in place.coefficients]
        terms.sort(key=lambda term: str(term[0]))
        said.append((place.rest, *(steps for steps, _ in terms)))
        symbols += [symbol for _, symbol in terms]
    return ((entry.base, *said), tuple(symbols)) if len(set(symbols)) == len(symbols) else None


def _place(position: Expr, axis: Axis, frame: Frame) -> _Place:
    if frame.ranges.get(position) == axis and position not in frame.numbers:  # the whole of it, as nearly always
        return _Place(((position, 1),), -axis[0], inside=True)
    position = (position - axis[0]).expand()
    coefficients = []
    for symbol in frame.ordered(free_indices(position)):
        coefficient = position.coeff(symbol, 1)
        if not coefficient.is_Integer or (position - coefficient * symbol).has(symbol):
            symbols = frame.ordered(free_indices(position))
            return _Place(
                tuple((s, 1) for s in symbols), position, inside=False, gathered=whole_numbers(position, frame)
            )
        coefficients.append((symbol, int(coefficient)))
    rest = position - sum(c * symbol for symbol, c in coefficients)
    last = axis[1] - axis[0]
    inside = all(never_negative(bound, frame.ranges) for bound in (position, (last - position).expand()))
    return _Place(tuple(coefficients), rest.expand(), inside)


def whole_numbers(e: Expr, frame: Frame) -> str:
    """Return a whole number that depends on indices as text: an array over these, in the order of the frame."""
    symbols = frame.ordered(free_indices(e))
    names = dict(frame.numbers)
    for symbol in symbols:
        first, last = frame.ranges[symbol]
        ends = count_text(first, frame.numbers), count_text((last + 1).expand(), frame.numbers)
        names[symbol] = aligned(Labelled(f"np.arange({', '.join(ends)})", (symbol,)), symbols)
    return count_text(e, names)


def _is_plain(place: _Place) -> bool:
    """Tell whether a slice says it: a number, or one index that is at most shifted, all of it in the axis."""
    alone = not place.coefficients or (len(place.coefficients) == 1 and place.coefficients[0][1] == 1)
    return alone and place.inside and not place.gathered


def _subscript(place: _Place, axis: Axis, frame: Frame) -> str:
    if not place.coefficients:
        return count_text(place.rest, frame.numbers)
    ((symbol, _),) = place.coefficients
    if frame.ranges[symbol] == axis and place.rest == -axis[0]:
        return ":"
    first, last = frame.ranges[symbol]
    start, end = (first + place.rest).expand(), (last + place.rest + 1).expand()
    whole = (axis[1] - axis[0] + 1 - end).expand() == 0
    begin = "" if start == 0 else count_text(start, frame.numbers)
    return f"{begin}:{'' if whole else count_text(end, frame.numbers)}"


def _windowed(text: str, at: tuple[int, Axis], place: _Place, frame: Frame) -> str:
    """Return the text of an array of which one axis, given by its number and range, is read at a place."""
    number, axis = at
    if _is_plain(place) and _subscript(place, axis, frame) == ":":
        return text
    if place.gathered:
        return f"gathered({text}, {number}, {place.gathered})"
    if not place.coefficients:
        return f"entry({text}, {number}, {count_text(place.rest, frame.numbers)})"
    start = place.rest + sum(c * frame.ranges[symbol][0] for symbol, c in place.coefficients)
    steps = "".join(f"({c}, {frame.count(symbol)}), " for symbol, c in place.coefficients)
    steps = steps.rstrip() if len(place.coefficients) == 1 else steps.rstrip(", ")
    return f"window({text}, {number}, {count_text(start.expand(), frame.numbers)}, ({steps}))"


def _in_order(text: str, labels: list[Symbol], frame: Frame) -> Labelled:
    """Return the view with an index that stands in two axes on their diagonal, and its axes in the frame's order."""
    for symbol in dict.fromkeys(labels):
        while labels.count(symbol) > 1:
            first = labels.index(symbol)
            second = labels.index(symbol, first + 1)
            text = f"diagonal({text}, {first}, {second})"
            del labels[second]
    return in_order(Labelled(text, tuple(labels)), frame)


def in_order(part: Labelled, frame: Frame) -> Labelled:
    """Return an array with its axes in the order of the frame."""
    text, labels = part
    wanted = frame.ordered(set(labels))
    if labels == wanted:
        return part
    if len(labels) == 2:
        return Labelled(transposed(text), wanted)
    order = ", ".join(str(labels.index(symbol)) for symbol in wanted)
    return Labelled(f"{factor_text(text)}.transpose({order})", wanted)


def written_places(equation: Equation, step: Symbol | None, *, of_row: bool) -> list[str]:
    """Return the subscripts of the part of an array that an equation is for; in a function of a step that of a row."""
    numbers = {} if step is None else {step: "step"}
    places = []
    for symbol, axis in zip(equation.indices, equation.tensor.axes, strict=True):
        first, last = equation.ranges[symbol]
        if symbol == step and of_row:
            continue
        if symbol == step:
            places.append(count_text((symbol - axis[0]).expand(), numbers))
        elif (first, last) == axis:
            places.append(":")
        else:
            start, end = (count_text((end - axis[0]).expand(), {}) for end in (first, last + 1))
            places.append(f"{start}:{end}")
    return places

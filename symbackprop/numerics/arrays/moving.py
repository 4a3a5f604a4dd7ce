"""How windows and kernels move over arrays: places start + stride·i + turn·u, margins, and axes in the order of a call.

x[s, c, 2 i + u - 2]      stride 2 by i, turn 1 by u, from place 0 on
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from sympy import Expr, Indexed, S, Symbol

from symbackprop.calculus.inequalities import never_negative
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Axis
from symbackprop.network.program import free_indices
from symbackprop.numerics.arrays.counts import count_text
from symbackprop.numerics.arrays.places import Frame, Labelled, factor_text, in_order

if TYPE_CHECKING:
    from symbackprop.numerics.arrays.writing import ArrayWriter

Bounds: TypeAlias = Mapping[Symbol, Axis]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers that sizes have, for a library with convolutions; `are_fixed` where no others will come."""

    numbers: Mapping[Symbol, Expr]
    are_fixed: bool

    def exact(self, e: Expr) -> Expr:
        """Return a count with its sizes as numbers, where these are certain."""
        return e.xreplace(dict(self.numbers)).expand() if self.are_fixed else e.expand()

    def usual(self, counts: Iterable[Expr]) -> int:
        """Return a product of counts; 0 where one is not known."""
        found = [count.xreplace(dict(self.numbers)) for count in counts]
        return prod(map(int, found)) if all(count.is_Integer for count in found) else 0


@dataclass(frozen=True, slots=True)
class Step:
    """A place start + stride·own + turn·inner of an axis, from 0 on: an index of the frame and a bound one."""

    own: Symbol
    inner: Symbol
    start: Expr
    stride: int
    turn: int


@dataclass(frozen=True, slots=True)
class Window:
    """p = stride·i + turn·u + shift: an index p of the frame, a summed index i, and the place u in the window."""

    target: Symbol
    summed: Symbol
    offset: Symbol
    stride: int
    turn: int
    shift: Expr
    axis: Axis  # of u
    span: Axis  # of i

    @property
    def place(self) -> Expr:
        """The target by the other two."""
        return self.stride * self.summed + self.turn * self.offset + self.shift

    def start(self, frame: Frame) -> Expr:
        """Return where the first place goes."""
        first = self.place.xreplace({self.summed: self.span[0], self.offset: self.axis[0]})
        return (first - frame.ranges[self.target][0]).expand()

    def step(self, frame: Frame) -> str:
        """Return where the first place goes, and by how much a step of the window and one inside of it go on."""
        return f"({count_text(self.start(frame), frame.numbers)}, {self.stride}, {self.turn})"


@dataclass(frozen=True, slots=True)
class Move:
    """How a kernel moves along one axis: over `size` places, from `start` on, `count` times; `width` is its own."""

    start: Expr
    stride: int
    turn: int
    size: Expr
    count: Expr
    width: Expr

    @property
    def turned(self) -> Move:
        """The same with the kernel's steps as those of what it moves over."""
        return Move(self.start, self.turn, self.stride, self.size, self.width, self.count)

    @property
    def reach(self) -> Expr:
        """How many places all of the steps have from the first to the last."""
        return (self.stride * (self.count - 1) + self.turn * (self.width - 1) + 1).expand()

    def is_plain(self, sizes: Sizes) -> bool:
        """Tell whether margins of -start on both sides are what gives this count, whatever is left at the end."""
        left = sizes.exact(self.size - 2 * self.start - self.reach)
        return never_negative(sizes.exact(-self.start), {}) and left.is_Integer and 0 <= left < self.stride


def forwards(move: Move) -> Move:
    """Return the same move with the kernel turned round, where it is read backwards."""
    if move.turn > 0:
        return move
    return replace(move, start=(move.start + move.turn * (move.width - 1)).expand(), turn=-move.turn)


def upwards(move: Move) -> Move:
    """Return the same move from the last step to the first, where these go down."""
    if move.stride > 0:
        return move
    return replace(move, start=(move.start + move.stride * (move.count - 1)).expand(), stride=-move.stride)


def step_of(place: Expr, axis: Axis, ranges: tuple[Bounds, Bounds]) -> Step | None:
    """Return a place as a step, with the ranges of the frame's indices and of the bound ones; None if it is none."""
    free, outer, inner = free_indices(place), *(free_indices(place) & each.keys() for each in ranges)
    if len(inner) != 1 or len(outer) != 1 or free != inner | outer:
        return None
    (bound,), (own,) = inner, outer
    turn, stride = place.expand().coeff(bound, 1), place.expand().coeff(own, 1)
    start = (place.xreplace({own: ranges[0][own][0], bound: ranges[1][bound][0]}) - axis[0]).expand()
    rest = (place - stride * own - turn * bound).expand()
    if not (stride.is_Integer and turn.is_Integer) or free_indices(start) or free_indices(rest):
        return None
    return Step(own, bound, start, int(stride), int(turn))


def length(axis: Axis) -> Expr:
    """Return how many places an axis has."""
    return (axis[1] - axis[0] + 1).expand()


def counts_text(symbols: Iterable[Symbol | None], frame: Frame) -> str:
    """Return the lengths of axes, of which one that is missing has length 1."""
    return f"({', '.join('1' if symbol is None else frame.count(symbol) for symbol in symbols)})"


def framed(text: str, moves: Sequence[Move], frame: Frame, sizes: Sizes) -> tuple[str, str]:
    """Return an array so that a kernel meets it as often as it is to, with zeros around it or less of it, and words."""
    if all(move.is_plain(sizes) for move in moves):
        return text, words_of(moves, frame, margins=True)
    pairs = [(-move.start, (move.start + move.reach - move.size).expand()) for move in reversed(moves)]
    ends = ", ".join(count_text(end, frame.numbers) for pair in pairs for end in pair)
    return f"pad({text}, ({ends}))", words_of(moves, frame, margins=False)


def words_of(moves: Sequence[Move], frame: Frame, *, margins: bool) -> str:
    """Return how a kernel moves as arguments by name, those that are not what they are when nothing is said."""
    starts = [count_text((-move.start).expand(), frame.numbers) for move in moves]
    said = (
        ("stride", [str(move.stride) for move in moves], "1"),
        ("padding", starts if margins else ["0"], "0"),
        ("dilation", [str(move.turn) for move in moves], "1"),
    )
    return "".join(f", {name}=({', '.join(n)},)" for name, n, usual in said if set(n) != {usual})


def laid(entry: Indexed, names: Mapping[Symbol, Symbol], order: tuple[Symbol | None, ...], writer: ArrayWriter) -> str:
    """Return the text of an array with its axes in an order; one of length 1 for each that it lacks.

    An axis that is read at a place of two indices is called by the one that `names` has for the other."""
    inner = [[names[s] for s in free_indices(place) if s in names] or [place] for place in entry.indices]
    whole = [symbol for symbol in order if symbol is not None]
    labels = tuple(name for (name,) in inner)
    part = in_order(Labelled(writer.names[entry.base], labels), Frame({symbol: (S.One, S.One) for symbol in whole}))
    return _indexed(part.text, ["None" if symbol is None else ":" for symbol in order])


def _indexed(text: str, subscripts: list[str]) -> str:
    while subscripts and subscripts[-1] == ":":
        subscripts.pop()
    return f"{factor_text(text)}[{', '.join(subscripts)}]" if subscripts else text


def result(text: str, others: tuple[Symbol | None, ...], own: Sequence[Symbol], frame: Frame) -> Labelled:
    """Return a call whose result has two axes, which may stand for nothing, and those that a kernel moves along."""
    text = _indexed(text, ["0" if symbol is None else ":" for symbol in others])
    return in_order(Labelled(text, (*(symbol for symbol in others if symbol is not None), *own)), frame)

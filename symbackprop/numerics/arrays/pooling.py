"""The largest entry of every window, and where it is found, as one call of a library that has both at once.

m[s, i] = max_u x[s, 2 i + u - 2]        t1, w1 = max_pool1d(x, (2,), …)     w1: places in the axis of x
d_x[s, p] = Σ_i [the first is p] d_m     d_x = max_pool1d_backward(d_m, x, w1, (2,), …)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.largest import Chosen, Largest
from symbackprop.numerics.arrays.counts import count_text
from symbackprop.numerics.arrays.moving import Move, Sizes, Step, Window, laid, length, step_of
from symbackprop.numerics.arrays.places import Frame, Labelled, apart_from
from symbackprop.numerics.arrays.ranges import regular

if TYPE_CHECKING:
    from symbackprop.numerics.arrays.writing import ArrayWriter

MOST_AXES = 2  # of a window


@dataclass(frozen=True, slots=True)
class Pool:
    """The windows of an array: the indices that go along, and a step for each axis, in the order of the places."""

    array: Indexed
    along: tuple[Symbol, ...]
    steps: tuple[Step, ...]
    widths: tuple[Expr, ...]

    @property
    def axes(self) -> tuple[Symbol, ...]:
        """The indices of what is found."""
        return (*self.along, *(step.own for step in self.steps))

    def computed(self, frame: Frame, writer: ArrayWriter) -> str:
        """Write the largest entries and their places, which are kept; return what the former are called."""
        values, places = writer.new(), f"w{len(writer.windows) + 1}"
        array, count = self._array(writer), len(self.steps)
        writer.say(f"{values}, {places} = max_pool{count}d({array}, {self._said(frame)}, return_indices=True)")
        writer.windows[self._key(frame)] = places, tuple(range(len(self.axes)))
        return values

    def spread(self, error: str, frame: Frame, writer: ArrayWriter) -> str:
        """Return the call that hands an error to the places of the largest, which a function before may have found."""
        if self._key(frame) not in writer.windows:
            self.computed(frame, writer)
        places, _ = writer.windows[self._key(frame)]
        count = len(self.steps)
        return f"max_pool{count}d_backward({error}, {self._array(writer)}, {places}, {self._said(frame)})"

    def _array(self, writer: ArrayWriter) -> str:
        moving = {step.own: step.inner for step in self.steps}
        return laid(self.array, moving, (*self.along, *(step.inner for step in self.steps)), writer)

    def _said(self, frame: Frame) -> str:
        widths = ", ".join(count_text(width, frame.numbers) for width in self.widths)
        strides, turns = (tuple(getattr(step, name) for step in self.steps) for name in ("stride", "turn"))
        return f"({widths},), stride={strides}{f', dilation={turns}' if set(turns) != {1} else ''}"

    def _key(self, frame: Frame) -> object:
        """Return what is the same for the same windows, whatever their indices are called."""
        order = [next(n for n, p in enumerate(self.array.indices) if step.own in p.free_symbols) for step in self.steps]
        steps = [(step.start, step.stride, step.turn, frame.ranges[step.own]) for step in self.steps]
        return self.array.base, tuple(zip(order, steps, self.widths, strict=True))


def pool_of(e: Largest, frame: Frame, sizes: Sizes) -> Pool | None:
    """Return the windows that a largest is looked for in; None where it is of something else than an array's entries.

    The windows begin with the array, and as many as fit into it are asked for."""
    entry, fair = e.function, regular(e, frame)
    if frame.numbers or not isinstance(entry, Indexed) or fair.conditions:
        return None
    along, found = [], {}
    for place, axis in zip(entry.indices, entry.base.axes, strict=True):
        if place.is_Symbol and frame.ranges.get(place) == axis:
            along.append(place)
            continue
        step = step_of(place, axis, (frame.ranges, fair.ranges))
        if step is None or step.start != 0 or min(step.stride, step.turn) < 1:
            return None
        count, width = (length(each) for each in (frame.ranges[step.own], fair.ranges[step.inner]))
        if not Move(step.start, step.stride, step.turn, length(axis), count, width).is_plain(sizes):
            return None
        found[step.inner] = step, width
    symbols = [limit.args[0] for limit in reversed(e.limits)]
    owns = {*along, *(step.own for step, _ in found.values())}
    if found.keys() != set(symbols) or len(symbols) > MOST_AXES or len(owns) != len(entry.indices):
        return None
    steps, widths = zip(*(found[symbol] for symbol in symbols), strict=True)
    return Pool(entry, tuple(along), steps, widths) if 0 < len(along) <= 2 else None


def pooled(e: Largest, frame: Frame, writer: ArrayWriter) -> Labelled | None:
    """Return the largest entry of each window, its place kept for the way back; None where there are no windows."""
    assert writer.sizes is not None
    pool = pool_of(e, frame, writer.sizes)
    return None if pool is None else Labelled(pool.computed(frame, writer), pool.axes)


def pool_behind(
    chosen: Chosen, windows: Sequence[Window], frames: tuple[Frame, Frame], sizes: Sizes
) -> tuple[Pool, tuple[Symbol, ...]] | None:
    """Return the windows that a choice was made in, and the index of each of their axes in the array.

    None where what is spread goes to other places than those that were compared."""
    outside, inside = frames
    pool = pool_of(apart_from(chosen.largest, inside), inside, sizes)
    if pool is None:
        return None
    by_step = {window.summed: window for window in windows}
    offsets = dict(zip((step.inner for step in pool.steps), reversed(chosen.places), strict=True))
    targets = []
    for step in pool.steps:
        (at,) = (n for n, place in enumerate(pool.array.indices) if step.own in place.free_symbols)
        window = by_step.get(step.own)
        place: Expr = pool.array.indices[at].xreplace(offsets)
        if window is None or (window.place - place).expand() != 0:
            return None
        if outside.ranges[window.target] != pool.array.base.axes[at]:
            return None
        targets.append(window.target)
    return (pool, tuple(targets)) if len(targets) == len(windows) else None

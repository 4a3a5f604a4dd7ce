"""Convolution, as the field calls it: a kernel moves over an image or a signal, and is not turned round."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from symbackprop.errors import ShapeError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS, Axis, Built, Layer, Parameter, Place, Size, Value, extent, letters_for
from symbackprop.network.layers.fields import flag, pair, whole
from symbackprop.network.layers.windows import Window


@dataclass(frozen=True, slots=True)
class _Channels:
    """How the channels before and after are joined: all with all, or within each of some groups.

    `summed` and `read` are the range and the index of a channel before, `kept` its index in the kernel, `first` the
    index of a channel after; `after` and `part` are the axes of the kernel for the two."""

    after: Axis
    part: Axis
    first: str
    kept: str
    summed: str
    read: str


def _channels(at: Place, channels: int, groups: int) -> _Channels:
    axis = at.source.axes[0]
    before = extent(axis)
    if channels % groups or before % groups:
        raise ShapeError(f"groups = {groups} does not divide {before} channels before and {channels} after evenly")
    if groups == 1:
        every = (at.size("c", channels),)
        o, c = letters_for((every, axis), "oc")
        return _Channels(every, axis, o, c, c, c)
    outer, inner, read = _groups(at, axis, groups)
    per = channels // groups
    after: Axis = (*(size for _, size in outer), *((at.size("c", per),) if per > 1 else ()))
    first = ", ".join([letter for letter, _ in outer] + ["o"] * (per > 1))
    kept, summed = ", ".join(c for c, _, _ in inner), ", ".join(text for _, _, text in inner)
    return _Channels(after, tuple(size for _, size, _ in inner), first, kept, summed, ", ".join(read))


def _groups(
    at: Place, axis: Axis, groups: int
) -> tuple[list[tuple[str, Size]], list[tuple[str, Size, str]], list[str]]:
    """Return the indices of the group, those within a group with their ranges, and the place that each part has.

    An axis may be in parts, those of groups before: the first of them are the groups, the last one of these split."""
    outer: list[tuple[str, Size]] = []
    inner: list[tuple[str, Size, str]] = []
    read: list[str] = []
    missing = groups
    for part in axis:
        g, c = "ghrt"[len(outer)], "cdef"[len(inner)]
        each = part.number // missing
        if missing == 1:
            inner.append((c, part, c))
            read.append(c)
        elif missing % part.number == 0:
            outer.append((g, part))
            read.append(g)
            missing //= part.number
        elif part.number % missing == 0:
            outer.append((g, at.size("g", missing)))
            inner.append((c, Size(str(each), each), f"{c} = 1..{each}"))
            read.append(f"{each}*{g} + {c} - {each}")
            missing = 1
        else:
            was = "x".join(str(size.number) for size in axis)
            raise ShapeError(
                f"groups = {groups}: what it reads has its channels in parts of {was}; take as many groups"
            )
    return outer, inner, read


def _convolved(at: Place, channels: int, windows: tuple[Window, ...], options: tuple[int, bool]) -> Built:
    """Return z[o, i, …] = Σ_c Σ_u … W[o, c, u, …] x[c, i + u - 1, …] + b[o], for as many axes as there are windows."""
    groups, has_bias = options
    joined = _channels(at, channels, groups)
    weight, bias, first = at.name("W"), at.name("b"), joined.first
    out = tuple((at.size(letter, window.count),) for letter, window in zip("hw", windows, strict=False))
    if len(windows) == 1:
        out = ((at.size("n", windows[0].count),),)
    before: tuple[str, ...] = ()
    computed: tuple[Value, ...] = ()
    if any(window.reads_padding for window in windows):
        at, windows, line = _padded(at, windows)
        before, computed = (line,), (at.source,)
    places, inside = "ij"[: len(windows)], "uv"[: len(windows)]
    ranges = [w.range(i, u) for w, i, u in zip(windows, places, inside, strict=True)]
    positions = [w.place(i, u) for w, i, u in zip(windows, places, inside, strict=True)]
    kernel = tuple(window.width for window in windows)
    shape = (channels, prod(size.number for size in joined.part), *(size.number for size in kernel))
    summed = ", ".join(text for text in (joined.summed, *ranges) if text)
    entry = f"{weight}[{', '.join(letter for letter in (first, joined.kept, *inside) if letter)}]"
    total = f"sum[{summed}]({entry} * {at.read(joined.read, *positions)})" + f" + {bias}[{first}]" * has_bias
    parameters = [Parameter(weight, (*joined.after, *joined.part, *kernel), shape, fan_in=prod(shape[1:]))]
    if has_bias:
        parameters.append(Parameter(bias, joined.after, (channels,), start=0.0))
    line = f"{at.entry(at.result, first, *places)} = {total}"
    return Built((*before, line), Value(at.result, (joined.after, *out)), computed, tuple(parameters))


def _padded(at: Place, windows: tuple[Window, ...]) -> tuple[Place, tuple[Window, ...], str]:
    """Return the place with zeros around what it reads, windows over that, and the line that puts the zeros there."""
    axis = at.source.axes[0]
    written = "ij"[: len(windows)]
    c, *read = letters_for((axis, *((window.size,) for window in windows)), "cpq"[: 1 + len(windows)])
    numbers = [window.size.number + 2 * window.padding for window in windows]
    sizes = [at.size(letter, number) for letter, number in zip("ed", numbers, strict=False)]
    value = Value(at.name("p"), (axis, *((size,) for size in sizes)))
    ranges = ", ".join(w.inside(i, j) for w, i, j in zip(windows, written, read, strict=True))
    line = f"{at.entry(value.name, c, *written)} = sum[{ranges}]({at.read(c, *read)})"
    around = tuple(window.padded(size) for window, size in zip(windows, sizes, strict=True))
    return replace(at, source=value), around, line


@LAYERS.register("conv1d")
@dataclass(frozen=True, slots=True)
class Conv1d(Layer):
    """z_oi = Σ_c Σ_u W_ocu x_c,i+u-1 + b_o."""

    example = "2x6 -> conv1d(3, 3) tanh"
    reads_channels = True

    channels: int = whole()
    kernel: int = whole()
    stride: int = whole(1)
    padding: int = whole(0, least=0)
    dilation: int = whole(1)
    groups: int = whole(1)
    bias: bool = flag(default=True)

    def built(self, at: Place) -> Built:
        """Return the weighted input."""
        _, (size, *_) = at.wants(2, "channels and a length, such as 3x100")
        window = Window(size, at.size("k", self.kernel), self.stride, self.padding, self.dilation)
        return _convolved(at, self.channels, (window,), (self.groups, self.bias))


@LAYERS.register("conv2d")
@dataclass(frozen=True, slots=True)
class Conv2d(Layer):
    """z_oij = Σ_c Σ_uv W_ocuv x_c,i+u-1,j+v-1 + b_o."""

    example = "1x5x5 -> conv2d(2, 3) tanh"
    reads_channels = True

    channels: int = whole()
    kernel: tuple[int, int] = pair()
    stride: tuple[int, int] = pair(1)
    padding: tuple[int, int] = pair(0, least=0)
    dilation: tuple[int, int] = pair(1)
    groups: int = whole(1)
    bias: bool = flag(default=True)

    def built(self, at: Place) -> Built:
        """Return the weighted input."""
        _, *axes = at.wants(3, "channels, height and width, such as 1x28x28")
        square = self.kernel[0] == self.kernel[1]
        widths = [at.size("k" if square or not axis else "q", n) for axis, n in enumerate(self.kernel)]
        rows = zip(axes, widths, self.stride, self.padding, self.dilation, strict=True)
        windows = tuple(Window(size, width, s, p, d) for ((size, *_), width, s, p, d) in rows)
        return _convolved(at, self.channels, windows, (self.groups, self.bias))

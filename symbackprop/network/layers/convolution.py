"""Convolution, as the field calls it: a kernel moves over an image or a signal, and is not turned round."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from symbackprop.errors import ShapeError
from symbackprop.network.layers import LAYERS, Axis, Built, Layer, Parameter, Place, Size, Value, letters_for
from symbackprop.network.layers.fields import flag, pair, whole
from symbackprop.network.layers.windows import Window

__all__ = ["Conv1d", "Conv2d"]


def _convolved(at: Place, channels: int, windows: tuple[Window, ...], options: tuple[int, bool]) -> Built:
    """Return z[o, i, …] = Σ_c Σ_u … W[o, c, u, …] x[c, i + u - 1, …] + b[o], for as many axes as there are windows."""
    groups, has_bias = options
    axis = at.source.axes[0]
    before = prod(size.number for size in axis)
    if channels % groups or before % groups or (groups > 1 and len(axis) > 1):
        raise ShapeError(f"groups = {groups} divides neither {before} channels before nor {channels} after evenly")
    weight, bias = at.name("W"), at.name("b")
    out = tuple((at.size(letter, window.count),) for letter, window in zip("hw", windows, strict=False))
    if len(windows) == 1:
        out = ((at.size("n", windows[0].count),),)
    places, inside = "ij"[: len(windows)], "uv"[: len(windows)]
    ranges = ", ".join(w.range(i, u) for w, i, u in zip(windows, places, inside, strict=True))
    positions = [w.place(i, u) for w, i, u in zip(windows, places, inside, strict=True)]
    kernel = tuple(window.width for window in windows)
    shape = (channels, before // groups, *(size.number for size in kernel))
    fan_in = prod(shape[1:])
    maps: Axis
    if groups == 1:
        maps = (at.size("c", channels),)
        o, c = letters_for((maps, axis), "oc")
        read = at.read(c, *positions)
        sizes = (*maps, *axis, *kernel)
        summed = f"{c}, {ranges}"
        first = o
    else:
        each = before // groups
        maps = (axis[0] if each == 1 else at.size("g", groups), at.size("c", channels // groups))
        first = "g, o"
        channel = "g" if each == 1 else f"{each}*g + c - {each}"
        read = at.read(channel, *positions)
        part = () if each == 1 else (Size(str(each), each),)
        sizes = (*maps, *part, *kernel)
        summed = ranges if each == 1 else f"c = 1..{each}, {ranges}"
        c = "" if each == 1 else "c"
    entry = f"{weight}[{', '.join(letter for letter in (first, c, *inside) if letter)}]"
    total = f"sum[{summed}]({entry} * {read})" + f" + {bias}[{first}]" * has_bias
    value = Value(at.result, (maps, *out))
    parameters = [Parameter(weight, sizes, shape, fan_in=fan_in)]
    if has_bias:
        parameters.append(Parameter(bias, maps, (channels,), start=0.0))
    return Built((f"{at.entry(at.result, first, *places)} = {total}",), value, parameters=tuple(parameters))


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

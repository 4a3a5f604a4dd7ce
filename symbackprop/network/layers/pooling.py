"""Pooling: of each window over the axes after the first, the largest entry or the mean."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS, Built, Layer, Place, Size, Value, letters_for
from symbackprop.network.layers.fields import optional_pair, pair
from symbackprop.network.layers.windows import Window


class _Pool(Layer):
    """y[c, i, …] = over[u, …](x[c, s i + u - s, …]), the windows side by side where no stride is said."""

    __slots__ = ()

    reads_channels = True
    over: ClassVar[str]
    size: tuple[int, ...]
    stride: tuple[int, ...] | None

    def built(self, at: Place) -> Built:
        """Return one number for every window."""
        count = len(self.size)
        axis, *axes = at.wants(1 + count, f"channels and {count} more {'axes' if count > 1 else 'axis'}")
        steps = zip(axes, self.size, self.stride or self.size, getattr(self, "padding", (0,) * count), strict=True)
        windows = [Window(size, Size(str(width), width), stride, p) for (size, *_), width, stride, p in steps]
        letters = "n" if count == 1 else "hw"
        out = tuple((at.size(letter, window.count),) for letter, window in zip(letters, windows, strict=True))
        windows = [_within(window, size) for window, (size,) in zip(windows, out, strict=True)]
        (c,) = letters_for((axis,), "c")
        places, inside = "ij"[:count], "uv"[:count]
        ranges = ", ".join(w.range(i, u) for w, i, u in zip(windows, places, inside, strict=True))
        read = at.read(c, *(w.place(i, u) for w, i, u in zip(windows, places, inside, strict=True)))
        line = f"{at.entry(at.result, c, *places)} = {self.over}[{ranges}]({read})"
        return Built((line,), Value(at.result, (axis, *out)))


def _within(window: Window, out: Size) -> Window:
    """Return windows over a padded axis with its size said by their number, so that none lies in the padding alone."""
    if not window.padding:
        return window
    rest = window.size.number - window.stride * out.number
    name = f"{window.stride}*{out.name} {'-' if rest < 0 else '+'} {abs(rest)}"
    return replace(window, size=Size(name, window.size.number))


@dataclass(frozen=True, slots=True)
class _Pool1d(_Pool):
    """Windows along one axis."""

    size: tuple[int, ...] = pair(count=1)
    stride: tuple[int, ...] | None = optional_pair(count=1)


@dataclass(frozen=True, slots=True)
class _Pool2d(_Pool):
    """Windows over two axes."""

    size: tuple[int, ...] = pair()
    stride: tuple[int, ...] | None = optional_pair()


@LAYERS.register("max_pool1d")
@dataclass(frozen=True, slots=True)
class MaxPool1d(_Pool1d):
    """y_ci = the largest x_c of window i; what lies outside is left out."""

    padding: tuple[int, ...] = pair(0, least=0, count=1)

    example = "2x6 -> max_pool1d(2)"
    over = "max"


@LAYERS.register("max_pool2d")
@dataclass(frozen=True, slots=True)
class MaxPool2d(_Pool2d):
    """y_cij = the largest x_c of window ij; what lies outside is left out."""

    padding: tuple[int, ...] = pair(0, least=0)

    example = "1x4x4 -> max_pool2d(2)"
    over = "max"


@LAYERS.register("avg_pool1d")
class AvgPool1d(_Pool1d):
    """y_ci = the mean of x_c over window i."""

    __slots__ = ()

    example = "2x6 -> avg_pool1d(2)"
    over = "mean"


@LAYERS.register("avg_pool2d")
class AvgPool2d(_Pool2d):
    """y_cij = the mean of x_c over window ij."""

    __slots__ = ()

    example = "1x4x4 -> avg_pool2d(2)"
    over = "mean"


@LAYERS.register("global_avg_pool")
@dataclass(frozen=True, slots=True)
class GlobalAvgPool(Layer):
    """y_c = the mean of x_c over all other axes."""

    example = "2x3x3 -> global_avg_pool"
    reads_channels = True

    def built(self, at: Place) -> Built:
        """Return the mean of every channel."""
        axes = at.source.axes if len(at.source.axes) > 1 else at.wants(2, "channels and more axes, such as 8x5x5")
        c, *others = letters_for(axes, "cijt"[: len(axes)])
        line = f"{at.entry(at.result, c)} = mean[{', '.join(others)}]({at.read(c, *others)})"
        return Built((line,), Value(at.result, (axes[0],)))

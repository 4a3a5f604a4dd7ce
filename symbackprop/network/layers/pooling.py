"""Pooling: of each window over the axes after the first, the largest entry or the mean."""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.network.layers import LAYERS, Built, Layer, Place, Size, Value, letters_for
from symbackprop.network.layers.fields import optional_pair, pair
from symbackprop.network.layers.windows import Window

__all__ = ["AvgPool1d", "AvgPool2d", "GlobalAvgPool", "MaxPool1d", "MaxPool2d"]


def _pooled(at: Place, over: str, sizes: tuple[int, ...], strides: tuple[int, ...] | None) -> Built:
    """Return y[c, i, …] = over[u, …](x[c, s i + u - s, …]), the windows side by side where no stride is said."""
    axis, *axes = at.wants(1 + len(sizes), f"channels and {len(sizes)} more {'axes' if sizes[1:] else 'axis'}")
    steps = zip(axes, sizes, strides or sizes, strict=True)
    windows = [Window(size, Size(str(width), width), stride) for (size, *_), width, stride in steps]
    (c,) = letters_for((axis,), "c")
    places, inside = "ij"[: len(sizes)], "uv"[: len(sizes)]
    ranges = ", ".join(w.range(i, u) for w, i, u in zip(windows, places, inside, strict=True))
    read = at.read(c, *(w.place(i, u) for w, i, u in zip(windows, places, inside, strict=True)))
    letters = "n" if len(sizes) == 1 else "hw"
    out = tuple((at.size(letter, window.count),) for letter, window in zip(letters, windows, strict=True))
    line = f"{at.entry(at.result, c, *places)} = {over}[{ranges}]({read})"
    return Built((line,), Value(at.result, (axis, *out)))


@LAYERS.register("max_pool1d")
@dataclass(frozen=True, slots=True)
class MaxPool1d(Layer):
    """y_ci = the largest x_c of window i."""

    example = "2x6 -> max_pool1d(2)"
    reads_channels = True

    size: tuple[int, ...] = pair(count=1)
    stride: tuple[int, ...] | None = optional_pair(count=1)

    def built(self, at: Place) -> Built:
        """Return the largest of every window."""
        return _pooled(at, "max", self.size, self.stride)


@LAYERS.register("max_pool2d")
@dataclass(frozen=True, slots=True)
class MaxPool2d(Layer):
    """y_cij = the largest x_c of window ij."""

    example = "1x4x4 -> max_pool2d(2)"
    reads_channels = True

    size: tuple[int, int] = pair()
    stride: tuple[int, int] | None = optional_pair()

    def built(self, at: Place) -> Built:
        """Return the largest of every window."""
        return _pooled(at, "max", self.size, self.stride)


@LAYERS.register("avg_pool1d")
@dataclass(frozen=True, slots=True)
class AvgPool1d(Layer):
    """y_ci = the mean of x_c over window i."""

    example = "2x6 -> avg_pool1d(2)"
    reads_channels = True

    size: tuple[int, ...] = pair(count=1)
    stride: tuple[int, ...] | None = optional_pair(count=1)

    def built(self, at: Place) -> Built:
        """Return the mean of every window."""
        return _pooled(at, "mean", self.size, self.stride)


@LAYERS.register("avg_pool2d")
@dataclass(frozen=True, slots=True)
class AvgPool2d(Layer):
    """y_cij = the mean of x_c over window ij."""

    example = "1x4x4 -> avg_pool2d(2)"
    reads_channels = True

    size: tuple[int, int] = pair()
    stride: tuple[int, int] | None = optional_pair()

    def built(self, at: Place) -> Built:
        """Return the mean of every window."""
        return _pooled(at, "mean", self.size, self.stride)


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

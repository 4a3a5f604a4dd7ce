"""Windows over places in PyTorch's own words: convolutions, pools, patches that no layer has; places in between."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.composed import LOWEST, composes
from symbackprop.network.pytorch.nodes import is_by_samples


def _each(given: Any, count: int) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, tuple | list) else (given,) * count


def _is_own(array: Any) -> bool:
    """Tell whether an argument is an array of the module as it is, or none, as layers have them."""
    return array is None or getattr(getattr(array, "node", None), "op", "") == "get_attr"


def _windows(x: Any, size: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Any:
    """Return the windows over the axes after the channels, each along an axis of its own, the last ones."""
    for at, (n, step, d) in enumerate(zip(size, stride, dilation, strict=True), start=2):
        x = x.unfold(at, d * (n - 1) + 1, step)[..., ::d]
    return x


def _padded(t: Any, x: Any, before: Sequence[int], *, after: Sequence[int] = (), value: float = 0) -> Any:
    """Return an array with entries before and after those of its last axes: as many, where it is not said."""
    pairs = tuple(n for ends in reversed([*zip(before, after or before, strict=True)]) for n in ends)
    return t.nn.functional.pad(x, pairs, value=value) if any(pairs) else x


@composes("unfold")
def _patches(t: Any, x: Any, kernel_size: Any, *given: Any, stride: Any = None, **named: Any) -> Any:
    if stride is None:  # the method, that has windows along one axis
        return NotImplemented
    dilation, padding = (*given, *(named[name] for name in ("dilation", "padding")[len(given) :]))
    sizes = _each(kernel_size, 2)
    found = _windows(_padded(t, x, _each(padding, 2)), sizes, _each(stride, 2), _each(dilation, 2))
    return found.permute(0, 1, 4, 5, 2, 3).reshape(x.shape[0], x.shape[1] * sizes[0] * sizes[1], -1)


@composes("conv1d", "conv2d", "conv3d")
def _convolution(  # noqa: PLR0917  as PyTorch has it
    t: Any, x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Windows times kernels, where these are computed or the axes are three."""
    count = weight.ndim - 2
    stride, dilation = _each(stride, count), _each(dilation, count)
    is_layer = count < 3 and _is_own(weight) and _is_own(bias) and is_by_samples(x)
    reach = [d * (n - 1) for d, n in zip(dilation, weight.shape[2:], strict=True)]
    if is_layer and (padding != "same" or not any(each % 2 for each in reach)):
        return NotImplemented
    if padding == "same":
        pairs = tuple(n for each in reversed(reach) for n in (each // 2, each - each // 2))
        x = t.nn.functional.pad(x, pairs)
    elif padding != "valid":
        x = _padded(t, x, _each(padding, count))
    places, inner = "xyz"[:count], "ijk"[:count]
    read = _windows(x, weight.shape[2:], stride, dilation)
    if groups == 1:
        found = t.einsum(f"oc{inner},bc{places}{inner}->bo{places}", weight, read)
    else:
        read, kernels = read.unflatten(1, (groups, -1)), weight.unflatten(0, (groups, -1))
        found = t.einsum(f"goc{inner},bgc{places}{inner}->bgo{places}", kernels, read).flatten(1, 2)
    return found if bias is None else found + bias.reshape(-1, *(1,) * count)


POOLS = {  # the arguments after kernel, stride and padding, in their order
    "amax": ("dilation", "ceil_mode", "return_indices"),
    "mean": ("ceil_mode", "count_include_pad", "divisor_override"),
}


def _pool(  # noqa: PLR0917  as PyTorch has it
    t: Any, x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, *given: Any, over: str, **named: Any
) -> Any:
    """Windows that lie apart, or over three axes, and what is made of each."""
    more = {**dict(zip(POOLS[over], given, strict=False)), **named}
    count = x.ndim - 2
    size, steps, padding = _each(kernel_size, count), _each(stride or kernel_size, count), _each(padding, count)
    dilation, divisor = _each(more.get("dilation", 1), count), more.get("divisor_override")
    is_layer = count < 3 and set(dilation) == {1} and not more.get("ceil_mode") and not divisor and is_by_samples(x)
    if is_layer and (over == "amax" or set(padding) == {0}):
        return NotImplemented
    if more.get("return_indices"):
        raise SpecError("module: a pool gives the places of what is largest, which are not read")
    after = list(padding)
    for at, (n, p, k, s, d) in enumerate(zip(x.shape[2:], padding, size, steps, dilation, strict=True)):
        *_, first = range(0, n + 2 * p - d * (k - 1), s)  # where the last window begins that ends inside
        reach = first + s + d * (k - 1) + 1 - (n + 2 * p)  # of one window more, made if it begins before the end
        after[at] += reach if more.get("ceil_mode") and reach < min(d * (k - 1) + 1 - p, s) else 0
    last = tuple(range(-count, 0))
    value = 0 if over == "mean" else LOWEST
    read = _windows(_padded(t, x, padding, after=after, value=value), size, steps, dilation)
    if over == "amax":
        return read.amax(last)
    if divisor:
        return read.sum(last) / divisor
    counted = _padded(t, t.ones(x.shape[2:])[None, None], padding, value=float(more.get("count_include_pad", True)))
    beyond = [n - p for n, p in zip(after, padding, strict=True)]
    within = _windows(_padded(t, counted, (0,) * count, after=beyond), size, steps, dilation).mean(last)
    return read.mean(last) if bool((within == 1).all()) else read.mean(last) / within


@composes("lp_pool1d", "lp_pool2d", "lp_pool3d")
def _lp_pool(  # noqa: PLR0917  as PyTorch has it
    t: Any, x: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: Any = False
) -> Any:
    count = x.ndim - 2
    means = getattr(t.nn.functional, f"avg_pool{count}d")(x**norm_type, kernel_size, stride, 0, ceil_mode)
    sums = means * prod(_each(kernel_size, count))
    return t.where(sums == 0, 0, sums ** (1 / norm_type))  # where there is no slope, PyTorch's is 0


def _adaptive(t: Any, x: Any, output_size: Any, *, over: str, return_indices: bool = False) -> Any:
    """As many windows as are wanted; where they differ by one entry along one axis after the other."""
    if return_indices:
        raise SpecError("module: a pool gives the places of what is largest, which are not read")
    sizes = [wanted or n for n, wanted in zip(x.shape[2:], _each(output_size, x.ndim - 2), strict=True)]
    if set(sizes) == {1}:
        dims = tuple(range(2, x.ndim))
        return NotImplemented if over == "mean" and x.ndim < 5 else getattr(x, over)(dims, keepdim=True)
    if not any(n % wanted for n, wanted in zip(x.shape[2:], sizes, strict=True)):
        windows = [n // wanted for n, wanted in zip(x.shape[2:], sizes, strict=True)]
        return getattr(t.nn.functional, f"{'avg' if over == 'mean' else 'max'}_pool{x.ndim - 2}d")(x, windows)
    for at, wanted in enumerate(sizes, start=2):
        n = x.shape[at]
        ends = [(place * n // wanted, -(-(place + 1) * n // wanted)) for place in range(wanted)]
        x = t.stack([getattr(x.narrow(at, first, last - first), over)(at) for first, last in ends], at)
    return x


for _count in (1, 2, 3):
    for _kind, _over in (("avg", "mean"), ("max", "amax")):
        composes(f"{_kind}_pool{_count}d")(partial(_pool, over=_over))
        composes(f"adaptive_{_kind}_pool{_count}d")(partial(_adaptive, over=_over))


@composes("interpolate")
def _interpolate(  # noqa: PLR0917  as PyTorch has it
    t: Any,
    x: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    *,
    align_corners: Any = None,
    recompute_scale_factor: bool | None = None,
    **_: Any,
) -> Any:
    """Entries taken again, or a product with a matrix of fixed numbers along each axis that says what is between."""
    old = x.shape[2:]
    scales = _each(scale_factor, len(old))
    new = [int(n * s) for n, s in zip(old, scales, strict=True)] if size is None else _each(size, len(old))
    if mode in ("bicubic", "area"):
        raise SpecError(f"module: interpolate has mode = {mode}, wanted nearest, nearest-exact or linear ones")
    for at, (n, wanted, scale) in enumerate(zip(old, new, scales, strict=True), start=2):
        is_whole = (
            size is not None or recompute_scale_factor or scale * n == wanted
        )  # else places are told by the scale
        how = {"size": wanted} if is_whole else {"scale_factor": scale}
        if mode == "nearest" and wanted % n == 0 and is_whole:
            x = x.repeat_interleave(wanted // n, at) if wanted > n else x
        elif n != wanted or not is_whole:
            one = mode if "nearest" in mode else "linear"
            eye = t.eye(n, dtype=x.dtype)[None]
            between = t.nn.functional.interpolate(eye, mode=one, align_corners=align_corners, **how)[0]
            x = (x.movedim(at, -1) @ between).movedim(-1, at)
    return x

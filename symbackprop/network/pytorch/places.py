"""Windows over the places of an image or a signal that no layer has: padding, its modes, transposed convolution."""

from __future__ import annotations

from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.building import letters_of, parts_of
from symbackprop.network.pytorch.taking import part_of
from symbackprop.network.pytorch.views import View, number, part
from symbackprop.network.pytorch.walking import Walk, does


@does("pad")
def pad(w: Walk, x: View, pad: Any, mode: str = "constant", *, value: float | None = None) -> View:
    """More entries at both ends of the last axes: a number, or what stands at the ends."""
    pairs = list(zip(pad[::2], pad[1::2], strict=True))
    for place, (before, after) in enumerate(pairs, start=1):
        at = len(x.axes) - place
        first, last = max(0, -before), x.shape[at] - max(0, -after)
        x = part_of(w, x, at, range(first, last))
        if before > 0 or after > 0:
            x = _padded(w, x, at, (max(0, before), max(0, after), mode, value or 0))
    return x


def _padded(w: Walk, x: View, at: int, how: tuple[int, int, str, float]) -> View:
    """Return an axis with more entries before and after, which the mode says, or are one number."""
    building = w.building
    x = building.merged(x, [at])
    if not x.axes[at]:
        x = building.copied(x, with_ones=True)
    (old,) = x.axes[at]
    before, after, mode, value = how
    name, count = old.size.name, old.size.number
    new = part(building.size(count + before + after))
    axes = (*x.axes[:at], (new,), *x.axes[at + 1 :])
    letters = letters_of(parts_of(axes))
    i = letters[new.token]
    p = next(letter for letter in "pqruv" if letter not in letters.values())

    def entry(place: str) -> str:
        return x.entry({**letters, old.token: place}, building.sample)

    def taken(place: str, first: str = "1", last: str = name) -> str:
        return f"sum[{p} = max({first}, {place})..min({last}, {place})]({entry(p)})"

    inside = taken(f"{i} - {before}" if before else i)
    if mode == "constant":
        text = inside
        if value:
            text += f" + where({i} <= {before}, {number(value)}, 0)" * bool(before)
            text += f" + where({i} > {name} + {before}, {number(value)}, 0)" * bool(after)
    elif mode == "replicate":
        text = inside + f" + where({i} <= {before}, {entry('1')}, 0)" * bool(before)
        text += f" + where({i} > {name} + {before}, {entry(name)}, 0)" * bool(after)
    elif mode == "circular":
        text = inside + f" + {taken(f'{i} - {before} + {name}')}" * bool(before)
        text += f" + {taken(f'{i} - {before} - {name}')}" * bool(after)
    elif mode == "reflect":
        text = inside + f" + {taken(f'{before + 2} - {i}', '2')}" * bool(before)
        text += f" + {taken(f'2*{name} + {before} - {i}', last=f'{name} - 1')}" * bool(after)
    else:
        raise SpecError(f"has mode = {mode}, wanted constant, reflect, replicate or circular")
    return building.line(text, axes, letters, sampled=x.is_sampled, cut=x.cut)


@does("conv_transpose1d", "conv_transpose2d")
def conv_transpose(  # noqa: PLR0917  as PyTorch has it
    w: Walk,
    x: View,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> View:
    """Each entry of x lays the kernel down where a convolution would have read it."""
    building, kernel = w.building, w.array(weight)
    count = len(kernel.axes) - 2
    several = [each if isinstance(each, tuple | list) else (each,) * count for each in (stride, padding, dilation)]
    more = output_padding if isinstance(output_padding, tuple | list) else (output_padding,) * count
    if groups != 1 or set(several[2]) != {1}:
        raise SpecError(f"has groups = {groups}, dilation = {several[2]}, wanted 1 and 1")
    x = building.merged(x, range(1, len(x.axes)))
    if any(not axis for axis in x.axes[2:]) or not x.is_plain:
        x = building.copied(x, with_ones=True)
    old, own = x.axes[2:], kernel.axes[2:]
    numbers = [
        (n - 1) * s - 2 * p + k + m
        for n, k, s, p, m in zip(x.shape[2:], kernel.shape[2:], several[0], several[1], more, strict=True)
    ]
    out = kernel.axes[1]
    places = tuple((part(building.size(n)),) for n in numbers)
    letters = letters_of(parts_of((x.axes[0], out, *places)))
    spare = iter([each for each in "kdepquvrfab" if each not in letters.values()])
    summed, reading = [], dict(letters)
    if x.axes[1]:
        k = reading[x.axes[1][0].token] = next(spare)
        summed.append(k)
        if kernel.axes[0]:
            reading[kernel.axes[0][0].token] = k
            building.join(x.axes[1][0].size, kernel.axes[0][0].size)
    for axis, (read,), inner, s, p in zip(places, old, own, several[0], several[1], strict=True):
        q, i = next(spare), letters[axis[0].token]
        reading[read.token] = q
        at = f"{i} - {s}*{q} + {s + p}".replace(" 1*", " ")
        if inner:
            u = reading[inner[0].token] = next(spare)
            summed += [q, f"{u} = max(1, {at})..min({inner[0].size.name}, {at})"]
        else:
            summed.append(f"{q} = max(1, ({i} + {s + p - 1}))..0")
    text = f"sum[{', '.join(summed)}]({kernel.entry(reading, '')} * {x.entry(reading, building.sample)})"
    found = building.line(text, (x.axes[0], out, *places), letters)
    return found if bias is None else _with_bias(w, found, bias)


def _with_bias(w: Walk, x: View, bias: Any) -> View:
    names = range(len(x.axes))
    return w.building.contracted([(x, names), (w.array(bias), (1,))], names, "{} + {}".format)

"""Windows over the places of an image or a signal that no layer has: padding, its modes, transposed convolution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.building import SUMMED, letters_of, parts_of
from symbackprop.network.pytorch.taking import part_of
from symbackprop.network.pytorch.views import Axis, View, number, part
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


@does("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
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
    each = [n if isinstance(n, tuple | list) else (n,) * count for n in (stride, padding, dilation, output_padding)]
    x = building.merged(x, range(1, len(x.axes)))
    if any(not axis for axis in x.axes[2:]) or not x.is_plain:
        x = building.copied(x, with_ones=True)
    own = [
        part(building.size((n - 1) * s - 2 * p + d * (k - 1) + 1 + m))
        for n, k, s, p, d, m in zip(x.shape[2:], kernel.shape[2:], *each, strict=True)
    ]
    if 1 < groups < x.shape[1]:
        pieces = [building.fresh(groups), building.fresh(x.shape[1] // groups)]
        x, kernel = x.split(1, 0, pieces), kernel.split(0, 0, pieces)
    group: Axis = (part(x.axes[1][0].size),) if groups > 1 else ()
    axes = (x.axes[0], (*group, *kernel.axes[1]), *((one,) for one in own))
    letters = letters_of(parts_of(axes))
    spare = iter([letter for letter in SUMMED if letter not in letters.values()])
    summed, reading = [], dict(letters)
    for place, pair in enumerate(zip_longest(x.axes[1], kernel.axes[0])):
        if place < len(group):
            letter = letters[group[0].token]
        else:
            letter = next(spare)
            summed.append(f"{letter} = 1..{x.axes[1][place].size.name}" if group else letter)
        reading |= {each.token: letter for each in pair if each is not None}
        if None not in pair:
            building.join(*(each.size for each in pair))
    read = zip(own, x.axes[2:], kernel.axes[2:], *each[:3], strict=True)
    ranges, conditions = _overlaps(list(read), reading, spare)
    text = f"{kernel.entry(reading, '')} * {x.entry(reading, building.sample)}"
    for condition in conditions:
        text = f"where({condition}, {text}, 0)"
    found = building.line(f"sum[{', '.join([*summed, *ranges])}]({text})", axes, letters)
    return found if bias is None else _with_bias(w, found, bias)


def _overlaps(read: list[Any], reading: dict[int, str], spare: Iterator[str]) -> tuple[list[str], list[str]]:
    """Return the indices, with their ranges, of what meets at a place: i = s (q - 1) - p + d (u - 1) + 1; and when.

    `read` has an axis of places, of x and of the kernel, with s, p and d for each; `reading` gets the letters."""
    ranges, conditions = [], []
    for new, (old,), inner, s, p, d in read:
        u = "1"
        q = reading[old.token] = next(spare)
        ranges.append(q)
        at = f"{reading[new.token]} - {s}*{q} + {s + p}".replace(" 1*", " ")
        for each in inner:
            u = reading[each.token] = next(spare)
            ranges.append(f"{u} = max(1, {at})..min({each.size.name}, {at})" if d == 1 else u)
        conditions += [f"{at} == {f'{d}*{u} - {d - 1}' if inner else 1}"] if d > 1 or not inner else []
    return ranges, conditions


def _with_bias(w: Walk, x: View, bias: Any) -> View:
    names = range(len(x.axes))
    return w.building.contracted([(x, names), (w.array(bias), (1,))], names, "{} + {}".format)

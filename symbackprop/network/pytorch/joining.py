"""Lines that no product of entries says: a softmax of what is shown, and arrays one after the other."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from math import prod

from symbackprop.network.pytorch.building import SUMMED, Building, letters_of, parts_of
from symbackprop.network.pytorch.composed import LOWEST
from symbackprop.network.pytorch.views import ONE, SAMPLE, Axis, View, number, part


def shares_of_shown(building: Building, view: View, at: int) -> View:
    """Write a softmax of scores some of which are hidden and have no share, each less the largest one that is shown."""
    parts, axis = parts_of(view.axes), view.axes[at]
    letters = letters_of(parts, [part(each.size) for each in axis])
    spare = [letter for letter in SUMMED if letter not in letters.values()]
    others = letters | {each.token: letter for each, letter in zip(axis, spare, strict=False)}
    every = ", ".join(f"{others[each.token]} = 1..{each.size.name}" for each in axis)
    shown = replace(view, hidden=())
    lowest = number(LOWEST)
    if len(view.hidden) == 1 and not view.hidden[0].name:  # what comes later: each step is shown to itself
        (steps,), own = axis, {place.text(letters) for place in view.hidden[0].places}
        (other,) = own - {letters[steps.token]}
        lowest = shown.entry({**letters, steps.token: other}, building.sample)
    text = view.unless_hidden(shown.entry(others, building.sample), lowest, others, building.sample)
    axes, sampled = [*view.axes[:at], (), *view.axes[at + 1 :]], view.is_sampled
    most = building.line(f"max[{every}]({text})", axes, letters, sampled=sampled, cut=view.cut, letter="M")
    inside = [letters[each.token] for each in parts if each not in axis]
    largest = f"{most.name}[{(building.sample * sampled + ', '.join(inside)).removesuffix(', ')}]"

    def share(read: dict[int, str]) -> str:
        entry = f"exp({shown.entry(read, building.sample)} - {largest})"
        return view.unless_hidden(entry, "0", read, building.sample)

    text = f"{share(letters)} / sum[{every}]({share(others)})"
    return building.line(text, view.axes, letters, sampled=sampled, cut=view.cut)


def concatenated(building: Building, views: Sequence[View], at: int) -> View:
    """Write several arrays one after the other along an axis."""
    views = [building.merged(view, [at]) for view in views]
    axes: list[Axis] = []
    for place in range(len(views[0].axes)):
        best = max(
            (view.axes[place] for view in views), key=lambda axis: (prod(p.size.number for p in axis), len(axis))
        )
        axes.append(tuple(each if each == SAMPLE else part(each.size) for each in best))
    sizes = [building.root(view.axes[at][0].size if view.axes[at] else ONE) for view in views]
    names = [size.name for size in sizes]
    whole = part(building.root(*sizes))
    axes[at] = (whole,)
    letters = letters_of(parts_of(axes))
    i, spare = letters[whole.token], [letter for letter in "pqruvkdefh" if letter not in letters.values()]
    terms, cut = [], frozenset[int]()
    targets: dict[Hashable, Axis] = dict(enumerate(axes))
    for place, (view, size_name) in enumerate(zip(views, names, strict=True)):
        others = {name: target for name, target in targets.items() if name != at}
        own = building.reading(view, range(len(axes)), {**others, at: view.axes[at]})
        before = "".join(f" - {each}" for each in names[:place])
        cut |= own.cut
        if not view.axes[at]:
            terms.append(f"where({i}{before} == 1, {own.entry(letters, building.sample)}, 0)")
            continue
        p, (old,) = spare[place % len(spare)], view.axes[at]
        entry = own.entry({**letters, old.token: p}, building.sample)
        first = f"max(1, {i}{before})" if before else i
        last = f"{i}{before}" if place + 1 == len(views) else f"min({i}{before}, {size_name})"
        terms.append(f"sum[{p} = {first}..{last}]({entry})")
    sampled = any(view.is_sampled for view in views)
    return building.line(" + ".join(terms), axes, letters, sampled=sampled, cut=cut)

"""Lines that no product of entries says: a softmax of what comes no later, and arrays one after the other."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import prod

from symbackprop.network.layers import Size
from symbackprop.network.pytorch.building import SUMMED, Building, letters_of, parts_of
from symbackprop.network.pytorch.views import ONE, SAMPLE, Axis, View, part


def shares_of_earlier(building: Building, view: View, at: int, query: int) -> View:
    """Write a softmax of scores of what comes no later than the query, each less the largest one."""
    parts = parts_of(view.axes)
    letters = letters_of(parts)
    (steps,) = view.axes[at]
    t, i = letters[query], letters[steps.token]
    r = next(letter for letter in SUMMED if letter not in letters.values())

    def score(place: str) -> str:
        return view.entry({**letters, steps.token: place}, building.sample)

    every = f"{r} = 1..{steps.size.name}"
    text = f"max[{every}](where({r} <= {t}, {score(r)}, {score(t)}))"
    sampled = view.is_sampled
    most = building.line(
        text, [*view.axes[:at], (), *view.axes[at + 1 :]], letters, sampled=sampled, cut=view.cut, letter="M"
    )
    inside = [letters[each.token] for each in parts if each != steps]
    largest = f"{most.name}[{(building.sample * sampled + ', '.join(inside)).removesuffix(', ')}]"
    total = f"sum[{every}](where({r} <= {t}, exp({score(r)} - {largest}), 0))"
    text = f"where({i} <= {t}, exp({score(i)} - {largest}), 0) / {total}"
    return building.line(text, view.axes, letters, sampled=sampled, cut=view.cut)


def concatenated(building: Building, views: Sequence[View], at: int) -> View:
    """Write several arrays one after the other along an axis."""
    views = [building.merged(view, [at]) for view in views]
    names: list[str] = []
    count = 0
    axes: list[Axis] = []
    for place in range(len(views[0].axes)):
        best = max(
            (view.axes[place] for view in views), key=lambda axis: (prod(p.size.number for p in axis), len(axis))
        )
        axes.append(tuple(each if each == SAMPLE else part(each.size) for each in best))
    for view in views:
        size = view.axes[at][0].size if view.axes[at] else ONE
        names.append(building.root(size).name)
        count += size.number
    name = str(count) if all(each.isdigit() for each in names) else " + ".join(names)
    whole = part(Size(name, count))
    axes[at] = (whole,)
    letters = letters_of(parts_of(axes))
    i, spare = letters[whole.token], [letter for letter in "pqruvkdefh" if letter not in letters.values()]
    terms, cut = [], frozenset[int]()
    targets: dict[Hashable, Axis] = dict(enumerate(axes))
    for place, (view, size_name) in enumerate(zip(views, names, strict=True)):
        others = {name: target for name, target in targets.items() if name != at}
        own = building.reading(view, range(len(axes)), {**others, at: view.axes[at]})
        before = "".join(f" - {each}" for each in " + ".join(names[:place]).split(" + ") if each)
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

"""Which number each line of a network picture stands for, and where its letter has room.

The weights between two layers are all named on their edges if each finds a place where it covers no other name and no
neuron, and where no other line runs through it; else only the one whose path is shown has its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import groupby

from sympy import Indexed

from symbackprop.exposition.figures.layout import Edge, NetworkPicture, Neuron
from symbackprop.frozen import dataclass
from symbackprop.network import notation

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # left, bottom, right, top

PLACES = (0.42, 0.5, 0.36, 0.58, 0.3, 0.64, 0.7, 0.27, 0.73, 0.46, 0.54)  # along an edge, the best first
LARGE, SMALL = (0.54, 0.46), (0.42, 0.36)  # centimetres: how large the name of the weight of the path is, and any other
NEURON = 0.42  # the half of a neuron, with a little room
MOST = 12  # edges between two layers that are all named; more names than that are noise
MOST_TRIED = 20_000  # places, before a crowd is given up


@dataclass(frozen=True, slots=True)
class Named:
    """An edge with what it stands for; `data` are its letter, its layer and its indices.

    `kind` is weight, output (from the last layer to the cost), target, or stub (into what is left out); `label_at`
    says where the name of a weight has room."""

    edge: Edge
    kind: str
    name: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    weight: Indexed | None = None
    leaves: str = "neuron"
    reaches: str = "neuron"
    label_at: Point | None = None


def named_edges(picture: NetworkPicture) -> tuple[Named, ...]:
    """Return every edge of a picture with what it stands for, in the order of the picture."""
    neurons = {(neuron.x, neuron.y): neuron for neuron in picture.neurons}
    named = [_named(edge, neurons, picture) for edge in picture.edges]
    done: list[Named] = []
    for _, group in groupby(named, key=lambda each: (each.kind, each.data.get("layer"))):
        done += _labelled(list(group), picture)
    return tuple(done)


def clear_places(edges: Sequence[Edge], size: tuple[float, float]) -> Iterator[tuple[Edge, Point]]:
    """Yield each edge with a label, and where this has room: it covers no other, and few lines run through it."""
    taken: list[Rectangle] = []

    def trouble(edge: Edge, place: Point) -> tuple[int, int]:
        box = _around(place, size)
        crossing = sum(_crosses(other, box) for other in edges if other is not edge)
        return sum(_overlap(box, other) for other in taken), crossing

    for edge in edges:
        if edge.label is not None:
            places = [_point(edge, share) for share in PLACES]
            best = min(places, key=lambda place, edge=edge: trouble(edge, place))  # type: ignore[misc]
            taken.append(_around(best, size))
            yield edge, best


def _named(edge: Edge, neurons: Mapping[Point, Neuron], picture: NetworkPicture) -> Named:
    source, end = neurons.get(edge.start), neurons.get(edge.end)
    if edge.faded:
        return _stub(edge, source, end)
    if source is None:
        return Named(edge, "target-edge", leaves="target", reaches="cost")
    if end is None:
        data = {"letter": "C", "layer": source.layer, "j": source.number}
        return Named(edge, "output", f"C_{source.number}", data, reaches="cost")
    j, k, layer = end.number, source.number, end.layer
    data = {"letter": "w", "layer": layer, "j": j, "k": k}
    return Named(edge, "weight", f"w_{layer}_{j}_{k}", data, notation.weight(layer)[j, k])


def _stub(edge: Edge, source: Neuron | None, end: Neuron | None) -> Named:
    """Return a line that leaves a neuron, or one that reaches it, of which only that end is shown."""
    if source is not None:
        return Named(edge, "stub", f"out_{source.layer}_{source.number}", reaches="")
    assert end is not None
    return Named(edge, "stub", f"in_{end.layer}_{end.number}", leaves="")


def _labelled(group: Sequence[Named], picture: NetworkPicture) -> list[Named]:
    """Return the edges between two layers with places for their names: all of them, or the one on the path only."""
    stressed = [each for each in group if each.edge.label is not None]
    if not group or group[0].kind != "weight":
        return list(group)
    neurons = [_around((n.x, n.y), (2 * NEURON, 2 * NEURON)) for n in picture.neurons]
    every = [*stressed, *(each for each in group if each not in stressed)]
    for wanted in (stressed,) if picture.numbers else (every, stressed):
        if len(wanted) <= MOST:
            places = _places(wanted, group, neurons)
            if places is not None:
                return [replace(each, label_at=places.get(each.name)) for each in group]
    return [replace(each, label_at=_point(each.edge, PLACES[0]) if each in stressed else None) for each in group]


def _places(wanted: Sequence[Named], group: Sequence[Named], taken: Sequence[Rectangle]) -> dict[str, Point] | None:
    """Return a place for every name, or None if there is none that suits all."""
    tries = iter(range(MOST_TRIED))
    free = {
        each.name: [
            (point, box)
            for point, box in _candidates(each)
            if not any(_crosses(other.edge, box) for other in group if other is not each)
        ]
        for each in wanted
    }

    def rest(place: int, taken: Sequence[Rectangle]) -> dict[str, Point] | None:
        if place == len(wanted):
            return {}
        for point, box in free[wanted[place].name]:
            if next(tries, None) is None:
                return None
            if not any(_overlap(box, other) for other in taken):
                found = rest(place + 1, (*taken, box))
                if found is not None:
                    return {wanted[place].name: point, **found}
        return None

    return rest(0, taken)


def _candidates(named: Named) -> Iterator[tuple[Point, Rectangle]]:
    size = SMALL if named.edge.label is None else LARGE
    for share in PLACES:
        point = _point(named.edge, share)
        yield point, _around(point, size)


def _point(edge: Edge, share: float) -> Point:
    (x, y), (right, up) = edge.start, edge.end
    return x + share * (right - x), y + share * (up - y)


def _around(point: Point, size: tuple[float, float]) -> Rectangle:
    return point[0] - size[0] / 2, point[1] - size[1] / 2, point[0] + size[0] / 2, point[1] + size[1] / 2


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(edge: Edge, box: Rectangle) -> bool:
    """Tell whether a line runs through a rectangle."""
    first, last = 0.0, 1.0
    for axis in (0, 1):
        start, along = edge.start[axis], edge.end[axis] - edge.start[axis]
        low, high = box[axis] - start, box[axis + 2] - start
        if not along:
            if low > 0 or high < 0:
                return False
            continue
        enters, leaves = sorted((low / along, high / along))
        first, last = max(first, enters), min(last, leaves)
    return first < last

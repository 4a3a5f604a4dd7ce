"""Where everything stands in a picture, as data: neurons, edges, labels, and the path from one weight to the cost.

Lengths are in centimetres, y upwards, the origin at the middle of the first column. A layer of many neurons shows
the first and the last ones, a deep network the first and the last layers, with dots between them; what belongs to
the path carries `on_path`, and each drawing decides how to make it stand out. A path lights up from
layer to layer, a chain grows link by link: `stages`.
"""

from __future__ import annotations

from itertools import pairwise

from sympy import Basic, Expr, Indexed, Integer, Symbol

from symbackprop.calculus.matrices import Matrix
from symbackprop.calculus.partials import Partial
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.model import Network
from symbackprop.network.notation import COST

MOST_NEURONS = 6  # shown per layer of a large network
ALL_ON_SLIDE, MOST_ON_SLIDE = 5, 4  # on a slide: so many are all shown, and so many of more, to be seen from afar
FEW_NEURONS, FEW_ABOVE_ANOTHER = 40, 8  # in all and per layer: of a network within both, all are shown
MOST_COLUMNS = 6  # shown per network, the dots between first and last layers included
WIDEST = 14.0  # of a whole picture
SHARE_OF_PAGE = 0.84  # what a picture takes of its height at most: heading, sentence and caption have the rest
COLUMN = 3.0  # between layers, where there is room
ROW, CLOSE = 1.15, 1.02  # between neurons, and between more of them: a circle is 0.94 across


@dataclass(frozen=True, slots=True)
class Neuron:
    """One neuron that is shown; `letter` is what stands inside, x_1 or a^{(1)}_2, or a number."""

    layer: int
    number: int
    x: float
    y: float
    letter: Basic | Matrix
    on_path: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """Where something is left out: neurons of a layer, or whole layers if `layers`."""

    x: float
    y: float
    layers: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection between two points of the picture, with the weight, or its number, that is named on it, if any."""

    start: tuple[float, float]
    end: tuple[float, float]
    on_path: bool = False
    label: Basic | Matrix | None = None
    faded: bool = False  # it leads into what is left out


@dataclass(frozen=True, slots=True)
class Column:
    """What is written below a layer: its number, its width and its activation (None: the input)."""

    layer: int
    x: float
    y: float
    size: tuple[Expr, int]
    activation: Activation | None


@dataclass(frozen=True, slots=True)
class NetworkPicture:
    """A network: the input on the left, the cost on the right.

    `numbers` is forward or back where numbers stand in the places of letters."""

    neurons: tuple[Neuron, ...]
    edges: tuple[Edge, ...]
    dots: tuple[Dots, ...]
    columns: tuple[Column, ...]
    cost: Neuron
    target: Neuron
    weight: Indexed  # the weight whose path is shown
    numbers: str = ""


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One arrow of a chain: its rate, a number or the derivative of its end by its start, and its role."""

    rate: Expr | Matrix
    role: str


@dataclass(frozen=True, slots=True)
class ChainPicture:
    """Quantities in a row, each a function of the one before; `named` is the first of those whose links are known.

    The links from `named` on, up to the last quantity, together have the name `name`: δ, or the product of numbers."""

    quantities: tuple[Basic, ...]
    links: tuple[ChainLink, ...]
    named: int | None = None
    name: Basic | Matrix | None = None


def shown(count: int, most: int) -> tuple[int, ...]:
    """Return which of 1..count are shown, with 0 where some are left out: 1, 2, 3, 0, 784."""
    if count <= most:
        return tuple(range(1, count + 1))
    return (*range(1, most - 1), 0, count)


def network_picture(network: Network, *, on_slide: bool = False, ends: tuple[int, ...] | None = None) -> NetworkPicture:
    """Return the picture of a network, with the path of one weight of its first layer; lower if it is on a slide.

    `ends` are the neuron that the weight leads to and the input that it leads from, if it is a certain one."""
    layers = _layers(network.depth)
    spacing = min(COLUMN, WIDEST / len(layers))
    room = _room_on_slide(network) if on_slide else _room(network)
    goal, source = ends or (min(2, network.widths[1]), 1)
    weight = notation.weight(1)[goal, source]
    neurons, dots, columns = [], [], []
    for place, layer in enumerate(layers):
        x = place * spacing
        if layer is None:
            dots.append(Dots(x, 0.0, layers=True))
            continue
        column, left_out = _column(network, layer, x, room)
        neurons += [_marked(neuron, goal) for neuron in column]
        dots += left_out
        activation = network.activations[layer - 1] if layer else None
        lowest = min(neuron.y for neuron in column)
        size = (notation.width(layer), network.widths[layer])
        columns.append(Column(layer, x, lowest - 0.95, size, activation))
    end = len(layers) * spacing
    cost = Neuron(network.depth + 1, 1, end, 0.0, COST, on_path=True)
    target = Neuron(network.depth + 1, 2, end, -1.5, notation.target(network.depth), on_path=False)
    edges = _edges(neurons, layers, spacing, weight)
    return NetworkPicture(
        tuple(neurons), (*edges, *_to_cost(neurons, cost, target)), tuple(dots), _level(columns), cost, target, weight
    )


def _layers(depth: int) -> tuple[int | None, ...]:
    """Return which layers are shown, with None where some are left out."""
    places = shown(depth + 1, MOST_COLUMNS)
    return tuple(place - 1 if place else None for place in places)


def _room(network: Network) -> tuple[int, float]:
    """Return how many neurons are shown per layer, and how far apart: more, and closer, where all of them fit."""
    widest = max(network.widths)
    if MOST_NEURONS < widest <= FEW_ABOVE_ANOTHER and sum(network.widths) <= FEW_NEURONS:
        return widest, CLOSE
    return MOST_NEURONS, ROW


def _room_on_slide(network: Network) -> tuple[int, float]:
    most = ALL_ON_SLIDE if max(network.widths) <= ALL_ON_SLIDE else MOST_ON_SLIDE
    return most, CLOSE if min(most, max(network.widths)) >= MOST_ON_SLIDE else ROW


def _column(network: Network, layer: int, x: float, room: tuple[int, float]) -> tuple[list[Neuron], list[Dots]]:
    most, apart = room
    places = shown(network.widths[layer], most)
    top = apart * (len(places) - 1) / 2
    a = notation.activation(layer)
    neurons, dots = [], []
    for row, number in enumerate(places):
        y = top - row * apart
        if number:
            neurons.append(Neuron(layer, number, x, y, a[number]))
        else:
            dots.append(Dots(x, y))
    return neurons, dots


def _marked(neuron: Neuron, goal: int) -> Neuron:
    """Return the neuron, marked if the weight that leads to neuron `goal` of layer 1 reaches the cost through it."""
    on_path = neuron.layer > 1 or (neuron.layer == 1 and neuron.number == goal)
    return Neuron(neuron.layer, neuron.number, neuron.x, neuron.y, neuron.letter, on_path)


def _level(columns: list[Column]) -> tuple[Column, ...]:
    """Return the columns with their captions in one line."""
    y = min(column.y for column in columns)
    return tuple(Column(c.layer, c.x, y, c.size, c.activation) for c in columns)


def _edges(neurons: list[Neuron], layers: tuple[int | None, ...], spacing: float, weight: Indexed) -> list[Edge]:
    by_layer: dict[int, list[Neuron]] = {}
    for neuron in neurons:
        by_layer.setdefault(neuron.layer, []).append(neuron)
    edges = []
    for before, after in pairwise(layers):
        if before is None and after is not None:
            edges += [_stub(neuron, -spacing) for neuron in by_layer[after]]
        elif after is None and before is not None:
            edges += [_stub(neuron, spacing) for neuron in by_layer[before]]
        elif before is not None and after is not None:
            edges += [_edge(source, end, weight) for source in by_layer[before] for end in by_layer[after]]
    return edges


def _edge(source: Neuron, end: Neuron, weight: Indexed) -> Edge:
    first = (end.layer, Integer(end.number), Integer(source.number)) == (1, *weight.indices)
    on_path = first or (source.layer > 0 and source.on_path)
    return Edge((source.x, source.y), (end.x, end.y), on_path, weight if first else None)


def _stub(neuron: Neuron, towards: float) -> Edge:
    """Return the beginning of the lines between a neuron and the layers that are left out."""
    x = neuron.x + 0.62 * towards
    ends = (neuron.x, neuron.y), (x, 0.55 * neuron.y)
    start, end = ends if towards > 0 else ends[::-1]
    return Edge(start, end, neuron.on_path, faded=True)


def _to_cost(neurons: list[Neuron], cost: Neuron, target: Neuron) -> list[Edge]:
    last = max(neuron.layer for neuron in neurons)
    ends = [Edge((n.x, n.y), (cost.x, cost.y), on_path=n.on_path) for n in neurons if n.layer == last]
    return [*ends, Edge((target.x, target.y), (cost.x, cost.y))]


def chain_picture(
    quantities: tuple[Indexed | Symbol, ...], *, named: int | None = None, name: Basic | None = None
) -> ChainPicture:
    """Return the picture of a chain of quantities, from a parameter to the cost.

    `named` says from which quantity on the links have the name `name` together."""
    links = tuple(ChainLink(Partial(end, start), _role(end)) for start, end in pairwise(quantities))
    return ChainPicture(quantities, links, named, name)


def _role(end: Basic) -> str:
    """Return what part a link plays, by what it leads to: the cost, an activation, or a weighted sum."""
    if end == COST:
        return "cost"
    return "activation" if end.base.letter == "a" else "input"


def stages(picture: object) -> int:
    """Return how many clicks it takes until all of a picture is shown that is there from the beginning."""
    match picture:
        case NetworkPicture():
            return len(path_starts(picture))
        case ChainPicture(links=links, named=named):
            return len(links) + (named is not None)
        case _:
            return 0


def told_after(picture: object) -> int:
    """Return how many clicks the caption of a picture waits: that of a chain speaks of the name, which comes last."""
    return stages(picture) if isinstance(picture, ChainPicture) and picture.name is not None else 0


def path_starts(picture: NetworkPicture) -> tuple[float, ...]:
    """Return where edges of the path begin, from left to right; the picture has a stage for each of these places."""
    return tuple(sorted({edge.start[0] for edge in picture.edges if edge.on_path}))


def stage(picture: NetworkPicture, place: float) -> int:
    """Return the stage at which edges that begin at a place light up, or the last ones before it; errors come back."""
    back = picture.numbers == "back"
    return sum(start >= place if back else start <= place for start in path_starts(picture))

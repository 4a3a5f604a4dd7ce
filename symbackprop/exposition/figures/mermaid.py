"""Pictures as Mermaid, which GitHub and many editors draw from text: letters are Unicode, the path is thick."""

from __future__ import annotations

from functools import singledispatch

from sympy import Basic

from symbackprop.exposition.document import Document, Formula
from symbackprop.exposition.figures.boxrows import box_rows
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, Edge, NetworkPicture
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.palette import COLOURS, GREY


@singledispatch
def mermaid(picture: object, document: Document, alt: str) -> str:
    """Return a picture as a Mermaid flowchart with a description; raises TypeError for what is none."""
    raise TypeError(f"no Mermaid for the picture {type(picture).__name__}")


def _text(term: Basic, document: Document) -> str:
    return in_line(formula_box(Formula((term,)), document.style))


def _flowchart(alt: str, lines: list[str]) -> str:
    described = " ".join(alt.split())
    return "\n  ".join(["flowchart LR", f"accDescr: {described}", *lines])


@mermaid.register
def _network(picture: NetworkPicture, document: Document, alt: str) -> str:
    """Every neuron that is shown is a circle, every connection a line, the cost a box."""
    names = {(neuron.x, neuron.y): f"n{neuron.layer}_{neuron.number}" for neuron in picture.neurons}
    names[picture.cost.x, picture.cost.y] = "cost"
    names[picture.target.x, picture.target.y] = "target"
    lines = [f'{names[n.x, n.y]}(("{_text(n.letter, document)}"))' for n in picture.neurons]
    lines.append(f'cost["{_text(picture.cost.letter, document)}"]')
    lines.append(f'target["{_text(picture.target.letter, document)}"]')
    drawn = [edge for edge in picture.edges if edge.start in names and edge.end in names]
    lines += [_edge(edge, names, document) for edge in drawn]
    lines += _across(picture)
    lines += _styles(drawn)
    return _flowchart(alt, lines)


def _edge(edge: Edge, names: dict[tuple[float, float], str], document: Document) -> str:
    line = "===" if edge.on_path else "---"
    label = f'|"{_text(edge.label, document)}"|' if edge.label is not None else ""
    return f"{names[edge.start]} {line}{label} {names[edge.end]}"


def _across(picture: NetworkPicture) -> list[str]:
    """Return what stands for the layers that are left out: dots between those before and those after."""
    lines = []
    for number, dots in enumerate(dot for dot in picture.dots if dot.layers):
        before = max(neuron.x for neuron in picture.neurons if neuron.x < dots.x)
        after = min(neuron.x for neuron in picture.neurons if neuron.x > dots.x)
        lines.append(f'more{number}["⋯"]')
        for neuron in picture.neurons:
            name = f"n{neuron.layer}_{neuron.number}"
            lines += [f"{name} -.- more{number}"] if neuron.x == before else []
            lines += [f"more{number} -.- {name}"] if neuron.x == after else []
    return lines


def _styles(edges: list[Edge]) -> list[str]:
    path = [str(place) for place, edge in enumerate(edges) if edge.on_path]
    rest = [str(place) for place, edge in enumerate(edges) if not edge.on_path]
    stressed, thin = f"stroke:{COLOURS['cost']},stroke-width:3px", f"stroke:{GREY},stroke-width:1px"
    return [f"linkStyle {','.join(group)} {style}" for group, style in ((path, stressed), (rest, thin)) if group]


@mermaid.register
def _chain(picture: ChainPicture, document: Document, alt: str) -> str:
    """Each quantity is a box, each link an arrow with its rate."""
    lines = [f'q{place}["{_text(quantity, document)}"]' for place, quantity in enumerate(picture.quantities)]
    for place, link in enumerate(picture.links):
        lines.append(f'q{place} -->|"{_text(link.rate, document)}"| q{place + 1}')
    for place, link in enumerate(picture.links):
        lines.append(f"linkStyle {place} stroke:{COLOURS[link.role]},stroke-width:3px")
    return _flowchart(alt, lines)


@mermaid.register
def _graph(picture: GraphPicture, document: Document, alt: str) -> str:
    """Every box of arrays is a box, computed ones with round ends; what runs back in time is a dotted arrow."""
    lines = []
    for place, box in enumerate(picture.boxes):
        rows = (row for row, _ in box_rows(box))
        letters = "<br>".join(row if isinstance(row, str) else _text(row, document) for row in rows)
        opened, closed = ("([", "])") if box.computed else ("[", "]")
        lines.append(f'a{place}{opened}"{letters}"{closed}')
    lines += [f"a{each.start} {'-.->' if each.looks_back else '-->'} a{each.end}" for each in picture.arrows]
    return _flowchart(alt, lines)

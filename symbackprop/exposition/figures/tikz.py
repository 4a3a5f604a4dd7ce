r"""Pictures as TikZ: the network, and the chain w -> z -> a -> C with the rate of each link below its arrow.

What is stressed is thicker as well as coloured; a label lies on a white halo, so that no line runs through it.
In a Beamer frame a picture can be revealed: the path lights up edge by edge, a chain grows link by link.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from symbackprop.calculus.matrices import Matrix
from symbackprop.exposition.document import Document, Formula, Term
from symbackprop.exposition.figures.arrayboxes import ArrayBox
from symbackprop.exposition.figures.boxrows import box_rows, column_rows
from symbackprop.exposition.figures.graph import CELL, Cell, GraphPicture
from symbackprop.exposition.figures.labelling import clear_places
from symbackprop.exposition.figures.layout import ChainPicture, Column, Dots, Edge, NetworkPicture, Neuron, stage
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.typesetting.escaping import escaped
from symbackprop.network.program import Kind

TIKZ_LIBRARIES = r"\usetikzlibrary{arrows.meta,decorations.pathreplacing}"
LINKS_APART = {True: 2.45, False: 3.2}  # centimetres between the quantities of a long and of a short chain
SHORT_CHAIN = 4  # quantities
CLOSE = 0.01  # centimetres
LABEL = 0.75, 0.55  # centimetres, the name of a weight with the white around it

_STYLES = r"""[
  neuron/.style={circle, draw=black!65, line width=0.6pt, fill=white, minimum size=9.4mm, inner sep=0pt, font=\small},
  halo/.style={fill=white, inner sep=1.5pt, rounded corners=2pt, font=\small},
  edge/.style={draw=unstressed, line width=0.35pt},
  stressed/.style={draw=cost, line width=1.5pt}]"""


@singledispatch
def tikz(picture: object, document: Document, *, shown: int = 0) -> str:
    """Return a picture as a tikzpicture; it is revealed from the overlay of Beamer on in which it is `shown`, if any.

    Raises TypeError for what is no picture."""
    raise TypeError(f"no TikZ for the picture {type(picture).__name__}")


def _math(*sides: Term, document: Document) -> str:
    return f"${formula_latex(Formula(sides), document.style)}$"


@tikz.register
def _network(picture: NetworkPicture, document: Document, *, shown: int = 0) -> str:
    """Draw thin edges first, then the path, then what lies on the lines."""

    def lit(line: str, place: float) -> str:
        """Return what is drawn on and after the click that lights up the edges that begin at a place.

        It does not count for the size of the picture, which stays the same."""
        if not shown:
            return line
        return rf"\only<{shown + stage(picture, place)}->{{\begin{{scope}}[overlay]{line}\end{{scope}}}}"

    edges = sorted(picture.edges, key=lambda edge: edge.on_path)
    lines = [_edge(replace(edge, on_path=False)) for edge in edges] if shown else []
    lines += [lit(_edge(edge), edge.start[0]) for edge in edges if edge.on_path or not shown]
    lines += [_neuron(replace(neuron, on_path=False), document) for neuron in picture.neurons if shown]
    lines += [lit(_neuron(n, document), _before(n)) for n in picture.neurons if n.on_path or not shown]
    named = clear_places(picture.edges, LABEL)
    lines += [lit(_label(edge, place, document), edge.start[0]) for edge, place in named]
    lines += [_dots(dots) for dots in picture.dots]
    lines += [_column(column, document) for column in picture.columns]
    cost, target = picture.cost, picture.target
    lines += [_cost(replace(cost, on_path=False), document)] if shown else []
    lines.append(lit(_cost(cost, document), _before(cost)))
    lines.append(rf"\node[halo] at {_at(target)} {{{_math(target.letter, document=document)}}};")
    return _picture(lines)


def _before(neuron: Neuron) -> float:
    """Return a place just before a neuron, where the edges that lead to it have begun."""
    return neuron.x - CLOSE


def _cost(cost: Neuron, document: Document) -> str:
    look = "draw=cost, line width=1.2pt" if cost.on_path else "draw=black!65, line width=0.6pt"
    box = rf"{look}, fill=white, minimum size=9mm, rounded corners=2pt"
    return rf"\node[{box}] at {_at(cost)} {{{_inside(cost, document)}}};"


def _picture(lines: list[str]) -> str:
    body = "\n  ".join(lines)
    return f"\\begin{{tikzpicture}}{_STYLES}\n  {body}\n\\end{{tikzpicture}}"


def _at(place: Neuron | Dots | Column) -> str:
    return _point((place.x, place.y))


def _point(point: tuple[float, float]) -> str:
    return f"({point[0]:.2f},{point[1]:.2f})"


def _edge(edge: Edge) -> str:
    style = "stressed" if edge.on_path else "edge"
    dashed = ", dashed" if edge.faded else ""
    return rf"\draw[{style}{dashed}] {_point(edge.start)} -- {_point(edge.end)};"


def _label(edge: Edge, place: tuple[float, float], document: Document) -> str:
    """Return the weight on its edge."""
    assert edge.label is not None
    return rf"\node[halo, text=cost] at {_point(place)} {{{_math(edge.label, document=document)}}};"


def _neuron(neuron: Neuron, document: Document) -> str:
    stressed = ", draw=cost, line width=1.2pt" if neuron.on_path else ""
    small = r", font=\scriptsize" if neuron.number > 99 else ""
    return rf"\node[neuron{stressed}{small}] at {_at(neuron)} {{{_inside(neuron, document)}}};"


def _inside(neuron: Neuron, document: Document) -> str:
    """Return what stands in a circle or a box: a number in so small digits that it has room."""
    letter = _math(neuron.letter, document=document)
    return rf"\fitto{{7.8mm}}{{{letter[1:-1]}}}" if isinstance(neuron.letter, Matrix) else letter


def _dots(dots: Dots) -> str:
    sign = r"\cdots" if dots.layers else r"\vdots"
    return rf"\node[halo] at {_at(dots)} {{${sign}$}};"


def _column(column: Column, document: Document) -> str:
    rows = column_rows(column, document)
    text = r" \\ ".join(row if isinstance(row, str) else _math(*row.sides, document=document) for row in rows)
    return rf"\node[align=center, anchor=north, font=\footnotesize] at {_at(column)} {{{text}}};"


@tikz.register
def _chain(picture: ChainPicture, document: Document, *, shown: int = 0) -> str:
    """Draw the quantities in a row, the rate of each link below its arrow, and a brace under those with a name."""
    apart = LINKS_APART[len(picture.quantities) > SHORT_CHAIN]
    lines = []
    for place, quantity in enumerate(picture.quantities):
        lines.append(rf"\node (q{place}) at ({place * apart:.2f},0) {{{_math(quantity, document=document)}}};")
    for place, link in enumerate(picture.links):
        rate = _math(link.rate, document=document).replace("$", r"$\displaystyle ", 1)
        lines.append(
            rf"\draw[-{{Stealth[length=2.4mm]}}, draw={link.role}, line width=1.2pt] (q{place}) -- (q{place + 1}) "
            rf"node[midway, below=2pt, text={link.role}, font=\small] {{{rate}}};"
        )
    if picture.named is not None and picture.name is not None:
        first, last = picture.named * apart, (len(picture.quantities) - 1) * apart
        lines.append(
            rf"\draw[decorate, decoration={{brace, mirror, amplitude=5pt}}, draw=error, line width=0.9pt] "
            rf"({first:.2f},-1.15) -- ({last:.2f},-1.15) node[midway, below=6pt, text=error] "
            rf"{{{_math(picture.name, document=document)}}};"
        )
    there = len(picture.quantities)  # the quantities are there from the beginning, their rates come one by one
    clicks = [
        line if n < there or not shown else rf"\uncover<{n - there + 1 + shown}->{{{line}}}"
        for n, line in enumerate(lines)
    ]
    return _picture(clicks)


@tikz.register
def _graph(picture: GraphPicture, document: Document, *, shown: int = 0) -> str:
    """Draw arrows along their paths, then boxes with letters and shapes; what leads to another step is dashed."""
    lines = [_cell(cell) for cell in picture.cells]
    for each in picture.arrows:
        points = [f"({x:.2f},{y:.2f})" for x, y in each.path]
        parts = ["--"] * (len(points) - 1)
        if each.bends:
            half = (each.path[2][0] - each.path[1][0]) / 2
            parts[1] = f".. controls +({half:.2f},0) and +({-half:.2f},0) .."
        way = points[0] + "".join(f" {part} {point}" for part, point in zip(parts, points[1:], strict=True))
        dashed = ", dashed" if each.looks_back else ""
        pen = f"draw={each.role}, line width=0.9pt" if each.role else "draw=black!70, line width=0.5pt"
        lines.append(rf"\draw[-{{Stealth[length=2mm]}}, {pen}, rounded corners=4pt{dashed}] {way};")
    for place, box in enumerate(picture.boxes):
        look = _BOXES.get(box.kind, "draw=black!65, line width=0.6pt, rounded corners=1pt") if box.is_framed else ""
        size = rf"minimum width={box.width:.2f}cm, minimum height={box.height:.2f}cm"
        node = rf"inner sep=1pt, align=center, fill=white, {size}, {look}"
        lines.append(rf"\node[{node}] (a{place}) at ({box.x:.2f},{box.y:.2f}) {{{_box_text(box, document)}}};")
    return _picture(lines)


def _cell(cell: Cell) -> str:
    filled = f", fill={cell.role}!60" if cell.role else ""
    square = rf"minimum size={CELL:.2f}cm, inner sep=0pt, draw=black!65, line width=0.4pt{filled}"
    return rf"\node[{square}] at {_point((cell.x, cell.y))} {{}};"


_BOXES = {
    Kind.PARAMETER: "draw=input, line width=1.1pt, rounded corners=1pt",
    Kind.VALUE: "draw=activation, line width=1.1pt, rounded corners=6pt",
    Kind.COST: "draw=cost, line width=1.2pt, rounded corners=6pt",
}


def _box_text(box: ArrayBox, document: Document) -> str:
    """Return what stands in a box: letters, their shapes below them, and the parameters inside."""
    looks = {"letters": "", "words": r"\small ", "shape": r"\scriptsize ", "inside": r"\small\color{input}"}
    rows = [
        looks[part] + (escaped(row) if isinstance(row, str) else _math(row, document=document))
        for row, part in box_rows(box)
    ]
    return r" \\[-1pt] ".join(rows)

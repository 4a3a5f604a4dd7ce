r"""Pictures as TikZ: the network, and the chain w -> z -> a -> C with the rate of each link below its arrow.

What is stressed is thicker as well as coloured; a label lies on a white halo, so that no line runs through it.
"""

from __future__ import annotations

from functools import singledispatch

from sympy import Basic, Integer

from symbackprop.exposition.document import Document, Formula
from symbackprop.exposition.figures.layout import ChainPicture, Column, Dots, Edge, NetworkPicture, Neuron
from symbackprop.exposition.formulas import formula_latex

__all__ = ["TIKZ_LIBRARIES", "tikz"]

TIKZ_LIBRARIES = r"\usetikzlibrary{arrows.meta,decorations.pathreplacing}"
LINKS_APART = {True: 2.45, False: 3.2}  # centimetres between the quantities of a long and of a short chain
SHORT_CHAIN = 4  # quantities

_STYLES = r"""[
  neuron/.style={circle, draw=black!65, line width=0.6pt, fill=white, minimum size=9.4mm, inner sep=0pt, font=\small},
  halo/.style={fill=white, inner sep=1.5pt, rounded corners=2pt, font=\small},
  edge/.style={draw=unstressed!55, line width=0.35pt},
  stressed/.style={draw=cost, line width=1.5pt}]"""


@singledispatch
def tikz(picture: object, document: Document) -> str:
    """Return a picture as a tikzpicture; raises TypeError for what is none."""
    raise TypeError(f"no TikZ for the picture {type(picture).__name__}")


def _math(term: Basic, document: Document) -> str:
    return f"${formula_latex(Formula((term,)), document.style)}$"


@tikz.register
def _network(picture: NetworkPicture, document: Document) -> str:
    """Draw thin edges first, then the path, then what lies on the lines."""
    edges = sorted(picture.edges, key=lambda edge: edge.on_path)
    lines = [_edge(edge) for edge in edges]
    lines += [_neuron(neuron, document) for neuron in picture.neurons]
    lines += [_label(edge, document) for edge in picture.edges if edge.label is not None]
    lines += [_dots(dots) for dots in picture.dots]
    lines += [_column(column, document) for column in picture.columns]
    cost, target = picture.cost, picture.target
    box = r"draw=cost, line width=1.2pt, fill=white, minimum size=9mm, rounded corners=2pt"
    lines.append(rf"\node[{box}] at {_at(cost)} {{{_math(cost.letter, document)}}};")
    lines.append(rf"\node[halo] at {_at(target)} {{{_math(target.letter, document)}}};")
    return _picture(lines)


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


def _label(edge: Edge, document: Document) -> str:
    """Return the weight on its edge, somewhat nearer to its end, where fewer lines cross."""
    x, y = (start + 0.42 * (end - start) for start, end in zip(edge.start, edge.end, strict=True))
    assert edge.label is not None
    return rf"\node[halo, text=cost] at {_point((x, y))} {{{_math(edge.label, document)}}};"


def _neuron(neuron: Neuron, document: Document) -> str:
    stressed = ", draw=cost, line width=1.2pt" if neuron.on_path else ""
    small = r", font=\scriptsize" if neuron.number > 99 else ""
    return rf"\node[neuron{stressed}{small}] at {_at(neuron)} {{{_math(neuron.letter, document)}}};"


def _dots(dots: Dots) -> str:
    sign = r"\cdots" if dots.layers else r"\vdots"
    return rf"\node[halo] at {_at(dots)} {{${sign}$}};"


def _column(column: Column, document: Document) -> str:
    """Return what is written below a layer: what it is, its width, its activation."""
    words = document.words
    name = words["input"] if column.activation is None else f"{words['layer']} {column.layer}"
    symbol, number = column.size
    rows = [name, _math_pair(symbol, Integer(number), document)]
    if column.activation is not None:
        function = column.activation.function
        rows.append(_math(function, document) if function else column.activation.name.replace("_", "-"))
    text = r" \\ ".join(rows)
    return rf"\node[align=center, anchor=north, font=\footnotesize] at {_at(column)} {{{text}}};"


def _math_pair(left: Basic, right: Basic, document: Document) -> str:
    return f"${formula_latex(Formula((left, right)), document.style)}$"


@tikz.register
def _chain(picture: ChainPicture, document: Document) -> str:
    """Draw the quantities in a row, the rate of each link below its arrow, and a brace under those with a name."""
    apart = LINKS_APART[len(picture.quantities) > SHORT_CHAIN]
    lines = []
    for place, quantity in enumerate(picture.quantities):
        lines.append(rf"\node (q{place}) at ({place * apart:.2f},0) {{{_math(quantity, document)}}};")
    for place, link in enumerate(picture.links):
        rate = _math(link.derivative, document).replace("$", r"$\displaystyle ", 1)
        lines.append(
            rf"\draw[-{{Stealth[length=2.4mm]}}, draw={link.role}, line width=1.2pt] (q{place}) -- (q{place + 1}) "
            rf"node[midway, below=2pt, text={link.role}, font=\small] {{{rate}}};"
        )
    if picture.named is not None and picture.name is not None:
        first, last = picture.named * apart, (len(picture.quantities) - 1) * apart
        lines.append(
            rf"\draw[decorate, decoration={{brace, mirror, amplitude=5pt}}, draw=error, line width=0.9pt] "
            rf"({first:.2f},-1.15) -- ({last:.2f},-1.15) node[midway, below=6pt, text=error] "
            rf"{{{_math(picture.name, document)}}};"
        )
    return _picture(lines)

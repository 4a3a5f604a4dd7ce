"""Pictures as SVG: the network, and the chain w -> z -> a -> C with the rate of each link below its arrow.

The background is transparent and the ink is the text's own: black in a picture that stands alone, light in a dark page
that holds the picture as a part of it. What is stressed is thicker as well as coloured; labels on lines have a halo.

A page that does something with the parts asks for `Drawing(letters="text", parts="net-")`. Each part is then a group
with a class, an id that is the name of its number, and data that says the same:

    <g class="neuron" id="net-a_1_2" data-letter="a" data-layer="1" data-j="2">             the input: net-x_2
    <g class="weight on-path" id="net-w_1_2_1" data-letter="w" data-layer="1" data-j="2" data-k="1">
    <g class="bias" id="net-b_1_2" data-letter="b" data-layer="1" data-j="2">               drawn only here
    <g class="output" id="net-C_2" data-letter="C" data-layer="2" data-j="2">               from neuron 2 to the cost
    <g class="stub" id="net-out_1_2">   <g class="stub" id="net-in_9_2">            into what is left out, and from it
    <g class="cost" id="net-C">   <g class="target" id="net-y">   and without ids: caption, dots

In a graph of arrays they are `array` (net-array_0, data-place) and `arrow` (net-arrow_0, with the places of its ends).
The name of the weight on its edge is a group of its own, `weight-label` with the id net-w_1_2_1-label. In a chain the
groups are `quantity` (net-quantity_0, …), `link` with the role that gives it its colour (net-link_1, …), and `name`.

Colours are attributes, so that every rule of a page's style sheet wins over them; what has the colour of the paper has
the class `paper`, and a transparent `hit` makes a line broad enough to be pointed at.
"""

from __future__ import annotations

from functools import singledispatch
from html import escape

from symbackprop.exposition.document import Document
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture
from symbackprop.exposition.figures.lettering import LETTERS, Lettering, number
from symbackprop.exposition.figures.svgchain import draw_chain
from symbackprop.exposition.figures.svggraph import draw_graph
from symbackprop.exposition.figures.svgnetwork import draw_network
from symbackprop.exposition.figures.svgparts import Canvas
from symbackprop.frozen import dataclass

MARGIN = 6.0  # around the ink


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a picture is drawn: for a file of its own, or for a page that does something with its parts.

    `letters` is 'outlines' or 'text'; `parts` is what the id of every part begins with, and None if none needs one;
    `source` is kept in the file, for who wants to change the picture: its TikZ."""

    letters: str = "outlines"
    parts: str | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse letters of another kind."""
        if self.letters not in LETTERS:
            raise ValueError(f"letters {self.letters!r}: wanted one of {', '.join(LETTERS)}")


FILE = Drawing()


@singledispatch
def _draw(picture: object, canvas: Canvas) -> None:
    raise TypeError(f"no SVG for the picture {type(picture).__name__}")


_draw.register(NetworkPicture, draw_network)
_draw.register(ChainPicture, draw_chain)
_draw.register(GraphPicture, draw_graph)


def svg(picture: object, document: Document, alt: str, drawing: Drawing = FILE) -> str:
    """Return a picture as an <svg> element with its description; raises TypeError for what is no picture."""
    canvas = Canvas(Lettering(document, drawing.letters), document.words, drawing.parts)
    _draw(picture, canvas)
    left, top, right, bottom = canvas.box
    x, y, wide, high = left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN
    said = escape(" ".join(alt.split()))
    # the parts of an image are hidden from screen readers, those of a group are not
    role = f'role="img" aria-label="{said}"' if drawing.parts is None else f'role="group" aria-label="{said}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(wide)}" height="{number(high)}"'
        f' viewBox="{number(x)} {number(y)} {number(wide)} {number(high)}" {role} fill="currentColor">'
    )
    title = [f"<title>{said}</title>"] if drawing.parts is None else []  # a page would show it on every part
    source = [f"<metadata>{escape(drawing.source, quote=False)}</metadata>"] if drawing.source else []
    return "\n".join([head, *title, *source, *canvas.elements, "</svg>"]) + "\n"

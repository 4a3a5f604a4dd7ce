"""The picture of a chain as a grid: quantities with arrows between them, below each arrow its rate, value and shape.

w ──► z ──► a ──► C        columns 1, 3, 5, 7; the arrows in 2, 4, 6
   ∂z/∂w  ∂a/∂z  ∂C/∂a     the second row, then the values and the shapes, where there are any
          └─────────┘      the last row: what has a name of its own, and that name
"""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.exposition.document import Formula, Term
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.mathtext.mathml import html_math
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.web.formulas import inline, lone
from symbackprop.exposition.web.markup import element, text

__all__ = ["chain_html"]


def chain_html(
    picture: ChainPicture,
    style: Style,
    alt: str,
    *,
    values: Sequence[Term] = (),
    shapes: Sequence[str] = (),
    shape_label: str = "",
) -> str:
    """Return the picture as one element with its description; every link has the class of the part that it plays.

    A reader that goes from element to element finds each link with its rate, its value and its shape."""
    cells = []
    for place, quantity in enumerate(picture.quantities):
        cells.append(_cell("quantity", inline(Formula((quantity,)), style), column=2 * place + 1))
        if place == len(picture.links):
            break
        link, column = picture.links[place], 2 * place + 2
        cells.append(_cell(f"arrow role-{link.role}", "", column=column))
        cells.append(_cell(f"rate role-{link.role}", lone(Formula((link.derivative,)), style), column=column))
        if values:
            cells.append(_cell("value", _equal_to(values[place], style), column=column))
        if shapes:
            cells.append(_cell("shape", text(shapes[place]), column=column))
    if shape_label:
        cells.append(_cell("shape", text(shape_label), column=1))
    if picture.named is not None and picture.name is not None:
        last = 2 * len(picture.quantities) - 1
        name = inline(Formula((picture.name,)), style)
        cells.append(_cell("named role-error", name, column=2 * picture.named + 1, end=last + 1))
    return element("div", "".join(cells), {"class": "chain", "role": "group", "aria-label": alt})


def _equal_to(value: Term, style: Style) -> str:
    return html_math(f"= {formula_latex(Formula((value,)), style)}")


def _cell(kind: str, content: str, *, column: int, end: int | None = None) -> str:
    place = f"{column}/{end}" if end else str(column)
    return element("div", content, {"class": kind, "style": f"grid-column:{place}"})

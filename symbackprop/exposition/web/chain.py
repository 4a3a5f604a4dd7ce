"""The picture of a chain as a grid: quantities with arrows between them, below each arrow its rate, value and shape.

w ──► z ──► a ──► C        columns 1, 3, 5, 7; the arrows in 2, 4, 6
   ∂z/∂w  ∂a/∂z  ∂C/∂a     the second row, then the values and the shapes, where there are any
          └─────────┘      the last row: what has a name of its own, and that name
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symbackprop.exposition.document import Formula, Term
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.mathtext.mathml import html_math
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.web.formulas import inline, lone
from symbackprop.exposition.web.markup import NOTHING, Attributes, element, joined, text
from symbackprop.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands below the rates of a chain: what each is equal to and how large it is; `head` is said once."""

    values: Sequence[Term] = ()
    shapes: Sequence[str] = ()
    head: str = ""


NO_LABELS = Labels()


def chain_html(
    picture: ChainPicture,
    style: Style,
    alt: str,
    *,
    labels: Labels = NO_LABELS,
    step: Callable[[int], Attributes] = lambda place: NOTHING,
) -> str:
    """Return the picture as one element with its description; every link has the class of the part that it plays.

    A reader that goes from element to element finds each link with its rate, its value and its shape. `step` gives what
    is said of a quantity and of the link before it, by its place, and of the name at the end."""
    cells = []
    for place, quantity in enumerate(picture.quantities):
        parts = [*_link(picture, place - 1, style, labels)] if place else []
        parts.append(("quantity", inline(Formula((quantity,)), style), f"{2 * place + 1}"))
        cells += [_cell(*part, step(place)) for part in parts]
    if labels.head:
        cells.append(_cell("shape", text(labels.head), "1", NOTHING))
    if picture.named is not None and picture.name is not None:
        name = inline(Formula((picture.name,)), style)
        columns = f"{2 * picture.named + 1}/{2 * len(picture.quantities)}"
        cells.append(_cell("named role-error", name, columns, step(len(picture.quantities))))
    return element("div", "".join(cells), {"class": "chain", "role": "group", "aria-label": alt})


def _link(picture: ChainPicture, place: int, style: Style, labels: Labels) -> Iterator[tuple[str, str, str]]:
    """Yield the arrow of a link and what stands below it: kind, content and column."""
    link, column = picture.links[place], f"{2 * place + 2}"
    yield f"arrow role-{link.role}", "", column
    yield f"rate role-{link.role}", lone(Formula((link.rate,)), style), column
    if labels.values:
        yield "value", html_math(f"= {formula_latex(Formula((labels.values[place],)), style)}"), column
    if labels.shapes:
        yield "shape", text(labels.shapes[place]), column


def _cell(kind: str, content: str, column: str, step: Attributes) -> str:
    return element("div", content, joined({"class": kind, "style": f"--place:{column}"}, step))

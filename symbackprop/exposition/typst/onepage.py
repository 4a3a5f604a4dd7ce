"""A whole document on one page A4, set by Typst: its parts in two columns, the first over both where it wants that.

What is higher than the paper is made smaller; where letters would be less than half as large, there are several pages.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.exposition.document import Block, Document, Figure, Table
from symbackprop.exposition.formats.pdf import properties
from symbackprop.exposition.mathtext.typst import literal
from symbackprop.exposition.paging.topics import Topic, topics
from symbackprop.exposition.palette import COLOURS
from symbackprop.exposition.typst.preamble import FUNCTIONS
from symbackprop.exposition.typst.writer import TypstWriter

PICTURE = 0.8  # points for a pixel of a picture

ONE_PAGE = r"""
#set page(paper: "a4", margin: (x: 1.3cm, y: 1.2cm))
#set text(font: "New Computer Modern", size: 10pt)
#set par(leading: 0.55em, spacing: 0.7em)
#set heading(numbering: none)
#show title: set text(size: 18pt)
#show heading: set text(size: 12pt)
#show heading: set block(above: 0pt, below: 4pt)
#let panel(title, body) = block(width: 100%, above: 12pt, below: 0pt, {
  block(width: 100%, above: 0pt, below: 10pt, sticky: true, {
    heading(level: 1, title)
    line(length: 100%, stroke: 1pt + accent)
  })
  body
})
#let pictured(body) = context {
  let high = measure(body).height
  align(center, if high > 5cm { scale(5cm / high * 100%, reflow: true, body) } else { body })
}
#let whole(top, first, second, shares) = layout(size => {
  let body = { top; grid(columns: shares, column-gutter: 18pt, first, second) }
  let high = measure(width: size.width, body).height
  let all = block(width: size.width, align(left, body))
  if high > 2 * size.height { top; columns(2, gutter: 18pt, { first; second }) }
  else if high > size.height { align(center, scale(size.height / high * 99%, reflow: true, all)) } else { all }
})
"""


def sheet_typst(document: Document, *, across: bool = True) -> str:
    """Return the page as the source of Typst, the first part `across` both columns or not."""
    writer = TypstWriter(document, 30.0, 30.0, linked=False, scale=PICTURE)
    parts = topics(document)
    first, others = (parts[:1], parts[1:]) if across else ([], parts)
    figures = "".join(
        f"pictured({writer.picture(block, natural=True)})\n" for block in document.blocks if isinstance(block, Figure)
    )
    top = f"align(center, title())\n{figures}{_parts(writer, first)}"
    pieces = [f"{{\n{piece}}}" for piece in (top, *(_parts(writer, column) for column in (others[:2], others[2:])))]
    shares = f"({1.15 if across else 0.85}fr, 1fr)"
    accent = f"#let accent = rgb({literal(COLOURS['cost'])})\n"
    return f"{properties(document)}{FUNCTIONS}{accent}{ONE_PAGE}#whole({', '.join(pieces)}, {shares})\n"


def _parts(writer: TypstWriter, parts: Sequence[Topic]) -> str:
    """Return parts below one another, each with its heading, as code."""
    return "".join(
        f"panel({writer.content(part.title)}, [{''.join(_block(writer, block) for block in part.blocks)}])\n"
        for part in parts
    )


def _block(writer: TypstWriter, block: Block) -> str:
    if isinstance(block, Table):
        return f"#align(center, {writer.table(block)})\n"
    return writer.block(block) + "\n"

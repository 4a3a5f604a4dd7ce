"""A document on the screen: its headings, and below each the lines that it has.

Imports SymPy: a command imports this module when it runs, not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.calculus.matrices import Matrix
from symbackprop.cli.screen import Pen
from symbackprop.exposition.document import Display, Document, Heading, Steps, lefts_of
from symbackprop.exposition.exercise.blanks import Blank
from symbackprop.exposition.paging.richtext import plain

SIGNS = frozenset({"=", "≈", "←", "\\approx", "\\leftarrow"})  # that begin a part of a line which is too long
OPENING, CLOSING = ("[", "{", "\\begin"), ("]", "}", "\\end")  # of what is no equation, but a part of one


def lines_of(document: Document, pen: Pen, width: int) -> Iterator[str]:
    """Yield what a terminal shows of a document: headings, and the lines that are not about whole matrices.

    Of an answer about these the blank is shown with what belongs in it."""
    heading: Sequence[str] = ()
    section: Sequence[str] = ()  # what is above a part: its section, until that is shown
    for block, following in zip(document.blocks, (*document.blocks[1:], None), strict=True):
        if isinstance(block, Heading):
            text = plain(block.text, document)
            section = section if block.level > 1 else ("", text)
            heading = (*section, text) if block.level > 1 else section
        shown: list[str] = []
        if isinstance(block, Steps) and block.key != "definitions":
            lines = zip(lefts_of(block), block.lines, strict=True)
            shown = [pen.line(left, line.sign, line.right) for left, line in lines if not isinstance(left, Matrix)]
        elif isinstance(block, Display) and not isinstance(following, Steps):
            blank, *answer = block.formula.sides
            shown = [pen.line(blank, "=", each) for each in answer if isinstance(blank, Blank)]
        if shown:
            yield from heading
            yield from (part for text in shown for part in _broken(f"  {text}", width))
            heading = section = ()


def _broken(text: str, width: int) -> Iterator[str]:
    """Yield a line, or where it is too long its parts, each but the first beginning with its sign."""
    if len(text) <= width:
        yield text
        return
    parts, depth = [""], 0
    for word in text.split(" "):
        if word in SIGNS and depth <= 0:  # not inside of such as {1, x = 0; 0, otherwise}
            parts.append("")
        parts[-1] += f"{word} "
        depth += sum(map(word.count, OPENING)) - sum(map(word.count, CLOSING))
    left, right, *others = (part.rstrip() for part in parts)
    yield f"{left} {right}"
    yield from (f"      {part}" for part in others)

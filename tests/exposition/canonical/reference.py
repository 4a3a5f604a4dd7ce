"""What the formulas of a document are, in their order, and what a file lacks or has beside them.

    Display(δ = ∂C/∂z)                       ->   Wanted(("δ_{j}^{(l)}=frac{∂C}{∂z_{j}^{(l)}}",))
    Line(None, "=", a - y)  of an article    ->   Wanted(("=a_{j}−y_{j}",))

An article shows every formula; slides show those on lines of their own and in tables, and may say the left side of
a line again where a slide begins with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from exposition.canonical import form
from exposition.canonical.latex import canonical

from symbackprop.exposition.document import (
    Display,
    Document,
    Figure,
    Formula,
    Heading,
    Note,
    Prose,
    Steps,
    Table,
    Text,
)
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.formulas import SIGNS, formula_latex, side_boxes
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.style import Style

__all__ = ["Wanted", "difference", "in_article", "in_shapes", "on_slides"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A formula: the texts that it may have, and whether it stands among words."""

    texts: tuple[str, ...]
    among_words: bool = False


def in_article(document: Document) -> Iterator[Wanted]:
    """Yield every formula of a document, those in sentences, in tables and below pictures included."""
    for block in document.blocks:
        match block:
            case Prose(text) | Heading(text) | Figure(caption=text):
                yield from _in(text, document.style)
            case Note(title, text):
                yield from _in((*title, *text), document.style)
            case Table():
                yield from _in(block.caption, document.style)
                yield from _of_table(block, document.style)
            case Display() | Steps():
                yield from _of_lines(block, document.style, reasons=True)


def on_slides(document: Document) -> Iterator[Wanted]:
    """Yield the formulas on lines of their own and those of tables."""
    for block in document.slides.blocks:
        match block:
            case Table():
                yield from _of_table(block, document.style)
            case Display() | Steps():
                yield from _of_lines(block, document.style, again=True)


def in_shapes(document: Document) -> Iterator[Wanted]:
    """Yield the formulas that are equations of their own on slides where only shapes can hold such.

    In addition to the lines these are the rates of a chain with the name of what has one, and the tables of equations;
    a table without an equation that has scripts is a table of words there, as is a cell with words."""
    for block in document.slides.blocks:
        match block:
            case Figure(picture=ChainPicture() as picture):
                terms = [*(link.rate for link in picture.links), *([picture.name] if picture.name else [])]
                yield from (_one(Formula((term,)), document.style) for term in terms)
            case Table():
                cells = [cell[0] for row in block.rows for cell in row if len(cell) == 1]
                formulas = [cell for cell in cells if isinstance(cell, Formula)]
                texts = [_one(formula, document.style) for formula in formulas]
                if any(len(f.sides) > 1 and "_{" in t.texts[0] for f, t in zip(formulas, texts, strict=True)):
                    yield from texts
            case Display() | Steps():
                yield from _of_lines(block, document.style, again=True)


def _one(formula: Formula, style: Style, *, among_words: bool = False) -> Wanted:
    return Wanted((canonical(formula_latex(formula, style)),), among_words)


def _in(text: Text, style: Style) -> Iterator[Wanted]:
    return (_one(part, style, among_words=True) for part in text if isinstance(part, Formula))


def _of_table(block: Table, style: Style) -> Iterator[Wanted]:
    """Yield the formulas of a table; where it goes on on another slide, or page, its header may be said again."""
    header = [wanted for cell in block.header for wanted in _in(cell, style)]
    said = "".join(wanted.texts[0] for wanted in header)
    yield from header
    for row in block.rows:
        formulas = [wanted for cell in row for wanted in _in(cell, style)]
        if said and formulas and row is not block.rows[0]:
            formulas[0] = replace(formulas[0], texts=(*formulas[0].texts, said + formulas[0].texts[0]))
        yield from formulas


def _of_lines(block: Display | Steps, style: Style, *, reasons: bool = False, again: bool = False) -> Iterator[Wanted]:
    """Yield a display, or the lines of steps; a line that goes on begins with its sign.

    Where it is allowed to show its left side `again`, what was w <- b and goes on with = c may say w <- c."""
    if isinstance(block, Display):
        yield _one(block.formula, style)
        return
    left, first = block.lines[0].left, block.lines[0].sign
    assert left is not None
    for line in block.lines:
        if line.left is not None:
            left, first = line.left, line.sign
        before, after = (canonical(written(box)) for box in side_boxes((left, line.right), style, roles=line.roles))
        rest, whole = (f"{start}{canonical(SIGNS[line.sign].tex)}{after}" for start in ("", before))
        texts = (whole,) if line.left is not None else (rest,)
        if again and line.left is None:
            texts += (whole, f"{before}{canonical(SIGNS[first].tex)}{after}")
        yield Wanted(texts)
        yield from _in(line.reason, style) if reasons else ()


def difference(wanted: Sequence[Wanted], found: Sequence[str], *, in_line: bool = False) -> str:
    """Return where what was found is first something else than what is wanted; nothing if it is the same throughout.

    A formula may be in several pieces, as its line is broken; a dot that a piece begins with is one of the break unless
    the formula has it. Where `in_line` holds, formulas among words may have slashes for fractions."""
    place = 0
    for number, each in enumerate(wanted):
        count = max(_taken(text, found[place:]) for text in each.texts)
        if not count and in_line and each.among_words and place < len(found) and "frac" not in found[place]:
            count = int(form.linear(each.texts[0]) == form.linear(found[place]))
        if not count:
            return f"formula {number}: wanted {' or '.join(each.texts)}, found {' | '.join(found[place : place + 3])}"
        place += count
    return "" if place == len(found) else f"too many: {' | '.join(found[place : place + 3])}"


def _taken(text: str, pieces: Sequence[str]) -> int:
    """Return how many pieces make up a text; 0 if they do not."""
    rest = text
    for count, piece in enumerate(pieces, start=1):
        shown = piece.removeprefix("·") if count > 1 and not rest.startswith("·") else piece
        if not rest.startswith(shown):
            return 0
        rest = rest[len(shown) :]
        if not rest:
            return count
    return 0

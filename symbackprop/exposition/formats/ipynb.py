"""A notebook that tells the derivation and makes it again: what is shown is asserted by the cell below it.

derivation.ipynb    for Jupyter, as a text or as a slide show; it needs symbackprop where it is run
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.diagnosis import Diagnosis
from symbackprop.exposition.document import Block, Display, Document, Figure, Heading, Steps
from symbackprop.exposition.figures.names import picture_names
from symbackprop.exposition.formats import FORMATS, Files, Format, svg
from symbackprop.exposition.formats.png import png
from symbackprop.exposition.notebook.checks import Checks, can_be_made
from symbackprop.exposition.notebook.wording import literal, wording
from symbackprop.exposition.options import Options
from symbackprop.frozen import dataclass

ZOOM = 1.5  # pixels for one of a picture; a notebook shows them one to one
PAPER = "white"  # as a notebook may be dark, and the ink of the pictures is not light
Json = dict[str, Any]
PNG = "image/png"
KERNEL: Mapping[str, Mapping[str, str]] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def write(derivation: Derivation | Diagnosis, document: Document, options: Options) -> Files:
    """Return the notebook; that of a diagnosis makes its network and derives it.

    There is no code about a network that no call makes again."""
    derived = derivation.derivation if isinstance(derivation, Diagnosis) else derivation
    checks = Checks(derived, document)
    drawn = {
        f"{name.removesuffix('.svg')}.png": png(text, zoom=ZOOM, paper=PAPER) for name, text in svg.pictures(document)
    }
    cells = [_title(document), Cell(checks.setup(), "code", "subslide")]
    cells += _told(document, checks, drawn)
    if not can_be_made(derived):
        cells = [cell for cell in cells if cell.kind != "code"]
    return {"derivation.ipynb": json.dumps(notebook(joined(cells)), ensure_ascii=False, indent=1) + "\n"}


def _title(document: Document) -> Cell:
    below = [literal(text) for text in (document.author, document.date) if text]
    return Cell("\n\n".join([f"# {literal(document.title)}", *below]), slide="slide")


def _told(document: Document, checks: Checks, drawn: Mapping[str, bytes]) -> Iterator[Cell]:
    """Yield the blocks in their order, each derivation and each section with what is checked about it."""
    writer, names = wording(document), picture_names(document)
    section = ""
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            yield from _check(checks.section(section))
            section = block.key
        if isinstance(block, Figure):
            name = f"{names[block.picture]}.png"
            image = f"![{writer.text((block.alt,))}](attachment:{name})\n\n*{writer.text(block.caption)}*"
            yield Cell(image, pictures=((name, drawn[name]),))
        else:
            yield Cell(writer.block(block), slide=_slide(block))
        if isinstance(block, Steps):
            yield from _check(checks.steps(block))
    yield from _check(checks.section(section))


def _check(code: str) -> Iterator[Cell]:
    if code:
        yield Cell(code, "code", "skip")


def _slide(block: Block) -> str:
    """Return what a block is in a slide show: a heading begins a slide, mathematics comes with a click."""
    if isinstance(block, Heading):
        return "slide" if block.level == 1 else "subslide"
    return "fragment" if isinstance(block, Display | Steps) else "-"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, its kind, what it is in a slide show (slide, subslide, fragment, - or skip).

    `pictures` are PNG by the names under which its text refers to them: images of a text are seen in a notebook that
    nobody has run or trusted yet, which outputs and SVG are not."""

    source: str
    kind: str = "markdown"
    slide: str = "-"
    pictures: tuple[tuple[str, bytes], ...] = ()

    def json(self, name: str) -> Json:
        """Return the cell with its id."""
        metadata: Json = {"slideshow": {"slide_type": self.slide}}
        cell: Json = {"cell_type": self.kind, "id": name, "metadata": metadata, "source": _lines(self.source)}
        if self.kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        if self.kind == "code" and self.slide == "skip":
            metadata["jupyter"] = {"source_hidden": True}
        if self.pictures:
            cell["attachments"] = {name: {PNG: b64encode(image).decode()} for name, image in self.pictures}
        return cell


def joined(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the cells with each text that goes on where another one ends put into the cell of that one."""
    done: list[Cell] = []
    for cell in cells:
        if done and cell.slide == "-" and cell.kind == done[-1].kind == "markdown":
            source, pictures = f"{done[-1].source}\n\n{cell.source}", done[-1].pictures + cell.pictures
            done[-1] = replace(done[-1], source=source, pictures=pictures)
        else:
            done.append(cell)
    return tuple(done)


def notebook(cells: Sequence[Cell]) -> Json:
    """Return a notebook of format 4.5 for the kernel python3."""
    numbered = [cell.json(f"cell-{number:03}") for number, cell in enumerate(cells, start=1)]
    return {"cells": numbered, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


FORMATS.add("ipynb", Format("ipynb", "derivation.ipynb", write, packages=("resvg_py",)))

"""Cells of a notebook as data of JSON: an id that is always the same, and a place in a slide show."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Cell", "joined", "notebook"]

Json = dict[str, Any]
PNG = "image/png"
KERNEL: Mapping[str, Mapping[str, str]] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


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

"""Cells of a notebook as data of JSON: an id that is always the same, and a place in a slide show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.dom import minidom

__all__ = ["Cell", "joined", "notebook"]

Json = dict[str, Any]
KERNEL: Mapping[str, Mapping[str, str]] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, its kind, what it is in a slide show (slide, subslide, fragment, - or skip).

    `picture` is SVG that the code of the cell shows; it is kept as its output, so that it is seen before it is run."""

    source: str
    kind: str = "markdown"
    slide: str = "-"
    picture: str = ""
    hidden: bool = False

    def json(self, name: str) -> Json:
        """Return the cell with its id."""
        metadata: Json = {"slideshow": {"slide_type": self.slide}}
        cell: Json = {"cell_type": self.kind, "id": name, "metadata": metadata, "source": _lines(self.source)}
        if self.hidden:
            metadata["jupyter"] = {"source_hidden": True}
        if self.kind == "code":
            cell |= {"execution_count": None, "outputs": [_shown(self.picture)] if self.picture else []}
        return cell


def joined(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the cells with each text that goes on where another one ends put into the cell of that one."""
    done: list[Cell] = []
    for cell in cells:
        if done and cell.slide == "-" and cell.kind == done[-1].kind == "markdown":
            done[-1] = replace(done[-1], source=f"{done[-1].source}\n\n{cell.source}")
        else:
            done.append(cell)
    return tuple(done)


def notebook(cells: Sequence[Cell]) -> Json:
    """Return a notebook of format 4.5 for the kernel python3."""
    numbered = [cell.json(f"cell-{number:03}") for number, cell in enumerate(cells, start=1)]
    return {"cells": numbered, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _shown(picture: str) -> Json:
    """Return a picture as IPython's SVG gives it to a notebook."""
    root = minidom.parseString(picture).documentElement
    assert root is not None
    data = {"image/svg+xml": _lines(root.toxml()), "text/plain": ["<IPython.core.display.SVG object>"]}
    return {"output_type": "display_data", "data": data, "metadata": {}}

"""What stands in the box of an array and below a layer, line by line, for every format.

W, b          letters, or words                  layer 1
H × D, H      their shapes, small                n_1 = 3
              and the parameters inside          σ
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Integer

from symbackprop.calculus.matrices import Named
from symbackprop.exposition.document import Document, Formula, Term
from symbackprop.exposition.figures.arrayboxes import ArrayBox, sizes_of
from symbackprop.exposition.figures.layout import Column
from symbackprop.exposition.story.terms import Extents, Listed
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array


def box_rows(box: ArrayBox) -> tuple[tuple[Term | str, str], ...]:
    """Return what stands in a box from the top down, each with its part: 'letters', 'words', 'shape' or 'inside'."""
    if box.words:
        rows: list[tuple[Term | str | None, str]] = [(line, "words") for line in box.words]
        rows.append((box.extent or None, "shape"))
    elif box.entries:
        rows = [(box.entries[0] if len(box.entries) == 1 else Listed(box.entries), "letters")]
    else:
        rows = [(letter_row(box), "letters"), (_shape_row(box), "shape")]
    rows.append((_letters(box.inside) if box.inside else None, "inside"))
    return tuple((row, part) for row, part in rows if row is not None)


def column_rows(column: Column, document: Document) -> tuple[str | Formula, ...]:
    """Return what is said below a layer of neurons: what it is, its width, its activation."""
    words, (symbol, count) = document.words, column.size
    width = Formula((symbol, Integer(count)))
    if column.activation is None:
        return words["input"], width
    function, name = column.activation.function, column.activation.name.replace("_", "-")
    return (
        f"{words['layer']} {column.layer + document.convention.first}",
        width,
        Formula((function,)) if function else name,
    )


def letter_row(box: ArrayBox) -> Term:
    """Return the letters of a box."""
    return _letters(box.arrays)


def _shape_row(box: ArrayBox) -> Term | None:
    """Return the shapes of its arrays, 1 for a single number; None where it has nothing but single numbers."""
    return Listed(tuple(Extents(sizes_of(array)) for array in box.arrays)) if box.shaped else None


def _letters(arrays: Iterable[Array]) -> Term:
    wholes = tuple(Named(a.tensor) if isinstance(a.tensor, Tensor) else a.tensor for a in arrays)
    return wholes[0] if len(wholes) == 1 else Listed(wholes)

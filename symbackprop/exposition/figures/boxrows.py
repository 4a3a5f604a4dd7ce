"""What stands in the box of an array, line by line, for every format: letters, shapes, and the parameters inside.

W, b          letters
H × D, H      their shapes, small
"""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.calculus.matrices import Named
from symbackprop.exposition.document import Term
from symbackprop.exposition.figures.graph import ArrayBox, sizes_of
from symbackprop.exposition.story.terms import Extents, Listed
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array

__all__ = ["inner_row", "letter_row", "shape_row"]


def letter_row(box: ArrayBox) -> Term:
    """Return the letters of a box."""
    return _letters(box.arrays)


def shape_row(box: ArrayBox) -> Term | None:
    """Return the shapes of its arrays, 1 for a single number; None where it has nothing but single numbers."""
    return Listed(tuple(Extents(sizes_of(array)) for array in box.arrays)) if box.shaped else None


def inner_row(box: ArrayBox) -> Term | None:
    """Return the letters of the parameters that stand inside a box."""
    return _letters(box.inside) if box.inside else None


def _letters(arrays: Iterable[Array]) -> Term:
    wholes = tuple(Named(a.tensor) if isinstance(a.tensor, Tensor) else a.tensor for a in arrays)
    return wholes[0] if len(wholes) == 1 else Listed(wholes)

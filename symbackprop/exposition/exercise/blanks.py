"""A formula with one of its parts framed: on the sheet the frame holds a number, in the key what belongs there.

    δ_j = [1?] (a_j - y_j)         δ_j = [ a_j (1 - a_j) ] (a_j - y_j)         Σ_i w_{[1?]j} δ_i

The part is one of the tree of the formula that was derived; nothing else of the formula is touched.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sympy import Basic, Expr

from symbackprop.calculus.matrices import Matrix
from symbackprop.exposition.document import Term
from symbackprop.exposition.mathtext import rules  # noqa: F401 - it holds the rules
from symbackprop.exposition.mathtext.boxes import Box, Fence, Framed, Leaf, Product, Row, Scripts
from symbackprop.exposition.mathtext.layout import lay_out, rule, side_by_side
from symbackprop.exposition.mathtext.style import Style
from symbackprop.frozen import dataclass


@dataclass(frozen=True)
class Blank(Matrix):
    """An empty frame with its number, in which all of a formula, or of one side of it, is to be written."""

    label: str


@dataclass(frozen=True)
class Part:
    """A part of a formula: a term that stands in it, or one `index` below an entry of it."""

    term: Term
    index: Expr | None = None


@dataclass(frozen=True)
class Gapped(Matrix):
    """A formula with a part framed; `label` is the number of the blank, without one the part itself is shown."""

    of: Term
    part: Part
    label: str = ""


def is_seen(of: Term, part: Part) -> bool:
    """Tell whether a formula as it is written shows the part, and at one place only: else no blank would be clear."""
    style = Style()
    target = _written(part.term, style)
    found = _count(_written(of, style), target)
    if part.index is None or found != 1:
        return found == 1
    return isinstance(target, Scripts) and _count(target, lay_out(part.index, style)) == 1


@rule.register
def _blank(blank: Blank, style: Style) -> Box:
    room = Leaf(r"\qquad", "  ")
    return Framed(Row((room, _asked(blank.label), room)))


@rule.register
def _gapped(gapped: Gapped, style: Style) -> Box:
    part = gapped.part
    target = inside = _written(part.term, style)
    if part.index is not None:
        inside = lay_out(part.index, style)
    frame = Framed(inside) if not gapped.label else _empty(gapped.label)
    new = frame if part.index is None else _framed(target, inside, frame)
    shown: Box = _framed(_written(gapped.of, style), target, new)
    return shown


def _empty(label: str) -> Framed:
    return Framed(_asked(label))


def _asked(label: str) -> Row:
    """Return a number with a question mark: LibreOffice draws no frames in formulas, and 1 alone would be a number."""
    return Row((Leaf(label, label, number=True), Leaf("?", "?")))


def _written(of: Term, style: Style) -> Box:
    return side_by_side((of,), style) if isinstance(of, Basic) else lay_out(of, style)


def _count(box: Any, target: Box) -> int:
    if box == target:
        return 1
    parts = box if isinstance(box, tuple) else [getattr(box, f.name) for f in fields(box)] if _built(box) else []
    return sum(_count(part, target) for part in parts)


def _built(box: Any) -> bool:
    return isinstance(box, Box) and not isinstance(box, Leaf)


def _framed(box: Any, target: Box, new: Box) -> Any:
    """Return the box with the target replaced, wherever it stands; a frame around a factor needs no parentheses."""
    if box == target:
        return new
    if isinstance(box, tuple):
        return tuple(_framed(part, target, new) for part in box)
    if not _built(box):
        return box
    if isinstance(box, Product) and isinstance(new, Framed):
        box = replace(box, factors=tuple(target if factor == Fence(target) else factor for factor in box.factors))
    return replace(box, **{f.name: _framed(getattr(box, f.name), target, new) for f in fields(box)})

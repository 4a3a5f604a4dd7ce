"""How what is more than a product of matrices is written: k ⋆ a, rot(k), pad_p(a), arrows for spaces, einsum(A, B)."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symbackprop.calculus.matrices import (
    Correlation,
    Einsum,
    Greatest,
    Hadamard,
    Mask,
    Pooled,
    Product,
    Scaled,
    Spaced,
    Turned,
    Unpooled,
    is_padded,
)
from symbackprop.exposition.mathtext import boxes
from symbackprop.exposition.mathtext.boxes import Box, Fence, Leaf, Relation, Row, Scripts, as_base, as_factor, listed
from symbackprop.exposition.mathtext.layout import lay_out, rule
from symbackprop.exposition.mathtext.letters import word
from symbackprop.exposition.mathtext.style import Style
from symbackprop.network.largest import Chosen

TO = Leaf(r"\to", "→")
STAR, UP, DOWN = Leaf(r"\star", "⋆"), Leaf(r"\uparrow", "↑"), Leaf(r"\downarrow", "↓")


@rule.register
def _mask(mask: Mask, style: Style) -> Box:
    """1 where a condition on row and column holds: [j ≤ i]."""
    if isinstance(mask.condition, Chosen):
        return lay_out(mask.condition, style)
    return Fence(lay_out(mask.condition, style), "[", "]")


@rule.register
def _turned(turned: Turned, style: Style) -> Box:
    return boxes.Call(word("rot"), Fence(lay_out(turned.of, style)))


@rule.register
def _spaced(spaced: Spaced, style: Style) -> Box:
    """Entries with zeros between them: δ^{↑2}."""
    return Scripts(as_base(lay_out(spaced.of, style)), above=Row((UP, _by_axis(spaced.steps, style))))


@rule.register
def _greatest(greatest: Greatest, style: Style) -> Box:
    """The largest of each row: rowmax(A), or the smallest: rowmin(A); of all entries: max(A)."""
    name = "row" * (not greatest.whole) + ("min" if greatest.smallest else "max")
    return boxes.Call(word(name), _fenced(lay_out(greatest.of, style)))


@rule.register
def _pooled(pooled: Pooled, style: Style) -> Box:
    """The largest of windows, whose size stands below: pool_2(a); every second of them pool_3^{↓2}(a)."""
    return boxes.Call(_windows("pool", DOWN, pooled, style), _fenced(lay_out(pooled.array, style)))


@rule.register
def _unpooled(unpooled: Unpooled, style: Style) -> Box:
    """Entries at the places of the largest of windows: unpool_2(δ, a), unpool_3^{↑2}(δ, a)."""
    parts = [lay_out(part, style) for part in (unpooled.of, unpooled.array)]
    return boxes.Call(_windows("unpool", UP, unpooled, style), Fence(listed(parts)))


def _windows(name: str, arrow: Leaf, of: Pooled | Unpooled, style: Style) -> Box:
    """Return a name with the size of windows; how far they are apart, and reach over the ends, if not side by side."""
    apart = Row((arrow, _by_axis(of.strides, style)))
    over = boxes.Call(word("pad"), Fence(_by_axis(of.padding, style)))
    above = listed([apart, over]) if is_padded(of) else None if of.strides == of.sizes else apart
    return Scripts(word(name), below=_by_axis(of.sizes, style), above=above)


@rule.register
def _correlation(correlation: Correlation, style: Style) -> Box:
    """K ⋆ a; of an array with p zeros at each end k ⋆ pad_p(a); of the result every second entry (k ⋆ a)^{↓2}."""
    kernel, array = (
        Fence(lay_out(part, style))
        if isinstance(part, Hadamard | Scaled | Product)
        else as_factor(lay_out(part, style), last=False)
        for part in (correlation.kernel, correlation.array)
    )
    if any(number != 0 for number in correlation.padding):
        array = boxes.Call(Scripts(word("pad"), below=_by_axis(correlation.padding, style)), _fenced(array))
    box = boxes.Product((kernel, array), STAR)
    if all(number == 1 for number in correlation.strides):
        return box
    return Scripts(Fence(box), above=Row((DOWN, _by_axis(correlation.strides, style))))


def _fenced(box: Box) -> Fence:
    return box if isinstance(box, Fence) else Fence(box)


def _by_axis(numbers: Sequence[Expr], style: Style) -> Box:
    """Return a number for each axis, or the one that they all are."""
    return listed([lay_out(number, style) for number in (numbers if len(set(numbers)) > 1 else numbers[:1])])


@rule.register
def _einsum(einsum: Einsum, style: Style) -> Box:
    """The product of arrays with letters for their axes, below its name: those behind the arrow are left."""
    *parts, result = map(word, einsum.words)
    below = Relation((listed(parts), result), (TO,))
    return boxes.Call(Scripts(word("einsum"), below), Fence(listed([lay_out(each, style) for each in einsum.factors])))

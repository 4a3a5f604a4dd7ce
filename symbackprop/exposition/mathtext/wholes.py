r"""How arrays are written as wholes: W^{(l+1)}, a, and for a batch A; h_t at one of their places; ∇_W C or dW, and 1.

A tensor with two axes that are longer than 1, or with a row per sample, gets the capital of its letter.
"""

from __future__ import annotations

from dataclasses import replace

from symbackprop.calculus.matrices import Gradient, Jacobian, Named, Ones, Places
from symbackprop.exposition.mathtext.boxes import Box, Fraction, Leaf, Product, Row, Scripts
from symbackprop.exposition.mathtext.expressions import PARTIAL
from symbackprop.exposition.mathtext.layout import lay_out, rule
from symbackprop.exposition.mathtext.letters import (
    ZERO,
    D,
    apart,
    at_layer,
    called,
    capital,
    layer_box,
    letter,
    marked,
    positions,
    with_label,
)
from symbackprop.exposition.mathtext.style import Style
from symbackprop.network.notation import COST, Tensor

NABLA = Leaf(r"\nabla", "∇")
ONES = Leaf(r"\mathbf{1}", "𝟏")
MATRIX_AXES = 2


def whole_tensor(tensor: Tensor, style: Style, *, batch: bool = False, places: Places = ()) -> Box:
    """Return a tensor as a whole: a^{(l)} for a vector, W^{(l)} for a matrix, A^{(l)} for a batch; a^{(0)} is x.

    At the places of some of its axes it is what is left of it there: h_t, W_u."""
    name, layer = called(tensor.letter, tensor.layer, style)
    style = apart(name, style) if layer is None else style
    leaf, mark, label = marked(name, style) if layer is None else (letter(name, style), layer_box(layer, style), None)
    if name == "b" and layer is not None and style.convention.bias == "w0":
        leaf, label = letter("w", style), ZERO
    fixed = [lay_out(place, style) for place in places if place is not None]
    free = [first != last for axis, (first, last) in enumerate(tensor.axes) if places[axis : axis + 1] in ((), (None,))]
    matrix = sum(free) >= MATRIX_AXES and style.convention.matrices == "capital"
    large = capital(leaf) if batch or matrix else leaf
    is_cost = large == letter(COST.name, style) and (mark is None or layer is not None)
    leaf = leaf if is_cost or name[:1].upper() + name[1:] in style.taken or large.tex in style.taken else large
    return at_layer(leaf, mark, with_label(label, positions(fixed)), style)


@rule.register
def _named(matrix: Named, style: Style) -> Box:
    return whole_tensor(matrix.tensor, style, batch=matrix.batch, places=matrix.places)


@rule.register
def _gradient(gradient: Gradient, style: Style) -> Box:
    """The derivatives of the cost by all entries of an array: ∇_W C, dW or ∂C/∂W."""
    by = whole_tensor(gradient.by, style, batch=gradient.batch, places=gradient.places)
    cost = letter("J", style) if gradient.whole and "J" in style.symbols else lay_out(COST, style)
    if style.convention.gradient == "nabla":
        return Product((Scripts(NABLA, below=by), cost), sign=None)
    if style.convention.gradient == "partial":
        return Fraction(Row((PARTIAL, cost)), Row((PARTIAL, by)))
    return _differential(by)


def _differential(by: Box) -> Box:
    """Return the letter of a derivative: dW for W, whatever stands above and below it."""
    if isinstance(by, Scripts):
        return replace(by, base=_differential(by.base))
    assert isinstance(by, Leaf)
    return Leaf(D + by.tex, "d" + by.text)


@rule.register
def _jacobian(jacobian: Jacobian, style: Style) -> Box:
    of, by = (whole_tensor(tensor, style) for tensor in (jacobian.of, jacobian.by))
    return Fraction(Row((PARTIAL, of)), Row((PARTIAL, by)))


@rule.register
def _ones(ones: Ones, style: Style) -> Box:
    return ONES if ones.size is None else Scripts(ONES, below=lay_out(ones.size, style))

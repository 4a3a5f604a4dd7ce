"""Terms that only a story writes: the cost as one composition, and arithmetic that is shown, not carried out.

C(a^{(L)}(z^{(L)}(W^{(L)}, b^{(L)}, a^{(L-1)})), y)        3 × 2        3 · 3 + 1 · 4
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, FunctionClass, Integer

from symbackprop.calculus.matrices import Matrix, Named
from symbackprop.exposition.document import Term
from symbackprop.exposition.formulas import SIGNS
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Fence,
    Leaf,
    Product,
    Relation,
    Terms,
    as_factor,
    listed,
    slashed,
)
from symbackprop.exposition.mathtext.layout import lay_out, rule
from symbackprop.exposition.mathtext.numbers import number
from symbackprop.exposition.mathtext.style import Style
from symbackprop.frozen import dataclass
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, LAST_LAYER, Tensor
from symbackprop.network.program import Equation, Program

TIMES = Leaf(r"\times", "×")
DOT = Leaf(r"\cdot", "·")
_ORDER = "zawby"  # a weighted sum is a function of weights, biases, and what enters


@dataclass(frozen=True)
class Depends(Matrix):
    """A quantity as a function of others, a(z), without saying which; or a function by its name, softmax(z)."""

    of: Matrix | Expr | FunctionClass
    on: tuple[Matrix, ...]


@rule.register
def _depends(depends: Depends, style: Style) -> Box:
    inner = tuple(lay_out(part, style) for part in depends.on)
    if not inner:  # it has numbers alone
        return lay_out(depends.of, style)
    return Call(lay_out(depends.of, style), Fence(listed(inner)))


@dataclass(frozen=True)
class Shape(Matrix):
    """The shape of an array: 3 × 2."""

    sizes: tuple[int, ...]


@rule.register
def _shape(shape: Shape, style: Style) -> Box:
    return Product(tuple(number(Integer(size), style) for size in shape.sizes), TIMES)


@dataclass(frozen=True)
class Extents(Matrix):
    """The shape of an array in letters: T × D, N × (N - K + 1)."""

    sizes: tuple[Expr, ...]


@rule.register
def _extents(extents: Extents, style: Style) -> Box:
    if len(extents.sizes) < 2:
        return lay_out(extents.sizes[0], style) if extents.sizes else number(Integer(1), style)
    return Product(tuple(as_factor(lay_out(size, style), last=False) for size in extents.sizes), TIMES)


@dataclass(frozen=True)
class InOneLine(Matrix):
    """A term with its fractions in one line, as a row of a table has room for them: ∂C/∂w."""

    of: Term


@rule.register
def _in_one_line(term: InOneLine, style: Style) -> Box:
    return slashed(lay_out(term.of, style))


@dataclass(frozen=True)
class Listed(Matrix):
    """Terms with commas between them: W, b."""

    terms: tuple[Term, ...]


@rule.register
def _listed(row: Listed, style: Style) -> Box:
    return listed([lay_out(term, style) for term in row.terms])


@dataclass(frozen=True)
class Total(Matrix):
    """A sum of products of whole numbers: 3 · 3 + 1 · 4."""

    products: tuple[tuple[int, ...], ...]


@rule.register
def _total(total: Total, style: Style) -> Box:
    products = [Product(tuple(number(Integer(f), style) for f in factors), DOT) for factors in total.products]
    return products[0] if len(products) == 1 else Terms(tuple(("+", product) for product in products))


@dataclass(frozen=True)
class Chain(Matrix):
    """Terms that are equal, or nearly so, with the signs between them: formula = with numbers ≈ value."""

    sides: tuple[Term, ...]
    signs: tuple[str, ...]


@rule.register
def _chain(chain: Chain, style: Style) -> Box:
    boxes = tuple(lay_out(side, style) for side in chain.sides)
    return boxes[0] if len(boxes) == 1 else Relation(boxes, tuple(SIGNS[sign] for sign in chain.signs))


def composition(network: Network) -> Depends:
    """Return the cost of a network as a composition that goes back to the input."""
    return _cost({node.concrete.tensor: node.concrete for node in network.program.nodes})


def last_composition(network: Network) -> Depends:
    """Return the cost as a composition over the last layer, whatever the depth."""
    last = [node.equation.at_layer(LAST_LAYER) for node in network.program.nodes if node.layer == network.depth]
    return _cost({equation.tensor: equation for equation in last})


def program_composition(program: Program, deepest: int) -> Depends | None:
    """Return what a program gives as one composition, back to what is given; None where it is too deep, or several."""
    equations = {equation.tensor: equation for equation in program.equations}
    outputs = program.outputs
    if len(outputs) != 1 or len(equations) > deepest + 1:
        return None
    (last,) = outputs
    of = last.tensor if last.tensor == COST else Named(last.tensor)
    order = [array.tensor for array in program.arrays]
    return Depends(of, _inner(equations[last.tensor], equations, order))


def _inner(equation: Equation, equations: Mapping[Expr, Equation], order: Sequence[Expr]) -> tuple[Matrix, ...]:
    read = sorted(equation.reads, key=lambda tensor: (tensor not in equations, order.index(tensor)))
    return tuple(
        Depends(Named(t), _inner(equations[t], equations, order)) if t in equations else Named(t) for t in read
    )


def _cost(equations: Mapping[Expr, Equation]) -> Depends:
    return Depends(COST, _read(equations[COST], equations))


def _read(equation: Equation, equations: Mapping[Expr, Equation]) -> tuple[Matrix, ...]:
    ordered = sorted(equation.reads, key=lambda tensor: _ORDER.index(_place(tensor, equations)))
    return tuple(
        Depends(Named(tensor), _read(equations[tensor], equations)) if tensor in equations else Named(tensor)
        for tensor in ordered
    )


def _place(tensor: Tensor, equations: Mapping[Expr, Equation]) -> str:
    """Return where a quantity stands among those that another is a function of: the layer before comes last."""
    return "y" if tensor.letter == "a" and tensor.layer is not None and not _ends(tensor, equations) else tensor.letter


def _ends(tensor: Tensor, equations: Mapping[Expr, Equation]) -> bool:
    """Tell whether the cost reads the tensor itself."""
    return tensor in equations[COST].reads

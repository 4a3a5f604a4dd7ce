"""The entries of an array in rows, under its name: of a matrix and a vector at once, of more axes matrix by matrix.

W, ((W_11, W_12), (W_21, W_22))        ∂C/∂b, ((∂C/∂b_1,), (∂C/∂b_2,))        K_1ij, …        a vector is a column
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sympy import Expr

from symbackprop.calculus.matrices import Gradient
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Term
from symbackprop.exposition.exercise.samples import entry
from symbackprop.exposition.story.program.telling import whole
from symbackprop.network.notation import COST, Tensor, index

IN_A_MATRIX = (index("i"), index("j"))  # row and column, in the name of one matrix of an array with more axes

Rows = tuple[tuple[Expr, ...], ...]


def in_rows(tensor: Expr, *, derivatives: bool = False) -> Iterator[tuple[Term, Rows]]:
    """Yield the name of an array with numbers for sizes and its entries, or the `derivatives` of the cost by them."""

    def part(at: Expr) -> Expr:
        return Partial(COST, at) if derivatives else at

    if not isinstance(tensor, Tensor) or not tensor.axes:
        alone = part(entry(tensor, ()) if isinstance(tensor, Tensor) else tensor)
        yield alone, ((alone,),)
        return
    spans = [range(int(first), int(last) + 1) for first, last in tensor.axes]
    name = Gradient(tensor) if derivatives else whole(tensor)
    if len(spans) == 1:
        yield name, tuple((part(entry(tensor, (j,))),) for j in spans[0])
        return
    for outer in product(*spans[:-2]):
        rows = tuple(tuple(part(entry(tensor, (*outer, j, k))) for k in spans[-1]) for j in spans[-2])
        yield part(tensor[(*outer, *IN_A_MATRIX)]) if outer else name, rows

"""Values that take all entries along an index at once, by the stable functions that chains of dense layers call, too.

log_softmax[j](z[s, j]) = z[s, j] - ln Σ_k exp(z[s, k])        one_minus_softmax   log_one_minus_softmax
error_from_shares[j](k[s, j]; a, 1 - a, ln a, ln(1 - a)) = δ_j, from k = a (1 - a) ∂C/∂a

Written out as sums, each would lose what is left of 1, or of a sum, beside one large share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sympy import Expr, Symbol
from sympy.core.symbol import Str

from symbackprop.numerics.arrays.places import Frame, Labelled, aligned, in_order

if TYPE_CHECKING:
    from symbackprop.numerics.arrays.writing import ArrayWriter


class OfRow(Expr):  # type: ignore[misc]
    """The entry at index `along` of what the stable function called `name` makes of rows, whose entries are `parts`."""

    is_commutative = True
    is_real = True

    def __new__(cls, name: str | Str, along: Symbol, *parts: Expr) -> OfRow:
        """Write down the function, the index, and one or more entries at it."""
        return Expr.__new__(cls, Str(str(name)), along, *parts)  # type: ignore[no-any-return]

    @property
    def name(self) -> str:
        """The name of the function, as in `numerics.stable`."""
        return str(self.args[0])

    @property
    def along(self) -> Symbol:
        """The index that runs along a row."""
        return self.args[1]

    @property
    def parts(self) -> Sequence[Expr]:
        """The entries."""
        return self.args[2:]  # type: ignore[no-any-return]


def of_row(e: OfRow, frame: Frame, writer: ArrayWriter) -> Labelled:
    """Return the call: every part with the axis of its rows as the last one."""
    found = [writer.value(part, frame) for part in e.parts]
    axes = frame.ordered({symbol for part in found for symbol in part.axes} | {e.along})
    turned = Frame({symbol: frame.ranges[symbol] for symbol in (*(a for a in axes if a != e.along), e.along)})
    texts = [aligned(in_order(part, turned), turned.axes) for part in found]
    arguments = ", ".join([texts[0], *([f"({', '.join(texts[1:])})"] if texts[1:] else [])])
    return in_order(Labelled(f"{writer.elementwise.call(e.name)}({arguments})", turned.axes), frame)

"""Mistakes on the way back through a convolution: a kernel that is not turned round, a padding that is forgotten.

z_i = Σ_u W_u a_{i+u-1-P}    ∂C/∂a_i = Σ_p W_{i-p+1+P} δ_p    padding_lost: as at i - P, an entry of the padding
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Indexed, Symbol

from symbackprop.calculus.mistakes.variants import Derived, Rule
from symbackprop.network.program import Array, Equation, Kind, entries


def kernels(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a kernel that is not turned round where the error goes back through it."""
    if array.kind == Kind.PARAMETER:
        return
    for entry in sorted(entries(equation.expression), key=str):
        moved = [place for place, p in enumerate(entry.indices) if not isinstance(p, Symbol) and not p.is_Integer]
        if derived.program.kind(entry.base) == Kind.PARAMETER and moved:
            turned = (
                entry.base.sizes[place] + 1 - position if place in moved else position
                for place, position in enumerate(entry.indices)
            )
            yield "kernel_not_flipped", equation.expression.xreplace({entry: entry.base[tuple(turned)]}), ""


def paddings(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the derivative of the padded array, or by the kernel over it, read as if nothing were padded."""
    is_kernel = array.kind == Kind.PARAMETER
    for entry in sorted(entries(equation.expression), key=str):
        kind = derived.program.kind(entry.base)
        if kind in ((Kind.VALUE, Kind.INPUT) if is_kernel else (Kind.PARAMETER,)):
            moved = _moved(equation, entry, -1 if is_kernel else 1)
            if moved:
                yield "padding_lost", equation.expression.xreplace(moved), ""
                return


def _moved(equation: Equation, entry: Indexed, way: int) -> dict[Expr, Expr]:
    """Return where the indices of an equation would be without padding: an entry is read at `way`·(1 + P) from 0."""
    found = {}
    for position in entry.indices:
        padding = way * position.as_coeff_Add()[0] - 1
        own = [index for index in equation.indices if position.coeff(index) == 1]
        if len(position.free_symbols) == 2 and len(own) == 1 and padding.is_Integer and padding > 0:
            found[own[0]] = own[0] - way * padding
    return found


KERNEL_SLIPS: tuple[Rule, ...] = (kernels, paddings)

"""What is coloured in a line beside another one: the factors that the other line does not have.

∂C/∂a    beside    ∂C/∂a · σ'(z)        ->        σ'(z) in the second
"""

from __future__ import annotations

from sympy import Add, Expr, Mul, Number, Sum

from symbackprop.exposition.document import Roles

__all__ = ["differing"]


def differing(line: Expr, other: Expr, role: str) -> Roles:
    """Return the parts of a line that another one does not have, with a role; the whole line where all are the same.

    What has the same parts differs in a sign or a number, or in what stands where."""
    own, others = _parts(line), _parts(other)
    if own == others:
        return ((line, role),)
    return tuple((part, role) for part in sorted(own - others, key=str))


def _parts(e: Expr) -> frozenset[Expr]:
    """Return the factors of all terms, those inside of a sum as well; numbers are none."""
    if isinstance(e, Add | Mul):
        return frozenset(part for each in e.args for part in _parts(each))
    if isinstance(e, Sum):
        return _parts(e.function)
    return frozenset() if isinstance(e, Number) else frozenset({e})

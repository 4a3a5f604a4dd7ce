"""A mistake as a change of the derived equations, and what a rule that makes such changes looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from sympy import Add, Expr, Mul, S

from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Equation, Program


@dataclass(frozen=True)
class Variant:
    """One mistake: its kind, the array whose adjoint is wrong, and the equations as they would be; `detail` names it.

    With `updated` parameters are read as they are after an update; `forward` is the equation of a forward pass that
    computes something else."""

    kind: str
    where: str
    changes: Mapping[Expr, Equation]
    detail: str = ""
    updated: bool = False
    forward: Equation | None = None


@dataclass(frozen=True)
class Derived:
    """The derived equations, and what is known of their arrays."""

    passes: Passes

    @property
    def program(self) -> Program:
        """The program of the batch."""
        return self.passes.program

    def array_of(self, adjoint: Expr) -> Array | None:
        """Return the array that an adjoint is the derivative by."""
        tensors = (a for a in self.program.arrays if isinstance(a.tensor, Tensor))  # the cost is none
        return next((a for a in tensors if adjoint_of(a.tensor) == adjoint), None) if adjoint else None


# derived equations, one of them, its array  ->  a kind of mistake, what the right side would be, a detail
Rule: TypeAlias = Callable[[Derived, Equation, Array], Iterator[tuple[str, Expr, str]]]


def numbers_of(derived: Derived, tensor: Tensor) -> tuple[Expr, ...]:
    """Return the number of entries along each axis of a tensor."""
    return tuple(size.xreplace(dict(derived.program.sizes)) for size in tensor.sizes)


def scaled_terms(expression: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """Return what scales a sum, and its terms: of (A + B)/√(v + ε), 1/√(v + ε) and A, B."""
    if isinstance(expression, Add):
        return S.One, expression.args
    factors = Mul.make_args(expression)
    sums = [factor for factor in factors if isinstance(factor, Add)]
    if len(sums) != 1:
        return S.One, (expression,)
    return Mul(*(factor for factor in factors if factor is not sums[0])), sums[0].args

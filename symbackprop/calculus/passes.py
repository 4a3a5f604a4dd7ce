"""The two passes of a program as equations between arrays: its own, and the adjoints of its arrays.

∂C/∂z_j = ∂C/∂a_j σ'(z_j)        ->        d_z[j] = d_a[j] σ'(z[j])
"""

from __future__ import annotations

from sympy import S

from symbackprop.calculus.adjoints import place_of
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import INDEPENDENT, Equation, Program


@dataclass(frozen=True)
class Passes:
    """What is computed: the equations of a program, and the adjoints of its arrays as equations between arrays."""

    program: Program
    adjoints: tuple[Equation, ...]


def passes_of(derivation: ProgramDerivation) -> Passes:
    """Return the passes of what was derived, as it was."""
    return Passes(derivation.program, adjoint_equations(derivation))


def adjoint_of(tensor: Tensor) -> Tensor:
    """Return the tensor of ∂C/∂u for u: the same axes, under a name of its own."""
    return Tensor(f"d_{tensor.letter}", tensor.layer, tensor.axes)


def adjoint_equations(derivation: ProgramDerivation) -> tuple[Equation, ...]:
    """Return the adjoints as equations between arrays, in the order of the reverse pass.

    What is independent and makes no difference to the cost has a derivative, too: 0. The cost is no array: where an
    adjoint reads it, as that of C = exp(z) does, its equation stands instead."""
    equations = []
    cost = next((each.expression for each in derivation.program.equations if each.target == COST), COST)
    for adjoint in derivation.adjoints.values():
        names = {p: adjoint_of(p.by.base)[p.by.indices] for p in adjoint.computed.atoms(Partial) if p.of == COST}
        target = adjoint_of(adjoint.entry.base)[adjoint.target.indices]
        equations.append(Equation(target, adjoint.computed.xreplace({**names, COST: cost})))
    program, known = derivation.program, {equation.tensor for equation in equations}
    others = [array.tensor for array in program.of_kind(*INDEPENDENT) if adjoint_of(array.tensor) not in known]
    zeros = (Equation(adjoint_of(each)[place_of(each, program.equations).indices], S.Zero) for each in others)
    return (*equations, *(zeros if program.has_cost else ()))

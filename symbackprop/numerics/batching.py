"""From one sample to a batch: what was derived for a sample, with an index for it, computes a batch.

    C = (1/m) Σ_s C_s        ∂C/∂w = (1/m) Σ_s ∂C_s/∂w        ∂C/∂x_s = (1/m) ∂C_s/∂x_s

The derivative of a mean is the mean of the derivatives. An adjoint on the way, such as δ, stays that of its own sample.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from sympy import Integer

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.passes import Passes, adjoint_equations, adjoint_of, passes_of
from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.program import Equation, Kind
from symbackprop.network.samples import over_samples, program_of, sampling


def of_batch(derived: ProgramDerivation | Passes, reduction: str, shared: frozenset[str] = frozenset()) -> Passes:
    """Return the equations of a batch, from those that were derived for one sample.

    With `reduction` "sum" the costs of the samples are added up. Arrays called as `shared` are the same for all."""
    program = derived.program
    adjoints = derived.adjoints if isinstance(derived, Passes) else adjoint_equations(derived)
    way = sampling(program, shared, adjoints)
    of_parameter = {adjoint_of(array.tensor) for array in program.of_kind(Kind.PARAMETER)}
    of_input = {adjoint_of(array.tensor) for array in program.of_kind(Kind.INPUT)}
    own = {adjoint_of(tensor): adjoint_of(several) for tensor, several in way.tensors.items()}
    way = replace(way, tensors=MappingProxyType({**way.tensors, **own}))

    def made(equation: Equation) -> Equation:
        if equation.tensor in of_parameter:
            return Equation(equation.target, way.reduced(equation.expression, reduction), equation.domain)
        domain = equation.domain and ((Integer(1), way.count), *equation.domain)
        expression = way.put(equation.expression)
        if equation.tensor in of_input and reduction == "mean":
            expression = expression / way.count
        return Equation(way.put(equation.target), expression, domain)

    return Passes(over_samples(program, reduction, way), tuple(map(made, adjoints)))


def batch_of(derived: ProgramDerivation, network: Network | LayeredNetwork, reduction: str | None = None) -> Passes:
    """Return the passes of a batch of a network of layers, of which one sample was derived, or coupled ones."""
    return passes_of(derived) if network.is_coupled else of_batch(derived, reduction or network.reduction)


def sample_of(derivation: Derivation | ProgramDerivation) -> ProgramDerivation:
    """Return the derivation of one sample, array by array; of a chain of dense layers each layer for itself."""
    return derivation if isinstance(derivation, ProgramDerivation) else derive_program(program_of(derivation.network))


def block_of(
    derivation: Derivation | ProgramDerivation, network: Network | LayeredNetwork
) -> tuple[ProgramDerivation, Passes]:
    """Derive a network without its cost: its output, and the adjoints for any ∂C/∂a of that; return that of a batch."""
    like = derivation if isinstance(derivation, ProgramDerivation) else None
    derived = derive_program(program_of(network).without_cost, like=like)
    return derived, batch_of(derived, network, "sum")

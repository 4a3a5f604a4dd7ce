"""Every number of a network for many samples at once: floats in arrays, one entry for each draw.

    w_1_1_1, x_1, …   ->   z_1_1, a_1_1, C, delta_2_1, ∂C/∂w_1_1_1, …       each (draws,)

The formulas are those of the derivation, entry by entry. They say which of many draws come out pleasantly; what is
printed of the chosen one is computed again, exactly or to 50 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, S, Symbol, lambdify

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.numbers import instances, own_equation
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.story.summary import compact
from symbackprop.network.notation import COST
from symbackprop.network.values import kind_of_targets

__all__ = ["Draws", "Quantity", "Reckoner", "function_of", "quantities"]

Draws: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Quantity:
    """One number that is computed from others: z_1_2 = w_1_2_1 x_1 + …; `layer` is where, 0 for the cost.

    `kind` is z, a, C, delta, b or w, the last two for derivatives."""

    kind: str
    layer: int
    left: Expr
    right: Expr


def quantities(derivation: Derivation) -> Iterator[Quantity]:
    """Yield every quantity of the forward and of the backward pass, in the order of computation."""
    network = derivation.network
    for node in network.program.nodes:
        forward, layer = node.equation, node.layer or 0
        kind = "C" if forward.target == COST else forward.tensor.letter
        for left, right in instances(forward.target, forward.expression, layer, network):
            yield Quantity(kind, layer, left, right)
    for layer in range(network.depth, 0, -1):
        equation = own_equation(derivation, layer)
        single, _ = kind_of_targets(network)
        right = compact(equation.chain if single else equation.chain.unconditional)
        yield from (Quantity("delta", layer, *pair) for pair in instances(equation.left, right, layer, network))
    for layer, (name, kind) in product(range(network.depth, 0, -1), (("BP3", "b"), ("BP4", "w"))):
        equation = derivation.equations[name]
        pairs = instances(equation.left, equation.right, layer, network)
        yield from (Quantity(kind, layer, *pair) for pair in pairs)


def function_of(formula: Expr) -> Callable[[Mapping[Expr, Any]], Any]:
    """Return a formula as a function of the numbers that its letters stand for; derivatives in it are letters, too."""
    partials = sorted(formula.atoms(Partial), key=str)
    stand_ins = {partial: Symbol(f"derivative{place}") for place, partial in enumerate(partials)}
    plain = formula.xreplace({**stand_ins, S.ComplexInfinity: S.NaN})  # a case without a value
    letters = sorted(plain.free_symbols, key=str)
    keys = [next((p for p, s in stand_ins.items() if s == letter), letter) for letter in letters]
    made = lambdify(letters, plain, "numpy")
    return lambda known: made(*(known[key] for key in keys))


@dataclass(frozen=True)
class Reckoner:
    """The quantities of a derivation as functions, each made once."""

    derivation: Derivation

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every quantity, in the order of computation."""
        return tuple(quantities(self.derivation))

    @cached_property
    def _functions(self) -> tuple[tuple[Quantity, Callable[[Mapping[Expr, Any]], Any]], ...]:
        return tuple((each, function_of(each.right)) for each in self.quantities)

    def values(self, given: Mapping[Expr, Draws], nudged: Mapping[Expr, Draws] | None = None) -> dict[Expr, Draws]:
        """Return every number by its letter, the given ones included; a nudged one is so much larger than it is.

        What is no number, such as the logarithm of 0, is NaN or infinite."""
        nudged = nudged or {}
        known: dict[Expr, Draws] = dict(given)
        size = len(next(iter(given.values())))
        with np.errstate(all="ignore"):
            for quantity, function in self._functions:
                value = np.broadcast_to(np.asarray(function(known), dtype=float), size)
                shift = nudged.get(quantity.left)
                known[quantity.left] = value if shift is None else value + shift
        return known

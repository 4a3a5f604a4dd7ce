"""What turns a weighted input into an activation: one registry, fed by the modules of this folder."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import Tensor
from symbackprop.network.numbers import Numbers
from symbackprop.registry import Registry

__all__ = ["ACTIVATIONS", "Activation", "from_function"]


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation: a_j = value(z, j), a SymPy expression in the entries of z.

    `function` is set when it works elementwise, a_j = function(z_j). `lowest` and `highest` bound the values
    (None: unknown), `reaches_lowest` tells whether the lower bound is a value that occurs. With `numbers` it is their
    formula in z; of one that mixes, what is mixed."""

    name: str
    value: Callable[[Tensor, Symbol], Expr]
    function: type[Elementwise] | None = None
    lowest: float | None = None
    highest: float | None = None
    reaches_lowest: bool = False
    numbers: Numbers | None = None

    @property
    def is_elementwise(self) -> bool:
        """Whether a_j depends on z_j alone."""
        return self.function is not None


def from_function(
    function: type[Elementwise],
    lowest: float | None = None,
    highest: float | None = None,
    *,
    reached: bool = False,
    numbers: Numbers | None = None,
) -> Activation:
    """Return the activation a_j = function(z_j), with the bounds of its values and its numbers."""

    def value(z: Tensor, j: Symbol) -> Expr:
        return function(z[j])

    return Activation(function.stem, value, function, lowest, highest, reached, numbers)


ACTIVATIONS: Registry[Activation] = Registry("activation", __name__)

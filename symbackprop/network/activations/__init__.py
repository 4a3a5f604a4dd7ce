"""What turns a weighted input into an activation: one registry, fed by the modules of this folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr, Symbol

from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import Tensor
from symbackprop.registry import Registry

__all__ = ["ACTIVATIONS", "Activation"]


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation: a_j = value(z, j), a SymPy expression in the entries of z.

    `function` is set when it works elementwise, a_j = function(z_j). `lowest` and `highest` bound the values
    (None: unknown), `reaches_lowest` tells whether the lower bound is a value that occurs."""

    name: str
    value: Callable[[Tensor, Symbol], Expr]
    function: type[Elementwise] | None = None
    lowest: float | None = None
    highest: float | None = None
    reaches_lowest: bool = False

    @property
    def is_elementwise(self) -> bool:
        """Whether a_j depends on z_j alone."""
        return self.function is not None


ACTIVATIONS: Registry[Activation] = Registry("activation", __name__)

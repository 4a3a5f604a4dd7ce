"""What a network is built of: one registry of layers, fed by this folder; a layer only says index equations."""

from __future__ import annotations

from abc import ABC, abstractmethod

from sympy import Expr

from symbackprop.network.program import Equation
from symbackprop.registry import Registry

__all__ = ["LAYERS", "Layer"]


class Layer(ABC):
    """One kind of layer: the equations by which it computes, with `layer` as a symbol or a number."""

    __slots__ = ()

    @abstractmethod
    def equations(self, layer: Expr | int) -> tuple[Equation, ...]:
        """Return what the layer computes, in the order of computation."""


LAYERS: Registry[type[Layer]] = Registry("layer", __name__)

"""The derivative of one value of a network by another, along every path between them.

da[2,1]/dw[1,1,1]: from w on, everything that is computed is followed up to a, as it is up to C
"""

from __future__ import annotations

from typing import Any

from sympy import Expr

from symbackprop.calculus.cells import TOTAL, Environment, Jet, Rule, Seed
from symbackprop.calculus.fields import Digits
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.worlds import World
from symbackprop.network.notation import Tensor

SMALL = 8  # numbers of 50 digits are that much smaller than exact ones: where functions saturate, all lines look equal


class Rate(Partial):
    """∂of/∂by of two entries, along every path from one to the other."""


class WrittenWorld(World):
    """A world in which lines of a derivation have values.

    Beyond the last step of a recurrence ∂C/∂h is 0, as everybody takes it to be."""

    def _build(self, e: Expr) -> Rule:
        if not isinstance(e, Rate):
            return super()._build(e)
        by, of = self.cells(e.by.base), self.cells(e.of.base)
        at, up = self._position(e.by), self._position(e.of)

        def rule(env: Environment, _seed: Seed) -> Jet:
            source = by[at(env)]
            top = of[up(env)]
            self.at(top, None)
            return self.at(top, (source, TOTAL))[1], 0

        return rule

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return the value of an entry that no equation computes."""
        value = super().given(tensor, position)
        return value / SMALL if isinstance(self.field, Digits) else value

    def _cost(self, seed: Seed) -> Jet:
        if seed is not None and not self._within(seed[0]):
            return self.cost(None)[0], 0
        return super()._cost(seed)

"""What the tests of equations share: a program taken at its word, in numbers that are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest
from sympy import Float

from symbackprop.calculus.fields import Digits
from symbackprop.calculus.worlds import World
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Program


class Given(World):
    """A world in which the arrays that no equation computes have given values."""

    def __init__(self, program: Program, values: Mapping[str, Any]) -> None:
        super().__init__(Digits(1), lambda size: program.sizes[size], program.equations)
        self._values_of = {name: np.asarray(value) for name, value in values.items()}

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return the given value of an entry."""
        first = [self.range(*axis)[0] for axis in tensor.axes]
        value = self._values_of[tensor.letter][tuple(p - f for p, f in zip(position, first, strict=True))]
        return self.field.number(Float(float(value), 60))

    def array(self, tensor: Tensor) -> Any:
        """Return a computed array, all of its labels."""
        spans = [self.range(*axis) for axis in tensor.axes]
        found = np.empty([len(span) for span in spans])
        for place in product(*spans):
            found[tuple(p - span[0] for p, span in zip(place, spans, strict=True))] = float(self.entry(tensor, place))
        return found


@pytest.fixture(scope="session")
def evaluated() -> Callable[[Program, Mapping[str, Any]], dict[str, Any]]:
    """Return a function that computes the outputs of a program, entry by entry, by its equations alone."""

    def values(program: Program, given: Mapping[str, Any]) -> dict[str, Any]:
        world = Given(program, given)
        return {
            array.name: float(world.cost(None)[0]) if array.tensor == COST else world.array(array.tensor)
            for array in program.outputs
        }

    return values

"""What the tests of equations share: a program taken at its word, in numbers that are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from symbackprop.network.program import Program
from symbackprop.numerics.program_witnesses import Plain


@pytest.fixture(scope="session")
def evaluated() -> Callable[[Program, Mapping[str, Any]], dict[str, Any]]:
    """Return a function that computes the outputs of a program, entry by entry, by its equations alone."""

    def values(program: Program, given: Mapping[str, Any]) -> dict[str, Any]:
        world = Plain(program, {name: np.asarray(value) for name, value in given.items()}, program.sizes)
        return {array.name: world.array(array.tensor) for array in program.outputs}

    return values

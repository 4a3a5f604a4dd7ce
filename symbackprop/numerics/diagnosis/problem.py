"""A network at a point, ready to be looked at: its equations for a batch, and what is given to them.

dense layers, layers of any kind, equations with a cost        ->        the passes of one program
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.diagnosis import Remark
from symbackprop.calculus.reverse import derive_program
from symbackprop.errors import DataError
from symbackprop.frozen import dataclass
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.program import INDEPENDENT
from symbackprop.network.samples import program_of
from symbackprop.network.text.equations import EquationsNetwork
from symbackprop.numerics.batching import of_batch
from symbackprop.numerics.diagnosis.layouts import as_parameters, as_rows
from symbackprop.numerics.diagnosis.staged import Staged
from symbackprop.numerics.layered import CompiledLayers
from symbackprop.numerics.memory import check_memory
from symbackprop.numerics.programs import CompiledProgram

KEPT = 8  # networks, each with the functions of its stages: a person asks about one network more than once


@dataclass(eq=False)
class Problem:
    """A network whose gradient somebody has computed."""

    network: Network | EquationsNetwork

    def __post_init__(self) -> None:
        """Derive the network, which has a cost."""
        network = self.network
        if isinstance(network, Network):
            derivation = derive_program(program_of(network))
            self.compiled = CompiledProgram(derivation, of_batch(derivation, "mean"))
        elif isinstance(network, LayeredNetwork):
            self._layers = CompiledLayers(derive(network), network)
            self.compiled = self._layers.compiled
        else:
            self.compiled = CompiledProgram(derive(network))
        self.staged = Staged(self.compiled)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter as it is outside."""
        if isinstance(self.network, Network | LayeredNetwork):
            return self.network.parameter_shapes
        numbers = dict(self.network.program.sizes)
        found = {}
        for array in self.network.program.of_kind(*INDEPENDENT):
            found[array.name] = tuple(int(size.xreplace(numbers)) for size in array.tensor.sizes)
        return found

    def inside(self, name: str, array: np.ndarray, known: Mapping[str, Any]) -> np.ndarray:
        """Return an array of a parameter in the shape that the equations have for it."""
        return np.reshape(array, np.shape(known[name])) if name in known else array

    def values(self, params: Any, x: Any, y: Any, said: list[Remark]) -> dict[str, Any]:
        """Return all that is given at the point, by names; `said` learns what was guessed.

        Raises DataError for what is missing."""
        if not isinstance(self.network, Network | LayeredNetwork):
            return dict(params)
        arrays, guessed = as_parameters(params, self.shapes, "params")
        said += guessed
        for name in self.shapes:
            if name not in arrays:
                raise DataError(f"params: {name} is missing; give {', '.join(self.shapes)}")
        if isinstance(self.network, LayeredNetwork):
            return self._layers.values(arrays, np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        rows = as_rows("x", x, self.network.widths[0], said)
        targets = as_rows("y", y, self.network.widths[-1], said)
        if len(rows) != len(targets):
            raise DataError(f"x has {len(rows)} samples and y has {len(targets)}; give one row of y for each of x")
        return {**arrays, "x": rows, "y": targets}


@lru_cache(maxsize=KEPT)
def problem_of(network: Network | EquationsNetwork) -> Problem:
    """Return a network, derived and compiled; the last ones are kept.

    Raises BudgetError for a network that no memory holds so many times."""
    if isinstance(network, Network | LayeredNetwork):
        check_memory(network, "diagnosing")
    return Problem(network)

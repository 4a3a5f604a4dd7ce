"""A network of layers as functions of its parameters and a batch: the equations of the batch, derived and compiled.

gradient(params, x, y)  ->  cost, {"W1": ∂C/∂W1, …}        gradient.forward(params, x)  ->  {"a3": …}
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.program import GIVEN
from symbackprop.numerics.networkfunctions import NetworkFunctions
from symbackprop.numerics.programs import CompiledProgram

GRADIENT = """

SHAPES = {shapes}  # of the arrays as the equations have them; -1 is the number of samples
NUMBERS = {numbers}


def gradient(params, x, y{masks}):
    \"\"\"Return the cost of a batch and its derivative by every parameter.

    {legend}
    \"\"\"
    given = {{**params, "x": x, "y": y{given}}}
    is_single = all(getattr(array, "dtype", None) == np.float32 for array in given.values() if array is not None)
    dtype = np.float32 if is_single else np.float64  # all of float32 stay so
    count = np.size(x) // {size}
    known = {{name: dtype(number) if type(number) is float else number for name, number in NUMBERS.items()}}
    for name, shape in SHAPES.items():
        array = np.ones((count, *shape[1:])) if given[name] is None else given[name]
        known[name] = np.asarray(array, dtype).reshape(shape)
    known = {{**known, **forward(known)}}
    cost, grads = float(known["C"]), backward(known)
    return cost, {{name: np.asarray(grad, dtype).reshape(np.shape(params[name])) for name, grad in grads.items()}}
"""


class CompiledLayers(NetworkFunctions):
    """A network of layers as a function of (params, x, y); `source` is the text that runs, and needs NumPy alone."""

    network: LayeredNetwork

    def __init__(self, derivation: ProgramDerivation, network: LayeredNetwork) -> None:
        """Compile the equations of a batch, which are those of the derivation with an index for the sample."""
        super().__init__(derivation, network)
        self._ahead = self.by_parameters

    def __call__(
        self, params: Mapping[str, Any], x: Any, y: Any, *, inputs: bool = False, **masks: Any
    ) -> tuple[float, dict[str, np.ndarray]]:
        """Return the cost of the batch and its derivative by every parameter, with `inputs` by x as well, as "x"."""
        return self._gradient(params, x, y, masks, inputs=inputs)

    @cached_property
    def source(self) -> str:
        """The text of a module that defines gradient(params, x, y), and its forward and backward pass."""
        network, program = self.network, self.by_parameters.program
        names = [a.name for a in program.of_kind(*GIVEN)]
        masks = {name: name.replace(".", "_") for name in network.masks}
        shapes = {name: self._inside(name) for name in names if name not in network.constants}
        rows = [f"x: {_batch(network.input_shape)}", f"y: {_batch(network.output_shape)}"]
        rows += [f"{name}: {shape}" for name, shape in network.parameter_shapes.items()]
        rows += [f"{masks[name]}: {_batch(shape)}, all 1 where left out" for name, shape in network.masks.items()]
        text = GRADIENT.format(
            shapes=shapes,
            numbers={**network.constants, **self.by_parameters.untold_sizes},
            masks="".join(f", {short}=None" for short in masks.values()),
            given="".join(f', "{name}": {short}' for name, short in masks.items()),
            legend="\n    ".join(textwrap.wrap("   ".join(rows), 110)),
            size=prod(network.input_shape),
        )
        return self.by_parameters.passes_source + text


def _batch(shape: tuple[int, ...]) -> str:
    return f"({', '.join(('m', *map(str, shape)))})"


def compiled_program(derivation: ProgramDerivation) -> CompiledProgram | CompiledLayers:
    """Return the functions of a derived program: of (params, x, y) where it is that of a network of layers."""
    network = derivation.network
    return CompiledLayers(derivation, network) if isinstance(network, LayeredNetwork) else CompiledProgram(derivation)

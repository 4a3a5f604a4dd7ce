"""A network of layers as functions of its parameters and a batch: the equations of the batch, derived and compiled.

gradient(params, x, y)  ->  cost, {"W1": ∂C/∂W1, …}        gradient.forward(params, x)  ->  {"a3": …}

Inside, an axis that flatten made of several has these several; outside, the arrays have the shapes that are usual.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.errors import DataError, ShapeError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.program import GIVEN, Kind, Program
from symbackprop.numerics.batching import of_batch
from symbackprop.numerics.checks import are_batch, as_mapping, as_numbers
from symbackprop.numerics.layered_arguments import arguments_of, as_rows
from symbackprop.numerics.programs import CompiledProgram

NOTHING: Mapping[str, Any] = MappingProxyType({})
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


class CompiledLayers:
    """A network of layers as a function of (params, x, y); `source` is the text that runs, and needs NumPy alone.

    x: (m, *shape of a sample)   y: (m, *shape of the output)   ->   cost, gradient, new arrays each.
    A single sample may come without its row. `mask2=…` gives dropout of layer 2 its factors; all are 1 where it is not
    given. Raises ShapeError or DataError where an argument does not fit."""

    def __init__(self, derivation: ProgramDerivation, network: LayeredNetwork) -> None:
        """Compile the equations of a batch, which are those of the derivation with an index for the sample."""
        self.derivation = derivation
        self.network = network
        self._like = tuple(network.parameter_shapes.items()), (network.input_shape, network.output_shape)
        self._reduction = None if network.is_coupled else network.reduction
        self._passes = of_batch(derivation, self._reduction) if self._reduction else None
        self._title = f"The gradient of {network.title or network.line}, derived by symbackprop."
        self.compiled = self._compiled(None)

    def _compiled(self, by: tuple[str, ...] | None) -> CompiledProgram:
        """Return the passes of a batch, with the derivatives by some arrays; by all where none are named."""
        passes, reduction = self._passes, self._reduction
        return CompiledProgram(self.derivation, passes, by=by, reduction=reduction, title=self._title)

    @cached_property
    def by_parameters(self) -> CompiledProgram:
        """The same without the derivative by x, which takes as long as that by the weights of the first layer."""
        return self._compiled(tuple(self.network.learned_shapes))

    @cached_property
    def source(self) -> str:
        """The text of a module that defines gradient(params, x, y), and its forward and backward pass."""
        network, program = self.network, self.compiled.program
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

    def __call__(
        self, params: Mapping[str, Any], x: Any, y: Any, *, inputs: bool = False, **masks: Any
    ) -> tuple[float, dict[str, np.ndarray]]:
        """Return the cost of the batch and its derivative by every parameter, with `inputs` by x as well, as "x"."""
        values = self._values(params, x, masks, y=y)
        cost, grads = (self.compiled if inputs else self.by_parameters)(values)
        found = self._outside(grads, params)
        if inputs:
            if "x" not in grads:
                raise DataError("x holds whole numbers, by which nothing is differentiated; leave inputs out")
            found["x"] = grads["x"].reshape(-1, *self.network.input_shape)
        return cost, found

    def forward(self, params: Mapping[str, Any], x: Any, **masks: Any) -> dict[str, np.ndarray]:
        """Return what the last layer gives, by its name: (m, *shape of the output)."""
        found = self.arrays(params, x, masks)
        return {name: found[name].reshape(-1, *self.network.output_shape) for name in self._outputs}

    def arrays(self, params: Mapping[str, Any], x: Any, masks: Mapping[str, Any] = NOTHING) -> dict[str, np.ndarray]:
        """Return all that the layers compute, by name, in the shapes of the equations; no target is read."""
        count = len(as_rows("x", x, self.network.input_shape))
        values = self._values(params, x, masks, y=np.zeros((count, *self.network.output_shape), np.float32))
        dtype = values["x"].dtype
        found = self.compiled.arrays(values)
        return {name: np.array(found[name], dtype) for name in self._computed}

    def predictor(self, params: Mapping[str, Any], x: Any) -> Callable[[Any], np.ndarray]:
        """Return what computes the outputs for any samples; mean and variance of samples are those of the x here."""
        (output,) = self._outputs
        if not self.network.is_coupled:
            return lambda other: self.forward(params, other)[output]
        settled, known = self._settled, self.arrays(params, x)

        def outputs(other: Any) -> np.ndarray:
            rows = as_rows("x", other, self.network.input_shape)
            pair = rows if len(rows) > 1 else np.repeat(rows, 2, axis=0)  # one alone is refused where samples couple
            values = self._values(params, pair, {}, y=np.zeros((len(pair), *self.network.output_shape), np.float32))
            given = [array.name for array in settled.program.of_kind(*GIVEN)]
            found = settled.forward({name: known[name] if name in known else values[name] for name in given})
            return np.reshape(found[output], (-1, *self.network.output_shape))[: len(rows)]

        return outputs

    @cached_property
    def _settled(self) -> CompiledProgram:
        """The outputs, where what all samples share is given: mean and variance of batch normalisation."""
        program = self.compiled.program.without_cost
        count = program.array("x").tensor.sizes[0]
        shared = [a for a in program.of_kind(Kind.VALUE) if count not in a.tensor.sizes]
        tensors = {array.tensor for array in shared}
        nodes = tuple(node for node in program.nodes if node.equation.tensor not in tensors)
        given = (*program.given, *(replace(array, kind=Kind.CONSTANT) for array in shared))
        return CompiledProgram(derive_program(replace(program, nodes=nodes, given=given)))

    @cached_property
    def _computed(self) -> tuple[str, ...]:
        return tuple(array.name for array in self.compiled.program.of_kind(Kind.VALUE))

    @cached_property
    def _outputs(self) -> tuple[str, ...]:
        return tuple(array.name for array in self.compiled.program.without_cost.outputs)

    def backward(self, params: Mapping[str, Any], x: Any, upstream: Any, **masks: Any) -> dict[str, np.ndarray]:
        """Return the derivatives by every parameter, and by x, of what `upstream` is the derivative by the output of.

        upstream: (m, *shape of the output), or a mapping with it; what it is of is added up over the samples."""
        values = self._values(params, x, masks)
        (output,) = self._block.program.outputs
        given = upstream.get(output.name) if isinstance(upstream, Mapping) else upstream
        if given is None:
            raise DataError(f"upstream: {output.name} is missing, ∂C/∂{output.name} of what the network gives")
        arrays = as_rows("upstream", given, self.network.output_shape)
        inside = self._sizes(self._block.program, output.name)
        grads = self._block.backward(values, {output.name: arrays.reshape(len(arrays), *inside)})
        found = self._outside(grads, params)
        return found | ({"x": grads["x"].reshape(-1, *self.network.input_shape)} if "x" in grads else {})

    def hvp(
        self, params: Mapping[str, Any], x: Any, y: Any, direction: Mapping[str, Any], **masks: Any
    ) -> dict[str, np.ndarray]:
        """Return H·v: the derivative of the gradient along a direction in the parameters, by every parameter."""
        values = self._values(params, x, masks, y=y)
        return self._outside(self.by_parameters.hvp(values, self._moved(direction)), params)

    def gauss_newton(
        self, params: Mapping[str, Any], x: Any, y: Any, direction: Mapping[str, Any], **masks: Any
    ) -> dict[str, np.ndarray]:
        """Return G·v by every parameter, G = Jᵀ (∂²c/∂a²) J of the cost c of the outputs a, which J differentiates."""
        values = self._values(params, x, masks, y=y)
        return self._outside(self.by_parameters.gauss_newton(values, self._moved(direction)), params)

    def jacobian(self, params: Mapping[str, Any], x: Any, **masks: Any) -> dict[str, np.ndarray]:
        """Return the derivatives of the outputs of every sample by every parameter, and by x as "x".

        {"W1": (m, *shape of the output, *shape of W1), …}; where samples are coupled, x has its own axis for them."""
        count = len(as_rows("x", x, self.network.input_shape))
        ends = (count, *self.network.output_shape)
        values = self._values(params, x, masks, y=np.zeros(ends, np.float32))
        (found,) = self.compiled.jacobian(values).values()
        coupled = (count,) if self.network.is_coupled else ()
        shapes = {**self.network.parameter_shapes, "x": (*coupled, *self.network.input_shape)}
        return {name: np.reshape(rows, (*ends, *shapes[name])) for name, rows in found.items()}

    def _moved(self, direction: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return a direction in the shapes of the equations; raises ShapeError where an array has another shape."""
        shapes = self.network.learned_shapes
        moved = {n: as_numbers(f"direction: {n}", way) for n, way in as_mapping(direction, "direction").items()}
        for name, array in moved.items():
            if shapes.get(name) != array.shape:
                wanted = shapes.get(name, "a parameter: " + ", ".join(shapes))
                raise ShapeError(f"direction: {ascii(name)[:40]} has shape {array.shape}, wanted {wanted}")
        return {name: array.reshape(self._inside(name)) for name, array in moved.items()}

    @cached_property
    def _block(self) -> CompiledProgram:
        """The network without its cost: its output, and the adjoints for any ∂C/∂a of that."""
        derivation = derive_program(self.derivation.program.without_cost)
        return CompiledProgram(derivation, None if self.network.is_coupled else of_batch(derivation, "sum"))

    def values(self, params: Mapping[str, Any], x: Any, y: Any) -> dict[str, Any]:
        """Return the arrays of the equations, in the shapes that they have there; raises as a call does."""
        return self._values(params, x, {}, y=y)

    def _sizes(self, program: Program, name: str) -> tuple[int, ...]:
        """Return the sizes of an array of the program, without the axis of the samples."""
        tensor = program.array(name).tensor
        counts = [int(count.xreplace(dict(program.sizes))) for count in tensor.sizes]
        return tuple(counts[1:]) if name not in self.network.parameters else tuple(counts)

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        arrays = self.compiled.program.of_kind(*GIVEN)
        sizes = {array.name: self._sizes(self.compiled.program, array.name) for array in arrays}
        return {name: size if name in self.network.parameters else (-1, *size) for name, size in sizes.items()}

    def _inside(self, name: str) -> tuple[int, ...]:
        """Return the shape of an array in the equations; -1 stands for the samples."""
        return self._shapes[name]

    def _values(self, params: Mapping[str, Any], x: Any, masks: Mapping[str, Any], y: Any = None) -> dict[str, Any]:
        """Return the arrays of the equations; raises ShapeError or DataError where one does not fit."""
        if y is not None and not masks and (fitting := self._fitting(params, x, y)) is not None:
            return fitting
        given = arguments_of(self.network, params, x, masks=masks, y=y)
        program = self.compiled.program if y is not None else self._block.program
        read = {array.name for array in program.arrays}  # a cost may be one of the outputs alone, without y
        numbers = self.network.constants
        return {
            name: a if name in numbers else a.reshape(self._inside(name)) for name, a in given.items() if name in read
        }

    def _fitting(self, params: Mapping[str, Any], x: Any, y: Any) -> dict[str, Any] | None:
        """Return the same where all are floats of one type in the right shapes, which is soon seen; None where not."""
        if self._is_particular or not are_batch(params, x, y, self._like):
            return None
        turned = self._turned
        given = {**params, "x": x, "y": y}
        found = {name: a.reshape(turned[name]) if name in turned else a for name, a in given.items()}
        return found | {name: np.array(number, x.dtype) for name, number in self.network.constants.items()}

    @cached_property
    def _is_particular(self) -> bool:
        """Whether more than shapes is asked of what is given: words, two samples, factors of dropout; or no y read."""
        network, names = self.network, {array.name for array in self.compiled.program.arrays}
        return bool(network.vocabulary or network.is_coupled or network.masks) or not {"x", "y"} <= names

    @cached_property
    def _turned(self) -> dict[str, tuple[int, ...]]:
        """The shapes in the equations of what has another shape outside."""
        shapes, (x, y) = self._like
        outside = {**dict(shapes), "x": (-1, *x), "y": (-1, *y)}
        return {name: inside for name, shape in outside.items() if (inside := self._inside(name)) != shape}

    def _outside(self, grads: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, np.ndarray]:
        shapes = self.network.learned_shapes
        return {name: np.reshape(grads[name], shapes[name]) for name in shapes if name in params}


def _batch(shape: tuple[int, ...]) -> str:
    return f"({', '.join(('m', *map(str, shape)))})"


def compiled_program(derivation: ProgramDerivation) -> CompiledProgram | CompiledLayers:
    """Return the functions of a derived program: of (params, x, y) where it is that of a network of layers."""
    network = derivation.network
    return CompiledLayers(derivation, network) if isinstance(network, LayeredNetwork) else CompiledProgram(derivation)

"""A network of layers as functions of its parameters and a batch: the equations of the batch, derived and compiled.

gradient(params, x, y)  ->  cost, {"W1": ∂C/∂W1, …}        gradient.forward(params, x)  ->  {"a3": …}

Inside, an axis that flatten made of several has these several; outside, the arrays have the shapes that are usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.errors import DataError, ShapeError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.notation import COST
from symbackprop.network.program import Array, Kind, Program
from symbackprop.numerics.batches import of_batch
from symbackprop.numerics.checks import as_numbers, class_hint
from symbackprop.numerics.programs import CompiledProgram, adjoint_equations, direction_of, directional

__all__ = ["CompiledLayers", "without_cost"]

DERIVED = (Kind.PARAMETER, Kind.INPUT)
GRADIENT = '''

SHAPES = {shapes}  # of the arrays as the equations have them; -1 is the number of samples
NUMBERS = {numbers}


def gradient_of_batch(params, x, y, **masks):
    """Return the cost of a batch and its derivative by each parameter; params: arrays by their names, x and y: rows."""
    values = {{**params, "x": x, "y": y, **{{name.replace("_", "."): mask for name, mask in masks.items()}}}}
    for name, shape in SHAPES.items():
        if name.startswith("mask") and name not in values:
            values[name] = np.ones((len(x), *shape[1:]))
        values[name] = np.reshape(np.asarray(values[name], dtype=float), shape)
    cost, grads = gradient({{**values, **NUMBERS}})
    return cost, {{name: grads[name].reshape(np.shape(params[name])) for name in params}}
'''


class CompiledLayers:
    """A network of layers as a function of (params, x, y); `source` is the text that runs, and needs NumPy alone.

    x: (m, *shape of a sample)   y: (m, *shape of the output)   ->   cost, gradient, new arrays each.
    A single sample may come without its row. `mask2=…` gives dropout of layer 2 its factors; all are 1 where it is not
    given. Raises ShapeError or DataError where an argument does not fit."""

    def __init__(self, derivation: ProgramDerivation, network: LayeredNetwork) -> None:
        """Compile the equations of a batch, which are those of the derivation with an index for the sample."""
        self.derivation = derivation
        self.network = network
        self._passes = None if network.is_coupled else of_batch(derivation, network.reduction)
        self.compiled = CompiledProgram(derivation, self._passes)

    @cached_property
    def _by_parameters(self) -> CompiledProgram:
        """The same without the derivative by x, which takes as long as that by the weights of the first layer."""
        return CompiledProgram(self.derivation, self._passes, by=self.network.parameters)

    @cached_property
    def source(self) -> str:
        """The text of forward and backward pass, and of the gradient by params, x and y."""
        names = [a.name for a in self.compiled.program.of_kind(Kind.INPUT, Kind.PARAMETER, Kind.TARGET, Kind.CONSTANT)]
        shapes = {name: self._inside(name) for name in names if name not in self.network.constants}
        return self.compiled.source + GRADIENT.format(shapes=shapes, numbers=dict(self.network.constants))

    def __call__(
        self, params: Mapping[str, Any], x: Any, y: Any, *, inputs: bool = False, **masks: Any
    ) -> tuple[float, dict[str, np.ndarray]]:
        """Return the cost of the batch and its derivative by every parameter, with `inputs` by x as well, as "x"."""
        values = self._values(params, x, masks, y=y)
        cost, grads = (self.compiled if inputs else self._by_parameters)(values)
        found = self._outside(grads, params)
        if inputs:
            if "x" not in grads:
                raise DataError("x holds whole numbers, by which nothing is differentiated; leave inputs out")
            found["x"] = grads["x"].reshape(-1, *self.network.input_shape)
        return cost, found

    def forward(self, params: Mapping[str, Any], x: Any, **masks: Any) -> dict[str, np.ndarray]:
        """Return what the last layer gives, by its name: (m, *shape of the output)."""
        given = self._block.forward(self._values(params, x, masks))
        return {name: np.reshape(array, (-1, *self.network.output_shape)) for name, array in given.items()}

    def backward(self, params: Mapping[str, Any], x: Any, upstream: Any, **masks: Any) -> dict[str, np.ndarray]:
        """Return the derivatives by every parameter, and by x, of what `upstream` is the derivative by the output of.

        upstream: (m, *shape of the output), or a mapping with it; what it is of is added up over the samples."""
        values = self._values(params, x, masks)
        (output,) = self._block.program.outputs
        given = upstream.get(output.name) if isinstance(upstream, Mapping) else upstream
        if given is None:
            raise DataError(f"upstream: {output.name} is missing, ∂C/∂{output.name} of what the network gives")
        arrays = _as_rows("upstream", given, self.network.output_shape)
        inside = self._sizes(self._block.program, output.name)
        grads = self._block.backward(values, {output.name: arrays.reshape(len(arrays), *inside)})
        found = self._outside(grads, params)
        return found | ({"x": grads["x"].reshape(-1, *self.network.input_shape)} if "x" in grads else {})

    def hvp(
        self, params: Mapping[str, Any], x: Any, y: Any, direction: Mapping[str, Any], **masks: Any
    ) -> dict[str, np.ndarray]:
        """Return H·v: the derivative of the gradient along a direction in the parameters, by every parameter."""
        values = self._values(params, x, masks, y=y)
        shapes = self.network.parameter_shapes
        for name, array in direction.items():
            if shapes.get(name) != np.shape(array):
                wanted = shapes.get(name, "a parameter: " + ", ".join(shapes))
                raise ShapeError(f"direction: {ascii(name)[:40]} has shape {np.shape(array)}, wanted {wanted}")
        moved = {name: np.reshape(array, self._inside(name)) for name, array in direction.items()}
        named = {direction_of(array).name: array.name for array in self.derivation.program.of_kind(*DERIVED)}
        ways = {way: moved.get(name, np.zeros(np.shape(values[name]))) for way, name in named.items()}
        _, second = self._twice({**values, **ways})
        return self._outside(second, params)

    @cached_property
    def _twice(self) -> CompiledProgram:
        """The slope of the cost along a direction, whose derivative is H·v: the backward pass of a sample, derived."""
        program = directional(self.derivation.program, adjoint_equations(self.derivation))
        derivation = derive_program(program)
        if self.network.is_coupled:
            return CompiledProgram(derivation)
        shared = frozenset(direction_of(array).name for array in program.of_kind(Kind.PARAMETER))
        return CompiledProgram(derivation, of_batch(derivation, self.network.reduction, shared))

    @cached_property
    def _block(self) -> CompiledProgram:
        """The network without its cost: its output, and the adjoints for any ∂C/∂a of that."""
        derivation = derive_program(without_cost(self.derivation.program))
        return CompiledProgram(derivation, None if self.network.is_coupled else of_batch(derivation, "sum"))

    def _sizes(self, program: Program, name: str) -> tuple[int, ...]:
        """Return the sizes of an array of the program, without the axis of the samples."""
        tensor = program.array(name).tensor
        counts = [int(count.xreplace(dict(program.sizes))) for count in tensor.sizes]
        return tuple(counts[1:]) if name not in self.network.parameters else tuple(counts)

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        arrays = self.compiled.program.of_kind(*DERIVED, Kind.TARGET, Kind.CONSTANT)
        sizes = {array.name: self._sizes(self.compiled.program, array.name) for array in arrays}
        return {name: size if name in self.network.parameters else (-1, *size) for name, size in sizes.items()}

    def _inside(self, name: str) -> tuple[int, ...]:
        """Return the shape of an array in the equations; -1 stands for the samples."""
        return self._shapes[name]

    def _values(self, params: Mapping[str, Any], x: Any, masks: Mapping[str, Any], y: Any = None) -> dict[str, Any]:
        """Return the arrays of the equations; raises ShapeError or DataError where one does not fit."""
        network = self.network
        values: dict[str, Any] = dict(network.constants)
        if not isinstance(params, Mapping):
            raise DataError(f"params: wanted a mapping such as {{'W1': …}}, got {type(params).__name__}")
        for name in params:
            if name not in network.parameters:
                known = ", ".join(network.parameters)
                raise DataError(f"params: {ascii(name)[:40]} is no parameter of the network; it has {known}")
        for name, shape in network.parameter_shapes.items():
            if name not in params:
                raise DataError(f"params: {name} is missing; give {', '.join(network.parameters)}")
            array = as_numbers(name, params[name])
            if array.shape != shape:
                raise ShapeError(f"params: {name} has shape {array.shape}, wanted {shape}")
            values[name] = array.reshape(self._inside(name))
        rows = _as_rows("x", x, network.input_shape)
        values["x"] = rows.reshape(self._inside("x"))
        if network.is_coupled and len(rows) < 2:
            raise DataError("x has one sample, and a layer couples samples: a mean over one says nothing; give more")
        if y is not None:
            targets = _as_rows("y", y, network.output_shape)
            if len(targets) != len(rows):
                advice = class_hint(np.asarray(y), network.output_shape[-1]) or "give one row of y for each of x"
                raise DataError(f"x has {len(rows)} samples and y has {len(targets)}; {advice}")
            if self.compiled.program.of_kind(Kind.TARGET):  # a cost may be one of the outputs alone
                values["y"] = targets.reshape(self._inside("y"))
        else:
            values = {name: value for name, value in values.items() if name in self._read_by_the_layers}
        return values | self._masks(masks, len(rows))

    @cached_property
    def _read_by_the_layers(self) -> set[str]:
        return {array.name for array in self._block.program.arrays}

    def _masks(self, given: Mapping[str, Any], count: int) -> dict[str, Any]:
        named = {name.replace(".", "_"): name for name in self.network.masks}
        for name in given:
            if name not in named:
                known = ", ".join(named) or "none: no layer drops anything"
                raise DataError(f"{ascii(name)[:40]} is no mask of the network; it has {known}")
        found = {}
        for short, name in named.items():
            shape = self.network.masks[name]
            rows = np.ones((count, *shape)) if short not in given else _as_rows(short, given[short], shape)
            if len(rows) != count:
                raise ShapeError(f"{short} has {len(rows)} samples, x has {count}")
            found[name] = rows.reshape(self._inside(name))
        return found

    def _outside(self, grads: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, np.ndarray]:
        shapes = self.network.parameter_shapes
        return {name: np.reshape(grads[name], shapes[name]) for name in shapes if name in params}


def without_cost(program: Program) -> Program:
    """Return the program without the equation of its cost, and without what that alone reads."""
    nodes = tuple(node for node in program.nodes if node.equation.target != COST)
    read = {tensor for node in nodes for tensor in node.equation.reads}

    def is_needed(array: Array) -> bool:
        return array.kind in (Kind.VALUE, Kind.PARAMETER) or array.tensor in read

    return replace(program, nodes=nodes, given=tuple(array for array in program.given if is_needed(array)))


def _as_rows(name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return an array with samples as rows; one sample may come without its row."""
    array = as_numbers(name, value)
    if array.shape == shape:
        array = array[np.newaxis]
    flat = (int(np.prod(shape)),)
    if array.shape[1:] not in (shape, flat) or not len(array):
        raise ShapeError(f"{name} has shape {array.shape}, wanted {('m', *shape)}".replace("'", ""))
    return array

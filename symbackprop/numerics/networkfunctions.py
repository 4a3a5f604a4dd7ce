"""What a network of layers of any kind is as functions of its parameters and a batch, beside its gradient.

f.forward(params, x)  ->  {"a3": …}        f.backward(params, x, upstream)  ->  {"W1": …, "x": …}        f.hvp, …

Inside, an axis that flatten made of several has these several; outside, the arrays have the shapes that are usual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.passes import Passes
from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.errors import DataError, ShapeError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.program import GIVEN, Kind, Program
from symbackprop.network.samples import over_samples, program_of
from symbackprop.network.unchanging import Unchanging
from symbackprop.numerics.arguments import arguments_of, as_rows
from symbackprop.numerics.batching import batch_of, block_of, sample_of
from symbackprop.numerics.checks import are_batch, as_mapping, as_numbers
from symbackprop.numerics.programs import CompiledProgram

NOTHING: Mapping[str, Any] = MappingProxyType({})


class NetworkFunctions(Unchanging):
    """What a network of layers is as functions of its parameters and a batch, by the equations of the batch.

    x: (m, *shape of a sample)   y: (m, *shape of the output). A single sample may come without its row. `mask2=…` gives
    dropout of layer 2 its factors; all are 1 where it is not given. Nothing is compiled before it is asked for.
    Raises ShapeError or DataError where an argument does not fit."""

    def __init__(self, derivation: Derivation | ProgramDerivation, network: Network | LayeredNetwork) -> None:
        """Keep what was derived for one sample."""
        self.derivation = derivation
        self.network = network
        self._outer, self._learned = network.parameter_shapes, network.learned_shapes  # made anew where they are read
        self._like = tuple(self._outer.items()), (network.input_shape, network.output_shape)

    @cached_property
    def _ahead(self) -> CompiledProgram:
        """The forward pass of a batch, for which nothing is derived."""
        network, program = self.network, program_of(self.network).with_states_given
        program = program if network.is_coupled else over_samples(program, network.reduction)
        return CompiledProgram(ProgramDerivation(program, NOTHING), Passes(program, ()))

    @cached_property
    def compiled(self) -> CompiledProgram:
        """The passes of a batch, with the derivatives by all parameters and by x."""
        return self._compiled(None)

    def _compiled(self, by: tuple[str, ...] | None) -> CompiledProgram:
        """Return the passes of a batch, with the derivatives by some arrays; by all where none are named."""
        reduction = None if self.network.is_coupled else self.network.reduction
        title = f"The gradient of {self.network.title or self.network.shape}, derived by symbackprop."
        return CompiledProgram(*self._batch, by=by, reduction=reduction, title=title)

    @cached_property
    def _batch(self) -> tuple[ProgramDerivation, Passes]:
        """The derivation of one sample, and the passes of a batch."""
        derived = sample_of(self.derivation)
        return derived, batch_of(derived, self.network)

    @cached_property
    def by_parameters(self) -> CompiledProgram:
        """The same without the derivative by x, which takes as long as that by the weights of the first layer."""
        return self._compiled(tuple(self._learned))

    def _gradient(
        self, params: Mapping[str, Any], x: Any, y: Any, masks: Mapping[str, Any] = NOTHING, *, inputs: bool
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
        found = self._ahead.arrays(values)
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
        program = self._ahead.program.without_cost
        count = program.array("x").tensor.sizes[0]
        shared = [a for a in program.of_kind(Kind.VALUE) if count not in a.tensor.sizes]
        tensors = {array.tensor for array in shared}
        nodes = tuple(node for node in program.nodes if node.equation.tensor not in tensors)
        given = (*program.given, *(replace(array, kind=Kind.CONSTANT) for array in shared))
        return CompiledProgram(derive_program(replace(program, nodes=nodes, given=given)))

    @cached_property
    def _computed(self) -> tuple[str, ...]:
        return tuple(array.name for array in self._ahead.program.of_kind(Kind.VALUE))

    @cached_property
    def _outputs(self) -> tuple[str, ...]:
        return tuple(array.name for array in self._ahead.program.without_cost.outputs)

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
        shapes = {**self._outer, "x": (*coupled, *self.network.input_shape)}
        return {name: np.reshape(rows, (*ends, *shapes[name])) for name, rows in found.items()}

    def _moved(self, direction: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return a direction in the shapes of the equations; raises DataError or ShapeError for what does not fit."""
        shapes = self._learned
        moved = {n: as_numbers(f"direction: {n}", way) for n, way in as_mapping(direction, "direction").items()}
        for name, array in moved.items():
            if name not in shapes:
                raise DataError(f"direction: {ascii(name)[:40]} is no parameter and no input: {', '.join(shapes)}")
            if shapes[name] != array.shape:
                raise ShapeError(f"direction: {name} has shape {array.shape}, wanted {shapes[name]}")
        return {name: array.reshape(self._inside(name)) for name, array in moved.items()}

    @cached_property
    def _block(self) -> CompiledProgram:
        """The network without its cost."""
        return CompiledProgram(*block_of(self.derivation, self.network))

    def values(self, params: Mapping[str, Any], x: Any, y: Any) -> dict[str, Any]:
        """Return the arrays of the equations, in the shapes that they have there; raises as a call does."""
        return self._values(params, x, {}, y=y)

    def _sizes(self, program: Program, name: str) -> tuple[int, ...]:
        """Return the sizes of an array of the program, without the axis of the samples."""
        tensor = program.array(name).tensor
        counts = [int(count.xreplace(dict(program.sizes))) for count in tensor.sizes]
        return tuple(counts[1:]) if name not in self._outer else tuple(counts)

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        program = self._ahead.program
        sizes = {array.name: self._sizes(program, array.name) for array in program.of_kind(*GIVEN)}
        return {name: size if name in self._outer else (-1, *size) for name, size in sizes.items()}

    def _inside(self, name: str) -> tuple[int, ...]:
        """Return the shape of an array in the equations; -1 stands for the samples."""
        return self._shapes[name]

    def _values(self, params: Mapping[str, Any], x: Any, masks: Mapping[str, Any], y: Any = None) -> dict[str, Any]:
        """Return the arrays of the equations; raises ShapeError or DataError where one does not fit."""
        if y is not None and not masks and (fitting := self._fitting(params, x, y)) is not None:
            return fitting
        given = arguments_of(self.network, params, x, masks=masks, y=y)
        program = self._ahead.program if y is not None else self._block.program
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
        network, names = self.network, {array.name for array in self._ahead.program.arrays}
        return bool(network.vocabulary or network.is_coupled or network.masks) or not {"x", "y"} <= names

    @cached_property
    def _turned(self) -> dict[str, tuple[int, ...]]:
        """The shapes in the equations of what has another shape outside."""
        shapes, (x, y) = self._like
        outside = {**dict(shapes), "x": (-1, *x), "y": (-1, *y)}
        return {name: inside for name, shape in outside.items() if (inside := self._inside(name)) != shape}

    def _outside(self, grads: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, np.ndarray]:
        return {name: np.reshape(grads[name], shape) for name, shape in self._learned.items() if name in params}

"""Generated text of a library that differentiates, as functions: of arrays by name, and of (params, x, y).

f(values)  ->  cost, {"q": …}       f.forward(values)  ->  {"o": …}, which the library differentiates by our equations
gradient(params, x, y)  ->  cost, {"W1": …}       gradient.cost(params, x, y)  ->  a number that it differentiates so
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.passes import passes_of
from symbackprop.calculus.reverse import ProgramDerivation, derivation_of
from symbackprop.errors import DataError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.needs import needs_of
from symbackprop.network.program import INDEPENDENT, Array, Kind
from symbackprop.numerics.arrays.sizing import as_arrays, check_cost, check_direction, sizes_of
from symbackprop.numerics.batching import block_of
from symbackprop.numerics.checks import as_mapping
from symbackprop.numerics.engines.engine import Engine
from symbackprop.numerics.engines.files import file_of, module_of
from symbackprop.numerics.engines.functions import Functions, Library, along
from symbackprop.numerics.engines.moduletext import ModuleText
from symbackprop.numerics.engines.refusing import check_rows, check_upstream, refuse, told


class EngineProgram:
    """A derived program as functions of arrays of a library; `source` is the text that runs, and needs that alone.

    values: {"q": array, …}, the library's own arrays, or numbers and arrays that NumPy knows. What is given is never
    changed. Raises DataError or ShapeError where an array is missing, surplus or of another shape."""

    def __init__(self, derivation: ProgramDerivation, engine: Engine, library: Library) -> None:
        """Write and load the text."""
        self.derivation, self._engine, self._library = derivation, engine, library
        module = module_of(derivation, engine)
        self.source = file_of(module, derivation.network)
        self._functions = Functions(module, self.source, library)
        self._given = module.given
        self._names = [array.name for array in module.given]
        self._fitting: list[object] | None = None  # shapes that were found to fit together
        self.program = module.passes.program
        self._needs = needs_of(self.program.equations)

    def with_sizes(self, sizes: Mapping[Symbol, int]) -> EngineProgram:
        """Return the same functions with other numbers for the sizes that no given array tells."""
        program = self.derivation.program
        program = replace(program, sizes=MappingProxyType({**program.sizes, **sizes}))
        other = EngineProgram(replace(self.derivation, program=program), self._engine, self._library)
        return self if other.source == self.source else other  # what is compiled already stays so

    def __call__(self, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return the cost and its derivative by every parameter and every input."""
        check_cost(self.program)
        with self._precisely(values):
            return self._functions.gradient(self._arguments(values))

    def cost(self, values: Mapping[str, Any]) -> Any:
        """Return the cost as a number that the library differentiates, by the derived backward pass."""
        with self._precisely(values):
            return self._functions.outputs(self._arguments(values))["C"]

    def forward(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the program gives, with the cost; the library differentiates it by derived backward passes."""
        with self._precisely(values):
            found = self._functions.outputs(given := self._arguments(values))
            if beside := [array.name for array in self.program.outputs if array.name not in found]:
                own = dict(zip((array.name for array in self._given), given, strict=True))
                others = self._beside.outputs([own[array.name] for array in self._beside.module.given])
                found = {name: others[name] for name in beside} | found
            return found

    @cached_property
    def _beside(self) -> Functions:
        """The program without its cost: whatever else it gives, and the adjoints for any derivative by that."""
        derived = derivation_of(self.program.without_cost)
        module = ModuleText(passes_of(derived), self._engine, "Beside the cost.")
        return Functions(module, module.text(), self._library)

    def backward(self, values: Mapping[str, Any], upstream: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derivatives, by all parameters and inputs, for derivatives by the outputs, `upstream`."""
        names = [array.name for array in self._functions.module.outputs]
        if set(as_mapping(upstream, "upstream", *names[:1])) != set(names):
            raise DataError(f"upstream: wanted {', '.join(names)}, got {', '.join(map(str, upstream)) or 'nothing'}")
        with self._precisely(values):
            given = self._arguments(values)
            own = self._library.arrays({"": given[0], **upstream} if given else upstream)
            check_upstream(own, self._functions.module.outputs, self._sizes(given))
            if self.program.has_cost:
                return {name: own["C"] * grad for name, grad in self._functions.gradient(given)[1].items()}
            return self._functions.back(given, [own[name] for name in names])

    def hvp(self, values: Mapping[str, Any], direction: Mapping[str, Any]) -> dict[str, Any]:
        """Return H·v of the cost: the library differentiates the derived backward pass."""
        check_cost(self.program, is_curved=True)
        wanted = self.program.of_kind(*INDEPENDENT)
        check_direction(direction, wanted, as_mapping(values, "values"))
        with self._precisely(values):
            given = self._arguments(values)
            return along(self._functions, given, self._given, {each.name: direction.get(each.name) for each in wanted})

    def _arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the arguments of the text; what is as it was before is not looked at again."""
        if len(values) != len(self._names) or any(name not in values for name in self._names):
            as_arrays(values, self._given)  # says what is missing, or too much
        own = {name: values[name] for name in self._names}
        given = [*(own if own and self._library.are_alike(own.values()) else self._library.arrays(own)).values()]
        if (shapes := [array.shape for array in given]) != self._fitting:
            self._sizes(given)
            self._fitting = shapes
        return given

    def _sizes(self, given: Sequence[Any]) -> Mapping[Symbol, int]:
        """Return the number of each size; raises ShapeError where the shapes of what is given do not fit together."""
        shapes = tuple(tuple(array.shape) for array in given)
        return sizes_of(shapes, self._given, tuple(self.program.sizes.items()), self._needs)

    def _precisely(self, values: Mapping[str, Any]) -> AbstractContextManager[Any]:
        """Return a context in which values keep their digits; raises DataError where they are no mapping."""
        return self._library.precisely((*as_mapping(values, "values", *self._names[:1]).values(),))


class _DoesNotFit(Exception):
    """That arguments are not as the text wants them."""


class EngineNetwork:
    """A network of layers as functions of (params, x, y) of a library; `source` is the text that runs.

    x: (m, *shape of a sample)   y: (m, *shape of the output)   ->   cost, gradient
    A single sample may come without its row. `mask2=…` gives dropout of layer 2 its factors. What is given is never
    changed. Raises ShapeError or DataError where an argument does not fit."""

    def __init__(self, derivation: Derivation | ProgramDerivation, engine: Engine, library: Library) -> None:
        """Write and load the text of a batch."""
        network = derivation.network
        assert isinstance(network, Network | LayeredNetwork)
        self.derivation, self.network = derivation, network
        self._engine, self._library = engine, library
        module = module_of(derivation, engine)
        self.source = file_of(module, network)
        self._functions = Functions(module, self.source, library)
        self._with_guards = library.compiled(self._of_what_fits)
        self._in, self._out, self._numbers = network.input_shape, network.output_shape, network.constants
        self._plain = frozenset(network.parameter_shapes)
        self._outer = {name: tuple(shape) for name, shape in network.parameter_shapes.items()}
        self._masks = {name.replace(".", "_"): name for name in network.masks}
        self._inside = {
            array.name: tuple(int(count.xreplace(dict(module.passes.program.sizes))) for count in array.tensor.sizes)
            for array in module.given
        }
        self._turned = {name for name, shape in self._outer.items() if self._inside.get(name, shape) != shape}
        self._wanted = [(a.name, self._inside[a.name], a.name in self._plain) for a in module.given]

    def __call__(
        self, params: Mapping[str, Any], x: Any, y: Any, *, inputs: bool = False, **masks: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the cost of the batch and its derivative by every parameter, with `inputs` by x as well, as "x"."""
        if self._with_guards is not None and not inputs and not masks:
            try:
                if found := self._with_guards(params, x, y):
                    return found  # type: ignore[no-any-return]
            except _DoesNotFit:
                pass  # a context of `suppress` takes a fifth of what all of this takes
        with self._precisely(params, x, y):
            cost, grads = self._functions.gradient(self._arguments(params, x, told(y), masks), inputs=inputs)
            return cost, self._outside(grads) | (
                {"x": grads["x"].reshape((-1, *self._in))} if inputs and "x" in grads else {}
            )

    def cost(self, params: Mapping[str, Any], x: Any, y: Any, **masks: Any) -> Any:
        """Return the cost as a number that the library differentiates, by the derived backward pass."""
        with self._precisely(params, x, y):
            return self._functions.apply(*self._arguments(params, x, told(y), masks))

    def forward(self, params: Mapping[str, Any], x: Any, **masks: Any) -> dict[str, Any]:
        """Return what the last layer gives, which the library differentiates by the derived backward pass."""
        with self._precisely(params, x):
            found = self._block.outputs(self._arguments(params, x, None, masks))
            return {name: array.reshape((-1, *self._out)) for name, array in found.items()}

    def backward(self, params: Mapping[str, Any], x: Any, upstream: Any, **masks: Any) -> dict[str, Any]:
        """Return the derivatives by all parameters, and by x, of what `upstream` is the derivative by the output of."""
        (name,) = (array.name for array in self._block.module.outputs)
        given = upstream.get(name) if isinstance(upstream, Mapping) else upstream
        if given is None:
            raise DataError(f"upstream: {name} is missing, ∂C/∂{name} of what the network gives")
        with self._precisely(params, x):
            arguments, (output,) = self._arguments(params, x, None, masks), self._block.module.outputs
            inside = [int(n.xreplace(dict(self._block.module.passes.program.sizes))) for n in output.tensor.sizes[1:]]
            own = self._library.arrays({"": arguments[0], name: given})[name]
            place = [array.name for array in self._block.module.given].index("x")
            check_rows(tuple(own.shape), tuple(self._out), arguments[place].shape[0])
            own = own.reshape((-1, *inside))
            grads = self._block.back(arguments, [own])
            return self._outside(grads) | ({"x": grads["x"].reshape((-1, *self._in))} if "x" in grads else {})

    def hvp(
        self, params: Mapping[str, Any], x: Any, y: Any, direction: Mapping[str, Any], **masks: Any
    ) -> dict[str, Any]:
        """Return H·v along a direction in the parameters: the library differentiates the derived backward pass."""
        arrays = self._functions.module.given
        learned = [array for array in arrays if array.kind == Kind.PARAMETER]
        check_direction(direction, learned, as_mapping(params))
        with self._precisely(params, x, y):
            given, ways = self._arguments(params, x, told(y), masks), {a.name: direction.get(a.name) for a in learned}
            return self._outside(along(self._functions, given, arrays, ways))

    @cached_property
    def compiled(self) -> EngineProgram:
        """The equations of a batch as functions of arrays by name; of a network of layers."""
        assert isinstance(self.derivation, ProgramDerivation)
        return EngineProgram(self.derivation, self._engine, self._library)

    @cached_property
    def _block(self) -> Functions:
        """The network without its cost."""
        _, passes = block_of(self.derivation, self.network)
        module = ModuleText(passes, self._engine, "A network without its cost.", are_fixed=True)
        return Functions(module, module.text(), self._library)

    def _of_what_fits(self, params: Any, x: Any, y: Any) -> tuple[Any, dict[str, Any]]:
        """Return cost and gradient; raises _DoesNotFit where an argument is to be changed before, or refused."""
        given = self._as_they_are(params, x, y)
        if given is None:
            raise _DoesNotFit
        cost, grads = self._functions.gradient(given, inputs=False)
        return cost, self._outside(grads)

    def _outside(self, grads: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derivatives by the parameters in their order, in the shapes that users know."""
        if not self._turned and len(grads) == len(self._plain):
            return {name: grads[name] for name in self._outer}
        own = ((name, grads[name]) for name in self._outer if name in grads)
        return {name: g.reshape(self._outer[name]) if name in self._turned else g for name, g in own}

    def _precisely(self, params: Mapping[str, Any], *others: Any) -> AbstractContextManager[Any]:
        """Return a context in which all keep their digits; raises DataError where params are no mapping."""
        return self._library.precisely((*as_mapping(params).values(), *others))

    def _arguments(self, params: Any, x: Any, y: Any, masks: Mapping[str, Any]) -> list[Any]:
        """Return the arguments of the text, in the shapes that the equations have."""
        if y is not None and (ready := self._as_they_are(params, x, y)) is not None:
            return ready
        shapes = self.network.parameter_shapes
        if not isinstance(params, Mapping) or set(params) != set(shapes) or not set(masks) <= set(self._masks):
            refuse(self.network, params, x, y, masks=masks)
        named = {self._masks[short]: value for short, value in masks.items()}
        own = self._library.arrays({**params, "x": x, **({} if y is None else {"y": y}), **named})
        rows = {"x": self._in, "y": self._out, **self.network.masks}  # of one sample, which may come without its row
        rows = {name: tuple(shape) for name, shape in rows.items() if name in own}
        own |= {name: own[name].reshape((1, *shape)) for name, shape in rows.items() if own[name].shape == shape}
        count = own["x"].shape[0] if len(own["x"].shape) else 0
        fits = [tuple(own[name].shape) == tuple(shape) for name, shape in shapes.items()]
        fits += [tuple(own[name].shape) in ((count, *s), (count, prod(s))) for name, s in rows.items()]
        if not count or not all(fits) or (count < 2 and self.network.is_coupled):
            refuse(self.network, params, x, y, masks=masks)
        given = (self._functions if y is not None else self._block).module.given
        others = {name: np.asarray(number) for name, number in self._numbers.items()}
        for name in self._masks.values():
            others |= {} if name in own else {name: np.ones((count, *self.network.masks[name]))}
        if others:
            own |= self._library.arrays({"": own["x"], **others})
        return [own[array.name].reshape(self._shape(array, count)) for array in given]

    def _as_they_are(self, params: Any, x: Any, y: Any) -> list[Any] | None:
        """Return what is given, where all of it fits already: guards take as long as a small network itself."""
        if self._masks or self._numbers or not isinstance(params, dict) or len(params) != len(self._plain):
            return None
        values = {**params, "x": x, "y": y}
        if not self._library.are_alike(values.values()) or len(x.shape) < 2:
            return None
        count, given = x.shape[0], []
        for name, shape, is_plain in self._wanted:
            value = values.get(name)
            if value is None or value.shape != (self._outer[name] if is_plain else (count, *shape[1:])):
                return None
            given.append(value.reshape(shape) if name in self._turned else value)
        return given if count > 1 or not self.network.is_coupled else None

    def _shape(self, array: Array, count: int) -> tuple[int, ...]:
        inside = self._inside[array.name]
        is_own = array.name not in self.network.parameter_shapes and array.name not in self._numbers
        return (count, *inside[1:]) if is_own else inside

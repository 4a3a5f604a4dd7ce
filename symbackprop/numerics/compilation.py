"""From a derivation to a function: the plan of its equations, written by a backend, loaded, and guarded.

gradient(params, x, y)  ->  mean cost of the batch, {"W1": ∂C/∂W1, "b1": ∂C/∂b1, …}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import accumulate
from math import isfinite, isinf, prod
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.errors import DataError, SpecError, UnknownNameError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.samples import program_of
from symbackprop.numerics.backends import BACKENDS, Backend
from symbackprop.numerics.batching import of_batch
from symbackprop.numerics.checks import DOUBLE, SINGLE, are_batch, as_mapping, as_numbers, check_data, check_params
from symbackprop.numerics.inaccuracy import warn_of_inaccuracy
from symbackprop.numerics.layered import CompiledLayers, compiled_program
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.mixing import as_computed
from symbackprop.numerics.plan import Plan, plan
from symbackprop.numerics.programs import CompiledProgram

if TYPE_CHECKING:
    from symbackprop.numerics.engines.compiled import EngineNetwork, EngineProgram

# Up to this many parameters a single sample is computed number by number, arrays taken apart and put together again
# included: 0.4 of the time of matrices at 13 parameters, 1.1 at 130 (python -m tests.benchmarks).
FLAT_UP_TO = 100

KEPT = 2  # sizes of batches whose arrays are kept: all but the last one of an epoch, and that

NO_VALUE = (ZeroDivisionError, OverflowError, ValueError)  # what Python raises where NumPy gives inf or nan


class CompiledGradient:
    """A derived gradient as a function of (params, x, y); `source` is the text that runs.

    x: (m, n_0)   y: (m, n_L)   params: {"W1": (n_1, n_0), "b1": (n_1,), …}   ->   cost, gradient, new arrays each
    A single sample may come as two rows without an axis for samples. With the backend numpy, one sample of a small
    network runs number by number (`flat_source`), which is faster there. Raises ShapeError or DataError where an
    argument does not fit. Not for several threads at once: the arrays in between are kept from call to call."""

    def __init__(self, derivation: Derivation, backend: str, made: Plan | None = None) -> None:
        """Write and load the gradient of the derivation's network, by its plan if that is made already."""
        part = BACKENDS[backend]
        part.prepare()
        write = part.source
        assert write is not None
        self.backend = part.name
        self.derivation = derivation
        self.plan = plan(derivation) if made is None else made
        self.source = write(self.plan)
        network = derivation.network
        self._shapes, self._widths = network.parameter_shapes, network.widths
        self._like = tuple(self._shapes.items()), ((self._widths[0],), (self._widths[-1],))
        names = loaded(self.source)
        self._run: Callable[..., Any] = names["gradient"]
        self._fresh = dict.fromkeys(self._shapes)  # None for each: new arrays
        self._make: Callable[..., Any] | None = names.get("workspace")
        self._spaces: dict[tuple[int, Any], Any] = {}
        self._is_small = backend == "numpy" and network.parameter_count <= FLAT_UP_TO

    def __call__(self, params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        """Return the mean cost of the batch and its derivative by every parameter."""
        return self._computed(params, x, y, None)

    def reusing(self) -> Callable[[Mapping[str, Any], Any, Any], tuple[float, dict[str, Any]]]:
        """Return the same function, but each call overwrites the derivatives that the one before has returned."""
        kept: dict[str, Any] | None = None
        kind = None

        def gradient(params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
            nonlocal kept, kind
            if kind != getattr(x, "dtype", None):
                kept, kind = None, getattr(x, "dtype", None)
            cost, kept = self._computed(params, x, y, kept)
            return cost, kept

        return gradient

    def _computed(
        self, params: Mapping[str, Any], x: Any, y: Any, out: dict[str, Any] | None
    ) -> tuple[float, dict[str, Any]]:
        """Return the cost and the derivatives; where there is `out`, these may be its arrays."""
        if not are_batch(params, x, y, self._like):
            params, x, y = self._fitting(params, x, y)
        cost, grads = self._found(params, x, y, out)
        if not isfinite(cost):  # a number that is none is looked for where it shows: to look takes as long as a product
            check_data(x, y, self._widths)
            check_params(params, self._widths)
        return cost, grads

    def _found(self, params: Any, x: Any, y: Any, out: dict[str, Any] | None) -> tuple[float, dict[str, Any]]:
        if self._make is None:
            return self._by_lists(params, x, y)
        if self._is_small and len(x) == 1 and x.dtype == np.float64:
            with suppress(*NO_VALUE):  # where matrices give an infinity
                return self._by_numbers(params, x, y)
        key = (len(x), x.dtype)
        space = self._spaces.get(key)
        if space is None:
            if len(self._spaces) == KEPT:
                del self._spaces[next(iter(self._spaces))]
            space = self._spaces[key] = self._make(*key)
        cost, grads = self._run(params, x, y, space, self._fresh if out is None else out)
        return float(cost), grads

    def hvp(self, params: Mapping[str, Any], x: Any, y: Any, direction: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return H·v: the derivative of the gradient along a direction in the parameters, by every parameter."""
        return self._program.hvp(self._values(params, x, y), direction)

    def gauss_newton(
        self, params: Mapping[str, Any], x: Any, y: Any, direction: Mapping[str, Any]
    ) -> dict[str, np.ndarray]:
        """Return G·v by every parameter, G = Jᵀ (∂²c/∂a²) J of the cost c of the outputs a, which J differentiates."""
        return self._program.gauss_newton(self._values(params, x, y), direction)

    def jacobian(self, params: Mapping[str, Any], x: Any) -> dict[str, np.ndarray]:
        """Return the derivatives of the outputs of every sample: {"W1": (m, n_L, *shape of W1), …}."""
        rows = np.atleast_2d(as_numbers("x", x))
        (found,) = self._program.jacobian(self._values(params, rows, np.zeros((len(rows), self._widths[-1])))).values()
        return found

    def _values(self, params: Mapping[str, Any], x: Any, y: Any) -> dict[str, Any]:
        params, x, y = self._fitting(params, x, y)
        return {**params, "x": x, "y": y}

    @cached_property
    def _program(self) -> CompiledProgram:
        """The same network as a program of arrays, from which whatever is of second order is derived."""
        derived = derive_program(program_of(self.derivation.network))
        return CompiledProgram(derived, of_batch(derived, "mean"), by=self._shapes, reduction="mean")

    @cached_property
    def flat_source(self) -> str:
        """The text that computes one sample number by number, with the standard library alone."""
        write = BACKENDS["scalar"].source
        assert write is not None
        return write(self.plan)

    @cached_property
    def _sample(self) -> Callable[..., tuple[float, ...]]:
        sample: Callable[..., tuple[float, ...]] = loaded(self.flat_source)["sample"]
        return sample

    @cached_property
    def _slices(self) -> list[tuple[str, int, int, tuple[int, ...]]]:
        """Where the derivatives by each parameter stand in the row that `sample` returns."""
        ends = list(accumulate(map(prod, self._shapes.values()), initial=1))
        pairs = zip(self._shapes.items(), ends, ends[1:], strict=False)
        return [(name, start, end, shape) for (name, shape), start, end in pairs]

    def _by_numbers(self, params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        lists = (np.asarray(params[name]).tolist() for name in self._shapes)
        row = self._sample(*lists, x[0].tolist(), y[0].tolist())
        flat = np.array(row)
        return row[0], {name: flat[start:end].reshape(shape) for name, start, end, shape in self._slices}

    def _by_lists(self, params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        lists = {name: np.asarray(params[name], dtype=np.float64).tolist() for name in self._shapes}
        try:
            cost, grads = self._run(lists, x.tolist(), y.tolist())
            if isinf(cost):  # a formula of the user's, which says so
                raise ZeroDivisionError
        except NO_VALUE:
            check_data(x, y, self._widths)
            check_params(params, self._widths)
            raise DataError(
                "the cost or its derivative is infinite at this point; the backend numpy says where, as inf or nan"
            ) from None
        return cost, {name: np.array(grad) for name, grad in grads.items()}

    def _fitting(self, params: Mapping[str, Any], x: Any, y: Any) -> tuple[Mapping[str, Any], Any, Any]:
        """Return what was given as arrays of one type: float32 where all of it is, else float64.

        Raises what the guards raise, which are asked only where something does not fit as it is: they take long."""
        x, y = _as_batches(x, y)
        params = {name: as_numbers(name, value) for name, value in as_mapping(params).items()}
        single = all(array.dtype.newbyteorder("=") == SINGLE for array in (x, y, *params.values()))
        kind = SINGLE if single else DOUBLE
        x, y = (array.astype(kind, copy=False) for array in (x, y))
        params = {name: array.astype(kind, copy=False) for name, array in params.items()}
        if not are_batch(params, x, y, self._like):
            check_data(x, y, self._widths)
            check_params(params, self._widths)
        return params, x, y


def _as_batches(x: object, y: object) -> tuple[Any, Any]:
    """Return both with samples as rows; a single sample may come without its row."""
    arrays = as_numbers("x", x), as_numbers("y", y)
    if arrays[0].ndim == 2 and len(arrays[0]) > 1 and arrays[1].ndim == 1:
        return arrays  # no row of targets, but one number for each sample, of which the guards know more
    rows = []
    for name, array in zip("xy", arrays, strict=True):
        if array.ndim not in (1, 2):
            raise DataError(f"{name} has {array.ndim} axes; give two: one sample per row")
        rows.append(array[np.newaxis, :] if array.ndim == 1 else array)
    return rows[0], rows[1]


@overload
def compile(derivation: Derivation, backend: str = "numpy") -> CompiledGradient: ...


@overload
def compile(derivation: ProgramDerivation, backend: str = "numpy") -> CompiledProgram | CompiledLayers: ...


def compile(
    derivation: Derivation | ProgramDerivation, backend: str = "numpy"
) -> CompiledGradient | CompiledProgram | CompiledLayers | EngineNetwork | EngineProgram:
    """Return what was derived as a function, its equations turned into code by `backend`.

    Of a network of layers the gradient by (params, x, y), of a program that by the values of its arrays.

    Warns of a formula of the user's whose numbers err by more than 1e-9 of |f| + |x f'| somewhere: where, and how much.
    Raises SpecError for what is no derivation, UnknownNameError for a backend that is not there, MissingExtraError
    where its package is missing."""
    part, derivation = BACKENDS[backend], _computed(derivation)
    if part.engine is not None and isinstance(derivation, Derivation | ProgramDerivation):
        return _with_engine(derivation, part)
    if isinstance(derivation, ProgramDerivation):
        if part.name != "numpy":
            others = ", ".join(name for name in BACKENDS if name == "numpy" or BACKENDS[name].engine is not None)
            raise UnknownNameError(f"backend {backend!r} writes chains of dense layers, number by number; try {others}")
        return compiled_program(derivation)
    if not isinstance(derivation, Derivation):
        raise SpecError(f"compile wants a derivation, got {type(derivation).__name__}; try compile(derive(network))")
    made = CompiledGradient(derivation, backend)
    warn_of_inaccuracy(derivation.network)
    return made


def source_of(
    derivation: Derivation | ProgramDerivation, backend: str = "numpy", *, saved: tuple[str, ...] | None = None
) -> str:
    """Return what was derived as a text that runs on its own; the backend's package need not be there.

    `saved` names what the forward pass keeps, with a backend that differentiates; left out, all that is read again.
    Raises UnknownNameError for a backend that is not there, SpecError where it keeps nothing or there is no such array.
    """
    part, derivation = BACKENDS[backend], _computed(derivation)
    if part.engine is not None:
        from symbackprop.numerics.engines.files import file_text

        return file_text(derivation, part.engine, saved)
    if saved is not None:
        others = " or ".join(name for name in BACKENDS if BACKENDS[name].engine is not None)
        raise SpecError(f"--saved goes with a backend that differentiates; take --backend {others}")
    if isinstance(derivation, Derivation):
        assert part.source is not None
        return part.source(plan(derivation))
    return compile(derivation, part.name).source


def _computed(derivation: Any) -> Any:
    """Return the derivation that code is written from; raises what `as_computed` does."""
    if not isinstance(derivation, Derivation):
        return derivation
    network = as_computed(derivation.network)
    return derivation if isinstance(network, Network) else derive_program(network.program, network)


def _with_engine(derivation: Derivation | ProgramDerivation, part: Backend) -> EngineNetwork | EngineProgram:
    """Return the functions of a library that differentiates; raises MissingExtraError where it is not installed."""
    from symbackprop.numerics.engines.compiled import EngineNetwork, EngineProgram

    library, engine = part.prepare(), part.engine
    assert engine is not None
    if isinstance(derivation, ProgramDerivation) and not isinstance(derivation.network, LayeredNetwork):
        return EngineProgram(derivation, engine, library)
    return EngineNetwork(derivation, engine, library)

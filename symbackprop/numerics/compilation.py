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
from symbackprop.frozen import dataclass
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.numerics.arguments import arguments_of
from symbackprop.numerics.backends import BACKENDS, Backend
from symbackprop.numerics.checks import are_batch, as_numbers, check_finite
from symbackprop.numerics.inaccuracy import warn_of_inaccuracy
from symbackprop.numerics.layered import CompiledLayers, compiled_program
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.mixing import as_computed
from symbackprop.numerics.networkfunctions import NOTHING, NetworkFunctions
from symbackprop.numerics.plan import Plan, plan
from symbackprop.numerics.programs import CompiledProgram

if TYPE_CHECKING:
    from symbackprop.numerics.engines.compiled import EngineNetwork, EngineProgram
    from symbackprop.numerics.engines.moduletext import ModuleText

# Up to this many parameters a single sample is computed number by number, arrays taken apart and put together again
# included: 0.4 of the time of matrices at 13 parameters, 1.1 at 130 (python -m tests.benchmarks).
FLAT_UP_TO = 100

KEPT = 2  # sizes of batches whose arrays are kept: all but the last one of an epoch, and that

NO_VALUE = (ZeroDivisionError, OverflowError, ValueError)  # what Python raises where NumPy gives inf or nan


class CompiledGradient(NetworkFunctions):
    """A derived gradient as a function of (params, x, y); `source` is the text that runs.

    x: (m, n_0)   y: (m, n_L)   params: {"W1": (n_1, n_0), "b1": (n_1,), …}   ->   cost, gradient, new arrays each
    A single sample may come as two rows without an axis for samples. With the backend numpy, one sample of a small
    network runs number by number (`flat_source`), which is faster there. Raises ShapeError or DataError where an
    argument does not fit. The arrays in between are kept from call to call; several threads have each their own."""

    derivation: Derivation
    network: Network

    def __init__(self, derivation: Derivation, backend: str, made: Plan | None = None) -> None:
        """Write and load the gradient of the derivation's network, by its plan if that is made already."""
        super().__init__(derivation, derivation.network)
        part = BACKENDS[backend]
        part.prepare()
        write = part.source
        assert write is not None
        self.backend = part.name
        self.plan = plan(derivation) if made is None else made
        self.source = write(self.plan)
        names = loaded(self.source)
        self._run: Callable[..., Any] = names["gradient"]
        self._fresh = dict.fromkeys(self._outer)  # None for each: new arrays
        self._make: Callable[..., Any] | None = names.get("workspace")
        self._spaces: dict[tuple[int, Any], Any] = {}
        self._is_small = backend == "numpy" and derivation.network.parameter_count <= FLAT_UP_TO

    def __call__(
        self, params: Mapping[str, Any], x: Any, y: Any, *, inputs: bool = False
    ) -> tuple[float, dict[str, Any]]:
        """Return the mean cost of the batch and its derivative by every parameter, with `inputs` by x, too, as "x"."""
        return self._gradient(params, x, y, inputs=True) if inputs else self._at(params, x, y, None)

    def reusing(self) -> Callable[[Mapping[str, Any], Any, Any], tuple[float, dict[str, Any]]]:
        """Return the same function, but each call overwrites the derivatives that the one before has returned."""
        kept: dict[str, Any] | None = None
        kind = None

        def gradient(params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
            nonlocal kept, kind
            if kind != getattr(x, "dtype", None):
                kept, kind = None, getattr(x, "dtype", None)
            cost, kept = self._at(params, x, y, kept)
            return cost, kept

        return gradient

    def _at(
        self, params: Mapping[str, Any], x: Any, y: Any, out: dict[str, Any] | None
    ) -> tuple[float, dict[str, Any]]:
        """Return the cost and the derivatives; where there is `out`, these may be its arrays."""
        if not are_batch(params, x, y, self._like):
            params, x, y = self._arguments(params, x, y)
        cost, grads = self._found(params, x, y, out)
        if not isfinite(cost):  # a number that is none is looked for where it shows: to look takes as long as a product
            _check(params, x, y)
        return cost, grads

    def _found(self, params: Any, x: Any, y: Any, out: dict[str, Any] | None) -> tuple[float, dict[str, Any]]:
        if self._make is None:
            return self._by_lists(params, x, y)
        if self._is_small and len(x) == 1 and x.dtype == np.float64:
            with suppress(*NO_VALUE):  # where matrices give an infinity
                return self._by_numbers(params, x, y)
        key = (len(x), x.dtype)
        space = self._spaces.pop(key, None) or self._make(*key)  # taken away: another thread then makes its own
        cost, grads = self._run(params, x, y, space, self._fresh if out is None else out)
        for least_recent in tuple(self._spaces)[: 1 - KEPT]:
            self._spaces.pop(least_recent, None)
        self._spaces[key] = space
        return float(cost), grads

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
        ends = list(accumulate(map(prod, self._outer.values()), initial=1))
        pairs = zip(self._outer.items(), ends, ends[1:], strict=False)
        return [(name, start, end, shape) for (name, shape), start, end in pairs]

    def _by_numbers(self, params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        lists = (np.asarray(params[name]).tolist() for name in self._outer)
        row = self._sample(*lists, x[0].tolist(), y[0].tolist())
        flat = np.array(row)
        return row[0], {name: flat[start:end].reshape(shape) for name, start, end, shape in self._slices}

    def _by_lists(self, params: Mapping[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        lists = {name: np.asarray(params[name], dtype=np.float64).tolist() for name in self._outer}
        try:
            cost, grads = self._run(lists, x.tolist(), y.tolist())
            if isinf(cost):  # a formula of the user's, which says so
                raise ZeroDivisionError
        except NO_VALUE:
            _check(params, x, y)
            raise DataError(
                "the cost or its derivative is infinite at this point; the backend numpy says where, as inf or nan"
            ) from None
        return cost, {name: np.array(grad) for name, grad in grads.items()}

    def _arguments(self, params: Mapping[str, Any], x: Any, y: Any) -> tuple[Mapping[str, Any], Any, Any]:
        """Return what was given as arrays of one type; raises what the guards raise, which take long."""
        found = arguments_of(self.network, params, x, masks=NOTHING, y=as_numbers("y", y) if y is None else y)
        return {name: found[name] for name in self._outer}, found["x"], found["y"]


def _check(params: Mapping[str, Any], x: Any, y: Any) -> None:
    """Raise DataError for what is no finite number."""
    for name, array in {"x": x, "y": y, **params}.items():
        check_finite(name, array)


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


@dataclass(frozen=True)
class Source:
    """A text that runs on its own, and what knows the equations of its comments; None for those of a chain."""

    text: str
    program: CompiledProgram | ModuleText | None


def source_of(
    derivation: Derivation | ProgramDerivation, backend: str = "numpy", *, saved: tuple[str, ...] | None = None
) -> Source:
    """Return what was derived as a text that runs on its own; the backend's package need not be there.

    `saved` names what the forward pass keeps, with a backend that differentiates; left out, all that is read again.
    Raises UnknownNameError for a backend that is not there, SpecError where it keeps nothing or there is no such array.
    """
    part, derivation = BACKENDS[backend], _computed(derivation)
    if part.engine is not None:
        from symbackprop.numerics.engines.files import file_of, module_of

        module = module_of(derivation, part.engine, saved)
        return Source(file_of(module, derivation.network), module)
    if saved is not None:
        others = " or ".join(name for name in BACKENDS if BACKENDS[name].engine is not None)
        raise SpecError(f"--saved goes with a backend that differentiates; take --backend {others}")
    if isinstance(derivation, Derivation):
        assert part.source is not None
        return Source(part.source(plan(derivation)), None)
    made = compile(derivation, part.name)
    return Source(made.source, made.by_parameters if isinstance(made, CompiledLayers) else made)


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

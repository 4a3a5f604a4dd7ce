"""A derived program as functions of its arrays: forward, backward and gradient, one line of NumPy an equation.

f(values)  ->  cost, {"q": ∂C/∂q, …}        f.forward(values)  ->  {"o": …}        f.backward(values, {"o": ∂C/∂o})
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symbackprop.calculus.passes import Passes, adjoint_of, passes_of
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import DataError
from symbackprop.network.needs import needs_of
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import GIVEN, GIVEN_MARK, INDEPENDENT, Equation, Kind
from symbackprop.network.unchanging import Unchanging
from symbackprop.numerics.arrays.counts import size_letters
from symbackprop.numerics.arrays.functions import module_text, texts_of
from symbackprop.numerics.arrays.order import needed_for
from symbackprop.numerics.arrays.sizing import as_arrays, check_cost, sizes_of
from symbackprop.numerics.arrays.source import Pass, comments_of
from symbackprop.numerics.curvature import Curvature
from symbackprop.numerics.equationtext import notes_of
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.logarithms import with_finite_logarithms, with_logarithms_of
from symbackprop.numerics.saturation import keeping_digits
from symbackprop.numerics.staging import staged, with_slopes
from symbackprop.numerics.supports import wild_arrays, without_wild_zeros

MOST_SHAPES = 64  # of what is given, for which the sizes are remembered

GRADIENT = """

SIZES = {sizes}  # those that follow from no array


def gradient(values):
    \"\"\"Return the cost and its derivative by each parameter and each input; values: arrays by their names.\"\"\"
    known = {{name: np.asarray(value, dtype=float) for name, value in values.items()}}
    known = {{**SIZES, **known}}
    known = {{**known, **forward(known)}}
    return float(known["C"]), backward(known)
"""


class CompiledProgram(Unchanging):
    """A derived program as functions of its arrays; `source` is the text that runs, and needs NumPy alone.

    values: {"q": array, …}, one for each input, target, parameter and constant. Sizes are those of the arrays.
    Raises DataError or ShapeError where an array is missing, surplus, of another shape, or no finite number."""

    def __init__(
        self,
        derivation: ProgramDerivation,
        passes: Passes | None = None,
        *,
        by: Iterable[str] | None = None,
        reduction: str | None = None,
        title: str | None = None,
    ) -> None:
        """Write and load the equations of a derived program and of its adjoints, or those that it has become.

        `by` names the arrays whose derivatives are computed; left out, all parameters and inputs are. `reduction` is
        how the passes became those of a batch, where they are so. `title` is what the text is said to be."""
        passes = passes or passes_of(derivation)
        self.derivation, self._reduction = derivation, reduction
        self.program = program = passes.program
        self._given = program.of_kind(*GIVEN)
        names = None if by is None else set(by)
        wanted = program.of_kind(*INDEPENDENT)
        self._wanted = tuple(array for array in wanted if names is None or array.name in names)
        self._needs = needs_of(program.equations)
        self._sizes_of: dict[tuple[tuple[int, ...], ...], dict[str, int]] = {}  # by the shapes of what is given
        self.passes = passes
        self._staged, self._slopes = with_slopes(without_wild_zeros(keeping_digits(staged(passes))))
        title = title or f"{derivation.title or 'A program'}: forward and backward, derived by symbackprop."
        texts = texts_of(self._forward_pass(), self._backward_pass(), self.identifiers, size_letters(program))
        self.passes_source = module_text(title, texts)
        functions = loaded(self.passes_source)
        self._forward, self._backward = functions["forward"], functions["backward"]

    @cached_property
    def untold_sizes(self) -> dict[str, int]:
        """The numbers of the sizes that follow from no array, and that the text reads by their names."""
        numbers = {str(size): number for size, number in self.program.sizes.items()}
        return {name: number for name, number in numbers.items() if f'known["{name}"]\n' in self.passes_source}

    @cached_property
    def source(self) -> str:
        """The text of a module that defines forward and backward, and the gradient where there is a cost."""
        if not self.program.has_cost:
            return self.passes_source
        return self.passes_source + GRADIENT.format(sizes=self.untold_sizes)

    def comments(self) -> Iterator[tuple[tuple[str, ...], Equation]]:
        """Yield the lines of each comment of the text with the equation that they say."""
        for within in (self._forward_pass(), self._backward_pass()):
            yield from comments_of(within)

    @cached_property
    def identifiers(self) -> dict[Expr, str]:
        """The identifier of every array in code: v_q for q, d_q for ∂C/∂q."""
        arrays = [(array.tensor, _identifier(array.name)) for array in self._staged.program.arrays]
        values: dict[Expr, str] = {tensor: f"v_{name}" for tensor, name in arrays}
        values |= {adjoint_of(tensor): f"d_{name}" for tensor, name in arrays if tensor != COST}
        return {e.tensor: _identifier(e.tensor.code_name) for e in self._staged.adjoints} | values

    @cached_property
    def _adjoints(self) -> tuple[Equation, ...]:
        """The equations of the derivatives that are computed."""
        adjoints = with_logarithms_of(self._staged.adjoints, self._staged.program.equations)
        return needed_for([adjoint_of(array.tensor) for array in self._wanted], adjoints)

    @cached_property
    def _read(self) -> set[Tensor]:
        """What the equations of the derivatives read and do not compute themselves."""
        return {tensor for e in self._adjoints for tensor in e.reads} - {e.tensor for e in self._adjoints}

    @cached_property
    def _wild(self) -> frozenset[Expr]:
        return wild_arrays(self._staged.program.equations)

    def _forward_pass(self) -> Pass:
        program = self._staged.program
        names, read = {array.name for array in self.program.arrays}, self._read
        computed = [a for a in program.of_kind(Kind.VALUE, Kind.COST) if a.name in names or a.tensor in read]
        return Pass(
            "forward",
            "Return every array that the program computes.",
            tuple((array.tensor, array.name) for array in self._given),
            with_finite_logarithms(program.equations),
            tuple((array.tensor, array.name) for array in computed),
            notes=notes_of(self._staged),
            wild=self._wild,
            in_place=True,
            slopes=self._slopes,
        )

    def _backward_pass(self) -> Pass:
        adjoints = self._adjoints
        computed = {equation.tensor for equation in adjoints}
        by_tensor = {array.tensor: array.name for array in self._staged.program.arrays}
        by_tensor |= {adjoint_of(a.tensor): f"upstream {a.name}" for a in self.program.outputs if a.tensor != COST}
        return Pass(
            "backward",
            "Return the derivative of the cost by each parameter and each input; empties `known`.",
            tuple((tensor, by_tensor[tensor]) for tensor in sorted(self._read, key=str)),
            adjoints,
            tuple((adjoint_of(a.tensor), a.name) for a in self._wanted if adjoint_of(a.tensor) in computed),
            tuple((array.tensor, array.name) for array in self._given),
            notes=notes_of(self._staged),
            wild=self._wild,
            in_place=True,
            spent=frozenset(array.name for array in self._staged.program.of_kind(Kind.VALUE, Kind.COST)),
        )

    def __call__(self, values: Mapping[str, Any]) -> tuple[float, dict[str, np.ndarray]]:
        """Return the cost and its derivative by every parameter and every input."""
        check_cost(self.program)
        known = self.known(values)
        return float(known["C"]), self.gradient_at(known)

    def forward(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the program gives: the arrays that no other equation reads, and the cost as a number."""
        known = self.known(values)
        dtype = np.result_type(*(known[array.name] for array in self._given)) if self._given else None
        return {a.name: _own(known[a.name], dtype) for a in self.program.outputs}

    def arrays(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return all arrays by name, those that are given and those that are computed on the way to the cost."""
        known = self.known(values)
        return {array.name: known[array.name] for array in self.program.arrays}

    def backward(self, values: Mapping[str, Any], upstream: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return the derivatives by every parameter and input of what `upstream` is the derivative by the outputs of.

        upstream: {"o": ∂C/∂o, …}, an array of the shape of each output; {"C": number} where there is a cost."""
        known = self.known(values)
        outputs = [array for array in self.program.outputs if array.tensor != COST]
        if self.program.has_cost:
            (scale,) = as_arrays(upstream, [self.program.array("C")], what="upstream").values()
            return {name: scale * grad for name, grad in self.gradient_at(known).items()}
        arrays = as_arrays(upstream, outputs, what="upstream")
        for array in outputs:
            wanted = np.shape(known[array.name])  # a value that is 0 wherever it is has no shape of its own
            if arrays[array.name].shape != wanted:
                shapes = f"{arrays[array.name].shape}, wanted {wanted}"
                raise DataError(f"upstream: {array.name} has shape {shapes}, as {array.name} has")
            known[f"upstream {array.name}"] = arrays[array.name]
        return self.gradient_at(known)

    def hvp(self, values: Mapping[str, Any], direction: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return H·v: the derivative of the gradient along a direction, by every parameter and every input.

        direction: {"q": array of the shape of q, …}; what is not named is not moved. The backward pass is a program,
        and is derived along it. Raises DataError where there is no cost, or an array does not fit."""
        return self.curvature.hvp(values, direction)

    def gauss_newton(self, values: Mapping[str, Any], direction: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return G·v with G = Jᵀ (∂²c/∂o²) J of C = c(o), o all that the equation of the cost reads; else as `hvp`.

        What the cost is of a parameter itself, a penalty, is curved with it."""
        return self.curvature.gauss_newton(values, direction)

    def jacobian(self, values: Mapping[str, Any]) -> dict[str, dict[str, np.ndarray]]:
        """Return ∂o/∂u of every output by every parameter and input: {"o": {"u": (*shape of o, *shape of u)}}.

        Where there is a cost, the outputs are what its equation reads. Of a batch, each sample's own: (m, …)."""
        return self.curvature.jacobian(values)

    @cached_property
    def curvature(self) -> Curvature:
        """What of second order is derived of the same passes, and the Jacobian of the outputs."""
        wanted = [array.name for array in self._wanted]
        return Curvature(
            self, wanted, self._reduction, lambda passes: CompiledProgram(self.derivation, passes, by=wanted)
        )

    def with_sizes(self, sizes: Mapping[Symbol, int]) -> CompiledProgram:
        """Return the same functions with other numbers for the sizes that no given array tells."""
        other = copy(self)
        other._sizes_of = {}
        other.program = replace(self.program, sizes=MappingProxyType({**self.program.sizes, **sizes}))
        return other

    def known(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the sizes, the given arrays and all that is computed from them, by name."""
        arrays = as_arrays(values, self._given)
        shapes = tuple(arrays[array.name].shape for array in self._given)
        sizes = self._sizes_of.get(shapes)
        if sizes is None:
            if len(self._sizes_of) == MOST_SHAPES:
                self._sizes_of.clear()
            found = sizes_of(shapes, self._given, tuple(self.program.sizes.items()), self._needs)
            sizes = self._sizes_of[shapes] = {str(size): number for size, number in found.items()}
        known = {**sizes, **arrays}
        with np.errstate(all="ignore"):
            return {**known, **self._forward(known)}

    def gradient_at(self, known: dict[str, Any]) -> dict[str, np.ndarray]:
        """Return the derivatives, given all that `known` returns; what was computed is taken out of it, and spent.

        Its memory is let go once it was read, or filled anew: what was given stays as it is."""
        given = {array.name: known[array.name] for array in self._given}
        with np.errstate(all="ignore"):
            found = self._backward(known)
        taken = {id(_owner(value)) for value in (*given.values(), *known.values())}
        grads = {}
        for name in (array.name for array in self._wanted):
            value, dtype = found.get(name), given[name].dtype
            value = np.zeros_like(given[name]) if value is None else value
            is_own = _is_new(value, dtype) and id(_owner(value)) not in taken
            grads[name] = value if is_own else _own(value, dtype)
            taken.add(id(_owner(value)))
        return grads


def _identifier(name: str) -> str:
    return name.replace(GIVEN_MARK, "_given").replace(".", "_")


def _is_new(value: Any, dtype: Any) -> bool:
    """Tell whether an array of a type has its numbers to itself, all that there are, so that it need not be copied."""
    owner = _owner(value)
    return (
        isinstance(owner, np.ndarray)
        and (value.ndim > 0 and value.dtype == dtype)
        and (owner.flags.owndata and owner.nbytes == value.nbytes)
    )


def _owner(value: Any) -> Any:
    """Return the array whose numbers a value looks at; what is no view is its own."""
    return value if getattr(value, "base", None) is None else value.base


def _own(value: Any, dtype: Any = None) -> Any:
    """Return an array that is nobody else's, not a view of one that was given; of a type, where one is said."""
    return np.array(value, dtype=dtype) if np.ndim(value) else float(value)

"""What the text of a module defines, as functions of arrays in their order, and what these ask of a library.

gradient   straight through both passes        outputs   for the library to differentiate        along   H·v of the cost
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from symbackprop.network.program import Array, Kind
from symbackprop.numerics.engines.moduletext import ModuleText
from symbackprop.numerics.loading import loaded


class Library(Protocol):
    """What is asked of a library that differentiates, beside running generated text."""

    def arrays(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return all values as its own arrays, of one type and in one place; what is its own already stays attached."""

    def are_alike(self, values: Iterable[Any]) -> bool:
        """Tell whether all are its own arrays, of one floating type."""

    def precisely(self, values: Sequence[Any]) -> AbstractContextManager[Any]:
        """Return a context in which these keep the digits that they have."""

    def direct(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is run as fast as can be, and whose result is not differentiated."""

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """Return a function of (params, x, y) whose guards are run once for each kind of arguments.

        It returns None for arguments that are to be looked at first. None where the library compiles nothing."""

    def differentiable(self, names: Mapping[str, Any], block: str) -> Callable[..., Any]:
        """Return the differentiable function that a text defines."""

    def along(self, cost: Callable[..., Any], given: Sequence[Any], ways: Mapping[int, Any]) -> dict[int, Any]:
        """Return H·v of a cost, by the arguments at the places of `ways`, which say v."""

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return exp, log, erf, … of one number with 53 bits, its own or a plain one."""

    def slopes(self, cost: Callable[[Sequence[Any]], Any], values: Sequence[float]) -> Sequence[Any]:
        """Return the derivatives of a cost that is computed of single numbers, with 53 bits, by each of them."""


class Functions:
    """The functions that the text of a module defines, of arrays in the order of its arguments."""

    def __init__(self, module: ModuleText, source: str, library: Library) -> None:
        names = loaded(source)
        self.library, self.module = library, module
        self.apply = library.differentiable(names, module.block_name)
        self._wanted = [array.name for array in module.given if array in module.wanted]
        self._learned = [a.name for a in module.given if a in module.wanted and a.kind == Kind.PARAMETER]
        at = {array.name: place for place, array in enumerate(module.given)}
        places = [at[name] for name in self._wanted]
        forward, backward = names["forward"], names["backward"]

        def both(wanted: Sequence[str], option: Mapping[str, bool]) -> Callable[..., Any]:
            def run(*given: Any) -> Any:
                (cost,), kept = forward(*given)
                grads = backward(*given, *kept, **option)
                return cost, [grads[at[name]] for name in wanted]

            return library.direct(run)

        def back(*given_and_upstream: Any) -> Any:
            count = len(module.given)
            given, upstream = given_and_upstream[:count], given_and_upstream[count:]
            _, kept = forward(*given)
            grads = backward(*given, *kept, *upstream)
            return [grads[place] for place in places]

        self._by_all = both(self._wanted, {})
        self._by_learned = both(self._learned, {"by_inputs": False} if module.inputs_apart else {})
        self._back = library.direct(back)

    def gradient(self, given: Sequence[Any], *, inputs: bool = True) -> tuple[Any, dict[str, Any]]:
        """Return the cost and the derivatives by name; with `inputs` also those by inputs."""
        cost, grads = (self._by_all if inputs else self._by_learned)(*given)
        return cost, dict(zip(self._wanted if inputs else self._learned, grads, strict=True))

    def back(self, given: Sequence[Any], upstream: Sequence[Any]) -> dict[str, Any]:
        """Return the derivatives by name, for derivatives by the outputs."""
        return dict(zip(self._wanted, self._back(*given, *upstream), strict=True))

    def outputs(self, given: Sequence[Any]) -> dict[str, Any]:
        """Return what is computed, by name, for the library to differentiate."""
        found = self.apply(*given)
        names = [array.name for array in self.module.outputs]
        return dict(zip(names, found if len(names) > 1 else [found], strict=True))


def along(
    functions: Functions, given: Sequence[Any], arrays: Sequence[Array], direction: Mapping[str, Any]
) -> dict[str, Any]:
    """Return H·v by the names of `direction`, which says v; None stands for 0."""
    places = {array.name: place for place, array in enumerate(arrays) if array.name in direction}
    zeros = {name: np.zeros(tuple(given[place].shape)) for name, place in places.items() if direction[name] is None}
    library = functions.library
    own = library.arrays({"": given[0], **direction, **zeros})
    ways = {place: own[name].reshape(given[place].shape) for name, place in places.items()}
    found = library.along(functions.apply, given, ways)
    return {name: found[place] for name, place in places.items()}

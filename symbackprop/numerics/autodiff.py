"""Derivatives by a library that differentiates, as a witness: it runs the forward equations alone, entry by entry.

It is told nothing of what was derived, nor of the lines that compute a program: each entry is one number of its own,
each sum an addition after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
from sympy import Expr

from symbackprop.calculus.fields import Digits
from symbackprop.errors import MissingExtraError
from symbackprop.network.notation import Tensor
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.engines.functions import Library
from symbackprop.numerics.program_points import Point
from symbackprop.numerics.program_witnesses import Entry, Plain

ALONE = "forward alone"  # behind the name of a library


def libraries() -> Iterator[tuple[str, Library]]:
    """Yield the libraries that differentiate, of those that are installed, each with its name for people."""
    for name in BACKENDS:
        part = BACKENDS[name]
        if part.engine is not None:
            with suppress(MissingExtraError):
                yield part.engine.title, part.prepare()


class _Floats(Digits):
    """The numbers of a library beside plain ones; those of formulas are plain, so that a square is no power of e."""

    def __init__(self, library: Library) -> None:
        super().__init__(0)
        self._function = cache(library.function)

    def number(self, value: Expr) -> Any:
        """Return a SymPy number as an int or a float."""
        return int(value) if value.is_Integer else float(value)

    def function(self, name: str, argument: Any) -> Any:
        """Return the library's function."""
        return self._function(name)(argument)

    def power(self, base: Any, exponent: Any) -> Any:
        """Return base^exponent; of whole numbers a float, as 3^40 is none of 64 bits."""
        found = base**exponent
        return float(found) if isinstance(found, int) else found

    def same(self, left: Any, right: Any) -> bool:
        """Tell whether two numbers are equal."""
        return bool(left == right)


class _Forward(Plain):
    """A program at one point, where some entries are numbers of the library's."""

    def __init__(self, point: Point, field: _Floats, own: Mapping[Entry, Any]) -> None:
        super().__init__(point.program, point.values, point.sizes, upstream=point.upstream, field=field)
        self._own = own

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return a given entry, the library's number for it where there is one."""
        entry = self.entry_of(tensor, position)
        return self._own[entry] if entry in self._own else float(self.values[entry[0]][entry[1]])


def slopes_by(library: Library, point: Point, wanted: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the derivatives of the cost at a point by the `wanted` arrays.

    Raises OverflowError where a number of a formula is none of 53 bits."""
    field, given = _Floats(library), point.values
    shapes = {name: np.shape(given[name]) for name in wanted}
    entries = [(name, place) for name, shape in shapes.items() for place in np.ndindex(shape)]

    def cost(numbers: Sequence[Any]) -> Any:
        return _Forward(point, field, dict(zip(entries, numbers, strict=True))).cost(None)[0]

    found = iter(library.slopes(cost, [float(given[name][place]) for name, place in entries]))
    return {name: np.reshape([float(next(found)) for _ in np.ndindex(shape)], shape) for name, shape in shapes.items()}

"""What a page has typed into it, as arrays for the compiled program, and what that gives, by the names of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

import symbackprop as sb
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.network.notation import Tensor


def compiled_numbers(derivation: ProgramDerivation, typed: Mapping[str, float]) -> dict[str, float]:
    """Return the outputs and every derivative as the compiled program computes them: {"o[1, 2]": …, "d W[1, 1]": …}."""
    arrays = {array.name: array for array in derivation.program.arrays}
    sizes = derivation.program.sizes

    def array_of(name: str, prefix: str) -> Any:
        tensor = arrays[name].tensor
        if not isinstance(tensor, Tensor) or not tensor.axes:
            return typed[prefix + name]
        shape = [int(size.xreplace(dict(sizes))) for size in tensor.sizes]
        found = np.zeros(shape)
        for place in np.ndindex(*shape):
            found[place] = typed[prefix + _entry(tensor, place)]
        return found

    program = sb.compile(derivation)
    values = {array.name: array_of(array.name, "") for array in derivation.program.given}
    outputs = program.forward(values)
    upstream = {array.name: array_of(array.name, "d ") for array in derivation.given}
    grads = program.backward(values, upstream or {"C": 1.0})
    pairs = [("", name, value) for name, value in outputs.items()]
    pairs += [("d ", name, value) for name, value in grads.items()]
    return {
        prefix + (name if np.ndim(value) == 0 else _entry(arrays[name].tensor, place)): float(np.asarray(value)[place])
        for prefix, name, value in pairs
        for place in np.ndindex(*np.shape(value))
    }


def _entry(tensor: Tensor, place: tuple[int, ...]) -> str:
    """Return what a page calls an entry: W[1, 2], and h[0, 1] where an axis begins at 0."""
    indices = ", ".join(str(int(first) + at) for (first, _), at in zip(tensor.axes, place, strict=True))
    return f"{tensor.letter}[{indices}]"


def fields_of(page: str) -> dict[str, float]:
    """Return what stands in the fields of a page."""
    found = re.findall(r'<input [^>]*name="([^"]+)" value="([^"]+)"', page)
    return {name: number_shown(shown) for name, shown in found}


def number_shown(shown: str) -> float:
    """Return a number as a page writes it, with a point or a comma, in parentheses or not."""
    return float(shown.strip("()").replace("−", "-").replace(",", "."))

"""The text of functions together with everything that they call: a source file that needs NumPy alone, or nothing."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterator
from typing import Any

from symbackprop.network.memo import memoised

_IMPORTED = {
    "collections.abc": ("Callable", "Sequence"),
    "decimal": ("Context", "Decimal", "getcontext", "localcontext"),
    "fractions": ("Fraction",),
}


def imports(text: str) -> str:
    """Return the lines that import what a text of our functions names, annotations included, in the usual order."""
    words = set(re.findall(r"\w+", text))
    lines = ["import math"] * ("math" in words)
    for module, names in _IMPORTED.items():
        if named := [name for name in names if name in words]:
            lines.append(f"from {module} import {', '.join(named)}")
    return "\n".join([*lines, *[""] * bool(lines), "import numpy as np"] if "np" in words else lines)


def self_contained(*functions: Callable[..., Any]) -> str:
    """Return the source of plain top-level functions and of the functions they call, each once, callees first.

    The text needs above it what `imports` says of it."""
    ordered: dict[str, types.FunctionType] = {}
    for function in functions:
        _collect(function, ordered)
    return "\n\n".join(_source(function.__code__) for function in ordered.values())


@memoised
def _source(code: types.CodeType) -> str:
    return inspect.getsource(code)


def _collect(function: object, ordered: dict[str, types.FunctionType]) -> None:
    """File what `function` calls, then `function` itself."""
    if not isinstance(function, types.FunctionType) or ordered.get(function.__name__) is function:
        return
    for name in _names(function.__code__):
        called: object = function.__globals__.get(name)
        if called is not function:
            _collect(called, ordered)
    if function.__name__ in ordered:
        raise ValueError(f"two functions are called {function.__name__!r}; in one text each name means one thing")
    ordered[function.__name__] = function


def _names(code: types.CodeType) -> Iterator[str]:
    """Go through the names that a function uses, nested functions included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)

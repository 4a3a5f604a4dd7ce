"""A person's own function: what it takes is found from its parameters, and its result is read kindly.

gradient(params, x, y)        gradient(W1, b1, W2, b2, x, y)        a class with backward
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from symbackprop.errors import DataError

__all__ = ["called", "run"]

_INPUTS = ("x", "inputs", "input", "data", "xs")
_TARGETS = ("y", "target", "targets", "labels", "t", "ys", "y_true")
_SIZES = ("sizes", "layers", "shape", "widths", "dims", "layer_sizes")
_METHODS = ("backward", "backprop", "backpropagation", "gradient", "gradients")
_PARAMS = ("params", "parameters", "theta", "weights_and_biases")


def called(function: Callable[..., Any], params: Mapping[str, np.ndarray], x: Any, y: Any) -> Any:
    """Return the derivatives that a function gives; raises DataError where it takes something else, or fails."""
    if inspect.isclass(function):
        return _of_class(function, params, x, y)
    arguments: list[Any] = []
    for name in inspect.signature(function).parameters:
        lower = name.lower()
        if lower in _PARAMS:
            arguments.append({known: array.copy() for known, array in params.items()})
        elif lower in _INPUTS:
            arguments.append(np.array(x))
        elif lower in _TARGETS:
            arguments.append(np.array(y))
        elif (own := next((k for k in params if k.lower() == lower.replace("_", "")), None)) is not None:
            arguments.append(params[own].copy())
        elif lower in ("weights", "biases"):
            letter = "W" if lower == "weights" else "b"
            arguments.append([array.copy() for known, array in params.items() if known.startswith(letter)])
        else:
            wanted = "params, x, y, or names of the network such as W1, b1, x, y"
            raise DataError(f"function: its argument {name[:30]} is not known; it may take {wanted}")
    return _result(run(function, *arguments))


def _of_class(kind: type, params: Mapping[str, np.ndarray], x: Any, y: Any) -> Any:
    made = run(kind, *_sizes(kind, params))
    for letter, names in (("W", ("weights", "W", "w")), ("b", ("biases", "b"))):
        arrays = [array.copy() for known, array in params.items() if known.startswith(letter)]
        known = {*dir(made), *inspect.get_annotations(kind)}
        own = next((name for name in names if name in known), None)
        if own is None:
            raise DataError(f"function: the class has none of {', '.join(names)}; it needs weights and biases as lists")
        setattr(made, own, arrays)
    backward = next((getattr(made, name) for name in _METHODS if hasattr(made, name)), None)
    if backward is None:
        raise DataError("function: the class has no method backward(x, y)")
    return _result(run(backward, np.array(x), np.array(y)))


def _sizes(kind: type, params: Mapping[str, np.ndarray]) -> tuple[list[int], ...]:
    """Return the widths of the layers as the one argument that a class is made with, if it asks for one."""
    asked = [each for each in inspect.signature(kind).parameters.values() if each.default is each.empty]
    if not asked or asked[0].name.lower() not in _SIZES:
        return ()
    weights = [array for name, array in params.items() if name.startswith("W") and array.ndim == 2]
    return ([int(weights[0].shape[1]), *(len(weight) for weight in weights)],)


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a person's function gives; raises DataError, in one line, where it fails."""
    try:
        return function(*arguments)
    except Exception as error:
        shown = " ".join(str(error).split())[:100]
        raise DataError(f"function: it raised {type(error).__name__}: {shown}") from None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) or (isinstance(value, np.ndarray) and value.ndim == 0)


def _result(result: Any) -> Any:
    """Return the derivatives of what a function returns: (cost, derivatives) has them second."""
    if isinstance(result, tuple) and len(result) == 2 and _is_number(result[0]):
        return result[1]
    return list(result) if isinstance(result, tuple) else result

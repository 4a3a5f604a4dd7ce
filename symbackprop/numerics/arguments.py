"""What a network of layers is called with, looked at before anything is computed: params, x, y and masks.

params {"W1": …}, x (m, *sample), y (m, *output)   ->   {"W1": …, "x": …, "y": …, "mask2": …, "kappa": …}

All of them in one precision: float32 where everything is given so, float64 else. Nothing that is given is changed, and
no shape is repaired: (m, 1) minus (m,) would be (m, m).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from symbackprop.errors import DataError, ShapeError, errors_of
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.numerics.checks import DOUBLE, SINGLE, as_mapping, as_numbers, check_finite, class_hint


def arguments_of(
    network: Network | LayeredNetwork, params: object, x: Any, *, masks: Mapping[str, Any], y: Any = None
) -> dict[str, np.ndarray]:
    """Return all that the equations of a network read, by its names and in the shapes that it has outside.

    Masks that are not given are all 1; y may be missing. Raises ShapeError or DataError where one does not fit."""
    found = _params(network, params)
    found["x"] = as_rows("x", x, network.input_shape)
    count = len(found["x"])
    if network.vocabulary:
        _check_words(found["x"], network.vocabulary)
    if network.is_coupled and count < 2:
        raise DataError("x has one sample, and a layer couples samples: a mean over one says nothing; give more")
    if y is not None:
        found["y"] = as_rows("y", y, network.output_shape)
        if len(found["y"]) != count:
            advice = class_hint(as_numbers("y", y), network.output_shape[-1]) or "give one row of y for each of x"
            raise DataError(f"x has {count} samples and y has {len(found['y'])}; {advice}")
    found |= _masks(network, masks, count)
    floats = [array for name, array in found.items() if not (name == "x" and network.vocabulary)]
    dtype = SINGLE if all(array.dtype.newbyteorder("=") == SINGLE for array in floats) else DOUBLE
    ones = {name: np.ones((count, *shape)) for name, shape in network.masks.items() if name not in found}
    numbers = {name: np.asarray(number) for name, number in network.constants.items()}
    return {name: array.astype(dtype, copy=False) for name, array in {**found, **ones, **numbers}.items()}


def params_of(network: Network | LayeredNetwork, params: Mapping[str, Any], *, where: str) -> dict[str, np.ndarray]:
    """Return the parameters of a network as float64; raises ShapeError or DataError, which begins with `where`."""
    with errors_of(where):
        found = _params(network, params)
        for name, array in found.items():
            check_finite(name, array)
        return {name: array.astype(np.float64) for name, array in found.items()}


def _params(network: Network | LayeredNetwork, params: object) -> dict[str, np.ndarray]:
    params = as_mapping(params)
    shapes, found = network.parameter_shapes, {}
    for name in params:
        if name not in shapes:
            known = ", ".join(shapes) or "none"
            raise DataError(f"params: {ascii(name)[:40]} is no parameter of the network; it has {known}")
    for name, shape in shapes.items():
        if name not in params:
            raise DataError(f"params: {name} is missing; give {', '.join(shapes)}")
        with errors_of("params"):
            found[name] = as_numbers(name, params[name])
        if found[name].shape != shape:
            hint = _hint(name, found[name], shape)
            raise ShapeError(f"params: {name} has shape {found[name].shape}, wanted {shape}{hint}")
    return found


def _masks(network: Network | LayeredNetwork, given: Mapping[str, Any], count: int) -> dict[str, np.ndarray]:
    named = {name.replace(".", "_"): name for name in network.masks}
    found = {}
    for short, value in given.items():
        if short not in named:
            known = ", ".join(named) or "none: no layer drops anything"
            raise DataError(f"{ascii(short)[:40]} is no mask of the network; it has {known}")
        rows = found[named[short]] = as_rows(short, value, network.masks[named[short]])
        if len(rows) != count:
            raise ShapeError(f"{short} has {len(rows)} samples, x has {count}")
    return found


def _check_words(x: np.ndarray, vocabulary: int) -> None:
    """Raise DataError unless x holds whole numbers, each of which is looked up in a row."""
    wrong = (x != np.floor(x)) | (x < 0) | (x >= vocabulary)
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))
        raise DataError(f"x{list(place)} is {x[place]:g}, wanted a whole number from 0 to {vocabulary - 1}")


def as_rows(name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return an array with samples as rows, each of the shape of one; one sample may come without its row.

    A row of all entries of a sample is put into its shape, and where that is one entry a number is its row. Raises
    ShapeError for anything else, and for no rows."""
    array = as_numbers(name, value)
    if array.shape == shape:
        array = array[np.newaxis]
    if array.ndim == 0 or not len(array) or array.shape[1:] not in (shape, (prod(shape),), *[()] * (prod(shape) == 1)):
        hint = _hint(name, array, (-1, *shape))
        raise ShapeError(f"{name} has shape {array.shape}, wanted {('m', *shape)}".replace("'", "") + hint)
    return array.reshape(len(array), *shape)


def _hint(name: str, array: np.ndarray, shape: tuple[int, ...]) -> str:
    """Return what to try where an array has not a shape, in which -1 stands for any number of rows; else nothing."""
    if name == "y" and (classes := class_hint(array, shape[-1])):
        return f"; {classes}"
    size = abs(prod(shape))
    if array.ndim == 2 and len(shape) == 2 and array.shape[0] == shape[1] and shape[0] in (-1, array.shape[1]):
        return f"; try {name}.T"
    if array.size and (array.size % size == 0 if shape[0] == -1 else array.size == size):
        return f"; try {name}.reshape{shape}"
    return ""

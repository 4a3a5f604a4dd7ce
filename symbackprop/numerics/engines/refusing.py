"""What functions of a library refuse, in the words in which those for NumPy do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from sympy import Symbol

from symbackprop.errors import DataError, ShapeError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.notation import COST
from symbackprop.network.program import Array
from symbackprop.numerics.arguments import arguments_of
from symbackprop.numerics.checks import as_numbers


def refuse(network: Network | LayeredNetwork, params: Any, x: Any, y: Any, *, masks: Mapping[str, Any]) -> None:
    """Raise what NumPy's functions raise for the arguments of a network."""
    arguments_of(network, params, x, masks=masks, y=y)
    raise DataError("an argument does not fit the network; give numbers, and one row for each sample")


def told(y: Any) -> Any:
    """Return the targets; raises DataError where there are none."""
    return as_numbers("y", y) if y is None else y


def check_upstream(given: Mapping[str, Any], outputs: Iterable[Array], sizes: Mapping[Symbol, int]) -> None:
    """Raise ShapeError where a derivative by an output has not the shape of that."""
    for array in outputs:
        counts = () if array.tensor == COST else array.tensor.sizes
        wanted = tuple(int(count.xreplace(dict(sizes))) for count in counts)
        if (shape := tuple(given[array.name].shape)) != wanted:
            raise ShapeError(f"upstream: {array.name} has shape {shape}, wanted {wanted}, as {array.name} has")


def check_rows(shape: tuple[int, ...], out: tuple[int, ...], count: int) -> None:
    """Raise ShapeError where derivatives by the output of a network have not a row of its shape for each sample."""
    if shape != out and shape[1:] not in (out, (prod(out),)):
        raise ShapeError(f"upstream has shape {shape}, wanted {('m', *out)}".replace("'", ""))
    if (rows := 1 if shape == out else shape[0]) != count:
        raise ShapeError(f"upstream has {rows} samples, x has {count}")

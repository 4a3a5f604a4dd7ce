"""Guards in front of the numbers: data and targets, each refused with one clear line.

A check returns the arrays it was given as float arrays, or raises; it never repairs a shape, because broadcasting
would hide the slip: (m, 1) minus (m,) is (m, m).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite
from typing import Any, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError
from symbackprop.frozen import dataclass
from symbackprop.network.costs import COSTS
from symbackprop.network.model import Network

Array = NDArray[Any]
Shape: TypeAlias = tuple[int, ...]

DOUBLE, SINGLE = np.dtype(np.float64), np.dtype(np.float32)  # in this machine's order of bytes

SLACK = 1e-6  # by which a sum of shares may miss 1: they are often written with six digits


@dataclass(frozen=True, slots=True)
class TargetRule:
    """What a cost asks of every target: `holds` entry by entry, said in words, and what to try otherwise."""

    holds: Callable[[Array], Array]
    wanted: str
    hint: str


_SHARES = TargetRule(lambda y: y >= 0, "y >= 0", "give shares, such as one-hot rows")

# costs that are not listed take any real target
TARGETS: dict[str, TargetRule] = {
    "cross_entropy": _SHARES,
    "kl_divergence": _SHARES,
    "binary_cross_entropy": TargetRule(
        lambda y: (y >= 0) & (y <= 1), "0 <= y <= 1", "give probabilities, such as 0 or 1"
    ),
    "poisson": TargetRule(lambda y: y >= 0, "y >= 0", "give counts"),
    "hinge": TargetRule(lambda y: np.abs(y) == 1, "y = -1 or y = 1", "turn 0 and 1 into 2*y - 1"),
}


def check_samples(x: object, y: object) -> tuple[Array, Array]:
    """Return x and y as float64 arrays of as many rows, whatever their widths.

    x: (m, any)   y: (m, any), or (m,) for one column   ->  two matrices, m >= 1, every entry finite
    Raises DataError if an array is ragged, not numeric, not finite, of other axes, or if m differs."""
    x_array, targets = _matrix("x", x), as_numbers("y", y)
    y_array = _matrix("y", targets[:, None] if targets.ndim == 1 else targets)
    if len(x_array) != len(y_array):
        raise DataError(f"x has {len(x_array)} rows, y has {len(y_array)}; give one row of each for every sample")
    return x_array, y_array


def check_targets(y: Array, cost: str) -> None:
    """Raise DataError if an entry of y lies outside what the cost called `cost` is defined for."""
    rule = TARGETS.get(cost)
    if rule is None:
        return
    wrong = ~rule.holds(y)
    if wrong.any():
        place = _first(wrong)
        raise DataError(f"y{_at(place)} is {y[place]:g}, {cost} wants {rule.wanted}; {rule.hint}")


def warn_of_targets(y: Array, network: Network) -> None:
    """Warn of targets that no training can reach: beyond the values of the last activation, or no shares of a whole.

    y: (m, n_L)."""
    last, cost = network.activations[-1], network.cost_function
    if cost.both_signs:
        return
    if cost.is_silent_at_zero:
        wrong = np.abs(y.sum(axis=1) - 1) > SLACK
        if y.shape[1] > 1 and wrong.any():
            place = _first(wrong)
            warnings.warn(
                f"y{_at(place)} adds up to {y[place].sum():g}, {cost.name} wants shares that add up to 1; "
                "give one-hot rows, or take binary_cross_entropy",
                stacklevel=2,
            )
        return
    low, high = (end if end is not None else unknown for end, unknown in ((last.lowest, -inf), (last.highest, inf)))
    wrong = (y < low) | (y > high)
    if cost.name in COSTS and wrong.any():
        place = _first(wrong)
        warnings.warn(
            f"y{_at(place)} is {y[place]:g}, but {last.name} gives values from {low:g} to {high:g}; "
            "scale the targets, or end with identity",
            stacklevel=2,
        )


def as_mapping(given: object, what: str = "params", example: str = "W1") -> Mapping[str, Any]:
    """Return arrays by their names; raises DataError, which says what was given, for what has no names."""
    if not isinstance(given, Mapping):
        raise DataError(f"{what}: wanted a mapping such as {{{example!r}: …}}, got {type(given).__name__}")
    return given


def _matrix(name: str, value: object) -> Array:
    """Return `value` as a finite float64 array of at least one row."""
    array = as_numbers(name, value)
    if array.ndim != 2:
        raise DataError(f"{name} has shape {array.shape}, wanted two axes, samples and columns")
    if len(array) == 0:
        raise DataError(f"{name} has no rows; give at least one sample")
    check_finite(name, array)
    return array.astype(np.float64, copy=False)


def class_hint(y: Array, width: int) -> str:
    """Return what to try where targets can be the number of the class of each sample, from 0 on; else nothing."""
    if y.ndim != 1 or not len(y) or width == 1 or y.dtype.kind == "b":
        return ""
    if not ((y >= 0) & (y < width) & (y == np.round(y))).all():
        return ""
    return f"for class numbers, try y = np.eye({width})[y]"


def as_numbers(name: str, value: object) -> Array:
    """Return `value` as an array of real numbers, a tensor that asks for gradients or lies elsewhere, too.

    Raises DataError for what is missing, masked, ragged or not numeric."""
    if value is None:
        raise DataError(f"{name} is missing; give an array of real numbers")
    if np.ma.is_masked(value):
        raise DataError(f"{name} has masked entries; drop them, or say what they are: {name}.filled(0)")
    if hasattr(value, "detach") and hasattr(value, "cpu"):  # PyTorch's, which refuses to be looked at otherwise
        tensor: Any = value.detach()
        if tensor.device.type == "meta":
            raise DataError(f"{name} is a tensor without numbers (meta); give one on a device that has some")
        value = tensor.to_dense().cpu()
    try:
        array = np.asarray(value)
    except ValueError:
        raise DataError(f"{name} is ragged: its rows differ in length; give all of them the same") from None
    except TypeError:  # a type that NumPy does not have, such as bfloat16
        held = getattr(value, "dtype", type(value).__name__)
        raise DataError(f"{name} holds values of type {held}, wanted real numbers; try {name}.double()") from None
    if array.dtype.kind not in "fiub":
        raise DataError(f"{name} holds values of type {array.dtype}, wanted real numbers; try {name}.astype(float)")
    return array


def are_plain(given: object, names: Sequence[str]) -> TypeGuard[dict[str, Array]]:
    """Tell whether a dictionary has plain arrays of one type, float64 or float32, of finite numbers, for these names.

    What is so can be computed with as it is. This is asked at every call, so it is asked in few words: with each array
    looked at alone, a small network spends most of its time on that."""
    if type(given) is not dict or len(given) != len(names):
        return False
    kind, squares = None, 0.0
    for name in names:
        array = given.get(name)
        if type(array) is not np.ndarray or not (array.dtype is DOUBLE or array.dtype is SINGLE):
            return False
        kind = kind or array.dtype
        if array.dtype is not kind:
            return False
        squares += np.vdot(array, array)
    return isfinite(squares)


Like: TypeAlias = tuple[tuple[tuple[str, Shape], ...], tuple[Shape, Shape]]


def are_batch(params: object, x: Any, y: Any, like: Like) -> bool:
    """Tell whether all are plain arrays of one type, float64 or float32, and of the right shapes.

    `like` has the shapes of the parameters by name, and those of one sample of x and of y. This is asked at every
    call, in few words; whether numbers are finite is another question."""
    if not (type(x) is type(y) is np.ndarray and type(params) is dict and x.ndim):
        return False
    shapes, (first, last) = like
    rows, kind = len(x), x.dtype
    if x.shape != (rows, *first) or y.shape != (rows, *last) or not rows:
        return False
    if y.dtype is not kind or (kind is not DOUBLE and kind is not SINGLE) or len(params) != len(shapes):
        return False
    for name, shape in shapes:
        array = params.get(name)
        if type(array) is not np.ndarray or array.shape != shape or array.dtype is not kind:
            return False
    return True


def checked_numbers(name: str, value: object) -> Array:
    """Return `value` as an array of floats, float32 as it is and anything else as float64.

    Raises DataError for what is ragged, not numeric, or not finite."""
    array = as_numbers(name, value)
    array = array.astype(SINGLE if array.dtype.newbyteorder("=") == SINGLE else DOUBLE, copy=False)
    check_finite(name, array)
    return array


def check_finite(name: str, array: Array) -> None:
    """Raise DataError if an entry is not finite; a finite Σ a² has seen that all are, in a third of the time."""
    if isfinite(np.vdot(array, array)):
        return
    wrong = ~np.isfinite(array)
    if wrong.any():
        place = _first(wrong)
        raise DataError(f"{name}{_at(place)} is {array[place]}, wanted a finite number; drop or replace it")


def _first(wrong: Array) -> tuple[int, ...]:
    """Return the place of the first True."""
    return tuple(int(i) for i in np.argwhere(wrong)[0])


def _at(place: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, place))}]" if place else ""

"""A person's arrays, under whatever names and in whatever layout, as arrays of the network; what was guessed is said.

dW1, grad_w1, weights[0], fc1.weight        -> W1
(n_{l-1}, n_l) where (n_l, n_{l-1}) is wanted, (n, 1) for (n,), samples as columns
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from symbackprop.calculus.diagnosis import Remark
from symbackprop.errors import DataError

TURNED = "{name} is transposed: it has shape {own}, here it is {here}"
TURNED_LIKE_OTHERS = "{name} is square, and taken to be transposed as the other weights are"
AS_COLUMNS = "{name} has samples as columns"

_DRESS = re.compile(r"^(?:d_?[CLJE]_?d_?|grad(?:ient)?s?_?|nabla_?|delta_?|new_?|updated_?|d_?)", re.IGNORECASE)
_WEIGHT = re.compile(r"weight|kernel|theta|\bw", re.IGNORECASE)
_BIAS = re.compile(r"bias|\bb", re.IGNORECASE)
_ENDING = re.compile(r"(_grad|\.grad|_gradient)$", re.IGNORECASE)
MOST_DIGITS = 9
Shapes = Mapping[str, tuple[int, ...]]


def as_parameters(given: Any, shapes: Shapes, what: str) -> tuple[dict[str, np.ndarray], list[Remark]]:
    """Return the arrays by the names of the parameters, and what was guessed; a missing one is left out.

    Raises DataError for what cannot be told."""
    said: list[Remark] = []
    lying = as_lying(given, shapes, what, said)
    found = {name: _fitted(value, shapes[name], (what, name), said) for name, value in lying.items()}
    if not found:
        raise DataError(f"{what}: there is no array; give {', '.join(shapes)}")
    for name in _turned_like_others(lying, shapes):
        said.append(Remark(TURNED_LIKE_OTHERS, name=name))
        found[name] = found[name].T
    return found, said


def as_lying(given: Any, shapes: Shapes, what: str, said: list[Remark]) -> dict[str, Any]:
    """Return the arrays by the names of the parameters, each as it lies there; `said` learns the names it had.

    Raises DataError for what cannot be told."""
    named = dict(_named(given, shapes, what, said))
    found: dict[str, Any] = {}
    for name, value in named.items():
        target = name if name in shapes else _target(name, shapes, list(named))
        if target is None:
            raise DataError(f"{what}: {ascii(name)[:40]} is none of {', '.join(shapes)}; name it as one of these")
        if target in found:
            raise DataError(f"{what}: {ascii(name)[:40]} is a second array for {target}; keep one of them")
        if target != name:
            said.append(Remark("{name} is taken for {target}", name=name, target=target))
        found[target] = value
    return found


def _turned_like_others(lying: Mapping[str, Any], shapes: Shapes) -> list[str]:
    """Return the square weights of somebody all of whose other weights are transposed, as far as that can be seen."""
    weights = {name: _shape(value) for name, value in lying.items() if name.startswith("W") and len(shapes[name]) == 2}
    seen = {shape == shapes[name] for name, shape in weights.items() if len(set(shapes[name])) == 2}
    return [name for name in weights if len(set(shapes[name])) == 1] if seen == {False} else []


def not_given(found: Mapping[str, np.ndarray], wanted: Sequence[str]) -> list[Remark]:
    """Return what is said of arrays that somebody does not have: they are not compared."""
    missing = [name for name in wanted if name not in found]
    return [Remark("not given, and not compared: {names}", names=", ".join(missing))] if missing else []


def _named(given: Any, shapes: Shapes, what: str, said: list[Remark]) -> Iterator[tuple[str, Any]]:
    if isinstance(given, Mapping):
        for name, value in given.items():
            if name not in shapes and isinstance(value, list | tuple) and _is_list_of_arrays(value):
                yield from ((f"{name}[{place}]", each) for place, each in enumerate(value))
            else:
                yield str(name), value
        return
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        yield from _in_order(list(given), shapes, what, said)
        return
    raise DataError(f"{what}: wanted arrays by name, such as {{'W1': …}}, got {type(given).__name__}")


def _is_list_of_arrays(value: Sequence[Any]) -> bool:
    """Tell whether a list holds an array for each layer, and is no array itself."""
    if any(isinstance(each, np.ndarray) for each in value):
        return True
    deep = any(isinstance(each, list | tuple) for each in value)
    return deep and len({_shape(each) for each in value}) > 1


def _shape(value: Any) -> tuple[int, ...]:
    try:
        return np.shape(value)
    except ValueError:  # its rows differ
        return (-1,)


def _in_order(arrays: list[Any], shapes: Shapes, what: str, said: list[Remark]) -> Iterator[tuple[str, Any]]:
    """Yield arrays of a list in the order of the parameters, or all weights before all biases, or the other way.

    In any other order their shapes tell which is which, if no two are alike."""
    names = list(shapes)
    weights = [name for name in names if name.startswith("W")]
    others = [name for name in names if not name.startswith("W")]
    if len(arrays) == 2 and len(names) > 2 and all(isinstance(each, list | tuple) for each in arrays):
        ways = [
            [pair for own, part in zip((weights, others), parts, strict=True) for pair in zip(own, part, strict=False)]
            for parts in (arrays, arrays[::-1])  # a known book has the biases first
        ]
        fitting = (way for way in ways if all(_fits(_shape(each), shapes[name]) for name, each in way))
        yield from next(fitting, ways[0])
        return
    if len(arrays) != len(names):
        raise DataError(f"{what}: {len(arrays)} arrays, wanted {len(names)}: {', '.join(names)}")
    for order in (names, [*weights, *others]):
        if all(_fits(_shape(each), shapes[name]) for name, each in zip(order, arrays, strict=True)):
            yield from zip(order, arrays, strict=True)
            return
    own = {name: [place for place, each in enumerate(arrays) if _fits(_shape(each), shapes[name])] for name in names}
    if all(len(places) == 1 for places in own.values()):
        order = sorted(names, key=lambda name: own[name][0])
        said.append(Remark("the arrays are taken for {names}, by their shapes", names=", ".join(order)))
        arrays = [arrays[places[0]] for places in own.values()]
    yield from zip(names, arrays, strict=True)


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    plain = tuple(n for n in shape if n != 1)
    return plain in (tuple(n for n in wanted if n != 1), tuple(n for n in wanted[::-1] if n != 1))


def _target(name: str, shapes: Shapes, every: Sequence[str]) -> str | None:
    """Return the parameter that a name means: w1, dW1, grad_W1, weights[0], fc1.weight."""
    bare = _ENDING.sub("", name)
    for candidate in (bare, _DRESS.sub("", bare, count=1)):
        plain = candidate.replace("_", "").replace(" ", "").lower()
        for known in shapes:
            if plain == known.lower().replace(".", ""):
                return known
    kind = "W" if _WEIGHT.search(bare) else "b" if _BIAS.search(bare) else ""
    if not kind:
        return None
    own = [known for known in shapes if known.startswith(kind)]
    same = sorted((each for each in every if bool(_WEIGHT.search(each)) == (kind == "W")), key=_number)
    place = same.index(name)
    return own[place] if place < len(own) and len(same) == len(own) else None


def _number(name: str) -> int:
    """Return the first number in a name, by which layers are counted; 0 where there is none."""
    found = re.search(r"\d+", name)
    return int(found.group()) if found else 0


def _fitted(value: Any, shape: tuple[int, ...], where: tuple[str, str], said: list[Remark]) -> np.ndarray:
    """Return an array in the shape of a parameter; `said` learns what was turned."""
    what, name = where
    try:
        array = np.asarray(value)
        array = array if array.dtype.kind in "fc" else array.astype(float)
    except (ValueError, TypeError, RuntimeError):
        raise DataError(f"{what}: {name}: wanted an array of numbers, got {type(value).__name__}") from None
    if array.dtype.kind == "c":
        raise DataError(f"{what}: {name} holds complex numbers; give real ones")
    if not np.isfinite(array).all():
        raise DataError(f"{what}: {name} holds what is no finite number")
    if array.shape == shape:
        return array
    if array.ndim == 2 and array.T.shape == shape and 1 not in shape:
        said.append(Remark(TURNED, name=name, own=array.shape, here=shape))
        return array.T
    if tuple(n for n in array.shape if n != 1) == tuple(n for n in shape if n != 1):
        return array.reshape(shape)
    if array.size == 1 and len(shape) == 1:
        said.append(Remark("{name} is one number for all {count} neurons", name=name, count=shape[0]))
        return np.full(shape, float(array.reshape(())))
    advice = "; add up along its first axis, that of the samples" if array.shape[1:] == shape else ""
    raise DataError(f"{what}: {name} has shape {array.shape}, wanted {shape}{advice}")


def as_rows(name: str, value: Any, width: int, said: list[Remark]) -> np.ndarray:
    """Return samples as rows; a single one may come without an axis, and several as columns."""
    try:
        array = np.asarray(value, dtype=float)
    except (ValueError, TypeError, RuntimeError):
        raise DataError(f"{name}: wanted an array of numbers, got {type(value).__name__}") from None
    if array.ndim == 1:
        array = array[np.newaxis] if array.size == width else array[:, np.newaxis]
    if array.ndim == 2 and array.shape[1] != width and array.shape[0] == width:
        said.append(Remark(AS_COLUMNS, name=name))
        array = array.T
    if array.ndim != 2 or array.shape[1] != width:
        raise DataError(f"{name} has shape {np.shape(value)}, wanted {width} numbers for each sample")
    return array


def rounding_of(array: np.ndarray) -> tuple[np.ndarray, Remark]:
    """Return how far each entry may be from what it was before it was printed, and the digits that it has, in words.

    It is half a unit of the last digit: of those after the point, or of the significant ones, whichever are fewer for
    the entries; 0 where all digits are there. What is or was float32 has 7 digits."""
    values = np.asarray(array, dtype=float)
    largest = float(np.abs(values).max(initial=0.0))
    if array.dtype in (np.float32, np.float16):
        known = array.dtype == np.float32
        return np.full(values.shape, largest * (3e-6 if known else 3e-3)), Remark("float32" if known else "float16")
    found = [each for each in (_after_the_point(values), _significant(values)) if each is not None]
    if found:
        half = np.maximum.reduce([half for half, _ in found])
        return half, max(found, key=lambda each: float(each[0].sum()))[1]
    if np.array_equal(values.astype(np.float32).astype(float), values):
        return np.full(values.shape, largest * 3e-6), Remark("float32")
    return np.zeros(values.shape), Remark("float64")


def _after_the_point(values: np.ndarray) -> tuple[np.ndarray, Remark] | None:
    for digits in range(1, MOST_DIGITS):
        if np.array_equal(np.round(values, digits), values):
            return np.full(values.shape, 0.51 * 10.0**-digits), Remark("{count} after the point", count=digits)
    return None


def _significant(values: np.ndarray) -> tuple[np.ndarray, Remark] | None:
    size = np.abs(values)
    place = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    for digits in range(3, MOST_DIGITS):
        unit = 10.0 ** (place - digits + 1)
        if np.allclose(np.round(values / unit) * unit, values, rtol=1e-14, atol=0):
            return np.where(size > 0, 0.51 * unit, 0.0), Remark("{count} significant ones", count=digits)
    return None

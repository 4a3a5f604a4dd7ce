"""What the functions of a program are given, and the sizes that its shapes tell: q is (T, D), so T = 12 and D = 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from sympy import Expr, Symbol

from symbackprop.errors import DataError, ShapeError
from symbackprop.network.needs import Need, sizes_in
from symbackprop.network.program import Array, Program
from symbackprop.numerics.checks import are_plain, as_mapping, as_numbers, checked_numbers

_AXES = ("first", "second", "third", "fourth", "fifth", "sixth")


def as_arrays(given: object, wanted: Sequence[Array], *, what: str = "values") -> dict[str, np.ndarray]:
    """Return the arrays that are wanted as floats, by name; all of float32 stay so, anything else becomes float64.

    Raises DataError for what is missing, surplus, or no finite number."""
    names = [array.name for array in wanted]
    if are_plain(given, names):
        return dict(given)
    given = as_mapping(given, what, wanted[0].name if wanted else "x")
    for name in names:
        if name not in given:
            raise DataError(f"{what}: {name} is missing; give {', '.join(names)}")
    for name in given:
        if name not in names:
            raise DataError(f"{what}: {ascii(name)[:40]} is not among what is wanted: {', '.join(names)}")
    arrays = {name: checked_numbers(name, given[name]) for name in names}
    dtype = np.float32 if arrays and all(a.dtype == np.float32 for a in arrays.values()) else np.float64
    return {name: array.astype(dtype, copy=False) for name, array in arrays.items()}


def check_cost(program: Program, *, is_curved: bool = False) -> None:
    """Raise DataError where a program has no cost to differentiate, or none whose second derivatives could be taken."""
    if program.has_cost:
        return
    if is_curved:
        raise DataError("there is no cost C to take second derivatives of; add a line C = …")
    names = ", ".join(array.name for array in program.outputs)
    raise DataError(f"there is no cost C, only {names}; call f.backward(values, {{{names[:20]!r}: …}})")


def check_direction(direction: Mapping[str, Any], wanted: Sequence[Array], values: Mapping[str, Any]) -> None:
    """Raise DataError where a direction moves what is not differentiated by, ShapeError where it has another shape."""
    names = [array.name for array in wanted]
    for name, way in as_mapping(direction, "direction", *names[:1]).items():
        if name not in names:
            raise DataError(f"direction: {ascii(name)[:40]} is no parameter and no input: {', '.join(names)}")
        if name not in values or way is None:
            continue
        if (shape := _shape(f"direction: {name}", way)) != (expected := _shape(name, values[name])):
            raise ShapeError(f"direction: {name} has shape {shape}, wanted {expected}")


Shape: TypeAlias = tuple[int, ...]


def _shape(name: str, value: Any) -> Shape:
    """Return the shape of an array, one of a library that is being traced, too; raises DataError for what is none."""
    return tuple(value.shape) if hasattr(value, "shape") else as_numbers(name, value).shape


@lru_cache(maxsize=64)
def sizes_of(
    shapes: tuple[Shape, ...],
    wanted: tuple[Array, ...],
    usual: tuple[tuple[Symbol, int], ...],
    needs: tuple[Need, ...] = (),
) -> Mapping[Symbol, int]:
    """Return the number that each size stands for, by the shape of each array; `usual` fills what no array says.

    Raises ShapeError where two arrays disagree, with both places, where an array has another number of axes, or where
    a reading leaves its array: `needs` are those of the program."""
    axes = list(_axes(shapes, wanted))
    sizes: dict[Symbol, int] = {}
    said: dict[Symbol, str] = {}
    waiting = axes
    while waiting:
        later = []
        for where, count, actual in waiting:
            unknown = sizes_in(count) - sizes.keys()
            size = next(iter(unknown), None)
            if len(unknown) == 1 and size and (solved := _solved(count.xreplace(sizes), size, actual)) is not None:
                sizes[size], said[size] = solved, where
            elif unknown:
                later.append((where, count, actual))
        if len(later) == len(waiting):
            break
        waiting = later
    letters = {size for _, count, _ in axes for size in sizes_in(count)}
    sizes = {**{s: n for s, n in usual if s not in sizes}, **sizes}
    for size in letters - sizes.keys():
        raise ShapeError(f"size {size} follows from no array that is given; say it with sizes {size} = …")
    for where, count, actual in axes:
        expected = int(count.xreplace(sizes))
        if expected != actual:
            source = next((f", since {said[s]}" for s in sorted(sizes_in(count), key=str) if s in said), "")
            raise ShapeError(f"{where} is {actual}, wanted {count}{f' = {expected}' * bool(sizes_in(count))}{source}")
    for need in needs:
        if lack := need.lack(sizes):
            letters = set().union(*map(sizes_in, need.differences))
            told = ", ".join(f"{size} = {sizes[size]}" for size in sorted(letters, key=str))
            what = need.emptiness
            if need.axis is not None:
                place = f"outside of {need.entry.base}, in its {_name(need.axis)}"
                what = f"{need.entry} reads up to {lack} {place}"
            raise ShapeError(f"{what} ({told}); give arrays of other sizes")
    return MappingProxyType(sizes)


def _name(place: int) -> str:
    return f"{_AXES[place]} axis" if place < len(_AXES) else f"axis {place + 1}"


def _axes(shapes: Sequence[Shape], wanted: Sequence[Array]) -> Iterator[tuple[str, Expr, int]]:
    """Yield for each axis of each array: where it is, what it should count, and what it counts."""
    for array, shape in zip(wanted, shapes, strict=True):
        counts = array.tensor.sizes
        if len(counts) != len(shape):
            shown = ", ".join(map(str, counts)) or "no axes: it is a single number"
            raise ShapeError(f"{array.name} has {len(shape)} axes, wanted {len(counts)} ({shown})")
        for place, (count, actual) in enumerate(zip(counts, shape, strict=True)):
            named = _name(place)
            yield f"{named if named.startswith('axis') else f'the {named}'} of {array.name}", count.expand(), actual


def _solved(count: Expr, size: Symbol, actual: int) -> int | None:
    """Return the size for which an affine count is what an array has; None where no whole positive number does."""
    slope = count.coeff(size, 1)
    rest = count - slope * size
    if not slope.is_Integer or rest.has(size) or not slope:
        return None
    value = (actual - rest) / slope
    return int(value) if value.is_Integer and value > 0 else None

"""The numbers of a worked example of a program: an array for each that no equation computes, exactly as written.

    x = [[0.5, 0.1], [0.2, 0.3]]     Wh = [["1/3"]]     b = [0]     learning_rate = 0.1
    d_o = [[1, 0]]                                 without a cost: ∂C/∂o, which comes from outside

Sizes that are letters are those of the arrays. Nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import Expr, Integer, Symbol

from symbackprop.errors import ShapeError, SpecError, errors_of
from symbackprop.network.notation import Axis
from symbackprop.network.tables import kind_of, table_from_text, unknown_key
from symbackprop.network.values import exact, number_at, written

RATE = "learning_rate"
UPSTREAM = "d_"  # before the name of an output: its derivative, where there is no cost
DEFAULT_RATE = Fraction(1, 10)
_HEAD = "# The numbers of a worked example, for: symbackprop example NETWORK --values FILE\n"


@dataclass(frozen=True)
class ArrayValues:
    """The numbers by the names of their arrays, nested as their axes are, the sizes that they have, and the rate."""

    arrays: Mapping[str, Any]
    sizes: Mapping[Symbol, int]
    rate: Fraction = DEFAULT_RATE

    @property
    def text(self) -> str:
        """The numbers as a TOML file that reads back as these very numbers."""
        lines = [f"{name} = {written(array)}" for name, array in (*self.arrays.items(), (RATE, self.rate))]
        return _HEAD + "\n".join(lines) + "\n"

    def entries(self, name: str) -> Iterator[tuple[tuple[int, ...], Fraction]]:
        """Yield the place of every number of an array, counted from 0, and the number."""
        array, shape = self.arrays[name], _shape(name, self.arrays[name])
        for place in product(*map(range, shape)):
            number = array
            for index in place:
                number = number[index]
            yield place, number


def array_values_from_text(
    text: str,
    *,
    kind: str,
    where: str,
    axes: Mapping[str, Sequence[Axis]],
    sizes: Mapping[Symbol, int],
    fixed: bool = False,
) -> ArrayValues:
    """Return the numbers in the text of a file for arrays with these axes; `kind` is toml or json.

    `sizes` are those of what the arrays do not tell; where they are `fixed` the arrays tell of others alone.
    Raises SpecError for what is no such file, for an array that is missing or not asked for, ShapeError for one whose
    shape is another than its axes have."""
    first = next(iter(axes), "x")
    table = table_from_text(text, kind=kind, where=where, advice=f"try {first} = [0.1, 0.2]", number=exact)
    with errors_of(where):
        return _values(table, axes, sizes, fixed=fixed)


def has_more_axes(text: str, name: str, axes: int, *, kind: str, where: str) -> bool:
    """Tell whether an array in the text of a file has more axes: x of a sample with a row for each of several.

    Raises as `array_values_from_text` does for what is no such file."""
    value: object = table_from_text(text, kind=kind, where=where, advice=f"try {name} = [0.1, 0.2]").get(name)
    for _ in range(axes):
        value = value[0] if isinstance(value, list) and value else None
    return isinstance(value, list)


def _values(
    table: Mapping[str, object], axes: Mapping[str, Sequence[Axis]], sizes: Mapping[Symbol, int], *, fixed: bool
) -> ArrayValues:
    for key in table:
        if key not in (*axes, RATE):
            raise SpecError(unknown_key(key, axes, known=(*axes, RATE)))
    if lacking := [name for name in axes if name not in table]:
        raise SpecError(f"{lacking[0]} is missing; wanted {', '.join(axes)}")
    arrays = {name: _numbers(name, table[name], len(axes[name])) for name in axes}
    shapes = {name: _shape(name, array) for name, array in arrays.items()}
    told = _sizes(axes, shapes)
    found = {**told, **sizes} if fixed else {**sizes, **told}
    for name, shape in shapes.items():
        wanted = tuple(_extent(axis).xreplace({s: Integer(n) for s, n in found.items()}) for axis in axes[name])
        if shape != wanted:
            letters = _times(tuple(map(_extent, axes[name])))
            said = "" if letters == _times(wanted) else f"{letters} = "
            raise ShapeError(f"{name}: got the shape {_times(shape)}, wanted the shape {said}{_times(wanted)}")
    rate = number_at(RATE, table[RATE]) if RATE in table else DEFAULT_RATE
    if rate <= 0:
        raise SpecError(f"learning_rate: wanted a positive number, got {rate}; try learning_rate = 0.5")
    return ArrayValues(arrays, found, rate)


def _numbers(name: str, value: object, depth: int) -> Any:
    """Return numbers nested as deep as there are axes; raises SpecError for anything else."""
    if not depth:
        return number_at(name, value)
    if not isinstance(value, list) or not value:
        what, example = ("list of numbers", "[0.1, 0.2]") if depth == 1 else ("list of rows", "[[0.1], [0.2]]")
        got = "an empty list" if value == [] else kind_of(value)
        raise SpecError(f"{name}: wanted a {what}, got {got}; try {name.partition('[')[0]} = {example}")
    return tuple(_numbers(f"{name}[{place}]", each, depth - 1) for place, each in enumerate(value))


def _shape(name: str, array: Any) -> tuple[int, ...]:
    """Return the lengths of nested rows; raises ShapeError where they differ."""
    if not isinstance(array, tuple):
        return ()
    inner = {_shape(name, each) for each in array}
    if len(inner) > 1:
        raise ShapeError(f"{name}: its rows are not of one length")
    return len(array), *inner.pop()


def _sizes(axes: Mapping[str, Sequence[Axis]], shapes: Mapping[str, tuple[int, ...]]) -> dict[Symbol, int]:
    """Return the sizes that lengths tell: of an axis that is as long as a letter, or longer by a number."""
    found: dict[Symbol, int] = {}
    for name, shape in shapes.items():
        for axis, length in zip(axes[name], shape, strict=True):
            extent = _extent(axis)
            for symbol in extent.free_symbols:
                if (extent - symbol).is_Integer and length > int(extent - symbol):
                    found.setdefault(symbol, length - int(extent - symbol))
    return found


def _extent(axis: Axis) -> Expr:
    first, last = axis
    return last - first + 1


def _times(shape: Sequence[object]) -> str:
    return " x ".join(map(str, shape)) or "of a number"

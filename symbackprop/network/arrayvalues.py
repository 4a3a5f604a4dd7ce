"""The numbers of a worked example of a program: an array for each that no equation computes, exactly as written.

    x = [[0.5, 0.1], [0.2, 0.3]]     Wh = [["1/3"]]     b = [0]     learning_rate = 0.1
    d_o = [[1, 0]]                                 without a cost: ∂C/∂o, which comes from outside

Sizes that are letters are those of the arrays. Nothing here opens a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import Expr, Integer, Symbol

from symbackprop.errors import ShapeError, SpecError, errors_of
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Axis
from symbackprop.network.tables import kind_of, table_from_text, unknown_key

RATE = "learning_rate"
UPSTREAM = "d_"  # before the name of an output: its derivative, where there is no cost
DEFAULT_RATE = Fraction(1, 10)
LARGEST, SMALLEST = Fraction(10) ** 6, Fraction(1, 10**9)  # beyond it a number is no example
LONGEST_NUMBER = 24  # characters
_DECIMAL = re.compile(r"[+-]?\d[\d_]*(\.\d+)?([eE][+-]?\d{1,2})?")
_FRACTION = re.compile(r"([+-]?\d{1,9})\s*/\s*(\d{1,9})")
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
        return array_values(table, axes, sizes, fixed=fixed)


def has_more_axes(text: str, name: str, axes: int, *, kind: str, where: str) -> bool:
    """Tell whether an array in the text of a file has more axes: x of a sample with a row for each of several.

    Raises as `array_values_from_text` does for what is no such file."""
    value: object = table_from_text(text, kind=kind, where=where, advice=f"try {name} = [0.1, 0.2]").get(name)
    for _ in range(axes):
        value = value[0] if isinstance(value, list) and value else None
    return isinstance(value, list)


def array_values(
    table: Mapping[str, object],
    axes: Mapping[str, Sequence[Axis]],
    sizes: Mapping[Symbol, int],
    *,
    fixed: bool = False,
    rate: Fraction = DEFAULT_RATE,
) -> ArrayValues:
    """Return the numbers of a table; `rate` is that of descent where none is given. Raises as the text does."""
    for key in table:
        if key not in (*axes, RATE):
            raise SpecError(unknown_key(key, (*axes, RATE), known=(*axes, RATE)))
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
            is_double = shape[:-1] == wanted[:-1] and shape[-1] == 2 * int(wanted[-1]) > 2
            points = "; decimals have a point, 0.5" if is_double else ""
            raise ShapeError(f"{name}: got the shape {_times(shape)}, wanted the shape {said}{_times(wanted)}{points}")
    rate = number_at(RATE, table[RATE]) if RATE in table else rate
    if rate <= 0:
        raise SpecError(f"learning_rate: wanted a positive number, got {rate}; try learning_rate = 0.5")
    return ArrayValues(arrays, found, rate)


def _numbers(name: str, value: object, depth: int) -> Any:
    """Return numbers nested as deep as there are axes; raises SpecError for anything else."""
    if not depth:
        return number_at(name, value)
    if not isinstance(value, list) or not value:
        what = "list of numbers" if depth == 1 else "list of rows"
        got, example = "an empty list" if value == [] else kind_of(value), "[0.1, 0.2]"
        if isinstance(value, int | Fraction):
            example = f"[{written(number_at(name, value))}]"
        for _ in range(depth - 1 + name.count("[")):
            example = f"[{example}]"
        raise SpecError(f"{name}: wanted a {what}, got {got}; try {name.partition('[')[0]} = {example}")
    if depth > 1 and not any(isinstance(row, list) for row in value):
        row = written(tuple(number_at(f"{name}[{place}]", entry) for place, entry in enumerate(value)))
        raise SpecError(f"{name}: got one list of numbers, wanted a list of rows; for one try {name} = [{row}]")
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


def written(values: Any) -> str:
    """Return a number, or rows of numbers within one another, as TOML that reads back as these very numbers."""
    return _number(values) if isinstance(values, Fraction) else f"[{', '.join(map(written, values))}]"


def _number(value: Fraction) -> str:
    """Return a number as TOML: as a decimal that is exact, or as a fraction in quotes."""
    digits = f"{value.numerator * 10**12 // value.denominator:d}" if 10**12 % value.denominator == 0 else ""
    if value.denominator == 1:
        return str(value.numerator)
    if not digits:
        return f'"{value}"'
    sign, whole = ("-", digits[1:]) if value < 0 else ("", digits)
    whole = whole.rjust(13, "0")
    return f"{sign}{whole[:-12]}.{whole[-12:].rstrip('0')}"


def number_at(name: str, value: object) -> Fraction:
    """Return one number: a whole one, a decimal, or a text such as "1/3"."""
    if isinstance(value, str) and (found := _FRACTION.fullmatch(value.strip())) and int(found[2]):
        value = Fraction(int(found[1]), int(found[2]))
    if not isinstance(value, Fraction) and type(value) is not int:  # true is an int, too
        got = f"text {value[:40]!a}" if isinstance(value, str) else kind_of(value)
        raise SpecError(f'{name}: wanted a number or a fraction such as "1/3", got {got}')
    number = Fraction(value)
    if abs(number) > LARGEST or (number and abs(number) < SMALLEST):
        raise SpecError(f"{name}: wanted 0, or a number between 1e-9 and 1e6; larger and smaller ones show nothing")
    return number


def exact(text: str) -> Fraction:
    """Return the number that a decimal is, exactly; raises SpecError for nan, inf and what is too long."""
    if len(text) > LONGEST_NUMBER or _DECIMAL.fullmatch(text) is None:
        raise SpecError(f"number {text[:30]!a}: wanted a finite decimal of at most {LONGEST_NUMBER} characters")
    return Fraction(text.replace("_", ""))


def _times(shape: Sequence[object]) -> str:
    return " x ".join(map(str, shape)) or "of a number"

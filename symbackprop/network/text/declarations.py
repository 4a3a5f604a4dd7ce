"""What a text declares: arrays with their kinds and sizes, and numbers for the sizes.

input x[N, D]        parameter W[H, D], b[H]        target y[N]        constant epsilon        value z[N - K + 1]
sizes N = 5, D = 3
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from numbers import Integral

from sympy import Symbol

from symbackprop.errors import ExpressionError
from symbackprop.frozen import dataclass
from symbackprop.network.formula import Node, Number
from symbackprop.network.grammar import Token
from symbackprop.network.notation import size
from symbackprop.network.program import Kind
from symbackprop.network.text.affine import Affine, affine
from symbackprop.network.text.lines import DECLARING, Line, check_no_word
from symbackprop.network.text.reader import EquationReader
from symbackprop.network.text.tree import Entry, Equality, Letter, parts_of
from symbackprop.network.text.writing import written

LARGEST_SIZE = 1_000_000


@dataclass(frozen=True, slots=True)
class Declared:
    """An array that a declaration names, with the size of each axis."""

    name: str
    kind: Kind
    sizes: tuple[Affine, ...]
    line: Line
    at: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A line that computes."""

    line: Line
    equality: Equality

    @property
    def name(self) -> str:
        """What is computed."""
        return self.equality.target.name


@dataclass(frozen=True)
class Declarations:
    """The declared arrays by name, the letters of the sizes, and the numbers that some of them have, and where."""

    arrays: Mapping[str, Declared]
    sizes: Mapping[str, Symbol]
    numbers: Mapping[Symbol, int]
    numbered: Mapping[str, tuple[Line, int]]


def read_lines(lines: Iterable[Line]) -> tuple[Declarations, tuple[Statement, ...]]:
    """Return what the lines declare, and the lines that compute, in the order of the text.

    Raises ExpressionError for a line that is neither, and for what is declared twice."""
    arrays: dict[str, Declared] = {}
    sizes: dict[str, Symbol] = {}
    numbers: dict[Symbol, int] = {}
    numbered: dict[str, tuple[Line, int]] = {}
    statements: list[Statement] = []
    named: dict[str, bool] = {}
    for line in lines:
        reader = EquationReader(line, named)
        kind = reader.word(*DECLARING, "sizes")
        if kind is None:
            statements.append(Statement(line, reader.equation()))
            named.setdefault(statements[-1].name, isinstance(statements[-1].equality.target, Entry))
            continue
        while True:
            if kind == "sizes":
                token = _read_number(reader, line, sizes, numbers)
                numbered[token.text] = line, token.at
            else:
                declared = _read_array(reader, line, Kind(kind), sizes)
                _check_new(declared, arrays)
                arrays[declared.name] = declared
                named[declared.name] = bool(declared.sizes)
            if not reader.comma():
                break
        reader.end()
    return Declarations(arrays, sizes, numbers, numbered), tuple(statements)


def check_numbers(declarations: Declarations, statements: Iterable[Statement]) -> None:
    """Raise ExpressionError for a size that has a number for nothing."""
    of_arrays = {key for array in declarations.arrays.values() for axis in array.sizes for key, _ in axis.terms}
    for name, (line, at) in declarations.numbered.items():
        if declarations.sizes[name] not in of_arrays and not any(_reads(statement, name) for statement in statements):
            raise line.complaint(
                at, f"size {name} is given a number, but no array has it and no line reads it; remove it"
            )


def without_axes(node: Node, known: Container[str]) -> str:
    """Return what is wrong with a side of a matrix product that has no axes: it is a number, or is not `known`."""
    if isinstance(node, Letter) and node.name not in known:
        return f"{node.name} is not declared, and no line computes it; declare it: input {node.name}[N, M]"
    return f"{written(node)} is a number; @ wants arrays on both sides, * multiplies with a number"


def _reads(statement: Statement, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", statement.line.text) is not None


def _read_array(reader: EquationReader, line: Line, kind: Kind, sizes: dict[str, Symbol]) -> Declared:
    token = reader.name()
    _check_name(token, line)

    def letter(node: Letter) -> Symbol:
        if node.name == "C":
            raise line.complaint(token.at, f"{token.text} has C as a size; C is the cost; rename the size, to K")
        return sizes.setdefault(node.name, size(node.name))

    axes = tuple(affine(node, line, letter, f"a size of {token.text}") for node in reader.sizes())
    for axis in axes:
        if not axis.terms and not 1 <= axis.constant <= LARGEST_SIZE:
            wanted = f"wanted a letter, or a whole number from 1 to {LARGEST_SIZE:,}"
            raise line.complaint(token.at, f"{token.text} has {axis.constant} as a size; {wanted}")
    return Declared(token.text, kind, axes, line, token.at)


def _check_name(token: Token, line: Line) -> None:
    check_no_word(token, line)
    if token.text == "C":
        raise line.complaint(token.at, "C is the cost, which a line C = ... computes; it isn't declared; rename it")


def _check_new(declared: Declared, arrays: Mapping[str, Declared]) -> None:
    if before := arrays.get(declared.name):
        message = (
            f"{declared.name} is declared twice, first in line {before.line.place(before.at)[0]}; keep one of them"
        )
        raise declared.line.complaint(declared.at, message)


def _read_number(reader: EquationReader, line: Line, sizes: dict[str, Symbol], numbers: dict[Symbol, int]) -> Token:
    token = reader.name()
    reader.equals()
    node = reader.formula()
    if not isinstance(node, Number) or node.value.denominator != 1:
        raise line.complaint(token.at, f"size {token.text}: wanted a whole number, as in {token.text} = 3")
    symbol = sizes.setdefault(token.text, size(token.text))
    if symbol in numbers:
        raise line.complaint(token.at, f"size {token.text} has two numbers; keep one of them")
    numbers[symbol] = checked_size(token.text, int(node.value), f"line {line.place(token.at)[0]}: ")
    return token


def checked_size(name: str, number: object, where: str = "") -> int:
    """Return the number of a size; raises ExpressionError unless it is whole and from 1 to 1,000,000."""
    if type(number) is not bool and isinstance(number, Integral):
        number = int(number)
    if type(number) is not int or not 1 <= number <= LARGEST_SIZE:
        shown = str(number)[:12] if type(number) is int else type(number).__name__
        wanted = f"wanted a whole number from 1 to {LARGEST_SIZE:,}"
        raise ExpressionError(f"{where}size {name}: {wanted}, got {shown}; try {name} = 3")
    return number


def letters_by_size(
    statements: Sequence[Statement], shapes: Mapping[str, tuple[Affine | None, ...]], sizes: Container[str]
) -> Mapping[Affine | None, tuple[str, ...]]:
    """Return the letters that the index lines have for an axis of each size, in the order of the text.

    `sizes` are none, nor is a single number: h[T, k] is the last step."""
    found: dict[Affine | None, dict[str, None]] = {}
    for statement in statements:
        parts = [statement.equality.target, statement.equality.right] if statement.line.has_indices else []
        while parts:
            part = parts.pop(0)
            parts[:0] = parts_of(part)
            if isinstance(part, Entry):
                for size, place in zip(shapes.get(part.name, ()), part.positions, strict=False):
                    name = place.name if isinstance(place, Letter) and place.name not in sizes else None
                    if name and shapes.get(name) != () and size not in (None, Affine((), 1)):
                        found.setdefault(size, {})[name] = None
    return {size: tuple(letters) for size, letters in found.items()}

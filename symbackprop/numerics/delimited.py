"""Tables of text with a separator -> one array of numbers, block by block: little more than the array is ever held.

5.1,3.5,1.4,0.2,Iris-setosa          separator , ; or tab          5,1;3,5 has decimal commas
header          a first line without any number, or scikit-learn's `150,4,setosa,versicolor,virginica`
names           a column without any number: its entries are the numbers of its names, 0, 1, … as they come
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError
from symbackprop.frozen import dataclass

Array = NDArray[Any]
Line = tuple[int, str]  # its number in the file, and what stands there
Cells = tuple[int, list[str]]

SEPARATORS = "\t;,"  # in this order, where lines can be cut at several: 5,1;3,5 has two columns
LOOKED_AT = 20  # lines, for the separator; more of them for what the columns hold
MOST_NAMES = 1000  # of one column: a label has few
LONGEST_CELL = 2**18  # characters: a quoted cell may hold line breaks, but csv reads none that is longer than half that

_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of a file: numbers (m, columns), the header if there is one, and the columns that hold names."""

    numbers: Array
    header: tuple[str, ...] | None = None
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # column -> its names, by their numbers
    classes: tuple[str, ...] | None = None  # what 0, 1, … of the last column stand for, where the first line says it

    def title(self, column: int) -> str:
        """Return how a column is called in messages: its name, or its number."""
        name = self.header[column].strip() if self.header and column < len(self.header) else ""
        return f"{name[:40]!r}" if name.isprintable() and name else f"column {column + 1}"


def read_table(blocks: Iterable[bytes], *, size: int, where: str) -> Table:
    """Return what the blocks of a UTF-8 file of at most `size` bytes hold; `where` names it in messages.

    Raises DataError for a cell that is no finite number in a column of numbers, rows of different length, text that
    is not UTF-8, and more than 1,000 names in a column."""
    reader, waiting = None, list[Line]()
    for lines in _in_lines(_decoded(blocks, where)):
        if reader is not None:
            reader.take(lines)
            continue
        waiting += lines
        if len(waiting) > LOOKED_AT:  # before, too little is known of the columns
            reader, waiting = _Reader.begun(waiting, size, where), []
    if reader is None and waiting:
        reader = _Reader.begun(waiting, size, where)
    if reader is None or not reader.rows:
        raise DataError(f"{where} has no row of numbers; give at least one sample")
    return reader.table()


def _decoded(blocks: Iterable[bytes], where: str) -> Iterator[str]:
    """Yield the text of the blocks, without a byte order mark, with one kind of line break."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8-sig")(), translate=True)
    read = 0
    try:
        for block in blocks:
            read += len(block)
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        place = read - len(error.object) + error.start
        raise DataError(f"{where}: byte {place} is not UTF-8; save the table as UTF-8 text") from None


def _in_lines(texts: Iterable[str]) -> Iterator[list[Line]]:
    """Yield the lines that are not blank, many at a time, with their numbers; no quoted cell is cut in two."""
    rest, number = "", 1
    for text in texts:
        rest += text
        end = rest.rfind("\n") + 1
        if rest.count('"', 0, end) % 2 and len(rest) - end < LONGEST_CELL:
            end = rest.rfind("\n", 0, rest.rfind('"', 0, end)) + 1
        if end:
            whole, rest = rest[: end - 1].split("\n"), rest[end:]
            yield [(number + place, line) for place, line in enumerate(whole) if line and not line.isspace()]
            number += len(whole)
    yield [(number + place, line) for place, line in enumerate(rest.split("\n")) if line and not line.isspace()]


@dataclass(slots=True, eq=False)
class _Reader:
    """What has been read so far: the first `rows` rows of `numbers`."""

    where: str
    separator: str
    first: int  # number of the line that says how many columns there are
    numbers: Array
    names: dict[int, dict[str, int]]
    header: tuple[str, ...] | None
    classes: tuple[str, ...] | None
    rows: int = 0
    decimal: str = ""  # the sign before decimals, once one was met

    @classmethod
    def begun(cls, lines: list[Line], size: int, where: str) -> _Reader | None:
        """Return the reader that has read these lines; None where nothing but a header is there."""
        separator = _separator([line for _, line in lines[:LOOKED_AT]])
        rows = _cut(lines, separator, where)
        header = classes = None
        if rows and not any(_is_number(cell) for cell in rows[0][1]):
            title, names = rows.pop(0)
            header = tuple(names)
            if rows and len(header) != len(rows[0][1]):
                is_title = f", or take line {title} out" * (len(header) == 1)
                raise DataError(_uneven(where, rows[0], title, len(header)) + is_title)
        elif len(rows) > 1 and _counts(rows[0][1], len(rows[1][1])):
            classes = tuple(cell.strip() for cell in rows.pop(0)[1][2:])
        if not rows:
            return None
        width = len(rows[0][1])
        held = [column for column in range(width) if all(_is_name(cells, column) for _, cells in rows)]
        # a cell takes 2 bytes of the file or more; what of the array is never reached is never held
        numbers = np.empty((size // (2 * width) + 2, width))
        reader = cls(where, separator, rows[0][0], numbers, {column: {} for column in held}, header, classes)
        reader._take_cells(rows)
        return reader

    def take(self, lines: list[Line]) -> None:
        """Read some lines: as one block where they are plain numbers, else cell by cell."""
        plain = None if self.names else self._block([line for _, line in lines])
        if plain is None:
            self._take_cells(_cut(lines, self.separator, self.where))
        else:
            self.numbers[self.rows : self.rows + len(plain)] = plain
            self.rows += len(plain)

    def _block(self, lines: list[str]) -> Array | None:
        """Return the numbers of lines that hold nothing else; None where a cell has to be looked at by itself."""
        width = self.numbers.shape[1]
        if not lines or any(line.count(self.separator) != width - 1 for line in lines):
            return None
        commas = self.separator != "," and any("," in line for line in lines)
        points = any("." in line for line in lines)
        sign = "," if commas else "." if points else self.decimal
        if (commas and points) or (self.decimal and sign != self.decimal):
            return None
        if commas:
            lines = [line.replace(",", ".") for line in lines]
        try:
            found = np.loadtxt(lines, delimiter=self.separator, comments=None, ndmin=2)
        except ValueError:
            return None
        if found.shape != (len(lines), width) or not np.isfinite(found).all():
            return None
        self.decimal = sign
        return found

    def _take_cells(self, rows: Sequence[Cells]) -> None:
        width = self.numbers.shape[1]
        for line, cells in rows:
            if self.rows == len(self.numbers):
                raise DataError(f"{self.where} has grown while it was read; run again when it is whole")
            if len(cells) != width:
                raise DataError(_uneven(self.where, (line, cells), self.first, width))
            for column, cell in enumerate(cells):
                read = self._name if column in self.names else self._number
                self.numbers[self.rows, column] = read(cell, line, column)
            self.rows += 1

    def _number(self, cell: str, line: int, column: int) -> float:
        number = _number(cell)
        sign = "." if number is not None and "." in cell else ""
        if number is None and self.separator != "," and _COMMA.fullmatch(cell.strip()):
            number, sign = _number(cell.replace(",", ".")), ","
        place = f"{self.where} line {line}, column {column + 1} is {cell[:40]!r}"
        if sign and self.decimal and sign != self.decimal:
            raise DataError(f"{place}, but decimals before it follow {self.decimal!r}; write all of them one way")
        if number is None or not np.isfinite(number):
            raise DataError(f"{place}, wanted a finite number; correct or drop that row")
        self.decimal = self.decimal or sign
        return number

    def _name(self, cell: str, line: int, column: int) -> int:
        known, name = self.names[column], cell.strip()
        if not name:
            raise DataError(f"{self.where} line {line}, column {column + 1} is empty, wanted a name; fill it in")
        if len(known) == MOST_NAMES and name not in known:
            place = f"{self.where} column {column + 1} holds more than {MOST_NAMES:,} different texts"
            raise DataError(f"{place}, such as {name[:40]!r}; a label has few, and inputs are numbers; leave it out")
        return known.setdefault(name, len(known))

    def table(self) -> Table:
        """Return what was read."""
        names = {column: tuple(known) for column, known in self.names.items()}
        return Table(self.numbers[: self.rows], self.header, names, self.classes)


def _separator(lines: Sequence[str]) -> str:
    """Return where lines are cut: the first sign that cuts all of them into as many cells, or cuts the most."""
    try:
        counts = {sign: [len(cells) for cells in csv.reader(lines, delimiter=sign)] for sign in SEPARATORS}
    except csv.Error:  # which is told, with its place, once lines are cut in earnest
        return ","
    even = [sign for sign, found in counts.items() if min(found) > 1 and len({*found[1:]} or {*found}) == 1]
    return even[0] if even else max(SEPARATORS, key=lambda sign: (max(counts[sign]), sign == ","))


def _cut(lines: Sequence[Line], separator: str, where: str) -> list[Cells]:
    """Return the cells of the lines that are not blank; a row is numbered by the line at which it ends."""
    texts = [f"{line}\n" for _, line in lines]
    reader = csv.reader(texts, delimiter=separator, strict=True, skipinitialspace=True)
    try:
        return [(lines[reader.line_num - 1][0], cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        place = lines[min(reader.line_num, len(lines)) - 1][0]
        raise DataError(f"{where} line {place}: {error}; give numbers separated by commas") from None


def _uneven(where: str, row: Cells, first: int, width: int) -> str:
    line, cells = row
    return f"{where} line {line} has {len(cells)} columns, line {first} has {width}; make them equal"


def _counts(cells: Sequence[str], width: int) -> bool:
    """Tell whether a first line says how many rows and inputs there are, and then the names of the classes."""
    rows, inputs = (cell.strip() for cell in (*cells[:2], "", "")[:2])
    named = len(cells) > 3 and all(not _is_number(cell) and cell.strip() for cell in cells[2:])
    return named and rows.isdecimal() and inputs == str(width - 1)


def _is_name(cells: Sequence[str], column: int) -> bool:
    cell = cells[column].strip() if column < len(cells) else ""
    return bool(cell) and not _is_number(cell)


def _is_number(cell: str) -> bool:
    return _number(cell) is not None or _COMMA.fullmatch(cell.strip()) is not None


def _number(cell: str) -> float | None:
    """Return the number a cell holds; Python alone would also take 1_000 and digits of other scripts."""
    if "_" in cell or not cell.isascii():
        return None
    try:
        return float(cell)
    except ValueError:
        return None

"""Which columns of a table are the target, and classes as targets: one column for each.

    5.1, 3.5, setosa        ->    x = 5.1, 3.5        y = 1, 0, 0      classes setosa, versicolor, virginica
    label: 'first', 'last', the name of a column or its number; else the one column of names, or the one column with
    as many different values as the network has outputs

Classes stand in the order of their numbers, or of the alphabet where they are names.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError
from symbackprop.frozen import dataclass
from symbackprop.numerics.delimited import MOST_NAMES, Table

Array = NDArray[Any]

GLANCE = 1000  # rows, in which most columns of inputs already show too many values for a label
MOST_SHOWN = 4  # columns that a question names
AT_ONCE = 4096  # rows that are moved together


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Samples as rows: x (m, n_0), y (m, n_L); `classes` names the columns of a one-hot y, or its two values.

    `label` is what the column was called in which the classes stood."""

    x: Array
    y: Array
    name: str
    classes: tuple[str, ...] | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """What is known of x and y before a table is read: how wide the network is, and what was said.

    inputs, outputs: of the network, None where it is made for the table      targets: the last columns that are y
    label: 'first', 'last', a name, a number      off: the entry of y for the classes that a row does not belong to"""

    inputs: int | None = None
    outputs: int | None = None
    targets: int | None = None
    label: str | None = None
    off: float = 0.0

    def __post_init__(self) -> None:
        """Raise DataError for a number of targets that is none."""
        if self.targets is not None and (type(self.targets) is not int or self.targets < 1):
            raise DataError(f"outputs is {self.targets!r}, wanted a whole number of columns, 1 or more")


def parted(table: Table, ends: Ends, where: str) -> Data:
    """Return the samples of a table.

    Raises DataError where nothing, or more than one column, can be the label, for text among the inputs, and where
    no column is left for x."""
    column = _label(table, ends, where)
    if column is not None:
        return _with_classes(table, column, ends, where)
    width, targets = table.numbers.shape[1], ends.targets or ends.outputs or 1
    for text, names in table.names.items():
        place = f"{where} {table.title(text)} is {names[0][:40]!r} in its first row"
        raise DataError(f"{place}, wanted a finite number; take it as the label, or leave it out")
    if width <= targets:
        advice = "x needs at least 1; separate with commas, or write the class of each row in a --label"
        raise DataError(f"{where} has {width} columns, {targets} of them y; {advice}")
    return Data(table.numbers[:, :-targets], table.numbers[:, -targets:], where)


def _label(table: Table, ends: Ends, where: str) -> int | None:
    """Return the column that holds the class of each row; None where the last columns are y."""
    width = int(table.numbers.shape[1])
    if ends.label is not None:
        return _named(table, ends.label, where)
    if ends.targets is not None:
        return None
    if len(table.names) == 1:
        (only,) = table.names
        return only
    if table.names:
        raise DataError(f"{where}: {_titles(table, [*table.names])} hold text; {_question(table, [*table.names])}")
    if table.classes is not None:
        return width - 1
    inputs, outputs = ends.inputs, ends.outputs
    if inputs is None or outputs is None or outputs == 1 or width == inputs + outputs or width != inputs + 1:
        return None
    fitting = [column for column in range(width) if _has_values(table.numbers[:, column], outputs)]
    if not fitting:
        raise DataError(
            f"{where} has {width} columns, one more than the network has inputs, and none of them has exactly "
            f"{outputs} different values, one for each output; say which is the label: --label last"
        )
    if len(fitting) > 1:
        found = f"{_titles(table, fitting)} have {outputs} different values each, as many as the network has outputs"
        raise DataError(f"{where}: {found}; {_question(table, fitting)}")
    return fitting[0]


def _has_values(column: Array, count: int) -> bool:
    """Tell whether a column holds exactly so many different values."""
    return len(np.unique(column[:GLANCE])) <= count and len(np.unique(column)) == count


def _titles(table: Table, columns: Sequence[int]) -> str:
    shown = [table.title(column) for column in columns]
    if len(shown) > MOST_SHOWN:
        shown = [*shown[: MOST_SHOWN - 1], f"{len(shown) - MOST_SHOWN + 1} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _question(table: Table, columns: Sequence[int]) -> str:
    """Return which of two columns is meant, as one would type it."""
    typed = [title[1:-1] if (title := table.title(c)).startswith("'") else str(c + 1) for c in columns]
    return f"which one is the label? try --label {typed[0]} or --label {typed[-1]}"


def _named(table: Table, label: str, where: str) -> int:
    """Return the column that is meant by 'first', 'last', a name of the header or a number."""
    width = int(table.numbers.shape[1])
    header = [name.strip() for name in table.header or ()]
    if label.strip() in header:
        return header.index(label.strip())
    ends = {"first": 0, "last": width - 1}
    if label in ends:
        return ends[label]
    if label.isascii() and label.isdigit() and len(label) < 10 and 1 <= int(label) <= width:
        return int(label) - 1
    close = difflib.get_close_matches(label, [*header, *ends], n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    known = f"the header has {', '.join(header)[:80]}" if header else "there is no header"
    raise DataError(f"{where} has no column {label[:40]!r}; {hint}{known}; say first, last, a name or 1 to {width}")


def _with_classes(table: Table, column: int, ends: Ends, where: str) -> Data:
    """Return the samples whose classes stand in one column; the array of the table becomes x."""
    label, width = table.title(column), table.numbers.shape[1]
    for text, names in table.names.items():
        if text != column:
            place = f"{where} {table.title(text)} is {names[0][:40]!r} in its first row"
            raise DataError(f"{place}, and inputs are numbers; the label is {label}; leave the other one out")
    if width < 2:
        raise DataError(f"{where} has {width} column, the label; x needs at least 1; separate with commas")
    values, numbers = np.unique(table.numbers[:, column], return_inverse=True)
    if len(values) > MOST_NAMES:
        raise DataError(f"{where} {label} has {len(values):,} different values; a label has few; try another column")
    if len(values) < 2:
        raise DataError(f"{where} {label} is the same in every row, so there is nothing to learn; try another column")
    classes = tuple(f"{value:.12g}" for value in values)
    if column in table.names:
        names = table.names[column]
        order = sorted(range(len(names)), key=names.__getitem__)
        classes, numbers = tuple(names[each] for each in order), np.argsort(order)[numbers]
    elif table.classes is not None and [*values] == [*range(len(table.classes))]:
        classes = table.classes
    y = _columns(numbers, len(classes), ends)
    return Data(_without(table.numbers, column), y, where, classes, label)


def _columns(numbers: Array, classes: int, ends: Ends) -> Array:
    """Return one column for each class, or the only one that a network with one output has for two classes."""
    if classes == 2 and ends.outputs == 1:
        return np.where(numbers[:, None] == 1, 1.0, ends.off)
    y = np.full((len(numbers), classes), ends.off)
    y[np.arange(len(numbers)), numbers] = 1.0
    return y


def _without(numbers: Array, column: int) -> Array:
    """Return the other columns: a view of the same array, into which those behind have moved up."""
    if column == 0:
        return numbers[:, 1:]
    if column < numbers.shape[1] - 1:
        for start in range(0, len(numbers), AT_ONCE):  # at once it would take the whole array a second time
            some = numbers[start : start + AT_ONCE]
            some[:, column:-1] = some[:, column + 1 :].copy()
    return numbers[:, :-1]

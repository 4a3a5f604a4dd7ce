"""Tables of text: the separator, decimals, header and blocks of a file do not matter, and slips are told by place."""

from __future__ import annotations

import numpy as np
import pytest

from symbackprop.errors import DataError
from symbackprop.numerics.delimited import Table, read_table


def read(text: str, block: int = 2**20) -> Table:
    """Return the table of a text that comes in blocks of so many bytes."""
    raw = text.encode()
    return read_table([raw[i : i + block] for i in range(0, len(raw), block)], size=len(raw), where="t.csv")


@pytest.mark.parametrize("block", [1, 7, 2**20])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("header", ["", "a,b,c\n", '"a","b, or so","c"\n'])
def test_form_does_not_matter(header: str, separator: str, end: str, block: int) -> None:
    """Three columns are read alike, whatever separates cells and lines and wherever the blocks are cut."""
    text = header + "".join(f"{n}.5,{n},{n % 3}\n" for n in range(30))
    if separator != ",":
        text = text.replace(", or", "").replace(",", separator)
    wanted = [[n + 0.5, n, n % 3] for n in range(30)]
    assert wanted == read(text.replace("\n", end), block).numbers.tolist()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_comma(separator: str) -> None:
    """Beside semicolons and tabs decimals may follow a comma, in few lines and in many, exponents included."""
    text = "".join(f"{n},25{separator}-,5e1{separator}{n}\n" for n in range(90))
    assert [[n + 0.25, -5, n] for n in range(90)] == read(text, 64).numbers.tolist()


def test_decimals_are_written_one_way() -> None:
    """1,234 beside 0.5 may be a thousand or one and a bit: it is refused where it stands."""
    with pytest.raises(
        DataError, match=r"t.csv line 2, column 1 is '1,234', but decimals before it follow '\.'; write"
    ):
        read("0.5;1\n1,234;2\n")
    many = "".join(f"{n}.5;1\n" for n in range(40))
    with pytest.raises(DataError, match=r"t.csv line 41, column 1 is '1,234', but decimals before it"):
        read(many + "1,234;2\n", 32)


def test_names_are_numbered_as_they_come() -> None:
    """A column without any number holds names; blanks around them do not count."""
    table = read("x,kind\n1, b\n2,a \n3,b\n")
    assert ({1: ("b", "a")}, [0, 1, 0]) == (table.names, table.numbers[:, 1].tolist())
    assert ("x", "kind") == table.header


def test_counts_in_the_first_line() -> None:
    """scikit-learn writes rows, inputs and the names of the classes above its tables."""
    table = read("3,2,red,green\n1,2,0\n3,4,1\n5,6,0\n")
    assert (("red", "green"), 3) == (table.classes, len(table.numbers))
    with pytest.raises(DataError, match=r"t.csv line 1, column 3 is 'red', wanted a finite number"):
        read("3,7,red\n1,2,0\n3,4,1\n")


def test_quoted_cell_may_hold_a_line_break() -> None:
    """A header of two lines is one row, however the blocks are cut, and the lines below keep their numbers."""
    for block in (1, 5, 100):
        assert ("a\nb", "c") == read('"a\nb",c\n1,2\n', block).header
        with pytest.raises(DataError, match=r"t.csv line 4, column 1 is 'x'"):
            read('"a\nb",c\n1,2\nx,3\n', block)


def test_slip_far_down_is_told_by_its_place() -> None:
    """Where lines are read many at a time, a wrong cell and a short row are still found where they are."""
    good = "".join(f"{n},{n}\n" for n in range(50))
    with pytest.raises(DataError, match=r"t.csv line 51, column 2 is 'nan', wanted a finite number"):
        read(good + "1,nan\n", 40)
    with pytest.raises(DataError, match=r"t.csv line 52 has 3 columns, line 1 has 2"):
        read(good + "\n1,2,3\n", 40)
    with pytest.raises(DataError, match=r"t.csv: byte 280 is not UTF-8"):
        read_table([good.encode(), b"\xff"], size=400, where="t.csv")


def test_table_takes_little_more_than_its_array() -> None:
    """No more is allocated for the numbers than two bytes of a file can hold, and nothing is kept twice."""
    text = "0,255,17,3\n" * 500
    table = read(text, 512)
    assert (500, 4) == table.numbers.shape
    assert table.numbers.base.nbytes <= 4 * len(text) + 100
    assert np.shares_memory(table.numbers, table.numbers.base)


def test_column_of_too_many_names() -> None:
    """Text that is different in every row is no label."""
    with pytest.raises(DataError, match=r"t.csv column 1 holds more than 1,000 different texts, such as 'n1000'"):
        read("".join(f"n{n},1\n" for n in range(1200)))

"""Labels: which column is one, the order of the classes, and how they stand in the target."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from symbackprop.errors import DataError
from symbackprop.numerics.classes import Data, Ends, parted
from symbackprop.numerics.data import held_out
from symbackprop.numerics.delimited import read_table

NAMES = "size,kind\n1,red\n2,blue\n3,red\n4,green\n"


def data(text: str, *ends: Any, **said: Any) -> Data:
    """Return the samples of a table, for a network of these widths."""
    raw = text.encode()
    return parted(read_table([raw], size=len(raw), where="t.csv"), Ends(*ends, **said), "t.csv")


def test_names_become_columns_in_the_order_of_the_alphabet() -> None:
    """Each row has a 1 in the column of its class; the rest of the table is x."""
    found = data(NAMES, 1, 3)
    assert (("blue", "green", "red"), "'kind'") == (found.classes, found.label)
    assert [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]] == found.y.tolist()
    assert [[1], [2], [3], [4]] == found.x.tolist()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,5,7\n10,6,8\n2,5,7\n1,6,9\n", {}),
        ("1,5,7\n10,6,8\n2,5,7\n1,6,9\n", {"label": "first"}),
        ("1,5,7\n10,6,8\n2,5,7\n1,6,9\n", {"label": "1"}),
        ("d,a,b\n1,5,7\n10,6,8\n2,5,7\n1,6,9\n", {"label": "d"}),
        ("a,d,b\n5,1,7\n6,10,8\n5,2,7\n6,1,9\n", {"label": "d"}),
        ("5;7;1,0\n6;8;10\n5;7;2\n6;9;1\n", {"label": "last"}),
    ],
)
def test_label_is_found_wherever_it_stands(text: str, said: dict[str, str]) -> None:
    """First, last, between, by name and by number: numbers are classes in the order of their size."""
    found = data(text.replace("9", "8") if said == {} else text, 2, 3, **said)
    assert ("1", "2", "10") == found.classes
    assert [0, 2, 1, 0] == found.y.argmax(axis=1).tolist()
    assert [5, 6, 5, 6] == found.x[:, 0].tolist()


def test_two_classes_are_one_output_where_there_is_one() -> None:
    """The second class is 1, the first 0, or -1 where the cost asks for signs."""
    assert [[1], [0]] == data("1,b\n2,a\n", 1, 1).y.tolist()
    assert [[1], [-1]] == data("1,b\n2,a\n", 1, 1, off=-1.0).y.tolist()
    assert [[-1, 1], [1, -1]] == data("1,b\n2,a\n", 1, 2, off=-1.0).y.tolist()


def test_targets_are_the_last_columns_as_before() -> None:
    """A table of inputs and outputs is no table of labels, whatever values stand in it."""
    found = data("1,0,1\n2,1,0\n", 1, 2)
    assert (None, [[0, 1], [1, 0]]) == (found.classes, found.y.tolist())
    assert [[0], [1]] == data("5,6,0\n7,8,1\n", 2, 1).y.tolist()


def test_first_line_names_the_classes() -> None:
    """The names that scikit-learn writes above a table are those of the numbers in its last column."""
    assert ("setosa", "other") == data("3,1,setosa,other\n5,0\n6,1\n7,0\n", 1, 2).classes


@pytest.mark.parametrize(
    ("text", "said", "message"),
    [
        (
            "a,b,c\n1,1,5\n2,2,6\n1,2,7\n",
            {},
            "'a' and 'b' have 2 different values each, as many as the network has outputs; which one is the label? "
            "try --label a or --label b",
        ),
        ("1,1,5\n2,2,6\n1,2,7\n", {}, "column 1 and column 2 have 2 different values each"),
        ("1,1,5\n2,2,6\n1,2,7\n", {}, "try --label 1 or --label 2"),
        ("a,b,c\n1,u,v\n2,w,x\n", {}, "'b' and 'c' hold text; which one is the label? try --label b or --label c"),
        ("a,b,c\n1,u,v\n2,w,x\n", {"label": "c"}, "'b' is 'u' in its first row, and inputs are numbers; the label is"),
        ("1,2,3\n4,5,6\n7,8,9\n", {}, "none of them has exactly 2 different values, one for each output; say which"),
        ("a,kind\n1,2\n", {"label": "kin"}, "no column 'kin'; did you mean 'kind'? the header has a, kind; say first"),
        ("1,2\n", {"label": "kind"}, "no column 'kind'; there is no header; say first, last, a name or 1 to 2"),
        ("1,2\n1,3\n", {"label": "first"}, "column 1 is the same in every row, so there is nothing to learn"),
        ("1\n2\n", {"label": "first"}, "has 1 column, the label; x needs at least 1"),
        (
            "1,u\n2,v\n",
            {"targets": 1},
            "column 2 is 'u' in its first row, wanted a finite number; take it as the label",
        ),
    ],
)
def test_doubt_is_a_question(text: str, said: dict[str, Any], message: str) -> None:
    """Where no column, or more than one, can be the label, one line says what to type."""
    with pytest.raises(DataError, match=re.escape(message)):
        data(text, 2, 2, **said)


def test_held_out_rows_are_others() -> None:
    """A share of the samples is kept back, each with its own target; the same seed keeps the same ones."""
    rows = "".join(f"{n},{n}\n" for n in range(10))
    trained, held = held_out(data(rows), 0.2, seed=3)
    assert (8, 2) == (len(trained.x), len(held.x))
    assert list(range(10)) == sorted([*trained.x[:, 0], *held.x[:, 0]])
    for some in (trained, held):
        assert np.array_equal(some.x, some.y)
    assert np.array_equal(held.x, held_out(data(rows), 0.2, seed=3)[1].x)
    for share in (0.01, 0.99, 1.0):
        with pytest.raises(DataError, match="wanted a share that leaves some on each side"):
            held_out(data(rows), share, seed=3)

"""Training data: the built-in sets are what they say, files are read to the number, everything else is refused."""

from __future__ import annotations

import io
import sys
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import DataError, MissingExtraError, SymbackpropError, UnknownNameError
from symbackprop.network.model import mlp
from symbackprop.numerics import data
from symbackprop.numerics.arguments import params_of
from symbackprop.numerics.checks import check_samples
from symbackprop.numerics.classes import Ends
from symbackprop.numerics.data import BUILT_IN, Data, arrays_from_npz, from_csv, from_npz, load, npz_of


def npz(**arrays: Any) -> bytes:
    """Return the bytes of an NPZ file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def read(text: str, *, where: str = "data.csv", block: int = 2**20, **ends: Any) -> Data:
    """Return the samples of a table that comes in blocks of so many bytes."""
    raw = text.encode("utf-8", "surrogatepass")
    blocks = [raw[start : start + block] for start in range(0, len(raw), block)]
    return from_csv(blocks, size=len(raw), where=where, ends=Ends(**ends))


def test_xor() -> None:
    """Exclusive or: the output is 1 where the inputs differ."""
    xor = load("xor")
    assert [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]] == np.hstack([xor.x, xor.y]).tolist()
    assert ("xor", None) == (xor.name, xor.classes)


def test_digits() -> None:
    """1,797 pictures of 64 shades from 0 to 1, one-hot targets, ten named classes."""
    pytest.importorskip("sklearn")
    digits = load("digits")
    assert ((1797, 64), (1797, 10)) == (digits.x.shape, digits.y.shape)
    assert (0.0, 1.0) == (digits.x.min(), digits.x.max())
    assert {1.0} == set(digits.y.sum(axis=1).tolist())
    assert tuple("0123456789") == digits.classes


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_data_pass_their_own_check(name: str) -> None:
    """What is built in passes the check that a user's data must pass."""
    if name == "digits":
        pytest.importorskip("sklearn")
    found = load(name)
    check_samples(found.x, found.y)


def test_digits_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the message says how to install it."""
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingExtraError, match=r"try: python -m pip install '\.\[digits\]'"):
        load("digits")


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        (
            "digit",
            None,
            "data 'digit' is unknown; did you mean 'digits'. known: digits, xor, or a file ending in .csv or",
        ),
        ("mnist", None, "data 'mnist' is unknown; known: digits, xor, or a file"),
        ("table.csv", None, "data 'table.csv' is unknown"),
        ("table.xlsx", b"", "data 'table.xlsx' is unknown; known: digits, xor, or a file ending in .csv or .npz"),
    ],
)
def test_unknown_names(name: str, raw: bytes | None, message: str) -> None:
    """A name that is neither built in nor a file of a known kind is refused, with what comes close."""
    with pytest.raises(UnknownNameError, match=message):
        load(name, raw)


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3\n4,5,6\n",
        "1,2,3\n4,5,6",
        "x1,x2,y\n1,2,3\n4,5,6\n",
        "\ufeffx1,x2,y\r\n1,2,3\r\n4,5,6\r\n",
        ' 1, 2 ,3\n\n"4",5.0,6e0\n , ,\n',
        "+1.0,.2e1,3.\n4,5,6",
    ],
)
def test_csv_is_read(text: str) -> None:
    """Header, blanks, quotes, line ends and forms of numbers do not matter; the last columns are y."""
    table = read(text)
    assert [[1, 2], [4, 5]] == table.x.tolist()
    assert [[3], [6]] == table.y.tolist()
    wide = read(text, targets=2)
    assert [[1], [4]] == wide.x.tolist()
    assert [[2, 3], [5, 6]] == wide.y.tolist()


def test_load_reads_by_the_ending() -> None:
    """The ending of the name, in any case, decides how bytes are read; the name is kept."""
    table = load("Some.CSV", b"\xef\xbb\xbf1,2\n3,4")
    assert ([[1], [3]], [[2], [4]], "Some.CSV") == (table.x.tolist(), table.y.tolist(), table.name)
    arrays = load("a.npz", npz(x=np.array([[1, 2]]), y=np.array([[3.5]])))
    assert ([[1, 2]], [[3.5]], "a.npz") == (arrays.x.tolist(), arrays.y.tolist(), arrays.name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv has no row of numbers; give at least one sample"),
        ("\n \n", "t.csv has no row of numbers"),
        ("x,y\n", "t.csv has no row of numbers"),
        ("1\n2\n", "t.csv has 1 columns, 1 of them y; x needs at least 1; separate with commas"),
        ("1;2\n3;4\n5", "t.csv line 3 has 1 columns, line 1 has 2; make them equal"),
        ("Yields of 2024\n1,2\n3,4\n", "t.csv line 2 has 2 columns, line 1 has 1; make them equal, or take line 1 out"),
        ("1,2\n3\n", "t.csv line 2 has 1 columns, line 1 has 2; make them equal"),
        ("x,y\n\n1,2\n3,4,5", "t.csv line 4 has 3 columns, line 3 has 2"),
        ("a,b,y\n1,5,2,0\n3,5,4,1", "t.csv line 2 has 4 columns, line 1 has 3; make them equal"),  # decimal commas
        ("a,b,c,y\n1,2,0\n3,4,1", "t.csv line 2 has 3 columns, line 1 has 4"),
        ("1,2\n3,abc", "t.csv line 2, column 2 is 'abc', wanted a finite number; correct or drop that row"),
        ("1,2\n3,", "t.csv line 2, column 2 is '', wanted a finite number"),
        ("1,2\n3,nan", "t.csv line 2, column 2 is 'nan', wanted a finite number"),
        ("1,2\n3,-inf", "t.csv line 2, column 2 is '-inf', wanted a finite number"),
        ("1,2\n3,1e999", "t.csv line 2, column 2 is '1e999', wanted a finite number"),
        ("1,2\n3,1_000", "t.csv line 2, column 2 is '1_000', wanted a finite number"),
        ("1,2\n3,\uff11", "t.csv line 2, column 2 is '\uff11', wanted a finite number"),
        ("1,2\n3,0x10", "t.csv line 2, column 2 is '0x10', wanted a finite number"),
        ("1,y\n3,4", "t.csv line 1, column 2 is 'y', wanted a finite number"),
        ("a,b\nc,d\n1,2", "t.csv line 2, column 1 is 'c', wanted a finite number"),
        ('1,2\n3,"4', "t.csv line 2: unexpected end of data; give numbers separated by commas"),
        ("1,2\n3," + "9" * 200_000, "t.csv line 2: field larger than field limit"),
        ("1,2\n3," + "x" * 100, "t.csv line 2, column 2 is 'x{40}', wanted"),
    ],
)
def test_bad_tables_are_refused(text: str, message: str) -> None:
    """Each slip in a table is refused with one line that names the place."""
    with pytest.raises(DataError, match=message) as caught:
        read(text, where="t.csv")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("outputs", [0, -1, 1.0, True])
def test_outputs_is_a_number_of_columns(outputs: Any) -> None:
    """The number of y columns is a whole number, 1 or more, and leaves a column for x."""
    with pytest.raises(DataError, match=f"outputs is {outputs}, wanted a whole number of columns, 1 or more"):
        read("1,2,3", targets=outputs)
    with pytest.raises(DataError, match="has 3 columns, 3 of them y; x needs at least 1"):
        read("1,2,3", targets=3)


def test_bytes_that_are_no_text() -> None:
    """A CSV file in another encoding is refused at the byte that shows it."""
    with pytest.raises(DataError, match=r"t\.csv: byte 2 is not UTF-8; save the table as UTF-8 text"):
        load("t.csv", b"1,\xff2")


def pickled() -> bytes:
    """Return an NPZ file whose x would run code when it is unpickled."""

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (exec, ("raise SystemExit('unpickled')",))

    return npz(x=np.array([Bomb()], dtype=object), y=np.zeros((1, 1)))


def zipped(**members: bytes) -> bytes:
    """Return a ZIP file with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def test_parameters_are_kept_to_the_bit() -> None:
    """What is written is read again, for a network of that shape and no other."""
    params = {"W1": np.array([[0.1, 1 / 3]]), "b1": np.array([1e-300])}
    again = params_of(mlp("2-1"), arrays_from_npz(npz_of(params), "p.npz"), where="p.npz")
    assert {name: array.tolist() for name, array in params.items()} == {n: a.tolist() for n, a in again.items()}
    assert npz_of(params) == npz_of(again)
    with pytest.raises(SymbackpropError, match=r"^p.npz: params: W1 has shape \(1, 2\), wanted \(1, 3\)$"):
        params_of(mlp("3-1"), params, where="p.npz")
    with pytest.raises(SymbackpropError, match=r"^p.npz: b1\[0\] is nan, wanted a finite number"):
        params_of(mlp("2-1"), {**params, "b1": [np.nan]}, where="p.npz")
    with pytest.raises(DataError, match=r"p.npz is not an NPZ file; write it with numpy.savez"):
        arrays_from_npz(b"junk", "p.npz")


GOOD = npz(x=np.ones((3, 2)), y=np.ones((3, 1)))
HUGE = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little")
HUGE += b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000, 2), }".ljust(117) + b"\n"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "t.npz is not an NPZ file; write it with numpy.savez"),
        (b"x,y\n1,2", "t.npz is not an NPZ file"),
        (GOOD[:-30], "t.npz is not an NPZ file"),
        (GOOD[:60] + b"!!!!" + GOOD[64:], "t.npz: it holds what is no plain array of numbers|t.npz is not an NPZ file"),
        (npz(x=np.ones((3, 2))), "t.npz has no array y, it holds x; write numpy.savez"),
        (npz(), "t.npz has no array x, it holds nothing"),
        (npz(a=1, b=2), "t.npz has no array x, it holds a, b"),
        (pickled(), "t.npz: it holds what is no plain array of numbers; write .astype"),
        (zipped(x=b"junk", y=b"junk"), "t.npz: x holds values of type .S4, wanted real numbers"),
        (npz(x=np.ones(3), y=np.ones(3)), r"t.npz: x has shape \(3,\), wanted two axes, samples and columns"),
        (npz(x=np.ones((3, 2)), y=np.ones((2, 1))), "t.npz: x has 3 rows, y has 2; give one row of each"),
        (npz(x=np.full((1, 1), np.nan), y=np.ones((1, 1))), r"t.npz: x\[0, 0\] is nan, wanted a finite number"),
        (zipped(x=HUGE, y=HUGE), "t.npz: it holds what is no plain array of numbers"),
        (zipped(x=b"", y=b""), "t.npz: x holds values of type .S"),
    ],
)
def test_bad_archives_are_refused(raw: bytes, message: str) -> None:
    """What is no archive of two plain arrays is refused with one line, and nothing in it is unpickled."""
    with pytest.raises(DataError, match=message) as caught:
        from_npz(raw, "t.npz")
    assert "\n" not in str(caught.value)


def test_archives_that_unpack_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is taken from the directory of the archive, before anything is unpacked."""
    monkeypatch.setattr(data, "MAX_BYTES", 300)
    with pytest.raises(DataError, match=r"t\.npz unpacks to 8,384 bytes, at most 300 are read; give fewer samples"):
        from_npz(npz(x=np.zeros((1000, 1)), y=np.zeros((16, 1))), "t.npz")


@given(st.binary(max_size=200) | st.integers(0, len(GOOD) - 1).map(lambda at: GOOD[:at] + b"\x00" + GOOD[at + 1 :]))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Damaged archives end in arrays or in an error of ours, never in another one."""
    try:
        from_npz(raw)
    except SymbackpropError:
        return


@given(st.text(alphabet='0123456789.,-eEn\n\r\t "x\x00\ufeff', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Any text ends in a finite table of the right form or in an error of ours."""
    try:
        table = read(text)
    except SymbackpropError:
        return
    check_samples(table.x, table.y)
    assert 1 == table.y.shape[1]

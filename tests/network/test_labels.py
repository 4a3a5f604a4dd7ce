"""Titles and file names: literal text stays literal, what cannot be shown or written is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import OutputError, SpecError
from symbackprop.network.labels import LONGEST_FILENAME, LONGEST_LABEL, check_filename, check_label


@pytest.mark.hostile("name", expect="literal")
def test_strange_title_stays_as_it_is(hostile_text: str) -> None:
    """Text that some format could interpret is returned unchanged: escaping is the business of the format."""
    assert hostile_text == check_label(hostile_text, "title")


@pytest.mark.hostile("name")
def test_hostile_title_is_refused(hostile_text: str) -> None:
    """A title that cannot be shown is refused in one line of plain ASCII."""
    with pytest.raises(SpecError, match=r"^title .*; (remove|shorten) it$") as caught:
        check_label(hostile_text, "title")
    assert str(caught.value).isascii()
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "author is empty"),
        (" \u00a0", "author is empty"),
        ("x" * (LONGEST_LABEL + 1), "author of 201 characters: at most 200"),
        (7, "author: wanted text, got int"),
        ("ab\x00", r"author 'ab\\x00', character 3: U\+0000 is a control character"),
        ("a\x85", r"U\+0085 is a control character"),
        ("a\u2067b", r"U\+2067 is an override of the direction"),
        ("a\ufdd0", r"U\+FDD0 is no character"),
        ("a\U0010ffff", r"U\+10FFFF is no character"),
    ],
)
def test_wrong_label_says_what_is_wrong(text: object, message: str) -> None:
    """A label is refused with its place and the character by its number."""
    with pytest.raises(SpecError, match=message):
        check_label(text, "author")  # type: ignore[arg-type]  # the wrong type is what is tested


@given(text=st.text(max_size=220))
def test_accepted_label_can_be_written_on_one_line(text: str) -> None:
    """Whatever is accepted encodes as UTF-8 and holds neither a control character nor a line break."""
    try:
        label = check_label(text, "title")
    except SpecError:
        return
    assert label.encode("utf-8").decode("utf-8") == text
    assert len(label.splitlines()) == 1
    assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(character) for character in label}


@pytest.mark.parametrize(
    "name", ["2-3-1", "deck.html", "2-3-1.tex", "a", "_x", "Net_2.v1.pptx", "nullable.txt", "x" * LONGEST_FILENAME]
)
def test_plain_file_name_is_accepted(name: str) -> None:
    """A name of letters, digits, hyphens, dots and underscores is returned unchanged."""
    assert name == check_filename(name)


@pytest.mark.hostile("path")
def test_hostile_file_name_is_refused(hostile_text: str) -> None:
    """A name that could leave the folder, or that some system reads otherwise, is refused in one line."""
    with pytest.raises(OutputError, match=r"^file name .*; (try \S+|shorten it)$") as caught:
        check_filename(hostile_text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "file name ''"),
        ("a.", "no . last"),
        ("-a", "digit or _ first"),
        ("..", "digit or _ first"),
        ("a/b", "letters A-Z"),
        ("a\n", r"file name 'a\\n'"),
        ("COM1", "COM1 is a device on Windows; try COM1_"),
        ("Aux.tar.gz", "Aux is a device"),
        ("x" * (LONGEST_FILENAME + 1), "101 characters, at most 100"),
        (None, "wanted text, got NoneType"),
    ],
)
def test_wrong_file_name_says_what_is_wrong(name: object, message: str) -> None:
    """A file name is refused with the rule that it breaks."""
    with pytest.raises(OutputError, match=message):
        check_filename(name)  # type: ignore[arg-type]  # the wrong type is what is tested

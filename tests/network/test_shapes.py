"""Shapes: what is accepted is exactly the widths that were written; all else is refused in one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import ShapeError
from symbackprop.network.shapes import LARGEST_WIDTH, MOST_LAYERS, parse_shape

WIDTHS = st.lists(st.integers(1, LARGEST_WIDTH), min_size=2, max_size=12)


@given(widths=WIDTHS)
def test_text_and_numbers_mean_the_same(widths: list[int]) -> None:
    """A shape as text, as a list and as a tuple gives the same widths."""
    expected = tuple(widths)
    assert expected == parse_shape("-".join(map(str, widths))) == parse_shape(widths) == parse_shape(expected)


def test_whole_numbers_of_numpy_become_plain_ones() -> None:
    """A width taken from an array's shape is accepted and comes out as an int."""
    widths = parse_shape(tuple(np.array([4, 2])))
    assert (4, 2) == widths
    assert {int} == {type(width) for width in widths}


def test_deepest_and_widest_are_accepted() -> None:
    """The limits themselves are within the limits."""
    assert MOST_LAYERS + 1 == len(parse_shape([LARGEST_WIDTH] * (MOST_LAYERS + 1)))
    assert MOST_LAYERS + 1 == len(parse_shape("-".join(["1"] * (MOST_LAYERS + 1))))


@pytest.mark.hostile("shape")
def test_hostile_shape_is_refused(hostile_text: str) -> None:
    """Every hostile shape is refused in one line that says which layer and what to try."""
    with pytest.raises(ShapeError, match=r"^shape .*layer \d+ .*[^\n]*$") as caught:
        parse_shape(hostile_text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("2-0-1", r"^shape '2-0-1': layer 1 is 0 wide; a width lies between 1 and 1000000, as in 2-3-1$"),
        ("7", r"^shape '7': 1 width, at least an input and an output"),
        ((), r"^shape \(\): 0 width, at least"),
        ((2, -3), r"layer 1 is -3 wide"),
        ((2, LARGEST_WIDTH + 1), r"layer 1 is 1000001 wide"),
        pytest.param((2, 10**5000), r"layer 1 is more than 10 digits wide", id="huge integer"),
        ("2-10000000000", r"layer 1 is 1000000000\.\.\. wide, at most"),
        ([1] * (MOST_LAYERS + 2), r"at most 10000 layers"),
        pytest.param("-".join(["1"] * (MOST_LAYERS + 2)), r"at most 10000 layers", id="deep"),
        pytest.param("1" * 1_000_000, r"^shape of 1000000 characters", id="huge text"),
        ((True, 1), r"layer 0 wants a whole number, got True \(bool\)"),
        ((2, 1.0), r"layer 1 wants a whole number, got 1\.0 \(float\)"),
        (("2", "3"), r"layer 0 wants a whole number, got '2' \(str\)"),
        (23, r"wanted text or whole numbers, got int"),
        (None, r"wanted text or whole numbers, got NoneType"),
        ({2, 3}, r"wanted text or whole numbers, got set"),
        (b"2-3", r"wanted text or whole numbers, got bytes"),
    ],
)
def test_wrong_shape_says_what_is_wrong(shape: object, message: str) -> None:
    """A wrong shape is refused with the fact that is wrong about it."""
    with pytest.raises(ShapeError, match=message):
        parse_shape(shape)  # type: ignore[arg-type]  # the wrong types are what is tested


@given(text=st.text(max_size=60))
def test_nothing_but_a_shape_error_leaves(text: str) -> None:
    """Any text gives widths within the limits or a ShapeError of one line."""
    try:
        widths = parse_shape(text)
    except ShapeError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most texts raise, some do not
    else:
        assert all(1 <= width <= LARGEST_WIDTH for width in widths)

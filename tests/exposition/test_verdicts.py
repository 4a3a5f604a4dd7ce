"""Checks as a picture: every check is there, a failed one looks different, and texts are literal."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from symbackprop.exposition.figures.verdicts import LEFT, RIGHT, Verdict, verdicts_svg

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    Verdict("2-3-1", "hand-written NumPy", 0.0, 1e-12),
    Verdict("2-3-1", "central differences", 6.8e-11, 1e-8),
    Verdict("1-1", "slopes at kinks", 0.5, 0.0),
]


def drawn(rows: list[Verdict]) -> ElementTree.Element:
    """Return the picture as a tree."""
    return ElementTree.fromstring(verdicts_svg(rows, title="t"))


def texts(tree: ElementTree.Element) -> list[str]:
    """Return all words of a picture."""
    return [element.text or "" for element in tree.iter(f"{SVG}text")]


def test_every_check_is_named() -> None:
    """Each group and each check is there, with its error in numbers."""
    words = texts(drawn(ROWS))
    assert {"2-3-1", "1-1", *(row.name for row in ROWS), "0", "6.8·10⁻¹¹", "5·10⁻¹ FAILED"} <= set(words)
    assert 1 == words.count("2-3-1")


def test_failed_check_has_another_shape() -> None:
    """A passed check is a dot, a failed one a cross: one of each in the legend, and one for each check."""
    tree = drawn(ROWS)
    assert 2 + 1 == len(list(tree.iter(f"{SVG}circle")))
    assert 1 + 1 == sum("stroke-width" in element.attrib for element in tree.iter(f"{SVG}path"))


@pytest.mark.parametrize("error", [0.0, 1e-300, 1e-12, 1.0, 1e5, 1e300, math.inf, math.nan])
def test_every_error_has_a_place(error: float) -> None:
    """Whatever the error is, its mark lies between the edges of the plane, and only what is allowed passes."""
    tree = drawn([Verdict("g", "n", error, 1e-8)])
    marks = [float(c.attrib["cx"]) for c in tree.iter(f"{SVG}circle") if float(c.attrib["cx"]) >= LEFT]
    if error <= 1e-8:
        assert 1 == len(marks)
        assert LEFT <= marks[0] <= RIGHT
    else:
        assert [] == marks


def test_larger_errors_stand_further_right() -> None:
    """The axis is monotone."""
    tree = drawn([Verdict("g", str(n), 10.0**-n, 1.0) for n in range(17, 0, -1)])
    marks = [float(c.attrib["cx"]) for c in tree.iter(f"{SVG}circle") if float(c.attrib["cx"]) >= LEFT]
    assert sorted(set(marks)) == marks


def test_texts_are_literal() -> None:
    """What looks like markup is shown as it is."""
    assert "<script>" in texts(drawn([Verdict("<script>", "a & b", 0.0, 1.0)]))
    assert "<script>" not in verdicts_svg([Verdict("<script>", "a", 0.0, 1.0)], title="<script>")


def test_errors_of_many_are_drawn_below_the_largest() -> None:
    """Where a check stands for many, there is a bar for each size that their errors have, as high as they are many."""
    errors = (1e-16, 1e-16, 1e-10, float("nan"))
    tree = drawn([Verdict("g", "n", 1e-10, 1e-8, errors)])
    bars = [float(each.get("height", 0)) for each in tree.iter() if each.get("opacity")]
    assert [14.0, 7.0, 7.0] == bars

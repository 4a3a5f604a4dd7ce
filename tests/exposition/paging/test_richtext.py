"""Formulas among words as runs of letters, for titles and cells that hold no native equation."""

from __future__ import annotations

import pytest

from symbackprop.exposition.mathtext.boxes import Box, Leaf, Row, Scripts, Summation
from symbackprop.exposition.paging.richtext import box_runs

J, K, N, X = (Leaf(letter, letter) for letter in "jknx")
LAYER = Row((Leaf("(", "("), Leaf("l", "l"), Leaf(")", ")")))


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Scripts(Leaf("w", "w"), Row((J, K)), LAYER), [("w", 0), ("jk", -1), ("(l)", 1)]),
        (Scripts(Leaf(r"\hat{y}", "y\u0302"), J), [("y\u0302", 0), ("j", -1)]),
        (Leaf(r"\bar{a}", "a\u0304"), [("a\u0304", 0)]),
        (Summation(K, Leaf("1", "1"), N, X), [("∑", 0), ("k=1", -1), ("n", 1), ("x", 0)]),
    ],
)
def test_letters_keep_scripts_and_accents(box: Box, expected: list[tuple[str, int]]) -> None:
    """Scripts are shifted runs, an accent stays over its letter."""
    joined: list[tuple[str, int]] = []
    for run in box_runs(box):
        if joined and joined[-1][1] == run.shift:
            joined[-1] = (joined[-1][0] + run.text, run.shift)
        else:
            joined.append((run.text, run.shift))
    assert expected == joined

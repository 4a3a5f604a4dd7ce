"""Formulas among words as runs of letters, for titles and cells that hold no native equation."""

from __future__ import annotations

import pytest

from symbackprop.exposition.paging.richtext import latex_runs


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"w^{(l)}_{jk}", [("w", 0), ("jk", -1), ("(l)", 1)]),
        (r"\hat{y}_{j}", [("y\u0302", 0), ("j", -1)]),
        (r"\bar{a}", [("a\u0304", 0)]),
        (r"\sum_{i=1}^{n} x", [("∑", 0), ("i=1", -1), ("n", 1), ("x", 0)]),
    ],
)
def test_letters_keep_scripts_and_accents(latex: str, expected: list[tuple[str, int]]) -> None:
    """Scripts are shifted runs, an accent stays over its letter."""
    joined: list[tuple[str, int]] = []
    for run in latex_runs(latex):
        if joined and joined[-1][1] == run.shift:
            joined[-1] = (joined[-1][0] + run.text, run.shift)
        else:
            joined.append((run.text, run.shift))
    assert expected == joined

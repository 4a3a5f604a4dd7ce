"""Rows that are not set twice: the same outlines, to the last point, from far less work."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from symbackprop.exposition.document import Display, Document, Steps
from symbackprop.exposition.formulas import formula_latex, side_boxes
from symbackprop.exposition.mathtext import outlines, stretching
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.outlines import outline
from symbackprop.exposition.mathtext.stretching import HEIGHT, drawn_once

pytestmark = pytest.mark.combinations


@pytest.fixture
def row() -> Any:
    """Return the class of rows; outlines know how to import ziamath without its warning."""
    outline("x", 1.0)
    from ziamath.nodes.mrow import Mrow

    return Mrow


def formulas(document: Document) -> list[str]:
    """Return the displays and the lines of steps of a document as LaTeX."""
    found = []
    for block in document.blocks:
        if isinstance(block, Display):
            found.append(formula_latex(block.formula, document.style))
        if isinstance(block, Steps):
            found += [written(side_boxes((line.right,), document.style)[0]) for line in block.lines]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("name", ["plain", "kinks"])
def test_outlines_are_the_same(told, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every formula of a story comes out as it does when each row is set twice."""
    latex = [each for each in formulas(told(name, "en")) if len(each) < 400]  # twice 2^n takes its time
    quick = [outline.__wrapped__(each, 20.0) for each in latex]
    monkeypatch.setattr(outlines, "drawn_once", nullcontext)
    assert [outline.__wrapped__(each, 20.0) for each in latex] == quick
    assert len(latex) > 20


def test_wrong_guess_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """If parentheses were taken for signs that do not stretch, they would come out smaller."""
    latex = r"\left(\frac{a}{b}\right)"
    right = outline.__wrapped__(latex, 20.0)
    monkeypatch.setattr(stretching, "_stretches", lambda element: False)
    assert right != outline.__wrapped__(latex, 20.0)


def test_rows_within_rows_are_set_a_few_times(row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """How often rows are set grows with what stretches in them, not with all that is in one another."""
    plain = r"\textcolor{#D55E00}{a + \textcolor{#0072B2}{b + \textcolor{#007A59}{c + \textcolor{#A0457E}{d}}}}"
    rows = []
    setup = row._setup
    monkeypatch.setattr(row, "_setup", lambda self, **settings: (rows.append(1), setup(self, **settings))[1])
    outline.__wrapped__(plain, 20.0)
    once = len(rows)
    monkeypatch.setattr(outlines, "drawn_once", nullcontext)
    outline.__wrapped__(plain, 20.0)
    assert once < 8
    assert len(rows) - once > 3 * once


def interrupted(row: Any, before: Any) -> None:
    """Raise an error while rows are set once."""
    with drawn_once():
        assert getattr(row, HEIGHT) is not before
        raise RuntimeError("in between")


def test_ziamath_is_put_back(row: Any) -> None:
    """What is left out is left out here alone, even after an error."""
    before = getattr(row, HEIGHT)
    with pytest.raises(RuntimeError, match="in between"):
        interrupted(row, before)
    assert getattr(row, HEIGHT) is before


def test_another_ziamath_is_left_alone(row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no such measuring, nothing is changed."""
    monkeypatch.delattr(row, HEIGHT)
    with drawn_once():
        assert not hasattr(row, HEIGHT)
    assert not hasattr(row, HEIGHT)

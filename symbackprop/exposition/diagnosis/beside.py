"""The wrong line and the right one, each with its numbers: beside one another where there is room, else one below."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.exposition.document import Formula, Line, Steps, Table
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.languages import Language
from symbackprop.exposition.linebreaking import width
from symbackprop.exposition.mathtext.style import Style

__all__ = ["RIGHT", "WRONG", "beside"]

WIDEST = 34.0  # em of two lines beside one another, as a slide has room for
WRONG, RIGHT = "cost", "input"  # the roles whose colours say what is wrong and what is right


def beside(pairs: Sequence[Sequence[Formula]], language: Language) -> Table | Steps:
    """Return the formulas of a person's line and those of the right one."""
    names = [language.say(f"diagnosis.{name}") for name in ("yours", "right")]
    if sum(max(map(_width, pair)) for pair in pairs) <= WIDEST:
        rows = zip(*([(formula,) for formula in pair] for pair in pairs), strict=True)
        return Table(tuple(names), tuple(rows), "ll")
    lines = [
        Line(formula.sides[0], formula.signs[0], formula.sides[1], () if place else name, formula.roles)
        for pair, name in zip(pairs, names, strict=True)
        for place, formula in enumerate(pair)
    ]
    return Steps(tuple(lines), key="finding")


def _width(formula: Formula) -> float:
    return width(formula_box(formula, Style()))

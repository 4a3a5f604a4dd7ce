r"""From the formulas of a document to boxes and to LaTeX: the one door between the blocks and mathtext.

    Formula((δ, expression), ("=",))  ->  boxes, one per side, parts coloured by role  ->  '\delta^{(l)}_{j} = …'

A role colours the parts of a formula that look like the part it names: partial derivatives, slopes and products
wherever they stand, any other factor only where it stands as a factor, so that a_j is not coloured inside (a_j - y_j).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sympy import Mul, Sum

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Formula, Line, Roles, Steps, Term, lefts_of
from symbackprop.exposition.mathtext.boxes import Box, Coloured, Fence, Leaf, Product, Relation, bare
from symbackprop.exposition.mathtext.latex import in_colours, written
from symbackprop.exposition.mathtext.layout import lay_out, side_by_side
from symbackprop.exposition.mathtext.style import Style
from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise

SIGNS: Mapping[str, Leaf] = MappingProxyType(
    {
        "=": Leaf("=", "="),
        ":=": Leaf(":=", ":="),
        "<-": Leaf(r"\leftarrow", "←"),
        "->": Leaf(r"\to", "→"),
        "~": Leaf(r"\approx", "≈"),
        ",": Leaf(",", ","),
        "gap": Leaf(r"\qquad", "  "),  # between two equations in one line
    }
)


def side_boxes(sides: tuple[Term, ...], style: Style, *, roles: Roles = ()) -> tuple[Box, ...]:
    """Return one box per side; indices that are free in one side keep their letters in all of them."""
    return _boxes(sides, tuple(map(type, sides)), style, roles)


@lru_cache(4096)
def _boxes(sides: tuple[Term, ...], _kinds: tuple[type, ...], style: Style, roles: Roles) -> tuple[Box, ...]:
    """Return the boxes, which every format and every page asks for again; 1 and 1.0 are equal, but of two kinds."""
    whole = side_by_side(sides, style)
    boxes = whole.sides if len(sides) > 1 and isinstance(whole, Relation) else (whole,)
    paint = _Paint.of(roles, sides, style)
    return tuple(paint.on(box, factor=True) for box in boxes) if roles else boxes


def signed_sides(formula: Formula, style: Style) -> tuple[Box, tuple[tuple[Leaf, Box], ...]]:
    """Return the first side of a formula, and each of the others with the sign before it."""
    first, *others = side_boxes(formula.sides, style, roles=formula.roles)
    signs = formula.signs or ("=",) * len(others)
    return first, tuple((SIGNS[sign], other) for sign, other in zip(signs, others, strict=True))


def step_sides(steps: Steps, style: Style, *, coloured: bool = True) -> Iterator[tuple[Line, Box, Leaf, Box]]:
    """Yield each line of steps with the left side that it has or continues, its sign and its right side."""
    for line, left in zip(steps.lines, lefts_of(steps), strict=True):
        before, after = side_boxes((left, line.right), style, roles=line.roles if coloured else ())
        yield line, before, SIGNS[line.sign], after


def formula_box(formula: Formula, style: Style) -> Box:
    """Return a formula as one box, its sides with the signs between them."""
    first, others = signed_sides(formula, style)
    signs, sides = zip(*others, strict=True) if others else ((), ())
    return Relation((first, *sides), signs) if others else first


def formula_latex(formula: Formula, style: Style) -> str:
    """Return a formula as LaTeX in the dialect of mathtext."""
    return in_colours(written(formula_box(formula, style)))


@dataclass(frozen=True, slots=True)
class _Paint:
    """Which boxes get the colour of which role: wherever they stand, or only where they are a factor."""

    anywhere: Mapping[Box, str]
    as_factor: Mapping[Box, str]

    @classmethod
    def of(cls, roles: Roles, sides: tuple[Term, ...], style: Style) -> _Paint:
        """Return the paint for the parts of some sides, each with its role."""
        kinds: tuple[dict[Box, str], dict[Box, str]] = ({}, {})
        for part, role in roles:
            slope = isinstance(part, Elementwise) and type(part).order > 0
            anywhere = slope or isinstance(part, Partial | Mul | Sum)
            box = lay_out(part, style)
            if isinstance(part, Mul | Sum) and isinstance(beside := side_by_side((*sides, part), style), Relation):
                box = beside.sides[-1]  # whose summed indices have the letters that they have in the sides
            kinds[0 if anywhere else 1][box] = role
        return cls(*kinds)

    def on(self, box: Box, *, factor: bool) -> Box:
        """Return the box with its parts painted; nothing inside a painted box is painted again."""
        if box in self.anywhere:
            return Coloured(box, self.anywhere[box])
        if factor and (role := self._role(box)):
            return Coloured(box, role)
        return type(box)(*(self._within(box, field.name) for field in fields(box)))

    def _role(self, box: Box) -> str | None:
        inside = box.inside if isinstance(box, Fence) and box.left == "(" else box
        return self.as_factor.get(box) or self.as_factor.get(inside)

    def _within(self, box: Box, name: str) -> Any:
        """Return one field of a box with the boxes in it painted."""
        factors = isinstance(bare(box), Product) and name == "factors"

        def painted(part: Any) -> Any:
            if isinstance(part, Box):
                return self.on(part, factor=factors)
            return tuple(map(painted, part)) if isinstance(part, tuple) else part

        return painted(getattr(box, name))

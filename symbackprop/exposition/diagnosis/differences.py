"""What is coloured in a line beside another one: the factors, or the terms, that the other line does not have.

∂C/∂a    beside    ∂C/∂a · σ'(z)        ->        σ'(z) in the second
(a - y)  beside    (a - y) a (1 - a)    ->        a and 1 - a in the second
δ - h    beside    δ - h - 1/n Σ δ      ->        1/n Σ δ in the second
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Integer, Mul, Number, Sum

from symbackprop.exposition.document import Formula, Line, Roles, Steps, Table
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.languages import Language
from symbackprop.exposition.linebreaking import width
from symbackprop.exposition.mathtext.style import Style

WIDEST = 34.0  # em of two lines beside one another, as a slide has room for
WRONG, RIGHT = "cost", "input"  # the roles whose colours say what is wrong and what is right


def differing(line: Expr, other: Expr, role: str) -> Roles:
    """Return the parts of a line that another one does not have, with a role; the whole line where all are the same.

    What has the same parts differs in a sign or a number, or in what stands where."""
    mine, theirs = (frozenset(part for part in Mul.make_args(e) if not part.is_number) for e in (line, other))
    if mine != theirs and (mine < theirs or theirs < mine):
        return tuple((part, role) for part in sorted(mine - theirs, key=str))
    found = sorted(_factors(line) - _factors(other), key=str)
    if not found and _factors(line) == _factors(other):
        others = _terms(other)
        found = [term for whole, term in _terms(line).items() if whole not in others]
        found = [] if len(found) == len(_terms(line)) else found
        return tuple((term, role) for term in found) or ((line, role),)
    return tuple((part, role) for part in found)


def _factors(e: Expr) -> frozenset[Expr]:
    """Return the factors of all terms, those inside of a sum as well; numbers are none."""
    if isinstance(e, Add | Mul):
        return frozenset(part for each in e.args for part in _factors(each))
    if isinstance(e, Sum):
        return _factors(e.function)
    return frozenset() if isinstance(e, Number) else frozenset({e})


def _terms(e: Expr) -> dict[Expr, Expr]:
    """Return the terms of the sum that an expression is a multiple of, by their multiples, without their signs."""
    sums = [factor for factor in Mul.make_args(e) if isinstance(factor, Add)]
    terms = sums[0].args if len(sums) == 1 else (e,)
    scale = e / sums[0] if len(sums) == 1 else Integer(1)
    return {_unsigned(scale * term): _unsigned(term) for term in terms}


def _unsigned(e: Expr) -> Expr:
    return -e if e.could_extract_minus_sign() else e


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

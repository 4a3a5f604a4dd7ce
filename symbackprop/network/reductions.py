"""Costs over all outputs at once: which formulas say that, and their sums with the indices of the outputs.

1 - sum(a*y)/sqrt(sum(a^2)*sum(y^2))    ->    1 - sum[j](a*y)/sqrt(sum[j](a^2)*sum[j](y^2))
"""

from __future__ import annotations

import re

_REDUCTION = re.compile(r"\b(sum|mean|max|min)\s*\(")


def has_reduction(formula: str) -> bool:
    """Tell whether a formula adds up, averages or takes the largest of its outputs; max(a, b) is no such thing."""
    return bound(formula, "j") != formula


def bound(formula: str, indices: str) -> str:
    """Return the formula with its sums over all outputs bound: sum(f) becomes sum[j](f); max(a, b) stays."""
    found = formula
    for place in reversed(list(_REDUCTION.finditer(formula))):
        if place.group(1) in ("sum", "mean") or not _has_comma(formula, place.end()):
            found = f"{found[: place.end() - 1]}[{indices}]{found[place.end() - 1 :]}"
    return found


def _has_comma(formula: str, start: int) -> bool:
    """Tell whether a call whose bracket opens before `start` has more than one argument."""
    depth = 1
    for character in formula[start:]:
        depth += (character in "([") - (character in ")]")
        if not depth:
            return False
        if character == "," and depth == 1:
            return True
    return False

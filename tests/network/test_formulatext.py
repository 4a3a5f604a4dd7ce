"""Formulas as text: what is written is read again as the same expression."""

from __future__ import annotations

import pytest

from symbackprop.network.expressions import parse_activation, parse_cost
from symbackprop.network.formulatext import formula_text
from symbackprop.network.vocabulary import vocabulary

ARGUMENTS = {
    "clip": "-1, 1",
    "clamp": "-1, 1",
    "max": "0",
    "maximum": "0",
    "min": "e",
    "minimum": "e",
    "logaddexp": "0",
}
CALLS = [
    f"z*{name}(z/3{', ' * (name in ARGUMENTS)}{ARGUMENTS.get(name, '')})" for name in vocabulary() if name != "where"
]
CHOICES = [
    f"where({left} {sign} 1/3, e*z, min(z, pi))" for left in ("z", "2 - z") for sign in (">", ">=", "<", "<=", "==")
]


@pytest.mark.parametrize(
    "text", [*CALLS, *CHOICES, "max(0, z)/2 + abs(z)", "-z^2/e", "z^(1/3)", "max(z, min(z^2, 1))^2"]
)
def test_formula_is_read_again(text: str) -> None:
    """Each function of the vocabulary, each comparison and each constant comes back from its text."""
    definition = parse_activation(text)
    assert definition == parse_activation(formula_text(definition))


@pytest.mark.parametrize(
    ("text", "written"),
    [("maximum(0, z)", "max(0, z)"), ("where(z >= 1, z, 2*z)", "where(z >= 1, z, 2*z)"), ("e*z", "e*z")],
)
def test_names_are_those_of_the_grammar(text: str, written: str) -> None:
    """SymPy's names for the larger of two values, for a choice and for e are not those of a formula."""
    assert written == formula_text(parse_activation(text))


def test_cost_is_read_again() -> None:
    """A formula in two variables comes back as well."""
    definition = parse_cost("max(0, 1 - a*y)^2 + ln(cosh(a - y))")
    assert definition == parse_cost(formula_text(definition))

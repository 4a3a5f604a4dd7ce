"""Parts that take numbers: leaky_relu(0.2), softmax(T=2), huber(kappa=10).

A number that is given by name keeps that name as a letter of the formulas; without one it stands there itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from symbackprop.errors import ExpressionError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.expressions import parse_activation
from symbackprop.network.formulatext import mixed
from symbackprop.network.suggestions import unknown_part
from symbackprop.network.text.layerline import read_part

__all__ = [
    "ACTIVATIONS_WITH_NUMBERS",
    "COSTS_WITH_NUMBERS",
    "ChosenActivation",
    "chosen_activation",
    "is_plain",
    "numbered",
    "plain_formula",
    "replaced",
]

Numbered = Mapping[str, tuple[tuple[str, ...], str]]  # name -> its letters, and its formula with them

ACTIVATIONS_WITH_NUMBERS: Numbered = {
    "leaky_relu": (("alpha",), "where(z > 0, z, alpha*z)"),
    "elu": (("alpha",), "where(z > 0, z, alpha*(exp(z) - 1))"),
    "softplus": (("beta",), "softplus(beta*z)/beta"),
    "silu": (("beta",), "z*sigmoid(beta*z)"),
    "hardtanh": (("low", "high"), "min(max(z, low), high)"),
    "softmax": (("T",), "z/T"),
    "log_softmax": (("T",), "z/T"),
}
COSTS_WITH_NUMBERS: Numbered = {
    "huber": (("kappa",), "where(abs(a - y) <= kappa, (a - y)^2/2, kappa*(abs(a - y) - kappa/2))"),
    "hinge": (("margin",), "max(0, margin - y*a)"),
}
POSITIVE = ("T", "beta", "kappa")  # those that are divided by, or a distance
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LETTER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}")


def is_plain(text: str) -> bool:
    """Tell whether a part is one of single entries, with no letter for a number: leaky_relu(0.2), not softmax(T=2)."""
    name, numbers = read_part(text)
    mixes = name in ACTIVATIONS and not ACTIVATIONS[name].is_elementwise
    return not numbers or not (mixes or any(letter is not None for letter, _ in numbers))


def plain_formula(what: str, table: Numbered, text: str) -> str:
    """Return the formula of a part with numbers that `is_plain`; the text itself where it has none."""
    name, numbers = read_part(text)
    name = ACTIVATIONS.canonical(name) if name in ACTIVATIONS else name
    if not numbers or (name not in table and name not in ACTIVATIONS):
        return text
    return numbered(what, table, name, numbers)[0]


def replaced(formula: str, texts: Mapping[str, str]) -> str:
    """Return a formula with some of its names replaced."""
    return _NAME.sub(lambda found: texts.get(found.group(), found.group()), formula)


def numbered(
    what: str, table: Numbered, name: str, numbers: tuple[tuple[str | None, float], ...]
) -> tuple[str, dict[str, float]]:
    """Return the formula of a part with its numbers, and those that have a letter, by that letter.

    `numbers` are pairs of a letter, or None, and a number. Raises ExpressionError where the part takes others."""
    if name not in table:
        raise ExpressionError(f"{what} {name[:40]!r} takes no numbers; those that do: {', '.join(table)}")
    letters, formula = table[name]
    if len(numbers) != len(letters):
        example = f"{name}({', '.join(['0.5'] * len(letters))})"
        raise ExpressionError(f"{what} {name}: got {len(numbers)} numbers, wanted {len(letters)}, as in {example}")
    texts, constants = {}, {}
    for wanted, (letter, number) in zip(letters, numbers, strict=True):
        if not isfinite(number) or (wanted in POSITIVE and number <= 0):
            kind = "positive" if wanted in POSITIVE else "finite"
            raise ExpressionError(f"{what} {name}: {wanted} is {number}, wanted a {kind} number; try 2")
        if letter is None:
            texts[wanted] = f"({number!r})"
            continue
        if not _LETTER.fullmatch(letter):
            raise ExpressionError(f"{what} {name}: {letter[:20]!a} is no letter for a number; try {wanted}")
        texts[wanted], constants[letter] = letter, number
    return replaced(formula, texts), constants


@dataclass(frozen=True, slots=True)
class ChosenActivation:
    """An activation: its name, its formula in z, and the numbers that have a letter in it."""

    name: str
    formula: str
    constants: tuple[tuple[str, float], ...] = ()

    @property
    def mixes(self) -> bool:
        """Whether an entry depends on all of the last axis; the formula is then what is normalised."""
        return self.name in ACTIVATIONS and not ACTIVATIONS[self.name].is_elementwise

    def text(self, entry: str, last: str) -> str:
        """Return the activation of an entry as a line has it; `last` are the indices of its last axis."""
        formula = replaced(self.formula, {"z": entry})
        if not self.mixes:
            return formula
        known = self.name in ACTIVATIONS_WITH_NUMBERS  # those that the text of equations has a name for
        return f"{self.name}[{last}]({formula})" if known else mixed(ACTIVATIONS[self.name], entry, last)


def chosen_activation(name: str, numbers: tuple[tuple[str | None, float], ...] = ()) -> ChosenActivation:
    """Return the activation that a name, with its numbers, or a formula in z says.

    Raises UnknownNameError and ExpressionError as a network of dense layers does."""
    if name in ACTIVATIONS:
        name = ACTIVATIONS.canonical(name)
        if numbers:
            formula, constants = numbered("activation", ACTIVATIONS_WITH_NUMBERS, name, numbers)
            return ChosenActivation(name, formula, tuple(constants.items()))
        mixes = not ACTIVATIONS[name].is_elementwise
        return ChosenActivation(name, "z" if mixes else f"{name}(z)")
    if name.isidentifier() and name != "z":
        names = (list(ACTIVATIONS), [alias for known in ACTIVATIONS for alias in ACTIVATIONS.aliases(known)])
        raise unknown_part("activation", name, names, argument="z", example="in z, such as z*sigmoid(z)")
    parse_activation(name)
    return ChosenActivation(name, f"({name})")

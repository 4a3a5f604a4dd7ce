"""Parts that take numbers: leaky_relu(0.2), softmax(T=2), huber(kappa=10).

A number that is given by name keeps that name as a letter of the formulas; without one it stands there itself. So do
the letters of a formula, whose numbers are behind it: sign(z)*abs(z)^k; k = 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from symbackprop.errors import ExpressionError, SymbackpropError
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.expressions import parse_activation
from symbackprop.network.formula import Name, Node, Power
from symbackprop.network.formulatext import mixed
from symbackprop.network.grammar import Source, read
from symbackprop.network.suggestions import unknown_part
from symbackprop.network.text.layerline import Number, read_part
from symbackprop.network.text.lines import OVER
from symbackprop.network.text.tree import nodes_in
from symbackprop.network.vocabulary import vocabulary
from symbackprop.registry import Registry

Parts = Registry[Any]  # whose parts have `numbers`, or None for them
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_VARIABLES = ("a", "z", "y", "pi", "e")
_VARIABLE_POWER = re.compile(r"(?:\^|\*\*)[\s(+-]*[^\s(+\-0-9]|(?:\^|\*\*)\s*\(")
_LETTER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}")


def is_plain(text: str) -> bool:
    """Tell whether a part is one of single entries, with no letter for a number: leaky_relu(0.2), not softmax(T=2).

    A power of a variable by a variable, as in (1 + a^2)^y, is a letter as exponent, too."""
    name, numbers = read_part(text)
    mixes = name in ACTIVATIONS and not ACTIVATIONS[name].is_elementwise
    return not (numbers and (mixes or any(letter is not None for letter, _ in numbers))) and not _has_free_power(text)


def _has_free_power(text: str) -> bool:
    """Tell whether a formula raises a variable to a variable, as (1 + a^2)^y does: equations say where that is real."""
    if not _VARIABLE_POWER.search(text):
        return False
    try:
        tree = read(Source(text, "", _VARIABLES, {name: called.arity for name, called in vocabulary().items()}))
    except ExpressionError:  # whoever needs the formula says what is wrong with it
        return False
    powers = [node for node in nodes_in(tree) if isinstance(node, Power) and _has_variable(node.exponent)]
    if any(isinstance(power.base, Name) and power.base.name == "z" for power in powers):  # z^z, where z is below 0, too
        return False
    return any(_has_variable(power.base) for power in powers)


def _has_variable(node: Node) -> bool:
    return any(isinstance(part, Name) and part.name in "azy" for part in nodes_in(node))


def plain_formula(registry: Parts, text: str) -> str:
    """Return the formula of a part with numbers that `is_plain`; the text itself where it has none."""
    name, numbers = read_part(text)
    return numbered(registry, name, numbers)[0] if numbers and name in registry else text


def replaced(formula: str, texts: Mapping[str, str]) -> str:
    """Return a formula with some of its names replaced."""
    return _NAME.sub(lambda found: texts.get(found.group(), found.group()), formula)


def read_numbers(registry: Parts, name: str, given: tuple[Number, ...]) -> tuple[tuple[str, str | None, float], ...]:
    """Return each number of a part: the letter that the part has for it, that which is `given`, or None, and itself.

    Raises ExpressionError where the part takes others."""
    what, numbers = registry.kind, registry[name].numbers
    if numbers is None:
        those = ", ".join(each for each in registry if registry[each].numbers is not None)
        raise ExpressionError(f"{what} {name[:40]!r} takes no numbers; those that do: {those}")
    if len(given) != len(numbers.letters):
        example = f"{name}({', '.join(['0.5'] * len(numbers.letters))})"
        raise ExpressionError(
            f"{what} {name}: got {len(given)} numbers, wanted {len(numbers.letters)}, as in {example}"
        )
    for wanted, (letter, number) in zip(numbers.letters, given, strict=True):
        if not isfinite(number) or (wanted in numbers.positive and number <= 0):
            kind = "a positive number" if wanted in numbers.positive else "a finite number"
            raise ExpressionError(f"{what} {name}: {wanted} is {number}, wanted {kind}; try 2")
        if letter is not None and not _LETTER.fullmatch(letter):
            raise ExpressionError(f"{what} {name}: {letter[:20]!a} is no letter for a number; try {wanted}")
    return tuple((wanted, *each) for wanted, each in zip(numbers.letters, given, strict=True))


def numbered(registry: Parts, name: str, given: tuple[Number, ...]) -> tuple[str, dict[str, float]]:
    """Return the formula of a part, or one that `name` is, with its numbers, and those that have a letter, by that.

    `given` are pairs of a letter, or None, and a number. Raises ExpressionError where the part takes others, and where
    a formula has no such letter."""
    if name not in registry and not name.isidentifier():
        constants = {str(letter): number for letter, number in given}
        if unread := [letter for letter in constants if letter not in _NAME.findall(name)]:
            raise ExpressionError(f"{registry.kind} {name[:40]!a}: the letter {unread[0]} is not in it; leave it out")
        return name, constants
    read = read_numbers(registry, name, given)
    texts = {wanted: f"({number!r})" if letter is None else letter for wanted, letter, number in read}
    constants = {letter: number for _, letter, number in read if letter is not None}
    return replaced(registry[name].numbers.formula, texts), constants


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
        if not self.mixes:
            return replaced(self.formula, {"z": entry})
        if self.name in OVER:
            return f"{self.name}[{last}]({replaced(self.formula, {'z': entry})})"
        return mixed(ACTIVATIONS[self.name], entry, last, lambda each: replaced(self.formula, {"z": each}))


def chosen_activation(name: str, numbers: tuple[tuple[str | None, float], ...] = ()) -> ChosenActivation:
    """Return the activation that a name, with its numbers, or a formula in z says.

    Raises UnknownNameError and ExpressionError as a network of dense layers does."""
    if name in ACTIVATIONS:
        name = ACTIVATIONS.canonical(name)
        if numbers:
            formula, constants = numbered(ACTIVATIONS, name, numbers)
            return ChosenActivation(name, formula, tuple(constants.items()))
        mixes = not ACTIVATIONS[name].is_elementwise
        return ChosenActivation(name, "z" if mixes else f"{name}(z)")
    if name.isidentifier() and name != "z":
        names = (list(ACTIVATIONS), [alias for known in ACTIVATIONS for alias in ACTIVATIONS.aliases(known)])
        raise unknown_part("activation", name, names, argument="z", example="in z, such as z*sigmoid(z)")
    if numbers or not is_plain(name):
        formula, constants = numbered(ACTIVATIONS, name, numbers)
        given = ("input z[n]", *(f"constant {letter}" for letter in constants), "sizes n = 2")
        check_read(f"activation {name[:40]!a}", *given, f"o[i] = {replaced(formula, {'z': 'z[i]'})}")
        return ChosenActivation(name, f"({formula})", tuple(constants.items()))
    parse_activation(name)
    return ChosenActivation(name, f"({name})")


def check_read(part: str, *lines: str) -> None:
    """Raise ExpressionError, about a part, where the lines that it makes cannot be read as equations."""
    from symbackprop.network.text.equations import equations  # a formula without letters waits for no such reader

    try:
        equations("\n".join(lines))
    except SymbackpropError as error:
        shown = re.sub(r"^line \d+(, character \d+)?: ", "", str(error))
        raise ExpressionError(f"{part}: {shown}") from None

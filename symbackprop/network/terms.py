"""The terms that a network is given besides its layers: its cost, penalties on what is learned, how samples count.

cost = "huber(kappa=10)", l2 = "lambda=0.01"    ->    Terms, and the numbers {kappa: 10, lambda: 0.01}
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.errors import SpecError
from symbackprop.network.bounds import CONSTANTS
from symbackprop.network.costs import Cost
from symbackprop.network.formulatext import part_text
from symbackprop.network.labels import check_label
from symbackprop.network.outputcost import OutputCost, output_cost
from symbackprop.network.penalised import ChosenPenalty, penalties
from symbackprop.network.samples import REDUCTIONS
from symbackprop.network.vocabulary import vocabulary

# arrays with the number of their layer, the input, the target, the cost, and what counts the samples
LETTERS_IN_USE = re.compile(r"[A-Za-z]{1,2}\d[\dx]*|mask\d.*|[axyzCmns]")


@dataclass(frozen=True)
class Terms:
    """What a network is to be made of, besides its layers: the terms of its cost, and its title."""

    cost: OutputCost
    penalties: tuple[ChosenPenalty, ...]
    reduction: str
    title: str | None


def terms_of(
    cost: str | Cost,
    *,
    l1: float | str | None = None,
    l2: float | str | None = None,
    l2_biases: bool = False,
    penalty: str | Sequence[str] = (),
    reduction: str = "mean",
    title: str | None = None,
) -> Terms:
    """Return the terms that are said; raises SpecError, ExpressionError or UnknownNameError for what is none."""
    if reduction not in REDUCTIONS:
        raise SpecError(f"reduction: wanted mean or sum, got {str(reduction)[:20]!a}")
    chosen = penalties({"l1": l1, "l2": l2}, penalty, l2_biases=checked_flag("l2_biases", l2_biases))
    label = None if title is None else check_label(title, "title")
    return Terms(output_cost(part_text(cost) if isinstance(cost, Cost) else cost), chosen, reduction, label)


def checked_flag(name: str, value: object) -> bool:
    """Return what is true or false; raises SpecError for anything else."""
    if not isinstance(value, bool):
        raise SpecError(f"{name}: wanted true or false, got {str(value)[:20]!a}")
    return value


def numbers_of(own: Sequence[tuple[str, float]], terms: Terms) -> dict[str, float]:
    """Return all numbers that have a letter; raises SpecError for a letter of two numbers, or one that arrays have."""
    found: dict[str, float] = {}
    for letter, number in own:
        if found.setdefault(letter, number) != number:
            raise _in_use(letter, number)
    for letter, number in (*terms.cost.numbers.items(), *(pair for each in terms.penalties for pair in each.constants)):
        if letter in found:
            raise _in_use(letter, number)
        found[letter] = number
    for letter, number in found.items():
        if LETTERS_IN_USE.fullmatch(letter) or letter in CONSTANTS or letter in vocabulary():
            raise _in_use(letter, number)
    return found


def _in_use(letter: str, number: float) -> SpecError:
    return SpecError(f"the letter {letter} is in use already; take another one for {number:g}, such as kappa")

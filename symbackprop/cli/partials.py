"""Partial derivatives by their names: w_1_2_1 -> the weight of layer 1 from neuron 1 to neuron 2, W_1_2 -> W at [1, 2].

An entry of an array of any other network is the name of the array and its place, as it stands in what is written entry
by entry: Wh_1_2, or Wh[1, 2].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sympy import Expr

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.partials import Partial
from symbackprop.cli.screen import Pen
from symbackprop.cli.wishes import Wishes
from symbackprop.errors import ShapeError
from symbackprop.exposition.derivatives import Entry, Parameter, narrate_derivatives, narrate_entries
from symbackprop.exposition.document import Document
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, scalar

if TYPE_CHECKING:
    from symbackprop.calculus.reverse import ProgramDerivation

_NAME = re.compile(r"(?:(w)_(\d{1,9})_(\d{1,9})_(\d{1,9})|(b)_(\d{1,9})_(\d{1,9}))", re.ASCII)
_ENTRY = re.compile(
    r"(?P<name>[A-Za-z][\w.]*?)(?:(?P<places>(?:_\d{1,9})+)|\[(?P<listed>\s*\d{1,9}(?:\s*,\s*\d{1,9})*\s*)\])?",
    re.ASCII,
)
_NUMBER = re.compile(r"\d+")


def parameter_named(name: str) -> Parameter:
    """Return the parameter of a chain of dense layers; raises ShapeError for a name that is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ShapeError(f"partial {name[:40]!a}: wanted w_LAYER_J_K or b_LAYER_J; try w_1_1_1 or b_1_1")
    letter, layer, *position = (part for part in found.groups() if part is not None)
    return letter, int(layer), tuple(map(int, position))


def entry_named(name: str, derivation: ProgramDerivation) -> Entry:
    """Return the entry of an array of any other network; raises ShapeError for a name that is none."""
    found = _ENTRY.fullmatch(name.strip())
    if found is None:
        array = next(iter(derivation.adjoints.values())).array
        example = f"{array.name}[{', '.join('1' * len(array.tensor.axes))}]".removesuffix("[]")
        raise ShapeError(f"partial {name[:40]!a}: wanted an array and a place in it; try {example}")
    return found["name"], tuple(map(int, _NUMBER.findall(found["places"] or found["listed"] or "")))


@dataclass(frozen=True, slots=True)
class Derivatives:
    """The derivatives that are asked for, by their names; with a budget of operations without what is computed."""

    names: tuple[str, ...]
    budget: int | None

    @property
    def name(self) -> str:
        """What a folder is called after: the first of them."""
        return "_".join(re.findall(r"\w+", self.names[0]))

    def formulas(self, derivation: Derivation | ProgramDerivation, pen: Pen) -> list[str]:
        """Return each as a formula, in the derivatives of what reads it, or in what nothing computes alone.

        Raises ShapeError for a parameter that the network does not have, BudgetError for a longer one."""
        return [pen.formula(Partial(COST, entry), right) for entry, right in self._sides(derivation)]

    def _sides(self, derivation: Derivation | ProgramDerivation) -> Iterator[tuple[Expr, Expr]]:
        options: dict[str, Any] = {} if self.budget is None else {"expanded": True, "max_operations": self.budget}
        for name in self.names:
            if isinstance(derivation, Derivation):
                letter, layer, position = parameter_named(name)
                j, k = position[0], position[1] if len(position) > 1 else None
                yield scalar(letter, layer, *position), derivation.partial(letter, layer=layer, j=j, k=k, **options)
            else:
                array, place = entry_named(name, derivation)
                yield scalar(array, *place), derivation.partial(array, *place, **options)

    def document(self, derivation: Derivation | ProgramDerivation, wishes: Wishes) -> Document:
        """Return them told step by step; raises as `formulas` and `narrate` do."""
        if isinstance(derivation, Derivation):
            parameters = tuple(map(parameter_named, self.names))
            return narrate_derivatives(
                derivation, parameters, wishes.labels(), budget=self.budget, convention=wishes.convention
            )
        entries = tuple(entry_named(name, derivation) for name in self.names)
        return narrate_entries(derivation, entries, wishes.labels(), budget=self.budget, convention=wishes.convention)

"""Partial derivatives by their names: w_1_2_1 -> the weight of layer 1 from neuron 1 to neuron 2."""

from __future__ import annotations

import re

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.partials import Partial
from symbackprop.cli.screen import Pen
from symbackprop.cli.wishes import Wishes
from symbackprop.errors import ShapeError
from symbackprop.exposition.derivatives import Parameter, narrate_derivatives
from symbackprop.exposition.document import Document
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, scalar

_NAME = re.compile(r"(?:(w)_(\d{1,9})_(\d{1,9})_(\d{1,9})|(b)_(\d{1,9})_(\d{1,9}))", re.ASCII)


def parameter_named(name: str) -> Parameter:
    """Return the parameter of that name; raises ShapeError for a name that is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ShapeError(f"partial {name[:40]!a}: wanted w_LAYER_J_K or b_LAYER_J; try w_1_1_1 or b_1_1")
    letter, layer, *position = (part for part in found.groups() if part is not None)
    return letter, int(layer), tuple(map(int, position))


@dataclass(frozen=True, slots=True)
class Derivatives:
    """The derivatives that are asked for; with a budget of operations in w, b, x and y alone."""

    parameters: tuple[Parameter, ...]
    budget: int | None

    @property
    def name(self) -> str:
        """What a folder is called after: the first of them."""
        letter, layer, position = self.parameters[0]
        return "_".join((letter, str(layer), *map(str, position)))

    def formulas(self, derivation: Derivation, pen: Pen) -> list[str]:
        """Return each as a formula, in δ and a, or in w, b, x and y alone.

        Raises ShapeError for a parameter that the network does not have, BudgetError for a longer one."""
        formulas = []
        for letter, layer, position in self.parameters:
            j, k = position[0], position[1] if len(position) > 1 else None
            if self.budget is None:
                right = derivation.partial(letter, layer=layer, j=j, k=k)
            else:
                right = derivation.partial(letter, layer=layer, j=j, k=k, expanded=True, max_operations=self.budget)
            formulas.append(pen.formula(Partial(COST, scalar(letter, layer, *position)), right))
        return formulas

    def document(self, derivation: Derivation, wishes: Wishes) -> Document:
        """Return them told step by step; raises as `formulas` and `narrate_derivatives` do."""
        return narrate_derivatives(
            derivation, self.parameters, wishes.labels(), budget=self.budget, convention=wishes.convention
        )

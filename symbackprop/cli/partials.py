"""One partial derivative by its name: w_1_2_1 -> ∂C/∂w⁽¹⁾₂₁ = δ⁽¹⁾₂ x₁."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symbackprop.errors import ShapeError

if TYPE_CHECKING:
    from symbackprop.calculus.backpropagation import Derivation
    from symbackprop.cli.screen import Pen

__all__ = ["partial_of"]

_NAME = re.compile(r"(?:(w)_(\d{1,9})_(\d{1,9})_(\d{1,9})|(b)_(\d{1,9})_(\d{1,9}))", re.ASCII)


def partial_of(derivation: Derivation, name: str, pen: Pen, *, budget: int | None) -> str:
    """Return ∂C/∂name as a formula, in δ and a, or, with a budget of operations, in w, b, x and y alone.

    Raises ShapeError for a name that is no weight or bias of the network, BudgetError for more operations than that."""
    from symbackprop.calculus.partials import Partial
    from symbackprop.network.notation import COST, scalar

    found = _NAME.fullmatch(name)
    if found is None:
        raise ShapeError(f"partial {name[:40]!a}: wanted w_LAYER_J_K or b_LAYER_J; try w_1_1_1 or b_1_1")
    letter, *numbers = (part for part in found.groups() if part is not None)
    layer, *position = map(int, numbers)
    j, k = position[0], position[1] if len(position) > 1 else None
    if budget is None:
        right = derivation.partial(letter, layer=layer, j=j, k=k)
    else:
        right = derivation.partial(letter, layer=layer, j=j, k=k, expanded=True, max_operations=budget)
    return pen.formula(Partial(COST, scalar(letter, layer, *position)), right)

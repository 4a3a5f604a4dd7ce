"""Are single derivatives right, as they are written for a concrete network? Each beside the gradient of one sample.

delta_2_1 * a_1_2           its letters: δ is the derivative by the bias, a what the forward pass gives
... exp(-b_1_2 - ...) ...   in w, b, x and y alone, in 50 digits
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import mpmath
import numpy as np
from sympy import Expr, Symbol, lambdify

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import BudgetError
from symbackprop.numerics.arithmetic import Floats
from symbackprop.numerics.interpretation import Forward
from symbackprop.numerics.protocol import Case
from symbackprop.numerics.ways import Way
from symbackprop.numerics.witnesses import Entry, entries, norm_error

MOST_WRITTEN = 6  # a weight or a bias of each layer, in turn
DIGITS = 50
WRITTEN_OUT = "in δ and a, and in w, b, x and y alone, in 50 digits, beside the gradient, which errs by some 1e-15"


def single_derivative_error(derivation: Derivation, way: Way, case: Case, *, max_operations: int) -> float:
    """Return the largest error of derivatives in δ and a, and of those in w, b, x and y, at the first sample.

    Relative to the largest derivative of their layer; what would have more than `max_operations` is left out."""
    params, x, y = case.params, case.x[:1], case.y[:1]
    _, grads = way(params, x, y)
    wanted = entries(derivation.network, MOST_WRITTEN, np.random.default_rng(0))
    letters = _Letters(derivation, grads, (params, x, y))
    pairs = [(entry, formula) for entry in wanted for formula in _formulas(derivation, entry, max_operations)]
    return float(np.max([norm_error(grads, [entry], [_value(formula, letters)]) for entry, formula in pairs]))


def _formulas(derivation: Derivation, entry: Entry, max_operations: int) -> Sequence[Expr]:
    name, place = entry
    j, k = place[0] + 1, place[1] + 1 if len(place) > 1 else None
    letter, layer = name[0].lower(), int(name[1:])
    found = [derivation.partial(letter, layer=layer, j=j, k=k)]
    with suppress(BudgetError):
        found.append(derivation.partial(letter, layer=layer, j=j, k=k, expanded=True, max_operations=max_operations))
    return found


class _Letters:
    """What a letter of a concrete network is worth at one sample, such as w_1_2_1 or delta_2_1."""

    def __init__(
        self, derivation: Derivation, grads: Mapping[str, Any], at: tuple[Mapping[str, Any], Any, Any]
    ) -> None:
        """Compute the sample once.  at: params, x, y."""
        params, x, y = at
        forward = Forward(derivation.network, Floats())
        forward(params, x, y)
        layers = range(1, derivation.network.depth + 1)
        self._rows = {"x": x[0], "y": y[0]}
        self._rows |= {f"{name[0].lower()}_{name[1:]}": array for name, array in params.items()}
        self._rows |= {f"delta_{layer}": grads[f"b{layer}"] for layer in layers}
        for letter, values in (("z", forward.values[::2]), ("a", forward.values[1::2])):
            self._rows |= {f"{letter}_{layer}": rows[0] for layer, rows in zip(layers, values, strict=True)}

    def __getitem__(self, letter: Symbol) -> float:
        name, *numbers = letter.name.split("_")
        if name not in self._rows:
            name, numbers = f"{name}_{numbers[0]}", numbers[1:]
        return float(self._rows[name][tuple(int(number) - 1 for number in numbers)])


def _value(formula: Expr, letters: _Letters) -> Any:
    symbols = sorted(formula.free_symbols, key=str)
    with mpmath.workdps(DIGITS):
        given = [mpmath.mpf(letters[symbol]) for symbol in symbols]
        return lambdify(symbols, formula, modules="mpmath", cse=True)(*given)

"""An expression as text that the grammar of formulas reads again: the way back from `expressions.parse`.

max(0, z)/2  ->  Maximum(0, z)/2  ->  "max(0, z)/2"        e^1  ->  exp(1)  ->  "e"

An activation that mixes the neurons of a layer is text of an equation:

exp(z_j) / Σ_i exp(z_i)   ->   "exp(z3[t, j])/sum[i](exp(z3[t, i]))"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sympy import Expr, Indexed, Sum
from sympy.printing.str import StrPrinter

from symbackprop.errors import SpecError
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.costs import COSTS, Cost
from symbackprop.network.extremes import Extreme, Maximum, Where
from symbackprop.network.notation import Tensor, index, size
from symbackprop.registry import Registry

J = index("j")
ROW = Tensor("z", None, ((1, size("n")),))


def formula_text(expression: Expr) -> str:
    """Return an expression that was made of a formula as a formula of which the same expression is made."""
    return str(FormulaPrinter().doprint(expression))


def part_text(part: str | Activation | Cost) -> str:
    """Return how an activation or a cost is said, as a name or as text; raises SpecError for one without either."""
    if isinstance(part, str):
        return part
    registry: Registry[Any] = COSTS if isinstance(part, Cost) else ACTIVATIONS
    if part.name in registry and registry[part.name] == part:
        return part.name
    if isinstance(part, Cost):
        return formula_text(part.factor * part.term)
    if part.function is not None and part.function.definition is not None:
        return formula_text(part.function.definition)
    raise SpecError(f"{part.name}: its layer wants a name for it; register it as an activation")


def mixed(activation: Activation, entry: str, last: str, read: Callable[[str], str]) -> str:
    """Return the activation of an entry such as "z3[t, j]", whose last index is `last`.

    What is `read` of every entry is what is mixed, such as z3[t, j]/T."""
    return str(_Mixed(entry, last, read).doprint(activation.value(ROW, J)))


class FormulaPrinter(StrPrinter):  # type: ignore[misc]
    """SymPy's text, with the names of the grammar where SymPy has others."""

    def _print_Function(self, node: Expr) -> str:
        if isinstance(node, Extreme):
            return f"{'max' if isinstance(node, Maximum) else 'min'}({self.stringify(node.args, ', ')})"
        if isinstance(node, Where):
            left, right, chosen, other = (self._print(part) for part in node.args)
            return f"where({left} {type(node).relation.rel_op} {right}, {chosen}, {other})"
        return str(super()._print_Function(node))

    def _print_Exp1(self, _: Expr) -> str:
        return "e"


class _Mixed(FormulaPrinter):
    """Writes an expression in the entries of one row as an equation has it."""

    def __init__(self, entry: str, last: str, read: Callable[[str], str]) -> None:
        super().__init__()
        self._read = read
        self._before, self._last = entry.rpartition(last)[0], last
        self._taken = set(re.findall(r"\w+", entry))

    def _named(self, letter: Expr) -> str:
        """Return the last index of the entry, or that of a sum by a letter that no index of the entry has."""
        name = str(letter)
        return self._last if letter == J else f"{name}0" if name in self._taken else name

    def _print(self, e: Any) -> str:
        if isinstance(e, Indexed):  # which has a way of its own to print
            read = self._read(entry := f"{self._before}{self._named(e.indices[0])}]")
            return entry if read == entry else f"({read})"
        return str(super()._print(e))

    def _print_Sum(self, e: Sum) -> str:
        return f"sum[{self._named(e.limits[0].args[0])}]({self._print(e.function)})"

"""An expression as text that the grammar of formulas reads again: the way back from `expressions.parse`.

max(0, z)/2  ->  Maximum(0, z)/2  ->  "max(0, z)/2"        e^1  ->  exp(1)  ->  "e"
"""

from __future__ import annotations

from sympy import Expr
from sympy.printing.str import StrPrinter

from symbackprop.network.extremes import Extreme, Maximum, Where

__all__ = ["formula_text"]


def formula_text(expression: Expr) -> str:
    """Return an expression that was made of a formula as a formula of which the same expression is made."""
    return str(_Printer().doprint(expression))


class _Printer(StrPrinter):  # type: ignore[misc]
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

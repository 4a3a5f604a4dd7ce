"""An index equation as one line of text, close to how it is said in a file: what stands beside the code that it became.

u[t, h] = sum[d](n[t, d]*w[d, h])        ∂C/∂w[d, h] = sum[t](∂C/∂u[t, h]*n[t, d])
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Indexed
from sympy.printing.str import StrPrinter

from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import COST


def notes_of(passes: Passes) -> dict[Expr, str]:
    """Return what a text calls each array, q, and the derivative by it, ∂C/∂q."""
    names = {array.tensor: array.name for array in passes.program.arrays}
    return names | {adjoint_of(tensor): f"∂C/∂{name}" for tensor, name in names.items() if tensor != COST}


def equation_text(target: Expr, expression: Expr, names: Mapping[Expr, str]) -> str:
    """Return target = expression in one line; `names` says what arrays are called."""
    printer = _Printer(names)
    return f"{printer.doprint(target)} = {printer.doprint(expression)}"


class _Printer(StrPrinter):  # type: ignore[misc]
    """SymPy's text, with sums, maxima and entries as a file of equations has them."""

    printmethod = "_equationtext"  # entries have a text of their own under SymPy's name, which would come first

    def __init__(self, names: Mapping[Expr, str]) -> None:
        super().__init__({"order": "none"})  # in the order of the equation: sorting takes most of the time
        self._names = names

    def _print_Indexed(self, e: Indexed) -> str:
        name = self._names.get(e.base) or str(e.base)
        return f"{name}[{self._row(e.indices)}]" if e.indices else name

    _print_Single = _print_Indexed

    def _row(self, parts: Any) -> str:
        return ", ".join(map(self._print, parts))

    def _print_Add(self, e: Expr, order: str | None = None) -> str:
        def rank(term: Expr) -> tuple[bool, bool]:
            return bool(term.could_extract_minus_sign()), bool(term.is_number)

        return " + ".join(map(self._print, sorted(e.args, key=rank))).replace("+ -", "- ")

    def _print_Symbol(self, e: Expr) -> str:
        return "C" if e == COST else str(e.name)

    _print_Dummy = _print_Symbol

    def _print_Sum(self, e: Expr) -> str:
        return f"sum[{self._ranges(e)}]({self._print(e.function)})"

    def _print_Largest(self, e: Expr) -> str:
        return f"max[{self._ranges(e)}]({self._print(e.function)})"

    def _print_Chosen(self, e: Expr) -> str:
        return f"[{self._row(e.places[::-1])} = argmax[{self._ranges(e.largest)}]({self._print(e.largest.function)})]"

    def _print_OfRow(self, e: Expr) -> str:
        return f"{e.name}[{self._print(e.along)}]({self._row(e.parts)})"

    def _ranges(self, e: Expr) -> str:
        """Return the indices, outermost first, with their ranges where these are more than 1 to a size."""
        shown = []
        for symbol, first, last in (limit.args for limit in reversed(e.limits)):
            plain = first == 1 and (last.is_Symbol or last.is_Integer)
            shown.append(symbol.name if plain else f"{symbol.name}={self._print(first)}..{self._print(last)}")
        return ", ".join(shown)

    def _print_Pow(self, e: Expr, rational: bool = False) -> str:  # noqa: FBT001 - the name and place that SymPy calls it by
        return str(super()._print_Pow(e, rational=rational)).replace("**", "^")

    def _print_KroneckerDelta(self, e: Expr) -> str:
        return f"[{self._print(e.args[0])} = {self._print(e.args[1])}]"

    def _print_Piecewise(self, e: Expr) -> str:
        said = [(self._print(value), condition) for value, condition in e.args]
        cases = (f"{text} otherwise" if c == True else f"{text} if {self._print(c)}" for text, c in said)  # noqa: E712 - SymPy's true
        return f"cases({', '.join(cases)})"

    def _print_Equality(self, e: Expr) -> str:
        return f"{self._print(e.lhs)} == {self._print(e.rhs)}"

    def _print_Mod(self, e: Expr) -> str:
        return f"mod({self._row(e.args)})"

    def _print_Function(self, e: Expr) -> str:
        if isinstance(e, Where):
            (chosen, holds), (other, _) = e.cases.args
            return f"where({self._row((holds, chosen, other))})"
        name = type(e).__name__
        if isinstance(e, Extreme):
            name = "max" if e.sign > 0 else "min"
        if isinstance(e, Elementwise):
            name = e.stem + "'" * e.order
        return f"{name}({self._row(e.args)})"

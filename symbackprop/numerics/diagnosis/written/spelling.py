"""Expressions of a network's arrays as a person writes them: a[2,1], delta[2,i], dC/dw[2,1,2], sigmoid'(z[1,j]).

From SymPy to the letters of the glossary; what is read again gives the same expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sympy import Expr, Indexed, Sum, Symbol

from symbackprop.calculus.partials import Partial
from symbackprop.network.formulatext import FormulaPrinter
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import COST, Tensor, index
from symbackprop.network.text.glossary import ERROR, Glossary

_LETTERS = "ikmpqrstuv"


class Spelling(FormulaPrinter):
    """Writes entries in brackets, the layer first; `errors` tells whether ∂C/∂z is called delta."""

    printmethod = "_spelt"  # not what an entry says of itself

    def __init__(self, glossary: Glossary, *, errors: bool, is_forward: bool = False) -> None:
        """Make the writer for the words of a network; with `is_forward` w_ij goes from i to j."""
        super().__init__()
        self._glossary, self._errors, self._is_forward = glossary, errors, is_forward

    @cached_property
    def _layers(self) -> Mapping[Tensor, tuple[str, int]]:
        """The letter and the layer of every array that has them."""
        return {
            array.tensor: (letter, layer)
            for letter, layers in reversed(list(self._glossary.letters.items()))
            for layer, array in layers.items()
            if (layer or letter != "a") and not (letter == "z" and array == self._glossary.at("a", layer))
        }

    @cached_property
    def _names(self) -> Mapping[Tensor, str]:
        return {array.tensor: name for name, array in self._glossary.arrays.items()}

    def array(self, tensor: Tensor, places: tuple[Any, ...]) -> str:
        """Return an entry of an array."""
        name, own = self._names.get(tensor, str(tensor)), [self.doprint(place).replace(" ", "") for place in places]
        if tensor in self._layers and self._layers[tensor][0] in ("W", "b", "z", "a"):
            letter, layer = self._layers[tensor]
            own = own[::-1] if self._is_forward and self._glossary.is_weight(tensor) else own
            name, own = letter.lower(), [str(layer), *own]
        return f"{name}[{','.join(own)}]" if own else name

    def whole(self, tensor: Tensor) -> str:
        """Return a whole array: W[2], x."""
        letter, layer = self._layers.get(tensor, ("", 0))
        return f"{letter}[{layer}]" if letter in ("W", "b", "z", "a") else self._names.get(tensor, str(tensor))

    def error(self, tensor: Tensor) -> str | None:
        """Return what ∂C/∂ of a whole array is called, where it is a delta."""
        _, layer = self._layers.get(tensor, ("", 0))
        weighted = self._glossary.at(ERROR, layer)
        return f"{ERROR}[{layer}]" if self._errors and weighted is not None and weighted.tensor == tensor else None

    def _print_Indexed(self, e: Indexed) -> str:
        return self.array(e.base, e.indices)

    _print_Single = _print_Indexed

    def _print_Partial(self, e: Partial) -> str:
        error = self.error(e.by.base) if e.of == COST and isinstance(e.by, Indexed) else None
        if error is not None:
            return f"{error[:-1]},{','.join(self.doprint(place) for place in e.by.indices)}]"
        return f"d{self.doprint(e.of)}/d{self.doprint(e.by)}"

    _print_Rate = _print_Partial

    def _print_Sum(self, e: Sum) -> str:
        indices = ",".join(str(limit.args[0]) for limit in reversed(e.limits))
        return f"sum[{indices}]({self.doprint(e.function)})"

    def _print_Function(self, e: Any) -> str:
        if isinstance(e, Elementwise):
            return f"{type(e).stem}{chr(39) * type(e).order}({self.doprint(e.args[0])})"
        return str(super()._print_Function(e))

    def _print_KroneckerDelta(self, e: Any) -> str:
        return f"{ERROR}_{{{','.join(self.doprint(place) for place in e.args[:2])}}}"

    def _print_Piecewise(self, e: Any) -> str:
        *cases, (last, _) = e.args
        found = self.doprint(last)
        for value, condition in reversed(cases):
            found = f"where({self.doprint(condition)}, {self.doprint(value)}, {found})"
        return str(found)

    def _print_Pow(self, e: Any, *rational: bool) -> str:
        return str(super()._print_Pow(e, *rational)).replace("**", "^")


def with_plain_letters(expression: Expr, used: set[str]) -> Expr:
    """Return the expression with i, k, … for the letters that sums have been given here."""
    bound = sorted({limit.args[0] for total in expression.atoms(Sum) for limit in total.limits}, key=str)
    free = (letter for letter in _LETTERS if letter not in used)
    swaps: dict[Symbol, Symbol] = {}
    for symbol in bound:
        if symbol.name[0] == "q" and symbol.name[1:].isdigit():
            swaps[symbol] = index(next(free, symbol.name))
    return expression.xreplace(swaps)

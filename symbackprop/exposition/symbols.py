"""Which letters a document takes for its functions, so that no letter means two things on one page.

The general equations write σ for any activation, and sigmoid is written σ, too. Where a network has sigmoid among
other functions, the general one gets another letter: φ, or the first that is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Expr

from symbackprop.network.functions import SIGMA, SIGMOID, Elementwise
from symbackprop.network.model import Network

if TYPE_CHECKING:
    from symbackprop.network.text.equations import EquationsNetwork

__all__ = ["own_letters"]

FREE = ("varphi", "psi", "g", "h")  # for any activation, where σ is taken


def own_letters(network: Network | EquationsNetwork, symbols: Mapping[str, str]) -> Mapping[str, str]:
    """Return the letters of a document about the network: those that were asked for, and one for any activation.

    A letter that was asked for `sigma` is that of any activation; with sigmoid among other functions, σ is sigmoid."""
    if not isinstance(network, Network):  # a program has no general activation
        return symbols
    if {activation.function for activation in network.activations} == {SIGMOID} or not _has_sigmoid(network):
        return symbols
    taken = {value.removeprefix("\\") for value in symbols.values()}
    free = next((letter for letter in FREE if letter not in taken), SIGMA.stem)
    return MappingProxyType({SIGMA.stem: free, SIGMOID.stem: SIGMA.stem, **symbols})


def _has_sigmoid(network: Network) -> bool:
    """Tell whether sigmoid stands in an equation of the network, or in the definition of a function that does."""
    waiting = _functions(equation.expression for equation in network.program.distinct)
    seen: set[type[Elementwise]] = set()
    while waiting:
        seen |= waiting
        definitions = (function.definition for function in waiting if function.definition is not None)
        waiting = _functions(definitions) - seen
    return SIGMOID in seen


def _functions(expressions: Iterable[Expr]) -> set[type[Elementwise]]:
    return {type(part) for expression in expressions for part in expression.atoms(Elementwise)}

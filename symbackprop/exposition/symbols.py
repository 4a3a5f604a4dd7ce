"""Which letters a document takes, so that no letter means two things on one page.

Those of a convention give way to those that were asked for. The general equations write σ for any activation, and
sigmoid is written σ, too: where a network has sigmoid among other functions, the general one gets another letter, φ, or
the first that is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from symbackprop.errors import SpecError
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.mathtext.letters import capital, letter, marked
from symbackprop.exposition.mathtext.style import Style, spelt
from symbackprop.network.functions import SIGMA, SIGMOID, Elementwise
from symbackprop.network.model import Network
from symbackprop.network.notation import COST
from symbackprop.network.program import Program

if TYPE_CHECKING:
    from symbackprop.network.text.equations import EquationsNetwork

# what may be called differently: the letters of notation, of the general equations, and the indices; the cost of a
# batch and the output are called as that of a sample and as an activation where nothing else is said
LETTERS = ("w", "b", "z", "a", "x", "y", "delta", "C", "sigma", "eta", "L", "l", "n", "m", "i", "j", "k", "s")
OTHERS = ("J", "output")
ARRAYS = ("w", "z", "a", "x", "y", "delta")  # that are matrices, or have a capital for a batch
# the letters of a convention that equations take, whose arrays have their own names, and those that layers take, too
OF_PROGRAMS = ("C", "J", "delta", "eta", "sigmoid")
OF_LAYERS = ("w", "b", "a", "z", "x", "y", "output")
FREE = ("varphi", "psi", "g", "h")  # for any activation, where σ is taken


def own_letters(
    network: Network | EquationsNetwork, symbols: Mapping[str, str], convention: Convention = USUAL
) -> Mapping[str, str]:
    """Return the letters of a document about the network: of its convention, those asked for, one for any activation.

    A letter that was asked for `sigma` is that of any activation; with sigmoid among other functions, σ is sigmoid."""
    if not isinstance(network, Network):  # a program has no general activation
        return _of_program(network, symbols, convention)
    symbols = {**convention.symbols, **symbols}
    if {activation.function for activation in network.activations} == {SIGMOID} or not _has_sigmoid(network):
        return symbols
    taken = {value.removeprefix("\\") for value in symbols.values()}
    free = next((name for name in FREE if name not in taken), SIGMA.stem)
    return MappingProxyType({SIGMA.stem: free, SIGMOID.stem: SIGMA.stem, **symbols})


def _of_program(network: EquationsNetwork, symbols: Mapping[str, str], convention: Convention) -> Mapping[str, str]:
    """Return the letters that a program takes; those of a convention give way where another thing keeps its own.

    Raises SpecError where one that was asked for would have to."""
    from symbackprop.network.layered import LayeredNetwork

    layered = isinstance(network, LayeredNetwork)
    kept = {name: value for name, value in convention.symbols.items() if name in OF_PROGRAMS + OF_LAYERS * layered}
    kept = {**kept, **symbols}
    kept = {**(_of_weights(convention, kept) if layered else {}), **kept}
    matrices, shown = _shown_by(network.program)
    asked = symbols.keys() & {*shown, *OF_PROGRAMS, *(("output",) if layered else ())}
    asked |= {"W"} if layered and "w" in symbols and convention.matrices != "small" else set()
    while True:
        keeps = {look: name for name, looks in shown.items() if name not in kept for look in looks}
        looks = {name: _looks(name, Style(kept), is_matrix=name in matrices) for name in kept}
        gone = {name for name, own in looks.items() if not own.isdisjoint(keeps)}
        for name in sorted(gone & asked):
            other, letter = keeps[min(looks[name] & keeps.keys())], _bare(kept[name])
            raise SpecError(f"symbols: {name} and {other} would both be written {letter!a}; choose another")
        if not gone:
            return {**kept, **symbols}
        kept = {name: value for name, value in kept.items() if name not in gone}


def _bare(symbol: str) -> str:
    return symbol[:40].removeprefix("\\")


def _shown_by(program: Program) -> tuple[set[str], dict[str, set[str]]]:
    """Return the letters of matrices, and what each letter of an array, a size or an index looks like."""
    plain, names = Style(), dict[str, bool]()
    for array in program.arrays:
        stem = marked(array.name, plain)[0].tex.removeprefix("\\")
        names[stem] = names.get(stem, False) or len(getattr(array.tensor, "axes", ())) > 1
    indices = {i.name: {i.name} for equation in program.distinct for i in equation.expression.atoms(Symbol)}
    sizes = {size.name: {size.name.rstrip("0123456789x.")} for size in program.sizes}
    arrays = {name: _looks(name, plain, is_matrix=large) for name, large in names.items()}
    return {"output", *(name for name, large in names.items() if large)}, {**indices, **sizes, **arrays}


def _looks(name: str, style: Style, *, is_matrix: bool) -> set[str]:
    """Return what a letter looks like; all of a matrix has its capital."""
    own = letter(name, style)
    return {own.tex, capital(own).tex} if is_matrix else {own.tex}


def _of_weights(convention: Convention, symbols: Mapping[str, str]) -> dict[str, str]:
    """Return the letter of the weights of layers, W: the capital of that of weights, or a small one."""
    if convention.matrices == "small":
        return {"W": symbols.get("w", "w")}
    return {"W": capital(spelt("w", symbols["w"])).tex} if "w" in symbols else {}


def check_letters(symbols: Mapping[str, str], convention: Convention = USUAL) -> None:
    """Raise SpecError for what is no letter of the derivation, and where two things would have one letter."""
    check_known(symbols)
    check_apart({**convention.symbols, **symbols})


def check_known(names: Iterable[object], known: Sequence[str] = LETTERS) -> None:
    """Raise SpecError for a name that is none of the known letters of the derivation."""
    for name in names:
        if name not in known:
            raise SpecError(f"symbols: {str(name)[:40]!a} is no letter of the derivation; known: {', '.join(known)}")


def check_apart(symbols: Mapping[str, str]) -> None:
    """Raise SpecError where two things would have one letter.

    A matrix, or a batch, has the capital of its letter; that of a letter whose capital is the cost stays small."""
    style = Style(symbols)
    shown: dict[str, str] = {}
    looks = [(name, letter(name, style).tex) for name in (*LETTERS, *(name for name in OTHERS if name in symbols))]
    cost = letter(COST.name, style)
    large = ((name, letter(name, style)) for name in ARRAYS)
    looks += [(f"the capital of {name}", capital(own).tex) for name, own in large if capital(own) not in (own, cost)]
    for name, look in looks:
        if look in shown and {shown[look], name} != {"C", "J"}:
            said = f"would both be written {_bare(symbols.get(name, look))!a}; choose another"
            raise SpecError(f"symbols: {shown[look]} and {name} {said}")
        shown[look] = name


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

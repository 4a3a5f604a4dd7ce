"""The equations of a derivation as lines to read: those of any network, then what they become for this one.

    BP2   δ⁽ˡ⁾ⱼ = σ′(z⁽ˡ⁾ⱼ) · Σᵢ w⁽ˡ⁺¹⁾ᵢⱼ δ⁽ˡ⁺¹⁾ᵢ          any σ
    BP2   δ⁽ˡ⁾ⱼ = a⁽ˡ⁾ⱼ (1 − a⁽ˡ⁾ⱼ) Σᵢ w⁽ˡ⁺¹⁾ᵢⱼ δ⁽ˡ⁺¹⁾ᵢ    this σ, layer 1

Imports SymPy: a command imports this module when it runs, not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sympy import Expr

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.equations import NOTATIONS, BackpropEquation, DerivedEquation
from symbackprop.cli.screen import Pen
from symbackprop.exposition.story.backwardpass import compact
from symbackprop.exposition.story.telling import sums_to_one
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.functions import Elementwise, Z
from symbackprop.network.model import Network

MOST_RUNS = 4  # of layers that are listed in one line


@dataclass(frozen=True, slots=True)
class Shown:
    """One equation: its name, the layers for which it holds, and its text in each notation that was asked for."""

    name: str
    layers: str
    forms: tuple[str, ...]


def told(derivation: Derivation, notations: Sequence[str], pen: Pen) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """Return the equations under their headings: BP1 to BP4 of any network, and what BP1 and BP2 are in this one.

    Entry by entry there is only this network. Raises UnknownNameError for a notation style, and BudgetError where
    entries are too many to be read."""
    specific = [(equation, compact(equation.chain)) for equation in derivation.specific.values()]
    general = [(equation, equation.right) for equation in derivation.equations.values()]
    if "scalar" in notations:
        derived = {equation.name for equation, _ in specific}
        specific += [(e, right) for e, right in general if e.name not in derived and e.layer_numbers]
        general = []
    mixes = [not activation.is_elementwise for activation in derivation.network.activations]
    which = "" if any(mixes[:-1]) else ", elementwise hidden activations" if mixes[-1] else ", elementwise activations"
    headings = ((f"Any cost{which}", general), ("In this network", specific))
    return tuple(
        (heading, tuple(_shown(*equation, notations, pen) for equation in equations))
        for heading, equations in headings
        if equations
    )


def _shown(equation: BackpropEquation, right: Expr, notations: Sequence[str], pen: Pen) -> Shown:
    first = pen.style.convention.first
    numbers = [number + first for number in equation.layer_numbers]
    layers = spans(numbers) if isinstance(equation.layers, tuple) else ""
    return Shown(equation.name, layers, tuple(written(equation, right, style, pen) for style in notations))


def written(equation: BackpropEquation, right: Expr, notation: str, pen: Pen) -> str:
    """Return one equation with this right side in a notation style, a line for each pair of sides."""
    sides = NOTATIONS[notation].sides(equation, right, pen.style.convention.mean)
    return "\n".join(pen.formula(*each) for each in sides)


def definitions(derivation: Derivation, pen: Pen) -> tuple[str, ...]:
    """Return what the functions in the equations of this network are: f given as a formula, and slopes as ReLU′."""
    network = derivation.network
    own = [a.function for a in network.distinct_activations if a.function and a.name not in ACTIVATIONS]
    rights = [compact(equation.chain) for equation in derivation.specific.values()]
    slopes = {type(part) for right in rights for part in right.atoms(Elementwise) if type(part).order}
    functions = [*own, *sorted(slopes, key=lambda function: (function.stem, function.order))]
    return tuple(pen.formula(f(Z), f.definition) for f in functions if f.definition is not None)


def conditions(equations: Mapping[str, DerivedEquation], pen: Pen) -> Iterator[str]:
    """Yield which equations hold only if something is granted, and what: 'BP1 assumes Σⱼ yⱼ = 1'."""
    for name, equation in equations.items():
        yield from (f"{name} assumes {pen.formula(*each.sides)}" for each in sums_to_one(equation.chain.steps))


def activations_in_words(network: Network, first: int = 0) -> str:
    """Return the activations with their layers: 'sigmoid', or 'relu in layers 1-3, softmax in layer 4'.

    `first` is the number of the layer of the input."""
    layers: dict[str, list[int]] = {}
    for number, activation in enumerate(network.activations, start=first + 1):
        layers.setdefault(activation.name, []).append(number)
    if len(layers) == 1:
        return network.activations[0].name
    return ", ".join(f"{name} in {spans(numbers)}" for name, numbers in layers.items())


def spans(numbers: Iterable[int]) -> str:
    """Return layers as people write them: 'layer 2', 'layers 1-3, 5'."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = [f"{first}" if first == last else f"{first}-{last}" for first, last in runs]
    parts = parts if len(parts) <= MOST_RUNS else [*parts[:2], "…", parts[-1]]
    return f"layer {parts[0]}" if parts[0].isdigit() and len(parts) == 1 else f"layers {', '.join(parts)}"

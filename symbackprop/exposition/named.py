"""The equations of a derivation, each under the name by which it is asked for alone, and as files of a format.

BP2  BP2-here                      of any network, and of this one
delta1  W2  b2                     at one layer of it
q  W4                              the derivative by an array of layers or equations
forward-z  forward-q  forward-C    what is computed on the way forward, and the cost
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from symbackprop.calculus.arrayforms import forward_form
from symbackprop.calculus.backpropagation import Derivation, hidden_here
from symbackprop.calculus.equations import NOTATIONS, DerivedEquation, Sides, written_out
from symbackprop.calculus.links import dense
from symbackprop.errors import CheckError, SpecError
from symbackprop.exposition.document import Document, Formula
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.selection import EQUATIONS
from symbackprop.exposition.story.forward import forward_sides
from symbackprop.network.activations import Activation
from symbackprop.network.composition import with_sizes
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, LAST_LAYER, in_numbers
from symbackprop.network.program import Equation, Program

if TYPE_CHECKING:
    from symbackprop.calculus.diagnosis import Diagnosis
    from symbackprop.calculus.reverse import ProgramDerivation

FORWARD = "forward-"

# the equations of a derivation in a notation, with the place of 1/m; raises CheckError where they have no such form
Written: TypeAlias = Callable[[Any, str, str], Sequence[Sides]]

_NO_NAME = re.compile(r"[^A-Za-z0-9_.]+")


def equation_formulas(derivation: Derivation | ProgramDerivation | Diagnosis, document: Document) -> dict[str, Formula]:
    """Return each equation, the general ones and those of this network, under the name of a file for it.

    They are those that the document names, if it does, in its notations, entry by entry where it names none; a name
    ends in its notation but for the first, and in a number where there are several equations of it. Of a diagnosis they
    are the lines of its findings: finding-1-yours, finding-1-right. Names differ in more than their case, as file
    systems may not tell it apart: V, then v-2."""
    if not isinstance(derivation, Derivation):
        from symbackprop.calculus.diagnosis import Diagnosis

        if isinstance(derivation, Diagnosis):
            return _of_diagnosis(derivation)
    named: dict[str, Formula] = {}
    taken: set[str] = set()
    styles = document.notations or ("index",)
    for name, written in named_equations(derivation, document.only):
        for style in styles:
            pairs = sides_of(derivation, written, style, document.convention.mean)
            for number, sides in enumerate(pairs, start=1):
                ending = f"-{style}" * (style != styles[0]) + f"-{number}" * (len(pairs) > 1)
                named[_apart(f"{name}{ending}", taken)] = Formula(sides)
    if not named:  # BP2, entry by entry, of one layer
        lack = f"{', '.join(document.only)} is about hidden layers, of which there are none, so it has no entries"
        raise SpecError(f"only: {lack}; take another notation than scalar")
    return named


def equation_files(
    derivation: Derivation | ProgramDerivation | Diagnosis, document: Document, ending: str, write: Callable[[Box], str]
) -> dict[str, str | bytes]:
    """Return a file for each equation, of which `write` makes a text."""
    formulas = equation_formulas(derivation, document).items()
    return {f"equations/{name}.{ending}": write(formula_box(formula, document.style)) for name, formula in formulas}


def sides_of(derivation: object, written: Written, style: str, mean: str) -> Sequence[Sides]:
    """Return the sides of an equation in a notation, or entry by entry where it has no form in it."""
    try:
        return written(derivation, style, mean)
    except CheckError:
        return written(derivation, "index", mean)


def named_equations(
    derivation: Derivation | ProgramDerivation, only: Collection[str] = ()
) -> Iterator[tuple[str, Written]]:
    """Yield equations with the names of files: those that are named, or all but those of one layer and of the way."""
    known = equations_of(derivation)
    chosen = [name for name in known if name in only]
    like = Counter[str]()
    for name in chosen or [name for name in known if _is_usual(name, derivation)]:
        like[name.lower()] += 1
        count = like[name.lower()]
        yield (name if count == 1 else f"{name}-{count}"), known[name]


def equations_of(said: Any) -> Mapping[str, Written]:
    """Return the equations by all their names: of a network, its equations as text, or what was derived for them."""
    if isinstance(said, Derivation | Network):
        return dict(_of_chain(said.network if isinstance(said, Derivation) else said))
    return dict(_of_program(said.program, getattr(said, "adjoints", None)))


def _is_usual(name: str, derivation: Derivation | ProgramDerivation) -> bool:
    return name.startswith("BP") if isinstance(derivation, Derivation) else not name.startswith(FORWARD)


def _apart(name: str, taken: set[str]) -> str:
    """Return a name that none of those taken is but for its case, and take it: a2-2 may be an entry of a2."""
    while name.lower() in taken:
        name += "-2"
    taken.add(name.lower())
    return name


def _of_diagnosis(report: Diagnosis) -> dict[str, Formula]:
    pairs = [(each.wrong, each.right) for each in report.findings]
    sides = {
        f"finding-{number}-{name}": line.sides
        for number, lines in enumerate(pairs, start=1)
        for name, line in zip(("yours", "right"), lines, strict=True)
        if line is not None
    }
    return {name: Formula(both) for name, both in sides.items()}


def _of_chain(network: Network) -> Iterator[tuple[str, Written]]:
    """Yield the equations of a chain of dense layers: of any chain, of this one, layer by layer, and on the way."""
    for name in (*EQUATIONS, "BP1 here", *hidden_here(network)):
        yield _NO_NAME.sub("-", name), _stated(partial(_of_any_layer, name))
    for layer in range(1, network.depth + 1):
        yield f"delta{layer}", _stated(partial(_error_at, layer))
        for letter, name in (("W", "BP4"), ("b", "BP3")):
            yield f"{letter}{layer}", _stated(partial(_at_layer, name, layer))
    way: list[tuple[str, Equation, Activation | None]] = [("z", dense(network.activations[0])[0], None)]
    used = network.distinct_activations
    way += [("a" + f"-{each.name}" * (len(used) > 1), dense(each)[1], each) for each in used]
    for name, equation, activation in (*way, (str(COST), network.cost_equation.at_layer(LAST_LAYER), None)):
        yield _NO_NAME.sub("-", FORWARD + name), partial(_forward, (equation, activation))


def _stated(equation_of: Callable[[Any], DerivedEquation]) -> Written:
    """Return an equation of a derivation in any notation."""

    def written(derivation: Any, style: str, mean: str) -> Sequence[Sides]:
        equation = equation_of(derivation)
        return NOTATIONS[style].sides(equation, equation.right, mean)

    return written


def _of_any_layer(name: str, derivation: Derivation) -> DerivedEquation:
    return {**derivation.equations, **derivation.specific}[name]


def _at_layer(name: str, layer: int, derivation: Derivation) -> DerivedEquation:
    return derivation.equations[name].at(layer)


def _error_at(layer: int, derivation: Derivation) -> DerivedEquation:
    """Return the error of a layer of this very network."""
    return next(each for each in derivation.specific.values() if layer in each.layer_numbers).at(layer)


def _forward(
    on_the_way: tuple[Equation, Activation | None], derivation: Derivation, style: str, mean: str
) -> Sequence[Sides]:
    equation, activation = on_the_way
    if style != "scalar":
        return (forward_sides(equation, style, mean, activation=activation),)
    network = derivation.network
    layers = [n for n, each in enumerate(network.activations, start=1) if activation in (None, each)]
    placed = [equation.at_layer(layer) for layer in layers] if equation.target != COST else [equation]
    sides = [(with_sizes(e.target, network.widths), with_sizes(e.expression, network.widths)) for e in placed]
    return written_out(
        str(equation.target), [(left, right, left.base.axes if left != COST else ()) for left, right in sides]
    )


def _of_program(program: Program, adjoints: Mapping[str, DerivedEquation] | None) -> Iterator[tuple[str, Written]]:
    """Yield the derivative by each array, or only the names of all where nothing was derived yet, and the way."""
    for name in [array.name for array in program.arrays] if adjoints is None else adjoints:
        yield name, _stated(partial(_adjoint, name))
    for array in program.arrays:
        if own := [equation for equation in program.equations if equation.tensor == array.tensor]:
            yield f"{FORWARD}{array.name}", partial(_computed, own)


def _adjoint(name: str, derivation: ProgramDerivation) -> DerivedEquation:
    return derivation.adjoints[name]


def _computed(own: Sequence[Equation], derivation: ProgramDerivation, style: str, mean: str) -> Sequence[Sides]:
    """Return how an array is computed; in matrices where they say it, else in indices."""
    if style == "scalar":
        sizes = in_numbers(derivation.program.sizes)
        sides = [(each.target.xreplace(sizes), each.expression.xreplace(sizes)) for each in own]
        ranges = [[(a.xreplace(sizes), b.xreplace(sizes)) for a, b in each.ranges.values()] for each in own]
        placed = [(*both, spans) for both, spans in zip(sides, ranges, strict=True)]
        return written_out(str(own[0].tensor), placed)
    forms = [None if style == "index" else forward_form(each, derivation.times) for each in own]
    return tuple(form or each.sides for form, each in zip(forms, own, strict=True))

"""One equation, seen closer and closer: for every neuron, for the whole layer, for one neuron, and with numbers.

    δ_j = a_j (1 - a_j) Σ_i w_ij δ_i     δ = Wᵀ δ ⊙ …     δ_2 = … (w_12 δ_1 + w_22 δ_2)     0.01 = … (0.45 · 0.1 + …)

The same factor has the same colour in all of them: the slope, the weights, and the errors that come back.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Indexed, Mul, Symbol

from symbackprop.calculus.matrices import Hadamard, Matrix, Named, Product, Transposed, parts_of
from symbackprop.calculus.numbers import granted, instances, own_equation
from symbackprop.exposition.document import Block, Line, Roles, Steps
from symbackprop.exposition.example.sheet import Sheet, tinted
from symbackprop.exposition.story.backwardpass import compact

LAYER = 1  # whose error is looked at
PARTS = {"w": "input", "delta": "error"}  # what letters play, by the names of the palette


def zoom(sheet: Sheet, neuron: int) -> tuple[Block, ...]:
    """Return the error of a neuron of the first layer from afar and from near; nothing where no errors come back."""
    telling, network = sheet.telling, sheet.numbers.network
    if network.depth < 2 or not network.activations[0].is_elementwise:
        return ()
    equation = own_equation(telling.derivation, LAYER)
    right = compact(granted(equation.chain, sheet.numbers.known, network))
    lines = [Line(equation.left, "=", right, telling.say("example.zoom.general"), _roles(right))]
    whole = sheet.matrices(equation.left, right, LAYER)
    if whole is not None:
        name, matrix = whole
        lines.append(Line(name, "=", matrix, telling.say("example.zoom.matrix"), tuple(_in_matrix(matrix))))
    left, entry = instances(equation.left, right, LAYER, network)[neuron - 1]
    roles = _roles(entry)
    colours = {letter: role for part, role in roles for letter in part.free_symbols}
    lines.append(Line(left, "=", entry, telling.say("example.zoom.entry", j=neuron), roles))
    numbers = tinted(entry, sheet.numbers, sheet.digits, colours)
    lines.append(Line(left, "=", numbers, telling.say("example.zoom.numbers"), roles))
    return telling.prose("example.zoom"), Steps(tuple(lines), key="zoom")


def _letter(entry: Expr) -> str:
    return str(entry.base.letter) if isinstance(entry, Indexed) else entry.name.split("_")[0]


def _roles(right: Expr) -> Roles:
    """Return the weights, the errors that come back, and the factors that are neither: those of the slope."""
    letters = sorted(right.atoms(Indexed) or right.atoms(Symbol), key=str)
    roles = [(entry, PARTS[_letter(entry)]) for entry in letters if _letter(entry) in PARTS]
    ends = [entry for entry, _ in roles]
    slopes = [factor for factor in Mul.make_args(right) if not factor.is_number and not factor.has(*ends)]
    return (*roles, *((factor, "activation") for factor in slopes))


def _in_matrix(matrix: Matrix) -> Iterator[tuple[Matrix, str]]:
    """Yield the same factors of the form in matrices."""
    for factor in matrix.factors if isinstance(matrix, Hadamard) else ():
        if not isinstance(factor, Product):
            yield factor, "activation"
    for product in (part for part in parts_of(matrix) if isinstance(part, Product)):
        for factor in product.factors:
            letters = {part.tensor.letter for part in parts_of(factor) if isinstance(part, Named)}
            if isinstance(factor, Transposed | Named) and letters & {"w", "delta"}:
                yield factor, "input" if "w" in letters else "error"

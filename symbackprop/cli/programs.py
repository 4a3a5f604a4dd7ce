"""A program of equations on the screen: its arrays, the forward pass, and the derivative by every array.

    q    ∂C/∂qᵢd = Σⱼ ∂C/∂sᵢⱼ kⱼd/√D

Imports SymPy: a command imports this module when it runs, not before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sympy import Add, Expr

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.arrayforms import adjoint_sides
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.cli.equations import Shown, conditions
from symbackprop.cli.screen import Pen, Screen, hanging
from symbackprop.cli.sheet import named, show_block, show_notes
from symbackprop.cli.speech import counted, titled, worded
from symbackprop.exposition.document import Term
from symbackprop.exposition.narration import laid_out
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.notation import Tensor


def _index(adjoint: Adjoint) -> Sequence[tuple[Term, Term]]:
    return ((adjoint.left, adjoint.right),)


def _matrix(adjoint: Adjoint) -> Sequence[tuple[Term, Term]]:
    """Return the matrix form, else einsums; none where there is no such form, or nothing to be put together."""
    sides = adjoint_sides(adjoint)
    return () if sides is None else (sides,)


def _scalar(adjoint: Adjoint) -> Sequence[tuple[Term, Term]]:
    return adjoint.entries()


# notation style -> the pairs left = right that it writes
SIDES: Mapping[str, Callable[[Adjoint], Sequence[tuple[Term, Term]]]] = MappingProxyType(
    {"index": _index, "matrix": _matrix, "scalar": _scalar}
)


def show_program(
    screen: Screen, derivation: ProgramDerivation, notations: Sequence[str], pen: Pen, *, only: Sequence[str] = ()
) -> None:
    """Write what the program computes, and the derivative by each of its arrays in the notations that were asked for.

    One that has no matrix form is written entry by entry. Raises UnknownNameError for a notation style that equations
    have not, BudgetError where entries are too many."""
    convention = pen.style.convention
    derivation, notations = laid_out(derivation, notations, convention, only)
    cost = convention.of_batch.symbols.get("C")
    if derivation.samples and cost and pen.symbols.get("C") == convention.symbols.get("C"):
        pen = replace(pen, symbols={**pen.symbols, "C": cost})
    program = derivation.program
    pen = replace(pen, taken=program.names)
    network = derivation.network
    if isinstance(network, LayeredNetwork):
        kinds = " -> ".join(("x".join(map(str, network.input_shape)), *network.layer_names))
        screen.title(derivation.title or worded(f"Backpropagation of {kinds}"))
        parameters = counted(network.parameter_count, "parameter")
        about = named(f"{network.line} · cost {network.cost_name} · {parameters}", pen)
        screen.say(hanging(about, screen.width), "dim")
    else:
        screen.title(titled(derivation.title or "A program of equations"))
    arrays = " · ".join(f"{a.name} {_shape(a.tensor)}".strip() for a in program.arrays)
    screen.say(hanging(arrays, screen.width), "dim")
    forward = [Shown("", "", (pen.formula(*e.sides),)) for e in program.equations]
    show_block(screen, ("Forward", ""), forward, pen)
    for style in notations:
        rows = [
            Shown(name, "", ("\n".join(pen.formula(*sides) for sides in written),))
            for name, adjoint in derivation.adjoints.items()
            if (written := SIDES[style](adjoint) or (() if "index" in notations else _index(adjoint)))
        ]
        if rows:
            of_batch = derivation.samples if style == "matrix" else None
            show_block(screen, ("Backward", of_batch or style), rows, pen)
    show_notes(screen, tuple(conditions(derivation.adjoints, pen)), pen)


def _shape(tensor: object) -> str:
    sizes = tensor.sizes if isinstance(tensor, Tensor) else ()
    return f"({', '.join(map(_size, sizes))})" if sizes else ""


def _size(size: Expr) -> str:
    """Return a size in the names that were said, what is added first and the number last: N − K + 1."""
    terms = sorted(Add.make_args(size), key=lambda term: (term.is_Number, term.could_extract_minus_sign(), str(term)))
    return " + ".join(map(str, terms)).replace("+ -", "− ")

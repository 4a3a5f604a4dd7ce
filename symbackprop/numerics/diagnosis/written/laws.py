"""What a line should have been: the derived equation of what stands on its left, at its own indices.

delta[1,j] = …        ∂C/∂z1[j] = Σ_i w2[i,j] ∂C/∂z2[i] σ'(z1[j])
A derivative that the person's line does not speak of is written out, so that both have the same letters.
"""

from __future__ import annotations

from sympy import Expr, Indexed, Mul, Symbol

from symbackprop.calculus.arrangement import arranged
from symbackprop.calculus.arrayforms import matrix_sides
from symbackprop.calculus.contraction import contract
from symbackprop.calculus.indices import put
from symbackprop.calculus.judgement import WrittenLaw
from symbackprop.calculus.known import restored
from symbackprop.calculus.mistakes.layerslips import BY_VALUE
from symbackprop.calculus.partials import Partial, differentiate
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import COST, index
from symbackprop.network.program import Equation, arrays_in, free_indices
from symbackprop.network.text.derivations import Side
from symbackprop.numerics.diagnosis.written.comparing import Court
from symbackprop.numerics.diagnosis.written.grids import Grid, Misfit
from symbackprop.numerics.diagnosis.written.matrixspelling import matrix_text
from symbackprop.numerics.diagnosis.written.rates import Rate
from symbackprop.numerics.diagnosis.written.spelling import Spelling, with_plain_letters

MOST_LEVELS = 4  # of derivatives that are written out inside one another
LONGEST = 300  # characters of a law that is still read


def law_for(court: Court, left: Side, right: Side, layer: int | None) -> WrittenLaw | None:
    """Return the right line, None where the left side is nothing that has an equation."""
    try:
        target = court.meaning(left, layer).grid(left.node)
        before = court.entry_of(target)
    except Misfit:
        return None
    true = truth_of(court, before)
    if true is None:
        return None
    try:
        own = court.entry_of(court.meaning(right, layer).grid(right.node))
    except Misfit:
        own = true
    written = with_plain_letters(_written_out(court, true, own, before), {str(s) for s in free_indices(before)})
    spelling = court.spelling(errors=any(word in left.text + right.text for word in ("delta", "δ")))
    is_usual = not (court.is_row or court.is_forward or court.glossary.samples)
    matrices = _as_matrices(court, target, own, spelling) if is_usual else None
    text = matrices or f"{spelling.doprint(before)} = {spelling.doprint(written)}"
    return WrittenLaw(before, written, text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def _as_matrices(court: Court, target: Grid, own: Expr, spelling: Spelling) -> str | None:
    """Return the law of a whole array as a line of matrices, None where it has no such form."""
    before = target.entry(index("i"), index("j")) if target.shape and target.chain is None else None
    true = None if before is None or isinstance(before, Rate) else truth_of(court, before)
    sides = None if true is None else matrix_sides(before, _written_out(court, true, own, before))
    return None if sides is None else matrix_text(*sides, spelling)


def truth_of(court: Court, target: Expr) -> Expr | None:
    """Return what an entry, or a derivative, is equal to by one equation of the network or of its derivation."""
    count = court.glossary.samples
    if isinstance(target, Mul) and count in target.args:  # the error of each sample
        inner = truth_of(court, target / count)
        return None if inner is None else count * inner
    if isinstance(target, Rate):
        return _of_rate(court, target)
    if isinstance(target, Partial) and isinstance(target.by, Indexed):
        found = (a for a in court.derivation.adjoints.values() if a.entry.base == target.by.base)
        adjoint = next(found, None)
        if adjoint is None:
            return None
        return put(adjoint.chain.result, dict(zip(adjoint.entry.indices, target.by.indices, strict=True)))
    if isinstance(target, Elementwise) and target.order == 1:
        return _of_slope(target)
    return _of_value(court, target)


def _of_slope(slope: Elementwise) -> Expr | None:
    """Return a slope written out: with the function itself where it is known so, σ(1 - σ)."""
    origin = type(slope).origin
    if origin is not None and origin.stem in BY_VALUE:
        return BY_VALUE[origin.stem](origin(slope.args[0]))
    definition = type(slope).definition
    return None if definition is None else definition.xreplace({next(iter(definition.free_symbols)): slope.args[0]})


def _equation_of(court: Court, target: Expr) -> Equation | None:
    tensor = target.base if isinstance(target, Indexed) else target
    found = [equation for equation in court.program.equations if equation.tensor == tensor]
    return found[0] if len(found) == 1 else None


def _of_value(court: Court, target: Expr) -> Expr | None:
    equation = _equation_of(court, target)
    if equation is None:
        return None
    places = target.indices if isinstance(target, Indexed) else ()
    return put(equation.expression, dict(zip(equation.indices, places, strict=True)))


def _of_rate(court: Court, rate: Rate) -> Expr | None:
    equation, whole = _equation_of(court, rate.of), _of_value(court, rate.of)
    if equation is None or whole is None or rate.by.base not in arrays_in(whole):
        return None
    ranges = {
        symbol: axis
        for entry in (rate.of, rate.by)
        for symbol, axis in zip(entry.indices, entry.base.axes, strict=True)
        if isinstance(symbol, Symbol)
    }
    return arranged(restored(contract(differentiate(whole, rate.by), ranges), equation))


def _written_out(court: Court, true: Expr, own: Expr, target: Expr) -> Expr:
    """Return a law with every derivative written out that does not stand in the person's own side.

    That of a recurrence, which reads itself a step later, is not put into itself."""
    known = {p.by.base for p in own.atoms(Partial) if p.of == COST}
    itself = {p.by.base for p in (target, *target.args) if isinstance(p, Partial) and isinstance(p.by, Indexed)}
    for _ in range(MOST_LEVELS if known or not own.atoms(Partial) else 0):
        missing = [p for p in true.atoms(Partial) if p.of == COST and p.by.base not in known | itself]
        swaps = {p: written for p in missing if (written := truth_of(court, p)) is not None and p != target}
        if not swaps:
            break
        true = put(true, {}).xreplace(swaps)
    return true

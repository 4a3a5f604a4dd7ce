"""A number of steps and another number, as one case distinction: the slope of max(u, v)/10 where the two have slopes.

10 step(a - y) - 9   ->   1 where a > y,  -4 where a = y,  else -9
"""

from __future__ import annotations

from sympy import Add, Dummy, Eq, Expr, Gt, Mul, Piecewise, S, Symbol

from symbackprop.calculus.matrices import Entrywise, Matrix, Plus, Scaled
from symbackprop.network.extremes import STEP, sides_of_difference


def cases_of_step(difference: Expr, values: tuple[Expr, Expr, Expr] = (S.One, S.Half, S.Zero)) -> Piecewise:
    """Return what a step gives, or other values: with what is positive on the left, a > y."""
    left, right = sides_of_difference(difference)
    conditions = (Gt(left, right), Eq(left, right), S.true)
    return Piecewise(*zip(values, conditions, strict=True), evaluate=False)


def cases_of_array(gap: Matrix, values: tuple[Expr, Expr, Expr] = (S.One, S.Half, S.Zero)) -> Entrywise:
    """Return the same of every entry of an array: A ⊙ X > Y beside its place, and not A ⊙ X - Y > 0."""
    difference, parts = S.Zero, list[tuple[Symbol, Matrix]]()
    for term in gap.terms if isinstance(gap, Plus) else (gap,):
        scale, part = (term.coefficient, term.of) if isinstance(term, Scaled) else (S.One, term)
        if isinstance(part, Matrix):
            parts.append((Symbol(f"u{len(parts)}", real=True), part))
        difference += scale * (parts[-1][0] if isinstance(part, Matrix) else part)
    return Entrywise(cases_of_step(difference, values), tuple(parts))


def with_cases(e: Expr) -> Expr | None:
    """Return a sum that has numbers and one step, or a product with one of these alone, with cases; None for others."""
    if isinstance(e, Add):
        return _folded(e, S.One)
    number, rest = e.as_coeff_Mul()
    for factor in Mul.make_args(rest):
        if isinstance(factor, Add) and (cases := _folded(factor, number)) is not None:
            others = [other for other in Mul.make_args(rest) if other is not factor]
            return Mul(cases, *others, evaluate=False) if others else cases
    return None


def _folded(total: Add, number: Expr) -> Expr | None:
    """Return a number times a sum whose numbers and step are cases; what else it adds keeps them a term of it."""
    steps = [part for part in total.args if part.as_coeff_Mul()[1].func == STEP]
    numbers = [part for part in total.args if part.is_Rational]
    others = [part for part in total.args if part not in (*steps, *numbers)]
    if len(steps) != 1 or not numbers or (others and number != 1):
        return None
    step, letter = steps[0].as_coeff_Mul()[1], Dummy()
    affine = number * Add(*numbers, steps[0].xreplace({step: letter}))
    first, middle, last = (affine.xreplace({letter: value}).expand() for value in (S.One, S.Half, S.Zero))
    cases = cases_of_step(step.args[0], (first, middle, last))
    return Add(cases, *others, evaluate=False) if others else cases

"""A number of steps and another number, as one case distinction: the slope of max(u, v)/10 where the two have slopes.

10 step(a - y) - 9   ->   1 where a > y,  -4 where a = y,  else -9
"""

from __future__ import annotations

from sympy import Add, Dummy, Eq, Expr, Gt, Mul, Piecewise, S

from symbackprop.network.extremes import STEP, sides_of_difference


def cases_of_step(difference: Expr, values: tuple[Expr, Expr, Expr] = (S.One, S.Half, S.Zero)) -> Piecewise:
    """Return what a step gives, or other values: with what is positive on the left, a > y."""
    left, right = sides_of_difference(difference)
    conditions = (Gt(left, right), Eq(left, right), S.true)
    return Piecewise(*zip(values, conditions, strict=True), evaluate=False)


def with_cases(e: Expr) -> Expr | None:
    """Return a sum of numbers and one step, or a product with such a sum, with cases in its place; None for others."""
    if isinstance(e, Add):
        return _folded(e, S.One)
    number, rest = e.as_coeff_Mul()
    for factor in Mul.make_args(rest):
        if isinstance(factor, Add) and (cases := _folded(factor, number)) is not None:
            others = [other for other in Mul.make_args(rest) if other is not factor]
            return Mul(cases, *others, evaluate=False) if others else cases
    return None


def _folded(total: Add, number: Expr) -> Piecewise | None:
    steps = [part for part in total.args if part.as_coeff_Mul()[1].func == STEP]
    if len(steps) != 1 or not all(part.is_Rational for part in total.args if part is not steps[0]):
        return None
    step, letter = steps[0].as_coeff_Mul()[1], Dummy()
    affine = number * total.xreplace({step: letter})
    first, middle, last = (affine.xreplace({letter: value}).expand() for value in (S.One, S.Half, S.Zero))
    return cases_of_step(step.args[0], (first, middle, last))

"""Known forward values come back: what the forward pass has computed is not computed again.

f(u)_i = v_i        exp(z_i)/Σ_k exp(z_k) -> a_i        σ'(z) -> a (1 - a)
"""

from __future__ import annotations

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    Mul,
    Piecewise,
    Poly,
    Sum,
    Tuple,
    cancel,
    factor,
    together,
)

from symbackprop.calculus.arrangement import signed
from symbackprop.calculus.degrees import in_powers, is_small
from symbackprop.calculus.indices import put
from symbackprop.network.functions import Elementwise, Z, explicit, slope
from symbackprop.network.memo import memoised
from symbackprop.network.program import Equation, free_indices

__all__ = ["A", "restored", "slope_in_values"]

A = Dummy("a", real=True)  # the value of a function, where its slope is written in it


def restored(expression: Expr, equation: Equation) -> Expr:
    """Return the expression with the target of `equation` wherever its right-hand side can be recognised.

    The side is split into the part that depends on the target's indices and the rest (exp(z_j) and 1/Σ exp); the
    part is then worth target/rest, or target - rest, and the rests cancel."""
    side, indices = equation.expression, set(equation.indices)
    if isinstance(side, Elementwise):
        return _replaced(expression, side, equation.target, equation)
    combine = type(side)
    if combine not in (Mul, Add):
        return expression
    carried = [part for part in side.args if indices <= free_indices(part)]
    rest = combine(*(part for part in side.args if part not in carried))
    if len(carried) != 1:
        return expression
    worth = equation.target / rest if combine is Mul else equation.target - rest
    return _replaced(expression, carried[0], worth, equation)


def _replaced(expression: Expr, pattern: Expr, worth: Expr, equation: Equation) -> Expr:
    """Return the expression with `pattern`, at whatever indices it stands, replaced by what it is worth there."""
    anchor = next((e for e in pattern.atoms(Indexed) if set(e.indices) == set(equation.indices)), None)
    if anchor is None:
        return expression
    values = {}
    for entry in (e for e in expression.atoms(Indexed) if e.base == anchor.base):
        at = dict(zip(anchor.indices, entry.indices, strict=True))
        values[put(pattern, at)] = put(worth, at)
    keep = {total: Dummy() for total in _normalisers(worth)}
    hidden = _hide(expression, keep)
    return hidden.xreplace({old: _hide(new, keep) for old, new in values.items()}).xreplace(
        {stand_in: total for total, stand_in in keep.items()}
    )


def _normalisers(worth: Expr) -> set[Sum]:
    found: set[Sum] = worth.atoms(Sum)
    return found


def _hide(expression: Expr, keep: dict[Sum, Dummy]) -> Expr:
    """Return the expression with every sum that equals one of `keep`, up to the letter of its index, hidden."""
    same = {}
    for total in expression.atoms(Sum):
        for known, stand_in in keep.items():
            if total.limits[0].args[1:] != known.limits[0].args[1:] or len(total.limits) != len(known.limits):
                continue
            if total.function.xreplace(dict(zip(total.variables, known.variables, strict=True))) == known.function:
                same[total] = stand_in
    return expression.xreplace(same)


@memoised
def slope_in_values(function: type[Elementwise]) -> Expr | None:
    """Return f'(z) as an expression in A = f(z), or None where f has no such textbook form.

    With X = exp(c z) f is a ratio of polynomials; where f(X) = A can be solved for a power of X, f' follows.
    """
    if function.definition is None:
        return None
    value, derivative = explicit(function.definition), explicit(slope(function)(Z))
    if derivative.has(Piecewise) or not derivative.has(Z):
        return None
    (value, derivative), letters = in_powers(Tuple(value, derivative))
    if len(letters) != 1 or value.has(Z) or derivative.has(Z) or not (is_small(value) and is_small(derivative)):
        return None
    (x,) = letters
    if not value.is_rational_function(x) or not derivative.is_rational_function(x):
        return None
    numerator, denominator = together(value).as_numer_denom()
    terms = Poly(numerator - A * denominator, x).as_dict()
    powers = sorted(power for (power,) in terms)
    if len(powers) != 2 or powers[0] != 0:
        return None
    sides = [Poly(part, x) for part in cancel(together(derivative)).as_numer_denom()]
    above, below = _in_powers(sides, powers[1], (-terms[(0,)], terms[(powers[1],)]))
    if above is None or below is None:
        return None
    product = signed(factor(cancel(above / below)))
    return signed(min((product, product.expand()), key=lambda form: form.count_ops()))


def _in_powers(sides: list[Poly], degree: int, solved: tuple[Expr, Expr]) -> list[Expr | None]:
    """Return the polynomials in X with X^degree = p/q put in, both times the same power of q; None if others occur."""
    p, q = solved
    most = max(side.degree() for side in sides) // degree
    found: list[Expr | None] = []
    for side in sides:
        powers = {power: coefficient for (power,), coefficient in side.as_dict().items()}
        terms = (c * p ** (power // degree) * q ** (most - power // degree) for power, c in powers.items())
        found.append(None if any(power % degree for power in powers) else Add(*terms))
    return found

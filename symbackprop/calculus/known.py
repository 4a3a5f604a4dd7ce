"""Known forward values come back: what the forward pass has computed is not computed again.

f(u)_i = v_i        exp(z_i)/Σ_k exp(z_k) -> a_i        σ'(z) -> a (1 - a)

Of n = x g also x = n/g holds, but not where g = 0: no known value comes back at the price of a new divisor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    Mul,
    Piecewise,
    Poly,
    Pow,
    S,
    Sum,
    Symbol,
    Tuple,
    cancel,
    exp,
    factor,
    together,
)

from symbackprop.calculus.arrangement import signed
from symbackprop.calculus.degrees import in_powers, is_small
from symbackprop.calculus.indices import put
from symbackprop.calculus.inequalities import never_negative
from symbackprop.calculus.matching import At, Holds, Pattern, bounds_within, replaced, with_same_letters
from symbackprop.network.extremes import Where
from symbackprop.network.functions import Elementwise, Z, elementary, explicit, slope
from symbackprop.network.memo import memoised
from symbackprop.network.needs import is_everywhere
from symbackprop.network.notation import Axis
from symbackprop.network.program import Equation, entries, free_indices

A = Dummy("a", real=True)  # the value of a function, where its slope is written in it


def restored(expression: Expr, equation: Equation, holds: Holds | None = None) -> Expr:
    """Return the expression with the target of `equation` wherever its right-hand side can be recognised, and it holds.

    A product or a sum is split into the part that carries the target's indices and the rest (exp(z_j) and 1/Σ exp, or
    Σ x_i and 1/n of a single mean); the part is then worth target/rest, or target - rest, and the rests cancel."""
    pattern, worth = equation.expression, equation.sides[0]
    if isinstance(pattern, Indexed):  # a copy is no shorter than what it is a copy of
        return expression
    if isinstance(pattern, Mul | Add):
        combine, indices = type(pattern), free_indices(worth)
        carried = [part for part in pattern.args if part.has(Indexed) and indices <= free_indices(part)]
        if len(carried) == 1:
            rest = combine(*(part for part in pattern.args if part not in carried))
            pattern, worth = carried[0], worth / rest if combine is Mul else worth - rest
    if isinstance(equation.expression, Where) and equation.expression.args[3] == 0:
        expression = _with_chosen(expression, equation)
    return with_same_letters(replaced(expression, pattern, worth, equation.indices, holds=holds))


def _with_chosen(expression: Expr, equation: Equation) -> Expr:
    """Return the expression with where(c, g, 0) as a multiple of the target, where(c, f, 0), if g/f is short.

    What the case keeps from being 0 may be 0 without it: sqrt(u)/(2u) is no slope of where(u > 0, sqrt(u), 0)."""
    wild = free_indices(equation.sides[0])
    left, right, chosen, _ = equation.expression.args
    sought = Pattern(equation.expression.func(left, right, S.One, S.Zero), wild)
    found: dict[Expr, Expr] = {}
    for part in expression.atoms(type(equation.expression)):
        own_left, own_right, own, other = part.args
        at = sought.match(part.func(own_left, own_right, S.One, S.Zero)) if other == 0 else None
        if at is not None and at.keys() == wild:
            ratio = with_same_letters(own / put(chosen, at))
            ranges = {
                at[symbol]: axis for symbol, axis in equation.ranges.items() if isinstance(at.get(symbol), Symbol)
            }
            if ratio.count_ops() < own.count_ops() and all(_is_positive(each, ranges) for each in divisors(ratio)):
                found[part] = ratio * put(equation.sides[0], at)
    return expression.xreplace(found) if found else expression


def _is_positive(e: Expr, ranges: Mapping[Symbol, Axis]) -> bool:
    """Tell whether an expression is made of exponentials and positive numbers in sums that are never empty."""
    if isinstance(e, Sum):
        filled = all(is_everywhere(last - first, ranges) for _, first, last in e.limits)
        return filled and _is_positive(e.function, ranges)
    if isinstance(e, Add | Mul):
        return all(_is_positive(part, ranges) for part in e.args)
    return isinstance(e, exp) or (isinstance(e, Pow) and _is_positive(e.base, ranges)) or bool(e.is_positive)


def divisors(expression: Expr) -> set[Expr]:
    """Return what the expression divides by, factor by factor, as far as it depends on arrays."""
    powers = (power for power in expression.atoms(Pow) if power.exp.could_extract_minus_sign())
    return {part for power in powers for part in Mul.make_args(power.base) if part.has(Indexed)}


def divides_anew(before: Expr, after: Expr, equation: Equation) -> bool:
    """Tell whether `after`, in which a value of the equation came back, divides by what may be 0 where nothing was.

    Allowed is what `before` divides by, in known values too, and what the equation itself divides by."""
    old = divisors(before)
    old |= {restored(divisor, equation) for divisor in old}
    known = [Pattern(with_same_letters(divisor), free_indices(divisor)) for divisor in old]
    known += [Pattern(divisor, frozenset(equation.indices)) for divisor in divisors(equation.expression)]
    return any(all(pattern.match(new) is None for pattern in known) for new in divisors(after))


def where_it_holds(equation: Equation, equations: Sequence[Equation], ranges: Mapping[Symbol, Axis]) -> Holds | None:
    """Return whether an equation holds at given places; None where it holds wherever its right side can be read.

    f_i = σ(z_{i+n}) and o_i = σ(z_{i+2n}): σ'(z_j) is f_{j-n} (1 - f_{j-n}) from n + 1 to 2n. Of p_t = w u_{t-1} from
    t = 1 to T there is no p_{T+1}, though w u_T can be read."""
    pattern = Pattern(equation.expression, frozenset(equation.indices))
    found = (pattern.match(each.expression) for each in equations if each.target != equation.target)
    alone = all(at is None or all(isinstance(place, Symbol) for place in at.values()) for at in found)
    axes = {pair for each in entries(equation.expression) for pair in zip(each.indices, each.base.axes, strict=True)}
    if alone and equation.ranges.items() <= axes:
        return None

    def holds(at: At, known: tuple[Expr, ...]) -> bool:
        placed = ((at[i], axis) for i, axis in equation.ranges.items() if i in at)
        bounds = (bound for place, (first, last) in placed for bound in (place - first, last - place))
        return all(any(never_negative(bound - each, ranges) for each in (S.Zero, *known)) for bound in bounds)

    return holds


def with_written_function(expression: Expr, equation: Equation, holds: Holds | None = None) -> Expr:
    """Return the expression with a_j (1 - a_j) for exp(-z_j)/(1 + exp(-z_j))^2, where a_j = 1/(1 + exp(-z_j)) is said.

    So for any a = f(u) that is written in exponentials of u, wherever it holds, is no longer and divides by nothing
    new."""
    value, u = of_exponentials(equation.expression) or (None, S.Zero)
    indices = free_indices(equation.sides[0])
    places = [entry for entry in sorted(u.atoms(Indexed), key=str) if free_indices(entry) >= indices]
    if value is None:
        return expression
    whole = Pattern(u, frozenset(indices))
    entry_of_u = [Pattern(entry, frozenset(indices)) for entry in places[:1]]

    def uses(e: Expr) -> Iterator[tuple[At, Expr]]:
        """Yield where u stands: by an entry of it, or as a whole, which a sum is."""
        for place, entry in product(entry_of_u, sorted(e.atoms(Indexed), key=str)):
            if entry.base == places[0].base and (at := place.match(entry)) is not None:
                yield at, put(u, at)
        exponents = [part.args[0] for part in sorted(elementary(e).atoms(exp), key=str)] if u.has(Sum) else []
        for own in (sign * exponent for exponent in exponents for sign in (1, -1)):
            if (at := whole.match(own)) is not None:
                yield at, own

    def walked(e: Expr, known: tuple[Expr, ...] = ()) -> Expr:
        if isinstance(e, Sum):
            return e.func(walked(e.function, (*known, *bounds_within(e))), *e.limits)
        if isinstance(e, Add):
            return e.func(*(walked(part, known) for part in e.args))
        if isinstance(e, Mul) and any(isinstance(part, Sum) for part in e.args):
            e = e.func(*(walked(part, known) if isinstance(part, Sum) else part for part in e.args))
        found = ((at, own) for at, own in uses(e) if at.keys() >= indices)
        for at, own in ((at, own) for at, own in found if holds is None or holds(at, known)):
            of_u = Mul(*(part for part in Mul.make_args(e) if _of(part, own) is not None))
            in_value = _in_value(value, _of(of_u, own) or S.Zero)
            if in_value is None or not in_value.as_numer_denom()[1].is_number:
                continue
            if in_value.count_ops() < elementary(of_u).count_ops():
                return walked(e / of_u * in_value.xreplace({A: put(equation.sides[0], at)}), known)
        return e

    return walked(expression)


@memoised
def of_exponentials(expression: Expr) -> tuple[Expr, Expr] | None:
    """Return f in Z, and u, of an expression f(u) in exponentials of multiples of one u; None if it is no such one."""
    exponents = [part.args[0] for part in sorted(elementary(expression).atoms(exp), key=str)]
    if not exponents:
        return None
    u = -exponents[0] if exponents[0].could_extract_minus_sign() else exponents[0]
    found = _of(expression, u)
    return None if found is None else (found, u)


@memoised
def _of(expression: Expr, u: Expr) -> Expr | None:
    """Return an expression of exponentials of multiples of u as one of Z; None where it is of something else, too."""
    written = elementary(expression)
    times = {part: cancel(part.args[0] / u) for part in written.atoms(exp)}
    if not times or not all(number.is_Rational for number in times.values()):
        return None
    found = written.xreplace({part: exp(number * Z) for part, number in times.items()})
    return found if found.free_symbols == {Z} else None


def slope_in_values(function: type[Elementwise]) -> Expr | None:
    """Return f'(z) as an expression in A = f(z), or None where f has no such textbook form.

    With X = exp(c z) f is a ratio of polynomials; where f(X) = A can be solved for a power of X, f' follows.
    """
    return None if function.definition is None else _in_value(function.definition, slope(function)(Z))


@memoised
def _in_value(value: Expr, derivative: Expr) -> Expr | None:
    """Return one function of Z as an expression in A, the value of another one."""
    value, derivative = explicit(value), explicit(derivative)
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

"""A formula in functions that keep their digits, found from its structure.

    1/(1 + exp(-u))              ->  σ(u)              exp(u)/(1 + exp(u))^2     ->  σ(u) σ(-u)
    1 - σ(u)                     ->  σ(-u)             ln σ(u)                   ->  log_sigmoid(u)
    ln(c exp(u) + d exp(v))      ->  u + ln c + softplus(v - u + ln(d/c))
    exp(u) - 1                   ->  expm1(u)          (e^u - e^v)/(e^u + e^v)   ->  tanh((u - v)/2)
    ln(1 + u)                    ->  log1p(u)          ln cosh(u)                ->  log_cosh(u)

Each rule holds for every exponent; what comes out is compared with what went in before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Add, Expr, Mul, Piecewise, Pow, Rational, S, cancel, cosh, exp, factor, log, sinh, together

from symbackprop.calculus.degrees import in_powers, is_small
from symbackprop.network.functions import SIGMOID, SOFTPLUS, TANH, Elementwise, elementary
from symbackprop.numerics.recognition import EXPM1, LOG1P, LOG_COSH, LOG_SIGMOID, known_name

# slopes in shares, which meet others in a product: σ'(u)/σ(u) is σ(-u)
_IN_SHARES: Mapping[tuple[str | None, int], Callable[[Expr], Expr]] = {
    ("sigmoid", 1): lambda u: SIGMOID(u) * SIGMOID(-u),
    ("tanh", 1): lambda u: 4 * SIGMOID(2 * u) * SIGMOID(-2 * u),
    ("softplus", 1): SIGMOID,
}


def stabilised(formula: Expr) -> Expr:
    """Return the formula in functions that have stable code of their own, as far as its structure shows them."""
    if not formula.args or formula.is_number:
        return formula
    if isinstance(formula, Piecewise):
        return Piecewise(*((stabilised(value), condition) for value, condition in formula.args), evaluate=False)
    if isinstance(formula, Elementwise) and (known_name(type(formula)), type(formula).order) in _IN_SHARES:
        (inner,) = formula.args
        return stabilised(_IN_SHARES[known_name(type(formula)), type(formula).order](inner))
    if isinstance(formula, Add) and (quotient := _one_quotient(formula)) is not None:
        return stabilised(quotient)
    if isinstance(formula, Mul):
        formula = _product(formula)
    formula = formula.func(*(stabilised(part) for part in formula.args))
    match formula:
        case log():
            return _logarithm(formula)
        case Add():
            return _sum(formula)
        case Mul() | Pow():
            return _product(formula)
    return formula


def _exponentials(total: Expr) -> dict[Expr, Expr] | None:
    """Return {u: c} of a sum of c exp(u), numbers and cosh u among them; None if it is no such sum."""
    total = total.replace(cosh, lambda u: (exp(u) + exp(-u)) / 2).replace(sinh, lambda u: (exp(u) - exp(-u)) / 2)
    terms: dict[Expr, Expr] = {}
    for term in Add.make_args(total.expand() if total.is_Mul else total):
        number, rest = term.as_coeff_Mul()
        if rest != 1 and not isinstance(rest, exp):
            return None
        exponent = S.Zero if rest == 1 else rest.args[0]
        terms[exponent] = terms.get(exponent, S.Zero) + number
    return terms


def _pair(total: Expr) -> tuple[Expr, Expr, Expr, Expr] | None:
    """Return c, u, d, v of a sum c exp(u) + d exp(v) of two terms with c > 0."""
    terms = _exponentials(total) if total.has(exp, cosh, sinh) else None
    if terms is None or len(terms) != 2:
        return None
    (u, c), (v, d) = sorted(terms.items(), key=lambda item: (item[1].is_negative, item[0] != 0, str(item[0])))
    return (c, u, d, v) if c.is_positive else None


def _logarithm(formula: Expr) -> Expr:
    (inner,) = formula.args
    if isinstance(inner, cosh):
        return LOG_COSH(inner.args[0])
    if (pair := _pair(inner)) is not None and pair[2].is_positive:
        c, u, d, v = pair
        if c == d and u == -v:
            return log(2 * c) + LOG_COSH(u)
        return u + log(c) + SOFTPLUS(v - u + log(d / c))
    parts = [_logarithm_of_factor(part) for part in Mul.make_args(inner)]
    if all(part is not None for part in parts) and inner.has(SIGMOID, exp):
        return Add(*parts)
    if isinstance(inner, Add) and S.One in inner.args:
        return LOG1P(inner - 1)
    return formula


def _logarithm_of_factor(part: Expr) -> Expr | None:
    """Return the logarithm of a factor that is positive by its form, written in exponents; None of any other."""
    if isinstance(part, exp):
        return part.args[0]
    base, power = part.as_base_exp()
    if isinstance(base, SIGMOID):
        return power * LOG_SIGMOID(base.args[0])
    return log(part) if part.is_number and part.is_positive else None


def _sum(total: Add) -> Expr:
    """Return a sum with c exp(u) - c as c expm1(u)."""
    number, rest = total.as_coeff_Add()
    for term in Add.make_args(rest) if number != 0 else ():
        coefficient, exponential = term.as_coeff_Mul()
        if isinstance(exponential, exp) and coefficient == -number:
            return rest - term + coefficient * EXPM1(exponential.args[0])
    return total


def _one_quotient(total: Add) -> Expr | None:
    """Return a sum of quotients of exponentials as one, where its terms then have one sign: 1 - σ(u) is σ(-u)."""
    written, letters = in_powers(elementary(total.replace(cosh, lambda u: (exp(u) + exp(-u)) / 2)))
    if len(letters) != 1 or written.free_symbols != set(letters) or not is_small(written):
        return None
    (letter,) = letters
    if not written.is_rational_function(letter) or written.is_polynomial(letter) or written.subs(letter, 1).has(S.NaN):
        return None
    if all(not isinstance(part, Pow) or part.base == letter for part in written.atoms(Pow)):
        return None  # a sum of exponentials is no quotient
    numerator, denominator = factor(cancel(together(written))).as_numer_denom()
    signs = {term.as_coeff_Mul()[0].is_positive for term in Add.make_args(numerator.expand())}
    return (numerator / denominator).xreplace(letters) if len(signs) == 1 else None


def _product(product: Expr) -> Expr:
    """Return a product with sums of two exponentials in its denominator as shares of the larger.

    exp(w) (c exp(u) + d exp(v))^-p = σ(t)^i σ(-t)^(p-i) exp(w - i u - (p-i) v)/(c^i d^(p-i)), t = u - v + ln(c/d):
    that i is taken, if there is one from 0 to p, with which nothing is left of the exponent."""
    exponent, factors, below = S.Zero, [], []
    for part in Mul.make_args(product):
        base, power = part.as_base_exp()
        if isinstance(part, exp):
            exponent += part.args[0]
        elif isinstance(base, SIGMOID) and power.is_Rational and power > 0:
            below.append(((S.One, S.Zero, S.One, -base.args[0]), power))
        elif power.is_Rational and power < 0 and (pair := _pair(base)) is not None and pair[2].is_positive:
            below.append((pair, -power))
        else:
            factors.append(part)
    if not below:
        return product
    for pair, power_below in below:
        c, u, d, v = pair
        factors, p = _tangent(factors, pair, power_below) or (factors, power_below)
        i = (exponent - p * v) / (u - v)
        i = i if i.is_Rational and 0 <= i <= p else (p if u == 0 else S.Zero)
        t = u - v + log(c / d)
        exponent -= i * u + (p - i) * v
        factors.append(SIGMOID(t) ** i * SIGMOID(-t) ** (p - i) * c**-i * d ** (i - p))
    exponent = exponent.expand()
    return Mul(*factors, exp(exponent))


def _tangent(factors: list[Expr], pair: tuple[Expr, Expr, Expr, Expr], p: Expr) -> tuple[list[Expr], Expr] | None:
    """Return the factors with (e^u - e^v)^q/(e^u + e^v)^q as tanh((u - v)/2)^q, and what is left of the power below."""
    c, u, d, v = pair
    for part in factors:
        base, power = part.as_base_exp()
        difference = _pair(base) if power.is_Integer and 0 < power <= p else None
        if difference is None or c != d or {difference[1], difference[3]} != {u, v}:
            continue
        if difference[0] == -difference[2]:
            half = (difference[1] - difference[3]) * Rational(1, 2)
            rest = [other for other in factors if other is not part]
            return [*rest, (difference[0] / c * TANH(half)) ** power], p - power
    return None

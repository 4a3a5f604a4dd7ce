r"""Products and sums of terms: signs, numbers in front, what is over a fraction bar and what stands beside it.

    -y_i/a_i ∂a_i/∂z_j  ->  -\frac{y_i}{a_i} \frac{∂a_i}{∂z_j}        2 a - 2 y  ->  2 (a - y)
    (a - y) · 2/n       ->  \frac{2}{n} (a - y)                       √2/√π      ->  \sqrt{\frac{2}{π}}

Values stay beside a fraction of numbers and sizes, and sums, partial derivatives, brackets and cases beside any.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Indexed, Integer, KroneckerDelta, Mul, Piecewise, Pow, Rational, S, Sum, Symbol

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Fraction,
    Product,
    Root,
    Scripts,
    Terms,
    as_base,
    as_factor,
    as_term,
    negative,
    slashed,
)
from symbackprop.exposition.mathtext.layout import lay_out, rule
from symbackprop.exposition.mathtext.numberinfront import Taken, taken_apart
from symbackprop.exposition.mathtext.numbers import decimal, number, whole
from symbackprop.exposition.mathtext.ordering import (
    factor_key,
    in_order,
    is_constant,
    is_value,
    terms_in_order,
)
from symbackprop.exposition.mathtext.steps import with_cases
from symbackprop.exposition.mathtext.style import Style
from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise

HALF = Rational(1, 2)
_BESIDE = (Sum, Partial, KroneckerDelta, Piecewise)  # what is written beside a fraction, never over its bar


@rule.register
def _add(total: Add, style: Style) -> Box:
    """A - y; 2 (a - y) where a number is common to all terms; cases where they are a step and numbers."""
    if (cases := with_cases(total)) is not None:
        return lay_out(cases, style)
    taken = taken_apart(total)
    return _terms(total, style) if abs(taken.coefficient) == 1 else _signed(taken, style)


@rule.register
def _mul(factors: Mul, style: Style) -> Box:
    cases = with_cases(factors)
    return _signed(taken_apart(factors), style) if cases is None else lay_out(cases, style)


@rule.register
def _pow(power: Pow, style: Style) -> Box:
    """a², √a, 1/a."""
    if _divides(power):
        return product(S.One, (power,), style)
    if power.exp == HALF:
        return Root(lay_out(power.base, style))
    return Scripts(as_base(lay_out(power.base, style)), above=slashed(lay_out(power.exp, style)))


def _signed(taken: Taken, style: Style) -> Box:
    box = product(abs(taken.coefficient), taken.factors, style)
    return negative(box) if taken.coefficient.is_negative else box


def _terms(total: Add, style: Style) -> Box:
    taken = terms_in_order(total, style.taken)
    signs = ["-" if term.coefficient.is_negative else "+" for term in taken]
    boxes = [product(abs(term.coefficient), term.factors, style) for term in taken]
    last = len(boxes) - 1
    pairs = zip(signs, boxes, strict=True)
    return Terms(tuple((sign, as_term(box, sign=sign, last=place == last)) for place, (sign, box) in enumerate(pairs)))


def product(coefficient: Expr, factors: Sequence[Expr], style: Style) -> Box:
    """Return a positive number times the factors, which are put in order: one box if there is only one, else a Product.

    Factors with a negative exponent go under a fraction bar; a number with a decimal point stays in front."""
    split = _split(coefficient, factors)
    beside = in_order(split.beside, style.taken)
    boxes = [_factor(factor, style) for factor in beside]
    if split.under:
        parts = [in_order(part, style.taken) for part in (split.over, split.under)]
        over, under = (_row([_factor(factor, style) for factor in part]) for part in parts)
        first = min(map(factor_key, split.over), default=())
        boxes.insert(sum(factor_key(factor) < first for factor in beside), Fraction(over, under))
    if split.front != 1:
        boxes.insert(0, number(split.front, style))
    return _row(boxes)


def _factor(factor: Expr, style: Style) -> Box:
    if not isinstance(factor, Add):
        return lay_out(factor, style)
    cases = with_cases(factor)
    return _terms(factor, style) if cases is None else lay_out(cases, style)


def _row(boxes: Sequence[Box]) -> Box:
    """Return the boxes as factors side by side, with the parentheses that each needs at its place."""
    if not boxes:
        return whole(1)
    last = len(boxes) - 1
    if last == 0:
        return boxes[0]
    return Product(tuple(as_factor(box, last=place == last) for place, box in enumerate(boxes)))


@dataclass(frozen=True, slots=True)
class _Split:
    """A product on its way to paper: front · over/under · beside, each a number or factors."""

    front: Expr
    over: tuple[Expr, ...]
    under: tuple[Expr, ...]
    beside: tuple[Expr, ...]


def _split(coefficient: Expr, factors: Sequence[Expr]) -> _Split:
    """Return what stands where: with a denominator of numbers and sizes, values stand beside the fraction."""
    front, coefficient = (coefficient, S.One) if decimal(coefficient) else (S.One, coefficient)
    under = [Pow(factor.base, -factor.exp) for factor in factors if _divides(factor)]
    over = [factor for factor in factors if not _divides(factor)]
    coefficient, over, under = _roots_joined(coefficient, over, under)
    if not under and coefficient.q == 1:
        return _Split(front * coefficient, (), (), tuple(over))
    numerator, denominator = (() if value == 1 else (Integer(value),) for value in (coefficient.p, coefficient.q))
    inside = _inside(over, under, alone=not numerator)
    beside = tuple(factor for factor in over if factor not in inside)
    return _Split(front, (*numerator, *inside), (*denominator, *under), beside)


def _inside(over: Sequence[Expr], under: Sequence[Expr], *, alone: bool) -> list[Expr]:
    """Return which factors go over the bar; `alone` if no number does."""
    if not any(map(is_value, under)):
        if alone and len(over) == 1 and isinstance(over[0].as_base_exp()[0], Indexed | Symbol):
            return list(over)
        return [factor for factor in over if not is_value(factor)]
    inside = [factor for factor in over if not isinstance(factor, _BESIDE) and not _is_slope(factor)]
    return inside if inside or not alone else [factor for factor in over if _is_slope(factor)][:1]


def _is_slope(factor: Expr) -> bool:
    return isinstance(factor, Elementwise) and type(factor).order > 0


def _divides(factor: Expr) -> bool:
    return isinstance(factor, Pow) and bool(factor.exp.is_Rational and factor.exp.is_negative)


def _roots_joined(coefficient: Expr, over: list[Expr], under: list[Expr]) -> tuple[Expr, list[Expr], list[Expr]]:
    """Return a product with one square root of a number at most: √2/2 is 1/√2, √2/√π is √(2/π)."""
    above, below = (Mul(*(factor.base for factor in part if _is_root(factor))) for part in (over, under))
    if above == 1 == below:
        return coefficient, over, under
    over, under = ([factor for factor in part if not _is_root(factor)] for part in (over, under))
    if above.is_Integer and above > 1 and coefficient.q % above == 0:
        coefficient, above, below = coefficient * above, S.One, below * above
    if above != 1:
        over.append(Pow(above / below, HALF, evaluate=False))
    elif below != 1:
        under.append(Pow(below, HALF, evaluate=False))
    return coefficient, over, under


def _is_root(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exp == HALF and is_constant(factor.base)

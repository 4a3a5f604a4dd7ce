"""The shortest way to write an expression: common factors out, fractions cancelled, signs as people write them.

(1 - a) (1 + a) -> 1 - a^2        a (1 - a) (-y/a + (1 - y)/(1 - a)) -> a - y        (a - 1) b -> -b (1 - a)

A function of a - y stays one, and only what stays small is multiplied out: `size` says so before SymPy is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    KroneckerDelta,
    Mod,
    Mul,
    Piecewise,
    Pow,
    S,
    Sum,
    cancel,
    ceiling,
    factor,
    factor_terms,
    floor,
    together,
)

from symbackprop.calculus.degrees import in_powers, is_small
from symbackprop.calculus.matching import Pattern
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.sizing import text_of
from symbackprop.network.extremes import STEP
from symbackprop.network.functions import Elementwise, with_tanh
from symbackprop.network.memo import memoised

WHOLE = (Sum, Indexed, Elementwise, KroneckerDelta, Partial, Piecewise, floor, ceiling, Mod)  # what is not looked into

TARGET = "y"
STEP_LENGTH = 8  # more than any other letter: a step is three lines of cases on paper


def arranged(expression: Expr, written: Sequence[Pattern] = ()) -> Expr:
    """Return the shortest of a few forms of the expression, each sum arranged on its own.

    A difference that is among the `written` ones, as x_j - m, keeps its sign."""
    expression = expression.xreplace({total: arranged_sum(total, written) for total in _outermost(expression, Sum)})
    plain, roots = _without_roots(expression)
    if roots:
        return arranged(plain, written).xreplace(roots)
    expression = expression.xreplace({product: with_tanh(product) for product in expression.atoms(Mul)})
    hidden = _stand_ins(_outermost(expression, WHOLE))
    plain, exponentials = in_powers(expression.xreplace(hidden))
    plain, differences = _in_differences(plain)
    forms = [plain]
    if not _is_short(plain):
        forms.append(factor_terms(plain))
        if is_small(plain):
            forms += [factor_terms(plain.expand()), factor(cancel(together(plain)))]
    back = {stand_in: part for part, stand_in in hidden.items()}
    steps = [stand_in for stand_in, part in back.items() if part.func == STEP]
    forms = [_with(form, differences, exponentials) for form in (*forms, _in_part(plain))]
    shortest = min(forms, key=lambda form: length(form) + sum(STEP_LENGTH * int(form.count(step)) for step in steps))
    shortest = signed(shortest.xreplace(back), written)
    if written and isinstance(shortest, Add):
        shortest = Add(*(signed(term, written) for term in shortest.args))
    shortest = _squares_as_written(shortest, written)
    return primitive(expression) if _on_paper(shortest) == _on_paper(expression) else shortest


def _in_part(total: Expr) -> Expr:
    """Return a sum with the letters that two of its terms share taken out: r - h e - h l e is r - h e (1 + l).

    One letter alone stays in both: each term is then what one use of the array gives."""
    for one, other in combinations(Add.make_args(total), 2):
        shared = Mul(*(part for part in Mul.make_args(one) if part in Mul.make_args(other) and not part.is_Number))
        if isinstance(shared, Mul):
            return _in_part(total - one - other + signed(shared * (one / shared + other / shared)))
    return total


def _with(form: Expr, *letters: dict[Expr, Expr]) -> Expr:
    """Return the form with what its letters stand for, of the last letters first."""
    for values in letters:
        form = form.xreplace(values)
    return form


def _in_differences(plain: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    """Return a function of a - y as one of a letter, with what the letter stands for: (2 a - 2 y) f(a - y) is 2 d f(d).

    Only where neither a nor y is left: a difference that does not explain all of them is no letter of its own."""
    values: dict[Expr, Expr] = {}
    sums: dict[Expr, dict[Expr, Expr]] = {}  # a difference -> every multiple of it, with its factor
    for total in sorted(plain.atoms(Add), key=str):
        if all(term.as_coeff_Mul()[1].is_Symbol for term in total.args):
            number, difference = total.primitive()
            if difference.could_extract_minus_sign():
                number, difference = -number, -difference
            sums.setdefault(difference, {})[total] = number
    for place, (difference, multiples) in enumerate(sums.items()):
        letter = Dummy(f"d{place:04}")
        written = plain.xreplace({total: number * letter for total, number in multiples.items()})
        if not written.free_symbols & difference.free_symbols:
            plain, values[letter] = written, difference
    return plain, values


def _without_roots(expression: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    """Return the expression with a letter for each sum under a root, and what the letters stand for.

    (v + ε)^(-3/2) (v + ε)^(1/2) is then a power of one letter, and 1/(2 (v + ε)) is not multiplied out. No letter
    hides the index of a sum that it stands in: Σ_i s/√(x_i² + s²) is no count of its terms."""
    bound = {index for total in expression.atoms(Sum) for index in total.variables}
    powers = (power for power in expression.atoms(Pow) if not power.exp.is_Integer and power.exp.is_Rational)
    bases = {power.base for power in powers if isinstance(power.base, Add)}
    sums = sorted((base for base in bases if not bound & base.free_symbols), key=str)
    letters = {total: Dummy(f"v{place:04}") for place, total in enumerate(sums)}
    return expression.xreplace(letters), {letter: total for total, letter in letters.items()}


def primitive(expression: Expr) -> Expr:
    """Return every term with the number that all of it has in common in front: (2 a - 2 y)/n -> 2 (a - y)/n.

    On paper the two look alike, so this is no step of its own."""
    return Add(*(Mul(*_apart(term)) for term in Add.make_args(expression)))


def _is_short(product: Expr) -> bool:
    """Tell whether nothing can be shorter: a product of letters and of differences such as 1 - a and a - y.

    Two sums in one and the same letter may be: (1 - a) (1 + a) is 1 - a^2."""
    bases = [part.as_base_exp()[0] for part in Mul.make_args(product)]
    sums = [base for base in bases if isinstance(base, Add)]
    letters = [frozenset(total.free_symbols) for total in sums]
    terms = [term.as_coeff_Mul()[1] for total in sums for term in total.args]
    plain = all(part.is_Symbol or part.is_Rational for part in (*terms, *(b for b in bases if not b.is_Add)))
    return plain and len(letters) == len(set(letters))


def _stand_ins(parts: Iterable[Expr]) -> dict[Expr, Dummy]:
    """Return a letter for each part, in the order in which terms are written.

    SymPy orders by name, and a Dummy without one is named after how many there were before: what is derived must not
    depend on that."""
    ordered = sorted(set(parts), key=lambda part: (_rank(part), text_of(part)))
    return {part: Dummy(f"u{place:04}") for place, part in enumerate(ordered)}


def _apart(product: Expr) -> tuple[Expr, Expr]:
    """Return a product as the number that all of it has in common and its other factors, as it is written on paper."""
    number, rest = product.as_coeff_Mul()
    pairs = [part.primitive() if isinstance(part, Add) else (S.One, part) for part in Mul.make_args(rest)]
    return Mul(number, *(common for common, _ in pairs)), Mul(*(factor for _, factor in pairs))


def _on_paper(total: Expr) -> frozenset[tuple[Expr, Expr]]:
    """Return the terms of a sum as they are written on paper, in no order."""
    return frozenset(map(_apart, Add.make_args(total)))


def length(form: Expr) -> Any:
    """Return how long the form is in print: operations, and a little for every minus that opens a sum."""
    return 2 * int(form.count_ops()) + sum(term.could_extract_minus_sign() for term in Add.make_args(form))


@memoised  # sums within sums come again in every term of a derivative
def arranged_sum(total: Sum, written: Sequence[Pattern]) -> Expr:
    """Return a sum with its terms arranged, numbers and sizes before it."""
    number, rest = _apart(arranged(total.function, written))
    factors = Mul.make_args(rest)
    sizes = [factor for factor in factors if all(s.is_integer and s.is_positive for s in factor.free_symbols)]
    return Mul(number, *sizes) * _counted(Mul(*(factor for factor in factors if factor not in sizes)), total.limits)


def _counted(function: Expr, limits: Iterable[Expr]) -> Expr:
    """Return the sum of a function; over an index that it does not have, as many times the function."""
    counts: Expr = S.One
    left: list[Expr] = []
    read = function.free_symbols
    for limit in limits:
        index, first, last = limit.args
        count = last - first + 1
        if index in read or not count.is_nonnegative:
            left.append(limit)
            read = read | limit.free_symbols
        else:
            counts *= count
    return counts * (Sum(function, *left) if left else function)


def _outermost(expression: Expr, kinds: type | tuple[type, ...]) -> list[Expr]:
    """Return the largest subexpressions of the given kinds."""
    if isinstance(expression, kinds):
        return [expression]
    return [part for argument in expression.args for part in _outermost(argument, kinds)]


def _squares_as_written(e: Expr, written: Sequence[Pattern]) -> Expr:
    """Return an expression whose squares, however deep, are those of differences as they are written."""
    squares = [part for part in e.atoms(Pow) if part.exp.is_even and isinstance(part.base, Add)] if written else []
    turned = [part for part in squares if any(pattern.match(-part.base) is not None for pattern in written)]
    return e.xreplace({part: (-part.base) ** part.exp for part in turned})


def signed(product: Expr, written: Sequence[Pattern] = ()) -> Expr:
    """Return the product with every factor that is a sum led by what people put first: a number, or what is written so.

    Of another sum the sign of the product decides, so that none is left: -(a - b) c is (b - a) c."""
    number, rest = product.as_coeff_Mul()
    sign, turned = S.One, dict[Expr, bool | None]()
    for part in Mul.make_args(rest):
        base, exponent = part.as_base_exp()
        turned[part] = exponent.is_Integer and _led_by_minus(base, written)
        sign *= -1 if turned[part] and exponent.is_odd else 1
    free = (part for part, led in turned.items() if led is None and _may_turn(part))
    if (sign * number).is_negative and (first := next(free, None)) is not None:
        sign, turned[first] = -sign, True
    return Mul(sign * number, *(_turned(part) if led else part for part, led in turned.items()))


def _turned(power: Expr) -> Expr:
    base, exponent = power.as_base_exp()
    return Pow(-base, exponent)


def _may_turn(power: Expr) -> bool:
    """Tell whether an odd power of a sum takes a sign well: as many of its terms have a minus as have none, or more."""
    total, exponent = power.as_base_exp()
    below = [term for term in total.args if term.could_extract_minus_sign()]
    return bool(exponent.is_odd and 2 * len(below) >= len(total.args))


def _led_by_minus(total: Expr, written: Sequence[Pattern]) -> bool | None:
    """Tell whether what people put first in a sum has a minus; None where nothing comes first."""
    if not isinstance(total, Add):
        return False
    for sign in (1, -1):
        if any(pattern.match(sign * total) is not None for pattern in written):
            return sign == -1
    number, rest = total.as_coeff_Add()
    if rest.as_coeff_Mul()[1].func == STEP:
        return False  # on paper a number of steps and another number are cases
    if all(letter.is_integer for letter in rest.free_symbols) and rest.as_coeff_Mul()[1].is_integer:
        return bool(rest.as_coeff_Mul()[0].is_negative)  # t - 1: a place before its number
    if number != 0:
        return bool(number.is_negative)
    first, last = sorted(total.args, key=_rank) if len(total.args) == 2 else (S.Zero, S.Zero)
    if first.has(KroneckerDelta) or _rank(last) == (True, TARGET, 0):
        return bool(first.could_extract_minus_sign())  # [i = j] - p; a - y: what is computed, then what is wanted
    return None


def _rank(term: Expr) -> tuple[bool, str, int]:
    """Return where a term stands among others: Kronecker's delta first, then by the letters outside of sums."""
    outside = (part for part in _outermost(term, (Indexed, Sum)) if isinstance(part, Indexed))
    letter = min((str(entry.base.letter) for entry in outside), default="~")
    return not term.has(KroneckerDelta), letter, len(term.atoms(Sum))

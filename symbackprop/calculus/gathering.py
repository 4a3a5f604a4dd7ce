"""Several sums over the same range as one, wherever that is shorter.

Σ_i p_i x_i - Σ_k y_k x_k -> Σ_i (p_i - y_i) x_i
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

from sympy import Add, Expr, Indexed, Mul, S, Sum, Symbol

from symbackprop.calculus.arrangement import arranged_sum, length
from symbackprop.calculus.matching import Pattern
from symbackprop.calculus.partials import Partial
from symbackprop.network.memo import memoised

MOST_COMPARED = 8  # sums of which every two are tried as one for the shortest; of more, the first that is shorter


def gathered(expression: Expr, written: Sequence[Pattern] = ()) -> Expr:
    """Return a sum with Σ_i p_i x_i - Σ_k y_k x_k as Σ_i (p_i - y_i) x_i, wherever that is shorter."""
    forms: dict[int, list[Expr]] = {}  # by how much shorter they are
    terms = [term for term in Add.make_args(expression) if term.has(Sum)]
    for one, other in combinations(terms, 2):
        for first, second in product(_sums_in(one), _sums_in(other)):
            whole = _one_sum((one / first, first), (other / second, second), written)
            if whole is not None and (gain := length(one + other) - length(whole)) > 0:
                forms.setdefault(gain, []).append(expression - one - other + whole)
        if forms and len(terms) > MOST_COMPARED:
            break
    return gathered(min(forms[max(forms)], key=_deepest), written) if forms else expression


def _deepest(expression: Expr) -> int:
    """Return how long the sums inside of sums are in print: Σ_i (p_i Σ_j y_j - y_i) is easier than with Σ_j p_j x_j.

    One of derivatives of the cost is easy, too: its slope makes it short."""
    inner = [part for total in expression.atoms(Sum) for part in total.function.atoms(Sum)]
    return sum(length(part) for part in inner if not part.has(Partial))


def _sums_in(term: Expr) -> list[Expr]:
    return [factor for factor in Mul.make_args(term) if isinstance(factor, Sum)]


@memoised  # the same pairs come again, each time that two other terms have become one
def _one_sum(one: tuple[Expr, Sum], other: tuple[Expr, Sum], written: Sequence[Pattern]) -> Expr | None:
    """Return two products, each of a sum and what stands before it, as one sum, where arrays in both are the same.

    What comes back from two arrays stays apart where one has more factors: a product of matrices for each use."""
    (before, total), (before_other, second) = one, other
    if [limit[1:] for limit in total.limits] != [limit[1:] for limit in second.limits]:
        return None
    letters = dict(zip(second.variables, total.variables, strict=True))
    functions = [before * total.function, before_other * second.function.xreplace(letters)]
    around = (before * before_other).atoms(Symbol) | second.atoms(Symbol) - set(second.variables)
    if set(total.variables) & around:
        return None  # the letter stands for another index there
    common = set.intersection(*(set(Mul.make_args(function)) for function in functions))
    if not any(factor.has(Indexed) for factor in common):
        return None
    shared = Mul(*common)
    own = [function / shared for function in functions]
    if _are_errors_of_two(own):
        return None
    return arranged_sum(Sum(shared * Add(*own), *total.limits), written)


def _are_errors_of_two(factors: Sequence[Expr]) -> bool:
    """Tell whether factors hold what comes back from different arrays, and one of them more than that."""
    back = [{part: S.One for part in factor.atoms(Partial)} for factor in factors]
    arrays = [{part.by.base for part in parts} for parts in back]
    more = [factor.xreplace(parts).has(Indexed) for factor, parts in zip(factors, back, strict=True)]
    return all(arrays) and arrays[0] != arrays[1] and any(more)

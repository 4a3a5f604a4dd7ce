r"""The order in which people write factors and terms.

    factors   numbers, sizes, ∂C/∂u, what comes of the cost, w, δ, other values from the last layer to the first, at
              each a slope 1 - a and its a first, links ∂u/∂v along their chain, [i = j], and a sum last, where it
              needs no parentheses
    terms     numbers, then what is positive, then what is negative; a bias, a number that has a letter, and beside
              sums any entry alone, after what is positive; in indices x + u - 1

Only the look is decided here: reordering real numbers changes nothing.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, TypeAlias

from sympy import (
    Add,
    Basic,
    Expr,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Piecewise,
    Pow,
    S,
    Sum,
    Symbol,
    ceiling,
    exp,
    floor,
)
from sympy.core.function import AppliedUndef, Function

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.mathtext.letters import LAYERED, parsed
from symbackprop.exposition.mathtext.numberinfront import CACHED, Taken, are_totals, taken_apart
from symbackprop.exposition.mathtext.style import GREEK
from symbackprop.network.notation import COST, Tensor, name_of_term

Key: TypeAlias = tuple[Any, ...]
Name: TypeAlias = tuple[str, int, tuple[str, ...]]  # letter, layer, positions

NUMBER, CONSTANT, SIZE, SLOPE_OF_COST, COST_LIKE, WEIGHT, ERROR, VALUE, LINK, DELTA, TOTAL = range(11)
VALUES = LAYERED | {"x", "y", "C"}  # letters of what a network computes or is given; others are sizes or parameters
_BEFORE_LINKS = LINK - 0.5  # where a sum stands that a link follows
_INDEX_LETTERS = "TNMnmxytsijkl"  # in x + u - 1 a place comes before its offset
_LINK_LETTERS = "az"  # ∂a/∂z comes before ∂z/∂w


@lru_cache(CACHED)
def entries_in(expression: Basic) -> tuple[Indexed, ...]:
    """Return the entries of tensors in an expression, from left to right."""
    if isinstance(expression, Indexed):
        return (expression,)
    return tuple(entry for argument in expression.args for entry in entries_in(argument))


@lru_cache(CACHED)
def _names(expression: Expr) -> tuple[Name, ...]:
    """Return the letters in an expression, each with its layer and its positions."""
    if isinstance(expression, Indexed):
        base = expression.base
        letter, layer = (base.letter, base.layer) if isinstance(base, Tensor) else (str(base), None)
        return ((letter, _level(layer), tuple(map(str, expression.indices))),)
    if isinstance(expression, Symbol):
        letter, layer, places = parsed(expression.name) or (expression.name, None, ())
        return ((letter, layer or 0, tuple(f"{place:06}" for place in places)),)
    return tuple(name for argument in expression.args for name in _names(argument))


def _level(layer: Expr | None) -> int:
    """Return the layer's number, or how far it is from l."""
    return 0 if layer is None else int(layer.as_coeff_Add()[0])


def is_constant(expression: Expr) -> bool:
    """Tell whether the expression is a number, such as π or √2."""
    if isinstance(expression, Pow | Mul | Add | Function):
        return not isinstance(expression, AppliedUndef) and all(is_constant(argument) for argument in expression.args)
    return expression.is_Number or isinstance(expression, NumberSymbol)


def counts(expression: Expr) -> bool:
    """Tell whether the expression is made of indices, sizes and integers: x + u - 1, n_l."""
    if isinstance(expression, Symbol):
        return bool(expression.is_integer)
    if isinstance(expression, Add | Mul | Pow):
        return all(counts(argument) for argument in expression.args)
    return isinstance(expression, AppliedUndef | Integer | ceiling | floor) and expression.is_integer is True


@lru_cache(CACHED)
def factor_key(factor: Expr) -> Key:
    """Return where a factor stands in a product."""
    names = _names(factor)
    letters = {letter for letter, _, _ in names}
    layer = max((layer for _, layer, _ in names), default=0)
    first = min(names, default=("", 0, ()))
    return _rank(factor, letters), -layer, _shape(factor), first[0], first[2], _exponent(factor)


def _rank(factor: Expr, letters: set[str]) -> int:
    if isinstance(factor, Partial):
        return SLOPE_OF_COST if factor.of == COST else LINK
    if isinstance(factor, KroneckerDelta):
        return DELTA
    if isinstance(factor, Sum):
        return TOTAL
    if is_constant(factor):
        return NUMBER if factor.is_Number else CONSTANT
    if counts(factor) or _is_parameter(factor) or (isinstance(factor, Add) and _has_no_value(factor)):
        return SIZE
    if "y" in letters and (letters <= VALUES or not isinstance(factor, exp)):  # r exp(-(y - m)²) is a mixture
        return COST_LIKE
    if isinstance(factor, Add) and "delta" in letters:  # Σ w δ written out stands where the sum stands
        return TOTAL
    return WEIGHT if letters == {"w"} else ERROR if letters == {"delta"} else VALUE


def is_value(factor: Expr) -> bool:
    """Tell whether the factor is neither a number nor a size nor a parameter such as η."""
    return bool(factor_key(factor)[0] > SIZE)


def _has_no_value(total: Expr) -> bool:
    """Tell whether a sum is one of numbers, sizes and parameters: 1 + ν, 1 - ε."""
    return all(is_constant(part) or counts(part) or _is_parameter(part) for part in total.args)


def _is_parameter(factor: Expr) -> bool:
    if isinstance(factor, Indexed):  # a number that is given by a Greek letter, such as λ
        return not factor.indices and str(getattr(factor.base, "letter", "")) in GREEK
    return isinstance(factor, Symbol) and factor.name not in VALUES and parsed(factor.name) is None


def _shape(factor: Expr) -> int:
    """Return 0 for an entry and its powers, 1 for a function of it, 2 for a sum."""
    if isinstance(factor, Pow) and is_constant(factor.exp):
        return _shape(factor.base)
    return 2 if isinstance(factor, Add) else 1 if isinstance(factor, Function | Pow | Piecewise) else 0


def _exponent(factor: Expr) -> float:
    return float(factor.exp) if isinstance(factor, Pow) and factor.exp.is_Number else 1.0


def in_order(factors: Sequence[Expr], places: Mapping[str, int]) -> list[Expr]:
    """Return the factors in the order in which people write them, entries of arrays that have places in theirs.

    A value stays beside its slope: h (1 - h) x."""
    slopes = {factor: factor.atoms(Indexed) for factor in factors if _is_slope(factor)}
    beside = {*slopes, *(Pow(entry, n) for entries in slopes.values() for entry in entries for n in (1, 2))}
    usual = _as_usual(factors, beside)
    own = [factor for factor in usual if factor not in beside and _place(factor, places)]
    moved = dict(zip(own, sorted(own, key=lambda factor: _place(factor, places)), strict=True))
    return [moved.get(factor, factor) for factor in usual]


def _place(factor: Expr, places: Mapping[str, int]) -> int:
    base = factor.base if isinstance(factor, Indexed) and is_value(factor) else None
    return places.get(base.code_name, 0) if isinstance(base, Tensor) else 0


def _as_usual(factors: Sequence[Expr], with_slopes: Container[Expr]) -> list[Expr]:
    links = [factor for factor in factors if isinstance(factor, Partial) and factor_key(factor)[0] == LINK]
    places = {link: place for place, link in enumerate(_chained(links))}

    def key(factor: Expr) -> Key:
        rank, layer, *rest = factor_key(factor)
        if links:
            return _BEFORE_LINKS if rank == TOTAL else rank, places.get(factor, 0), layer, *rest
        return rank, layer, rank == VALUE and factor not in with_slopes, *rest

    return sorted(factors, key=key)


def _is_slope(factor: Expr) -> bool:
    """Tell whether a factor is what a slope looks like in the value of its function: 1 - a, 1 - a^2."""
    number, rest = factor.as_coeff_Add()
    return isinstance(factor, Add) and number != 0 and isinstance(rest.as_coeff_Mul()[1].as_base_exp()[0], Indexed)


def _chained(links: Sequence[Partial]) -> list[Partial]:
    """Return the links so that each begins where the one before ends: ∂a/∂z ∂z/∂w."""

    def key(link: Partial) -> Key:
        letter, layer, places = min(_names(link.of), default=("", 0, ()))
        place = _LINK_LETTERS.find(letter)
        return -layer, place if place >= 0 else len(_LINK_LETTERS), letter, places

    waiting, chain = sorted(links, key=key), list[Partial]()
    while waiting:
        follows = (link for link in waiting if chain and link.of == chain[-1].by)
        begins = (link for link in waiting if all(link.of != other.by for other in waiting))
        chain.append(next(follows, None) or next(begins, waiting[0]))
        waiting.remove(chain[-1])
    return chain


def terms_in_order(total: Add, places: Mapping[str, int]) -> list[Taken]:
    """Return the terms of a sum in the order in which people write them, each taken apart.

    Terms that all have places are in the order of these, what is positive first."""
    found = tuple(map(taken_apart, total.args))
    sums = any(factor_key(factor)[0] == TOTAL for term in found for factor in term.factors)
    terms = sorted(
        found, key=_count_key if counts(total) else partial(_term_key, sums=sums, plain=_has_no_value(total))
    )
    if places and not total.has(Partial):
        own = {
            t: places.get(name_of_term(e.base.code_name for f in t.factors for e in entries_in(f)), 0) for t in terms
        }
        if all(own.values()):
            return sorted(terms, key=lambda term: (bool(term.coefficient.is_negative), own[term]))
    weighed = are_totals(total) and any(isinstance(factor, Add) for term in terms for factor in term.factors)
    if weighed:
        return sorted(terms, key=lambda term: len(term.factors))  # the penalty after the cost
    alone, wanted = ([term for term in terms if _is_entry(term, *of)] for of in ((S.One, VALUE), (-S.One, COST_LIKE)))
    if len(alone) == 1 == len(wanted):  # h - y + ...
        terms.remove(wanted[0])
        terms.insert(terms.index(alone[0]) + 1, wanted[0])
    return terms


def _is_entry(term: Taken, sign: Expr, rank: int) -> bool:
    return term.coefficient == sign and len(term.factors) == 1 and factor_key(term.factors[0])[0] == rank


def _count_key(term: Taken) -> Key:
    """Return where a term stands in an index: x + u - 1, T - q + 1, l - 1."""
    if not term.factors:
        return (1,)
    letter = min((name[0] for factor in term.factors for name in _names(factor)), default="")
    place = _INDEX_LETTERS.find(letter)
    return 0, bool(term.coefficient.is_negative), place if place >= 0 else len(_INDEX_LETTERS), letter


def _term_key(term: Taken, *, sums: bool, plain: bool) -> Key:
    """Return where a term stands in a sum of values, `sums` among them or not: 1 - a, a - y - Σ f, Σ w a + b.

    In a sum that has no value, a `plain` one, a number is last: ν + 1."""
    keys = sorted(factor_key(factor) for factor in term.factors)
    parameter = bool(keys) and keys[-1][0] == SIZE
    single = len(keys) == 1 and keys[0][0] in (COST_LIKE, WEIGHT, VALUE)
    bias = parameter or (single and keys[0][3][:1] == "b")
    alone = bias or (sums and single and term.coefficient == 1)
    summed = any(key[0] == TOTAL for key in keys)
    other = len(keys) > 1 and any(map(_is_slope, term.factors))  # (1 - x) ln(1 - r), after x ln r
    return bool(term.coefficient.is_negative), bool(keys) != plain, alone, bias, summed, other, _without_rank(keys)


def _without_rank(keys: Sequence[Key]) -> tuple[Key, ...]:
    return tuple((len(keys), key[1], key[3], key[4], key[5], key[2]) for key in keys)

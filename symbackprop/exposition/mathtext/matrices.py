r"""How matrix expressions are written: W^{(l+1)}, (W)^T δ ⊙ σ'(z), ∇_a C, and for a batch Z, A, Δ.

A matrix product binds tighter than ⊙, and ⊙ tighter than +. A number in a sum is added to every entry, as in 1 - a.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from sympy import Add, Expr, FunctionClass, S

from symbackprop.calculus.batches import BATCH, SAMPLE
from symbackprop.calculus.indices import fresh
from symbackprop.calculus.matrices import (
    Applied,
    Cases,
    Entrywise,
    Gradient,
    Hadamard,
    Jacobian,
    Matrix,
    Named,
    Ones,
    Plus,
    Powered,
    Product,
    Scaled,
    Total,
    Transposed,
    parts_of,
)
from symbackprop.exposition.mathtext import boxes
from symbackprop.exposition.mathtext.boxes import Box, Fence, Leaf, Row, Scripts, Terms, as_base, as_factor, as_term
from symbackprop.exposition.mathtext.functions import applied
from symbackprop.exposition.mathtext.layout import lay_out, rule
from symbackprop.exposition.mathtext.letters import function_name
from symbackprop.exposition.mathtext.numberinfront import taken_apart
from symbackprop.exposition.mathtext.products import product
from symbackprop.exposition.mathtext.steps import cases_of_array
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.mathtext.substitution import substituted
from symbackprop.exposition.mathtext.wholes import whole_tensor
from symbackprop.network.extremes import STEP
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import Tensor, name_of_term

T = Leaf(r"\mathsf{T}", "T")
PRODUCTS = {"circle": Leaf(r"\odot", "⊙"), "asterisk": Leaf(r"\ast", "∗")}  # of entries
CIRC = Leaf(r"\circ", "∘")
ARRAYS = (Named, Gradient)


@rule.register
def _transposed(matrix: Transposed, style: Style) -> Box:
    of = lay_out(matrix.of, style)
    inside = style.convention.transpose == "inside" and isinstance(matrix.of, ARRAYS)  # beside a layer, not -1/2
    if inside and isinstance(of, Scripts) and not of.primes:
        return replace(of, above=T if of.above is None else Row((of.above, T)))
    return Scripts(as_base(of), above=T)


@rule.register
def _powered(matrix: Powered, style: Style) -> Box:
    """Every entry to a power: a^{∘2}; the ring tells it from a power of the matrix, which a number has: (qᵀ 1)^{-1}."""
    exponent, base = boxes.slashed(lay_out(matrix.exponent, style)), as_base(lay_out(matrix.of, style))
    if isinstance(matrix.of, Product) and _is_line(matrix.of.factors[0]) and _is_vector(matrix.of.factors[-1]):
        return Scripts(base, above=exponent)
    return Scripts(base, above=Row((CIRC, Fence(exponent) if matrix.exponent.is_Add else exponent)))


def _is_line(matrix: Matrix) -> bool:
    return isinstance(matrix, Transposed) and _is_vector(matrix.of)


def _is_vector(matrix: Matrix) -> bool:
    """Tell whether a factor has one column; of what is computed from several arrays it is not known."""
    match matrix:
        case Ones():
            return True
        case Named(tensor, places=places) | Gradient(tensor, places=places):
            return not matrix.batch and len(tensor.axes) - sum(place is not None for place in places) == 1
        case Powered(of) | Scaled(of=of) | Applied(of=of):
            return _is_vector(of)
        case _:
            return False


@rule.register
def _product(matrix: Product, style: Style) -> Box:
    """Factors side by side; without columns of ones 1 bᵀ is b, added to each sample, and Δ 1 the sum of its samples."""
    if not style.convention.ones:
        match matrix.factors:
            case (Ones(None), Transposed(Named() as bias)) | (Named() as bias, Transposed(Ones(None))):
                return lay_out(bias, style)
            case (Named(tensor, batch=True) | Transposed(Named(tensor, batch=True)), Ones(None)):
                return _over_samples(tensor, style)
    return boxes.Product(_factors(matrix.factors, style))


def _over_samples(tensor: Tensor, style: Style) -> Box:
    """Return the sum of what belongs to a sample over all of them, its number in parentheses: Σ_i dz^{[l](i)}."""
    sample, count = lay_out(SAMPLE, style), lay_out(BATCH, style)
    one, number = whole_tensor(tensor, style), Row((Leaf("(", "("), sample, Leaf(")", ")")))
    base, below, above = (one.base, one.below, one.above) if isinstance(one, Scripts) else (one, None, None)
    body = Scripts(base, below, number if above is None else Row((above, number)))
    return boxes.Summation(sample, lay_out(S.One, style), count, body, whole=True)


@rule.register
def _hadamard(matrix: Hadamard, style: Style) -> Box:
    """What comes of the cost or of the layer above first, then slopes, then values: Wᵀδ ⊙ a ⊙ (1 - a)."""
    return boxes.Product(
        _factors(sorted(matrix.factors, key=partial(_rank, style.taken)), style), PRODUCTS[style.convention.product]
    )


def _factors(factors: Sequence[Matrix], style: Style) -> tuple[Box, ...]:
    """Return the factors; an entrywise product among the factors of a matrix product is put in parentheses."""
    last = len(factors) - 1
    laid = []
    for place, factor in enumerate(factors):
        box = as_factor(lay_out(factor, style), last=place == last)
        laid.append(Fence(box) if isinstance(factor, Hadamard | Scaled) and not isinstance(box, Fence) else box)
    return tuple(laid)


_RANKS = (Gradient, Jacobian, Product, Transposed, Scaled, Applied, Powered, Named, Plus)


def _rank(places: Mapping[str, int], matrix: Matrix) -> tuple[int, int]:
    """Return where a factor stands in an entrywise product, an array among others by its place."""
    if "y" in _letters(matrix):
        return -1, 0
    place = places.get(matrix.tensor.code_name, 0) if isinstance(matrix, Named) else 0
    return _RANKS.index(type(matrix)) if type(matrix) in _RANKS else len(_RANKS), place


def _letters(matrix: object) -> set[str]:
    """Return the letters of the tensors in a matrix expression."""
    match matrix:
        case Named(tensor):
            return {tensor.letter}
        case Transposed(of) | Scaled(_, of) | Applied(_, of) | Powered(of, _):
            return _letters(of)
        case Product(parts) | Hadamard(parts) | Plus(parts):
            return set().union(*map(_letters, parts))
        case Entrywise(_, parts):
            return set().union(*(_letters(part) for _, part in parts))
        case _:
            return set()


@rule.register
def _plus(matrix: Plus, style: Style) -> Box:
    """Numbers first, then what is positive, then what is negative; a bias after the weighted sum: 1 - a, W a + b.

    Terms that all have places are in the order of these. Numbers and a step are cases."""
    if (cases := _with_cases(matrix, S.One)) is not None:
        return lay_out(cases, style)
    products = any(isinstance(term, Product) for term in matrix.terms)
    ordered = sorted(matrix.terms, key=_place if products else lambda term: (*_place(term)[:2], _place(term)[-1]))
    own = {term: style.taken.get(_name_of(term), 0) for term in matrix.terms}
    ordered = sorted(ordered, key=lambda term: (_is_negative(term), own[term])) if all(own.values()) else ordered
    signs = ["-" if _is_negative(term) else "+" for term in ordered]
    laid = [_unsigned(term, style) for term in ordered]
    last = len(laid) - 1
    pairs = enumerate(zip(signs, laid, strict=True))
    return Terms(tuple((sign, as_term(box, sign=sign, last=place == last)) for place, (sign, box) in pairs))


def _with_cases(total: Plus, number: Expr) -> Matrix | None:
    """Return a number times a sum with numbers and one step as cases, None for other sums: {0.1, a - y > 0; …} + z.

    What else is added keeps the cases a term of it, before which a number would not be in each of them."""
    numbers = [term for term in total.terms if not isinstance(term, Matrix)]
    steps, others = list[tuple[Expr, Matrix]](), list[Matrix]()
    for term in (term for term in total.terms if isinstance(term, Matrix)):
        coefficient, part = (term.coefficient, term.of) if isinstance(term, Scaled) else (S.One, term)
        if isinstance(part, Applied) and part.function is STEP:
            steps.append((coefficient, part.of))
        else:
            others.append(term)
    if len(steps) != 1 or not numbers or (others and number != 1):
        return None
    ((coefficient, gap),) = steps
    if not all(each.is_Rational for each in (number, coefficient, *numbers)):
        return None
    first, middle, last = (number * (coefficient * value + Add(*numbers)) for value in (S.One, S.Half, S.Zero))
    cases = cases_of_array(gap, (first, middle, last))
    return Plus((cases, *others)) if others else cases


def _place(term: Matrix | Expr) -> tuple[bool, int, bool, bool, bool]:
    """Return where a term stands: an array alone, or one for every sample, behind the others, and a bias last.

    A number comes first, one that has a letter last, and what it is before after the others: 1 - a, v + ε, u + 2 v."""
    alone = isinstance(term, Named) or (isinstance(term, Product) and any(isinstance(f, Ones) for f in term.factors))
    bias = alone and all(letter.startswith("b") for letter in _letters(term))
    kind = 1 if isinstance(term, Matrix) else 2 * bool(term.free_symbols)
    return _is_negative(term), kind, alone, bias, isinstance(term, Scaled) and abs(term.coefficient) != 1


def _name_of(term: Matrix | Expr) -> str:
    """Return the name by which a term has a place; none where a derivative is in it."""
    parts = list(parts_of(term))
    is_derived = any(isinstance(part, Gradient | Jacobian) for part in parts)
    return "" if is_derived else name_of_term(part.tensor.code_name for part in parts if isinstance(part, Named))


def _is_negative(term: Matrix | Expr) -> bool:
    number = term.coefficient if isinstance(term, Scaled) else S.One if isinstance(term, Matrix) else term
    return bool(taken_apart(number).coefficient.is_negative)


def _unsigned(term: Matrix | Expr, style: Style) -> Box:
    """Return a term without its minus."""
    if isinstance(term, Matrix) and not isinstance(term, Scaled):
        return lay_out(term, style)
    taken = taken_apart(term.coefficient if isinstance(term, Scaled) else term)
    number = product(abs(taken.coefficient), taken.factors, style)
    if not isinstance(term, Scaled):
        return number
    of = as_factor(lay_out(term.of, style), last=True)
    return of if not taken.factors and abs(taken.coefficient) == 1 else _times(as_factor(number, last=False), of)


def _times(number: Box, of: Box) -> Box:
    """Return a number before a product; before an entrywise one it belongs to the first factor: (c A) ⊙ B."""
    if not isinstance(of, boxes.Product):
        return boxes.Product((number, of))
    first, *rest = of.factors
    return (
        boxes.Product((number, *of.factors))
        if of.sign is None
        else boxes.Product((_times(number, first), *rest), of.sign)
    )


@rule.register
def _total(total: Total, style: Style) -> Box:
    r"""Matrices added up for each value of an index: \sum_{t=1}^{T} δ_t h_{t-1}ᵀ."""
    letter_of = total.index if total.index not in style.scope else fresh(total.index, style.scope)
    ends = lay_out(total.first, style), lay_out(total.last, style)
    inside = style.inside_sum(total.index, letter_of)
    read = [(p.tensor if isinstance(p, Named) else p.by, p.places) for p in parts_of(total.of) if isinstance(p, ARRAYS)]
    pairs = (pair for tensor, places in read for pair in zip(places, tensor.axes, strict=False))
    whole = (total.index, (total.first, total.last)) in pairs
    return boxes.Summation(lay_out(total.index, inside), *ends, boxes.as_body(lay_out(total.of, inside)), whole)


@rule.register
def _cases(cases: Cases, style: Style) -> Box:
    return boxes.Cases(tuple((lay_out(value, style), lay_out(holds, style)) for value, holds in cases.rows))


@rule.register
def _scaled(matrix: Scaled, style: Style) -> Box:
    """A number before a matrix: 2 (A - Y), 1/m Δᵀ A; minus one is a minus; before cases it is in each of them."""
    factors = matrix.of.factors if isinstance(matrix.of, Hadamard) else (matrix.of,)
    for place, factor in enumerate(factors):
        if isinstance(factor, Plus) and (cases := _with_cases(factor, matrix.coefficient)) is not None:
            others = (*factors[:place], *factors[place + 1 :])
            return lay_out(Hadamard((cases, *others)) if others else cases, style)
    box = _unsigned(matrix, style)
    return boxes.negative(box) if _is_negative(matrix) else box


@rule.register
def _applied(matrix: Applied, style: Style) -> Box:
    """A function of every entry: σ'(z). The exponential is exp(z), as e^z of a matrix would be another thing."""
    kind, argument = matrix.function, lay_out(matrix.of, style)
    if kind is STEP:
        return lay_out(cases_of_array(matrix.of), style)
    if issubclass(kind, Elementwise):
        of = matrix.of.tensor if isinstance(matrix.of, Named) else None
        return applied(kind.stem, kind.order, argument, style, of=of)
    if kind.__name__ == "exp":
        return boxes.Call(function_name("exp", 0, style), Fence(argument))
    return applied("abs" if kind.__name__ == "Abs" else kind.__name__, 0, argument, style)


@rule.register
def _entrywise(matrix: Entrywise, style: Style) -> Box:
    """An expression of several entries, with the name of each whole in the place of its entry: max(a, y)."""
    names = {lay_out(letter, style): lay_out(part, style) for letter, part in matrix.parts}
    return substituted(lay_out(matrix.expression, style), names)


@rule.register
def _function_itself(function: FunctionClass, style: Style) -> Box:
    """A function that is named and not applied: σ, tanh'."""
    order = function.order if issubclass(function, Elementwise) else 0
    stem = function.stem if issubclass(function, Elementwise) else function.__name__
    return function_name(stem, order, style)

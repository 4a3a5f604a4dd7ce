"""Mistakes in a part of one derivative: a factor, a term, a mean, an axis, another array, some of the samples.

(δ - 1/n Σ δ - h/n Σ δ h)/√v        term_missing: (δ - 1/n Σ δ)/√v        inner_sum: (δ - Σ δ - h/n Σ δ h)/√v

They are looked for where none that is made more often explains what somebody has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Piecewise, S, Sum, Symbol, Tuple

from symbackprop.calculus.mistakes.parameterslips import only_parameters, samples_of
from symbackprop.calculus.mistakes.variants import Derived, Rule, numbers_of, scaled_terms
from symbackprop.calculus.passes import adjoint_of
from symbackprop.network.extremes import WhereEqual, where
from symbackprop.network.functions import Elementwise
from symbackprop.network.largest import Chosen
from symbackprop.network.notation import Tensor, index
from symbackprop.network.program import Array, Equation, Kind, entries

FRESH = index("r0")  # the index of a sum along another axis
PRODUCTS = ("silu", "gelu", "mish")  # z times a function of z
Changed = Callable[[Expr], Expr | None]


def _each_and_all(expression: Expr, changed: Changed) -> Iterator[Expr]:
    """Yield an expression with each of its terms changed, and with all that can be."""
    scale, terms = scaled_terms(expression)
    found = {term: new for term in terms if (new := changed(term)) is not None}
    for one, new in found.items():
        yield scale * Add(*(new if term is one else term for term in terms))
    if len(found) > 1:
        yield scale * Add(*(found.get(term, term) for term in terms))


def _named(part: Expr) -> str:
    """Return a part as it is said, its arrays by their names alone: 1/sqrt(D)."""
    return str(part.xreplace({entry: Symbol(str(entry.base)) for entry in entries(part)}))


def factors(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield each factor left out, or multiplied in twice, and a function of which the argument stands in its place."""
    whole = equation.expression
    for total in sorted(whole.atoms(Sum), key=str):
        for part in Mul.make_args(total.function):
            if not total.function.is_Add and not part.has(Sum) and not _is_upstream(derived, part):
                yield _left_out(part, whole.xreplace({total: Sum(total.function / part, *total.limits)}))
    for product in _products(whole):
        for part in Mul.make_args(product):
            is_sum = isinstance(part, Add) or part.has(Sum, Piecewise)
            if part in (S.One, S.NegativeOne) or is_sum or part.has(KroneckerDelta) or _is_upstream(derived, part):
                continue
            yield _left_out(part, whole.xreplace({product: product / part}))
            yield "factor_twice", whole.xreplace({product: product * part}), _named(part)
            if isinstance(part, Elementwise) and not part.order:
                yield "function_missing", whole.xreplace({part: part.args[0]}), type(part).stem


def _products(expression: Expr) -> Iterator[Expr]:
    """Yield an expression, the terms of its sum, and what stands in their cases, such as that of a last step."""
    yield expression
    _, every = scaled_terms(expression)
    yield from every if len(every) > 1 else ()
    for case in sorted(expression.atoms(Piecewise), key=str):
        yield from (branch for branch, _ in case.args if branch)


def _left_out(part: Expr, rest: Expr) -> tuple[str, Expr, str]:
    """Return a factor left out; without that of a maximum all entries of a window get the error."""
    return ("to_all_of_window", rest, "") if part.has(Chosen) else ("factor_missing", rest, _named(part))


def _is_upstream(derived: Derived, part: Expr) -> bool:
    """Tell whether a factor is the derivative that comes in."""
    return isinstance(part, Indexed) and all(each.tensor != part.base for each in derived.program.arrays)


def nothing(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a derivative that is 0: of a parameter, or of a value, so that nothing is sent back from there."""
    yield "left_at_zero" if array.kind == Kind.PARAMETER else "nothing_sent_back", S.Zero, ""


def links(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the derivative by a parameter with ∂C/∂a for ∂C/∂z, of a = σ(z): as if the slope were not on its way."""
    for entry in entries(equation.expression) if array.kind == Kind.PARAMETER else ():
        z = derived.array_of(entry.base)
        uses = [] if z is None else [e for e in derived.program.equations if z.tensor in e.reads]
        if len(uses) == 1 and isinstance(uses[0].tensor, Tensor) and uses[0].tensor.axes == entry.base.axes:
            changed = adjoint_of(uses[0].tensor)[entry.indices]
            yield "missing_slope", equation.expression.xreplace({entry: changed}), ""


def other_costs(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the derivative of another cost by an output."""
    targets = {e.base for e in entries(equation.expression) if derived.program.kind(e.base) == Kind.TARGET}
    if array.kind != Kind.VALUE or [t.axes for t in targets] != [array.tensor.axes] or not equation.indices:
        return
    y, a, count = (*(tensor[equation.indices] for tensor in (*targets, array.tensor)), array.tensor.sizes[-1])
    costs = {"quadratic": a - y, "mse": 2 * (a - y) / count, "cross_entropy": -y / a}
    yield from (("other_cost", other, name) for name, other in costs.items())


def terms(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield each term left out, or with the other sign, and all left out that a statistic has brought."""
    scale, every = scaled_terms(equation.expression)
    if len(every) < 2:
        return
    for term in every:
        rest = Add(*(other for other in every if other is not term))
        yield "term_missing", scale * rest, ""
        yield "term_sign", scale * (rest - term), ""
    plain = [term for term in every if not _is_of_a_statistic(derived, equation, term)]
    if plain and len(every) - len(plain) > 1:
        yield "statistics_detached", scale * Add(*plain), ""


def _is_of_a_statistic(derived: Derived, equation: Equation, term: Expr) -> bool:
    """Tell whether a term is what a mean or a variance sends back: a sum, or the derivative by what has fewer axes."""
    own = {array.tensor for array in derived.program.arrays}
    read = [entry for entry in entries(term) if entry.base not in own]
    return bool(term.has(Sum)) or any(len(entry.indices) < len(equation.indices) for entry in read)


def inner_means(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a mean that is a sum, and a sum that is a mean, in one term or in all of them."""

    def counts(term: Expr) -> list[Expr]:
        parts = Mul.make_args(term)
        sums = [limit for each in parts if isinstance(each, Sum) for limit in each.limits]
        shares = [1 / each for each in parts if each.is_Pow and each.exp == -1 and isinstance(each.base, Symbol)]
        return [*(last for _, first, last in sums if first == 1 and not last.is_Integer), *shares]

    def is_mean(term: Expr, count: Expr) -> bool:
        return 1 / count in Mul.make_args(term)

    def added(term: Expr) -> Expr | None:
        return next((term * count for count in counts(term) if is_mean(term, count)), None)

    def averaged(term: Expr) -> Expr | None:
        return next((term / count for count in counts(term) if not is_mean(term, count)), None)

    yield from (("inner_sum", each, "") for each in _each_and_all(equation.expression, added))
    yield from (("inner_mean", each, "") for each in _each_and_all(equation.expression, averaged))


def axes(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a sum along another axis: of the rows for that of the columns."""
    ranges = equation.ranges

    def along(term: Expr) -> Expr | None:
        total = next((each for each in Mul.make_args(term) if isinstance(each, Sum) and len(each.limits) == 1), None)
        if total is None:
            return None
        bound, _, last = total.limits[0]
        outer = [i for i in equation.indices if i in total.free_symbols]
        same = [i for i in equation.indices if i not in outer and ranges[i][1] == last]
        if not outer or not isinstance(bound, Symbol):
            return None
        summed, (first, end) = outer[0], ranges[outer[0]]
        put = {bound: same[0], summed: FRESH} if same else {bound: summed, summed: FRESH}
        other = Sum(total.function.xreplace(put), (FRESH, first, end))
        mean = last / end if 1 / last in Mul.make_args(term) else 1
        return term.xreplace({total: other}) * mean

    yield from (("wrong_axis", each, "") for each in _each_and_all(equation.expression, along))


def matrices(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a matrix of values, or of derivatives, as it stands for its transpose in a product."""
    if not equation.expression.has(Sum):
        return
    for entry in sorted(entries(equation.expression), key=str):
        sizes = numbers_of(derived, entry.base)
        if derived.program.kind(entry.base) != Kind.PARAMETER and len(sizes) == 2 and sizes[0] == sizes[1]:
            turned = equation.expression.xreplace({entry: entry.base[entry.indices[::-1]]})
            own = derived.array_of(entry.base)  # that the derivative is by, if it is one
            yield "matrix_not_transposed", turned, str(entry.base) if own is None else f"∂C/∂{own.name}"


def others(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield another array of the same shape where the derivative by a value reads one."""
    values = [a for a in derived.program.of_kind(Kind.VALUE, Kind.INPUT) if isinstance(a.tensor, Tensor)]
    known = {a.tensor for a in values}
    if array.kind == Kind.PARAMETER:
        return
    for entry in sorted((e for e in entries(equation.expression) if e.base in known), key=str):
        own = numbers_of(derived, entry.base)
        for other in values:
            if other.tensor != entry.base and numbers_of(derived, other.tensor) == own:
                swapped = {e: other.tensor[e.indices] for e in entries(equation.expression) if e.base == entry.base}
                yield "wrong_layer_activation", equation.expression.xreplace(swapped), other.name


def partial_slopes(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a slope of which a square, a factor or a term is missing."""
    for each in sorted((f for f in equation.expression.atoms(Elementwise) if f.order == 1), key=str):
        name, z = type(each).stem, each.args[0]
        origin = type(each).origin
        if origin is None:
            continue
        value = origin(z)
        parts = [1 - value] if name in ("tanh", "sigmoid") else []
        if name in PRODUCTS:  # g + z g′ of z g
            parts = [value / z, each - value / z, value / z + (each - value / z) / z]
        for part in parts:
            yield "slope_in_part", equation.expression.xreplace({each: part}), name


def samples(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield one sample for all of them, the first or the last, and all but one."""
    count = samples_of(derived)
    if array.kind != Kind.PARAMETER or count is None:
        return
    for total in sorted(equation.expression.atoms(Sum), key=str):
        for place, (symbol, first, last) in enumerate(total.limits):
            if last != count:
                continue
            rest = [limit for number, limit in enumerate(total.limits) if number != place]
            for detail, at, ends in (("last", last, (first, last - 1)), ("first", first, (first + 1, last))):
                term = total.function.xreplace({symbol: at})
                alone = equation.expression.xreplace({total: Sum(term, *rest) if rest else term})
                yield "one_sample", alone, detail
                yield "one_sample_for_mean", alone * count, detail
                limits = [Tuple(symbol, *ends) if number == place else each for number, each in enumerate(total.limits)]
                yield "sample_missing", equation.expression.xreplace({total: Sum(total.function, *limits)}), detail


def places(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the derivative by a kernel turned round, and an array that is read one step later or before."""
    shifted = [e for e in entries(equation.expression) if any(not isinstance(p, Symbol) for p in e.indices)]
    inside = {i for e in shifted for p in e.indices if not isinstance(p, Symbol) for i in p.free_symbols}
    own = [i for i in equation.indices if i in inside]
    if array.kind == Kind.PARAMETER and own and all(isinstance(equation.ranges[i][1], Expr) for i in own):
        turned = {i: equation.ranges[i][1] + 1 - i for i in own}
        yield "kernel_turned", equation.expression.xreplace(turned), ""
    for entry in sorted(shifted, key=str):
        moved = [p.as_coeff_Add() for p in entry.indices]
        if all(isinstance(index_, Symbol) for _, index_ in moved):
            plain = entry.base[tuple(index_ for _, index_ in moved)]
            yield "step_shifted", equation.expression.xreplace({entry: plain}), str(entry.base)


def repeats(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the last one alone of the places at which a row is looked up, as dW[x] += … leaves it in NumPy."""
    for total in sorted(equation.expression.atoms(Sum), key=str):
        found = [part for part in Mul.make_args(total.function) if isinstance(part, WhereEqual)]
        if array.kind != Kind.PARAMETER or len(found) != 1 or any(first != 1 for _, first, _ in total.limits):
            continue
        later: Expr = S.Zero
        inner: list[Tuple] = []
        for number, (symbol, _, last) in enumerate(total.limits):  # the innermost first, which is the last axis
            fresh = index(f"r{number}")
            moved = {symbol: fresh, **{one: other for one, (other, _, _) in zip(total.variables, inner, strict=False)}}
            later += Sum(found[0].xreplace(moved), *inner, (fresh, symbol + 1, last))
            inner.append(Tuple(fresh, 1, last))
        last_one = where("==", later, S.Zero, S.One, S.Zero)
        yield "repeats_lost", equation.expression.xreplace({total: Sum(total.function * last_one, *total.limits)}), ""


def shared_penalty(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a penalty that is divided by the number of samples."""
    count = samples_of(derived)
    scale, every = scaled_terms(equation.expression)
    for term in every if count is not None and array.kind == Kind.PARAMETER and len(every) > 1 else ():
        if only_parameters(derived, term):
            changed = equation.expression - scale * term + scale * term / count
            yield "penalty_factor", changed, "1 over the number of samples"


TERM_SLIPS: tuple[Rule, ...] = (
    nothing,
    links,
    other_costs,
    factors,
    terms,
    inner_means,
    axes,
    matrices,
    others,
    partial_slopes,
    samples,
    places,
    repeats,
    shared_penalty,
)

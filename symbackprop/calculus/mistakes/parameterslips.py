"""Mistakes in what is added up for one array: a bias, a use of it, a mean over samples, a penalty.

∂C/∂W = δ aᵀ + λ W      penalty_missing: δ aᵀ      penalty_factor: δ aᵀ + 2 λ W      path_missing: one term of several
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Add, Expr, Integer, S, Sum, Symbol, Tuple

from symbackprop.calculus.mistakes.variants import Derived, Rule, numbers_of, scaled_terms
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import index
from symbackprop.network.program import Array, Equation, Kind, entries, free_indices


def biases(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a bias that is left out, and one for all neurons of a layer."""
    if array.kind != Kind.PARAMETER or len(equation.indices) != 1 or not array.name.startswith("b"):
        return
    yield "bias_missing", S.Zero, ""
    (j,) = equation.indices
    i = index("i0")
    yield "bias_shared", Sum(equation.expression.xreplace({j: i}), (i, *equation.tensor.axes[0])), ""


def paths(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield each use of an array left out; of a parameter also the penalty, left out, doubled, or without its slope."""
    scale, terms = scaled_terms(equation.expression)
    uses = [e for e in derived.program.equations if array.tensor in e.reads]
    if len(terms) < 2 or (len(uses) < 2 and array.kind != Kind.PARAMETER):
        return
    of_penalties = [t for t in terms if array.kind == Kind.PARAMETER and only_parameters(derived, t)]

    def times(factor: Expr, *some: Expr) -> Expr:
        return scale * Add(*(term * factor if term in some else term for term in terms))

    for term in (t for t in terms if t not in of_penalties):
        yield "path_missing", times(S.Zero, term), ""
    for some, name in _each_and_all(of_penalties):
        yield "penalty_missing", times(S.Zero, *some), name
        yield "penalty_factor", times(Integer(2), *some), "2"
        yield "penalty_factor", times(S.Half, *some), "1/2"
    for own in sorted({f for term in of_penalties for f in term.atoms(Elementwise) if f.order == 1}, key=str):
        origin = type(own).origin
        for other in (S.One, *(() if origin is None else (origin(own.args[0]),))):
            yield "penalty_slope", equation.expression.xreplace({own: other}), _told_apart(other)


def _each_and_all(terms: Sequence[Expr]) -> list[tuple[tuple[Expr, ...], str]]:
    """Return each term of a penalty alone, with its name, w/10, and all together."""
    if len(terms) < 2:
        return [((term,), "") for term in terms]
    return [*(((term,), _told_apart(term)) for term in terms), (tuple(terms), "")]


def _told_apart(term: Expr) -> str:
    """Return a part of a penalty as it is called in any layer."""
    return str(term.xreplace({entry: Symbol("w") for entry in entries(term)}))


def only_parameters(derived: Derived, term: Expr) -> bool:
    """Tell whether a term reads nothing but parameters and constants, as that of a penalty does."""
    return all(derived.program.kind(e.base) in (Kind.PARAMETER, Kind.CONSTANT) for e in entries(term))


def steps(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the share of the first time step left out, that of the last, and each of the two alone."""
    if array.kind != Kind.PARAMETER:
        return
    for total in sorted(equation.expression.atoms(Sum), key=str):
        for place, (symbol, first, last) in enumerate(total.limits):
            if last not in _lengths_of_time(derived):
                continue
            for ends in ((first + 1, last), (first, last - 1), (last, last), (first, first)):
                limits = list(total.limits)
                limits[place] = Tuple(symbol, *ends)
                alone = ends[0] == ends[1]
                rest = Sum(total.function, *limits) if not alone else _at(total, place, ends[0])
                yield "path_missing", equation.expression.xreplace({total: rest}), ""


def _at(total: Sum, place: int, value: Expr) -> Expr:
    """Return one term of a sum over an index; the other indices are still summed over."""
    others = [limit for number, limit in enumerate(total.limits) if number != place]
    term = total.function.xreplace({total.limits[place][0]: value})
    return Sum(term, *others) if others else term


def _lengths_of_time(derived: Derived) -> set[Expr]:
    """Return the last places of axes on which an array is computed from its own entries before."""
    found = set()
    for equation in derived.program.equations:
        own = [entry for entry in entries(equation.expression) if entry.base == equation.tensor]
        for entry in own:
            moved = zip(entry.indices, equation.indices, entry.base.axes, strict=False)
            found |= {last for position, index, (_, last) in moved if position != index}
    return found


def means(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a mean over samples that is a sum or taken twice, and a sum that is a mean, in one derivative."""
    count = samples_of(derived)
    if array.kind != Kind.PARAMETER or count is None or not equation.expression.has(count):
        return
    arrays = (each.tensor for each in derived.program.arrays if each.kind != Kind.COST)
    pairs = any(count in tensor.sizes[1:] for tensor in arrays)  # such as the edges of a graph
    what = "steps in time" if count in _lengths_of_time(derived) else "rows" if pairs else "samples"
    scale, terms = scaled_terms(equation.expression)
    penalty = scale * Add(*(t for t in terms if len(terms) > 1 and only_parameters(derived, t)))
    share = equation.expression - penalty
    if any(each.expression.has(1 / count) for each in derived.passes.adjoints):
        yield "sum_for_mean", share * count + penalty, what
        yield "mean_twice", share / count + penalty, what
    else:
        yield "mean_for_sum", share / count + penalty, what


def samples_of(derived: Derived) -> Symbol | None:
    """Return the number of samples; None where there is one, whose target has entries."""
    first = next((a for a in derived.program.of_kind(Kind.TARGET) if a.tensor.axes), None)
    count = None if first is None else first.tensor.sizes[0]
    inputs = (a.tensor for a in derived.program.of_kind(Kind.INPUT) if a.tensor.axes)
    return count if isinstance(count, Symbol) and any(each.sizes[0] == count for each in inputs) else None


def outputs(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a mean over the outputs that is a sum, and the other way round, in the error of the last layer."""
    targets = {a.tensor for a in derived.program.of_kind(Kind.TARGET)}
    if array.kind != Kind.VALUE or not array.tensor.axes or targets.isdisjoint(equation.reads):
        return
    count = array.tensor.sizes[-1]
    if numbers_of(derived, array.tensor)[-1] == 1:
        return
    if equation.expression.has(1 / count):
        yield "sum_for_mean", equation.expression * count, "outputs"
    else:
        yield "mean_for_sum", equation.expression / count, "outputs"


def penalties(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the penalties of the weights on a bias, too: each of them, and all."""
    if array.kind != Kind.PARAMETER or not array.name.startswith("b"):
        return
    for other in derived.passes.adjoints:
        of = derived.array_of(other.tensor)
        if of is None or of.kind != Kind.PARAMETER or of is array:
            continue
        own = of.tensor[other.indices] if other.indices else of.tensor[()]
        found = [term for term in Add.make_args(other.expression) if term.has(own) and not term.has(Sum)]
        moved = [term.xreplace({own: array.tensor[equation.indices]}) for term in found]
        moved = [term for term in moved if free_indices(term) <= set(equation.indices)]
        for some, name in _each_and_all(moved):
            yield "penalty_on_bias", equation.expression + Add(*some), name
        if moved:
            return


PARAMETER_SLIPS: tuple[Rule, ...] = (biases, paths, steps, means, outputs, penalties)

"""Mistakes in what is added up for one array: a bias, a use of it, a mean over samples, a penalty.

∂C/∂W = δ aᵀ + λ W      penalty_missing: δ aᵀ      penalty_factor: δ aᵀ + 2 λ W      path_missing: one term of several
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, S, Sum, Symbol, Tuple

from symbackprop.calculus.mistakes.variants import Derived, Rule, numbers_of, scaled_terms
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
    """Yield each term of a sum left out: one use of an array; of a parameter also the penalty, left out or doubled."""
    scale, terms = scaled_terms(equation.expression)
    uses = [e for e in derived.program.equations if array.tensor in e.reads]
    if len(terms) < 2 or (len(uses) < 2 and array.kind != Kind.PARAMETER):
        return
    for number, term in enumerate(terms):
        rest = scale * Add(*terms[:number], *terms[number + 1 :])
        if array.kind == Kind.PARAMETER and only_parameters(derived, term):
            yield "penalty_missing", rest, ""
            yield "penalty_factor", equation.expression + scale * term, "2"
            yield "penalty_factor", equation.expression - scale * term / 2, "1/2"
        else:
            yield "path_missing", rest, ""


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
    if any(each.expression.has(1 / count) for each in derived.passes.adjoints):
        yield "sum_for_mean", equation.expression * count, what
        yield "mean_twice", equation.expression / count, what
    else:
        yield "mean_for_sum", equation.expression / count, what


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
    """Yield the penalty of the weights on a bias, too."""
    if array.kind != Kind.PARAMETER or not array.name.startswith("b"):
        return
    for other in derived.passes.adjoints:
        of = derived.array_of(other.tensor)
        if of is None or of.kind != Kind.PARAMETER or of is array:
            continue
        own = of.tensor[other.indices] if other.indices else of.tensor[()]
        for term in Add.make_args(other.expression):
            if term.has(own) and not term.has(Sum):
                moved = term.xreplace({own: array.tensor[equation.indices]})
                if free_indices(moved) <= set(equation.indices):
                    yield "penalty_on_bias", equation.expression + moved, ""
                    return


PARAMETER_SLIPS: tuple[Rule, ...] = (biases, paths, steps, means, outputs, penalties)

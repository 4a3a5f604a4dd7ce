"""Every mistake that can be made in the derived equations of a network: one at one place, one kind everywhere.

Mistakes on the way back through a convolution: a kernel that is not turned round, a padding that is forgotten.

z_i = Σ_u W_u a_{i+u-1-P}    ∂C/∂a_i = Σ_p W_{i-p+1+P} δ_p    padding_lost: as at i - P, an entry of the padding

Mistakes on the way back through a normalisation: a mean or a variance taken for a constant, n - 1 for n.

h = (x - μ)/√v          ∂C/∂x = (δ - 1/n Σ δ - h/n Σ δ h)/√v
mean_detached           without 1/n Σ δ
variance_detached       without h/n Σ δ h

The derived equation has one term for each statistic: one that is taken for a constant is a term left out.

Mistakes in what is added up for one array: a bias, a use of it, a mean over samples, a penalty.

∂C/∂W = δ aᵀ + λ W      penalty_missing: δ aᵀ      penalty_factor: δ aᵀ + 2 λ W      path_missing: one term of several
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Add, Expr, Indexed, Pow, S, Sum, Symbol, Tuple

from symbackprop.calculus.mistakes.layerslips import LAYER_SLIPS
from symbackprop.calculus.mistakes.variants import Derived, Rule, Variant, numbers_of, scaled_terms
from symbackprop.calculus.passes import Passes
from symbackprop.network.notation import Tensor, index
from symbackprop.network.program import Array, Equation, Kind, entries, free_indices

AT_ONE_PLACE = ("sign", "path_missing", "wrong_layer_weight", "wrong_layer_activation")


def variants_of(passes: Passes) -> Iterator[Variant]:
    """Yield every single mistake that the rules find in the derived equations."""
    derived = Derived(passes)
    for equation in passes.adjoints:
        array = derived.array_of(equation.tensor)
        if array is None:
            continue
        for rule in (*LAYER_SLIPS, *PARAMETER_SLIPS, *STATISTIC_SLIPS, *KERNEL_SLIPS):
            for kind, expression, detail in rule(derived, equation, array):
                if expression != equation.expression:
                    changed = replace(equation, expression=expression)
                    yield Variant(kind, array.name, {equation.tensor: changed}, detail)


UPDATED = "'"  # of the name of a parameter after its update, w′; no name of a network has it


def updated_weights(passes: Passes) -> Iterator[Variant]:
    """Yield the errors that are sent back through weights which were updated already: all of them, and each alone."""
    derived = Derived(passes)
    every: dict[Expr, Equation] = {}
    for equation in passes.adjoints:
        array = derived.array_of(equation.tensor)
        if array is None or array.kind == Kind.PARAMETER:
            continue
        found = [e for e in entries(equation.expression) if derived.program.kind(e.base) == Kind.PARAMETER]
        if found:
            swaps = {e: updated_tensor(e.base)[e.indices] for e in found}
            changed = replace(equation, expression=equation.expression.xreplace(swaps))
            every[equation.tensor] = changed
            yield Variant("updated_weights", array.name, {equation.tensor: changed}, updated=True)
    if len(every) > 1:
        yield Variant("updated_weights", "everywhere", every, updated=True)


def updated_tensor(tensor: Tensor) -> Tensor:
    """Return the tensor of a parameter after an update."""
    return Tensor(tensor.letter + UPDATED, tensor.layer, tensor.axes)


def everywhere(variants: Sequence[Variant]) -> Iterator[Variant]:
    """Yield each kind of mistake made at every place where it can be made, and not at one of them alone."""
    kinds: dict[tuple[str, str], list[Variant]] = {}
    for each in variants:
        kinds.setdefault((each.kind, each.detail), []).append(each)
    for (kind, detail), same in kinds.items():
        merged: dict[Expr, Equation] = {}
        for each in same:
            merged |= each.changes
        if len(merged) > 1 and kind not in AT_ONE_PLACE:
            yield Variant(kind, "everywhere", merged, detail)


def kernels(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield a kernel that is not turned round where the error goes back through it."""
    if array.kind == Kind.PARAMETER:
        return
    for entry in sorted(entries(equation.expression), key=str):
        moved = [place for place, p in enumerate(entry.indices) if not isinstance(p, Symbol) and not p.is_Integer]
        if derived.program.kind(entry.base) == Kind.PARAMETER and moved:
            turned = (
                entry.base.sizes[place] + 1 - position if place in moved else position
                for place, position in enumerate(entry.indices)
            )
            yield "kernel_not_flipped", equation.expression.xreplace({entry: entry.base[tuple(turned)]}), ""


def paddings(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the derivative of the padded array, or by the kernel over it, read as if nothing were padded."""
    is_kernel = array.kind == Kind.PARAMETER
    for entry in sorted(entries(equation.expression), key=str):
        kind = derived.program.kind(entry.base)
        if kind in ((Kind.VALUE, Kind.INPUT) if is_kernel else (Kind.PARAMETER,)):
            moved = _moved(equation, entry, -1 if is_kernel else 1)
            if moved:
                yield "padding_lost", equation.expression.xreplace(moved), ""
                return


def _moved(equation: Equation, entry: Indexed, way: int) -> dict[Expr, Expr]:
    """Return where the indices of an equation would be without padding: an entry is read at `way`·(1 + P) from 0."""
    found = {}
    for position in entry.indices:
        padding = way * position.as_coeff_Add()[0] - 1
        own = [index for index in equation.indices if position.coeff(index) == 1]
        if len(position.free_symbols) == 2 and len(own) == 1 and padding.is_Integer and padding > 0:
            found[own[0]] = own[0] - way * padding
    return found


KERNEL_SLIPS: tuple[Rule, ...] = (kernels, paddings)


def _averages(derived: Derived, array: Array) -> tuple[Expr | None, Expr | None]:
    """Return how many entries the mean of an array has, and its mean of squares; None where there is none."""
    mean = squares = None
    for equation in derived.program.equations:
        if array.tensor not in equation.reads:
            continue
        count, inside = equation.expression.as_independent(Sum, as_Add=False)
        if not isinstance(inside, Sum) or len(inside.limits) != 1 or count * inside.limits[0][2] != 1:
            continue
        if inside.function in entries(inside.function):
            mean = 1 / count
        elif isinstance(inside.function, Pow) and inside.function.exp == 2:
            squares = 1 / count
    return mean, squares


def statistics(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the term of a mean left out, that of a variance, and that of a variance with n - 1 for n."""
    mean, squares = _averages(derived, array)
    if squares is None:
        return
    scale, terms = scaled_terms(equation.expression)
    for term in terms:
        if not (term.has(Sum) and term.has(1 / squares)):
            continue
        rest = Add(*(other for other in terms if other is not term))
        if any(derived.program.kind(e.base) == Kind.VALUE for total in term.atoms(Sum) for e in _read(derived, total)):
            yield "variance_detached", scale * rest, ""
            yield "bessel", scale * (rest + term * squares / (squares - 1)), ""
        elif mean is not None:
            yield "mean_detached", scale * rest, ""


def _read(derived: Derived, total: Expr) -> list[Expr]:
    """Return the entries of arrays of the program that a sum reads, adjoints left aside."""
    own = {array.tensor for array in derived.program.arrays}
    return [e for e in entries(total) if e.base in own]


STATISTIC_SLIPS: tuple[Rule, ...] = (statistics,)


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
        only_parameters = all(derived.program.kind(e.base) in (Kind.PARAMETER, Kind.CONSTANT) for e in entries(term))
        if array.kind == Kind.PARAMETER and only_parameters:
            yield "penalty_missing", rest, ""
            yield "penalty_factor", equation.expression + scale * term, "2"
            yield "penalty_factor", equation.expression - scale * term / 2, "1/2"
        else:
            yield "path_missing", rest, ""


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
    if array.kind != Kind.PARAMETER:
        return
    first = next((a for a in derived.program.of_kind(Kind.TARGET) if a.tensor.axes), None)
    count = None if first is None else first.tensor.sizes[0]
    inputs = (a.tensor for a in derived.program.of_kind(Kind.INPUT) if a.tensor.axes)
    if not isinstance(count, Symbol) or all(each.sizes[0] != count for each in inputs):
        return  # there is one sample, and its target has entries
    if not equation.expression.has(count):
        return
    what = "steps in time" if count in _lengths_of_time(derived) else "samples"
    if any(each.expression.has(1 / count) for each in derived.passes.adjoints):
        yield "sum_for_mean", equation.expression * count, what
        yield "mean_twice", equation.expression / count, ""
    else:
        yield "mean_for_sum", equation.expression / count, what


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

"""Products of several matrices with one array of a recurrence: the matrices are stacked, each step is one product.

i[t] = σ(U h[t - 1])   f[t] = σ(V h[t - 1])        m1 = np.concatenate((U, V))   …   for step …: s1 = m1 @ h[step - 1]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Indexed, Mul, Sum, Symbol

from symbackprop.network.notation import Tensor, index
from symbackprop.network.program import Equation, free_indices
from symbackprop.numerics.arrays.order import Stage
from symbackprop.numerics.arrays.writing import ArrayWriter

Product = tuple[
    Sum, Indexed, Indexed, Symbol, Equation
]  # Σ_k M[j, k] h[r, t - 1, k], M[j, k], h[…], j, where it stands


def with_stacks(writer: ArrayWriter, stage: Stage) -> Stage:
    """Write the stacks; return the recurrence with their products as its first equations."""
    groups: dict[object, list[Product]] = {}
    for product in (each for equation in stage.equations for each in _products(equation, stage)):
        groups.setdefault(_kind(product, stage), []).append(product)
    values: dict[Expr, Expr] = {}
    made = []
    for number, group in enumerate((group for group in groups.values() if len({p[1].base for p in group}) > 1), 1):
        matrices = list(dict.fromkeys(matrix.base for _, matrix, _, _, _ in group))
        total, matrix, entry, row, equation = group[0]
        axis, step, beside = matrix.indices.index(row), equation.ranges[stage.step], index("stacked")
        length = matrix.base.sizes[axis]
        whole = (matrix.base.axes[axis][0], (length * len(matrices)).expand())
        stack = Tensor(f"m{number}", None, tuple(whole if n == axis else a for n, a in enumerate(matrix.base.axes)))
        free = _free(group[0], stage)
        axes = tuple(equation.ranges[symbol] for symbol in free)
        full, small = (Tensor(f"s{number}", None, (*axes, *steps, whole)) for steps in ((step,), ()))
        writer.names |= {stack: f"m{number}", full: f"s{number}", small: f"s{number}"}
        writer.say(f"m{number} = np.concatenate(({', '.join(writer.names[m] for m in matrices)}), axis={axis})")
        rows = stack[tuple(beside if n == axis else symbol for n, symbol in enumerate(matrix.indices))]
        made.append(Equation(full[(*free, stage.step, beside)], Sum(rows * entry, *total.limits)))
        for part in group:
            place = part[3] + length * matrices.index(part[1].base)
            values[part[0]] = small[(*_free(part, stage), place)]
    equations = (replace(e, expression=e.expression.xreplace(values)) for e in stage.equations)
    return replace(stage, equations=(*made, *equations))


def _products(equation: Equation, stage: Stage) -> Iterator[Product]:
    """Yield the products of a matrix, which is no array of the recurrence, with what another step has computed."""
    circle = {e.tensor for e in stage.equations}
    for total in sorted(equation.expression.atoms(Sum), key=str):
        factors = Mul.make_args(total.function)
        if len(factors) != 2 or not all(isinstance(factor, Indexed) for factor in factors) or len(total.limits) != 1:
            continue
        summed, *axis = total.limits[0].args
        entry, matrix = sorted(factors, key=lambda factor: factor.base not in circle)
        rows = [symbol for symbol in matrix.indices if symbol != summed]
        plain = all(place.is_Symbol or stage.step in place.free_symbols for place in entry.indices)
        if (
            (entry.base in circle and matrix.base not in circle and plain)
            and (len(matrix.indices) == 2 and len(rows) == 1 and summed in entry.indices)
            and rows[0] not in entry.free_symbols
            and equation.ranges.get(rows[0]) == matrix.base.axes[matrix.indices.index(rows[0])]
            and tuple(axis) == matrix.base.axes[matrix.indices.index(summed)]
            and free_indices(total) <= set(equation.indices)
            and stage.step not in entry.indices  # of this step it is not known yet
            and any(stage.step in place.free_symbols for place in entry.indices)
        ):
            yield total, matrix, entry, rows[0], equation


def _free(product: Product, stage: Stage) -> tuple[Symbol, ...]:
    """Return the indices that go along: those of the array that are neither summed nor the step."""
    total, _, entry, _, _ = product
    return tuple(p for p in entry.indices if p != total.variables[0] and stage.step not in p.free_symbols)


def _kind(product: Product, stage: Stage) -> object:
    """Return what is equal for products that one stack can say."""
    total, matrix, entry, row, equation = product
    free = {symbol: Symbol(f"along {n}") for n, symbol in enumerate(_free(product, stage))}
    places = tuple(Symbol("summed") if p == total.variables[0] else free.get(p, p) for p in entry.indices)
    ranges = tuple(equation.ranges[symbol] for symbol in (*free, stage.step))
    return entry.base, places, ranges, matrix.indices.index(row), matrix.base.axes

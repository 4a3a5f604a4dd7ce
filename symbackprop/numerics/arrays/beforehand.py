"""What a recurrence needs of other arrays, computed for all its steps at once before the first of them.

h[t] = tanh(Σ u h[t - 1] + Σ w x[t])        t1 = x @ w.T   …   for step …: h[step] = tanh(u @ h[step - 1] + t1[step])
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Add, Expr, Function, Indexed, Mul, Piecewise
from sympy.functions.elementary.piecewise import ExprCondPair

from symbackprop.network.largest import BINDERS
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Equation, entries, free_indices
from symbackprop.numerics.arrays.order import Stage
from symbackprop.numerics.arrays.places import Frame, Labelled
from symbackprop.numerics.arrays.stacking import alike
from symbackprop.numerics.arrays.writing import ArrayWriter


def with_work_before(writer: ArrayWriter, stage: Stage) -> Stage:
    """Write what no array of the recurrence stands in, for all steps at once; return what is left for each step.

    Products and sums of entries are left: they take no longer step by step, and less memory; but for a library, whose
    calls take longer than small arrays do. Parts that differ in their matrices alone are one, of stacks of these."""
    circle = {equation.tensor for equation in stage.equations}
    parts: dict[Equation, dict[Expr, Expr]] = {equation: {} for equation in stage.equations}
    found = [(equation, part) for equation in parts for part in _apart_from(equation.expression, circle)]
    found = [
        (equation, part)
        for equation, part in found
        if stage.step in free_indices(part) and (part.has(Function, *BINDERS) or writer.guards)
    ]
    for group in alike(found, stage.step):
        equation, part = group.whole(writer)
        frame = Frame(equation.ranges)
        free = frame.ordered(free_indices(part))
        whole = writer.keep(Labelled(writer.whole(writer.value(part, frame), free, frame), free))
        tensor = Tensor(whole.text, None, tuple(equation.ranges[symbol] for symbol in free))
        writer.names[tensor] = whole.text
        for own, each, names in group.members:
            parts[own][each] = tensor[tuple(names.get(symbol, symbol) for symbol in free)]
    return replace(stage, equations=tuple(replace(e, expression=_put(e.expression, parts[e])) for e in parts))


def _apart_from(e: Expr, circle: set[Expr]) -> list[Expr]:
    """Return the largest parts that are computed from other arrays alone; what is only read is none.

    Of a sum and of a product, all terms and factors of this kind together are one part."""
    if isinstance(e, Indexed) or not entries(e):
        return []
    if isinstance(e, ExprCondPair):
        return _apart_from(e.expr, circle)
    if not any(entry.base in circle for entry in entries(e)) and not isinstance(e, Piecewise):
        return [e]
    if isinstance(e, Add | Mul):
        others = [part for part in e.args if not any(entry.base in circle for entry in entries(part))]
        if len(others) > 1 and not any(part.has(Piecewise) for part in others) and entries(e.func(*others)):
            inside = [found for part in e.args if part not in others for found in _apart_from(part, circle)]
            return [e.func(*others), *inside]
    if isinstance(e, BINDERS):
        return []
    return list(dict.fromkeys(found for part in e.args for found in _apart_from(part, circle)))


def _put(e: Expr, parts: Mapping[Expr, Expr]) -> Expr:
    """Return the expression with its parts replaced, terms and factors that are one part among them."""
    if e in parts:
        return parts[e]
    if isinstance(e, Indexed) or not e.args or not parts:
        return e
    args = [_put(part, parts) for part in e.args]
    if isinstance(e, Add | Mul):
        for part, value in parts.items():
            own = e.func.make_args(part)
            if isinstance(part, e.func) and set(own) <= set(e.args):
                args = [_put(other, parts) for other in e.args if other not in own] + [value]
    return e.func(*args)

"""Masks: what a condition on indices chooses is a product with an array of ones and zeros, entry by entry.

{f_ij where j ≤ i, else 0}  ->  [j ≤ i] ⊙ F        Σ_m f_im v_m, from 1 to i  ->  ([j ≤ i] ⊙ F) v
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from sympy import And, Expr, Indexed, Max, Min, Not, Piecewise, Sum, Symbol, true
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symbackprop.calculus.batches import Atoms
from symbackprop.calculus.indices import cleared
from symbackprop.calculus.matrices import PLACES, Mask
from symbackprop.calculus.slices import staying
from symbackprop.errors import CheckError
from symbackprop.network.extremes import Where, sides_of_difference
from symbackprop.network.largest import Chosen
from symbackprop.network.needs import bounds_of
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import entries, free_indices


def masked(left: Indexed, right: Expr, steps: frozenset[Symbol]) -> tuple[Expr, Atoms]:
    """Return the right side with its conditions on indices as entries of masks, and what these are.

    It stays as it is where an index of a mask would be no row or column: one of `steps`, or one that is shifted."""
    chosen, masks = _masked(left, right, steps)
    if masks:
        with suppress(CheckError):
            chosen, _, stay = staying(left, chosen, steps)
            if not any(free_indices(each) & stay for each in entries(chosen) if each.base in masks):
                return chosen, masks
    return right, {}


def _masked(left: Indexed, right: Expr, steps: frozenset[Symbol]) -> tuple[Expr, Atoms]:
    called: Atoms = {}

    def entry(condition: Boolean | Chosen, ranges: Mapping[Symbol, Axis]) -> Expr | None:
        """Return the entry of the mask that is 1 where the condition holds."""
        chosen = isinstance(condition, Chosen)
        read = free_indices(condition) - steps if chosen else free_indices(condition)
        own = [symbol for symbol in ranges if symbol in read]
        if not own or len(own) > len(PLACES) or read - set(own) or (entries(condition) and not chosen):
            return None
        if steps & set(own) or any(ranges[symbol][0] != 1 for symbol in own):
            return None
        letters = dict(zip(own, PLACES, strict=False))
        condition = cleared(condition, {*PLACES})
        condition = condition.replace(
            lambda part: isinstance(part, Relational), lambda part: _column_first(part, own[-1])
        )
        matrix = Mask(condition.xreplace(letters), tuple(ranges[symbol][1] for symbol in own))
        tensor = Tensor(str(matrix), None, tuple(ranges[symbol] for symbol in own))
        called[tensor] = matrix
        return tensor[tuple(own)]

    def written(part: Expr, ranges: Mapping[Symbol, Axis]) -> Expr:
        if isinstance(part, Sum):
            inside = dict(ranges)
            for symbol, *ends in map(tuple, part.limits):
                inside[symbol] = _axis(symbol, part.function) or tuple(ends)
            function, limits = written(part.function, inside), []
            for symbol, first, last in map(tuple, part.limits):
                within = entry(_within(symbol, (first, last), inside[symbol]), inside)
                limits.append((symbol, first, last) if within is None else (symbol, *inside[symbol]))
                function *= 1 if within is None else within
            return Sum(function, *limits)
        if isinstance(part, Chosen):
            here = entry(part, ranges) if all(place in ranges for place in part.places) else None
            return part if here is None else here
        if isinstance(part, Where | Piecewise):
            cases = part.cases if isinstance(part, Where) else part
            if len(cases.args) == 2 and cases.args[1].cond == true:
                (chosen, holds), (other, _) = cases.args
                here = entry(holds, ranges)
                if here is not None:
                    rest = 0 if other == 0 else written(other, ranges) * entry(Not(holds), ranges)
                    return here * written(chosen, ranges) + rest
        if not part.args or isinstance(part, Indexed):
            return part
        return part.func(*(written(each, ranges) if isinstance(each, Expr) else each for each in part.args))

    return written(right, dict(zip(left.indices, left.base.axes, strict=True))), called


def _axis(symbol: Symbol, function: Expr) -> Axis | None:
    """Return the axis in which an index stands in every entry that has it; None where there are several."""
    axes = {axis for e in entries(function) for i, axis in zip(e.indices, e.base.axes, strict=True) if i == symbol}
    return axes.pop() if len(axes) == 1 else None


def _within(symbol: Symbol, ends: Axis, axis: Axis) -> Boolean:
    """Return what says of an index on its axis that it lies between ends, where these read other indices."""
    if not any(map(free_indices, ends)):
        return true
    first, last = map(bounds_of, ends, (Max, Min))
    return And(*(symbol >= end for end in first if end != axis[0]), *(symbol <= end for end in last if end != axis[1]))


def _column_first(relation: Relational, column: Symbol) -> Relational:
    """Return j ≤ i for i - j ≥ 0, j the letter of the columns."""
    turned = relation.func(*sides_of_difference(relation.lhs - relation.rhs), evaluate=False)
    return turned if turned.lhs.has(column) else turned.reversed

"""The composed cost: the forward equations put into one another, for a network with numbers for its sizes.

    C(a(z(w, b)))        from   C = Σ_j c(a_j, y_j),   a = σ(z),   z = Σ_k w_jk a_k + b_j

Composition multiplies: a weight of the first layer meets every neuron after it. So the size is counted first, and a
budget decides whether anything is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

from sympy import Add, And, Expr, Indexed, Integer, Max, Piecewise, S, Symbol
from sympy.core.function import AppliedUndef

from symbackprop.network.extent import DEFAULT_BUDGET, Place, check_budget, forward_extents, key_of
from symbackprop.network.functions import elementary
from symbackprop.network.largest import BINDERS, Chosen, Largest
from symbackprop.network.notation import LAST_LAYER, Tensor, in_numbers, scalar
from symbackprop.network.program import Equation, Program

Resolve: TypeAlias = Callable[[Tensor, tuple[int, ...]], Expr]


def with_sizes(expression: Expr, widths: Sequence[int]) -> Expr:
    """Return the expression with L and every n(layer) replaced by their numbers; without layers L is a size's name."""
    if not widths:
        return expression
    last = {LAST_LAYER: Integer(len(widths) - 1)}
    sizes = {w: Integer(widths[int(w.args[0].xreplace(last))]) for w in expression.atoms(AppliedUndef)}
    return expression.xreplace({**last, **sizes})


def unrolled(expression: Expr, resolve: Resolve, at: Mapping[Symbol, int] | None = None) -> Expr:
    """Return the expression with its sums written out and each entry replaced by `resolve(tensor, position)`.

    `at` gives the free indices their values; sizes must be numbers."""
    at = at or {}
    if isinstance(expression, Indexed):
        position = tuple(int(index.xreplace(in_numbers(at))) for index in expression.indices)
        return resolve(expression.base, position)
    if isinstance(expression, BINDERS):
        (symbol, first, last), *more = (limit.args for limit in reversed(expression.limits))
        inner = type(expression)(expression.function, *reversed(more)) if more else expression.function
        lowest, highest = (int(end.xreplace(in_numbers(at))) for end in (first, last))
        joined = Max if isinstance(expression, Largest) else Add
        return joined(*(unrolled(inner, resolve, {**at, symbol: value}) for value in range(lowest, highest + 1)))
    if isinstance(expression, Chosen):
        return _first_of_the_largest(expression, resolve, at)
    if isinstance(expression, Symbol) or not expression.args:
        return Integer(at[expression]) if expression in at else expression
    return expression.func(*(unrolled(argument, resolve, at) for argument in expression.args))


def _first_of_the_largest(chosen: Chosen, resolve: Resolve, at: Mapping[Symbol, int]) -> Expr:
    """Return 1 where the entry at the places is larger than all before it and no smaller than all after it, else 0."""
    limits = [limit.args for limit in reversed(chosen.largest.limits)]
    symbols = [symbol for symbol, _, _ in limits]
    own = tuple(int(place.xreplace(in_numbers(at))) for place in reversed(chosen.places))
    entries = {
        place: unrolled(chosen.largest.function, resolve, {**at, **dict(zip(symbols, place, strict=True))})
        for place in _places(limits, at)
    }
    if own not in entries:
        return S.Zero
    beaten = (entries[own] > entries[place] for place in entries if place < own)
    equalled = (entries[own] >= entries[place] for place in entries if place > own)
    return Piecewise((S.One, And(*beaten, *equalled)), (S.Zero, True))


def _places(limits: Sequence[tuple[Any, ...]], at: Mapping[Symbol, int]) -> Iterator[tuple[int, ...]]:
    """Yield the values of indices, of which each may end where one before it is: j = 1..i."""
    if not limits:
        yield ()
        return
    (symbol, first, last), *others = limits
    lowest, highest = (int(end.xreplace(in_numbers(at))) for end in (first, last))
    for value in range(lowest, highest + 1):
        yield from ((value, *rest) for rest in _places(others, {**at, symbol: value}))


def leaf(tensor: Tensor, position: tuple[int, ...]) -> Symbol:
    """Return the scalar symbol of an entry: w_1_2_1, b_1_2, x_1, y_1, and z_1_2, a_1_2, delta_1_2."""
    if tensor.layer is None:
        return scalar(tensor.letter, *position)
    if tensor.letter == "a" and tensor.layer == 0:
        return scalar("x", *position)
    return scalar(tensor.letter, int(tensor.layer), *position)


def composed_cost(program: Program, widths: Sequence[int], *, max_operations: int = DEFAULT_BUDGET) -> Expr:
    """Return the cost that the program computes as one expression in its leaves, written in exp, log and erf.

    Raises BudgetError, before anything is built, if it would have more than `max_operations` operations."""
    *_, last = program.nodes
    needed = forward_extents(program, widths)[key_of(last.equation.tensor, Place(last.layer, widths))]
    check_budget("the composed cost", needed, max_operations)
    equations = concrete_equations(program, widths)
    return unrolled(equations[last.concrete.tensor][0].expression, forward_values(equations))


def concrete_equations(
    program: Program, widths: Sequence[int], *, written_out: bool = True
) -> dict[Expr, tuple[Equation, ...]]:
    """Return every equation with numbers for sizes, by the tensor that it computes; functions are `written_out`.

    A tensor has several where each computes a part of it, as the start and the step of a recurrence do."""
    numbers = in_numbers(program.sizes)

    def sized(part: Expr) -> Expr:
        return with_sizes(part, widths).xreplace(numbers)

    equations: dict[Expr, tuple[Equation, ...]] = {}
    for equation in program.equations:
        axes = equation.domain and tuple((sized(first), sized(last)) for first, last in equation.domain)
        expression = sized(equation.expression)
        own = Equation(sized(equation.target), elementary(expression) if written_out else expression, axes)
        equations[own.tensor] = (*equations.get(own.tensor, ()), own)
    return equations


def forward_values(equations: Mapping[Expr, Sequence[Equation]]) -> Resolve:
    """Return what gives every computed entry as an expression in the leaves, each built once."""

    @cache
    def resolve(tensor: Tensor, position: tuple[int, ...]) -> Expr:
        equation = equation_at(equations, tensor, position)
        if equation is None:
            return leaf(tensor, position)
        return unrolled(equation.expression, resolve, dict(zip(equation.indices, position, strict=True)))

    return resolve


def equation_at(
    equations: Mapping[Expr, Sequence[Equation]], tensor: Tensor, position: tuple[int, ...]
) -> Equation | None:
    """Return the equation that computes an entry; None where it is given."""
    return next((own for own in equations.get(tensor, ()) if _inside(own, position)), None)


def _inside(equation: Equation, position: tuple[int, ...]) -> bool:
    """Tell whether an equation with numbers for sizes computes the entry at a position."""
    axes = equation.domain or ()
    return all(first <= place <= last for place, (first, last) in zip(position, axes, strict=True)) if axes else True

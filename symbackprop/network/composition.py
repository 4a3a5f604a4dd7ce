"""The composed cost: the forward equations put into one another, for a network with numbers for its sizes.

    C(a(z(w, b)))        from   C = Σ_j c(a_j, y_j),   a = σ(z),   z = Σ_k w_jk a_k + b_j

Composition multiplies: a weight of the first layer meets every neuron after it, so the size is counted first, by
the same recursion in integers, and a budget decides whether anything is built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from sympy import Add, Expr, Indexed, Integer, Piecewise, Sum, Symbol
from sympy.core.function import AppliedUndef

from symbackprop.errors import BudgetError
from symbackprop.network.functions import Elementwise, elementary
from symbackprop.network.notation import LAST_LAYER, Tensor, scalar
from symbackprop.network.program import Equation, Program

__all__ = ["DEFAULT_BUDGET", "check_budget", "composed_cost", "leaf", "operations", "unrolled", "with_sizes"]

DEFAULT_BUDGET = 20_000  # operations: some 100 kB of formula, built in seconds

Resolve: TypeAlias = Callable[[Tensor, tuple[int, ...]], Expr]


def with_sizes(expression: Expr, widths: Sequence[int]) -> Expr:
    """Return the expression with L and every n(layer) replaced by their numbers."""
    expression = expression.xreplace({LAST_LAYER: Integer(len(widths) - 1)})
    sizes = {width: Integer(widths[int(width.args[0])]) for width in expression.atoms(AppliedUndef)}
    return expression.xreplace(sizes)


def unrolled(expression: Expr, resolve: Resolve, at: Mapping[Symbol, int] | None = None) -> Expr:
    """Return the expression with its sums written out and each entry replaced by `resolve(tensor, position)`.

    `at` gives the free indices their values; sizes must be numbers."""
    at = at or {}
    if isinstance(expression, Indexed):
        position = tuple(int(index.xreplace(_integers(at))) for index in expression.indices)
        return resolve(expression.base, position)
    if isinstance(expression, Sum):
        (symbol, first, last), *more = (limit.args for limit in reversed(expression.limits))
        inner = Sum(expression.function, *reversed(more)) if more else expression.function
        bounds = (int(end.xreplace(_integers(at))) for end in (first, last))
        lowest, highest = bounds
        return Add(*(unrolled(inner, resolve, {**at, symbol: value}) for value in range(lowest, highest + 1)))
    if isinstance(expression, Symbol) or not expression.args:
        return Integer(at[expression]) if expression in at else expression
    return expression.func(*(unrolled(argument, resolve, at) for argument in expression.args))


def _integers(at: Mapping[Symbol, int]) -> dict[Symbol, Integer]:
    return {symbol: Integer(value) for symbol, value in at.items()}


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
    check_budget("the composed cost", operations(last.concrete, program, widths), max_operations)
    equations = concrete_equations(program, widths)
    return unrolled(equations[last.concrete.tensor].expression, forward_values(equations))


def concrete_equations(program: Program, widths: Sequence[int]) -> dict[Expr, Equation]:
    """Return every node's equation with numbers for sizes, by the tensor that it computes; functions written out."""
    equations = {}
    for node in program.nodes:
        equation = node.concrete
        sized = Equation(with_sizes(equation.target, widths), with_sizes(elementary(equation.expression), widths))
        equations[sized.tensor] = sized
    return equations


def forward_values(equations: Mapping[Expr, Equation]) -> Resolve:
    """Return what gives every computed entry as an expression in the leaves, each built once."""

    @cache
    def resolve(tensor: Tensor, position: tuple[int, ...]) -> Expr:
        equation = equations.get(tensor)
        if equation is None:
            return leaf(tensor, position)
        return unrolled(equation.expression, resolve, dict(zip(equation.indices, position, strict=True)))

    return resolve


def operations(equation: Equation, program: Program, widths: Sequence[int]) -> int:
    """Return how many operations the equation has when everything it reads is written out, without building it."""
    known: dict[Expr, int] = {}
    for node in program.nodes:
        concrete = node.concrete
        known[with_sizes(concrete.tensor, widths)] = count(with_sizes(concrete.expression, widths), known)
    return count(with_sizes(equation.expression, widths), known)


def count(expression: Expr, known: Mapping[Expr, int]) -> int:
    """Return the operations of the expression, given those of the tensors it reads."""
    if isinstance(expression, Indexed):
        return known.get(expression.base, 0)
    if isinstance(expression, Sum):
        times = 1
        for limit in expression.limits:
            times *= max(1, int(limit.args[2] - limit.args[1]) + 1)
        return times * (count(expression.function, known) + 1) - 1
    if not expression.args:
        return 0
    inside = sum(count(argument, known) for argument in expression.args)
    definition = type(expression).definition if isinstance(expression, Elementwise) else None
    if definition is not None and not definition.has(Piecewise):
        definition = elementary(definition)
        uses = sum(1 for part in _walk(definition) if not part.args and part.is_Symbol)
        return uses * inside + int(definition.count_ops())
    return inside + max(1, len(expression.args) - 1)


def _walk(expression: Expr) -> list[Expr]:
    return [expression, *(part for argument in expression.args for part in _walk(argument))]


def check_budget(what: str, needed: int, allowed: int) -> None:
    """Raise BudgetError if `needed` operations are more than `allowed`."""
    if needed > allowed:
        raise BudgetError(
            f"{what} has about {needed:,} operations when it is written out, more than the {allowed:,} allowed; "
            "keep z, a and δ as names, or raise --max-operations"
        )

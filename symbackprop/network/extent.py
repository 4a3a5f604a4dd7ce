"""How large an expression becomes when what it reads is written out: counted in integers, before anything is built.

    operations of Σ_k w_jk a_k  =  n (1 + operations of a) + n - 1          height of f(u)  =  1 + height of u

The operations say how long a formula is; the height, how deep it is nested, which SymPy's recursion limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TypeAlias

from sympy import Expr, Indexed, Integer, Piecewise, Symbol
from sympy.core.function import AppliedUndef

from symbackprop.errors import BudgetError
from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise, elementary
from symbackprop.network.largest import BINDERS
from symbackprop.network.memo import memoised
from symbackprop.network.notation import LAST_LAYER, LAYER, Axis, Tensor
from symbackprop.network.program import Equation, Program, entries

DEFAULT_BUDGET = 20_000  # operations: some 100 kB of formula, built in seconds
LARGEST_COUNT = 10**12  # operations: what has more need not be counted
LARGEST_HEIGHT = 150  # parts inside one another: SymPy takes up to six of Python's 1000 levels for each


@dataclass(frozen=True, slots=True)
class Extent:
    """How many operations an expression has, and how many of its parts stand inside one another."""

    operations: int = 0
    height: int = 0


Known: TypeAlias = Mapping[tuple[str, int | None], Extent]  # (letter, layer) of what is written out -> its extent


@dataclass(frozen=True, slots=True)
class Place:
    """Where a general equation is used: the layer that l stands for, in a network with these widths and sizes."""

    layer: int | None
    widths: Sequence[int]
    sizes: Mapping[Symbol, int] = field(default_factory=dict)

    def number(self, end: Expr) -> int:
        """Return the value of a layer, a width or the end of a range."""
        if isinstance(end, AppliedUndef):
            return self.widths[self.number(end.args[0])]
        if isinstance(end, Symbol):
            return {LAYER: self.layer or 0, LAST_LAYER: len(self.widths) - 1, **self.sizes}[end]
        return int(end.xreplace({part: Integer(self.number(part)) for part in end.atoms(Symbol, AppliedUndef)}))


def key_of(tensor: Expr, place: Place) -> tuple[str, int | None]:
    """Return the letter and the number of the layer of a tensor of a general equation, or of the cost."""
    if not isinstance(tensor, Tensor):
        return tensor.name, None
    return tensor.letter, None if tensor.layer is None else place.number(tensor.layer)


def extent(expression: Expr, place: Place, known: Known) -> Extent:
    """Return the extent of an expression at a place, given that of what it reads; all else that it reads is a leaf."""
    if isinstance(expression, Indexed):
        return known.get(key_of(expression.base, place), Extent())
    if isinstance(expression, BINDERS):
        (symbol, first, last), *more = (limit.args for limit in reversed(expression.limits))
        inner = type(expression)(expression.function, *reversed(more)) if more else expression.function
        inside = _largest(inner, [(symbol, (first, last))], place, known)
        times = max(1, place.number(last) - place.number(first) + 1)
        return Extent(times * (inside.operations + 1) - 1, inside.height + (not more))
    if not expression.args:
        return Extent()
    parts = [extent(argument, place, known) for argument in expression.args]
    operations, height = sum(part.operations for part in parts), max(part.height for part in parts)
    written = _definition(type(expression)) if isinstance(expression, Elementwise) else None
    if written is not None:
        uses, own = written
        return Extent(uses * operations + own.operations, height + own.height)
    return Extent(operations + max(1, len(expression.args) - 1), height + 1)


def _largest(expression: Expr, ranges: Sequence[tuple[Symbol, Axis]], place: Place, known: Known) -> Extent:
    """Return the extent of an expression where its indices make it largest.

    An index counts where an inner range ends at it. As many as lie in such a range are an affine function of it, or the
    least of some: largest at an end, or at most twice what they are in the middle."""
    if not ranges:
        return extent(expression, place, known)
    (symbol, (first, last)), *others = ranges
    low, high = place.number(first), place.number(last)
    is_end = any(symbol in limit.free_symbols for each in expression.atoms(*BINDERS) for limit in each.limits)
    at = {low, (low + high) // 2, high} if is_end else {high}
    found = [_largest(expression, others, replace(place, sizes={**place.sizes, symbol: n}), known) for n in at]
    return Extent(max(each.operations for each in found), max(each.height for each in found))


@memoised
def _definition(function: type[Elementwise]) -> tuple[int, Extent] | None:
    """Return how often a function that is written out has its argument in it, and what its definition adds."""
    definition = function.definition
    if definition is None or definition.has(Piecewise):
        return None
    definition = elementary(definition)
    return _letters(definition), Extent(int(definition.count_ops()), height_of(definition))


def _letters(expression: Expr) -> int:
    return int(expression.is_Symbol) + sum(map(_letters, expression.args))


def height_of(expression: Expr) -> int:
    """Return how many parts stand inside one another."""
    return 1 + max(map(height_of, expression.args)) if expression.args else 0


def forward_extents(program: Program, widths: Sequence[int]) -> dict[tuple[str, int | None], Extent]:
    """Return the extent of everything that the program computes, by letter and layer, in the order of computation.

    The equations of a recurrence, which stand together, are gone through as often as it has steps."""
    known: dict[tuple[str, int | None], Extent] = {}
    nodes = [(node.equation, Place(node.layer, widths, program.sizes)) for node in program.nodes]
    last = {key_of(equation.tensor, place): number for number, (equation, place) in enumerate(nodes)}
    start = 0
    while start < len(nodes):
        end, number = start + 1, start
        while number < end:
            equation, place = nodes[number]
            end = max([end, *(last.get(key_of(tensor, place), -1) + 1 for tensor in equation.reads)])
            number += 1
        group = nodes[start:end]
        for _ in range(max(_steps(equation, place) for equation, place in group)):
            for equation, place in group:
                own = _largest(equation.expression, [*equation.ranges.items()], place, known)
                known[key_of(equation.tensor, place)] = own
            if max(each.operations for each in known.values()) > LARGEST_COUNT:
                break
        start = end
    return known


def _steps(equation: Equation, place: Place) -> int:
    """Return how many steps a recurrence has: the range of the index that is shifted where the equation reads it."""
    steps = 1
    for entry in entries(equation.expression):
        for position in entry.indices:
            for symbol, (first, last) in equation.ranges.items():
                if position != symbol and (position - symbol).is_Integer:
                    steps = max(steps, place.number(last) - place.number(first) + 1)
    return steps


def check_budget(what: str, needed: Extent, allowed: int) -> None:
    """Raise BudgetError if there are more than `allowed` operations, or too many parts inside one another."""
    if needed.operations > allowed:
        about = min(needed.operations, LARGEST_COUNT)
        raise BudgetError(
            f"{what} has about {about:,} operations when it is written out, more than the {allowed:,} "
            "allowed; keep what is computed as names, or raise --max-operations"
        )
    if needed.height > LARGEST_HEIGHT:
        raise BudgetError(
            f"{what} has {needed.height:,} parts inside one another when it is written out, more than the "
            f"{LARGEST_HEIGHT} that SymPy can take; keep what is computed as names"
        )

"""The order in which the equations of a program are computed, and what is computed together, step after step.

An array that depends on itself is a recurrence: h[t] on h[t - 1]. The arrays of such a circle are computed together,
one value of the shared index after the other, upwards where it looks back, downwards where it looks ahead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sympy import Expr, Symbol

from symbackprop.calculus.recurrence import step_axes
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor, index
from symbackprop.network.program import Equation, entries


@dataclass(frozen=True, slots=True)
class Stage:
    """Equations that are computed one after the other; where `step` is given, all of them for each of its values.

    `starts` are equations of the same arrays that are computed before the first step; `downwards` tells the way."""

    equations: tuple[Equation, ...]
    step: Symbol | None = None
    downwards: bool = False
    starts: tuple[Equation, ...] = ()


def needed_for(
    tensors: Iterable[Expr], equations: Sequence[Equation], known: Iterable[Expr] = ()
) -> tuple[Equation, ...]:
    """Return the equations that compute some arrays and all that these are computed from, but for what is known.

    They keep their order."""
    stop = frozenset(known)
    needed, waiting = set(stop), list(tensors)
    read: dict[Expr, list[Expr]] = {}
    for equation in equations:
        read.setdefault(equation.tensor, []).extend(equation.reads)
    while waiting:
        tensor = waiting.pop()
        if tensor not in needed:
            needed.add(tensor)
            waiting += read.get(tensor, ())
    return tuple(equation for equation in equations if equation.tensor in needed - stop)


def stages(equations: Sequence[Equation]) -> tuple[Stage, ...]:
    """Return the equations in stages, each of which needs only what is given and what stands before it.

    Raises CheckError for a circle that no shifted index breaks."""
    by_tensor: dict[Expr, list[Equation]] = {}
    for equation in equations:
        by_tensor.setdefault(equation.tensor, []).append(equation)
    found = []
    for circle in _circles(by_tensor):
        together = [equation for tensor in circle for equation in by_tensor[tensor]]
        turning = [equation for equation in together if set(equation.reads) & set(circle)]
        if not turning:
            found.append(Stage(tuple(together)))
        else:
            starts = tuple(equation for equation in together if equation not in turning)
            found.append(_recurrence(turning, set(circle), starts))
    return tuple(found)


def _circles(by_tensor: dict[Expr, list[Equation]]) -> list[list[Expr]]:
    """Return the strongly connected components of what reads what, in the order of computation (Tarjan, 1972)."""
    number: dict[Expr, int] = {}
    lowest: dict[Expr, int] = {}
    stack: list[Expr] = []
    found: list[list[Expr]] = []

    def visit(tensor: Expr) -> None:
        number[tensor] = lowest[tensor] = len(number)
        stack.append(tensor)
        for equation in by_tensor[tensor]:
            for read in equation.reads:
                if read not in by_tensor:
                    continue
                if read not in number:
                    visit(read)
                    lowest[tensor] = min(lowest[tensor], lowest[read])
                elif read in stack:
                    lowest[tensor] = min(lowest[tensor], number[read])
        if lowest[tensor] == number[tensor]:
            place = stack.index(tensor)
            found.append(stack[place:])
            del stack[place:]

    for tensor in by_tensor:
        if tensor not in number:
            visit(tensor)
    return found


def _recurrence(turning: list[Equation], circle: set[Tensor], starts: tuple[Equation, ...]) -> Stage:
    """Return the stage of a circle: each equation with its step index under one letter, in order within a step."""
    steps = step_axes(turning, circle)
    if steps is None:
        names = ", ".join(sorted(map(str, circle)))
        raise CheckError(f"{names} need one another in a circle that no shifted index breaks")
    (axes, way), step = steps, index("step")
    renamed = [_with_step(equation, equation.indices[axes[equation.tensor]], step) for equation in turning]
    return Stage(_within(renamed, circle, axes, step), step, way < 0, starts)


def _with_step(equation: Equation, symbol: Symbol, step: Symbol) -> Equation:
    target, expression = (part.xreplace({symbol: step}) for part in (equation.target, equation.expression))
    return replace(equation, target=target, expression=expression)


def _within(
    equations: list[Equation], circle: set[Tensor], axes: dict[Tensor, int], step: Symbol
) -> tuple[Equation, ...]:
    """Return the equations in an order in which each finds what it reads of the same step."""
    waiting, done = list(equations), []
    while waiting:
        open_yet = circle & {equation.tensor for equation in waiting}
        ready = [
            equation
            for equation in waiting
            if not any(
                entry.base in open_yet and entry.indices[axes[entry.base]] == step
                for entry in entries(equation.expression)
            )
        ]
        done += ready
        waiting = [equation for equation in waiting if equation not in ready]
    return tuple(done)

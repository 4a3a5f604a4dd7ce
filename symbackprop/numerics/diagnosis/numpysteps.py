"""One turn of a loop in NumPy: every array that moves with it is a smaller one, which is a slice; and steps of time.

∂C/∂h_t = W ∂C/∂h_{t+1} …        for t in reversed(range(0, T)): dh[:, t] = …
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from sympy import Expr, Indexed, KroneckerDelta, Piecewise, S, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation, entries, free_indices

Line = Callable[[Equation, Mapping[Expr, str]], str]  # an equation, names of its arrays -> name = value


@dataclass
class Turn:
    """What is written in one turn of a loop: the arrays that move with it, and what stands for each of them."""

    names: dict[Expr, str]
    code: dict[str, str] = field(default_factory=dict)

    def part(self, axes: Sequence[Axis], code: str) -> Tensor:
        """Return a tensor with some axes that is written as a piece of code."""
        made = Tensor(f"part{len(self.code)}", None, tuple(axes))
        self.names[made] = f"part_{len(self.code)}"
        self.code[self.names[made]] = code
        return made

    def written(self, line: str) -> str:
        """Return a line with the code of every part in its place."""
        for name, code in reversed(self.code.items()):
            line = line.replace(name, code)
        return line


def over_time(equation: Equation, names: Mapping[Expr, str], line: Line) -> str:
    """Return a recurrence as one step of a loop, forward or back; its first step is another line."""
    moved = {
        (axis, place - symbol)
        for entry in entries(equation.expression)
        if entry.base == equation.tensor
        for axis, (place, symbol) in enumerate(zip(entry.indices, equation.indices, strict=True))
        if place != symbol and (place - symbol).is_Integer
    }
    if len(moved) != 1:
        return ""
    ((axis, shift),) = moved
    time, expression = equation.indices[axis], _inside(equation.expression)
    turn = Turn(dict(names))
    swaps = {}
    for entry in sorted(entries(expression), key=str):
        at = [place for place, position in enumerate(entry.indices) if time in free_indices(position)]
        if len(at) == 1:
            swaps[entry] = _at_time(turn, entry, at[0], time)
        elif at:
            return ""
    target = _at_time(turn, equation.target, axis, time)
    text = turn.written(line(Equation(target, expression.xreplace(swaps)), turn.names))
    first, last = equation.tensor.axes[axis]
    begins = (case.args[0][1].xreplace({time: first}) for case in equation.expression.atoms(Piecewise))
    first = first + 1 if shift == -1 or any(condition is S.false for condition in begins) else first
    span = f"range({first}, {last + 1})" if shift == -1 else f"reversed(range({first}, {last}))"
    return f"for {time} in {span}: {text}" if text and shift in (1, -1) else ""


def _at_time(turn: Turn, entry: Indexed, at: int, time: Symbol) -> Indexed:
    """Return an entry of an array at one step of time, counted from 0 in code."""
    place = str(entry.indices[at] - entry.base.axes[at][0]).replace(" ", "")
    place = place.replace("+", " + ").replace("-", " - ").strip()
    slices = [place if axis == at else ":" for axis in range(len(entry.indices))]
    while slices and slices[-1] == ":":
        slices.pop()
    axes = [axis for number, axis in enumerate(entry.base.axes) if number != at]
    part = turn.part(axes, f"{turn.names[entry.base]}[{', '.join(slices)}]")
    return part[tuple(position for number, position in enumerate(entry.indices) if number != at)]


def _inside(expression: Expr) -> Expr:
    """Return an expression as it is between the first and the last step: with neither a beginning nor an end."""
    ends = {delta: S.Zero for delta in expression.atoms(KroneckerDelta)}
    cases = {case: case.args[0][0] for case in expression.atoms(Piecewise)}
    return expression.xreplace(ends).xreplace(cases)

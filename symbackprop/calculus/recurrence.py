"""Arrays that are computed together, one step after another: h[t] from h[t-1], and which way the steps go.

    h_t = f(z_t),  z_t = U h_{t-1} + x_t        one group {z, h}, its time is the first axis of both, forwards (step 1)

The adjoints of such a group are computed the other way: ∂C/∂h_t needs ∂C/∂z_{t+1}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sympy import Integer, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, entries


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Tensors computed together in the order of their equations, the axis of each that is time, and its direction.

    `step` is 1 where time runs from the first to the last entry of that axis, -1 where it runs back."""

    tensors: tuple[Tensor, ...]
    axes: tuple[int, ...]
    step: int

    def axis(self, tensor: Tensor) -> int:
        """Return which axis of the tensor, from 0, is time."""
        return self.axes[self.tensors.index(tensor)]


def recurrences(equations: Sequence[Equation]) -> tuple[Recurrence, ...]:
    """Return the groups of tensors that need one another, each with its time axis.

    A group without a shift along one and the same axis has no order of computation; it is left out."""
    found = []
    for group in _groups(equations):
        own = [equation for equation in equations if equation.tensor in group]
        shifts = list(_shifts(own, group))
        steps = {-1 if shift > 0 else 1 for *_, shift in shifts if shift}
        axes = _time_axes(shifts)
        if len(steps) == 1 and set(axes) == set(group):
            found.append(Recurrence(tuple(group), tuple(axes[tensor] for tensor in group), steps.pop()))
    return tuple(found)


def _groups(equations: Sequence[Equation]) -> list[list[Tensor]]:
    """Return the tensors that are computed from themselves, grouped with those in between, in order of computation."""
    needs: dict[Tensor, set[Tensor]] = {}
    for equation in equations:
        if equation.tensor != COST:
            needs.setdefault(equation.tensor, set()).update(equation.reads)
    above = {tensor: _reached(tensor, needs) for tensor in needs}
    cyclic = [tensor for tensor in needs if tensor in above[tensor]]
    groups: list[list[Tensor]] = []
    for tensor in cyclic:
        if not any(tensor in group for group in groups):
            groups.append([other for other in cyclic if other in above[tensor] and tensor in above[other]])
    return groups


def _reached(tensor: Tensor, needs: Mapping[Tensor, set[Tensor]]) -> set[Tensor]:
    reached: set[Tensor] = set()
    waiting = [tensor]
    while waiting:
        for other in needs.get(waiting.pop(), set()) - reached:
            reached.add(other)
            waiting.append(other)
    return reached


Link = tuple[Tensor, int, Tensor, int, int]  # an axis of what is computed, one of what is read, and the shift


def _shifts(equations: Iterable[Equation], group: Sequence[Tensor]) -> Iterable[Link]:
    """Yield which axes carry one index, and how far apart: h[t, j] from z[t - 1, k] is (h, 0, z, 0, -1)."""
    for equation in equations:
        places = {symbol: axis for axis, symbol in enumerate(equation.indices)}
        for entry in sorted((e for e in entries(equation.expression) if e.base in group), key=str):
            for axis, position in enumerate(entry.indices):
                for symbol in position.free_symbols & set(places):
                    shift = position - symbol
                    if isinstance(symbol, Symbol) and isinstance(shift, Integer):
                        yield equation.tensor, places[symbol], entry.base, axis, int(shift)


def _time_axes(shifts: Sequence[Link]) -> dict[Tensor, int]:
    """Return the axis of each tensor that the shifts go along, followed through links without a shift."""
    axes: dict[Tensor, int] = {}
    for computed, axis, read, other, shift in shifts:
        if shift:
            axes.setdefault(computed, axis)
            axes.setdefault(read, other)
    for _ in shifts:
        for computed, axis, read, other, _shift in shifts:
            if axes.get(computed) == axis:
                axes.setdefault(read, other)
            if axes.get(read) == other:
                axes.setdefault(computed, axis)
    return axes

"""Arrays that are computed together, one step after another: h[t] from h[t-1], and which way the steps go.

    h_t = f(z_t),  z_t = U h_{t-1} + x_t        one group {z, h}, its time is the first axis of both, forwards (step 1)

The adjoints of such a group are computed the other way: ∂C/∂h_t needs ∂C/∂z_{t+1}.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from sympy import Indexed, Integer

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
        steps = step_axes([equation for equation in equations if equation.tensor in group], group)
        if steps is not None:
            axes, way = steps
            found.append(Recurrence(tuple(group), tuple(axes[tensor] for tensor in group), way))
    return tuple(found)


def step_axes(equations: Sequence[Equation], circle: Collection[Tensor]) -> tuple[dict[Tensor, int], int] | None:
    """Return the axis of each array of a circle along which its steps go, and which way: 1, or -1 for back.

    Along it all that is read lies on one side, or in the same step, where nothing needs itself; along another it may
    lie on both, as h[t - 1, i + 1] and h[t - 1, i - 1] do along i. One with a start, h[0, i] = a[i], goes first. None
    where there is no such axis."""
    readings = [
        Reading(equation.tensor, entry.base, _apart(equation, entry))
        for equation in equations
        for entry in sorted(entries(equation.expression), key=str)
        if entry.base in circle
    ]
    first = readings[0].computed
    own = [equation for equation in equations if equation.tensor == first]
    begun = [any(e.ranges[e.indices[axis]] != whole for e in own) for axis, whole in enumerate(first.axes)]
    for axis in sorted(range(len(begun)), key=lambda axis: not begun[axis]):
        axes = _joined({first: axis}, readings)
        shifts = [each.apart.get((axes.get(each.computed, -1), axes.get(each.read, -1))) for each in readings]
        ways = {-1 if shift > 0 else 1 for shift in shifts if shift}
        same = [(each.computed, each.read) for each, shift in zip(readings, shifts, strict=True) if shift == 0]
        if None not in shifts and len(ways) == 1 and not _circular(same, circle):
            return axes, ways.pop()
    return None


class Reading(NamedTuple):
    """What an equation computes and reads, and how far apart by axes of both: h[t, j], z[t - 1, k] and (0, 0): -1."""

    computed: Tensor
    read: Tensor
    apart: Mapping[tuple[int, int], int]


def _apart(equation: Equation, entry: Indexed) -> dict[tuple[int, int], int]:
    """Return by which axes one index is carried, and how far apart."""
    apart = {}
    for (axis, symbol), (other, place) in product(enumerate(equation.indices), enumerate(entry.indices)):
        shift = (place - symbol).expand() if symbol in place.free_symbols else None
        if isinstance(shift, Integer):
            apart[axis, other] = int(shift)
    return apart


def _joined(axes: dict[Tensor, int], readings: Sequence[Reading]) -> dict[Tensor, int]:
    """Return the axes that carry the index of those that are known, followed through all that is read."""
    for _ in readings:
        for computed, read, apart in readings:
            for axis, other in apart:
                if axes.get(computed) == axis:
                    axes.setdefault(read, other)
                if axes.get(read) == other:
                    axes.setdefault(computed, axis)
    return axes


def _circular(needs: Sequence[tuple[Tensor, Tensor]], circle: Iterable[Tensor]) -> bool:
    """Tell whether some arrays need one another in a circle."""
    waiting = set(circle)
    while ready := {each for each in waiting if not any(one == each and two in waiting for one, two in needs)}:
        waiting -= ready
    return bool(waiting)


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

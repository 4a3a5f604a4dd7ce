"""How long the arrays of a function live: each is let go behind the last statement that reads it.

t1 = v_x @ v_W.T    v_z = v_b + t1    del t1        so at most what is still needed is in memory, and that is reused
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sympy import Expr, Indexed

from symbackprop.calculus.inequalities import never_negative
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, entries
from symbackprop.numerics.arrays.order import Stage

__all__ = ["covers_a_part", "is_filled", "letting_go", "of_the_moment", "passing"]

ASSIGNED = re.compile(r"(\w+(?:, \w+)*) = ")
WORD = re.compile(r"\w+")


def letting_go(lines: Sequence[str], kept: Collection[str]) -> list[str]:
    """Return statements with `del` of every array that is read no more, unless it is among those that are kept.

    What is named inside of a loop or a branch is small, and a branch may not run: only names outside of them go."""
    units: list[list[str]] = []  # a statement each, with the block that belongs to it; comments stand alone
    for line in lines:
        if units and line.startswith(" "):
            units[-1].append(line)
        else:
            units.append([line])
    last: dict[str, int] = {}
    for place, unit in enumerate(units):
        if not unit[0].startswith("#"):
            assigned = ASSIGNED.match(unit[0])
            last |= dict.fromkeys(assigned[1].split(", ") if assigned else (), place)
            last |= {name: place for name in WORD.findall("\n".join(unit)) if name in last}
    gone: dict[int, list[str]] = {}
    for name, place in last.items():
        if name not in kept:
            gone.setdefault(place, []).append(name)
    found = []
    for place, unit in enumerate(units):
        found += [*unit, *([f"del {', '.join(gone[place])}"] if place in gone else [])]
    return found


def passing(stage: Stage, places: Mapping[Tensor, int], later: Iterable[Expr]) -> dict[Tensor, Tensor]:
    """Return the arrays of which nothing is read but what belongs to the step of the moment, and each without steps.

    `places` says which axis of an array that of the steps is; `later` is what others read than these equations."""
    if stage.step is None:
        return {}
    kept = {*later, *(e.tensor for e in stage.starts)}
    own = {e.tensor: e.ranges[stage.step] for e in stage.equations}
    for equation in stage.equations:
        (first, last), read = own[equation.tensor], entries(equation.expression)
        for entry in (entry for entry in read if entry.base in places):
            tensor, ends = entry.base, own[entry.base]
            is_now = entry.indices[places[tensor]] == stage.step
            if not (
                is_now and all(never_negative((a - b).expand(), {}) for a, b in ((first, ends[0]), (ends[1], last)))
            ):
                kept.add(tensor)
    small = [tensor for tensor in places if tensor not in kept and is_filled(tensor, stage)]
    return {t: Tensor(t.letter, t.layer, t.axes[: places[t]] + t.axes[places[t] + 1 :]) for t in small}


def of_the_moment(stage: Stage, places: Mapping[Tensor, int], small: Mapping[Tensor, Tensor]) -> Stage:
    """Return the equations with arrays that have no axis for the steps in place of those that say which step it is."""

    def read(entry: Indexed) -> Expr:
        place = places[entry.base]
        return small[entry.base][entry.indices[:place] + entry.indices[place + 1 :]]

    equations = []
    for equation in stage.equations:
        own = {entry: read(entry) for entry in entries(equation.expression) if entry.base in small}
        equations.append(replace(equation, expression=equation.expression.xreplace(own)))
    return replace(stage, equations=tuple(equations))


def covers_a_part(equation: Equation, others: Iterable[Equation]) -> bool:
    """Tell whether an equation computes a part of its array only, or several compute one array together."""
    if equation.target == COST:
        return False
    whole = tuple(equation.ranges.values()) == tuple(equation.tensor.axes)
    return not whole or sum(other.tensor == equation.tensor for other in others) > 1


def is_filled(tensor: Expr, stage: Stage) -> bool:
    """Tell whether one equation fills an array step by step, so that it need not begin with zeros."""
    own = [equation for equation in (*stage.starts, *stage.equations) if equation.tensor == tensor]
    return stage.step is not None and len(own) == 1 and not covers_a_part(own[0], own)

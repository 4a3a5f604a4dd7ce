"""How long the arrays of a function live: each is let go behind the last statement that reads it.

t1 = v_x @ v_W.T    v_z = v_b + t1    del t1        so at most what is still needed is in memory, and that is reused
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Expr, GreaterThan, Indexed, Max, Min, Piecewise, Symbol

from symbackprop.calculus.inequalities import never_negative
from symbackprop.network.needs import sizes_in
from symbackprop.network.notation import COST, Axis, Tensor
from symbackprop.network.program import Equation, entries
from symbackprop.numerics.arrays.order import Stage
from symbackprop.numerics.arrays.places import Frame

ASSIGNED = re.compile(r"(\w+(?:, \w+)*) = ")
WORD = re.compile(r"\w+")
QUOTED = re.compile('"[^"]*"')  # w1 = known.pop("windows w1") reads no w1


def letting_go(lines: Sequence[str], kept: Collection[str]) -> list[str]:
    """Return statements with `del` of every array that is read no more, unless it is among those that are kept.

    Inside of a block that are those that it makes and nothing else reads; what is read there before it is made, as the
    value of the step before is, stays."""
    units = _units(lines, (" ", "else", "elif"))  # a statement each, with the blocks that belong to it
    words = [set(WORD.findall("\n".join(unit))) if unit[0][0] != "#" else set() for unit in units]
    last: dict[str, int] = {}
    seen: set[str] = set()
    for place, unit in enumerate(units):
        assigned = ASSIGNED.match(unit[0])
        if assigned:
            read = seen.union(WORD.findall(QUOTED.sub("", unit[0][assigned.end() :])))
            last |= {name: place for name in assigned[1].split(", ") if name not in read}
        last |= {name: place for name in words[place] & last.keys()}
        seen |= words[place]
    gone: dict[int, list[str]] = {}
    for name, place in last.items():
        if name not in kept:
            gone.setdefault(place, []).append(name)
    found = []
    for place, unit in enumerate(units):
        blocks = _units(unit, (" ",))
        for block in blocks:
            others = [line for other in blocks if other is not block for line in other]
            beside = {word for line in (block[0], *others) for word in WORD.findall(line)} if block[1:] else set()
            beside = beside.union(kept, *words[:place], *words[place + 1 :]) if block[1:] else beside
            found += [block[0], *(f"    {line}" for line in letting_go([line[4:] for line in block[1:]], beside))]
        found += [f"del {', '.join(gone[place])}"] if place in gone else []
    return found


def _units(lines: Sequence[str], further: tuple[str, ...]) -> list[list[str]]:
    """Return the lines with each that begins in one of these ways behind the one that it goes on from."""
    units: list[list[str]] = []
    for line in lines:
        if units and line.startswith(further):
            units[-1].append(line)
        else:
            units.append([line])
    return units


def code_of(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines of code without what is quoted in them, nothing for those that are comments."""
    for line in lines:
        yield "" if line.lstrip().startswith("#") else QUOTED.sub("", line)


def read_steps(stage: Stage, later: Collection[Expr]) -> Stage:
    """Return a recurrence without the steps of an array that nobody reads: ∂C/∂h[0], where h[0] is given.

    `later` is what others read than its equations. Cases that hold at all of the steps are decided."""
    found = list(stage.equations)
    for place, equation in reversed([*enumerate(stage.equations)]):
        if equation.tensor in later or sum(other.tensor == equation.tensor for other in found) > 1:
            continue
        at, (first, last) = equation.indices.index(stage.step), equation.ranges[stage.step]
        spans = [
            tuple((end + entry.indices[at] - stage.step).expand() for end in ends)
            for other in found
            for entry, ends in _readings(other.expression, Frame(other.ranges, {stage.step: "step"}), stage.step)
            if entry.base == equation.tensor
        ]
        own = Max(first, Min(*(begin for begin, _ in spans))), Min(last, Max(*(end for _, end in spans)))
        if own != (first, last) and all(never_negative(more.expand(), {}) for more in (own[0] - first, last - own[1])):
            ranges = {**equation.ranges, stage.step: own}
            cases = {e: e.args[0].expr for e in equation.expression.atoms(Piecewise) if _holds(e.args[0].cond, ranges)}
            expression = equation.expression.xreplace(cases)
            found[place] = replace(equation, expression=expression, domain=tuple(ranges.values()))
    return replace(stage, equations=tuple(found))


def _holds(condition: Expr, ranges: Mapping[Symbol, Axis]) -> bool:
    """Tell whether a condition holds wherever indices are in their ranges; False if in doubt."""
    return isinstance(condition, GreaterThan) and never_negative((condition.lhs - condition.rhs).expand(), ranges)


def passing(stage: Stage, places: Mapping[Tensor, int], later: Iterable[Expr]) -> dict[Tensor, Tensor]:
    """Return the arrays of which a step reads what it has computed, or the step before it, and each without steps.

    Their names then stand for the value of the step before, up to the equation that computes the next one. `places`
    says which axis of an array that of the steps is; `later` is what others read than these equations."""
    if stage.step is None:
        return {}
    kept, done = {*later, *(e.tensor for e in stage.starts)}, set()
    own = {e.tensor: e.ranges[stage.step] for e in stage.equations}
    for equation in stage.equations:
        for entry, (first, last) in _readings(
            equation.expression, Frame(equation.ranges, {stage.step: "step"}), stage.step
        ):
            if entry.base in places:
                place, ends = entry.indices[places[entry.base]], own[entry.base]
                behind = 0 if entry.base in done else 1 if stage.downwards else -1
                inside = (first + behind - ends[0], ends[1] - last - behind)
                if place != stage.step + behind or not all(never_negative(part.expand(), {}) for part in inside):
                    kept.add(entry.base)
        done.add(equation.tensor)
    small = [tensor for tensor in places if tensor not in kept and is_filled(tensor, stage, but=places[tensor])]
    return {t: Tensor(t.letter, t.layer, t.axes[: places[t]] + t.axes[places[t] + 1 :]) for t in small}


def _readings(e: Expr, frame: Frame, step: Symbol) -> Iterator[tuple[Indexed, Axis]]:
    """Yield what an expression reads, each with the steps at which it does, as far as cases tell them."""
    if isinstance(e, Indexed):
        yield e, frame.ranges[step]
    elif isinstance(e, Piecewise):
        for value, case in e.args:
            is_of_step = not case.has(Indexed) and case.free_symbols - sizes_in(case) <= {step}
            yield from _readings(value, frame.where(case) if is_of_step else frame, step)
    else:
        for part in e.args:
            yield from _readings(part, frame, step)


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


def covers_a_part(equation: Equation, others: Iterable[Equation], *, but: int | None = None) -> bool:
    """Tell whether an equation computes a part of its array only, or several compute one array together.

    `but` is an axis of which a part will do."""
    if equation.target == COST:
        return False
    pairs = zip(equation.ranges.values(), equation.tensor.axes, strict=True)
    whole = all(own == axis for place, (own, axis) in enumerate(pairs) if place != but)
    return not whole or sum(other.tensor == equation.tensor for other in others) > 1


def is_filled(tensor: Expr, stage: Stage, *, but: int | None = None) -> bool:
    """Tell whether one equation fills an array step by step, so that it need not begin with zeros."""
    own = [equation for equation in (*stage.starts, *stage.equations) if equation.tensor == tensor]
    return stage.step is not None and len(own) == 1 and not covers_a_part(own[0], own, but=but)

"""The equations of one pass over a program as statements, in the order in which they can be computed.

s[i, j] = Σ q[i, d] k[j, d]/√D        v_s = v_q @ v_k.T / np.sqrt(n_D)
h[t] = tanh(… h[t - 1] …)             v_h = np.zeros(…)   for step in range(1, n_T + 1): …
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from sympy import Expr, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation
from symbackprop.numerics.arrays.beforehand import with_work_before
from symbackprop.numerics.arrays.counts import count_text, is_whole, room_text, size_name
from symbackprop.numerics.arrays.inplace import operation
from symbackprop.numerics.arrays.lifetimes import covers_a_part, is_filled, of_the_moment, passing, read_steps
from symbackprop.numerics.arrays.moving import Sizes
from symbackprop.numerics.arrays.order import Stage, stages
from symbackprop.numerics.arrays.places import Frame, Labelled, written_places
from symbackprop.numerics.arrays.sharing import in_common
from symbackprop.numerics.arrays.stacking import with_stacks
from symbackprop.numerics.arrays.stepping import START, joined, rows_of, span_of, write_steps
from symbackprop.numerics.arrays.together import (
    Together,
    of_all_together,
    say_parts,
    with_arrays_together,
    with_known_together,
    with_room_together,
)
from symbackprop.numerics.arrays.writing import ArrayWriter, Windows
from symbackprop.numerics.elementwise import bare
from symbackprop.numerics.equationtext import equation_text
from symbackprop.numerics.recognition import known_name
from symbackprop.numerics.stable import STABLE

COMMENT_WIDTH = 110
FLOATS = "floats"  # the kind of floats of what is given, and so of all that is computed
_BESIDES = {  # what `into` takes
    "most": f"np.full((), 87.0 if {FLOATS} == np.float32 else 708.0, {FLOATS})",
    "one": f"np.ones((), {FLOATS})",
}


@dataclass(frozen=True, slots=True)
class Pass:
    """One function: equations over arrays that are given, each under its own name in the argument `known`."""

    name: str
    doc: str
    given: tuple[tuple[Tensor, str], ...]  # what is read -> its name in the argument
    equations: tuple[Equation, ...]
    results: tuple[tuple[Expr, str], ...]  # what is returned -> its name in the result
    around: tuple[tuple[Tensor, str], ...] = ()  # what the argument has besides, whose shapes say sizes
    windows: Windows = field(default_factory=dict)  # copies that functions before have made; its own are added
    beside: tuple[Equation, ...] = ()  # of the function before or after it: what both have in common is computed once
    wild: frozenset[Expr] = frozenset()  # arrays that may be infinite where nobody reads them
    moving: Sizes | None = None  # the numbers of sizes, for a library that has convolutions and pooling
    guards: bool = False  # a library may differentiate it, where a case does not hold, too
    in_place: bool = False  # arrays may be filled bit by bit and let go, as NumPy does it best
    spent: frozenset[str] = frozenset()  # what it takes out of `known`, so that this is let go once it was read
    notes: Mapping[Expr, str] = field(default_factory=dict)  # how arrays are called in the comments
    slopes: Mapping[Tensor, Tensor] = field(default_factory=dict)  # a value f(x) -> what f'(x) is, computed beside it

    @property
    def stages(self) -> Iterator[Stage]:
        """The equations in the order of their computation, recurrences without the steps that nobody reads."""
        for stage in stages(self.equations):
            own = (equation.tensor for equation in stage.equations)
            yield stage if stage.step is None else read_steps(stage, self.later(own))

    def later(self, computed: Iterable[Expr]) -> set[Expr]:
        """Return what is read or returned besides by the equations of some arrays."""
        own = set(computed)
        read = {tensor for e in self.equations if e.tensor not in own for tensor in e.reads}
        return read | {tensor for tensor, _ in self.results}

    def slope_of(self, equation: Equation) -> Tensor | None:
        """Return the array of the slope of f that is computed beside f(x), where an equation is value = f(x)."""
        return self.slopes.get(equation.tensor) if isinstance(equation.expression, Elementwise) else None


@dataclass(frozen=True, slots=True)
class Written:
    """The statements of a pass, each behind a comment with its equation, and what they need.

    `sizes` are the letters of the sizes in them, `windows` the copies of functions before, `own` those that it makes;
    `called` are the stable functions in them; `axes` tells of arrays how many they have."""

    lines: tuple[str, ...]
    sizes: tuple[Symbol, ...]
    windows: tuple[str, ...]
    own: tuple[str, ...]
    called: Mapping[str, None]
    axes: Mapping[str, int]


def written(each: Pass, names: Mapping[Expr, str], sizes: Sequence[Symbol]) -> Written:
    """Return the statements of a pass; `names` says what arrays are called in them."""
    before = [name for name, _ in each.windows.values()]
    common, carried = in_common(each.equations, each.beside)
    arrays = [*(tensor for tensor, _ in each.given), *(equation.tensor for equation in each.equations)]
    axes = {names[tensor]: len(tensor.axes) for tensor in arrays if tensor != COST}
    axes |= {name: len(places) for name, places in each.windows.values()}
    ways: dict[str, Any] = {"sizes": each.moving, "wild": each.wild, "guards": each.guards}
    writer = ArrayWriter(dict(names), each.windows, common=common, carried=carried, axes=axes, **ways)
    done: set[Expr] = set()
    for stage in each.stages:
        if not done.issuperset(equation.tensor for equation in stage.equations):
            _write_stage(writer, stage, each)
        if stage.step is not None and writer.together:
            done |= _write_together(writer, each)
    statements = (line for line in writer.lines if not line.lstrip().startswith("#"))
    used = set(re.findall(r"\w+", "\n".join(statements)))
    return Written(
        tuple(writer.lines),
        tuple(size for size in sizes if size_name(size) in used),
        tuple(name for name in before if name in used),
        tuple(name for name, _ in each.windows.values() if name not in before),
        writer.elementwise.called,
        writer.axes,
    )


def _write_stage(writer: ArrayWriter, stage: Stage, within: Pass) -> None:
    """Write the equations of a stage of a pass; those of a recurrence inside of a loop."""
    if stage.step is not None and within.guards:
        _write_function(writer, stage, within)
        return
    everything = (*stage.starts, *stage.equations)
    partial = {e.tensor for e in everything if stage.step is not None or covers_a_part(e, everything)}
    partial |= {within.slopes[tensor] for tensor in partial if tensor in within.slopes}
    places = {e.tensor: e.indices.index(stage.step) for e in stage.equations if stage.step is not None}
    later = (within.later(places) if places else set()) | {part for pair in within.slopes.items() for part in pair}
    small = {} if not within.in_place else passing(stage, places, later)
    partial -= small.keys()
    writer.names |= {small[tensor]: writer.names[tensor] for tensor in small}
    said = stage.equations
    if stage.step is not None and within.in_place:
        rows = [row for row in rows_of(stage, later) if row.tensor not in small]
        stage = with_room_together(writer, stage, rows, FLOATS)
    for tensor in dict.fromkeys(e.tensor for e in everything if e.tensor in partial - writer.taken):
        for each in (tensor, *([within.slopes[tensor]] if tensor in within.slopes else ())):
            room = room_text(
                each.axes,
                places.get(tensor, 0) if within.in_place else 0,
                filled=within.in_place and is_filled(tensor, stage),
                floats=FLOATS if within.in_place else "",
            )
            writer.say(f"{writer.names[each]} = {room}")
    plain = everything if stage.step is None else stage.starts
    for equation in plain:
        _note(writer, equation, within)
        _write_equation(writer, with_known_together(writer, equation), partial, within)
    if stage.step is None:
        return
    stage = with_work_before(writer, stage)
    stage = with_stacks(writer, stage) if within.in_place else stage
    stage = of_the_moment(stage, places, small)
    first, last = span_of(stage)
    ends = (last, first - 1) if stage.downwards else (first, last + 1)
    values = (STABLE[known_name(type(e.expression)) or ""] for e in stage.equations if within.slope_of(e) is not None)
    for name in dict.fromkeys(other for known in values if within.in_place for other in known.besides):
        writer.say(f"{name} = {_BESIDES[name]}")
    steps = f"{', '.join(count_text(end.expand(), {}) for end in ends)}{', -1' * stage.downwards}"
    with writer.block(f"for step in range({steps}):"):
        _write_step(writer, stage, partial, within, said=said)


def _write_together(writer: ArrayWriter, within: Pass) -> set[Expr]:
    """Write what is made of arrays that are together; return what this computes."""
    whole = [each for each in within.equations if not covers_a_part(each, within.equations)]
    computed = {each.tensor for each in within.equations} - writer.taken
    ready = [each for each in whole if each.indices and computed.isdisjoint(each.reads)]
    done = set()
    for group, parts in of_all_together(ready, writer):
        for equation, _ in group.parts:
            _note(writer, equation, within)
        equation, part = group.whole(writer)
        frame = Frame(equation.ranges)
        name = writer.keep(Labelled(writer.whole(writer.value(part, frame, whole=True), frame.axes, frame), frame.axes))
        for (own, _), place in zip(group.parts, parts, strict=True):
            writer.say(f"{writer.names[own.tensor]} = {name.text}[{place}]")
            done.add(own.tensor)
    return done


def _write_function(writer: ArrayWriter, stage: Stage, within: Pass) -> None:
    """Write a recurrence as a function of what the step before it gave, behind what stands before the first step."""
    kept = within.later(equation.tensor for equation in stage.equations)
    stage = joined(stage, rows_of(stage, kept), within.wild)
    rows, said = rows_of(stage, kept), stage.equations
    begun = {row.tensor for row in rows if row.has_start}
    for tensor in begun:
        writer.names[tensor] = f"{START}{writer.names[tensor]}"
        writer.say(f"{writer.names[tensor]} = {room_text(tensor.axes, 0, filled=False, floats='')}")
    for equation in stage.starts:
        _note(writer, equation, within)
        _write_equation(writer, equation, begun, within)
    fair = [row.tensor for row in rows if row.is_alone and row.is_plain]
    stage = with_stacks(writer, with_work_before(writer, with_arrays_together(writer, stage, rows)), fair)
    wholes = {whole for (members, _), whole in writer.together.items() if kept & {*members}}
    rows = rows_of(stage, (kept | wholes) - writer.taken)
    partial = {row.tensor for row in rows if row.covers_a_part}
    write_steps(writer, rows, stage, lambda each: _write_step(writer, each, partial, within, said=said))
    say_parts(writer, stage, kept)


def _write_step(
    writer: ArrayWriter, stage: Stage, partial: set[Expr], within: Pass, *, said: Sequence[Equation]
) -> None:
    """Write the equations of one step, each where it holds; `said` is how they are told, but for those of stacks."""
    assert stage.step is not None
    told = {(each.target, each.domain): each for each in said}
    for equation in stage.equations:
        domain = equation.ranges[stage.step]
        if (own := told.get((equation.target, equation.domain))) is not None:
            _note(writer, own, within)
        if domain == span_of(stage):
            _write_equation(writer, equation, partial, within, step=stage.step)
        else:
            start, end = (count_text(part, {}) for part in domain)
            with writer.block(f"if {start} <= step <= {end}:"):
                _write_equation(writer, equation, partial, within, step=stage.step)


def _note(writer: ArrayWriter, equation: Equation, within: Pass) -> None:
    """Write the equation that the next statements compute as a comment, where somebody is to read it."""
    for lines, _ in _comment(equation, within) if within.notes else ():
        for line in lines:
            writer.say(line)


def comments_of(within: Pass) -> Iterator[tuple[tuple[str, ...], Equation]]:
    """Yield the lines of every comment of a pass, each with the equation that they say."""
    for stage in within.stages:
        for equation in (*stage.starts, *stage.equations):
            yield from _comment(equation, within)


def _comment(equation: Equation, within: Pass) -> Iterator[tuple[tuple[str, ...], Equation]]:
    """Yield the lines of comment about an equation, then of what is computed beside it, each with what they say."""
    said = [equation]
    if (beside := within.slope_of(equation)) is not None:
        at_z = slope(type(equation.expression))(*equation.expression.args)
        said.append(Equation(beside[equation.indices], at_z, equation.domain))
    for each in said:
        text = equation_text(*each.sides, within.notes)
        yield tuple(f"# {line}" for line in textwrap.wrap(text, COMMENT_WIDTH)), each


def _write_equation(
    writer: ArrayWriter, equation: Equation, partial: set[Expr], within: Pass, *, step: Symbol | None = None
) -> None:
    """Write target = right side: a whole array, or the part of it that the equation is for."""
    if isinstance(equation.expression, Together) and within.in_place:
        return  # what is one array from the beginning
    numbers = {} if step is None else {step: "step"}
    frame = Frame(equation.ranges, numbers)
    name = writer.names[equation.tensor]
    beside = within.slope_of(equation)
    at = f"[{', '.join(written_places(equation, step, of_row=within.guards))}]" if equation.tensor in partial else ""
    targets = [f"{name}{at}", *([f"{writer.names[beside]}{at}"] if beside is not None else ())]
    may = within.in_place and at and step is not None and frame.axes
    if beside is not None:
        inner = bare(writer.whole(writer.value(equation.expression.args[0], frame), frame.axes, frame))
        known = STABLE[known_name(type(equation.expression)) or ""]
        if may and known.into is not None:
            besides = "".join(f", {other}={other}" for other in known.besides)
            writer.say(f"{writer.elementwise.call(known.into.__name__)}({inner}, {', '.join(targets)}{besides})")
            return
        text = known.call_of_both(inner, writer.elementwise.call)
    elif isinstance(equation.expression, Together):
        text = equation.expression.text(writer.names)
    else:
        text = writer.whole(writer.value(equation.expression, frame, whole=True), frame.axes, frame)
        text = text if at else _in_floats(text, equation, within)
    if may and beside is None and (beginning := operation(bare(text))):
        writer.say(f"{beginning}, out={targets[0]})")  # no array that is made to be copied
    else:
        writer.say(f"{', '.join(targets)} = {bare(text) if at else text}")


def _in_floats(text: str, equation: Equation, within: Pass) -> str:
    """Return what may be an array of whole numbers as one of floats, as what is computed in its memory is."""
    as_floats = within.in_place and equation.indices and is_whole(equation.expression)
    return f"np.asarray({bare(text)}, {FLOATS})" if as_floats else text

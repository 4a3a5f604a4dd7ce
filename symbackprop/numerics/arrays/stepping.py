"""A recurrence as a function of what the step before it gave, for a library that differentiates: it changes no array.

h[t] = tanh(Σ u h[t - 1] + …)       def at(step, before_h):   h = tanh(before_h @ u.T + …)   return (h,), (h,)
                                    (h,) = over_steps(at, (zeros,), range(1, n_T + 1), (1,))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from sympy import Expr, Indexed, Max, Min, Mul

from symbackprop.calculus.inequalities import never_negative
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation, entries
from symbackprop.numerics.arrays.counts import count_text
from symbackprop.numerics.arrays.order import Stage
from symbackprop.numerics.arrays.places import Frame
from symbackprop.numerics.arrays.writing import ArrayWriter


def span_of(stage: Stage) -> Axis:
    """Return the first and the last value of the step, over all the equations of a stage."""
    domains = [equation.ranges[stage.step] for equation in stage.equations]
    return Min(*(first for first, _ in domains)), Max(*(last for _, last in domains))


START = "start_"  # of the name of what stands before the first step


@dataclass(frozen=True)
class Row:
    """One array of a recurrence: what a step computes of it, and what of the steps before it is read."""

    tensor: Tensor
    place: int  # of its axis that is stepped along
    stage: Stage
    is_kept: bool  # for what is computed behind the last step

    @cached_property
    def equations(self) -> list[Equation]:
        """What computes it, step by step."""
        return [equation for equation in self.stage.equations if equation.tensor == self.tensor]

    @cached_property
    def is_plain(self) -> bool:
        """Whether one equation computes all of it at every step."""
        (first, last), at = span_of(self.stage), self.equations[0].ranges[self.stage.step]
        axes = [*self.tensor.axes]
        axes[self.place] = at
        return len(self.equations) == 1 and at == (first, last) and [*self.equations[0].ranges.values()] == axes

    @cached_property
    def missing(self) -> tuple[Expr, Expr]:
        """How many places its axis has before the first step, and behind the last one; less than 0 where it is shorter.

        Raises CheckError where it depends on the numbers of sizes which of the two it is."""
        (first, last), (begin, end) = span_of(self.stage), self.tensor.axes[self.place]
        found = (first - begin).expand(), (end - last).expand()
        if not all(never_negative(count, {}) or never_negative(-count, {}) for count in found):
            raise CheckError(f"{self.tensor} is computed at steps of which some may be none of its own")
        return found

    @cached_property
    def has_start(self) -> bool:
        """Whether something of it stands before the first step; places that nothing computes are 0."""
        given = any(equation.tensor == self.tensor for equation in self.stage.starts)
        lacks = may_be_empty(self.stage) or any(count != 0 and never_negative(count, {}) for count in self.missing)
        return given or (self.is_kept and lacks)

    @cached_property
    def is_alone(self) -> bool:
        """Whether one equation computes all of it, each entry at a step: it may be a part of a larger array."""
        (first, last), (begin, end) = span_of(self.stage), self.tensor.axes[self.place]
        has_one = len(self.equations) == 1 and tuple(self.equations[0].ranges.values()) == self.tensor.axes
        inside = all(never_negative(count.expand(), {}) for count in (begin - first, last - end))
        return has_one and inside and not self.has_start

    @cached_property
    def covers_a_part(self) -> bool:
        """Whether a step is computed by several equations, each for some of its entries."""
        axes = [axis for place, axis in enumerate(self.tensor.axes) if place != self.place]
        own = [[a for p, a in enumerate(each.ranges.values()) if p != self.place] for each in self.equations]
        return any(each != axes for each in own)

    @cached_property
    def depth(self) -> int:
        """How many steps back is read."""
        read = [entry for each in self.stage.equations for entry in entries(each.expression)]
        shifts = [entry.indices[self.place] - self.stage.step for entry in read if entry.base == self.tensor]
        return max((abs(int(shift)) for shift in shifts), default=0)

    def at(self, back: int) -> Tensor:
        """Return what the step has computed, or one some steps `back`, as an array without the axis of the steps."""
        letter = f"{self.tensor.letter}_before{back}" if back else self.tensor.letter
        axes = self.tensor.axes
        return Tensor(letter, self.tensor.layer, axes[: self.place] + axes[self.place + 1 :])


def may_be_empty(stage: Stage) -> bool:
    """Tell whether a recurrence may have no step at all, where sizes are small."""
    first, last = span_of(stage)
    return not never_negative((last - first).expand(), {})


def rows_of(stage: Stage, kept: Collection[Expr]) -> tuple[Row, ...]:
    """Return the arrays of a recurrence, in the order of their equations; `kept` are those that are read behind it."""
    firsts = {equation.tensor: equation.indices.index(stage.step) for equation in stage.equations}
    return tuple(Row(tensor, place, stage, tensor in kept) for tensor, place in firsts.items())


def joined(stage: Stage, rows: Sequence[Row], wild: frozenset[Expr]) -> Stage:
    """Return a recurrence with products that are a factor of one other product alone put in there.

    ∂C/∂f = ∂C/∂s s   ∂C/∂z = ∂C/∂f f'        ∂C/∂z = ∂C/∂s s f'      of which s f' is known for all steps beforehand"""
    found = list(stage.equations)
    for row in rows:
        own = next(each for each in found if each.tensor == row.tensor)
        readers = [each for each in found if row.tensor in each.reads]
        if (
            len(row.equations) > 1
            or len(readers) != 1
            or row.is_kept
            or row.has_start
            or not wild.isdisjoint(own.reads)
        ):
            continue
        (reader,), factors = readers, Mul.make_args(readers[0].expression)
        read = [factor for factor in factors if isinstance(factor, Indexed) and factor.base == row.tensor]
        if len(read) != 1 or set(read[0].indices) != set(reader.indices) or not isinstance(own.expression, Mul):
            continue
        names = dict(zip(own.indices, read[0].indices, strict=True))
        if own.ranges == {symbol: reader.ranges[name] for symbol, name in names.items()}:
            product = Mul(*(factor for factor in factors if factor != read[0]), own.expression.xreplace(names))
            found[found.index(reader)] = replace(reader, expression=product)
            found.remove(own)
    return replace(stage, equations=tuple(found))


def write_steps(writer: ArrayWriter, rows: Sequence[Row], stage: Stage, write: Callable[[Stage], None]) -> None:
    """Write a recurrence; `write` writes the equations of one step.

    What stands before the first step is written already, in arrays called start_ and so on."""
    names = {row.tensor: writer.names[row.tensor].removeprefix(START) for row in rows}
    passed = [(row, back) for row in rows for back in range(1, row.depth + 1)]
    wanted = [row for row in rows if row.is_kept]
    (first, last), sign = span_of(stage), 1 if stage.downwards else -1
    before = [_row_at(row, (last if stage.downwards else first) + sign * back, writer) for row, back in passed]
    begun = [f"{names[row.tensor]} = {_row_at(row, stage.step, writer)}" for row in rows if not row.is_plain]
    for row in rows:
        own = names[row.tensor]
        writer.names |= {row.tensor: own} | {row.at(back): _named(own, back) for back in range(row.depth + 1)}
    arguments = ", ".join(["step", *(_named(names[row.tensor], back) for row, back in passed)])
    with writer.block(f"def at({arguments}):"):
        for line in begun:
            writer.say(line)
        write(replace(stage, equations=tuple(_of_rows(equation, rows, stage) for equation in stage.equations)))
        carried = _tuple(_named(names[row.tensor], back - 1) for row, back in passed)
        writer.say(f"return {carried}, {_tuple(names[row.tensor] for row in wanted)}")
    ends = (last, first - 1) if stage.downwards else (first, last + 1)
    steps = f"range({', '.join(count_text(end.expand(), {}) for end in ends)}{', -1' * stage.downwards})"
    axes = _tuple(str(row.place) for row in wanted)
    empty = [f"{START}{names[row.tensor]}[{':, ' * row.place}:0]" for row in wanted] if may_be_empty(stage) else []
    call = f"over_steps(at, {_tuple(before)}, {steps}, {axes}{f', none={_tuple(empty)}' if empty else ''})"
    writer.say(f"{_tuple(names[row.tensor] for row in wanted)} = {call}")
    for row in wanted:
        if row.missing != (0, 0):
            writer.say(f"{names[row.tensor]} = {_fitted(row, names[row.tensor])}")


def _named(own: str, back: int) -> str:
    """Return how a step calls what it computes, or what steps before it have computed."""
    return f"before{back if back > 1 else ''}_{own}" if back else own


def _tuple(parts: Iterator[str] | Sequence[str]) -> str:
    found = list(parts)
    return f"({', '.join(found)}{',' * (len(found) == 1)})"


def _row_at(row: Row, position: Expr, writer: ArrayWriter) -> str:
    """Return what stands in an array at a position before the steps are computed."""
    equation = row.equations[0]
    others = [symbol for place, symbol in enumerate(equation.indices) if place != row.place]
    axes = [axis for place, axis in enumerate(row.tensor.axes) if place != row.place]
    numbers = {row.stage.step: "step"}
    frame = Frame({row.stage.step: span_of(row.stage), **dict(zip(others, axes, strict=True))}, numbers)
    if row.has_start:
        return writer.value(row.tensor[(*others[: row.place], position, *others[row.place :])], frame).text
    return f"np.zeros({_tuple([frame.count(symbol) for symbol in others])})"


def _of_rows(equation: Equation, rows: Sequence[Row], stage: Stage) -> Equation:
    """Return an equation that reads of the recurrence what the step, or those before it, have computed."""
    by_tensor = {row.tensor: row for row in rows}
    found = {}
    for entry in entries(equation.expression):
        if (row := by_tensor.get(entry.base)) is not None:
            back = abs(int(entry.indices[row.place] - stage.step))
            found[entry] = row.at(back)[entry.indices[: row.place] + entry.indices[row.place + 1 :]]
    return replace(equation, expression=equation.expression.xreplace(found))


def _fitted(row: Row, name: str) -> str:
    """Return the rows of all steps as the whole array, with what stands before and behind them, or some left out."""
    before, behind = row.missing
    along = ":, " * row.place
    begin, end = (count_text(-count, {}) if never_negative(-count, {}) else "0" for count in row.missing)
    own = name if (begin, end) == ("0", "0") else f"{name}[{along}{begin}:{'' if end == '0' else f'-({end})'}]"
    first, last = span_of(row.stage)
    parts = [own]
    if begin == "0" and before != 0:
        parts.insert(0, f"{START}{name}[{along}:{count_text(before, {})}]")
    if end == "0" and behind != 0:
        parts.append(f"{START}{name}[{along}{count_text((last - first + 1 + before).expand(), {})}:]")
    return own if len(parts) == 1 else f"np.concatenate({_tuple(parts)}, axis={row.place})"

"""Products of several matrices with one array of a recurrence: the matrices are stacked, each step is one product.

i[t] = σ(U h[t - 1] + I x[t])        t1 = np.concatenate((U, V))    t2 = np.concatenate((I, J))    t3 = x @ t2.T
f[t] = σ(V h[t - 1] + J x[t])        for step …: s1 = h[step - 1] @ t1.T + t3[step]    i = σ(s1[:n])    f = σ(s1[n:])
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Expr, Indexed, S, Sum, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation, entries, free_indices
from symbackprop.numerics.arrays.order import Stage
from symbackprop.numerics.arrays.places import Labelled
from symbackprop.numerics.arrays.sharing import by_place
from symbackprop.numerics.arrays.writing import ArrayWriter

Slots = Mapping[Indexed, tuple[Indexed, int]]  # what stands for a matrix -> the matrix, and which axis is stacked


@dataclass(frozen=True)
class Alike:
    """Parts of equations that differ in matrices and biases alone: these are stacked, along one index of the parts."""

    parts: Sequence[tuple[Equation, Expr]]
    common: Expr = S.Zero  # with names for all indices, and for what differs
    slots: Sequence[Slots] = ()
    along: int = 0  # which index of the equations

    @property
    def members(self) -> Iterator[tuple[Equation, Expr, dict[Symbol, Expr]]]:
        """Each part, with where it stands in the whole: its indices by those of the first."""
        for place, (equation, part) in enumerate(self.parts):
            names: dict[Symbol, Expr] = dict(zip(self.parts[0][0].indices, equation.indices, strict=True))
            own = equation.indices[self.along]
            first, last = equation.ranges[own]
            yield equation, part, names | {self.parts[0][0].indices[self.along]: own + place * (last - first + 1)}

    def whole(self, writer: ArrayWriter) -> tuple[Equation, Expr]:
        """Write the stacks; return the whole of the parts, with an equation of its indices and ranges."""
        equation, part = self.parts[0]
        if len(self.parts) == 1:
            return equation, part
        stacks, count = {}, len(self.parts)
        for slot, (_, axis) in self.slots[0].items():
            stacks[slot] = stacked(writer, [own[slot][0] for own in self.slots], axis)[slot.indices]
        back = dict(zip(_numbered(equation), equation.indices, strict=True))
        ranges = [*equation.ranges.values()]
        ranges[self.along] = _times(ranges[self.along], count)
        return replace(equation, domain=tuple(ranges)), self.common.xreplace(stacks).xreplace(back)


def stacked(writer: ArrayWriter, parts: Sequence[Indexed], axis: int) -> Tensor:
    """Return what entries are of, one array behind the other along an axis: one that there is already, or a new one."""
    arrays = tuple(entry.base for entry in parts)
    if (known := writer.together.get((arrays, axis))) is not None:
        return known
    names = ", ".join(writer.names[array] for array in arrays)
    name = writer.keep(Labelled(f"np.concatenate(({names}), axis={axis})", parts[0].indices)).text
    stack = Tensor(name, None, one_behind_the_other(arrays, axis))
    writer.names[stack] = name
    return stack


def one_behind_the_other(arrays: Sequence[Tensor], axis: int) -> tuple[Axis, ...]:
    """Return the axes of arrays in one, along an axis of them."""
    axes = [*arrays[0].axes]
    first = axes[axis][0]
    axes[axis] = first, (first - 1 + sum(array.sizes[axis] for array in arrays)).expand()
    return tuple(axes)


def _times(axis: Axis, count: int) -> Axis:
    first, last = axis
    return first, (first - 1 + count * (last - first + 1)).expand()


def _numbered(equation: Equation) -> list[Symbol]:
    return [Symbol(f"at {n}", integer=True) for n in range(len(equation.indices))]


def alike(parts: Sequence[tuple[Equation, Expr]], step: Symbol | None) -> Iterator[Alike]:
    """Yield parts that one stack can say together, each other one alone."""
    groups: dict[object, Alike] = {}
    for equation, part in parts:
        keys = ((n, _with_slots(part, equation, n, step)) for n in range(len(equation.indices)))
        along, found = next(((n, each) for n, each in keys if each is not None), (0, None))
        key = (found[0], along, tuple(equation.ranges.values())) if found else (equation, part)
        before = groups.get(key, Alike((), found[0], (), along) if found else Alike(()))
        groups[key] = replace(
            before, parts=(*before.parts, (equation, part)), slots=(*before.slots, found[1] if found else {})
        )
    yield from groups.values()


def _with_slots(part: Expr, equation: Equation, along: int, step: Symbol | None) -> tuple[Expr, Slots] | None:
    """Return a part with names for its indices, and for each entry of a matrix of a row at one of them.

    None where anything else depends on that index, or such an entry on the step: large arrays are not copied."""
    numbered = _numbered(equation)
    plain = by_place(part.xreplace(dict(zip(equation.indices, numbered, strict=True))))
    at, axis, steps = numbered[along], equation.ranges[equation.indices[along]], set()
    if step is not None:
        steps = {numbered[equation.indices.index(step)]}
    slots: dict[Indexed, tuple[Indexed, int]] = {}
    for entry in sorted(entries(plain), key=str):
        places = [place for place, position in enumerate(entry.indices) if at in position.free_symbols]
        if not places:
            continue
        slot = Tensor("slot", None, entry.base.axes)[entry.indices]
        is_plain = len(places) == 1 and entry.indices[places[0]] == at and entry.base.axes[places[0]] == axis
        if not is_plain or slot in slots or steps & entry.free_symbols:
            return None
        slots[slot] = entry, places[0]
    common = plain.xreplace({entry: slot for slot, (entry, _) in slots.items()})
    rest = common.xreplace({slot: S.One for slot in slots})
    return (common, slots) if any(len(slot.indices) > 1 for slot in slots) and at not in rest.free_symbols else None


def with_stacks(writer: ArrayWriter, stage: Stage, fair: Collection[Expr] = ()) -> Stage:
    """Write the stacks; return the recurrence with their products, and what all add to them, as its first equations.

    Those arrays that are `fair` and are parts of such an equation are together in what it computes."""
    assert stage.step is not None
    circle = {e.tensor for e in stage.equations}
    values: dict[Expr, Expr] = {}
    made: list[Equation] = []
    products = [(e, total) for e in stage.equations for total in sorted(e.expression.atoms(Sum), key=str)]
    for group in alike([each for each in products if _is_of_before(*each, circle, stage.step)], stage.step):
        if len(group.parts) < 2 or len({str(own) for own in group.slots}) < 2:
            continue
        equation, part = group.whole(writer)
        rests = {_beside(e.expression - total, group.parts[0][0], names, e) for e, total, names in group.members}
        is_all = len(rests) == 1 and None not in rests  # what the equations add is one array already
        indices = [symbol for symbol in equation.indices if symbol in {*free_indices(part), stage.step}]
        full = Tensor(writer.new("s"), None, tuple(equation.ranges[symbol] for symbol in indices))
        inner = [symbol for symbol in indices if symbol != stage.step]
        small = Tensor(full.letter, None, tuple(equation.ranges[symbol] for symbol in inner))
        writer.names |= {full: full.letter, small: full.letter}
        made.append(Equation(full[tuple(indices)], part + rests.pop() if is_all else part))
        members = tuple(e.tensor for e, _, _ in group.members)
        if is_all and len(indices) == len(equation.indices) and {*members} <= {*fair} - writer.taken:
            writer.together[members, group.along] = full
        for own, total, names in group.members:
            values[own.expression if is_all else total] = small[tuple(names[symbol] for symbol in inner)]
    equations = (replace(e, expression=e.expression.xreplace(values)) for e in stage.equations)
    return replace(stage, equations=(*made, *equations))


def _is_of_before(equation: Equation, total: Sum, circle: Collection[Expr], step: Symbol) -> bool:
    """Tell whether a product reads of the recurrence what another step has computed, and nothing of its own step."""
    read = [entry for entry in entries(total) if entry.base in circle]
    return (
        any(step in place.free_symbols for entry in read for place in entry.indices)
        and not any(step in entry.indices for entry in read)
        and free_indices(total) <= set(equation.indices)
    )


def _beside(rest: Expr, first: Equation, names: Mapping[Symbol, Expr], equation: Equation) -> Expr | None:
    """Return the entry that an equation adds to a product, as the whole has it; None for anything else."""
    pairs = zip(first.indices, equation.indices, strict=True)
    found = rest.xreplace({own: symbol - (names[symbol] - own) for symbol, own in pairs})
    return found if isinstance(found, Indexed) and set(found.indices) <= set(first.indices) else None

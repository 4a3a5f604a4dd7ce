"""Arrays of a recurrence one behind the other in one, so that what is made of all of them is one product.

Σ_q U[q, j] d_i[t + 1, q] + Σ_q V[q, j] d_f[t + 1, q]        t1 = np.concatenate((U, V), axis=0)
                                      in a step before_t2 @ t1, then t2 = np.concatenate((d_i, d_f), axis=1)
behind it  d_A = Σ_t d_i[t] x[t]   d_B = Σ_t d_f[t] x[t]      t3 = Σ_t t2[t] x[t]    d_A = t3[:n]    d_B = t3[n:]
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sympy import Add, Expr, Function, Indexed, Mul, Sum

from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation
from symbackprop.numerics.arrays.counts import count_text, room_text
from symbackprop.numerics.arrays.order import Stage
from symbackprop.numerics.arrays.stacking import Alike, alike, one_behind_the_other, stacked
from symbackprop.numerics.arrays.stepping import Row, span_of
from symbackprop.numerics.arrays.writing import ArrayWriter


class Together(Function):  # type: ignore[misc]
    """Arrays one behind the other along an index: that, and the entry of each with it."""

    def text(self, names: Mapping[Expr, str]) -> str:
        """Return what makes the whole of them; `names` says what they are called."""
        symbol, *parts = self.args
        return f"np.concatenate(({', '.join(names[e.base] for e in parts)}), axis={parts[0].indices.index(symbol)})"


class _Product(NamedTuple):
    """Σ_q M[q, …] a[…, q]: the sum, the entry of an array, that of a matrix, and where q stands in them."""

    total: Sum
    own: Indexed
    matrix: Indexed
    places: tuple[int, int]

    @property
    def key(self) -> str:
        """What is the same in products that are one product of all their arrays and matrices."""
        pairs = zip((self.own, self.matrix), self.places, strict=True)
        return str([(p, each.indices[:p], each.indices[p + 1 :], _but(each.base.axes, p)) for each, p in pairs])


def _but(axes: Sequence[object], place: int) -> list[object]:
    return [axis for p, axis in enumerate(axes) if p != place]


def _product(term: Expr, arrays: Collection[Expr]) -> _Product | None:
    """Return a term as the product of an entry of one of some arrays and one of none of these; None for another."""
    factors = Mul.make_args(term.function) if isinstance(term, Sum) and len(term.limits) == 1 else ()
    if len(factors) != 2 or not all(isinstance(factor, Indexed) for factor in factors):
        return None
    symbol, *ends = term.limits[0].args
    own, matrix = sorted(factors, key=lambda factor: factor.base not in arrays)
    places = [p for each in (own, matrix) for p, at in enumerate(each.indices) if symbol in at.free_symbols]
    if len(places) != 2 or own.base not in arrays or matrix.base in arrays:
        return None
    pairs = list(zip((own, matrix), places, strict=True))
    whole = all(e.indices[p : p + 1] == (symbol,) and e.base.axes[p] == tuple(ends) for e, p in pairs)
    return _Product(term, own, matrix, (places[0], places[1])) if whole else None


def _sums(e: Expr, arrays: Collection[Expr]) -> Iterator[list[_Product]]:
    """Yield those terms of a sum that are such products of different arrays."""
    for each in sorted(e.atoms(Add), key=str):
        groups: dict[str, list[_Product]] = {}
        for found in (_product(term, arrays) for term in each.args):
            if found is not None:
                groups.setdefault(found.key, []).append(found)
        yield from (group for group in groups.values() if 1 < len(group) == len({found.own.base for found in group}))


def _as_one(e: Expr, group: Sequence[_Product], whole: Tensor, writer: ArrayWriter) -> Expr:
    """Return an expression with one product, of the whole of the arrays, for several terms of a sum."""
    total, own, matrix, (at, axis) = group[0]
    stack = stacked(writer, [each.matrix for each in group], axis)
    one = Sum(whole[own.indices] * stack[matrix.indices], (total.variables[0], *whole.axes[at]))
    terms = {each.total for each in group}
    adds = (each for each in e.atoms(Add) if terms <= set(each.args))
    return e.xreplace({each: Add(one, *(term for term in each.args if term not in terms)) for each in adds})


def with_arrays_together(writer: ArrayWriter, stage: Stage, rows: Sequence[Row]) -> Stage:
    """Return a recurrence with one product for each sum of products with what the step before has computed.

    What these read is an array of the recurrence, too, computed last; `writer.together` tells of it."""
    fair = {row.tensor: row for row in rows if row.is_alone}
    equations, made = [*stage.equations], []
    for n, equation in enumerate(equations):
        for group in _sums(equation.expression, fair):
            members, place = tuple(each.own.base for each in group), group[0].places[0]
            at = fair[members[0]].place
            if {fair[base].place for base in members} != {at} or group[0].own.indices[at] == stage.step:
                continue
            if at == place or not writer.taken.isdisjoint(members):
                continue
            axes = [*one_behind_the_other(members, place)]
            axes[at] = span_of(stage)  # at steps at which a part is not computed it is 0
            whole = Tensor(name := writer.new(), None, tuple(axes))
            writer.names[whole], writer.together[members, place] = name, whole
            indices = fair[members[0]].equations[0].indices
            made.append(Equation(whole[indices], Together(indices[place], *(base[indices] for base in members))))
            one = _as_one(equations[n].expression, group, whole, writer)
            equations[n] = replace(equation, expression=one)
    return replace(stage, equations=(*equations, *made))


def with_room_together(writer: ArrayWriter, stage: Stage, rows: Sequence[Row], floats: str) -> Stage:
    """Return the same where arrays are filled step by step: each of them is a part of one that is there before."""
    made = with_arrays_together(writer, stage, rows)
    for each in made.equations:
        if isinstance(each.expression, Together):
            at, members = each.indices.index(stage.step), [entry.base for entry in each.expression.args[1:]]
            filled = all(base.axes[at] == each.tensor.axes[at] for base in members)
            writer.say(f"{writer.names[each.tensor]} = {room_text(each.tensor.axes, at, filled=filled, floats=floats)}")
    say_parts(writer, made, [row.tensor for row in rows])
    return made


def say_parts(writer: ArrayWriter, stage: Stage, wanted: Collection[Expr]) -> None:
    """Write those arrays of a recurrence that are together and are wanted as parts of the whole."""
    computed = {equation.tensor for equation in stage.equations}
    for (members, place), whole in writer.together.items():
        for base, part in zip(members, _parts(members, place, whole.axes), strict=True):
            if whole in computed and base in wanted:
                writer.say(f"{writer.names[base]} = {writer.names[whole]}[{part}]")


def _parts(members: Sequence[Tensor], place: int, axes: Sequence[Axis]) -> Iterator[str]:
    """Yield the subscripts of each of several arrays in the whole of them, which has these axes."""
    for n, base in enumerate(members):
        starts = [own - first for (own, _), (first, _) in zip(base.axes, axes, strict=True)]
        starts[place] = sum(each.sizes[place] for each in members[:n])
        places = []
        for start, count, (first, last) in zip(starts, base.sizes, axes, strict=True):
            whole = start == 0 and (last - first + 1 - count).expand() == 0
            ends = ("" if end == 0 else count_text(end.expand(), {}) for end in (start, start + count))
            places.append(":" if whole else ":".join(ends))
        while places[-1] == ":":
            places.pop()
        yield ", ".join(places)


def with_known_together(writer: ArrayWriter, equation: Equation) -> Equation:
    """Return an equation with one product for a sum of products with all of the arrays that are together."""
    for (members, place), whole in writer.together.items():
        for group in _sums(equation.expression, members):
            if {each.own.base for each in group} == set(members) and group[0].places[0] == place:
                ordered = sorted(group, key=lambda each: members.index(each.own.base))
                equation = replace(equation, expression=_as_one(equation.expression, ordered, whole, writer))
    return equation


def of_all_together(equations: Sequence[Equation], writer: ArrayWriter) -> Iterator[tuple[Alike, Iterator[str]]]:
    """Yield equations that differ in which of the arrays together they read, and the part of the whole that each is."""
    for group in alike([(equation, equation.expression) for equation in equations], None):
        if len(group.parts) < 2 or len(group.slots[0]) != 1:
            continue
        ((slot, (_, axis)),) = group.slots[0].items()
        bases = [own[slot][0].base for own in group.slots]
        for members, place in writer.together:
            if place == axis and len(bases) == len(members) and set(bases) == set(members):
                order = [bases.index(base) for base in members]
                ordered = [group.parts[n] for n in order]
                tensors = [equation.tensor for equation, _ in ordered]
                yield (
                    replace(group, parts=ordered, slots=[group.slots[n] for n in order]),
                    _parts(tensors, group.along, one_behind_the_other(tensors, group.along)),
                )

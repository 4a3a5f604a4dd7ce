"""What each letter of a line stands for: an index of the scope around it, a size, or an array.

    o[i, d] = sum[j](p[i, j] * v[j, d])        i, d: on the left        j: bound by its sum, a scope of its own

A line that computes becomes its readings: every entry that it reads, at positions affine in sizes and indices.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from sympy import Symbol

from symbackprop.errors import ExpressionError
from symbackprop.frozen import dataclass
from symbackprop.network.formula import Call, Comparison, Node
from symbackprop.network.text.affine import Affine, Index, Key, affine, positions_of, runs_down
from symbackprop.network.text.declarations import Declarations, Statement
from symbackprop.network.text.lines import Line
from symbackprop.network.text.tree import Binder, Entry, Letter, Range, ends_of, letters_of, parts_of
from symbackprop.network.text.writing import axes_text, written


@dataclass(frozen=True, slots=True)
class Names:
    """The number of axes of every array, and the letters of the sizes."""

    axes: Mapping[str, int]
    sizes: Mapping[str, Symbol]


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on places under which `where` reads an entry; `holds` is False for its other case."""

    sign: str
    left: Affine
    right: Affine
    holds: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry that a line reads, or on the left the one that it computes."""

    line: Line
    entry: Entry | Letter
    positions: tuple[Affine, ...]
    guards: tuple[Guard, ...] = ()

    @property
    def name(self) -> str:
        """The array that is read."""
        return self.entry.name


@dataclass(frozen=True, slots=True)
class Same:
    """Two indices that have the same range: the free one of a softmax, and the one that its sum runs over."""

    free: Index
    summed: Index


@dataclass(frozen=True)
class Scope:
    """The indices that have a meaning at a place of a line, by letter."""

    line: Line
    names: Names
    indices: Mapping[str, Index]
    guards: tuple[Guard, ...] = ()

    def whole(self, letter: Letter) -> Key:
        """Return the index or the size that a letter of a position stands for."""
        found = self._meanings(letter, numbers=False)
        if isinstance(found, str):
            raise self.line.complaint(letter.at, f"{letter.name} is an array, wanted an index or a size; rename one")
        return found

    def end(self, letter: Letter) -> Key:
        """Return the index or the size that a letter in a range stands for."""
        name = letter.name
        if name not in self.indices and name not in self.names.sizes:
            wanted = f"name it in a declaration, or write sizes {name} = 3"
            raise self.line.complaint(letter.at, f"{name} is no size and no index around it; {wanted}")
        return self.whole(letter)

    def letter(self, letter: Letter) -> Key | str:
        """Return what a bare letter of a formula stands for; the name itself where it is a single number."""
        return self._meanings(letter, numbers=True)

    def _meanings(self, letter: Letter, *, numbers: bool) -> Key | str:
        name, index, size = letter.name, self.indices.get(letter.name), self.names.sizes.get(letter.name)
        found = [f"{what} {name}" for what, there in (("the index", index), ("the size", size)) if there is not None]
        if numbers and self.names.axes.get(name) == 0:
            found.append(f"the number {name}")
        if len(found) > 1:
            raise self.line.complaint(letter.at, f"{name} may be {' or '.join(found)}; rename one of them")
        if (whole := index or size) is not None:
            return whole
        if name not in self.names.axes:
            raise self._unknown(letter, position=not numbers)
        if name == "C":
            wanted = "give this number a name of its own"
            raise self.line.complaint(letter.at, f"C is the cost, which no line reads; {wanted}")
        if numbers and self.names.axes[name]:
            wanted = ", ".join("ijkpqrst"[: self.names.axes[name]])
            axes = axes_text(self.names.axes[name])
            raise self.line.complaint(letter.at, f"{name} has {axes}; write {name}[{wanted}]")
        return name

    def _unknown(self, letter: Letter, *, position: bool) -> ExpressionError:
        name = letter.name
        if position:
            wanted = f"write sum[{name}](…)"
            return self.line.complaint(letter.at, f"index {name} is neither on the left nor summed; {wanted}")
        return self.undeclared(letter.at, name, f"parameter {name}")

    def undeclared(self, at: int, name: str, declaration: str) -> ExpressionError:
        """Return the error for an array that no line declares or computes."""
        if name in self.names.sizes:
            return self.line.complaint(at, f"{name} is a size, which has no entries; rename one of them")
        close = difflib.get_close_matches(name, [*self.names.axes, *self.names.sizes], n=1, cutoff=0.6)
        stem, _, mark = name.partition("_")
        meant = {"e": "exp(...)"}.get(name, f"{stem}[{mark}]" if self.names.axes.get(stem) and mark else "".join(close))
        hint = f"did you mean {meant}? " if meant else ""
        message = f"{name} is not declared, and no line computes it; {hint}declare it: {declaration}"
        return self.line.complaint(at, message)

    def positions(self, entry: Entry) -> tuple[Affine, ...]:
        """Return the positions of an entry; raises ExpressionError for another number of them than there are axes."""
        axes = self.names.axes.get(entry.name)
        if axes is None:
            sizes = ", ".join("NMKPQRST"[: len(entry.positions)])
            raise self.undeclared(entry.at, entry.name, f"input {entry.name}[{sizes}]")
        if axes != len(entry.positions):
            found = f"{written(entry)}: {entry.name} has {axes_text(axes)}, not {len(entry.positions)}"
            raise self.line.complaint(entry.at, found)
        return positions_of(entry, self.line, self.whole, {*self.indices, *self.names.axes, *self.names.sizes})

    def opened(self, ranges: tuple[Range, ...]) -> tuple[Scope, tuple[Index, ...]]:
        """Return the scope inside a sum, and its indices; a range may speak of the indices before it."""
        scope, indices = self, []
        for each in ranges:
            indices.append(scope.index(each))
            scope = replace(scope, indices={**scope.indices, each.name: indices[-1]})
        if len({index.letter for index in indices}) < len(indices):
            raise self.line.complaint(ranges[0].at, f"[{', '.join(each.name for each in ranges)}] has an index twice")
        return scope, tuple(indices)

    def index(self, each: Range) -> Index:
        """Return the index that a range makes."""
        if each.name in self.names.sizes:
            raise self.line.complaint(each.at, f"{each.name} is a size, so no index can be called so; rename it")
        if each.first is None or each.last is None:
            return Index(each.name, self.line.number, each.at)
        what = f"the range of {each.name}"
        first, *lower = (affine(end, self.line, self.end, what) for end in ends_of(each.first, "max"))
        last, *upper = (affine(end, self.line, self.end, what) for end in ends_of(each.last, "min"))
        if not (lower or upper) and runs_down(first, last):
            wanted = f"write {each.name} = {last}..{first}"
            raise self.line.complaint(each.at, f"{each.name} = {first}..{last} runs downwards; {wanted}")
        return Index(each.name, self.line.number, each.at, first, last, tuple(lower), tuple(upper))

    def normalised(self, node: Binder) -> tuple[Scope, tuple[Same, ...]]:
        """Return the scope inside the sum of a softmax, whose indices stay free around it."""
        ranges = []
        for each in node.ranges:
            free = self.indices.get(each.name)
            if free is None:
                said = f"{node.function}[{each.name}] leaves {each.name} free, which is neither on the left nor summed"
                raise self.line.complaint(each.at, said)
            ranges.append(free)
        scope, indices = self.opened(node.ranges)
        told = tuple(
            replace(own, first=free.first, last=free.last) if own.first is None else own
            for own, free in zip(indices, ranges, strict=True)
        )
        pairs = tuple(Same(free, own) for own, free in zip(told, ranges, strict=True))
        return replace(scope, indices={**self.indices, **{index.letter: index for index in told}}), pairs

    def guarded(self, condition: Node, *, holds: bool) -> Scope:
        """Return the scope of one case of `where`: what is outside of an array there may never be read."""
        if not isinstance(condition, Comparison):
            return self
        try:
            left, right = (affine(side, self.line, self.whole, "") for side in (condition.left, condition.right))
        except ExpressionError:  # a condition on values, not on places
            return self
        return replace(self, guards=(*self.guards, Guard(condition.sign, left, right, holds)))


@dataclass(frozen=True)
class Resolved:
    """A line that computes, with the scope of its right side and where on the left it has an index."""

    statement: Statement
    scope: Scope
    positions: tuple[Affine, ...]

    @property
    def name(self) -> str:
        """What is computed."""
        return self.statement.name

    @property
    def line(self) -> Line:
        """Where it is said."""
        return self.statement.line

    @property
    def target(self) -> Reading:
        """The left side, as an entry at its positions."""
        return Reading(self.line, self.statement.equality.target, self.positions)

    @cached_property
    def found(self) -> tuple[Reading | Same, ...]:
        """Every entry that is read, and which indices go together, in the order of the text."""
        return tuple(_found(self.statement.equality.right, self.scope))

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every entry that is read."""
        return tuple(each for each in self.found if isinstance(each, Reading))


def resolved(statement: Statement, names: Names, declarations: Declarations) -> Resolved:
    """Return the line with the meaning of its left side; raises ExpressionError where that can compute nothing."""
    line, target = statement.line, statement.equality.target
    declared = declarations.arrays.get(target.name)
    if declared is not None and declared.kind != "value":
        message = f"{target.name} is declared as {declared.kind}, so no line computes it"
        raise line.complaint(target.at, f"{message}; give one of both another name")
    if target.name == "C" and isinstance(target, Entry):
        raise line.complaint(target.at, "C is the cost, one number; write C = sum[i](…)")
    positions = target.positions if isinstance(target, Entry) else ()
    left = [place for place in positions if isinstance(place, Letter) and place.name not in names.sizes]
    scope = Scope(line, names, {place.name: Index(place.name, line.number, place.at) for place in left})
    told = {each.name: scope.index(each) for each in statement.equality.ranges}
    indices: dict[str, Index] = {}
    for position in positions:
        if not isinstance(position, Letter) and set(letters_of(position)) - set(names.sizes):
            wanted = "wanted an index, or a number for the start of a recurrence"
            wanted += "; to move entries alone, write an axis for each part, as in z[i, a, j, b] = x[a, b, i, j]"
            raise line.complaint(position.at, f"{written(target)} computes the entry at {written(position)}; {wanted}")
        if isinstance(position, Letter) and position.name not in names.sizes:
            if position.name in indices:
                raise line.complaint(position.at, f"{written(target)}: index {position.name} is there twice; use two")
            own = Index(position.name, line.number, position.at)
            indices[position.name] = told.pop(position.name, own)
    if told:
        letter = next(iter(told))
        raise line.complaint(
            told[letter].at, f"for {letter}: {letter} is not on the left; a sum says sum[{letter} = …](…)"
        )
    for index in indices.values():
        if index.lower or index.upper:
            said = f"the range of {index.letter} has more than one bound; only a sum may say max or min of several"
            raise line.complaint(index.at, f"{said}; write for {index.letter} = {index.first}..{index.last}")
        if any(end is not None and end.indices for end in (index.first, index.last)):
            raise line.complaint(
                index.at,
                f"the range of {index.letter} depends on another index; that only a sum may do: leave it out, "
                f"and write where(…, …, 0) with what {index.letter} is compared with",
            )
    scope = replace(scope, indices=indices)
    found = scope.positions(target) if isinstance(target, Entry) else ()
    return Resolved(statement, scope, found)


def _found(node: Node, scope: Scope) -> Iterator[Reading | Same]:
    """Yield what a part of the tree reads."""
    match node:
        case Letter():
            meaning = scope.letter(node)
            if isinstance(meaning, str):
                yield Reading(scope.line, node, (), scope.guards)
        case Entry():
            yield Reading(scope.line, node, scope.positions(node), scope.guards)
        case Binder(function="softmax" | "log_softmax"):
            yield from _found(node.body, scope)
            inner, pairs = scope.normalised(node)
            yield from pairs
            yield from _found(node.body, inner)
        case Binder():
            inner, _ = scope.opened(node.ranges)
            yield from _found(node.body, inner)
        case Call(function="where"):
            condition, *cases = node.arguments
            yield from _found(condition, scope)
            for case, holds in zip(cases, (True, False), strict=True):
                yield from _found(case, scope.guarded(condition, holds=holds))
        case _:
            for part in parts_of(node):
                yield from _found(part, scope)

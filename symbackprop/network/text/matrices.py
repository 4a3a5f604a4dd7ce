"""Matrix lines turned into index lines, with NumPy's rules for products, broadcasting and axes.

    Z = X @ W1.T + b1        ->        Z[i, j] = sum[k](X[i, k] * W1[j, k]) + b1[j]

A matrix expression is a shape and, for letters of its axes, the tree of one entry. Shapes are compared where both sizes
are known; where one is not, the ranges of the indices decide later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from symbackprop.frozen import dataclass
from symbackprop.network.formula import Name, Negative, Node, Number, Product
from symbackprop.network.text.affine import Affine
from symbackprop.network.text.declarations import Declarations, Statement, letters_by_size, without_axes
from symbackprop.network.text.lines import Line
from symbackprop.network.text.tree import (
    Binder,
    Entry,
    Equality,
    Letter,
    MatrixProduct,
    Range,
    Reduction,
    Transposed,
    letters_of,
    parts_of,
    with_parts,
)
from symbackprop.network.text.writing import written

Size: TypeAlias = Affine | None  # of an axis, as far as it is known
Shape: TypeAlias = tuple[Size, ...]
Places: TypeAlias = tuple[Node, ...]  # the letter of each axis, or 1

ONE = Affine((), 1)
FIRST = Number(0, Fraction(1))  # the place in an axis of one entry
LETTERS = "ijkpqrstuvmnghdaxy"


@dataclass(frozen=True, slots=True)
class _Matrix:
    """An expression with axes; `entry` makes the tree of one entry, given its place and the letters in use.

    `axes` are those of what a statistic was taken of, where it keeps some: μ_j of columns, beside X_ij."""

    shape: Shape
    node: Node
    entry: Callable[[Places, frozenset[str]], Node]
    axes: tuple[int, ...] = ()


def with_indices(statements: Sequence[Statement], declarations: Declarations) -> tuple[Statement, ...]:
    """Return the lines with every matrix line as the index line that it stands for.

    Raises ExpressionError for shapes that do not fit."""
    made, shapes = _with_indices(statements, declarations, {})
    habits = letters_by_size(statements, shapes, declarations.sizes)
    return _with_indices(statements, declarations, habits)[0] if habits and made != statements else made


def _with_indices(
    statements: Sequence[Statement], declarations: Declarations, habits: Mapping[Size, tuple[str, ...]]
) -> tuple[tuple[Statement, ...], Mapping[str, Shape]]:
    """Return the lines, and the shapes of what they compute; `habits` are letters of axes by their size."""
    shapes: dict[str, Shape] = {name: array.sizes for name, array in declarations.arrays.items()}
    for statement in statements:
        target = statement.equality.target
        if statement.line.has_indices:
            shapes.setdefault(target.name, (None,) * len(target.positions if isinstance(target, Entry) else ()))
    axes: dict[str, tuple[int, ...]] = {}
    waiting = [each for each in statements if not each.line.has_indices]
    done: dict[int, Statement] = {}
    while waiting:
        names = {each.name for each in waiting if each.name not in shapes}
        ready = [each for each in waiting if not names & set(letters_of(each.equality.right))]
        if not ready:
            line, cycle = waiting[0].line, ", ".join(dict.fromkeys(each.name for each in waiting))
            message = f"{cycle}: computed from one another, and a matrix line has no index to shift; write h[t - 1, k]"
            raise line.complaint(waiting[0].equality.target.at, message)
        for statement in ready:
            made, shape = _translated(statement, _Translator(statement.line, shapes, declarations, axes, habits))
            shapes.setdefault(statement.name, shape)
            done[id(statement)] = made
            waiting.remove(statement)
    return tuple(done.get(id(statement), statement) for statement in statements), shapes


def _translated(statement: Statement, translator: _Translator) -> tuple[Statement, Shape]:
    """Return one matrix line as an index line, and the shape of what it computes; the axes that it keeps are noted."""
    line, equality, shapes = statement.line, statement.equality, translator.shapes
    matrix = translator.matrix(equality.right)
    told = shapes.get(statement.name)
    if statement.name == "C" and matrix.shape:
        message = f"C is one number, {written(equality.right)} has the shape {_shown(matrix.shape)}"
        raise line.complaint(equality.target.at, f"{message}; add up with sum(...) or mean(...)")
    if told is not None and len(told) != len(matrix.shape):
        message = f"{statement.name} is declared with the shape {_shown(told)}, the line gives {_shown(matrix.shape)}"
        raise line.complaint(equality.target.at, message)
    translator.axes[statement.name] = matrix.axes
    letters = translator.letters(matrix)
    places = tuple(Letter(equality.target.at, letter) for letter in letters if letter)
    ranges = tuple(
        Range(equality.target.at, place.name, FIRST, FIRST)
        for place, size in zip(places, matrix.shape, strict=True)
        if size == ONE
    )
    right = matrix.entry(places, frozenset(place.name for place in places))
    target = Entry(equality.target.at, statement.name, places) if places else equality.target
    return Statement(line, Equality(target, right, ranges)), matrix.shape


def _free_letters(shapes: Mapping[str, Shape], declarations: Declarations) -> str:
    """Return the letters that may be indices: neither sizes nor single numbers, which stand without brackets."""
    return "".join(letter for letter in LETTERS if letter not in declarations.sizes and shapes.get(letter) != ())


def _shown(shape: Shape) -> str:
    return f"[{', '.join('?' if size is None else str(size) for size in shape)}]"


def _says(matrix: _Matrix) -> str:
    node = matrix.node.term if isinstance(matrix.node, Negative) else matrix.node
    return f"{written(node)} is {_shown(matrix.shape)}"


@dataclass(frozen=True)
class _Translator:
    """One rule for each kind of node."""

    line: Line
    shapes: Mapping[str, Shape]
    declarations: Declarations
    axes: dict[str, tuple[int, ...]]  # those that a statistic keeps
    habits: Mapping[Size, tuple[str, ...]]  # the letters of the index lines, by the size of their axis

    def letters(self, matrix: _Matrix) -> list[str]:
        """Return the letters of what is computed, those of the index lines where these have such axes."""
        free = _free_letters(self.shapes, self.declarations)
        found: list[str] = []
        for axis, size in zip(matrix.axes or range(len(matrix.shape)), matrix.shape, strict=False):
            usual = [*self.habits.get(size, ()), *free[axis : axis + 1], *free]
            found.append(next((letter for letter in usual if letter not in found), ""))
        return found

    def matrix(self, node: Node) -> _Matrix:
        """Return the shape of a part of the tree, and how one entry of it is written."""
        match node:
            case Letter() if node.name in self.shapes:
                return self._array(node)
            case Number() | Name() | Letter():
                return _Matrix((), node, lambda _places, _used: node)
            case MatrixProduct():
                return self._product(node)
            case Transposed():
                return self._transposed(node)
            case Reduction():
                return self._reduction(node)
            case Entry() | Binder():
                raise self.line.complaint(node.at, f"{written(node)}: a matrix line has no indices")
        return self._entrywise(node)

    def _array(self, node: Letter) -> _Matrix:
        shape = self.shapes[node.name]
        if node.name in self.declarations.sizes and shape:
            message = f"{node.name} may be the array {node.name} or the size {node.name}; rename one of them"
            raise self.line.complaint(node.at, message)

        def entry(places: Places, _used: frozenset[str]) -> Node:
            return Entry(node.at, node.name, places) if places else node

        return _Matrix(shape, node, entry, self.axes.get(node.name, ()))

    def _entrywise(self, node: Node) -> _Matrix:
        parts = [self.matrix(part) for part in parts_of(node)]
        shape = self._broadcast(node, parts)

        def entry(places: Places, used: frozenset[str]) -> Node:
            return with_parts(node, [part.entry(_aligned(places, part.shape), used) for part in parts])

        return _Matrix(shape, node, entry, next((e.axes for e in parts if len(e.axes) == len(shape)), ()))

    def _broadcast(self, node: Node, parts: Sequence[_Matrix]) -> Shape:
        """Return the shape of what is combined entry by entry: an axis of 1, or a missing one, fits any other."""
        shape: Shape = ()
        first = parts[0]
        for part in parts:
            longer, shorter = (shape, part.shape) if len(shape) >= len(part.shape) else (part.shape, shape)
            padded = (ONE,) * (len(longer) - len(shorter)) + shorter
            fitted = []
            for one, two in zip(longer, padded, strict=True):
                if one is not None and two is not None and one != two and ONE not in (one, two):
                    wanted = "entry by entry, axes are equal from the last one on, or 1"
                    raise self.line.complaint(node.at, f"{_says(first)}, {_says(part)}; {wanted}")
                fitted.append(one if two == ONE or (one is not None and one != ONE) else two)
            if len(part.shape) > len(shape) or part is parts[0]:
                first = part
            shape = tuple(fitted)
        return shape

    def _product(self, node: MatrixProduct) -> _Matrix:
        left, right = self.matrix(node.left), self.matrix(node.right)
        for side in (left, right):
            if not side.shape:
                known = {*self.shapes, *self.declarations.sizes}
                raise self.line.complaint(node.at, without_axes(side.node, known))
        if node.is_dot and len(right.shape) > 2:  # whose rows NumPy puts before the axes of the other
            raise self.line.complaint(node.at, f"dot: {written(right.node)} has {len(right.shape)} axes; write @")
        inner = (left.shape[-1], right.shape[max(len(right.shape) - 2, 0)])
        if None not in inner and inner[0] != inner[1]:
            message = f"{written(node)}: {_says(left)}, {_says(right)}"
            hint = f"; try {written(Transposed(0, right.node))}" if right.shape[1:] == inner[:1] else ""
            raise self.line.complaint(node.at, f"{message}; {inner[0]} and {inner[1]} are to be equal{hint}")
        rows, before, columns = left.shape[:-1], left.shape[:-2], right.shape[-1:] if len(right.shape) > 1 else ()
        stack = _Matrix(before, left.node, left.entry), _Matrix(right.shape[:-2], right.node, right.entry)
        shape = (*self._broadcast(node, stack), *rows[len(before) :], *columns)

        def entry(places: Places, used: frozenset[str]) -> Node:
            letter = self._fresh(used, node, inner[0] or inner[1])
            bound = FIRST if ONE in inner else Letter(node.at, letter)
            column = places[len(places) - len(columns) :]
            own = places[len(places) - len(columns) - (len(rows) - len(before)) : len(places) - len(columns)]
            batch = places[: len(places) - len(own) - len(column)]
            one = left.entry((*_aligned(batch, before), *own, bound), used | {letter})
            two = right.entry((*_aligned(batch, right.shape[:-2]), bound, *column), used | {letter})
            product = Product(node.at, (one, two))
            return product if ONE in inner else Binder(node.at, "sum", (Range(node.at, letter),), product)

        return _Matrix(shape, node, entry)

    def _reduction(self, node: Reduction) -> _Matrix:
        inner = self.matrix(node.term)
        count = len(inner.shape)
        axes = range(count) if node.axes is None else [self._axis(node, axis, inner) for axis in node.axes]
        if len(set(axes)) < len(axes):
            raise self.line.complaint(node.at, f"{node.function}(..., axis={node.axes}): an axis is there twice")
        over = sorted(set(axes))
        if "softmax" in node.function:
            return self._softmax(node, inner, over)
        shape = tuple(
            ONE if axis in over else size for axis, size in enumerate(inner.shape) if node.keeps or axis not in over
        )

        def entry(places: Places, used: frozenset[str]) -> Node:
            rest = iter([p for at, p in enumerate(places) if not (node.keeps and at in over)])
            ranges, whole = [], []
            for axis in range(count):
                if axis not in over or inner.shape[axis] == ONE:  # its only entry is its sum, mean and largest
                    whole.append(next(rest) if axis not in over else FIRST)
                    continue
                letter = self._fresh(used, node, inner.shape[axis])
                used = used | {letter}
                ranges.append(Range(node.at, letter))
                whole.append(Letter(node.at, letter))
            body = inner.entry(tuple(whole), used)
            return Binder(node.at, node.function, tuple(ranges), body) if ranges else body

        kept = () if node.keeps else tuple(axis for axis in range(count) if axis not in over)
        return _Matrix(shape, node, entry, kept)

    def _softmax(self, node: Reduction, inner: _Matrix, over: Sequence[int]) -> _Matrix:
        if any(inner.shape[axis] == ONE for axis in over):
            message = f"{written(node)} runs over an axis of one entry; choose another axis"
            raise self.line.complaint(node.at, message)

        def entry(places: Places, used: frozenset[str]) -> Node:
            ranges = tuple(Range(node.at, place.name) for axis in over if isinstance(place := places[axis], Letter))
            return Binder(node.at, node.function, ranges, inner.entry(places, used))

        return _Matrix(inner.shape, node, entry)

    def _transposed(self, node: Transposed) -> _Matrix:
        inner = self.matrix(node.term)
        order = node.order(len(inner.shape), *(self._axis(node, axis, inner) for axis in node.axes))
        shape = tuple(inner.shape[axis] for axis in order)
        return _Matrix(shape, node, lambda places, used: inner.entry(tuple(places[axis] for axis in order), used))

    def _axis(self, node: Reduction | Transposed, axis: int, inner: _Matrix) -> int:
        count = len(inner.shape)
        if not -count <= axis < count:
            axes = "1 axis" if count == 1 else f"{count} axes"
            message = f"{node.function}(..., axis={axis}): {written(node.term)} has {axes}"
            raise self.line.complaint(node.at, f"{message}, counted from 0" if count else f"{message}; leave axis out")
        return axis % count

    def _fresh(self, used: frozenset[str], node: Node, size: Size) -> str:
        usual: list[str] = [*self.habits.get(size, ()), *_free_letters(self.shapes, self.declarations)]
        for letter in usual:
            if letter not in used:
                return letter
        raise self.line.complaint(node.at, "no letter is left for an index; write the line in several")


def _aligned(places: Places, shape: Shape) -> Places:
    """Return the places of an operand of a broadcast: the last ones, 1 along an axis of 1."""
    kept = places[len(places) - len(shape) :]
    return tuple(FIRST if size == ONE else place for place, size in zip(kept, shape, strict=True))

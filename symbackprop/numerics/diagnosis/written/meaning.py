"""What a side of a line means: the tree of a person's text as expressions of the network's own arrays.

delta[l] at l = 1        ∂C/∂z1        the derivative that the network has, by its name
da[2,1]/dz[2,1]          the derivative along every path
σ'(z[l])                 the slope of the activation of layer l
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sympy import Expr, Integer, KroneckerDelta, Mul, Pow, Rational, Sum, Symbol, pi, sqrt

from symbackprop.network.formula import Call, Inverse, Name, Negative, Node, Number, Power, Product
from symbackprop.network.formula import Sum as Terms
from symbackprop.network.largest import Largest
from symbackprop.network.notation import Axis, is_size
from symbackprop.network.program import entries
from symbackprop.network.text.derivationtree import (
    Activated,
    Derivative,
    Diagonal,
    Entrywise,
    Free,
    Kronecker,
    Norm,
    Outer,
    Own,
    Picked,
    Quantity,
    Summed,
)
from symbackprop.network.text.derivationwriting import spelled
from symbackprop.network.text.tree import Binder, Letter, MatrixProduct, Range, Reduction, Transposed
from symbackprop.numerics.diagnosis.written.functions import Functions
from symbackprop.numerics.diagnosis.written.grids import ONE, Grid, Misfit, number


class Meaning(Functions):
    """The meaning of every kind of node."""

    def grid(self, node: Node) -> Grid:
        """Return what a part of the tree means.

        Raises Misfit where it has no value, NoLayer where a layer is missing, ExpressionError for what is wrong."""
        reader = _READERS.get(type(node))
        if reader is None:
            raise self.line.refusal(node.at, f"{spelled(node)} has no meaning here")
        return reader(self, node)

    def letter(self, node: Letter) -> Grid:
        """Return a size that stands by its name, such as 1/T."""
        value = self.place(node)
        if not is_size(value):
            raise self.line.refusal(node.at, f"found {node.name!r}, an index, where a number belongs")
        return number(value)

    def free(self, node: Free) -> Grid:
        """Return the variable of a line about a function: any of what the activations of the network are taken of."""
        layers = self.glossary.letters.get("z", {})
        if not layers:
            raise self.line.refusal(node.at, f"found {node.name!r}, and there is no weighted sum that it could be")
        tensor = layers[max(layers)].tensor
        return number(tensor[tuple(first for first, _ in tensor.axes)])

    def bound(self, node: Binder | Summed) -> Grid:
        """Return a sum, a mean or an extreme over indices."""
        function = node.function if isinstance(node, Binder) else "sum"
        if "softmax" in function:
            raise self.line.refusal(node.at, f"{function} over an index", f"write {function}(z[2]), or exp and sum")
        names = {each.name: next(self.tables.letters) for each in node.ranges}
        inside = replace(self, symbols={**self.symbols, **names})
        grid = inside.grid(node.body)
        if grid.chain is not None:
            raise Misfit("{text} is the derivative of an array by an array; write its entries", text=grid.text)

        def entry(i: Expr, j: Expr) -> Expr:
            value = grid.entry(i, j)
            limits = [self._limit(value, names[each.name], each) for each in reversed(node.ranges)]
            return _over(function, value, limits)

        return Grid(grid.shape, entry, spelled(node))

    def _limit(self, value: Expr, symbol: Symbol, each: Range) -> tuple[Symbol, Expr, Expr]:
        """Return an index with its ends; one that is no size stands for the whole axis: Σ up to n, or to K."""
        first = None if each.first is None else self.place(each.first)
        last = None if each.last is None else self.place(each.last)
        if last is not None and last.is_Symbol and not is_size(last):
            last = None
        if first is not None and last is not None:
            return symbol, first, last
        own = self.axis(value, symbol, each.name, each.at)
        return symbol, own[0] if first is None else first, own[1] if last is None else last

    def axis(self, value: Expr, symbol: Symbol, name: str, at: int) -> Axis:
        """Return the range of an index: that of the axes at whose places it stands, which are equally long.

        One that begins later than another, as x does after a state h, decides."""
        found = [
            (entry.base, axis)
            for entry in sorted(entries(value), key=str)
            for place, axis in zip(entry.indices, entry.base.axes, strict=True)
            if place == symbol
        ]
        if not found:
            wanted = f"write its range, sum[{name} = 1..3](...)"
            raise self.line.refusal(at, f"index {name} stands in no array, so its range is not known", wanted)
        (first, _), spans = found[0], [tuple(map(self.tables.long, ends)) for _, ends in found]
        axis = found[max(range(len(found)), key=lambda place: spans[place][0])][1]
        for (other, _), span in zip(found, spans, strict=True):
            if span[1] != spans[0][1]:
                one, two = (f"{low}..{high}" for low, high in (spans[0], span))
                sentence = "{name} runs over {one} in {first} and over {two} in {second}"
                raise Misfit(sentence, name=name, one=one, two=two, first=str(first), second=str(other))
        return self._within(value, symbol, axis)

    def _within(self, value: Expr, symbol: Symbol, axis: Axis) -> Axis:
        """Return the part of a range in which entries beside the index are there: t from 1 where h[t - 1] stands."""
        first, last = axis
        for entry in entries(value):
            for place, (low, high) in zip(entry.indices, entry.base.axes, strict=True):
                shift = place - symbol
                if shift.is_Integer and shift:
                    first = max(first, low - shift, key=self.tables.long)
                    last = min(last, high - shift, key=self.tables.long)
        return first, last

    def reduced(self, node: Reduction) -> Grid:
        """Return a sum, or a mean, over all entries or along one axis."""
        grid, axes = self.grid(node.term), node.axes
        samples = 0 if self.is_row else 1
        if axes is None and self.adds_samples and grid.shape and grid.shape[samples] == self.glossary.samples:
            axes = (samples,)
        found = self.tables.total(grid) if axes is None else self.tables.along(grid, axes[0])
        if node.function == "sum" or not grid.shape:
            return found
        count = Mul(*(grid.shape if axes is None else (grid.shape[axes[0]],)))
        return self.tables.each((found,), lambda e: e / count, spelled(node))

    def picked(self, node: Picked) -> Grid:
        """Return an entry of an expression."""
        return self.entry_of(node, replace(self.grid(node.term), text=spelled(node.term)))

    def diagonal(self, node: Diagonal) -> Grid:
        """Return the matrix with a column on its diagonal."""
        column = self.grid(node.term)
        if not column.shape or column.chain is not None or 1 not in self.tables.shape(column):
            raise Misfit("diag({text}) wants a column", text=spelled(node.term))
        if self.tables.shape(column)[1] != 1:
            column = self.tables.transposed(column, column.text)
        size = column.shape[0]
        return Grid((size, size), lambda i, j: KroneckerDelta(i, j) * column.entry(i, ONE), spelled(node))

    def each(self, node: Node, combine: Callable[..., Expr], *parts: Node) -> Grid:
        """Return what is combined entry by entry."""
        return self.tables.each(tuple(map(self.grid, parts)), combine, spelled(node))

    def entrywise(self, node: Entrywise) -> Grid:
        """Return left ⊙ right; where that has no value, W^T δ ⊙ s is W^T (δ ⊙ s), and a ⊙ b c^T is (a ⊙ b) c^T."""
        left, right = node.left, node.right
        try:
            return self.tables.entrywise(self.grid(left), self.grid(right), spelled(node), loose=node.loose)
        except Misfit as misfit:
            others: list[tuple[Node, Node]] = []
            if isinstance(right, MatrixProduct):
                others.append((replace(node, right=right.left), right.right))
            if isinstance(left, MatrixProduct):
                others.append((left.left, replace(node, left=left.right)))
            for first, second in others:
                with suppress(Misfit):
                    return self.tables.product(self.grid(first), self.grid(second), spelled(node))
            raise misfit from None

    def norm(self, node: Norm) -> Grid:
        """Return the root of the sum of squares."""
        squares = self.each(node, lambda e: e**2, node.term)
        return number(sqrt(self.tables.total(squares).value))

    def kronecker(self, node: Kronecker) -> Grid:
        """Return 1 where both indices are equal."""
        return number(KroneckerDelta(self.place(node.left), self.place(node.right)))

    def factors(self, node: Product) -> Grid:
        """Return a product of what is written with / or behind a sum sign."""
        found = self.grid(node.factors[0])
        for factor in node.factors[1:]:
            found = self.tables.entrywise(found, self.grid(factor), spelled(node), loose=True)
        return found


def _over(function: str, value: Expr, limits: list[tuple[Symbol, Expr, Expr]]) -> Expr:
    if function in ("max", "min"):
        return Largest(value, *limits) if function == "max" else -Largest(-value, *limits)
    total, count = Sum(value, *limits), Integer(1)
    for _, start, end in limits:
        count = count * (end - start + 1)
    return total if function == "sum" else total / count


_READERS: Mapping[type, Callable[[Meaning, Any], Grid]] = {
    Number: lambda _m, node: number(Rational(node.value.numerator, node.value.denominator)),
    Name: lambda _m, _node: number(pi),
    Letter: Meaning.letter,
    Quantity: Meaning.quantity,
    Own: Meaning.own,
    Free: Meaning.free,
    Derivative: Meaning.derivative,
    Activated: Meaning.activated,
    Call: Meaning.called,
    Terms: lambda m, node: m.tables.added(tuple(map(m.grid, node.terms)), spelled(node)),
    Negative: lambda m, node: m.each(node, lambda e: -e, node.term),
    Inverse: lambda m, node: m.each(node, lambda e: 1 / e, node.divisor),
    Power: lambda m, node: m.each(node, Pow, node.base, node.exponent),
    Product: Meaning.factors,
    Entrywise: Meaning.entrywise,
    MatrixProduct: lambda m, node: m.tables.product(m.grid(node.left), m.grid(node.right), spelled(node)),
    Outer: lambda m, node: m.tables.outer(m.grid(node.left), m.grid(node.right), spelled(node)),
    Transposed: lambda m, node: m.tables.transposed(m.grid(node.term), spelled(node)),
    Reduction: Meaning.reduced,
    Binder: Meaning.bound,
    Summed: Meaning.bound,
    Diagonal: Meaning.diagonal,
    Norm: Meaning.norm,
    Kronecker: Meaning.kronecker,
    Picked: Meaning.picked,
}

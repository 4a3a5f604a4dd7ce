"""Arrays and derivatives of a person's line: an entry, a whole column or matrix, what a chain rule goes on with.

a[2,1]        an entry            delta[2]    a column of ∂C/∂z2        dC/dW[2]    a matrix
dz[2]/da[1]   the derivative of a column by a column
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sympy import Expr, Integer

from symbackprop.calculus.partials import Partial
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.text.derivationmarks import SIZE
from symbackprop.network.text.derivationtree import Derivative, Own, Quantity
from symbackprop.network.text.derivationwriting import spelled
from symbackprop.network.text.glossary import COST_NAME, ERROR
from symbackprop.numerics.diagnosis.written.grids import ONE, Grid, Misfit, number
from symbackprop.numerics.diagnosis.written.ownnames import OwnNames
from symbackprop.numerics.diagnosis.written.rates import Rate

Wrap = Callable[[Expr], Expr]


def _itself(entry: Expr) -> Expr:
    return entry


def _rate(of: Expr, by: Expr) -> Expr:
    return Integer(1) if of == by else Rate(of, by)


class Quantities(OwnNames):
    """What names and derivatives mean."""

    def _is_cost(self, node: Quantity) -> bool:
        return node.name == COST_NAME and node.layer is None and node.name not in self.glossary.arrays

    def quantity(self, node: Quantity) -> Grid:
        """Return a quantity: the cost, a size, an entry, or a whole array."""
        if self._is_cost(node):
            return number(COST)
        if node.name == SIZE and node.layer is not None:
            return number(self.size(node))
        tensor = self.tensor(node)
        wrap = self._short(tensor) if node.name == ERROR else _itself
        if node.positions or not tensor.axes:
            return replace(number(wrap(tensor[self.positions(node, tensor)])), text=spelled(node))
        return self._whole(tensor, wrap, spelled(node), tensor if node.name == ERROR else None)

    def _whole(self, tensor: Tensor, wrap: Wrap, text: str, of: Tensor | None) -> Grid:
        """Return a whole array: with one axis a column, or a row; with two a matrix."""
        before, sizes = [first - 1 for first, _ in tensor.axes], tensor.sizes
        if len(sizes) > 2:
            raise Misfit("{text} has {count} axes; write its entries", text=text, count=len(sizes))
        if len(sizes) == 2 and self.glossary.is_of_samples(tensor) and not self.is_row:
            return Grid(sizes[::-1], lambda i, j: wrap(tensor[j + before[1], i + before[0]]), text, of=of)
        if len(sizes) == 2 and self.turns(tensor):
            return Grid(sizes[::-1], lambda i, j: wrap(tensor[j + before[0], i + before[1]]), text, of=of)
        if len(sizes) == 2:
            return Grid(sizes, lambda i, j: wrap(tensor[i + before[0], j + before[1]]), text, of=of)
        if self.is_row:
            return Grid((ONE, *sizes), lambda _i, j: wrap(tensor[j + before[0]]), text, of=of)
        return Grid((*sizes, ONE), lambda i, _j: wrap(tensor[i + before[0]]), text, of=of)

    def derivative(self, node: Derivative) -> Grid:
        """Return ∂of/∂by: of one number a number or an array, of a column what a chain rule goes on with."""
        of, by, text = self.renamed(node.of), self.renamed(node.by), spelled(node)
        if not isinstance(of, Quantity) or isinstance(by, Own):
            return self.through_name(node.at, of, by)
        if not (isinstance(of, Quantity) and isinstance(by, Quantity)) or self._is_cost(by):
            raise self.line.refusal(node.at, f"{text} is no derivative by an array", "write it as dC/dz[2,1]")
        if {of.name, by.name} & {ERROR, SIZE}:
            wanted = "write what is computed, as in dC/dz[2]"
            raise self.line.refusal(node.at, f"{text} is no derivative of an array", wanted)
        target = self.tensor(by)
        if self._is_cost(of):
            wrap = partial(Partial, COST) if of.at else self._short(target)
            return self._of_one(wrap, by, target, text)
        source = self.tensor(of)
        if of.positions or not source.axes:
            top = source[self.positions(of, source)]
            return self._of_one(partial(_rate, top), by, target, text)
        if len(source.axes) > 1:
            raise Misfit("{text} is the derivative of a matrix; write its entries", text=text)
        if by.positions or not target.axes:
            below = target[self.positions(by, target)]
            return self._whole(source, lambda e: _rate(e, below), text, None)
        shape = self._whole(target, _itself, text, None)
        before = source.axes[0][0] - 1

        def entry(i: Expr, j: Expr, k: Expr) -> Expr:
            return _rate(source[k + before], shape.entry(i, j))

        return Grid(shape.shape, entry, text, of=target, chain=source, along=source.sizes[0])

    def _short(self, tensor: Tensor) -> Wrap:
        """Return what δ and dZ, short for ∂C/∂z, are of an entry."""
        if self.is_each and self.glossary.is_of_samples(tensor):
            return lambda entry: self.glossary.samples * Partial(COST, entry)
        return partial(Partial, COST)

    def _of_one(self, rate: Wrap, by: Quantity, target: Tensor, text: str) -> Grid:
        """Return the derivative of one number by an entry, or by a whole array."""
        if by.positions or not target.axes:
            return replace(number(rate(target[self.positions(by, target)])), text=text)
        return self._whole(target, rate, text, target)

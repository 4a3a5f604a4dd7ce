"""Functions in a person's line: the activation of a layer or its slope, one by its own name, softmax of a layer.

Arrays and derivatives of a person's line: an entry, a whole column or matrix, what a chain rule goes on with.

a[2,1]        an entry            delta[2]    a column of ∂C/∂z2        dC/dW[2]    a matrix
dz[2]/da[1]   the derivative of a column by a column
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sympy import Dummy, Expr, Integer, KroneckerDelta, Sum, exp, log

from symbackprop.calculus.partials import Partial
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.extremes import where
from symbackprop.network.formula import Call, Comparison, Number
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, entries
from symbackprop.network.text.derivationgroups import SIZE
from symbackprop.network.text.derivationtree import Activated, Derivative, Own, Quantity
from symbackprop.network.text.derivationwriting import spelled
from symbackprop.network.text.glossary import COST_NAME, ERROR
from symbackprop.network.text.tree import Letter
from symbackprop.network.vocabulary import vocabulary
from symbackprop.numerics.diagnosis.written.grids import ONE, Grid, Misfit, number
from symbackprop.numerics.diagnosis.written.ownnames import OwnNames
from symbackprop.numerics.diagnosis.written.places import NoLayer, layers_in, quantities_in
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
            return self._placed(node, tensor, wrap, spelled(node))
        return self._whole(tensor, wrap, spelled(node), tensor if node.name == ERROR else None)

    def _placed(self, node: Quantity, tensor: Tensor, wrap: Wrap, text: str) -> Grid:
        """Return an entry; of a batch, where the sample alone is said, all entries of that sample."""
        places = self.positions(node, tensor)
        if len(places) == len(tensor.axes):
            return replace(number(wrap(tensor[places])), text=text)
        size, before = tensor.sizes[-1], tensor.axes[-1][0] - 1
        if self.is_row:
            return Grid((ONE, size), lambda _i, j: wrap(tensor[(*places, j + before)]), text)
        return Grid((size, ONE), lambda i, _j: wrap(tensor[(*places, i + before)]), text)

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
            return self._placed(by, target, rate, text)
        return self._whole(target, rate, text, target)


Function = Callable[[Expr], Expr]


def _differentiated(function: type[Elementwise], order: int) -> Function:
    for _ in range(order):
        function = slope(function)
    return function


class Functions(Quantities):
    """What calls mean."""

    def activated(self, node: Activated) -> Grid:
        """Return an activation, or its slope, entry by entry; softmax of a whole column."""
        argument, name = self.grid(node.argument), node.function
        function: Function | None = None
        if not name:
            function = self._of_layer(self._layer_of(node), node.order)
        else:
            known = ACTIVATIONS[name].function if name in ACTIVATIONS else self.glossary.functions[name]
            function = None if known is None else _differentiated(known, node.order)
        if function is None:
            return self._mixed(node, name or "softmax", argument)
        return self.tables.each((argument,), function, spelled(node))

    def _layer_of(self, node: Activated) -> int:
        """Return the layer that an activation belongs to: its own, or that of what it is taken of."""
        if node.layer is not None:
            return self.layer_number(node.layer)
        layers = [self.layer_number(layer) for layer in layers_in(node.argument)]
        layers += self.glossary.layers_named(quantities_in(node.argument))
        layers = [layer for layer in layers if layer] or self._all_alike()
        if not layers:
            wanted = "write its name, as in tanh(...), or its layer, as in σ^{(2)}(...)"
            raise self.line.refusal(node.at, "it is not said of which layer this activation is", wanted)
        return max(layers)

    def _all_alike(self) -> list[int]:
        layers = sorted(layer for layer in self.glossary.letters.get("a", {}) if layer)
        kinds = {type(e.expression) for e in map(self._equation, layers) if e is not None}
        return layers[:1] if len(kinds) == 1 else []

    def _equation(self, layer: int) -> Equation | None:
        array = self.glossary.at("a", layer)
        equations = self.glossary.program.equations
        return next((e for e in equations if array is not None and e.tensor == array.tensor), None)

    def _of_layer(self, layer: int, order: int) -> Function | None:
        """Return the activation of a layer, or its derivative; None where it mixes the entries."""
        equation, weighted = self._equation(layer), self.glossary.at("z", layer)
        if equation is None or weighted is None:
            raise NoLayer(f"no activation of layer {layer}")
        if equation.tensor == weighted.tensor:  # a layer that gives what it adds up
            return (lambda e: e) if not order else (lambda _e: Integer(int(order == 1)))
        read = [e for e in entries(equation.expression) if e.base == weighted.tensor]
        if equation.expression.has(Sum) or {e.indices for e in read} != {equation.indices}:
            return None
        if isinstance(equation.expression, Elementwise) and equation.expression.args[0] in read:
            return _differentiated(type(equation.expression), order)
        z = Dummy("z", real=True)
        inside = equation.expression.xreplace(dict.fromkeys(read, z))
        derived = inside.diff(z, order) if order else inside
        return lambda e: derived.xreplace({z: e})

    def _mixed(self, node: Activated, name: str, argument: Grid) -> Grid:
        if node.order:
            raise Misfit("{text}: softmax has no slope entry by entry", text=spelled(node))
        is_vector = bool(argument.shape) and 1 in self.tables.shape(argument)
        if name not in ("softmax", "log_softmax") or not (is_vector or (argument.shape and self.tables.broadcasts)):
            raise self.line.refusal(node.at, f"{name} mixes the entries of a layer", f"write {name}(z[2])")
        powers = self.tables.each((argument,), exp, "")
        tables = self.tables
        total = tables.along(powers, int(self.is_row)) if tables.broadcasts else tables.total(powers)
        of = (lambda e, t: exp(e) / t) if name == "softmax" else (lambda e, t: e - log(t))
        return self.tables.each((argument, total), of, spelled(node))

    def _share(self, comparison: Comparison) -> Expr | None:
        """Return 1 where two indices are equal, or differ, and 0 elsewhere; None for a comparison of values."""
        one, other = comparison.left, comparison.right
        if comparison.sign not in ("==", "!=") or not isinstance(one, Letter) or not isinstance(other, Letter | Number):
            return None
        same = KroneckerDelta(self.place(one), self.place(other))
        return same if comparison.sign == "==" else 1 - same

    def called(self, node: Call) -> Grid:
        """Return a function of the vocabulary, entry by entry."""
        first, *rest = node.arguments
        if isinstance(first, Comparison) and (share := self._share(first)) is not None:
            grids = tuple(map(self.grid, rest))
            return self.tables.each(grids, lambda e, f: share * e + (1 - share) * f, spelled(node))
        if isinstance(first, Comparison):
            chosen, sign = (rest[::-1], "==") if first.sign == "!=" else (rest, first.sign)
            grids = tuple(map(self.grid, (first.left, first.right, *chosen)))
            return self.tables.each(grids, partial(where, sign), spelled(node))
        grids = tuple(map(self.grid, node.arguments))
        return self.tables.each(grids, vocabulary()[node.function].build, spelled(node))

"""Functions in a person's line: the activation of a layer or its slope, one by its own name, softmax of a layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import Dummy, Expr, Integer, KroneckerDelta, Sum, exp, log

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.extremes import where
from symbackprop.network.formula import Call, Comparison, Number
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.program import Equation, entries
from symbackprop.network.text.derivationtree import Activated
from symbackprop.network.text.derivationwriting import spelled
from symbackprop.network.text.tree import Letter
from symbackprop.network.vocabulary import vocabulary
from symbackprop.numerics.diagnosis.written.grids import Grid, Misfit
from symbackprop.numerics.diagnosis.written.places import NoLayer, layers_in, quantities_in
from symbackprop.numerics.diagnosis.written.quantities import Quantities

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

"""Names that a person gives: what they are short for, which array of the network that is, and derivatives of them.

e_j = a_j - y_j        ∂C/∂e_j = ∂C/∂a_j / (∂e_j/∂a_j)        ∂e_j/∂w = Σ over all that e_j is made of
u := w*x + b           the array z of the network, by another name
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

from sympy import Add, Dummy, Expr, Indexed, Integer, Sum, Symbol

from symbackprop.calculus.partials import Partial
from symbackprop.network.formula import Node, Number
from symbackprop.network.notation import COST
from symbackprop.network.program import Kind, entries
from symbackprop.network.text.derivationtree import Own, Quantity
from symbackprop.network.text.derivationwriting import spelled
from symbackprop.network.text.glossary import COST_NAME, Definition
from symbackprop.network.text.tree import Letter, letters_of
from symbackprop.numerics.diagnosis.written.grids import ONE, Grid, Misfit, number
from symbackprop.numerics.diagnosis.written.places import LAYER, Places
from symbackprop.numerics.diagnosis.written.points import setting_of, small_world, value_of
from symbackprop.numerics.diagnosis.written.rates import Rate

SEEDS = (0, 1)  # points at which a name is compared with the arrays of the network
MOST_ENTRIES = 60


class OwnNames(Places):
    """What the names mean that a person has defined."""

    def own(self, node: Own) -> Grid:
        """Return what a name is short for, a whole array or an entry of it."""
        definition = self.glossary.own[node.name]
        assert definition.right is not None  # it is read by now
        if definition.places and not node.positions:
            return self._column(node, definition)
        grid = self._inside(node, definition).grid(definition.right)
        if definition.places or not node.positions:
            return replace(grid, text=spelled(node))
        return self.entry_of(node, replace(grid, text=node.name))

    def _inside(self, node: Own, definition: Definition) -> OwnNames:
        """Return where the right side of a definition is understood: with what its own places and layer are here."""
        layer = self.layer
        if definition.layer is not None and node.layer is not None and LAYER in letters_of(definition.layer):
            layer = self.layer_number(node.layer)
        elif node.layer is not None and (definition.layer is None or not self._same(node.layer, definition.layer)):
            raise self.line.refusal(node.at, f"{node.name} is not defined for this layer")
        if len(node.positions) not in (0, len(definition.places)) and definition.places:
            wanted = f"it is defined with {len(definition.places)}"
            raise self.line.refusal(node.at, f"{node.name} with {len(node.positions)} indices", wanted)
        symbols = dict(self.symbols)
        for place, position in zip(definition.places, node.positions, strict=False):
            if isinstance(place, Letter):
                symbols[place.name] = self.place(position)
            elif not self._same(place, position):
                raise self.line.refusal(node.at, f"{spelled(node)} is not defined", "give its entry an index")
        return replace(self, line=definition.line, layer=layer, symbols=symbols)

    def _same(self, one: Node, other: Node) -> bool:
        return bool(self.place(one) == self.place(other))

    def _column(self, node: Own, definition: Definition) -> Grid:
        """Return a name whose entries are defined, as a column or as a matrix."""
        value, symbols = self._general(node, definition)
        axes = [self.axis(value, symbol, str(symbol), node.at) for symbol in symbols]

        def entry(i: Expr, j: Expr) -> Expr:
            places = zip(symbols, axes, (i, j), strict=False)
            return value.xreplace({symbol: place + axis[0] - 1 for symbol, axis, place in places})

        sizes = [last - first + 1 for first, last in axes]
        if len(sizes) == 1 and self.is_row:
            return Grid((ONE, sizes[0]), lambda _i, j: entry(j, ONE), spelled(node))
        return Grid((sizes[0], sizes[1] if len(sizes) > 1 else ONE), entry, spelled(node))

    def _general(self, node: Own, definition: Definition) -> tuple[Expr, list[Symbol]]:
        """Return the entry of a definition at places of its own."""
        names = [place.name for place in definition.places if isinstance(place, Letter)]
        symbols = {name: next(self.tables.letters) for name in names}
        inside = self._inside(replace(node, positions=()), definition)
        inside = replace(inside, symbols={**inside.symbols, **symbols})
        assert definition.right is not None
        return inside.scalar(definition.right), [symbols[name] for name in names]

    def renamed(self, node: Node) -> Node:
        """Return the array of the network that a name is another one for; the name itself where there is none."""
        if not isinstance(node, Own):
            return node
        definition = self.glossary.own[node.name]
        key = (node.name, self.layer if node.layer is None else self.layer_number(node.layer))
        if key not in self.tables.renamed:
            self.tables.renamed[key] = next(self._arrays_like(node, definition), None)
        found = self.tables.renamed[key]
        if found is None:
            return node
        name, places = found
        return Quantity(node.at, name, None, places or node.positions)

    def _arrays_like(self, node: Own, definition: Definition) -> Iterator[tuple[str, tuple[Node, ...]]]:
        """Yield the computed arrays that have the same values everywhere, with the place of an entry."""
        program, numbers = self.glossary.program, self.tables.numbers
        targets = [array.tensor for array in program.of_kind(Kind.TARGET)]
        setting = setting_of(program, numbers, {})
        worlds = [small_world(setting, targets, seed) for seed in SEEDS]
        try:
            grid = self.own(replace(node, positions=()))
        except Misfit:
            return
        for name, array in self.glossary.arrays.items():
            axes = array.tensor.axes
            spans = [range(self.tables.long(first), self.tables.long(last) + 1) for first, last in axes]
            if array.kind != Kind.VALUE or len(axes) > 2:
                continue
            everywhere = list(product(*spans))[:MOST_ENTRIES]
            long = [len(span) for span in spans if len(span) != 1]
            is_whole = bool(grid.shape) and [n for n in self.tables.shape(grid) if n != 1] == long
            if is_whole or (grid.is_number and not axes):
                pairs = [(array.tensor[place], grid.entry(*self._at_entry(grid, axes, place))) for place in everywhere]
                if all(_equal(world, *pair) for world in worlds for pair in pairs):
                    yield name, ()
            elif grid.is_number:
                for place in everywhere:
                    if all(_equal(world, array.tensor[place], grid.value) for world in worlds):
                        yield name, tuple(Number(node.at, Fraction(number)) for number in place)

    def _at_entry(self, grid: Grid, axes: tuple[tuple[Expr, Expr], ...], place: tuple[int, ...]) -> tuple[Expr, Expr]:
        own = [Integer(position) - first + 1 for position, (first, _) in zip(place, axes, strict=True)]
        if len(own) == 1:
            return (ONE, own[0]) if grid.shape and self.tables.shape(grid)[0] == 1 else (own[0], ONE)
        return (own[0], own[1]) if own else (ONE, ONE)

    def through_name(self, at: int, of: Node, by: Node) -> Grid:
        """Return a derivative of what a person has defined, or by it."""
        source = number(COST) if self._is_cost_node(of) else self.grid(of)
        if source.is_number and source.value.has(Partial):
            wanted = "lines are about first derivatives, as dC/dw[2,1,1]"
            raise self.line.refusal(at, "a second derivative", wanted)
        if not source.is_number or not isinstance(by, Own | Quantity):
            raise Misfit("{text} is the derivative of an array; write its entries", text=spelled(of))
        if isinstance(by, Own):
            return self._by_name(at, source.value, by)
        tensor = self.tensor(by)
        if by.positions or not tensor.axes:
            return number(_total(source.value, tensor[self.positions(by, tensor)]))
        shape = self.grid(by)
        return replace(shape, entry=lambda i, j: _total(source.value, shape.entry(i, j)))

    def _is_cost_node(self, node: Node) -> bool:
        return isinstance(node, Quantity) and node.name == COST_NAME and node.name not in self.glossary.arrays

    def _by_name(self, at: int, source: Expr, by: Own) -> Grid:
        grid = self.own(by)

        def entry(i: Expr, j: Expr) -> Expr:
            name = grid.entry(i, j)
            computed = [e for e in entries(name) if self.glossary.program.kind(e.base) == Kind.VALUE]
            if name.has(Sum) or len(computed) != 1:
                wanted = f"{spelled(by)} is not what an array of the network is; write what C is differentiated by"
                raise self.line.refusal(at, "there is no derivative by it", wanted)
            outer = Partial(COST, computed[0]) if source == COST else _total(source, computed[0])
            return outer / _total(name, computed[0])

        entry(ONE, ONE)
        return Grid(grid.shape, entry, spelled(by))


def _equal(world: object, one: Expr, other: Expr) -> bool:
    left, right = value_of(world, one, {}), value_of(world, other, {})  # type: ignore[arg-type]
    return left is not None and right is not None and abs(left - right) <= 1e-9 * max(1e-3, abs(left))


def _total(of: Expr, by: Indexed) -> Expr:
    """Return the derivative of an expression by an entry, along every path: that of what it is made of."""
    if of == by:
        return Integer(1)
    if isinstance(of, Indexed):
        return Rate(of, by)
    if not of.args or not entries(of):
        return Integer(0)
    if isinstance(of, Sum):
        return Sum(_total(of.function, by), *of.limits)
    if isinstance(of, Add):
        return Add(*(_total(term, by) for term in of.args))
    parts = [Dummy(f"p{place}", real=True) for place in range(len(of.args))]
    rebuilt = of.func(*parts)
    values = dict(zip(parts, of.args, strict=True))
    terms = ((rebuilt.diff(part), part) for part in parts)
    return Add(*(slope.xreplace(values) * _total(values[part], by) for slope, part in terms))

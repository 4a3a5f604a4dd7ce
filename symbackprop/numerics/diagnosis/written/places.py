"""Which array, at which layer and place, a name in a person's line is: concrete, or general in l."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import field

from sympy import Add, Expr, Integer, Rational, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.formula import Negative, Node, Number, Sum
from symbackprop.network.notation import Axis, Tensor, index
from symbackprop.network.text.derivationgroups import SIZE
from symbackprop.network.text.derivationtokens import WrittenLine
from symbackprop.network.text.derivationtree import Activated, Entrywise, Own, Picked, Quantity
from symbackprop.network.text.derivationwriting import spelled
from symbackprop.network.text.glossary import ERROR, LAST, Glossary
from symbackprop.network.text.tree import Letter, MatrixProduct, letters_of, nodes_in
from symbackprop.numerics.diagnosis.written.grids import ONE, Grid, Misfit, Tables, number

LAYER = "l"


class NoLayer(Exception):
    """A layer that the network does not have: l + 1 after the last one."""


def layers_in(node: Node) -> Iterator[Node]:
    """Yield what stands in the place of a layer in a part of the tree."""
    named = (part for part in nodes_in(node) if isinstance(part, Quantity | Activated | Own))
    yield from (part.layer for part in named if part.layer is not None)


def quantities_in(node: Node) -> Iterator[str]:
    """Yield the names of the arrays in a part of the tree that are called without a layer: z2."""
    yield from (part.name for part in nodes_in(node) if isinstance(part, Quantity) and part.layer is None)


def is_general(node: Node) -> bool:
    """Tell whether a part of the tree speaks of a layer l."""
    return any(LAYER in letters_of(layer) for layer in layers_in(node))


@dataclass(frozen=True)
class Places(ABC):
    """Where a side is understood: the words of the network, the layer that l is, and the indices around.

    With `is_row` the arrays with one axis are rows, as in code. With `is_each` δ and dZ of a batch are the errors of
    each sample, m times the derivative of the mean. With `is_forward` w_ij goes from i to j, W from rows to columns.
    With `adds_samples` a sum without an axis is one over the samples."""

    glossary: Glossary
    line: WrittenLine
    tables: Tables
    layer: int | None = None
    is_row: bool = False
    is_each: bool = False
    is_forward: bool = False
    adds_samples: bool = False
    symbols: Mapping[str, Symbol] = field(default_factory=dict)

    @abstractmethod
    def grid(self, node: Node) -> Grid:
        """Return what a part of the tree means."""

    @abstractmethod
    def axis(self, value: Expr, symbol: Symbol, name: str, at: int) -> Axis:
        """Return the range of an index."""

    def entry_of(self, node: Own | Picked, grid: Grid) -> Grid:
        """Return the entry of an array at the positions of a node."""
        matrix = self.tables.as_matrix(grid)
        places = [self.place(position) for position in node.positions]
        if grid.is_number and len(places) == 1 and (places[0] == 1 or not places[0].is_number):
            return grid  # the one entry of a layer of one neuron
        is_vector = matrix is not None and 1 in self.tables.shape(matrix)
        if matrix is None or not matrix.shape or len(places) != (1 if is_vector else 2):
            raise self.line.refusal(node.at, f"{len(places)} indices pick no entry of {grid.text}")
        if is_vector:
            places = [*places, ONE] if self.tables.shape(matrix)[1] == 1 else [ONE, *places]
        return number(matrix.entry(*places))

    def scalar(self, node: Node) -> Expr:
        """Return a part of the tree that is one number; raises Misfit for an array."""
        grid = self.grid(node)
        if not grid.is_number:
            raise Misfit("{text} is no single number", text=spelled(node))
        return grid.value

    def place(self, node: Node) -> Expr:
        """Return an index, a position, a size or the end of a sum."""
        match node:
            case Number():
                return Rational(node.value.numerator, node.value.denominator)
            case Letter():
                return self._letter(node)
            case Sum():
                return Add(*map(self.place, node.terms))
            case Negative():
                return -self.place(node.term)
            case Quantity():
                return self.size(node)
            case Entrywise() | MatrixProduct():
                return self.place(node.left) * self.place(node.right)
        raise self.line.refusal(node.at, "this is no index", "write a letter or a number, as in a[2,1] or a[1,k]")

    def _letter(self, node: Letter) -> Expr:
        if node.name in self.symbols:
            return self.symbols[node.name]
        for size in self.glossary.program.sizes:
            if size.name == node.name:
                return size
        if node.name == LAST and self.glossary.depth:
            return Integer(self.glossary.depth)
        if node.name == LAYER and self.layer is not None:
            return Integer(self.layer)
        return index(node.name)

    def layer_number(self, node: Node) -> int:
        """Return the number of a layer; raises ExpressionError where it is none."""
        value = self.place(node)
        if not value.is_Integer:
            wanted = "a layer is a number, l, l+1, l-1 or L"
            raise self.line.refusal(node.at, f"found {spelled(node)!r} for a layer", wanted)
        return int(value)

    def size(self, node: Quantity) -> Expr:
        """Return the number of neurons of a layer, n[2]."""
        if node.name != SIZE or node.layer is None:
            raise self.line.refusal(node.at, "this is no index", "write a letter or a number")
        return self._at("a", node.layer, node.at).sizes[0]

    def _at(self, letter: str, layer: Node, at: int) -> Tensor:
        array = self.glossary.at(letter, self.layer_number(layer))
        if array is not None:
            return array.tensor  # type: ignore[no-any-return]  # SymPy has no types
        if LAYER in letters_of(layer):
            raise NoLayer(f"{letter} has no such layer")
        has = sorted(self.glossary.letters.get("z" if letter == ERROR else letter, {}))
        wanted = f"{letter} has layer{'s' * (len(has) > 1)} {', '.join(map(str, has))}"
        wanted = wanted if has else "write dC/d and the name of an array"
        raise self.line.refusal(at, f"there is no {letter} of layer {self.layer_number(layer)}", wanted)

    def tensor(self, node: Quantity) -> Tensor:
        """Return the array that a quantity is, or is an entry of; of delta the one that C is differentiated by."""
        if node.layer is not None:
            return self._at(node.name, node.layer, node.at)
        if node.name not in self.glossary.arrays:
            wanted = "write dC/d and the name of an array"
            raise self.line.refusal(node.at, f"{node.name} is not known here", wanted)
        return self.glossary.arrays[node.name].tensor  # type: ignore[no-any-return]  # SymPy has no types

    def turns(self, tensor: Tensor) -> bool:
        """Tell whether a person writes the indices of an array the other way round: those of a weight."""
        return self.is_forward and self.glossary.is_weight(tensor)

    def positions(self, node: Quantity, tensor: Tensor) -> tuple[Expr, ...]:
        """Return the place of an entry, or of a sample; raises ExpressionError for a number that is out of range."""
        found = []
        positions = node.positions[::-1] if self.turns(tensor) else node.positions
        for position, (first, last) in zip(positions, tensor.axes, strict=False):  # of a batch the sample alone
            place = self.place(position)
            lowest, highest = self.tables.long(first), self.tables.long(last)
            if place.is_number and not lowest <= place <= highest:
                name = spelled(Quantity(node.at, node.name, node.layer))
                wanted = f"it runs from {lowest} to {highest} in {name}"
                raise self.line.refusal(position.at, f"index {spelled(position)} is out of range", wanted)
            found.append(place)
        return tuple(found)

"""What equations add to the tree of a formula: arrays, what runs over indices, comparisons, products of matrices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from symbackprop.network.formula import Call, Extension, Name, Node, Power, Product, Sum

__all__ = [
    "Binder",
    "Comparison",
    "Entry",
    "Equality",
    "Letter",
    "MatrixProduct",
    "Range",
    "Reduction",
    "Transposed",
    "children",
    "ends_of",
    "letters_of",
]


@dataclass(frozen=True, slots=True)
class Letter(Extension):
    """A name without brackets: an index, a size, a single number or, in a matrix line, a whole array."""

    name: str

    def as_large(self) -> Node:
        """Return a variable."""
        return Name(self.at, "x")


@dataclass(frozen=True, slots=True)
class Entry(Extension):
    """One entry of an array, a[2*x + u - 2]."""

    name: str
    positions: tuple[Node, ...]

    def as_large(self) -> Node:
        """Return a variable: a position is whole, and small."""
        return Name(self.at, "x")


@dataclass(frozen=True, slots=True)
class Range:
    """An index with the range that the text says, if it says one: u = 1..K."""

    at: int
    name: str
    first: Node | None = None
    last: Node | None = None


@dataclass(frozen=True, slots=True)
class Binder(Extension):
    """A function over all values of its indices: sum[i, j](…), softmax[i](…)."""

    function: str
    ranges: tuple[Range, ...]
    body: Node

    def as_large(self) -> Node:
        """Return what is summed, under the function that softmax puts around it."""
        return _over(self.at, self.function, self.body)


@dataclass(frozen=True, slots=True)
class Reduction(Extension):
    """A function over axes of a matrix expression: sum(Z, axis=1, keepdims=True); None is over all of them."""

    function: str
    term: Node
    axes: tuple[int, ...] | None = None
    keeps: bool = False

    def as_large(self) -> Node:
        """Return what is summed, under the function that softmax puts around it."""
        return _over(self.at, self.function, self.term)


@dataclass(frozen=True, slots=True)
class Comparison(Extension):
    """The condition of `where`: left < right."""

    sign: str
    left: Node
    right: Node

    def as_large(self) -> Node:
        """Return both sides together."""
        return Sum(self.at, (self.left, self.right))


@dataclass(frozen=True, slots=True)
class MatrixProduct(Extension):
    """left @ right."""

    left: Node
    right: Node

    def as_large(self) -> Node:
        """Return the product of two entries."""
        return Product(self.at, (self.left, self.right))


@dataclass(frozen=True, slots=True)
class Transposed(Extension):
    """term.T, all axes in the opposite order."""

    term: Node

    def as_large(self) -> Node:
        """Return the term."""
        return self.term


@dataclass(frozen=True, slots=True)
class Equality:
    """A line that computes: target = right, for the ranges that the text says of indices on the left."""

    target: Entry | Letter
    right: Node
    ranges: tuple[Range, ...] = ()


_Part: TypeAlias = Node | Range


def _over(at: int, function: str, body: Node) -> Node:
    return Call(at, "exp", (body,)) if function == "softmax" else body


def children(node: _Part) -> tuple[_Part, ...]:
    """Return the parts that a node is made of, in the order of the text."""
    match node:
        case Entry():
            return node.positions
        case Range():
            return tuple(end for end in (node.first, node.last) if end is not None)
        case Binder():
            return (*node.ranges, node.body)
        case Reduction() | Transposed():
            return (node.term,)
        case Comparison() | MatrixProduct():
            return (node.left, node.right)
        case Power():
            return (node.base, node.exponent)
        case Call():
            return node.arguments
        case Sum():
            return node.terms
        case Product():
            return node.factors
    inner = getattr(node, "term", None) or getattr(node, "divisor", None)
    return () if inner is None else (inner,)


def letters_of(node: _Part) -> Iterator[str]:
    """Yield the names without brackets in a part of the tree, in the order of the text."""
    if isinstance(node, Letter):
        yield node.name
    for part in children(node):
        yield from letters_of(part)


def ends_of(node: Node, function: str) -> Iterator[Node]:
    """Yield the parts of max(a, b), where a range begins, or of min(a, b), where it ends; else the node alone."""
    if not (isinstance(node, Call) and node.function == function):
        yield node
        return
    for argument in node.arguments:
        yield from ends_of(argument, function)

"""What equations add to the tree of a formula: arrays, what runs over indices, products of matrices.

One walk serves all trees: the parts of a node are those of its fields that are nodes, in the order of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import fields, replace
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, TypeAlias

from symbackprop.frozen import dataclass
from symbackprop.network.formula import Call, Extension, Name, Negative, Node, Number, Power, Product, Sum
from symbackprop.network.notation import name_of_term


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
class MatrixProduct(Extension):
    """left @ right; `is_dot` where NumPy's dot says it, which is another thing where the right one has three axes."""

    left: Node
    right: Node
    is_dot: bool = False

    def as_large(self) -> Node:
        """Return the product of two entries."""
        return Product(self.at, (self.left, self.right))


@dataclass(frozen=True, slots=True)
class Transposed(Extension):
    """term.T, all axes in the opposite order; or two of them, counted from 0 or from behind, exchanged."""

    term: Node
    axes: tuple[int, ...] = ()
    function: ClassVar[str] = "transpose"

    def order(self, count: int, first: int = 0, second: int = 0) -> list[int]:
        """Return where each of the axes comes from, of `count`; the same order leads back."""
        axes = [*range(count)]
        if not self.axes:
            return axes[::-1]
        axes[first], axes[second] = second, first
        return axes

    def as_large(self) -> Node:
        """Return the term."""
        return self.term


@dataclass(frozen=True, slots=True)
class Rounded(Extension):
    """What is left of a place that is divided, or how often it is: above mod below, above // below."""

    sign: str
    above: Node
    below: Node

    def as_large(self) -> Node:
        """Return the place: the rest and the quotient are smaller."""
        return self.above


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
    """Return the parts that a node is made of, in the order of the text; a layer, by which a name is told, is none."""
    return tuple(part for _, own in _parts_by_field(node) for part in own)


def parts_of(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node that have a value: ranges have none."""
    return tuple(part for part in children(node) if not isinstance(part, Range))


def with_parts(node: Node, parts: Sequence[Node]) -> Node:
    """Return a node with others in the places of `parts_of` it."""
    following = iter(parts)
    changed: dict[str, Any] = {}
    for name, own in _parts_by_field(node):
        others = tuple(part if isinstance(part, Range) else next(following) for part in own)
        changed[name] = others if isinstance(getattr(node, name), tuple) else others[0]
    return replace(node, **changed)


def nodes_in(node: Node) -> Iterator[Node]:
    """Yield a node and all that it is made of, from the outside in."""
    yield node
    for part in parts_of(node):
        yield from nodes_in(part)


def _parts_by_field(node: _Part) -> Iterator[tuple[str, tuple[_Part, ...]]]:
    """Yield the fields of a node in which parts stand, alone or several."""
    kind: Any = type(node)
    for name in _names(kind):
        value = getattr(node, name)
        own = tuple(part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, _Part))
        if own:
            yield name, own


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in ("at", "layer"))


def letters_of(node: _Part) -> Iterator[str]:
    """Yield the names without brackets in a part of the tree, in the order of the text."""
    if isinstance(node, Letter):
        yield node.name
    for part in children(node):
        yield from letters_of(part)


def alternating(power: Power) -> Node:
    """Return (-1)^i, where i is made of letters, as 1 - 2*(i mod 2); any other power as it is."""
    at, one, two = power.at, Number(power.at, Fraction(1)), Number(power.at, Fraction(2))
    is_sign = isinstance(power.base, Negative) and isinstance(power.base.term, Number) and power.base.term.value == 1
    if not is_sign or not any(letters_of(power.exponent)):
        return power
    return Sum(at, (one, Negative(at, Product(at, (two, Rounded(at, "mod", power.exponent, two))))))


def ends_of(node: Node, function: str) -> Iterator[Node]:
    """Yield the parts of max(a, b), where a range begins, or of min(a, b), where it ends; else the node alone."""
    if not (isinstance(node, Call) and node.function == function):
        yield node
        return
    for argument in node.arguments:
        yield from ends_of(argument, function)


def places_in(nodes: Iterable[Node], arrays: Set[str]) -> tuple[str, ...]:
    """Return the names in the products of some trees, in an order in which each product has them from left to right.

    And the terms of sums, by the `arrays` in them, where these tell them apart. Where two products differ, the first
    one decides, factors before what is inside of factors; likewise of sums."""
    within = [each for node in nodes for each in nodes_in(node)]
    rows = [_row(each, inside=inside) for inside in (False, True) for each in within if isinstance(each, Product)]
    for each in (each for each in within if isinstance(each, Sum)):
        terms = [name_of_term(arrays & set(_row(term, inside=True))) for term in each.terms]
        rows += [terms] if len(set(terms)) == len(terms) else []
    found: list[str] = []
    for row in rows:
        for place, name in enumerate(row if len(row) > 1 else ()):
            if name not in found:
                behind = [found.index(other) for other in row[place + 1 :] if other in found]
                found.insert(min(behind, default=len(found)), name)
    return tuple(found)


def _row(node: Node, *, inside: bool) -> list[str]:
    """Return the names of a product's factors, those of products in it among them, or all names inside of factors."""
    if isinstance(node, Entry | Letter):
        return [node.name]
    parts = parts_of(node) if inside or isinstance(node, Product | Negative) else ()
    return [name for part in parts for name in _row(part, inside=inside)]

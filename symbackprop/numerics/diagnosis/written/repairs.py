"""What a line may have meant that has no value: a matrix, a column, turned round.

W[2] delta[2]        there is no such product where W is not square; W[2]^T delta[2] is one
delta[2] a[1]        delta[2] a[1]^T
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from symbackprop.network.formula import Node
from symbackprop.network.text.derivationtree import Derivative, Quantity
from symbackprop.network.text.tree import Transposed, parts_of, with_parts

Change: TypeAlias = Callable[[Node], "list[tuple[Node, Node]] | None"]


def turned(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the tree with one whole array transposed, or no longer transposed, and that array."""
    return changed(node, _turned)


def _turned(node: Node) -> list[tuple[Node, Node]] | None:
    if isinstance(node, Transposed) and isinstance(node.term, Quantity):
        return [(node.term, node.term)]
    if isinstance(node, Quantity):
        return [] if node.positions else [(Transposed(node.at, node), node)]
    return [] if isinstance(node, Derivative) else None


def changed(node: Node, change: Change) -> Iterator[tuple[Node, Node]]:
    """Yield the tree with one part of it changed, and what `change` says of that; it returns None to look further in.

    What `change` returns are other parts in the place of one, each with what is said of it."""
    found = change(node)
    if found is not None:
        yield from found
        return
    parts = parts_of(node)
    for place, part in enumerate(parts):
        for other, said in changed(part, change):
            yield with_parts(node, (*parts[:place], other, *parts[place + 1 :])), said

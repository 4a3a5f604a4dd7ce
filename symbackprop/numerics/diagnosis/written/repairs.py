"""What a line may have meant that has no value: a matrix, a column, turned round.

W[2] delta[2]        there is no such product where W is not square; W[2]^T delta[2] is one
delta[2] a[1]        delta[2] a[1]^T
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from symbackprop.network.formula import Node
from symbackprop.network.text.derivationtree import Derivative, Quantity
from symbackprop.network.text.tree import Transposed

__all__ = ["turned"]


def turned(node: Node) -> Iterator[tuple[Node, Quantity]]:
    """Yield the tree with one whole array transposed, or no longer transposed, and that array."""
    if isinstance(node, Transposed) and isinstance(node.term, Quantity):
        yield node.term, node.term
        return
    if isinstance(node, Derivative):
        return
    if isinstance(node, Quantity):
        if not node.positions:
            yield Transposed(node.at, node), node
        return
    for field in fields(node):
        value: Any = getattr(node, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        for place, part in enumerate(parts):
            if not isinstance(part, Node):
                continue
            for other, array in turned(part):
                whole = (*parts[:place], other, *parts[place + 1 :]) if isinstance(value, tuple) else other
                changed: Any = {field.name: whole}
                yield replace(node, **changed), array

"""A part of a derivation as short text, in one way for all: a[2,1], dC/dz[2], W[2]^T delta[2]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symbackprop.network.formula import Call, Comparison, Inverse, Name, Negative, Node, Number, Power, Product, Sum
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
from symbackprop.network.text.tree import (
    Binder,
    Letter,
    MatrixProduct,
    Reduction,
    Transposed,
)

__all__ = ["spelled"]

LONGEST = 40


def spelled(node: Node) -> str:
    """Return a part of a line as text, shortened where it is long."""
    text = _spelled(node)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _spelled(node: Node) -> str:
    return _WRITERS[type(node)](node)


def _factor(node: Node) -> str:
    return f"({_spelled(node)})" if isinstance(node, Sum | Negative | Entrywise | Outer) else _spelled(node)


def _list(nodes: tuple[Node, ...]) -> str:
    return ",".join(map(_spelled, nodes))


def _quantity(node: Quantity | Own) -> str:
    places = ((node.layer,) if node.layer is not None else ()) + node.positions
    return f"{node.name}[{_list(places)}]" if places else node.name


def _sum(node: Sum) -> str:
    text = ""
    for place, term in enumerate(node.terms):
        is_negative = isinstance(term, Negative)
        inner = _factor(term.term) if isinstance(term, Negative) else _spelled(term)
        text += (" - " if place else "-") + inner if is_negative else (" + " if place else "") + inner
    return text


def _indices(node: Binder | Summed) -> str:
    return ",".join(each.name for each in node.ranges)


def _product(node: Product) -> str:
    first, *rest = node.factors
    text = _factor(first)
    for factor in rest:
        text += f"/{_factor(factor.divisor)}" if isinstance(factor, Inverse) else f" {_factor(factor)}"
    return text


def _activated(node: Activated) -> str:
    layer = "" if node.layer is None else f"[{_spelled(node.layer)}]"
    return f"{node.function or 'σ'}{chr(39) * node.order}{layer}({_spelled(node.argument)})"


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    Number: lambda node: str(node.value),
    Name: lambda node: node.name,
    Letter: lambda node: node.name,
    Quantity: _quantity,
    Own: _quantity,
    Free: lambda node: node.name,
    Derivative: lambda node: f"d{_spelled(node.of)}/d{_spelled(node.by)}",
    Activated: _activated,
    Entrywise: lambda node: f"{_factor(node.left)} {'*' if node.loose else '⊙'} {_factor(node.right)}",
    Outer: lambda node: f"{_factor(node.left)} ⊗ {_factor(node.right)}",
    MatrixProduct: lambda node: f"{_factor(node.left)} {_factor(node.right)}",
    Transposed: lambda node: f"{_factor(node.term)}^T",
    Summed: lambda node: f"sum[{_indices(node)}]({_spelled(node.body)})",
    Binder: lambda node: f"{node.function}[{_indices(node)}]({_spelled(node.body)})",
    Reduction: lambda node: f"{node.function}({_spelled(node.term)})",
    Diagonal: lambda node: f"diag({_spelled(node.term)})",
    Norm: lambda node: f"‖{_spelled(node.term)}‖",
    Kronecker: lambda node: f"delta_{_spelled(node.left)}{_spelled(node.right)}",
    Picked: lambda node: f"({_spelled(node.term)})[{_list(node.positions)}]",
    Negative: lambda node: f"-{_factor(node.term)}",
    Inverse: lambda node: f"1/{_factor(node.divisor)}",
    Power: lambda node: f"{_factor(node.base)}^{_factor(node.exponent)}",
    Call: lambda node: f"{node.function}({_list(node.arguments)})",
    Comparison: lambda node: f"{_spelled(node.left)} {node.sign} {_spelled(node.right)}",
    Sum: _sum,
    Product: _product,
}

"""A part of a derivation as short text, in one way for all: a[2,1], dC/dz[2], W[2]^T delta[2]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symbackprop.network.formula import Call, Inverse, Negative, Node, Number, Product, Sum
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
from symbackprop.network.text.tree import Binder, MatrixProduct, Transposed
from symbackprop.network.text.writing import RULES, Writer

LONGEST = 40


def spelled(node: Node) -> str:
    """Return a part of a line as text, shortened where it is long."""
    text = _DERIVATIONS.text(node)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _quantity(writer: Writer, node: Quantity | Own) -> str:
    places = ((node.layer,) if node.layer is not None else ()) + node.positions
    return f"{node.name}[{writer.several(places, ',')}]" if places else node.name


def _bound(writer: Writer, function: str, node: Binder | Summed) -> str:
    return f"{function}[{','.join(each.name for each in node.ranges)}]({writer.text(node.body)})"


def _multiplied(writer: Writer, place: int, factor: Node) -> str:
    if isinstance(factor, Inverse) and place:
        return f"/{writer.factor(factor.divisor)}"
    return f"{' ' if place else ''}{writer.factor(factor)}"


def _activated(writer: Writer, node: Activated) -> str:
    layer = "" if node.layer is None else f"[{writer.text(node.layer)}]"
    return f"{node.function or 'σ'}{chr(39) * node.order}{layer}({writer.text(node.argument)})"


_RULES: Mapping[type, Callable[[Writer, Any], str]] = {
    **RULES,
    Number: lambda _, node: str(node.value),
    Quantity: _quantity,
    Own: _quantity,
    Free: lambda _, node: node.name,
    Derivative: lambda w, node: f"d{w.text(node.of)}/d{w.text(node.by)}",
    Activated: _activated,
    Entrywise: lambda w, node: f"{w.factor(node.left)} {'*' if node.loose else '⊙'} {w.factor(node.right)}",
    Outer: lambda w, node: f"{w.factor(node.left)} ⊗ {w.factor(node.right)}",
    MatrixProduct: lambda w, node: f"{w.factor(node.left)} {w.factor(node.right)}",
    Transposed: lambda w, node: f"{w.factor(node.term)}^T",
    Summed: lambda w, node: _bound(w, "sum", node),
    Binder: lambda w, node: _bound(w, node.function, node),
    Diagonal: lambda w, node: f"diag({w.text(node.term)})",
    Norm: lambda w, node: f"‖{w.text(node.term)}‖",
    Kronecker: lambda w, node: f"delta_{w.text(node.left)}{w.text(node.right)}",
    Picked: lambda w, node: f"({w.text(node.term)})[{w.several(node.positions, ',')}]",
    Call: lambda w, node: f"{node.function}({w.several(node.arguments, ',')})",
    Product: lambda w, node: "".join(_multiplied(w, place, factor) for place, factor in enumerate(node.factors)),
}
_DERIVATIONS = Writer(_RULES, (Sum, Negative, Entrywise, Outer))

"""A part of the tree as it would be written in the text: what messages quote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symbackprop.network.formula import Call, Comparison, Inverse, Name, Negative, Node, Number, Power, Product, Sum
from symbackprop.network.text.tree import (
    Binder,
    Entry,
    Letter,
    MatrixProduct,
    Reduction,
    Transposed,
)

__all__ = ["axes_text", "ordinal", "written"]

LONGEST = 40
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def ordinal(axis: int) -> str:
    """Return the name of an axis, 0 being the first."""
    return _ORDINALS[axis]


def axes_text(count: int) -> str:
    """Return how many axes there are, in words."""
    return "no axis" if not count else "1 axis" if count == 1 else f"{count} axes"


def written(node: Node) -> str:
    """Return the node as text in one line, shortened where it is long."""
    text = _written(node)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _written(node: Node) -> str:
    return _WRITERS[type(node)](node)


def _called(function: str, *parts: Node) -> str:
    return f"{function}({', '.join(map(_written, parts))})"


def _factor(node: Node) -> str:
    return f"({_written(node)})" if isinstance(node, Sum | Negative | MatrixProduct) else _written(node)


def _signed(place: int, term: Node) -> str:
    if isinstance(term, Negative):
        return f"{' - ' if place else '-'}{_factor(term.term)}"
    return f"{' + ' if place else ''}{_written(term)}"


def _multiplied(place: int, factor: Node) -> str:
    if isinstance(factor, Inverse) and place:
        return f"/{_factor(factor.divisor)}"
    return f"{'*' if place else ''}{_factor(factor)}"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else str(float(value))


# one way to write for each kind of node
_WRITERS: Mapping[type, Callable[[Any], str]] = {
    Number: lambda node: _number(node.value),
    Name: lambda node: node.name,
    Letter: lambda node: node.name,
    Entry: lambda node: f"{node.name}[{', '.join(map(_written, node.positions))}]",
    Negative: lambda node: f"-{_factor(node.term)}",
    Inverse: lambda node: f"1/{_factor(node.divisor)}",
    Power: lambda node: f"{_factor(node.base)}^{_factor(node.exponent)}",
    Call: lambda node: _called(node.function, *node.arguments),
    Binder: lambda node: f"{node.function}[{', '.join(each.name for each in node.ranges)}](...)",
    Reduction: lambda node: _called(node.function, node.term),
    Transposed: lambda node: f"{_factor(node.term)}.T",
    Sum: lambda node: "".join(_signed(place, term) for place, term in enumerate(node.terms)),
    Product: lambda node: "".join(_multiplied(place, factor) for place, factor in enumerate(node.factors)),
    MatrixProduct: lambda node: f"{_factor(node.left)} @ {_factor(node.right)}",
    Comparison: lambda node: f"{_written(node.left)} {node.sign} {_written(node.right)}",
}

"""A part of the tree as it would be written in the text: what messages quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from symbackprop.frozen import dataclass
from symbackprop.network.formula import Call, Comparison, Inverse, Name, Negative, Node, Number, Power, Product, Sum
from symbackprop.network.text.tree import Binder, Entry, Letter, MatrixProduct, Reduction, Rounded, Transposed

LONGEST = 40
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def ordinal(axis: int) -> str:
    """Return the name of an axis, 0 being the first."""
    return _ORDINALS[axis]


def axes_text(count: int) -> str:
    """Return how many axes there are, in words."""
    return "no axis" if not count else "1 axis" if count == 1 else f"{count} axes"


@dataclass(frozen=True)
class Writer:
    """Writes nodes, by one rule for each kind; what is `loose` stands in parentheses where it is a factor."""

    rules: Mapping[type, Callable[[Writer, Any], str]]
    loose: tuple[type, ...]

    def text(self, node: Node) -> str:
        """Return a node as text."""
        return self.rules[type(node)](self, node)

    def factor(self, node: Node) -> str:
        """Return a node as it stands beside others in a product."""
        return f"({self.text(node)})" if isinstance(node, self.loose) else self.text(node)

    def several(self, nodes: Iterable[Node], comma: str = ", ") -> str:
        """Return nodes with commas between them."""
        return comma.join(map(self.text, nodes))


def written(node: Node) -> str:
    """Return the node as text in one line, shortened where it is long."""
    text = _EQUATIONS.text(node)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _signed(writer: Writer, place: int, term: Node) -> str:
    if isinstance(term, Negative):
        return f"{' - ' if place else '-'}{writer.factor(term.term)}"
    return f"{' + ' if place else ''}{writer.text(term)}"


def _multiplied(writer: Writer, place: int, factor: Node) -> str:
    if isinstance(factor, Inverse) and place:
        return f"/{writer.factor(factor.divisor)}"
    return f"{'*' if place else ''}{writer.factor(factor)}"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else str(float(value))


RULES: Mapping[type, Callable[[Writer, Any], str]] = {
    Number: lambda _, node: _number(node.value),
    Name: lambda _, node: node.name,
    Letter: lambda _, node: node.name,
    Entry: lambda w, node: f"{node.name}[{w.several(node.positions)}]",
    Negative: lambda w, node: f"-{w.factor(node.term)}",
    Inverse: lambda w, node: f"1/{w.factor(node.divisor)}",
    Power: lambda w, node: f"{w.factor(node.base)}^{w.factor(node.exponent)}",
    Call: lambda w, node: f"{node.function}({w.several(node.arguments)})",
    Binder: lambda _, node: f"{node.function}[{', '.join(each.name for each in node.ranges)}](...)",
    Reduction: lambda w, node: f"{node.function}({w.text(node.term)})",
    Transposed: lambda w, node: w.factor(node.term) + (f".swapaxes{node.axes}" if node.axes else ".T"),
    Rounded: lambda w, node: (
        f"{w.factor(node.above)} {node.sign} "
        + (f"({w.text(node.below)})" if isinstance(node.below, Product) else w.factor(node.below))
    ),
    Sum: lambda w, node: "".join(_signed(w, place, term) for place, term in enumerate(node.terms)),
    Product: lambda w, node: "".join(_multiplied(w, place, factor) for place, factor in enumerate(node.factors)),
    MatrixProduct: lambda w, node: f"{w.factor(node.left)} @ {w.factor(node.right)}",
    Comparison: lambda w, node: f"{w.text(node.left)} {node.sign} {w.text(node.right)}",
}
_EQUATIONS = Writer(RULES, (Sum, Negative, MatrixProduct, Rounded))

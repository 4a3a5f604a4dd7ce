"""MathML -> canonical text, from the elements as ElementTree has them, with or without a namespace.

<msubsup><mi>δ</mi><mi>j</mi><mrow>(l)</mrow></msubsup>   ->   ["δ_{j}^{(l)}"]
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from exposition.canonical import form

__all__ = ["name", "read"]


def name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def read(element: Element) -> list[str]:
    """Return the atoms of an element; raises ValueError for one that is unknown."""
    kind = name(element)
    if kind not in _BUILT:
        raise ValueError(f"the element <{kind}> is unknown")
    return _BUILT[kind](element)


def _row(parent: Element) -> list[str]:
    """Return what stands side by side; a brace before a table makes it a case distinction."""
    done: list[str] = []
    for child in parent:
        if name(child) == "mtable" and done[-1:] == ["{"]:
            done[-1] = form.cases(_cells(child))
        else:
            done += read(child)
    return done


def _cells(table: Element) -> list[list[list[str]]]:
    return [[_row(cell) for cell in row] for row in table]


def _scripts(element: Element) -> list[str]:
    base, *scripts = map(read, element)
    below = [] if name(element) in ("msup", "mover") else scripts.pop(0)
    return form.scripted(base, below, *(scripts or [[]]))


_BUILT: dict[str, Callable[[Element], list[str]]] = {
    **dict.fromkeys(("math", "mrow", "mstyle", "menclose", "mtd"), _row),
    **dict.fromkeys(("msub", "msup", "msubsup", "munder", "mover", "munderover"), _scripts),
    **dict.fromkeys(("mi", "mn", "mtext"), lambda element: form.word(element.text or "")),
    "mo": lambda element: form.atoms(element.text or ""),
    "mspace": lambda element: [],
    "semantics": lambda element: read(element[0]),  # the others are notes
    "mfrac": lambda element: [form.fraction(read(element[0]), read(element[1]))],
    "msqrt": lambda element: [form.root(_row(element))],
    "mroot": lambda element: [form.root(read(element[0]), read(element[1]))],
    "mtable": lambda element: [form.grid(_cells(element))],
}

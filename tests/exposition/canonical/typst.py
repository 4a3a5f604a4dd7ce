"""Typst -> canonical text, from what Typst itself says of an equation that it has set: its content as data.

{"func": "attach", "base": δ, "b": j, "t": (l)}   ->   ["δ_{j}^{(l)}"]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exposition.canonical import form

__all__ = ["inner", "read"]

Content = dict[str, Any]
UNSEEN = {"space", "h", "v", "metadata"}
# what only says how its content looks, or where it stands, and under which name it has that content
GROUPS = {"styled": "child", **dict.fromkeys(("equation", "box", "align", "limits", "scripts", "lr"), "body")}


def read(content: Content | None) -> list[str]:
    """Return the atoms of content, with a BREAK where a row of it ends; raises ValueError for what is unknown."""
    return [atom for atom in _read(content) if atom != form.COLUMN]


def inner(content: object) -> int:
    """Return how many equations stand within content, itself not counted."""
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return sum(inner(part) + (isinstance(part, dict) and part.get("func") == "equation") for part in parts)


def _read(content: Content | None) -> list[str]:
    if content is None or content["func"] in UNSEEN:
        return []
    kind = content["func"]
    if kind in GROUPS:
        return _read(content[GROUPS[kind]])
    if kind not in _BUILT:
        raise ValueError(f"the content {kind!r} is unknown")
    return _BUILT[kind](content)


def _matrix(content: Content) -> list[str]:
    first, last = content.get("delim") or ("", "")
    rows = [[read(cell) for cell in row] for row in content["rows"]]
    return [*form.atoms(first or ""), form.grid(rows), *form.atoms(last or "")]


def _cases(content: Content) -> list[str]:
    """Return a case distinction; two marks of alignment together have nothing between them."""
    rows = [form.table(_read(row)) for row in content["children"]]
    return [form.cases([[entry for entry in row if entry] for (row,) in rows])]


_BUILT: dict[str, Callable[[Content], list[str]]] = {
    "sequence": lambda content: [atom for child in content["children"] for atom in _read(child)],
    "text": lambda content: form.word(content["text"]),
    "symbol": lambda content: form.atoms(content["text"]),
    "primes": lambda content: ["′"] * content["count"],
    "linebreak": lambda content: [form.BREAK],
    "align-point": lambda content: [form.COLUMN],
    "frac": lambda content: [form.fraction(read(content["num"]), read(content["denom"]))],
    "root": lambda content: [form.root(read(content["radicand"]), read(content.get("index")))],
    "attach": lambda content: form.scripted(read(content["base"]), read(content.get("b")), read(content.get("t"))),
    "mat": _matrix,
    "cases": _cases,
}

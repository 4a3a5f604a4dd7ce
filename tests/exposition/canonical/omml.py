"""Office MathML -> canonical text, from the elements as lxml has them.

<m:sSubSup><m:e>δ</m:e><m:sub>j</m:sub><m:sup>(l)</m:sup></m:sSubSup>   ->   ["δ_{j}^{(l)}"]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exposition.canonical import form

__all__ = ["MATH", "read"]

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
GROUPS = {"oMath", "oMathPara", "e", "num", "den", "sub", "sup", "lim", "deg"}


def read(element: Any) -> list[str]:
    """Return the atoms of an element; raises ValueError for one that is unknown."""
    kind = _name(element)
    if kind in GROUPS:
        return [atom for child in element for atom in read(child)]
    if kind.endswith("Pr"):
        return []
    if kind not in _BUILT:
        raise ValueError(f"the element m:{kind} is unknown")
    return _BUILT[kind](element)


def _name(element: Any) -> str:
    """Return the name of an element of mathematics; what is of another kind only says how things look."""
    space, _, local = element.tag.rpartition("}")
    return str(local) if space == f"{{{MATH}" else "rPr"


def _run(element: Any) -> list[str]:
    """Return the letters of a run; upright ones are a word."""
    text = "".join(part.text or "" for part in element.iter(f"{{{MATH}}}t"))
    looks = {_name(part): part.get(f"{{{MATH}}}val") for part in element.iterfind(f"{{{MATH}}}rPr/*")}
    upright = "nor" in looks or (looks.get("sty") == "p" and text.isalpha())
    return form.word(text) if upright else form.atoms(text)


def _part(element: Any, name: str) -> list[str]:
    found = element.find(f"{{{MATH}}}{name}")
    return [] if found is None else read(found)


def _said(element: Any, name: str, default: str) -> str:
    found = element.find(f"{{{MATH}}}{_name(element)}Pr/{{{MATH}}}{name}")
    return default if found is None else str(found.get(f"{{{MATH}}}val"))


def _fraction(element: Any) -> list[str]:
    if _said(element, "type", "bar") != "bar":
        raise ValueError("a fraction has no bar")
    return [form.fraction(_part(element, "num"), _part(element, "den"))]


def _sum(element: Any) -> list[str]:
    sign = form.atoms(_said(element, "chr", "∫"))
    return [*form.scripted(sign, _part(element, "sub"), _part(element, "sup")), *_part(element, "e")]


def _fence(element: Any) -> list[str]:
    """Return what stands between fences, either of which may be missing; after a lone brace it is a distinction."""
    first, last = _said(element, "begChr", "("), _said(element, "endChr", ")")
    (inside,) = element.iterfind(f"{{{MATH}}}e")
    table = inside.find(f"{{{MATH}}}m")
    if first == "{" and not last and table is not None:
        return [form.cases(_cells(table))]
    return [*form.atoms(first), *read(inside), *form.atoms(last)]


def _cells(table: Any) -> list[list[list[str]]]:
    return [[read(cell) for cell in row.iterfind(f"{{{MATH}}}e")] for row in table.iterfind(f"{{{MATH}}}mr")]


def _table(element: Any) -> list[str]:
    """Return a table; one column that begins at the left is a part of a fraction in several rows, set as one."""
    rows = _cells(element)
    if {align.get(f"{{{MATH}}}val") for align in element.iter(f"{{{MATH}}}mcJc")} != {"left"} or len(rows[0]) > 1:
        return [form.grid(rows)]
    first, *others = (row[0] for row in rows)
    return [*first, *(atom for row in others for atom in (row[1:] if row[:1] == ["·"] else row))]


def _scripts(element: Any) -> list[str]:
    return form.scripted(_part(element, "e"), _part(element, "sub"), _part(element, "sup"))


_BUILT: dict[str, Callable[[Any], list[str]]] = {
    "r": _run,
    "f": _fraction,
    "nary": _sum,
    "d": _fence,
    "m": _table,
    "rad": lambda element: [form.root(_part(element, "e"), _part(element, "deg"))],
    **dict.fromkeys(("box", "borderBox"), lambda element: _part(element, "e")),
    **dict.fromkeys(("sSub", "sSup", "sSubSup"), _scripts),
    "limLow": lambda element: form.scripted(_part(element, "e"), _part(element, "lim"), []),
    "limUpp": lambda element: form.scripted(_part(element, "e"), [], _part(element, "lim")),
}

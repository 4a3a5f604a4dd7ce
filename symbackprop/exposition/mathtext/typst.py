r"""The MathML tree -> the mathematics of Typst, which sets it without TeX.

    typst_math(tree(r"\delta^{(l)}_{j} = \frac{a}{b}"))  ->  attach(δ,b:j,t:paren.l l paren.r)= frac(a,b)

Nothing is left for Typst to guess: scripts are attach(), parentheses have names, and signs that mean something in Typst
never stand as themselves. Words are strings, and whatever stands in them is literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from xml.etree.ElementTree import Element

from symbackprop.errors import ExpressionError

__all__ = ["literal", "typst_math"]

_BIG = frozenset("∑∏")
_SIGNS = MappingProxyType(
    {
        "(": "paren.l",
        ")": "paren.r",
        "[": "bracket.l",
        "]": "bracket.r",
        "{": "brace.l",
        "}": "brace.r",
        "|": "bar.v",
        ",": "comma",
        ";": "semi",
        ":": "colon",
        ".": "dot.basic",
        "/": "slash",
        "<": "lt",
        ">": "gt",
        "=": "=",
        ":=": "colon.eq",
        "+": "+",
        "-": "−",
        "!": "excl",
        "*": "∗",
        "′": "prime",
    }
)
_ACCENTS = MappingProxyType({"^": "hat", "~": "tilde", "¯": "macron", "→": "arrow", "˙": "dot", "¨": "dot.double"})
_PRIMES = MappingProxyType({"′": 1, "″": 2, "‴": 3})


def literal(text: str) -> str:
    """Return text as a string of Typst, in which nothing is code."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def typst_math(tree: Element) -> str:
    """Return what stands between the dollar signs of Typst.

    Raises ExpressionError for an element that is not in the dialect."""
    return _row(tree)


def _row(parent: Iterable[Element]) -> str:
    """Return what stands side by side; a fence takes in what it encloses."""
    children, parts, place = list(parent), list[str](), 0
    while place < len(children):
        end = _fence_end(children, place)
        parts.append(_fence(children[place:end]) if end > place + 1 else _one(children[place]))
        place = max(end, place + 1)
    return _joined(parts)


def _joined(parts: Iterable[str]) -> str:
    """Return parts with blanks between them, which Typst drops, but for those beside a string, which it would set."""
    text = ""
    for part in filter(None, parts):
        beside_string = text.endswith('"') or part.startswith('"')
        text += part if not text or beside_string else f" {part}"
    return text


def _fence_end(children: Sequence[Element], place: int) -> int:
    """Return the place after the fence that begins at `place`; the place itself where none begins."""
    opening = children[place]
    if opening.tag != "mo":
        return place
    if place + 1 < len(children) and children[place + 1].tag == "mtable":
        closed = (
            place + 2 < len(children) and children[place + 2].tag == "mo" and (children[place + 2].text or "") in ")]}|"
        )
        return place + 3 if closed else place + 2
    if opening.get("form") != "prefix" or opening.get("stretchy") != "true":
        return place
    depth = 0
    for n in range(place, len(children)):
        form = children[n].get("form") if children[n].tag == "mo" else None
        depth += (form == "prefix") - (form == "postfix")
        if depth == 0:
            return n + 1
    return len(children)


def _fence(parts: Sequence[Element]) -> str:
    """Return fences that grow with what they enclose: parentheses, a matrix, a case distinction."""
    opening, last = parts[0].text or "", parts[-1]
    closing = (last.text or "") if last.tag == "mo" else ""
    if len(parts) > 1 and parts[1].tag == "mtable":
        return _cases(parts[1]) if opening == "{" and not closing else _matrix(parts[1], opening, closing)
    inside = _row(parts[1:-1] if closing else parts[1:])
    return f"lr({_joined((_sign(opening), inside, _sign(closing)))})"  # one of the two may be invisible: \\left.


def _cases(table: Element) -> str:
    """Return a case distinction, its values and its conditions each at the left of a column."""
    rows = ["& " + " & & quad ".join(_row(cell) for cell in row) for row in table]
    return f"cases({','.join(rows)})"


def _matrix(table: Element, opening: str, closing: str) -> str:
    align = table[0][0].get("columnalign") or "center"
    fences = f"({literal(opening)},{literal(closing)})" if opening else "none"
    rows = ";".join(",".join(_row(cell) for cell in row) for row in table)
    return f"mat(delim:#{fences},align:#{align},{rows})"


def _one(element: Element) -> str:
    """Return one element of a row."""
    text = element.text or ""
    match element.tag:
        case "mn" if "," in text:
            return literal(text)
        case "mi" | "mn":
            return _letters(text, upright=element.get("mathvariant") == "normal")
        case "mo":
            return _sign(text)
        case "mtext":
            return literal(text)
        case "mspace":
            return f"#h({element.get('width') or '0em'})"
        case "mrow" | "math" | "mtd":
            return _row(element) or '""'  # a sign after nothing has the spaces of one after something
        case "mstyle":
            colour = element.get("mathcolor")
            return f"text(fill:#rgb({literal(colour)}),{_row(element)})" if colour else _row(element)
        case _:
            return _built(element)


def _letters(text: str, *, upright: bool) -> str:
    """Return a letter, a number, or a word, which is upright."""
    if len(text) == 1 and text.isalpha():
        return f"upright({text})" if upright else text
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return text
    return text if text in ("∂", "∇", "∞") or (len(text) == 1 and ord(text) > 0x7F) else literal(text)


def _sign(text: str) -> str:
    """Return a sign by a name that means nothing else; what Typst knows by itself stands as it is."""
    if not text or text in _SIGNS:
        return _SIGNS.get(text, "")
    return text if len(text) == 1 and ord(text) > 0x7F else literal(text)


def _built(element: Element) -> str:
    """Return what is built of several parts: a fraction, a root, scripts, a table, a box."""
    match element.tag:
        case "mfrac":
            return f"frac({_one(element[0])},{_one(element[1])})"
        case "msqrt":
            return f"sqrt({_row(element)})"
        case "mroot":
            return f"root({_one(element[1])},{_one(element[0])})"
        case "menclose":
            return f"#box(stroke:0.5pt,inset:3pt)[${_row(element)}$]"
        case "mtable":
            return _matrix(element, "", "")
        case "msub" | "msup" | "msubsup" | "munder" | "mover" | "munderover":
            return _attached(element)
        case _:
            raise ExpressionError(f"formula: <{element.tag[:40]}> cannot be written in Typst")


def _attached(element: Element) -> str:
    """Return a base with scripts, or with limits below and above it, or with an accent."""
    base, *scripts = element
    if element.get("accent") == "true":
        accent = _ACCENTS.get(scripts[0].text or "")
        return f"accent({_one(base)},{accent})" if accent else _one(base)
    below, above = {
        "msub": (scripts[0], None),
        "munder": (scripts[0], None),
        "msup": (None, scripts[-1]),
        "mover": (None, scripts[-1]),
    }.get(element.tag, (scripts[0], scripts[-1]))
    body = _one(base)
    if base.text in _BIG or element.tag.startswith("mu"):
        body = f"limits({body})" if element.tag.startswith("mu") or element.tag == "mover" else f"scripts({body})"
    said = "" if below is None else f",b:{_one(below)}"
    return f"attach({body}{said}{_above(above)})"


def _above(script: Element | None) -> str:
    """Return what stands above: primes are signs of their own, smaller than other scripts."""
    if script is None:
        return ""
    first, rest = (script[0], script[1:]) if script.tag == "mrow" and len(script) else (script, [])
    if count := _PRIMES.get(first.text or ""):
        return ",t:" + _joined((f"primes(#{count})", _row(rest)))
    return f",t:{_one(script)}"

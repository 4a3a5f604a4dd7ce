r"""The MathML tree -> Office MathML, the native equations of PowerPoint and of Word, which people can edit there.

    omml(tree(r"\frac{a}{b}"), Face(size=24))  ->  <m:oMath><m:f>…<m:num>…a…</m:num><m:den>…b…</m:den></m:f></m:oMath>

The tags of the result carry their prefixes (m:, a:, w:) as they are; `NAMESPACES` says what the prefixes stand for.
Every property element holds an m:ctrlPr with the font, the size and the colour, or Office falls back to its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal
from xml.etree.ElementTree import Element

__all__ = ["FONT", "NAMESPACES", "Face", "begins_with_sign", "node", "omml", "over_rest"]

FONT = "Cambria Math"
NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    }
)
RELATIONS = frozenset({"=", ":=", "≈", "→", "←", "<", ">", "≤", "≥", "≠"})
_ENDS_SUM = RELATIONS | {"+", "−", "-", ","}  # what stands after them is not summed
_JOINS = _ENDS_SUM | {"·", "×", "⊙"}
_BIG = frozenset("∑∏")
_ACCENTS = MappingProxyType({"^": "\u0302", "~": "\u0303", "¯": "\u0305", "→": "\u20d7", "˙": "\u0307", "¨": "\u0308"})


@dataclass(frozen=True, slots=True)
class Face:
    """How an equation looks: its size in points, its colour (#RRGGBB), and whether it is for a slide or for a page."""

    size: float = 18
    colour: str | None = None
    kind: Literal["slide", "page"] = "slide"


def node(tag: str, attributes: Mapping[str, object] | None = None, *children: Element) -> Element:
    """Return an element with its prefix in its tag; attributes become text."""
    element = Element(tag, {name: str(value) for name, value in (attributes or {}).items()})
    element.extend(children)
    return element


def omml(tree: Element, face: Face) -> Element:
    """Return the m:oMath of a MathML tree.

    What begins with a sign gets a blank of normal text before it, as an operator wants a left side."""
    return node("m:oMath", None, *_led(tree, face))


def _led(parent: Sequence[Element] | Element, face: Face) -> list[Element]:
    """Return what stands side by side, a blank before it where it continues another line."""
    parts = _row(parent, face)
    return [_run(" ", face, "nor"), *parts] if begins_with_sign(parent) else parts


def begins_with_sign(tree: Iterable[Element]) -> bool:
    """Tell whether an equation continues another one: '= b', or '{} - c', which begins with an empty row."""
    first = next((part for part in tree if part.tag != "mspace"), None)
    if first is None:
        return False
    if first.tag == "mo":
        return (first.text or "") in _JOINS - {"−", "-"}
    if first.tag == "mstyle":
        return begins_with_sign(first)
    return first.tag == "mrow" and (not len(first) or begins_with_sign(first))


def _row(parent: Iterable[Element], face: Face) -> list[Element]:
    """Return what stands side by side; a Σ takes its summands in, a fence what it encloses."""
    children, done, place = list(parent), list[Element](), 0
    while place < len(children):
        child = children[place]
        if _is_sum(child):
            end = over_rest(children, place)
            done.append(_nary(child, children[place + 1 : end], face))
        elif _opens(children, place):
            end = _closing(children, place)
            done.append(_fence(children[place:end], face))
        else:
            end = place + 1
            done += _one(child, face)
        place = end
    return _merged(done)


def over_rest(children: Sequence[Element], place: int) -> int:
    """Return where that ends what the Σ at `place` sums: before the next sign of the same row."""
    ends = (n for n in range(place + 2, len(children)) if children[n].tag == "mo" and children[n].text in _ENDS_SUM)
    return next(ends, len(children))


def _is_sum(element: Element) -> bool:
    return len(element) > 1 and element[0].tag == "mo" and element[0].text in _BIG


def _opens(children: Sequence[Element], place: int) -> bool:
    child = children[place]
    if child.tag != "mo":
        return False
    around_table = place + 1 < len(children) and children[place + 1].tag == "mtable"
    return child.get("form") == "prefix" or around_table


def _closing(children: Sequence[Element], place: int) -> int:
    """Return the place after the fence that closes the one at `place`; the end of the row if none does."""
    depth = 0
    for n in range(place, len(children)):
        if children[n].tag == "mo":
            depth += (children[n].get("form") == "prefix") - (children[n].get("form") == "postfix")
            after_table = children[n - 1].tag == "mtable" and n > place
            if n > place and (depth == 0 or after_table):
                return n + 1
    return len(children)


def _one(element: Element, face: Face) -> list[Element]:
    """Return one element of a row."""
    text = element.text or ""
    match element.tag:
        case "mi" | "mn":
            return [_run(text, face, "p" if element.get("mathvariant") == "normal" or len(text) > 1 else "")]
        case "mo":
            return [_operator(text, face)] if text else []
        case "mtext":
            return [_run(text, face, "nor")]
        case "mspace":
            return [_run("\u2009", face, "nor")] if float((element.get("width") or "0").rstrip("emp")) > 0 else []
        case "mrow" | "math" | "mtd":
            return _row(element, face)
        case "mstyle":
            return _row(element, replace(face, colour=element.get("mathcolor") or face.colour))
        case _:
            return [_built(element, face)]


def _built(element: Element, face: Face) -> Element:
    """Return what is built of several parts: a fraction, a root, scripts, a table, a box."""
    if element.tag == "mtable":
        return _table(element, face)
    parts = [_row([child], face) for child in element]
    match element.tag:
        case "mfrac":
            return _object("f", face, (), num=parts[0], den=parts[1])
        case "msub" | "msup" | "msubsup":
            name = {"msub": "sSub", "msup": "sSup", "msubsup": "sSubSup"}[element.tag]
            return _object(name, face, (), **dict(zip(("e", *_SCRIPTS[element.tag]), parts, strict=True)))
        case "msqrt":
            return _object("rad", face, (("degHide", "1"),), deg=[], e=_row(element, face))
        case "mroot":
            return _object("rad", face, (), deg=parts[1], e=parts[0])
        case "menclose":
            return _object("borderBox", face, (), e=_row(element, face))
        case _:
            return _stacked(element, parts, face)


_SCRIPTS = {"msub": ("sub",), "msup": ("sup",), "msubsup": ("sub", "sup")}


def _stacked(element: Element, parts: list[list[Element]], face: Face) -> Element:
    """Return what has something right below or above it: a brace, an accent, a limit."""
    if element.tag == "munderover":
        inner = _object("limLow", face, (), e=parts[0], lim=parts[1])
        return _object("limUpp", face, (), e=[inner], lim=parts[2])
    below, sign = element.tag == "munder", element[1].text or ""
    if sign in ("⏟", "⏞"):
        position = (("pos", "bot"), ("vertJc", "top")) if below else (("pos", "top"), ("vertJc", "bot"))
        return _object("groupChr", face, (("chr", sign), *position), e=parts[0])
    if element.get("accent") == "true":
        return _object("acc", face, (("chr", _ACCENTS.get(sign, sign)),), e=parts[0])
    return _object("limLow" if below else "limUpp", face, (), e=parts[0], lim=parts[1])


def _nary(element: Element, summands: Sequence[Element], face: Face) -> Element:
    """Return Σ with its limits, above and below it or at its side, and with what it sums."""
    beside = element.tag.startswith("ms")
    limits = dict(zip(_LIMITS[element.tag], [_row([part], face) for part in element[1:]], strict=True))
    properties = [("chr", element[0].text or ""), ("limLoc", "subSup" if beside else "undOvr")]
    properties += [(f"{name}Hide", "1") for name in ("sub", "sup") if name not in limits]
    below, above = limits.get("sub", []), limits.get("sup", [])
    return _object("nary", face, properties, sub=below, sup=above, e=_row(summands, face))


_LIMITS = {**_SCRIPTS, "munder": ("sub",), "mover": ("sup",), "munderover": ("sub", "sup")}


def _fence(inside: Sequence[Element], face: Face) -> Element:
    """Return fences that grow with what they enclose; a brace of cases has no partner."""
    last = inside[-1]
    closed = last.tag == "mo" and len(inside) > 1
    content = inside[1:-1] if closed else inside[1:]
    ends = (("begChr", inside[0].text or ""), ("endChr", (last.text or "") if closed else ""))
    return _object("d", face, ends, e=_led(content, face))


def _table(element: Element, face: Face) -> Element:
    """Return a matrix, or the rows of a case distinction."""
    cells = [list(row) for row in element]
    columns = [
        node(
            "m:mc",
            None,
            node("m:mcPr", None, _value("count", "1"), _value("mcJc", cell.get("columnalign") or "center")),
        )
        for cell in cells[0]
    ]
    properties = node("m:mPr", None, node("m:mcs", None, *columns), _control(face))
    rows = [node("m:mr", None, *(node("m:e", None, *_row(cell, face)) for cell in row)) for row in cells]
    return node("m:m", None, properties, *rows)


def _operator(text: str, face: Face) -> Element:
    """Return a sign; one of two characters is boxed, so that Office sets it as the one operator that it is."""
    run = _run(text, face, "p" if len(text) > 1 else "")
    return _object("box", face, (("opEmu", "1"),), e=[run]) if len(text) > 1 else run


def _object(name: str, face: Face, properties: Iterable[tuple[str, str]], **arguments: list[Element]) -> Element:
    """Return an object with its properties and its arguments, in the order in which the schema wants them."""
    said = [_value(key, value) for key, value in properties]
    shown = (node(f"m:{key}", None, *parts) for key, parts in arguments.items())
    return node(f"m:{name}", None, node(f"m:{name}Pr", None, *said, _control(face)), *shown)


def _value(name: str, value: str) -> Element:
    return node(f"m:{name}", {"m:val": value})


def _control(face: Face) -> Element:
    return node("m:ctrlPr", None, _look(face, italic=True))


def _run(text: str, face: Face, style: str) -> Element:
    """Return a run: `style` is p for upright letters, nor for words, empty for the italic letters of mathematics."""
    said = [] if not style else [node("m:rPr", None, node("m:nor") if style == "nor" else _value("sty", style))]
    letters = node("m:t", {"xml:space": "preserve"} if text != text.strip() else None)
    letters.text = text
    return node("m:r", None, *said, _look(face, italic=not style), letters)


def _look(face: Face, *, italic: bool) -> Element:
    """Return the font, the size and the colour, as a slide or as a page says them."""
    if face.kind == "page":
        fonts = node("w:rFonts", dict.fromkeys(("w:ascii", "w:hAnsi"), FONT))
        slant = [node("w:i")] if italic else []
        colour = [node("w:color", {"w:val": face.colour.removeprefix("#")})] if face.colour else []
        sizes = [node(f"w:{name}", {"w:val": round(2 * face.size)}) for name in ("sz", "szCs")]
        return node("w:rPr", None, fonts, *slant, *colour, *sizes)
    fill = [node("a:solidFill", None, node("a:srgbClr", {"val": face.colour.removeprefix("#")}))] if face.colour else []
    attributes = {"lang": "en-US", "sz": round(100 * face.size), "i": int(italic)}
    return node("a:rPr", attributes, *fill, node("a:latin", {"typeface": FONT}))


def _merged(parts: list[Element]) -> list[Element]:
    """Return the row with neighbouring runs of one look as one run, which is easier to edit."""
    done: list[Element] = []
    for part in parts:
        if done and part.tag == done[-1].tag == "m:r" and _alike(done[-1], part):
            letters = done[-1][-1]
            letters.text = (letters.text or "") + (part[-1].text or "")
        else:
            done.append(part)
    return done


def _alike(one: Element, other: Element) -> bool:
    spaced = any("\u2009" in (run[-1].text or "") or " " in (run[-1].text or "") for run in (one, other))
    looks = [[(e.tag, tuple(e.attrib.items())) for part in run[:-1] for e in part.iter()] for run in (one, other)]
    return not spaced and looks[0] == looks[1]

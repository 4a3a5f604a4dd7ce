r"""Boxes -> Office MathML, the native equations of PowerPoint and of Word, which people can edit there.

    omml(Fraction(a, b), Face(size=24))  ->  <m:oMath><m:f>…<m:num>…a…</m:num><m:den>…b…</m:den></m:f></m:oMath>

The tags of the result carry their prefixes (m:, a:, w:) as they are; `NAMESPACES` says what the prefixes stand for.
Every property element holds an m:ctrlPr with the font, the size and the colour, or Office falls back to its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any, Literal
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Cases,
    Coloured,
    Fence,
    Fraction,
    Framed,
    Grid,
    Relation,
    Root,
    Scripts,
    Summation,
    rule_for,
)
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.sequence import PRIMES, Accent, Gap, Glyphs, Sign, begins_with_sign, sequence
from symbackprop.exposition.mathtext.style import ACCENTS
from symbackprop.exposition.palette import COLOURS
from symbackprop.frozen import dataclass

FONT = "Cambria Math"
NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    }
)
COMMANDS = re.compile(  # of LibreOffice's formulas, short enough to be met by letters side by side
    r"(?i)(abs|and|bar|cot|cos|def|div|dot|exp|fact|func|ge|gg|gt|hat|im|in|int|le|lim|lint|ll|ln|log|lt|mp|"
    r"neg|ni|none|odot|or|over|owns|prec|prod|prop|re|sim|sin|size|sqrt|sub|sum|sup|tan|to|vec|wp)"
)
_LETTERS_AT_END = re.compile(r"[A-Za-z]+$")
_STYLES = MappingProxyType({"upright": "p", "prose": "nor"})


@dataclass(frozen=True, slots=True)
class Face:
    """How an equation looks: its size in points, its colours, and whether it is for a slide or for a page.

    `colour` is that of a part, `colours` those of roles; a Σ has its limits above and below it where it is `tall`."""

    size: float = 18
    colour: str | None = None
    kind: Literal["slide", "page"] = "slide"
    tall: bool = True
    colours: Mapping[str, str] = field(default_factory=lambda: COLOURS)


def node(tag: str, attributes: Mapping[str, object] | None = None, *children: Element) -> Element:
    """Return an element with its prefix in its tag; attributes become text."""
    element = Element(tag, {name: str(value) for name, value in (attributes or {}).items()})
    element.extend(children)
    return element


def omml(box: Box, face: Face) -> Element:
    """Return the m:oMath of a formula.

    What begins with a sign gets a blank of normal text before it, as an operator wants a left side."""
    return node("m:oMath", None, *_led(box, face))


def _led(box: Box, face: Face) -> list[Element]:
    """Return what stands side by side, a blank before it where it continues another line."""
    blank = [_run(" ", face, "nor")] if begins_with_sign(sequence(box)) else []
    return [*blank, *_row(box, face)]


def _row(box: Box, face: Face) -> list[Element]:
    """Return what stands side by side, neighbouring runs of one look as one run, which is easier to edit."""
    done: list[Element] = []
    for part in (element for each in sequence(box) for element in _one(each, face)):
        if done and part.tag == done[-1].tag == "m:r" and _alike(done[-1], part) and not _is_command(done[-1], part):
            letters = done[-1][-1]
            letters.text = (letters.text or "") + (part[-1].text or "")
        else:
            done.append(part)
    return done


def _alike(one: Element, other: Element) -> bool:
    spaced = any(blank in (run[-1].text or "") for run in (one, other) for blank in ("\u2009", " "))
    looks = [[(e.tag, tuple(e.attrib.items())) for part in run[:-1] for e in part.iter()] for run in (one, other)]
    return not spaced and looks[0] == looks[1]


def _is_command(one: Element, other: Element) -> bool:
    """Tell whether letters of two runs would be read as a command by LibreOffice: z_{in} as z with an ∈ below it."""
    word = _LETTERS_AT_END.search((one[-1].text or "") + (other[-1].text or ""))
    return word is not None and COMMANDS.fullmatch(word[0]) is not None


def _one(box: Box, face: Face) -> list[Element]:
    """Return one thing that stands in a row."""
    return rule_for(box, _ELEMENTS, "native equation")(box, face)


def _glyphs(box: Glyphs, face: Face) -> list[Element]:
    style = _STYLES.get(box.look, "p" if len(box.text) > 1 else "")
    return [_run(box.text, face, style)]


def _sign(box: Sign, face: Face) -> list[Element]:
    """A sign of two characters is boxed, so that Office sets it as the one operator that it is."""
    if len(box.text) == 1:
        return [_run(box.text, face, "")]
    return [_object("box", face, (("opEmu", "1"),), e=[_run(box.text, face, "p")])]


def _accent(box: Accent, face: Face) -> list[Element]:
    sign = ACCENTS[box.name].replace("\u0304", "\u0305")  # the bar that Office stretches
    return [_object("acc", face, (("chr", sign),), e=_row(box.base, face))]


def _scripts(box: Scripts, face: Face) -> list[Element]:
    small = replace(face, tall=False)
    above = [_run(PRIMES[box.primes], face, "")] if box.primes else []
    above += _row(box.above, small) if box.above is not None else []
    below = _row(box.below, small) if box.below is not None else []
    scripts = {name: parts for name, parts in (("sub", below), ("sup", above)) if parts}
    base = _row(box.base, face)
    name = "".join(script.capitalize() for script in scripts)
    return [_object(f"s{name}", face, (), e=base, **scripts)] if scripts else base


def _fraction(box: Fraction, face: Face) -> list[Element]:
    small = replace(face, tall=False)
    return [_object("f", face, (), num=_row(box.top, small), den=_row(box.bottom, small))]


def _fence(box: Fence, face: Face) -> list[Element]:
    return [_object("d", face, (("begChr", box.left), ("endChr", box.right)), e=_led(box.inside, face))]


def _summation(box: Summation, face: Face) -> list[Element]:
    """Σ with its limits, above and below it or at its side, and with what it sums."""
    small = replace(face, tall=False)
    properties = (("chr", "∑"), ("limLoc", "undOvr" if face.tall else "subSup"))
    below = _row(Relation((box.index, box.first), (EQUALS,)), small)
    return [_object("nary", face, properties, sub=below, sup=_row(box.last, small), e=_row(box.body, face))]


def _cases(box: Cases, face: Face) -> list[Element]:
    return [_object("d", face, (("begChr", "{"), ("endChr", "")), e=[_table(box.rows, "left", face)])]


def _table(rows: tuple[tuple[Box, ...], ...], align: str, face: Face) -> Element:
    """Return the cells of a matrix, or of a case distinction."""
    kind = node("m:mcPr", None, _value("count", str(len(rows[0]))), _value("mcJc", align))
    properties = node("m:mPr", None, node("m:mcs", None, node("m:mc", None, kind)), _control(face))
    small = replace(face, tall=False)
    empty = [_run(" ", small, "nor")]  # LibreOffice puts a question mark in a cell with nothing in it
    done = [node("m:mr", None, *(node("m:e", None, *(_row(cell, small) or empty)) for cell in row)) for row in rows]
    return node("m:m", None, properties, *done)


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


_ELEMENTS: Mapping[type, Callable[[Any, Face], list[Element]]] = {
    Glyphs: _glyphs,
    Sign: _sign,
    Gap: lambda box, face: [_run("\u2003" * round(box.em) or "\u2009", face, "nor")],
    Accent: _accent,
    Scripts: _scripts,
    Fraction: _fraction,
    Root: lambda box, face: [_object("rad", face, (("degHide", "1"),), deg=[], e=_row(box.inside, face))],
    Fence: _fence,
    Summation: _summation,
    Cases: _cases,
    Grid: lambda box, face: [_table(box.rows, "left" if box.left else "center", face)],
    Coloured: lambda box, face: _row(box.inside, replace(face, colour=face.colours.get(box.colour, box.colour))),
    Framed: lambda box, face: [_object("borderBox", face, (), e=_row(box.inside, face))],
}

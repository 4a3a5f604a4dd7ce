r"""Boxes -> MathML for browsers, and for whatever else shows it, with the LaTeX of the formula in an annotation.

    html_math(box)  ->  <math><semantics><mrow><msub><mi>δ</mi><mi>j</mi></msub></mrow><annotation>\delta_{j}…

What MathML Core leaves to style is said here: where columns stand, frames, and what TeX does beside it:

    (z)      around plain letters                       ->  parentheses that do not stretch
    σ′       a prime alone                              ->  beside the letter, as fonts draw it small and raised already
    (…) a    something in parentheses, and a factor     ->  TeX's thin space between them
    i = 1    in scripts                                 ->  signs without the spaces that they have outside
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Cases,
    Coloured,
    Fence,
    Fraction,
    Framed,
    Grid,
    Leaf,
    Relation,
    Root,
    Scripts,
    Summation,
    rule_for,
)
from symbackprop.exposition.mathtext.latex import in_colours, written
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.sequence import OVER, PRIMES, Accent, Gap, Glyphs, Sign, begins_with_sign, sequence
from symbackprop.exposition.palette import COLOURS

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
THIN, MEDIUM = "0.1667em", "0.2222em"  # TeX's spaces between factors, and around a sign between terms
NARROW = "\u202f"  # between thousands, a space that the font of a page has not
_LEAVES = frozenset({"mi", "mn", "mo", "mtext", "mspace"})
_SCRIPTED = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
_TIGHT = MappingProxyType({"lspace": "0", "rspace": "0"})
_FRAME = "border:1px solid;padding:.2em .3em"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something stands: a Σ has its limits above and below it where that is `tall`; or in a `script`."""

    tall: bool = True
    script: bool = False


_IN_LINE, _IN_SCRIPT = _Place(tall=False), _Place(tall=False, script=True)


def html_math(box: Box, sign: Leaf | None = None, *, display: bool = True) -> str:
    r"""Return a formula, perhaps with a sign before it, as MathML Core text; its LaTeX is what is copied.

    `display` puts the limits of a Σ below and above it. A role, \role{cost}, is a class and a colour."""
    return _html(box, sign, display)


@lru_cache(8192)
def _html(box: Box, sign: Leaf | None, display: bool) -> str:  # noqa: FBT001 - positional for the cache
    return ElementTree.tostring(_math(box, sign, display=display), encoding="unicode")


def mathml_text(box: Box) -> str:
    """Return a formula as an indented MathML document of its own, with its LaTeX in an annotation."""
    root = _math(box, None, display=True)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _math(box: Box, sign: Leaf | None, *, display: bool) -> Element:
    place = _Place(tall=display)
    lead = [] if sign is None else _sign(Sign(sign.text, "relation"), place)
    row = _node("mrow", *lead, *_row(box, place))
    latex = in_colours(written(box) if sign is None else f"{sign.tex} {written(box)}")
    note = _leaf("annotation", latex, {"encoding": "application/x-tex"})
    attributes = {"xmlns": NAMESPACE, "display": "block" if display else "inline"}
    return _node("math", _node("semantics", row, note), attributes=attributes)


def _node(tag: str, *children: Element, attributes: Mapping[str, str] = MappingProxyType({})) -> Element:
    element = Element(tag, dict(attributes))
    element.extend(children)
    return element


def _leaf(tag: str, text: str, attributes: Mapping[str, str] = MappingProxyType({})) -> Element:
    element = Element(tag, dict(attributes))
    element.text = text
    return element


def _space(width: str) -> Element:
    return Element("mspace", {"width": width})


def _row(box: Box, place: _Place) -> list[Element]:
    """Return what stands side by side, with TeX's thin spaces beside parentheses; what goes on from before says so."""
    done: list[Element] = []
    for part in (parts := sequence(box)):
        made = _one(part, place)
        if done and made and not place.script and _is_apart(done[-1], made[0]):
            done.append(_space(THIN))
        done += made
    if begins_with_sign(parts) and not place.script:
        done[0].set("form", "infix")
    return done


def _whole(box: Box, place: _Place) -> Element:
    """Return what stands side by side as one element."""
    row = _row(box, place)
    return row[0] if len(row) == 1 else _node("mrow", *row)


def _is_apart(before: Element, after: Element) -> bool:
    """Tell whether TeX puts a space after something in parentheses, or between a fraction and parentheses."""
    if after.tag in ("mo", "mspace"):
        return False
    return _ends_in_fence(before) or (before.tag == "mfrac" and _ends_in_fence(after))


def _ends_in_fence(element: Element) -> bool:
    """Tell whether an element is something in parentheses, in whatever colour and with whatever exponent."""
    if element.tag in _SCRIPTED or (element.tag == "mstyle" and len(element) == 1):
        return _ends_in_fence(element[0])
    return element.tag == "mrow" and len(element) > 1 and element[0].get("form") == "prefix"


def _one(box: Box, place: _Place) -> list[Element]:
    """Return one thing that stands in a row."""
    return rule_for(box, _ELEMENTS, "MathML")(box, place)


def _glyphs(box: Glyphs, place: _Place) -> list[Element]:
    """A letter is slanted by itself, a word is not; one upright letter says so."""
    text = box.text
    if box.look == "prose":
        return [_leaf("mtext", text)]
    if box.look == "number" or text.isdigit():
        first, *others = text.split(NARROW)
        return [_leaf("mn", first), *(part for each in others for part in (_space(THIN), _leaf("mn", each)))]
    upright = box.look == "upright" and len(text) == 1
    return [_leaf("mi", text, {"mathvariant": "normal"} if upright else {})]


def _sign(box: Sign, place: _Place) -> list[Element]:
    """A sign has the spaces that its table in the browser gives it, where that is right."""
    attributes: Mapping[str, str] = {}
    if box.text in "()[]|":
        attributes = {"stretchy": "false"}
    elif place.script:
        attributes = _TIGHT
    elif box.text == "⊙":
        attributes = {"largeop": "false", "lspace": MEDIUM, "rspace": MEDIUM}  # Firefox makes it huge
    elif box.kind == "prefix":
        attributes = {"form": "prefix"}
    return [_leaf("mo", box.text, attributes)]


def _accent(box: Accent, place: _Place) -> list[Element]:
    sign = _leaf("mo", OVER[box.name], {"stretchy": "false"})
    return [_node("mover", _whole(box.base, place), sign, attributes={"accent": "true"})]


def _scripts(box: Scripts, place: _Place) -> list[Element]:
    *before, base = _row(box.base, place)
    prime = [_leaf("mo", PRIMES[box.primes], _TIGHT)] if box.primes else []
    if box.above is None and box.below is None:
        return [*before, _node("mrow", base, *prime)]
    above = prime + ([] if box.above is None else _row(box.above, _IN_SCRIPT))
    below = [] if box.below is None else _row(box.below, _IN_SCRIPT)
    scripts = [row[0] if len(row) == 1 else _node("mrow", *row) for row in (below, above) if row]
    return [*before, _node("m" + "sub" * bool(below) + "sup" * bool(above), base, *scripts)]


def _fraction(box: Fraction, place: _Place) -> list[Element]:
    inside = replace(place, tall=False)
    return [_node("mfrac", _whole(box.top, inside), _whole(box.bottom, inside))]


def _fence(box: Fence, place: _Place) -> list[Element]:
    return [_fenced(_row(box.inside, place), box.left, box.right)]


def _fenced(inside: list[Element], left: str, right: str) -> Element:
    """Return what stands between parentheses, which stretch unless they stand around plain letters."""
    stretchy = "false" if all(child.tag in _LEAVES for child in inside) else "true"
    ends = ((left, "prefix"), (right, "postfix"))
    first, last = (_leaf("mo", text, {"stretchy": stretchy, "fence": "true", "form": form}) for text, form in ends)
    return _node("mrow", first, *inside, *([last] if right else []))  # one without a sign has a width


def _summation(box: Summation, place: _Place) -> list[Element]:
    limits = _whole(Relation((box.index, box.first), (EQUALS,)), _IN_SCRIPT), _whole(box.last, _IN_SCRIPT)
    return [_node("munderover" if place.tall else "msubsup", _leaf("mo", "∑"), *limits), *_row(box.body, place)]


def _cases(box: Cases, place: _Place) -> list[Element]:
    return [_fenced([_table(box.rows, "left")], "{", "")]


def _table(rows: Iterable[Iterable[Box]], align: str) -> Element:
    padding = ".8em .15em 0" if align == "left" else ".3em"
    look = {"columnalign": align, "style": f"text-align:{align};padding:.15em {padding}"}
    cells = ([_node("mtd", *_row(cell, _IN_LINE), attributes=look) for cell in row] for row in rows)
    return _node("mtable", *(_node("mtr", *row) for row in cells))


def _coloured(box: Coloured, place: _Place) -> list[Element]:
    """A page gives a role its colour by its class, for light and for dark."""
    role = {"class": f"role-{box.colour}"} if box.colour in COLOURS else {}
    attributes = {"mathcolor": COLOURS.get(box.colour, box.colour), **role}
    return [_node("mstyle", *_row(box.inside, place), attributes=attributes)]


_ELEMENTS: Mapping[type, Callable[[Any, _Place], list[Element]]] = {
    Glyphs: _glyphs,
    Sign: _sign,
    Gap: lambda box, place: [_space(THIN if box.em < 1 else f"{box.em:.3g}em")],
    Accent: _accent,
    Scripts: _scripts,
    Fraction: _fraction,
    Root: lambda box, place: [_node("msqrt", *_row(box.inside, place))],
    Fence: _fence,
    Summation: _summation,
    Cases: _cases,
    Grid: lambda box, place: [_table(box.rows, "left" if box.left else "center")],
    Coloured: _coloured,
    Framed: lambda box, place: [
        _node("mrow", _space(THIN), *_row(box.inside, place), _space(THIN), attributes={"style": _FRAME})
    ],
}

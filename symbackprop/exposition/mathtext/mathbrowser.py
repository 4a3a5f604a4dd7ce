"""What browsers want besides: alignment, boxes and spaces that MathML Core leaves to style, in Chromium and Firefox."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.mathrepair import SCRIPTED
from symbackprop.exposition.palette import COLOURS

__all__ = ["styled"]

MEDIUM = "0.2222em"  # TeX's space around a sign between terms
_TIGHT = frozenset("=+−-<>≤≥≠,·")
_ROLES = {colour.lower(): role for role, colour in reversed(list(COLOURS.items()))}  # the first name of a colour wins


def styled(root: Element) -> list[Element]:
    """Return what is inside a <math>, mended in place for browsers."""
    for element in root.iter():
        _style(element)
    _scripts(root, inside=False)
    return list(root)


def _style(element: Element) -> None:
    if colour := element.get("mathcolor"):
        role = _ROLES.get(colour.lower())
        if role:
            element.set("class", f"role-{role}")  # the page gives the role its colour, for light and for dark
    if element.tag == "mtd":
        align = element.attrib.pop("columnalign", "center")
        element.set("style", f"text-align:{align};padding:.15em {'.8em .15em 0' if align == 'left' else '.3em'}")
    elif element.tag == "mtable":
        element.attrib.pop("rowspacing", None)
        if element.attrib.pop("columnspacing", "").startswith("0em"):  # columns that meet at a sign
            for cell in element.iter("mtd"):
                cell.set("style", f"{cell.get('style', '').partition(';')[0]};padding:.2em 0")
    elif element.tag == "menclose":
        element.tag = "mrow"
        del element.attrib["notation"]
        element.set("style", "border:1px solid;padding:.2em .3em")
    elif element.tag == "mo" and element.text == "⊙":
        element.attrib.update(largeop="false", lspace=MEDIUM, rspace=MEDIUM)  # Firefox makes it huge


def _scripts(element: Element, *, inside: bool) -> None:
    """Take the spaces away from signs in scripts, where Chromium leaves them as wide as outside."""
    for place, child in enumerate(element):
        within = inside or (element.tag in SCRIPTED and place > 0)
        if within and child.tag == "mo" and child.text in _TIGHT:
            child.attrib.update(lspace="0", rspace="0")
        _scripts(child, inside=within)

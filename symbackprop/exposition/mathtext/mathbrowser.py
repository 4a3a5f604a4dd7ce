"""What browsers want besides: alignment, boxes and spaces that MathML Core leaves to style, in Chromium and Firefox.

(z)      parentheses that stretch stand apart from a letter   ->  they do not stretch
σ′       a sign in a script of its own size, tiny and high    ->  a sign beside the letter
(…) a    nothing between                                      ->  TeX's thin space
= −a     a minus between two terms                            ->  one before a term
"""

from __future__ import annotations

from itertools import pairwise
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.mathrepair import LEAVES, SCRIPTED, THIN
from symbackprop.exposition.palette import COLOURS

__all__ = ["styled"]

MEDIUM = "0.2222em"  # TeX's space around a sign between terms
PRIMES = frozenset("′″‴")
_TIGHT = frozenset("=+−-<>≤≥≠,·")


def styled(root: Element) -> list[Element]:
    """Return what is inside a <math>, mended in place for browsers."""
    for element in list(root.iter()):
        _style(element)
        _prime(element)
        _short_fence(element)
    _scripts(root, inside=False)
    return list(root)


def _style(element: Element) -> None:
    if colour := element.get("mathcolor"):
        role = next((role for role, own in COLOURS.items() if own.lower() == colour.lower()), None)
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


def _prime(element: Element) -> None:
    """Put a prime beside its letter: fonts draw it small and raised already."""
    if element.tag == "msup" and set(element[1].text or " ") <= PRIMES:
        element.tag = "mrow"
        element[1].attrib.update(lspace="0", rspace="0")


def _short_fence(row: Element) -> None:
    """Let parentheses around plain letters be plain."""
    if _is_fenced(row) and all(child.tag in LEAVES for child in row):
        for fence in (row[0], row[-1]):
            fence.set("stretchy", "false")


def _is_fenced(element: Element) -> bool:
    return element.tag == "mrow" and len(element) > 1 and element[0].get("form") == "prefix"


def _ends_in_fence(element: Element) -> bool:
    """Tell whether an element is something in parentheses, in whatever colour and with whatever exponent."""
    if element.tag in SCRIPTED or (element.tag == "mstyle" and len(element) == 1):
        return _ends_in_fence(element[0])
    return _is_fenced(element)


def _gaps(row: Element) -> None:
    """Put a thin space after something in parentheses, and between a fraction and parentheses, as TeX does."""
    for place in range(len(row) - 1, 0, -1):
        before, after = row[place - 1], row[place]
        if after.tag in ("mo", "mspace"):
            continue
        if _ends_in_fence(before) or (before.tag == "mfrac" and _ends_in_fence(after)):
            row.insert(place, Element("mspace", {"width": THIN}))


def _sign_of_term(row: Element) -> None:
    """Let a minus or a plus behind another sign belong to what follows it."""
    for before, after in pairwise(row):
        if after.tag == before.tag == "mo" and after.text in ("−", "+") and before.get("form") != "postfix":
            after.set("form", "prefix")


def _scripts(element: Element, *, inside: bool) -> None:
    """Take the spaces away from signs in scripts, where Chromium leaves them as wide as outside; put others in."""
    if element.tag in ("math", "mrow", "mstyle", "mtd") and not inside:
        _gaps(element)
        _sign_of_term(element)
    for place, child in enumerate(element):
        within = inside or (element.tag in SCRIPTED and place > 0)
        if within and child.tag == "mo" and child.text in _TIGHT:
            child.attrib.update(lspace="0", rspace="0")
        _scripts(child, inside=within)

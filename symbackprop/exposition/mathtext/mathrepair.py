r"""What latex2mathml leaves undone, mended in the tree.

\mathrm{relu}   four letters          ->  one word                 \mathbf{w}  a variant       ->  𝐰
\sum in a group limits at the side    ->  limits above and below   σ'          ′ as a letter   ->  a sign
\partial        a sign with spaces    ->  a letter                 :=          two elements    ->  one sign
\ln a           nothing between       ->  a thin space             {x}         rows in rows    ->  x
0{,}5          three elements        ->  one number
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.style import in_variant

LEAVES = frozenset({"mi", "mn", "mo", "mtext", "mspace"})
SCRIPTED = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
THIN = "0.1667em"

_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_BIG = frozenset("∑∏")
_PRIMES = frozenset("′″‴")
_FUNCTIONS = frozenset({"exp", "ln", "log", "max", "min", "sin", "cos", "tanh", "sinh", "cosh", "tan", "arctan"})
_ACCENTS = frozenset("^~¯→˙¨")
_MISTAKEN = {"⋿": "𝖤"}  # latex2mathml 3.81 writes \mathsf{E} with a sign of the Z notation
_VARIANTS = {
    "bold": "BOLD",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD",
    "fraktur": "FRAKTUR",
    "monospace": "MONOSPACE",
}


def repaired(root: Element, *, display: bool) -> Element:
    """Return the tree mended; where `display` holds, Σ has its limits above and below it outside of fractions."""
    _everywhere(root, _decimals)
    for element in list(root.iter()):
        _leaf(element)
    for repair in _REPAIRS:
        _everywhere(root, repair)
    if display:
        _limits(root)
    return root


def _leaf(element: Element) -> None:
    """Mend one letter, number or sign."""
    text = element.text = _MISTAKEN.get(element.text or "", element.text or "")
    variant = element.get("mathvariant")
    if variant in _VARIANTS:
        element.text = in_variant(text, _VARIANTS[variant])
        del element.attrib["mathvariant"]
    if element.tag == "mtext" and len(text) == 1 and text.isalpha():
        element.tag = "mi"
        element.set("mathvariant", "normal")
    elif element.tag in ("mi", "mo") and text in _FUNCTIONS | {"∂", "∇"} | _PRIMES:
        element.attrib.clear()
        element.tag = "mo" if text in _PRIMES else "mi"
    if element.tag == "mi" and len(text) == 1 and (text == "∇" or "Α" <= text <= "Ω"):
        element.set("mathvariant", "normal")  # TeX sets capital Greek upright
    if element.tag == "mi" and text in ("", ";"):  # latex2mathml takes a semicolon for a letter
        element.tag = "mo" if text else "mrow"


def _everywhere(element: Element, repair: Callable[[Element], None]) -> None:
    """Apply a repair to an element and to all that are in it, the innermost first."""
    for child in element:
        _everywhere(child, repair)
    if element.tag not in LEAVES:
        repair(element)


def _words(row: Element) -> None:
    """Make one word of neighbouring upright letters, and one sign of ':' and '='."""
    before: Element | None = None
    for child in list(row):
        if before is not None and _joins(before, child) and row.tag == "mrow":
            before.text = (before.text or "") + (child.text or "")
            before.attrib.pop("mathvariant", None)  # a word of several letters is upright anyway
            before.tag = child.tag
            row.remove(child)
        else:
            before = child


def _joins(before: Element, after: Element) -> bool:
    letters = after.tag == "mi" and after.get("mathvariant") == "normal"
    upright = before.tag == "mi" and (before.get("mathvariant") == "normal" or len(before.text or "") > 1)
    word = letters and upright and (after.text or "").isascii() and (before.text or "").isascii()
    return word or (before.text, after.text) == (":", "=")


def _without_empty_rows(element: Element) -> None:
    """Put the content of a row of one in its place; spread rows in rows, but for those between fences."""
    for place, child in reversed(list(enumerate(element))):
        if child.tag != "mrow" or child.attrib:
            continue
        if len(child) == 1:
            element[place] = child[0]
        elif element.tag in ("mrow", "math", "mstyle", "mtd") and len(child) and not _fenced(child):
            element[place : place + 1] = list(child)


def _fenced(row: Element) -> bool:
    ends = row[0], row[-1]
    return any(end.tag == "mo" and (end.get("fence") == "true" or (end.text or " ") in "()[]{}|") for end in ends)


def _accent(element: Element) -> None:
    """Mark a hat, a bar, a tilde or an arrow above a letter as an accent, which is not a limit."""
    if element.tag == "mover" and len(element) == 2 and (element[1].text or "") in _ACCENTS:
        element.set("accent", "true")
        element[1].set("stretchy", "false")


def _function_gaps(row: Element) -> None:
    """Put a thin space between the name of a function and a letter beside it, as TeX does for ln a and 2 ln a."""
    if row.tag in SCRIPTED or row.tag in ("mfrac", "mroot", "mtr", "mtable"):
        return
    for place in range(len(row) - 1, -1, -1):
        if not _is_function(row[place]):
            continue
        if place + 1 < len(row) and not _opens(row[place + 1]) and row[place + 1].tag not in ("mo", "mspace"):
            row.insert(place + 1, Element("mspace", {"width": THIN}))
        if place and row[place - 1].tag not in ("mo", "mspace"):
            row.insert(place, Element("mspace", {"width": THIN}))


def _is_function(element: Element) -> bool:
    core = element[0] if element.tag in SCRIPTED and len(element) else element
    return core.tag == "mi" and core.text in _FUNCTIONS


def _opens(element: Element) -> bool:
    first = element[0] if element.tag == "mrow" and len(element) else element
    return first.tag == "mo" and first.get("form") == "prefix"


def _limits(element: Element) -> None:
    """Move the scripts of a big sign below and above it, outside of fractions, scripts and tables."""
    for child in element:
        if child.tag in _LIMITS and child[0].text in _BIG:
            child.tag = _LIMITS[child.tag]
        if child.tag in ("mrow", "mstyle", "menclose", "msqrt"):
            _limits(child)
        elif child.tag == "mtable" and child.get("displaystyle") == "true":
            for cell in child.iter("mtd"):
                _limits(cell)
        elif child.tag in SCRIPTED and child[0].tag not in LEAVES:
            _limits(child[0])


def _decimals(parent: Element) -> None:
    """Join digits around the comma of a number, which stands in a group of its own: 0{,}5 is one number."""
    place = 1
    while place < len(parent) - 1:
        before, comma, after = parent[place - 1 : place + 2]
        digits = before.tag == after.tag == "mn" and comma.tag == "mrow" and len(comma) == 1
        if digits and (comma[0].tag, (comma[0].text or "").strip()) == ("mo", ","):
            before.text = f"{before.text},{after.text}"
            parent.remove(comma)
            parent.remove(after)
        else:
            place += 1


_REPAIRS: tuple[Callable[[Element], None], ...] = (
    _words,
    _without_empty_rows,
    _accent,
    _function_gaps,
)

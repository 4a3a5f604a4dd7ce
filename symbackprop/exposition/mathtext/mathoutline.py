r"""What the outlines of ziamath want besides: spaces as TeX has them, letters that stay letters.

ziamath counts an em as 4/3 of one, puts a blank of its own around fractions and before parentheses, and takes ∂ for a
sign. Here every space is said, so that what it adds is taken away again: = has 5/18 em on either side, + has 4/18.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.mathrepair import SCRIPTED

__all__ = ["spaced"]

PX_PER_EM = 1.333 * 1.000002  # what ziamath makes of one em
THIN, MEDIUM, THICK = 3 / 18, 4 / 18, 5 / 18
FRACTION_LEFT, FRACTION_RIGHT = THIN * PX_PER_EM, THIN * PX_PER_EM  # what it puts around a fraction
FENCE_LEFT = 2 / 18 * PX_PER_EM  # and before a parenthesis that stretches
BETWEEN_COLUMNS = 1.0  # of cases
BESIDE_FRACTION = 0.12  # TeX's \nulldelimiterspace, 1.2pt
AFTER_SCRIPT = 0.05  # TeX's \scriptspace, 0.5pt

_RELATIONS = frozenset({"=", ":=", "≈", "→", "←", "<", ">", "≤", "≥", "≠"})
_BINARY = frozenset("+−-⊙×·∘±∨∧")
_BIG = frozenset("∑∏")
_ROWS = frozenset({"math", "mrow", "mtd"})


def spaced(root: Element) -> Element:
    """Return the tree, changed in place, so that ziamath sets it as TeX would."""
    for element in root.iter():
        _letter(element)
    for element in list(root.iter()):
        if element.tag in _ROWS or element.tag in ("menclose", "msqrt"):
            _row(element)
    return root


def _letter(element: Element) -> None:
    text = element.text or ""
    if element.tag == "mstyle":
        element.tag = "mrow"  # it keeps its colour, and stays one thing
    elif element.tag == "mi" and text == "∂":
        element.text = "𝜕"
    elif element.tag == "mi" and len(text) > 1:
        element.tag = "mtext"  # a word, without the blanks that ziamath gives to the names of functions
    elif element.tag == "mspace":
        element.set("width", _em(float((element.get("width") or "0").rstrip("emp"))))
    elif element.tag == "mo":
        element.attrib.update(lspace="0", rspace="0")
    elif element.tag == "mtable" and not element.get("columnspacing", "").startswith("0em"):
        element.set("columnspacing", _em(BETWEEN_COLUMNS))


def _em(width: float) -> str:
    return f"{width / PX_PER_EM:.4f}em"


def _row(row: Element) -> None:
    """Say the spaces in one row."""
    children, done = list(row), list[Element]()
    for place, child in enumerate(children):
        before = children[place - 1] if place else None
        after = children[place + 1] if place + 1 < len(children) else None
        if child.tag == "mo":
            _operator(child, before)
        if _is_big(child) and before is not None and not _binds(before):
            done.append(_space(THIN))
        if child.tag == "mfrac":
            _fraction(child, done, follows=before is not None)
            continue
        if _begins_with_fence(child) and done:
            child[0].set("lspace", _em(-FENCE_LEFT))
        done.append(child)
        if _is_big(child) and after is not None:
            done.append(_space(THIN))
        elif child.tag in SCRIPTED and after is not None:
            done.append(_space(AFTER_SCRIPT))
    row[:] = done


def _operator(sign: Element, before: Element | None) -> None:
    """Say the spaces around a sign; a minus that nothing stands before has none."""
    text = sign.text or ""
    if text in _RELATIONS:
        sign.attrib.update(lspace=_em(THICK if before is not None else 0), rspace=_em(THICK))
    elif text in _BINARY and before is not None and not _binds(before):
        sign.attrib.update(lspace=_em(MEDIUM), rspace=_em(MEDIUM))
    elif text == ",":
        sign.set("rspace", _em(THIN))


def _binds(element: Element) -> bool:
    """Tell whether an element is a sign that wants something after it."""
    opens = element.get("form") == "prefix" or (element.text or "") in {"(", "["}
    return element.tag == "mo" and ((element.text or "") in _RELATIONS | _BINARY | {","} or opens)


def _is_big(element: Element) -> bool:
    return element.tag in SCRIPTED and element[0].text in _BIG


def _begins_with_fence(element: Element) -> bool:
    """Tell whether an element is a row that opens with a parenthesis which grows with what follows."""
    if element.tag != "mrow" or not len(element) or element[0].tag != "mo":
        return False
    return element[0].get("form") == "prefix" and element[0].get("stretchy") != "false"


def _fraction(fraction: Element, done: list[Element], *, follows: bool) -> None:
    """Put a fraction into the row with as much beside it as TeX has."""
    if follows:
        done.append(_space(BESIDE_FRACTION - FRACTION_LEFT))
    done += [fraction, _space(BESIDE_FRACTION - FRACTION_RIGHT)]


def _space(width: float) -> Element:
    return Element("mspace", {"width": _em(width)})

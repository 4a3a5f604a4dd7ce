r"""How large an equation will be, from its MathML tree: width, and height above and below the line, in em.

    extent(r"\frac{a}{b}")  ->  Extent(width=0.75, above=1.1, below=0.75)

Office sets equations in Cambria Math, which nobody may pass on. The widths are those of Caladea, a free typeface with
the metrics of Cambria (hundredths of an em); what surrounds them follows TeX's rules for displayed formulas. So a
layout is the same on every computer, whatever fonts it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.omml import RELATIONS, begins_with_sign

__all__ = ["PAD", "Extent", "extent", "words_width"]

PAD = 0.22  # the blank that stands before an equation that begins with a sign
AXIS = 0.25  # the height of the middle of a fraction
THIN = 0.17
_RELATION, _BINARY = 0.28, 0.22  # the spaces on either side of a sign
_SMALLER = (1.0, 1.0, 0.74, 0.62)  # the size of displays, of the text in fractions, of scripts, of scripts of scripts
_SIGNS = frozenset("+−-·×⊙")

# fmt: off
_ITALIC = dict(zip(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    (52, 50, 43, 51, 44, 35, 49, 53, 28, 28, 49, 28, 80, 53, 48, 50, 51, 38, 36, 34, 53, 45, 69, 47, 45, 43,
     60, 58, 54, 64, 56, 56, 56, 70, 36, 34, 62, 50, 88, 69, 60, 56, 62, 60, 46, 58, 66, 62, 90, 60, 58, 54),
    strict=True,
))
_UPRIGHT = dict(zip(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()[]{}|=+−<>,.;:",
    (47, 52, 42, 52, 44, 31, 46, 55, 28, 26, 52, 27, 81, 56, 48, 52, 50, 40, 39, 32, 55, 47, 72, 48, 48, 43,
     60, 58, 52, 62, 54, 51, 54, 70, 34, 30, 63, 50, 89, 69, 60, 53, 60, 61, 45, 56, 69, 60, 89, 57, 56, 51,
     *[55] * 10, 38, 38, 35, 35, 39, 39, 32, 60, 60, 60, 60, 60, 21, 21, 26, 26),
    strict=True,
))
# fmt: on
_OTHER_LETTERS = {" ": 22, "-": 33, "’": 22, "⁽": 25, "⁾": 25}
_ELSE = 0.56  # Greek letters and whatever else
_WIDE = {"→": 0.95, "←": 0.95, "⊙": 0.75, "∑": 1.15, "∏": 1.1, "∂": 0.55, "∇": 0.68, "𝟏": 0.6}


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of what is set, in em of the equation: its width, and its height above and below the line."""

    width: float = 0.0
    above: float = 0.0
    below: float = 0.0

    @property
    def height(self) -> float:
        """The whole height."""
        return self.above + self.below


def words_width(words: str) -> float:
    """Return how wide words are in one line, in em."""
    return sum(_UPRIGHT.get(letter, _OTHER_LETTERS.get(letter, 100 * _ELSE)) for letter in words) / 100


@lru_cache(8192)
def extent(latex: str) -> Extent:
    """Return the size of an equation, the blank before a sign that begins it included."""
    root = tree(latex)
    size = _side_by_side(root, 0)
    return Extent(size.width + PAD, size.above, size.below) if begins_with_sign(root) else size


def _side_by_side(parts: Iterable[Element], level: int) -> Extent:
    """Return the size of a row, with the spaces around its signs."""
    row = list(parts)
    sizes = [_one(part, level) for part in row]
    width = sum(size.width for size in sizes) + sum(_space(row, n, level) for n in range(len(row)))
    above, below = (max((getattr(size, name) for size in sizes), default=0.0) for name in ("above", "below"))
    stretched = any(part.tag == "mo" and part.get("stretchy") == "true" for part in row)
    return Extent(width, above + 0.05, below + 0.05) if stretched else Extent(width, above, below)


def _space(row: Sequence[Element], place: int, level: int) -> float:
    """Return the space around a sign; none in scripts, none after one that stands first."""
    part, text = row[place], row[place].text or ""
    if part.tag != "mo" or level > 1:
        return 0.0
    if text in RELATIONS:
        return 2 * _RELATION
    before = row[place - 1] if place else None
    unary = text in "−-" and (before is None or (before.tag == "mo" and before.get("form") != "postfix"))
    if text in _SIGNS:
        return 0.0 if unary else 2 * _BINARY
    return THIN if text == "," else 0.0


def _one(element: Element, level: int) -> Extent:
    """Return the size of one element."""
    match element.tag:
        case "mi" | "mn" | "mo" | "mtext":
            return _letters(element, level)
        case "mspace":
            return Extent(float((element.get("width") or "0").rstrip("emp")) * _SMALLER[level])
        case "mfrac":
            return _fraction(*(_one(part, min(level + 1, 3) if level else 1) for part in element))
        case "msub" | "msup" | "msubsup":
            return _scripts(element, level)
        case "munder" | "mover" | "munderover":
            return _stacked(element, level)
        case "msqrt" | "mroot":
            inside = _side_by_side(element[:1] if element.tag == "mroot" else element, level)
            return Extent(inside.width + 0.75 * _SMALLER[level], inside.above + 0.15, inside.below + 0.05)
        case "menclose":
            inside = _side_by_side(element, level)
            return Extent(inside.width + 0.3, inside.above + 0.15, inside.below + 0.15)
        case "mtable":
            return _table(element, level)
        case _:
            return _side_by_side(element, level)


def _letters(element: Element, level: int) -> Extent:
    text, size = element.text or "", _SMALLER[level]
    italic = element.tag == "mi" and len(text) == 1 and element.get("mathvariant") != "normal"
    table = _ITALIC if italic else _UPRIGHT
    width = sum(_WIDE.get(letter) or table.get(letter, 100 * _ELSE) / 100 for letter in text)
    return Extent(width * size, 0.72 * size, 0.22 * size)


def _fraction(top: Extent, bottom: Extent) -> Extent:
    return Extent(
        max(top.width, bottom.width) + 0.2, AXIS + 0.14 + top.height, max(bottom.height + 0.14 - AXIS, bottom.below)
    )


def _scripts(element: Element, level: int) -> Extent:
    """Return the size of a letter with scripts, or of a Σ with its limits at its side."""
    base = _one(element[0], level)
    scripts = [_one(part, min(max(level, 1) + 1, 3)) for part in element[1:]]
    above, below = base.above, base.below
    if element.tag != "msub":
        above = max(above, base.above - 0.36 + scripts[-1].height)
    if element.tag != "msup":
        below = max(below, base.below - 0.05 + 0.55 * scripts[0].height)
    return Extent(base.width + max(script.width for script in scripts) + 0.06, above, below)


def _stacked(element: Element, level: int) -> Extent:
    """Return the size of something with limits, a brace or an accent."""
    big = element[0].text in ("∑", "∏")
    base = Extent(1.3, 0.95, 0.45) if big else _one(element[0], level)
    if element.get("accent") == "true":
        return Extent(base.width, base.above + 0.2, base.below)
    limits = [_one(part, 2) for part in element[1:]]
    width = max(base.width, *(limit.width for limit in limits))
    below = base.below + (0.85 * limits[0].height + 0.05 if element.tag != "mover" else 0.0)
    above = base.above + (0.85 * limits[-1].height + 0.05 if element.tag != "munder" else 0.0)
    return Extent(width + (THIN if big else 0.0), above, below)


def _table(element: Element, level: int) -> Extent:
    rows = [[_side_by_side(cell, max(level, 1)) for cell in row] for row in element]
    width = sum(max(row[n].width for row in rows) for n in range(len(rows[0]))) + 1.0 * (len(rows[0]) - 1)
    height = sum(max(0.85, *(cell.height for cell in row)) for row in rows) + 0.35 * (len(rows) - 1)
    return Extent(width, height / 2 + AXIS, height / 2 - AXIS)

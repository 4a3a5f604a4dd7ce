"""What plots have in common: ink and paper, words as SVG, and numbers as they are written by hand."""

from __future__ import annotations

import math
from html import escape

INK, FAINT, PAPER = "#222222", "#DDDDDD", "#FFFFFF"


def label(x: float, y: float, text: str, *, anchor: str = "start", size: int = 13, weight: int = 400) -> str:
    """Return literal words at a place."""
    look = "" if (size, weight) == (13, 400) else f' font-size="{size}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{look}>{escape(text)}</text>'


def power(value: float) -> str:
    """Return a value as it is written by hand: 10⁻⁴, 5·10⁻⁴, 0, and never 1e-04."""
    if not value:
        return "0"
    exponent = math.floor(math.log10(abs(value)) + 1e-9)
    factor = value / 10.0**exponent
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if math.isclose(factor, 1) else f"{factor:g}·10{raised}"

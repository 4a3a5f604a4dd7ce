r"""LaTeX of our dialect -> outlines: the letters of a formula as SVG paths, which need no font where they are shown.

    outline(r"\delta_{j}", 16)  ->  Drawn('<path d="M1.5-7…Z"/>', left=0.4, top=-11.2, right=12.9, bottom=4.6)
    outlined_words("layer 1", 13)  the same for words, so that a picture holds no text that wants a font

Nothing but <path>, <rect> and numbers, so that Keynote and old versions of Office read it as well. What has no colour
of its own has none in the outline: it takes that of the element it is put into.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.mathoutline import spaced
from symbackprop.exposition.mathtext.stretching import drawn_once

if TYPE_CHECKING:
    from ziamath.zmath import Math

__all__ = ["Drawn", "outline", "outlined_words"]

PRECISION = 2  # decimals of a coordinate
INK = "currentColor"
HYPHEN = "\u2010"  # ziamath draws the one of ASCII as a line

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BLANK = re.compile(r" *([MLHVQCZ]) *| +(-)| +(?=\S)")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A formula as elements of SVG; its base line begins at the origin, and y grows downwards.

    `left`, `top`, `right` and `bottom` are the box around its ink."""

    body: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """How wide the ink is."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high the ink is."""
        return self.bottom - self.top


@lru_cache(4096)
def outline(latex: str, size: float, *, display: bool = True) -> Drawn:
    """Return a formula as outlines; `size` is that of its letters, in units of the picture.

    Raises ExpressionError for what is not in the dialect."""
    return _drawn(spaced(tree(latex, display=display)), size)


@lru_cache(1024)
def outlined_words(text: str, size: float) -> Drawn:
    """Return words as outlines; a letter that the font of formulas does not have comes out as an empty box."""
    root = Element("math")
    words = SubElement(root, "mtext")
    words.text = text.replace("-", HYPHEN)
    return _drawn(root, size)


def _drawn(root: Element, size: float) -> Drawn:
    root.set("mathcolor", INK)
    drawn = Element("g")
    with _drawing() as math:
        math(root, size=size).drawon(drawn)
    shapes = [_path(shape) for shape in drawn.iter() if shape.tag in ("path", "rect")]
    box = _box([path for path, _, _ in shapes])
    return Drawn("".join(_elements(shapes)), *box)


@contextmanager
def _drawing() -> Iterator[type[Math]]:
    """Return what draws, without <symbol> and <use>, which not every program knows, and with few decimals.

    The settings are those of the whole process, so they are put back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # ziamath 0.13 opens its font with importlib's `path`
        from ziamath.config import config
        from ziamath.zmath import Math

    before = config.svg2, config.precision, config.minsizefraction
    config.svg2, config.precision, config.minsizefraction = False, PRECISION, 0.0  # scripts may be as small as they are
    try:
        with drawn_once():
            yield Math
    finally:
        config.svg2, config.precision, config.minsizefraction = before


def _path(shape: Element) -> tuple[str, str, str]:
    """Return a shape as a path, its colour, and the width of its pen, '' for what is filled."""
    colour = shape.get("fill") or INK
    if shape.tag == "path":
        return _BLANK.sub(lambda found: found[1] or found[2] or " ", shape.get("d") or "").strip(), colour, ""
    x, y, wide, high = (float(shape.get(name) or 0) for name in ("x", "y", "width", "height"))
    path = f"M{_short(x)} {_short(y)}H{_short(x + wide)}V{_short(y + high)}H{_short(x)}Z"
    return path, shape.get("stroke") or colour, shape.get("stroke-width") or ""


def _short(value: float) -> str:
    text = f"{value:.{PRECISION}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _elements(shapes: list[tuple[str, str, str]]) -> Iterator[str]:
    """Yield one path for all shapes of one look."""
    looks = dict.fromkeys((colour, pen) for _, colour, pen in shapes)
    for colour, pen in looks:
        path = "".join(path for path, *look in shapes if look == [colour, pen])
        if pen:
            yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{pen}"/>'
        else:
            yield f'<path d="{path}"/>' if colour == INK else f'<path d="{path}" fill="{colour}"/>'


def _box(paths: list[str]) -> tuple[float, float, float, float]:
    """Return the box around all points of paths; a curve lies within the points that define it."""
    across, down = list[float](), list[float]()
    for path in paths:
        for letter, numbers in re.findall(r"([A-Z])([^A-Z]*)", path):
            values = [float(number) for number in _NUMBER.findall(numbers)]
            across += values if letter == "H" else [] if letter == "V" else values[::2]
            down += values if letter == "V" else [] if letter == "H" else values[1::2]
    return (min(across), min(down), max(across), max(down)) if across else (0.0, 0.0, 0.0, 0.0)

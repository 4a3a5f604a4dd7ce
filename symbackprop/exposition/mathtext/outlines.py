r"""Boxes -> outlines: the letters of a formula as SVG paths, which need no font where they are shown.

    outline(δ_j, 16)               ->  Drawn('<path d="M1.5-7…Z"/>', left=0.4, top=-11.2, right=12.9, bottom=4.6)
    outlined_words("layer 1", 13)  the same for words, so that a picture holds no text that wants a font

The letters are those of STIX Two Math, which comes with ziamath; `extents` says where each of them stands. Nothing but
<path> and numbers, so that Keynote and old versions of Office read it as well. What has no role has no colour: it takes
that of the element it is put into.
"""

from __future__ import annotations

import importlib.util
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.extents import Extent, Mark, marks, set_in
from symbackprop.exposition.mathtext.style import in_variant
from symbackprop.exposition.palette import COLOURS
from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from ziafont.font import Font

PEN = 0.05  # em: the lines of frames
INK = "currentColor"
_SLANTED = {"h": "ℎ", "∂": "𝜕"}  # letters that have another place in Unicode than their neighbours

Curve: TypeAlias = tuple[str, tuple[tuple[float, float], ...]]  # a letter of SVG and its points, in em


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


def outline(box: Box, size: float) -> Drawn:
    """Return a formula as outlines; `size` is that of its letters, in units of the picture."""
    return _outline(box, size, tuple(COLOURS.items()))


@lru_cache(4096)
def _outline(box: Box, size: float, colours: tuple[tuple[str, str], ...]) -> Drawn:
    return _drawn(set_in(box, _advance), size, dict(colours))


@lru_cache(1024)
def outlined_words(text: str, size: float) -> Drawn:
    """Return words as outlines; a letter that the font of formulas does not have comes out as an empty box."""
    return _drawn(Extent(inside=((0.0, 0.0, Mark("letters", text)),)), size, {})


def font_file() -> Path:
    """Return where the font is, without loading ziamath, which takes longer than drawing a whole deck."""
    found = importlib.util.find_spec("ziamath")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"


@lru_cache(1024)
def shown(text: str, slanted: bool) -> str:  # noqa: FBT001 - as every Advance
    """Return letters as the font has them: those of mathematics slanted."""
    return "".join(_SLANTED.get(c) or in_variant(c, "ITALIC") for c in text) if slanted else text


@cache
def _font() -> Font:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # ziafont opens files with importlib's `path`
        from ziafont.font import Font

        return Font(font_file())


@cache
def _letter(letter: str) -> tuple[float, tuple[Curve, ...]]:
    """Return how wide a letter is, and its curves from the base line on; an accent takes no room of its own."""
    glyph, em = _font().glyph(letter), float(_font().info.layout.unitsperem)
    curves = tuple(
        (type(part).__name__[0], tuple((point.x / em, -point.y / em) for point in part.points()[0]))
        for part in glyph.operators
    )
    return 0.0 if unicodedata.combining(letter) else glyph.advance() / em, curves


@lru_cache(1024)
def _advance(text: str, slanted: bool) -> float:  # noqa: FBT001 - as every Advance
    return sum(_letter(letter)[0] for letter in shown(text, slanted))


def _drawn(whole: Extent, size: float, colours: Mapping[str, str]) -> Drawn:
    """Return all marks, those of one colour as one path."""
    paths: dict[str, list[Curve]] = {}
    for x, y, role, mark in marks(whole):
        colour = colours.get(role, role) or INK
        at = [(letter, tuple((size * (x + a), size * (y + b)) for a, b in points)) for letter, points in _curves(mark)]
        paths.setdefault(colour, []).extend(at)
    points = [point for curves in paths.values() for _, each in curves for point in each] or [(0.0, 0.0)]
    (left, *_, right), (top, *_, bottom) = ((min(each), max(each)) for each in zip(*points, strict=True))
    return Drawn("".join(_path(colour, curves) for colour, curves in paths.items()), left, top, right, bottom)


def _path(colour: str, curves: list[Curve]) -> str:
    """Return curves as one element; a contour is closed where the next one begins."""
    data = ""
    for letter, points in curves:
        numbers = "".join(f"{'' if text[0] == '-' else ' '}{text}" for point in points for text in map(_short, point))
        data += ("Z" if letter == "M" and data else "") + letter + numbers.lstrip()
    fill = "" if colour == INK else f' fill="{colour}"'
    return f'<path d="{data}Z"{fill}/>' if data else ""


def _short(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _curves(mark: Mark) -> Iterator[Curve]:
    """Yield the curves of a mark, from where it stands on."""
    if mark.kind == "bar":
        yield from _area(0.0, 0.0, mark.wide, mark.high)
    elif mark.kind == "frame":
        yield from _area(0.0, 0.0, mark.wide, mark.high)
        yield from _area(mark.wide - PEN, PEN, 2 * PEN - mark.wide, mark.high - 2 * PEN)  # the other way round: a hole
    elif mark.kind == "sign":
        wide, curves = _letter(mark.text)
        heights = [y for _, points in curves for _, y in points]
        top, high = min(heights), max(heights) - min(heights)
        for letter, points in curves:
            yield letter, tuple((x * mark.wide / wide, (y - top) * mark.high / high) for x, y in points)
    else:
        at = 0.0
        for each in shown(mark.text, mark.kind == "slanted"):
            wide, curves = _letter(each)
            for letter, points in curves:
                yield letter, tuple(((at + x) * mark.size, y * mark.size) for x, y in points)
            at += wide


def _area(x: float, y: float, wide: float, high: float) -> Iterator[Curve]:
    corners = (x, y), (x + wide, y), (x + wide, y + high), (x, y + high)
    yield from zip("MLLL", ((corner,) for corner in corners), strict=True)

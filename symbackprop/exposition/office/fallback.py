"""What a program shows that knows no native equations: a picture of the equation, or its text.

The picture is drawn from the boxes that the native equation is made of.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office.drawing import drawn
from symbackprop.exposition.office.shapes import Label, Pen, body, named, paragraph, placed, text_box
from symbackprop.exposition.paging.richtext import box_runs
from symbackprop.exposition.placing.looks import Look, runs_width
from symbackprop.exposition.placing.pages import Area, PlacedEquation

EM = 48  # pixels: more than a screen of 1080 lines shows


def pixels(box: Box, pen: Pen) -> bytes:
    """Return an equation as a PNG with a transparent background, in the colours of the deck."""
    return _pixels(box, pen.ink, tuple(pen.colours.items()))


@lru_cache(4096)
def _pixels(box: Box, ink: str, colours: tuple[tuple[str, str], ...]) -> bytes:
    return drawn(box, EM, ink, dict(colours))


def picture(part: PlacedEquation, label: Label, pen: Pen, *, image: str) -> Element:
    """Return the picture of an equation, whose relationship is called `image`, as large as the equation."""
    wide, high = (length * part.size / EM for length in _size(pixels(part.box, pen)))
    area, scale = part.area, min(1.0, part.area.width / wide, part.area.height / high)
    top = area.top + (area.height - high * scale) / 2
    locks = node("p:cNvPicPr", None, node("a:picLocks", {"noChangeAspect": 1}))
    about = node("p:nvPicPr", None, named(label), locks, node("p:nvPr"))
    filled = node("p:blipFill", None, node("a:blip", {"r:embed": image}), node("a:stretch", None, node("a:fillRect")))
    geometry = node("a:prstGeom", {"prst": "rect"}, node("a:avLst"))
    where = placed(Area(area.left, top, wide * scale, high * scale), pen)
    return node("p:pic", None, about, filled, node("p:spPr", None, where, geometry))


def _size(png: bytes) -> tuple[int, int]:
    """Return the width and the height of a PNG in pixels, which stand at the beginning of the file."""
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high


def text(part: PlacedEquation, label: Label, pen: Pen) -> Element:
    """Return an equation as letters in its place, smaller where they are wider than it."""
    runs = box_runs(part.box)
    size = part.size * min(1.0, part.area.width / runs_width(runs, part.size))
    words = paragraph(runs, Look(size), pen)
    return text_box(named(label), part.area, body([words], anchor="ctr", wrap=False), pen)

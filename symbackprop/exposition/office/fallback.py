"""What a program shows that knows no native equations: a picture of the equation, or its text.

The picture is drawn from the tree that the native equation is made of, and turned into pixels by resvg, which belongs
to the extra `export`; without it, the text stands there.
"""

from __future__ import annotations

import importlib.util
import struct
from functools import lru_cache
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.mathtext.outlines import outline
from symbackprop.exposition.office.shapes import Label, Pen, body, named, paragraph, placed, text_box
from symbackprop.exposition.paging.richtext import box_runs
from symbackprop.exposition.palette import COLOURS
from symbackprop.exposition.placing.looks import Look, text_width
from symbackprop.exposition.placing.pages import Area, PlacedEquation

__all__ = ["can_draw", "picture", "pixels", "text"]

DRAWN = 24.0  # points, the size in which equations are drawn
SCRIPT = 0.66  # the size of raised and lowered letters
PAD = 1.0  # points around the ink, lest it is cut
ZOOM = 2.0  # pixels in a point of that size: more than a screen of 1080 lines shows


def can_draw() -> bool:
    """Tell whether pictures can be made in this installation."""
    return importlib.util.find_spec("resvg_py") is not None


def pixels(box: Box, pen: Pen) -> bytes:
    """Return an equation as a PNG with a transparent background, in the colours of the deck."""
    latex = written(box)
    for role, colour in COLOURS.items():
        latex = latex.replace(colour, pen.colour(role))
    return _pixels(latex, pen.ink)


@lru_cache(4096)
def _pixels(latex: str, ink: str) -> bytes:
    import resvg_py

    drawn = outline(latex, DRAWN)
    box = f"{drawn.left - PAD} {drawn.top - PAD} {drawn.width + 2 * PAD} {drawn.height + 2 * PAD}"
    size = f'width="{drawn.width + 2 * PAD}" height="{drawn.height + 2 * PAD}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" {size} fill="{ink}" color="{ink}">'
    return bytes(resvg_py.svg_to_bytes(svg_string=f"{svg}{drawn.body}</svg>", zoom=ZOOM, skip_system_fonts=True))


def picture(part: PlacedEquation, label: Label, pen: Pen, *, image: str) -> Element:
    """Return the picture of an equation, whose relationship is called `image`, as large as the equation."""
    wide, high = (length / ZOOM * part.size / DRAWN for length in _size(pixels(part.box, pen)))
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
    wanted = sum(text_width(run.text, part.size) * (SCRIPT if run.shift else 1.0) for run in runs)
    words = paragraph(runs, Look(part.size * min(1.0, part.area.width / wanted)), pen)
    return text_box(named(label), part.area, body([words], anchor="ctr", wrap=False), pen)

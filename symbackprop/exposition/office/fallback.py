"""What a program shows that knows no native equations: a picture of the equation, or its text.

The picture is drawn from the boxes that the native equation is made of, in the letters of STIX Two Math.
Pillow draws them, which comes with python-pptx: each ink is a share of the palette of one picture, and how much of it
there is stands in the transparency, so that a slide of any colour shows through.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.extents import Mark, marks, set_in
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.mathtext.outlines import PEN, font_file, shown
from symbackprop.exposition.office.shapes import Label, Pen, body, named, paragraph, placed, text_box
from symbackprop.exposition.paging.richtext import box_runs
from symbackprop.exposition.placing.looks import Look, runs_width
from symbackprop.exposition.placing.pages import Area, PlacedEquation

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

MARGIN = 0.06  # em around an equation, lest the ink of its letters is cut
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


@lru_cache(64)
def _font(size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(font_file()), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(1024)
def _advance(text: str, slanted: bool) -> float:  # noqa: FBT001 - as every Advance
    letters = "".join(c for c in shown(text, slanted) if not unicodedata.combining(c))
    return _font(1000).getlength(letters) / 1000


def drawn(box: Box, size: int, ink: str, colours: Mapping[str, str]) -> bytes:
    """Return an equation as a PNG with a transparent background; `size` is that of an em, in pixels.

    Roles have the colours that they have on the paper, what has no role is in `ink`."""
    from PIL import Image, ImageDraw

    whole = set_in(box, _advance)
    area = [round((length + 2 * MARGIN) * size) for length in (whole.width, whole.height)]
    masks: dict[str, Image.Image] = {}
    for x, y, role, mark in marks(whole, MARGIN, MARGIN + whole.above):
        colour = colours.get(role, role) or ink
        mask = masks.setdefault(colour, Image.new("L", area))
        at = x * size, y * size
        edge = at[0] + mark.wide * size, at[1] + mark.high * size
        match mark.kind:
            case "letters" | "slanted":
                text, font = shown(mark.text, mark.kind == "slanted"), _font(round(mark.size * size))
                ImageDraw.Draw(mask).text(at, text, fill=255, font=font, anchor="ls")
            case "sign":
                _stretch(mask, mark, at, size)
            case "bar":
                ImageDraw.Draw(mask).rectangle((*at, *edge), fill=255)
            case "frame":
                ImageDraw.Draw(mask).rectangle((*at, *edge), outline=255, width=round(PEN * size))
    return _png(masks or {ink: Image.new("L", area)})


def _stretch(mask: Image, mark: Mark, at: tuple[float, float], size: int) -> None:
    """Draw a sign as high as asked for, and as wide in its proportion to what it takes."""
    from PIL import Image, ImageChops, ImageDraw

    font = _font(size)
    left, top, right, bottom = font.getbbox(mark.text, anchor="ls")
    glyph = Image.new("L", [round(right - left), round(bottom - top)])
    ImageDraw.Draw(glyph).text((-left, -top), mark.text, fill=255, font=font, anchor="ls")
    across = mark.wide * size / font.getlength(mark.text)
    glyph = glyph.resize((max(1, round(glyph.width * across)), max(1, round(mark.high * size))))
    layer = Image.new("L", mask.size)
    layer.paste(glyph, (round(at[0] + left * across), round(at[1])))
    mask.paste(ImageChops.lighter(mask, layer))


def _png(masks: Mapping[str, Image]) -> bytes:
    """Return masks, each in its ink, as one picture of 256 colours, which is as opaque as there is ink."""
    from PIL import Image, ImageChops

    whole: Image.Image | None = None
    steps = 255 // len(masks)
    palette, opacity = [0, 0, 0], [0]
    for place, (colour, mask) in enumerate(masks.items()):
        first = 1 + place * steps
        shares = mask.point([first + value * (steps - 1) // 255 if value else 0 for value in range(256)])
        whole = shares if whole is None else ImageChops.lighter(whole, shares)
        palette += [int(colour[start : start + 2], 16) for start in (1, 3, 5)] * steps
        opacity += [round(255 * (step + 1) / steps) for step in range(steps)]
    assert whole is not None
    picture = Image.frombytes("P", whole.size, whole.tobytes())
    picture.putpalette(palette)
    out = BytesIO()
    picture.save(out, "PNG", transparency=bytes(opacity), compress_level=3)
    return out.getvalue()

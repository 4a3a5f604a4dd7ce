"""Equations as pixels, drawn from their boxes in the letters of STIX Two Math, which comes with ziamath.

Pillow draws them, which comes with python-pptx: each ink is a share of the palette of one picture, and how much of it
there is stands in the transparency, so that a slide of any colour shows through.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.extents import Mark, marks, set_in
from symbackprop.exposition.mathtext.outlines import PEN, font_file, shown

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

MARGIN = 0.06  # em around an equation, lest the ink of its letters is cut


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

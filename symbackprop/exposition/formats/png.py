"""PNG: the pictures of the format svg as pixels, four of them for each of the picture's, transparent, 384 to the inch.

The LaTeX of a picture is kept in a text chunk called LaTeX, its description in one called Description.
"""

from __future__ import annotations

import struct
import zlib
from xml.etree import ElementTree

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import FORMATS, Files, Format, svg
from symbackprop.exposition.options import Options

ZOOM = 4  # pixels for one of the picture
PER_METRE = round(ZOOM * 96 / 0.0254)  # so that a program that is not asked shows the picture in the size of its SVG
_SVG = "{http://www.w3.org/2000/svg}"
_SIGNATURE, _HEAD = 8, 25  # bytes of the signature, and of the first chunk, which says the size


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return the files of the format svg, as pixels."""
    pictures = svg.write(derivation, document, options)
    return {f"{name.removesuffix('.svg')}.png": png(str(text)) for name, text in pictures.items()}


def png(picture: str, *, zoom: float = ZOOM, paper: str | None = None) -> bytes:
    """Return an SVG picture as PNG, with what it says of itself in text chunks; without `paper` it is transparent."""
    from resvg_py import svg_to_bytes

    root = ElementTree.fromstring(picture)
    said = {"LaTeX": root.findtext(f"{_SVG}metadata"), "Description": root.findtext(f"{_SVG}title")}
    # there is no text in it that would want a font
    drawn = bytes(svg_to_bytes(svg_string=picture, zoom=zoom, background=paper, skip_system_fonts=True))
    head, rest = drawn[: _SIGNATURE + _HEAD], drawn[_SIGNATURE + _HEAD :]
    size = _chunk(b"pHYs", struct.pack(">IIB", PER_METRE, PER_METRE, 1))
    return head + size + b"".join(_text(keyword, text) for keyword, text in said.items() if text) + rest


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _text(keyword: str, text: str) -> bytes:
    """Return a text chunk in UTF-8, uncompressed, without a language."""
    return _chunk(b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode())


FORMATS.add(
    "png", Format("png", "network.png", write, packages=("resvg_py",), follows=frozenset({"colours", "level", "only"}))
)

"""The PNG files: large, transparent, with their LaTeX inside, and nothing of the picture cut off."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from symbackprop.exposition.document import Formula
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.rendering import render, render_files

if os.environ.get("CI"):
    import resvg_py
else:
    resvg_py = pytest.importorskip("resvg_py", reason="resvg-py is not installed; it is in the extra `export`")

from symbackprop.exposition.formats.png import png

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunks(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a PNG file: their kind and what they hold, their sums checked."""
    assert image.startswith(SIGNATURE)
    place = len(SIGNATURE)
    while place < len(image):
        (size,) = struct.unpack_from(">I", image, place)
        kind, content = image[place + 4 : place + 8], image[place + 8 : place + 8 + size]
        assert struct.unpack_from(">I", image, place + 8 + size) == (zlib.crc32(kind + content),)
        yield kind, content
        place += 12 + size


def texts(image: bytes) -> dict[str, str]:
    """Return the texts that a PNG file holds, by their keywords."""
    found = (content for kind, content in chunks(image) if kind == b"iTXt")
    return {content.split(b"\0", 1)[0].decode(): content.split(b"\0\0\0\0\0", 1)[1].decode() for content in found}


def alpha(image: bytes) -> list[bytes]:
    """Return how opaque each pixel is, row by row, of a file with 8 bits for each of red, green, blue and alpha."""
    picture = Image.open(BytesIO(image))
    assert "RGBA" == picture.mode
    pixels = picture.getchannel("A").tobytes()
    return [pixels[start : start + picture.width] for start in range(0, len(pixels), picture.width)]


def edge(image: bytes) -> set[int]:
    """Return how opaque the pixels along the edge of a picture are."""
    rows = alpha(image)
    return {*rows[0], *rows[-1], *(row[0] for row in rows), *(row[-1] for row in rows)}


def test_every_picture_is_there_with_its_latex(derived, told) -> None:
    """The files are those of the format svg, and each equation keeps the LaTeX that it was drawn from."""
    files = render_files(derived("plain"), "png", lang="es")
    pictures = render_files(derived("plain"), "svg", lang="es")
    assert [name.replace(".svg", ".png") for name in pictures] == list(files)
    equation, document = derived("plain").equations["BP2"], told("plain", "es")
    kept = texts(bytes(files["equations/BP2.png"]))  # type: ignore[arg-type]
    assert formula_latex(Formula((equation.left, equation.right)), document.style) == kept["LaTeX"]
    assert kept["Description"].startswith("δ⁽ˡ⁾ⱼ = ")
    assert "tikzpicture" in texts(bytes(files["network.png"]))["LaTeX"]  # type: ignore[arg-type]


def test_pictures_are_large_and_say_how_large(derived) -> None:
    """A letter has about a hundred pixels, and the file says that it is to be shown in the size of its SVG."""
    parts = dict(chunks(bytes(render_files(derived("plain"), "png")["equations/BP1.png"])))  # type: ignore[arg-type]
    assert struct.unpack(">I", parts[b"IHDR"][4:8])[0] > 250
    assert (15118, 15118, 1) == struct.unpack(">IIB", parts[b"pHYs"])


def test_nothing_is_cut_off(derived, network: str) -> None:
    """Along the edge of every picture, of every network, all pixels are transparent, and within some are not."""
    for text in render_files(derived(network), "svg").values():
        image = png(str(text), zoom=0.6)
        assert {0} == edge(image)
        assert 255 in {value for row in alpha(image) for value in row}


def test_cut_is_found() -> None:
    """Ink that reaches the edge is seen."""
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect x="3" width="3" height="5"/></svg>'
    assert 255 in edge(png(drawing))


def test_same_bytes(derived) -> None:
    """A picture that is drawn twice is the same file."""
    assert render(derived("flat"), "png") == render(derived("flat"), "png")

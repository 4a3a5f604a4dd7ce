"""The words of a file of any format, for tests of what it tells: letters alone, so that a line may break anywhere."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import unicodedata
import zipfile
from io import BytesIO

import pytest

from symbackprop.exposition.document import Document, Heading

__all__ = ["chapters", "words"]

SLIDES = ("beamer", "deck", "pptx")  # which leave the checks to the article


def words(content: str | bytes) -> str:
    """Return the letters of a page, a source, a notebook, an Office file or a PDF; skip where nothing reads a PDF."""
    if isinstance(content, bytes):
        if content.startswith(b"%PDF"):
            if shutil.which("pdftotext") is None:
                pytest.skip("pdftotext is not installed; install poppler-utils")
            text = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
            return _letters(text.decode())
        with zipfile.ZipFile(BytesIO(content)) as parts:
            return words("".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")))
    if content.startswith("{"):
        content = "".join("".join(cell["source"]) for cell in json.loads(content)["cells"])
    return _letters(html.unescape(re.sub(r"<[^>]*>", "", content)))


def chapters(document: Document, format: str) -> list[str]:
    """Return the letters of what a file of a format has to be headed by: its chapters; of a sheet, its title."""
    headings = [block for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    told = [block for block in headings if format not in SLIDES or block.key != "evidence"]
    texts = ["".join(part for part in block.text if isinstance(part, str)) for block in told]
    return [_letters(text) for text in ([document.title] if format == "sheet" else texts)]


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", unicodedata.normalize("NFKC", text)).casefold()

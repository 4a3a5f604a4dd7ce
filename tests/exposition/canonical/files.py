"""The formulas of every other kind of file, in the order in which they are read: pages, Office files, Typst, pictures.

A file of Typst is read by what Typst says of its equations once it has set it. A picture is read by the LaTeX in it.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from exposition.canonical import form, latex, mathml, omml, typst

__all__ = [
    "article_of_word",
    "deck",
    "equations",
    "mathml_file",
    "omml_file",
    "page",
    "png",
    "shapes",
    "svg",
    "typst_article",
    "typst_slides",
]

_MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
_SECTION = re.compile(r"<section\b.*?</section>", re.DOTALL)
_UNREAD = {"template", "svg"}  # what is not there yet, and pictures
_PICTURES = {"live", "drawing", "chain", "told", "hint"}


def page(text: str) -> list[str]:
    """Return the formulas of an article in HTML, those of its pictures and of fields for numbers left out."""
    main = _MAIN.search(text)
    assert main is not None
    return [
        piece for math, _ in _maths(ElementTree.fromstring(main[0]), ()) for piece in form.pieces(mathml.read(math))
    ]


def deck(text: str) -> list[str]:
    """Return the formulas of slides in HTML on lines of their own and in tables."""
    slides = (ElementTree.fromstring(section) for section in _SECTION.findall(text))
    return [
        piece
        for slide in slides
        for math, around in _maths(slide, ())
        if {"left", "right", "table"} & set(around) and not {"notes", "ghost", "reason"} & set(around)
        for piece in form.pieces(mathml.read(math))
    ]


def _maths(element: Element, around: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Yield the formulas of an element, each with the classes of all that it stands in."""
    name, classes = mathml.name(element), element.get("class", "").split()
    if name == "math":
        yield element, around
    elif name not in _UNREAD and not _PICTURES & set(classes):
        for child in element:
            yield from _maths(child, (*around, *classes))


def mathml_file(text: str) -> list[str]:
    """Return the formula of a file in MathML."""
    return form.pieces(mathml.read(ElementTree.fromstring(text)))


def omml_file(text: str) -> list[str]:
    """Return the formula of a file in OMML."""
    return form.pieces(omml.read(ElementTree.fromstring(text)))


def article_of_word(content: bytes) -> list[str]:
    """Return the formulas of an article in Word."""
    from docx import Document

    return equations(Document(BytesIO(content)).element.body)


def shapes(content: bytes) -> list[str]:
    """Return the equations of a presentation, slide by slide."""
    from pptx import Presentation

    return [piece for slide in Presentation(BytesIO(content)).slides for piece in equations(slide.element)]


def equations(element: Any) -> list[str]:
    """Return the equations within an element of an Office file."""
    return [piece for math in element.iter(f"{{{omml.MATH}}}oMath") for piece in form.pieces(omml.read(math))]


def svg(text: str) -> list[str]:
    """Return the formula that is kept in a picture."""
    return form.pieces(latex.read(ElementTree.fromstring(text).findtext("{http://www.w3.org/2000/svg}metadata", "")))


def png(content: bytes) -> list[str]:
    """Return the formula that is kept in a text chunk of a picture; the chunks are those that their sums say."""
    place = 8
    while place < len(content):
        size = int.from_bytes(content[place : place + 4])
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        assert zlib.crc32(kind + data).to_bytes(4) == content[place + 8 + size : place + 12 + size]
        keyword, _, text = data.partition(b"\0\0\0\0\0")
        if (kind, keyword) == (b"iTXt", b"LaTeX"):
            return form.pieces(latex.read(text.decode()))
        place += 12 + size
    return []


def typst_article(source: str) -> list[str]:
    """Return the formulas of an article in Typst."""
    return [piece for each in _set(source, "math.equation") for piece in form.pieces(typst.read(each))]


def typst_slides(source: str) -> list[str]:
    """Return the formulas of slides in Typst on lines of their own and in tables.

    A page on which something is still to come is one that readers of the screen do not get; it is left out here."""
    marked = f"#show pdf.artifact: none\n#show table.cell: it => {{ metadata(true); it; metadata(false) }}\n{source}"
    shown: list[str] = []
    in_table = False
    for each in _set(marked, "selector(math.equation).or(metadata)"):
        if each["func"] == "metadata":
            in_table = each["value"]
        elif each["block"] or in_table:
            shown += form.pieces(typst.read(each))
    return shown


def _set(source: str, selector: str) -> Iterator[dict[str, Any]]:
    """Yield what Typst finds in what it has set, equations within others left out."""
    from typst import query

    within = 0
    for each in json.loads(query(source.encode(), selector, ignore_system_fonts=True)):
        if each["func"] == "equation" and within:
            within -= 1
            continue
        yield each
        within += typst.inner(each.get("body"))

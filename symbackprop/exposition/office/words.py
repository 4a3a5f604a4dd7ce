"""What an article is made of, as elements: runs with equations among them, fields, paragraphs, cells, pictures.

Lengths are in points, Word's own in twentieths of a point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element

from symbackprop.exposition.document import Document, Emphasis, Formula, Reference, Segment, Text
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.boxes import Box, slashed
from symbackprop.exposition.mathtext.omml import Face, node, omml
from symbackprop.exposition.office.xml import worded
from symbackprop.exposition.unbroken import pieces
from symbackprop.frozen import dataclass

EMU = 12_700  # of a picture, in a point
SIZE = 11.0  # points, of letters and of equations
QUIET = "5A6673"
LINE = {"val": "single", "sz": 6, "space": 0}  # of tables, in eighths of a point


@dataclass(frozen=True, slots=True)
class Look:
    """How words look that do not look as their paragraph says."""

    bold: bool = False
    italic: bool = False
    quiet: bool = False

    @property
    def said(self) -> list[Element]:
        """The properties of a run, none where nothing differs."""
        parts = [node("w:b")] * self.bold + [node("w:i")] * self.italic
        parts += [node("w:color", {"w:val": QUIET})] * self.quiet
        return [node("w:rPr", None, *parts)] if parts else []


PLAIN = Look()


def twentieths(points: float) -> int:
    """Return a length as Word counts it."""
    return round(20 * points)


def run(text: str, look: Look = PLAIN) -> Element:
    """Return words of one look."""
    parts = (
        part
        for piece, whole in pieces(text)
        for part in (piece.replace("-", "\0-\0").split("\0") if whole else [piece])
    )
    return node("w:r", None, *look.said, *map(_part, parts))


def _part(text: str) -> Element:
    """Return a part of a run: a hyphen at which no line is broken, or words."""
    return node("w:noBreakHyphen") if text == "-" else worded("w:t", text, {"xml:space": "preserve"})


def field(instruction: str, shown: str, look: Look = PLAIN) -> Element:
    """Return a number that Word keeps up to date, and what it is now."""
    return node("w:fldSimple", {"w:instr": f" {instruction} "}, run(shown, look))


def bookmark(name: str, number: int, *inside: Element) -> list[Element]:
    """Return elements that a field can refer to by a name."""
    ends = {"w:id": number}
    return [node("w:bookmarkStart", {**ends, "w:name": name}), *inside, node("w:bookmarkEnd", ends)]


def sentence(text: Text, document: Document, look: Look = PLAIN) -> list[Element]:
    """Return a sentence, its formulas as equations, its references as fields."""
    return [_segment(segment, document, look) for segment in text]


def _segment(segment: Segment, document: Document, look: Look) -> Element:
    match segment:
        case Formula():
            box = slashed(formula_box(segment, document.style))  # a fraction would tear lines apart
            return inline(box, quiet=look.quiet)
        case Emphasis(words):
            return run(words, Look(look.bold, not look.italic, look.quiet))
        case Reference(key):
            return field(rf"REF section_{key} \r \h", str(document.sections[key]), look)
        case str():
            return run(segment, look)


def inline(box: Box, *, quiet: bool = False, display: bool = False) -> Element:
    """Return an equation among words; `display` for one that has its cell to itself, and so may be high."""
    return omml(box, Face(SIZE, f"#{QUIET}" if quiet else None, "page", tall=display))


def equation(box: Box, align: str = "left") -> Element:
    """Return an equation with a paragraph to itself; `align` is left, center or right."""
    look = node("m:oMathParaPr", None, node("m:jc", {"m:val": align}))
    return node("m:oMathPara", None, look, inline(box, display=True))


def paragraph(parts: Iterable[Element], style: str = "", *, align: str = "") -> Element:
    """Return a paragraph of a style."""
    said = [node("w:pStyle", {"w:val": style})] if style else []
    said += [node("w:jc", {"w:val": align})] if align else []
    return node("w:p", None, *([node("w:pPr", None, *said)] if said else []), *parts)


def cell(
    width: float, paragraphs: Sequence[Element], *, span: int = 1, borders: Mapping[str, str] | None = None
) -> Element:
    """Return a cell, its words in the middle of its height; `borders` are colours of its sides."""
    said = [node("w:tcW", {"w:w": twentieths(width), "w:type": "dxa"})]
    said += [node("w:gridSpan", {"w:val": span})] if span > 1 else []
    if borders:
        lines = [_line(side, borders[side]) for side in ("top", "left", "bottom", "right") if side in borders]
        said.append(node("w:tcBorders", None, *lines))
    return node("w:tc", None, node("w:tcPr", None, *said, node("w:vAlign", {"w:val": "center"})), *paragraphs)


def _line(side: str, colour: str) -> Element:
    look = {f"w:{name}": value for name, value in LINE.items()}
    return node(f"w:{side}", {**look, "w:color": colour.removeprefix("#")})


def row(cells: Sequence[Element], *, header: bool = False) -> Element:
    """Return a row that is not torn apart; a header is repeated on each page."""
    said = [node("w:cantSplit"), *([node("w:tblHeader")] if header else [])]
    return node("w:tr", None, node("w:trPr", None, *said), *cells)


def kept(part: Element) -> Element:
    """Return a paragraph or a row, changed in place, that stays on the page of what comes after it."""
    for each in part.iter("w:p"):
        if not len(each) or each[0].tag != "w:pPr":
            each.insert(0, node("w:pPr"))
        if each[0].find("w:keepNext") is None:
            each[0].insert(int(each[0].find("w:pStyle") is not None), node("w:keepNext"))
    return part


def table(widths: Sequence[float], rows: Sequence[Element], *, align: str = "left", pad: float = 3.0) -> Element:
    """Return a table without lines of its own, with columns of fixed widths."""
    margins = (node(f"w:{side}", {"w:w": twentieths(pad), "w:type": "dxa"}) for side in ("left", "right"))
    said = node(
        "w:tblPr",
        None,
        node("w:tblW", {"w:w": twentieths(sum(widths)), "w:type": "dxa"}),
        node("w:jc", {"w:val": align}),
        node("w:tblLayout", {"w:type": "fixed"}),
        node("w:tblCellMar", None, *margins),
    )
    grid = node("w:tblGrid", None, *(node("w:gridCol", {"w:w": twentieths(width)}) for width in widths))
    return node("w:tbl", None, said, grid, *rows)


def picture(relation: str, number: int, size: tuple[float, float], description: str) -> Element:
    """Return a picture that stands among words; its size is in points."""
    extent = {"cx": round(size[0] * EMU), "cy": round(size[1] * EMU)}
    about = {"id": number, "name": f"Picture {number}", "descr": description}
    shape = node(
        "pic:pic",
        None,
        node("pic:nvPicPr", None, node("pic:cNvPr", about), node("pic:cNvPicPr")),
        node("pic:blipFill", None, node("a:blip", {"r:embed": relation}), node("a:stretch", None, node("a:fillRect"))),
        node(
            "pic:spPr",
            None,
            node("a:xfrm", None, node("a:off", {"x": 0, "y": 0}), node("a:ext", extent)),
            node("a:prstGeom", {"prst": "rect"}, node("a:avLst")),
        ),
    )
    kind = {"uri": "http://schemas.openxmlformats.org/drawingml/2006/picture"}
    graphic = node("a:graphic", None, node("a:graphicData", kind, shape))
    place = node("wp:inline", dict.fromkeys(("distT", "distB", "distL", "distR"), 0))
    place.extend([node("wp:extent", extent), node("wp:docPr", about), graphic])
    return node("w:r", None, node("w:drawing", None, place))

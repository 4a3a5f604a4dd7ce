"""Shapes of a slide as elements: words, equations, rules, frames, tables. Lengths are in points.

A shape has a number, unique on its slide, a name for the list of shapes, and a description for who cannot see it.
What only decorates says so, and a reader of screens passes over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.omml import Face, node, omml
from symbackprop.exposition.office.xml import worded
from symbackprop.exposition.paging.richtext import Run
from symbackprop.exposition.palette import COLOURS, GREY, ON_DARK
from symbackprop.exposition.placing.looks import LOOKS, Look
from symbackprop.exposition.placing.pages import Area, PlacedEquation, PlacedFrame, PlacedRule, PlacedTable, PlacedText
from symbackprop.exposition.unbroken import with_hard_hyphens
from symbackprop.frozen import dataclass

INK = "#000000"
EMU = 12_700  # units of Office in a point
LETTERS = "Cambria"  # of formulas among words; Cambria Math is for equations alone, its lines stand far apart
RAISED, LOWERED = 30_000, -25_000  # thousandths of a percent of the size, as Office itself raises and lowers
CORNER, MOST_ROUND = 9.0, 16_667  # points; and, in hundred thousandths of the shorter side, what Office rounds
_ALIGNED = {"l": "l", "p": "l", "c": "ctr", "r": "r"}
_TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"
_DECORATIVE = "{C183D7F6-B498-43B3-948B-1728B52AA6E4}"


@dataclass(frozen=True, slots=True)
class Label:
    """What a shape is called: its number on the slide, its name, and its description; without one, it decorates."""

    number: int
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Pen:
    """What is the same for all shapes of a deck: the language of its words, how large a point is, and the colours.

    Everything is laid out for a slide 540 points high; `scale` makes it larger or smaller with the slide. `ink` is the
    colour of words in the design; where it is light, the paper is dark, and colours have to be lighter."""

    language: str
    scale: float = 1.0
    ink: str = INK

    def emu(self, points: float) -> int:
        """Return a length in the units of Office."""
        return round(points * self.scale * EMU)

    def colour(self, role: str) -> str:
        """Return the colour of a part that the palette names."""
        return self.colours[role]

    @property
    def colours(self) -> Mapping[str, str]:
        """The colours of the parts that the palette names, on the paper of this deck."""
        return ON_DARK if _is_light(self.ink) else COLOURS

    def hundredths(self, size: float) -> int:
        """Return the size of letters as Office says it, in whole tenths of a point."""
        return 10 * round(10 * size * self.scale)


def _is_light(colour: str) -> bool:
    """Tell whether a colour is lighter than a medium grey, as eyes see it."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue > 127


def named(label: Label) -> Element:
    """Return the properties that say what a shape is."""
    attributes = {"id": label.number, "name": f"{label.name} {label.number}"}
    if label.description:
        return node("p:cNvPr", {**attributes, "descr": label.description})
    flag = node("a:ext", {"uri": _DECORATIVE}, node("adec:decorative", {"val": 1}))
    return node("p:cNvPr", attributes, node("a:extLst", None, flag))


def spoken(label: Label) -> Element:
    """Return the properties of a shape whose words speak for themselves."""
    return node("p:cNvPr", {"id": label.number, "name": f"{label.name} {label.number}"})


def placed(area: Area, pen: Pen, tag: str = "a:xfrm", *, flipped: bool = False) -> Element:
    """Return where a shape stands and how large it is."""
    left, top, width, height = (pen.emu(length) for length in (area.left, area.top, area.width, area.height))
    offset, size = node("a:off", {"x": left, "y": top}), node("a:ext", {"cx": width, "cy": height})
    return node(tag, {"flipV": 1} if flipped else None, offset, size)


def fill(colour: str, tag: str = "a:solidFill") -> Element:
    """Return a filling: '#RRGGBB', or a name of the design such as bg1; 'quiet' is the colour of words, but weaker."""
    if colour == "quiet":
        weaker = (node("a:lumMod", {"val": 65_000}), node("a:lumOff", {"val": 35_000}))
        return node(tag, None, node("a:schemeClr", {"val": "tx1"}, *weaker))
    if colour.startswith("#"):
        return node(tag, None, node("a:srgbClr", {"val": colour.removeprefix("#")}))
    return node(tag, None, node("a:schemeClr", {"val": colour}))


def line(colour: str, width: float, pen: Pen, *, ends: Sequence[Element] = ()) -> Element:
    """Return an outline or a stroke; `ends` are dashes and arrow heads."""
    return node("a:ln", {"w": pen.emu(width)}, fill(colour), *ends)


def paragraph(runs: Iterable[Run], look: Look, pen: Pen, *, colour: str = "") -> Element:
    """Return one paragraph of words, in the colour of its look where no other is given."""
    size = {"sz": pen.hundredths(look.size)}
    ink = fill(colour or ("quiet" if look.quiet else "tx1"))
    face = [node("a:latin", {"typeface": look.face})] if look.face else []
    done = [letters(run, size, pen.language, ink, *face) for run in runs]
    return node("a:p", None, node("a:pPr", {"algn": look.align}), *done)


def letters(run: Run, size: Mapping[str, object], language: str, *colour: Element) -> Element:
    """Return letters of one look; in a placeholder, whose design says how large and how dark they are, without both."""
    attributes: dict[str, object] = {"lang": language, **size}
    attributes |= {"b": 1} if run.bold else {}
    attributes |= {"i": 1} if run.italic else {}
    attributes |= {"baseline": RAISED if run.shift > 0 else LOWERED} if run.shift else {}
    face = [node("a:latin", {"typeface": LETTERS})] if run.formula else []
    said = node("a:rPr", attributes, *colour, *face)
    return node("a:r", None, said, worded("a:t", with_hard_hyphens(run.text)))


def body(paragraphs: Iterable[Element], *, anchor: str = "t", wrap: bool = True) -> Element:
    """Return what stands in a shape, with no margin around it."""
    margins = dict.fromkeys(("lIns", "tIns", "rIns", "bIns"), 0)
    said = {"wrap": "square" if wrap else "none", **margins, "rtlCol": 0, "anchor": anchor}
    properties = node("a:bodyPr", said, node("a:noAutofit"))
    return node("p:txBody", None, properties, node("a:lstStyle"), *paragraphs)


def shape(
    properties: Element, area: Area, pen: Pen, *, kind: str, drawn: Sequence[Element], text: Element | None = None
) -> Element:
    """Return a shape of a kind such as 'rect': how it is filled and outlined, and the words in it."""
    round_ = min(MOST_ROUND, round(1e5 * CORNER / min(area.width, area.height))) if kind == "roundRect" else MOST_ROUND
    bent = [node("a:gd", {"name": "adj", "fmla": f"val {round_}"})] if round_ < MOST_ROUND else []
    geometry = node("a:prstGeom", {"prst": kind}, node("a:avLst", None, *bent))
    about = node("p:nvSpPr", None, properties, node("p:cNvSpPr"), node("p:nvPr"))
    inside = [] if text is None else [text]
    return node("p:sp", None, about, node("p:spPr", None, placed(area, pen), geometry, *drawn), *inside)


def text_box(properties: Element, area: Area, text: Element, pen: Pen) -> Element:
    """Return words without anything around them."""
    box = shape(properties, area, pen, kind="rect", drawn=[node("a:noFill")], text=text)
    box[0][1].set("txBox", "1")
    return box


def words(part: PlacedText, label: Label, pen: Pen) -> Element:
    """Return a text box."""
    look = LOOKS[part.look]
    inside = body([paragraph(part.runs, look, pen)], anchor=look.anchor)
    return text_box(spoken(label), part.area, inside, pen)


def equation(part: PlacedEquation, label: Label, pen: Pen, fallback: Sequence[Element]) -> Element:
    """Return a native equation; `fallback` is what programs show that do not know such, nothing for an empty one."""
    mathematics = omml(part.box, Face(pen.hundredths(part.size) / 100, colours=pen.colours))
    aligned = node("m:oMathParaPr", None, node("m:jc", {"m:val": "left"}))
    native = node("a14:m", None, node("m:oMathPara", None, aligned, mathematics))
    line_of_it = node("a:p", None, node("a:pPr", {"algn": "l"}), native)
    inside = body([line_of_it], anchor="ctr", wrap=False)
    choice = node("mc:Choice", {"Requires": "a14"}, text_box(named(label), part.area, inside, pen))
    other = [node("mc:Fallback", None, *fallback)] if fallback else []
    return node("mc:AlternateContent", None, choice, *other)


def frame(part: PlacedFrame, label: Label, pen: Pen) -> Element:
    """Return a frame with round corners, which an equation stands in."""
    drawn = [node("a:noFill"), line(pen.colour("cost"), 1.5, pen)]
    return shape(named(label), part.area, pen, kind="roundRect", drawn=drawn)


def rule(part: PlacedRule, label: Label, pen: Pen) -> Element:
    """Return a horizontal line."""
    stroke = line("quiet", 1.0, pen) if part.strong else line(GREY, 0.5, pen)
    geometry = node("a:prstGeom", {"prst": "line"}, node("a:avLst"))
    about = node("p:nvCxnSpPr", None, named(label), node("p:cNvCxnSpPr"), node("p:nvPr"))
    return node("p:cxnSp", None, about, node("p:spPr", None, placed(part.area, pen), geometry, stroke))


def table(part: PlacedTable, label: Label, pen: Pen) -> Element:
    """Return a native table of words, its first row the header."""
    grid = node("a:tblGrid", None, *(node("a:gridCol", {"w": pen.emu(width)}) for width in part.widths))
    looks = [LOOKS["header"], *[LOOKS[part.look]] * (len(part.rows) - 1)]
    rows = []
    for cells, height, look in zip(part.rows, part.heights, looks, strict=True):
        columns = zip(cells, part.align, strict=True)
        done = [_cell(cell, replace(look, align=_ALIGNED[align]), pen) for cell, align in columns]
        rows.append(node("a:tr", {"h": pen.emu(height)}, *done))
    whole = node("a:tbl", None, node("a:tblPr", {"firstRow": 1}), grid, *rows)
    locks = node("p:cNvGraphicFramePr", None, node("a:graphicFrameLocks", {"noGrp": 1}))
    about = node("p:nvGraphicFramePr", None, spoken(label), locks, node("p:nvPr"))
    data = node("a:graphic", None, node("a:graphicData", {"uri": _TABLE}, whole))
    return node("p:graphicFrame", None, about, placed(part.area, pen, "p:xfrm"), data)


def _cell(runs: Sequence[Run], look: Look, pen: Pen) -> Element:
    """Return a cell with a line below it, thicker below the header."""
    inside = node("a:txBody", None, node("a:bodyPr"), node("a:lstStyle"), paragraph(runs, look, pen))
    below = line("quiet", 1.0, pen) if look.quiet else line(GREY, 0.5, pen)
    below.tag = "a:lnB"
    none = [node(f"a:ln{side}", {"w": 0}, node("a:noFill")) for side in "LRT"]
    margins = {"marL": pen.emu(6), "marR": pen.emu(6), "marT": pen.emu(3), "marB": pen.emu(3), "anchor": "ctr"}
    return node("a:tc", None, inside, node("a:tcPr", margins, *none, below, node("a:noFill")))

"""Our own design: white, the title at the left above a thin line, the number of the slide at the lower right.

It is made from the presentation that python-pptx brings along, whose places are those of 2007 and of 4:3.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office.placeholders import placeholders, removed, without_margins
from symbackprop.exposition.office.shapes import Label, Pen, fill, placed, rule
from symbackprop.exposition.office.xml import grown, worded
from symbackprop.exposition.placing.pages import Area, PlacedRule

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import SlideLayout, SlideMaster

SIZES: Mapping[str, tuple[int, int]] = MappingProxyType({"16:9": (960, 540), "4:3": (720, 540)})  # points
MARGIN = 48
SECTION = 20  # the number of the placeholder for the section
TITLE_SIZE, OPENING_SIZE, SUBTITLE_SIZE, SECTION_SIZE = 28, 40, 20, 13
_KEPT = ("title", "titleOnly")
_PEN = Pen("en-US")


def ours(aspect: str) -> Presentation:
    """Return our presentation without slides, for '16:9' or '4:3'."""
    from pptx import Presentation

    presentation = Presentation()
    width, height = SIZES[aspect]
    _resize(presentation, width, height)
    _lean(presentation)
    master = presentation.slide_master
    for layout in list(presentation.slide_layouts):
        if layout.element.get("type") not in _KEPT:
            presentation.slide_layouts.remove(layout)
    opening, page = presentation.slide_layouts
    _master(master, width, height)
    _opening(opening, width)
    _page(page, width)
    return presentation


def _resize(presentation: Any, width: int, height: int) -> None:
    presentation.slide_width, presentation.slide_height = _PEN.emu(width), _PEN.emu(height)
    presentation.element.sldSz.attrib.pop("type", None)


def _lean(presentation: Presentation) -> None:
    """Leave out what belongs to the computer on which the original was made."""
    part, package = presentation.part, presentation.part.package
    for relation in list(part.rels.values()):
        if relation.reltype.endswith("/printerSettings"):
            part.drop_rel(relation.rId)
    for relation in list(package.iter_rels()):
        if relation.reltype.endswith("/thumbnail"):
            package.drop_rel(relation.rId)


def _master(master: SlideMaster, width: int, height: int) -> None:
    """Put the placeholders of the master in their places; no date and no footer, which nobody fills in."""
    places = {
        "title": Area(MARGIN, 42, width - 2 * MARGIN, 52),
        "body": Area(MARGIN, 112, width - 2 * MARGIN, height - 160),
        "sldNum": Area(width - MARGIN - 80, height - 34, 80, 20),
    }
    for kind, shape in placeholders(master):
        if kind not in places:
            removed(shape)
            continue
        _place(shape, places[kind])
        without_margins(shape)
        if kind == "title":
            shape.element.txBody.bodyPr.set("anchor", "b")
    (letters,) = master.element.xpath("./p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr")
    letters.getparent().set("algn", "l")
    letters.set("sz", str(100 * TITLE_SIZE))
    letters.set("b", "1")


def _opening(layout: SlideLayout, width: int) -> None:
    """Make the layout of the title slide: a large title at the left, a thick line, and what is said first."""
    for kind, shape in placeholders(layout):
        if kind == "ctrTitle":
            _place(shape, Area(MARGIN, 110, width - 2 * MARGIN, 130))
            _styled(shape, {"algn": "l"}, node("a:defRPr", {"sz": 100 * OPENING_SIZE, "b": 1}))
        elif kind == "subTitle":
            _place(shape, Area(MARGIN, 270, width - 2 * MARGIN, 150))
            without_margins(shape)
            weak = node("a:defRPr", {"sz": 100 * SUBTITLE_SIZE}, fill("quiet"))
            _styled(shape, {"marL": 0, "indent": 0, "algn": "l"}, node("a:buNone"), weak)
        else:
            removed(shape)
    _ruled(layout, Area(MARGIN, 254, 96, 0), strong=True)


def _page(layout: SlideLayout, width: int) -> None:
    """Make the layout of all other slides: the section in small letters, the title, a thin line, the number."""
    for kind, shape in placeholders(layout):
        if kind in ("dt", "ftr"):
            removed(shape)
    layout.shapes.element.append(grown(_section(Area(MARGIN, 16, width - 2 * MARGIN, 26))))
    _ruled(layout, Area(MARGIN, 99, width - 2 * MARGIN, 0), strong=False)


def _section(area: Area) -> Element:
    """Return the placeholder for the name of the section."""
    kind = node("p:nvPr", None, node("p:ph", {"type": "body", "sz": "quarter", "idx": SECTION}))
    locks = node("p:cNvSpPr", None, node("a:spLocks", {"noGrp": 1}))
    about = node("p:nvSpPr", None, node("p:cNvPr", {"id": 20, "name": "Section"}), locks, kind)
    weak = node("a:defRPr", {"sz": 100 * SECTION_SIZE}, fill("quiet"))
    level = node("a:lvl1pPr", {"marL": 0, "indent": 0}, node("a:buNone"), weak)
    margins = dict.fromkeys(("lIns", "tIns", "rIns", "bIns"), 0)
    words = node("a:p", None, node("a:r", None, node("a:rPr", {"lang": "en-US"}), worded("a:t", "Section")))
    inside = node(
        "p:txBody", None, node("a:bodyPr", {**margins, "anchor": "ctr"}), node("a:lstStyle", None, level), words
    )
    return node("p:sp", None, about, node("p:spPr", None, placed(area, _PEN)), inside)


def _ruled(layout: SlideLayout, area: Area, *, strong: bool) -> None:
    """Draw a line on a layout, where nobody moves it by mistake."""
    layout.shapes.element.append(grown(rule(PlacedRule(area, strong), Label(21, "Line"), _PEN)))


def _place(shape: Any, area: Area) -> None:
    lengths = (area.left, area.top, area.width, area.height)
    shape.left, shape.top, shape.width, shape.height = map(_PEN.emu, lengths)


def _styled(shape: Any, attributes: Mapping[str, object], *inside: Element) -> None:
    """Give the first level of a placeholder its own look."""
    (style,) = shape.element.xpath("./p:txBody/a:lstStyle")
    style.getparent().replace(style, grown(node("a:lstStyle", None, node("a:lvl1pPr", attributes, *inside))))

"""A presentation to start from, without slides: the reader's own template in its own design, or ours.

    stage(options)  ->  Stage(presentation, layout of the title slide, layout of all others, area below the title)

Of a template the design is kept, the size, and all that masters and layouts show; its sample slides are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office import design
from symbackprop.exposition.office.images import Images
from symbackprop.exposition.office.placeholders import placeholders
from symbackprop.exposition.office.received import opened
from symbackprop.exposition.office.shapes import EMU, INK
from symbackprop.exposition.office.xml import grown
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.measuring import Sheet
from symbackprop.exposition.paging.slides import SHEETS
from symbackprop.exposition.placing.pages import Area
from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import SlideLayout

HIGH, WIDE = 540.0, 720.0  # points, the size for which everything is laid out; larger slides show it larger
LEAST = Area(0, 0, 480, 240)  # how much room our slides need, in those points
INCH = 914_400  # of the units in which Office measures
SMALLEST_SLIDE, LARGEST_SLIDE = INCH, 56 * INCH  # ECMA-376, part 1, 19.7.17 ST_SlideSizeCoordinate
LETTERS = 21.0  # points, the size of letters for which a slide of 16:9 has the room that all formats have
GAP = 20.0  # points between a title and what stands below it
FOOTERS = frozenset({"dt", "ftr", "sldNum"})
_SECTIONS = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"  # what PowerPoint calls the list of sections


@dataclass(frozen=True)
class Stage:
    """A presentation without slides: its layouts, what is free on a slide, its scale, the colour of words, images."""

    presentation: Presentation
    opening: SlideLayout
    page: SlideLayout
    body: Area
    scale: float
    ink: str
    images: Images


def stage(options: Options) -> Stage:
    """Return the presentation that slides are added to.

    Raises SpecError if the template cannot be read, has no layout with a title, or leaves no room below its title."""
    if options.template is None:
        presentation = design.ours(options.aspect)
        return _prepared(presentation, "our own design")
    name = _name(options)
    with blamed(options):
        presentation = opened(options.template, name)
        _without_slides(presentation)
        return _prepared(presentation, name)


def room(body: Area, options: Options) -> Sheet:
    """Return the room on a slide as for every format, or what a template leaves."""
    return SHEETS[options.aspect] if options.template is None else Sheet(body.width / LETTERS, body.height / LETTERS)


@contextmanager
def blamed(options: Options) -> Iterator[None]:
    """Turn whatever a damaged template makes python-pptx, lxml and zipfile raise, early or late, into one clear line.

    Raises SpecError. Without a template, errors are ours and stay as they are."""
    try:
        yield
    except SymbackpropError:
        raise
    except Exception as error:
        if options.template is None:
            raise
        complaint = f"{type(error).__name__} {' '.join(str(error).split())[:80]}".strip()
        wanted = "cannot be read as a .pptx file"
        raise SpecError(f"{_name(options)} {wanted}: {complaint}; open it and save it again") from None


def _name(options: Options) -> str:
    return f"template {options.template_name[:60]!a}"


def _without_slides(presentation: Presentation) -> None:
    """Take the slides out of a template, and what names them: sections and custom shows."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    relations: Any = presentation.part.rels
    for key, relation in list(relations.items()):
        if relation.reltype == RELATIONSHIP_TYPE.SLIDE:
            relations.pop(key)
    root = presentation.element
    sections = f"./p:extLst/p:ext[@uri='{_SECTIONS}']"
    for found in root.xpath(f"./p:sldIdLst/p:sldId | ./p:custShowLst | {sections}"):
        found.getparent().remove(found)


def _prepared(presentation: Presentation, name: str) -> Stage:
    """Return the presentation with its layouts chosen and its slides measured."""
    for master in presentation.slide_masters:
        _pass_on_colours(master)
    layouts = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    titled = [layout for layout in layouts if _title(layout) is not None]
    if not titled:
        raise SpecError(f"{name} has no layout with a title; add one, such as 'Title Only'")
    page = min(titled, key=_distance)
    opening = next((layout for layout in titled if _kinds(layout) & {"ctrTitle", "subTitle"}), page)
    width, height = presentation.slide_width, presentation.slide_height
    if not width or not height:
        raise SpecError(f"{name} does not say how large its slides are; set a slide size")
    for what, length in (("wide", width), ("high", height)):
        if not SMALLEST_SLIDE <= length <= LARGEST_SLIDE:
            got = f"{name}: its slides are {length / INCH:.6g} inches {what}"
            raise SpecError(
                f"{got}, Office takes {SMALLEST_SLIDE // INCH} to {LARGEST_SLIDE // INCH}; set a slide size"
            )
    scale = min(height / EMU / HIGH, width / EMU / WIDE)
    body = _free(page, width, height, scale)
    if body.width < LEAST.width or body.height < LEAST.height:
        got = f"{max(0, round(body.width))} x {max(0, round(body.height))}"
        wanted = f"{LEAST.width:.0f} x {LEAST.height:.0f}"
        raise SpecError(f"{name}: its title leaves {got} points free, wanted {wanted}; make the title area smaller")
    return Stage(presentation, opening, page, body, scale, _ink(page), Images(presentation.part.package))


def _pass_on_colours(master: Any) -> None:
    """Let slides have the colours of a master's sample words and ground, the one place where LibreOffice writes them.

    They become those that the theme calls by the names of letters and ground, and a title has its own."""
    for shape in master.placeholders:
        inside = shape.element.txBody
        colours = inside.xpath("./a:p[1]/a:r[1]/a:rPr/a:solidFill/a:srgbClr/@val")
        if not colours or inside.xpath("./a:lstStyle//a:solidFill"):
            continue
        for old in inside.xpath("./a:lstStyle"):
            inside.remove(old)
        fill = node("a:solidFill", None, node("a:srgbClr", {"val": colours[0].upper()}))
        inside.bodyPr.addnext(grown(node("a:lstStyle", None, node("a:lvl1pPr", None, node("a:defRPr", None, fill)))))
        if shape.element.ph.get("type") == "body":
            ground = master.element.xpath("./p:cSld/p:bg/p:bgPr/a:solidFill/a:srgbClr/@val")
            _rename_colours(master, {"tx1": colours[0], **({"bg1": ground[0]} if ground else {})})


def _rename_colours(master: Any, colours: Mapping[str, str]) -> None:
    """Let the names of colours in a master's theme mean these."""
    from pptx.opc.oxml import serialize_part_xml

    part, theme = _theme(master)
    for name, value in colours.items():
        (entry,) = theme.xpath(f"./a:themeElements/a:clrScheme/a:{master.element.xpath(f'./p:clrMap/@{name}')[0]}")
        for old in list(entry):
            entry.remove(old)
        entry.append(grown(node("a:srgbClr", {"val": value.upper()})))
    part._blob = serialize_part_xml(theme)


def _theme(master: Any) -> tuple[Any, Any]:
    """Return the part that holds the theme of a master, and what stands in it."""
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.oxml import parse_xml

    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    return part, parse_xml(part.blob)


def _ink(layout: SlideLayout) -> str:
    """Return the colour of words: the one of the theme that the layout, or else its master, calls tx1."""
    master: Any = layout.slide_master
    named = [*layout.element.xpath(".//a:overrideClrMapping/@tx1"), *master.element.xpath("./p:clrMap/@tx1"), "dk1"]
    _, theme = _theme(master)
    place = f"./a:themeElements/a:clrScheme/a:{named[0]}"
    values = [*theme.xpath(f"{place}/a:sysClr/@lastClr"), *theme.xpath(f"{place}/a:srgbClr/@val")]
    return f"#{values[0]}" if values else INK


def _kinds(layout: SlideLayout) -> set[str]:
    """Return the kinds of placeholders that a layout has, as its file calls them."""
    return {kind for kind, _ in placeholders(layout)}


def _title(layout: SlideLayout) -> Any:
    return next((shape for kind, shape in placeholders(layout) if kind in ("title", "ctrTitle")), None)


def _distance(layout: SlideLayout) -> tuple[bool, int]:
    """Return how far a layout is from having a title and nothing else."""
    kinds = _kinds(layout)
    return layout.element.get("type") != "titleOnly", len(kinds - FOOTERS) + 10 * ("ctrTitle" in kinds)


def _free(layout: SlideLayout, width: int, height: int, scale: float) -> Area:
    """Return what a layout leaves free below its title and above its footers, in points of ours."""
    unit = EMU * scale
    head = _area(_title(layout), unit)
    whole = Area(0, 0, width / unit, height / unit)
    left, right = max(24.0, head.left), min(whole.right - 24.0, head.right)
    top, bottom = max(24.0, head.bottom + GAP), whole.bottom - 30.0
    footers = [_area(shape, unit) for kind, shape in placeholders(layout) if kind in FOOTERS]
    tops = [footer.top for footer in footers if footer.top > whole.height / 2]
    body = Area(left, top, right - left, min([bottom, *(each - 4 for each in tops)]) - top)
    for drawn in _decorations((layout, layout.slide_master), unit):
        body = _beside(body, drawn)
    return body


def _decorations(sources: Iterable[Any], unit: float) -> Iterator[Area]:
    """Yield the areas of logos and the like: what is drawn on a design and is no placeholder."""
    for source in sources:
        for shape in source.shapes:
            if not shape.is_placeholder and None not in (shape.left, shape.width):
                yield _area(shape, unit)


def _beside(body: Area, drawn: Area) -> Area:
    """Return the body without what a small decoration covers, cut where it costs the least."""
    covers = drawn.left < body.right and drawn.right > body.left and drawn.top < body.bottom and drawn.bottom > body.top
    if not covers or drawn.width * drawn.height > 0.3 * body.width * body.height:
        return body  # a background is drawn over; it is meant to be
    cuts = (
        Area(body.left, drawn.bottom, body.width, body.bottom - drawn.bottom),
        Area(body.left, body.top, body.width, drawn.top - body.top),
        Area(drawn.right, body.top, body.right - drawn.right, body.height),
        Area(body.left, body.top, drawn.left - body.left, body.height),
    )
    return max(cuts, key=lambda area: max(0.0, area.width) * max(0.0, area.height))


def _area(shape: Any, unit: float) -> Area:
    left, top, width, height = ((length or 0) / unit for length in (shape.left, shape.top, shape.width, shape.height))
    return Area(left, top, width, height)

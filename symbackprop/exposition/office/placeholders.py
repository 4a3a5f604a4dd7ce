"""The placeholders of slides, layouts and masters, with their kinds as the file calls them: title, subTitle, sldNum."""

from __future__ import annotations

from typing import Any

UNSAID = 18.0  # points, the size of letters where no design says one


def placeholders(source: Any) -> list[tuple[str, Any]]:
    """Return the kind of each placeholder of a slide, a layout or a master, with the placeholder."""
    return [(shape.element.ph.get("type", "obj"), shape) for shape in source.placeholders]


def designed_size(layout: Any, kind: str, place: str) -> tuple[float, bool]:
    """Return how large the letters of a placeholder are by its design, in points, and whether new ones become so.

    What the layout does not say, its master says for the placeholder, and then for all of its kind. Where none of them
    has a style, as in files of LibreOffice, their sample words have a size, which new words do not take over."""
    title = kind in ("title", "ctrTitle")
    shape = "./p:cSld/p:spTree/p:sp[p:nvSpPr/p:nvPr/p:ph[{}]]/p:txBody/{}"
    master = layout.slide_master.element
    places = (layout.element, f"@idx='{place}' or @type='{kind}'"), (master, f"@type='{'title' if title else 'body'}'")
    style = "a:lvl1pPr/a:defRPr/@sz"
    said = [size for source, which in places for size in source.xpath(shape.format(which, f"a:lstStyle/{style}"))]
    said += master.xpath(f"./p:txStyles/p:{'title' if title else 'body'}Style/{style}")
    shown = [size for source, which in places for size in source.xpath(shape.format(which, "a:p/a:r/a:rPr/@sz"))]
    found = said or shown
    return (int(found[0]) / 100 if found else UNSAID), bool(said)


def put_in_place(shape: Any, layout: Any) -> None:
    """Put a placeholder where its layout has the one of its kind: files of LibreOffice number all of them alike."""
    kind = shape.element.ph.get("type")
    for each, designed in placeholders(layout):
        if each == kind and (shape.left, shape.top) != (designed.left, designed.top):
            shape.left, shape.top = designed.left, designed.top
            shape.width, shape.height = designed.width, designed.height


def removed(shape: Any) -> None:
    """Take a shape away."""
    shape.element.getparent().remove(shape.element)


def without_margins(shape: Any) -> None:
    """Let the words of a placeholder begin at its edge."""
    for name in ("lIns", "tIns", "rIns", "bIns"):
        shape.element.txBody.bodyPr.set(name, "0")

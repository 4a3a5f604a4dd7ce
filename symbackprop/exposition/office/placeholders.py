"""The placeholders of slides, layouts and masters, with their kinds as the file calls them: title, subTitle, sldNum."""

from __future__ import annotations

from typing import Any

__all__ = ["designed_size", "placeholders", "removed", "without_margins"]

UNSAID = 18.0  # points, the size of letters where no design says one


def placeholders(source: Any) -> list[tuple[str, Any]]:
    """Return the kind of each placeholder of a slide, a layout or a master, with the placeholder."""
    return [(shape.element.ph.get("type", "obj"), shape) for shape in source.placeholders]


def designed_size(layout: Any, kind: str, place: str) -> float:
    """Return how large the letters of a placeholder are by its design, in points.

    What the layout does not say, its master says for the placeholder, and then for all of its kind."""
    size = "a:lvl1pPr/a:defRPr/@sz"
    title = kind in ("title", "ctrTitle")
    shape = "./p:cSld/p:spTree/p:sp[p:nvSpPr/p:nvPr/p:ph[{}]]/p:txBody/a:lstStyle/" + size
    master = layout.slide_master.element
    found = [
        *layout.element.xpath(shape.format(f"@idx='{place}' or @type='{kind}'")),
        *master.xpath(shape.format("@type='title'" if title else "@type='body'")),
        *master.xpath(f"./p:txStyles/p:{'title' if title else 'body'}Style/{size}"),
    ]
    return int(found[0]) / 100 if found else UNSAID


def removed(shape: Any) -> None:
    """Take a shape away."""
    shape.element.getparent().remove(shape.element)


def without_margins(shape: Any) -> None:
    """Let the words of a placeholder begin at its edge."""
    for name in ("lIns", "tIns", "rIns", "bIns"):
        shape.element.txBody.bodyPr.set(name, "0")

"""The placeholders of slides, layouts and masters, with their kinds as the file calls them: title, subTitle, sldNum."""

from __future__ import annotations

from typing import Any

__all__ = ["placeholders", "removed", "without_margins"]


def placeholders(source: Any) -> list[tuple[str, Any]]:
    """Return the kind of each placeholder of a slide, a layout or a master, with the placeholder."""
    return [(shape.element.ph.get("type", "obj"), shape) for shape in source.placeholders]


def removed(shape: Any) -> None:
    """Take a shape away."""
    shape.element.getparent().remove(shape.element)


def without_margins(shape: Any) -> None:
    """Let the words of a placeholder begin at its edge."""
    for name in ("lIns", "tIns", "rIns", "bIns"):
        shape.element.txBody.bodyPr.set(name, "0")

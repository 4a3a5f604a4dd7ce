"""What pictures in SVG are made of: lines, arrows, labels with halos, and groups that a page can find again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from html import escape
from math import hypot

from symbackprop.exposition.figures.lettering import Lettering, number
from symbackprop.exposition.mathtext.outlines import Drawn
from symbackprop.frozen import dataclass

INK, PAPER = "currentColor", "#FFFFFF"
HALO = 5.0  # the width of the pen that draws a halo
HIT = 12.0  # the width of a line for who points at it

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is drawn."""

    colour: str
    width: float
    opacity: float = 1.0
    dashes: str = ""

    @property
    def attributes(self) -> str:
        """The line as attributes of SVG."""
        opacity = f' stroke-opacity="{number(self.opacity)}"' if self.opacity < 1 else ""
        dashes = f' stroke-dasharray="{self.dashes}"' if self.dashes else ""
        return f'fill="none" stroke="{self.colour}" stroke-width="{number(self.width)}"{opacity}{dashes}'


@dataclass
class Canvas:
    """Takes the elements of one picture and knows the box around all of them."""

    lettering: Lettering
    words: Mapping[str, str]
    prefix: str | None = None
    elements: list[str] = field(default_factory=list)
    corners: list[Point] = field(default_factory=list)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The box around everything: left, top, right, bottom."""
        across, down = zip(*self.corners, strict=True)
        return min(across), min(down), max(across), max(down)

    def add(self, kind: str, parts: Iterable[str], name: str = "", data: Mapping[str, object] | None = None) -> None:
        """Put elements on the canvas as one group of a class; the group has an id and data only if a page asked."""
        said = f' class="{kind}"'
        if self.prefix is not None and name:
            said += f' id="{escape(self.prefix + name)}"'
            said += "".join(f' data-{key}="{escape(str(value))}"' for key, value in (data or {}).items())
        self.elements.append(f"<g{said}>{''.join(parts)}</g>")

    def reach(self, *points: Point) -> None:
        """Make the box of the picture hold these points."""
        self.corners += points

    def line(self, start: Point, end: Point, line: Line) -> list[str]:
        """Return a straight line, with a broad transparent one for a page where parts are pointed at."""
        self.reach(start, end)
        path = f"M{_at(start)}L{_at(end)}"
        hit = f'<path class="hit" d="{path}" fill="none" stroke="#000000" stroke-opacity="0" stroke-width="{HIT:g}"/>'
        return [f'<path d="{path}" {line.attributes}/>'] + [hit] * (self.prefix is not None)

    def arrow(self, start: Point, end: Point, line: Line) -> list[str]:
        """Return a level arrow to the right."""
        head, half = 9.0, 4.0
        shaft = self.line(start, (end[0] - head + 1, end[1]), line)
        tip = f"M{_at(end)}l{number(-head)} {number(-half)}l2.5 {number(half)}l-2.5 {number(half)}z"
        self.reach((end[0], end[1] - half), (end[0], end[1] + half))
        return [*shaft, f'<path d="{tip}" fill="{line.colour}"/>']

    def label(self, drawn: Drawn, centre: Point, *, colour: str = INK, halo: bool = False) -> list[str]:
        """Return letters whose ink has its middle at a point."""
        x = centre[0] - (drawn.left + drawn.right) / 2
        y = centre[1] - (drawn.top + drawn.bottom) / 2
        self.reach((x + drawn.left, y + drawn.top), (x + drawn.right, y + drawn.bottom))
        place = f'transform="translate({number(x)} {number(y)})"'
        pen = f'fill="{PAPER}" stroke="{PAPER}" stroke-width="{HALO:g}" stroke-linejoin="round"'
        behind = f'<g class="halo paper" aria-hidden="true" {place} {pen}>{drawn.body}</g>'
        return [behind] * halo + [f'<g class="label" {place}{_fill(colour)}>{drawn.body}</g>']

    def rows(self, drawn: Sequence[Drawn], top: Point, apart: float) -> list[str]:
        """Return lines of letters below one another, each centred, the first base line a row below `top`."""
        done = []
        for place, each in enumerate(drawn, start=1):
            x, y = top[0] - (each.left + each.right) / 2, top[1] + place * apart
            self.reach((x + each.left, y + each.top), (x + each.right, y + each.bottom))
            done.append(f'<g class="label" transform="translate({number(x)} {number(y)})">{each.body}</g>')
        return done


def _fill(colour: str) -> str:
    return "" if colour == INK else f' fill="{colour}"'


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def towards(start: Point, end: Point, distance: float) -> Point:
    """Return the point at a distance from `start` on the way to `end`."""
    whole = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return start[0] + (end[0] - start[0]) * distance / whole, start[1] + (end[1] - start[1]) * distance / whole

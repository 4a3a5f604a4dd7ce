"""Where everything stands on a slide, as data; lengths are in points from the upper left corner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TypeAlias

from symbackprop.exposition.document import Figure
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.paging.richtext import Run
from symbackprop.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class PlacedText:
    """Words; `look` is a name of `measures.LOOKS`."""

    area: Area
    runs: tuple[Run, ...]
    look: str = "body"
    click: int = 0


@dataclass(frozen=True, slots=True)
class PlacedEquation:
    """A native equation in a size; `alt` is what is read aloud."""

    area: Area
    box: Box
    size: float
    alt: str
    click: int = 0


@dataclass(frozen=True, slots=True)
class PlacedFrame:
    """A frame around what is to be remembered."""

    area: Area
    click: int = 0


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A thin horizontal line between rows."""

    area: Area
    strong: bool = False
    click: int = 0


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """Rows of a table of words, the header first; `align` has one of l, c, r for each column, `look` is the cells'."""

    area: Area
    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    align: str
    look: str = "cell"
    click: int = 0


@dataclass(frozen=True, slots=True)
class PlacedFigure:
    """A picture, drawn to fit its area."""

    area: Area
    figure: Figure
    click: int = 0


Placed: TypeAlias = PlacedText | PlacedEquation | PlacedFrame | PlacedRule | PlacedTable | PlacedFigure


@dataclass(frozen=True, slots=True)
class Page:
    """One slide: the section it is from, its title, what stands on it, and what the speaker says.

    What is too much for it is placed on a larger one, which is shown so much smaller as `scale` says."""

    section: tuple[Run, ...]
    title: tuple[Run, ...]
    placed: tuple[Placed, ...]
    notes: tuple[str, ...] = field(default=())
    scale: float = 1.0

    @property
    def clicks(self) -> int:
        """How many clicks it takes until all is there."""
        return max((part.click for part in self.placed), default=0)


@dataclass(frozen=True, slots=True)
class Band:
    """What stands in one line of a slide, its top at 0; its parts are made where it is sure that it stands there."""

    height: float
    make: Callable[[], tuple[Placed, ...]]

    @property
    def parts(self) -> tuple[Placed, ...]:
        """What stands there."""
        return self.make()


def moved(part: Placed, down: float, click: int) -> Placed:
    """Return a part further down on the slide, and that many clicks later."""
    area = part.area
    return replace(part, area=Area(area.left, area.top + down, area.width, area.height), click=part.click + click)

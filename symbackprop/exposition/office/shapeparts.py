"""What draws the parts of a picture as native shapes: boxes with letters, words, connectors that are glued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from xml.etree.ElementTree import Element

from symbackprop.exposition.document import Document, Formula, Term, Text
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office.shapes import (
    Label,
    Pen,
    body,
    fill,
    line,
    paragraph,
    placed,
    shape,
    spoken,
    text_box,
)
from symbackprop.exposition.paging.richtext import runs
from symbackprop.exposition.palette import GREY
from symbackprop.exposition.placing.looks import Look, runs_width
from symbackprop.exposition.placing.pages import Area
from symbackprop.exposition.placing.pictures import Point
from symbackprop.frozen import dataclass

DIAMETER = 0.98  # of a neuron, in the centimetres of the layout
INSIDE, WITHIN = 0.92, 0.86  # of the width of a box and of an oval, which letters may take
LETTER = 0.36  # the size of letters, in centimetres of the layout
PAPER = "bg1"
TOP, LEFT, BELOW, RIGHT = range(4)  # the places of a box that connectors are glued to

End = tuple[int, int]  # the number of a shape, and the place on it


@dataclass(frozen=True, slots=True)
class PartDrawer:
    """What draws the parts of one picture: each gets the next number."""

    document: Document
    pen: Pen
    numbers: Iterator[int]

    def letter(self, term: Term) -> Text:
        """Return a term as words."""
        return (Formula((term,)),)

    def words(self, area: Area, text: Iterable[Text], size: float, *, paper: bool = False, role: str = "") -> Element:
        """Return lines of words in the middle of an area, in the colour of a `role` if they play one.

        They stand on a ground that hides the lines below it if `paper`."""
        done = self._lines([(line, size) for line in text], self.pen.colour(role) if role else "")
        box = text_box(spoken(Label(next(self.numbers), "Text")), area, done, self.pen)
        if paper:
            box[1][2] = fill(PAPER)
        return box

    def ring(self, number: int, area: Area, kind: str, letter: Term, *, stressed: bool) -> Element:
        """Return an oval or a box with a letter, or a number, in it."""
        outline = line(self.pen.colour("cost"), 2.25, self.pen) if stressed else line("tx1", 1.0, self.pen)
        room = area.width * (WITHIN if kind == "ellipse" else INSIDE)
        inside = self._lines([(self.letter(letter), area.height * LETTER / DIAMETER)], room=room)
        about = spoken(Label(number, "Neuron" if kind == "ellipse" else "Quantity"))
        return shape(about, area, self.pen, kind=kind, drawn=[fill(PAPER), outline], text=inside)

    def _lines(self, text: Iterable[tuple[Text, float]], colour: str = "", *, room: float = inf) -> Element:
        """Return lines with their sizes in the middle, as much smaller as it takes to fit into the room."""
        lines = [(runs(each, self.document), size) for each, size in text]
        share = min((1.0, *(room / (runs_width(line, size) or 1.0) for line, size in lines)))
        looks = [Look(size * share, align="ctr") for _, size in lines]
        done = [paragraph(line, look, self.pen, colour=colour) for (line, _), look in zip(lines, looks, strict=True)]
        return body(done, anchor="ctr", wrap=False)

    def stroke(self, start: Point, end: Point, drawn: Element, glue: tuple[End | None, End | None]) -> Element:
        """Return a connector between two points, glued to the shapes at its ends."""
        ends = zip(("a:stCxn", "a:endCxn"), glue, strict=True)
        glued = [node(tag, {"id": to[0], "idx": to[1]}) for tag, to in ends if to is not None]
        about = node(
            "p:nvCxnSpPr",
            None,
            spoken(Label(next(self.numbers), "Connector")),
            node("p:cNvCxnSpPr", None, *glued),
            node("p:nvPr"),
        )
        area = Area(start[0], min(start[1], end[1]), end[0] - start[0], abs(end[1] - start[1]))
        if end[0] < start[0]:
            raise ValueError("a connector leads from left to right")
        geometry = node("a:prstGeom", {"prst": "line"}, node("a:avLst"))
        where = placed(area, self.pen, flipped=end[1] < start[1])
        return node("p:cxnSp", None, about, node("p:spPr", None, where, geometry, drawn))

    def cell(self, area: Area, role: str) -> Element:
        """Return a small square, filled with the colour of its role if it plays one."""
        filling = fill(self.pen.colour(role) if role else PAPER)
        about = spoken(Label(next(self.numbers), "Entry"))
        return shape(
            about, area, self.pen, kind="rect", drawn=[filling, line(GREY, 0.5, self.pen)], text=self._lines([])
        )

    def box(
        self, number: int, area: Area, lines: Sequence[tuple[Text, float]], drawn: Element, *, round_corners: bool
    ) -> Element:
        """Return a box with lines of words in it, each with its size in shares of the largest."""
        size = 0.68 * area.height / max(1, sum(share for _, share in lines))
        inside = self._lines([(text, size * share) for text, share in lines], room=INSIDE * area.width)
        about = spoken(Label(number, "Array"))
        kind = "roundRect" if round_corners else "rect"
        return shape(about, area, self.pen, kind=kind, drawn=[fill(PAPER), drawn], text=inside)

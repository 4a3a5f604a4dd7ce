"""Pages -> slides of a presentation: titles in their placeholders, shapes, clicks, and what the speaker says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from symbackprop.exposition.document import Document
from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office import fallback
from symbackprop.exposition.office.design import SECTION
from symbackprop.exposition.office.images import Images
from symbackprop.exposition.office.pictures import drawing
from symbackprop.exposition.office.placeholders import designed_size, placeholders, put_in_place, removed
from symbackprop.exposition.office.shapes import Label, Pen, equation, frame, letters, rule, table, words
from symbackprop.exposition.office.template import Stage
from symbackprop.exposition.office.xml import grown, worded
from symbackprop.exposition.paging.measuring import LINE
from symbackprop.exposition.paging.richtext import Run, plain, runs
from symbackprop.exposition.paging.slides import opened
from symbackprop.exposition.placing.looks import text_width
from symbackprop.exposition.placing.pages import (
    Page,
    Placed,
    PlacedEquation,
    PlacedFigure,
    PlacedFrame,
    PlacedRule,
    PlacedTable,
    PlacedText,
)
from symbackprop.exposition.unbroken import with_hard_hyphens
from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from pptx.slide import Slide

EMU = 12_700
MARGIN = 8.0  # points that a placeholder may leave around its words
WIDE = 1.3  # how much wider bold letters may be than the average of a sentence
LEAST = 9.0  # points, the smallest letters of a title


def add_opening(stage: Stage, document: Document) -> None:
    """Add the title slide: the title, the first sentence, the author and the date."""
    slide = stage.presentation.slides.add_slide(stage.opening)
    first = opened(document)
    lines = [runs(first.question, document)] if first.question else []
    if credits := " · ".join(each for each in (document.author, document.date) if each):
        lines.append((Run(credits),))
    title: list[tuple[Run, ...]] = [(Run(with_hard_hyphens(document.title)),)]
    _fill(slide, {"title": title, "ctrTitle": title, "subTitle": lines}, document)
    _say(slide, [plain(text, document) for text in first.said])


def add_page(stage: Stage, document: Document, page: Page, *, picture: str) -> None:
    """Add one slide; `picture` says what is shown instead of native equations: 'picture', 'text' or 'none'."""
    slide = stage.presentation.slides.add_slide(stage.page)
    _fill(slide, {"title": [page.title], str(SECTION): [page.section]}, document)
    pen, numbers = Pen(document.language, stage.scale * page.scale, stage.ink), count(2 + len(slide.shapes))
    painter = _Painter(slide, document, pen, picture, numbers, stage.images)
    clicks: dict[int, list[int]] = {}
    for part in page.placed:
        number = painter.paint(part)
        if part.click:
            clicks.setdefault(part.click, []).append(number)
    painter.number()
    if clicks:
        slide.element.append(grown(timing([clicks[click] for click in sorted(clicks)])))
    _say(slide, page.notes)


def _fill(slide: Slide, said: dict[str, list[tuple[Run, ...]]], document: Document) -> None:
    """Write lines into the placeholders that have the kind or the number of a key; take the others away."""
    for kind, shape in placeholders(slide):
        lines = said.get(kind) or said.get(shape.element.ph.get("idx", "")) or []
        if not any(lines):
            removed(shape)
            continue
        put_in_place(shape, slide.slide_layout)
        inside = shape.element.txBody
        for old in inside.xpath("./a:p"):
            inside.remove(old)
        place = shape.element.ph.get("idx", "0")
        size = _size(shape, lines, *designed_size(slide.slide_layout, kind, place))
        for line in lines:
            done = (letters(run, size, document.language) for run in line)
            inside.append(grown(node("a:p", None, *done)))


def _size(shape: Any, lines: Sequence[tuple[Run, ...]], designed: float, said: bool) -> dict[str, object]:  # noqa: FBT001
    """Return the size of letters that are too many for their place; nothing where the size of the design will do.

    `said`: letters have the size of the design without being told."""
    wide, high = (length / EMU - MARGIN for length in (shape.width, shape.height))

    def needed(size: float) -> float:
        lengths = (text_width("".join(run.text for run in line), size) for line in lines)
        return sum(max(1, -int(-WIDE * length // wide)) * LINE * size for length in lengths)

    size = designed
    while needed(size) > high and size > LEAST:
        size = max(LEAST, size - 1)
    return {} if said and size == designed else {"sz": round(100 * size)}


@dataclass(frozen=True)
class _Painter:
    """Puts what a page says onto a slide; each shape gets the next number."""

    slide: Slide
    document: Document
    pen: Pen
    picture: str
    numbers: Iterator[int]
    images: Images

    def paint(self, part: Placed) -> int:
        """Put one part onto the slide and return its number."""
        first = next(self.numbers)
        self._add(self._shape(part, first))
        return first

    def _shape(self, part: Placed, number: int) -> Element:
        pen = self.pen
        match part:
            case PlacedText():
                return words(part, Label(number, "Text"), pen)
            case PlacedEquation():
                return self._equation(part, number)
            case PlacedFrame():
                return frame(part, Label(number, "Frame"), pen)
            case PlacedRule():
                return rule(part, Label(number, "Line"), pen)
            case PlacedTable():
                return table(part, Label(number, "Table"), pen)
            case PlacedFigure():
                return drawing(part.figure, part.area, self.document, pen=pen, numbers=chain([number], self.numbers))

    def _equation(self, part: PlacedEquation, number: int) -> Element:
        label = Label(number, "Equation", part.alt)
        if self.picture == "picture":
            png = fallback.pixels(part.box, self.pen)
            image = self.images.on(self.slide, png)
            return equation(part, label, self.pen, [fallback.picture(part, label, self.pen, image=image)])
        if self.picture == "none":
            return equation(part, label, self.pen, [])
        return equation(part, label, self.pen, [fallback.text(part, label, self.pen)])

    def number(self) -> None:
        """Put the number of the slide where its layout has a place for it."""
        for kind, shape in placeholders(self.slide.slide_layout):
            if kind == "sldNum":
                self._add(_slide_number(next(self.numbers), shape.element.ph.get("idx", "0")))

    def _add(self, element: Element) -> None:
        self.slide.shapes.element.append(grown(element))


def _slide_number(number: int, place: str) -> Element:
    kind = node("p:nvPr", None, node("p:ph", {"type": "sldNum", "sz": "quarter", "idx": place}))
    locks = node("p:cNvSpPr", None, node("a:spLocks", {"noGrp": 1}))
    about = node("p:nvSpPr", None, node("p:cNvPr", {"id": number, "name": f"Slide number {number}"}), locks, kind)
    field = {"id": "{C1FF6DA9-008F-8B48-92A6-B652298478BF}", "type": "slidenum"}
    shown = node("a:fld", field, node("a:rPr", {"lang": "en-US"}), worded("a:t", "‹#›"))
    inside = node("p:txBody", None, node("a:bodyPr"), node("a:lstStyle"), node("a:p", None, shown))
    return node("p:sp", None, about, node("p:spPr"), inside)


def _say(slide: Slide, notes: Sequence[str]) -> None:
    """Give the speaker the notes, a paragraph each; plain text, as mathematics in notes damages the file."""
    frame = slide.notes_slide.notes_text_frame if notes else None
    if frame is not None:
        frame.text = "\n".join(notes)


def timing(clicks: Sequence[Sequence[int]]) -> Element:
    """Return the timing of a slide: with each click, the shapes whose numbers are given appear together."""
    ids = count(1)
    root = {"id": next(ids), "dur": "indefinite", "restart": "never", "nodeType": "tmRoot"}
    main = {"id": next(ids), "dur": "indefinite", "nodeType": "mainSeq"}
    sequence = node(
        "p:seq",
        {"concurrent": 1, "nextAc": "seek"},
        node("p:cTn", main, node("p:childTnLst", None, *(_click(shapes, ids) for shapes in clicks))),
        node("p:prevCondLst", None, _turn("onPrev")),
        node("p:nextCondLst", None, _turn("onNext")),
    )
    whole = node("p:par", None, node("p:cTn", root, node("p:childTnLst", None, sequence)))
    return node("p:timing", None, node("p:tnLst", None, whole))


def _turn(event: str) -> Element:
    return node("p:cond", {"evt": event, "delay": 0}, node("p:tgtEl", None, node("p:sldTgt")))


def _start(delay: str) -> Element:
    return node("p:stCondLst", None, node("p:cond", {"delay": delay}))


def _click(shapes: Sequence[int], ids: Iterator[int]) -> Element:
    """Return what one click does: a group that waits for it, and in the group all the shapes at once."""
    outer, inner = next(ids), next(ids)
    effects = [_appear(shape, ids, first=not place) for place, shape in enumerate(shapes)]
    together = node("p:cTn", {"id": inner, "fill": "hold"}, _start("0"), node("p:childTnLst", None, *effects))
    waiting = node(
        "p:cTn",
        {"id": outer, "fill": "hold"},
        _start("indefinite"),
        node("p:childTnLst", None, node("p:par", None, together)),
    )
    return node("p:par", None, waiting)


def _appear(shape: int, ids: Iterator[int], *, first: bool) -> Element:
    effect = {
        "id": next(ids),
        "presetID": 1,
        "presetClass": "entr",
        "presetSubtype": 0,
        "fill": "hold",
        "nodeType": "clickEffect" if first else "withEffect",
    }
    behaviour = node(
        "p:cBhvr",
        None,
        node("p:cTn", {"id": next(ids), "dur": 1, "fill": "hold"}, _start("0")),
        node("p:tgtEl", None, node("p:spTgt", {"spid": shape})),
        node("p:attrNameLst", None, worded("p:attrName", "style.visibility")),
    )
    visible = node("p:set", None, behaviour, node("p:to", None, node("p:strVal", {"val": "visible"})))
    return node("p:par", None, node("p:cTn", effect, _start("0"), node("p:childTnLst", None, visible)))

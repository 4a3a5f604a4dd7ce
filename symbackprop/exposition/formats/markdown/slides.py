r"""Slides as Markdown: what stands under one heading on one slide or more, a line of three dashes between them.

Marp cannot reveal a part of a formula: with steps = slides there is a slide for each line, on which those that are to
come take their room already. Slidev stresses rows of a formula, one more on each click: $$ {1|1-2|1-3} … $$.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symbackprop.exposition.document import Block, Figure, Steps, Table, Text, lefts_of
from symbackprop.exposition.figures.names import picture_names
from symbackprop.exposition.formats.markdown.writer import Writer
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.measuring import Measure, Sheet
from symbackprop.exposition.paging.richtext import plain
from symbackprop.exposition.paging.slides import SHEETS, Part, Slide, opened, paged, shown_lines
from symbackprop.frozen import dataclass

REASON = 30  # letters of a reason in a line
SHEET = SHEETS["16:9"]
BESIDE = replace(SHEET, right=0.6, beside=1.0)  # reasons stand in a column of their own
SMALLEST = 8.0  # em, of a picture
BARE = replace(SHEET, right=0.9)  # there are none


def slides(writer: Writer, options: Options) -> str:
    """Return the slides of a document, the title first, each with what the speaker says."""
    first, *others = _Deck(writer, options).slides()
    if options.flavour == "slidev":  # it would take two braces in a formula for code
        others = [slide.replace("{{", "{ {") for slide in others]
    return "\n\n---\n".join([first, *others]) + "\n"


@dataclass(frozen=True)
class _Deck:
    """Writes the slides of one document."""

    writer: Writer
    options: Options

    def slides(self) -> Iterator[str]:
        """Yield the title, then the slides of each topic."""
        first = opened(self.writer.document)
        head = f"{self.writer.flavour.head(self.writer.document)}\n\n{self.writer.text(first.question)}".rstrip()
        yield head + self._notes(first.said)
        for slide in paged(self.writer.document, SHEET):
            yield from self._slide(slide)

    def _slide(self, slide: Slide) -> Iterator[str]:
        """Yield a slide, or one for each of its steps."""
        top = self._sized(slide)
        number = self.writer.document.sections[slide.topic.section.key]
        title = f"{top}## {number} · {self.writer.text(slide.topic.title)}"
        notes, blocks = self._notes(slide.said), list(_blocks(slide))
        if self.options.flavour == "marp" and self.options.steps == "slides":
            for stage in range(1, sum(map(_lines, blocks)) + 1):
                yield "\n\n".join([title, *self._staged(blocks, stage)]) + notes
            if any(map(_lines, blocks)):
                return
        yield "\n\n".join([title, *(self._block(block) for block in blocks)]) + notes

    def _sized(self, slide: Slide) -> str:
        """Return what says how large letters and pictures are, so that a slide holds all that stands on it."""
        measure = Measure(self.writer.document, SHEET)
        captions = [measure.prose(part.block.caption) for part in slide.parts if isinstance(part.block, Figure)]
        height = sum(self._height(source, parts) for source, parts in slide.groups) + sum(captions)
        room = max(SHEET.height, height + len(captions) * SMALLEST)
        return self.writer.flavour.sized(SHEET.height / room, (room - height) / max(1, len(captions)))

    def _height(self, source: Steps | None, parts: Sequence[Part]) -> float:
        """Return how high parts come out: lines in the rows in which they are written here, a picture still nothing."""
        if source is None:
            return sum(0.0 if isinstance(part.block, Figure) else part.height for part in parts)
        measure, steps = Measure(self.writer.document, _sheet(source)), Steps(shown_lines(parts))
        lines = enumerate(zip(lefts_of(steps), steps.lines, strict=True))
        return sum(measure.line(left, line, first=not place) for place, (left, line) in lines)

    def _block(self, block: Block, *, shown: int | None = None) -> str:
        match block:
            case Steps():
                latex = self.writer.aligned(block, _sheet(block).right * SHEET.width, shown=shown, reasons=REASON)
                return self._clicked(latex) if self.options.flavour == "slidev" else self.writer.flavour.display(latex)
            case Figure(picture, caption):
                name = picture_names(self.writer.document)[picture]
                return f"![{self.writer.text((block.alt,))}](./{name}.svg)\n\n{self.writer.text(caption)}"
            case Table():
                return self.writer.table(block)
        return self.writer.block(block)

    def _staged(self, blocks: Sequence[Block], stage: int) -> Iterator[str]:
        """Yield what is there at a stage: steps up to it, and what comes after them when they are all there."""
        left = stage
        for block in blocks:
            if isinstance(block, Steps):
                yield self._block(block, shown=max(0, left))
                left -= len(block.lines)
            elif left >= 0:
                yield self._block(block)

    def _clicked(self, latex: str) -> str:
        """Return a formula of several rows, of which each click stresses one more."""
        count = latex.count("\\\\\n") + 1
        clicks = "|".join("1" if n == 1 else f"1-{n}" for n in range(1, count + 1))
        return f"$$ {{{clicks}}}\n{latex}\n$$"

    def _notes(self, said: Sequence[Text]) -> str:
        """Return what the speaker says as a comment: a list, as Marp takes a sentence with a colon for a directive."""
        text = "\n".join(f"* {plain(each, self.writer.document)}" for each in said).replace("--", "- -")
        return f"\n\n<!--\n{text}\n-->" if text else ""


def _blocks(slide: Slide) -> Iterator[Block]:
    """Yield what stands on a slide, lines of steps that belong together as one block again."""
    for source, parts in slide.groups:
        if source is None:
            yield from (part.block for part in parts)
        else:
            yield Steps(shown_lines(parts), key=source.key)


def _sheet(block: Steps) -> Sheet:
    """Return how much of the width the right sides of steps may take."""
    return BESIDE if any(line.reason for line in block.lines) else BARE


def _lines(block: Block) -> int:
    return len(block.lines) if isinstance(block, Steps) else 0

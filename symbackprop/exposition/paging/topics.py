"""What stands under which heading: the topics of a talk, one after the other.

Prose, Heading 1, Prose, Figure, Heading 2, Steps  ->  Topic(1, (Prose, Figure)), Topic(2, (Steps,))
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from symbackprop.exposition.document import (
    Block,
    Display,
    Document,
    Emphasis,
    Figure,
    Heading,
    Prose,
    Segment,
    Steps,
    Table,
    Text,
    announces,
    paragraph,
)
from symbackprop.exposition.paging.richtext import plain
from symbackprop.frozen import dataclass

ROOM = 190  # letters, about two lines of a slide
LINE = 95  # letters, about one
_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Topic:
    """What stands under one heading up to the next one, and the section that it belongs to.

    `before` is said of a section that shows nothing before its first part; `begins`: it is the first of its section."""

    heading: Heading
    section: Heading
    blocks: tuple[Block, ...]
    before: tuple[Text, ...] = ()
    begins: bool = False

    @property
    def own(self) -> bool:
        """Whether its slides have the title of the section, and so need not say the section besides."""
        return self.heading is self.section and not self.heading.slide

    @property
    def title(self) -> Text:
        """What stands above its slides."""
        return self.heading.slide or self.heading.text


def leads(before: Block | None, block: Block, after: Block | None) -> bool:
    """Tell whether a block is a paragraph that stays with what follows: what it announces, or a first subsection."""
    if not isinstance(block, Prose):
        return False
    if isinstance(after, Heading):
        return isinstance(before, Heading) and before.level < after.level
    return announces(block) or isinstance(after, Display | Steps | Figure | Table)


def is_written(block: Block | None) -> bool:
    """Tell whether a block is a paragraph whose words on a slide are written out, and not its first sentences."""
    return isinstance(block, Prose) and block.slide is not None


def opening(document: Document) -> tuple[Block, ...]:
    """Return what stands before the first heading: what is said while the title is shown."""
    return document.blocks[: _places(document)[0]]


def topics(document: Document) -> tuple[Topic, ...]:
    """Return the topics in their order; a section begins with the topic whose heading is the section's own."""
    done: list[Topic] = []
    section, before = Heading(()), tuple[Text, ...]()
    starts = _places(document)
    for start, end in pairwise(starts):
        heading = document.blocks[start]
        assert isinstance(heading, Heading)
        section = heading if heading.level == 1 else section
        blocks = document.blocks[start + 1 : end]
        following = document.blocks[end] if end < len(document.blocks) else None
        if _only_said(blocks) and isinstance(following, Heading) and following.level > heading.level:
            before = tuple(block.text for block in blocks if isinstance(block, Prose))
            continue
        begins = not done or done[-1].section is not section
        done.append(Topic(heading, section, blocks, before, begins))
        before = ()
    return tuple(done)


def _only_said(blocks: Sequence[Block]) -> bool:
    return all(isinstance(block, Prose) for block in blocks)


def _places(document: Document) -> list[int]:
    """Return where the headings stand, and the end."""
    headings = [place for place, block in enumerate(document.blocks) if isinstance(block, Heading)]
    return [*headings, len(document.blocks)]


def gist(block: Prose, document: Document, room: int = ROOM) -> Text:
    """Return what a slide shows of a paragraph: what was written for it, else the digest."""
    return digest(block.text, document, room) if block.slide is None else block.slide


def digest(text: Text, document: Document, room: int = ROOM) -> Text:
    """Return the first sentences that have room, a stressed one before all others; nothing if all are long.

    The room is in letters."""
    each = sentences(text)
    stressed = [sentence for sentence in each if len(sentence) == 1 and isinstance(sentence[0], Emphasis)]
    if stressed:
        return stressed[0]
    done: list[Text] = []
    for sentence in each:
        if _length([*done, sentence], document) > room:
            break
        done.append(sentence)
    if not done and _length(each[-1:], document) <= room:
        done = list(each[-1:])
    return paragraph(done)


def sentences(text: Text) -> tuple[Text, ...]:
    """Return the sentences of a paragraph, without the blanks between them."""
    done: list[list[Segment]] = [[]]
    for segment in text:
        if not isinstance(segment, str):
            done[-1].append(segment)
            continue
        ended = bool(done[-1]) and isinstance(done[-1][-1], Emphasis) and _closes(done[-1][-1].text, segment)
        for place, piece in enumerate(_END.split(segment.lstrip() if ended else segment)):
            if place or ended:
                done.append([])
                ended = False
            if piece:
                done[-1].append(piece)
    return tuple(tuple(_trimmed(sentence)) for sentence in done if _trimmed(sentence))


def _closes(words: str, following: str) -> bool:
    """Tell whether words are the end of a sentence that is followed by another one."""
    return bool(_END.match(words[-1:] + following[:1], 1))


def _trimmed(sentence: list[Segment]) -> list[Segment]:
    return [] if all(isinstance(part, str) and not part.strip() for part in sentence) else sentence


def _length(parts: Sequence[Text], document: Document) -> int:
    return len(plain(paragraph(parts), document))

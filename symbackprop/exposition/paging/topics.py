"""What stands under which heading: the topics of a talk, one after the other.

Prose, Heading 1, Prose, Figure, Heading 2, Steps  ->  Topic(1, (Prose, Figure)), Topic(2, (Steps,))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from symbackprop.exposition.document import Block, Display, Document, Figure, Heading, Prose, Steps, Table, Text

__all__ = ["Topic", "is_written", "leads", "opening", "topics"]


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


def leads(before: Block | None, after: Block | None) -> bool:
    """Tell whether a paragraph between two blocks stays with what follows: what it announces, or a first subsection."""
    if isinstance(after, Heading):
        return isinstance(before, Heading) and before.level < after.level
    return isinstance(after, Display | Steps | Figure | Table)


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

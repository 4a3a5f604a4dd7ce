"""What is told of a story: the blocks and the lines of one level, of all sections or of some.

    (block, At(FULL, block), …)  ->  the blocks at that level, each line without those that are left out there

A sentence may refer to a section that is not told; it then names the section by its title.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from symbackprop.errors import UnknownNameError
from symbackprop.exposition.document import (
    Block,
    Figure,
    Heading,
    Line,
    Note,
    Prose,
    Reference,
    Segment,
    Steps,
    Table,
    Text,
)
from symbackprop.exposition.levels import USUAL, Level
from symbackprop.frozen import dataclass

MOST_LISTED = 60  # names in a message
EQUATIONS = ("BP1", "BP2", "BP3", "BP4")


@dataclass(frozen=True, slots=True)
class At:
    """A block and the levels at which it is told; a block without them is told at the USUAL ones."""

    levels: Level
    block: Block


Story = tuple[Block | At, ...]


def at(levels: Level, *blocks: Block) -> tuple[At, ...]:
    """Return blocks as they stand in a story that tells them at these levels only."""
    return tuple(At(levels, block) for block in blocks)


def told(story: Iterable[Block | At], level: Level) -> tuple[Block, ...]:
    """Return the blocks of one level."""
    blocks = [_steps(part.block, level) for part in map(_placed, story) if level in part.levels]
    present = {block.key for block in blocks if isinstance(block, Heading) and block.level == 1}
    return tuple(_referring(block, present) for block in blocks)


def _steps(block: Block, level: Level) -> Block:
    return replace(block, lines=tuple(_lines(block.lines, level))) if isinstance(block, Steps) else block


def _lines(lines: Sequence[Line], level: Level) -> Iterator[Line]:
    """Yield the lines of one level; the one after those that are left out gives the reason for all of them."""
    skipped = False
    for line in lines:
        if level in line.levels:
            yield replace(line, reason=line.brief) if skipped and line.brief else line
        skipped = level not in line.levels


def names_of(text: str) -> tuple[str, ...]:
    """Return the names in a text with commas between them."""
    return tuple(name.strip() for name in text.split(","))


def check_names(names: Collection[str], known: Sequence[str]) -> None:
    """Raise UnknownNameError, with what there is, for a name that is neither that of a section nor of an equation."""
    for name in names:
        if name not in known:
            raise UnknownNameError(f"only: {name[:40]!a} is unknown; {_hint(name, known)}known: {_listed(known)}")


def _hint(name: str, known: Sequence[str]) -> str:
    """Return which name may be meant: another case, the line of an array on the way forward, or what comes close."""
    import difflib

    cases = {each.lower(): each for each in known}
    asked = name.lower()
    close = next((cases[each] for each in (asked, f"forward-{asked}") if each in cases), None)
    close = close or next((cases[each] for each in difflib.get_close_matches(asked, cases, n=1)), None)
    return f"did you mean {close!r}? " if close else ""


def _listed(known: Sequence[str]) -> str:
    """Return names with commas between, the first of them where there are very many."""
    return ", ".join(known if len(known) <= MOST_LISTED else (*known[: MOST_LISTED - 1], "…"))


def excerpt(
    story: Sequence[Block | At], names: Collection[str], level: Level, equations: Collection[str] = EQUATIONS
) -> Story:
    """Return what a story tells in the sections and about those of its equations that are named, in its own order.

    Of a section that is named everything that the level tells, or all of it where the level tells nothing; else the
    topics in which an equation is derived or stated, without what they say of others."""
    kept: list[Block | At] = []
    for section in _parted(story, 1):
        if _heading(section).key in names:
            kept += section if _is_told(section, level) else at(level, *(_placed(part).block for part in section))
            continue
        parts = [part for part in _of_section(section, names, equations) if part is not section[0]]
        if parts:  # under their heading, which the level may pass over
            kept += (*(at(level, _heading(section)) if _is_told(parts, level) else section[:1]), *parts)
    return tuple(kept) if _is_told(kept, level) else at(level, *(_placed(part).block for part in kept))


def _of_section(
    section: Sequence[Block | At], names: Collection[str], equations: Collection[str]
) -> Iterator[Block | At]:
    """Yield what its topics say of the equations that are named, each below the heading of the part that it is in."""
    above: Sequence[Block | At] = ()
    for topic in _parted(section, 3):
        own = _of_topic(topic, names, equations)
        if _heading(topic).level < 3:  # a part, with what it says before its first topic
            above = () if own else topic[:1]
        elif own:
            yield from above
            above = ()
        yield from own


def _of_topic(topic: Sequence[Block | At], names: Collection[str], equations: Collection[str]) -> list[Block | At]:
    """Return what a topic says of the equations that are named; nothing where it derives and states none of them."""
    said = [(part, _equations(_placed(part).block, equations)) for part in topic]
    about = {name for _, own in said for name in own} & set(names)
    return [part for part, own in said if about and (not own or own & about)]


def _is_told(parts: Sequence[Block | At], level: Level) -> bool:
    return any(level in _placed(part).levels for part in parts)


def _parted(story: Sequence[Block | At], level: int) -> Iterator[Sequence[Block | At]]:
    """Yield what stands under each heading of a level and those above it; not what comes before all of them."""
    headings = ((place, _placed(part).block) for place, part in enumerate(story))
    starts = [place for place, block in headings if isinstance(block, Heading) and block.level <= level]
    for start, end in zip(starts, [*starts[1:], len(story)], strict=True):
        yield story[start:end]


def _heading(part: Sequence[Block | At]) -> Heading:
    block = _placed(part[0]).block
    assert isinstance(block, Heading)
    return block


def _placed(part: Block | At) -> At:
    return part if isinstance(part, At) else At(USUAL, part)


def _equations(block: Block, equations: Collection[str]) -> set[str]:
    """Return which of the equations a block derives or states: those of its chain, or its own name."""
    name = block.key.partition(" ")[0] if isinstance(block, Steps) else getattr(block, "name", "")
    return {name} & set(equations)


def _referring(block: Block, present: Collection[str]) -> Block:
    """Return a block whose sentences refer to sections that are there."""

    def text(words: Text) -> Text:
        return tuple(part for segment in words for part in _segment(segment, present))

    match block:
        case Prose():
            return replace(block, text=text(block.text), slide=None if block.slide is None else text(block.slide))
        case Note():
            return replace(block, title=text(block.title), text=text(block.text))
        case Steps():
            return replace(block, lines=tuple(replace(line, reason=text(line.reason)) for line in block.lines))
        case Table():
            rows = tuple(tuple(map(text, row)) for row in block.rows)
            return replace(block, rows=rows, caption=text(block.caption))
        case Figure():
            return replace(block, caption=text(block.caption))
        case _:
            return block


def _segment(segment: Segment, present: Collection[str]) -> Text:
    if isinstance(segment, Reference) and segment.key not in present:
        return segment.title
    return (segment,)

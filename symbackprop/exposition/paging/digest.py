"""The gist of a paragraph: the sentences of it that a slide has room for; the whole of it is for the speaker.

"How fast …? Put the cost in … . Only the term … . The bracket …"   ->   "How fast …? Put the cost in … ."
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symbackprop.exposition.document import Document, Emphasis, Prose, Segment, Text, paragraph
from symbackprop.exposition.paging.richtext import plain

__all__ = ["LINE", "ROOM", "digest", "gist", "sentences"]

ROOM = 190  # letters, about two lines of a slide
LINE = 95  # letters, about one
_END = re.compile(r"(?<=[.!?…])\s+")


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

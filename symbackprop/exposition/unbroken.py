r"""Shapes among words: 2-3-1 is one thing, in a sentence as in a title, and no line ends at one of its hyphens.

Each format has its own way to say so, and what is copied from a page has the hyphens of the keyboard where it can:

    web          an element that is never broken          Typst        a box
    TeX          \mbox                                    Word         its own element, which is no letter
    Markdown     a word joiner after each hyphen          PowerPoint   the hyphen at which nothing is broken, U+2011
"""

from __future__ import annotations

import re
from collections.abc import Iterator

JOINER = "\u2060"  # is not seen, in no font, and no line is broken beside it
HARD_HYPHEN = "\u2011"
LONGEST = 40  # characters; a longer one may be wider than the line, and is broken where it must
_SHAPE = re.compile(r"((?<![\w-])\d+(?:-(?:\d+|…))+(?![\w-]))")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, each with whether it is a shape, which is not to be broken."""
    for place, piece in enumerate(_SHAPE.split(text)):
        if piece:
            yield piece, bool(place % 2) and len(piece) <= LONGEST


def joined(text: str) -> str:
    """Return a text with a word joiner after each hyphen of a shape."""
    return "".join(piece.replace("-", f"-{JOINER}") if whole else piece for piece, whole in pieces(text))


def with_hard_hyphens(text: str) -> str:
    """Return a text with the hyphens of its shapes as those at which no line is broken."""
    return "".join(piece.replace("-", HARD_HYPHEN) if whole else piece for piece, whole in pieces(text))

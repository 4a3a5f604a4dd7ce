"""How large words are on a slide: one look for each thing that words do, and about how much room they take."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GAP", "LINE", "LOOKS", "Look", "text_height", "text_width"]

LETTER = 0.5  # em, the average letter of a sentence
LINE = 1.22  # em, from line to line
GAP = 11.0  # points between what stands under one another


@dataclass(frozen=True, slots=True)
class Look:
    """The size of words in points, whether they keep in the background, and where they stand in their area."""

    size: float
    quiet: bool = False
    align: str = "l"
    anchor: str = "t"


LOOKS = {
    "body": Look(20),
    "small": Look(15, quiet=True),
    "caption": Look(15, quiet=True, align="ctr"),
    "reason": Look(16, quiet=True, anchor="ctr"),
    "cell": Look(20, anchor="ctr"),
    "close": Look(18, anchor="ctr"),
    "dense": Look(16, anchor="ctr"),
    "header": Look(15, quiet=True, anchor="ctr"),
    "name": Look(20, quiet=True, anchor="ctr"),
}


def text_width(characters: int, size: float) -> float:
    """Return about how wide so many letters are in one line, in points."""
    return characters * LETTER * size


def text_height(characters: int, width: float, size: float) -> float:
    """Return about how high a sentence of so many letters is in lines of a width, in points."""
    lines = max(1, -int(-text_width(characters, size) // (0.97 * width)))
    return lines * LINE * size + 2

"""How large words are on a slide: one look for each thing that words do, and about how much room they take."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.exposition.mathtext.caladea import words_width
from symbackprop.exposition.paging.measuring import WIDER, words_height
from symbackprop.exposition.paging.richtext import Run
from symbackprop.frozen import dataclass

SCRIPT = 0.66  # the size of raised and lowered letters
TYPED = "Consolas"  # the typeface of lines of a program


@dataclass(frozen=True, slots=True)
class Look:
    """The size of words in points, whether they keep in the background, where they stand in their area, their face."""

    size: float
    quiet: bool = False
    align: str = "l"
    anchor: str = "t"
    face: str = ""


LOOKS = {
    "body": Look(20),
    "small": Look(15, quiet=True),
    "code": Look(15, quiet=True, face=TYPED),
    "caption": Look(15, quiet=True, align="ctr"),
    "reason": Look(16, quiet=True, anchor="ctr"),
    "cell": Look(20, anchor="ctr"),
    "close": Look(18, anchor="ctr"),
    "dense": Look(16, anchor="ctr"),
    "header": Look(15, quiet=True, anchor="ctr"),
    "name": Look(20, quiet=True, anchor="ctr"),
}


def text_width(words: str, size: float) -> float:
    """Return about how wide words are in one line, in points."""
    return WIDER * words_width(words) * size


def runs_width(runs: Iterable[Run], size: float) -> float:
    """Return about how wide letters of several looks are in one line, in points; those of formulas are as measured."""
    return sum(
        text_width(run.text, size) * (SCRIPT if run.shift else 1.0) / (WIDER if run.formula else 1.0) for run in runs
    )


def text_height(words: str, width: float, size: float) -> float:
    """Return about how high words are in lines of a width, in points."""
    return words_height(words, width, size=size) + 2

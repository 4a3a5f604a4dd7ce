"""ziamath, without the rows that it sets twice for nothing.

Before ziamath sets a row it sets the same row once more, to learn how high it is without what stretches; so do the
rows inside it, which makes 2^n times for n rows in one another. Where nothing in a row stretches, nobody asks for that
height. Leaving it out makes a long formula ten times as fast, and changes no point of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element

__all__ = ["drawn_once"]

HEIGHT = "_get_height_nostretch"  # of ziamath.nodes.mrow.Mrow, as of ziamath 0.13
NOTHING = 9999, -9999  # what it returns for an empty row: lowest and highest
OWN_ROWS = frozenset({"mrow", "mstyle", "mfrac", "msqrt", "mroot", "menclose", "mtable", "math"})  # ask for themselves


@contextmanager
def drawn_once() -> Iterator[None]:
    """Let ziamath measure only the rows in which something stretches; it is put back as it was.

    A ziamath that measures in another way is left alone."""
    from ziamath.nodes.mrow import Mrow

    measured = getattr(Mrow, HEIGHT, None)
    if measured is None:
        yield
        return

    def height(self: Any, line: list[Element], **settings: Any) -> Any:
        if not any(map(_stretches, line)):
            return NOTHING
        return measured(self, line, **dict(settings))  # those of ziamath, whatever they are

    setattr(Mrow, HEIGHT, height)
    try:
        yield
    finally:
        setattr(Mrow, HEIGHT, measured)


def _stretches(element: Element) -> bool:
    """Tell whether a sign in an element grows with the row that the element stands in."""
    if element.tag == "mo":
        from ziamath import operators

        known = operators.get_params((element.text or "").strip(), element.get("form", "infix"))
        return (element.get("stretchy") or known.get("stretchy", "false")) != "false"
    return element.tag not in OWN_ROWS and any(map(_stretches, element))

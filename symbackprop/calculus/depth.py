"""Room for values that are made of values that are made of values: a hundred layers or steps, one inside the other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

DEEPEST = 50_000  # frames of Python, which lie on the heap: some 20 for each layer or step


@contextmanager
def deep() -> Iterator[None]:
    """Let functions call one another as deep as a long network wants while this lasts."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)

"""Keeping what a plain function has returned last, with its signature kept for the type checker."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

KEPT = 512  # more than a network asks for; a process that derives many keeps the last ones
Plain = TypeVar("Plain", bound=Callable[..., Any])


def memoised(function: Plain, *, most: int | None = KEPT) -> Plain:
    """Return the function with its last results kept; its arguments must be hashable, as SymPy's classes are.

    With `most=None` all are kept: the same arguments give the same object for good."""
    return cast("Plain", lru_cache(maxsize=most)(function))

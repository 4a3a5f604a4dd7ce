"""Keeping what a plain function has returned, with its signature kept for the type checker."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

__all__ = ["memoised"]

Plain = TypeVar("Plain", bound=Callable[..., Any])


def memoised(function: Plain) -> Plain:
    """Return the function with its results kept; its arguments must be hashable, as SymPy's classes are."""
    return cast("Plain", cache(function))

"""Formulas in one line of Unicode, as the terminal writes them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symbackprop.exposition.mathtext import rules  # noqa: F401 - it holds the rules
from symbackprop.exposition.mathtext.layout import side_by_side
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.mathtext.style import COMMON_WORDS, Style

__all__ = ["pretty"]


def pretty(
    *sides: object, symbols: Mapping[str, str] = MappingProxyType({}), words: Mapping[str, str] = COMMON_WORDS
) -> str:
    """Return one side, or several with = between them."""
    return in_line(side_by_side(sides, Style(symbols, words)))

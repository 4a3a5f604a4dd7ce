"""Mathematics for a terminal: one line of Unicode, a block with fractions drawn high, or aligned lines.

pretty(left, right)               δ⁽ˡ⁾ⱼ = σ′(z⁽ˡ⁾ⱼ) · Σᵢ w⁽ˡ⁺¹⁾ᵢⱼ δ⁽ˡ⁺¹⁾ᵢ
aligned(goal, [first, second])    goal = first
= second
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from symbackprop.exposition.mathtext import rules  # noqa: F401 - it holds the rules
from symbackprop.exposition.mathtext.blocks import Block, beside, block
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.layout import side_by_side
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.mathtext.style import COMMON_WORDS, Style

__all__ = ["aligned", "pretty"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


def pretty(
    *sides: object,
    tall: bool = False,
    symbols: Mapping[str, str] = _NOTHING,
    words: Mapping[str, str] = COMMON_WORDS,
) -> str:
    """Return what `latex` writes as Unicode text: one line, or with `tall` a block of lines.

    Raises SpecError for a symbol that is no letter, and TypeError for an expression that no rule knows."""
    return _joined(_drawn(side_by_side(sides, Style(symbols, words)), tall=tall))


def aligned(
    goal: object,
    lines: Sequence[object],
    *,
    tall: bool = False,
    symbols: Mapping[str, str] = _NOTHING,
    words: Mapping[str, str] = COMMON_WORDS,
) -> str:
    """Return goal = line, one line of text (or with `tall` a block) for each, the signs = below one another."""
    style = Style(symbols, words)
    left = _drawn(side_by_side((goal,), style), tall=tall)
    drawn = []
    for line in lines:
        right = _drawn(side_by_side((line,), style), tall=tall)
        drawn.append(_joined(beside([left, Block((" = ",)), right])))
        left = Block((" " * left.width,))
    return ("\n\n" if tall else "\n").join(drawn)


def _drawn(box: Box, *, tall: bool) -> Block:
    return block(box) if tall else Block((in_line(box),))


def _joined(drawn: Block) -> str:
    return "\n".join(line.rstrip() for line in drawn.lines)

"""How wide letters are in Caladea, a free typeface with the metrics of Cambria: a table, in hundredths of an em."""

from __future__ import annotations

# fmt: off
_ITALIC = dict(zip(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    (52, 50, 43, 51, 44, 35, 49, 53, 28, 28, 49, 28, 80, 53, 48, 50, 51, 38, 36, 34, 53, 45, 69, 47, 45, 43,
     60, 58, 54, 64, 56, 56, 56, 70, 36, 34, 62, 50, 88, 69, 60, 56, 62, 60, 46, 58, 66, 62, 90, 60, 58, 54),
    strict=True,
))
_UPRIGHT = dict(zip(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()[]{}|=+−<>,.;:",
    (47, 52, 42, 52, 44, 31, 46, 55, 28, 26, 52, 27, 81, 56, 48, 52, 50, 40, 39, 32, 55, 47, 72, 48, 48, 43,
     60, 58, 52, 62, 54, 51, 54, 70, 34, 30, 63, 50, 89, 69, 60, 53, 60, 61, 45, 56, 69, 60, 89, 57, 56, 51,
     *[55] * 10, 38, 38, 35, 35, 39, 39, 32, 60, 60, 60, 60, 60, 21, 21, 26, 26),
    strict=True,
))
# fmt: on
_OTHER_LETTERS = {" ": 22, "-": 33, "’": 22, "⁽": 25, "⁾": 25}
_ELSE = 0.56  # Greek letters and whatever else
_WIDE = {
    "→": 0.95,
    "←": 0.95,
    "⊙": 0.75,
    "⋆": 0.5,
    "↑": 0.5,
    "↓": 0.5,
    "∑": 1.15,
    "∏": 1.1,
    "∂": 0.55,
    "∇": 0.68,
    "𝟏": 0.6,
    "′": 0.35,
}


def words_width(words: str) -> float:
    """Return how wide words are in one line, in em."""
    return sum(_UPRIGHT.get(letter, _OTHER_LETTERS.get(letter, 100 * _ELSE)) for letter in words) / 100


def advance(text: str, slanted: bool) -> float:  # noqa: FBT001 - as every Advance of `extents`
    """Return how wide letters of mathematics are, in em."""
    table = _ITALIC if slanted else _UPRIGHT
    return sum(_WIDE.get(letter) or table.get(letter, 100 * _ELSE) / 100 for letter in text)

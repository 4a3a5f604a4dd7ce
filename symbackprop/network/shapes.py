"""The shape of a network: "2-3-1" or (2, 3, 1) -> the widths of its layers, the input being layer 0."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from itertools import islice

from symbackprop.errors import ShapeError

LARGEST_WIDTH = 1_000_000
MOST_LAYERS = 10_000
MOST_DIGITS = 10  # more are too many anyhow, and int() takes quadratic time

_LONGEST = (MOST_DIGITS + 1) * (MOST_LAYERS + 1)
_TRY = "write the widths from input to output with hyphens between, such as 2-3-1"


def parse_shape(shape: str | Sequence[int]) -> tuple[int, ...]:
    """Return the widths n_0, n_1, …, n_L of a shape written as text or given as whole numbers.

    Raises ShapeError if it has fewer than two widths, or a width that is no whole number from 1 to 1000000."""
    if isinstance(shape, str):
        return _checked(_numbers(shape), _shown(shape))
    if not isinstance(shape, Sequence) or isinstance(shape, bytes):
        raise ShapeError(f"shape: wanted text or whole numbers, got {type(shape).__name__}; try 2-3-1 or (2, 3, 1)")
    widths = [_whole(layer, width) for layer, width in enumerate(islice(shape, MOST_LAYERS + 2))]
    return _checked(widths, f"({', '.join(map(_number, widths[:8]))}{', ...' * (len(widths) > 8)})")


def _numbers(text: str) -> list[int]:
    if len(text) > _LONGEST:
        raise ShapeError(f"shape of {len(text)} characters: at most {MOST_LAYERS} layers; {_TRY}")
    parts = text.split("-")
    for layer, part in enumerate(parts):
        if re.fullmatch("[0-9]+", part) is None:
            found = repr(part[:20]) if part else "nothing"
            raise ShapeError(f"shape {_shown(text)}: layer {layer} wants a whole number, got {found}; {_TRY}")
        if len(part) > MOST_DIGITS:
            raise ShapeError(f"shape {_shown(text)}: layer {layer} is {part[:10]}... wide, at most {LARGEST_WIDTH}")
    return [int(part) for part in parts]


def _whole(layer: int, width: object) -> int:
    """Return the width as an int; NumPy's integers are whole numbers too, True and 1.0 are not."""
    try:
        if not isinstance(width, bool):
            return operator.index(width)  # type: ignore[arg-type]  # what has no __index__ is what is being looked for
    except TypeError:
        pass
    shown = repr(width)[:20]
    raise ShapeError(f"shape: layer {layer} wants a whole number, got {shown} ({type(width).__name__}); try (2, 3, 1)")


def _checked(widths: list[int], shown: str) -> tuple[int, ...]:
    if len(widths) < 2:
        raise ShapeError(f"shape {shown}: {len(widths)} width, at least an input and an output; {_TRY}")
    if len(widths) > MOST_LAYERS + 1:
        raise ShapeError(f"shape {shown}: at most {MOST_LAYERS} layers; {_TRY}")
    for layer, width in enumerate(widths):
        if not 1 <= width <= LARGEST_WIDTH:
            wanted = f"a width lies between 1 and {LARGEST_WIDTH}, as in 2-3-1"
            raise ShapeError(f"shape {shown}: layer {layer} is {_number(width)} wide; {wanted}")
    return tuple(widths)


def _shown(text: str) -> str:
    """Return the beginning of a text, on one line."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _number(width: int) -> str:
    """Return a number that may have more digits than Python converts."""
    return str(width) if abs(width) < 10**MOST_DIGITS else f"more than {MOST_DIGITS} digits"

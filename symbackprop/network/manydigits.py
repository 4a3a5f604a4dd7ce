"""mpmath's numbers of as many digits as are asked for, made once; no global setting is touched."""

from __future__ import annotations

from functools import cache
from typing import Any

import mpmath

__all__ = ["context_of"]


@cache
def context_of(digits: int) -> Any:
    """Return the context of so many decimal places, which all who compute with them share: nobody changes it.

    Making one takes a millisecond, and the numbers of another context lose digits on their way in."""
    context = mpmath.mp.clone()
    context.dps = digits
    return context

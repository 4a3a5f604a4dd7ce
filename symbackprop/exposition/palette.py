"""The colours, and what each one means, the same in every picture and every formula.

The colours are those of Okabe and Ito (2008), which people with any kind of colour vision tell apart; whatever has
a colour has a label, a number or a thicker line as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["COLOURS", "GREY", "ON_DARK"]

GREY = "#7F7F7F"  # what is there and not talked about

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "cost": "#D55E00",  # how the cost depends on an activation, and the way from one weight to the cost
        "activation": "#0072B2",  # how an activation depends on its weighted sum
        "input": "#007A59",  # how a weighted sum depends on what enters: #009E73, darker to be read as text
        "error": "#A0457E",  # δ: #CC79A7, darker for the same reason
    }
)

# the same on dark paper, where these are the ones that can be read
ON_DARK: Mapping[str, str] = MappingProxyType(
    {"cost": "#F08A4B", "activation": "#56B4E9", "input": "#2DB88A", "error": "#D98CBB"}
)

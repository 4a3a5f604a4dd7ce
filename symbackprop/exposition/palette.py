"""The colours, and what each one means, the same in every picture and every formula.

The colours are those of Okabe and Ito (2008), which people with any kind of colour vision tell apart, darker where
letters in them would have less contrast than WCAG asks for; whatever has a colour has a label, a number or a thicker
line as well. A reader may choose others for a document:

    with painted({"cost": "#AA0000"}): ...        inside, COLOURS["cost"] is that colour
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from symbackprop.errors import SpecError

GREY = "#7F7F7F"  # what is there and not talked about

DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "cost": "#B84F00",  # how the cost depends on an activation, the way from a weight to the cost: #D55E00, darker
        "activation": "#0072B2",  # how an activation depends on its weighted sum
        "input": "#007A59",  # how a weighted sum depends on what enters: #009E73, darker as well, to be read as text
        "error": "#A0457E",  # δ: #CC79A7, darker for the same reason
    }
)

# the same on dark paper, where these are the ones that can be read
_DEFAULTS_ON_DARK: Mapping[str, str] = MappingProxyType(
    {"cost": "#F08A4B", "activation": "#56B4E9", "input": "#2DB88A", "error": "#D98CBB"}
)

LIGHTEST = 0.65  # luminance: 1.5 times as dark as white, as WCAG 2.2 counts; yellow (0.93) is lighter

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

# what was chosen for the document that is being written; a context variable, so that no function between the two
# hands colours on, and two threads write two documents
_CHOSEN: ContextVar[Mapping[str, str]] = ContextVar("colours", default=MappingProxyType({}))


class _Palette(Mapping[str, str]):
    """The colours in force where they are asked for: those that were chosen, and the defaults of the others."""

    def __init__(self, defaults: Mapping[str, str]) -> None:
        self._defaults = defaults

    def __getitem__(self, role: str) -> str:
        return _CHOSEN.get().get(role) or self._defaults[role]

    def __iter__(self) -> Iterator[str]:
        return iter(self._defaults)

    def __len__(self) -> int:
        return len(self._defaults)


COLOURS: Mapping[str, str] = _Palette(DEFAULTS)
ON_DARK: Mapping[str, str] = _Palette(_DEFAULTS_ON_DARK)


def check_colours(colours: Mapping[str, str]) -> Mapping[str, str]:
    """Return the colours, in capitals, by the parts that they stand for.

    Raises SpecError for a part that has no colour, for what is no colour, for one that nobody sees on white paper,
    and for two parts of one colour."""
    for role, colour in colours.items():
        if role not in DEFAULTS:
            raise SpecError(f"colours: {role[:40]!a} has no colour; known: {', '.join(DEFAULTS)}")
        if not isinstance(colour, str) or _COLOUR.fullmatch(colour) is None:
            raise SpecError(f"colours: {role} is {str(colour)[:40]!a}, wanted # and six digits; try {DEFAULTS[role]}")
        if _luminance(colour) > LIGHTEST:
            raise SpecError(f"colours: {role} is {colour}, which is hardly seen on white; try {DEFAULTS[role]}")
    wanted = {role: colour.upper() for role, colour in colours.items()}
    seen: dict[str, str] = {}
    for role, colour in {**DEFAULTS, **wanted}.items():
        if colour in seen:
            raise SpecError(f"colours: {seen[colour]} and {role} would both be {colour}; choose another")
        seen[colour] = role
    return MappingProxyType(wanted)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 for black to 1 for white (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def chosen() -> Mapping[str, str]:
    """Return the colours that were chosen for the document that is being written; none where the defaults hold."""
    return _CHOSEN.get()


@contextmanager
def painted(colours: Mapping[str, str]) -> Iterator[None]:
    """While inside, the given colours hold, and the defaults for all other parts.

    Raises SpecError as `check_colours` does."""
    token = _CHOSEN.set(check_colours(colours))
    try:
        yield
    finally:
        _CHOSEN.reset(token)

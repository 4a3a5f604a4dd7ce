"""How much of a story is told: the four equations, what is shown in a lecture, or every line.

    SHORT      the four equations and what they mean
    LECTURE    what a lecturer shows: one derivation a slide, no census of parameters, the evidence in a line
    FULL       everything

A part of a story says at which levels it is told; whoever tells it picks one level.
"""

from __future__ import annotations

from enum import Flag, auto

from symbackprop.errors import UnknownNameError


class Level(Flag):
    """A level, or several at which something is told."""

    SHORT = auto()
    LECTURE = auto()
    FULL = auto()


EVERY = Level.SHORT | Level.LECTURE | Level.FULL
USUAL = Level.LECTURE | Level.FULL  # where nothing is said
LEVELS = ("lecture", "full", "short")  # as they are asked for


def level_named(name: str) -> Level:
    """Return the level of that name; raises UnknownNameError for another word."""
    if name not in LEVELS:
        raise UnknownNameError(f"level {name[:40]!a} is unknown; known: {', '.join(LEVELS)}")
    return Level[name.upper()]

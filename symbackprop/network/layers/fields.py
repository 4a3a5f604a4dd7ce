"""The fields of a layer, with what they may be: a whole number, a pair of them, a word, true or false.

width: int = whole()            kernel: tuple[int, int] = pair()            bias: bool = flag(default=True)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from symbackprop.errors import SpecError, errors_of
from symbackprop.network.numbered import chosen_activation

LARGEST = 1_000_000
_MISSING: Any = dataclasses.MISSING


def _shown(value: Any) -> str:
    """Return a value as it can stand in one line of a message."""
    if isinstance(value, int) and abs(value) > LARGEST**3:
        return "a number of too many digits"
    if isinstance(value, str):
        return ascii(value[:20])
    if isinstance(value, bool):
        return str(value).lower()  # as a file and a line have it
    text = str(value)[:20]
    return text if text.isprintable() and text.strip() == text != "" else ascii(text)


def _field(read: Callable[[Any], Any], default: Any) -> Any:
    metadata = {"read": read}
    return (
        dataclasses.field(metadata=metadata)
        if default is _MISSING
        else dataclasses.field(default=default, metadata=metadata)
    )


def _whole(value: Any, least: int) -> int:
    if type(value) is not int or not least <= value <= LARGEST:
        raise SpecError(f"wanted a whole number from {least} to {LARGEST:,}, got {_shown(value)}")
    return value


def whole(default: Any = _MISSING, *, least: int = 1) -> Any:
    """Return a field for a whole number."""
    return _field(lambda value: _whole(value, least), default)


def pair(default: Any = _MISSING, *, least: int = 1, count: int = 2) -> Any:
    """Return a field for a number of each of `count` directions: 3, which is [3, 3], or [3, 5]."""
    every = default if default is _MISSING else (default,) * count
    return _field(lambda value: _numbers(value, least, count), every)


def optional_pair(*, count: int = 2) -> Any:
    """Return a field for a number of each direction, or nothing."""
    return _field(lambda value: None if value is None else _numbers(value, 1, count), None)


def _numbers(value: Any, least: int, count: int) -> tuple[int, ...]:
    each = list(value) if isinstance(value, list | tuple) else [value] * count
    if len(each) != count:
        raise SpecError(f"wanted a whole number{' or two, such as [3, 5]' * (count > 1)}, got {_shown(value)}")
    return tuple(_whole(one, least) for one in each)


def activation_name(default: str) -> Any:
    """Return a field for an elementwise activation, by its name or as a formula in z."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise SpecError(f"wanted the name of an activation, got {_shown(value)}; try tanh")
        if chosen_activation(value).mixes:
            raise SpecError(f"{_shown(value)} mixes the entries of a state; take tanh")
        return value

    return _field(read, default)


def flag(*, default: bool) -> Any:
    """Return a field for true or false."""

    def read(value: Any) -> bool:
        if type(value) is not bool:
            raise SpecError(f"wanted true or false, got {_shown(value)}")
        return value

    return _field(read, default)


def choice(*words: str) -> Any:
    """Return a field for one of some words, the first being what holds where none is said."""

    def read(value: Any) -> str:
        if value not in words:
            raise SpecError(f"wanted {' or '.join(words)}, got {_shown(value)}")
        return str(value)

    return _field(read, words[0])


def fraction(default: Any = _MISSING) -> Any:
    """Return a field for a number from 0 to below 1."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
            raise SpecError(f"wanted a number from 0 to below 1, got {_shown(value)}")
        return float(value)

    return _field(read, default)


def optional() -> Any:
    """Return a field for a whole number from 1 on, or nothing."""
    return _field(lambda value: None if value is None else _whole(value, 1), None)


def optional_flag() -> Any:
    """Return a field for true, false, or nothing."""

    def read(value: Any) -> bool | None:
        if value is not None and type(value) is not bool:
            raise SpecError(f"wanted true or false, got {_shown(value)}")
        return value

    return _field(read, None)


def inner() -> Any:
    """Return a field for the layers inside a layer, which whoever makes it has read."""
    return _field(lambda value: value if isinstance(value, tuple) else (value,), ())


def read_fields(kind: type, values: dict[str, Any]) -> Any:
    """Return the layer of a kind with these values of its fields; raises SpecError for one that it cannot have."""
    known = {each.name: each for each in dataclasses.fields(kind)}
    for name in values:
        if name not in known:
            raise SpecError(f"has no field {ascii(name)[:30]}; it has {', '.join(known) or 'none'}")
    read = {}
    for name, value in values.items():
        with errors_of(name):
            read[name] = known[name].metadata["read"](value)
    for name, each in known.items():
        if name not in read and each.default is _MISSING:
            raise SpecError(f"{name} is missing")
    return kind(**read)

"""A network said in a file: TOML or JSON, read within limits and checked key by key.

    shape       "2-3-1" or [2, 3, 1]                          wanted
    activation  a name or a formula, or a list of them: one, or one per layer
    cost        a name or a formula
    title, author, date, language                             what documents say
    seed        a whole number: of the start of a training, and of the points of the checks

Nothing here opens a file: whoever reads one hands over its text.
"""

from __future__ import annotations

import datetime
import difflib
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.network.labels import check_label
from symbackprop.network.model import Network, mlp

__all__ = ["LARGEST_SPEC", "Spec", "spec_from_mapping", "spec_from_text"]

LARGEST_SPEC = 16 * 1024  # bytes
LARGEST_SEED = 2**32 - 1  # the largest that every generator of random numbers takes

# Counted before parsing, without a look at what is inside quotes, so that nothing can hide from the count: tomllib
# takes time quadratic in the dots of a key, and both parsers recurse once for each bracket.
MOST_DOTS = 500
MOST_BRACKETS = 100

_TRY = 'try shape = "2-3-1"'
_KINDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a fraction",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a network file says: the network, and what commands and documents take from it where it is given."""

    network: Network
    author: str | None = None
    date: str | None = None
    language: str | None = None
    seed: int | None = None


def spec_from_text(text: str, *, kind: str, where: str) -> Spec:
    """Return what the text of a network file says; `kind` is toml or json, `where` names the file in messages.

    Raises SpecError for text that is no table of the known keys, and what `mlp` raises; always one line."""
    if kind not in _PARSERS:
        raise SpecError(f"{where}: a network file ends in {' or '.join(f'.{known}' for known in _PARSERS)}")
    if (size := len(text.encode("utf-8", "surrogatepass"))) > LARGEST_SPEC:
        raise SpecError(f"{where} has {size:,} bytes, at most {LARGEST_SPEC:,}; {_TRY}")
    for counted, most, what in ((".", MOST_DOTS, "dots"), ("[{", MOST_BRACKETS, "opening brackets")):
        if (found := sum(map(text.count, counted))) > most:
            raise SpecError(f"{where} has {found:,} {what}, at most {most}; a network needs few; {_TRY}")
    try:
        table = _PARSERS[kind](text)
    except SpecError as error:
        raise SpecError(f"{where}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise SpecError(f"{where} is not {kind.upper()}: {_one_line(str(error))}; {_TRY}") from None
    return spec_from_mapping(table, where=where)


def spec_from_mapping(table: object, *, where: str) -> Spec:
    """Return what a table says, its keys being those of a network file.

    Raises SpecError for a key that is unknown, missing, or of the wrong type, and what `mlp` raises."""
    try:
        return _spec(table)
    except SymbackpropError as error:
        raise type(error)(f"{where}: {error}") from None


def _spec(table: object) -> Spec:
    if not isinstance(table, Mapping):
        raise SpecError(f"wanted a table of keys and values, got {_kind(table)}; {_TRY}")
    for key in table:
        if key not in _READERS:
            raise SpecError(_unknown(key))
    if {"activation", "activations"} <= table.keys():
        raise SpecError("activation and activations are both given; keep one of them")
    if "shape" not in table:
        raise SpecError(f"shape is missing; {_TRY}")
    read: dict[str, Any] = {key: _READERS[key](key, value) for key, value in table.items()}
    activation = read.get("activation", read.get("activations", "sigmoid"))
    network = mlp(read["shape"], activation, read.get("cost", "quadratic"), title=read.get("title"))
    return Spec(network, read.get("author"), read.get("date"), read.get("language"), read.get("seed"))


def _unknown(key: object) -> str:
    shown = ascii(key)[:60]
    close = difflib.get_close_matches(str(key).lower(), _READERS, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"key {shown} is unknown; {hint}known: {', '.join(key for key in _READERS if key != 'activations')}"


def _shape(key: str, value: object) -> str | list[int]:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        for place, width in enumerate(value):
            if type(width) is not int:  # true is an int, too
                raise SpecError(f"{key}[{place}]: wanted a whole number, got {_kind(width)}; {_TRY}")
        return value
    raise SpecError(f"{key}: wanted text or a list of whole numbers, got {_kind(value)}; {_TRY}")


def _activation(key: str, value: object) -> str | list[str]:
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        raise SpecError(f'{key}: wanted text or a list of text, got {_kind(value)}; try {key} = "sigmoid"')
    return [_text(f"{key}[{place}]", part) for place, part in enumerate(value)]


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SpecError(f"{key}: wanted text, got {_kind(value)}; write it between quotes")
    return value


def _label(key: str, value: object) -> str:
    return check_label(_text(key, value), key)


def _date(key: str, value: object) -> str:
    return str(value) if type(value) is datetime.date else _label(key, value)


def _seed(key: str, value: object) -> int:
    if type(value) is not int:
        raise SpecError(f"{key}: wanted a whole number, got {_kind(value)}; try {key} = 0")
    if not 0 <= value <= LARGEST_SEED:
        raise SpecError(f"{key}: wanted a number from 0 to {LARGEST_SEED}; try {key} = 0")
    return value


_READERS: dict[str, Callable[[str, object], Any]] = {
    "shape": _shape,
    "activation": _activation,
    "activations": _activation,
    "cost": _text,
    "title": _label,
    "author": _label,
    "date": _date,
    "language": _label,
    "seed": _seed,
}


def _kind(value: object) -> str:
    """Return what a value is, in words of a file rather than of Python."""
    if value is None:
        return "null"
    if isinstance(value, datetime.date | datetime.time):
        return "a date"
    return _KINDS.get(type(value), type(value).__name__)


def _one_line(text: str) -> str:
    """Return a parser's complaint without anything that a line cannot show."""
    text = text.partition("; use sys.set_int")[0]  # advice of Python's for whoever writes programs
    return text[:200] if text.isprintable() else ascii(text[:200])


def _from_json(text: str) -> object:
    return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)


def _without_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    table: dict[str, object] = {}
    for key, value in pairs:
        if key in table:
            raise SpecError(f"key {ascii(key)[:60]} is given twice; keep one of them")
        table[key] = value
    return table


def _refuse_constant(name: str) -> NoReturn:
    raise SpecError(f"{name} is no number of JSON; give a finite one")


_PARSERS: dict[str, Callable[[str], object]] = {"toml": tomllib.loads, "json": _from_json}

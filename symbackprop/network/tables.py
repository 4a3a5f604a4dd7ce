"""Files of keys and values, TOML or JSON: read within limits, before any key is looked at.

Nothing here opens a file: whoever reads one hands over its text.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NoReturn

from symbackprop.errors import SpecError

LARGEST_TABLE = 16 * 1024  # bytes

# Counted before parsing, without a look at what is inside quotes, so that nothing can hide from the count: tomllib
# takes time quadratic in the dots of a key, and both parsers recurse once for each bracket.
MOST_DOTS = 500
MOST_BRACKETS = 100

_KINDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a fraction",
    Fraction: "a number",
    list: "a list",
    dict: "a table",
}


def table_from_text(
    text: str, *, kind: str, where: str, advice: str, number: Callable[[str], object] = float
) -> Mapping[str, Any]:
    """Return the table that a text is; `kind` is toml or json, `where` names the file in messages.

    `number` reads what is written with a point or an exponent; `advice` is what a message says to try.
    Raises SpecError for what is too long, no TOML or JSON, or no table, and what `number` raises; always one line."""
    if kind not in _PARSERS:
        raise SpecError(f"{where}: such a file ends in {' or '.join(f'.{known}' for known in _PARSERS)}")
    if (size := len(text.encode("utf-8", "surrogatepass"))) > LARGEST_TABLE:
        raise SpecError(f"{where} has {size:,} bytes, at most {LARGEST_TABLE:,}; {advice}")
    for counted, most, what in ((".", MOST_DOTS, "dots"), ("[{", MOST_BRACKETS, "opening brackets")):
        if (found := sum(map(text.count, counted))) > most:
            raise SpecError(f"{where} has {found:,} {what}, at most {most}; a network needs few; {advice}")
    try:
        table = _PARSERS[kind](text, number)
    except SpecError as error:
        raise SpecError(f"{where}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise SpecError(f"{where} is not {kind.upper()}: {_one_line(str(error))}; {advice}") from None
    if not isinstance(table, Mapping):
        raise SpecError(f"{where}: wanted a table of keys and values, got {kind_of(table)}; {advice}")
    return table


def kind_of(value: object) -> str:
    """Return what a value is, in words of a file rather than of Python."""
    if value is None:
        return "null"
    if isinstance(value, datetime.date | datetime.time):
        return "a date"
    return _KINDS.get(type(value), type(value).__name__)


def unknown_key(key: object, names: Iterable[str], *, known: Iterable[str]) -> str:
    """Return what is said of a key that a table may not have: the closest of the names, and those that are known."""
    by_small = {name.lower(): name for name in names}
    close = difflib.get_close_matches(str(key).lower(), by_small, n=1)
    hint = f"did you mean {by_small[close[0]]!r}? " if close else ""
    return f"key {ascii(key)[:60]} is unknown; {hint}known: {', '.join(known)}"


def _one_line(text: str) -> str:
    """Return a parser's complaint without anything that a line cannot show."""
    text = text.partition("; use sys.set_int")[0]  # advice of Python's for whoever writes programs
    return text[:200] if text.isprintable() else ascii(text[:200])


def _from_toml(text: str, number: Callable[[str], object]) -> object:
    import tomllib  # here, as json below: a shape is no file of either

    return tomllib.loads(text, parse_float=number)


def _from_json(text: str, number: Callable[[str], object]) -> object:
    import json

    return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant, parse_float=number)


def _without_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    table: dict[str, object] = {}
    for key, value in pairs:
        if key in table:
            raise SpecError(f"key {ascii(key)[:60]} is given twice; keep one of them")
        table[key] = value
    return table


def _refuse_constant(name: str) -> NoReturn:
    raise SpecError(f"{name} is no number of JSON; give a finite one")


_PARSERS: Mapping[str, Callable[[str, Callable[[str], object]], object]] = {"toml": _from_toml, "json": _from_json}

"""Which letters a derivation is written in: delta=e,w=theta -> {"delta": "e", "w": "theta"}."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symbackprop.errors import SpecError

_NOTHING: Mapping[str, str] = MappingProxyType({})


def pairs_of(what: str, given: tuple[str, ...], wanted: str) -> dict[str, str]:
    """Return {"delta": "e"} from texts such as 'delta=e,w=theta'; raises SpecError for a text of another form."""
    found: dict[str, str] = {}
    for pair in (pair for text in given for pair in text.split(",")):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and value):
            raise SpecError(f"{what}: got {pair[:40]!a}, wanted {wanted}")
        if name in found:
            raise SpecError(f"{what}: {name[:40]} is said twice; keep one of them")
        found[name] = value
    return found


def symbols_of(given: tuple[str, ...], weights: str | None, told: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """Return the letters to be renamed, {"delta": "e"}: those that a file has `told`, and what was `given` instead.

    Raises SpecError for a text of another form."""
    texts = given if weights is None else (*given, f"w={weights}")
    return {**told, **pairs_of("symbols", texts, "LETTER=LETTER; try --symbols delta=e")}

"""Which letters a derivation is written in: delta=e,w=theta -> {"delta": "e", "w": "theta"}."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symbackprop.errors import SpecError

__all__ = ["LETTERS", "pairs_of", "symbols_of"]

# what may be called differently: the letters of notation, of the general equations, and the indices
LETTERS = ("w", "b", "z", "a", "x", "y", "delta", "C", "sigma", "eta", "L", "l", "n", "m", "i", "j", "k", "s")

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

    Raises SpecError for a text of another form, and where two letters would look the same."""
    texts = given if weights is None else (*given, f"w={weights}")
    symbols = {**told, **pairs_of("symbols", texts, "LETTER=LETTER; try --symbols delta=e")}
    for letter in symbols:
        if letter not in LETTERS:
            raise SpecError(f"symbols: {letter[:40]!a} is no letter of the derivation; known: {', '.join(LETTERS)}")
    shown: dict[str, str] = {}
    for letter in LETTERS:
        look = symbols.get(letter, letter).removeprefix("\\")
        if look in shown:
            raise SpecError(f"symbols: {shown[look]} and {letter} would both be written {look[:40]!a}; choose another")
        shown[look] = letter
    return symbols

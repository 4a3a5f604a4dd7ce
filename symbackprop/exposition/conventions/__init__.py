"""Everybody's notation: the conventions of books and programs, one file each, and a reader of one's own.

A convention is data: letters, where the layer stands, how the samples of a batch lie, what things are called. What is
derived is the same for all of them.

    convention_of("ng")         convention_of({"like": "ng", "symbols": {"delta": "e"}, "layer": "l"})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from symbackprop.calculus.equations import NOTATIONS
from symbackprop.errors import SpecError
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.network.labels import check_label
from symbackprop.registry import Registry

__all__ = ["CONVENTIONS", "Convention", "convention_of", "said_of"]

CONVENTIONS: Registry[Convention] = Registry("convention", __name__)

_KEYS = ("like", *(each.name for each in fields(Convention) if each.name != "name"))


def convention_of(said: str | Mapping[str, Any] | Convention | None) -> Convention:
    """Return a convention by its name, or one's own from a table; `like` names the one that the table changes.

    Raises UnknownNameError for a name that is none, SpecError for a key or an answer of the table."""
    if said is None or isinstance(said, Convention):
        return said or USUAL
    if isinstance(said, str):
        return CONVENTIONS[said]
    if not isinstance(said, Mapping):
        raise SpecError(f'convention: wanted a name or a table, got {type(said).__name__}; try convention = "ng"')
    for key in said:
        if key not in _KEYS:
            raise SpecError(f"convention: key {str(key)[:40]!a} is unknown; known: {', '.join(_KEYS)}")
    base = convention_of(said.get("like"))
    changes = {key: value for key, value in said.items() if key != "like"}
    if "symbols" in changes:
        changes["symbols"] = MappingProxyType({**base.symbols, **_letters(_texts("symbols", changes["symbols"]))})
    if "parameters" in changes:
        named = _texts("parameters", changes["parameters"])
        labels = {name: check_label(text, f"convention: parameters.{name[:40]}") for name, text in named.items()}
        changes["parameters"] = MappingProxyType(labels)
    for key in ("names", "notations"):
        if key in changes:
            changes[key] = _listed(key, changes[key])
    LANGUAGES["en"].with_names(changes.get("names", ()))  # each language knows the same ones
    for style in changes.get("notations", ()):
        NOTATIONS.canonical(style)
    if "source" in changes:
        check_label(changes["source"], "convention: source")
    if "samples" in changes and "notations" not in changes:  # those of a batch are shown as it is laid out
        layouts = {"rows": changes["samples"], "columns": changes["samples"]}
        changes["notations"] = tuple(layouts.get(style, style) for style in base.notations)
    return replace(base, name="own", **{"source": "", **changes})


def said_of(convention: Convention) -> str | dict[str, Any]:
    """Return what `convention_of` makes a convention of: its name, or a table of what is not usual in it."""
    if convention.name in CONVENTIONS and CONVENTIONS[convention.name] == convention:
        return convention.name
    parts = {each.name: getattr(convention, each.name) for each in fields(Convention) if each.name != "name"}
    told = {name: value for name, value in parts.items() if value != getattr(USUAL, name)}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in told.items()}


def _texts(key: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        example = {"symbols": 'delta = "e"', "parameters": 'w = "fc{l}.weight"'}[key]
        raise SpecError(f"convention: {key}: wanted a table of texts; try {key} = {{ {example} }}")
    return value


def _letters(symbols: Mapping[str, str]) -> Mapping[str, str]:
    from symbackprop.exposition.symbols import LETTERS, OTHERS, check_known  # which load SymPy

    check_known(symbols, (*LETTERS, *OTHERS, "sigmoid"))
    return symbols


def _listed(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple) or not all(isinstance(n, str) for n in value):
        example = {"names": "loss", "notations": "rows"}[key]
        raise SpecError(f'convention: {key}: wanted a list of texts; try {key} = ["{example}"]')
    return tuple(value)

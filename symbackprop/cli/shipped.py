"""The examples of equations that are shipped, by their names: `symbackprop derive attention`."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping

from symbackprop.errors import UnknownNameError

LONGEST_SHOWN = 60


def examples() -> Mapping[str, str]:
    """Return the text of every shipped example of equations, by its name."""
    from importlib import resources

    folder = resources.files("symbackprop.network.examples")
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".eq")), key=lambda each: each.name)
    return {each.name.removesuffix(".eq"): each.read_text(encoding="utf-8") for each in files}


def check_not_misspelt(text: str) -> None:
    """Raise UnknownNameError for a word, which is no shape, with the example that may be meant."""
    if not text.isascii() or not all(word.isidentifier() for word in text.split("-")):
        return
    close = difflib.get_close_matches(spelt(text), known := list(examples()), n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
    raise UnknownNameError(
        f"network {shown!r} is unknown; {hint}give a shape such as 2-3-1, a file, or an example: {', '.join(known)}"
    )


def shipped_example(name: str) -> str | None:
    """Return the text of the shipped example of that name, layer_norm or Layer-Norm, if no file is called so."""
    if not spelt(name).isidentifier() or os.path.isfile(name):
        return None
    return examples().get(spelt(name))


def spelt(name: str) -> str:
    """Return a name as the examples are called: layer_norm for Layer-Norm."""
    return name.lower().replace("-", "_")

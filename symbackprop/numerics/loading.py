"""Our own text, loaded: the one place at which written code becomes functions."""

from __future__ import annotations

import builtins
from typing import Any

__all__ = ["loaded"]


def loaded(source: str) -> dict[str, Any]:
    """Return what a generated text defines: our own text, in which every name comes from an internal table.

    It has no name of a module: a tracer such as torch.compile would look for a file that is called so."""
    names: dict[str, Any] = {}
    exec(builtins.compile(source, "<symbackprop gradient>", "exec"), names)
    return names

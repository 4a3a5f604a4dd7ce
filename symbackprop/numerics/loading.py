"""Our own text, loaded: the one place at which written code becomes functions."""

from __future__ import annotations

import builtins
from typing import Any

__all__ = ["loaded"]


def loaded(source: str) -> dict[str, Any]:
    """Return what a generated text defines: our own text, in which every name comes from an internal table."""
    names: dict[str, Any] = {"__name__": "symbackprop_gradient"}
    exec(builtins.compile(source, "<symbackprop gradient>", "exec"), names)
    return names

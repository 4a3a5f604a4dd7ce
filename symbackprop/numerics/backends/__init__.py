"""The languages in which a derived gradient can be run: one registry, fed by the modules of this folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symbackprop.numerics.plan import Plan
from symbackprop.registry import Registry

__all__ = ["BACKENDS", "Backend"]


@dataclass(frozen=True, slots=True)
class Backend:
    """How a plan becomes something that runs.

    `source` writes it as a self-contained text that defines `gradient(params, x, y)`; `prepare` imports what that
    text needs, or raises MissingExtraError with the way to install it."""

    name: str
    source: Callable[[Plan], str]
    prepare: Callable[[], Any]


BACKENDS: Registry[Backend] = Registry("backend", __name__)

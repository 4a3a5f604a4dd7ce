"""The languages in which a derived gradient can be run: one registry, fed by the modules of this folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symbackprop.frozen import dataclass
from symbackprop.numerics.engines.engine import Engine
from symbackprop.numerics.plan import Plan
from symbackprop.registry import Registry

__all__ = ["BACKENDS", "Backend"]


@dataclass(frozen=True, slots=True)
class Backend:
    """How what was derived becomes something that runs.

    `source` writes the plan of a chain of dense layers as a self-contained text that defines `gradient(params, x, y)`.
    A backend with an `engine` instead writes any program, translated to a library that differentiates. `prepare`
    imports what the text needs and returns it, or raises MissingExtraError with the way to install it."""

    name: str
    source: Callable[[Plan], str] | None = None
    prepare: Callable[[], Any] = lambda: None
    engine: Engine | None = None


BACKENDS: Registry[Backend] = Registry("backend", __name__)

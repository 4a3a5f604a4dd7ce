"""Our own text, loaded: the one place at which written code becomes functions."""

from __future__ import annotations

import builtins
from functools import cache
from typing import Any

import numpy as np


def loaded(source: str) -> dict[str, Any]:
    """Return what a generated text defines: our own text, in which every name comes from an internal table.

    It has no name of a module: a tracer such as torch.compile would look for a file that is called so."""
    _keep_freed_memory()
    names: dict[str, Any] = {}
    # as a file of its own: without the annotations that this module leaves unevaluated
    exec(builtins.compile(source, "<symbackprop gradient>", "exec", dont_inherit=True), names)
    return names


@cache
def _keep_freed_memory() -> None:
    """Let the C library keep arrays that are freed for the next ones, once for all.

    glibc gives freed memory back to the system beyond twice the size of the largest block that was ever freed, up to
    32 MiB (mallopt(3), M_MMAP_THRESHOLD). A function that makes and drops many arrays then asks for the same pages at
    every call: more than half of the time of a small convolutional network. One such block, never touched and freed at
    once, ends that; elsewhere it does nothing."""
    np.empty((32 << 20) - (64 << 10), dtype=np.uint8)

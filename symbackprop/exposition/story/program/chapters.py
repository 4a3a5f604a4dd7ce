"""The chapters of the story of any program, by the key of their section, which is also what `only` calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from symbackprop.exposition.selection import Story
from symbackprop.exposition.story.program import arrays, computation, descent, onepage, proof, rates, reverse
from symbackprop.exposition.story.program.telling import ProgramTelling

PROGRAM_CHAPTERS: Mapping[str, Callable[[ProgramTelling], Story]] = MappingProxyType(
    {
        "arrays": arrays.tell,
        "computation": computation.tell,
        "rates": rates.tell,
        "reverse": reverse.tell,
        "onepage": onepage.tell,
        "descent": descent.tell,
        "evidence": proof.tell,
    }
)

"""How a chapter speaks: headings, paragraphs and remarks by their keys, in the words of one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.derivation import Step
from symbackprop.exposition.document import CheckRow, Figure, Heading, Note, Picture, Prose, Steps, Text
from symbackprop.exposition.languages import Language, Part
from symbackprop.exposition.mathtext.convention import Convention

if TYPE_CHECKING:
    from symbackprop.calculus.reverse import ProgramDerivation

_NO_PARTS: Mapping[str, Part] = MappingProxyType({})


class Speaking:
    """What a story of any kind is told with: the sentences of a `language`, numeric `checks` made elsewhere.

    Layers are counted as its `convention` does; `notations` are the styles that were asked for, none for those of the
    story."""

    derivation: Derivation | ProgramDerivation
    language: Language
    checks: tuple[CheckRow, ...]
    convention: Convention
    notations: tuple[str, ...]

    def layer(self, number: int) -> int:
        """Return the number of a layer as the convention counts."""
        return number + self.convention.first

    @property
    def checked_steps(self) -> tuple[Step, ...]:
        """Every checked step of the derivation."""
        return self.derivation.steps

    @property
    def say(self) -> Callable[..., Text]:
        """What says a sentence of the language with its parts in their places."""
        return self.language.say

    def section(self, key: str, **parts: Part) -> Heading:
        """Return the heading of a section, which can be referred to by `key`."""
        sentence = self.sentence_of_section(key)
        return Heading(self.say(sentence), level=1, key=key, slide=self._slide(sentence, parts) or ())

    def sentence_of_section(self, key: str) -> str:
        """Return the key of what the heading of a section says."""
        return f"section.{key}"

    def part(self, key: str, parts: Mapping[str, Part] = _NO_PARTS) -> Heading:
        """Return the heading of a part of a section."""
        slide = self._slide(f"part.{key}", parts) or ()
        return Heading(self.say(f"part.{key}", **parts), level=2, key=key, slide=slide)

    def heading_of_sheet(self, key: str) -> Heading:
        """Return the heading of a part of the one page, or the one slide, that tells all."""
        return Heading(self.say(f"sheet.{key}"), key=key)

    def prose(self, key: str, **parts: Part) -> Prose:
        """Return the paragraph called `key`, and what a slide shows of it where the language says so."""
        return Prose(self.language.sentence(key, parts), self._slide(key, parts))

    def _slide(self, key: str, parts: Mapping[str, Part]) -> Text | None:
        key = f"{key}.slide"
        return self.language.sentence(key, parts) if key in self.language else None

    def figure(self, key: str, picture: Picture, *, alt: str, **parts: Part) -> Figure:
        """Return a picture with the caption called `key`, and with what a slide says below it."""
        shown = self._slide(key, parts)
        whole = Figure(picture, self.language.sentence(key, parts), alt)
        return whole if shown is None else replace(whole, slide=replace(whole, caption=shown))

    def first_said(self, keys: Sequence[str], parts: Mapping[str, Part], *, brief: bool) -> Text:
        """Return the first of some sentences, the most particular first, that the language has; else no words."""
        spoken = (key for key in (f"{key}.brief" * brief or key for key in keys) if key in self.language)
        key = next(spoken, None)
        return () if key is None else self.language.sentence(key, parts)

    def note(self, key: str, parts: Mapping[str, Part] = _NO_PARTS) -> Note:
        """Return the remark called `key`, with its title."""
        return Note(self.say(f"note.{key}.title"), self.say(f"note.{key}", **parts))


def without_reasons(steps: Steps) -> Steps:
    """Return lines without their reasons, as one page has room for them."""
    return replace(steps, lines=tuple(replace(line, reason=()) for line in steps.lines))

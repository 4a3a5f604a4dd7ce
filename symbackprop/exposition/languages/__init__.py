"""The words of the story, one language per file: a key names a sentence, placeholders stand for the mathematics.

    "link.input": "The weighted sum {z} grows by {a} when {w} grows by one …"

A sentence holds no formula of its own: what stands in braces is put in from the derivation. `*words*` are stressed,
`{section:last}` is the number of a section, `{count:one equation|# equations}` the one or the other by the number. A
further language is one further file with the same keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from string import Formatter
from types import MappingProxyType
from typing import TypeAlias

from sympy import Basic

from symbackprop.calculus.matrices import Matrix
from symbackprop.errors import UnknownNameError
from symbackprop.exposition.document import Document, Emphasis, Formula, Reference, Segment, Text
from symbackprop.exposition.languages.clauses import worded
from symbackprop.frozen import dataclass
from symbackprop.registry import Registry

__all__ = ["DECIMALS", "LANGUAGES", "Language", "Part", "language_of"]

DECIMALS = {"comma": ",", "point": "."}
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
LONGEST_TOGETHER = 10_000  # smaller numbers are written without a sign between their thousands

Part: TypeAlias = str | int | Formula | Basic | Matrix | tuple[Segment, ...]  # what may take the place of a placeholder


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code (ISO 639-1), its own name, its sentences, and how it words the clauses of messages.

    `remarks` are the templates of what a diagnosis says. What has no words of its own is shown in English. `names` are
    other names of things, {"loss": {"the cost": "the loss", …}}: what is said with one of them instead, of words, or of
    the whole sentence with that key. `instead` is what was put in by `with_names`, which remarks get as well."""

    code: str
    name: str
    sentences: Mapping[str, str]
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    remarks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    instead: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a sentence under that key."""
        return key in self.sentences

    def say(self, key: str, **parts: Part) -> Text:
        """Return the sentence called `key` with the parts in their places."""
        return self.sentence(key, parts)

    def sentence(self, key: str, parts: Mapping[str, Part]) -> Text:
        """Return the sentence called `key` with the parts of a table in their places."""
        text: list[Segment] = []
        for words, name, more, _ in Formatter().parse(self.sentences[key]):
            text += _stressed(words)
            if name == "section":
                text.append(Reference(more or "", self._title(more or "")))
            elif name and more:
                text += _stressed(self._counted(parts[name], *more.split("|")))
            elif name:
                text += self._segments(parts[name])
        return _joined(text)

    def _title(self, section: str) -> Text:
        """Return the title of a section between the quotation marks of the language."""
        before, after = self.sentences["quoted"].split("…")
        return (before, *self.say(f"section.{section}"), after)

    def _counted(self, count: Part, one: str, many: str) -> str:
        """Return the words for one, or those for many with the number in the place of #."""
        return one if count == 1 else many.replace("#", self.number(count) if isinstance(count, int) else str(count))

    def _segments(self, part: Part) -> tuple[Segment, ...]:
        if isinstance(part, tuple):
            return part
        if isinstance(part, str | Formula):
            return (part,)
        return (self.number(part),) if isinstance(part, int) else (Formula((part,)),)

    @property
    def number_signs(self) -> dict[str, str]:
        """The signs of a number: before its decimals, and between its thousands."""
        return {name: self.sentences[name] for name in ("decimal", "thousands")}

    @property
    def formula_words(self) -> dict[str, str]:
        """The words and signs that stand in formulas: 'otherwise', and those of numbers."""
        return {"otherwise": self.words("word.otherwise"), **self.number_signs}

    def with_decimal(self, sign: str) -> Language:
        """Return the language with a comma or a point before decimals; as it is where `sign` is 'language'.

        A thin space parts the thousands then, as both are signs between thousands elsewhere."""
        if sign == "language":
            return self
        signs = {"decimal": DECIMALS[sign], "thousands": "\u202f"}
        return (
            self
            if signs["decimal"] == self.sentences["decimal"]
            else replace(self, sentences={**self.sentences, **signs})
        )

    def with_names(self, names: Sequence[str]) -> Language:
        """Return the language with other names of things, all of them put in at once; as it is without any.

        Raises UnknownNameError for a name that it does not know."""
        if not names:
            return self
        instead = self._instead(names)
        renamed = _renaming(instead)
        sentences = {key: instead.get(key) or renamed(text) for key, text in self.sentences.items()}
        return replace(self, sentences=sentences, names={}, instead=instead)

    def renamed(self, text: str, names: Sequence[str]) -> str:
        """Return a text in the language with other names of things; raises as `with_names` does."""
        return _renaming(self._instead(names))(text) if names else text

    def _instead(self, names: Sequence[str]) -> dict[str, str]:
        instead: dict[str, str] = {}
        for name in names:
            if name not in self.names:
                raise UnknownNameError(f"name {name[:40]!a} is unknown; known: {', '.join(self.names)}")
            instead |= self.names[name]
        return instead | {_begun(before): _begun(after) for before, after in instead.items()}

    def number(self, value: int) -> str:
        """Return a whole number as the language writes it: 23,860; four digits stay together."""
        return str(value) if value < LONGEST_TOGETHER else f"{value:,}".replace(",", self.sentences["thousands"])

    def decimals(self, text: str) -> str:
        """Return a text with the sign of the language before the decimals of its numbers: 6,9e-16."""
        return _DECIMAL.sub(self.sentences["decimal"], text)

    def worded(self, text: str) -> str:
        """Return a text of ours, a message or what a diagnosis says, in words of the language where it has any."""
        from symbackprop.calculus.diagnosis import Remark  # of a diagnosis alone, which nothing else has to load

        if not isinstance(text, Remark):
            return self.remarks.get(text) or worded(text, self.clauses, self.number)
        wording = _renaming(self.instead)(self.remarks.get(text.template, text.template))
        parts = {name: self.worded(part) if isinstance(part, str) else part for name, part in text.parts.items()}
        return self.decimals(wording.format(**parts) if parts else wording)

    def titled(self, title: str) -> str:
        """Return the title of an example that is shipped in the language; another title is somebody's own."""
        return self.clauses.get(title, title)

    def words(self, key: str) -> str:
        """Return the sentence called `key`, which has neither placeholders nor stress."""
        return self.sentences[key]


def _stressed(words: str) -> list[Segment]:
    """Return the words with every second piece between asterisks stressed."""
    pieces = words.split("*")
    return [Emphasis(piece) if place % 2 else piece for place, piece in enumerate(pieces) if piece]


def _joined(text: list[Segment]) -> Text:
    """Return the text with neighbouring words made one segment."""
    joined: list[Segment] = []
    for segment in text:
        if isinstance(segment, str) and joined and isinstance(joined[-1], str):
            joined[-1] += segment
        else:
            joined.append(segment)
    return tuple(joined)


def _renaming(instead: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts words in for others, the longest first, and none between braces."""
    if not instead:
        return str
    longest = "|".join(map(re.escape, sorted(instead, key=len, reverse=True)))
    found = re.compile(rf"\{{[^}}]*\}}|(?<!\w)(?:{longest})(?!\w)")
    return partial(found.sub, lambda match: instead.get(match[0], match[0]))


def _begun(words: str) -> str:
    """Return words as they begin a sentence."""
    return words[:1].upper() + words[1:]


def language_of(document: Document) -> Language:
    """Return the language that a document is told in, with the names of things of its convention."""
    return LANGUAGES[document.language].with_names(document.convention.names)


LANGUAGES: Registry[Language] = Registry("language", __name__)

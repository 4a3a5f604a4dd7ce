"""The one walk over a document: its blocks, each with its neighbours, and the parts of its sentences.

    class Html(DocumentWriter[str]):    _prose(block) -> "<p>…</p>"    _emphasis(words) -> "<em>…</em>"

A format says how each kind of part looks and nothing else. Which kind a part is, what stands before and after it, and
the numbers of pictures and tables are found here, for every format that writes a whole document.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import field
from functools import partial
from itertools import count
from typing import ClassVar, Generic, TypeVar

from symbackprop.exposition import document as doc
from symbackprop.exposition.mathtext.style import Style
from symbackprop.frozen import dataclass

Shown = TypeVar("Shown")  # what a block comes out as: text, or elements


@dataclass(frozen=True)
class DocumentWriter(ABC, Generic[Shown]):
    """Writes the blocks of one document; `numbers` count its pictures, its tables, and what else a format counts."""

    FORMAT: ClassVar[str]

    document: doc.Document
    numbers: defaultdict[str, Iterator[int]] = field(
        default_factory=lambda: defaultdict(partial(count, 1)), kw_only=True, compare=False, repr=False
    )

    @property
    def style(self) -> Style:
        """How formulas look."""
        return self.document.style

    def around(self) -> Iterator[tuple[doc.Block | None, doc.Block, doc.Block | None]]:
        """Yield every block with the one before it and the one after it."""
        blocks = self.document.blocks
        yield from zip((None, *blocks), blocks, (*blocks[1:], None), strict=False)

    def counted(self, kind: str) -> tuple[str, int]:
        """Return the word for a 'figure' or a 'table', and the number of the next one."""
        return self.document.words[kind], next(self.numbers[kind])

    def block(self, block: doc.Block) -> Shown:
        """Return a block; raises TypeError for what is none."""
        match block:
            case doc.Heading():
                return self._heading(block)
            case doc.Prose(text):
                return self._prose(text)
            case doc.Display():
                return self._display(block)
            case doc.Steps():
                return self._steps(block)
            case doc.Figure():
                return self._figure(block)
            case doc.Table():
                return self._table(block)
            case doc.Code(text, language):
                return self._code(text, language)
            case doc.Note(title, text):
                return self._note(title, text)
        raise TypeError(f"no {self.FORMAT} for the block {type(block).__name__}")

    @abstractmethod
    def _heading(self, block: doc.Heading) -> Shown: ...

    @abstractmethod
    def _prose(self, text: doc.Text) -> Shown: ...

    @abstractmethod
    def _display(self, block: doc.Display) -> Shown: ...

    @abstractmethod
    def _steps(self, block: doc.Steps) -> Shown: ...

    @abstractmethod
    def _figure(self, block: doc.Figure) -> Shown: ...

    @abstractmethod
    def _table(self, block: doc.Table) -> Shown: ...

    @abstractmethod
    def _code(self, text: str, language: str) -> Shown: ...

    @abstractmethod
    def _note(self, title: doc.Text, text: doc.Text) -> Shown: ...


class TextWriter(DocumentWriter[str]):
    """Writes a document as text."""

    def text(self, text: doc.Text) -> str:
        """Return a sentence."""
        return "".join(map(self._segment, text))

    def _segment(self, segment: doc.Segment) -> str:
        match segment:
            case doc.Formula():
                return self._inline(segment)
            case doc.Emphasis(words):
                return self._emphasis(words)
            case doc.Reference(key):
                return self._reference(key)
            case str():
                return self._words(segment)

    @abstractmethod
    def _inline(self, formula: doc.Formula) -> str: ...

    @abstractmethod
    def _emphasis(self, words: str) -> str: ...

    @abstractmethod
    def _reference(self, key: str) -> str: ...

    @abstractmethod
    def _words(self, words: str) -> str: ...

r"""Markdown as GitHub shows it: mathematics in ```math blocks and $`…`$, pictures as Mermaid.

GitHub refuses \operatorname, \phantom and \mbox, and lets Markdown's own signs into $…$ but not into $`…`$.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import singledispatchmethod
from itertools import count
from typing import Any

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import (
    Block,
    Code,
    Display,
    Document,
    Emphasis,
    Figure,
    Formula,
    Heading,
    Note,
    Prose,
    Reference,
    Segment,
    Steps,
    Table,
    Text,
    lefts_of,
)
from symbackprop.exposition.figures.mermaid import mermaid
from symbackprop.exposition.formats import FORMATS, Files, Format
from symbackprop.exposition.formulas import SIGNS, formula_latex, side_boxes
from symbackprop.exposition.linebreaking import rows
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.options import Options

__all__ = ["write"]

WIDEST = 44.0  # em of a row of mathematics in a column of text
_ALIGNED = {"l": ":--", "r": "--:", "c": ":-:", "p": ":--"}
_SIGNS_OF_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|&$~])")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # of ASCII; a backslash makes each of them harmless
_SIGNS_OF_TEX = re.compile(r"([\\{}$&#%_^~])")


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return the document as one file."""
    writer = _Writer(document)
    head = [f"# {_literal(document.title)}"]
    head += [_literal(text) for text in (document.author, document.date) if text]
    blocks = [writer.block(block) for block in document.blocks]
    return {"derivation.md": "\n\n".join([*head, *blocks]) + "\n"}


def _literal(text: str) -> str:
    """Return a user's text so that nothing in it is markup, a link or a mention."""
    return _PUNCTUATION.sub(r"\\\1", text)


def _words(text: str) -> str:
    """Return words of ours; they hold no markup, but may hold its signs."""
    return _SIGNS_OF_MARKDOWN.sub(r"\\\1", text)


def _fenced(kind: str, text: str) -> str:
    return f"```{kind}\n{text}\n```"


@dataclass(frozen=True)
class _Writer:
    """Writes the blocks of one document, counting pictures and tables."""

    document: Document
    numbers: dict[str, Any] = field(default_factory=lambda: {"figure": count(1), "table": count(1)})

    def text(self, text: Text) -> str:
        return "".join(map(self._segment, text))

    def _segment(self, segment: Segment) -> str:
        match segment:
            case Formula():
                return f"$`{self._formula(segment)}`$"
            case Emphasis(words):
                return f"*{_words(words)}*"
            case Reference(key):
                return str(self.document.sections[key])
            case str():
                return _words(segment)

    def _formula(self, formula: Formula) -> str:
        """Return a formula without its colours, which not every reader of Markdown knows."""
        return formula_latex(Formula(formula.sides, formula.signs), self.document.style)

    @singledispatchmethod
    def block(self, block: Block) -> str:
        raise TypeError(f"no Markdown for the block {type(block).__name__}")

    @block.register
    def _(self, block: Heading) -> str:
        number = f"{self.document.sections[block.key]}. " if block.level == 1 else ""
        return f"{'#' * (block.level + 1)} {number}{self.text(block.text)}"

    @block.register
    def _(self, block: Prose) -> str:
        return self.text(block.text)

    @block.register
    def _(self, block: Display) -> str:
        formula = self._formula(block.formula)
        formula = rf"\boxed{{{formula}}}" if block.key else formula
        return _fenced("math", formula + (rf" \qquad \text{{({block.name})}}" if block.name else ""))

    @block.register
    def _(self, block: Steps) -> str:
        lines = []
        for line, left in zip(block.lines, lefts_of(block), strict=True):
            shown, right = side_boxes((left, line.right), self.document.style)
            before = "" if line.left is None else written(shown)
            first, *others = rows(right, WIDEST)
            reason = rf" && {self._reason(line.reason)}" if line.reason else ""
            lines.append(f"{before} &{SIGNS[line.sign].tex} {first}{reason}")
            lines += [rf"&\quad {other}" for other in others]
        body = " \\\\\n".join(lines)
        return _fenced("math", f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}")

    def _reason(self, reason: Text) -> str:
        """Return a reason within mathematics."""
        parts = [
            self._formula(part) if isinstance(part, Formula) else rf"\text{{{_SIGNS_OF_TEX.sub('', str(part))}}}"
            for part in reason
        ]
        return "".join(parts)

    @block.register
    def _(self, block: Figure) -> str:
        picture = _fenced("mermaid", mermaid(block.picture, self.document, block.alt))
        return f"{picture}\n\n{self._caption('figure', block.caption)}"

    @block.register
    def _(self, block: Table) -> str:
        lines = [self._row(block.header), f"| {' | '.join(_ALIGNED[column] for column in block.align)} |"]
        lines += [self._row(row) for row in block.rows]
        table = "\n".join(lines)
        return f"{self._caption('table', block.caption)}\n\n{table}" if block.caption else table

    def _row(self, cells: tuple[Text, ...]) -> str:
        return f"| {' | '.join(map(self.text, cells))} |"

    def _caption(self, word: str, text: Text) -> str:
        name, number = self.document.words[word], next(self.numbers[word])
        return f"**{name} {number}.** {self.text(text)}"

    @block.register
    def _(self, block: Code) -> str:
        longest = max((len(run) for run in re.findall("`+", block.text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{block.language}\n{block.text}\n{fence}"

    @block.register
    def _(self, block: Note) -> str:
        return f"> [!NOTE]\n> **{self.text(block.title)}.** {self.text(block.text)}"


FORMATS.add("markdown", Format("markdown", "derivation.md", write))

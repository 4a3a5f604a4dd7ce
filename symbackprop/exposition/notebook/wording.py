r"""Blocks as the Markdown of notebooks: mathematics between dollar signs, which MathJax sets, colours included.

A user's text is written in character references (&#36; for $), because a notebook looks for mathematics before it
looks for anything that a backslash has made harmless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import singledispatchmethod

from symbackprop.exposition.document import (
    Block,
    Code,
    Display,
    Document,
    Emphasis,
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
from symbackprop.exposition.formulas import SIGNS, formula_latex, side_boxes
from symbackprop.exposition.linebreaking import rows
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.unbroken import joined

__all__ = ["Wording", "literal"]

WIDEST = 44.0  # em of a row of mathematics
_ALIGNED = {"l": ":--", "r": "--:", "c": ":-:", "p": ":--"}
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_SIGNS_OF_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|&$~{}]")
_SIGNS_OF_TEX = re.compile(r"[\\{}$&#%_^~]")
_COMPARED = {"<": r"\lt ", ">": r"\gt "}  # as they are, a browser could take them for tags


def literal(text: str) -> str:
    """Return a user's text so that nothing in it is markup, mathematics or a link."""
    return _PUNCTUATION.sub(_reference, joined(text))


def _words(text: str) -> str:
    """Return words of ours; they hold no markup, but may hold its signs."""
    return _SIGNS_OF_MARKDOWN.sub(_reference, joined(text))


def _reference(sign: re.Match[str]) -> str:
    return f"&#{ord(sign[0])};"


def _safe(latex: str) -> str:
    return re.sub("[<>]", lambda sign: _COMPARED[sign[0]], latex)


@dataclass(frozen=True)
class Wording:
    """Writes the blocks of one document."""

    document: Document

    def text(self, text: Text) -> str:
        """Return a sentence."""
        return "".join(map(self._segment, text))

    def _segment(self, segment: Segment) -> str:
        match segment:
            case Formula():
                return f"${self._formula(segment)}$"
            case Emphasis(words):
                return f"*{_words(words)}*"
            case Reference(key):
                return str(self.document.sections[key])
            case str():
                return _words(segment)

    def _formula(self, formula: Formula) -> str:
        return _safe(formula_latex(formula, self.document.style))

    @singledispatchmethod
    def block(self, block: Block) -> str:
        """Return a block; raises TypeError for what is none, and for a figure, which a notebook draws by its code."""
        raise TypeError(f"no Markdown of notebooks for the block {type(block).__name__}")

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
        name = rf" \qquad \text{{({block.name})}}" if block.name else ""
        return f"$${formula}{name}$$"

    @block.register
    def _(self, block: Steps) -> str:
        lines = []
        for line, left in zip(block.lines, lefts_of(block), strict=True):
            shown, right = side_boxes((left, line.right), self.document.style, roles=line.roles)
            before = "" if line.left is None else written(shown)
            first, *others = rows(right, WIDEST)
            reason = rf" && {self._reason(line.reason)}" if line.reason else ""
            lines.append(f"{before} &{SIGNS[line.sign].tex} {written(first)}{reason}")
            lines += [rf"&\quad {written(other)}" for other in others]
        body = " \\\\\n".join(map(_safe, lines))
        return f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"

    def _reason(self, reason: Text) -> str:
        """Return a reason within mathematics."""
        parts = [
            self._formula(part) if isinstance(part, Formula) else rf"\text{{{_SIGNS_OF_TEX.sub('', str(part))}}}"
            for part in reason
        ]
        return "".join(parts)

    @block.register
    def _(self, block: Table) -> str:
        lines = [self._row(block.header), f"| {' | '.join(_ALIGNED[column] for column in block.align)} |"]
        lines += [self._row(row) for row in block.rows]
        caption = f"*{self.text(block.caption)}*\n\n" if block.caption else ""
        return caption + "\n".join(lines)

    def _row(self, cells: tuple[Text, ...]) -> str:
        return f"| {' | '.join(map(self.text, cells))} |"

    @block.register
    def _(self, block: Code) -> str:
        longest = max((len(run) for run in re.findall("`+", block.text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{block.language}\n{block.text}\n{fence}"

    @block.register
    def _(self, block: Note) -> str:
        return f"> **{self.text(block.title)}.** {self.text(block.text)}"

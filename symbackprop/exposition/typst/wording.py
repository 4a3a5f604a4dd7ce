"""Sentences and formulas as Typst: words are strings, so that nothing in them is markup or code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.exposition.document import Document, Emphasis, Formula, Line, Reference, Segment, Term, Text
from symbackprop.exposition.formulas import SIGNS, formula_box, side_boxes
from symbackprop.exposition.linebreaking import rows
from symbackprop.exposition.mathtext.boxes import Box, Relation
from symbackprop.exposition.mathtext.spoken import spoken
from symbackprop.exposition.mathtext.typst import literal, typst_math
from symbackprop.exposition.unbroken import pieces

__all__ = ["Wording", "worded"]


def worded(text: str) -> str:
    """Return words as content, no shape of them broken."""
    return "".join(f"#box({literal(each)});" if whole else f"#{literal(each)};" for each, whole in pieces(text))


@dataclass(frozen=True)
class Wording:
    """Writes the sentences and the formulas of one document.

    `display_em` and `step_em` say where lines are broken, those with a reason beside them earlier; the number of a
    section is a link to it if `linked`."""

    document: Document
    display_em: float = 38.0
    step_em: float = 34.0
    linked: bool = True

    def text(self, text: Text) -> str:
        """Return a sentence as content."""
        return "".join(map(self._segment, text))

    def content(self, text: Text) -> str:
        """Return a sentence as an argument; `none` if there is none."""
        return f"[{self.text(text)}]" if text else "none"

    def _segment(self, segment: Segment) -> str:
        match segment:
            case Formula():
                return f"#{self.inline(segment)};"
            case Emphasis(words):
                return f"#emph[{worded(words)}];"
            case Reference(key):
                number = literal(str(self.document.sections[key]))
                return f"#link(label({literal(f'sec:{key}')}), {number});" if self.linked else f"#{number};"
            case str():
                return worded(segment)

    def inline(self, formula: Formula, *, display: bool = False) -> str:
        """Return a formula within a sentence, as code; `display` sets it as large as on a line of its own."""
        box = formula_box(formula, self.document.style)
        body = self.math(box, display=display)
        return f"eq({self._said(box)}, ${f'display({body})' if display else body}$)"

    def _said(self, box: Box) -> str:
        """Return what is read aloud for a box, as a string."""
        return literal(spoken(box, self.document.words))

    def math(self, box: Box, *, display: bool = True) -> str:
        """Return what stands between dollar signs for a box."""
        return typst_math(box, tall=display)

    def displayed(self, formula: Formula) -> str:
        """Return a formula of its own as code, broken where it is long: what is read aloud, and the formula."""
        box = formula_box(formula, self.document.style)
        first, *others = side_boxes(formula.sides, self.document.style, roles=formula.roles)
        signs = formula.signs or ("=",) * len(others)
        parts = [self.math(first)]
        for sign, other in zip(signs, others, strict=True):
            parts += [f"& {self._sign(sign)} " if len(parts) == 1 else self._sign(sign)]
            parts[-1] += " \\\n & quad ".join(self._rows(other, self.display_em))
        return f"{self._said(box)}, $ {' '.join(parts)} $"

    def line(self, line: Line, left: Term) -> tuple[str, str]:
        """Return the left side of a line of steps, and the line, as arguments of `step`."""
        shown, right = side_boxes((left, line.right), self.document.style, roles=line.roles)
        alt = self._said(Relation((shown, right), (SIGNS[line.sign],)))
        lhs = f"$display({self.math(shown)})$"
        first, *others = self._rows(right, self.step_em if line.reason else self.display_em)
        body = f"#lhs(w, {'none' if line.left is None else lhs}) & {self._sign(line.sign)} {first}"
        body += "".join(f" \\\n & quad {other}" for other in others)
        return lhs, f"(body: w => $ {body} $, alt: {alt}, reason: {self.content(line.reason)})"

    def _rows(self, box: Box, limit: float) -> Sequence[str]:
        return [self.math(row) for row in rows(box, limit)]

    def _sign(self, sign: str) -> str:
        return self.math(SIGNS[sign])

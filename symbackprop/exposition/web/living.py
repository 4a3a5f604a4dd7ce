"""Formulas of a page whose numbers are computed again when others are typed in.

    1.7 · 0.0995 = 0.169     ->     <mn data-tree='"x_1"'>1.7</mn> · <mn data-tree='["*", …]'>0.0995</mn> = …

A number that knows of which formula it is becomes a mark in the mathematics, and the mark an element that carries the
formula as data. What is no such number stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Any

from symbackprop.calculus.matrices import Matrix
from symbackprop.exposition.document import Block, Display, Figure, Formula, Prose, Sample, Steps, Term
from symbackprop.exposition.example.terms import Array, Filled, Rounded, Tinted
from symbackprop.exposition.figures.arrayboxes import ArrayBox
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.mathtext.boxes import Box, Leaf
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.layout import lay_out, rule
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.story.terms import Chain
from symbackprop.exposition.web.live import Unknown, plan_of, tree_of
from symbackprop.exposition.web.markup import attributes, element, text
from symbackprop.frozen import dataclass

_MARK = re.compile(r"<mtext>⟦(\d+),?⟧</mtext>|\\text\{⟦(\d+),?⟧\}|⟦(\d+),?_*⟧")
_BOX = re.compile(r'data-place="(\d+)"')
_OPENED = re.compile(r"\(</mo>(?:<m[a-z]+[^>]*>)*$")
_CLOSED = re.compile(r"(?:</m[a-z]+>)*<mo[^>]*>\)")
NEAR = 300  # letters of a page, in which a fence around a number stands


@dataclass(frozen=True)
class _Mark(Matrix):
    """The place of a number, by its number among all of them, and in how many letters it is shown."""

    place: int
    letters: int


@rule.register
def _marked(mark: _Mark, style: Style) -> Box:
    name = f"⟦{mark.place}{style.word('decimal').strip('.')}"  # with the comma that such a number may have
    return Leaf(rf"\text{{{name}⟧}}", f"{name:_<{mark.letters - 1}}⟧")  # as wide as what will be in its place


@dataclass(frozen=True, eq=False)
class Living:
    """The numbers of a page that its script computes again: the plan of everything, and a formula for each of them."""

    plan: Mapping[str, Any] | None
    style: Style
    kept: list[tuple[Rounded, Box, bool]] = field(default_factory=list)

    @classmethod
    def of(cls, sample: Sample, style: Style) -> Living:
        """Return a page's numbers before any is met; nothing is computed where the script does not know a function."""
        return cls(plan_of(sample), style)

    def block(self, block: Block, write: Callable[[Block], str]) -> str:
        """Return what `write` makes of a block, its numbers as elements with the formulas of which they are."""
        written = _MARK.sub(self._element, write(self._marked(block)))
        match block:
            case Figure(GraphPicture(boxes)):
                return _BOX.sub(lambda found: found[0] + self._in_box(boxes[int(found[1])]), written)
        return written

    def _in_box(self, box: ArrayBox) -> str:
        """Return the attributes of a box with a number in the place of its letters."""
        numbers = [each for each in box.entries if isinstance(each, Rounded) and self._is_known(each)]
        return attributes(self._data(numbers[0])) if len(numbers) == 1 else ""

    def _data(self, number: Rounded) -> dict[str, str]:
        return {"data-tree": json.dumps(self._tree(number), separators=(",", ":")), "data-digits": str(number.digits)}

    def _element(self, found: re.Match[str]) -> str:
        number, box, within = self.kept[int(next(filter(None, found.groups())))]
        if found[2]:
            tex = written(box)
            return rf"\left({tex}\right)" if within and tex.startswith("-") and not _is_enclosed_in_tex(found) else tex
        shown = text(in_line(box))
        if not found[1] or self.plan is None:
            return shown
        data = self._data(number)
        if not within or _is_enclosed(found):
            return element("mn", shown, data)
        return element("mn", f"({shown})" if shown.startswith("−") else shown, data | {"class": "within"})

    def _tree(self, number: Rounded) -> Any:
        assert self.plan is not None
        return tree_of(number.of, self.plan["functions"])

    def _marked(self, block: Block) -> Block:
        match block:
            case Steps(lines):
                return replace(block, lines=tuple(replace(line, right=self._term(line.right)) for line in lines))
            case Figure(ChainPicture(_, links) as picture):
                rates = tuple(replace(link, rate=self._term(link.rate)) for link in links)
                return replace(block, picture=replace(picture, links=rates, name=self._term(picture.name)))
            case Display(formula):
                return replace(block, formula=self._segment(formula))
            case Prose(segments):
                return replace(block, text=tuple(map(self._segment, segments)))
        return block

    def _segment(self, segment: Any) -> Any:
        if isinstance(segment, Formula):
            return replace(segment, sides=tuple(map(self._term, segment.sides)))
        return segment

    def _term(self, term: Term, *, within: bool = False) -> Any:
        """Return a term with marks in the places of its numbers."""
        match term:
            case Rounded() if self._is_known(term):
                self.kept.append((term, box := lay_out(term, self.style), within))
                shown = in_line(box)
                return _Mark(len(self.kept) - 1, len(shown) + 2 * (within and shown.startswith("−")))
            case Tinted(number, role):
                return Tinted(self._term(number, within=within), role)
            case Filled(of, numbers):
                return Filled(of, tuple((letter, self._term(number, within=True)) for letter, number in numbers))
            case Array(rows):
                return Array(tuple(tuple(map(self._term, row)) for row in rows))
            case Chain(sides, signs):
                return Chain(tuple(map(self._term, sides)), signs)
        return term

    def _is_known(self, number: Rounded) -> bool:
        try:
            return self.plan is not None and number.of is not None and bool(self._tree(number))
        except Unknown:
            return False


def _is_enclosed_in_tex(found: re.Match[str]) -> bool:
    return found.string.endswith("(", 0, found.start()) and found.string.startswith((")", r"\right)"), found.end())


def _is_enclosed(found: re.Match[str]) -> bool:
    """Tell whether a mark stands alone between parentheses, as what a function is of."""
    before, after = found.string[max(0, found.start() - NEAR) : found.start()], found.string[found.end() :][:NEAR]
    return _OPENED.search(before) is not None and _CLOSED.match(after) is not None

"""The document: a small closed set of blocks, which every format turns into its own kind of page or slide.

    Heading  Prose  Display  Steps  Figure  Table  Code  Note

Mathematics stays mathematics until a format writes it: a `Formula` holds SymPy expressions or matrix expressions,
a `Line` of `Steps` its two sides and its reason, a `Figure` a picture as data. No block holds a finished line of
LaTeX, so a format can reveal steps one by one, colour a factor, or speak another language than TeX.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias, runtime_checkable

from sympy import Basic, Expr

from symbackprop.calculus.matrices import Matrix
from symbackprop.errors import SpecError
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture
from symbackprop.exposition.levels import EVERY, Level
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.mathtext.style import COMMON_WORDS, Style
from symbackprop.frozen import dataclass

Term: TypeAlias = Basic | Matrix  # anything that mathtext can write: expressions, tensors, functions, matrices
Picture: TypeAlias = NetworkPicture | ChainPicture | GraphPicture
Roles: TypeAlias = tuple[tuple[Basic, str], ...]  # parts of a formula and the part they play, a name of the palette


@dataclass(frozen=True, slots=True)
class Formula:
    """One term, or several with signs between them: '=' where `signs` is empty, else any sign of `formulas.SIGNS`."""

    sides: tuple[Term, ...]
    signs: tuple[str, ...] = ()
    roles: Roles = ()


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Words that the reader should not miss."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The number of the section whose heading has this key; `title` is what it is called where it is not told."""

    key: str
    title: Text = ()


Segment: TypeAlias = str | Formula | Emphasis | Reference
Text: TypeAlias = tuple[Segment, ...]  # a sentence: words, with formulas between them


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section (level 1, numbered) or of a part of one (level 2).

    `slide` is the title of the slides about it, which says what to take away; where it is empty they have `text`."""

    text: Text
    level: int = 1
    key: str = ""
    slide: Text = ()


@dataclass(frozen=True, slots=True)
class Prose:
    """One paragraph; `slide` is what a slide shows of it (None: its first sentences, if there is room)."""

    text: Text
    slide: Text | None = None


@dataclass(frozen=True, slots=True)
class Display:
    """One formula on a line of its own; `name` is that of an equation, such as BP1; `key` marks what to remember.

    `label` is what an equation without a name is referred to by, where it stands in somebody's own document."""

    formula: Formula
    name: str = ""
    key: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of aligned steps: left side (None: that of the line before), sign, right side, and the reason.

    It is told at its `levels`; `brief` is the reason where the lines just before it are not; `label` as in Display."""

    left: Term | None
    sign: str
    right: Term
    reason: Text = ()
    roles: Roles = ()
    levels: Level = EVERY
    brief: Text = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """Lines of mathematics under one another, their signs aligned; `key` is the name of the chain they tell."""

    lines: tuple[Line, ...]
    key: str = ""


def lefts_of(steps: Steps) -> tuple[Term, ...]:
    """Return the left side that each line has or continues."""
    lefts: list[Term] = []
    for line in steps.lines:
        lefts.append(lefts[-1] if line.left is None else line.left)
    return tuple(lefts)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as data, what stands below it, and its description for who cannot see it.

    `slide` is what slides show in its place, a smaller picture or one line of words, where that is not the same."""

    picture: Picture
    caption: Text
    alt: str
    slide: Figure | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a header; `align` has one of l, c, r for each column."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    align: str
    caption: Text = ()

    @property
    def has_equations(self) -> bool:
        """Whether equations stand side by side in it, each alone in its cell."""
        return any(lone_equation(cell) for row in self.rows for cell in row)


def announces(block: Block | None) -> bool:
    """Tell whether a paragraph ends with a colon."""
    last = block.text[-1] if isinstance(block, Prose) else ""
    return isinstance(last, str) and last.endswith(":")


def lone_equation(cell: Text) -> Formula | None:
    """Return the equation that a cell holds, if it holds nothing else."""
    only = cell[0] if len(cell) == 1 else None
    return only if isinstance(only, Formula) and len(only.sides) > 1 else None


def paragraph(sentences: Iterable[Text]) -> Text:
    """Return sentences as one text, a blank between them; an empty one is left out."""
    return tuple(segment for sentence in sentences if sentence for segment in (" ", *sentence))[1:]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of a program or a command, as they are."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside the story: a short title and one paragraph."""

    title: Text
    text: Text


Block: TypeAlias = Heading | Prose | Display | Steps | Figure | Table | Code | Note


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One numeric check, made elsewhere: what was compared, the largest relative error, and how much was allowed.

    `what` is a key of the languages (`check.<what>`) or any other text, which is shown as it is."""

    what: str
    error: float
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether the error is within the tolerance; a NaN never is."""
        return self.error <= self.tolerance


@runtime_checkable
class Checked(Protocol):
    """What checks have found, as `verify` returns it."""

    @property
    def worst(self) -> Sequence[Any]:
        """Of each kind of check the worst, with its `check`, `error` and `tolerance`."""
        ...


def check_rows(found: Checked | Sequence[CheckRow]) -> tuple[CheckRow, ...]:
    """Return checks as a document shows them: of what `verify` returns, the worst of each kind.

    Raises SpecError for what is neither such a report nor rows."""
    if isinstance(found, Checked):
        return tuple(CheckRow(row.check, row.error, row.tolerance) for row in found.worst)
    if not isinstance(found, Sequence) or not all(isinstance(row, CheckRow) for row in found):
        raise SpecError(f"checks: wanted what verify returns, got {type(found).__name__}; try checks=verify(network)")
    return tuple(found)


class Illustrated(Protocol):
    """What puts the numbers of one sample into a document, where somebody asks for them."""

    def __call__(self, document: Document, *, closely: bool) -> Document:
        """Return the document with numbers; `closely`, with one equation from afar and from near."""
        ...


@dataclass(frozen=True)
class Sample:
    """The numbers that a document shows: those that are given, and what is computed of them, in that order.

    `computed` are left and right sides of the derived equations, entry by entry: a page computes them again."""

    given: Mapping[Expr, Expr]
    computed: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True)
class Document:
    """A derivation told from its beginning to its end, in one language, for any format.

    `title` and `author` are literal text. `words` are those that a format needs: 'figure', 'table', 'otherwise'.
    `taken` are names that no other may look like. The `convention` says how formulas are laid out, `depth` which layer
    is the last; `notations` are the styles in which equations are shown, where they are not those of the story; `only`
    are the sections and equations that were asked for by their names.
    `blocks` are told on paper; slides tell `talk`, where that is not the same. `sample` has the numbers in them."""

    title: str
    author: str | None
    date: str | None
    language: str
    blocks: tuple[Block, ...]
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    symbols: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    talk: tuple[Block, ...] | None = None
    taken: Mapping[str, int] = field(default_factory=dict)
    convention: Convention = USUAL
    depth: int | None = None
    notations: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    illustrated: Illustrated | None = field(default=None, compare=False, repr=False)
    sample: Sample | None = field(default=None, compare=False, repr=False)

    @property
    def slides(self) -> Document:
        """The document as slides tell it."""
        blocks = self.blocks if self.talk is None else self.talk
        told = replace(self, blocks=blocks, talk=None, illustrated=None)
        told = told if self.illustrated is None else self.illustrated(told, closely=False)
        return replace(told, blocks=tuple(map(_on_slides, told.blocks)))

    @property
    def page(self) -> Document:
        """The document as a page that answers tells it."""
        return self if self.illustrated is None else self.illustrated(replace(self, illustrated=None), closely=True)

    @property
    def style(self) -> Style:
        """How formulas look in this document: its letters, its word for 'otherwise', and the signs of its numbers."""
        words = {name: self.words.get(name, word) for name, word in COMMON_WORDS.items()}
        return Style(self.symbols, words, taken=self.taken, convention=self.convention, depth=self.depth)

    @property
    def sections(self) -> Mapping[str, int]:
        """The number of each section, by the key of its heading."""
        headings = [block for block in self.blocks if isinstance(block, Heading) and block.level == 1]
        return {heading.key: number for number, heading in enumerate(headings, start=1)}


def _on_slides(block: Block) -> Block:
    return block.slide if isinstance(block, Figure) and block.slide is not None else block

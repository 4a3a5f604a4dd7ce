"""What a terminal can show: colours where it has them, formulas in Unicode where it has the letters, LaTeX elsewhere.

Results go to standard output, progress and complaints to standard error: what is piped on is the result alone.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import partial
from itertools import zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING

from symbackprop.cli.outcome import accept_input
from symbackprop.cli.speech import worded
from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from symbackprop.exposition.document import Term
    from symbackprop.exposition.mathtext.convention import Convention
    from symbackprop.exposition.mathtext.style import Style

_NO_SYMBOLS: Mapping[str, str] = MappingProxyType({})
_LETTERS = "∂∇Σδσ′⊙ᵀ⁽ˡ⁻¹⁾ⱼ₁−·"  # if a terminal has these, it has the others
_WIDEST = 10_000  # columns, and lines
_NARROWEST = 40  # columns; below, lines are longer than the terminal, which wraps them itself


@dataclass(frozen=True, slots=True)
class Pen:
    """How formulas are written: as readable Unicode, or as LaTeX for a terminal that lacks the letters.

    `symbols` renames letters: {"delta": "e"}; `words` are those of the language: {"decimal": ","}. The `convention`
    lays formulas out; `depth` is the number of the last layer; `taken` are names that no capital may look like, and
    their places as factors."""

    unicode: bool = True
    symbols: Mapping[str, str] = field(default_factory=lambda: _NO_SYMBOLS)
    words: Mapping[str, str] = field(default_factory=lambda: _NO_SYMBOLS)
    convention: Convention | None = None
    depth: int | None = None
    taken: Mapping[str, int] = field(default_factory=dict)

    @property
    def style(self) -> Style:
        """How formulas look."""
        from symbackprop.exposition.mathtext.convention import USUAL
        from symbackprop.exposition.mathtext.style import Style

        return Style(self.symbols, self.words, taken=self.taken, convention=self.convention or USUAL, depth=self.depth)

    def formula(self, *sides: object) -> str:
        """Return the sides with = between them, in one line."""
        from symbackprop.exposition.mathtext.latex import written
        from symbackprop.exposition.mathtext.layout import side_by_side
        from symbackprop.exposition.mathtext.plain import in_line

        box = side_by_side(sides, self.style)
        return in_line(box).rstrip() if self.unicode else written(box)

    def line(self, left: Term, sign: str, right: Term) -> str:
        """Return one line of steps, whatever its sign."""
        from symbackprop.exposition.document import Formula
        from symbackprop.exposition.formulas import formula_box, formula_latex
        from symbackprop.exposition.mathtext.plain import in_line

        formula, style = Formula((left, right), (sign,)), self.style
        return in_line(formula_box(formula, style)) if self.unicode else formula_latex(formula, style)


@dataclass(frozen=True, slots=True)
class Screen:
    """Standard output and standard error, as a command uses them, in the language of the terminal."""

    out: Console
    err: Console

    @classmethod
    def of_process(cls, *, accepted: bool = True) -> Screen:
        """Return the screen of this process; words are never read as markup.

        With it the input is accepted, unless there is more to read of it, such as a large table."""
        from rich.console import Console

        if accepted:
            accept_input()

        class Plain(Console):
            def on_broken_pipe(self) -> None:
                raise  # noqa: PLE0704 - called while a BrokenPipeError is handled, which rich would turn into status 1

        columns, lines = shutil.get_terminal_size()  # whatever nonsense COLUMNS and LINES hold, unlike rich's own
        size = (min(columns, _WIDEST), min(lines, _WIDEST))
        look = partial(Plain, markup=False, emoji=False, highlight=False, width=size[0], height=size[1])
        return cls(look(), look(stderr=True))

    def pen(self) -> Pen:
        """Return what writes formulas for standard output."""
        try:
            _LETTERS.encode(self.out.encoding)
        except (UnicodeEncodeError, LookupError):
            return Pen(unicode=False)
        return Pen()

    @property
    def width(self) -> int:
        """How many columns a line may take."""
        return max(self.out.width, _NARROWEST)

    def say(self, text: RenderableType = "", style: str = "") -> None:
        """Write a line, or a table; a line that is too long is left to the terminal."""
        from rich.text import Text

        self.out.print(text, style=style or None, soft_wrap=isinstance(text, str | Text))

    def tell(self, text: str, style: str = "", *, first: str = "", rest: str = "") -> None:
        """Write a sentence of ours in the language of the terminal, in lines that fit."""
        self.say(hanging(worded(text), self.width, first=first, rest=rest), style)

    def title(self, text: str) -> None:
        """Write a line that stands out."""
        self.say(text, "bold")

    @contextmanager
    def working(self, what: str, *, steps: int | None = None) -> Iterator[Callable[[str, int], None]]:
        """While inside, show in a terminal that something is being done, as a bar where the number of steps is known.

        What is yielded takes a new text, or '' for the one before, and how many steps were made since."""
        if not self.err.is_terminal:
            yield lambda text, steps: None
            return
        from rich.progress import (
            BarColumn,
            Progress,
            SpinnerColumn,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        bar = BarColumn(style="dim", complete_style="blue", finished_style="blue")
        columns = () if steps is None else (bar, TaskProgressColumn(style="dim"), TimeRemainingColumn())
        first = (SpinnerColumn(style="blue"), TextColumn("{task.description}", markup=False))
        with Progress(*first, *columns, console=self.err, transient=True) as progress:
            task = progress.add_task(worded(what), total=steps)

            def told(text: str, steps: int) -> None:
                progress.update(task, description=worded(text) or None, advance=steps)

            yield told


def in_columns(rows: Sequence[Sequence[str | Text]], *, left: Collection[int] = (), gap: int = 4) -> list[Text]:
    """Return rows of cells as lines, each column as wide as its widest cell; its right edge is straight, or the left.

    `left` are the numbers of the columns whose left edge is straight; a row of one cell does not widen its column."""
    from rich.text import Text

    texts = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    columns = zip_longest(*(row for row in texts if len(row) > 1), fillvalue=Text())
    widths = [max(cell.cell_len for cell in column) for column in columns]
    lines = []
    for row in texts:
        line = Text()
        for place, cell in enumerate(row):
            blank = " " * (widths[place] - cell.cell_len)
            line = Text.assemble(line, " " * gap if place else "", *((cell, blank) if place in left else (blank, cell)))
        line.rstrip()
        lines.append(line)
    return lines


def hanging(text: str, width: int, *, first: str = "", rest: str = "") -> str:
    """Return the text in lines of at most `width`, the first after `first`, the others after `rest`.

    A line breaks at blanks only, so that nothing of a formula or a name is cut."""
    broken = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(broken)

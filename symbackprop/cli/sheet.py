"""The equations laid out on the screen: signs below signs; forms side by side where there is room.

BP3   ∂C/∂b⁽ˡ⁾ⱼ = δ⁽ˡ⁾ⱼ            ∇_{b⁽ˡ⁾} C = δ⁽ˡ⁾
BP4  ∂C/∂w⁽ˡ⁾ⱼₖ = δ⁽ˡ⁾ⱼ a⁽ˡ⁻¹⁾ₖ    ∇_{W⁽ˡ⁾} C = δ⁽ˡ⁾ (a⁽ˡ⁻¹⁾)ᵀ
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.cli.equations import Shown, activations_in_words, conditions, definitions, told
from symbackprop.cli.screen import Pen, Screen, hanging
from symbackprop.cli.speech import counted, spoken, worded
from symbackprop.exposition.story.telling import shape_of
from symbackprop.frozen import dataclass

GAP = 2  # columns between two columns
EQUALS = " = "
SIGNS = frozenset("=+−·⊙-")
LEAST_ROOM = 24  # columns for a formula, or it would be broken at every sign
UNBOUNDED = sys.maxsize  # LaTeX is read by the line, so it is neither aligned nor broken


def show_equations(screen: Screen, derivation: Derivation, notations: Sequence[str], pen: Pen) -> None:
    """Write what the network is, its equations in general and as they are for it, and what they rest on.

    Raises UnknownNameError for a notation style, BudgetError where entries are too many to be read."""
    network = derivation.network
    blocks = _worded(told(derivation, notations, pen), pen)
    width = screen.width if pen.unicode else UNBOUNDED
    layout = _Layout.of([equation for _, equations in blocks for equation in equations], width)
    screen.title(network.title or worded(f"Backpropagation of {shape_of(network)}"))
    parameters, first = counted(network.parameter_count, "parameter"), pen.style.convention.first
    about = f"{activations_in_words(network, first)} · cost {network.cost_function.name} · {parameters}"
    screen.say(hanging(named(about, pen), screen.width), "dim")
    for number, (heading, equations) in enumerate(blocks):
        screen.say()
        styles = "" if number else f"  {worded(', '.join(notations))}"
        screen.say(Text.assemble((heading, "bold"), (styles, "dim")))
        for equation in equations:
            layout.show(screen, equation)
    notes = [f"{'and' if number else 'where'} {text}" for number, text in enumerate(definitions(derivation, pen))]
    notes += conditions({equation.name: equation for equation in derivation.specific.values()}, pen)
    show_notes(screen, notes, pen)


def show_notes(screen: Screen, notes: Sequence[str], pen: Pen) -> None:
    """Write what is to be said of equations below them."""
    width = screen.width if pen.unicode else UNBOUNDED
    for note in ("", *notes) if notes else ():
        for line in broken(worded(note), width - 2):
            screen.say(f"  {line}".rstrip())


def named(text: str, pen: Pen) -> str:
    """Return a text in the language of the terminal, with the names of things of the convention."""
    from symbackprop.exposition.languages import LANGUAGES

    return LANGUAGES[spoken()].renamed(worded(text), pen.style.convention.names)


def _worded(blocks: Iterable[tuple[str, tuple[Shown, ...]]], pen: Pen) -> list[tuple[str, list[Shown]]]:
    """Return equations under their headings, both in the language of the terminal."""
    return [
        (named(heading, pen), [replace(each, layers=worded(each.layers)) for each in equations])
        for heading, equations in blocks
    ]


def show_block(screen: Screen, heading: tuple[str, str], equations: Sequence[Shown], pen: Pen) -> None:
    """Write equations under a heading with a remark beside it, their signs below one another."""
    layout = _Layout.of(equations, screen.width if pen.unicode else UNBOUNDED)
    screen.say()
    beside = f"  {worded(heading[1])}".rstrip()
    screen.say(Text.assemble((worded(heading[0]), "bold"), (beside, "dim")))
    for equation in equations:
        layout.show(screen, equation)


def show_named(screen: Screen, rows: Sequence[tuple[str, str]], pen: Pen) -> None:
    """Write names in one column and what is said about each in the next, formulas of `pen` among it."""
    margin = 2 + _widest(name for name, _ in rows) + 2 * GAP
    for name, text in rows:
        lines = broken(text, max(screen.width - margin, LEAST_ROOM)) if pen.unicode else [text]
        for number, line in enumerate(lines):
            label = "" if number else f"  {name}"
            screen.say(Text.assemble((f"{label:{margin}}", "bold"), line))


@dataclass(frozen=True, slots=True)
class _Layout:
    """The widths of all columns but the last; without widths of forms, those stand below one another."""

    name: int
    layers: int
    lefts: tuple[int, ...]  # of each form, what stands before its sign
    forms: tuple[int, ...]
    width: int

    @classmethod
    def of(cls, equations: Sequence[Shown], width: int) -> _Layout:
        """Return the layout in which the signs of all equations stand below one another."""
        name, layers = _widest(e.name for e in equations), _widest(e.layers for e in equations)
        if width == UNBOUNDED:
            return cls(name, layers, (0,) * len(equations[0].forms), (), width)
        columns = [[line for text in column for line in text.splitlines()] for column in _columns(equations)]
        lefts = tuple(_widest(_left(line) for line in column) for column in columns)
        rights = tuple(max(cell_len(line) - cell_len(_left(line)) for line in column) for column in columns)
        forms = tuple(left + right for left, right in zip(lefts, rights, strict=True))
        beside = cls(name, layers, lefts, forms, width)
        if beside.margin + sum(form + 2 * GAP for form in forms) - 2 * GAP <= width and len(forms) > 1:
            return beside
        return cls(name, layers, (max(lefts),) * len(lefts), (), width)

    @property
    def margin(self) -> int:
        """Where the first form begins."""
        return 2 + self.name + GAP + (self.layers + GAP if self.layers else 0)

    def show(self, screen: Screen, equation: Shown) -> None:
        """Write one equation."""
        label = Text.assemble("  ", (f"{equation.name:{self.name + GAP}}", "bold"), (equation.layers, "dim"))
        label.pad_right(self.margin - label.cell_len)
        for number, line in enumerate(self._lines(equation.forms)):
            screen.say(Text.assemble(" " * self.margin if number else label, line))

    def _lines(self, forms: Sequence[str]) -> list[str]:
        """Return the forms beside one another, or below where there is no room; one may have several lines."""
        columns = [
            [" " * max(0, left - cell_len(_left(line))) + line for line in form.splitlines()]
            for form, left in zip(forms, self.lefts, strict=True)
        ]
        if self.forms:
            rows = zip_longest(*columns, fillvalue="")
            return ["".join(map(self._padded, row, self.forms)).rstrip() for row in rows]
        room = max(self.width - self.margin, LEAST_ROOM)
        return [line for column in columns for form in column for line in broken(form, room)]

    @staticmethod
    def _padded(form: str, wide: int) -> str:
        return form + " " * (wide + 2 * GAP - cell_len(form))


def _columns(equations: Sequence[Shown]) -> list[list[str]]:
    return [list(column) for column in zip(*(equation.forms for equation in equations), strict=True)]


def _left(line: str) -> str:
    """Return what stands before the sign; nothing where there is no sign."""
    left, sign, _ = line.partition(EQUALS)
    return left if sign else ""


def _widest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts))


def broken(formula: str, room: int) -> list[str]:
    """Return a formula in lines that fit, broken at blanks, before a sign; further lines begin behind the first =."""
    left = cell_len(_left(formula))
    margin = " " * min(left + len(EQUALS) if left else 0, room // 2)
    line = formula[: len(formula) - len(formula.lstrip())]
    lines, waiting = [], ""
    for word in formula.split():
        waiting = f"{waiting} {word}".lstrip()
        if word in SIGNS or word.startswith("Σ"):
            continue  # a line does not end with these
        if line.strip() and cell_len(line) + 1 + cell_len(waiting) > room:
            lines.append(line)
            line = margin
        line += f" {waiting}" if line.strip() else waiting
        waiting = ""
    return [*lines, f"{line} {waiting}".rstrip()]

r"""Formulas and steps as LaTeX: broken at their signs where they are long, shrunk by TeX where that is not enough."""

from __future__ import annotations

import re

from symbackprop.exposition.document import Display, Formula, Line, Steps, Term, lefts_of
from symbackprop.exposition.formulas import SIGNS, formula_latex, side_boxes
from symbackprop.exposition.linebreaking import rows
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.palette import COLOURS

__all__ = ["aligned_rows", "display", "inline", "steps", "tex_colours"]

DISPLAY_EM = 38.0  # the width of a line of text
STEP_EM = 34.0  # that of the right side of a step
MOST_TOGETHER = 4  # lines that are never torn apart

_COLOUR = re.compile(r"\\textcolor\{(#[0-9A-F]{6})\}")
_NAMES = {value: name for name, value in COLOURS.items()}


def tex_colours(latex: str) -> str:
    r"""Return LaTeX with its colours by the part they stand for: \role{cost} for \textcolor{#D55E00}."""
    return _COLOUR.sub(lambda match: rf"\role{{{_NAMES[match.group(1)]}}}", latex)


def inline(formula: Formula, style: Style) -> str:
    """Return a formula within a sentence."""
    return f"${tex_colours(formula_latex(formula, style))}$"


def aligned_rows(box: Box, limit: float) -> str:
    """Return the LaTeX of a box, in several rows where it is longer than the limit."""
    broken = [tex_colours(row) for row in rows(box, limit)]
    if len(broken) == 1:
        return broken[0]
    return r"\begin{aligned}[t]& " + r" \\ & \quad ".join(broken) + r"\end{aligned}"


def display(block: Display, style: Style) -> str:
    """Return a formula on a line of its own, with its name, in a frame if it is to be remembered."""
    first, *others = side_boxes(block.formula.sides, style, roles=block.formula.roles)
    signs = block.formula.signs or ("=",) * len(others)
    text = tex_colours(written(first))
    for sign, other in zip(signs, others, strict=True):
        text += f" {SIGNS[sign].tex} " + aligned_rows(other, DISPLAY_EM)
    text = rf"\fit{{{text}}}"
    text = rf"\boxed{{\;{text}\;}}" if block.key else text
    tag = rf" \tag{{{block.name}}}" if block.name else ""
    return f"\\begin{{equation*}}\n  {text}{tag}\n\\end{{equation*}}"


def steps(block: Steps, style: Style, reasons: list[str]) -> str:
    """Return aligned lines, each with its reason, which is LaTeX already.

    A page may end among them, but not after the first line nor before the last."""
    widest: dict[str, None] = {}
    lines = []
    for line, left, reason in zip(block.lines, lefts_of(block), reasons, strict=True):
        shown, right = (tex_colours(side) for side in _line(line, left, style))
        widest.setdefault(shown)
        before = "" if line.left is None else shown
        lines.append(f"  {before} &\\stepsign{{{SIGNS[line.sign].tex}}} \\step{{{right}}}{{{reason}}}")
    first, *others = widest
    measured = rf"\stepsfor{{{first}}}" + "".join(rf"\stepsalso{{{left}}}" for left in others)
    body = lines[0]
    for place, text in enumerate(lines[1:], start=1):
        together = len(lines) <= MOST_TOGETHER or place in (1, len(lines) - 1)
        body += (" \\\\*\n" if together else " \\\\\n") + text
    return f"{measured}\n\\begin{{align*}}\n{body}\\laststep\n\\end{{align*}}"


def _line(line: Line, left: Term, style: Style) -> tuple[str, str]:
    """Return the two sides of a line whose left side is, or continues, `left`."""
    shown, right = side_boxes((left, line.right), style, roles=line.roles)
    return written(shown), aligned_rows(right, STEP_EM)

r"""Formulas and steps as LaTeX: broken at their signs where they are long, shrunk by TeX where that is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.exposition.document import Display, Formula, Steps
from symbackprop.exposition.formulas import formula_box, signed_sides, step_sides
from symbackprop.exposition.linebreaking import rows
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.style import Style

__all__ = ["StepLine", "aligned_rows", "display", "inline", "measured", "step_lines", "steps"]

DISPLAY_EM = 38.0  # the width of a line of text
STEP_EM = 34.0  # that of the right side of a step
LONE_EM = 44.0  # that of one without a reason, which has the whole line; the estimate is generous to digits
MOST_TOGETHER = 4  # lines that are never torn apart


def inline(formula: Formula, style: Style) -> str:
    """Return a formula within a sentence."""
    return f"${written(formula_box(formula, style))}$"


def aligned_rows(box: Box, limit: float) -> str:
    """Return the LaTeX of a box, in several rows where it is longer than the limit."""
    broken = [written(row) for row in rows(box, limit)]
    if len(broken) == 1:
        return broken[0]
    return r"\begin{aligned}[t]& " + r" \\ & \quad ".join(broken) + r"\end{aligned}"


def display(block: Display, style: Style, *, limit: float = DISPLAY_EM) -> str:
    """Return a formula on a line of its own, with its name, in a frame if it is to be remembered."""
    first, others = signed_sides(block.formula, style)
    text = written(first) + "".join(f" {sign.tex} {aligned_rows(other, limit)}" for sign, other in others)
    text = rf"\fit{{{text}}}"
    text = rf"\boxed{{\;{text}\;}}" if block.key else text
    tag = rf" \tag{{{block.name}}}" if block.name else ""
    return f"\\begin{{equation*}}\n  {text}{tag}\n\\end{{equation*}}"


def steps(block: Steps, style: Style, reasons: Sequence[str]) -> str:
    """Return aligned lines, each with its reason, which is LaTeX already.

    A page may end among them, but not after the first line nor before the last."""
    lines = step_lines(block, style, reasons, STEP_EM if any(reasons) else LONE_EM)
    body = ""
    for place, line in enumerate(lines):
        together = len(lines) <= MOST_TOGETHER or place in (1, len(lines) - 1)
        between = "" if not place else " \\\\*\n" if together else " \\\\\n"
        body += f"{between}  {line.left if line.shows_left else ''} &{line.rest}"
    return f"{measured(lines)}\n\\begin{{align*}}\n{body}\\laststep\n\\end{{align*}}"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of steps as LaTeX: its left side, whether that is shown, and the sign, the right side and the reason."""

    left: str
    shows_left: bool
    rest: str


def step_lines(block: Steps, style: Style, reasons: Sequence[str], limit: float) -> list[StepLine]:
    """Return the lines of steps as LaTeX, their right sides broken where they are longer than `limit`, in em."""
    lines = []
    for (line, left, sign, right), reason in zip(step_sides(block, style), reasons, strict=True):
        step = aligned_rows(right, limit)
        right_side = f"\\step{{{step}}}{{{reason}}}" if reason else f"\\lonestep{{{step}}}"
        lines.append(StepLine(written(left), line.left is not None, f"\\stepsign{{{sign.tex}}} {right_side}"))
    return lines


def measured(lines: Sequence[StepLine]) -> str:
    """Return what makes TeX measure the left sides before it sets the lines."""
    first, *others = dict.fromkeys(line.left for line in lines)
    return rf"\stepsfor{{{first}}}" + "".join(rf"\stepsalso{{{left}}}" for left in others)

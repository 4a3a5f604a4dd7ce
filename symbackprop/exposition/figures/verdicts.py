"""Checks as a picture: how far each error is from what is allowed, on one logarithmic axis, alone in one file.

    name   |=========allowed=========|            a dot within the bar: passed; a cross beyond it: FAILED
              ●

What is 0, or smaller than anything shown, stands at the left edge.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby

from symbackprop.exposition.figures.plotting import FAINT, INK, PAPER, label, power
from symbackprop.exposition.palette import COLOURS
from symbackprop.frozen import dataclass

WIDTH, LEFT, RIGHT, TOP = 760, 275, 590, 96
ROW, HEAD = 26, 30  # the heights of a check and of the name of a group
FIRST, LAST = -18, 0  # powers of ten that are always shown
FARTHEST = 12  # the largest power that is shown; beyond stands at the right edge
ALLOWED, PASSED, FAILED = "#DCEBE4", COLOURS["activation"], COLOURS["cost"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check: the group it belongs to, its name, its error, and the error that is allowed.

    Where it stands for many, `errors` are those of all of them, and `error` is the largest."""

    group: str
    name: str
    error: float
    allowed: float
    errors: tuple[float, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the error is within what is allowed; a NaN never is."""
        return self.error <= self.allowed


def verdicts_svg(verdicts: Sequence[Verdict], *, title: str, say: Callable[[str], str] = str) -> str:
    """Return an SVG picture of the checks, those of one group in a row below its name; all texts are literal.

    `say` puts the words that are not among the arguments into the language of the picture."""
    groups = [(name, list(rows)) for name, rows in groupby(verdicts, key=lambda verdict: verdict.group)]
    bottom = TOP + len(groups) * HEAD + len(verdicts) * ROW
    last = max([LAST, *(_exponent(verdict.error) for verdict in verdicts)])
    passed = sum(verdict.ok for verdict in verdicts)
    words = "; ".join(f"{v.group}, {v.name}: {v.error:.1e} of {v.allowed:.0e}" for v in verdicts)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 62}" role="img" aria-labelledby="t d"'
        f' font-family="system-ui, sans-serif" font-size="13" fill="{INK}">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(say(f"{passed} of {len(verdicts)} checks passed.") + f" {words}")}</desc>',
        f'<rect width="{WIDTH}" height="{bottom + 62}" fill="{PAPER}"/>',
        label(24, 30, title, size=16, weight=600),
        *_legend(say),
        *_grid(last, bottom),
        label(RIGHT, bottom + 46, say("largest relative error"), anchor="end"),
    ]
    y = float(TOP)
    for name, rows in groups:
        parts.append(label(24, y + HEAD - 10, name, weight=600))
        y += HEAD
        for verdict in rows:
            parts += _row(verdict, y + ROW / 2, last, say("FAILED"))
            y += ROW
    return "\n".join([*parts, "</svg>", ""])


def _legend(say: Callable[[str], str]) -> list[str]:
    bar = f'<rect x="24" y="46" width="34" height="14" rx="3" fill="{ALLOWED}"/><path d="M58 44v18" stroke="{INK}"/>'
    return [
        bar,
        label(68, 58, say("allowed")),
        _mark(152, 53, ok=True),
        label(164, 58, say("passed")),
        _mark(240, 53, ok=False),
        label(254, 58, say("failed")),
    ]


def _grid(last: int, bottom: float) -> list[str]:
    parts = []
    for exponent in range(FIRST, last + 1, 3 if last - FIRST < 24 else 6):
        x = _place(10.0**exponent, last)
        parts.append(f'<path d="M{x:.1f} {TOP - 8}V{bottom}" stroke="{FAINT}"/>')
        parts.append(label(x, bottom + 22, power(10.0**exponent), anchor="middle"))
    return [*parts, f'<path d="M{LEFT} {bottom}H{RIGHT}" stroke="{INK}"/>']


def _row(verdict: Verdict, y: float, last: int, failed: str) -> list[str]:
    """Return a check: its name, the bar of what is allowed, the mark of its error, and the error in numbers."""
    limit, shown = _place(verdict.allowed, last), _number(verdict.error)
    bar = f'<rect x="{LEFT}" y="{y - 7:.1f}" width="{max(limit - LEFT, 3):.1f}" height="14" rx="3" fill="{ALLOWED}"/>'
    return [
        label(40, y + 4.5, verdict.name),
        bar,
        f'<path d="M{max(limit, LEFT + 3):.1f} {y - 9:.1f}v18" stroke="{INK}"/>',
        *_spread(verdict.errors, y, last),
        _mark(_place(verdict.error, last), y, ok=verdict.ok),
        label(WIDTH - 24, y + 4.5, shown if verdict.ok else f"{shown} {failed}", anchor="end", weight=_weight(verdict)),
    ]


def _spread(errors: Sequence[float], y: float, last: int) -> list[str]:
    """Return how many errors are of which size: a bar for each quarter of a power of ten, from below the row up."""
    size = (RIGHT - LEFT) / (4 * (last - FIRST))
    counts = Counter(int((_place(error, last) - LEFT) / size) for error in errors)
    most = max(counts.values(), default=1)
    return [
        f'<rect x="{LEFT + place * size:.1f}" y="{y + 7 - 14 * count / most:.1f}" width="{size:.1f}" '
        f'height="{14 * count / most:.1f}" fill="{PASSED}" opacity="0.75"/>'
        for place, count in sorted(counts.items())
    ]


def _number(error: float) -> str:
    return power(float(f"{error:.1e}")) if math.isfinite(error) else str(error)


def _weight(verdict: Verdict) -> int:
    return 400 if verdict.ok else 600


def _mark(x: float, y: float, *, ok: bool) -> str:
    """Return a dot, or a cross: the two differ in shape, not in colour alone."""
    if ok:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{PASSED}"/>'
    return f'<path d="M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10" stroke="{FAILED}" stroke-width="3"/>'


def _exponent(value: float) -> int:
    """Return the power of ten that is not below a value, in the range that is shown."""
    if not value > 0:
        return FIRST
    return min(FARTHEST, math.ceil(math.log10(value))) if math.isfinite(value) else FARTHEST


def _place(value: float, last: int) -> float:
    """Return where a value stands; what is smaller than anything shown, or no number, stands at an edge."""
    if math.isnan(value) or value > 10.0**last:
        return float(RIGHT)
    if value <= 10.0**FIRST:
        return float(LEFT)
    return LEFT + (math.log10(value) - FIRST) / (last - FIRST) * (RIGHT - LEFT)

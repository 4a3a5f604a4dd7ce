"""Ratios as a picture: a mark for each on one logarithmic axis, with the ratio that is wanted as a line beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from symbackprop.exposition.figures.plotting import FAINT, INK, PAPER, label
from symbackprop.exposition.palette import COLOURS

__all__ = ["is_missed", "ratios_svg", "short"]

WIDTH, LEFT, RIGHT, TOP, ROW = 920, 450, 830, 70, 20
LOW, HIGH = -3.0, 3.0  # powers of ten that are shown; what lies beyond stands at an edge


def ratios_svg(rows: Sequence[tuple[str, str, float, float | None]]) -> str:
    """Return an SVG picture of rows: their group, their name, the ratio, and the ratio that is wanted."""
    groups = [(name, list(each)) for name, each in groupby(rows, key=lambda row: row[0])]
    bottom = TOP + ROW * (len(rows) + len(groups))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 50}" font-family="system-ui, '
        f'sans-serif" font-size="13" fill="{INK}"><title>Ratios of time, ours over theirs</title>',
        f'<rect width="{WIDTH}" height="{bottom + 50}" fill="{PAPER}"/>',
        label(24, 30, "Time, ours over theirs: to the left of 1 we are faster", size=16, weight=600),
        label(24, 52, "a dot keeps what is wanted, a cross misses it; the short line is what is wanted"),
    ]
    for power in range(int(LOW), int(HIGH) + 1):
        x = _place(10.0**power)
        parts.append(f'<path d="M{x:.1f} {TOP}V{bottom}" stroke="{INK if power == 0 else FAINT}"/>')
        parts.append(label(x, bottom + 22, f"{10.0**power:g}", anchor="middle"))
    y = float(TOP)
    for name, members in groups:
        y += ROW
        parts.append(label(24, y - 5, name, weight=600))
        for _, what, ratio, wanted in members:
            y += ROW
            parts += [label(36, y - 5, what), label(WIDTH - 24, y - 5, short(ratio), anchor="end")]
            if wanted is not None:
                parts.append(f'<path d="M{_place(wanted):.1f} {y - 17:.1f}v14" stroke="{INK}" stroke-width="2"/>')
            parts.append(_mark(_place(ratio), y - 10, ok=not is_missed(ratio, wanted)))
    return "\n".join([*parts, "</svg>", ""])


def short(ratio: float) -> str:
    """Return a ratio with three digits, or as a whole number where it has more before its point."""
    return f"{ratio:.3g}" if ratio < 100 else f"{ratio:,.0f}"


def is_missed(ratio: float, wanted: float | None) -> bool:
    """Tell whether a ratio, as it is printed, is larger than is wanted."""
    return wanted is not None and float(f"{ratio:.3g}") > wanted


def _mark(x: float, y: float, *, ok: bool) -> str:
    if ok:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{COLOURS["activation"]}"/>'
    return f'<path d="M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10" stroke="{COLOURS["cost"]}" stroke-width="3"/>'


def _place(ratio: float) -> float:
    power = min(HIGH, max(LOW, math.log10(ratio)))
    return LEFT + (power - LOW) / (HIGH - LOW) * (RIGHT - LEFT)

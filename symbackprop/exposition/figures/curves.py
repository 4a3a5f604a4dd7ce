"""Loss curves as SVG: one line per training over the epochs, alone in one file, without a plotting library.

    linear   v -> v          where the values stay within a factor of 20
    log      v -> log10 v    where they fall further, and none is zero

Curves are drawn in the order in which they come, the earlier ones wider: trainings that agree lie on one another,
and each can still be seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from symbackprop.exposition.figures.plotting import FAINT, INK, PAPER, label, power
from symbackprop.exposition.palette import COLOURS
from symbackprop.frozen import dataclass

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 72, 700, 76, 360  # the edges of the plane inside the picture
LOGARITHMIC_FROM = 20.0  # the ratio of the largest value to the smallest
MOST_POINTS = 600  # of a curve; more are finer than the picture
FARTHEST = 1e200  # so that powers of ten of all ticks are numbers, too
# of the last curve, the one before, and all others: colour, width, opacity
STROKES = ((COLOURS["activation"], 2, 1.0), (COLOURS["cost"], 7, 0.7), (COLOURS["input"], 12, 0.7))


@dataclass(frozen=True, slots=True)
class Curve:
    """A name, and a value for each epoch, counted from 1."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where a value stands on the picture, and which values are written beside the axis."""

    place: Callable[[float], float]
    ticks: tuple[float, ...]


def curves_svg(curves: Sequence[Curve], *, title: str, up: str = "cost", say: Callable[[str], str] = str) -> str:
    """Return an SVG picture of the curves, its texts escaped; values beyond FARTHEST, or that are none, are left out.

    `title` is literal text, `up` says what is drawn over the epochs; `say` puts other words into the language of the
    picture."""
    shown = [value for curve in curves for value in curve.values if _has_place(value)]
    epochs = max((len(curve.values) for curve in curves), default=0)
    logarithmic = bool(shown) and min(shown) > 0 and max(shown) >= LOGARITHMIC_FROM * min(shown)
    y = _logarithmic(shown) if logarithmic else _linear([*shown, 0.0])
    x = _epochs(epochs)
    names = ", ".join(curve.name for curve in curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d"'
        f' font-family="system-ui, sans-serif" font-size="13" fill="{INK}">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(say(f"{up} by epoch, {epochs} values each: {names}"))}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        label(LEFT, 26, title, size=16, weight=600),
        label(LEFT, TOP - 14, say(f"{up}, logarithmic") if logarithmic else up),
        *_grid(x, y),
        label(RIGHT, BOTTOM + 42, say("epoch"), anchor="end"),
        *_legend([curve.name for curve in curves]),
        *(_line(curve.values, x, y, _stroke(len(curves) - number)) for number, curve in enumerate(curves, start=1)),
        "</svg>",
    ]
    return "\n".join([part for part in parts if part] + [""])


def _grid(x: _Axis, y: _Axis) -> list[str]:
    parts = []
    plain = all(value == 0 or 1e-3 <= abs(value) < 1e5 for value in y.ticks)
    for value in y.ticks:
        height = y.place(value)
        parts.append(f'<path d="M{LEFT} {height:.1f}H{RIGHT}" stroke="{FAINT}"/>')
        parts.append(label(LEFT - 10, height + 4.5, f"{value:.6g}" if plain else power(value), anchor="end"))
    for value in x.ticks:
        place = x.place(value)
        parts.append(f'<path d="M{place:.1f} {BOTTOM}v6" stroke="{INK}"/>')
        parts.append(label(place, BOTTOM + 22, f"{value:g}", anchor="middle"))
    return [*parts, f'<path d="M{LEFT} {BOTTOM}H{RIGHT}" stroke="{INK}"/>']


def _legend(names: Sequence[str]) -> list[str]:
    """Return a sample of each line with its name, set from right to left above the plane."""
    parts, right = [], float(RIGHT)
    for number, name in enumerate(reversed(names)):
        wide = 7.2 * len(name)  # about the width of a letter at this size
        parts.append(label(right - wide, TOP - 14, name))
        parts.append(f'<path d="M{right - wide - 34:.1f} {TOP - 18.5}h26"{_stroke(number)}/>')
        right -= wide + 54
    return parts


def _line(values: Sequence[float], x: _Axis, y: _Axis, stroke: str) -> str:
    points = [
        (x.place(epoch), y.place(value))
        for epoch, value in _thinned(list(enumerate(values, start=1)))
        if _has_place(value)
    ]
    if not points:
        return ""
    if len(points) == 1:  # a line needs two ends
        points.append((points[0][0] + 0.1, points[0][1]))
    path = "L".join(f"{across:.1f} {up:.1f}" for across, up in points)
    return f'<path d="M{path}" fill="none" stroke-linejoin="round"{stroke}/>'


def _thinned(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return at most about MOST_POINTS points: of each stretch the lowest and the highest, so that no peak is lost."""
    if len(points) <= MOST_POINTS:
        return points
    stretch = math.ceil(2 * len(points) / MOST_POINTS)
    kept = {points[0], points[-1]}
    for start in range(0, len(points), stretch):
        part = points[start : start + stretch]
        kept |= {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
    return sorted(kept)


def _has_place(value: float) -> bool:
    return value == 0 or 1 / FARTHEST <= abs(value) <= FARTHEST  # false for NaN


def _stroke(number: int) -> str:
    colour, width, opacity = STROKES[min(number, len(STROKES) - 1)]
    return f' stroke="{colour}" stroke-width="{width}" stroke-opacity="{opacity}" stroke-linecap="round"'


def _epochs(epochs: int) -> _Axis:
    """Return an axis from 1 to the last epoch, with a tick for the first and for round numbers clear of it."""
    span = max(epochs - 1, 1)
    ticks = (value for value in _steps(1, 1 + span) if value == int(value) and max(1, span / 20) < value <= epochs)
    return _Axis(lambda value: LEFT + (value - 1) / span * (RIGHT - LEFT), (1, *ticks))


def _linear(values: Sequence[float]) -> _Axis:
    """Return an axis that begins and ends with a tick."""
    smallest, largest = min(values), max(values)
    ticks = _steps(smallest, largest if largest > smallest else smallest + 1)
    first, last = ticks[0], ticks[-1]
    return _Axis(lambda value: BOTTOM - (value - first) / (last - first) * (BOTTOM - TOP), tuple(ticks))


def _logarithmic(values: Sequence[float]) -> _Axis:
    """Return an axis whose ticks are powers of ten, with 2 and 5 times them where there are few."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    every = math.ceil((last - first) / 8)
    first = last - every * math.ceil((last - first) / every)  # so that it begins and ends with a tick
    factors = (1, 2, 5) if last - first <= 2 else (1,)
    ticks = [factor * 10.0**power for power in range(first, last + 1, every) for factor in factors]
    span = last - first
    return _Axis(
        lambda value: BOTTOM - (math.log10(value) - first) / span * (BOTTOM - TOP),
        tuple(tick for tick in ticks if tick <= 10.0**last),
    )


def _steps(smallest: float, largest: float) -> list[float]:
    """Return about six round numbers, from one that is not above `smallest` to one that is not below `largest`."""
    rough = (largest - smallest) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    return [number * step for number in range(math.floor(smallest / step), math.ceil(largest / step) + 1)]

"""Where gradients go wrong quietly: at kinks, in every case of a function, and where exponentials leave the floats.

    kink    the slope that is printed for it, times what comes from above
    case    both sides of every threshold, also of those inside stable functions, and where pieces meet smoothly
    far     z = ±37, ±710, ±1000

A point at which the cost or its slope is no real number, or larger than any float, is no point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import inf, isfinite, nan
from typing import Any

import numpy as np
from sympy import Expr, Integer, Rational, S

from symbackprop.frozen import dataclass
from symbackprop.network.costs import A, N, Y
from symbackprop.network.functions import Z, elementwise, explicit
from symbackprop.network.kinks import breakpoints, kinks
from symbackprop.numerics.lonelayer import LoneLayer, Truth
from symbackprop.numerics.ways import SINGLY, Way

FAR = (37.0, 710.0, 1000.0)  # where a(1 - a), exp, and everything naive breaks down
MANY = 700  # digits for the others: 1 - σ(1000) is 1e-435, and a step of 1e-350 must show slopes of 1e-300
# Both sides of the thresholds of all stable functions: 0.47 and 4 times √2, and 6, of erf, 1 - a² = 0.02 of tanh,
# 30 of gelu_tanh, -37 of ln softplus, 40 of the density; and of what a cost tells apart: a - y and y a beside 1.
NEAR, AWAY = (0.3, 0.8, 2.0, 3.5, 5.0, 7.0), (20.0, 33.0, 38.0, 45.0)
SOME = 60  # digits for those near 0
MEETING = (0.0, -1.0, 1.0)  # where pieces of most costs meet, beside those of the activation itself
SIDES = (-1, 1)  # of a point: below it and above it
BESIDE = Rational(1, 10**25)  # how far to either side of such a point its slopes are taken
MODERATE = 1e15  # a value that near to such a point is no pole beside it
BLURRED = 1e-20  # what is that near to the sides is where they meet
SMALLEST = 1e-300  # below it floats lose digits one by one, whatever the formula
NOWHERE = (S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity)
FINE = 1e-13  # an error that needs no excuse
ROUNDED = Rational(1, 10**14)  # how far z and y may be off for a larger one to be theirs: some 50 roundings


@dataclass(frozen=True)
class Corner:
    """A point: the first weighted input, the first target, and the truth, in `digits` digits.

    Where the slopes to both sides differ and no convention says which holds, the truth is a range, up to `other`;
    `slack` is what the distance of the sides makes of it."""

    kind: str
    z: float
    y: float
    truth: Truth
    other: Truth
    digits: int = SOME
    slack: float = SMALLEST


@dataclass
class Found:
    """What was found at the corners of one kind: at how many points, the largest error, and where that is."""

    points: int = 0
    error: float = 0.0
    where: str = ""

    def add(self, error: float, where: str) -> None:
        """Keep the error of one way to run the gradient at one point, if it is the largest or no number."""
        if not error <= self.error:
            self.error, self.where = error, where


def corners(layer: LoneLayer) -> Iterator[Corner]:
    """Yield the points at which a layer is looked at."""
    activation = layer.network.activations[0]
    bends = {float(z): slope for z, slope in (_kinks(activation.function) if activation.function else ())}
    yield from _at_kinks(layer, bends)
    if layer.network.depth == 1 and activation.name == "identity":
        yield from _at_kinks_of_cost(layer)
    targets = list(layer.targets())
    for kind, sizes, digits in (("case", NEAR, SOME), ("case", AWAY, MANY), ("far", FAR, MANY)):
        tried = targets[:1] if sizes is AWAY else targets  # that far out, z alone takes another case
        points = [(z, y) for y in tried for size in sizes for z in (size, -size) if z not in bends]
        for (z, y), truth in zip(points, layer.truths(points, digits), strict=True):
            if truth is not None:
                yield Corner(kind, z, y, truth, truth, digits)
    own = breakpoints(activation.function.definition) if activation.function is not None else ()
    places = dict.fromkeys([*MEETING, *(float(point) for point in own if _is_float(point))])
    meeting = [(z, y) for y in targets for z in places if z not in bends]
    for (z, y), sides in zip(meeting, _sides(layer, meeting), strict=True):
        if sides is not None:
            yield Corner("case", z, y, *sides, slack=BLURRED)


def _kinks(function: Any) -> Iterator[tuple[Expr, Expr]]:
    """Yield the kinks that a float can hit, each with the slope that is printed for it."""
    yield from ((point, slope) for point, slope in kinks(function) if _is_float(point))


def _is_float(point: Expr) -> bool:
    return bool(point.is_Rational) and Fraction(float(point)) == Fraction(point.p, point.q)


def _at_kinks(layer: LoneLayer, bends: Mapping[float, Expr]) -> Iterator[Corner]:
    """Yield the kinks of the first activation: the printed slope times ∂C/∂a, where that is one number."""
    above = layer.above()
    number = above.numbers(SOME).number
    function, targets = layer.network.activations[0].function, list(layer.targets())
    for z, slope in bends.items():
        a = number(explicit(function(Rational(z))))  # type: ignore[misc]
        for y, sides in zip(targets, _sides(above, [(a, y) for y in targets]), strict=True):
            if sides is not None and _agree(*sides):
                cost, by_activation = sides[0]
                truth = cost, number(slope) * by_activation
                yield Corner("kink", z, y, truth, truth, slack=BLURRED)


def _at_kinks_of_cost(layer: LoneLayer) -> Iterator[Corner]:
    """Yield the kinks of the cost as a function of a, for each target."""
    cost, number = layer.network.cost_function, layer.numbers(SOME).number
    for y in layer.targets():
        term = (cost.factor * cost.term).xreplace({A: Z, Y: Rational(y), N: Integer(1)})
        bends = [] if term.has(*NOWHERE) else list(_kinks(elementwise("cost", term)))
        truths = layer.truths([(float(a), y) for a, _ in bends], SOME) if bends else []
        for (a, slope), found in zip(bends, truths, strict=True):
            if found is not None:
                truth = found[0], number(slope)
                yield Corner("kink", float(a), y, truth, truth)


def _sides(layer: LoneLayer, points: list[tuple[Any, float]]) -> Iterator[tuple[Truth, Truth] | None]:
    """Yield the truth just below and just above each point, or None where there is none on one side."""
    numbers = layer.numbers(SOME)
    z, beside = numbers.array([z for z, _ in points]), numbers.number(BESIDE)
    moved = ([(at, y) for at, (_, y) in zip(z + side * beside, points, strict=True)] for side in SIDES)
    both = (layer.truths(each, SOME, MODERATE) for each in moved)
    for below, above in zip(*both, strict=True):
        yield None if below is None or above is None else (below, above)


def _agree(below: Truth, above: Truth) -> bool:
    """Tell whether slopes to both sides of a point are the same; they may differ by the distance of the sides."""
    return all(abs(one - other) <= 1e-15 * max(1, abs(one)) for one, other in zip(below, above, strict=True))


def look(layer: LoneLayer, ways: Mapping[str, Way], found: Mapping[str, Found]) -> None:
    """Add to `found`, for every kind of corner in it, what the ways to run the gradient give at those of a layer."""
    for corner in (corner for corner in corners(layer) if corner.kind in found):
        here = found[corner.kind]
        here.points += 1
        ends, wider = _ends(zip(corner.truth, corner.other, strict=True)), None
        for name, way in ways.items():
            values = _values(layer, corner, way, 1 if name.endswith(SINGLY) else 2)
            error = _worst(values, ends, corner.slack)
            if FINE < error < inf and corner.kind != "kink":  # a kink is hit exactly
                wider = wider or _widened(layer, corner)
                error = _worst(values, wider, corner.slack)
            here.add(error, f"{layer.name} at z = {corner.z:g}, y = {corner.y:g}, {name}")


def _values(layer: LoneLayer, corner: Corner, way: Way, samples: int) -> list[float]:
    """Return the cost and the gradient that one way finds; no number where a floating-point flag is raised.

    `samples` that are all the same: two make a batch, of single ones the second would say what the first does."""
    x, y = np.ones((samples, 1)), np.repeat(layer.target(corner.y), samples, axis=0)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            cost, grads = way(layer.parameters(corner.z), x, y)
    except (ArithmeticError, ValueError):
        return [nan] * len(corner.truth)
    return [float(value) for value in (cost, *grads["b1"])]


def _ends(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[float, float]]:
    """Return between what numbers each value may lie, in floats: what that rounds is less than half of a last digit."""
    return [(float(min(pair)), float(max(pair))) for pair in pairs]


def _widened(layer: LoneLayer, corner: Corner) -> list[tuple[float, float]]:
    """Return between what ends each value may lie for z and y as they may have been before they were rounded.

    σ(38) is 1 in floats: what is wrong there for y = 1 alone, because a - y or 1 - y a has vanished, is no fault."""
    number = layer.numbers(corner.digits).number
    z, y = (number(Rational(value)) for value in (corner.z, corner.y))
    factors = [1 + side * number(ROUNDED) for side in SIDES]
    points = [(z * factor, y) for factor in factors] + [(z, y * factor) for factor in factors]
    points += [(z, layer.target(y) * factor) for factor in factors]  # the 1 of another class is rounded, too
    truths = [truth for truth in layer.truths(points, corner.digits) if truth is not None]
    pairs = zip(corner.truth, corner.other, *truths, strict=True)
    reach = [max(abs(value - true) for value in values) for true, *values in pairs]
    return _ends((true - most, true + most) for true, most in zip(corner.truth, reach, strict=True))


def _worst(values: Sequence[float], ends: Sequence[tuple[float, float]], slack: float) -> float:
    return max(_apart(value, *pair, slack) for value, pair in zip(values, ends, strict=True))


def _apart(value: float, low: float, high: float, slack: float) -> float:
    """Return how far a value is from where it belongs, relative to what belongs there."""
    if not isfinite(value):
        return inf
    outside = max(low - value, value - high)
    size = max(abs(low), abs(high))
    return 0.0 if outside <= slack else outside / size if size > slack else 1.0

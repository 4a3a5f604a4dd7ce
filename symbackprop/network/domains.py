"""Where a network has no value, or learns nothing: a logarithm of what may be negative is refused, the rest warned of.

cross_entropy over one output    says nothing where the target is 0
cross_entropy after sigmoid      pushes every output up and none down
softmax over one neuron          is always 1
hinge after sigmoid, one output  tells two classes apart by a sign that never changes
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import isfinite

from sympy import Expr, Piecewise, Pow, Rational, Symbol, log, nsimplify

from symbackprop.errors import DomainError
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.costs import COSTS, A, Cost, Y
from symbackprop.network.extremes import Where
from symbackprop.network.formulatext import formula_text
from symbackprop.network.functions import Z, explicit
from symbackprop.network.manydigits import worth

# where a formula must have a real value at least once; both signs, both sides of 1, and far out
SAMPLES = (-12.5, -2.3, -0.7, 0.3, 0.6, 1.7, 4.1, 12.5)
POINTS = (Rational(-2), Rational(-1, 2), Rational(1, 2), Rational(2))  # where a formula is tried: no pole of a textbook
TARGETS = (Rational(1, 3), Rational(2, 3))
DIGITS = 15
STEPS = 8  # between the ends of an activation, where a cost must be finite once
MARGIN = Rational(1, 8)  # of the span of an activation, at both ends


def check_domains(widths: Sequence[int], activations: Sequence[Activation], cost: Cost) -> None:
    """Refuse a cost that takes the logarithm of what may be negative, or of what is always 0; warn of the rest.

    Raises DomainError, for a cost that is finite nowhere, too. Warns where a logarithm may be infinite, where a formula
    of the user's has no real value, and where a layer of one neuron, or a cost after this last activation, can learn
    nothing."""
    last = activations[-1]
    _check_logarithm(last, cost)
    _warn_of_deaf_pairs(widths[-1], last, cost)
    alone = [layer for layer, (width, a) in enumerate(zip(widths[1:], activations, strict=True), start=1) if width == 1]
    for layer in (layer for layer in alone if not activations[layer - 1].is_elementwise):
        name = activations[layer - 1].name
        if layer == len(activations) and cost.wants_below_one:
            raise DomainError(
                f"cost {cost.name} takes ln(1 - a), but {name} over one neuron is always 1; end with sigmoid"
            )
        _warn(f"{name} over the one neuron of layer {layer} is always the same, so nothing is learned; take sigmoid")
    for activation in dict.fromkeys(activations):
        if activation.function is not None and activation.name not in ACTIVATIONS:
            formula = activation.function.definition
            assert formula is not None
            _warn_of_gaps(f"activation {activation.name}(z) = {formula_text(formula)[:60]}", formula, {Z: POINTS})
    if cost.name not in COSTS:
        _check_some_value(last, cost)
        _warn_of_gaps(f"cost {cost.name}", cost.term, {A: tuple(_inside(last)), Y: TARGETS})


def _warn_of_deaf_pairs(outputs: int, last: Activation, cost: Cost) -> None:
    """Warn where the cost does not tell the outputs what to do: it never pushes one down, or waits for a sign."""
    if cost.is_silent_at_zero and last.is_elementwise and outputs == 1:
        _warn(
            f"cost {cost.name} wants one output per class: over one output it says nothing where the target is 0; "
            "take binary_cross_entropy, or two outputs and softmax"
        )
    elif cost.is_silent_at_zero and last.is_elementwise:
        _warn(
            f"cost {cost.name} after {last.name} pushes outputs up and none down, so all of them grow; "
            "end with softmax, or take binary_cross_entropy"
        )
    if cost.both_signs and outputs == 1 and last.is_elementwise and _has_one_sign(last):
        _warn(
            f"cost {cost.name} tells two classes apart by the sign of the output, which {last.name} never changes; "
            "end with tanh or identity"
        )


def _has_one_sign(activation: Activation) -> bool:
    """Tell whether an activation is known to be never negative, or never positive."""
    low, high = activation.lowest, activation.highest
    return (low is not None and low >= 0) or (high is not None and high <= 0)


def _check_logarithm(activation: Activation, cost: Cost) -> None:
    low, high = activation.lowest, activation.highest
    given = [value for value in (low, high) if value is not None] or _taken(activation)
    wrong = [v for v in given if (cost.wants_positive and v < 0) or (cost.wants_below_one and v > 1)]
    if wrong:
        wanted = "activations between 0 and 1" if cost.wants_below_one else "positive activations"
        is_known = low is not None and high is not None
        values = f"from {low:g} to {high:g}" if is_known else f"such as {max(wrong, key=abs):.3g}"
        function, name = activation.function, activation.name
        if function is not None and not is_known:
            name = f"{name}(z) = {formula_text(explicit(function(Z)))}"
        raise DomainError(
            f"cost {cost.name} wants {wanted}, but {name[:60]} gives values {values}; "
            "end with sigmoid or softmax, or take quadratic"
        )
    if cost.wants_positive and activation.lowest == 0 and activation.reaches_lowest:
        _warn(f"cost {cost.name} takes the logarithm of {activation.name}, which can be 0: the cost is infinite there")


def _taken(activation: Activation) -> list[float]:
    """Return values that a formula takes, of either sign of z, near 0 and far out; none of what mixes neurons."""
    if activation.function is None:
        return []
    values = (_number(explicit(activation.function(nsimplify(z, rational=True)))) for z in SAMPLES)
    return [float(value) for value in values if value is not None]


def _check_some_value(activation: Activation, cost: Cost) -> None:
    """Raise DomainError for a cost that divides by 0 whatever the activation gives: 1/relu(a - 10) after tanh."""
    low, high = activation.lowest, activation.highest
    if low is None or high is None or not isfinite(high - low):
        return
    ends = nsimplify(low, rational=True), nsimplify(high - low, rational=True)
    reached = (ends[0] + ends[1] * Rational(step, STEPS) for step in range(1, STEPS))
    values = (worth(cost.term.xreplace({A: a, Y: y}), DIGITS) for a, y in product(reached, (*ends, *POINTS, *TARGETS)))
    if not any(value.is_finite for value in values):
        given = f"which gives values from {low:g} to {high:g}"
        raise DomainError(
            f"cost {cost.name} has no finite value after {activation.name}, {given}; "
            "take another activation for the last layer, such as identity"
        )


def _warn_of_gaps(what: str, formula: Expr, tried: Mapping[Symbol, Sequence[Expr]]) -> None:
    """Warn once if the formula has no real value at one of the points that are tried, or a part on the way to it."""
    parts = () if formula.has(Piecewise, Where) else formula.atoms(Pow, log)  # of cases one alone is computed
    for point in product(*tried.values()):
        at = dict(zip(tried, point, strict=True))
        if _number(formula.xreplace(at)) is None or not all(_is_defined(part, at) for part in parts):
            place = ", ".join(f"{symbol} = {_shown(number)}" for symbol, number in at.items())
            _warn(f"{what} has no real value at {place}: its numbers are not defined there")
            return


def _is_defined(part: Expr, at: Mapping[Symbol, Expr]) -> bool:
    """Tell whether a power or a logarithm is real: cosh(sqrt(-2)) is, but what it is computed from is not."""
    if isinstance(part, Pow) and part.exp.is_integer:
        return True
    base = _number((part.base if isinstance(part, Pow) else part.args[0]).xreplace(dict(at)))
    return base is not None and bool(base >= 0)


def _shown(number: Expr) -> str:
    return str(number) if number.is_Rational else f"{float(number):.3g}"


def _number(value: Expr) -> Expr | None:
    """Return a value in digits, or None where it is no finite real number.

    Digits decide, not what SymPy knows of a number by its form: it asks itself for ever whether tanh(i √7) is real."""
    digits = worth(value, DIGITS).evalf(DIGITS, chop=True)
    return digits if digits.is_Number and digits.is_finite else None


def _inside(activation: Activation) -> Iterator[Expr]:
    """Yield values that the activation takes: of a formula those at a few points, else those between its bounds."""
    if activation.function is not None and activation.name not in ACTIVATIONS:
        taken = (_number(explicit(activation.function(point))) for point in POINTS)
        yield from (value for value in taken if value is not None)
        return
    low, high = (
        None if end is None or abs(end) == float("inf") else nsimplify(end, rational=True)
        for end in (activation.lowest, activation.highest)
    )
    if low is not None and high is not None:
        yield from (low + (high - low) * share for share in (MARGIN, 1 - MARGIN))
        return
    yield from (p for p in POINTS if (low is None or p > low) and (high is None or p < high))


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=4)

"""The numbers of one sample: every quantity of the forward and the backward pass, from the equations that were derived.

    z_1_1 = w_1_1_1 x_1 + w_1_1_2 x_2 + b_1_1    at x_1 = 1/20, …    ->    151/400

Rational numbers stay exact as long as no exponential, logarithm or root is met; from there on there are 50 digits,
and nothing is rounded in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from types import MappingProxyType

from sympy import Add, Expr, Indexed, Rational, S, Symbol

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.rules import ASSUME
from symbackprop.errors import CheckError, DataError
from symbackprop.network.composition import leaf, unrolled, with_sizes
from symbackprop.network.functions import Z, limit_at
from symbackprop.network.manydigits import worth
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, scalar
from symbackprop.network.program import at_layer

__all__ = [
    "DIGITS",
    "Known",
    "Numbers",
    "descend",
    "evaluate",
    "evaluate_in_order",
    "granted",
    "instances",
    "own_equation",
]

DIGITS = 50  # of what is not rational
SHOWN = 6  # of what is refused
AGREEMENT = Rational(1, 10**40)  # ten digits are left for rounding


@dataclass(frozen=True)
class Known:
    """What letters are worth, and derivatives of the cost that stand for letters: z_1_2, ∂C/∂q_1_2."""

    known: Mapping[Expr, Expr]

    def value(self, formula: Expr) -> Expr:
        """Return what a formula in these letters is worth; raises DataError where it is no number."""
        return value_of(formula, self.known)


@dataclass(frozen=True)
class Numbers(Known):
    """What every letter of a concrete network is worth for one sample: z_1_2, delta_2_1, C, ∂C/∂w_1_2_1.

    `known` holds the values by symbol, `gradient` the derivatives of the cost by the symbol of their parameter."""

    network: Network
    gradient: Mapping[Symbol, Expr]

    @property
    def cost(self) -> Expr:
        """The cost of the sample."""
        return self.known[COST]

    def array(self, letter: str, layer: int | None = None) -> tuple[tuple[Expr, ...], ...]:
        """Return the numbers of w, b, z, a or delta of a layer, or of x or y: rows, of one number for a vector."""
        widths = self.network.widths
        if letter == "w" and layer is not None:
            rows, columns = range(1, widths[layer] + 1), range(1, widths[layer - 1] + 1)
            return tuple(tuple(self.known[scalar("w", layer, j, k)] for k in columns) for j in rows)
        width = widths[0] if letter == "x" else widths[-1] if layer is None else widths[layer]
        place = () if layer is None else (layer,)
        return tuple((self.known[scalar(letter, *place, j)],) for j in range(1, width + 1))


def value_of(formula: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """Return the formula with its letters replaced by numbers: a rational, or 50 digits; where it is 0/0 its limit.

    A sum whose terms cancel to less than their rounding is 0: of a value below it no digit would be known.

    Raises DataError where that is not a finite real number, such as the logarithm of 0."""
    value = _worth(formula, known)
    if value is S.NaN:
        value = _limit(formula, known)
    value = value if value.is_Rational else worth(value, DIGITS)
    if not (value.is_Rational or (value.is_Float and value.is_finite)):
        shown = str(value.evalf(SHOWN))[:40]
        raise DataError(f"{str(formula)[:60]} is {shown}, no real number, for these numbers; give others with --values")
    return value


def _worth(formula: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """Return the formula with numbers in it, every sum in it without what rounding leaves of terms that cancel."""
    if not any(number.is_Float for number in known.values()) or not formula.has(Add):
        return formula.xreplace(dict(known))
    stand_ins: dict[Expr, Expr] = {}
    for part in sorted(formula.atoms(Add), key=lambda each: each.count_ops()):  # the inner ones first
        terms = [term.xreplace(stand_ins).xreplace(dict(known)) for term in part.args]
        total = Add(*terms)
        if total.is_Float and abs(total) <= AGREEMENT * max(abs(term.evalf(DIGITS)) for term in terms):
            stand_ins[part] = S.Zero
    return formula.xreplace(stand_ins).xreplace(dict(known))


def _limit(formula: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """Return the limit along a weighted input or an activation, the first that there is; NaN if there is none."""
    for letter in sorted((each for each in formula.free_symbols if each.name[0] in "za"), key=str, reverse=True):
        others = {symbol: number for symbol, number in known.items() if symbol != letter}
        limit = limit_at(formula.xreplace(others).xreplace({letter: Z}), known[letter])
        if limit is not None:
            return limit
    return S.NaN


@lru_cache(1024)  # many samples of one network are evaluated
def instances(left: Expr, right: Expr, layer: int, network: Network) -> tuple[tuple[Expr, Expr], ...]:
    """Return left = right at a layer for every value of the free indices, in the letters of the concrete network."""
    sides = [with_sizes(at_layer(side, layer), network.widths) for side in (left, right)]
    entry = sides[0].by if isinstance(sides[0], Partial) else sides[0]
    if not isinstance(entry, Indexed):
        return ((sides[0], unrolled(sides[1], leaf)),)
    positions = product(*(range(1, int(size) + 1) for size in entry.base.sizes))
    places = [dict(zip(entry.indices, position, strict=True)) for position in positions]
    return tuple((unrolled(sides[0], leaf, at), unrolled(sides[1], leaf, at)) for at in places)


def own_equation(derivation: Derivation, layer: int) -> BackpropEquation:
    """Return the equation for the error of a layer, with the cost and the activation of this network."""
    found = (e for e in derivation.specific.values() if layer in e.layer_numbers)
    return next(equation for equation in found if equation.name in ("BP1", "BP2"))


def evaluate(derivation: Derivation, given: Mapping[str, Fraction]) -> Numbers:
    """Return every number of the sample; `given` are those of x, y, weights and biases by the names of their scalars.

    Raises DataError where one is not finite, CheckError where two forms of one derived equation do not agree."""
    return _evaluated(derivation, {Symbol(name): _rational(value) for name, value in given.items()})


def descend(derivation: Derivation, given: Mapping[str, Fraction], rate: Fraction, steps: int) -> tuple[Numbers, ...]:
    """Return the numbers before and after each step against the gradient: θ <- θ - η ∂C/∂θ.

    Raises what `evaluate` raises."""
    stages = [evaluate(derivation, given)]
    for _ in range(steps):
        before = stages[-1]
        moved = {letter: before.known[letter] - _rational(rate) * slope for letter, slope in before.gradient.items()}
        sample = {letter: value for letter, value in before.known.items() if letter.name[0] in "xy"}
        stages.append(_evaluated(derivation, sample | moved))
    return tuple(stages)


def evaluate_in_order(pairs: Iterable[tuple[Expr, Expr]], given: Mapping[Expr, Fraction]) -> Known:
    """Return what the left sides are worth, each computed from what is given and from those before it."""
    known = {letter: _rational(value) for letter, value in given.items()}
    for left, right in pairs:
        known[left] = value_of(right, known)
    return Known(MappingProxyType(known))


def _rational(value: Fraction) -> Expr:
    return Rational(value.numerator, value.denominator)


def _evaluated(derivation: Derivation, given: Mapping[Symbol, Expr]) -> Numbers:
    network = derivation.network
    known = dict(given)
    for node in network.program.nodes:
        forward = node.equation
        for left, right in instances(forward.target, forward.expression, node.layer or 0, network):
            known[left] = value_of(right, known)
    for layer in range(network.depth, 0, -1):
        _add_errors(known, own_equation(derivation, layer), layer, network)
    gradient = {}
    for name, layer in product(("BP3", "BP4"), range(1, network.depth + 1)):
        equation = derivation.equations[name]
        for left, right in instances(equation.left, equation.right, layer, network):
            gradient[left.by] = value_of(right, known)
    return Numbers(MappingProxyType(known), network, MappingProxyType(gradient))


def _add_errors(known: dict[Symbol, Expr], equation: BackpropEquation, layer: int, network: Network) -> None:
    """Add the errors of a layer, from the last line of its equation; every other line must give the same."""
    steps = granted(equation.chain, known, network).steps
    for form in [step.after for step in reversed(steps) if not step.after.has(Partial)]:
        for left, right in instances(equation.left, form, layer, network):
            value = value_of(right, known)
            if abs(known.setdefault(left, value) - value) > AGREEMENT * max(1, abs(value)):
                raise CheckError(f"{left}: {equation.name} gives {known[left]} in one line and {value} in another")


def granted(chain: Chain, known: Mapping[Symbol, Expr], network: Network) -> Chain:
    """Return a chain without the lines that suppose Σ y = 1, unless it is so for this sample."""
    total = sum(known[scalar("y", j)] for j in range(1, network.widths[-1] + 1))
    steps = tuple(step for step in chain.steps if total == 1 or step.rule is not ASSUME)
    return chain if steps == chain.steps else replace(chain, steps=steps)

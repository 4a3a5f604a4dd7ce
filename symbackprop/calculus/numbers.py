"""The numbers of samples: every quantity of the forward and the backward pass, from the equations that were derived.

    z_1_1 = w_1_1_1 x_1 + w_1_1_2 x_2 + b_1_1    at x_1 = 1/20, …    ->    151/400

Rational numbers stay exact as long as no exponential, logarithm or root is met; from there on there are 50 digits,
and nothing is rounded in between. Of several samples each is worked through; cost and gradient are their means.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import product
from types import MappingProxyType

from sympy import Add, Expr, Indexed, Rational, S, Symbol

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.partials import Partial, letters_of
from symbackprop.calculus.rules import ASSUME
from symbackprop.errors import CheckError, DataError
from symbackprop.frozen import dataclass
from symbackprop.network.composition import leaf, unrolled, with_sizes
from symbackprop.network.functions import Z, limit_at
from symbackprop.network.manydigits import worth
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, scalar
from symbackprop.network.program import at_layer

DIGITS = 50  # of what is not rational
SHOWN = 6  # of what is refused
LONGEST_POWER = 100_000  # of ten: e to it is found at once, e to e to it never
MOST_BITS = LONGEST_POWER / math.log10(2)
AGREEMENT = Rational(1, 10**40)  # ten digits are left for rounding
ROUNDING, KNOWN = Rational(1, 10**DIGITS), Rational(1, 10**10)  # relative; of fewer digits than ten nothing is shown


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


@dataclass(frozen=True)
class Stage:
    """The numbers of every sample with the same parameters; cost and gradient are the means over the samples.

    With `share` 1 they are sums: as it is, C = share · Σ_s C_s."""

    samples: tuple[Numbers, ...]
    share: Rational

    @property
    def parameters(self) -> Mapping[Expr, Expr]:
        """What each weight and each bias is worth; letters of the first sample are among them."""
        return self.samples[0].known

    @property
    def cost(self) -> Expr:
        """The cost of all samples."""
        return self._whole([sample.cost for sample in self.samples])

    @cached_property
    def gradient(self) -> Mapping[Symbol, Expr]:
        """The derivatives of that cost by the symbol of their parameter."""
        return {
            letter: self._whole([sample.gradient[letter] for sample in self.samples])
            for letter in self.samples[0].gradient
        }

    def _whole(self, parts: Sequence[Expr]) -> Expr:
        return parts[0] if len(parts) == 1 else value_of(self.share * Add(*parts), {})


def value_of(formula: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """Return the formula with its letters replaced by numbers: a rational, or 50 digits; where it is 0/0 its limit.

    A sum whose terms cancel to less than the rounding of its letters is 0: of such a value no digit is known.

    Raises DataError where that is not a finite real number, such as the logarithm of 0, or exp(exp(30)), too large."""
    at = {letter: Rational(x) if x.is_Float else x for letter, x in known.items()}  # nothing is evaluated too soon
    value = _worth(formula, known).xreplace(at)
    if value is S.NaN:
        value = _limit(formula, at)
    rounded = any(known[letter].is_Float for letter in letters_of(formula) & set(known))
    value = value if value == 0 or (value.is_Rational and not rounded) else worth(value, DIGITS)
    if not (value.is_Rational or (value.is_Float and value.is_finite)):
        shown = f"{str(value.evalf(SHOWN))[:40]}, no real number,"
    elif value.is_Float and abs(power := sum(value._mpf_[2:])) > MOST_BITS:
        shown = f"{'beyond' if power > 0 else 'below'} 10^{'' if power > 0 else '-'}{LONGEST_POWER}"
    else:
        return value
    raise DataError(f"{str(formula)[:60]} is {shown} for these numbers; give others with --values")


def _worth(formula: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """Return the formula with numbers for the sums of which rounding leaves less than ten digits: most often 0."""
    stand_ins: dict[Expr, Expr] = {}
    for part in sorted(formula.atoms(Add), key=lambda each: each.count_ops()):  # the inner ones first
        terms = [term.xreplace(stand_ins).xreplace(dict(known)) for term in part.args]
        total = Add(*terms)
        if total.is_Float and abs(total) <= AGREEMENT * max(abs(term.evalf(DIGITS)) for term in terms):
            stand_ins[part] = _left_over(part.xreplace(stand_ins), known)
    return formula.xreplace(stand_ins)


def _left_over(part: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """Return a sum whose terms cancel but for their rounding: what it is, or 0 where that of the letters may be all.

    1 + tanh(z) is 1e-616 at z = -709, with as many digits as z has; a - y is 0 where a is y to 50 digits."""
    values = [worth(part.xreplace(_shaken(known, shake)), DIGITS) for shake in (0, 1)]
    value, moved = (each if each.is_real else S.NaN for each in values)
    return value if bool(abs(value - moved) < KNOWN * abs(value)) else S.Zero


def _shaken(known: Mapping[Expr, Expr], shake: int) -> dict[Expr, Expr]:
    """Return the letters with numbers that nothing evaluates at once, each moved by a rounding of its own."""
    letters = enumerate(known.items(), start=2)
    return {at: Rational(x) * (1 + shake * ROUNDING * place) if x.is_Float else x for place, (at, x) in letters}


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


def descend(
    derivation: Derivation, given: Sequence[Mapping[str, Fraction]], rate: Fraction, steps: int, *, mean: bool = True
) -> tuple[Stage, ...]:
    """Return the numbers before and after each step against the gradient: θ <- θ - η ∂C/∂θ.

    `given` are the numbers of each sample, as for `evaluate`; without `mean` the cost is the sum of theirs.
    Raises what `evaluate` raises."""
    share = Rational(1, len(given) if mean else 1)
    stages = [Stage(tuple(evaluate(derivation, sample) for sample in given), share)]
    for _ in range(steps):
        before = stages[-1]
        moved = {at: before.parameters[at] - _rational(rate) * slope for at, slope in before.gradient.items()}
        stages.append(Stage(tuple(_moved(derivation, sample, moved) for sample in before.samples), share))
    return tuple(stages)


def _moved(derivation: Derivation, before: Numbers, parameters: dict[Symbol, Expr]) -> Numbers:
    """Return the numbers of a sample with other parameters."""
    sample = {letter: value for letter, value in before.known.items() if letter.name[0] in "xy"}
    return _evaluated(derivation, sample | parameters)


def evaluate_in_order(pairs: Iterable[tuple[Expr, Expr]], given: Mapping[Expr, Fraction | Expr]) -> Known:
    """Return what the left sides are worth, each computed from what is given and from those before it."""
    known = {letter: value if isinstance(value, Expr) else _rational(value) for letter, value in given.items()}
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

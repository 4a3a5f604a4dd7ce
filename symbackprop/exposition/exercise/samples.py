"""What can be computed of a sample, of dense layers and of a program of equations; and what is drawn for it.

z_1_2 = w_1_2_1 x_1 + w_1_2_2 x_2 + b_1_2,   …,   ∂C/∂w_1_2_1 = delta_1_2 x_1        a quantity for each entry
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from sympy import Expr, Indexed

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.numbers import instances, own_equation
from symbackprop.calculus.partials import Partial, letters_of
from symbackprop.calculus.rules import SUMS_TO_ONE, axis_of
from symbackprop.errors import BudgetError
from symbackprop.exposition.exercise.reckoning import BATCH, UNIT, Quantity, Reckoner
from symbackprop.exposition.story.backwardpass import compact
from symbackprop.network.composition import unrolled
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, Axis, Tensor, in_numbers, scalar
from symbackprop.network.program import Kind
from symbackprop.network.values import kind_of_targets

if TYPE_CHECKING:
    import numpy as np

    from symbackprop.calculus.reverse import ProgramDerivation

TINY = Fraction(1, 100)  # an epsilon beside a variance of about 1
MOST_QUANTITIES = 160  # of a program that is worked through by hand, on the way to the one that is asked for
# weights, inputs and biases that are drawn, in tenths: halves and wholes where results are to be short
_HALVES = ((-20, -15, -10, -5, 5, 10, 15, 20), (-20, -10, 5, 20, 30), (-20, -10, -5, 5, 10, 20))
_TENTHS = (
    tuple(tenth for tenth in range(-9, 10) if tenth),
    tuple(tenth for tenth in range(2, 16) if tenth != UNIT),
    tuple(tenth for tenth in range(-5, 6) if tenth),
)


# --- a chain of dense layers -------------------------------------------------------------------------


def reckoner_of(derivation: Derivation) -> Reckoner:
    """Return what computes every number of a network."""
    network = derivation.network
    return Reckoner(tuple(_quantities(derivation)), lambda rng, short: _drawn(network, rng, short=short))


def _quantities(derivation: Derivation) -> Iterator[Quantity]:
    """Yield every quantity of the forward and of the backward pass, in the order of computation."""
    network = derivation.network
    for node in network.program.nodes:
        forward, layer = node.equation, node.layer or 0
        kind = "C" if forward.target == COST else forward.tensor.letter
        for left, right in instances(forward.target, forward.expression, layer, network):
            yield Quantity(kind, layer, left, right)
    for layer in range(network.depth, 0, -1):
        equation = own_equation(derivation, layer)
        single, _ = kind_of_targets(network)
        right = compact(equation.chain if single else equation.chain.unconditional)
        yield from (Quantity("delta", layer, *pair) for pair in instances(equation.left, right, layer, network))
    for layer, (name, kind) in product(range(network.depth, 0, -1), (("BP3", "b"), ("BP4", "w"))):
        equation = derivation.equations[name]
        pairs = instances(equation.left, equation.right, layer, network)
        yield from (Quantity(kind, layer, *pair) for pair in pairs)


def _drawn(network: Network, rng: np.random.Generator, *, short: bool) -> dict[Expr, Any]:
    """Return whole numbers of tenths for what is given: of halves and wholes where results are to be short."""
    widths = network.widths
    weights, inputs, biases = _HALVES if short else _TENTHS
    drawn: dict[Expr, Any] = {}
    for k in range(1, widths[0] + 1):
        drawn[scalar("x", k)] = rng.choice(inputs, BATCH)
    for layer in range(1, network.depth + 1):
        for j in range(1, widths[layer] + 1):
            for k in range(1, widths[layer - 1] + 1):
                drawn[scalar("w", layer, j, k)] = rng.choice(weights, BATCH)
            drawn[scalar("b", layer, j)] = rng.choice(biases, BATCH)
    return drawn | _targets(network, rng, short=short)


def _targets(network: Network, rng: np.random.Generator, *, short: bool) -> dict[Expr, Any]:
    """Return targets that the cost can mean: one class of all, one of two for each neuron, or any numbers."""
    letters = [scalar("y", j) for j in range(1, network.widths[-1] + 1)]
    single, signs = kind_of_targets(network)
    chosen = rng.integers(len(letters), size=BATCH)
    drawn: dict[Expr, Any] = {}
    for place, letter in enumerate(letters):
        if single is None:
            drawn[letter] = UNIT * rng.choice(signs, BATCH)
        elif single:
            drawn[letter] = UNIT * (chosen == place).astype(int)
        else:
            drawn[letter] = rng.choice((0, 10, 20, 30) if short else range(1, 10), BATCH)
    return drawn


# --- a program of equations --------------------------------------------------------------------------


def reckoner_of_program(derivation: ProgramDerivation, most: int = MOST_QUANTITIES) -> Reckoner:
    """Return what computes every entry of a program and of its adjoints, in an order in which that can be done.

    Raises BudgetError where these are more than `most`, which are worked through by hand, and ShapeError for a size
    without a number."""
    if (count := count_of(derivation)) > most:
        raise BudgetError(f"a worked sample of this program has {count:,} numbers; at most {most}; take smaller sizes")
    pairs = [*_forward(derivation), *_backward(derivation)]
    ordered = tuple(_in_order(pairs))
    computed = {each.left for each in ordered}
    given = sorted({part for each in ordered for part in letters_of(each.right)} - computed, key=str)
    sizes, switches = sizes_of(derivation), {*getattr(derivation.network, "rates", {})}
    kinds = {array.tensor.xreplace(sizes): array.kind for array in derivation.program.arrays}
    named = own_numbers(derivation)
    own = {each: named[each] for each in given if each in named and not _is_tiny(each, named[each])}
    roles = {each: _role(each, kinds, switches) for each in given if each not in own}
    if words := getattr(derivation.network, "vocabulary", 0):
        roles |= {each: "word" for each in roles if isinstance(each, Indexed) and each.base.code_name == "x"}
    said = {each for adjoint in derivation.adjoints.values() for each in adjoint.chain.hypotheses}
    totals = [each.subject.xreplace(sizes) for each in said if each.kind == SUMS_TO_ONE and each.subject is not None]
    assumed = {axis_of(total)[0] for total in totals}  # of one sample, along the last axis
    shares = {tensor: [letter for letter in given if letter.has(tensor)] for tensor in assumed}
    return Reckoner(
        ordered,
        lambda rng, short: _said(own, rng) | _drawn_for(roles, words, rng, short=short) | _classes(shares, rng),
        own,
    )


def count_of(derivation: ProgramDerivation) -> int:
    """Return how many numbers there are to compute, before any is written down."""
    sizes = sizes_of(derivation)
    spans = [each.ranges for each in derivation.program.equations]
    spans += [dict(each.ranges) for each in derivation.adjoints.values()]
    return sum(prod(len(_range(axis, sizes)) for axis in each.values()) for each in spans)


def _forward(derivation: ProgramDerivation) -> Iterator[tuple[Expr, Expr]]:
    """Yield what each equation computes, entry by entry."""
    sizes = sizes_of(derivation)
    for equation in derivation.program.equations:
        sides = equation.target.xreplace(sizes), equation.expression.xreplace(sizes)
        spans = [_range(axis, sizes) for axis in equation.ranges.values()]
        yield from _at_each_place(sides, dict(zip(equation.indices, spans, strict=True)))


def _backward(derivation: ProgramDerivation) -> Iterator[tuple[Expr, Expr]]:
    """Yield what each adjoint is, entry by entry."""
    sizes = sizes_of(derivation)
    for adjoint in derivation.adjoints.values():
        sides = adjoint.left.xreplace(sizes), adjoint.right.xreplace(sizes)
        spans = {symbol: _range(axis, sizes) for symbol, axis in adjoint.ranges.items()}
        yield from _at_each_place(sides, spans)


def _at_each_place(sides: tuple[Expr, Expr], spans: Mapping[Any, range]) -> Iterator[tuple[Expr, Expr]]:
    for position in product(*spans.values()):
        at = dict(zip(spans, position, strict=True))
        left, right = (unrolled(side, entry, at) for side in sides)
        yield left, right


def sizes_of(derivation: ProgramDerivation) -> dict[Expr, Expr]:
    """Return the numbers of the sizes of a program."""
    return in_numbers(derivation.program.sizes)


def entry(tensor: Tensor, position: tuple[int, ...]) -> Indexed:
    """Return an entry of an array at its place: W_12, and r itself where there are no axes."""
    return tensor[position if len(position) != 1 else position[0]]


def own_numbers(derivation: ProgramDerivation) -> dict[Expr, Fraction]:
    """Return the letters that the network itself has numbers for, such as the epsilon of a normalisation."""
    numbers = getattr(derivation.network, "constants", {})
    own = [array for array in derivation.program.given if array.name in numbers]
    return {entry(each.tensor, ()): Fraction(str(numbers[each.name])) for each in own}


def _range(axis: Axis, sizes: Mapping[Expr, Expr]) -> range:
    first, last = (int(end.xreplace(dict(sizes))) for end in axis)
    return range(first, last + 1)


def _in_order(pairs: Sequence[tuple[Expr, Expr]]) -> Iterator[Quantity]:
    """Yield quantities, each after those that it is computed from."""
    waiting = dict(pairs)
    needed = {left: letters_of(right) & waiting.keys() for left, right in pairs}
    while waiting:
        ready = [left for left in waiting if needed[left].isdisjoint(waiting)]
        for left in ready:
            kind = "gradient" if isinstance(left, Partial) else "C" if left == COST else "value"
            yield Quantity(kind, 0, left, waiting.pop(left))


def _role(given: Expr, kinds: Mapping[Expr, Kind], switches: Collection[str]) -> str:
    """Return what a given entry is drawn as: 0 or 1 as in a mask, a target, a positive constant, or any number."""
    if not isinstance(given, Indexed):
        return "number"
    if given.base.code_name in switches:
        return "switch"
    kind = kinds.get(given.base)
    return "positive" if kind in (Kind.TARGET, Kind.CONSTANT) else "number"


def _drawn_for(roles: Mapping[Expr, str], words: int, rng: np.random.Generator, *, short: bool) -> dict[Expr, Any]:
    palettes = {
        "number": (_HALVES if short else _TENTHS)[0],
        "positive": (0, 10, 20, 30) if short else tuple(range(1, 10)),
        "switch": (0, UNIT),
        "word": tuple(range(0, UNIT * words, UNIT)),
    }
    return {letter: rng.choice(palettes[role], BATCH) for letter, role in roles.items()}


def _is_tiny(letter: Expr, number: Fraction) -> bool:
    """Tell whether it is the epsilon of a normalisation, of which nothing is seen in four digits: that is drawn."""
    return str(letter).startswith("epsilon") and number < TINY


def _said(own: Mapping[Expr, Fraction], rng: np.random.Generator) -> dict[Expr, Any]:
    """Return the numbers that the network has itself, the same in each draw."""
    return {letter: rng.choice((float(number * UNIT),), BATCH) for letter, number in own.items()}


def _classes(shares: Mapping[Tensor, Sequence[Indexed]], rng: np.random.Generator) -> dict[Expr, Any]:
    """Return targets that add up to 1 along their last axis, as the derivation supposes: one class of all."""
    drawn: dict[Expr, Any] = {}
    for tensor, letters in shares.items():
        first, last = map(int, tensor.axes[-1])
        chosen: dict[Any, Any] = {}
        for letter in letters:
            *place, own = letter.indices
            among = chosen.setdefault(tuple(place), rng.integers(first, last + 1, BATCH))
            drawn[letter] = UNIT * (among == int(own)).astype(int)
    return drawn

"""A step exists only with evidence about its two sides, and a wrong step is found out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from sympy import (
    Expr,
    Function,
    KroneckerDelta,
    Max,
    Min,
    Piecewise,
    Rational,
    S,
    Sum,
    atanh,
    cos,
    erf,
    exp,
    floor,
    gamma,
    log,
    pi,
    sin,
    sqrt,
)

from symbackprop.calculus import rules
from symbackprop.calculus.checking import SEEDS, Evidence, Setting, Trust, agree
from symbackprop.calculus.derivation import Chain, Step, extend, start
from symbackprop.calculus.fields import Exact, Symbols, Unproved
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import derive_program
from symbackprop.errors import CheckError
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS, from_function
from symbackprop.network.activations.elementwise import HARDTANH
from symbackprop.network.functions import RELU, SIGMA, SIGMOID, elementwise, slope
from symbackprop.network.model import dense_equations, mlp
from symbackprop.network.notation import COST, LAST_LAYER, LAYER, Tensor, index, size, width
from symbackprop.network.program import Equation, ranges_of
from symbackprop.network.text.equations import equations

I, J, K, Q, U, X = map(index, "ijkqux")  # noqa: E741 - the letters of every textbook
N, M, WIDE = map(size, "NMD")
ENTRIES = Tensor("x", None, (N,))
PLAIN = Setting((), ranges_of(ENTRIES[Q]))

WEIGHTED, ACTIVE = dense_equations(from_function(SIGMA), LAYER)
ABOVE = WEIGHTED.at_layer(LAYER + 1)
W, z, a, delta = notation.weight, WEIGHTED.tensor, ACTIVE.tensor, notation.error
HIDDEN = Setting((ACTIVE, ABOVE), ranges_of(z[J]), {delta(LAYER): z, delta(LAYER + 1): ABOVE.tensor}, (ABOVE.tensor,))
BELOW = notation.activation(LAYER - 1)
WEIGHTS = Setting((WEIGHTED,), ranges_of(W(LAYER)[J, K]), {delta(LAYER): z}, (z,))
LAST, TARGET, N_LAST = notation.activation(LAST_LAYER), notation.target(LAST_LAYER), width(LAST_LAYER)
COSTS = Setting((mlp("1-1", "sigmoid", "mse").cost_equation.at_layer(LAST_LAYER),), ranges_of(LAST[J]))
SOFTMAX = Equation(a[J], ACTIVATIONS["softmax"].value(z, J))
SHARES = Setting((SOFTMAX,), ranges_of(a[I]) | ranges_of(z[J]))
KERNEL, SIGNAL, OUT = Tensor("k", None, (WIDE,)), Tensor("a", None, (N,)), Tensor("z", None, (N - WIDE + 1,))
ERROR = Tensor("delta", None, OUT.sizes)
SLIDING = Setting(
    (Equation(OUT[X], Sum(KERNEL[U] * SIGNAL[X + U - 1], (U, 1, WIDE))),), ranges_of(SIGNAL[Q]), {ERROR: OUT}, (OUT,)
)


def sent_back(weight: Expr, error: Expr) -> Expr:
    """Return Σ_i over the layer above."""
    return Sum(weight * error, (I, 1, width(LAYER + 1)))


def steep(argument: Expr) -> Expr:
    """Return σ'(argument)."""
    return slope(SIGMA)(argument)


BACK = sent_back(W(LAYER + 1)[I, J], delta(LAYER + 1)[I])
BP2 = delta(LAYER)[J], steep(z[J]) * BACK
BP4 = Partial(COST, W(LAYER)[J, K]), delta(LAYER)[J] * BELOW[K]
MSE = Partial(COST, LAST[J]), 2 * (LAST[J] - TARGET[J]) / N_LAST
JACOBIAN = Partial(a[I], z[J]), a[I] * (KroneckerDelta(I, J) - a[J])
INPUT = Partial(COST, SIGNAL[Q]), Sum(ERROR[X] * KERNEL[Q - X + 1], (X, Max(1, Q - WIDE + 1), Min(Q, N - WIDE + 1)))
INPUT_BY_TAPS = Sum(ERROR[Q - U + 1] * KERNEL[U], (U, Max(1, Q - N + WIDE), Min(Q, WIDE)))

FAULTS = {
    "lost sign": (HIDDEN, BP2, -steep(z[J]) * BACK),
    "transposed W": (HIDDEN, BP2, steep(z[J]) * sent_back(W(LAYER + 1)[J, I], delta(LAYER + 1)[I])),
    "missing σ'": (HIDDEN, BP2, BACK),
    "σ for σ'": (HIDDEN, BP2, SIGMA(z[J]) * BACK),
    "σ'(a) for σ'(z)": (HIDDEN, BP2, steep(a[J]) * BACK),
    "σ' of the layer above": (HIDDEN, BP2, steep(ABOVE.tensor[J]) * BACK),
    "σ' inside the sum": (HIDDEN, BP2, sent_back(W(LAYER + 1)[I, J] * steep(z[I]), delta(LAYER + 1)[I])),
    "another σ": (HIDDEN, BP2, slope(elementwise("tau", None))(z[J]) * BACK),
    "lost sum": (HIDDEN, BP2, steep(z[J]) * W(LAYER + 1)[J, J] * delta(LAYER + 1)[J]),
    "sum over the wrong layer": (HIDDEN, BP2, BP2[1].xreplace({width(LAYER + 1): width(LAYER)})),
    "sum that begins late": (HIDDEN, BP2, steep(z[J]) * Sum(BACK.function, (I, 2, width(LAYER + 1)))),
    "weight of the layer below": (HIDDEN, BP2, steep(z[J]) * sent_back(W(LAYER)[I, J], delta(LAYER + 1)[I])),
    "error of the same layer": (HIDDEN, BP2, steep(z[J]) * sent_back(W(LAYER + 1)[I, J], delta(LAYER)[I])),
    "index caught in the sum": (HIDDEN, BP2, sent_back(steep(z[I]) * W(LAYER + 1)[I, I], delta(LAYER + 1)[I])),
    "swapped index": (WEIGHTS, BP4, delta(LAYER)[K] * BELOW[J]),
    "activation of the same layer": (WEIGHTS, BP4, delta(LAYER)[J] * a[K]),
    "weighted input for activation": (WEIGHTS, BP4, delta(LAYER)[J] * notation.weighted_input(LAYER - 1)[K]),
    "weight for activation": (WEIGHTS, BP4, delta(LAYER)[J] * W(LAYER)[J, K]),
    "lost factor 2": (COSTS, MSE, (LAST[J] - TARGET[J]) / N_LAST),
    "lost mean": (COSTS, MSE, 2 * (LAST[J] - TARGET[J])),
    "2 for the width": (COSTS, MSE, LAST[J] - TARGET[J]),
    "3 for the width": (COSTS, MSE, 2 * (LAST[J] - TARGET[J]) / 3),
    "wrong width": (COSTS, MSE, 2 * (LAST[J] - TARGET[J]) / width(LAST_LAYER - 1)),
    "swapped difference": (COSTS, MSE, 2 * (TARGET[J] - LAST[J]) / N_LAST),
    "lost delta": (SHARES, JACOBIAN, a[I] * (1 - a[J])),
    "lost outer product": (SHARES, JACOBIAN, a[I] * KroneckerDelta(I, J)),
    "one index for two": (SHARES, JACOBIAN, a[I] * (KroneckerDelta(I, J) - a[I])),
    "dropped range": (SLIDING, INPUT, Sum(ERROR[X] * KERNEL[Q - X + 1], (X, 1, N - WIDE + 1))),
    "dropped range of the other index": (SLIDING, INPUT, Sum(ERROR[Q - U + 1] * KERNEL[U], (U, 1, WIDE))),
    "dropped lower end": (SLIDING, INPUT, INPUT[1].xreplace({Max(1, Q - WIDE + 1): S.One})),
    "dropped upper end": (SLIDING, INPUT, INPUT[1].xreplace({Min(Q, N - WIDE + 1): Q})),
    "kernel the wrong way round": (SLIDING, INPUT, Sum(ERROR[X] * KERNEL[X - Q + WIDE], INPUT[1].limits[0])),
    "range off by one": (SLIDING, INPUT, Sum(INPUT[1].function, (X, Max(1, Q - WIDE), Min(Q, N - WIDE + 1)))),
}


HIDDEN_FAULTS = {
    "BP4 × (1 + (n-2)(n-3))": (WEIGHTS, BP4, lambda right, n, j: right * (1 + (n - 2) * (n - 3))),
    "BP4 × (1 + (n-2)(n-3)(n-4))": (WEIGHTS, BP4, lambda right, n, j: right * (1 + (n - 2) * (n - 3) * (n - 4))),
    "BP4 + δ_j4": (WEIGHTS, BP4, lambda right, n, j: right + KroneckerDelta(j, 4)),
    "BP4 + δ_j5": (WEIGHTS, BP4, lambda right, n, j: right + KroneckerDelta(j, 5)),
    "BP2 × (1 + (n-2)(n-3))": (HIDDEN, BP2, lambda right, n, j: right * (1 + (n - 2) * (n - 3))),
    "BP2 + δ_j4": (HIDDEN, BP2, lambda right, n, j: right + KroneckerDelta(j, 4)),
    "BP2 cut at 3": (HIDDEN, BP2, lambda right, n, j: right.replace(Sum, cut_at(3))),
    "BP2 cut at 5": (HIDDEN, BP2, lambda right, n, j: right.replace(Sum, cut_at(5))),
    "mean over 3 or n": (COSTS, MSE, lambda right, n, j: right * n / Max(3, n)),
    "mean over n or 4": (COSTS, MSE, lambda right, n, j: right * n / Min(4, n)),
    "J + δ_i4 δ_j4": (SHARES, JACOBIAN, lambda right, n, j: right + KroneckerDelta(I, 4) * KroneckerDelta(j, 4)),
    "kernel cut at 3": (SLIDING, (INPUT[0], INPUT_BY_TAPS), lambda right, n, j: right.replace(Sum, cut_at(3))),
}


def cut_at(most: int) -> Callable[..., Expr]:
    """Return what writes Σ_{i ≤ min(n, most)} for Σ_{i ≤ n}."""
    return lambda inner, limit: Sum(inner, (limit[0], limit[1], Min(limit[2], most)))


@pytest.mark.parametrize("fault", HIDDEN_FAULTS)
def test_size_hides_no_fault(fault: str) -> None:
    """What holds for layers of two or three neurons alone is refused: sizes are variables of the test as others are."""
    setting, (before, right), change = HIDDEN_FAULTS[fault]
    index = next(iter(setting.ranges))
    wrong = change(right, setting.ranges[index][1], index)
    assert wrong != right
    with pytest.raises(CheckError, match=r"(?s) is not .* against "):
        agree(before, wrong, setting)


@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_step_is_caught(fault: str) -> None:
    """What a derivation can get wrong raises CheckError, where the right line passes."""
    setting, (before, right), wrong = FAULTS[fault]
    assert Trust.IDENTITY_TESTED is agree(before, right, setting).trust
    with pytest.raises(CheckError, match=r"(?s) is not .* against | is free in "):
        agree(before, wrong, setting)
    with pytest.raises(CheckError, match=r"(?s) is not .* against | is free in "):
        agree(right, wrong, setting)


def test_same_sum_over_the_other_index_passes() -> None:
    """A convolution's input has two right forms, one for each index that may be solved for."""
    assert Trust.IDENTITY_TESTED is agree(INPUT[1], INPUT_BY_TAPS, SLIDING).trust


def test_step_wants_evidence_about_its_two_sides() -> None:
    """A step is refused without evidence, and with evidence for something else."""
    before, after = ENTRIES[Q] * (ENTRIES[Q] + 1), ENTRIES[Q] ** 2 + ENTRIES[Q]
    evidence = agree(before, after, PLAIN)
    assert evidence is Step(rules.ARRANGE, before, after, evidence).evidence
    for wrong in (None, True, agree(before, before, PLAIN), agree(after, before, PLAIN)):
        with pytest.raises(CheckError, match=r"^step arrange: the evidence is not about "):
            Step(rules.ARRANGE, before, after, wrong)


def test_evidence_is_made_by_comparison_alone() -> None:
    """Nobody writes evidence down, and none is turned into evidence for something else."""
    before, after = ENTRIES[Q], ENTRIES[Q] + 1
    with pytest.raises(CheckError, match=r"was not found by a comparison; call agree$"):
        Evidence(before, after, lambda: Trust.IDENTITY_TESTED, 1000, 3)
    with pytest.raises(CheckError, match=r"was not found by a comparison; call agree$"):
        replace(agree(before, before, PLAIN), after=after)


def test_chain_has_no_gap() -> None:
    """A chain is refused if a step does not begin where the one before ends."""
    evidence = agree(ENTRIES[Q] + 0, ENTRIES[Q], PLAIN)
    with pytest.raises(CheckError, match=r"has a gap$"):
        Chain(ENTRIES[Q] ** 2, PLAIN, (Step(rules.ARRANGE, ENTRIES[Q], ENTRIES[Q], evidence),))


def test_chain_is_not_extended_by_a_wrong_step() -> None:
    """A wrong rewrite raises, and one that changes nothing adds no step."""
    chain = start(ENTRIES[Q] ** 2, PLAIN)
    assert chain is extend(chain, rules.ARRANGE, ENTRIES[Q] ** 2)
    with pytest.raises(CheckError, match=r"^x\[q\]\*\*2 is not 2\*x\[q\]: at q = 1: "):
        extend(chain, rules.ARRANGE, 2 * ENTRIES[Q])


def points_of(setting: Setting) -> int:
    """Return how many places are looked at in the worlds of a setting with one free index."""
    ((first, last),) = setting.ranges.values()
    return sum(min(4, len(setting.world(Exact, seed).range(first, last))) for seed in SEEDS)


@pytest.mark.parametrize(
    ("before", "after", "trust"),
    [
        ((ENTRIES[Q] + 1) ** 2, ENTRIES[Q] ** 2 + 2 * ENTRIES[Q] + 1, Trust.IDENTITY_TESTED),
        (exp(ENTRIES[Q]) ** 2, exp(2 * ENTRIES[Q]), Trust.IDENTITY_TESTED),
        (
            Partial(SIGMOID(ENTRIES[Q]), ENTRIES[Q]),
            SIGMOID(ENTRIES[Q]) * (1 - SIGMOID(ENTRIES[Q])),
            Trust.IDENTITY_TESTED,
        ),
        (SIGMA(ENTRIES[Q] + ENTRIES[Q]), SIGMA(2 * ENTRIES[Q]), Trust.IDENTITY_TESTED),
        (sqrt(ENTRIES[Q] ** 2 + 1) ** 2, ENTRIES[Q] ** 2 + 1, Trust.IDENTITY_TESTED),
        (Partial(log(ENTRIES[Q]), ENTRIES[Q]), 1 / ENTRIES[Q], Trust.IDENTITY_TESTED),
        (sin(ENTRIES[Q]) ** 2, 1 - cos(ENTRIES[Q]) ** 2, Trust.NUMERIC),
        (log(ENTRIES[Q] ** 2 * exp(ENTRIES[Q])), log(ENTRIES[Q] ** 2) + ENTRIES[Q], Trust.SYMBOLIC),
        (Partial(erf(ENTRIES[Q]), ENTRIES[Q]) ** 2 * pi, 4 * exp(-2 * ENTRIES[Q] ** 2), Trust.SYMBOLIC),
        ((sqrt(2) + sin(ENTRIES[Q])) ** 2, 2 + sqrt(8) * sin(ENTRIES[Q]) + sin(ENTRIES[Q]) ** 2, Trust.SYMBOLIC),
    ],
)
def test_evidence_says_how_sure_it_is(before: Expr, after: Expr, trust: Trust) -> None:
    """Exact equality at every point is told from equality of 40 digits, and the points are counted."""
    expected = (before, after, trust, points_of(PLAIN), len(SEEDS))
    evidence = agree(before, after, PLAIN)
    assert expected == (evidence.before, evidence.after, evidence.trust, evidence.points, evidence.worlds)


def test_assumption_is_a_label_of_its_own() -> None:
    """What holds under a hypothesis is called assumed, holds only then, and the hypothesis proves nothing else."""
    total = Sum(TARGET[I], (I, 1, N_LAST))
    before, after = LAST[J] * total - TARGET[J], LAST[J] - TARGET[J]
    setting = Setting((), ranges_of(LAST[J]), frontier=(TARGET,))
    assert Trust.ASSUMED is agree(before, after, setting, assuming=(TARGET,)).trust
    with pytest.raises(CheckError, match=" against "):
        agree(before, after, setting)
    with pytest.raises(CheckError, match=" against "):
        agree(before, 2 * after, setting, assuming=(TARGET,))


def test_assumption_stays_the_label_where_digits_were_needed() -> None:
    """A hypothesis weighs more than the way of comparing."""
    total = Sum(TARGET[I], (I, 1, N_LAST))
    setting = Setting((), ranges_of(LAST[J]), frontier=(TARGET,))
    evidence = agree(total * sin(LAST[J]) ** 2, 1 - cos(LAST[J]) ** 2, setting, assuming=(TARGET,))
    assert Trust.ASSUMED is evidence.trust


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (log(ENTRIES[Q] ** 2 * exp(ENTRIES[Q])), 2 * log(ENTRIES[Q]) - ENTRIES[Q]),
        (sqrt(2) * erf(ENTRIES[Q]), 2 * erf(ENTRIES[Q])),
        ((sqrt(2) + sin(ENTRIES[Q])) ** 2, 2 + sqrt(2) * sin(ENTRIES[Q]) + sin(ENTRIES[Q]) ** 2),
    ],
)
def test_symbols_prove_nothing_wrong(before: Expr, after: Expr) -> None:
    """A wrong step of the kind that symbols decide is refused before they are asked, and they do not prove it."""
    with pytest.raises(CheckError, match=" against "):
        agree(before, after, PLAIN)
    world = PLAIN.world(Symbols, SEEDS[0])
    left, right = (world.value(side, {Q: 1}) for side in (before, after))
    with pytest.raises(Unproved, match=r"sqrt|pi"):
        world.field.same(left, right)


def test_symbols_give_up_before_they_take_long() -> None:
    """A difference of very many terms stays with the digits, within a moment."""
    roots = sum((ENTRIES[Q] + number) ** Rational(1, 3) for number in range(1, 9))
    step = roots**30 * sin(ENTRIES[Q]) ** 2, roots**30 * (1 - cos(ENTRIES[Q]) ** 2)
    start = time.process_time()
    assert Trust.NUMERIC is agree(*step, PLAIN).trust
    assert 5 > time.process_time() - start  # multiplied out, it has 10 million terms


@pytest.mark.parametrize(
    "after",
    [
        ENTRIES[Q] + ENTRIES[I],
        ENTRIES[Q] * I,
        Sum(ENTRIES[K], (K, 1, I)),
        ENTRIES[Q] + KroneckerDelta(I, Q),
        ENTRIES[I],
    ],
)
def test_index_from_nowhere_is_refused(after: Expr) -> None:
    """A line is a function of no index that the line before is not a function of, whatever its values are."""
    with pytest.raises(CheckError, match=r"^index i is free in .*, but not in x\[q\]$"):
        agree(ENTRIES[Q], after, Setting((), {Q: (S.One, N), I: (S.One, N)}))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (gamma(ENTRIES[Q]), "gamma has no rule"),
        (Function("h")(ENTRIES[Q]), "h has no rule"),
        (S.Infinity * ENTRIES[Q], "has no rule"),
        (Sum(ENTRIES[I], (I, 1, Rational(3, 2))), "is 3/2, which is no place"),
        (ENTRIES[Q / 5], "which is no place in a tensor"),
        (Piecewise((ENTRIES[Q], ENTRIES[Q] > 1000)), "has no case for"),
    ],
)
def test_what_has_no_value_is_refused(expression: Expr, message: str) -> None:
    """Nothing is taken for a number that it is not: an expression without a rule cannot be compared."""
    with pytest.raises(CheckError, match=message):
        agree(expression, expression, PLAIN)


def test_rounded_index_is_evaluated() -> None:
    """The ends of a strided sum are rounded, and the rounding counts."""
    half = Sum(ENTRIES[1], (I, 1, floor(Q / 2)))
    assert Trust.IDENTITY_TESTED is agree(half, floor(Q / 2) * ENTRIES[1], PLAIN).trust
    with pytest.raises(CheckError, match=" against "):
        agree(half, floor((Q + 1) / 2) * ENTRIES[1], PLAIN)


def test_pole_is_passed_over() -> None:
    """Where a side has no value another world is taken: ln a behind a relu, a quotient by a difference."""
    relu = Equation(a[J], RELU(z[J]))
    setting = Setting((relu,), ranges_of(z[J]), frontier=(a,))
    assert 3 <= agree(log(a[J]), log(RELU(z[J])), setting).points
    hidden = 1 / (ENTRIES[Q] - 4)
    assert points_of(PLAIN) == agree(hidden, 2 * hidden - hidden * ENTRIES[Q] / ENTRIES[Q], PLAIN).points


@pytest.mark.parametrize("function", [1 / RELU(z[J] - 10), atanh(HARDTANH(z[J] - 5)), log(1 - HARDTANH(z[J]) ** 2)])
def test_function_with_values_on_a_small_stretch_is_compared_there(function: Expr) -> None:
    """Where scattered points all meet poles, points about one centre are taken, and they see what is wrong."""
    setting = Setting((Equation(a[J], function),), ranges_of(z[J]), frontier=(a,))
    assert 3 <= agree(a[J], function, setting).points
    with pytest.raises(CheckError, match=" against "):
        agree(a[J], function * (1 + z[J] / 1000), setting)


def test_pole_everywhere_is_refused() -> None:
    """A quotient that has no value at any point is no evidence."""
    nowhere = 1 / (KroneckerDelta(Q, 1) * KroneckerDelta(Q, 2))
    with pytest.raises(CheckError, match=r"cannot be compared: one side has no value at any point tried$"):
        agree(nowhere, nowhere + 1 - 1 + 0 * ENTRIES[Q], PLAIN)


def test_cancelled_digits_are_no_difference() -> None:
    """Where 50 digits cancel, 1000 are taken: ln(1 + e^-500) is not 0."""
    small = log(1 + exp(-(ENTRIES[Q] ** 2)))
    assert Trust.NUMERIC is agree(sin(ENTRIES[Q]) ** 2 / small, (1 - cos(ENTRIES[Q]) ** 2) / small, PLAIN).trust


def test_large_numbers_do_not_take_for_ever() -> None:
    """Powers that would have millions of digits are compared as values of a function, and are shown short."""
    tower = 2 ** (ENTRIES[Q] ** 20)
    assert Trust.IDENTITY_TESTED is agree(tower * ENTRIES[Q], ENTRIES[Q] * tower, PLAIN).trust
    with pytest.raises(CheckError, match=r" against ") as caught:
        agree(ENTRIES[Q] ** 3000, ENTRIES[Q] ** 3001, PLAIN)
    assert len(str(caught.value)) < 120


def test_sizes_are_told_apart() -> None:
    """Two sizes differ in some world, and each has another value in every world."""
    sizes = sorted([width(LAYER), width(LAYER + 1), width(LAYER - 1), N, M, WIDE], key=str)
    setting = Setting((), {}, frontier=(Tensor("t", None, sizes),))
    orders = [tuple(setting.world(Exact, seed).size(each) for seed in SEEDS) for each in sizes]
    assert len(sizes) == len(set(orders))
    assert all({2, 3, 4, 6} == set(order) for order in orders)
    assert all(first != second for pair in zip(*orders[:4], strict=True) for first, second in combinations(pair, 2))


def test_no_axis_is_empty() -> None:
    """Sizes are chosen such that an axis of N - D + 1 entries has at least one."""
    worlds = [SLIDING.world(Exact, seed) for seed in SEEDS]
    assert [2, 2, 3, 4] == sorted(len(world.range(*OUT.axes[0])) for world in worlds)
    assert all(len(SEEDS) == len({world.size(each) for world in worlds}) for each in (N, WIDE))
    with pytest.raises(CheckError, match=r"^no small sizes make every axis of "):
        agree(ENTRIES[Q], ENTRIES[Q] * 1, Setting((), {Q: (N, N - 1)}))


TOLD = """
from symbackprop.calculus.backpropagation import derive
from symbackprop.network.model import mlp

def told(order):
    for made_of in (
        ("2-3-1",),
        ("2-3-3-2", ["tanh", "softmax", "softmax"], "cross_entropy"),
        ("2-3-2", ["gelu", "log_softmax"], "huber"),
        ("2-3-2", "z/(1+exp(-z))", "(a-y)**4"),
    )[::order]:
        for step in derive(mlp(*made_of)).steps:
            yield f"{made_of} {step.rule.name} {step.before} {step.after} {step.evidence.points} {step.evidence.trust}"
"""
FRESH = f"""
import importlib
import sympy

def refuse(*_arguments, **_options):
    raise AssertionError("simplify was called")

importlib.import_module("sympy.simplify.simplify").simplify = sympy.simplify = refuse
try:
    sympy.Symbol("x").simplify()
except AssertionError:
    print("simplify is refused")
{TOLD}
print(*told(-1), sep=chr(10))
"""


@pytest.mark.thorough
def test_derivations_never_simplify_and_are_always_the_same() -> None:
    """No step calls `sympy.simplify`; neither the seed of the hashes nor what came before changes a letter."""
    command, environment = [sys.executable, "-c", FRESH], os.environ | {"PYTHONHASHSEED": "2"}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    first, *lines = found.stdout.splitlines()
    assert ("", 0, "simplify is refused") == (found.stderr, found.returncode, first)
    here: dict[str, Any] = {}
    exec(TOLD, here)  # noqa: S102 - the lines above, after all that other tests have derived
    assert sorted(lines) == sorted(here["told"](1))


def test_assumption_is_left_in_the_step() -> None:
    """Whoever assumes something has it among the hypotheses, and a step that keeps quiet about it cannot be built."""
    before, after = LAST[J] * Sum(TARGET[I], (I, 1, N_LAST)), LAST[J] + 0
    setting = Setting((), ranges_of(LAST[J]), frontier=(TARGET,))
    said = rules.Hypothesis(rules.SUMS_TO_ONE, TARGET)
    assert (said,) == extend(start(before, setting), rules.ARRANGE, after, assuming=(TARGET,)).hypotheses
    taken = replace(setting, simplex=(TARGET,))
    assert (said,) == extend(start(before, taken), rules.ARRANGE, after).hypotheses
    with pytest.raises(CheckError, match=r"^step assume: it holds if y.* adds up to 1, and must say so$"):
        Step(rules.ASSUME, before, after, agree(before, after, setting, assuming=(TARGET,)))


def test_no_place_is_no_evidence() -> None:
    """Where an index has no value, nothing was compared, and nothing is called equal."""
    with pytest.raises(CheckError, match=r"an index has an empty range, so there is no place$"):
        agree(ENTRIES[Q], 2 * ENTRIES[Q], Setting((), {Q: (S.One, S.Zero)}))


PIXELS = Tensor("x", None, (784,))
IMAGE = Setting((), ranges_of(PIXELS[Q]), frontier=(PIXELS,))
MEAN = PIXELS[Q] * Sum(PIXELS[K], (K, 1, 784)) / 784


@pytest.mark.parametrize(
    "wrong",
    [
        Sum(PIXELS[Q] * PIXELS[K] / 784, (K, 1, 783)),
        Sum(PIXELS[Q] * PIXELS[K] / 784, (K, 2, 784)),
        Sum(PIXELS[Q] * PIXELS[K] / 785, (K, 1, 784)),
        MEAN + KroneckerDelta(Q, 784),
    ],
)
def test_large_number_becomes_a_letter(wrong: Expr) -> None:
    """What holds for any number of pixels is looked at where they are few, and what does not is not taken to hold."""
    evidence = agree(MEAN, Sum(PIXELS[Q] * PIXELS[K] / 784, (K, 1, 784)), IMAGE)
    assert (Trust.IDENTITY_TESTED, points_of(PLAIN)) == (evidence.trust, evidence.points)
    with pytest.raises(CheckError, match=r"(?s) is not .* against "):
        agree(MEAN, wrong, IMAGE)


def test_what_holds_for_a_number_alone_is_looked_at_there() -> None:
    """784 = 28^2, which is true of no letter, is evidence where the world has 784 entries."""
    assert Trust.IDENTITY_TESTED is agree(MEAN, MEAN * Sum(1, (K, 1, 28)) ** 2 / 784, IMAGE).trust


def test_program_with_numbers_is_derived_as_one_with_letters() -> None:
    """A layer of 784 inputs is derived in a moment: its numbers are letters wherever it is checked."""
    text = "input x[784]\nparameter W[30, 784]\nz[j] = sum[k](W[j, k] * x[k])\nC = sum[j](z[j]^2)"
    derived = derive_program(equations(text).program)
    expected = agree(ENTRIES[Q], ENTRIES[Q] + 0, PLAIN).points
    assert expected == derived.gradient("x").steps[0].evidence.points

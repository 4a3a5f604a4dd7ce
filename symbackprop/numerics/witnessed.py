"""Is the gradient of a chain right at random points? Each witness beside every way in which it can be run.

hand-written NumPy, central differences, complex steps, SymPy on the composed cost, libraries on the forward equations
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from symbackprop.errors import BudgetError
from symbackprop.numerics.autodiff import ALONE, libraries, slopes_by
from symbackprop.numerics.comparison import gradient_by_hand, witness_knows
from symbackprop.numerics.engines.functions import Library
from symbackprop.numerics.mixing import as_equations
from symbackprop.numerics.program_points import Point
from symbackprop.numerics.program_verification import MOST_OPERATIONS
from symbackprop.numerics.protocol import Case
from symbackprop.numerics.report import Row, Tell, to_nobody, worst_of
from symbackprop.numerics.ways import Way
from symbackprop.numerics.witnesses import (
    Entry,
    central_difference,
    complex_step,
    composed_derivative,
    cost_error,
    entries,
    largest_entry,
    lost_in_rounding,
    norm_error,
    seen_by_differences,
    sizes_of,
)

MOST_ENTRIES = 60  # of the gradient of a large network that are differentiated one by one,
FEWEST_ENTRIES = 6  # or of one so large that a single forward pass takes a second
ALL_ENTRIES = 2_000_000  # parameters times entries: what is looked at in seconds
ALL_COMPOSED = 13  # all of 2-3-1
MOST_COMPOSED = 8  # of more; each of them differentiates the whole cost as one formula
MOST_ALONE = 1_000  # parameters, each a number of a library's: a second for JAX
EXACT, DIFFERENCE = 1e-12, 1e-8
ANALYTIC = "two analytic ways in float64 differ by 2e-15; 500 times that"
TRUNCATION = "differences of fourth order with h = 2e-5 err by some 1e-10; 100 times that"


Pair: TypeAlias = tuple[Sequence[Way], Case]
Comparison: TypeAlias = Callable[[Sequence[Way], Case], float | None]


def witnessed_rows(label: str, pairs: Sequence[Pair], tell: Tell = to_nobody) -> Iterator[Row]:
    """Yield a row for each witness, with the largest error of all ways in all cases that it can speak of."""
    alone = [(found, replace(case, x=case.x[:1], y=case.y[:1])) for found, case in pairs]  # one sample of each
    checks: list[tuple[str, float, str, Comparison, Sequence[Pair]]] = [
        ("hand-written NumPy", EXACT, ANALYTIC, _by_hand, pairs),
        ("central differences", DIFFERENCE, TRUNCATION, _by_difference, pairs),
        ("complex steps", EXACT, ANALYTIC, _by_complex_step, pairs),
        ("composed cost, 50 digits", EXACT, ANALYTIC, _by_composed_cost, pairs),
        *((f"{title}, {ALONE}", EXACT, ANALYTIC, partial(_by_library, each), alone) for title, each in libraries()),
    ]
    for name, tolerance, reason, compare, at in checks:
        errors = []
        for number, (found, case) in enumerate(at, 1):
            tell(f"{name}, point {number} of {len(at)}")
            if (error := compare(found, case)) is not None:
                errors.append((error, len(case.x)))
        if errors:
            found_errors, counts = zip(*errors, strict=True)
            yield Row(name, label, sum(counts), float(np.max(found_errors)), tolerance, reason)


def _by_hand(found: Sequence[Way], case: Case) -> float | None:
    """Return the error beside the witness by hand, cost included; None for what it does not know."""
    if not witness_knows(case.network):
        return None
    true, truth = gradient_by_hand(case.network)(case.params, case.x, case.y)
    results = (way(case.params, case.x, case.y) for way in found)
    return worst_of(error for cost, grads in results for error in (_apart(grads, truth), cost_error(cost, true)))


def _by_library(library: Library, found: Sequence[Way], case: Case) -> float | None:
    """Return the error beside what a library finds of the equations of one sample; None where that takes seconds."""
    if case.network.parameter_count > MOST_ALONE:
        return None
    program = as_equations(case.network).program
    point = Point(program, program.sizes, {**case.params, "x": case.x[0], "y": case.y[0]}, {}, ())
    truth = slopes_by(library, point, list(case.params))
    return worst_of(_apart(way(case.params, case.x, case.y)[1], truth) for way in found)


def _apart(grads: Mapping[str, Any], truth: Mapping[str, Any]) -> float:
    """Return the largest difference of derivatives, relative to the largest one of a layer."""
    sizes = sizes_of(truth)
    return largest_entry({name: (grads[name] - truth[name]) / sizes[name] for name in truth})


def _some_entries(case: Case) -> list[Entry]:
    most = max(FEWEST_ENTRIES, min(MOST_ENTRIES, ALL_ENTRIES // case.network.parameter_count))
    return entries(case.network, most, np.random.default_rng(case.seed))


def _by_difference(found: Sequence[Way], case: Case) -> float:
    wanted = _some_entries(case)
    truth = central_difference(case.network, (case.params, case.x, case.y), wanted)

    def least(cost: float, grads: Any) -> float:
        return max(seen_by_differences(cost), lost_in_rounding(cost, grads))

    return _beside(truth, wanted, found, case, least=least)


def _by_complex_step(found: Sequence[Way], case: Case) -> float:
    wanted = _some_entries(case)
    return _beside(complex_step(case.network, (case.params, case.x, case.y), wanted), wanted, found, case)


def _beside(
    truth: Sequence[Any], wanted: Sequence[Entry], found: Sequence[Way], case: Case, *, least: Any = lost_in_rounding
) -> float:
    results = (way(case.params, case.x, case.y) for way in found)
    return worst_of(norm_error(grads, wanted, truth, least=least(cost, grads)) for cost, grads in results)


def _by_composed_cost(found: Sequence[Way], case: Case) -> float | None:
    """Return the error beside SymPy's derivative of the whole cost; None where that would be too long a formula.

    At all points of a network by the same entries, so that the formula is differentiated once."""
    rng = np.random.default_rng(0)
    wanted = entries(case.network, MOST_ENTRIES, rng)
    most = len(wanted) if len(wanted) <= ALL_COMPOSED else MOST_COMPOSED
    chosen = [wanted[place] for place in rng.permutation(len(wanted))[:most]]
    try:
        truth = composed_derivative(case.network, (case.params, case.x, case.y), chosen, max_operations=MOST_OPERATIONS)
    except BudgetError:
        return None
    return _beside(truth, chosen, found, case)

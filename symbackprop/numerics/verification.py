"""Is the compiled gradient right? Compared with witnesses on the network at hand and on small networks of every kind.

    on the network at hand     hand-written NumPy, central differences, complex steps, the composed cost in 50 digits
    on the protocol            the same, for small networks in which no symmetry hides a mistake
    at the kinks               the slope that the printed convention says, exactly
    saturated                  every digit, with no overflow, where z is ±37, ±710 and ±1000

A check compares numbers that were computed in ways that share nothing but the forward equations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from symbackprop.calculus.backpropagation import derive
from symbackprop.errors import BudgetError, DataError
from symbackprop.network.model import Network
from symbackprop.network.program import Program
from symbackprop.network.text.equations import EquationsNetwork
from symbackprop.numerics.compilation import CompiledGradient, compile
from symbackprop.numerics.corners import kink_error, saturation_error
from symbackprop.numerics.program_verification import program_rows
from symbackprop.numerics.protocol import Case, case_for, protocol
from symbackprop.numerics.reference import cost_and_gradient
from symbackprop.numerics.reference_activations import ELEMENTWISE, MIXING
from symbackprop.numerics.reference_costs import COSTS
from symbackprop.numerics.report import Report, Row
from symbackprop.numerics.witnesses import (
    Entry,
    central_difference,
    complex_step,
    composed_derivative,
    entries,
    largest_entry,
    norm_error,
    seen_by_differences,
)

__all__ = ["Report", "Row", "verify"]

MOST_ENTRIES = 60  # of the gradient of a large network that are differentiated one by one,
FEWEST_ENTRIES = 6  # or of one so large that a single forward pass takes a second
ALL_ENTRIES = 2_000_000  # parameters times entries: what is looked at in seconds
MOST_COMPOSED = 8  # each of them differentiates the whole cost as one formula
MOST_OPERATIONS = 1_000  # of such a formula; with twice as many SymPy needs seconds for each network

EXACT = 1e-12
ANALYTIC = "two analytic ways in float64 differ by 2e-15; 500 times that"
DIFFERENCE = 1e-8
TRUNCATION = "differences of fourth order with h = 2e-5 err by some 1e-10; 100 times that"


PROTOCOL = "small networks"  # how the networks of the protocol are called, after their number


def verify(
    network: Network | Program | EquationsNetwork,
    *,
    samples: int = 3,
    seed: int = 0,
    on_row: Callable[[Row], None] | None = None,
) -> Report:
    """Return what the checks of the compiled gradient found; `on_row` is told of each when it is done.

    `samples` are the random points, parameters and batch or all that a program is given, at which the network at hand
    is looked at; the same seed gives the same points. Raises DataError for less than one sample, or where no point
    gives real values, CheckError for a defect of the derivation."""
    if type(samples) is not int or samples < 1:
        raise DataError(f"samples is {samples!r}, wanted a whole number, 1 or more; try 3")
    rows = []
    for row in _checks(network, samples, seed):
        rows.append(row)
        if on_row is not None:
            on_row(row)
    return Report(tuple(rows))


def _checks(network: Network | Program | EquationsNetwork, samples: int, seed: int) -> Iterator[Row]:
    if isinstance(network, Network):
        return _rows(network, samples, seed)
    return program_rows(compile(derive(network)), samples, seed)


def _rows(network: Network, samples: int, seed: int) -> Iterator[Row]:
    gradient = compile(derive(network))
    own = [case_for(network, seed + number, samples=3) for number in range(samples)]
    yield from _witnessed(network.shape[:60], [(gradient, case) for case in own])
    cases = protocol(seed)
    pairs = [(compile(derive(case.network)), case) for case in cases]
    yield from _witnessed(f"{len(cases)} {PROTOCOL}", pairs)
    kinks, points = kink_error(network)
    yield Row("slopes at kinks", "1-1", points, kinks, 0.0, "exactly the convention that is printed")
    lost, points = saturation_error(network)
    yield Row("z = ±37, ±710, ±1000", "1-1 and 1-2", points, lost, EXACT, "relative to each entry; no overflow, no nan")


def _witnessed(label: str, pairs: Sequence[tuple[CompiledGradient, Case]]) -> Iterator[Row]:
    """Yield a row for each witness, with the largest error of all the cases that it can speak of."""
    for name, tolerance, reason, compare in (
        ("hand-written NumPy", EXACT, ANALYTIC, _by_hand),
        ("central differences", DIFFERENCE, TRUNCATION, _by_difference),
        ("complex steps", EXACT, ANALYTIC, _by_complex_step),
        ("composed cost, 50 digits", EXACT, ANALYTIC, _by_composed_cost),
    ):
        errors = [(error, len(case.x)) for gradient, case in pairs if (error := compare(gradient, case)) is not None]
        if errors:
            yield Row(
                name, label, sum(count for _, count in errors), max(error for error, _ in errors), tolerance, reason
            )


def _by_hand(gradient: CompiledGradient, case: Case) -> float | None:
    """Return the error beside the witness by hand, cost included; None for what it does not know."""
    network = case.network
    names = [activation.name for activation in network.activations]
    if not set(names) <= {*ELEMENTWISE, *MIXING} or network.cost_function.name not in COSTS:
        return None
    cost, grads = gradient(case.params, case.x, case.y)
    true, truth = cost_and_gradient(case.params, case.x, case.y, activations=names, cost=network.cost_function.name)
    differences = {name: grads[name] - truth[name] for name in truth}
    worst = largest_entry(differences) / (largest_entry(truth) or 1.0)
    error = float(np.max([worst, abs(cost - true) / max(1.0, abs(true))]))
    return error if np.isfinite(error) else float("inf")


def _some_entries(case: Case) -> list[Entry]:
    most = max(FEWEST_ENTRIES, min(MOST_ENTRIES, ALL_ENTRIES // case.network.parameter_count))
    return entries(case.network, most, np.random.default_rng(case.seed))


def _by_difference(gradient: CompiledGradient, case: Case) -> float:
    wanted = _some_entries(case)
    cost, grads = gradient(case.params, case.x, case.y)
    truth = central_difference(case.network, (case.params, case.x, case.y), wanted)
    return norm_error(grads, wanted, truth, least=seen_by_differences(cost))


def _by_complex_step(gradient: CompiledGradient, case: Case) -> float:
    wanted = _some_entries(case)
    _, grads = gradient(case.params, case.x, case.y)
    return norm_error(grads, wanted, complex_step(case.network, (case.params, case.x, case.y), wanted))


def _by_composed_cost(gradient: CompiledGradient, case: Case) -> float | None:
    """Return the error beside SymPy's derivative of the whole cost; None where that would be too long a formula."""
    rng = np.random.default_rng(case.seed)
    wanted = entries(case.network, MOST_ENTRIES, rng)
    chosen = [wanted[place] for place in rng.permutation(len(wanted))[:MOST_COMPOSED]]
    _, grads = gradient(case.params, case.x, case.y)
    try:
        truth = composed_derivative(case.network, (case.params, case.x, case.y), chosen, max_operations=MOST_OPERATIONS)
    except BudgetError:
        return None
    return norm_error(grads, chosen, truth)

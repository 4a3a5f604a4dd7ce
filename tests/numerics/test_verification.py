"""Verification: every check passes on honest gradients, and each of them catches a planted fault."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest

from symbackprop.calculus.backpropagation import derive
from symbackprop.errors import DataError
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.costs import COSTS
from symbackprop.network.model import Network, mlp
from symbackprop.numerics import corners, verification
from symbackprop.numerics.compilation import compile
from symbackprop.numerics.protocol import NETWORKS, case_for, protocol
from symbackprop.numerics.verification import Report, Row, verify

CHECKS = ["hand-written NumPy", "central differences", "complex steps", "composed cost, 50 digits"]


def test_honest_gradient_passes_every_check() -> None:
    """Four witnesses on the network, four on the protocol, the kinks and the saturated points: all agree."""
    told: list[Row] = []
    report = verify(mlp("2-3-1"), on_row=told.append)
    assert report.rows == tuple(told)
    assert [*CHECKS, *CHECKS, "slopes at kinks", "z = ±37, ±710, ±1000"] == [row.check for row in report.rows]
    assert [] == [row for row in report.rows if not row.ok]
    assert report.ok
    assert report.max_relative_error == max(row.error for row in report.rows)
    assert all(row.samples > 0 and row.reason for row in report.rows)


def test_report_prints_as_a_table() -> None:
    """A line for each check says its name, its error and its verdict."""
    report = Report(tuple(Row(check, "2-3-1", 9, 2e-16, 1e-12, "rounding") for check in CHECKS))
    lines = str(report).splitlines()
    assert len(report.rows) + 1 == len(lines)
    assert all("passed" in line for line in lines[1:])


def test_custom_formulas_are_checked_without_the_witness_by_hand() -> None:
    """What nobody wrote by hand is compared with the witnesses that only need the forward equations."""
    network = mlp("2-2-2", ["z*exp(-z^2)", "atan(z)"], "(a-y)^4")
    rows = list(islice(verification._rows(network, samples=2, seed=0), len(CHECKS)))
    assert [*CHECKS[1:], CHECKS[0]] == [row.check for row in rows]
    assert ["2-2-2"] * 3 == [row.network for row in rows[:3]]  # then come the small networks
    assert all(row.ok for row in rows)


def test_same_seed_gives_the_same_points() -> None:
    """The points follow from the seed alone."""
    network = mlp("2-3-1")
    first, again, other = (case_for(network, seed, samples=2) for seed in (4, 4, 5))
    assert np.array_equal(first.x, again.x)
    assert all(np.array_equal(first.params[name], again.params[name]) for name in first.params)
    assert not np.array_equal(first.x, other.x)


def test_protocol_leaves_nothing_out() -> None:
    """Every activation and cost of the registries occurs, some widths differ, some are equal, one batch is single."""
    cases = protocol(0)
    assert set(ACTIVATIONS) <= {a.name for case in cases for a in case.network.activations}
    assert set(COSTS) <= {case.network.cost_function.name for case in cases}
    assert 1 in {len(case.x) for case in cases}
    assert any(len(set(case.network.widths)) == 1 < case.network.depth for case in cases)
    assert max(case.network.depth for case in cases) >= 3


def test_protocol_takes_in_what_a_registry_gains(monkeypatch: pytest.MonkeyPatch) -> None:
    """An activation and a cost that were registered by somebody else get networks of their own."""
    custom = mlp("1-1", "z*exp(-z^2)", "(a-y)^4")
    monkeypatch.setitem(ACTIVATIONS._parts, "hump", dataclasses.replace(custom.activations[0], name="hump"))
    monkeypatch.setitem(COSTS._parts, "fourth", custom.cost_function)
    cases = protocol(0)
    assert len(NETWORKS) + 2 == len(cases)
    assert "hump" in {activation.name for case in cases for activation in case.network.activations}


@pytest.mark.parametrize("cost", ["2^a", "2^(a-y)"])
def test_cost_with_a_variable_exponent_is_checked(cost: str) -> None:
    """A power whose exponent varies has the axes of its exponent."""
    network = mlp("2-3-2", "tanh", cost)
    pair = (compile(derive(network)), case_for(network, 0, samples=3))
    assert all(row.ok for row in verification._witnessed("2-3-2", [pair]))


def test_network_without_a_finite_cost_is_refused() -> None:
    """A formula with real values almost nowhere is said to be one."""
    with (
        pytest.warns(UserWarning, match="has no real value at z = -2"),
        pytest.raises(DataError, match=r"^network 1-1: no random point has a finite cost"),
    ):
        case_for(mlp("1-1", "log(z-12)", "quadratic"), 0, samples=1)


@pytest.mark.parametrize("samples", [0, -1, 1.5, True])
def test_samples_are_a_number_of_points(samples: Any) -> None:
    """A number of samples that is none is refused."""
    with pytest.raises(DataError, match=r"^samples is .*, wanted a whole number, 1 or more; try 3$"):
        verify(mlp("1-1"), samples=samples)


class Wrong:
    """A compiled gradient with a fault put into what it returns."""

    def __init__(
        self, gradient: Any, fault: Callable[[float, dict[str, Any], Any], tuple[float, dict[str, Any]]]
    ) -> None:
        self._gradient, self._fault = gradient, fault

    def __call__(self, params: Any, x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        """Return what the gradient returns, with the fault."""
        cost, grads = self._gradient(params, x, y)
        return self._fault(cost, grads, x)


FAULTS: dict[str, Callable[[float, dict[str, Any], Any], tuple[float, dict[str, Any]]]] = {
    "factor 2": lambda cost, grads, x: (cost, {name: 2 * grad for name, grad in grads.items()}),
    "missing mean": lambda cost, grads, x: (cost, {name: len(x) * grad for name, grad in grads.items()}),
    "one sign": lambda cost, grads, x: (cost, {**grads, "b1": -grads["b1"]}),
    "transposed": lambda cost, grads, x: (cost, {**grads, "W2": grads["W2"].T.reshape(grads["W2"].shape)}),
    "rounded": lambda cost, grads, x: (cost, {n: g.astype(np.float32).astype(float) for n, g in grads.items()}),
    "nan": lambda cost, grads, x: (cost, {**grads, "b1": grads["b1"] * np.nan}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_caught(fault: str) -> None:
    """Each witness sees each fault, the digits that single precision loses included."""
    network = mlp("2-3-3-2", "tanh")
    case = case_for(network, 0, samples=3)
    wrong: Any = Wrong(compile(derive(network)), FAULTS[fault])
    verdicts = {row.check: row.ok for row in verification._witnessed("2-3-3-2", [(wrong, case)])}
    assert dict.fromkeys(CHECKS[:3], False) == verdicts


def test_wrong_cost_is_caught() -> None:
    """A right gradient with a wrong cost fails beside the witness by hand."""
    network = mlp("2-3-1")
    wrong: Any = Wrong(compile(derive(network)), lambda cost, grads, x: (2 * cost, grads))
    assert verification._by_hand(wrong, case_for(network, 0, samples=3)) > 1e-2


def test_wrong_convention_at_a_kink_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slope 1/2 of relu at 0, which SymPy's Max would give, is no rounding error."""
    honest = corners._slope_at

    def at_half(activation: Activation, point: float) -> float:
        return 0.5 if activation.name == "relu" else honest(activation, point)

    assert (0.0, 10) == corners.kink_error(mlp("1-1"))
    monkeypatch.setattr(corners, "_slope_at", at_half)
    assert 0.5 == corners.kink_error(mlp("1-1"))[0]


@pytest.mark.parametrize("fault", ["textbook", "overflow"])
def test_lost_digits_are_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slope a(1 - a), of which nothing is left at z = 37, and an exponential that overflows, both fail."""

    def naive(params: Any, x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        z = params["b1"]
        if fault == "overflow":
            return 0.0, {"b1": (1 / (1 + np.exp(-z)) - y[0]) * np.exp(-z) / (1 + np.exp(-z)) ** 2}
        a = 0.5 * (1 + np.tanh(z / 2))
        return 0.0, {"b1": (a - y[0]) * a * (1 - a)}

    network: Network = mlp("1-1")
    assert corners._error_at(network, compile(derive(network)), 37.0) <= 1e-12
    assert corners._error_at(network, naive, -1000.0 if fault == "overflow" else 37.0) > 1e-2


def test_what_is_no_number_is_no_pass() -> None:
    """A NaN fails, and so does a report without a check."""
    assert not Row("a", "b", 1, float("nan"), 1.0, "c").ok
    assert not Report(()).ok


@pytest.mark.filterwarnings("ignore:activation .* has no real value")
@pytest.mark.parametrize("formula", ["cosh(z)", "sqrt(z)", "1/z"])
def test_steep_and_bounded_formulas_are_no_failures(formula: str) -> None:
    """Where a formula is steep, or no real number far out, an honest gradient still passes."""
    network = mlp("2-3-1", formula)
    pair = (compile(derive(network)), case_for(network, 0, samples=3))
    assert all(row.ok for row in verification._witnessed("2-3-1", [pair]))
    assert corners.saturation_error(network)[0] <= verification.EXACT

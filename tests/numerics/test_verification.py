"""Verification: every check passes on honest gradients, and each of them catches a planted fault."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest
from sympy import log

from symbackprop.calculus.backpropagation import derive
from symbackprop.errors import BudgetError, DataError, SpecError, UnknownNameError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS, Y
from symbackprop.network.model import mlp
from symbackprop.numerics import verification, witnessed, witnesses
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.compilation import compile
from symbackprop.numerics.interpretation import Forward
from symbackprop.numerics.lonelayer import LoneLayer, alone
from symbackprop.numerics.protocol import case_for, protocol, shipped_layers
from symbackprop.numerics.verification import Report, Row, verify
from symbackprop.numerics.ways import ways
from symbackprop.numerics.witnesses import central_difference, complex_step, entries

pytestmark = pytest.mark.usefixtures("without_libraries")  # each row is told

CHECKS = ["hand-written NumPy", "central differences", "complex steps", "composed cost, 50 digits"]
WRITTEN_OUT = "single derivatives"
TRAINERS = "trainers, step by step"
CORNERS = ["slopes at kinks", "both sides of every case", "z = ±37, ±710, ±1000"]


def test_honest_gradient_passes_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four witnesses on the network and on the protocol, and the layers of both alone: all agree."""
    told: list[Row] = []
    begun: list[str] = []
    layers = shipped_layers()
    monkeypatch.setattr(verification, "shipped_layers", lambda: layers[3:5])  # all of them: test_corners.py
    report = verify(mlp("2-3-1"), on_row=told.append, on_step=begun.append)
    assert report.rows == tuple(told)
    expected = [*CHECKS, WRITTEN_OUT, TRAINERS, *CORNERS[1:], *CHECKS, *CORNERS]  # sigmoid has no kink
    assert expected == [row.check for row in report.rows]
    assert [] == [row for row in report.rows if not row.ok]
    assert ["derivation and code", *(f"hand-written NumPy, point {n} of 3" for n in (1, 2, 3))] == begun[:4]
    assert f"layer by layer, 2 of 2: {layers[4].name}" in begun
    assert report.ok
    assert report.max_relative_error == max(row.error for row in report.rows)
    assert all(row.samples > 0 and row.reason for row in report.rows)
    assert {1e-12, 1e-8} == {row.tolerance for row in report.rows}
    assert [9, 9, 9, 9] == [row.samples for row in report.rows[:4]]
    assert [35, 35, 35] == [row.samples for row in report.rows if row.check in CHECKS][4:7]
    assert "2-3-1, layer by layer: sigmoid → quadratic, sigmoid → sigmoid → quadratic" == report.looked_at[0]
    assert str(report).endswith("\n".join(report.looked_at))


def test_layers_are_told_apart() -> None:
    """No two layers that are looked at have one name, and a formula of the user's is named by its text."""
    names = [layer.name for layer in (*shipped_layers(), *alone(mlp("2-2-1", ["max(0, z)/2", "tanh"], "(a-y)^4")))]
    assert len(set(names)) == len(names)
    assert {"erf(z) → quadratic", "log(cosh(z)) → quadratic"} <= set(names)
    assert any(name.startswith("max(0, z)/2 → tanh → ") for name in names)


def test_report_prints_as_a_table() -> None:
    """A line for each check says its name, its error and its verdict."""
    report = Report(tuple(Row(check, "2-3-1", 9, 2e-16, 1e-12, "rounding") for check in CHECKS))
    lines = str(report).splitlines()
    assert len(report.rows) + 1 == len(lines)
    assert all("passed" in line for line in lines[1:])


def test_report_is_true_where_every_check_passed() -> None:
    """`assert verify(network)` fails where `.ok` does, and where nothing was checked."""
    right, wrong = (Row("central differences", "2-3-1", 9, error, 1e-8, "rounding") for error in (1e-9, 1e-7))
    assert [True, False, False] == [bool(Report(rows)) for rows in ((right,), (right, wrong), ())]


def test_custom_formulas_are_checked_without_the_witness_by_hand() -> None:
    """What nobody wrote by hand is compared with the witnesses that only need the forward equations."""
    network = mlp("2-2-2", ["z*exp(-z^2)", "atan(z)"], "(a-y)^4")
    rows = list(islice(verification._rows(network, samples=2, seed=0), 7))
    assert [*CHECKS[1:], WRITTEN_OUT, TRAINERS, *CORNERS[1:]] == [row.check for row in rows]
    assert ["2-2-2"] * 7 == [row.network for row in rows]
    assert all(row.ok for row in rows)


def test_part_that_the_network_does_not_use_makes_nothing_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """An activation is looked at where a network uses it, by its equations; a cost without values nowhere."""
    mixing = dataclasses.replace(ACTIVATIONS["softmax"], name="mixer")
    monkeypatch.setitem(ACTIVATIONS._parts, "mixer", mixing)
    monkeypatch.setitem(COSTS._parts, "nowhere", dataclasses.replace(COSTS["mse"], name="nowhere", term=log(-1 - Y**2)))
    names = {activation.name for case in protocol(0) for activation in case.network.activations}
    names |= {activation.name for layer in shipped_layers() for activation in layer.network.activations}
    assert {"mixer", "nowhere"}.isdisjoint(names | {case.network.cost_function.name for case in protocol(0)})
    assert {"2 -> dense"} == {row.network for row in verify(mlp("2-3", "mixer"), samples=1).rows if row.ok}


@pytest.mark.combinations
@pytest.mark.parametrize("cost", ["2^(a-y)", "2^a"])
def test_cost_with_a_variable_exponent_is_checked(cost: str) -> None:
    """A power whose exponent varies has the axes of its exponent."""
    network = mlp("2-3-2", "tanh", cost)
    pair = (tuple(ways(derive(network)).values()), case_for(network, 0, samples=3))
    assert all(row.ok for row in witnessed.witnessed_rows("2-3-2", [pair]))


@pytest.mark.parametrize("samples", [0, -1, 1.5, True])
def test_samples_are_a_number_of_points(samples: Any) -> None:
    """A number of samples that is none is refused."""
    with pytest.raises(DataError, match=r"^samples is .*, wanted a whole number, 1 or more; try 3$"):
        verify(mlp("1-1"), samples=samples)


@pytest.mark.parametrize("seed", [-1, 1.5, None])
def test_seed_is_a_whole_number(seed: Any) -> None:
    """A seed that is none is refused before anything is looked at."""
    with pytest.raises(SpecError, match=r"^seed: wanted a whole number from 0 on, got .*; try seed=0$"):
        verify(mlp("1-1"), seed=seed)


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
    verdicts = {row.check: row.ok for row in witnessed.witnessed_rows("2-3-3-2", [([wrong], case)])}
    assert dict.fromkeys(CHECKS[:3], False) == verdicts


@pytest.mark.parametrize("letter", ["W", "b"])
def test_fault_is_caught_where_derivatives_have_faded(letter: str) -> None:
    """In a deep network, where a derivative is some 1e-12 of the last one, half of it is still wrong."""
    network = mlp([2] * 31, "sigmoid")
    case, name = case_for(network, 0, samples=3), f"{letter}6"
    right = compile(derive(network))
    wrong: Any = Wrong(right, lambda cost, grads, x: (cost, {**grads, name: grads[name] / 2}))
    _, grads = right(case.params, case.x, case.y)
    assert 1e-9 * np.abs(grads[letter + "30"]).max() > np.abs(grads[name]).max() > 0
    for check in (witnessed._by_hand, witnessed._by_complex_step):
        assert (True, True) == (check([right], case) < 1e-12, check([wrong], case) > 1e-3)


def test_cost_of_checks_grows_as_the_network_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many layers there are, a witness goes through them a few times, and looks at all parts of them."""
    network, passes = mlp([1] * 121, "sigmoid"), []
    case, each = case_for(network, 0, samples=3), Forward.each
    monkeypatch.setattr(Forward, "each", lambda *point: passes.append(1) or each(*point))
    way = compile(derive(network))
    assert 1e-8 > witnessed._by_difference([way], case)
    assert 1e-12 > witnessed._by_complex_step([way], case)
    assert 3 == len(passes)  # what is decided at kinks; differences; complex steps
    layers = {int(name[1:]) for name, _ in witnessed._some_entries(case)}
    assert {1, 120} <= layers
    assert 4 >= max(following - layer for layer, following in pairwise(sorted(layers)))


def test_moves_of_large_arrays_are_made_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The derivatives are the same where there is no room for all variants at once."""
    case = case_for(mlp("2-3-2", "gelu"), 0, samples=3)
    point, wanted = (case.params, case.x, case.y), entries(case.network, 99, np.random.default_rng(0))
    at_once = [witness(case.network, point, wanted) for witness in (central_difference, complex_step)]
    monkeypatch.setattr(witnesses, "ROOM", 50)
    for found, witness in zip(at_once, (central_difference, complex_step), strict=True):
        assert found == pytest.approx(witness(case.network, point, wanted), rel=1e-9, abs=1e-11)


def test_wrong_cost_is_caught() -> None:
    """A right gradient with a wrong cost fails beside the witness by hand."""
    network = mlp("2-3-1")
    wrong: Any = Wrong(compile(derive(network)), lambda cost, grads, x: (2 * cost, grads))
    assert witnessed._by_hand([wrong], case_for(network, 0, samples=3)) > 1e-2


def overflowing(z: Any, y: Any) -> Any:
    """Return the slope of (exp(-z²) - y)⁴, with an exponential that overflows."""
    return -8 * z / np.exp(z * z) * (1 / np.exp(z * z) - y) ** 3


# activation, cost, ∂C/∂z as somebody might write it, the check that sees it
NAIVE: dict[str, tuple[str, str, Callable[[Any, Any], Any], str]] = {
    "half at a kink": ("relu", "quadratic", lambda z, y: np.heaviside(z, 0.5) * (np.maximum(z, 0) - y), CORNERS[0]),
    "overflow": ("tanh", "quadratic", lambda z, y: (np.tanh(z) - y) / np.cosh(z) ** 2, CORNERS[2]),
    "lost digits": ("tanh", "quadratic", lambda z, y: (np.tanh(z) - y) * (1 - np.tanh(z) ** 2), CORNERS[1]),
    "overflow of a formula": ("exp(-z^2)", "(a-y)^4", overflowing, CORNERS[2]),
    "pieces that meet": ("max(0,z)+min(0,exp(z)-1)", "a", lambda z, y: np.exp(np.minimum(z, 0)) * (z != 0), CORNERS[1]),
    "kink of a cost": ("identity", "abs(a-y)", lambda z, y: 2 * (z > y) - 1.0, CORNERS[0]),
}


@pytest.mark.parametrize("fault", NAIVE)
def test_own_layers_are_looked_at(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A convention, an overflow or digits that are lost for this very pair, built-in or not, fail in one row."""
    activation, cost, slope, check = NAIVE[fault]
    layers = [LoneLayer(mlp("1-1", activation, cost))]
    right = compile(derive(layers[0].network))

    def naive(params: Any, x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        return right(params, x, y)[0], {"b1": slope(params["b1"], y[0])}

    def failed() -> list[str]:
        return [row.check for row in verification._one_by_one("1-1", layers) if not row.ok]

    assert [] == failed()
    monkeypatch.setattr(verification, "ways", lambda _, backend: {"naive": naive})
    assert check in failed()


@pytest.mark.parametrize("backend", ["numpy", "scalar", "mine"])
def test_every_backend_is_run_in_every_way(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that shows in a single sample alone, or in one backend alone, one of a later day included, is seen."""
    network = mlp("2-3-1", "tanh")
    case, derivation = case_for(network, 0, samples=3), derive(network)
    monkeypatch.setitem(BACKENDS._parts, "mine", dataclasses.replace(BACKENDS["scalar"], name="mine"))

    def wrongly(plan: Any) -> str:
        text = honest(plan)
        return text.replace("    return cost, {", "    return 2 * cost, {").replace(
            "return row[0]", "return 2 * row[0]"
        )

    of_plans = [name for name in BACKENDS if BACKENDS[name].engine is None]
    assert {*of_plans, *(f"{name}, one at a time" for name in of_plans)} == set(ways(derivation))
    assert 1e-12 > witnessed._by_hand(tuple(ways(derivation).values()), case)
    honest = BACKENDS[backend].source
    monkeypatch.setitem(BACKENDS._parts, backend, dataclasses.replace(BACKENDS[backend], source=wrongly))
    assert 1e-2 < witnessed._by_hand(tuple(ways(derivation).values()), case)


@pytest.mark.parametrize("backend", ["numpy", "scalar", "torch", "jax"])
def test_backend_that_is_named_is_run_alone(backend: str) -> None:
    """The checks of one backend run its code in both ways; corners far out are for those that are always looked at."""
    if BACKENDS[backend].engine is not None:
        pytest.importorskip(backend, reason=f"the extra {backend} is not installed")
    network = mlp("2-3-1")
    assert [backend, f"{backend}, one at a time"] == list(ways(derive(network), backend))
    report = verify(network, samples=1, backend=backend, small_networks=False)
    corners = [] if BACKENDS[backend].engine else CORNERS[1:]
    assert ([*CHECKS, WRITTEN_OUT, TRAINERS, *corners], True) == ([row.check for row in report.rows], report.ok)


def test_backend_that_cannot_be_run_is_refused() -> None:
    """One line says that there is no such backend, or which networks it is for."""
    with pytest.raises(UnknownNameError, match="backend 'nympy' is unknown; did you mean 'numpy'"):
        verify(mlp("2-3-1"), backend="nympy")
    with pytest.raises(BudgetError, match="23,860 parameters"):
        verify(mlp("784-30-10"), backend="scalar")


def test_what_is_no_number_is_no_pass() -> None:
    """A NaN fails, and so does a report without a check."""
    assert not Row("a", "b", 1, float("nan"), 1.0, "c").ok
    assert not Report(()).ok


@pytest.mark.filterwarnings("ignore:activation .* has no real value")
@pytest.mark.parametrize("formula", ["cosh(z)", "sqrt(z)", "1/z"])
def test_steep_and_bounded_formulas_are_no_failures(formula: str) -> None:
    """Where a formula is steep, or no real number far out, an honest gradient still passes."""
    network = mlp("2-3-1", formula)
    pair = (tuple(ways(derive(network)).values()), case_for(network, 0, samples=3))
    assert all(row.ok for row in witnessed.witnessed_rows("2-3-1", [pair]))
    assert all(row.ok for row in verification._one_by_one("2-3-1", alone(network)))


@pytest.mark.parametrize("below", ["relu", "identity"])
def test_softmax_above_another_layer_is_no_failure(below: str) -> None:
    """No two neurons of the softmax are the same, whose errors would cancel, nor is a target closer than a float."""
    network = mlp("2-3-2", [below, "softmax"])
    assert [] == [row for row in verification._one_by_one("2-3-2", alone(network)) if not row.ok]

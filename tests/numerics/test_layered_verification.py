"""Is a network of layers right: which checks there are, what they allow, and that each of them can fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.numerics import layered_verification
from symbackprop.numerics.layered import CompiledLayers
from symbackprop.numerics.layered_verification import inputs_of, layered_rows, targets_of

pytestmark = pytest.mark.usefixtures("without_libraries")  # each row is told

EQUATIONS = [
    "forward pass, 50 digits",
    "difference quotients",
    "dual numbers, 50 digits",
    "ties and kinks",
    "single derivatives",
]
CALLED = ["differences, as it is called", "backward, as it is called", "one sample at a time", "trainers, step by step"]
LINE = "2 -> dense(2, bias=false) tanh -> dense(2)"


def compiled(line: str = LINE, **options: Any) -> CompiledLayers:
    """Return a network of layers as a function."""
    return sb.compile(sb.derive(sb.sequential(line, **options)))


def failing(f: CompiledLayers) -> list[str]:
    """Return the checks that do not pass."""
    return [row.check for row in layered_rows(f, 1, 0) if not row.ok]


def test_every_check_is_made_and_passes() -> None:
    """The equations beside many digits, and the function as it is called; each with what it allows."""
    rows = list(layered_rows(compiled(), 2, 0))
    assert [*EQUATIONS, *CALLED] == [row.check for row in rows]
    assert [1e-11] * 4 + [1e-30, 1e-6, 1e-6, 1e-11, 1e-11] == [row.tolerance for row in rows]
    assert all(row.ok and row.reason for row in rows)
    assert [2] * 4 + [1] + [2] * 4 == [row.samples for row in rows]
    assert {"2 -> dense -> dense"} == {row.network for row in rows}


def test_samples_that_know_each_other_are_not_taken_apart() -> None:
    """Where samples are coupled, or added up, a batch is no mean over its samples; coupled ones have no single row."""
    assert CALLED[:2] == [row.check for row in layered_rows(compiled("2 -> batch_norm"), 1, 0)][len(EQUATIONS) :]
    summed = [row.check for row in layered_rows(compiled(reduction="sum"), 1, 0)][len(EQUATIONS) :]
    assert [*CALLED[:2], CALLED[3]] == summed


@pytest.mark.filterwarnings("ignore:cost .*cross_entropy")
@pytest.mark.parametrize(
    ("width", "activation", "cost"),
    [(2, "sign(z)*log(1+abs(z))", "binary_cross_entropy"), (4, "relu", "cross_entropy")],
)
def test_points_are_looked_for_where_the_cost_is_finite(width: int, activation: str, cost: str) -> None:
    """An output that is 0 or above 1 has no such cost: at most points, and those are no mistakes."""
    assert [] == failing(compiled(f"2 -> dense(3) tanh -> dense({width}) '{activation}'", cost=cost, l2=0.1))


def test_networks_without_end_or_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without parameters nothing can be wrong; what is too large to be run as it is has its equations looked at."""
    monkeypatch.setattr(layered_verification, "LARGEST", 0)
    rows = list(layered_rows(compiled("4x2 -> avg_pool1d(2)"), 1, 0))
    assert [0.0, 0.0, 0.0] == [row.error for row in rows if row.check in CALLED and row.check != CALLED[2]]
    monkeypatch.setattr(layered_verification, "LARGEST", 1)
    assert EQUATIONS == [row.check for row in layered_rows(compiled(), 1, 0)]


def test_points_are_what_the_network_takes() -> None:
    """Inputs are whole numbers where they are looked up; targets are shares of a whole along the last axis."""
    rng = np.random.default_rng(0)
    words = inputs_of(sb.sequential("3 -> embedding(5, 2) -> dense(2)"), rng)
    assert (3, 3) == words.shape
    drawn = (inputs_of(sb.sequential("3 -> embedding(5, 2) -> dense(2)"), rng) for _ in range(9))
    assert set(range(5)) == {int(word) for words in drawn for word in words.ravel()}
    y = targets_of(sb.sequential(LINE), rng)
    assert np.allclose(y.sum(axis=-1), 1)
    assert (y > 0).all()


@pytest.mark.parametrize("shape", [(1,), (4, 1), (1, 3), (4, 2)])
def test_targets_are_shares_where_there_are_several(shape: tuple[int, ...]) -> None:
    """Along the last axis they add up to 1, unless there is one alone, which is between 0 and 1."""
    y = targets_of(SimpleNamespace(output_shape=shape), np.random.default_rng(0))  # type: ignore[arg-type]
    assert (3, *shape) == y.shape
    assert np.allclose(y.sum(axis=-1), 1) if shape[-1] > 1 else y.max() < 0.95


@pytest.mark.parametrize(
    ("costs", "grads", "wanted"),
    [
        ((0.5, 0.25), (1.0, 1.0), 0.25),  # a cost below 1
        ((4.0, 3.0), (1.0, 1.0), 0.25),
        ((1.0, 1.0), (2.0, 4.0), 0.5),
        ((1.0, 1.0), (0.25, 0.5), 0.5),  # also where it is small
        ((1.0, 1.0), (0.5, 0.0), 0.5),
        ((1.0, 1.0), (1.0, 1.0), 0.0),
        ((1.0, 1.0), (np.nan, 1.0), np.inf),
    ],
)
def test_batch_beside_its_samples(costs: Any, grads: Any, wanted: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a batch and the mean over its samples costs differ by a share of 1 or of themselves, derivatives of theirs."""

    def found(_: Any, x: Any, __: Any) -> Any:
        return costs[np.ndim(x) == 0], {"b": np.array([grads[np.ndim(x) == 0], 0.0])}

    found.network = None  # type: ignore[attr-defined]
    monkeypatch.setattr(layered_verification, "_point", lambda *_: (None, {}, np.zeros(3), np.zeros(3)))
    assert wanted == layered_verification._beside_single_samples(found, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("params", "error", "wanted"), [({"b": 1}, 0.5, 0.5), ({"b": 1}, None, 0.0), ({}, 0.5, 0.0)])
def test_nothing_trained_is_no_error(params: Any, error: Any, wanted: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without parameters, or where no cost is finite, nothing is wrong."""
    monkeypatch.setattr(layered_verification, "_point", lambda *_: (None, params, None, None))
    monkeypatch.setattr(layered_verification, "trainer_error", lambda *_: error)
    assert wanted == layered_verification._trained(SimpleNamespace(network=None), 0)  # type: ignore[arg-type]


@pytest.mark.parametrize("check", CALLED)
def test_check_can_fail(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong in one call alone is seen by its check."""
    f, call, back = compiled(), CompiledLayers.__call__, CompiledLayers.backward
    calls = []

    def wrong(self: CompiledLayers, params: Any, x: Any, y: Any, **masks: Any) -> Any:
        calls.append(len(x))
        cost, grads = call(self, params, x, y, **masks)
        if check == CALLED[0]:
            return cost, {name: 1.0001 * grad for name, grad in grads.items()}
        if check == CALLED[2]:
            return (cost * 1.001 if np.ndim(x) == 2 else cost), grads
        if check == CALLED[3] and len(x) == 2 and len(calls) % 3:  # another gradient each time
            return cost, {name: grad * (1 + 1e-6 * len(calls)) for name, grad in grads.items()}
        return cost, grads

    monkeypatch.setattr(CompiledLayers, "__call__", wrong)
    if check == CALLED[1]:
        monkeypatch.setattr(
            CompiledLayers,
            "backward",
            lambda *given: {name: 1.0001 * grad for name, grad in back(*given).items()},
        )
    assert check in failing(f)

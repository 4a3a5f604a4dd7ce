"""Random points of small networks: which networks, and how a point is looked for that is far from every kink."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import numpy as np
import pytest

from symbackprop.errors import DataError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.model import mlp
from symbackprop.numerics import protocol as module
from symbackprop.numerics.interpretation import Forward
from symbackprop.numerics.protocol import NETWORKS, Case, case_for, protocol, shipped_layers

RNG = np.random.default_rng


def test_same_seed_gives_the_same_points() -> None:
    """The points follow from the seed alone."""
    network = mlp("2-3-1")
    first, again, other = (case_for(network, seed, samples=2) for seed in (4, 4, 5))
    assert np.array_equal(first.x, again.x)
    assert all(np.array_equal(first.params[name], again.params[name]) for name in first.params)
    assert not np.array_equal(first.x, other.x)


def test_protocol_leaves_nothing_out() -> None:
    """Every activation and cost that is shipped occurs, some widths differ, some are equal, one batch is single."""
    cases = protocol(0)
    assert set(ACTIVATIONS.shipped) <= {a.name for case in cases for a in case.network.activations}
    assert set(COSTS.shipped) <= {case.network.cost_function.name for case in cases}
    assert 1 in {len(case.x) for case in cases}
    assert any(len(set(case.network.widths)) == 1 < case.network.depth for case in cases)
    assert max(case.network.depth for case in cases) >= 3


def test_protocol_takes_in_what_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """An activation and a cost in a new file of their folders get networks of their own, and are looked at alone."""
    custom = mlp("1-1", "z*exp(-z^2)", "(a-y)^4")
    layers = len(shipped_layers())
    for registry, name, part in ((ACTIVATIONS, "hump", custom.activations[0]), (COSTS, "fourth", custom.cost_function)):
        monkeypatch.setitem(registry._parts, name, dataclasses.replace(part, name=name))
        monkeypatch.setattr(registry, "_shipped", registry._shipped | {name})
    cases = protocol(0)
    assert len(NETWORKS) + 2 == len(cases)
    assert "hump" in {activation.name for case in cases for activation in case.network.activations}
    assert layers + 2 == len(shipped_layers())


def test_network_without_a_finite_cost_is_refused() -> None:
    """A formula with real values almost nowhere is said to be one."""
    with (
        pytest.warns(UserWarning, match="has no real value at z = -2"),
        pytest.raises(DataError, match=r"^network 1-1: no random point has a finite cost"),
    ):
        case_for(mlp("1-1", "log(z-12)", "quadratic"), 0, samples=1)


def test_deep_network_finds_its_point_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many kinks one is always near: the best of a few points is taken."""
    tried, each = [], Forward.each
    monkeypatch.setattr(Forward, "each", lambda *point: tried.append(1) or each(*point))
    case_for(mlp([3] * 101, "leaky_relu"), 0, samples=3)
    assert 40 >= len(tried)


def found_by(
    monkeypatch: pytest.MonkeyPatch, shape: Any, samples: int, seen: list[tuple[float, float]]
) -> tuple[list[bool], int, Case]:
    """Return when parameters were drawn, lifted or not, and how many batches were tried; `seen` are costs and kinks."""
    points, drawn, tried = chain(seen, repeat((0.0, 1.0))), [], []
    draw = module._parameters

    class Scripted:
        """A forward pass of which is told what it meets."""

        def __init__(self, *_: Any) -> None:
            """Take no notice of the network."""

        def __call__(self, *_: Any) -> float:
            """Return the next cost."""
            cost, self.nearest_kink = next(points)
            tried.append(cost)
            return cost

    def noted(network: Any, rng: Any, *, lifted: bool) -> dict[str, Any]:
        drawn.append(lifted)
        return draw(network, rng, lifted=lifted)

    monkeypatch.setattr(module, "Forward", Scripted)
    monkeypatch.setattr(module, "_parameters", noted)
    case = case_for(mlp(shape), 0, samples=samples)
    return drawn, len(tried), case


def near(*kinks: float) -> Iterator[tuple[float, float]]:
    """Yield points with a finite cost."""
    return ((0.0, kink) for kink in kinks)


NOWHERE = [(float("inf"), 1.0)]


@pytest.mark.parametrize(
    ("seen", "drawn", "tried"),
    [
        # 12 samples of 3 + 2 neurons: 3/60 from the nearest kink, and not as near
        (near(0.05, 0.051), [False], 2),
        # twenty batches with the same parameters; then half of it will do, or what the best of them had
        (near(*[0.04] * 20, 0.025, 0.026), [False, True], 22),
        (near(*[0.01] * 19, 0.02, 0.02, 0.021), [False, True], 22),
        (chain(near(*[0.01] * 18, 0.02), NOWHERE, near(0.02, 0.021)), [False, True], 22),
        # where the cost is no number nothing is known of kinks
        ([*NOWHERE * 20, (0.0, 0.025), (0.0, 0.026)], [False, True], 22),
        # and so on, from the best of the last twenty alone
        (chain(near(0.04, *[0.03] * 19, *[0.01] * 20, 0.01, 0.011)), [False, True, True], 42),
    ],
)
def test_point_is_as_far_from_kinks_as_can_be_hoped_for(
    seen: Any, drawn: list[bool], tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The more neurons there are, and the longer it takes, the nearer a kink may be."""
    found = found_by(monkeypatch, "2-3-2", 12, list(seen))
    assert (drawn, tried) == found[:2]
    assert [(12, 2), (12, 2)] == [found[2].x.shape, found[2].y.shape]


@pytest.mark.parametrize(("depth", "patience"), [(100, 20), (400, 5), (1500, 2)])
def test_deeper_networks_try_fewer_batches(depth: int, patience: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some two thousand layers are gone through before parameters are drawn anew, and two batches at least."""
    found = found_by(monkeypatch, [1] * (depth + 1), 1, list(near(*[0.0] * patience)))
    assert ([False, True], patience + 1) == found[:2]


@pytest.mark.parametrize(
    ("cost", "lifted", "raised"),
    [("poisson", True, module.RAISED), ("poisson", False, 0.0), ("mse", True, 0.0), ("mse", False, 0.0)],
)
def test_last_layer_is_lifted_where_the_cost_takes_its_logarithm(cost: str, lifted: bool, raised: float) -> None:
    """After twenty batches in vain the last bias is larger, and nothing else."""
    network = mlp("2-3-2", "softplus", cost)
    usual, found = (module._parameters(network, RNG(0), lifted=each) for each in (False, lifted))
    rises = {name: found[name] - value for name, value in usual.items()}
    assert {"W1": {0.0}, "b1": {0.0}, "W2": {0.0}, "b2": {raised}} == {n: {*rise.ravel()} for n, rise in rises.items()}
    assert all(np.std(value) > 0 for value in usual.values())


@pytest.mark.parametrize(("cost", "signs"), [("quadratic", False), ("poisson", False), ("hinge", True)])
def test_targets_are_what_the_cost_takes(cost: str, signs: bool) -> None:
    """Between 0 and 1, or -1 and 1 for a cost that is defined for nothing else."""
    y = module._targets(mlp("4-3-2", "sigmoid", cost), 50, RNG(0))
    assert (50, 2) == y.shape
    assert ({-1.0, 1.0} == set(y.ravel())) == signs
    assert (((y > 0) & (y < 1)).all()) != signs


def test_costs_are_looked_at_behind_what_they_are_defined_for() -> None:
    """The identity can be negative, of which no logarithm is taken; seldom is a plain layer more than one deep."""
    assert [False, True, True] == [module._fits(name, "cross_entropy") for name in module.PLAIN]
    names = {layer.name for layer in shipped_layers()}
    assert {"softplus → cross_entropy", "identity → mae", "sigmoid → binary_cross_entropy"} <= names

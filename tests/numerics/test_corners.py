"""Layers looked at alone: every case of every function is visited, and a fault in any of them is seen."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import inspect
from collections import defaultdict
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
from planted.code import BATCHES, SINGLE_SAMPLES
from planted.planting import Fault
from planted.witnesses import WITNESSES
from sympy import Rational, sqrt

from symbackprop.calculus.backpropagation import derive
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS, N
from symbackprop.network.model import mlp
from symbackprop.numerics import corners, reference_activations, reference_costs, verification
from symbackprop.numerics.arithmetic import Digits
from symbackprop.numerics.compilation import compile
from symbackprop.numerics.lonelayer import LoneLayer, lone
from symbackprop.numerics.protocol import shipped_layers
from symbackprop.numerics.stable import exponential, logarithms, normal, piecewise, scalar, scalarshares, wholesample

MODULES = (
    exponential,
    logarithms,
    normal,
    piecewise,
    wholesample,
    scalar,
    scalarshares,
    reference_activations,
    reference_costs,
)


NOTES = ("outcome", "pair", "signs")
# what the points do not show on both sides, and why
NOT_HERE = (
    "np.float32",  # the checks are made in double precision
    "exponentials: s < 0.01",  # the samples of a batch are the same here, and a batch has been told from the others
    "tanh_into: slope < 0.02",  # nor is it asked there of some that are
    "scaled_erfc: np.maximum(x, 4.0)",  # by then; tests/numerics/test_stable.py has batches of unequal ones
    "x_log_x: np.maximum",  # no cost with y ln y is defined for a negative y
    "x_log_x_slope: ",  # nothing is differentiated by a target
    "log: x != 0",  # where x is 0 and its logarithm counts, the cost is infinite: no point of the function
    "quotient: y != 0",  # nor is one where a slope is
    "log_one_minus_softmax: np.maximum(others.max",  # what it is cut off for, softmax over one neuron, is refused
    "softmax_binary_cross_entropy: z.shape[1] == 1",  # softmax over one neuron is refused before this cost
    "softmax_binary_cross_entropy: y == 1",  # asked in that case alone
)


def functions_of(module: ModuleType) -> list[FunctionType]:
    """Return the functions that a module defines."""
    found = [each for each in vars(module).values() if isinstance(each, FunctionType)]
    return [each for each in found if each.__module__ == module.__name__]


def lone_layer(*said: str) -> LoneLayer:
    """Return a layer of shipped parts: activations and a cost."""
    return lone(tuple(ACTIVATIONS[name] for name in said[:-1]), COSTS[said[-1]])


ALL, FAR_OUT = (0.25, 1.0, 0.0, -1.0), (37.0, 710.0, 1000.0)
NEAR, AWAY = (0.3, 0.8, 2.0, 3.5, 5.0, 7.0), (20.0, 33.0, 38.0, 45.0)


def points_of(layer: LoneLayer, kind: str) -> set[tuple[float, float]]:
    """Return the points of a kind at which a layer is looked at, z and y."""
    found = [(corner.z, corner.y) for corner in corners.corners(layer) if corner.kind == kind]
    assert len(set(found)) == len(found)
    return set(found)


def test_points_of_a_layer_with_a_kink() -> None:
    """The kink itself, both sides near it and far out for each target, both sides farther away for one of them."""
    layer = lone_layer("relu", "quadratic")
    around = {(z, y) for y in ALL for size in NEAR for z in (size, -size)}
    away = {(z, ALL[0]) for size in AWAY for z in (size, -size)}
    assert {(0.0, y) for y in ALL} == points_of(layer, "kink")
    assert around | away | {(z, y) for y in ALL for z in (-1.0, 1.0)} == points_of(layer, "case")
    assert {(z, y) for y in ALL for size in FAR_OUT for z in (size, -size)} == points_of(layer, "far")


@pytest.mark.parametrize(
    ("layer", "wanted"),
    [
        (lone_layer("identity", "mae"), {(y, y) for y in ALL}),  # the kinks of the cost can be hit
        (lone_layer("tanh", "mae"), set()),
        (lone_layer("identity", "tanh", "mae"), set()),
        (lone_layer("relu", "mae"), {(0.0, y) for y in ALL if y != 0}),  # where the cost has none, too
        (lone_layer("hardtanh", "quadratic"), {(z, y) for z in (-1.0, 1.0) for y in ALL}),
        (lone_layer("relu", "softmax", "cross_entropy"), {(0.0, 0.25), (0.0, 1.0), (0.0, 0.0)}),
        (LoneLayer(mlp("1-1", "max(z-1/3,0)")), set()),  # no float is a third
    ],
    ids=lambda each: each.name if isinstance(each, LoneLayer) else "",
)
@pytest.mark.filterwarnings("ignore:.* is 0 for all z below")
def test_kinks_are_hit(layer: LoneLayer, wanted: set[tuple[float, float]]) -> None:
    """A kink is looked at where a float hits it, and one slope is printed for it."""
    assert wanted == points_of(layer, "kink")


def test_pieces_that_meet_smoothly_are_looked_at_where_they_do() -> None:
    """A border of a case of the activation's own is a point, and a softmax, which has none, is looked at as well."""
    assert (3.0, 0.25) in points_of(LoneLayer(mlp("1-1", "where(z>3,(z-3)^2,0)+z")), "case")
    assert {(0.0, 1.0), (-1.0, 0.0)} <= points_of(lone_layer("softmax", "cross_entropy"), "case")


def test_truth_at_a_kink_is_the_printed_slope() -> None:
    """At the kink of leaky_relu it is 0.01 times a - y, at that of a cost the slope of this, with 1/n for n = 1."""
    (found,) = [c for c in corners.corners(lone_layer("leaky_relu", "quadratic")) if (c.kind, c.y) == ("kink", 0.25)]
    assert [0.03125, -0.0025] == pytest.approx([float(each) for each in found.truth], rel=1e-15)
    network = mlp("1-1", "identity", "3+max(0,1-y*a)")
    cost = dataclasses.replace(network.cost_function, factor=1 / N)
    kinks = [c for c in corners.corners(lone(network.activations, cost)) if (c.kind, c.y) == ("kink", 0.25)]
    assert [(4.0, 3.0, -0.125)] == [(c.z, *map(float, c.truth)) for c in kinks]


@pytest.mark.parametrize(("point", "is_one"), [(Rational(1, 2), True), (Rational(1, 3), False), (sqrt(2), False)])
def test_float_hits_few_points(point: Any, is_one: bool) -> None:
    """A half is a float, a third and a root are none."""
    assert is_one == corners._is_float(point)


def test_sides_of_a_point() -> None:
    """Just below a kink and just above it, in this order; nothing where one side has no truth."""
    ((below, above),) = corners._sides(lone_layer("relu", "quadratic"), [(0.0, 0.25)])  # type: ignore[misc]
    assert [0, -0.25] == pytest.approx([float(below[1]), float(above[1])], abs=1e-20)
    assert [None] == list(corners._sides(lone_layer("relu", "cross_entropy"), [(0.0, 0.25)]))
    with pytest.warns(UserWarning, match="has no real value"):
        mirrored = LoneLayer(mlp("1-1", "log(-z)"))
    assert [None] == list(corners._sides(mirrored, [(0.0, 0.25)]))


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (1.0, 1.0 + 1e-15, False),
        (0.0, 1e-15, True),
        (0.5, 0.5 + 1.5e-15, False),
        (1e6, 1e6 + 5e-10, True),
        (1, -1, False),
    ],
)
def test_slopes_to_both_sides_are_the_same(one: float, other: float, agree: bool) -> None:
    """They are if they differ by 1e-15, or by this share of them."""
    assert agree == corners._agree((one,), (other,))


@pytest.mark.parametrize(
    ("value", "low", "high", "slack", "wanted"),
    [
        (1.0, 0.5, 1.5, 0.0, 0.0),
        (2.0, 1.0, 1.5, 0.0, 0.5 / 1.5),
        (-3.0, -2.0, -1.0, 0.0, 0.5),
        (1.5, 1.0, 1.0, 0.5, 0.0),  # as far as the slack
        (1e-3, 0.0, 0.0, 1e-4, 1.0),  # of what is 0 everything is lost
        (3.0, 1.0, 1.0, 1.0, 1.0),
        (float("nan"), 0.0, 1.0, 9.0, float("inf")),
        (float("inf"), 0.0, 1.0, 9.0, float("inf")),
    ],
)
def test_distance_from_where_it_belongs(value: float, low: float, high: float, slack: float, wanted: float) -> None:
    """Nothing inside of the range and its slack, else what is outside of it relative to its larger end, or all."""
    assert wanted == corners._apart(value, low, high, slack)


def test_largest_error_is_kept_with_its_place() -> None:
    """The first of the largest, or what is no number, for good."""
    found = corners.Found()
    kept = []
    for error, where in ((0.0, "a"), (0.5, "b"), (0.5, "c"), (0.25, "d"), (float("nan"), "e"), (0.7, "f")):
        found.add(error, where)
        kept.append(found.where)
    assert ["", "b", "b", "b", "e"] == kept[:5]
    assert (0, 0.0) == (corners.Found().points, corners.Found().error)


def test_way_is_run_on_a_batch_and_on_single_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two equal samples for a batch, one for the others; what errs by more is looked at once with z and y rounded."""
    layer, seen, widened = lone_layer("leaky_relu", "quadratic"), [], []
    widen = corners._widened
    monkeypatch.setattr(corners, "_widened", lambda *given: widened.append(given[1].kind) or widen(*given))
    right = compile(derive(layer.network))

    def way(by: float) -> Any:
        def run(params: Any, x: Any, y: Any) -> Any:
            seen.append((by, x.shape, y.shape))
            assert np.ptp(y, axis=0).max() == np.ptp(x) == 0
            cost, grads = right(params, x, y)
            return cost * (1 + by), grads

        return run

    found = {"kink": corners.Found(), "case": corners.Found()}
    corners.look(layer, {"one": way(0.0), "other, one at a time": way(1e-11), "third": way(2e-11)}, found)
    assert (4, len(points_of(layer, "case"))) == (found["kink"].points, found["case"].points)
    assert {(0.0, (2, 1), (2, 1)), (1e-11, (1, 1), (1, 1)), (2e-11, (2, 1), (2, 1))} == set(seen)
    assert ["case"] * (found["case"].points - 1) == widened  # at z = y = 1 the cost is 0, and so is its error
    assert [2e-11] * 2 == pytest.approx([each.error for each in found.values()], rel=1e-2)


def test_raised_flag_is_no_number() -> None:
    """A way that overflows or refuses has found nothing, neither the cost nor any derivative."""

    def way(*_: Any) -> Any:
        return np.exp(np.array([1000.0]))

    corner = next(corners.corners(lone_layer("tanh", "quadratic")))
    assert np.isnan(corners._values(lone_layer("tanh", "quadratic"), corner, way, 1)).tolist() == [True, True]


def test_rounding_of_z_and_y_widens_what_is_right() -> None:
    """C = (z - y)²/2 at z = 2, y = 1 moves by (z - y) z and (z - y) y for each part that z or y is off, and C' as z."""
    layer = lone_layer("identity", "quadratic")
    truth = Digits(60).number(Rational(1, 2)), Digits(60).number(Rational(1))
    corner = corners.Corner("case", 2.0, 1.0, truth, truth)
    ends = corners._widened(layer, corner)
    reach = [(0.5 - low, high - 0.5) for low, high in ends[:1]] + [(1 - low, high - 1) for low, high in ends[1:]]
    assert [2e-14] * 4 == pytest.approx([each for pair in reach for each in pair], rel=0.02)


class Watched(ast.NodeTransformer):
    """Writes a note of its outcome around everything that takes a case: `if`, comparisons, min, max, abs, clip."""

    def __init__(self, function: str) -> None:
        self.function = function

    def noted(self, node: ast.expr, how: str) -> ast.expr:
        """Return the expression inside a call that notes its outcome."""
        place = ast.Constant(f"{self.function}: {ast.unparse(node)}")
        return ast.Call(ast.Name(how, ast.Load()), [place, node], [])

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Note which entries fulfil a comparison."""
        noted = self.noted(node, "outcome")
        self.generic_visit(node)
        return noted

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Note on which side of its arguments a minimum, a maximum or a sign lies."""
        name = ast.unparse(node.func).removeprefix("np.")
        place = ast.Constant(f"{self.function}: {ast.unparse(node)}")
        self.generic_visit(node)
        if name in ("minimum", "maximum", "min", "max") and len(node.args) == 2:
            node.args = [ast.Starred(ast.Call(ast.Name("pair", ast.Load()), [place, *node.args], []))]
        elif name in ("abs", "sign"):
            node.args = [ast.Call(ast.Name("signs", ast.Load()), [place, *node.args], [])]
        elif name in ("greater", "less", "not_equal"):
            return ast.Call(ast.Name("outcome", ast.Load()), [place, node], [])
        elif name == "clip":
            node.args = [ast.Starred(ast.Call(ast.Name("clipped", ast.Load()), [place, *node.args], []))]
        return node


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch, rewrite: Any) -> dict[str, set[Any]]:
    """Watch all functions that take cases; return what each case distinction has been seen to give."""
    seen: dict[str, set[Any]] = defaultdict(set)

    def seen_at(place: str, held: Any) -> None:
        if len(seen[place]) < 2:
            seen[place] |= {bool(each) for each in np.ravel(held)}

    def outcome(place: str, value: Any) -> Any:
        seen_at(place, value)
        return value

    def pair(place: str, one: Any, other: Any) -> tuple[Any, Any]:
        seen_at(place, np.less(one, other))
        return one, other

    def signs(place: str, value: Any) -> Any:
        seen_at(place, np.less(value, 0))
        return value

    def clipped(place: str, value: Any, low: Any, high: Any) -> tuple[Any, Any, Any]:
        seen_at(f"{place} low", np.less(value, low))
        seen_at(f"{place} high", np.less(high, value))
        return value, low, high

    for note in (outcome, pair, signs, clipped):
        monkeypatch.setattr(builtins, note.__name__, note, raising=False)

    def watched(text: str) -> str:
        tree = ast.parse(text)
        watcher = Watched(tree.body[0].name)
        return ast.unparse(ast.fix_missing_locations(watcher.visit(tree)))

    for function in (each for module in MODULES for each in functions_of(module)):
        rewrite(function, watched)
        calls = (node for node in ast.walk(ast.parse(inspect.getsource(function))) if isinstance(node, ast.Call))
        seen.update({node.args[0].value: set() for node in calls if ast.unparse(node.func) in NOTES})  # type: ignore[attr-defined]
    return seen


@pytest.mark.thorough
def test_every_case_is_visited(outcomes: dict[str, set[Any]]) -> None:
    """All that is shipped passes, and the points lie on both sides of every case, in arrays, numbers and witness."""
    rows = list(verification._one_by_one("shipped", shipped_layers()))
    assert ["slopes at kinks", "both sides of every case", "z = ±37, ±710, ±1000"] == [row.check for row in rows]
    assert [] == [row for row in rows if not row.ok]
    one_sided = {place for place, found in outcomes.items() if found != {True, False}}
    assert set() == {place for place in one_sided if not any(part in place for part in NOT_HERE)}


# faults that show in one layer alone, in arrays, in numbers and by hand
SINGLE_CASES = [
    fault
    for fault in (*BATCHES, *SINGLE_SAMPLES, *WITNESSES)
    if inspect.getmodule(fault.function) in MODULES and fault.said[0] == "2-1"
]


@pytest.mark.combinations
@pytest.mark.parametrize("fault", SINGLE_CASES, ids=lambda fault: fault.name)
def test_fault_in_a_single_case_is_seen(fault: Fault, plant: Any) -> None:
    """A mistake on one side of one threshold, in one way to run a gradient or in the witness, makes a row fail."""
    activation, cost = (*fault.said[1:], *("sigmoid", "quadratic")[len(fault.said) - 1 :])
    plant(fault.function, fault.right, fault.wrong)
    rows = list(verification._one_by_one("", [lone_layer(activation, cost)]))
    assert "; worst: " in "".join(row.reason for row in rows if not row.ok)

"""Layers looked at alone: every case of every function is visited, and a fault in any of them is seen."""

from __future__ import annotations

import ast
import builtins
import inspect
from collections import defaultdict
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
from planted.code import BATCHES, SINGLE_SAMPLES
from planted.planting import Fault
from planted.witnesses import WITNESSES

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.numerics import reference_activations, reference_costs, verification
from symbackprop.numerics.lonelayer import LoneLayer, lone
from symbackprop.numerics.protocol import shipped_layers
from symbackprop.numerics.stable import exponential, logarithms, normal, piecewise, scalar, scalarshares

MODULES = (
    exponential,
    logarithms,
    normal,
    piecewise,
    import_module("symbackprop.numerics.stable.shares"),  # a function of the package hides it
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

    def outcome(place: str, value: Any) -> Any:
        seen[place] |= {bool(each) for each in np.unique(np.asarray(value).astype(bool))}
        return value

    def pair(place: str, one: Any, other: Any) -> tuple[Any, Any]:
        seen[place] |= {bool(each) for each in np.ravel(np.less(one, other))}
        return one, other

    def signs(place: str, value: Any) -> Any:
        seen[place] |= {bool(each) for each in np.ravel(np.less(value, 0))}
        return value

    def clipped(place: str, value: Any, low: Any, high: Any) -> tuple[Any, Any, Any]:
        seen[f"{place} low"] |= {bool(each) for each in np.ravel(np.less(value, low))}
        seen[f"{place} high"] |= {bool(each) for each in np.ravel(np.less(high, value))}
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


def test_every_case_is_visited(outcomes: dict[str, set[Any]]) -> None:
    """All that is shipped passes, and the points lie on both sides of every case, in arrays, numbers and witness."""
    rows = list(verification._one_by_one("shipped", shipped_layers()))
    assert ["slopes at kinks", "both sides of every case", "z = ±37, ±710, ±1000"] == [row.check for row in rows]
    assert [] == [row for row in rows if not row.ok]
    one_sided = {place for place, found in outcomes.items() if found != {True, False}}
    assert set() == {place for place in one_sided if not any(part in place for part in NOT_HERE)}


def lone_layer(activation: str, cost: str) -> LoneLayer:
    """Return a layer of shipped parts."""
    return lone((ACTIVATIONS[activation],), COSTS[cost])


# faults that show in one layer alone, in arrays, in numbers and by hand
SINGLE_CASES = [
    fault
    for fault in (*BATCHES, *SINGLE_SAMPLES, *WITNESSES)
    if inspect.getmodule(fault.function) in MODULES and fault.said[0] == "2-1"
]


@pytest.mark.parametrize("fault", SINGLE_CASES, ids=lambda fault: fault.name)
def test_fault_in_a_single_case_is_seen(fault: Fault, plant: Any) -> None:
    """A mistake on one side of one threshold, in one way to run a gradient or in the witness, makes a row fail."""
    activation, cost = (*fault.said[1:], *("sigmoid", "quadratic")[len(fault.said) - 1 :])
    plant(fault.function, fault.right, fault.wrong)
    rows = list(verification._one_by_one("", [lone_layer(activation, cost)]))
    assert "; worst: " in "".join(row.reason for row in rows if not row.ok)

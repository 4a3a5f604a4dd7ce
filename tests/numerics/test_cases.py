"""Networks and costs that people use, with gradients computed by PyTorch or with 50 digits."""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symbackprop.calculus.backpropagation import Derivation, derive_for_code
from symbackprop.network.model import mlp
from symbackprop.numerics.compilation import compile

CASES: dict[str, dict[str, Any]] = {
    case["name"]: case for case in json.loads((Path(__file__).parents[1] / "cases.json").read_text(encoding="utf-8"))
}
ROUNDING = 1e-12  # of the largest entry: two analytic ways in float64 differ by some 2e-15


@cache
def derived(name: str) -> Derivation:
    """Return the derivation of a case, which all ways to compute it share."""
    case = CASES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # where a formula has no value is another test's business
        return derive_for_code(mlp(case["shape"], case["activation"], case["cost"]))


@pytest.mark.combinations
@pytest.mark.parametrize("backend", ["numpy", "scalar"])
@pytest.mark.parametrize("at_once", [True, False], ids=["batch", "samples"])
@pytest.mark.parametrize("name", CASES)
def test_gradient_is_the_known_one(name: str, at_once: bool, backend: str) -> None:
    """A batch, and the mean over its samples one by one, have the cost and the gradient that are known."""
    case, gradient = CASES[name], compile(derived(name), backend)
    params = {key: np.array(value, dtype=float) for key, value in case["params"].items()}
    x, y = (np.array(case[key], dtype=float) for key in "xy")
    parts = [(x, y)] if at_once else [(x[[row]], y[[row]]) for row in range(len(x))]
    results = [gradient(params, *part) for part in parts]
    assert case["wanted"]["cost"] == pytest.approx(np.mean([cost for cost, _ in results]), rel=ROUNDING, abs=ROUNDING)
    for key, wanted in case["wanted"]["grads"].items():
        largest = np.abs(np.concatenate([np.ravel(each) for each in case["wanted"]["grads"].values()])).max()
        found = np.mean([grads[key] for _, grads in results], axis=0)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=ROUNDING * largest)

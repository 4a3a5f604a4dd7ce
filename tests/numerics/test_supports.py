"""What is asked for in some places alone may be infinite in the others: neither derivative takes notice of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.calculus.cells import TOTAL
from symbackprop.network.program import INDEPENDENT
from symbackprop.numerics.program_witnesses import STEP, HundredDigits, Plain

pytestmark = pytest.mark.combinations

CLOSE = 1e-13  # of the largest entry of each array: some thirty roundings
WINDOW = "max(1, i - 1)..min(T, i + 1)"
SCORES = [[0.5, 900.0, 3.0], [-850.0, -851.0, 0.25], [1000.0, 2.0, 1.5]]  # exp(3 - 900) is 0, exp(1000 - 2) no float
TEXTS: dict[str, tuple[str, dict[str, Any]]] = {
    "shares that a window reads": (
        f"p[i, j] = exp(s[i, j]) / sum[k = {WINDOW}](exp(s[i, k]))\nC = sum[i](sum[j = {WINDOW}](p[i, j] * x[j])^2)",
        {"s": SCORES, "x": [0.5, -2.0, 1.0]},
    ),
    "shares among cases": (
        "p[i, j] = where(j <= i, exp(s[i, j]) / sum[k = 1..i](exp(s[i, k])), 0)\nC = sum[i](sum[j](p[i, j] * x[j])^2)",
        {"s": SCORES, "x": [0.5, -2.0, 1.0]},
    ),
    "shares in a sum": (
        f"o[i] = sum[j = {WINDOW}](exp(s[i, j]) / sum[k = {WINDOW}](exp(s[i, k])) * x[j])\nC = sum[i](o[i]^2)",
        {"s": SCORES, "x": [0.5, -2.0, 1.0]},
    ),
    "a triangle": (
        "r[i, j] = 1/s[i, j]\nC = sum[i]((sum[j = 1..i](x[j]*r[i, j] + ln(s[i, j])*sqrt(s[i, j])))^2)",
        {"s": [[0.5, 0.0, 0.0], [2.0, 1.5, -1.0], [3.0, 0.25, 4.0]], "x": [0.5, -2.0, 1.0]},
    ),
    "before a case": (
        "l[i] = ln(x[i]) + 1/x[i] + x[i]^1.5\na[i] = where(x[i] > 0, l[i], x[i])\nC = sum[i, j](s[i, j]*a[i]^2)",
        {"s": [[0.5, 1.0], [2.0, 1.5]], "x": [0.5, -2.0]},
    ),
    "in a case": (
        "C = sum[i, j](s[i, j]*where(x[i] <= 9, exp(x[i]), where(x[i] <= 99, sqrt(x[i] - 9), 0)))",
        {"s": [[0.5, 1.0], [2.0, 1.5]], "x": [0.5, 1000.0]},
    ),
}


@cache
def truth(name: str) -> tuple[Any, dict[str, np.ndarray], float, list[dict[str, np.ndarray]]]:
    """Return the derivation, what is given, the cost, the gradient and H e of the first entry of x, in many digits."""
    text, given = TEXTS[name]
    made = sb.derive(sb.equations(f"parameter s[T, T], x[T]\n{text}\nsizes T = {len(given['x'])}"))
    values = {key: np.array(value, float) for key, value in given.items()}
    field = HundredDigits(0)
    moves = [None, *((("x", (0,)), sign * field.number(STEP)) for sign in (1, -1))]
    worlds = [Plain(made.program, values, made.program.sizes, moved=move, field=field) for move in moves]
    found: list[dict[str, np.ndarray]] = [{}, {}]
    for array in made.program.of_kind(*INDEPENDENT):
        shape = values[array.name].shape
        places = [tuple(p + 1 for p in place) for place in np.ndindex(shape)]
        here, *ends = ([w.cost((w.cells(array.tensor)[place], TOTAL))[1] for place in places] for w in worlds)
        second = [(one - other) / (2 * field.number(STEP)) for one, other in zip(*ends, strict=True)]
        for row, numbers in zip(found, (here, second), strict=True):
            row[array.name] = np.array(list(map(float, numbers))).reshape(shape)
    return made, values, float(worlds[0].cost(None)[0]), found


@pytest.mark.parametrize("backend", ["numpy", "torch", "jax"])
@pytest.mark.parametrize("name", TEXTS)
def test_what_nobody_asks_for_may_be_infinite(name: str, backend: str) -> None:
    """The gradient and H v are right to the last digits where exp, ln, 1/x and powers are no numbers elsewhere."""
    pytest.importorskip(backend, reason=f"the extra {backend} is not installed")
    made, values, right, derivatives = truth(name)
    function = sb.compile(made, backend)
    cost, grads = function(values)
    assert float(cost) == pytest.approx(right, rel=CLOSE)
    seconds = function.hvp(values, {"x": np.eye(len(values["x"]))[0]})
    for found, wanted in zip((grads, seconds), derivatives, strict=True):
        for array, numbers in wanted.items():
            given = found[array].detach() if backend == "torch" else found[array]
            assert CLOSE * np.max(np.abs(numbers)) >= np.max(np.abs(np.asarray(given) - numbers))

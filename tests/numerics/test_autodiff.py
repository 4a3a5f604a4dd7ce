"""What libraries that differentiate find of the forward equations, beside what is derived and what is planted."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.cli.shipped import examples
from symbackprop.errors import MissingExtraError
from symbackprop.network.program import INDEPENDENT
from symbackprop.numerics import program_verification, witnessed
from symbackprop.numerics.autodiff import ALONE, libraries, slopes_by
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.program_points import Point, points
from symbackprop.numerics.protocol import case_for
from symbackprop.numerics.ways import ways

TEXT = """
input x[N]
parameter u, v
constant k
sizes N = 2
z[i] = u * erf(v * x[i])^2
C = sum[i]((z[i] - k)^2 * i^62 / 2^62)
"""


class Differences:
    """A library that takes differences of fourth order, and says what it was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return the function of Python, and note its name."""
        self.asked.add(name)
        return getattr(math, name)  # type: ignore[no-any-return]

    def slopes(self, cost: Callable[[Sequence[Any]], Any], values: Sequence[float]) -> Sequence[Any]:
        """Return differences of the cost."""

        def moved(place: int, step: float) -> Any:
            return cost([value + step * (place == at) for at, value in enumerate(values)])

        h = 1e-3
        steps = ((1, 8), (-1, -8), (2, -1), (-2, 1))
        return [sum(w * moved(at, h * s) for s, w in steps) / (12 * h) for at in range(len(values))]


def point_of(text: str = TEXT) -> Point:
    """Return a point of a program."""
    (point,) = points(sb.equations(text).program, 0, 1)
    return point


def test_each_entry_is_one_number_of_the_library() -> None:
    """Parameters and inputs are moved, what is constant is not; functions are the library's, powers are not."""
    library, point = Differences(), point_of()
    found = slopes_by(library, point, ["u", "v", "x"])  # type: ignore[arg-type]  # what is asked of it here
    u, v, k, x = (point.values[name] for name in "uvkx")
    inner = np.array([math.erf(each) for each in v * x])
    slope = 2 * (u * inner**2 - k) * (np.arange(1, len(x) + 1) / 2.0) ** 62  # by z
    bell = slope * 2 * u * inner * 2 / math.sqrt(math.pi) * np.exp(-((v * x) ** 2))
    truth = {"u": np.sum(inner**2 * slope), "v": np.sum(bell * x), "x": bell * v}
    assert {"erf"} == library.asked
    assert ["u", "v", "x"] == list(found)
    for name, true in truth.items():
        assert np.shape(true) == found[name].shape
        assert np.max(np.abs(found[name] - true)) < 1e-9 * np.max(np.abs(true))  # h^4, and rounding over h


def test_those_that_are_not_installed_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the backends with an engine each that can be imported is a witness, others are none."""

    def missing() -> Any:
        raise MissingExtraError("backend torch wants PyTorch, which is not installed")

    for name, prepare in (("torch", missing), ("jax", Differences)):
        monkeypatch.setitem(BACKENDS._parts, name, dataclasses.replace(BACKENDS[name], prepare=prepare))
    assert ["JAX"] == [title for title, _ in libraries()]


def test_program_that_is_wrong_fails_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a derivative is seen; differences leave 1e-11 of it, as they cut off h^4."""
    program, point, library = sb.compile(sb.derive(sb.equations(TEXT))), point_of(), Differences()
    grads = program.with_sizes(point.sizes)(point.values)[1]  # type: ignore[union-attr]
    for wrong, is_seen in ((grads, False), ({**grads, "u": grads["u"] / 2}, True)):
        monkeypatch.setattr(program_verification, "_gradient", lambda _program, _point, found=wrong: found)
        error = program_verification._library_error(library, program, point)  # type: ignore[arg-type]
        assert (is_seen, is_seen) == (error > 1e-9, error > 0.1)


def test_chain_that_is_wrong_fails_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the derivatives by a bias is seen at one sample; where there is too much to do, there is no row."""
    monkeypatch.setattr(witnessed, "libraries", lambda: [("Mine", Differences())])
    network = sb.mlp([2, 3, 1])
    case, (right, *_) = case_for(network, 0, samples=2), ways(sb.derive(network)).values()

    def wrong(*given: Any) -> tuple[float, dict[str, Any]]:
        cost, grads = right(*given)
        return cost, {**grads, "b1": grads["b1"] / 2}

    def rows(way: Any) -> list[Any]:
        return [row for row in witnessed.witnessed_rows("", [([way], case)]) if row.check == f"Mine, {ALONE}"]

    for way, is_seen in ((right, False), (wrong, True)):
        (row,) = rows(way)
        assert (1, is_seen, is_seen) == (row.samples, row.error > 1e-9, row.error > 0.1)
    monkeypatch.setattr(witnessed, "MOST_ALONE", 12)  # 2-3-1 has 13 parameters
    assert [] == rows(right)


@pytest.mark.parametrize("name", ["torch", "jax"])
@pytest.mark.parametrize("network", [*examples(), "powers", "4 -> dense(3, bias=false) gelu -> layer_norm"])
def test_library_finds_what_is_derived(name: str, network: str) -> None:
    """Of each example, its inputs included; both are floats, 1e-14 apart on the largest entry of an array."""
    pytest.importorskip(name, reason=f"the extra {name} is not installed")
    library = BACKENDS[name].prepare()
    text = {**examples(), "powers": TEXT}.get(network)
    compiled = sb.compile(sb.derive(sb.sequential(network) if text is None else sb.equations(text)))
    compiled = getattr(compiled, "compiled", compiled)  # type: ignore[assignment]
    for point in points(compiled.program, 0, 2):  # type: ignore[union-attr]
        names = [array.name for array in point.program.of_kind(*INDEPENDENT)]
        found = slopes_by(library, point, names)
        grads = program_verification._gradient(compiled, point)  # type: ignore[arg-type]
        for each in names:
            assert found[each] == pytest.approx(
                grads[each], rel=1e-11, abs=1e-11 * max(1e-30, np.max(np.abs(grads[each])))
            )

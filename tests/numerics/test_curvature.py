"""Second derivatives and Jacobians of networks and of programs, beside difference quotients and plain algebra."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.calculus import tangents
from symbackprop.errors import CheckError, DataError, ShapeError
from symbackprop.network.text.layerline import read_line

SAMPLES, STEP = 3, 1e-5
CLOSE = 1e-6  # of the largest entry: a central difference errs by 1e-10 of third derivatives, and by 1e-16 / STEP

NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "dense": ("4 -> dense(3) tanh -> dense(3) softmax", {"cost": "cross_entropy"}),
    "convolution, penalty": ("2x5 -> conv1d(2, 3) softplus", {"l2": 0.1}),
    "coupled": ("2 -> batch_norm tanh", {}),
    "sum, tied": ("3 -> dense(2) tanh -> dense(3, tied_to=1)", {"reduction": "sum"}),
}

STATES = """
input x[T]
parameter u, b
h[0] = 0
h[t] = tanh(u * h[t - 1] + x[t]) for t = 1..T
s = sum[t](h[t] * x[t]) + b^2
C = sum[t](h[t]^2) + s^2
"""


def apart(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> float:
    """Return the largest difference, of the largest entry of all arrays."""
    assert {n: a.shape for n, a in wanted.items()} == {n: a.shape for n, a in found.items()}
    return max(abs(found[n] - wanted[n]).max() for n in wanted) / max(abs(a).max() for a in wanted.values())


@pytest.mark.combinations
@pytest.mark.parametrize("name", NETWORKS)
def test_products_and_jacobian_of_a_network(name: str) -> None:
    """J is the slope of the outputs, H·v that of the gradient, and G·v is Jᵀ (∂²c/∂a²) J v and what a penalty adds."""
    line, said = NETWORKS[name]
    network = sb.sequential(line, **{"cost": "quadratic", **said})
    rng = np.random.default_rng(7)
    params = {n: value + 0.1 * rng.normal(size=value.shape) for n, value in network.initial_params(seed=1).items()}
    ways = {n: rng.normal(size=value.shape) for n, value in params.items()}
    x = rng.normal(size=(SAMPLES, *read_line(line)[0]))
    f = sb.compile(sb.derive(network))
    jacobian = f.jacobian(params, x)
    moves = sum(np.tensordot(jacobian[n], ways[n], axes=ways[n].ndim) for n in params)
    y = rng.uniform(0.1, 0.9, moves.shape)

    def ends(what: Any) -> Any:
        return [what({n: v + side * STEP * ways[n] for n, v in params.items()}) for side in (1, -1)]

    def slope(ahead: Any, behind: Any) -> Any:
        return (ahead - behind) / (2 * STEP)

    ahead, behind = ends(lambda at: f(at, x, y)[1])
    assert CLOSE > apart(f.hvp(params, x, y, ways), {n: slope(ahead[n], behind[n]) for n in params})
    outputs = ends(lambda at: outputs_of(f, at, x))
    assert CLOSE > apart({"a": moves}, {"a": slope(*outputs)})
    curved = moves * (y / outputs_of(f, params, x) ** 2 if name == "dense" else 1)
    share = 1 if said.get("reduction") == "sum" else SAMPLES
    straight = {n: np.tensordot(curved, jacobian[n], axes=curved.ndim) / share for n in params}
    straight |= {n: straight[n] + said["l2"] * ways[n] for n in params if n.startswith("W") and "l2" in said}
    assert apart(f.gauss_newton(params, x, y, ways), straight) < 1e-13  # the same sums in another order


def outputs_of(f: Any, params: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the outputs of a batch."""
    return next(iter(f.forward(params, x).values()))


def test_program_with_several_outputs_has_the_derivatives_of_each() -> None:
    """∂o/∂u stands by names, also of a state that the cost reads beside others, and where nothing is read of u."""
    f = sb.compile(sb.derive(sb.equations(STATES)))
    rng = np.random.default_rng(3)
    values = {"x": rng.normal(size=3), "u": np.array(0.7), "b": np.array(0.2)}
    found = f.jacobian(values)
    assert list(found) == ["h", "s"]
    for name in ("x", "u", "b"):
        moved = [f.arrays({**values, name: values[name] + side * STEP}) for side in (1, -1)]
        for end in found:
            slope = (moved[0][end] - moved[1][end]) / (2 * STEP)
            summed = found[end][name].reshape(*np.shape(slope), -1).sum(-1)
            np.testing.assert_allclose(summed, slope, atol=1e-9)
    fixed = sb.compile(sb.derive(sb.equations("constant k\nparameter w\no = k^2\nC = o*w^2")))  # o moves along nothing
    assert {"w": 8} == fixed.gauss_newton({"k": 2.0, "w": 1.0}, {"w": 1.0})
    assert {"o": {"w": 0}} == fixed.jacobian({"k": 2.0, "w": 1.0})
    way = {"u": np.array(1.0)}
    whole = sum(np.sum(2 * found[end]["u"] * found[end]["u"]) for end in found)
    np.testing.assert_allclose(f.gauss_newton(values, way)["u"], whole, rtol=1e-13)


@pytest.mark.thorough
@pytest.mark.parametrize("function", ["gelu", "gelu_tanh", "mish"])
def test_second_slope_of_what_is_divided(function: str) -> None:
    """An argument with a part that is computed apart, as what it is divided by, is not taken apart in f''."""
    lines = f"parameter X[N, D]\nA = sqrt(X**2 + 0.5)\nC = mean({function}(X/(1 + A**2))*sum(X, axis=0))"
    f = sb.compile(sb.derive(sb.equations(lines)))
    x, way = np.random.default_rng(4).normal(size=(2, 3, 4))
    ahead, behind = (f({"X": x + step * way})[1] for step in (1e-5, -1e-5))
    wanted = {"X": (ahead["X"] - behind["X"]) / 2e-5}
    assert apart(f.hvp({"X": x}, {"X": way}), wanted) < 1e-7  # what differences of floats leave


def test_tangent_that_is_wrong_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an equation is along a direction is compared with its derivative at random points, as a step is."""
    right = tangents.moved
    monkeypatch.setattr(tangents, "moved", lambda e, ways: 2 * right(e, ways))
    f = sb.compile(sb.derive(sb.equations(STATES)))
    with pytest.raises(CheckError, match="is not"):
        f.hvp({"x": np.ones(3), "u": 0.5, "b": 0.1}, {})


def test_direction_fits_its_array() -> None:
    """A direction of another shape, or along what is no parameter, is refused with what is wanted."""
    f = sb.compile(sb.derive(sb.mlp("2-2")))
    params = {"W1": np.ones((2, 2)), "b1": np.ones(2)}
    with pytest.raises(ShapeError, match=r"direction: W1 has shape \(2,\), wanted \(2, 2\)"):
        f.hvp(params, [1, 2], [0, 1], {"W1": np.ones(2)})
    with pytest.raises(DataError, match="direction: 'x' is no parameter"):
        f.gauss_newton(params, [1, 2], [0, 1], {"x": np.ones(2)})


@pytest.mark.parametrize("line", ["C = a", "C = mean[i](3*b[i])"])
@pytest.mark.parametrize(("name", "first", "second"), [("sigmoid", 1, -1), ("tanh", 4, -8), ("softplus", None, 1)])
def test_slopes_far_out_keep_their_digits(name: str, first: float | None, second: float, line: str) -> None:
    """Slopes f' and f'' where f is all but 1, though the cost is the value: multiples of exp(-z) or of its square."""
    text = f"parameter w, v\ninput x[N]\nsizes N = 2\na = {name}(w*v)\nb[i] = {name}(w*v)/3 + x[i]\n{line}"
    f, rate = sb.compile(sb.derive(sb.equations(text))), 2.0 if name == "tanh" else 1.0
    values = {"w": 40.0, "v": 1.0, "x": np.zeros(2)}
    slope, curve = f(values)[1]["w"], f.hvp(values, {"w": 1.0, "v": 0.0, "x": np.zeros(2)})["w"]
    wanted = 1.0 if first is None else first * np.exp(-40 * rate)
    assert float(slope) == pytest.approx(wanted, rel=1e-14)
    assert float(curve) == pytest.approx(second * np.exp(-40 * rate), rel=1e-14)


def test_what_a_case_keeps_from_being_read_moves_inside_of_it() -> None:
    """Of a coupling (Dinh et al. 2017) the first half has no s, and no direction of s: C = x_1² + x_2² e^{2s}."""
    lines = "z[i] = where(i <= D, x[i], x[i]*exp(s[i - D])) for i = 1..2*D\nC = sum[i](z[i]^2)\n"
    f = sb.compile(sb.derive(sb.equations(f"input x[2*D], s[D]\nsizes D = 1\n{lines}")))
    x, s, dx, ds = np.array([3.0, 0.5]), np.array([0.25]), np.array([1.0, 2.0]), np.array([-1.0])
    found, e = f.hvp({"x": x, "s": s}, {"x": dx, "s": ds}), np.exp(2 * s[0])
    wanted = [2 * dx[0], 2 * e * dx[1] + 4 * x[1] * e * ds[0]]
    assert wanted == pytest.approx(found["x"].tolist(), rel=1e-14)  # a few operations, each rounded once
    assert 4 * e * (x[1] * dx[1] + x[1] ** 2 * ds[0]) == pytest.approx(found["s"].item(), rel=1e-14)

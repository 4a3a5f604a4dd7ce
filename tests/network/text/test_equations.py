"""What a text of equations means: each construct of the grammar in numbers, against NumPy and plain Python."""

from __future__ import annotations

import copy
import json
import pickle
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Symbol

import symbackprop as sb
from symbackprop.errors import BudgetError, ExpressionError, ShapeError, SpecError, SymbackpropError
from symbackprop.network.notation import size
from symbackprop.network.program import Kind
from symbackprop.network.text.equations import EquationsNetwork, equations

Evaluated = Callable[..., dict[str, Any]]
V = Mapping[str, Any]
EXAMPLES = Path(__file__).parents[3] / "symbackprop" / "network" / "examples"
HOSTILE = Path(__file__).parents[2] / "hostile_inputs.jsonl"

X = np.array([0.5, -1.25, 2.0, 0.75])
A = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
ABC = {"x": X, "A": A, "b": np.array([0.5, 1.0, -2.0]), "u": np.array(0.5)}
DECLARED = "input x[N], A[M, K], b[K], u\nsizes N = 4, M = 2, K = 3\n"
ALL_USED = "\nunused = x[1] + A[1, 1] + b[1] + u"


def softmax(z: Any, axis: int = -1) -> Any:
    """Return the shares along an axis."""
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def steps(v: V, first: float, order: Any) -> list[float]:
    """Return h = tanh(u h + x) over the entries of x in an order, from the first value on."""
    found = [first]
    for each in v["x"][order]:
        found.append(float(np.tanh(v["u"] * found[-1] + each)))
    return found


INDEX_LINES: dict[str, Callable[[V], Any]] = {
    "z[i] = -x[i]^2": lambda v: -(v["x"] ** 2),
    "z[i] = 2*x[i]**2/4 - -1": lambda v: v["x"] ** 2 / 2 + 1,
    "z[i] = 2^-1^2*x[i]": lambda v: v["x"] / 2,
    "z[i] = 10000^(-i/N)*x[i] + 0.0001^(x[i]/N)": lambda v: (
        10000 ** -np.array([0.25, 0.5, 0.75, 1]) * v["x"] + 0.0001 ** (v["x"] / 4)
    ),
    "z[i] = e[i]*pi\ne[i] = x[i]": lambda v: np.pi * v["x"],
    "z = sum[i](x[i]) + x[2]": lambda v: v["x"].sum() + v["x"][1],
    "z = sum[i, k](A[i, k]*b[k])": lambda v: (v["A"] @ v["b"]).sum(),
    "z = mean[i, k](A[i, k])": lambda v: v["A"].mean(),
    "z[k] = max[i](A[i, k]) + min[i](A[i, k])": lambda v: v["A"].max(axis=0) + v["A"].min(axis=0),
    "z[i, k] = softmax[k](A[i, k])": lambda v: softmax(v["A"]),
    "z[i, k] = softmax[i](u*A[i, k])": lambda v: softmax(v["u"] * v["A"], axis=0),
    "z[i, k] = log_softmax[k](A[i, k])": lambda v: np.log(softmax(v["A"])),
    "z[i, k] = softmax[k](u*A[i, k] - 2*ln(1 + A[i, k]^2))": lambda v: softmax(
        v["u"] * v["A"] - 2 * np.log(1 + v["A"] ** 2)
    ),
    "z[i] = x[i] + sum[k = 1..2, d = max(1, i - 2*k + 2)..min(2, i - 2*k + 2)](x[d + 1])": lambda v: (
        v["x"] + v["x"][[1, 2, 1, 2]]
    ),
    "z[i] = sum[k](softmax[k](A[i, k])*b[k])": lambda v: softmax(v["A"]) @ v["b"],
    "z[i] = sum[i](x[i])*x[i] + sum[i](x[i]*sum[i](x[i]))": lambda v: v["x"].sum() * v["x"] + v["x"].sum() ** 2,
    "z[i] = max(x[i], 0) + min(x[i], u) + max(u, x[i])": lambda v: (
        np.maximum(v["x"], 0) + np.minimum(v["x"], 0.5) + np.maximum(v["x"], 0.5)
    ),
    "z[i] = where(x[i] < 0, -x[i], where(x[i] >= 2, 1, u))": lambda v: np.where(
        v["x"] < 0, -v["x"], np.where(v["x"] >= 2, 1, 0.5)
    ),
    "z[i] = where(i > 1, x[i - 1], 0) + x[i]": lambda v: v["x"] + np.array([0, *v["x"][:-1]]),
    "z[i] = sum[m = 1..i](x[m]) for i = 1..N": lambda v: np.cumsum(v["x"]),
    "z[i] = mean[m = 1..i](x[m]) + sum[m = i..N](x[m]) for i = 1..N": lambda v: (
        np.cumsum(v["x"]) / np.arange(1, 5) + np.cumsum(v["x"][::-1])[::-1]
    ),
    "z = sum[i = 1..N, j = i + 1..N](x[j]*i) + max[i = 1..N, j = i + 1..N](i - x[j])": lambda v: (
        v["x"] @ [0, 1, 3, 6] + 2.25
    ),
    "z[k] = sum[i = 1..M](where(i < k, b[k], 0))": lambda v: v["b"] * [0, 1, 2],
    "z[i] = i*x[i]/sqrt(N) + M": lambda v: np.arange(1, 5) * v["x"] / 2 + 2,
    "z[i] = x[i + M] + sum[j = M..3](b[j]) + sum[j = i + 1..2, k = 1..0](x[j]) for i = 1..4 - M": lambda v: (
        v["x"][2:] + v["b"][1:].sum()
    ),
    "z[i] = x[2*i] for i = 1..2": lambda v: v["x"][1::2],
    "value z[2]\nz[i] = x[2*i - 1]": lambda v: v["x"][::2],
    "z[i] = x[N + 1 - i] for i = 1..N": lambda v: v["x"][::-1],
    "z[i] = sum[k](b[k]*x[i + k - 1])": lambda v: np.correlate(v["x"], v["b"], mode="valid"),
    "z[i] = sum[k](b[k]*x[i + K - k]) for i = 1..N - K + 1": lambda v: np.convolve(v["x"], v["b"], mode="valid"),
    "z[i] = x[i + 1] - x[i] for i = 1..N - 1": lambda v: np.diff(v["x"]),
    "z[i] = x[i] - x[i - 1] for i = 2..N": lambda v: np.diff(v["x"]),
    "z[i] = sum[k](b[k]*x[i + K - k])": lambda v: np.convolve(v["x"], v["b"], mode="valid"),
    "z[i] = sum[k = 1..2](b[k]*x[i + 2*k - 2])": lambda v: 0.5 * v["x"][:2] + v["x"][2:],
    "z = mean[m = 2..N](x[m])": lambda v: v["x"][1:].mean(),
    "z = sum[k = 1..2](softmax[k](A[1, k])*b[k])": lambda v: softmax(v["A"][0, :2]) @ v["b"][:2],
    "z[i, j] = A[j, i]": lambda v: v["A"].T,
    "z[i,\n  k] = A[i, k] * (  # a product\n  b[k]\n  + 1)": lambda v: v["A"] * (v["b"] + 1),
    "z[i] = sigmoid(x[i]) + gelu_tanh(u) * 0 + leaky_relu(x[i]) + swish(x[i])*0": lambda v: (
        1 / (1 + np.exp(-v["x"])) + np.where(v["x"] > 0, v["x"], v["x"] / 100)
    ),
    # recurrences: labels 0..N, forwards and backwards, one start or two
    "z[0] = 0\nz[t] = tanh(u*z[t - 1] + x[t]) for t = 1..N": lambda v: steps(v, 0.0, slice(None)),
    "z[t] = tanh(u*z[t - 1] + x[t])\nz[0] = u": lambda v: steps(v, 0.5, slice(None)),
    "z[t] = tanh(u*z[t + 1] + x[t])\nz[N + 1] = 0": lambda v: steps(v, 0.0, slice(None, None, -1))[::-1],
    "z[1] = x[1]\nz[t] = z[t - 1]*u + x[t]": lambda v: [
        sum(v["u"] ** (n - k) * v["x"][k] for k in range(n + 1)) for n in range(4)
    ],
    "z[0] = 1\nz[1] = 1\nz[t] = z[t - 1] + z[t - 2] for t = 2..N": lambda _: [1, 1, 2, 3, 5],
    "z[-1] = 0\nz[0] = 1\nz[t] = z[t - 1] + z[t - 2] for t = 1..N": lambda _: [0, 1, 1, 2, 3, 5],
    "h[0] = 0\nh[t] = tanh(u*h[t - 1] + x[t])\nz = h[N]": lambda v: steps(v, 0.0, slice(None))[-1],
    "h[0] = 0\nh[t] = tanh(u*h[t - 1] + x[t])\nz = sum[t](h[t]*x[t])": lambda v: (
        np.array(steps(v, 0.0, slice(None))[1:]) @ v["x"]
    ),
    # a step beside the state of another recurrence alone: its labels without the starts
    "h[0] = 0\nh[t] = tanh(u*z[t - 1] + x[t])\nz[t] = 2*h[t]\nz[0] = 0": lambda v: (
        2 * np.array(steps(v | {"u": 2 * v["u"]}, 0.0, slice(None)))
    ),
    "h[t] = z[t + 1] + x[t]\nh[N + 1] = 0\nz[N + 1] = 0\nz[t] = h[t]": lambda v: [*np.cumsum(v["x"][::-1])[::-1], 0],
    "h[0] = 0\nh[1] = u\nh[t] = h[t - 2] for t = 2..N\nz[0] = 1\nz[t] = h[t] + z[t - 1]": lambda _: [1, 1.5, 1.5, 2, 2],
    "z[i] = x[i] + sum[j](where(i != j, x[j], 0))": lambda v: v["x"].sum() + 0 * v["x"],
    "z[i] = where(i > 3, 3, where(i > 2, 2, where(i > 1, 1, x[i])))": lambda v: [v["x"][0], 1, 2, 3, 3][: len(v["x"])],
    "z[i] = where(i mod 2 == 0, x[i], -x[i])": lambda v: v["x"] * [-1, 1, -1, 1],
    "z[i] = where((i - 3) % 3 > 0, 1, (i + 1)//2*x[i])": lambda v: [1, 1, 2 * v["x"][2], 1],
    "z[i] = sum[k](where(mod(i + k, K) == floor(i/M), b[k], 0)) for i = 1..N": lambda v: v["b"][[1, 1, 0, 0]],
    "h[0, k] = b[k]\nh[t, k] = u*h[t - 1, k] for t = 1..N\nz[k] = h[2, k]": lambda v: v["b"] / 4,
}


@pytest.mark.parametrize("lines", INDEX_LINES)
def test_index_line_means_what_it_says(lines: str, evaluated: Evaluated) -> None:
    """Each construct of an index line has the value of the same thing in NumPy."""
    found = evaluated(equations(DECLARED + lines + ALL_USED).program, ABC)["z"]
    np.testing.assert_allclose(found, INDEX_LINES[lines](ABC), rtol=1e-13, atol=1e-15)  # roundings of NumPy's


MATRICES = {
    "X": np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]),
    "W": np.array([[1.0, 0.5, -0.5], [0.25, -1.0, 2.0], [0.5, 0.5, 1.0], [-1.0, 2.0, 0.25]]),
    "c": np.array([0.5, 1.0, -2.0]),
    "r": np.array([[2.0], [-0.5]]),
    "S": np.arange(12.0).reshape(2, 2, 3) / 8,
    "g": np.array(1.5),
}
MATRIX_LINES: dict[str, Callable[..., Any]] = {
    "X @ W.T": lambda X, W, **_: X @ W.T,
    "X @ c": lambda X, c, **_: X @ c,
    "c @ W.T": lambda c, W, **_: c @ W.T,
    "c @ c": lambda c, **_: c @ c,
    "X.T @ X": lambda X, **_: X.T @ X,
    "S @ X.T": lambda S, X, **_: S @ X.T,
    "S @ W.T + 1": lambda S, W, **_: S @ W.T + 1,
    "X + c": lambda X, c, **_: X + c,
    "r * X - c / 2": lambda r, X, c, **_: r * X - c / 2,
    "r.T + X[0]".replace("[0]", ".T"): lambda r, X, **_: r.T + X.T,
    "X * X**2 + -X": lambda X, **_: X**3 - X,
    "(X + 1) @ W.T * g": lambda X, W, g, **_: (X + 1) @ W.T * g,
    "g * X @ W.T @ W": lambda g, X, W, **_: g * X @ W.T @ W,
    "sum(X)": lambda X, **_: X.sum(),
    "sum(X, axis=0)": lambda X, **_: X.sum(axis=0),
    "mean(X, axis=-1)": lambda X, **_: X.mean(axis=-1),
    "max(X, axis=1, keepdims=True) * X": lambda X, **_: X.max(axis=1, keepdims=True) * X,
    "mean(S, axis=-2)": lambda S, **_: S.mean(axis=-2),
    "sum(S, axis=(0, 2))": lambda S, **_: S.sum(axis=(0, 2)),
    "sum(mean(X**2, axis=0, keepdims=True), axis=0)": lambda X, **_: (X**2).mean(axis=0),
    "max(mean(sum(c, axis=0, keepdims=True)) * (X + r * 2 * c), axis=1)": lambda X, r, c, **_: (
        c.sum() * (X + 2 * r * c)
    ).max(axis=1),
    "mean(X, axis=1, keepdims=True) @ (r.T - 1) + sum(r + 1, axis=1)": lambda X, r, **_: (
        X.mean(axis=1, keepdims=True) @ (r.T - 1) + (r + 1).sum(axis=1)
    ),
    "mean(S, axis=(1,), keepdims=True) + S": lambda S, **_: S.mean(axis=1, keepdims=True) + S,
    "min(S)": lambda S, **_: S.min(),
    "max(X, 0) + max(X, c)": lambda X, c, **_: np.maximum(X, 0) + np.maximum(X, c),
    "where(X > c, X, 0)": lambda X, c, **_: np.where(X > c, X, 0),
    "softmax(X, axis=1)": lambda X, **_: softmax(X),
    "softmax(X, axis=0) @ W.T": lambda X, W, **_: softmax(X, axis=0) @ W.T,
    "log_softmax(X @ W.T, axis=-1)": lambda X, W, **_: np.log(softmax(X @ W.T)),
    "softmax(X @ X.T / sqrt(D), axis=1) @ X": lambda X, **_: softmax(X @ X.T / np.sqrt(3)) @ X,
    "(X - mean(X, axis=1, keepdims=True)) / sqrt(mean((X - mean(X, axis=1, keepdims=True))**2, axis=1, keepdims=True)"
    " + 1e-5)": lambda X, **_: (X - X.mean(axis=1, keepdims=True)) / np.sqrt(X.var(axis=1, keepdims=True) + 1e-5),
    "exp(-X**2) * sin(pi * g)": lambda X, g, **_: np.exp(-(X**2)) * np.sin(np.pi * g),
    "tanh(X) @ tanh(X).T": lambda X, **_: np.tanh(X) @ np.tanh(X).T,
    "np.exp(X).sum(axis=1, keepdims=True).T": lambda X, **_: np.exp(X).sum(axis=1, keepdims=True).T,
    "X.dot(W.transpose()).max(1)": lambda X, W, **_: X.dot(W.transpose()).max(1),
    "np.multiply(X, c).mean(-1, keepdims=True)": lambda X, c, **_: np.multiply(X, c).mean(-1, keepdims=True),
    "np.matmul(X, W.transpose(1, 0)).sum()": lambda X, W, **_: np.matmul(X, W.T).sum(),
    "S.transpose(-2, -1)": lambda S, **_: np.swapaxes(S, -2, -1),
    "S @ S.swapaxes(1, 2)": lambda S, **_: S @ np.swapaxes(S, 1, 2),
    "S.swapaxes(0, 1) - S.transpose(0, 1)*g": lambda S, g, **_: (1 - g) * np.swapaxes(S, 0, 1),
    "S @ S.mT - X @ X.mT": lambda S, X, **_: S @ np.swapaxes(S, 1, 2) - X @ X.T,
    "transpose(c*X) @ np.swapaxes(S, 0, 1)": lambda S, X, c, **_: (c * X).T @ np.swapaxes(S, 0, 1),
    "torch.softmax(X.pow(2), dim=-1) - numpy.power(X, 3)": lambda X, **_: softmax(X**2) - X**3,
    "(c - X.tanh()).clip(-1, 0.5).min(axis=(0, 1))": lambda X, c, **_: np.clip(c - np.tanh(X), -1, 0.5).min(),
}
MATRIX_DECLARED = "input X[M, D], W[H, D], c[D], r[M, 1], S[M, M, D], g\nsizes M = 2, D = 3, H = 4\n"
COMPUTED = (  # by index lines, which declare no sizes
    "input X0[M, D], W0[H, D], c0[D], r[M, 1], S0[M, M, D], g\nsizes M = 2, D = 3, H = 4\n"
    "X[i, j] = X0[i, j]\nW[i, j] = W0[i, j]\nc[i] = c0[i]\nS[i, j, k] = S0[i, j, k]\n"
)


@pytest.mark.parametrize("line", MATRIX_LINES)
def test_matrix_line_means_what_numpy_means(line: str, evaluated: Evaluated) -> None:
    """Products, broadcasting and axes of a matrix line are NumPy's, in shape and in value, of what is computed too."""
    used = "\nunused = sum(X) + sum(W) + sum(c) + sum(r) + sum(S) + g"
    wanted = np.asarray(MATRIX_LINES[line](**MATRICES))
    for declared in (MATRIX_DECLARED, COMPUTED):
        program = equations(f"{declared}Z = {line}{used}").program
        given = {each.name: MATRICES[each.name.rstrip("0")] for each in program.arrays if each.kind == Kind.INPUT}
        found = evaluated(program, given)["Z"]
        assert wanted.shape == np.shape(found)
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)  # roundings of NumPy's


def test_power_of_minus_one_alternates(evaluated: Evaluated) -> None:
    """(-1)^e is 1 where e, made of indices and sizes, is even, and -1 where it is odd, below zero too."""
    network = equations("input x[N, M]\nsizes N = 4, M = 3\nz[i, j] = (-1)^(i - 2*j)*x[i, j] - (-1.0)**(N - 7)")
    given = np.arange(12.0).reshape(4, 3)
    expected = np.array([-1, 1, -1, 1])[:, None] * given + 1
    np.testing.assert_array_equal(evaluated(network.program, {"x": given})["z"], expected)


def test_networks_are_copied_and_their_equations_pickled() -> None:
    """A copy of what never changes is itself; equations come out of a file equal, what has no text says so."""
    network = equations("input x[N], w[N]\nz[i] = w[i]*x[i]\nr = sum(z)", {"N": 5}, title="Sum of products")
    again = pickle.loads(pickle.dumps(network))
    assert network == again
    assert ("Sum of products", 5) == (again.title, again.sizes["N"])
    derivations = [sb.derive(network), sb.derive(sb.mlp("2-1"))]
    others = [sb.mlp("2-1"), sb.sequential("4 -> layer_norm"), *derivations, *map(sb.compile, derivations)]
    for other in (network, *others):
        assert copy.deepcopy({"of": other})["of"] is copy.copy(other) is other
        if other is not network:
            with pytest.raises(SpecError, match=f"^pickle: {type(other).__name__} holds functions without a name; "):
                pickle.dumps(other)


def test_name_may_have_letters_below_it(evaluated: Evaluated) -> None:
    """W_q and W_{q} are one name, and a size has such a name, too."""
    text = "input x[d_in]\nparameter W_q[d_in]\nsizes d_in = 3\nz_t[i] = W_{q}[i]*x[i]/d_in"
    network = equations(text)
    assert ["x", "W_q", "z_t"] == [array.name for array in network.program.arrays]
    values = {"x": np.arange(3.0), "W_q": np.ones(3)}
    np.testing.assert_allclose(evaluated(network.program, values)["z_t"], np.arange(3) / 3, rtol=1e-15)


def test_matrix_and_index_lines_stand_side_by_side() -> None:
    """A matrix line is an index line when it has been read: letters i, j for rows and columns, k for what is summed."""
    program = equations("input X[N, D]\nparameter W[H, D]\nZ = X @ W.T\nC = sum(Z)").program
    assert "Sum(W[j, k]*X[i, k], (k, 1, D))" == str(program.equations[0].expression)
    assert "Z[i, j]" == str(program.equations[0].target)


def test_matrix_line_has_the_letters_of_the_index_lines_beside_it() -> None:
    """An axis is written with the letter that index lines have for its size, a second one with their second."""
    network = equations(
        "input X[N, D]\nparameter W[D, K], b[K]\nsizes N = 3, D = 2, K = 4\n"
        "Z = X @ W + b\nG = X @ X.T\nP[n, k] = exp(Z[n, k])*W[1, k]\nC = sum[n, m, k](G[n, m]*P[n, k]*X[m, 2])"
    )
    told = {str(e.tensor): (tuple(map(str, e.indices)), str(e.expression)) for e in network.program.equations}
    assert (("n", "k"), "b[k] + Sum(W[i, k]*X[n, i], (i, 1, D))") == told["Z"]
    assert (("n", "m"), "Sum(X[m, i]*X[n, i], (i, 1, D))") == told["G"]


@pytest.mark.parametrize(("last", "rows"), [("T", [2]), ("K", [1]), ("1", [0]), ("t - 1", [0, 1])])
def test_size_at_a_place_is_no_letter_of_its_axis(last: str, rows: list[int]) -> None:
    """Z[T, k] is the last row; the matrix line beside it computes all of them."""
    rng = np.random.default_rng(2)
    given = {"X": rng.normal(size=(3, 2)), "W": rng.normal(size=(2, 2))}
    summed = "t = 2..3, k" if "t" in last else "k"
    network = equations(
        "input X[T, D]\nparameter W[D, K]\nsizes T = 3, D = 2, K = 2\nZ = X @ W\n"
        f"C = sum[{summed}](Z[{last}, k]^2) + sum[t, k](Z[t, k])"
    )
    z = given["X"] @ given["W"]
    wanted = np.sum(z[rows] ** 2) + np.sum(z)
    assert wanted == pytest.approx(sb.compile(sb.derive(network))(given)[0], rel=1e-12)


def test_program_has_kinds_shapes_sizes_and_outputs() -> None:
    """Declared arrays keep their kinds; what lines compute are values; the cost is the only output."""
    network = equations(
        "# A title\ninput x[N, 4]\nparameter w[4], s\ntarget y[N]\nconstant k\nz[i] = s*k*sum[j](x[i, j]*w[j])\n"
        "C = sum[i]((z[i] - y[i])^2)",
        {"N": 5},
    )
    program = network.program
    kinds = {
        array.name: (str(array.kind), tuple(map(str, getattr(array.tensor, "sizes", ())))) for array in program.arrays
    }
    assert {
        "x": ("input", ("N", "4")),
        "w": ("parameter", ("4",)),
        "s": ("parameter", ()),
        "y": ("target", ("N",)),
        "k": ("constant", ()),
        "z": ("value", ("N",)),
        "C": ("cost", ()),
    } == kinds
    assert ("A title", {"N": 5}, {size("N"): 5}) == (network.title, dict(network.sizes), dict(program.sizes))
    assert ["C"] == [array.name for array in program.outputs]
    assert "Another" == equations("# A title\ninput x[N]\nz[i] = x[i]", title="Another").title


def test_statistic_of_columns_has_the_letter_of_columns() -> None:
    """What is left of an axis keeps its letter, in the lines that read it too: μ_j beside X_ij."""
    text = "input X[N, D]\nm = mean(X, axis=0)\ns = sqrt(mean((X - m)^2, axis=0))\nr = mean(X, 1)\nZ = (X - m)/s"
    targets = [str(equation.target) for equation in equations(text).program.equations]
    assert ["m[j]", "s[j]", "r[i]", "Z[i, j]"] == targets


def test_block_has_outputs_and_no_cost() -> None:
    """What no other line reads is an output, the state of a recurrence too; asking for the cost says what to do."""
    text = "input x[T]\nparameter u\nh[0] = 0\nz[t] = u*h[t - 1] + x[t]\nh[t] = tanh(z[t])\no[t] = 2*x[t]"
    network = equations(text)
    assert ["h", "o"] == sorted(array.name for array in network.program.outputs)
    assert ((0, size("T")),) == network.program.array("h").tensor.axes
    with pytest.raises(ShapeError, match=r"compute no cost; their output is h, o; add a line C = \.\.\.$"):
        _ = network.cost


def test_order_of_computation_is_found() -> None:
    """Lines come in any order; a recurrence stands together, its start first, each step in the order of its reads."""
    text = "input x[T]\nC = sum[t](o[t])\no[t] = 2*h[t]\nh[t] = tanh(z[t])\nz[t] = h[t - 1] + x[t]\nh[0] = 0"
    targets = [str(equation.target) for equation in equations(text).program.equations]
    assert ["h[t0]", "z[t]", "h[t]", "o[t]", "C"] == targets


def test_sizes_are_unified_over_the_whole_text() -> None:
    """The size of an array that no line declares follows from a later line; literal sizes are sizes."""
    program = equations("input a[N]\ntarget y[N - 2]\nz[i] = 3*a[i + 2]\nC = sum[i]((z[i] - y[i])^2)").program
    assert ((1, size("N") - 2),) == program.array("z").tensor.axes
    literal = equations("input a[6], k[3]\nz[i] = sum[j](k[j]*a[i + j - 1])").program
    assert ((1, 4),) == literal.array("z").tensor.axes


def test_numbers_that_are_chosen_for_sizes_fit() -> None:
    """Where a text gives no number, small ones are found with which every axis has an entry; given ones win."""
    text = "input a[N], k[K]\nz[x] = sum[u](k[u]*a[2*x + u - 2]) for x = 1..M\nC = sum[x](z[x])"
    sizes = equations(f"sizes M = 3\n{text}").sizes
    assert 2 * 3 + sizes["K"] - 2 <= sizes["N"]
    assert {"M": 2, "N": 9, "K": 4} == dict(equations(f"sizes M = 3, N = 9, K = 4\n{text}", {"M": 2}).sizes)


def test_composed_cost_is_one_expression_in_the_entries() -> None:
    """The cost is written out for the numbers of the sizes; one that would be too long is refused before it's built."""
    network = equations("input x[N]\nparameter w\nz[i] = w*x[i]\nC = sum[i](z[i]^2)", {"N": 2})
    w, first, second = map(Symbol, ("w", "x_1", "x_2"))
    assert 0 == (network.cost - w**2 * (first**2 + second**2)).expand()
    with pytest.raises(BudgetError, match=r"^the composed cost has about [\d,]+ operations"):
        _ = equations((EXAMPLES / "lstm.eq").read_text(encoding="utf-8")).cost


def test_files_and_texts_are_read_alike(tmp_path: Path) -> None:
    """read_spec takes a file ending in .eq, and names it where something is wrong with it."""
    path = tmp_path / "net.eq"
    text = (EXAMPLES / "attention.eq").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    network = sb.read_spec(path)
    assert isinstance(network, EquationsNetwork)
    assert sb.equations(text) == network
    assert ["q", "k", "v"] == [array.name for array in network.program.of_kind(Kind.INPUT)]
    path.write_text("input x[N]\na[i] = x[j]", encoding="utf-8")
    with pytest.raises(ExpressionError, match=r"^net\.eq, line 2: index j is neither on the left nor summed"):
        sb.read_spec(path)
    with pytest.raises(SpecError, match=r"other\.eq: no such file"):
        sb.read_spec(tmp_path / "other.eq")


def refusal(text: str) -> str:
    """Return the error for a text, nothing for one that is read; whatever else is raised fails the test."""
    try:
        equations(text)
    except SymbackpropError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("row", [json.loads(line) for line in HOSTILE.read_text(encoding="utf-8").splitlines()])
def test_hostile_text_is_refused_in_one_line(row: dict[str, Any]) -> None:
    """Code, escapes, bombs and broken characters are an error of one line, wherever in a text they stand."""
    text = str(row["input"])
    entry = re.sub(r"\b[zy]\b", "x[i]", text)
    for whole in (text, f"input x[N]\na[i] = {entry}", f"input x[N]\na = {text}", f"input x[{text}]\na[i] = x[i]"):
        assert len(refusal(whole).splitlines()) <= 1


def test_broken_texts_never_raise_anything_else() -> None:
    """Pieces of the examples cut out, doubled and exchanged for others: a program, or an error of one line."""
    rng = random.Random(4)
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.eq"))]
    signs = "[ ] ( ) + * ^ @ .T = , # __ λ z[i] axis=1 [t - 1] [0] i t N x C 0 2 1..T pi"
    pieces = [*re.split(" (?!-|1)", signs), "sum", "max", "softmax", "for", "where", "value", "\n"]
    for _ in range(150):
        parts = re.findall(r"\w+|\s+|[^\w\s]", rng.choice(texts))
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(parts))
            kept = rng.choice(([rng.choice(pieces)], [], [parts[place]] * 2, [rng.choice(pieces), parts[place]]))
            parts[place : place + 1] = kept
        assert len(refusal("".join(parts)).splitlines()) <= 1

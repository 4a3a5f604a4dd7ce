"""Programs given as text, compiled: their arrays and derivatives beside witnesses that know the equations alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
import pytest
from benchmarks.measuring import memory

import symbackprop as sb
from symbackprop.errors import DataError, ShapeError, UnknownNameError
from symbackprop.network.program import GIVEN
from symbackprop.network.text.equations import equations
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.program_points import points
from symbackprop.numerics.program_verification import program_rows
from symbackprop.numerics.programs import CompiledProgram

MATRIX = """
input x[N]
parameter w[M, N]
target y[M]
z[j] = sum[k](w[j, k] * x[k])
a[j] = tanh(z[j])
"""
QUADRATIC = "C = sum[j]((a[j] - y[j])^2) / 2"

# each what the file of an example or a kind of index says; sizes as small as tell them apart
PROGRAMS = {
    "residual": MATRIX.replace("w[M, N]", "w[N, N]").replace("y[M]", "y[N]").replace("tanh(z[j])", "tanh(z[j]) + x[j]")
    + QUADRATIC,
    "penalty": MATRIX + QUADRATIC + " + 0.05 * sum[j, k](w[j, k]^2)",
    "powers of an index": """
input x[N]
sizes N = 4
C = sum[i](x[i]^2 / 2^i + i^40 * x[i])
""",
    "stride": """
input a[2*N + K - 2]
parameter k[K]
z[x] = sum[u](k[u] * a[2*x + u - 2]) for x = 1..N
C = sum[x](z[x]^3)
""",
    "stride, sizes apart": """
input x[N]
parameter k[K]
target y[M]
z[i] = sum[u = 1..K](k[u] * x[2*i + u - 2])
C = sum[i]((z[i] - y[i])^2) / 2
""",
    "two windows, one after the other": """
input x[N]
parameter k[K]
target y[P]
value z[M]
z[i] = sum[u](k[u] * x[i + 3*u - 3])
p[i] = max[u = 1..3](z[2*i + u - 2])
C = sum[i]((p[i] - y[i])^2) / 2
""",
    "pooling": """
input a[N, M]
target y[P, Q]
p[i, j] = max[u = 1..2, v = 1..2](a[2*i + u - 2, 2*j + v - 2])
r[i, j] = max[v = 1..2, u = 1..2](a[2*i + u - 2, 2*j + v - 2])
m[i, j] = mean[u = 1..3, v = 1..2](a[3*i + u - 3, j + v - 1]) for i = 1..P, j = 1..Q
C = sum[i, j]((p[i, j] - m[i, j] * y[i, j])^2 + p[i, j] * r[i, j]^2) / 2
""",
    "padding, dilation": """
input x[N]
parameter k[K]
target y[M]
sizes P = 1
z[i] = sum[u = max(1, P + 2 - i)..min(K, N + P + 1 - i)](k[u] * x[i + u - 1 - P])
w[i] = sum[u = 1..2](z[i + u - 1] * k[u]) for i = 1..M - 1
C = sum[i]((z[i] - y[i])^2) / 2 + sum[i](w[i]^3)
""",
    "windows turned round": """
input x[N]
parameter k[K]
target y[M]
z[i] = sum[u = 1..K](k[u] * x[2*i - u + K])
m[i] = max[u = 1..3](x[3*i - u + 1]) for i = 1..L
C = sum[i]((z[i] - y[i])^2) / 2 + sum[i](m[i]^2)
sizes L = 2
""",
    "sum of what has not its index, root of a square": """
input x[N]
v[j] = sum[i = j..N](x[j]) * (x[j]^2)^(3/2) + sqrt(x[j]^2)
C = sum[j](v[j]^2)
""",
    "steps that read what lies beside": """
input x[N, T], g[N]
h[i, 0] = g[i] for i = 1..N
h[i, t] = tanh(where(i > 1, h[i - 1, t - 1], 0) + where(i < N, h[i + 1, t - 1], 0)*x[i, t]) + h[i, t - 1]/2
C = sum[i, t = 1..T](h[i, t]^2)
""",
    "every second": """
input a[N], x[L]
target y[M]
z[i] = a[2*i] * x[3*i - 2]
C = sum[i]((z[i] - y[i])^2) / 2
""",
    "two dimensions": """
input a[I, J]
parameter k[2, 2]
z[x, y] = sum[u, v](k[u, v] * a[x + u - 1, y + v - 1]) for x = 1..I - 1, y = 1..J - 1
C = sum[x, y](z[x, y]^2)
""",
    "only what came before": """
input s[N, N], v[N]
p[i, j] = exp(s[i, j]) / sum[m = 1..i](exp(s[i, m]))
o[i] = sum[j = 1..i](p[i, j] * v[j])
C = sum[i](o[i]^2)
""",
    "time runs back": """
input x[T]
parameter u
h[T + 1] = 0
h[t] = tanh(u * h[t + 1] + x[t]) for t = 1..T
C = sum[t](h[t]^2)
""",
    "two steps back": """
input x[T]
parameter u, v
h[0] = 1
h[1] = 2
h[t] = tanh(u * h[t - 1] + v * h[t - 2] + x[t]) for t = 2..T
C = sum[t = 0..T](h[t]^2)
""",
    "cases": """
input x[N]
parameter w[N]
z[i] = where(x[i] * w[i] > 0, x[i]^2, w[i] * i)
C = sum[i](max(z[i], 0.3) * z[i])
""",
    "case of a largest, beside sums of exponentials": """
input x[N], w[N, N]
z[i] = w[1, i] * sum[l](max[j = 1..N](where(j <= 2, x[l], 1.5)))
C = sum[i](log(sum[n](exp(z[i] * w[i, n]))))
""",
    "sum inside of sums, whose letter meets the derivative's": """
input w[D, N]
sizes D = 3, N = 2, K = 3
z[k] = sum[i = 1..K](mean[j = i..K](sum[n = 1..D](w[n, k]^2) * j))
C = sum[i](z[i]^2)
""",
    "largest of rows": """
input x[N, M]
m[i] = max[j](x[i, j])
C = sum[i](m[i]^2) + max[i](m[i])
""",
    "diagonal": """
input a[N, N]
C = sum[i](a[i, i]^2 * sum[j](a[j, i]))
""",
    "sums of exponentials through time": """
input e[T, K]
parameter A[K, K]
a[1, k] = e[1, k]
a[t, k] = e[t, k] + ln(sum[j](exp(a[t - 1, j] + A[j, k]))) for t = 2..T
C = ln(sum[k](exp(a[T, k])))
""",
    "function of a sum is given away": """
input x[N]
parameter w[M, N]
o[j] = elu(sum[k](w[j, k] * x[k]))
""",
    "attention to neighbours": """
input s[N, N], v[N]
sizes N = 5
z[i] = sum[j = max(1, i - 1)..min(N, i + 1)](exp(s[i, j]))
o[i] = sum[j = max(1, i - 1)..min(N, i + 1)](exp(s[i, j]) * v[j]) / z[i]
""",
    "several matrices, one state": """
input x[T, H]
parameter u[H, H], w[H, H], v[H, H], a[H, H]
target y[T, H]
sizes T = 3, H = 2
h[0, j] = 0
g[t, j] = sigmoid(sum[k](u[j, k]*h[t - 1, k]) + x[t, j])
r[t, j] = sum[k](h[t - 1, k]*a[k, j]) for t = 1..T
h[t, j] = tanh(sum[k](w[j, k]*h[t - 1, k]) + sum[k](h[t - 1, k]*v[k, j]))*g[t, j] - r[t, j] + x[t, j] for t = 1..T
C = sum[t = 1..T, j]((h[t, j] - y[t, j])^2)/2
""",
    "no slope where both are 0": """
input x[N], f[N]
parameter s
C = sum[i = 1..N - 1](sqrt((x[i + 1] - x[i])^2 + s^2)) + sum[i]((x[i] - f[i])^2 / 2)
""",
}


def compiled(text: str) -> CompiledProgram:
    """Return the functions of a program given as text."""
    return sb.compile(sb.derive(equations(text)))


@pytest.mark.combinations
@pytest.mark.parametrize("name", PROGRAMS)
def test_program_agrees_with_its_witnesses(name: str) -> None:
    """Forward pass and derivatives are what the equations say, entry by entry, in 50 and 100 digits."""
    rows = list(program_rows(compiled(PROGRAMS[name]), 2, 1))
    assert [] == [(row.check, row.error) for row in rows if not row.ok]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda text: text.replace("v_a - v_y", "v_a + v_y"), "difference quotients"),
        (lambda text: text.replace("= v_a_slope", "= tanh_slope(d_a)"), "dual numbers, 50 digits"),
        (lambda text: text.replace("tanh_value_and_slope(v_z)", "v_z, tanh_slope(v_z)"), "forward pass, 50 digits"),
    ],
)
def test_verification_sees_a_planted_fault(change: Callable[[str], str], check: str) -> None:
    """A lost sign, a slope at the wrong array and a wrong forward pass are each seen."""
    program = compiled(MATRIX + QUADRATIC)
    changed = change(program.source)
    assert changed != program.source
    functions = loaded(changed)
    program._forward, program._backward = functions["forward"], functions["backward"]
    assert check in [row.check for row in program_rows(program, 1, 0) if not row.ok]


def test_size_that_no_array_tells_stays() -> None:
    """A size of computed arrays alone is what the text says, at every point: no array that is given could tell it."""
    text = "input a[N]\nsizes N = 3, M = 2\nb[i, j] = a[i] for i = 1..N, j = 1..M\nc[j] = b[2, j] * b[1, j]"
    assert sb.verify(sb.equations(text)).ok


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("(i + 1) mod (2*K)", lambda i, k: (i + 1) % (2 * k)),
        ("(i + 1)//(2*K)", lambda i, k: (i + 1) // (2 * k)),
        ("(3*i mod (K*K))//(K + 1)", lambda i, k: 3 * i % k**2 // (k + 1)),
    ],
)
def test_remainders_and_quotients_by_products(said: str, value: Callable[[int, int], int]) -> None:
    """What an index is divided by is whole: 2 K, and not 2 alone."""
    f = sb.compile(sb.derive(sb.equations(f"input x[2*K]\nC = sum[i](x[i]*({said}))")))
    assert [value(i, 3) for i in range(1, 7)] == list(f({"x": np.ones(6)})[1]["x"])


def test_comments_say_choices_as_a_file_of_equations_does() -> None:
    """A remainder, a case distinction and the larger of two are called as they were said, so that they can be read."""
    said = "where(x[t] < y[t], max(x[t], y[t]), min(x[t], 2)) + where(mod(t + 1, 2*K) == 1, x[t], 0)"
    source = compiled(f"input x[2*K], y[2*K]\nz[t] = {said}\n").source
    text = " ".join(line.strip(" #") for line in source.split("\n"))
    for part in ("where(y[t] > x[t], max(x[t], y[t]), min(x[t], 2))", "where(mod(t + 1, 2*K) == 1, x[t], 0)"):
        assert part in text


def test_points_have_real_values() -> None:
    """A root is taken where it is real, and nothing is that large that floats could not hold its square."""
    for text in ("input x[N]\nsizes N = 2\nC = sum[i](sqrt(x[i]))", "input x\nC = exp(exp(6 - x))"):
        for point in points(equations(text).program, 0, 4):
            (x,) = point.values.values()
            assert (np.asarray(x) > 0).all() if "sqrt" in text else np.exp(6 - x) < np.log(1e100)


def test_ties_are_visited() -> None:
    """Of the whole numbers that are drawn some are equal: the largest of a row is not the only one."""
    text = PROGRAMS["largest of rows"]
    point = next(points(equations(text).program, 0, 1, ties=True))
    rows = np.asarray(point.values["x"])
    assert any(np.sum(row == row.max()) > 1 for row in rows)


GATED = """input x[T, H]
target y[T, H]
parameter u[H, H]
h[0, j] = 0
g[t, j] = sigmoid(sum[k](u[j, k]*h[t - 1, k]) + x[t, j])
h[t, j] = g[t, j]*x[t, j] + h[t - 1, j] for t = 1..T
C = sum[t = 1..T, j]((h[t, j] - y[t, j])^2)/2
"""


def test_what_a_loop_fills_has_no_zeros_first() -> None:
    """An array that one equation fills is made empty, and by a function that writes into it; another holds zeros."""
    source = compiled(GATED).source
    assert "v_g = np.empty(" in source
    assert "v_h = np.zeros(" in source
    assert "sigmoid_into(v_g_in," in source


def test_matrices_of_one_state_are_stacked() -> None:
    """What several matrices make of the state before is one product a step: of rows and of columns, one each."""
    before, _, loop = compiled(PROGRAMS["several matrices, one state"]).source.partition("for step")
    assert "np.concatenate((v_u, v_w), axis=0)" in before
    assert "np.concatenate((v_a, v_v), axis=1)" in before
    assert 2 == loop.partition("return")[0].count(" @ ")


def test_what_a_step_alone_reads_has_no_axis_of_steps() -> None:
    """σ's argument is read by the step that computes it: an array of one step. What other steps read has all."""
    source = compiled(GATED).source
    assert "v_g_in = np.add(" not in source.partition("for step")[0]
    assert "\n        v_g_in = " in source
    assert "d_h = np.empty((n_T + 1" in source


@pytest.mark.parametrize(
    ("text", "shapes", "most"),
    [
        (GATED, {"x": (500, 60), "y": (500, 60), "u": (60, 60)}, 1.7),  # 1.86 if a step kept its argument
        ("input x[N]\na[i] = x[i]^2\nb[i] = a[i]^3\nc[i] = b[i]*x[i]\nC = sum[i](c[i]^2)", {"x": (90000,)}, 2),
    ],
    ids=["a recurrence", "entry by entry"],
)
def test_memory_is_at_most_twice_what_there_is(text: str, shapes: dict[str, tuple[int, ...]], most: float) -> None:
    """A gradient holds less than twice its parameters, derivatives and values: what is read no more is let go."""
    f, rng = compiled(text), np.random.default_rng(0)
    values = {name: rng.normal(size=shape) * 0.1 for name, shape in shapes.items()}
    assert 0.5 < memory(f, values)[2] < most


def test_recurrence_has_the_published_numbers() -> None:
    """h_t = tanh(Wx x_t + Wh h_{t-1}), C = ½ Σ_t (Wy·h_t - y_t)²: cost and derivatives to eleven digits."""
    text = """
input x[T]
parameter Wx[H], Wh[H, H], Wy[H]
target y[T]
h[0, j] = 0
h[t, j] = tanh(Wx[j] * x[t] + sum[k](Wh[j, k] * h[t - 1, k])) for t = 1..T
C = sum[t]((sum[j](Wy[j] * h[t, j]) - y[t])^2) / 2
"""
    values = {
        "x": [0.5, -0.2, 0.8],
        "y": [0.1, 0.2, 0.3],
        "Wx": 0.5 * np.sin([2, 3]),
        "Wh": 0.5 * np.sin([[6, 7], [8, 9]]),
        "Wy": 0.5 * np.sin([10, 11]),
    }
    cost, grads = compiled(text)(values)
    assert cost == pytest.approx(0.12786001924, abs=1e-11)  # as many digits as are given
    assert grads["Wh"].ravel() == pytest.approx([0.022551516, 0.015185075, 0.018020079, 0.028059416], abs=1e-9)
    assert grads["Wx"] == pytest.approx([0.103719505, 0.218174365], abs=1e-9)


class TestBlock:
    """A program without a cost: outputs, and the derivatives for whatever comes from above."""

    VALUES: ClassVar = {"x": [0.5, -1.0], "w": [[1.0, 2.0], [3.0, 4.0], [0.5, 0.1]]}
    TEXT = MATRIX.replace("target y[M]", "")

    def test_forward_returns_the_outputs(self) -> None:
        """What no other equation reads is returned."""
        found = compiled(self.TEXT).forward(self.VALUES)
        expected = np.tanh(np.array(self.VALUES["w"]) @ self.VALUES["x"])
        assert ["a"] == list(found)
        assert np.allclose(expected, found["a"], rtol=1e-15)

    def test_backward_wants_what_comes_from_above(self) -> None:
        """∂C/∂w = (g ⊙ tanh'(z)) xᵀ for an arbitrary g = ∂C/∂a."""
        upstream = np.array([1.0, -2.0, 0.3])
        found = compiled(self.TEXT).backward(self.VALUES, {"a": upstream})
        slope = upstream * (1 - np.tanh(np.array(self.VALUES["w"]) @ self.VALUES["x"]) ** 2)
        assert np.allclose(np.outer(slope, self.VALUES["x"]), found["w"], rtol=1e-14)

    def test_there_is_no_cost_to_ask_for(self) -> None:
        """Calling a block says what to call instead."""
        with pytest.raises(DataError, match=r"no cost C, only a; call f\.backward\(values, \{'a'"):
            compiled(self.TEXT)(self.VALUES)

    def test_upstream_has_the_shape_of_its_output(self) -> None:
        """A transposed ∂C/∂o is refused, not broadcast."""
        with pytest.raises(DataError, match=r"upstream: a has shape \(1, 3\), wanted \(3,\)"):
            compiled(self.TEXT).backward(self.VALUES, {"a": np.ones((1, 3))})


@cache
def product_of_matrices() -> CompiledProgram:
    """Return the functions of one program, made once."""
    return compiled(MATRIX + QUADRATIC)


class TestWrongValues:
    """What does not fit is refused in one line that names the array."""

    RIGHT: ClassVar = {"x": np.ones(2), "w": np.ones((3, 2)), "y": np.ones(3)}

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"x": None}, "x is missing; give an array of real numbers"),
            ({"x": np.ones(4)}, "the second axis of w is 2, wanted N = 4, since the first axis of x"),
            ({"w": np.ones(3)}, r"w has 1 axes, wanted 2 \(M, N\)"),
            ({"w": [[1, 2], [3]]}, "w is ragged: its rows differ in length; give all of them the same"),
            ({"y": [1, 2, float("nan")]}, r"y\[2\] is nan, wanted a finite number"),
            ({"x": np.ones(2) * 1j}, "x holds values of type complex128, wanted real numbers"),
            ({"z": 1}, "'z' is not among what is wanted: x, w, y"),
        ],
    )
    def test_message(self, change: dict[str, object], message: str) -> None:
        """The message says which array, what it has, and what is wanted."""
        with pytest.raises((DataError, ShapeError), match=message):
            product_of_matrices()({**self.RIGHT, **change})

    def test_reading_outside(self) -> None:
        """A window that reaches beyond its array is refused with the sizes that make it, not filled with zeros."""
        with pytest.raises(
            ShapeError, match=r"^u may run over nothing, of which there is no mean, largest or logarithm \(N = 2"
        ):
            compiled("input x[N]\nC = max[u = 3..N](x[u])")({"x": np.ones(2)})
        function = compiled(PROGRAMS["stride, sizes apart"])
        message = r"x\[2\*i \+ u - 2\] reads up to 1 outside of x, in its first axis \(K = 2, M = 3, N = 5\)"
        with pytest.raises(ShapeError, match=message):
            function({"x": np.ones(5), "k": np.ones(2), "y": np.ones(3)})

    def test_missing_array(self) -> None:
        """An array that is missing is named, with all that are wanted."""
        with pytest.raises(DataError, match="y is missing; give x, w, y"):
            product_of_matrices()({"x": np.ones(2), "w": np.ones((3, 2))})

    def test_other_backend(self) -> None:
        """A backend for layered networks alone says so."""
        with pytest.raises(UnknownNameError, match="number by number; try jax, numpy, torch"):
            sb.compile(sb.derive(equations(MATRIX + QUADRATIC)), backend="scalar")


FOLDER = files("symbackprop.network").joinpath("examples")
EXAMPLES = sorted(path.name for path in FOLDER.iterdir() if path.name.endswith(".eq"))


def single(program: CompiledProgram) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return values for a program in single precision, and the same numbers in double precision."""
    rng, sizes = np.random.default_rng(0), program.program.sizes
    shapes = {a.name: [int(n.xreplace(sizes)) for n in a.tensor.sizes] for a in program.program.of_kind(*GIVEN)}
    found = {name: np.asarray(rng.uniform(0.2, 1, shape), np.float32) for name, shape in shapes.items()}
    return found, {name: array.astype(np.float64) for name, array in found.items()}


def assert_single(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Check that arrays are of single precision, and what double precision gives but for its rounding."""
    largest = max(np.abs(array).max() for array in wanted.values())
    for name, array in found.items():
        assert np.ndim(array) == 0 or array.dtype == np.float32, name
        assert np.abs(array - wanted[name]).max() <= 1e-5 * largest, name  # 100 roundings to 6e-8, some terms cancel


@pytest.mark.combinations
@pytest.mark.parametrize("name", EXAMPLES)
def test_single_precision_stays(name: str) -> None:
    """Where all arrays have single precision, so have all that are computed, kept and returned."""
    program = compiled(FOLDER.joinpath(name).read_text("utf-8"))
    values, doubles = single(program)
    known = program.known(values)
    assert {np.dtype(np.float32)} == {a.dtype for a in known.values() if isinstance(a, np.ndarray | np.generic)}
    outputs = {a.name: np.ones(np.shape(known[a.name])) for a in program.program.outputs}
    singles = {output: ones.astype(np.float32) for output, ones in outputs.items()}
    assert_single(program.backward(values, singles), program.backward(doubles, outputs))


def test_single_precision_stays_in_second_derivatives() -> None:
    """So it is along a direction, and in the rows of a Jacobian."""
    program = compiled(GATED)
    values, doubles = single(program)
    assert_single(program.hvp(values, {"u": values["u"]}), program.hvp(doubles, {"u": doubles["u"]}))
    assert_single(program.jacobian(values)["h"], program.jacobian(doubles)["h"])
    hessian = program.curvature._hessian.known({**values, **{f"direction_{n}": values[n] for n in "xu"}})
    assert {np.dtype(np.float32)} == {a.dtype for a in hessian.values() if isinstance(a, np.ndarray | np.generic)}


def test_arguments_are_left_alone_and_results_are_new() -> None:
    """Nothing that is given is written to, and no result is a view of it."""
    function = compiled(MATRIX + QUADRATIC)
    values = {"x": np.ones(2), "w": np.ones((3, 2)), "y": np.zeros(3)}
    before = {name: value.copy() for name, value in values.items()}
    _, grads = function(values)
    for name in grads:
        grads[name] += 7.0
    assert all(np.array_equal(before[name], values[name]) for name in values)


def test_exponentials_are_counted_from_the_largest() -> None:
    """Softmax and its logarithm are finite and right where exp alone is not."""
    text = """
input z[N]
target y[N]
p[i] = softmax[i](z[i])
C = -sum[i](y[i] * log_softmax[i](z[i])) + 0*sum[i](p[i])
"""
    cost, grads = compiled(text)({"z": [1000.0, 0.0, -1000.0], "y": [0.0, 1.0, 0.0]})
    assert cost == 1000.0
    assert grads["z"] == pytest.approx([1.0, -1.0, 0.0], abs=1e-15)


SHARE = "softmax(X, axis=0)"


@pytest.mark.combinations
@pytest.mark.parametrize(
    "line", [f"exp({SHARE})", f"softmax(tanh({SHARE}), axis=0)", f"log_softmax({SHARE}, axis=0)", f"tanh({SHARE}**2)"]
)
def test_shares_inside_of_functions_are_counted_from_the_largest(line: str) -> None:
    """Cost and gradient are those of the same numbers 750 larger: no share notices, no exponential survives."""
    function = compiled(f"input X[D]\nconstant k[D]\nsizes D = 4\nA = {line}\nC = (A @ k)**2")
    logits, k = np.array([0.3, -1.0, 0.2, 0.9]), np.array([1.0, 2.0, -1.0, 0.5])
    (cost, near), (far, there) = (function({"X": logits + shift, "k": k}) for shift in (0.0, 750.0))
    assert far == pytest.approx(cost, rel=1e-12)  # 750.3 is rounded at 1e-13
    np.testing.assert_allclose(there["X"], near["X"], rtol=1e-11)


@pytest.mark.combinations
@pytest.mark.parametrize("sigmoid", ["sigmoid(z[n])", "1 / (1 + exp(-z[n]))", "(1 + tanh(z[n]/2)) / 2"])
def test_logarithms_of_what_rounds_to_1_are_taken_of_what_it_comes_from(sigmoid: str) -> None:
    """The loss of each sample apart: (r - y)/N by z, and ln(1 - r) - ln r = -z by y, where r is 0 or 1 in floats."""
    lines = f"r[n] = {sigmoid}\nl[n] = -(y[n]*ln(r[n]) + (1 - y[n])*ln(1 - r[n]))\nC = mean[n](l[n])"
    z, y = np.array([800.0, -800.0, 40.0, 0.0]), np.array([0.5, 0.0, 1.0, 1.0])
    _, grads = compiled(f"input z[N], y[N]\n{lines}")({"z": z, "y": y})
    np.testing.assert_allclose(grads["y"], -z / 4, rtol=1e-15)
    np.testing.assert_allclose(grads["z"], np.array([0.5, 0.0, 0.0, -0.5]) / 4, rtol=1e-15, atol=1e-17)
    single = lines.replace("[n]", "").replace("mean", "1*")
    assert 400.0 == compiled(f"input z, y\n{single}")({"z": 800.0, "y": 0.5})[0]


def test_exponentials_through_time_are_counted_from_the_largest() -> None:
    """Weights of paths that add up to 1 at every step do so where the exponentials have left the floats."""
    e, A = np.cos(np.arange(12.0)).reshape(4, 3), np.sin(np.arange(9.0)).reshape(3, 3)
    function = compiled(PROGRAMS["sums of exponentials through time"])
    (cost, grads), (far, there) = (function({"e": e + shift, "A": A}) for shift in (0.0, 1000.0))
    assert far - cost == pytest.approx(4000.0, rel=1e-14)
    for name, grad in grads.items():
        np.testing.assert_allclose(there[name], grad, rtol=0, atol=1e-11)  # 4000 rounds to 1e-12


def test_code_stands_alone() -> None:
    """The text alone, given the arrays, returns what the compiled function does: sizes are those of the arrays."""
    function = compiled(MATRIX + QUADRATIC)
    values = {"x": np.ones(2), "w": np.full((3, 2), 0.3), "y": np.zeros(3)}
    names: dict[str, Any] = {}
    exec(function.source, names)  # noqa: S102 - text that has just been written here
    cost, grads = names["gradient"](values)
    expected, truth = function(values)
    assert expected == cost
    assert all(np.array_equal(truth[name], grads[name]) for name in truth)


HESSIAN = {
    "windows": """
input x[N, N]
parameter k[2, 2]
target y[P, P]
z[i, j] = sum[u = 1..2, v = 1..2](k[u, v] * x[i + u - 1, j + v - 1]) for i = 1..N - 1, j = 1..N - 1
p[i, j] = max[u = 1..2, v = 1..2](z[2*i + u - 2, 2*j + v - 2]^2)
C = sum[i, j]((p[i, j] - y[i, j])^2) / 2
sizes N = 8, P = 2
""",
    "softmax": """
input x[N, D]
parameter W[K, D], b[K]
target y[N, K]
z[i, k] = sum[d](W[k, d] * x[i, d]) + b[k]
p[i, k] = softmax[k](z[i, k])
C = -sum[i, k](y[i, k] * ln(p[i, k]))
""",
    "last state": """
input x[T]
parameter u, v[H], w[H]
h[0, j] = 0
h[t, j] = tanh(u * h[t - 1, j] + v[j] * x[t]) for t = 1..T
o[j] = h[T, j]
C = sum[j](w[j] * o[j]^2)
""",
    "smallest of many beside another value": """
input x[N]
parameter g
z[u] = min(min[n](g * x[n]), 4 * g^3 * x[u])
C = sum[u](z[u]^2)
""",
}


@pytest.mark.combinations
@pytest.mark.parametrize("name", HESSIAN)
def test_hvp_is_the_slope_of_the_gradient(name: str) -> None:
    """H·v is the difference quotient of the gradient along v, also through time."""
    function = compiled(HESSIAN[name])
    program, rng = function.program, np.random.default_rng(3)
    sizes = {size: number + 1 for size, number in program.sizes.items()}
    shapes = {a.name: tuple(int(c.xreplace(sizes)) for c in a.tensor.sizes) for a in program.given}
    values = {name: rng.uniform(0.2, 0.8, shape) for name, shape in shapes.items()}
    direction = {a.name: rng.normal(size=shapes[a.name]) for a in program.of_kind("parameter", "input")}
    found, step = function.hvp(values, direction), 1e-5
    ends = [
        function({n: value + side * step * direction.get(n, 0) for n, value in values.items()})[1] for side in (1, -1)
    ]
    for n, product in found.items():
        # a central difference errs by the square of its step, 1e-10, times third derivatives below 100
        assert np.allclose((ends[0][n] - ends[1][n]) / (2 * step), product, rtol=0, atol=1e-7)


def test_hvp_wants_a_cost_and_names_that_are_there() -> None:
    """A block has no second derivatives of its own, and a direction is along parameters and inputs."""
    with pytest.raises(DataError, match="no cost C to take second derivatives of"):
        compiled(TestBlock.TEXT).hvp(TestBlock.VALUES, {})
    with pytest.raises(DataError, match="direction: 'y' is no parameter and no input: x, w"):
        compiled(MATRIX + QUADRATIC).hvp({"x": [1, 2], "w": np.ones((3, 2)), "y": [0, 0, 0]}, {"y": 1})


def test_second_derivatives_through_a_state_that_is_read_again() -> None:
    """H·v of a recurrence whose states a later line reads: differences of the gradient with h = 1e-5 err by 1e-9."""
    text = "input x[T]\ntarget y[T]\nparameter U\nh[0] = 0\nh[t] = tanh(U * h[t - 1] + x[t]) for t = 1..T\n"
    text += "o[t] = h[t] for t = 1..T\nC = sum[t]((o[t] - y[t])^2) / 2\n"
    f = sb.compile(sb.derive(sb.equations(text)))
    rng = np.random.default_rng(5)
    at = {"x": rng.normal(size=4), "y": rng.normal(size=4), "U": np.array(0.7)}
    way = {"U": np.array(1.3), "x": rng.normal(size=4)}
    ahead, behind = (f({**at, **{n: at[n] + h * way[n] for n in way}})[1] for h in (1e-5, -1e-5))
    found = f.hvp(at, way)
    for name in way:
        np.testing.assert_allclose(found[name], (ahead[name] - behind[name]) / 2e-5, rtol=1e-6, atol=1e-8)


def test_derivatives_are_nobody_elses() -> None:
    """A derivative that is another one turned round, or an array that is given, is copied."""
    text = "input x[M, K], u[K]\nparameter W[M, K], V[K, M]\nz[i, k] = W[i, k] + V[k, i]\n"
    program = sb.derive(sb.equations(f"{text}C = sum[i, k](z[i, k]^3) + sum[i, k](x[i, k]*z[i, k]) + sum[k](u[k])"))
    values = {"x": np.ones((2, 4)), "u": np.ones(4), "W": np.ones((2, 4)), "V": np.ones((4, 2))}
    grads = sb.compile(program)(values)[1]
    arrays = [*grads.values(), *values.values()]
    assert not any(np.shares_memory(one, other) for one, other in combinations(arrays, 2))
    assert all(grad.flags.writeable and grad.dtype == np.float64 for grad in grads.values())

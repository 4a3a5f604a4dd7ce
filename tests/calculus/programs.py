"""Programs that tests derive: written with letters for arrays, index by index, as a paper would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr, Rational, S, Sum, Symbol, exp, log, sqrt

from symbackprop.network.functions import SIGMOID, TANH, Z, elementwise
from symbackprop.network.largest import Largest
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import Array, Equation, Kind, Node, Program

D, I, J, K, R, T, U, X = map(index, "dijkrtux")  # noqa: E741 - the letters of every textbook
H, L, M, N, W = map(size, "HLMNW")
ONE, EPSILON = S.One, Rational(1, 100)
F = elementwise("f", None)
SILU = elementwise("silu", Z / (1 + exp(-Z)))
TEMPERATURE, RATE = Symbol("tau", positive=True), Symbol("lambda", positive=True)


def array(name: str, *axes: object) -> Tensor:
    """Return the array with this name; an axis is a size n for 1..n, or (first, last)."""
    return Tensor(name, None, axes)


def program(equations: list[Equation], kinds: Mapping[Kind, str], sizes: Mapping[Symbol, int] | None = None) -> Program:
    """Return the program of the equations; `kinds` names the given arrays of each kind, with spaces between."""
    read = {tensor.letter: tensor for equation in equations for tensor in equation.reads}
    given = tuple(Array(read[name], kind, name) for kind, names in kinds.items() for name in names.split())
    return Program(nodes(equations), given, sizes or {})


def nodes(equations: Iterable[Equation]) -> tuple[Node, ...]:
    """Return the equations as the nodes of a program."""
    return tuple(map(Node, equations))


def half_squares(a: Tensor, y: Tensor) -> Equation:
    """Return C = ½ Σ (a - y)^2 over the whole array."""
    indices = (R, J)[-len(a.axes) :]
    difference = (a[indices] - y[indices]) ** 2
    limits = [(symbol, *axis) for symbol, axis in zip(indices, y.axes, strict=True)]
    return Equation(COST, Sum(difference, *limits) / 2)


def weighted(z: Tensor, w: Tensor, x: Tensor, b: Tensor | None = None) -> Equation:
    """Return z_j = Σ_k w_jk x_k, with b_j where there is one."""
    return Equation(z[J], Sum(w[J, K] * x[K], (K, *w.axes[1])) + (b[J] if b else 0))


GIVEN = {Kind.INPUT: "x", Kind.TARGET: "y", Kind.PARAMETER: "w b"}
x, y, z, a, b = (array(letter, N) for letter in "xyzab")
w = array("w", N, N)


def residual() -> Program:
    """A residual block: z = W x + b, a = f(z) + x."""
    return program([weighted(z, w, x, b), Equation(a[J], F(z[J]) + x[J]), half_squares(a, y)], GIVEN)


def penalty() -> Program:
    """One dense layer, with λ/2 Σ w^2 added to the cost."""
    squares = RATE / 2 * Sum(w[J, K] ** 2, (J, 1, N), (K, 1, N))
    cost = half_squares(a, y)
    return program([weighted(z, w, x, b), Equation(a[J], F(z[J])), Equation(COST, cost.expression + squares)], GIVEN)


def tied() -> Program:
    """A tied autoencoder: u = W x + b, h = f(u), o = Wᵀ h + c."""
    w, u, h, b, o, c = array("w", M, N), array("u", M), array("h", M), array("b", M), array("o", N), array("c", N)
    lines = [
        Equation(u[J], Sum(w[J, K] * x[K], (K, 1, N)) + b[J]),
        Equation(h[J], F(u[J])),
        Equation(o[K], Sum(w[J, K] * h[J], (J, 1, M)) + c[K]),
        half_squares(o, y),
    ]
    return program(lines, {Kind.INPUT: "x", Kind.TARGET: "y", Kind.PARAMETER: "w b c"})


def convolution() -> Program:
    """A convolution: z_x = Σ_u k_u a_{x+u-1}, a block."""
    kernel, signal, out = array("k", W), array("a", N), array("z", N - W + 1)
    line = Equation(out[X], Sum(kernel[U] * signal[X + U - 1], (U, 1, W)))
    return program([line], {Kind.INPUT: "a", Kind.PARAMETER: "k"})


def pooling() -> Program:
    """Max pooling: z_j = max_u x_{2j+u-2}, a block."""
    wide = array("x", 2 * N)
    return program([Equation(z[J], Largest(wide[2 * J + U - 2], (U, 1, 2)))], {Kind.INPUT: "x"})


def recurrence() -> Program:
    """A recurrence: h_0 given, z_t = U h_{t-1} + x_t, h_t = tanh(z_t), the cost over all times."""
    h, z, x, y, u, start = array("h", (0, L), N), *(array(c, L, N) for c in "zxy"), array("u", N, N), array("s", N)
    lines = [
        Equation(h[R, J], start[J], ((S.Zero, S.Zero), (ONE, N))),
        Equation(z[T, J], Sum(u[J, K] * h[T - 1, K], (K, 1, N)) + x[T, J]),
        Equation(h[T, J], TANH(z[T, J]), ((ONE, L), (ONE, N))),
        half_squares(h, y),
    ]
    return program(lines, {Kind.INPUT: "x s", Kind.TARGET: "y", Kind.PARAMETER: "u"})


def scored_recurrence() -> Program:
    """A recurrence from 0, h_t = tanh(I x_t + U h_{t-1}), whose cost is ½ Σ_t (v·h_t - y_t)^2."""
    h, z, x, y = array("h", (0, L), N), array("z", L, N), array("x", L, M), array("y", L)
    i, u, v, o = array("i", N, M), array("u", N, N), array("v", N), array("o", L)
    lines = [
        Equation(h[R, J], S.Zero, ((S.Zero, S.Zero), (ONE, N))),
        Equation(z[T, J], Sum(i[J, K] * x[T, K], (K, 1, M)) + Sum(u[J, K] * h[T - 1, K], (K, 1, N))),
        Equation(h[T, J], TANH(z[T, J]), ((ONE, L), (ONE, N))),
        Equation(o[T], Sum(v[J] * h[T, J], (J, 1, N))),
        Equation(COST, Sum((o[T] - y[T]) ** 2, (T, 1, L)) / 2),
    ]
    return program(lines, {Kind.INPUT: "x", Kind.TARGET: "y", Kind.PARAMETER: "i u v"})


def attention() -> Program:
    """Attention: s = q kᵀ/√D, p = softmax of each row, o = p v: a block."""
    q, k, v, o = (array(letter, L, W) for letter in "qkvo")
    s, p = array("s", L, L), array("p", L, L)
    lines = [
        Equation(s[I, J], Sum(q[I, D] * k[J, D], (D, 1, W)) / sqrt(W)),
        Equation(p[I, J], exp(s[I, J]) / Sum(exp(s[I, R]), (R, 1, L))),
        Equation(o[I, D], Sum(p[I, J] * v[J, D], (J, 1, L))),
    ]
    return program(lines, {Kind.INPUT: "q k v"})


def normalisation(over_samples: bool) -> Program:
    """A normalisation, x̂ = (x - m)/√(s + ε), n = g x̂ + b: over the samples (batch norm), or over the features."""
    x, hat, n = (array(letter, M, N) for letter in ("x", "a", "n"))
    g, b = array("g", N), array("b", N)
    kept, gone, count = (J, I, M) if over_samples else (I, J, N)
    mean, variance = (array(letter, N if over_samples else M) for letter in "ms")
    lines = [
        Equation(mean[kept], Sum(x[I, J], (gone, 1, count)) / count),
        Equation(variance[kept], Sum((x[I, J] - mean[kept]) ** 2, (gone, 1, count)) / count),
        Equation(hat[I, J], (x[I, J] - mean[kept]) / sqrt(variance[kept] + EPSILON)),
        Equation(n[I, J], g[J] * hat[I, J] + b[J]),
    ]
    return program(lines, {Kind.INPUT: "x", Kind.PARAMETER: "g b"})


def root_mean_square() -> Program:
    """RMS norm: r = (mean x^2 + ε)^(-1/2), a number alone, n = x r g."""
    r, n, g = array("r"), array("n", N), array("g", N)
    lines = [
        Equation(r[()], (Sum(x[J] ** 2, (J, 1, N)) / N + EPSILON) ** Rational(-1, 2)),
        Equation(n[J], x[J] * r[()] * g[J]),
    ]
    return program(lines, {Kind.INPUT: "x", Kind.PARAMETER: "g"})


def gated() -> Program:
    """A gated block: u = W n, v = V n, s = silu(u) ⊙ v, o = x + O s."""
    n, s, u, v, o = array("n", N), *(array(letter, H) for letter in "suv"), array("o", N)
    first, second, last = array("W", H, N), array("V", H, N), array("O", N, H)
    lines = [
        weighted(u, first, n),
        weighted(v, second, n),
        Equation(s[J], SILU(u[J]) * v[J]),
        Equation(o[J], x[J] + Sum(last[J, K] * s[K], (K, 1, H))),
    ]
    return program(lines, {Kind.INPUT: "x n", Kind.PARAMETER: "W V O"})


def cross_entropy() -> Program:
    """Cross-entropy after softmax: a = softmax(z/τ), C = -Σ y ln a."""
    lines = [
        Equation(a[J], exp(z[J] / TEMPERATURE) / Sum(exp(z[K] / TEMPERATURE), (K, 1, N))),
        Equation(COST, -Sum(y[J] * log(a[J]), (J, 1, N))),
    ]
    return program(lines, {Kind.INPUT: "z", Kind.TARGET: "y"})


def cosine() -> Program:
    """The cosine cost: C = 1 - a·y/(‖a‖ ‖y‖)."""
    product, squares, others = (Sum(part, (J, 1, N)) for part in (a[J] * y[J], a[J] ** 2, y[J] ** 2))
    return program([Equation(COST, 1 - product / sqrt(squares * others))], {Kind.INPUT: "a", Kind.TARGET: "y"})


def long_short_term_memory() -> Program:
    """The LSTM over time: four gates, a cell c and a state h that both start from 0."""
    h, c = array("h", (0, L), H), array("c", (0, L), H)
    x, y, bounded = array("x", L, N), array("y", L, H), array("tc", L, H)
    start, steps = ((S.Zero, S.Zero), (ONE, H)), ((ONE, L), (ONE, H))
    lines = [Equation(h[R, J], S.Zero, start), Equation(c[R, J], S.Zero, start)]
    gate: dict[str, Expr] = {}
    for name in "ifgo":
        wx, wh, b = array(f"Wx{name}", H, N), array(f"Wh{name}", H, H), array(f"b{name}", H)
        inside, value = array(f"z{name}", L, H), array(name, L, H)
        driven = Sum(wx[J, K] * x[T, K], (K, 1, N)) + Sum(wh[J, K] * h[T - 1, K], (K, 1, H)) + b[J]
        lines += [
            Equation(inside[T, J], driven),
            Equation(value[T, J], (TANH if name == "g" else SIGMOID)(inside[T, J])),
        ]
        gate[name] = value[T, J]
    lines += [
        Equation(c[T, J], gate["f"] * c[T - 1, J] + gate["i"] * gate["g"], steps),
        Equation(bounded[T, J], TANH(c[T, J])),
        Equation(h[T, J], gate["o"] * bounded[T, J], steps),
        half_squares(h, y),
    ]
    parameters = " ".join(part + name for name in "ifgo" for part in ("Wx", "Wh", "b"))
    return program(lines, {Kind.INPUT: "x", Kind.TARGET: "y", Kind.PARAMETER: parameters})

"""Small networks, each said as little as shows a fault: shapes, lines of layers, texts of equations."""

from __future__ import annotations

__all__ = [
    "ATTENTION",
    "CARRIED",
    "CONVOLUTION",
    "DEEP",
    "GATED",
    "GROUPED",
    "LARGEST",
    "MUTUAL",
    "NESTED",
    "NORMED",
    "PADDED",
    "PAIRS",
    "PENALISED",
    "POOLED",
    "READ_TWICE",
    "RECURRENT",
    "RESIDUAL",
    "SECOND_ORDER",
    "SOFTMAX",
    "SQUARES",
    "STARTED",
    "STRIDED",
    "TURNED",
    "UNEVEN",
]

SOFTMAX = ("2-3-3", ("tanh", "softmax"), "cross_entropy")
DEEP = ("2-3-3-1", "tanh")
GATED = ("2x2 -> gru(2)", "mse")
STRIDED = (
    """input a[2*M + K - 2]
parameter k[K]
sizes M = 3, K = 2
z[x] = sum[u](k[u] * a[2*x + u - 2]) for x = 1..M
C = sum[x](z[x]^2)""",
)
RECURRENT = (
    """input h0[N], x[T, N]
parameter U[N, N]
sizes T = 3, N = 2
h[0, j] = h0[j]
h[t, j] = tanh(x[t, j] + sum[k](U[j, k] * h[t - 1, k])) for t = 1..T
C = sum[t, j](h[t, j]^2)""",
)
SECOND_ORDER = (
    """input x[T]
parameter a, b
sizes T = 4
s[0] = 1
s[1] = x[1]
s[t] = tanh(a*s[t - 1] + b*s[t - 2]) + x[t] for t = 2..T
C = sum[t](s[t]^2)""",
)
READ_TWICE = (  # the error of o
    """input x[T, N], y[T, N], z[T, N]
parameter u[N], v[N]
sizes T = 2, N = 3
a[t, j] = u[j]*x[t, j]
b[t, j] = v[j]*x[t, j]
o[t, j] = a[t, j]*y[t, j] + b[t, j]*z[t, j]
C = sum[t, j]((o[t, j] - 1)^2)/(2*T)""",
)
RESIDUAL = (
    """input x[N]
parameter w[N, N]
sizes N = 3
z[i] = sum[j](w[i, j] * x[j])
o[i] = x[i] + z[i] * tanh(z[i])
C = sum[i](o[i]^2)""",
)
ATTENTION = (
    """input q[T, D], k[T, D], v[T, D]
sizes T = 3, D = 2
s[i, j] = sum[d](q[i, d] * k[j, d]) / sqrt(D)
p[i, j] = softmax[j](s[i, j])
o[i, d] = sum[j](p[i, j] * v[j, d])""",
)
LARGEST = (
    """input x[N, M]
sizes N = 3, M = 2
z[i] = max[j](x[i, j])
C = sum[i](z[i]^2)""",
)
PENALISED = (
    """input x[N]
parameter U[N, N], V[N, N]
target y[N]
sizes N = 2
z[i] = sum[j](U[i, j] * x[j])
a[i] = tanh(z[i])
o[i] = sum[j](V[i, j] * a[j])
C = sum[i]((o[i] - y[i])^2) + sum[i, j](U[i, j]^2) + sum[i, j](V[i, j]^2)""",
)
CONVOLUTION = ("1x4x4 -> conv2d(2, 3) relu -> flatten -> dense(2)",)
PADDED = ("1x5 -> max_pool1d(3, stride=2, padding=1) -> flatten -> dense(2)",)
POOLED = ("1x4x4 -> max_pool2d(2) -> flatten -> dense(2)",)
GROUPED = (
    """input x[S, N]
parameter k[S, K]
sizes S = 2, N = 5, K = 3
z[s, i] = sum[u](k[s, u] * x[s, i + u - 1]) for i = 1..N - K + 1
C = sum[s, i](z[s, i]^2)""",
)
TURNED = (
    """input x[N]
parameter k[K]
sizes N = 6, K = 3
z[i] = sum[u](k[u] * x[i - u + K]) for i = 1..N - K + 1
C = sum[i](z[i]^2)""",
)
UNEVEN = (
    """input x[S, N]
sizes S = 2, N = 6
z[s, i] = max[u = 1..2](x[s, 2*i + u - 2]) for i = 1..2
C = sum[s, i](z[s, i]^2)""",
)
NORMED = ("3 -> dense(4) tanh -> layer_norm -> dense(2)",)

SQUARES = ("input x[N]\nsizes N = 3\no[i] = x[i]*sum[j](x[j]^2)\nC = sum[i](o[i]^2)",)
STARTED = (
    """input x[T, N]
sizes T = 3, N = 2
h[1, j] = tanh(x[1, j])
h[t, j] = tanh(x[t, j] + h[t - 1, j]) for t = 2..T
C = sum[t, j](h[t, j]^2)""",
)
PAIRS = (
    """input x[N], w[N]
sizes N = 3
s = sum[i](sum[m = 1..i](x[m] * w[i]))
C = s^2""",
)
NESTED = (
    """input x[N]
sizes N = 4
s[i] = sum[m = 1..i](sum[p = 1..m](x[p] * x[m])) for i = 1..N
C = sum[i](s[i]^2)""",
)
MUTUAL = (
    """input x[N]
parameter k[K]
target y[M]
sizes L = 1
z[i] = sum[u = max(1, i - L)..min(K, i + 1)](k[u] * x[i + 2*u - 2])
C = sum[i]((z[i] - y[i])^2)""",
)
PICKED = (
    """input x[N, 4]
parameter w[N], b
sizes N = 3
s[n] = sum[k](where(k == 2, b*x[n, k], where(k == 1, w[1]*x[n, 3], w[n]*x[n, k])))
C = sum[n](s[n]^2) + sum[n](where(n == 1, s[N]*b, s[n]))""",
)
CARRIED = (
    """input h0[N], x[T, N]
sizes T = 3, N = 2
h[0, j] = h0[j]
h[t, j] = tanh(x[t, j] + h[t - 1, j]) for t = 1..T
C = sum[t, j](h[t, j]^2)""",
)

"""Log-softmax: the logarithm of each share that softmax gives."""

from __future__ import annotations

from sympy import Expr, Sum, Symbol, exp, log

from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.notation import Tensor, index
from symbackprop.network.numbers import Numbers


def log_softmax(z: Tensor, j: Symbol) -> Expr:
    """Return z_j - ln Σ_i exp(z_i)."""
    i = index("i")
    return z[j] - log(Sum(exp(z[i]), (i, *z.axes[0])))


TEMPERATURE = Numbers(("T",), "z/T", ("T",))
ACTIVATIONS.add(
    "log_softmax", Activation("log_softmax", log_softmax, lowest=float("-inf"), highest=0, numbers=TEMPERATURE)
)

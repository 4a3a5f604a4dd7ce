"""The elementwise activations: one table, each a definition in z; derivatives are derived, never listed."""

from __future__ import annotations

from math import inf

from sympy import Piecewise, Rational, S, erf, exp, pi, sqrt

from symbackprop.network.activations import ACTIVATIONS, from_function
from symbackprop.network.functions import ABSOLUTE, RELU, SIGMOID, SOFTPLUS, TANH, Z, elementwise
from symbackprop.network.numbers import Numbers

# Klambauer et al. (2017), Self-Normalizing Neural Networks: the two constants to 30 digits
SELU_ALPHA = Rational("1.67326324235437728481704296167")
SELU_SCALE = Rational("1.05070098735548049341933498529")

IDENTITY = elementwise("identity", Z)
LEAKY_RELU = elementwise("leaky_relu", Piecewise((Z, Z > 0), (Z / 100, True)))
ELU = elementwise("elu", Piecewise((Z, Z > 0), (exp(Z) - 1, True)))
SELU = elementwise("selu", Piecewise((SELU_SCALE * Z, Z > 0), (SELU_SCALE * SELU_ALPHA * (exp(Z) - 1), True)))
SOFTSIGN = elementwise("softsign", Z / (1 + ABSOLUTE(Z)))
SILU = elementwise("silu", Z * SIGMOID(Z))
GELU = elementwise("gelu", Z * (1 + erf(Z / sqrt(2))) / 2)
# Hendrycks and Gimpel (2016), Gaussian Error Linear Units, the approximation with tanh
GELU_TANH = elementwise("gelu_tanh", Z * (1 + TANH(sqrt(2 / pi) * (Z + Rational("0.044715") * Z**3))) / 2)
MISH = elementwise("mish", Z * TANH(SOFTPLUS(Z)))
HARDTANH = elementwise("hardtanh", Piecewise((-S.One, Z <= -1), (S.One, Z >= 1), (Z, True)))
BETWEEN = Numbers(("low", "high"), "where(z <= low, low, where(z >= high, high, z))")
SHARPENED = Numbers(("beta",), "z*sigmoid(beta*z)", ("beta",))


for _activation, *_aliases in (
    (from_function(TANH, -1, 1),),
    (from_function(RELU, 0, inf, reached=True),),
    (from_function(LEAKY_RELU, -inf, inf, numbers=Numbers(("alpha",), "where(z > 0, z, alpha*z)")),),
    (from_function(ELU, -1, inf, numbers=Numbers(("alpha",), "where(z > 0, z, alpha*(exp(z) - 1))")),),
    (from_function(SELU, -float(SELU_SCALE * SELU_ALPHA), inf),),
    (from_function(SOFTPLUS, 0, inf, numbers=Numbers(("beta",), "softplus(beta*z)/beta", ("beta",))),),
    (from_function(SOFTSIGN, -1, 1),),
    (from_function(SILU, -0.2785, inf, reached=True, numbers=SHARPENED), "swish"),
    (from_function(GELU, -0.17, inf, reached=True),),
    (from_function(GELU_TANH, -0.1701, inf, reached=True),),
    (from_function(MISH, -0.3089, inf, reached=True),),
    (from_function(HARDTANH, -1, 1, reached=True, numbers=BETWEEN),),
    (from_function(IDENTITY, -inf, inf), "linear"),
):
    ACTIVATIONS.add(_activation.name, _activation, *_aliases)

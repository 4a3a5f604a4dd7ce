"""The cost and the error of the last layer as functions of one neuron, where a formula of the user's is among them.

of a and y        c(a, y), ∂c/∂a              δ = ∂c/∂a σ'(z)
of z and y        c(σ(z), y), ∂c/∂a σ'(z)     where ln a, ln(1 - a) or a pole would leave the floats: a is 0 or 1
of shares and y   c, a (1 - a) ∂c/∂a          the same after softmax, in a, 1 - a and their logarithms
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Piecewise, Pow, Symbol, exp, expand_mul, log

from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.costs import A, Cost, Y
from symbackprop.network.extremes import Extreme
from symbackprop.network.functions import Z, elementary, explicit, slope
from symbackprop.numerics.functiontext import Formula
from symbackprop.numerics.recognition import is_known, known_name

LOG_A, LOG_R = Symbol("log_a", real=True), Symbol("log_r", real=True)  # ln a and ln(1 - a), straight from z
R = Symbol("r", positive=True)  # 1 - a

OF_ACTIVATION: Mapping[Expr, str] = {A: "a", Y: "y"}
OF_INPUT: Mapping[Expr, str] = {Z: "z", Y: "y"}
OF_SHARES: Mapping[Expr, str] = {A: "a", R: "r", LOG_A: "log_a", LOG_R: "log_r", Y: "y"}


@dataclass(frozen=True, slots=True)
class Fused:
    """The cost of a neuron and its derivative, as functions that generated code defines.

    `arguments` are the letters of the forward pass that both take; `by` says what the derivative is taken by: a
    (∂c/∂a), z (δ itself), or share (a (1 - a) ∂c/∂a, from which δ of a softmax is made)."""

    by: str
    cost: Formula
    slope: Formula

    @property
    def arguments(self) -> tuple[str, ...]:
        """The letters of the values that both functions take, in order."""
        return tuple(self.cost.arguments.values())


def fused(cost: Cost, activation: Activation) -> Fused | None:
    """Return the functions of the last layer, or None where shipped ones with code of their own meet."""
    custom = not is_known(cost)
    singular = _is_singular(cost.term)
    if activation.name == "softmax":
        needed = singular and (custom or cost.term.has(log(1 - A)))
        return _of_shares(cost) if needed else _of_activation(cost) if custom else None
    function = activation.function
    known = None if function is None else known_name(function)
    smooth = function is not None and not explicit(function(Z)).has(Piecewise, Extreme) and known != "identity"
    if singular and smooth and (custom or known is None or activation.name not in ACTIVATIONS):
        return _of_input(cost, activation)
    return _of_activation(cost) if custom else None


def _is_singular(term: Expr) -> bool:
    """Tell whether the term has a logarithm, a root or a pole in a."""
    roots = (power for power in term.atoms(Pow) if not (power.exp.is_integer and power.exp.is_positive))
    return any(part.has(A) for part in (*term.atoms(log), *roots))


def _of_activation(cost: Cost) -> Fused:
    derivative = cost.term.diff(A)
    return Fused(
        "a",
        Formula.stable("cost_of", OF_ACTIVATION, cost.term),
        Formula.stable("cost_slope", OF_ACTIVATION, derivative),
    )


def _of_input(cost: Cost, activation: Activation) -> Fused:
    assert activation.function is not None
    a, rate = activation.function(Z), slope(activation.function)(Z)
    if known_name(activation.function) is None:
        a, rate = (elementary(part) for part in (a.explicit(), rate.explicit()))
    value = cost.term.xreplace({A: a})
    error = Add(*(term.xreplace({A: a}) * rate for term in Add.make_args(cost.term.diff(A))))
    return Fused("z", Formula.stable("cost_of", OF_INPUT, value), Formula.stable("cost_error", OF_INPUT, error))


def _of_shares(cost: Cost) -> Fused:
    terms = (expand_mul(_in_shares(term) * A * R) for term in Add.make_args(cost.term.diff(A)))
    slope = Add(*terms)
    written = {A: exp(LOG_A), R: exp(LOG_R)}
    value = _in_shares(cost.term)
    return Fused(
        "share",
        Formula("cost_of", OF_SHARES, value.xreplace(written), value, value.xreplace(written)),
        Formula("cost_slope", OF_SHARES, slope.xreplace(written), slope, slope.xreplace(written)),
    )


def _in_shares(term: Expr) -> Expr:
    """Return a term with 1 - a and multiples of it as r, and logarithms of both as they are known."""
    rates = {total: -total.coeff(A) for total in term.atoms(Add)}
    rests = {total: rate * R for total, rate in rates.items() if (total - rate * (1 - A)).expand() == 0}
    return term.xreplace({log(A): LOG_A, log(1 - A): LOG_R}).xreplace(rests)

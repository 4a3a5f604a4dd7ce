"""What a compiled gradient computes, in order, free of any language: index equations, each with its matrix form.

    z = W a + b   a = σ(z), and what else of z is needed   …   C   …   δ   ∂C/∂W   ∂C/∂b

The equations are those of the derivation; of two equal forms of δ the one with the safer numbers is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Indexed, Integer, Mul, log

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.batches import BATCH
from symbackprop.calculus.matrices import Matrix, Scaled, replaced
from symbackprop.calculus.matrixform import rows_of
from symbackprop.errors import CheckError
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.costs import A, Cost, N
from symbackprop.network.model import Network
from symbackprop.network.notation import LAST_LAYER, LAYER, index
from symbackprop.numerics.forms import (
    ErrorForm,
    error_of_hidden_layer,
    error_of_last_layer,
    gradient_by_activation,
)
from symbackprop.numerics.fusion import LOG_A, LOG_R, Fused, fused
from symbackprop.numerics.recognition import known_name

__all__ = ["CostPlan", "CostTerm", "LayerPlan", "Line", "Plan", "plan"]

J, K = index("j"), index("k")

PARAMETERS = ("w", "b")
VALUES = "srpqt"  # the letters of `forms.forward_value`
LOGARITHM = ("sigmoid", "softmax", "softplus")  # activations whose logarithm is known straight from z
LOGARITHM_OF_REST = ("sigmoid", "softmax")  # those whose ln(1 - a) is


@dataclass(frozen=True)
class Line:
    """target = expression, for every value of the indices of the target; `matrix` is the same for a whole batch."""

    target: Indexed
    expression: Expr
    matrix: Matrix


@dataclass(frozen=True)
class LayerPlan:
    """One layer, forward and backward.

    `values` are the letters of what the forward pass gives beside a. Where the activation mixes its neurons,
    `by_activation` is g = ∂C/∂a, which is `counted` from its entry at the largest a before δ is computed from it.
    Where the cost is `fused`, g, or δ itself (then `error` is None), comes from its own function.
    The derivatives by the parameters are sums over the samples: the mean is taken in δ of the last layer."""

    layer: int
    width: int
    activation: Activation
    values: tuple[str, ...]
    weighted: Line
    by_activation: Line | None
    counted: bool
    error: Line | None
    by_weight: Line
    by_bias: Line


@dataclass(frozen=True, slots=True)
class CostTerm:
    """A summand of the cost of a neuron in A, Y, LOG_A and LOG_R: `factor`, times ln `argument` if there is one.

    Where the factor is 0 the product with the logarithm is 0, whatever the argument."""

    factor: Expr
    argument: Expr | None = None


@dataclass(frozen=True)
class CostPlan:
    """The cost of a sample: factor Σ_j Σ of the terms; `values` as in a layer: logarithms straight from z."""

    factor: Expr
    terms: tuple[CostTerm, ...]
    values: tuple[str, ...]  # the logarithms that the forward pass has to give: 'log_a', 'log_r'


@dataclass(frozen=True)
class Plan:
    """A whole gradient: the layers from first to last, and the cost, as terms or as functions of the user's."""

    network: Network
    layers: tuple[LayerPlan, ...]
    cost: CostPlan
    fused: Fused | None = None


def plan(derivation: Derivation) -> Plan:
    """Return the plan of the gradient of the derivation's network, from its equations alone.

    Raises CheckError if an equation has no matrix form, or a safer form of it is not equal to it."""
    network = derivation.network
    forms = {each: error_of_hidden_layer(derivation, each) for each in dict.fromkeys(network.activations[:-1])}
    layers, own = [], fused(network.cost_function, network.activations[-1])
    for layer, activation in enumerate(network.activations, start=1):
        form = error_of_last_layer(derivation, own) if layer == network.depth else forms[activation]
        layers.append(_layer_plan(derivation, layer, form))
    cost = _cost_plan(network.cost_function, network.activations[-1], network.widths[-1], own)
    return Plan(network, tuple(layers), cost, own)


def _layer_plan(derivation: Derivation, layer: int, form: ErrorForm) -> LayerPlan:
    """Return what layer number `layer` computes."""
    network = derivation.network
    last = LAST_LAYER if layer == network.depth else LAYER
    place = _place(layer, network.widths)
    weighted = network.program.nodes[0].equation
    needed = {entry.base.letter for entry in form.error.atoms(Indexed)} | set(form.read)
    if form.by_activation is not None:
        needed |= {entry.base.letter for entry in form.by_activation.atoms(Indexed)}
        g = gradient_by_activation(last)[J]
    return LayerPlan(
        layer=layer,
        width=network.widths[layer],
        activation=network.activations[layer - 1],
        values=tuple(letter for letter in VALUES if letter in needed),
        weighted=_line(weighted.target, weighted.expression, place),
        by_activation=None if form.by_activation is None else _line(g, form.by_activation, place),
        counted=form.counted,
        error=_line(notation.error(last)[J], form.error, place) if form.error != 0 else None,
        by_weight=_line(notation.weight(LAYER)[J, K], derivation.equations["BP4"].right, place),
        by_bias=_line(notation.bias(LAYER)[J], derivation.equations["BP3"].right, place),
    )


def _place(layer: int, widths: tuple[int, ...]) -> dict[Expr, Expr]:
    """Return what turns an equation for l, or for L, into that of layer number `layer`, with numbers for its widths."""
    place: dict[Expr, Expr] = {LAYER: Integer(layer)}
    if layer == len(widths) - 1:
        place[LAST_LAYER] = Integer(layer)
    for near in (-1, 0, 1):
        if layer + near < len(widths):
            sized = Integer(widths[layer + near])
            place |= {notation.width(letter + near): sized for letter in (LAYER, LAST_LAYER)}
    return place


def _line(target: Indexed, expression: Expr, place: Mapping[Expr, Expr]) -> Line:
    """Return target = expression at a place, with its matrix form; that of a parameter is a sum over the samples.

    Raises CheckError if there is no matrix form, or if that of a parameter is not a mean over the samples."""
    _, matrix = rows_of(target, expression)
    if target.base.letter in PARAMETERS:
        if not isinstance(matrix, Scaled) or matrix.coefficient != 1 / BATCH:
            raise CheckError(f"the derivative by {target} is not a mean over the samples")
        matrix = matrix.of
    return Line(target.xreplace(dict(place)), expression.xreplace(dict(place)), replaced(matrix, place))


def _cost_plan(cost: Cost, activation: Activation, width: int, own: Fused | None) -> CostPlan:
    """Return the cost of a sample, each logarithm straight from z where the activation allows it."""
    factor = cost.factor.xreplace({N: Integer(width)})
    if own is not None:
        return CostPlan(factor, (), tuple(letter for letter in own.arguments if letter.startswith("log_")))
    name = activation.name if activation.function is None else known_name(activation.function)
    straight = {log(A): LOG_A} if name in LOGARITHM else {}
    if name in LOGARITHM_OF_REST:
        straight[log(1 - A)] = LOG_R
    terms = []
    for summand in Add.make_args(cost.term.xreplace(straight)):
        logarithms = [part for part in Mul.make_args(summand) if isinstance(part, log)]
        if len(logarithms) == 1:
            terms.append(CostTerm(summand / logarithms[0], logarithms[0].args[0]))
        else:
            terms.append(CostTerm(summand))
    read = (symbol.name for symbol in (LOG_A, LOG_R) if any(term.factor.has(symbol) for term in terms))
    return CostPlan(factor, tuple(terms), tuple(read))

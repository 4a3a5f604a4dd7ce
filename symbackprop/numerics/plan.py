"""What a compiled gradient computes, in order, free of any language: index equations, each with its matrix form.

    z = W a + b   a = σ(z), and what else of z is needed   …   C   …   δ   ∂C/∂W   ∂C/∂b

The equations are those of the derivation; of two equal forms of δ the one with the safer numbers is taken.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

from sympy import Add, Expr, Indexed, Integer, Mul, log

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.batches import BATCH
from symbackprop.calculus.matrices import Matrix, Scaled, replaced
from symbackprop.calculus.matrixform import rows_of
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.costs import A, Cost, N
from symbackprop.network.model import Network
from symbackprop.network.notation import LAST_LAYER, LAYER, index
from symbackprop.numerics.forms import ErrorForm, error_of_hidden_layer, error_of_last_layer, gradient_by_activation
from symbackprop.numerics.fusion import LOG_A, LOG_R, Fused, fused
from symbackprop.numerics.recognition import known_name

General: TypeAlias = tuple[Indexed, Expr, Matrix]  # target, expression, and this for a whole batch

J, K = index("j"), index("k")

PARAMETERS = ("w", "b")
VALUES = "srpqtu"  # the letters of `forms.forward_value`
LOGARITHM = ("sigmoid", "softmax", "softplus")  # activations whose logarithm is known straight from z
LOGARITHM_OF_REST = ("sigmoid", "softmax")  # those whose ln(1 - a) is


@dataclass(frozen=True)
class Place:
    """A layer by its number: what turns an equation for l, or for L, into its own, with numbers for its widths."""

    layer: int
    widths: tuple[int, ...]

    @cached_property
    def numbers(self) -> dict[Expr, Expr]:
        """The number of the layer, and the widths around it."""
        letters = (LAYER, LAST_LAYER) if self.layer == len(self.widths) - 1 else (LAYER,)
        around = enumerate(self.widths[self.layer - 1 : self.layer + 2], -1)
        found: dict[Expr, Expr] = {notation.width(each + near): Integer(n) for near, n in around for each in letters}
        return found | dict.fromkeys(letters, Integer(self.layer))


@dataclass(frozen=True)
class Line:
    """target = expression, for every value of the indices of the target; `matrix` is the same for a whole batch.

    The three are `general`, which all equal layers share, at the place of one: made when they are asked for."""

    general: General
    place: Place

    @cached_property
    def target(self) -> Indexed:
        """The left side."""
        return self.general[0].xreplace(self.place.numbers)

    @cached_property
    def expression(self) -> Expr:
        """The right side."""
        return self.general[1].xreplace(self.place.numbers)

    @cached_property
    def matrix(self) -> Matrix:
        """The right side for a whole batch."""
        return replaced(self.general[2], self.place.numbers)


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
    own = fused(network.cost_function, network.activations[-1])
    forms = {each: error_of_hidden_layer(derivation, each) for each in dict.fromkeys(network.activations[:-1])}
    made = {each: (form, _general(derivation, form, LAYER)) for each, form in forms.items()}
    form = error_of_last_layer(derivation, own)
    found = [*(made[each] for each in network.activations[:-1]), (form, _general(derivation, form, LAST_LAYER))]
    layers = [_layer_plan(network, layer, *each) for layer, each in enumerate(found, start=1)]
    cost = _cost_plan(network.cost_function, network.activations[-1], network.widths[-1], own)
    return Plan(network, tuple(layers), cost, own)


@dataclass(frozen=True)
class _General:
    """What all layers with the same form of δ have in common: equations for l, or for L, and what they read."""

    values: tuple[str, ...]
    weighted: General
    by_activation: General | None
    error: General | None
    by_weight: General
    by_bias: General


def _general(derivation: Derivation, form: ErrorForm, last: Expr) -> _General:
    """Return the equations of the layers with a form of δ."""
    weighted = derivation.network.program.nodes[0].equation
    needed = {entry.base.letter for entry in form.error.atoms(Indexed)} | set(form.read)
    if form.by_activation is not None:
        needed |= {entry.base.letter for entry in form.by_activation.atoms(Indexed)}
    g = gradient_by_activation(last)[J]
    return _General(
        values=tuple(letter for letter in VALUES if letter in needed),
        weighted=_line(weighted.target, weighted.expression),
        by_activation=None if form.by_activation is None else _line(g, form.by_activation),
        error=_line(notation.error(last)[J], form.error) if form.error != 0 else None,
        by_weight=_line(notation.weight(LAYER)[J, K], derivation.equations["BP4"].right),
        by_bias=_line(notation.bias(LAYER)[J], derivation.equations["BP3"].right),
    )


def _layer_plan(network: Network, layer: int, form: ErrorForm, general: _General) -> LayerPlan:
    """Return what layer number `layer` computes."""
    place = Place(layer, network.widths)
    return LayerPlan(
        layer=layer,
        width=network.widths[layer],
        activation=network.activations[layer - 1],
        values=general.values,
        weighted=Line(general.weighted, place),
        by_activation=None if general.by_activation is None else Line(general.by_activation, place),
        counted=form.counted,
        error=None if general.error is None else Line(general.error, place),
        by_weight=Line(general.by_weight, place),
        by_bias=Line(general.by_bias, place),
    )


def _line(target: Indexed, expression: Expr) -> General:
    """Return target = expression with its matrix form; that of a parameter is a sum over the samples.

    Raises CheckError if there is no matrix form, or if that of a parameter is not a mean over the samples."""
    _, matrix = rows_of(target, expression)
    if target.base.letter in PARAMETERS:
        if not isinstance(matrix, Scaled) or matrix.coefficient != 1 / BATCH:
            raise CheckError(f"the derivative by {target} is not a mean over the samples")
        matrix = matrix.of
    return target, expression, matrix


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

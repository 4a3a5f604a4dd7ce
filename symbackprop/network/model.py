"""The network: widths, activations and cost, and the forward program that they amount to.

One layer of a chain of dense layers, with the layer as a symbol: z_j = Σ_k w_jk a_k + b_j, then a_j = σ(z_j).
"""

from __future__ import annotations

import operator
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex

from sympy import Expr, Sum

from symbackprop.errors import ExpressionError, ShapeError, SpecError, errors_of
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS, Activation, from_function
from symbackprop.network.composition import composed_cost
from symbackprop.network.costs import COSTS, Cost
from symbackprop.network.domains import check_domains
from symbackprop.network.extent import DEFAULT_BUDGET
from symbackprop.network.functions import elementwise
from symbackprop.network.labels import check_label
from symbackprop.network.notation import COST, LAYER, index
from symbackprop.network.program import Array, Equation, Kind, Node, Program
from symbackprop.network.reductions import has_reduction
from symbackprop.network.shapes import parse_shape
from symbackprop.network.unchanging import Unchanging

if TYPE_CHECKING:
    import numpy as np

    from symbackprop.network.layered import LayeredNetwork

_CUSTOM_LETTERS = "fghpqruv"  # how activations given as text are called, in the order in which they come


@dataclass(frozen=True)
class Network(Unchanging):
    """A layered network: `widths` n_0..n_L, one activation per layer 1..L, and the cost of one sample.

    Of one that was read from PyTorch, `torch_names` says which of its arrays is which."""

    widths: tuple[int, ...]
    activations: tuple[Activation, ...]
    cost_function: Cost
    title: str | None = None
    torch_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)
    masks: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    constants, vocabulary, is_coupled, reduction = masks, 0, False, "mean"  # other layers have more

    @property
    def depth(self) -> int:
        """L, the number of layers that compute."""
        return len(self.widths) - 1

    @property
    def shape(self) -> str:
        """The widths as text: '2-3-1'."""
        return "-".join(map(str, self.widths))

    @property
    def cost_name(self) -> str:
        """What the cost is called."""
        return self.cost_function.name

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of a sample."""
        return self.widths[:1]

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of what the network gives for a sample."""
        return self.widths[-1:]

    @property
    def distinct_activations(self) -> tuple[Activation, ...]:
        """Each activation once, in the order of the layers."""
        return tuple(dict.fromkeys(self.activations))

    @property
    def mixes_at_the_end(self) -> bool:
        """Whether an activation of the last layer depends on all its weighted sums, as with softmax."""
        return not self.activations[-1].is_elementwise

    @property
    def parameter_count(self) -> int:
        """How many weights and biases there are."""
        return sum((before + 1) * width for before, width in zip(self.widths, self.widths[1:], strict=False))

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter array: W{l} is (n_l, n_{l-1}), b{l} is (n_l,)."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (before, width) in enumerate(zip(self.widths, self.widths[1:], strict=False), start=1):
            shapes |= {f"W{layer}": (width, before), f"b{layer}": (width,)}
        return shapes

    @property
    def learned_shapes(self) -> dict[str, tuple[int, ...]]:
        """The same of those that are learned: all of them."""
        return self.parameter_shapes

    def initial_params(self, seed: int = 0) -> dict[str, np.ndarray]:
        """Return weights drawn from a normal distribution with variance 1/n_{l-1}, and biases of 0.

        The scale keeps the weighted inputs of a wide layer near 1 (LeCun et al. 1998, Efficient BackProp).
        Raises SpecError for a seed that is no whole number from 0 on."""
        import numpy as np  # here and below: what is derived needs none of it

        rng = generator(seed)
        return {
            name: rng.normal(scale=shape[1] ** -0.5, size=shape) if len(shape) == 2 else np.zeros(shape)
            for name, shape in self.parameter_shapes.items()
        }

    @cached_property
    def program(self) -> Program:
        """The forward equations, one object for all layers that compute alike."""
        equations = {a: dense_equations(a, LAYER) for a in self.distinct_activations}
        weighted = next(iter(equations.values()))[0]  # the weighted input is the same whatever follows it
        nodes = []
        for layer, activation in enumerate(self.activations, start=1):
            nodes += [Node(weighted, layer), Node(equations[activation][1], layer)]
        return Program((*nodes, Node(self.cost_equation, self.depth)), self._given)

    @property
    def _given(self) -> tuple[Array, ...]:
        """The arrays that nothing computes, called as in `parameter_shapes`."""
        return (
            Array(notation.weight(LAYER), Kind.PARAMETER, "W"),
            Array(notation.bias(LAYER), Kind.PARAMETER, "b"),
            Array(notation.activation(0), Kind.INPUT, "x"),
            Array(notation.target(LAYER), Kind.TARGET, "y"),
        )

    @cached_property
    def cost_equation(self) -> Equation:
        """C as a function of the activations of the last layer, which is written l."""
        a, y = notation.activation(LAYER), notation.target(LAYER)
        return Equation(COST, self.cost_function.value(a, y, index("j")))

    @property
    def cost(self) -> Expr:
        """The composed cost of one sample: one expression in w, b, x and y.

        Raises BudgetError if it would have more than 20,000 operations."""
        return self.composed_cost()

    def composed_cost(self, *, max_operations: int = DEFAULT_BUDGET) -> Expr:
        """Return the composed cost of one sample, or raise BudgetError before anything large is built."""
        return composed_cost(self.program, self.widths, max_operations=max_operations)


def generator(seed: int) -> np.random.Generator:
    """Return what draws first parameters; raises SpecError for a seed that is no whole number from 0 on."""
    if isinstance(seed, bool) or not isinstance(seed, SupportsIndex) or operator.index(seed) < 0:
        raise SpecError(f"seed: wanted a whole number from 0 on, got {repr(seed)[:20]}; try seed=0")
    from numpy.random import default_rng

    return default_rng(seed)


def mlp(
    shape: str | Sequence[int],
    activation: str | Activation | Sequence[str | Activation] = "sigmoid",
    cost: str | Cost = "quadratic",
    *,
    l1: float | str | None = None,
    l2: float | str | None = None,
    l2_biases: bool = False,
    penalty: str | Sequence[str] = (),
    reduction: str = "mean",
    bias: bool = True,
    title: str | None = None,
) -> Network | LayeredNetwork:
    """Return the network of dense layers with the given shape.

    `activation` is one for all layers or a sequence with one per layer; it and `cost` are names from the registries,
    names with numbers such as 'leaky_relu(0.2)' and 'huber(10)', or text such as 'z/(1+exp(-z))' and '(a-y)**4'.
    With a penalty `l1`, `l2` or another one by name, another `reduction`, `bias=False`, a number that has a letter, or
    a cost over all outputs, it is a `LayeredNetwork`, whose equations say so. Raises ShapeError, UnknownNameError,
    ExpressionError, SpecError, or DomainError where the cost takes a logarithm that the last activation does not
    allow; warns where a formula has no real value, or where softmax is taken over one neuron."""
    given = [activation] if isinstance(activation, str | Activation) else _parts(activation)
    plain = (l1, l2, l2_biases, reduction, bias) == (None, None, False, "mean", True) and penalty == ()
    if plain and _is_of_single_neurons(cost, COSTS) and all(_is_of_single_neurons(part, ACTIVATIONS) for part in given):
        return dense_chain(shape, given, cost, title=title)
    from symbackprop.network.layered import dense_layers  # that module is built on this one
    from symbackprop.network.terms import terms_of

    widths = parse_shape(shape)
    terms = terms_of(cost, l1=l1, l2=l2, l2_biases=l2_biases, penalty=penalty, reduction=reduction, title=title)
    return dense_layers(widths, _one_each(given, widths), terms, bias=bias)


def _is_of_single_neurons(part: object, known: Container[str]) -> bool:
    """Tell whether a part is no text that says more than a chain of dense layers has: softmax(T=2), 1 - sum(a*y)."""
    if not isinstance(part, str) or part in known:
        return True
    from symbackprop.network.numbered import is_plain  # here and below, what reads formulas: a name waits for none

    return is_plain(part) and not has_reduction(part)


def dense_chain(
    shape: str | Sequence[int],
    activation: str | Activation | Sequence[str | Activation] = "sigmoid",
    cost: str | Cost = "quadratic",
    *,
    title: str | None = None,
) -> Network:
    """Return the chain of dense layers with biases, each neuron of which is activated alone or by softmax.

    Raises and warns as `mlp` does."""
    widths = parse_shape(shape)
    given = _one_each([activation] if isinstance(activation, str | Activation) else _parts(activation), widths)
    letters, each, chosen = iter(_CUSTOM_LETTERS), dict.fromkeys(given), dict[str | Activation, Activation]()
    for part in each:
        with errors_of(f"layer {given.index(part) + 1}") if len(each) > 1 else nullcontext():
            chosen[part] = _activation(part, letters)
    activations = tuple(chosen[part] for part in given)
    function = cost if isinstance(cost, Cost) else cost_from(cost)
    check_domains(widths, activations, function)
    return Network(widths, activations, function, None if title is None else check_label(title, "title"))


def _one_each(given: Sequence[str | Activation], widths: Sequence[int]) -> Sequence[str | Activation]:
    """Return an activation for each layer; raises ShapeError unless one is given, or as many as there are layers."""
    depth = len(widths) - 1
    if len(given) not in (1, depth):
        layers = "1 layer" if depth == 1 else f"{depth} layers"
        raise ShapeError(
            f"{len(given)} activations for {layers} of {'-'.join(map(str, widths))[:60]}; give one, or one per layer"
        )
    return given if len(given) == depth else [*given] * depth


def _parts(activations: object) -> list[str | Activation]:
    """Return the activations that are given one by one, or raise ExpressionError if they are something else."""
    parts: list[str | Activation] = []
    for part in activations if isinstance(activations, Iterable) else [activations]:
        if not isinstance(part, str | Activation):
            wanted = "wanted a name or a formula, or one for each layer"
            raise ExpressionError(f"activation: {wanted}, got {type(part).__name__}; try 'sigmoid'")
        parts.append(part)
    return parts


def _activation(part: str | Activation, letters: Sequence[str] | object) -> Activation:
    if isinstance(part, Activation):
        return part
    if part in ACTIVATIONS:
        return ACTIVATIONS[part]
    from symbackprop.network.expressions import parse_activation
    from symbackprop.network.lawful import lawful_slope
    from symbackprop.network.numbered import plain_formula
    from symbackprop.network.suggestions import unknown_part

    part = plain_formula(ACTIVATIONS, part)
    if part.isidentifier() and part != "z":
        names = (list(ACTIVATIONS), [alias for name in ACTIVATIONS for alias in ACTIVATIONS.aliases(name)])
        raise unknown_part("activation", part, names, argument="z", example="in z, such as z*sigmoid(z)")
    definition = parse_activation(part)
    derivative = lawful_slope(definition)
    if derivative == 0:
        raise ExpressionError(f"activation {part[:40]!r} has the slope 0 everywhere, so nothing can be learned")
    return from_function(elementwise(next(letters, "f"), definition, derivative))  # type: ignore[call-overload]


def cost_from(text: str) -> Cost:
    """Return the cost that a name or a formula in a and y says; raises ExpressionError, UnknownNameError."""
    if not isinstance(text, str):
        raise ExpressionError(f"cost: wanted a name or a formula, got {type(text).__name__}; try 'quadratic'")
    if text in COSTS:
        return COSTS[text]
    from symbackprop.network.expressions import parse_cost
    from symbackprop.network.lawfulcosts import lawful_cost
    from symbackprop.network.numbered import plain_formula
    from symbackprop.network.suggestions import unknown_part

    formula = plain_formula(COSTS, text)
    if text.isidentifier() and text not in ("a", "y"):
        raise unknown_part("cost", text, (list(COSTS), ()), argument="a - y", example="in a and y, such as (a-y)^4")
    return Cost(text, lawful_cost(parse_cost(formula), text))


def dense_equations(activation: Activation, layer: Expr | int) -> tuple[Equation, Equation]:
    """Return the weighted input and the activation of `layer`, a function of the activations before it."""
    j, k = index("j"), index("k")
    made = (notation.weight, notation.bias, notation.weighted_input, notation.activation)
    w, b, z, a = (make(layer) for make in made)
    before = notation.activation(layer - 1)
    weighted = Sum(w[j, k] * before[k], (k, *before.axes[0])) + b[j]
    return Equation(z[j], weighted), Equation(a[j], activation.value(z, j))

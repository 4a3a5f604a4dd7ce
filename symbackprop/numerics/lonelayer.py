"""One layer looked at alone: a network whose first weighted input is what its bias says, and the truth about it.

z = 0 x + b      a = σ(z)      C(a, y), or C of the layers above      ->   C and ∂C/∂b in as many digits as wanted
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import field
from typing import Any, TypeAlias

import numpy as np
from sympy import Rational

from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.costs import A, Cost
from symbackprop.network.formulatext import formula_text
from symbackprop.network.functions import Elementwise
from symbackprop.network.model import Network
from symbackprop.numerics.arithmetic import Digits
from symbackprop.numerics.checks import TARGETS
from symbackprop.numerics.interpretation import Forward

Truth: TypeAlias = tuple[Any, ...]  # the cost, and its derivative by each bias of the first layer

MIXING_WIDTH = 3  # of a layer that mixes: two neurons could not tell a sum over the others from the other
# The other neurons of such a layer, and the weights of the layer above: no two the same, or the errors of two neurons
# of a softmax, which add up to those of the others, would cancel. No two rows are the same, either: the errors of a
# softmax above add up to 0, and of what such rows bring back nothing is left but rounding.
OTHERS = (0.5, -0.25, 0.125)
WEIGHTS = (*OTHERS, -0.375, 0.75, 0.625, 0.875, -0.5, 0.25)
BIASES = (0.3, -0.2)  # of the layer above: with an a of 1 or -1 nothing cancels
TARGETS_TRIED = (0.25, 1.0, 0.0, -1.0)  # one for each case of the costs: 0 ln 0, and both classes of hinge
LARGEST = 1e300  # products of larger values overflow
UNREAL = 1e-15  # an imaginary part that a step of 1e-30 does not make, but the root or logarithm of what is negative


@dataclass(frozen=True, eq=False)
class LoneLayer:
    """A network of one input, of which the first layer is the one that is looked at."""

    network: Network
    _forward: dict[int, tuple[Digits, Forward]] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """What follows what, up to the cost: 'tanh → erf(z) → quadratic', a formula of the user's as itself."""
        return " → ".join([*map(_named, self.network.activations), self.network.cost_function.name])

    def parameters(self, z: float) -> dict[str, Any]:
        """Return parameters with which the first weighted input of the first layer is z, whatever x is."""
        shapes = self.network.parameter_shapes
        return self._above | {"W1": np.zeros(shapes["W1"]), "b1": np.array([z, *OTHERS])[: shapes["b1"][0]]}

    @property
    def _above(self) -> dict[str, Any]:
        """Parameters of the layers above."""
        shapes = self.network.parameter_shapes.items()
        return {name: np.resize(WEIGHTS if name[0] == "W" else BIASES, shape) for name, shape in shapes}

    def target(self, y: Any) -> Any:
        """Return the target of one sample: y, and for the other neurons what makes a one-hot row of 1 or 0."""
        return np.array([[y, 1 - y, 0 * y]])[:, : self.network.widths[-1]]

    def targets(self) -> Iterator[float]:
        """Yield the targets for which the cost is defined."""
        rule = TARGETS.get(self.network.cost_function.name)
        yield from (y for y in TARGETS_TRIED if rule is None or rule.holds(self.target(y)).all())

    def truths(self, points: Sequence[tuple[Any, Any]], digits: int, largest: float = LARGEST) -> list[Truth | None]:
        """Return the truth at points z, y; None where it, or a value on the way, is not real, or not below `largest`.

        A y that is an array stands for the targets of all neurons."""
        with suppress(ArithmeticError, ValueError):
            return self._truths(points, digits, largest)
        return [self._truth(point, digits, largest) for point in points]

    def _truth(self, point: tuple[Any, Any], digits: int, largest: float) -> Truth | None:
        with suppress(ArithmeticError, ValueError):
            return self._truths([point], digits, largest)[0]
        return None

    def _truths(self, points: Sequence[tuple[Any, Any]], digits: int, largest: float) -> list[Truth | None]:
        """Return the same by steps in the imaginary direction: every point is a sample, and z its input."""
        numbers, width = self.numbers(digits), self.network.widths[1]
        forward, params = self._forward[digits][1], self._above | {"W1": np.eye(width), "b1": np.zeros(width)}
        inputs = numbers.array([[z, *OTHERS][:width] for z, _ in points])
        y = np.vstack([y if isinstance(y, np.ndarray) else self.target(_exact(numbers, y)) for _, y in points])
        truths: list[list[Any]] = [[] for _ in points]
        usual = [True] * len(points)
        for j in range(width):
            x = inputs.copy()
            x[:, j] += numbers.tiny * numbers.imaginary
            costs = forward.each(params, x, y)
            for at, cost in enumerate(costs):
                truths[at] += [*([] if truths[at] else [cost.real]), cost.imag / numbers.tiny]
                on_the_way = (each for value in forward.values for each in value[at])
                usual[at] &= all(abs(each.imag) < UNREAL and abs(each.real) < largest for each in (cost, *on_the_way))
        return [
            tuple(truth) if fine and all(abs(value) < largest for value in truth) else None
            for fine, truth in zip(usual, truths, strict=True)
        ]

    def numbers(self, digits: int) -> Digits:
        """Return the numbers in which the truth is told; those of other contexts lose digits on their way in."""
        if digits not in self._forward:
            numbers, width = Digits(digits), self.network.widths[1]
            network = Network((width, *self.network.widths[1:]), self.network.activations, self.network.cost_function)
            self._forward[digits] = numbers, Forward(network, numbers)
        return self._forward[digits][0]

    def above(self) -> LoneLayer:
        """Return the same without the function of the first layer: a = z."""
        widths = (1, 1, *self.network.widths[2:])
        activations = (ACTIVATIONS["identity"], *self.network.activations[1:])
        return LoneLayer(Network(widths, activations, self.network.cost_function))


def _exact(numbers: Digits, y: Any) -> Any:
    return numbers.number(Rational(y)) if isinstance(y, float) else y


def _named(activation: Activation) -> str:
    own = activation.name not in ACTIVATIONS and activation.function is not None
    return formula_text(activation.function.definition) if own else activation.name  # type: ignore[union-attr]


def alone(network: Network) -> tuple[LoneLayer, ...]:
    """Return the last layer with the cost, every other kind of layer below such a last one, and a cost with kinks.

    The cost stands behind the identity then, where its kinks can be hit exactly."""
    *hidden, last = network.activations
    stacks: list[tuple[Activation, ...]] = [(last,), *((activation, last) for activation in hidden)]
    if any(part.has(A) for part in network.cost_function.term.atoms(Elementwise)):
        stacks.append((ACTIVATIONS["identity"],))
    return tuple(lone(stack, network.cost_function) for stack in dict.fromkeys(stacks))


def lone(activations: tuple[Activation, ...], cost: Cost) -> LoneLayer:
    """Return the layer with the first activation below those with the others, as narrow as they can be."""
    widths = (1 if activation.is_elementwise else MIXING_WIDTH for activation in activations)
    return LoneLayer(Network((1, *widths), activations, cost))

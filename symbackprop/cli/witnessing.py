"""The numbers of a worked example beside witnesses that share nothing with the derivation.

hand-written NumPy    where it knows the activations and the cost
central differences   always
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction

    from sympy import Expr, Symbol

    from symbackprop.calculus.numbers import Numbers
    from symbackprop.exposition.document import CheckRow
    from symbackprop.network.model import Network

__all__ = ["check_target", "example_checks"]


def example_checks(network: Network, stages: Sequence[Numbers]) -> tuple[CheckRow, ...]:
    """Return how far the numbers of every stage are from those of each witness, at most."""
    from symbackprop.exposition.document import CheckRow
    from symbackprop.numerics.verification import DIFFERENCE, EXACT

    worst: dict[str, float] = {}
    for stage in stages:
        for name, error in _errors(network, stage):
            worst[name] = max(worst.get(name, 0.0), error)
    allowed = {"hand-written NumPy": EXACT, "central differences": DIFFERENCE}
    return tuple(CheckRow(name, error, allowed[name]) for name, error in worst.items())


def check_target(network: Network, scalars: Mapping[str, Fraction]) -> None:
    """Raise DataError if a target lies outside what the cost is defined for, as a training would."""
    import numpy as np

    from symbackprop.numerics.checks import check_targets

    y = [float(scalars[f"y_{j}"]) for j in range(1, network.widths[-1] + 1)]
    check_targets(np.array([y]), network.cost_function.name)


def _errors(network: Network, stage: Numbers) -> Iterator[tuple[str, float]]:
    """Yield each witness that can speak of the network, with its largest difference, relative to the largest entry."""
    from symbackprop.numerics.arithmetic import Floats
    from symbackprop.numerics.interpretation import Forward
    from symbackprop.numerics.pointwise import NEAR
    from symbackprop.numerics.reference import cost_and_gradient
    from symbackprop.numerics.reference_activations import ELEMENTWISE, MIXING
    from symbackprop.numerics.reference_costs import COSTS
    from symbackprop.numerics.witnesses import central_difference, norm_error, seen_by_differences

    params, gradient = (_arrays(network, numbers) for numbers in (stage.known, stage.gradient))
    x, y = _sample(stage, "x"), _sample(stage, "y")
    wanted = [(name, place) for name, array in params.items() for place in _places(array)]
    names, cost = [activation.name for activation in network.activations], network.cost_function.name
    forward = Forward(network, Floats())
    forward(params, x, y)
    misses_a_kink = forward.nearest_kink <= NEAR  # exactly, the sample hits it: in floats it lies beside it
    if set(names) <= {*ELEMENTWISE, *MIXING} and cost in COSTS and not misses_a_kink:
        true, truth = cost_and_gradient(params, x, y, activations=names, cost=cost)
        apart = abs(float(stage.cost) - true) / max(1.0, abs(true))
        yield "hand-written NumPy", max(apart, norm_error(gradient, wanted, [truth[n][place] for n, place in wanted]))
    differences = central_difference(network, (params, x, y), wanted)
    yield "central differences", norm_error(gradient, wanted, differences, least=seen_by_differences(float(stage.cost)))


def _arrays(network: Network, numbers: Mapping[Symbol, Expr]) -> dict[str, Any]:
    """Return the numbers of weights and biases as arrays, by their names: W1, b1."""
    import numpy as np

    from symbackprop.network.notation import scalar

    arrays = {}
    for name, shape in network.parameter_shapes.items():
        letter, layer = name[0].lower(), int(name[1:])
        flat = [float(numbers[scalar(letter, layer, *(p + 1 for p in place))]) for place in np.ndindex(shape)]
        arrays[name] = np.array(flat).reshape(shape)
    return arrays


def _sample(stage: Numbers, letter: str) -> Any:
    """Return x or y as a batch of one."""
    import numpy as np

    return np.array([[float(value) for (value,) in stage.array(letter)]])


def _places(array: Any) -> Iterator[tuple[int, ...]]:
    import numpy as np

    return np.ndindex(array.shape)

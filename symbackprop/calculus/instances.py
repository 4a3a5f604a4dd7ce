"""Instances for a concrete network: ∂C/∂w^{(2)}_{13} as a formula in numbered letters, from the general equations.

delta_2_1 * a_1_3           in δ and a: BP4 at layer 2, j = 1, k = 3
... exp(-b_1_3 - ...) ...   expanded: each δ by BP1 or BP2, each a by the forward pass
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sympy import Expr

from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.rules import ASSUME
from symbackprop.errors import ShapeError
from symbackprop.network.composition import (
    Resolve,
    check_budget,
    concrete_equations,
    count,
    forward_values,
    leaf,
    unrolled,
    with_sizes,
)
from symbackprop.network.functions import elementary
from symbackprop.network.model import Network
from symbackprop.network.notation import LAST_LAYER, LAYER, Tensor
from symbackprop.network.program import Equation, at_layer

__all__ = ["backward_equations", "partial"]

NAMES = {"w": "BP4", "b": "BP3"}


def partial(
    network: Network,
    equations: Mapping[str, BackpropEquation],
    parameter: tuple[str, int, tuple[int, ...]],
    *,
    budget: int | None = None,
) -> Expr:
    """Return the derivative of the cost by one parameter: (letter, layer, position).

    In δ and a, or in w, b, x and y alone if a budget of operations is given. Raises ShapeError, BudgetError."""
    letter, layer, position = parameter
    _check(network, letter, layer, position)
    general = equations[NAMES[letter]]
    right = with_sizes(at_layer(general.right, layer), network.widths)
    at = dict(zip(general.left.by.indices, position, strict=True))
    if budget is None:
        return unrolled(right, leaf, at)
    backward = backward_equations(network, equations)
    known = _operations(network, backward)
    check_budget(f"∂C/∂{letter}_{layer}_{'_'.join(map(str, position))}", count(right, known), budget)
    return unrolled(right, _resolver(network, backward), at)


def backward_equations(network: Network, equations: Mapping[str, BackpropEquation]) -> dict[Tensor, Equation]:
    """Return the equation of δ of every layer with numbers for sizes, last layer first; functions written out."""
    found = {}
    for layer in range(network.depth, 0, -1):
        (own,) = (
            e
            for e in equations.values()
            if isinstance(e.layers, tuple) and e.name in ("BP1", "BP2") and layer in e.layers
        )
        right = next((step.before for step in own.chain.steps if step.rule is ASSUME), own.right)
        place = {LAYER: layer, LAST_LAYER: network.depth}
        sides = (with_sizes(elementary(side).subs(place), network.widths) for side in (own.left, right))
        equation = Equation(*sides)
        found[equation.tensor] = equation
    return found


def _operations(network: Network, backward: Mapping[Tensor, Equation]) -> dict[Expr, int]:
    known: dict[Expr, int] = {}
    for tensor, equation in (concrete_equations(network.program, network.widths) | dict(backward)).items():
        known[tensor] = count(equation.expression, known)
    return known


def _resolver(network: Network, backward: Mapping[Tensor, Equation]) -> Resolve:
    forward = forward_values(concrete_equations(network.program, network.widths))

    @cache
    def resolve(tensor: Tensor, position: tuple[int, ...]) -> Expr:
        equation = backward.get(tensor)
        if equation is None:
            return forward(tensor, position)
        return unrolled(equation.expression, resolve, dict(zip(equation.indices, position, strict=True)))

    return resolve


def _check(network: Network, letter: str, layer: int, position: tuple[int, ...]) -> None:
    """Refuse a parameter that the network does not have."""
    if letter not in NAMES:
        raise ShapeError(f"parameter {letter!r} is neither a weight nor a bias; ask for 'w' or 'b'")
    if not 1 <= layer <= network.depth:
        raise ShapeError(
            f"layer {layer} is not there; the network {network.shape[:60]} has layers 1 to {network.depth}"
        )
    shape = network.parameter_shapes[f"{letter.upper() if letter == 'w' else letter}{layer}"]
    if len(position) != len(shape) or any(not 1 <= p <= n for p, n in zip(position, shape, strict=True)):
        wanted = ", ".join(f"{name} from 1 to {n}" for name, n in zip("jk", shape, strict=False))
        raise ShapeError(f"{letter} of layer {layer} has no entry {position}; give {wanted}")

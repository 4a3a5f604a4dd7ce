"""Instances for a concrete network: ∂C/∂w^{(2)}_{13} as a formula in numbered letters, from the general equations.

    delta_2_1 * a_1_3           in δ and a: BP4 at layer 2, j = 1, k = 3
    ... exp(-b_1_3 - ...) ...   expanded: each δ by BP1 or BP2, each a by the forward pass

BP2 is linear in the errors above, δ^{(l)}_j = Σ_q M_jq δ^{(l+1)}_q. So an expanded derivative is carried up as a row
of factors, r_q = Σ_j r_j M_jq, until BP1 closes it: the activations of the last layer, which are the largest
expressions, then stand once for each output and not once for each path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Add, Expr, Indexed, Integer, Symbol

from symbackprop.calculus.contraction import contract
from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.indices import fresh
from symbackprop.calculus.partials import differentiate
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
from symbackprop.network.notation import LAST_LAYER, Tensor, index
from symbackprop.network.program import Equation, at_layer, entries

__all__ = ["partial"]

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
    own = Equation(*(with_sizes(at_layer(side, layer), network.widths) for side in (general.left.by, general.right)))
    at = dict(zip(own.indices, position, strict=True))
    if budget is None:
        return unrolled(own.expression, leaf, at)
    ladder = Ladder(network, own, _errors(network, equations, layer))
    check_budget(f"∂C/∂{letter}_{layer}_{'_'.join(map(str, position))}", ladder.operations, budget)
    return ladder.climbed(at)


@dataclass(frozen=True)
class Ladder:
    """The way from one parameter's layer up to the cost: its own equation, and that of δ of each layer from there."""

    network: Network
    own: Equation
    errors: tuple[Equation, ...]

    @cached_property
    def _first(self) -> tuple[Indexed, Expr]:
        """The error in BP3 or BP4, and what it is multiplied by."""
        (error,) = (entry for entry in entries(self.own.expression) if entry.base == self.errors[0].tensor)
        return error, differentiate(self.own.expression, error)

    @cached_property
    def _rungs(self) -> tuple[tuple[Equation, Indexed, Expr], ...]:
        """M_jq of every layer but the last: (equation of δ_j, δ_q of the layer above, ∂δ_j/∂δ_q)."""
        return tuple(_rung(below, above.tensor) for below, above in zip(self.errors, self.errors[1:], strict=False))

    @cached_property
    def _forward(self) -> dict[Expr, Equation]:
        return concrete_equations(self.network.program, self.network.widths)

    @property
    def operations(self) -> int:
        """About how many operations the expanded derivative has; nothing is built to find out."""
        known: dict[Expr, int] = {}
        for tensor, equation in self._forward.items():
            known[tensor] = count(equation.expression, known)
        terms, size = 1, count(self._first[1], known)
        for _, above, factor in self._rungs:
            size = terms * (size + count(factor, known) + 2) - 1
            terms = int(above.base.sizes[0])
        return terms * (size + count(self.errors[-1].expression, known) + 2) - 1

    def climbed(self, at: Mapping[Expr, int]) -> Expr:
        """Return the derivative by the parameter at the given place, expanded."""
        resolve = forward_values(self._forward)
        error, factor = self._first
        (place,) = (int(index.xreplace(at)) for index in error.indices)
        row = {place: unrolled(factor, resolve, at)}
        for below, above, factor in self._rungs:
            row = _carried(row, (below, above, factor), resolve)
        last = self.errors[-1]
        return Add(*(r * unrolled(last.expression, resolve, {last.indices[0]: j}) for j, r in row.items()))


def _carried(row: Mapping[int, Expr], rung: tuple[Equation, Indexed, Expr], resolve: Resolve) -> dict[int, Expr]:
    """Return r_q = Σ_j r_j M_jq for every neuron q of the layer above."""
    below, above, factor = rung
    (j,), (q,) = below.indices, above.indices
    return {
        n: Add(*(r * unrolled(factor, resolve, {j: place, q: n}) for place, r in row.items()))
        for n in range(1, int(above.base.sizes[0]) + 1)
    }


def _rung(below: Equation, above: Tensor) -> tuple[Equation, Indexed, Expr]:
    q = fresh(index("q"), below.expression.atoms(Symbol))
    entry = above[q]
    factor = differentiate(below.expression, entry)
    return below, entry, contract(factor, {**below.ranges, q: above.axes[0]})


def _errors(network: Network, equations: Mapping[str, BackpropEquation], first: int) -> tuple[Equation, ...]:
    """Return the equation of δ of every layer from `first` to the last, functions written out and sizes put in."""
    found = []
    for layer in range(first, network.depth + 1):
        (own,) = (
            e
            for e in equations.values()
            if isinstance(e.layers, tuple) and e.name in ("BP1", "BP2") and layer in e.layers
        )
        right = next((step.before for step in own.chain.steps if step.rule is ASSUME), own.right)
        sides = (
            at_layer(elementary(side), layer).xreplace({LAST_LAYER: Integer(network.depth)})
            for side in (own.left, right)
        )
        found.append(Equation(*(with_sizes(side, network.widths) for side in sides)))
    return tuple(found)


def _check(network: Network, letter: str, layer: int, position: tuple[int, ...]) -> None:
    """Refuse a parameter that the network does not have."""
    if any(isinstance(number, bool) or not hasattr(number, "__index__") for number in (layer, *position)):
        shown = ", ".join(repr(number)[:20] for number in (layer, *position))
        raise ShapeError(f"layer and place of a parameter are whole numbers, not {shown}; try layer=1, j=1")
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

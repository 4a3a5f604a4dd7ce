"""Instances for a concrete network: ∂C/∂w^{(2)}_{13} as a formula in numbered letters, from the general equations.

    delta_2_1 * a_1_3           in δ and a: BP4 at layer 2, j = 1, k = 3
    ... exp(-b_1_3 - ...) ...   expanded: each δ by BP1 or BP2, each a by the forward pass

BP2 is linear in the errors above, δ^{(l)}_j = Σ_q M_jq δ^{(l+1)}_q. So an expanded derivative is carried up as a row
of factors, r_q = Σ_j r_j M_jq, until BP1 closes it: the activations of the last layer, which are the largest
expressions, then stand once for each output and not once for each path.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Add, Expr, Indexed, Symbol

from symbackprop.calculus.contraction import contract
from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.indices import fresh
from symbackprop.calculus.partials import differentiate
from symbackprop.calculus.rules import ASSUME
from symbackprop.errors import ShapeError
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.composition import concrete_equations, forward_values, leaf, unrolled, with_sizes
from symbackprop.network.extent import Extent, Place, check_budget, extent, forward_extents
from symbackprop.network.functions import elementary
from symbackprop.network.memo import memoised
from symbackprop.network.model import Network
from symbackprop.network.notation import LAYER, index
from symbackprop.network.program import at_layer, entries, ranges_of

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
    at = dict(zip(general.left.by.indices, position, strict=True))
    if budget is None:
        return unrolled(_concrete(general.right, layer, network.widths), leaf, at)
    ladder = Ladder(network, layer, general.right, _errors(equations))
    check_budget(f"∂C/∂{letter}_{layer}_{'_'.join(map(str, position))}", ladder.extent, budget)
    return ladder.climbed(at)


@lru_cache(maxsize=64)
def _concrete(general: Expr, layer: int, widths: tuple[int, ...]) -> Expr:
    return with_sizes(at_layer(general, layer), widths)


def _errors(equations: Mapping[str, BackpropEquation]) -> dict[int, Expr]:
    """Return δ_j of every layer of the network, general in l; nothing is assumed of the targets."""
    errors = {}
    for own in equations.values():
        if isinstance(own.layers, tuple):  # what BP1 and BP2 are for this network
            right = next((step.before for step in own.chain.steps if step.rule is ASSUME), own.right)
            errors.update(dict.fromkeys(own.layers, right))
    return errors


@dataclass(frozen=True, slots=True)
class Factor:
    """What an error is multiplied by: a quantity is Σ `value` · `error`, general in l."""

    error: Indexed
    value: Expr


@memoised
def first_factor(parameter: Expr) -> Factor:
    """Return the factor of the one error in BP3 or BP4: 1, or a_k."""
    (error,) = (entry for entry in entries(parameter) if entry.base == notation.error(LAYER))
    return Factor(error, differentiate(parameter, error))


@memoised
def factor(error: Expr) -> Factor:
    """Return M_jq, what δ_q of the layer above is multiplied by in BP2."""
    j = notation.error(LAYER)[index("j")]
    above = notation.error(LAYER + 1)[fresh(index("q"), error.atoms(Symbol))]
    return Factor(above, contract(differentiate(error, above), ranges_of(j) | ranges_of(above)))


@dataclass(frozen=True)
class Ladder:
    """The way from a parameter's layer up to the cost: its own equation, and δ_j of every layer."""

    network: Network
    layer: int
    parameter: Expr
    errors: Mapping[int, Expr]

    @property
    def extent(self) -> Extent:
        """About how large the expanded derivative is; nothing is built to find out."""
        widths, depth = self.network.widths, self.network.depth
        known = forward_extents(self.network.program, widths)
        terms, row = 1, extent(first_factor(self.parameter).value, Place(self.layer, widths), known)
        for layer in range(self.layer, depth):
            row = _joined(terms, row, extent(factor(self.errors[layer]).value, Place(layer, widths), known))
            terms = widths[layer + 1]
        return _joined(terms, row, extent(self.errors[depth], Place(depth, widths), known))

    def climbed(self, at: Mapping[Symbol, int]) -> Expr:
        """Return the derivative by the parameter at the given place, expanded."""
        network = self.network
        resolve = forward_values(concrete_equations(network.program, network.widths))
        first = first_factor(self.parameter)
        row = {int(first.error.indices[0].xreplace(at)): unrolled(self._at(first.value, self.layer), resolve, at)}
        j = index("j")
        for layer in range(self.layer, network.depth):
            rung = factor(self.errors[layer])
            value, (q,) = self._at(rung.value, layer), rung.error.indices
            row = {
                n: Add(*(r * unrolled(value, resolve, {j: place, q: n}) for place, r in row.items()))
                for n in range(1, network.widths[layer + 1] + 1)
            }
        last = self._at(self.errors[network.depth], network.depth)
        return Add(*(r * unrolled(last, resolve, {j: place}) for place, r in row.items()))

    def _at(self, expression: Expr, layer: int) -> Expr:
        return with_sizes(at_layer(elementary(expression), layer), self.network.widths)


def _joined(terms: int, row: Extent, factor: Extent) -> Extent:
    """Return the extent of Σ r_j M_jq over `terms` neurons."""
    return Extent(terms * (row.operations + factor.operations + 2) - 1, max(row.height, factor.height) + 2)


def _check(network: Network, letter: str, layer: int, position: tuple[int, ...]) -> None:
    """Refuse a parameter that the network does not have."""
    if any(isinstance(number, bool) or not hasattr(number, "__index__") for number in (layer, *position)):
        shown = ", ".join(repr(number)[:20] for number in (layer, *position))
        raise ShapeError(f"layer and place of a parameter are whole numbers, not {shown}; try layer=1, j=1")
    if letter not in NAMES:
        raise ShapeError(f"parameter {letter!r} is neither a weight nor a bias; ask for 'w' or 'b'")
    if not 1 <= layer <= network.depth:
        has = f"layers 1 to {network.depth}" if network.depth > 1 else "1 layer"
        raise ShapeError(f"layer {layer} is not there; the network {network.shape[:60]} has {has}")
    shape = network.parameter_shapes[f"{letter.upper() if letter == 'w' else letter}{layer}"]
    if len(position) != len(shape) or any(not 1 <= p <= n for p, n in zip(position, shape, strict=True)):
        wanted = ", ".join(f"{name} from 1 to {n}" for name, n in zip("jk", shape, strict=False))
        raise ShapeError(f"{letter} of layer {layer} has no entry {position}; give {wanted}")

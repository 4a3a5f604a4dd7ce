"""Backpropagation of a layered network: the general equations, and what they become for its cost and activations.

    δ^{(L)}_j = ∂C/∂a_j σ'(z_j)                         BP1   the error of the last layer
    δ^{(l)}_j = σ'(z_j) Σ_i w^{(l+1)}_ij δ^{(l+1)}_i    BP2   the error sent back one layer
    ∂C/∂b_j = δ_j                                       BP3   the derivative for a bias
    ∂C/∂w_jk = δ_j a_k                                  BP4   the derivative for a weight

These lines are what `derive` arrives at; none of them is put in. Each distinct equation of the program is
differentiated once, with the layer and the widths as symbols, so neither depth nor width costs anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, overload

from sympy import Expr, Indexed, Sum, Symbol

from symbackprop.calculus import rules
from symbackprop.calculus.arrangement import arranged
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.contraction import contract
from symbackprop.calculus.derivation import Chain, Step, adjoint, collected, extend, start
from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.instances import partial
from symbackprop.calculus.links import (
    ANY,
    I,
    J,
    K,
    activation_link,
    at_last_layer,
    cost_link,
    dense,
    input_link,
    product_of_links,
    put_result,
    with_links,
)
from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.extent import DEFAULT_BUDGET
from symbackprop.network.functions import SIGMA, slope
from symbackprop.network.memo import memoised
from symbackprop.network.model import Network
from symbackprop.network.notation import LAST_LAYER, LAYER
from symbackprop.network.program import Equation, Program, ranges_of
from symbackprop.network.unchanging import Unchanging
from symbackprop.registry import Named

if TYPE_CHECKING:
    from symbackprop.calculus.reverse import ProgramDerivation
    from symbackprop.network.text.equations import EquationsNetwork


@dataclass(frozen=True, repr=False)
class Derivation(Unchanging):
    """What was derived for a network: chains of checked steps in the order of the story, and the equations.

    `equations` holds BP1..BP4 for any σ, general in l; `specific` what they become for this network: BP1 with its
    cost and its last activation, and BP2 once per distinct hidden activation ('BP2' or 'BP2 tanh')."""

    network: Network
    chains: Mapping[str, Chain]
    equations: Mapping[str, BackpropEquation]
    specific: Mapping[str, BackpropEquation]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every checked step, in the order of the story."""
        return tuple(step for chain in self.chains.values() for step in chain.steps)

    def __repr__(self) -> str:
        """Show what was derived, in one line."""
        return f"<Derivation of {self.network.shape[:60]}: {', '.join(self.equations)} in {len(self.steps)} steps>"

    def _repr_latex_(self) -> str:
        """Show the four equations in a notebook."""
        lines = [equation.latex("index") for equation in self.equations.values()]
        return r"$$\begin{gathered}" + r" \\ ".join(lines) + r"\end{gathered}$$"

    def partial(
        self,
        letter: str,
        *,
        layer: int,
        j: int,
        k: int | None = None,
        expanded: bool = False,
        max_operations: int = DEFAULT_BUDGET,
    ) -> Expr:
        """Return ∂C/∂w^{(layer)}_{jk} or ∂C/∂b^{(layer)}_j, an instance of BP4 or BP3.

        In δ and a, or, `expanded`, in w, b, x and y alone. Raises ShapeError for a parameter that is not there,
        BudgetError if the expanded form would have more than `max_operations` operations."""
        position = (j,) if k is None else (j, k)
        budget = max_operations if expanded else None
        return partial(self.network, {**self.equations, **self.specific}, (letter, layer, position), budget=budget)


@overload
def derive(network: Network) -> Derivation: ...


@overload
def derive(network: Program | EquationsNetwork) -> ProgramDerivation: ...


def derive(network: Network | Program | EquationsNetwork) -> Derivation | ProgramDerivation:
    """Return the derivation of backpropagation, every step checked: of a network of layers, or of any program.

    Raises SpecError for what is neither, CheckError if a step does not hold, which would be a defect of ours."""
    if isinstance(network, Network):
        return _of_layers(network)
    from symbackprop.calculus.reverse import derive_program

    if isinstance(network, Program):
        return derive_program(network)
    from symbackprop.network.text.equations import EquationsNetwork  # whoever has one has loaded what reads it

    if not isinstance(network, EquationsNetwork):
        raise SpecError(f"derive wants a network, got {type(network).__name__}; try derive(mlp('2-3-1'))")
    return derive_program(network.program, network)


def derive_for_code(network: Network) -> Derivation:
    """Return the derivation of what a compiled gradient reads, all that `derive` has but for one chain.

    That is ∂C/∂w of the last layer as the product of its links: no equation comes from it, only the story tells it."""
    return _of_layers(network, story=False)


def _of_layers(network: Network, *, story: bool = True) -> Derivation:
    """Return the equations BP1 to BP4 of a chain of layers, and what they become for this network."""
    last = network.activations[-1]
    chains = {"cost by activation": cost_link(network.cost_equation)}
    for activation in network.distinct_activations:
        chains[f"activation by input: {activation.name}"] = activation_link(activation)
    chains |= {
        "input by weight": input_link(notation.weight(LAYER)[J, K]),
        "input by bias": input_link(notation.bias(LAYER)[J]),
    }
    chains["BP1"] = at_last_layer(error_general(elementwise=last.is_elementwise))
    chains["BP1 here"] = _error_of_last_layer(network.cost_equation, last)
    if story:
        chains["last weight"] = product_of_links(network, chains)
    chains["BP3"] = _parameter_chain(notation.bias(LAYER)[J])
    chains["BP4"] = _parameter_chain(notation.weight(LAYER)[J, K])
    chains["error to activation"] = _activation_chain()
    chains["BP2"] = _error_sent_back(elementwise=all(a.is_elementwise for a in network.activations[:-1]))
    chains |= {label: _error_through(activation) for label, activation in hidden_here(network).items()}
    return _told(network, chains)


def hidden_here(network: Network) -> dict[str, Activation]:
    """Return the hidden activations of a network, each once, by what BP2 is called with it: 'BP2 here' if it is one."""
    hidden = tuple(dict.fromkeys(network.activations[:-1]))
    return {"BP2 here" if len(hidden) == 1 else f"BP2 {each.name}": each for each in hidden}


def _told(network: Network, chains: dict[str, Chain]) -> Derivation:
    places = {"BP1": "last", "BP2": "hidden", "BP3": "all", "BP4": "all"}
    equations = {name: BackpropEquation(name, chains[name], where, network.widths) for name, where in places.items()}
    specific = {}
    for label, chain in chains.items():
        if label.startswith("BP") and label not in places:
            specific[label] = BackpropEquation(label.split()[0], chain, _layers(network, label), network.widths)
    told = (MappingProxyType(Named("equation", each)) for each in (equations, specific))
    return Derivation(network, MappingProxyType(Named("chain", chains)), *told)


def _layers(network: Network, label: str) -> tuple[int, ...]:
    """Return the numbers of the layers that an equation of this very network is for."""
    if label.startswith("BP1"):
        return (network.depth,)
    name = label.removeprefix("BP2 ")
    hidden = enumerate(network.activations[:-1], start=1)
    return tuple(layer for layer, activation in hidden if name in ("here", activation.name))


@memoised
def error_general(*, elementwise: bool) -> Chain:
    """Return δ_j = ∂C/∂z_j in terms of ∂C/∂a: one factor σ'(z_j), or a sum over the Jacobian."""
    active = dense(ANY)[1] if elementwise else _mixing_activation()
    z, delta = notation.weighted_input(LAYER), notation.error(LAYER)
    setting = Setting((active,), ranges_of(z[J]), {delta: z}, (active.tensor,))
    return (adjoint if elementwise else collected)(z[J], (active,), setting, goal=delta[J])


def _mixing_activation() -> Equation:
    """Return a_j = σ(z_j) Σ_i z_i: the plainest activation that mixes all neurons, to check the Jacobian form on."""
    z, a = notation.weighted_input(LAYER), notation.activation(LAYER)
    return Equation(a[J], SIGMA(z[J]) * Sum(z[I], (I, *z.axes[0])))


@memoised
def _error_of_last_layer(cost: Equation, activation: Activation) -> Chain:
    """Return BP1 for a cost after an activation: the first two links put in, multiplied and arranged."""
    links = (cost_link(cost), at_last_layer(activation_link(activation)))
    cost = cost.at_layer(LAST_LAYER)
    active = dense(activation)[1].at_layer(LAST_LAYER)
    z, delta = notation.weighted_input(LAST_LAYER), notation.error(LAST_LAYER)
    setting = Setting((active, cost), ranges_of(z[J]), {delta: z})
    general = at_last_layer(error_general(elementwise=activation.is_elementwise)).result
    chain = extend(start(delta[J], setting), rules.SUBSTITUTE, _for(general, activation, LAST_LAYER))
    return with_links(chain, links)


def _for(general: Expr, activation: Activation, layer: Symbol) -> Expr:
    """Return a general right side with σ' replaced by the derivative of this activation, if it is elementwise."""
    if activation.function is None:
        return general
    z = notation.weighted_input(layer)
    return general.xreplace({slope(SIGMA)(z[J]): slope(activation.function)(z[J])})


@memoised
def _parameter_chain(by: Indexed) -> Chain:
    """Return ∂C/∂b_j or ∂C/∂w_jk from the errors of its layer: BP3, BP4."""
    weighted, _ = dense(ANY)
    z, delta = weighted.tensor, notation.error(LAYER)
    return adjoint(by, (weighted,), Setting((weighted,), ranges_of(by), {delta: z}, (z,)))


@memoised
def _activation_chain() -> Chain:
    """Return ∂C/∂a of layer l from the errors of layer l + 1: the chain grows by the link ∂z/∂a = W."""
    weighted = dense(ANY)[0].at_layer(LAYER + 1)
    a, z, delta = notation.activation(LAYER), weighted.tensor, notation.error(LAYER + 1)
    return adjoint(a[J], (weighted,), Setting((weighted,), ranges_of(a[J]), {delta: z}, (z,)))


@memoised
def _error_sent_back(*, elementwise: bool) -> Chain:
    """Return BP2: the general error with ∂C/∂a put in from the layer above."""
    active = dense(ANY)[1] if elementwise else _mixing_activation()
    chain = start(notation.error(LAYER)[J], _two_layers(active))
    for step in error_general(elementwise=elementwise).steps:
        chain = extend(chain, step.rule, step.after, *step.hypotheses)
    return extend(chain, rules.SUBSTITUTE, put_result(chain.result, _activation_chain()))


def _two_layers(active: Equation) -> Setting:
    """Return the setting of an activation and the weighted inputs above it, beyond which the cost is not known."""
    above = dense(ANY)[0].at_layer(LAYER + 1)
    z, delta = notation.weighted_input(LAYER), notation.error(LAYER)
    names = {delta: z, notation.error(LAYER + 1): above.tensor}
    return Setting((active, above), ranges_of(z[J]), names, (above.tensor,))


@memoised
def _error_through(activation: Activation) -> Chain:
    """Return BP2 for one activation: its derivative put in, written in a where that is the textbook form."""
    active = dense(activation)[1]
    chain = start(notation.error(LAYER)[J], _two_layers(active))
    general = _error_sent_back(elementwise=activation.is_elementwise).result
    chain = extend(chain, rules.SUBSTITUTE, _for(general, activation, LAYER))
    each = activation_link(activation)
    chain = extend(chain, rules.SUBSTITUTE, put_result(chain.result, each), *each.hypotheses)
    chain = extend(chain, rules.COLLAPSE, contract(chain.result, chain.setting.ranges))
    return extend(chain, rules.ARRANGE, arranged(chain.result))
